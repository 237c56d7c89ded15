//! How many answers a minute automation may give, in a session and in the whole fleet: a loop that asks for ever is
//! handed to a person.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::ledger::{Actor, Entry, Outcome};
use crate::domain::session::SessionName;

const WINDOW: Duration = Duration::from_mins(1);

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Answers in one session a minute.
    pub session: u32,
    /// Answers in all sessions a minute.
    pub fleet: u32,
}

/// What automation answered in the last minute, on the monotonic clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates {
    sessions: BTreeMap<SessionName, VecDeque<Duration>>,
    fleet: VecDeque<Duration>,
}

impl Rates {
    /// As they were before a restart, from the ledger. `utc` and `now` are the same moment on both clocks.
    pub fn rebuilt<'a>(entries: impl IntoIterator<Item = &'a Entry>, utc: Timestamp, now: Duration) -> Self {
        let mut rates = Self::default();
        for entry in entries {
            let body = &entry.body;
            // What has no channel is no answer: a restart.
            let answer = body.channel.is_some();
            if body.outcome == Outcome::Intended && body.actor == Actor::Automation && answer {
                // What seems to lie ahead was written before the clock was set back: it counts as just now.
                let ago = Duration::try_from(utc.duration_since(body.at)).unwrap_or_default();
                if ago < WINDOW {
                    rates.count(&body.scene.session, now.saturating_sub(ago));
                }
            }
        }
        rates
    }

    /// An answer was given (or is about to be: it counts as soon as it is intended).
    pub fn count(&mut self, session: &SessionName, now: Duration) {
        self.fleet.push_back(now);
        self.sessions.entry(session.clone()).or_default().push_back(now);
        let old = now.saturating_sub(WINDOW);
        let forget = |all: &mut VecDeque<Duration>| drop(all.drain(..all.partition_point(|at| *at <= old)));
        forget(&mut self.fleet);
        self.sessions.retain(|_, all| {
            forget(all);
            !all.is_empty()
        });
    }

    /// When the next answer may be given in that session: `None` = at once.
    pub fn next(&self, session: &SessionName, limits: Limits, now: Duration) -> Option<Duration> {
        let none = VecDeque::new();
        let own = free(self.sessions.get(session).unwrap_or(&none), limits.session, now);
        own.max(free(&self.fleet, limits.fleet, now))
    }
}

/// When fewer than `limit` of these lie in the window.
fn free(given: &VecDeque<Duration>, limit: u32, now: Duration) -> Option<Duration> {
    // In the order in which they were given.
    let old = given.partition_point(|at| *at + WINDOW <= now);
    let over = (given.len() - old + 1).checked_sub(limit as usize)?;
    // With a limit of 0 nothing ever becomes free; it is asked again after a window.
    let blocking = over.checked_sub(1)?;
    Some(given.get(old + blocking).map_or(now + WINDOW, |at| *at + WINDOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_and_the_fleet_have_limits_that_pass_with_time() {
        let (a, b) = (SessionName::new("a"), SessionName::new("b"));
        let limits = Limits { session: 2, fleet: 3 };
        let s = Duration::from_secs;
        let mut rates = Rates::default();
        assert_eq!(rates.next(&a, limits, s(100)), None);
        rates.count(&a, s(100));
        assert_eq!(rates.next(&a, limits, s(100)), None);
        rates.count(&a, s(110));
        assert_eq!(rates.next(&a, limits, s(120)), Some(s(160)), "until the first one is a minute old");
        assert_eq!(rates.next(&b, limits, s(120)), None);
        rates.count(&b, s(130));
        assert_eq!(rates.next(&b, limits, s(130)), Some(s(160)), "the fleet's limit");
        assert_eq!(rates.next(&a, limits, s(160)), None);
        assert_eq!(rates.next(&b, Limits { session: 0, fleet: 9 }, s(500)), Some(s(560)));
        rates.count(&b, s(500));
        assert_eq!(rates.fleet.len(), 1, "what is over is forgotten");
        assert_eq!(rates.sessions.len(), 1);
    }
}
