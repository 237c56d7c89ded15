//! Masks secrets in text that is shown, logged, saved or recorded. The rules are data (assets/secrets.toml): keywords that
//! must stand in the text, a pattern, perhaps a least entropy. Masks what it knows and no more: not a proof that nothing
//! is left. Whole screens are masked in `screen`, secrets that are broken over rows in `wrapped`.

mod screen;
mod wrapped;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};
use serde::Deserialize;

use super::text;

pub use screen::saved;
pub use wrapped::pieces;

/// What stands in place of every column of a secret.
pub const MASK: char = '•';

/// A pattern may compile to this many bytes.
const LIMIT: usize = 4 << 20;

/// What is masked.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// One pattern of all keywords: most texts hold none.
    any: Regex,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    keywords: Regex,
    pattern: Regex,
    entropy: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    secret: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    keywords: Vec<String>,
    pattern: String,
    #[serde(default)]
    entropy: f64,
}

impl Secrets {
    /// The rules that come with archtui.
    pub fn builtin() -> &'static Self {
        static BUILT: LazyLock<Secrets> = LazyLock::new(|| {
            Secrets::parse(include_str!("../../../assets/secrets.toml"))
                .expect("the built-in rules are tested to parse")
        });
        &BUILT
    }

    /// Reads a file of rules; the error says which one is wrong.
    pub fn parse(toml_text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(toml_text).map_err(|e| e.message().to_owned())?;
        let any = keywords(file.secret.iter().flat_map(|s| &s.keywords))?;
        let rules: Result<Vec<Rule>, String> = file.secret.iter().map(Rule::new).collect();
        Ok(Self { any, rules: rules? })
    }

    /// Where the secrets are: byte ranges in order, none touching another.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        if !self.any.is_match(text) {
            return Vec::new();
        }
        let rules = self.rules.iter().filter(|r| r.keywords.is_match(text));
        let mut found: Vec<Range<usize>> = rules.flat_map(|r| r.find(text)).collect();
        found.sort_by_key(|r| (r.start, r.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// The text with every secret masked, as wide as before.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in found {
            out.push_str(&text[at..range.start]);
            for c in text[range.clone()].chars() {
                if c == '\n' {
                    out.push(c);
                } else {
                    out.extend(std::iter::repeat_n(MASK, text::char_width(c)));
                }
            }
            at = range.end;
        }
        out.push_str(&text[at..]);
        Cow::Owned(out)
    }
}

impl Rule {
    fn new(entry: &Entry) -> Result<Self, String> {
        let wrong = |e: String| format!("{}: {e}", entry.name);
        if entry.keywords.is_empty() {
            return Err(wrong("it has no keywords".into()));
        }
        let pattern = RegexBuilder::new(&entry.pattern).size_limit(LIMIT).build();
        Ok(Self {
            keywords: keywords(entry.keywords.iter()).map_err(wrong)?,
            pattern: pattern.map_err(|e| wrong(e.to_string()))?,
            entropy: entry.entropy,
        })
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        // The first group that took part, else the whole match.
        let masked = |c: Captures| {
            let group = c.iter().skip(1).flatten().next();
            group.or_else(|| c.get(0)).map(|m| m.range())
        };
        let found = self.pattern.captures_iter(text).filter_map(masked);
        found.filter(|r| !r.is_empty() && entropy(&text[r.clone()]) >= self.entropy).collect()
    }
}

fn keywords<'a>(words: impl Iterator<Item = &'a String>) -> Result<Regex, String> {
    let all: Vec<String> = words.map(|w| regex::escape(w)).collect();
    RegexBuilder::new(&all.join("|")).case_insensitive(true).build().map_err(|e| e.to_string())
}

/// Shannon entropy in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    let mut total = 0.0_f64;
    for c in text.chars() {
        *counts.entry(c).or_insert(0.0_f64) += 1.0;
        total += 1.0;
    }
    counts.values().map(|n| n / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(text: &str) -> String {
        Secrets::builtin().mask(text).into_owned()
    }

    /// Random-looking text that is no real key: letters and digits in a fixed walk.
    fn filler(n: usize, alphabet: &str) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..n).map(|i| letters[(i * 7 + i * i * 3 + 11) % letters.len()]).collect()
    }

    #[test]
    fn known_shapes_are_masked_and_nothing_around_them() {
        let word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let hex = "0123456789abcdef";
        for (prefix, body) in [
            ("sk-ant-api03-", filler(60, word)),
            ("sk-proj-", format!("{}T3BlbkFJ{}", filler(20, word), filler(20, word))),
            ("sk-", filler(48, word)),
            ("ghp_", filler(36, word)),
            ("ghs_", filler(36, word)),
            ("github_pat_", filler(60, word)),
            ("glpat-", filler(20, word)),
            ("AKIA", filler(16, upper)),
            ("AIza", filler(35, word)),
            ("xoxb-", filler(40, word)),
            ("sk_live_", filler(24, word)),
            ("npm_", filler(36, word)),
            ("pypi-AgEI", filler(80, word)),
            ("hf_", filler(34, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            ("dop_v1_", filler(64, hex)),
            ("hvs.", filler(40, word)),
            ("eyJ", format!("{}.eyJ{}.{}", filler(20, word), filler(20, word), filler(20, word))),
        ] {
            let text = format!("before {prefix}{body} after");
            assert_eq!(
                masked(&text),
                format!("before {} after", "•".repeat(prefix.len() + body.len())),
                "{prefix}"
            );
        }
    }

    #[test]
    fn assigned_values_are_masked_where_they_stand() {
        for (text, expected) in [
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=•••••••"),
            ("password: \"correct horse\"", "password: \"•••••••••••••\""),
            ("export API_KEY='a8Fk29dLq0Zx'", "export API_KEY='••••••••••••'"),
            ("postgres://app:s3cr3t@db/x", "postgres://app:••••••@db/x"),
            ("Authorization: Bearer abc.def-123456", "Authorization: Bearer ••••••••••••••"),
            ("curl -u me:pw123 https://x", "curl -u me:••••• https://x"),
            ("mysql --password=geheim x", "mysql --password=•••••• x"),
            ("{\"client_secret\": \"q9Zt4mX0aB7c\"}", "{\"client_secret\": \"••••••••••••\"}"),
            ("api_key: \"a1B2a1B2a1B2", "api_key: \"••••••••••••"),
            ("https://bob:hunter22@example.org/x", "https://bob:••••••••@example.org/x"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "cargo test --lib domain::bash",
            "git commit -m \"fix: wrap text\"",
            "the token is refreshed every hour",
            "let token = next_token(&mut lexer);",
            "password: ",
            "max_tokens=aaaaaaaaaaaa",
            "https://example.org/path?x=1",
            "sk-",
            "tokens: 14",
            "the secret of good soup",
            "password: ok",
            "git push origin feature/x-0208",
            "commit 0123456789abcdef0123456789abcdef01234567",
            "skipped: 3",
            "",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_private_key_is_masked_to_its_end_or_to_the_end_of_the_text() {
        let whole = "x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\ny";
        assert_eq!(
            masked(whole).lines().filter(|l| l.contains(|c: char| c.is_ascii_alphanumeric())).count(),
            2
        );
        let cut = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1";
        assert!(!masked(cut).contains("b3B"));
    }

    #[test]
    fn wrong_rules_are_told_by_name() {
        for (text, part) in [
            ("[[secret]]\nname='aa'\nkeywords=['a']\npattern='('", "aa"),
            ("[[secret]]\nname='b'\nkeywords=[]\npattern='x'", "no keywords"),
            ("[[secret]]\nname='d'\nkeyword=['c']\npattern='x'", "keyword"),
        ] {
            let error = Secrets::parse(text).expect_err("wrong");
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_the_width_of_every_line(text in "(.{0,20}|password=.{0,12}|\n|ghp_[a-z0-9]{36}|漢字token=漢字漢字漢字漢字é){0,6}") {
            let after = masked(&text);
            let widths = |s: &str| s.split('\n').map(text::width).collect::<Vec<_>>();
            let per_char = |s: &str| s.split('\n').map(|l| l.chars().map(text::char_width).sum::<usize>()).collect::<Vec<_>>();
            prop_assert_eq!(per_char(&text), per_char(&after));
            if text.is_ascii() && !text.contains(|c: char| c.is_ascii_control() && c != '\n') {
                prop_assert_eq!(widths(&text), widths(&after));
            }
        }

        #[test]
        fn ranges_are_ordered_and_on_characters(text in ".{0,60}(token=[a-zA-Z0-9é漢]{8,20})?.{0,10}") {
            let mut last = 0;
            for range in Secrets::builtin().find(&text) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
                last = range.end;
            }
        }
    }
}
