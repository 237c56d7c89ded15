//! The small words of a task: its number, its kind, who asked for it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::session::SessionName;

/// A task's number: counted up from 1, never used twice, short enough to say aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub u32);

impl TaskId {
    /// Reads `14` or `#14`.
    pub fn parse(s: &str) -> Option<Self> {
        let digits = s.strip_prefix('#').unwrap_or(s);
        let clean = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        clean.then(|| digits.parse().ok()).flatten().filter(|n| *n > 0).map(Self)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What the queue owes a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Watched until there is evidence that it is done.
    #[default]
    Work,
    /// Told when the session is idle; done when the agent took it.
    Message,
    /// Who the session is: told once to an agent that was started, protected or not; done when the agent took it.
    Role,
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// The person: may ask anyone.
    Operator,
    /// A session of the roster: bound to the chain of command.
    Session(SessionName),
    /// archtui itself: reports of finished tasks.
    Archtui,
}

impl Sender {
    /// The session, if it was one.
    pub fn session(&self) -> Option<&SessionName> {
        match self {
            Self::Session(name) => Some(name),
            Self::Operator | Self::Archtui => None,
        }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("the operator"),
            Self::Session(name) => name.fmt(f),
            Self::Archtui => f.write_str("archtui"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_strictly() {
        for (s, want) in [("14", Some(14)), ("#14", Some(14)), ("1", Some(1)), ("007", Some(7))] {
            assert_eq!(TaskId::parse(s), want.map(TaskId), "{s}");
        }
        for bad in ["", "#", "0", "-1", "+1", "1.0", "14x", "##1", "99999999999", "١"] {
            assert_eq!(TaskId::parse(bad), None, "{bad}");
        }
    }
}
