//! Patterns of `*` and `?`: does a text fit one. Whether two patterns may fit the same name is for `meet`.

/// True if the whole text fits the pattern.
pub fn fits(pattern: &str, text: &str) -> bool {
    matches(pattern, text, |a, b| a == b)
}

/// As `fits`, whatever the case of letters.
pub fn fits_any_case(pattern: &str, text: &str) -> bool {
    matches(pattern, text, same_letter)
}

fn same_letter(a: char, b: char) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(&b);
    }
    // Some letters have only one of their cases in common: a long s is an S.
    a.to_lowercase().eq(b.to_lowercase()) || a.to_uppercase().eq(b.to_uppercase())
}

/// True if they differ before the pattern's first wildcard: most patterns are done with here.
pub(super) fn cannot_start(pattern: &str, text: &str) -> bool {
    let told = |(a, b): &(u8, u8)| a.is_ascii() && b.is_ascii() && !matches!(a, b'*' | b'?');
    pattern.bytes().zip(text.bytes()).take_while(told).any(|(a, b)| !a.eq_ignore_ascii_case(&b))
}

/// Rules are tried by the hundred: nothing is copied.
fn matches(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    if cannot_start(pattern, text) {
        return false;
    }
    let (mut p, mut t) = (pattern.chars(), text.chars());
    // Behind the last star: the pattern, and the text from which it was tried.
    let mut again: Option<(std::str::Chars, std::str::Chars)> = None;
    loop {
        let (mut next_p, mut next_t) = (p.clone(), t.clone());
        match (next_p.next(), next_t.next()) {
            (Some('*'), _) => {
                again = Some((next_p.clone(), t.clone()));
                p = next_p;
            }
            (None, None) => return true,
            (Some(a), Some(b)) if a == '?' || same(a, b) => (p, t) = (next_p, next_t),
            _ => {
                let Some((star, from)) = &mut again else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                (p, t) = (star.clone(), from.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_they_should() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("dev_*", "dev_worker1", true),
            ("dev_*", "fixer", false),
            ("*.pem", "a.pem", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false),
            ("?", "", false),
            (".env*", ".env.local", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
