//! A text that a person writes as the answer to a dialog: for which dialog, for which of its options, and the line so far.

use super::Editor;
use super::fleet::SessionKey;
use crate::domain::confirm::DrawnSince;
use crate::domain::free_text::{Way, Words};
use crate::domain::session::{PaneIdentity, SessionName};

/// The open prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// Whose dialog.
    pub key: SessionKey,
    /// In which pane.
    pub pane: PaneIdentity,
    /// Of which session.
    pub session: SessionName,
    /// Its name on the screen.
    pub label: String,
    /// The dialog as it was drawn when the prompt was opened.
    pub drawn: DrawnSince,
    /// What it is about.
    pub about: String,
    /// The options that take a text; never empty.
    pub ways: Vec<Way>,
    /// Which of them is meant.
    pub at: usize,
    /// The text so far: one line.
    pub line: Editor,
}

impl Writing {
    /// The option that is meant.
    pub fn way(&self) -> &Way {
        &self.ways[self.at % self.ways.len()]
    }

    /// The next option that takes a text.
    pub fn turn(&mut self) {
        self.at = (self.at + 1) % self.ways.len();
    }

    /// Puts text in at the cursor; a line end becomes a blank.
    pub fn insert(&mut self, s: &str) {
        self.line
            .insert(&s.trim_end_matches(['\n', '\r']).replace("\r\n", " ").replace(['\n', '\r', '\t'], " "));
    }

    /// The text as it would be sent; why not.
    pub fn words(&self) -> Result<Words, String> {
        let words = Words::new(self.line.text())?;
        words.suits(self.way().opens)?;
        Ok(words)
    }
}
