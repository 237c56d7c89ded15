//! What is wrong with a config: one line where and what, one line what to do.

use crate::domain::misread::Misread;
use crate::domain::text;

/// What the reader of TOML says of one table where a list of them is wanted.
const ONE_FOR_MANY: &str = "invalid type: map, expected a sequence";

/// A fault in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ConfigError {
    /// File, line and fault.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl ConfigError {
    /// From the reader of TOML: keeps the line, tells the near miss of an unknown key or word.
    pub fn read(origin: &str, source: &str, e: &toml::de::Error) -> Self {
        let line = e.span().map(|s| line_of(source, s.start));
        if let Some(section) = line.and_then(|n| doubled(source, n)) {
            let what = format!(
                "{}: [{section}] is there once, and [[{section}]] is one of many",
                place(origin, line)
            );
            return Self { what, hint: format!("write [{section}]") };
        }
        let misread = Misread::of(e.message());
        let every = || "`archtui init` writes a file in which every key is explained".to_owned();
        // `[session]` where `[[session]]` is meant: that is told as it is to be written.
        let header = line.and_then(|n| source.lines().nth(n - 1)).map(str::trim);
        let header = header.filter(|l| e.message().starts_with(ONE_FOR_MANY) && l.starts_with('['));
        let many = header.map(|l| text::printable(&format!("write [{l}], once for each")));
        Self {
            what: format!("{}: {}", place(origin, line), misread.what),
            hint: many.or(misread.hint).unwrap_or_else(every),
        }
    }

    /// A fault that the reader of TOML does not see; `word` is looked up in the text for the line.
    pub fn at_word(origin: &str, source: &str, word: &str, what: String, hint: &str) -> Self {
        let line = source.find(word).map(|at| line_of(source, at));
        Self { what: format!("{}: {}", place(origin, line), text::printable(&what)), hint: hint.to_owned() }
    }

    /// A fault of the whole file.
    pub fn plain(origin: &str, what: &str) -> Self {
        Self {
            what: format!("{origin}: {}", text::printable(what)),
            hint: "mend or remove that file".to_owned(),
        }
    }
}

/// The section around a line that is written as one of many although there is one of it. The reader of TOML takes its keys for
/// values then, and what it says of them leads nowhere.
fn doubled(source: &str, line: usize) -> Option<&str> {
    let header = source.lines().take(line).map(str::trim).filter(|l| l.starts_with('[')).last()?;
    let section = header.strip_prefix("[[")?.split(']').next()?;
    super::DEFAULT.contains(&format!("\n[{section}]")).then_some(section)
}

fn place(origin: &str, line: Option<usize>) -> String {
    line.map_or_else(|| origin.to_owned(), |n| format!("{origin}:{n}"))
}

fn line_of(source: &str, at: usize) -> usize {
    source.get(..at).map_or(1, |head| head.matches('\n').count() + 1)
}
