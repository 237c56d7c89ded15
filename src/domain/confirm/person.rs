//! A person's answer to a dialog: to the one that was drawn for him, long enough to be read, and to no other.

use std::sync::Arc;
use std::time::Duration;

use super::case::{Act, After, By, Stage};
use super::hold::Hold;
use super::life::Life;
use super::mark::towards;
use super::order::{Answer, Order, Reply};
use super::timing::STILL_THERE;
use crate::domain::ledger::{Actor, Outcome};
use crate::domain::stroke::KeyName;

/// A dialog must have been on a person's screen for so long before his key counts as an answer to it.
pub const DRAWN_FOR: Duration = Duration::from_millis(300);

impl Life {
    pub(super) fn person(&mut self, reply: Reply, now: Duration, out: &mut Vec<Order>) {
        if let Err(why) = self.reply(reply, now, out) {
            out.push(Order::Refuse { why: why.to_owned() });
        }
    }

    fn reply(&mut self, reply: Reply, now: Duration, out: &mut Vec<Order>) -> Result<(), &'static str> {
        let Reply { who, answer, drawn } = reply;
        let Some(at) = self.cases.iter().position(super::case::Case::current) else {
            return Err("no dialog is open there");
        };
        if let Some((showing, on_screen)) = drawn {
            if showing != self.cases[at].showing {
                return Err("another dialog is there now; look at it first");
            }
            if on_screen < DRAWN_FOR {
                return Err("that dialog has just appeared; look at it first");
            }
        }
        let another_hook = self.cases.iter().enumerate().any(|(i, c)| i != at && c.hook_open());
        let case = &mut self.cases[at];
        let id = case.id;
        match &case.stage {
            Stage::Verifying(sent) if now.saturating_sub(*sent) < STILL_THERE => {
                return Err("it was answered just now; wait a second");
            }
            Stage::Writing(After::Rest(_) | After::Anew) => return Err("try that again"),
            // Nothing has gone out yet: who says stop is heard.
            Stage::Writing(After::Send(act)) if answer == Answer::Hold && act.is_ahead() => {
                case.vetoed = Some((Hold::Person(who), None));
                return Ok(());
            }
            Stage::Ready(..) if answer == Answer::Hold => {
                let hold = Hold::Person(who);
                self.write(id, Outcome::Withdrawn, hold.to_string(), After::Rest((hold, None)), out);
                return Ok(());
            }
            Stage::Writing(_) | Stage::Ready(..) | Stage::Rechecking(..) | Stage::Sending(..) => {
                return Err("it is being answered right now");
            }
            _ => {}
        }
        if answer == Answer::Hold {
            self.release(id, out);
            self.hold(id, Hold::Person(who), out);
            return Ok(());
        }
        if answer == Answer::Write {
            if another_hook || case.hook_open() {
                return Err("the agent's hook has the word; try again in a second");
            }
            out.push(Order::Write { showing: case.showing, dialog: Arc::clone(&case.dialog) });
            // What rests for good is a person's already.
            if !matches!(&case.stage, Stage::Held((hold, _)) if !hold.passes()) {
                self.hold(id, Hold::Person(who), out);
            }
            return Ok(());
        }
        let deny = answer == Answer::Deny;
        let mut goal = None;
        let by = match (case.hook.filter(|h| h.open), answer) {
            (Some(hook), Answer::Approve | Answer::Deny) => By::Hook(hook.id),
            (Some(_), _) => return Err("the agent's hook has the word; try again in a second"),
            (None, _) if another_hook => return Err("the agent's hook has the word; try again in a second"),
            (None, Answer::Approve) if !case.dialog.complete => {
                return Err("part of that dialog is hidden; attach and look at the whole");
            }
            (None, _) if case.dialog.field.is_some() => {
                return Err("a text field of that dialog is open: a key would be a letter in it");
            }
            (None, answer) => {
                let key = match answer {
                    Answer::Approve => case.dialog.allow_once_key(),
                    Answer::Choose(i) => case.dialog.options.get(i).and_then(|o| o.key.as_deref()),
                    Answer::Deny | Answer::Hold | Answer::Write => case.dialog.deny_key(),
                };
                let moved = match answer {
                    Answer::Choose(i) if key.is_none() => towards(&case.dialog, i),
                    _ => None,
                };
                goal = moved.as_ref().map(|(_, goal)| *goal);
                let key = key.and_then(KeyName::new).or(moved.map(|(key, _)| key));
                let no_key = "no single option of that dialog means that; attach and answer there";
                By::Key(key.ok_or(no_key)?)
            }
        };
        case.stage = Stage::Guarding(Act { actor: Actor::Person(who), by, deny, goal });
        out.push(Order::Check);
        Ok(())
    }
}
