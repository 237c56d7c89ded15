//! Branch names: protected globs, the pattern `type/description-MMDD`, and whether a date in a name is a real one.
//! Not for commit subjects (`message`).

use jiff::civil::Date;
use regex::Regex;

/// True if the name matches a glob in which `*` stands for any run of characters, `/` included.
pub fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// True if one of the globs matches.
pub fn is_one_of(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|p| glob(p, name))
}

/// A branch pattern, compiled. The words `type`, `description`, `MMDD` and `YYYYMMDD` stand for themselves; everything
/// else is literal.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What each word of a pattern stands for.
const WORDS: [(&str, &str); 4] = [
    ("YYYYMMDD", r"(?<year>[0-9]{4})(?<date>[0-9]{4})"),
    ("MMDD", r"(?<date>[0-9]{4})"),
    ("description", r"(?<description>[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?)"),
    ("type", r"(?<type>[^/]+)"),
];

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut regex = String::from("^");
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((word, means)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
                regex.push_str(means);
                rest = &rest[word.len()..];
            } else {
                regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                rest = &rest[c.len_utf8()..];
            }
        }
        regex.push('$');
        if !text.contains("description") {
            return Err(format!("the branch pattern {text:?} lacks the word `description`"));
        }
        let regex = Regex::new(&regex)
            .map_err(|_| format!("the branch pattern {text:?} names one of its words twice"))?;
        Ok(Self { text: text.to_owned(), regex })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is wrong with a name, as the end of a sentence; none if it is as it should be. `since` is the year in which
    /// the branch's oldest own commit was made: a name may be as old as that.
    pub fn fault(&self, name: &str, types: &[String], today: Date, since: Option<i16>) -> Option<String> {
        let Some(found) = self.regex.captures(name) else {
            return Some(format!("is not {}", self.text));
        };
        if let Some(kind) = found.name("type")
            && !types.iter().any(|t| t == kind.as_str())
        {
            return Some(format!("has no known type ({})", types.join(", ")));
        }
        let date = found.name("date")?.as_str();
        let year = found.name("year").and_then(|y| y.as_str().parse().ok());
        let real = match year {
            Some(year) => in_year(date, year).is_some(),
            None => nearest(date, today, since).is_some(),
        };
        (!real).then(|| format!("ends in {date}, which is no date (month and day)"))
    }

    /// A name that keeps the pattern and says the same, if one can be made of this one that is safe to type.
    pub fn mend(&self, name: &str, types: &[String], today: Date) -> Option<String> {
        let (kind, rest) = name.split_once('/').unwrap_or(("", name));
        let kind = types.iter().find(|t| t.as_str() == near(kind)).map_or("feature", String::as_str);
        let words: String = rest
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let mut words: Vec<&str> = words.split('-').filter(|w| !w.is_empty()).collect();
        if words.len() > 1
            && words.last().is_some_and(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_digit()))
        {
            words.pop();
        }
        let description = words.join("-");
        if description.is_empty() || description.len() > 60 {
            return None;
        }
        let made = self
            .text
            .replace("YYYYMMDD", &today.strftime("%Y%m%d").to_string())
            .replace("MMDD", &today.strftime("%m%d").to_string())
            .replace("type", kind)
            .replace("description", &description);
        self.fault(&made, types, today, None).is_none().then_some(made)
    }
}

/// The type that somebody meant who wrote another common word for it.
fn near(kind: &str) -> &str {
    match kind {
        "feat" | "features" => "feature",
        "bugfix" | "bug" | "fixes" => "fix",
        "doc" => "docs",
        "tests" => "test",
        "refactoring" => "refactor",
        other => other,
    }
}

fn in_year(mmdd: &str, year: i16) -> Option<Date> {
    let month = mmdd.get(..2)?.parse().ok()?;
    let day = mmdd.get(2..)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// The latest real date that `mmdd` can mean: not later than tomorrow (a branch made in a time zone ahead of ours), and
/// within the year before it, or as far back as the branch's own history goes.
pub fn nearest(mmdd: &str, today: Date, since: Option<i16>) -> Option<Date> {
    let tomorrow = today.tomorrow().unwrap_or(today);
    let oldest = since.map_or(tomorrow.year() - 1, |y| y.min(tomorrow.year() - 1));
    (oldest..=tomorrow.year()).rev().filter_map(|year| in_year(mmdd, year)).find(|date| *date <= tomorrow)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn types() -> Vec<String> {
        ["feature", "fix", "refactor", "docs", "test", "chore", "hotfix"].map(str::to_owned).to_vec()
    }

    fn check(name: &str, today: Date, fault: Option<&str>) {
        let pattern = Pattern::parse("type/description-MMDD").unwrap();
        let found = pattern.fault(name, &types(), today, None);
        match fault {
            None => assert_eq!(found, None, "{name}"),
            Some(part) => assert!(found.as_deref().is_some_and(|f| f.contains(part)), "{name}: {found:?}"),
        }
    }

    #[test]
    fn names_of_the_procedure_are_kept_and_broken_ones_told() {
        let today = date(2026, 2, 8);
        for good in [
            "feature/fix-piano-labels-0208",
            "fix/bug-description-0208",
            "refactor/description-0208",
            "docs/a-0101",
            "test/x-1231",
            "chore/UPPER_case.v2-0207",
            "hotfix/größe-0209",
            "feature/2fa-0208",
            "feature/x-2026-0208",
        ] {
            check(good, today, None);
        }
        for bad in [
            "feature/-0208",
            "feature/0208",
            "feature/x0208",
            "feature/x-208",
            "feature/x-02080",
            "x-0208",
            "feature/a/b-0208",
            "Feature",
            "",
            "feature/x-0208 ",
            "feature/x y-0208",
            "feature/x-0208\n",
            "/x-0208",
            "feature/x--0208x",
            "feature/x-٠٢٠٨",
            "feature/\u{202e}x-0208",
        ] {
            check(bad, today, Some("is not type/description-MMDD"));
        }
        for bad in ["feat/x-0208", "Feature/x-0208", "bugfix/x-0208", "wip/x-0208"] {
            check(bad, today, Some("no known type"));
        }
        for bad in [
            "feature/x-0231",
            "feature/x-0000",
            "feature/x-1301",
            "feature/x-0230",
            "feature/x-0431",
            "fix/x-2512",
        ] {
            check(bad, today, Some("no date"));
        }
    }

    #[test]
    fn the_leap_day_is_a_date_in_its_year_only() {
        check("fix/x-0229", date(2026, 2, 8), Some("no date"));
        check("fix/x-0229", date(2024, 3, 1), None);
        check("fix/x-0229", date(2024, 2, 28), None); // tomorrow, somewhere it is already
        check("fix/x-0229", date(2024, 2, 27), Some("no date"));
        check("fix/x-0229", date(2025, 2, 10), None); // last year's
        check("fix/x-0229", date(2026, 1, 1), Some("no date"));
        let pattern = Pattern::parse("type/description-MMDD").unwrap();
        assert_eq!(pattern.fault("fix/x-0229", &types(), date(2026, 2, 8), Some(2024)), None);
    }

    #[test]
    fn a_date_is_the_latest_that_it_can_be() {
        let at = |mmdd, today| nearest(mmdd, today, None);
        assert_eq!(at("1231", date(2026, 1, 1)), Some(date(2025, 12, 31)));
        assert_eq!(
            at("0101", date(2025, 12, 31)),
            Some(date(2026, 1, 1)),
            "new year came earlier in the east"
        );
        assert_eq!(at("0102", date(2025, 12, 31)), Some(date(2025, 1, 2)));
        assert_eq!(at("0208", date(2026, 2, 8)), Some(date(2026, 2, 8)));
        assert_eq!(at("0210", date(2026, 2, 8)), Some(date(2025, 2, 10)));
    }

    #[test]
    fn globs() {
        for (pattern, name, is) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("main", "xmain", false),
            ("env/*", "env/dev1", true),
            ("env/*", "env/a/b", true),
            ("env/*", "env", false),
            ("env/*", "feature/env/x", false),
            ("release-*-x", "release-1-x", true),
            ("release-*-x", "release-x", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("", "x", false),
        ] {
            assert_eq!(glob(pattern, name), is, "{pattern} {name}");
        }
    }

    #[test]
    fn patterns_of_other_houses() {
        let p = Pattern::parse("description").unwrap();
        assert_eq!(p.fault("anything-goes", &[], date(2026, 2, 8), None), None);
        let p = Pattern::parse("YYYYMMDD/description").unwrap();
        assert_eq!(p.fault("20240229/x", &[], date(2026, 2, 8), None), None);
        assert!(p.fault("20250229/x", &[], date(2026, 2, 8), None).is_some());
        let p = Pattern::parse("(type)+description").unwrap();
        assert_eq!(p.fault("(fix)+x", &types(), date(2026, 2, 8), None), None);
        assert!(Pattern::parse("MMDD").is_err());
        assert!(Pattern::parse("description-description").is_err());
    }

    #[test]
    fn a_mended_name_says_the_same() {
        let p = Pattern::parse("type/description-MMDD").unwrap();
        for (name, mended) in [
            ("feature/x-0231", Some("feature/x-1123")),
            ("feat/dark mode", Some("feature/dark-mode-1123")),
            ("bugfix/login", Some("fix/login-1123")),
            ("my_branch", Some("feature/my-branch-1123")),
            ("feature/$(touch x)", Some("feature/touch-x-1123")),
            ("feature/漢字", None),
            ("", None),
        ] {
            assert_eq!(p.mend(name, &types(), date(2026, 11, 23)).as_deref(), mended, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_judged_and_mended_without_panic(name in any::<String>(), day in 0_i64..20000) {
            let p = Pattern::parse("type/description-MMDD").unwrap();
            let today = date(1990, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let _ = p.fault(&name, &types(), today, None);
            if let Some(made) = p.mend(&name, &types(), today) {
                prop_assert!(made.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-".contains(&b)));
            }
        }

        #[test]
        fn every_real_day_is_a_date(day in 0_i64..20000) {
            let today = date(1990, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let mmdd = today.strftime("%m%d").to_string();
            prop_assert_eq!(nearest(&mmdd, today, None), Some(today));
        }
    }
}
