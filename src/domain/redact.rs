//! Masking secrets in text and on screens, and making a screen nobody's: for frames that are saved and become fixtures.
//! What is masked is data (assets/secrets.toml); widths stay, so that columns still align.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::ansi;
use super::screen::{Row, Screen, Span};
use super::text;

/// A pattern may compile to this many bytes.
const LIMIT: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    secret: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    pattern: String,
}

/// What is masked.
#[derive(Debug, Clone)]
pub struct Secrets {
    patterns: Vec<Regex>,
}

impl Secrets {
    /// The patterns that come with archtui.
    pub fn builtin() -> &'static Self {
        static BUILT: LazyLock<Secrets> = LazyLock::new(|| {
            Secrets::parse(include_str!("../../assets/secrets.toml"))
                .expect("the built-in patterns are tested to parse")
        });
        &BUILT
    }

    /// Reads a file of patterns; the error is one line.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let file: File = toml::from_str(toml).map_err(|e| e.message().to_owned())?;
        let compile = |e: &Entry| {
            RegexBuilder::new(&e.pattern)
                .size_limit(LIMIT)
                .build()
                .map_err(|err| format!("{}: {err}", e.name))
        };
        Ok(Self { patterns: file.secret.iter().map(compile).collect::<Result<_, _>>()? })
    }

    /// Where secrets stand in a text, as bytes.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for pattern in &self.patterns {
            for caps in pattern.captures_iter(text) {
                let whole = caps.get(0).expect("group 0 is the whole match");
                found.push(caps.name("secret").unwrap_or(whole).range());
            }
        }
        found
    }

    /// The text with secrets masked, as wide as before.
    pub fn mask(&self, raw: &str) -> String {
        let found = self.found(raw);
        if found.is_empty() {
            return raw.to_owned();
        }
        let mut out = String::with_capacity(raw.len());
        for (i, c) in raw.char_indices() {
            if found.iter().any(|r| r.contains(&i)) {
                out.extend(std::iter::repeat_n('•', text::char_width(c)));
            } else {
                out.push(c);
            }
        }
        out
    }

    /// A screen that can be shown to anybody: secrets masked, the given words (a home, a user, a host) replaced by dots
    /// of their width. A secret that a row's end wraps is masked too: rows that are full are read as one text.
    pub fn anonymous(&self, screen: &Screen, words: &[&str]) -> Screen {
        let mut rows: Vec<Row> = Vec::with_capacity(screen.rows.len());
        let mut at = 0;
        while at < screen.rows.len() {
            let full = |r: &Row| text::width(r.text()) >= usize::from(screen.width) && screen.width > 0;
            let len = screen.rows[at..].iter().take_while(|r| full(r)).count() + 1;
            let joined = &screen.rows[at..(at + len).min(screen.rows.len())];
            let whole: String = joined.iter().map(Row::text).collect();
            let mut hidden = self.found(&whole);
            for word in words.iter().filter(|w| w.chars().count() >= 3) {
                hidden.extend(whole.match_indices(word).map(|(i, w)| i..i + w.len()));
            }
            let mut start = 0;
            for row in joined {
                rows.push(masked(row, start, &hidden));
                start += row.text().len();
            }
            at += len;
        }
        Screen { rows, ..screen.clone() }
    }
}

/// A row with the hidden bytes (counted from `start` bytes before it) replaced, its runs kept.
fn masked(row: &Row, start: usize, hidden: &[Range<usize>]) -> Row {
    let mut out = String::with_capacity(row.text().len());
    let mut spans = Vec::new();
    let mut at = start;
    for (run, style) in row.runs() {
        for (i, c) in run.char_indices() {
            if hidden.iter().any(|r| r.contains(&(at + i))) {
                out.extend(std::iter::repeat_n('•', text::char_width(c)));
            } else {
                out.push(c);
            }
        }
        at += run.len();
        spans.push(Span { end: out.len() as u32, style });
    }
    Row::from_parts(out, spans, row.hides())
}

/// A screen as bytes to be saved, made nobody's.
pub fn saved(screen: &Screen, words: &[&str]) -> String {
    ansi::print(&Secrets::builtin().anonymous(screen, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_every_kind_are_masked_and_widths_stay() {
        // Put together here, so that no tool takes these made-up ones for real.
        let of = |head: &str, n: usize| format!("{head}{}", "a1B2".repeat(n.div_ceil(4)));
        for (raw, gone) in [
            (format!("key {} ok", of("sk-ant-", 24)), "a1B2"),
            (of("ghp_", 36), "a1B2"),
            (format!("AKIA{}", "IOSFODNN7EXAMPLE".replace('7', "2")), "IOSFODNN"),
            ("https://bob:hunter22@example.org/x".to_owned(), "hunter22"),
            ("Authorization: Bearer abc.def.ghijkl".to_owned(), "ghijkl"),
            ("export DB_PASSWORD=correct-horse".to_owned(), "correct"),
            (of("api_key: \"", 16), "a1B2"),
            (format!("{}.{}.abc-def", of("eyJ", 12), of("eyJ", 12)), "a1B2"),
        ] {
            let masked = Secrets::builtin().mask(&raw);
            assert!(!masked.contains(gone), "{masked}");
            assert_eq!(text::width(&masked), text::width(&raw));
        }
        for plain in
            ["git push origin feature/x-0208", "tokens: 14", "the secret of good soup", "password: ok"]
        {
            assert_eq!(Secrets::builtin().mask(plain), plain);
        }
    }

    #[test]
    fn a_secret_that_wraps_is_masked_on_both_rows() {
        let key = format!("sk-ant-{}", "x".repeat(24));
        let mut screen = Screen::plain(&format!("token {}\n{}\nend", &key[..14], &key[14..]));
        screen.width = 20;
        let out = Secrets::builtin().anonymous(&screen, &["end"]);
        assert_eq!(out.to_text(), format!("token {}\n{}\n•••\n", "•".repeat(14), "•".repeat(17)));
    }
}
