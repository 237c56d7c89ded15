//! Patterns of `*` and `?`: does a text fit one, may two of them fit the same text. Not for shell words as a whole.

/// True if the whole text fits the pattern.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < t.len() {
        if i < p.len() && p[i] == '*' {
            star = Some((i, j));
            i += 1;
        } else if i < p.len() && (p[i] == '?' || p[i] == t[j]) {
            i += 1;
            j += 1;
        } else if let Some((at, from)) = star {
            i = at + 1;
            j = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    p[i..].iter().all(|&c| c == '*')
}

/// As [`fits`], whatever the case of letters.
pub fn fits_any_case(pattern: &str, text: &str) -> bool {
    fits(&pattern.to_lowercase(), &text.to_lowercase())
}

/// True for text in which a shell would see a pattern.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// True if some file name fits both: `name` as the shell expands it (a leading wildcard takes no leading dot) and
/// `pattern`. Whatever the case of letters.
pub fn may_meet(name: &str, pattern: &str) -> bool {
    let open_start = name.starts_with(['*', '?']);
    if open_start && pattern.starts_with('.') {
        return false;
    }
    // `*.md` picks by ending, `id_rsa*` by beginning: `id_rsa.md` is in both, and no key.
    if open_start && !name.ends_with(['*', '?']) && pattern.ends_with('*') && !pattern.starts_with('*') {
        return false;
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
            ("*", ".env", false),
            ("*.ts", "*.pem", false),
            ("*", "*.pem", true),
            ("id_*", "id_rsa*", true),
            ("a?", "*b", true),
            ("src", "*.pem", false),
            ("server.*", "*.key", true),
            ("*.example", ".env*", false),
            (".*", ".git", true),
            ("*.md", "id_rsa*", false),
            ("*.tfstate", "*.tfstate*", true),
        ] {
            assert_eq!(may_meet(name, pattern), expected, "{name} {pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_both_means_that_they_meet(name in "[ab.]{0,6}", a in "[ab.*?]{0,5}", b in "[ab.*?]{0,5}") {
            let open = a.starts_with(['*', '?']);
            let hidden = open && (name.starts_with('.') || b.ends_with('*') && !a.ends_with(['*', '?']));
            if fits(&a, &name) && fits(&b, &name) && !hidden {
                prop_assert!(may_meet(&a, &b), "{a} {b} {name}");
            }
        }
    }
}
