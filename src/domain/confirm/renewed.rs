//! The rules have changed: what was not answered yet is judged anew, by those. What a person keeps, what was sent, and what
//! a hook gave back stays as it is.

use super::case::Case;
use super::hold::Hold;
use super::life::Life;
use super::order::Order;
use super::stage::{After, Stage};
use crate::domain::ledger::{Actor, Outcome};

impl Life {
    pub(super) fn new_rules(&mut self, out: &mut Vec<Order>) {
        for i in 0..self.cases.len() {
            let case = &mut self.cases[i];
            match &case.stage {
                Stage::Seen | Stage::Judging(_) | Stage::Reading => judge_again(case),
                Stage::Guarding(act) if act.actor == Actor::Automation => judge_again(case),
                Stage::Held((hold, _)) if may_be_asked(case, hold) => judge_again(case),
                // The same, as soon as it is on disk.
                Stage::Writing(After::Rest((hold, _))) if may_be_asked(case, hold) => {
                    case.stage = Stage::Writing(After::Anew);
                }
                Stage::Ready(intent) | Stage::Rechecking(intent, _)
                    if intent.act.actor == Actor::Automation =>
                {
                    let id = case.id;
                    self.write(id, Outcome::Withdrawn, "the rules changed".to_owned(), After::Anew, out);
                }
                // Also where its intent is on its way to the disk: from there it is withdrawn.
                _ => case.outdate(),
            }
        }
    }
}

fn judge_again(case: &mut Case) {
    // What else it is kept for no rule knows of.
    case.kept.take_if(|hold| is_of_rules(hold));
    case.judge_anew();
}

/// What rests there was not sent, and rests for the rules' word.
fn may_be_asked(case: &Case, hold: &Hold) -> bool {
    case.hook.is_none() && !case.tried && is_of_rules(hold)
}

/// Held by a rule or by the roster, or by what passes: then the rules are asked again anyway, when it has passed.
fn is_of_rules(hold: &Hold) -> bool {
    matches!(hold, Hold::Rule | Hold::Ignored | Hold::Unmanaged | Hold::Excluded) || hold.passes()
}
