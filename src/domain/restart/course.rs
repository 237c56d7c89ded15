//! One restart: written down, a new window beside, watched until the agent there is ready; only then the old pane goes and
//! the role is told again. Every doubt leaves both panes where they are, for a person.
//!
//! ```text
//! record ─→ start ─→ looks until it is ready ─→ settle (old pane away, role told) ─→ end
//! ```

use std::time::Duration;

use crate::domain::ledger::Outcome;
use crate::domain::status::State;

/// The new agent is ready within this time; waiting for a person does not count.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Disk and tmux answer within this.
const ANSWERS: Duration = Duration::from_secs(10);
/// How long it must have looked ready.
const CALM: Duration = Duration::from_millis(600);
/// Another look is asked for so often.
const AGAIN: Duration = Duration::from_millis(200);

/// What a course hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The intent is on disk, or why not.
    Recorded(Result<(), String>),
    /// The new window stands, or why not.
    Started(Result<(), String>),
    /// What the new agent does now.
    Look(State),
    /// The new agent's program has ended, or its pane is gone; its last words.
    Ended(String),
    /// The old pane is away and the role queued; what was done, or what was not.
    Settled(Result<String, String>),
    /// Time passed.
    Time,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Nothing now.
    Wait,
    /// Write down that it is meant to be done.
    Record,
    /// Open the new window.
    Start,
    /// Look at the new pane.
    Look,
    /// The new agent asks something: whoever ordered the restart is told so.
    Asks,
    /// Take the old pane away and tell the role.
    Settle,
    /// Over.
    End(Outcome, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Record,
    Start,
    Watch,
    Settle,
}

/// One restart under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    at: At,
    until: Duration,
    again: Duration,
    calm: Option<Duration>,
    asks: bool,
}

impl Course {
    /// Begins by writing it down.
    pub fn new(now: Duration) -> (Self, Order) {
        (Self { at: At::Record, until: now + ANSWERS, again: now, calm: None, asks: false }, Order::Record)
    }

    /// One whose window stands already: somebody before us opened it.
    pub fn taken_over(now: Duration) -> Self {
        Self { at: At::Watch, until: now + PATIENCE, again: now, calm: None, asks: false }
    }

    /// True once the new window stands.
    pub fn has_started(&self) -> bool {
        matches!(self.at, At::Watch | At::Settle)
    }

    /// When it wants to hear of the time.
    pub fn due(&self) -> Duration {
        if self.at == At::Watch { self.until.min(self.again) } else { self.until }
    }

    /// Takes in what was heard.
    pub fn hear(&mut self, heard: &Heard, now: Duration) -> Order {
        match (self.at, heard) {
            (At::Record, Heard::Recorded(Ok(()))) => self.go(At::Start, ANSWERS, now, Order::Start),
            (At::Record, Heard::Recorded(Err(why))) | (At::Start, Heard::Started(Err(why))) => {
                Order::End(Outcome::Refused, why.clone())
            }
            (At::Start, Heard::Started(Ok(()))) => self.go(At::Watch, PATIENCE, now, Order::Look),
            (At::Watch, Heard::Ended(words)) => {
                let said = if words.is_empty() { String::new() } else { format!(": {words}") };
                Order::End(Outcome::Gone, format!("the new agent ended{said}"))
            }
            (At::Watch, Heard::Look(state)) => self.look(*state, now),
            (At::Settle, Heard::Settled(Ok(said))) => Order::End(Outcome::Cleared, said.clone()),
            (At::Settle, Heard::Settled(Err(why))) => {
                Order::End(Outcome::Stuck, format!("the new agent is ready; {why}"))
            }
            (_, Heard::Time) if now >= self.until => self.late(),
            (At::Watch, Heard::Time) if now >= self.again => {
                self.again = now + AGAIN;
                Order::Look
            }
            _ => Order::Wait,
        }
    }

    fn look(&mut self, state: State, now: Duration) -> Order {
        match state {
            State::Idle | State::Working | State::Typing => {
                let calm = *self.calm.get_or_insert(now);
                if now.saturating_sub(calm) < CALM {
                    return Order::Wait;
                }
                self.go(At::Settle, ANSWERS, now, Order::Settle)
            }
            state if state.asks() => {
                self.calm = None;
                self.until = now + PATIENCE;
                if std::mem::replace(&mut self.asks, true) { Order::Wait } else { Order::Asks }
            }
            _ => {
                self.calm = None;
                Order::Wait
            }
        }
    }

    fn go(&mut self, at: At, patience: Duration, now: Duration, order: Order) -> Order {
        (self.at, self.until, self.again) = (at, now + patience, now + AGAIN);
        order
    }

    fn late(&self) -> Order {
        let (outcome, why) = match self.at {
            At::Record => (Outcome::Refused, "the ledger did not answer in time".to_owned()),
            At::Start => (Outcome::Unknown, "it is not known whether the new window was opened".to_owned()),
            At::Watch => {
                let s = PATIENCE.as_secs();
                (Outcome::Stuck, format!("the new agent is not ready after {s} s; the old pane stays"))
            }
            At::Settle => (Outcome::Unknown, "it is not known whether the old pane went".to_owned()),
        };
        Order::End(outcome, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At each time in ms what is heard, and what is ordered.
    fn check(story: &[(u64, Heard, Order)]) {
        let (mut course, first) = Course::new(Duration::ZERO);
        assert_eq!(first, Order::Record);
        let mut started = 0;
        for (at, heard, want) in story {
            let order = course.hear(heard, Duration::from_millis(*at));
            started += u32::from(order == Order::Start);
            match (&order, want) {
                (Order::End(a, said), Order::End(b, part)) => {
                    assert!(a == b && said.contains(part.as_str()), "{at}: {order:?}");
                }
                _ => assert_eq!(order, *want, "{at} {heard:?}"),
            }
        }
        assert!(started <= 1);
    }

    fn end(outcome: Outcome, part: &str) -> Order {
        Order::End(outcome, part.to_owned())
    }

    fn begun() -> Vec<(u64, Heard, Order)> {
        vec![(5, Heard::Recorded(Ok(())), Order::Start), (20, Heard::Started(Ok(())), Order::Look)]
    }

    #[test]
    fn the_old_pane_goes_only_when_the_new_agent_is_ready() {
        let mut story = begun();
        story.extend([
            (50, Heard::Look(State::Starting), Order::Wait),
            (300, Heard::Time, Order::Look),
            (400, Heard::Look(State::Idle), Order::Wait),
            (800, Heard::Look(State::Starting), Order::Wait),
            (900, Heard::Look(State::Idle), Order::Wait),
            (1500, Heard::Look(State::Idle), Order::Settle),
            (1600, Heard::Look(State::Idle), Order::Wait),
            (1700, Heard::Settled(Ok("role told".into())), end(Outcome::Cleared, "role told")),
        ]);
        check(&story);
    }

    #[test]
    fn a_start_up_dialog_waits_for_a_person_however_long() {
        let mut story = begun();
        story.extend([
            (50, Heard::Look(State::Trust), Order::Asks),
            (50_000, Heard::Look(State::Trust), Order::Wait),
            (100_000, Heard::Time, Order::Look),
            (109_000, Heard::Look(State::Trust), Order::Wait),
            (168_000, Heard::Look(State::Idle), Order::Wait),
            (168_700, Heard::Look(State::Idle), Order::Settle),
        ]);
        check(&story);
    }

    #[test]
    fn every_doubt_leaves_both_panes() {
        check(&[(5, Heard::Recorded(Err("disk full".into())), end(Outcome::Refused, "disk full"))]);
        check(&[(10_000, Heard::Time, end(Outcome::Refused, "ledger"))]);
        check(&[
            begun().remove(0),
            (9, Heard::Started(Err("changed".into())), end(Outcome::Refused, "changed")),
        ]);
        check(&[begun().remove(0), (11_000, Heard::Time, end(Outcome::Unknown, "not known"))]);
        let with = |more: &[(u64, Heard, Order)]| check(&[&begun()[..], more].concat());
        with(&[(90, Heard::Ended("no key".into()), end(Outcome::Gone, "ended: no key"))]);
        with(&[(61_000, Heard::Time, end(Outcome::Stuck, "the old pane stays"))]);
        let ready = |at, order| (at, Heard::Look(State::Idle), order);
        with(&[
            ready(100, Order::Wait),
            ready(900, Order::Settle),
            (950, Heard::Settled(Err("it lives".into())), end(Outcome::Stuck, "it lives")),
        ]);
        let mut over = Course::taken_over(Duration::ZERO);
        assert!(over.has_started());
        assert_eq!(over.hear(&Heard::Look(State::Idle), Duration::from_secs(1)), Order::Wait);
        assert_eq!(over.hear(&Heard::Look(State::Idle), Duration::from_secs(2)), Order::Settle);
    }
}
