//! From *it may be answered* to *it went*: the half of a dialog's life in which something is written down and sent.

use std::sync::Arc;
use std::time::Duration;

use super::case::Case;
use super::hold::{Held, Hold};
use super::left::Left;
use super::life::{Life, REMEMBERED};
use super::order::{CaseId, HookWord, Order, Sent};
use super::stage::{Act, After, By, Clearance, Cleared, Intent, Stage};
use super::timing::{FRESH, LOOK_AGAIN, STUCK};
use crate::domain::ledger::{Actor, Channel, Outcome, Said, Showing};

/// Why everything in a pane has gone.
const ENDED: &str = "the pane has ended";

impl Life {
    /// It was written down and does not go out.
    pub(super) fn withdraw(&mut self, id: CaseId, act: &Act, (hold, again): Held, out: &mut Vec<Order>) {
        let why = hold.to_string();
        self.release(id, out);
        refuse(act, &why, out);
        self.write(id, Outcome::Withdrawn, why, After::Rest((hold, again)), out);
    }

    /// The world says no to an answer that has not been written down.
    pub(super) fn denied(&mut self, id: CaseId, act: &Act, (hold, again): Held, out: &mut Vec<Order>) {
        if act.actor == Actor::Automation {
            self.release(id, out);
            self.hold_until(id, hold, again, out);
        } else {
            refuse(act, &hold.to_string(), out);
            let Some(case) = self.case(id) else { return };
            match case.kept.clone() {
                // Whoever acts next is to know of it.
                Some(kept @ Hold::Person(_)) => self.hold(id, kept, out),
                Some(kept) => case.stage = Stage::Held((kept, None)),
                // A hook that waits is not read a second time: the rules have the word again.
                None if case.hook_open() => case.judge_anew(),
                None => case.read_anew(case.steady.since),
            }
        }
    }

    /// Writes down what is about to be sent. From here on automation never tries this dialog again.
    pub(super) fn intend(&mut self, id: CaseId, act: Act, cleared: Cleared, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        (case.entries.act, case.entries.pressed) = (Some(act.clone()), None);
        self.write(id, Outcome::Intended, String::new(), After::Send(act, Clearance::Given(cleared)), out);
    }

    /// The intent is on disk. When the dialog has stood long enough the key goes out, if what the world and the screen said
    /// while it settled is new enough; else both are asked once more, at the same time, and both must say yes.
    pub(super) fn go_ahead(&mut self, id: CaseId, now: Duration, out: &mut Vec<Order>) {
        let settle = self.settle();
        let Some(case) = self.case(id) else { return };
        let (intent, look) = match &case.stage {
            Stage::Ready(intent) => (intent, None),
            Stage::Rechecking(intent, look) => (intent, Some(*look)),
            _ => return,
        };
        if !intent.act.is_ahead() {
            return;
        }
        if case.steady.changed || case.is_stale() {
            let why =
                if case.steady.changed { "the dialog reads otherwise now" } else { "the rules changed" };
            return self.write(id, Outcome::Withdrawn, why.to_owned(), After::Anew, out);
        }
        // It blinks, or is gone; or it has not stood long enough.
        if !case.current() || (look.is_none() && now < case.steady.since + settle) {
            return;
        }
        let fresh = |c: Cleared| now.saturating_sub(c.at) < FRESH;
        let is_new = |at: Duration| now.saturating_sub(at) < LOOK_AGAIN;
        let intent = intent.clone();
        match (intent.cleared, look) {
            (Some(cleared), _)
                if case.steady.twice && fresh(cleared) && (look.is_some() || !cleared.coarse) =>
            {
                match self.allowed_here(id, &intent.act, now) {
                    Ok(()) => self.send(id, intent, now, out),
                    Err(held) => self.withdraw(id, &intent.act, held, out),
                }
            }
            (_, None) => {
                case.stage = Stage::Rechecking(Intent { cleared: None, ..intent }, Some(now));
                // The word of the world alone is not both.
                case.steady.twice = false;
                out.extend([Order::Look, Order::Check]);
            }
            // The second reading took so long that the world's word is old.
            (Some(_), Some(look)) if case.steady.twice => {
                case.stage = Stage::Rechecking(Intent { cleared: None, ..intent }, look);
                out.push(Order::Check);
            }
            (_, Some(look)) if !case.steady.twice && !look.is_some_and(is_new) => {
                case.stage = Stage::Ready(intent);
            }
            (_, Some(_)) => {}
        }
    }

    pub(super) fn send(&mut self, id: CaseId, intent: Intent, now: Duration, out: &mut Vec<Order>) {
        let Intent { act, seq: intent, cleared } = intent;
        let Some(case) = self.case(id) else { return };
        case.stage = Stage::Sending(act.clone(), now);
        case.tried = true;
        let (showing, dialog) = (case.shown.showing, Arc::clone(&case.shown.dialog));
        let verdict = case.verdict().map(|v| v.reason.clone()).unwrap_or_default();
        match act.by {
            By::Key(key) => {
                self.remember(showing);
                let cleared = cleared.filter(|_| act.actor == Actor::Automation);
                let stirred = cleared.map(|c| c.stirred.unwrap_or_default());
                out.push(Order::Press { case: id, dialog, key, intent, stirred });
            }
            By::Hook(hook) => {
                self.hook_allowed = self.hook_allowed.max((act.said != Said::Deny).then_some(now));
                let word = if act.said == Said::Deny {
                    HookWord::Deny(verdict, intent)
                } else {
                    HookWord::Allow(intent)
                };
                out.push(Order::Answer { case: id, hook, word });
            }
        }
    }

    pub(super) fn sent(&mut self, id: CaseId, how: Sent, now: Duration, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let Stage::Sending(act, _) = case.stage.clone() else { return };
        if let Some(hook) = &mut case.hook {
            hook.open = false;
        }
        match how {
            Sent::Done(at) => {
                case.entries.pressed = Some(at);
                case.stage = Stage::Verifying(at);
                // It had gone before the key went out: what stands there now may have got it.
                let astray =
                    act.channel() == Channel::Key && case.shown.away().is_some_and(|away| away <= at);
                let other = self.cases.iter().find(|c| astray && c.id != id && c.current() && !c.in_flight());
                if let Some((other, showing)) = other.map(|c| (c.id, c.shown.showing)) {
                    self.remember(showing);
                    self.may_have_met(other, out);
                }
            }
            Sent::Refused(why) => {
                refuse(&act, &why, out);
                let after = After::Rest((Hold::Refused(why.clone()), None));
                self.write(id, Outcome::Refused, why, after, out);
            }
            // Nothing went out, so where that passes it may be tried from the beginning. When that is the world says, which is
            // asked at once.
            Sent::Withheld(hold) if act.is_ahead() => {
                case.tried = false;
                if hold == Hold::PersonCame {
                    self.came = Some(now);
                }
                if self.pressed.back() == self.cases.iter().find(|c| c.id == id).map(|c| &c.shown.showing) {
                    self.pressed.pop_back();
                }
                self.withdraw(id, &act, (hold, Some(now)), out);
            }
            Sent::Withheld(hold) => self.sent(id, Sent::Refused(hold.to_string()), now, out),
            Sent::Unknown(why) => {
                self.uncertain = Some(now + STUCK);
                let after = After::Rest((Hold::Uncertain(why.clone()), None));
                self.write(id, Outcome::Unknown, why, after, out);
            }
        }
    }

    /// A key that was not for it may have reached it.
    fn may_have_met(&mut self, id: CaseId, out: &mut Vec<Order>) {
        match self.case(id).map(|case| &mut case.stage) {
            // One entry at a time: it is looked at anew when that is on disk, and is one that was answered.
            Some(Stage::Writing(after @ (After::Rest(_) | After::Anew))) => *after = After::Anew,
            _ => self.hold(id, Hold::Uncertain("it may have met this one".to_owned()), out),
        }
    }

    /// Not seen for so long that it did not just blink.
    pub(super) fn gone(&self, id: CaseId, now: Duration) -> bool {
        let goes = |c: &Case| c.goes().is_some_and(|at| now >= at);
        self.cases.iter().any(|c| c.id == id && goes(c) && c.can_go())
    }

    /// It is gone for good: what is to be told of it?
    pub(super) fn went(&mut self, id: CaseId, out: &mut Vec<Order>) {
        self.release(id, out);
        let Some(case) = self.cases.iter().find(|c| c.id == id) else { return };
        let seen_to_go = case.shown.away().is_none() || case.shown.seen_to_go.is_some();
        // Nobody knows whether it was answered: what says the same there now may be that very one.
        let content = case.shown.showing.content;
        if case.entries.outcome == Some(Outcome::Unknown) {
            let alike = |c: &&mut Case| c.id != id && c.current() && c.shown.showing.content == content;
            for other in self.cases.iter_mut().filter(alike) {
                other.kept.get_or_insert(Hold::Answered);
            }
        }
        let Some(case) = self.cases.iter().find(|c| c.id == id) else { return };
        let withdrawn =
            matches!(case.stage, Stage::Ready(_) | Stage::Rechecking(..)).then(|| Left::nobodys(case));
        let (left, gone) = if seen_to_go {
            (None, withdrawn)
        } else {
            (Left::unseen(case).or_else(|| Left::told(case)), None)
        };
        let (may_stand, told) = (left.is_some(), case.entries.binds);
        let kept = left.as_ref().filter(|left| left.is_a_persons()).map(|_| "it was not seen to go");
        let (outcome, why) = match &case.stage {
            Stage::Verifying(_) if !seen_to_go => (Outcome::Unknown, "it was not seen to go"),
            Stage::Verifying(sent) if case.went_before(*sent) => {
                (Outcome::Unknown, "it had gone before the key went out")
            }
            Stage::Verifying(_) if case.shown.ended => (Outcome::Unknown, "its agent has ended"),
            Stage::Verifying(_) => (Outcome::Cleared, ""),
            Stage::Ready(_) | Stage::Rechecking(..) => (Outcome::Withdrawn, "the dialog went away"),
            // It did not stand long enough to be read twice: nothing is told of it.
            _ if case.hook.is_none() && case.fresh() => {
                self.case(id).into_iter().for_each(|case| case.stage = Stage::Over);
                return;
            }
            // Whoever acts next is to know of it.
            _ if !told && kept.is_some() => (Outcome::Held, kept.unwrap_or_default()),
            // It may still stand: its end is told when something else is surely seen there.
            _ if may_stand => {
                self.leave(id, left);
                return;
            }
            _ => (Outcome::Gone, ""),
        };
        if may_stand {
            self.left_unseen = None;
        }
        self.left.extend(left);
        self.write(id, outcome, why.to_owned(), After::Over, out);
        // That nothing was sent is not yet the end of the dialog.
        if let Some(gone) = gone {
            self.tell_gone(gone, "", out);
        }
    }

    /// The pane has ended, and so has all that stood there. Of an entry that is on its way to the disk that is
    /// told when it is there (`Entry::unheard`).
    pub(super) fn ended(&mut self, out: &mut Vec<Order>) {
        for i in 0..self.cases.len() {
            let id = self.cases[i].id;
            self.release(id, out);
            let case = &mut self.cases[i];
            let outcome = match &case.stage {
                Stage::Over | Stage::Writing(After::Over) => continue,
                Stage::Sending(..) | Stage::Verifying(_) => Outcome::Unknown,
                Stage::Writing(After::Send(..)) | Stage::Ready(..) | Stage::Rechecking(..) => {
                    Outcome::Withdrawn
                }
                _ => Outcome::Gone,
            };
            if case.entries.opened.is_none() {
                case.stage = Stage::Over;
                continue;
            }
            self.write(id, outcome, ENDED.to_owned(), After::Over, out);
        }
        for left in std::mem::take(&mut self.left) {
            self.tell_gone(left, ENDED, out);
        }
    }

    pub(super) fn hold(&mut self, id: CaseId, hold: Hold, out: &mut Vec<Order>) {
        self.hold_until(id, hold, None, out);
    }

    /// Held, and told once for what passes, each time for what does not.
    pub(super) fn hold_until(
        &mut self,
        id: CaseId,
        hold: Hold,
        again: Option<Duration>,
        out: &mut Vec<Order>,
    ) {
        self.take_left(id, Some(&hold), out);
        self.goes_on(id, out);
        let Some(case) = self.case(id) else { return };
        // What a person keeps stays his, whatever else holds it.
        let hold = match &case.kept {
            Some(kept @ Hold::Person(_)) if !hold.is_of_an_answer() => kept.clone(),
            _ => hold,
        };
        if case.entries.opened.is_some() && hold.passes() {
            case.stage = Stage::Held((hold, again));
            return;
        }
        let outcome = match hold {
            Hold::Watching => Outcome::Watched,
            Hold::Ignored => Outcome::Ignored,
            // Still not known what became of it, also to whoever comes after us.
            Hold::Restarted | Hold::Answered | Hold::Uncertain(_) => Outcome::Unknown,
            Hold::Stuck => Outcome::Stuck,
            _ => Outcome::Held,
        };
        let why = if hold == Hold::Rule { String::new() } else { hold.to_string() };
        self.write(id, outcome, why, After::Rest((hold, again)), out);
    }

    pub(super) fn write(
        &mut self,
        id: CaseId,
        outcome: Outcome,
        why: String,
        after: After,
        out: &mut Vec<Order>,
    ) {
        self.goes_on(id, out);
        let Some(case) = self.case(id) else { return };
        let mut decision = case.decision(outcome, why);
        match (&after, &case.kept) {
            (After::Rest((Hold::Person(who), _)), _) => decision.actor = Actor::Person(who.clone()),
            (After::Over, Some(Hold::Person(who))) if outcome == Outcome::Held => {
                decision.actor = Actor::Person(who.clone());
            }
            _ => {}
        }
        // That something is meant to be sent counts when it is on disk: nothing goes out before.
        if outcome != Outcome::Intended {
            case.entries.tell(outcome, &decision.actor);
        }
        case.stage = Stage::Writing(after);
        out.push(Order::Record { case: id, dialog: Arc::clone(case.asked_for()), decision });
    }

    pub(super) fn case(&mut self, id: CaseId) -> Option<&mut Case> {
        self.cases.iter_mut().find(|c| c.id == id)
    }

    pub(super) fn remember(&mut self, showing: Showing) {
        if self.pressed.len() == REMEMBERED {
            self.pressed.pop_front();
        }
        self.pressed.push_back(showing);
    }

    /// The hook of a case, if it waits for us.
    pub(super) fn release(&mut self, id: CaseId, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let Some(hook) = case.hook.as_mut().filter(|h| h.open) else { return };
        hook.open = false;
        let hook = hook.id;
        out.push(Order::Answer { case: id, hook, word: HookWord::Release });
    }
}

/// A person is told why nothing was sent; automation has the ledger.
pub(super) fn refuse(act: &Act, why: &str, out: &mut Vec<Order>) {
    if act.actor != Actor::Automation {
        out.push(Order::Refuse { wish: act.wish, why: why.to_owned() });
    }
}
