//! Who needs a person, and how urgently. The one definition for the panel, the header, the order and `n`.

use std::time::Duration;

use super::State;
use super::fleet::Session;
use crate::domain::status::State as Status;

pub use crate::domain::health::LASTS;

/// True if this session waits for a person: it asks and is not just being confirmed, cannot be read or has an error for a
/// while, is stuck, or its task is overdue.
pub fn needs_you(s: &Session, now: Duration) -> bool {
    asks(s, now) || s.owes.is_some()
}

/// True if what it does needs a person, however its task stands.
pub fn asks(s: &Session, now: Duration) -> bool {
    (s.state.asks() && !(s.state == Status::Permission && s.ward.confirming))
        || (matches!(s.state, Status::Unknown | Status::Error) && s.age(now) >= LASTS)
        || s.stuck().is_some()
        || s.ward.held.is_some()
}

/// Since when it is in the state, or has the task, for which it is shown.
pub fn since(s: &Session, now: Duration) -> Duration {
    s.owes.filter(|_| !asks(s, now) && !s.state.is_problem()).unwrap_or(s.since)
}

/// When a session that does not need a person yet will, if nothing changes.
pub fn will_need_at(s: &Session) -> Option<Duration> {
    matches!(s.state, Status::Unknown | Status::Error).then_some(s.since + LASTS)
}

/// The place of a session in the order of urgency: 0 first.
pub fn urgency(s: &Session, now: Duration) -> u8 {
    match s.state {
        _ if needs_you(s, now) => 0,
        Status::Error | Status::Unknown => 1,
        Status::Exited | Status::Gone => 2,
        Status::Typing => 3,
        Status::Idle | Status::Starting => 4,
        _ => 5,
    }
}

impl State {
    /// Sessions that need a person, as indices into the fleet, the longest wait first.
    pub fn needs(&self) -> Vec<usize> {
        let now = self.now.mono;
        let mut needs: Vec<usize> =
            (0..self.fleet.sessions.len()).filter(|&i| needs_you(&self.fleet.sessions[i], now)).collect();
        needs.sort_by_key(|&i| since(&self.fleet.sessions[i], now));
        needs
    }
}
