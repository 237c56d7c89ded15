//! The unstick menu: the ladder's steps for one session or for all that are stuck, and the step that waits for a second yes.

use super::fleet::{Session, SessionKey};
use super::{Fleet, State};
use crate::domain::unstick::{Offer, Step, fits, ladder};

/// The open menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The session that was focused.
    pub key: SessionKey,
    /// All that are stuck are meant instead.
    pub all: bool,
    /// The marked step.
    pub row: usize,
    /// The step that waits for a second yes.
    pub sure: Option<Step>,
}

impl Menu {
    /// The menu of one session; the gentlest step that fits, beyond a look, is marked.
    pub fn of(session: &Session) -> Self {
        let sight = session.sight();
        // An answer, and what ends or interrupts what goes on as it should, is marked by the person alone.
        let is_for = |step| match step {
            Step::Approve | Step::Deny => false,
            Step::Restart => sight.has_ended(),
            Step::Escape | Step::Interrupt => session.stuck().is_some(),
            _ => true,
        };
        let gentle = |o: &Offer| o.seen.is_ok() && is_for(o.step);
        let fit = ladder(&sight).iter().skip(1).position(gentle).map_or(0, |i| i + 1);
        Self { key: session.key(), all: false, row: fit, sure: None }
    }

    /// The sessions that are meant.
    pub fn targets<'a>(&self, fleet: &'a Fleet) -> Vec<&'a Session> {
        let meant = |s: &&Session| if self.all { s.stuck().is_some() } else { s.key() == self.key };
        fleet.sessions.iter().filter(meant).collect()
    }

    /// The marked step.
    pub fn step(&self) -> Step {
        Step::ALL[self.row.min(Step::ALL.len() - 1)]
    }

    /// The steps, and what each was seen to fit. For several sessions: how many it fits.
    pub fn offers(&self, state: &State) -> Vec<Offer> {
        let targets = self.targets(&state.fleet);
        match targets[..] {
            [one] => ladder(&one.sight()),
            _ => Step::ALL.into_iter().map(|step| Offer { step, seen: told(step, &targets) }).collect(),
        }
    }
}

fn told(step: Step, targets: &[&Session]) -> Result<String, String> {
    if step.is_single() {
        return Err("that is done one by one".to_owned());
    }
    let fit: Vec<&str> =
        targets.iter().filter(|s| fits(step, &s.sight()).is_ok()).map(|s| s.label.as_str()).collect();
    let of = targets.len();
    if fit.is_empty() {
        Err(format!("fits none of {of}"))
    } else {
        Ok(format!("fits {} of {of}: {}", fit.len(), fit.join(", ")))
    }
}
