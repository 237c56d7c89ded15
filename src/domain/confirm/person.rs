//! A person's answer to a dialog: to the one that was drawn for him, long enough to be read, and to no other.

use std::sync::Arc;
use std::time::Duration;

use super::case::Case;
use super::drawn::DRAWN_FOR;
use super::hold::Hold;
use super::life::Life;
use super::mark::towards;
use super::order::{Answer, CaseId, Input, Order, Reply};
use super::stage::{Act, After, By, Clearance, Stage};
use super::timing::STILL_THERE;
use crate::domain::dialog::{Dialog, Opens};
use crate::domain::ledger::{Actor, Outcome, Said};
use crate::domain::stroke::KeyName;

impl Life {
    /// Whose answers wait for the world's word, and the wishes behind them, unless it is a person who speaks now.
    pub(super) fn asked_by_persons(&self, input: &Input) -> Vec<(CaseId, Option<u64>)> {
        let wish = |c: &Case| match &c.stage {
            Stage::Guarding(act) if act.actor != Actor::Automation => Some((c.id, act.wish)),
            _ => None,
        };
        let speaks = matches!(input, Input::Person(_));
        self.cases.iter().filter(|_| !speaks).filter_map(wish).collect()
    }

    /// Who answered hears of it, once, when his answer goes nowhere.
    pub(super) fn tell_dropped(&self, asked: &[(CaseId, Option<u64>)], out: &mut Vec<Order>) {
        let goes_on = |c: &Case| matches!(c.stage, Stage::Guarding(_) | Stage::Writing(After::Send(..)));
        let dropped = |id: CaseId| !self.cases.iter().any(|c| c.id == id && goes_on(c));
        for (_, wish) in asked.iter().filter(|(id, _)| dropped(*id)) {
            if !out.iter().any(|o| matches!(o, Order::Refuse { wish: told, .. } if told == wish)) {
                let why = "that dialog changed, or went, before it could be answered; look at it first";
                out.push(Order::Refuse { wish: *wish, why: why.to_owned() });
            }
        }
    }

    pub(super) fn person(&mut self, reply: Reply, now: Duration, out: &mut Vec<Order>) {
        let (wish, answer, first, who) = (reply.wish, reply.answer, out.len(), reply.who.clone());
        let replied = self.reply(reply, now, out);
        if let (Ok(id), Answer::Hold) = (&replied, answer) {
            self.keep_same_calls(*id, &who);
        }
        match replied {
            // A text has a course and an end of its own.
            Ok(_) if answer == Answer::Write => {}
            // Before the orders that may end it.
            Ok(case) => {
                let owns = wish.map(|wish| Order::Owns { case, wish, answer });
                out.splice(first..first, owns).for_each(drop);
            }
            Err(why) => out.push(Order::Refuse { wish, why: why.to_owned() }),
        }
    }

    /// What a person keeps is not allowed by a hook that asks the same beside it.
    fn keep_same_calls(&mut self, id: CaseId, who: &str) {
        let Some(kept) = self.cases.iter().find(|c| c.id == id).map(|c| Arc::clone(c.asked_for())) else {
            return;
        };
        for case in self.cases.iter_mut().filter(|c| c.id != id && c.same_call(&kept)) {
            case.kept = Some(Hold::Person(who.to_owned()));
        }
    }

    /// The same where the hook asks later.
    pub(super) fn kept_call(&self, call: &Dialog) -> Option<Hold> {
        self.cases.iter().find(|c| c.is_a_persons() && c.same_call(call)).and_then(|c| c.kept.clone())
    }

    fn reply(&mut self, reply: Reply, now: Duration, out: &mut Vec<Order>) -> Result<CaseId, &'static str> {
        let Reply { who, wish, answer, drawn } = reply;
        let Some(at) = self.cases.iter().position(Case::current) else {
            return Err("no dialog is open there");
        };
        if let Some(drawn) = drawn {
            if drawn.showing != self.cases[at].shown.showing {
                return Err("another dialog is there now; look at it first");
            }
            if drawn.lasted < DRAWN_FOR {
                return Err("that dialog has just appeared; look at it first");
            }
        }
        let another_hook = self.cases.iter().enumerate().any(|(i, c)| i != at && c.hook_open());
        let case = &mut self.cases[at];
        let id = case.id;
        match &mut case.stage {
            Stage::Verifying(sent) if now.saturating_sub(*sent) < STILL_THERE => {
                return Err("it was answered just now; wait a second");
            }
            Stage::Writing(After::Rest(_) | After::Anew) => return Err("try that again"),
            // Nothing has gone out yet: who says stop is heard.
            Stage::Writing(After::Send(act, clearance)) if answer == Answer::Hold && act.is_ahead() => {
                *clearance = Clearance::Vetoed((Hold::Person(who), None));
                return Ok(id);
            }
            Stage::Ready(intent) | Stage::Rechecking(intent, _)
                if answer == Answer::Hold && intent.act.actor == Actor::Automation =>
            {
                self.release(id, out);
                let hold = Hold::Person(who);
                self.write(id, Outcome::Withdrawn, hold.to_string(), After::Rest((hold, None)), out);
                return Ok(id);
            }
            // His, until the world has said whether it may go out.
            Stage::Guarding(act) if act.actor != Actor::Automation && answer != Answer::Hold => {
                return Err("it is being answered right now");
            }
            Stage::Writing(_) | Stage::Ready(_) | Stage::Rechecking(..) | Stage::Sending(..) => {
                return Err("it is being answered right now");
            }
            _ => {}
        }
        if answer == Answer::Hold {
            self.release(id, out);
            self.hold(id, Hold::Person(who), out);
            return Ok(id);
        }
        if answer == Answer::Write {
            if another_hook || case.hook_open() {
                return Err("the agent's hook has the word; try again in a second");
            }
            out.push(Order::Write { showing: case.shown.showing, dialog: Arc::clone(&case.shown.dialog) });
            // What rests for good is a person's already.
            if !matches!(&case.stage, Stage::Held((hold, _)) if !hold.passes()) {
                self.hold(id, Hold::Person(who), out);
            }
            return Ok(id);
        }
        let dialog = &case.shown.dialog;
        let mut goal = None;
        let by = match (case.hook.as_ref().filter(|h| h.open), answer) {
            (Some(hook), Answer::Approve | Answer::Deny) => By::Hook(hook.id),
            (Some(_), _) => return Err("the agent's hook has the word; try again in a second"),
            (None, _) if another_hook => return Err("the agent's hook has the word; try again in a second"),
            (None, Answer::Approve) if !dialog.complete => {
                return Err("part of that dialog is hidden; attach and look at the whole");
            }
            (None, _) if dialog.field.is_some() => {
                return Err("a text field of that dialog is open: a key would be a letter in it");
            }
            (None, Answer::Choose(i)) if dialog.options.get(i).is_none() => {
                return Err("that dialog has no such option");
            }
            // Its key would only mark it.
            (None, Answer::Choose(i))
                if dialog.texts.iter().any(|t| t.option == i && t.opens == Opens::Key) =>
            {
                return Err("that option takes a text: write it with the key c, or with answer --text");
            }
            (None, answer) => {
                let key = match answer {
                    Answer::Approve => dialog.allow_once_key(),
                    Answer::Choose(i) => dialog.options.get(i).and_then(|o| o.key.as_deref()),
                    Answer::Deny | Answer::Hold | Answer::Write => dialog.deny_key(),
                };
                let moved = match answer {
                    Answer::Choose(i) if key.is_none() => towards(dialog, i),
                    _ => None,
                };
                goal = moved.as_ref().map(|(_, goal)| *goal);
                let key = key.and_then(KeyName::new).or(moved.map(|(key, _)| key));
                let no_key = match answer {
                    Answer::Choose(_) => "no key chooses that option; attach and answer there",
                    _ => "no single option of that dialog means that; choose one by its number, or attach",
                };
                By::Key(key.ok_or(no_key)?)
            }
        };
        let said = match answer {
            Answer::Approve => Said::Allow,
            Answer::Choose(i) => {
                dialog.options.get(i).and_then(|o| Said::by(o.meaning)).unwrap_or(Said::Option)
            }
            Answer::Deny | Answer::Hold | Answer::Write => Said::Deny,
        };
        // He has said that it is not to be allowed as the rules would: if that cannot be sent, nor is theirs.
        if answer != Answer::Approve && !case.is_a_persons() {
            case.kept = Some(Hold::Person(who.clone()));
        }
        case.stage = Stage::Guarding(Act { actor: Actor::Person(who), wish, by, said, goal });
        out.push(Order::Check);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::confirm::rig::{Rig, call, ms};
    use crate::domain::confirm::story::Step::{At, Says, Show};
    use crate::domain::confirm::story::check;
    use crate::domain::confirm::{Answer, HookId, HookSaid, Input, Reply, Sent};
    use crate::domain::policy::Action;

    fn ask(rig: &mut Rig, wish: u64, answer: Answer) {
        let who = format!("asker {wish}");
        rig.hear(Input::Person(Reply { who, wish: Some(wish), answer, drawn: None }));
    }

    fn held() -> Rig {
        let steps = [Says(Action::Hold), Show("rm", 1), At(1_000)];
        let mut rig = check("held for a person", &steps, &["150 held"]);
        rig.log.clear();
        rig
    }

    #[test]
    fn a_refusal_is_for_the_wish_that_is_refused_and_the_first_one_goes_on() {
        let mut rig = held();
        rig.sends = None;
        ask(&mut rig, 1, Answer::Approve);
        ask(&mut rig, 2, Answer::Approve);
        ask(&mut rig, 3, Answer::Deny);
        assert_eq!(
            rig.log,
            [
                "1000 wish 1 is at work",
                "1000 intended by a person",
                "1000 PRESS 1",
                "1000 refused to wish 2: it is being answered right now",
                "1000 refused to wish 3: it is being answered right now",
            ]
        );
    }

    #[test]
    fn what_keeps_an_answer_back_later_is_told_to_the_wish_it_is_for() {
        let mut rig = held();
        rig.sends = Some(Sent::Refused("another screen".to_owned()));
        ask(&mut rig, 7, Answer::Deny);
        assert!(rig.log.contains(&"1000 refused to wish 7: another screen".to_owned()), "{:?}", rig.log);
    }

    #[test]
    fn who_asks_while_the_world_is_asked_does_not_push_the_first_one_out() {
        let mut rig = held();
        let orders = |rig: &mut Rig, wish| {
            let who = format!("asker {wish}");
            let reply = Reply { who, wish: Some(wish), answer: Answer::Approve, drawn: None };
            format!("{:?}", rig.life.hear(Input::Person(reply), rig.now))
        };
        assert!(orders(&mut rig, 1).contains("Owns"), "it waits for the world's word");
        let second = orders(&mut rig, 2);
        assert!(second.contains("Refuse { wish: Some(2)") && !second.contains("Owns"), "{second}");
    }

    #[test]
    fn each_whose_answer_goes_nowhere_is_told() {
        let mut rig = held();
        rig.says = false;
        ask(&mut rig, 1, Answer::Approve);
        rig.show(Some(("cat", 2)));
        ask(&mut rig, 2, Answer::Approve);
        rig.now += ms(20);
        rig.show(None);
        rig.log.clear();
        rig.now += ms(500);
        rig.hear(Input::Tick);
        let why = "that dialog changed, or went, before it could be answered; look at it first";
        let told = |wish: u64| format!("1520 refused to wish {wish}: {why}");
        assert_eq!(rig.log, ["1520 gone".to_owned(), told(1), told(2)]);
    }

    #[test]
    fn a_hook_that_a_person_answered_in_vain_does_not_wait_for_ever() {
        let mute = "not sent: the server did not say whether it may be";
        let check = |says: bool, want: &[&str]| {
            let mut rig = Rig::new(false);
            rig.says = false;
            rig.hear(Input::Hook(HookSaid::Asks { id: HookId(1), dialog: call("ls") }));
            rig.show(Some(("ls", 1)));
            ask(&mut rig, 1, Answer::Approve);
            rig.until(4_999);
            rig.says = says;
            rig.until(11_000);
            let refused = format!("5000 refused to wish 1: {mute}");
            assert_eq!(rig.log[..2], ["0 wish 1 is at work".to_owned(), refused]);
            assert_eq!(rig.log[2..], *want);
        };
        check(
            true,
            &[
                "5000 intended",
                "5000 ALLOW",
                "10000 stuck: answered, and it or its like is still there after 5 s",
            ],
        );
        check(false, &["10000 hook released", &format!("10000 held: {mute}")]);
    }
}
