//! Patterns of `*` and `?`: does a text fit one, may two of them fit the same text. Not for shell words as a whole.

/// True if the whole text fits the pattern.
pub fn fits(pattern: &str, text: &str) -> bool {
    matches(pattern, text, |a, b| a == b)
}

/// As [`fits`], whatever the case of letters.
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

/// True if the first characters already differ: most patterns are done with here.
pub(super) fn cannot_start(pattern: &str, text: &str) -> bool {
    match (pattern.as_bytes().first(), text.as_bytes().first()) {
        (Some(a), Some(b)) if !matches!(a, b'*' | b'?') => {
            a.is_ascii() && b.is_ascii() && !a.eq_ignore_ascii_case(b)
        }
        _ => false,
    }
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

/// True for text in which a shell would see a pattern.
pub fn is_pattern(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'*' | b'?'))
}

/// True if some file name fits both `name`, a pattern that a program expands by itself, and `pattern`. Whatever the
/// case of letters.
pub fn may_meet(name: &str, pattern: &str) -> bool {
    if !is_pattern(name) {
        return fits_any_case(pattern, name);
    }
    // `*.md` picks by ending and `id_rsa*` by beginning: `id_rsa.md` is in both, and no key.
    let by_ending = name.starts_with(['*', '?']) && !name.ends_with(['*', '?']);
    if let Some(beginning) = pattern.strip_suffix('*')
        && by_ending
        && !is_pattern(beginning)
    {
        return fits_any_case(name, beginning);
    }
    let a: Vec<char> = name.to_lowercase().chars().collect();
    let b: Vec<char> = pattern.to_lowercase().chars().collect();
    // meets[j]: the first i characters of a and the first j of b can produce the same text.
    let mut meets = vec![false; b.len() + 1];
    meets[0] = true;
    for j in 1..=b.len() {
        meets[j] = meets[j - 1] && b[j - 1] == '*';
    }
    for &x in &a {
        let before = meets.clone();
        meets[0] = before[0] && x == '*';
        for j in 1..=b.len() {
            let y = b[j - 1];
            let star = x == '*' || y == '*';
            let alike = x == y || x == '?' || y == '?';
            meets[j] = alike && before[j - 1] || star && (before[j] || meets[j - 1] || before[j - 1]);
        }
    }
    meets[b.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn patterns_meet_where_one_name_fits_both() {
        for (name, pattern, expected) in [
            (".e*", ".env*", true),
            (".ENV", ".env*", true),
            ("*", ".env", true),
            ("*.ts", "*.pem", false),
            ("*", "*.pem", true),
            ("id_*", "id_rsa*", true),
            ("a?", "*b", true),
            ("src", "*.pem", false),
            ("server.*", "*.key", true),
            ("*.example", ".env*", false),
            (".*", ".git", true),
            ("*.md", "id_rsa*", false),
            ("*rsa", "id_rsa*", true),
            ("*env", ".env*", true),
            ("*.tfstate", "*.tfstate*", true),
        ] {
            assert_eq!(may_meet(name, pattern), expected, "{name} {pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_both_means_that_they_meet(name in "[ab.]{0,6}", a in "[ab.*?]{0,5}", b in "[ab.*?]{0,5}") {
            let by_ending = a.starts_with(['*', '?']) && !a.ends_with(['*', '?']) && b.ends_with('*');
            if fits(&a, &name) && fits(&b, &name) && !by_ending {
                prop_assert!(may_meet(&a, &b), "{a} {b} {name}");
            }
        }
    }
}
