//! The text of a task: data that may come from an agent. Checked once, here; after that it cannot end a bracketed paste,
//! hide characters or be empty.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::text;

/// A text of a task: not empty, not huge, only characters that can be drawn, and line ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskText(Box<str>);

/// Why a text cannot be a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BadText {
    /// Nothing that could be read.
    Empty,
    /// Longer than an agent's composer should be given; how many bytes it has.
    Huge(usize),
}

impl TaskText {
    /// The longest text in bytes. An agent given more than a few pages should be given a file's name.
    pub const MAX: usize = 64 * 1024;

    /// Checks a text; the number tells how many characters were left out because they can move a cursor, end a paste or
    /// hide something. Tabs become blanks, `\r\n` becomes `\n`, blank lines around the text go.
    pub fn new(raw: &str) -> Result<(Self, usize), BadText> {
        // Looked at before anything is copied: a pipe can hand us gigabytes.
        if raw.len() > Self::MAX * 2 {
            return Err(BadText::Huge(raw.len()));
        }
        let unix = raw.replace("\r\n", "\n").replace('\t', "    ");
        let clean: String = unix.chars().filter(|&c| c == '\n' || text::is_printable(c)).collect();
        let left_out = unix.chars().count() - clean.chars().count();
        let clean = clean.trim_matches('\n').trim_end();
        if clean.trim().is_empty() {
            return Err(BadText::Empty);
        }
        if clean.len() > Self::MAX {
            return Err(BadText::Huge(clean.len()));
        }
        Ok((Self(clean.into()), left_out))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One line of it for lists.
    pub fn headline(&self) -> &str {
        self.0.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default()
    }

    /// True if an agent would take it for a command of its own (`/clear`) or of the shell (`!ls`).
    pub fn is_command(&self) -> bool {
        is_command(&self.0)
    }

    /// Fingerprint of what it says: runs of blanks and line ends count as one.
    pub fn hash(&self) -> ContentHash {
        let mut sha = Sha256::new();
        for word in self.0.split_whitespace() {
            sha.update(word.as_bytes());
            sha.update(b" ");
        }
        let all = sha.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&all[..8]);
        ContentHash(u64::from_be_bytes(first))
    }
}

impl fmt::Display for TaskText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word behind a slash on one line, or anything behind an exclamation mark; a path (`/src/app.rs is broken`) is none.
pub fn is_command(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
    let word =
        text.strip_prefix('/').and_then(|t| t.split_whitespace().next().filter(|_| !t.starts_with(' ')));
    !text.contains('\n') && (text.starts_with('!') || word.is_some_and(|w| w.chars().all(part)))
}

/// Fingerprint of a text's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(u64);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_cleaned_or_refused() {
        for (raw, want) in [
            ("fix it", Ok(("fix it", 0))),
            ("\n\n  a\r\n\tb \n\n", Ok(("  a\n    b", 0))),
            ("a\u{1b}[201~\rrm -rf /\nb", Ok(("a[201~rm -rf /\nb", 2))),
            ("x\u{202e}y\u{e0041}", Ok(("xy", 2))),
            ("", Err(BadText::Empty)),
            (" \n\t \r\n", Err(BadText::Empty)),
            ("\u{1b}\u{7}", Err(BadText::Empty)),
        ] {
            let got = TaskText::new(raw);
            assert_eq!(
                got.as_ref().map(|(t, n)| (t.as_str(), *n)),
                want.as_ref().map(|(t, n)| (*t, *n)),
                "{raw:?}"
            );
        }
        assert!(TaskText::new(&"x".repeat(TaskText::MAX)).is_ok());
        assert_eq!(TaskText::new(&"x".repeat(TaskText::MAX + 1)), Err(BadText::Huge(TaskText::MAX + 1)));
        assert_eq!(TaskText::new(&"x".repeat(1 << 20)), Err(BadText::Huge(1 << 20)));
    }

    #[test]
    fn commands_are_told_from_paths() {
        for (text, want) in [
            ("/clear", true),
            ("/compact keep the plan", true),
            ("/mcp:tool x", true),
            ("!ls", true),
            ("/src/app.rs is broken", false),
            ("/ is full", false),
            ("/", false),
            ("/clear\nand then", false),
            ("fix /clear", false),
        ] {
            assert_eq!(is_command(text), want, "{text}");
        }
    }

    #[test]
    fn the_fingerprint_is_of_the_words() {
        let h = |s: &str| TaskText::new(s).map(|(t, _)| t.hash());
        assert_eq!(h("fix  the\nlabels"), h("fix the labels "));
        assert_ne!(h("fix the labels"), h("fix thelabels"));
        assert_ne!(h("fix the labels"), h("fix the label s"));
    }

    proptest! {
        #[test]
        fn no_text_can_end_a_paste_or_submit(raw in "\\PC{0,40}[\\x00-\\x1f\\x7f-\\x9f\u{202e}a ]{0,20}\\PC{0,40}") {
            if let Ok((t, _)) = TaskText::new(&raw) {
                prop_assert!(t.as_str().chars().all(|c| c == '\n' || text::is_printable(c)));
                let escapes = t.as_str().contains(['\u{1b}', '\r']);
                prop_assert!(!escapes);
                prop_assert!(!t.headline().is_empty());
                // Cleaning again changes nothing.
                let again = TaskText::new(t.as_str());
                prop_assert_eq!(again, Ok((t, 0)));
            }
        }
    }
}
