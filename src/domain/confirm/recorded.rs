//! What the disk said to an entry, and what follows from it. That an intent could not be written changes nothing of what was said
//! meanwhile: by a person, by other rules, by the screen.

use super::acting::refuse;
use super::case::{Act, After, Stage};
use super::hold::{Held, Hold};
use super::life::Life;
use super::order::{CaseId, Order};
use crate::domain::ledger::{Actor, Outcome};

impl Life {
    pub(super) fn recorded(&mut self, id: CaseId, how: Result<u64, String>, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let Stage::Writing(after) = case.stage.clone() else { return };
        if let Ok(seq) = how {
            case.opened.get_or_insert(seq);
        }
        match (after, how) {
            (After::Send(act), Ok(seq)) if act.is_ahead() => {
                let vetoed = case.vetoed.take();
                case.stage = Stage::Ready(act.clone(), seq);
                if let Some(held) = vetoed {
                    self.withdraw(id, &act, held, out);
                }
            }
            (After::Send(act), Ok(_)) if case.stale && act.actor == Actor::Automation => {
                self.write(id, Outcome::Withdrawn, "the rules changed".to_owned(), After::Anew, out);
            }
            (After::Send(act), Ok(seq)) => {
                case.stage = Stage::Rechecking(act, seq);
                out.push(Order::Check);
            }
            (After::Send(act), Err(why)) => self.not_intended(id, &act, why, out),
            (After::Rest(held), _) => {
                // Only what was sent, or may have been, is told of later.
                if !case.outcome.is_some_and(Outcome::is_unsettled) {
                    case.act = None;
                }
                if !held.0.passes() {
                    case.kept = Some(held.0.clone());
                }
                case.stage = Stage::Held(held);
            }
            (After::Anew, _) => {
                (case.act, case.verdict, case.stage) = (None, None, Stage::Seen);
            }
            (After::Over, _) => case.stage = Stage::Over,
        }
    }

    /// Without the intent on disk nothing goes out.
    fn not_intended(&mut self, id: CaseId, act: &Act, why: String, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        case.act = None;
        let hold = Hold::NotRecorded(why);
        let held: Held = (case.kept.clone().unwrap_or(hold.clone()), None);
        let vetoed = case.vetoed.take();
        case.stage = Stage::Held(held);
        self.release(id, out);
        refuse(act, &hold.to_string(), out);
        if let Some((hold, again)) = vetoed {
            self.hold_until(id, hold, again, out);
        }
    }
}
