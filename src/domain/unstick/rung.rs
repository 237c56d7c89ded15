//! One step of the ladder that sends a key: look, write the intent down, press if the server still finds what was looked at,
//! see what came of it, write that down. Every doubt ends it; nothing is pressed twice.
//!
//! ```text
//! look ─ fits? ─→ check the pane ─→ intent on disk ─→ one key, compared by the server ─→ looks until it shows ─→ outcome on disk
//! ```

use std::time::Duration;

use super::{Sight, Step, fits};
use crate::domain::errand::{AGAIN, Heard, Order, PATIENCE, Put, Sent, VERIFY};
use crate::domain::ledger::Outcome;
use crate::domain::read::Reading;
use crate::domain::status::State;
use crate::domain::stroke::KeyName;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Look,
    Check,
    Intend,
    Press,
    Verify,
}

/// One step under way.
#[derive(Debug, Clone)]
pub struct Rung {
    step: Step,
    at: At,
    until: Duration,
    again: Duration,
    /// What the look before the key showed.
    before: (State, String),
    why: String,
    /// The answer that never came.
    doubt: Option<String>,
}

impl Rung {
    /// Begins with a look.
    pub fn new(step: Step, now: Duration) -> (Self, Order) {
        let rung = Self {
            step,
            at: At::Look,
            until: now + PATIENCE,
            again: now + AGAIN,
            before: (State::Unknown, String::new()),
            why: String::new(),
            doubt: None,
        };
        (rung, Order::Look)
    }

    /// Which step.
    pub fn step(&self) -> Step {
        self.step
    }

    /// An intent was written down.
    pub fn is_recorded(&self) -> bool {
        matches!(self.at, At::Press | At::Verify)
    }

    /// When it wants to hear of the time.
    pub fn due(&self) -> Duration {
        if matches!(self.at, At::Look | At::Verify) { self.until.min(self.again) } else { self.until }
    }

    /// Takes in what was heard.
    pub fn hear(&mut self, heard: Heard<'_>, now: Duration) -> Order {
        match (self.at, heard) {
            (At::Look, Heard::Look(sight)) => match fits(self.step, &sight) {
                Ok(seen) => {
                    self.before = (sight.state, typed(sight.reading));
                    self.why = seen;
                    self.go(At::Check, PATIENCE, now);
                    Order::Check
                }
                Err(why) => Order::End(Outcome::Refused, why),
            },
            (At::Check, Heard::Checked(Ok(()))) => {
                self.go(At::Intend, PATIENCE, now);
                Order::Intend(self.why.clone())
            }
            (At::Check, Heard::Checked(Err(why))) | (At::Intend, Heard::Recorded(Err(why))) => {
                Order::End(Outcome::Refused, why)
            }
            (At::Intend, Heard::Recorded(Ok(()))) => {
                self.go(At::Press, PATIENCE, now);
                match self.step.key().and_then(KeyName::new) {
                    Some(key) => Order::Send(Put::Key(key)),
                    None => Order::End(Outcome::Refused, "that step has no key".to_owned()),
                }
            }
            (At::Press, Heard::Sent(Sent::Done)) => self.verify(now),
            (At::Press, Heard::Sent(Sent::Unknown(why))) => {
                self.doubt = Some(why);
                self.verify(now)
            }
            (At::Press, Heard::Sent(Sent::Refused(why))) => Order::End(Outcome::Refused, why),
            (At::Verify, Heard::Look(sight)) if self.shows(&sight) => {
                Order::End(Outcome::Cleared, format!("{} now", sight.state.clause()))
            }
            (_, Heard::Time) if now >= self.until => self.late(),
            (At::Look | At::Verify, Heard::Time) if now >= self.again => {
                self.again = now + AGAIN;
                Order::Look
            }
            _ => Order::Wait,
        }
    }

    fn go(&mut self, at: At, patience: Duration, now: Duration) {
        self.at = at;
        self.until = now + patience;
        self.again = now + AGAIN;
    }

    fn verify(&mut self, now: Duration) -> Order {
        self.go(At::Verify, VERIFY, now);
        Order::Look
    }

    /// What the key was for is seen.
    fn shows(&self, sight: &Sight<'_>) -> bool {
        let (state, text) = &self.before;
        match self.step {
            Step::Enter => {
                let composer = sight.reading.composer.is_some() && typed(sight.reading) != *text;
                composer || sight.state == State::Working || sight.state.asks()
            }
            Step::Escape | Step::Interrupt => sight.state != *state && sight.state != State::Unknown,
            _ => false,
        }
    }

    fn late(&self) -> Order {
        match (self.at, &self.doubt) {
            (At::Look, _) => Order::End(Outcome::Refused, "its screen was not seen in time".to_owned()),
            (At::Check, _) => Order::End(Outcome::Refused, "tmux did not answer in time".to_owned()),
            (At::Intend, _) => Order::End(Outcome::Refused, "the ledger did not answer in time".to_owned()),
            (At::Press, _) => {
                Order::End(Outcome::Unknown, "it is not known whether the key arrived".to_owned())
            }
            (At::Verify, Some(why)) => Order::End(Outcome::Unknown, why.clone()),
            (At::Verify, None) => {
                Order::End(Outcome::Stuck, "the key was sent and its screen shows nothing of it".to_owned())
            }
        }
    }
}

fn typed(reading: &Reading) -> String {
    reading.composer.as_ref().map(|c| c.text.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::Composer;

    fn reading(state: State, text: &str) -> Reading {
        let composer = Composer { text: text.to_owned(), certain: true, ..Composer::default() };
        Reading { state, composer: Some(composer), ..Reading::default() }
    }

    enum Told {
        Look(State, &'static str),
        Checked(Result<(), &'static str>),
        Recorded(Result<(), &'static str>),
        Sent(Sent),
        Time,
    }

    /// At each time in ms what is heard, and what is ordered.
    fn check(step: Step, story: &[(u64, Told, Order)]) {
        let (mut rung, first) = Rung::new(step, Duration::ZERO);
        assert_eq!(first, Order::Look);
        let mut presses = 0;
        for (i, (at, told, want)) in story.iter().enumerate() {
            let now = Duration::from_millis(*at);
            let read = match told {
                Look(state, text) => reading(*state, text),
                _ => Reading::default(),
            };
            let owned = |r: &Result<(), &str>| r.map_err(str::to_owned);
            let heard = match told {
                Look(state, _) => Heard::Look(Sight {
                    state: *state,
                    reading: &read,
                    exists: true,
                    dead: false,
                    in_mode: false,
                    synchronized: false,
                }),
                Checked(r) => Heard::Checked(owned(r)),
                Recorded(r) => Heard::Recorded(owned(r)),
                Went(s) => Heard::Sent(s.clone()),
                Time => Heard::Time,
            };
            let order = rung.hear(heard, now);
            presses += u32::from(matches!(order, Order::Send(_)));
            match (&order, want) {
                (Order::End(a, _), Order::End(b, part)) => {
                    assert_eq!(a, b, "{i}");
                    let Order::End(_, said) = &order else { unreachable!() };
                    assert!(said.contains(part.as_str()), "{i}: {said}");
                }
                _ => assert_eq!(order, *want, "{i}"),
            }
        }
        assert!(presses <= 1);
    }

    fn key(name: &str) -> Order {
        Order::Send(Put::Key(KeyName::new(name).expect("a key")))
    }

    fn end(outcome: Outcome, part: &str) -> Order {
        Order::End(outcome, part.to_owned())
    }

    use State::{Idle, Typing, Working};
    use Told::{Checked, Look, Recorded, Sent as Went, Time};

    #[test]
    fn enter_is_written_down_pressed_and_seen() {
        check(
            Step::Enter,
            &[
                (10, Look(Typing, "fix it"), Order::Check),
                (12, Checked(Ok(())), Order::Intend("unsent: fix it".to_owned())),
                (15, Recorded(Ok(())), key("Enter")),
                (16, Went(Sent::Done), Order::Look),
                (20, Look(Typing, "fix it"), Order::Wait),
                (180, Time, Order::Look),
                (200, Look(Working, ""), end(Outcome::Cleared, "working")),
            ],
        );
    }

    #[test]
    fn whatever_is_not_as_it_was_ends_it_without_a_key() {
        check(Step::Enter, &[(10, Look(Idle, ""), end(Outcome::Refused, "empty"))]);
        check(Step::Interrupt, &[(10, Look(Idle, ""), end(Outcome::Refused, "nothing runs"))]);
        let looked = || (10, Look(Typing, "fix it"), Order::Check);
        check(Step::Enter, &[looked(), (20, Checked(Err("copy mode")), end(Outcome::Refused, "copy mode"))]);
        let intend = || (20, Checked(Ok(())), Order::Intend("unsent: fix it".to_owned()));
        check(
            Step::Enter,
            &[looked(), intend(), (30, Recorded(Err("disk full")), end(Outcome::Refused, "disk full"))],
        );
        check(
            Step::Enter,
            &[
                looked(),
                intend(),
                (30, Recorded(Ok(())), key("Enter")),
                (
                    40,
                    Went(Sent::Refused("another screen".to_owned())),
                    end(Outcome::Refused, "another screen"),
                ),
            ],
        );
        check(Step::Enter, &[(9000, Time, end(Outcome::Refused, "not seen"))]);
        check(Step::Enter, &[looked(), (9000, Time, end(Outcome::Refused, "tmux"))]);
    }

    #[test]
    fn what_does_not_show_is_stuck_and_what_is_not_known_is_unknown() {
        let sent = |step: Step, how: Sent| {
            vec![
                (10, Look(Working, ""), Order::Check),
                (20, Checked(Ok(())), Order::Intend("it is working".to_owned())),
                (30, Recorded(Ok(())), key(step.key().expect("it has one"))),
                (40, Went(how), Order::Look),
                (60, Look(Working, ""), Order::Wait),
            ]
        };
        let mut story = sent(Step::Interrupt, Sent::Done);
        story.push((5100, Time, end(Outcome::Stuck, "shows nothing")));
        check(Step::Interrupt, &story);
        let mut story = sent(Step::Escape, Sent::Unknown("no answer".to_owned()));
        story.push((5100, Time, end(Outcome::Unknown, "no answer")));
        check(Step::Escape, &story);
        let mut story = sent(Step::Escape, Sent::Unknown("no answer".to_owned()));
        story.push((900, Look(Idle, ""), end(Outcome::Cleared, "idle")));
        check(Step::Escape, &story);
        check(Step::Escape, &[(1, Look(Working, ""), Order::Check), (2, Went(Sent::Done), Order::Wait)]);
    }
}
