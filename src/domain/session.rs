//! Who a pane is: names and ids that must not be mixed. Not for what a pane shows (`screen`) or does (`status`).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text;

/// tmux's own pane id, the number behind `%`. Ids start again at 0 with a new server: see [`PaneIdentity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PaneId(pub u32);

impl PaneId {
    /// Reads `%12`; anything else is `None`.
    pub fn parse(s: &str) -> Option<Self> {
        let digits = s.strip_prefix('%')?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Self)
    }
}

impl fmt::Display for PaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// A pane that cannot be mistaken for another: the id, the process tmux started in it, and when that process
/// started (clock ticks since boot, 0 where /proc does not tell).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PaneIdentity {
    /// tmux's id.
    pub id: PaneId,
    /// `#{pane_pid}`.
    pub pid: u32,
    /// Start time of that process, in clock ticks since boot; 0 = not known.
    pub start: u64,
}

/// The name of a tmux session as tmux reports it, made printable. Names are data: they are shown and compared,
/// never used to address anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionName(String);

impl SessionName {
    /// Keeps printable characters only.
    pub fn new(raw: &str) -> Self {
        Self(text::printable(raw))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pane_ids_are_read_strictly() {
        assert_eq!(PaneId::parse("%0"), Some(PaneId(0)));
        assert_eq!(PaneId::parse("%41"), Some(PaneId(41)));
        for bad in ["", "%", "41", "%-1", "%4x", "% 4", "%99999999999"] {
            assert_eq!(PaneId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_lose_what_cannot_be_drawn() {
        assert_eq!(SessionName::new("a\x1b[31mb\nc").as_str(), "a[31mbc");
    }
}
