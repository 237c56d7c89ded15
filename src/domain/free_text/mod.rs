//! A dialog answered by a text: which of its options takes one, and what may be written there. Only a person orders it. How
//! it is carried out, send by send, is in `course`.

mod course;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::dialog::{Dialog, Opens};
use super::text;

pub use course::Course;

/// A text that a person gives as an answer: one line, nothing in it that does not show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

impl Words {
    /// More characters than these are not written into a field: what cannot be seen whole cannot be checked.
    pub const MAX: usize = 600;

    /// Line ends and tabs become blanks: a field has one line, and Enter would submit it. Anything else that does not show
    /// is refused.
    pub fn new(raw: &str) -> Result<Self, String> {
        let line = raw.trim().replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
        if line.chars().any(|c| !text::is_printable(c)) {
            return Err("it holds characters that cannot be shown".to_owned());
        }
        if line.chars().any(is_unseen) {
            return Err("it holds characters that nobody sees".to_owned());
        }
        // Claude Code's Enter breaks the line there and submits nothing.
        if line.ends_with('\\') {
            return Err("it ends with a backslash, and Enter behind one is a line break".to_owned());
        }
        match line.chars().count() {
            0 => Err("there is nothing to write".to_owned()),
            // Claude Code 2.1.34 took a lone `1` for its first option, also in an open field.
            1 => Err("a single character could be taken for a key; write a word".to_owned()),
            n if n > Self::MAX => Err(format!("it is longer than {} characters", Self::MAX)),
            _ => Ok(Self(line)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may go where that leads; why not. A composer reads more than a text: commands, names to be completed.
    pub fn suits(&self, opens: Opens) -> Result<(), &'static str> {
        let last = self.0.rsplit(' ').next().unwrap_or_default();
        if opens != Opens::Composer {
            return Ok(());
        }
        if self.0.starts_with(['!', '#', '/']) {
            return Err("it goes into the composer, and the agent would take it for a command");
        }
        // Gemini's Enter took the first file for a text that ended with `@`.
        if last.contains('@') || last.starts_with('/') {
            return Err("it goes into the composer, and the agent would complete its last word");
        }
        Ok(())
    }
}

/// True for characters that take part in a text and show nothing: of two texts that look the same one would be another.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

impl TryFrom<String> for Words {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::new(&raw)
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a text is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The option, 0-based.
    pub option: usize,
    /// Its label, as it is while nothing is written there.
    pub label: String,
    /// How it takes a text.
    pub opens: Opens,
    /// The key that chooses it.
    pub key: Option<String>,
}

impl Way {
    /// What comes of it, in a few words.
    pub const fn does(&self) -> &'static str {
        match self.opens {
            Opens::Key | Opens::Tab => "written into the dialog, seen there, then Enter",
            Opens::Composer => {
                "the option ends the dialog; then written into the composer, seen there, then Enter"
            }
        }
    }
}

/// The options of a dialog that take a text.
pub fn ways(dialog: &Dialog) -> Vec<Way> {
    let way = |t: &super::dialog::TextOption| {
        let o = dialog.options.get(t.option)?;
        Some(Way { option: t.option, label: o.label.clone(), opens: t.opens, key: o.key.clone() })
    };
    dialog.texts.iter().filter_map(way).collect()
}

/// The one that is called so; without a name the only one.
pub fn way(dialog: &Dialog, label: Option<&str>) -> Result<Way, &'static str> {
    let mut ways = ways(dialog);
    ways.retain(|w| label.is_none_or(|l| w.label == l));
    match (ways.pop(), ways.is_empty()) {
        (Some(way), true) => Ok(way),
        (Some(_), false) => Err("several of its options take a text"),
        (None, _) => Err("no option of that dialog takes a text"),
    }
}
