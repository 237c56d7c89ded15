//! Time as the queue sees it: a wall clock for the record and a clock of its own for every wait. The queue's clock runs with
//! the monotonic clock, never goes back, and is not moved by anyone who sets the wall clock.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The instant at which something is told to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// For the record. May jump.
    pub wall: Timestamp,
    /// Since any fixed moment of this run of the program.
    pub mono: Duration,
}

/// A moment on the queue's own clock: how long queues of this store have been looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueueTime(pub Duration);

impl QueueTime {
    /// How long after `earlier` this is; nothing if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment and a while.
    #[must_use]
    pub fn plus(self, d: Duration) -> Self {
        Self(self.0.saturating_add(d))
    }
}

/// Time in which nobody looked counts for an hour at most: enough for a task to be overdue after a night without us, too
/// little for a wall clock set to another year to do harm.
const UNWATCHED: Duration = Duration::from_secs(3600);

/// The queue's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueueClock {
    at: QueueTime,
    wall: Option<Timestamp>,
    /// The monotonic clock of this run when `at` was set; another run's would mean nothing.
    #[serde(skip)]
    mono: Option<Duration>,
}

impl QueueClock {
    /// The queue's time now.
    pub fn read(&self, now: Now) -> QueueTime {
        let passed = match (self.mono, self.wall) {
            (Some(mono), _) => now.mono.saturating_sub(mono),
            (None, Some(wall)) => {
                Duration::try_from(now.wall.duration_since(wall)).unwrap_or_default().min(UNWATCHED)
            }
            (None, None) => Duration::ZERO,
        };
        self.at.plus(passed)
    }

    /// Moves the clock on to now and tells the time.
    pub fn advance(&mut self, now: Now) -> QueueTime {
        let at = self.read(now);
        let mono = self.mono.map_or(now.mono, |m| m.max(now.mono));
        *self = Self { at, wall: Some(now.wall), mono: Some(mono) };
        at
    }

    /// The queue's time when it was last moved on.
    pub fn at(&self) -> QueueTime {
        self.at
    }

    /// The clock as another run of the program will find it.
    #[must_use]
    pub fn stored(self) -> Self {
        Self { mono: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall: i64, mono: u64) -> Now {
        Now { wall: Timestamp::from_second(wall).expect("in range"), mono: Duration::from_secs(mono) }
    }

    #[test]
    fn the_wall_clock_moves_nothing_while_the_program_runs() {
        let mut clock = QueueClock::default();
        assert_eq!(clock.advance(now(1_000_000, 50)), QueueTime::default());
        for (wall, mono, want) in [
            (1_000_001, 51, 1),
            (9_000_000, 52, 2),
            (-5_000, 60, 10),
            (1_000_000, 60, 10),
            (1_000_000, 40, 10),
        ] {
            assert_eq!(clock.advance(now(wall, mono)), QueueTime(Duration::from_secs(want)), "{wall} {mono}");
        }
    }

    #[test]
    fn a_pause_of_the_program_counts_an_hour_at_most() {
        let mut clock = QueueClock::default();
        clock.advance(now(1_000, 7));
        for (wall, want) in [(1_060, 60), (100_000_000, 3600), (0, 0)] {
            assert_eq!(clock.stored().read(now(wall, 0)), QueueTime(Duration::from_secs(want)), "{wall}");
        }
    }
}
