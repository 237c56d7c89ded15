//! What is followed of one session's health, beside what its screen shows.

use std::time::Duration;

use crate::domain::confirm::Confirmation;
use crate::domain::health::{Chart, Rounds};
use crate::domain::ledger::Outcome;
use crate::domain::policy::Action;

/// A dialog that is to be confirmed for the person may take this long before it counts as waiting for him.
const CONFIRMING: Duration = Duration::from_secs(30);

/// Whoever acts says what he does with a dialog within this time: until then it is not waiting for the person yet.
const JUDGING: Duration = Duration::from_secs(2);

/// What is followed of one session's health.
#[derive(Debug, Clone, Default)]
pub struct Ward {
    /// Its screens, as far as they come again.
    pub rounds: Rounds,
    /// What ails it.
    pub chart: Chart,
    /// Its dialog is being confirmed: no person needs to.
    pub confirming: bool,
    /// Its dialog was answered and is still there: in words.
    pub not_cleared: Option<String>,
    /// It was given a task at that time, on the monotonic clock, and has not begun.
    pub given: Option<Duration>,
    /// Its task that is overdue, in words.
    pub overdue: Option<String>,
    /// Why its agent, which ended, is not started anew any more.
    pub held: Option<String>,
}

impl Ward {
    /// Takes in what the actor says of its dialog, if one is open; `asks` is for how long its screen has shown one, where
    /// somebody acts who will say a word on it.
    pub fn hear(&mut self, open: Option<&Confirmation>, asks: Option<Duration>, now: Duration) {
        self.confirming = match open {
            Some(c) => {
                let age = now.saturating_sub(c.since);
                !c.needs_you
                    && c.verdict
                        .as_ref()
                        .map_or(age < JUDGING, |v| v.action == Action::Confirm && age < CONFIRMING)
            }
            // He has not come to it yet, or it is answered and about to go.
            None => asks.is_some_and(|age| age < JUDGING),
        };
        let stuck = open.filter(|c| c.outcome == Some(Outcome::Stuck));
        self.not_cleared = stuck.map(|c| c.next.clone());
    }
}
