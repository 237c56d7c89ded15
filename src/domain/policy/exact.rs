//! A whole part of a command, as one is written in a rule: no patterns, every word in its place. The narrowest thing that a
//! rule can say of a command.

use serde::Deserialize;

use super::rule::PartCase;
use crate::domain::bash;

/// One part, read once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WholePart {
    text: String,
    words: Vec<String>,
}

impl TryFrom<String> for WholePart {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let reading = bash::read(&text);
        match (reading.parts.as_slice(), reading.fault) {
            (_, Some(fault)) => Err(format!("command cannot be read: {fault}")),
            ([one], None) if one.text == text => {
                Ok(Self { words: one.words.iter().map(|w| w.text.clone()).collect(), text })
            }
            ([_], None) => Err("command must be written with single blanks and none around it".to_owned()),
            _ => Err("command must be one part: no &&, ||, ;, | and no line end".to_owned()),
        }
    }
}

impl WholePart {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Exactly: every sign as it was written, with its settings and redirections. Generously: the same words, however they
    /// were quoted and wherever they start.
    pub(super) fn is(&self, part: &PartCase, generous: bool) -> bool {
        let words = || part.words.iter().map(|w| w.text.as_str()).eq(self.words.iter().map(String::as_str));
        part.text == self.text && words() || generous && words()
    }
}
