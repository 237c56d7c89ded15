//! A dialog that goes without an answer, and another one that stands in its place at once: for tests of what becomes of a
//! key that was meant for the first.

use std::time::Duration;

use super::Agent;
use crate::cli::sim_agent::dialog::Ask;
use crate::cli::sim_agent::script::{Bash, Step};
use crate::cli::sim_agent::transcript::{Outcome, Stand};

/// When the dialog of a step goes by itself.
pub(super) fn due(ask: &Ask, step: &Step) -> Option<Duration> {
    let Step::Bash(bash) = step else { return None };
    bash.swaps.front().map(|swap| ask.shown + swap.after.0)
}

impl Agent {
    /// It goes now.
    pub(super) fn swap(&mut self, step: Step, now: Duration) {
        self.transcript.close(Stand::Failed, Outcome::None);
        let Step::Bash(mut bash) = step else { return self.next_step(now) };
        match bash.swaps.pop_front().and_then(|swap| swap.command) {
            Some(command) => {
                self.call(Step::Bash(Bash { command, ..bash }), now);
                if let super::Doing::Asking(ask, _) = &mut self.doing {
                    ask.swapped = true;
                }
            }
            None => self.next_step(now),
        }
    }
}
