//! What waits for its verdict: it is asked for once, and does not wait for ever.

use std::sync::Arc;
use std::time::Duration;

use super::case::Judged;
use super::hold::Hold;
use super::life::Life;
use super::order::{CaseId, Order};
use super::same::same_form;
use super::stage::Stage;
use super::timing::{JUDGE_WAIT, STUCK};
use crate::domain::dialog::Dialog;
use crate::domain::policy::Verdict;

impl Life {
    /// Whatever has no verdict and has not been asked for one is judged.
    pub(super) fn judge_new(&mut self, now: Duration, out: &mut Vec<Order>) {
        for case in self.cases.iter_mut().filter(|c| c.stage == Stage::Seen) {
            case.stage = Stage::Judging(now);
            out.push(Order::Judge { case: case.id, dialog: Arc::clone(case.asked_for()) });
        }
    }

    /// Its verdict is still waited for.
    pub fn awaits_verdict(&self, id: CaseId) -> bool {
        self.cases.iter().any(|c| c.id == id && matches!(c.stage, Stage::Judging(_)))
    }

    pub(super) fn judged(&mut self, id: CaseId, dialog: &Dialog, verdict: Verdict, out: &mut Vec<Order>) {
        let Some(case) = self.case(id).filter(|c| matches!(c.stage, Stage::Judging(_))) else { return };
        if !same_form(case.asked_for(), dialog) {
            return;
        }
        (case.judged, case.stage) = (Some(Judged { verdict, stale: false }), Stage::Reading);
        if case.hook_open() {
            self.hook_judged(id, out);
        } else if case.hook.is_some() {
            // It gave up while the rules were asked again.
            self.hold(id, Hold::HookFell, out);
        }
    }

    /// What does not answer in its time has said no: the rules, and the world.
    pub(super) fn give_up(&mut self, now: Duration, out: &mut Vec<Order>) {
        let world_is_mute = self.world_asked.is_some_and(|at| now.saturating_sub(at) >= STUCK);
        if world_is_mute {
            self.world_asked = None;
        }
        for i in 0..self.cases.len() {
            let (id, stage) = (self.cases[i].id, self.cases[i].stage.clone());
            let mute = || (Hold::Refused("the server did not say whether it may be".to_owned()), None);
            match stage {
                Stage::Judging(since) if now.saturating_sub(since) >= JUDGE_WAIT => {
                    let asked = Arc::clone(self.cases[i].asked_for());
                    let why = format!("judging it took longer than {} s", JUDGE_WAIT.as_secs());
                    self.judged(id, &asked, Verdict::unjudged(why), out);
                }
                Stage::Guarding(act) if world_is_mute => self.denied(id, &act, mute(), out),
                Stage::Rechecking(intent, _) if world_is_mute => self.withdraw(id, &intent.act, mute(), out),
                _ => {}
            }
        }
    }
}
