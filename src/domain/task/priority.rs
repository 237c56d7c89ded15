//! How urgent a task is, and how waiting makes it more urgent, so that nothing starves.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// 0 to 10; 10 is the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    /// The highest.
    pub const MAX: Self = Self(10);

    /// A priority from 0 to 10; anything else is `None`.
    pub fn new(n: u8) -> Option<Self> {
        (n <= Self::MAX.0).then_some(Self(n))
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }

    /// What it counts for after having waited: one level more for each step, up to the highest. Among the highest the
    /// oldest goes first, so after at most ten steps only older tasks stand before this one, and those are finitely many.
    #[must_use]
    pub fn aged(self, waited: Duration, step: Duration) -> Self {
        let steps = waited.as_millis() / step.as_millis().max(1);
        let room = Self::MAX.0 - self.0;
        Self(self.0 + u8::try_from(steps).unwrap_or(room).min(room))
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<u8> for Priority {
    type Error = String;
    fn try_from(n: u8) -> Result<Self, String> {
        Self::new(n).ok_or_else(|| format!("priorities go from 0 to 10, not to {n}"))
    }
}

impl From<Priority> for u8 {
    fn from(p: Priority) -> Self {
        p.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_raises_step_by_step_up_to_the_highest() {
        let step = Duration::from_secs(30 * 60);
        for (p, minutes, want) in [
            (0, 0, 0),
            (0, 29, 0),
            (0, 30, 1),
            (0, 299, 9),
            (0, 300, 10),
            (5, 90, 8),
            (5, 100_000, 10),
            (10, 500, 10),
        ] {
            let aged = Priority::new(p).map(|p| p.aged(Duration::from_secs(60 * minutes), step).get());
            assert_eq!(aged, Some(want), "{p} after {minutes} min");
        }
        assert_eq!(Priority::default().aged(Duration::MAX, Duration::ZERO).get(), 10);
        assert_eq!(Priority::new(11), None);
    }
}
