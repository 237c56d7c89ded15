//! A dialog on a person's screen: since when, and, once he answers it, for how long.

use std::time::Duration;

use crate::domain::ledger::Showing;

/// A dialog must have been on a person's screen for so long before his key counts as an answer to it.
pub const DRAWN_FOR: Duration = Duration::from_millis(300);

/// A dialog that is on a person's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnSince {
    /// Which.
    pub showing: Showing,
    /// The instant, on the monotonic clock.
    pub since: Duration,
}

/// A dialog that a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnFor {
    /// Which.
    pub showing: Showing,
    /// The length of time that it had been on his screen.
    pub lasted: Duration,
}

impl DrawnSince {
    /// As it is answered at that time.
    pub fn until(self, now: Duration) -> DrawnFor {
        DrawnFor { showing: self.showing, lasted: now.saturating_sub(self.since) }
    }
}
