//! What an agent's own record of its conversation says of a text that was typed for it. The words of an agent are its
//! own: shown and told as such. Not for reading the record: `evidence::transcript` does.

use jiff::Timestamp;

/// A text that is looked for in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// As it was typed.
    pub text: String,
    /// It cannot be older than this.
    pub since: Timestamp,
}

/// What a record says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// The agent has it.
    Has(After),
    /// The record can be read as far back as it matters, and does not have it.
    HasNot,
    /// That cannot be said; why.
    Unread(String),
}

/// What came after the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct After {
    /// The agent has said or done something since.
    pub answered: bool,
    /// A person interrupted it.
    pub interrupted: bool,
    /// It was given other work since.
    pub other: bool,
    /// Its last words; an agent's own.
    pub words: Option<String>,
}

impl Trace {
    /// What came after the text, if the agent has it.
    pub fn after(&self) -> Option<&After> {
        match self {
            Self::Has(after) => Some(after),
            Self::HasNot | Self::Unread(_) => None,
        }
    }
}
