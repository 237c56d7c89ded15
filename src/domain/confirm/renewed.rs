//! The rules have changed: what was not answered yet is judged anew, by those. What a person keeps, what was sent, and what
//! a hook gave back stays as it is.

use super::case::{After, Stage};
use super::hold::Hold;
use super::life::Life;
use super::order::Order;
use crate::domain::ledger::{Actor, Outcome};

impl Life {
    pub(super) fn new_rules(&mut self, out: &mut Vec<Order>) {
        for i in 0..self.cases.len() {
            let case = &mut self.cases[i];
            match &case.stage {
                Stage::Seen | Stage::Judging(_) | Stage::Reading => case.judge_anew(),
                Stage::Guarding(act) if act.actor == Actor::Automation => case.judge_anew(),
                Stage::Held((hold, _)) if case.hook.is_none() && !case.tried && is_of_rules(hold) => {
                    case.kept = None;
                    case.judge_anew();
                }
                // Its intent is on its way to the disk: from there it is withdrawn.
                Stage::Writing(After::Send(act)) if act.is_ahead() => case.changed = true,
                Stage::Ready(act, _) | Stage::Rechecking(act, _) if act.actor == Actor::Automation => {
                    let id = case.id;
                    self.write(id, Outcome::Withdrawn, "the rules changed".to_owned(), After::Anew, out);
                }
                _ => {}
            }
        }
    }
}

/// Held by a rule or by the roster, or by what passes: then the rules are asked again anyway, when it has passed.
fn is_of_rules(hold: &Hold) -> bool {
    matches!(hold, Hold::Rule | Hold::Ignored | Hold::Unmanaged | Hold::Excluded) || hold.passes()
}
