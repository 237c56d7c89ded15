//! What the disk said to an entry, and what follows from it. That an intent could not be written changes nothing of what was said
//! meanwhile: by a person, by other rules, by the screen.

use super::acting::refuse;
use super::hold::{Held, Hold};
use super::life::Life;
use super::order::{CaseId, Order};
use super::stage::{Act, After, Clearance, Intent, Stage};
use crate::domain::ledger::{Actor, Outcome};

impl Life {
    pub(super) fn recorded(&mut self, id: CaseId, how: Result<u64, String>, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let Stage::Writing(after) = case.stage.clone() else { return };
        if let Ok(seq) = how {
            case.entries.opened.get_or_insert(seq);
            if let After::Send(act, _) = &after {
                case.entries.tell(Outcome::Intended, &act.actor);
            }
        }
        match (after, how) {
            (After::Send(act, clearance), Ok(seq)) if act.is_ahead() => match clearance {
                Clearance::Void => case.stage = Stage::Ready(Intent { act, seq, cleared: None }),
                Clearance::Given(cleared) => {
                    case.stage = Stage::Ready(Intent { act, seq, cleared: Some(cleared) });
                }
                Clearance::Vetoed(held) => self.withdraw(id, &act, held, out),
            },
            (After::Send(act, _), Ok(_)) if case.is_stale() && act.actor == Actor::Automation => {
                self.write(id, Outcome::Withdrawn, "the rules changed".to_owned(), After::Anew, out);
            }
            (After::Send(act, _), Ok(seq)) => {
                case.stage = Stage::Rechecking(Intent { act, seq, cleared: None }, None);
                out.push(Order::Check);
            }
            (After::Send(act, clearance), Err(why)) => self.not_intended(id, &act, clearance, why, out),
            (After::Rest(held), _) => {
                // Only what was sent, or may have been, is told of later.
                if !case.entries.outcome.is_some_and(Outcome::is_unsettled) {
                    case.entries.act = None;
                }
                if !held.0.passes() {
                    case.kept = Some(held.0.clone());
                }
                case.stage = Stage::Held(held);
            }
            (After::Anew, _) => {
                case.entries.act = None;
                case.judge_anew();
            }
            (After::Over, _) => case.stage = Stage::Over,
        }
    }

    /// Without the intent on disk nothing goes out.
    fn not_intended(
        &mut self,
        id: CaseId,
        act: &Act,
        clearance: Clearance,
        why: String,
        out: &mut Vec<Order>,
    ) {
        let Some(case) = self.case(id) else { return };
        case.entries.act = None;
        let hold = Hold::NotRecorded(why);
        let held: Held = (case.kept.clone().unwrap_or(hold.clone()), None);
        case.stage = Stage::Held(held);
        self.release(id, out);
        refuse(act, &hold.to_string(), out);
        if let Clearance::Vetoed((hold, again)) = clearance {
            self.hold_until(id, hold, again, out);
        }
    }
}
