//! May a name that an agent gives, perhaps a pattern that a program expands by itself, be a protected one. Generous: a
//! doubt is a yes. Does a text fit a pattern is for `glob`.

use super::glob::fits_any_case;

/// More readings of one name than this are not followed: it may be anything.
const MAX_READINGS: usize = 64;

/// Endings of texts and sources. A pattern that picks files by one of them does not mean a protected name that begins in a
/// certain way: `id_rsa.md` is no key.
const PLAIN_ENDINGS: &str = "c cc cjs clj cpp cs css cts dart erl ex exs fs go gradle graphql h hpp hs htm html java js json jsx kt lock lua m md \
                             mdx mjs ml mts php proto py pyi r rb rs rst scala scss sh snap sql svelte svg swift toml ts tsx txt vue xml \
                             yaml yml zig";

/// True for text in which a shell or a program would see a pattern.
pub fn is_pattern(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'*' | b'?' | b'[' | b'{' | b'}'))
}

/// True if some file name fits both `name` and `pattern`. Whatever the case of letters.
pub fn may_meet(name: &str, pattern: &str) -> bool {
    meets(name, pattern, false)
}

/// As `may_meet`; and what picks by a plain ending also means each single name that ends so: `*.json` is `credentials.json`.
pub fn may_pick(name: &str, pattern: &str) -> bool {
    meets(name, pattern, true)
}

fn meets(name: &str, pattern: &str, single: bool) -> bool {
    // On some file systems `ß` is `ss`, and a ligature its letters.
    one_case_meets(name, pattern, single)
        || !name.is_ascii() && one_case_meets(&name.to_uppercase(), pattern, single)
}

fn one_case_meets(name: &str, pattern: &str, single: bool) -> bool {
    // A bracket may be part of a name.
    fits_any_case(pattern, name)
        || is_pattern(name) && readings(name).iter().any(|name| one_meets(name, pattern, single))
}

/// What a pattern may stand for: itself with its braces replaced by each alternative and its classes by `?`. What
/// is nested, or opened and not closed, may be anything.
pub fn readings(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = vec![name.to_owned()];
    while let Some(next) = open.pop() {
        if out.len() + open.len() > MAX_READINGS {
            return vec!["*".to_owned()];
        }
        match next.find(['{', '}']) {
            None => out.push(without_classes(&next)),
            Some(at) => {
                let inner = &next[at + 1..];
                let end = inner
                    .find(['{', '}'])
                    .filter(|&e| next.as_bytes()[at] == b'{' && inner.as_bytes()[e] == b'}');
                let Some(end) = end else {
                    return vec!["*".to_owned()];
                };
                let (start, rest) = (&next[..at], &inner[end + 1..]);
                open.extend(inner[..end].split(',').map(|choice| format!("{start}{choice}{rest}")));
            }
        }
    }
    out
}

fn without_classes(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        // A bracket right behind the opening one, or behind `!` or `^`, is a member.
        let skip = behind.find(|c| !matches!(c, '!' | '^')).unwrap_or(0) + 1;
        let Some(end) = behind.get(skip..).and_then(|b| b.find(']')) else {
            rest = &rest[before.len()..];
            break;
        };
        out.push('?');
        rest = &behind[skip + end + 1..];
    }
    out + rest
}

fn one_meets(name: &str, pattern: &str, single: bool) -> bool {
    if let Some(answer) = by_ending(name, pattern, single) {
        return answer;
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

/// `*.md` picks by a plain ending: it means neither `id_rsa*` nor `credentials.json`, but may mean `*.tfstate` or `.x.json`.
/// `*_test.go` does not mean `.env*`, `i*.md` not `id_rsa*`. `single`: it does mean `credentials.json`.
fn by_ending(name: &str, pattern: &str, single: bool) -> Option<bool> {
    let (stem, ending) = name.rsplit_once('.')?;
    let rest = stem.trim_start_matches('*');
    if !PLAIN_ENDINGS.split_whitespace().any(|e| e == ending) {
        return None;
    }
    if !stem.starts_with('*') {
        let begins =
            pattern.strip_suffix('*').is_some_and(|b| !b.contains(['*', '?']) && !b.starts_with('.'));
        return (begins && stem.contains(['*', '?']) && !stem.starts_with('.')).then_some(false);
    }
    // `*-credentials.json` is no more meant by `*.json` than a single name.
    let narrower =
        |p: &str| p.len() > ending.len() + 2 && p.rsplit_once('.').is_some_and(|(_, e)| e == ending);
    if pattern.starts_with(['*', '?']) && rest.is_empty() && !single && narrower(pattern) {
        return Some(false);
    }
    if rest.contains(['*', '?']) || pattern.starts_with(['*', '?']) {
        return None;
    }
    match pattern.strip_suffix('*') {
        Some(beginning) if !beginning.contains(['*', '?']) => Some(fits_any_case(name, beginning)),
        _ if rest.is_empty() && !pattern.starts_with('.') && !single => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::policy::glob::fits;

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
            ("*.example", ".env*", true),
            ("*.local", ".env*", true),
            (".*", ".git", true),
            ("*.md", "id_rsa*", false),
            ("i*.md", "id_rsa*", false),
            ("i?_rsa.md", "id_rsa*", false),
            ("i*.pem", "id_rsa*", true),
            (".e*.ts", ".env*", true),
            ("?env.ts", ".env*", true),
            ("*.ts", ".env*", false),
            ("*_test.go", ".env*", false),
            ("*.json", "credentials.json", false),
            ("*.json", "service-account*.json", false),
            ("s*.json", "service-account*.json", true),
            ("c*.json", "credentials.json", true),
            ("*credentials.json", "credentials.json", true),
            ("*credentials*.json", "credentials.json", true),
            ("*t.json", "credentials.json", false),
            ("*.json", "*-credentials.json", false),
            ("*s.json", "*-credentials.json", true),
            ("*.json", "?mcp.json", false),
            (".m*.json", "?mcp.json", true),
            ("*.json", "*.json", true),
            ("*.ts", "*-credentials.json", false),
            ("*account.json", "service-account*.json", true),
            ("*env*.ts", ".env*", true),
            ("*.test.ts", ".env*", false),
            ("*.json", ".claude.json", true),
            ("*rsa", "id_rsa*", true),
            ("*env", ".env*", true),
            ("*.tfstate", "*.tfstate*", true),
            (".en[v]", ".env*", true),
            (".en[!a]", ".env*", true),
            (".en[]v]", ".env*", true),
            (".en[v", ".env*", false),
            ("[.]env", ".env*", true),
            ("{.env,x}", ".env*", true),
            (".{env,x}", ".env*", true),
            ("{a,.{env,x}}", ".env*", true),
            (".env,x}", ".env*", true),
            ("{.e", ".env*", true),
            ("*.{ts,css}", ".env*", false),
            ("[id].tsx", ".env*", false),
        ] {
            assert_eq!(may_meet(name, pattern), expected, "{name} {pattern}");
        }
    }

    #[test]
    fn an_ending_picks_single_names_that_end_so() {
        for (name, pattern, expected) in [
            ("*.json", "credentials.json", true),
            ("*.json", "service-account*.json", true),
            ("*.{js,json}", "credentials.json", true),
            ("*.json", "*-credentials.json", true),
            ("*.yml", "credentials.y*ml", true),
            ("*.txt", "token.txt", true),
            ("*.rs", "credentials.json", false),
            ("*.rs", "*.pem", false),
            ("*.rs", "id_rsa*", false),
            ("*.ts", ".env*", false),
        ] {
            assert_eq!(may_pick(name, pattern), expected, "{name} {pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_both_means_that_they_meet(name in "[ab.]{0,6}", a in "[ab.*?]{0,5}", b in "[ab.*?]{0,5}") {
            if fits(&a, &name) && fits(&b, &name) {
                // `a` and `b` are no plain endings.
                prop_assert!(may_meet(&a, &b), "{a} {b} {name}");
            }
        }

        #[test]
        fn any_name_has_readings(name in "[a{},\\[\\]!*]{0,40}") {
            prop_assert!(readings(&name).len() <= 2 * MAX_READINGS);
        }
    }
}
