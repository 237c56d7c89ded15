//! Dialogs of which it is not known whether they still stand, because an archtui ended or because the pane could not be read
//! for long. Answers of which nobody knows what became of them, and what a person keeps: the first dialog that says the same is
//! left to a person. Of all of them: it is the same dialog as far as the ledger tells, and where none is seen for a while the
//! ledger is told that it has gone, so that whoever acts next is not bound by it again.

use std::sync::Arc;
use std::time::Duration;

use super::case::{Case, Entries, Judged, Place, Shown};
use super::hold::Hold;
use super::life::Life;
use super::order::{CaseId, Order};
use super::stage::{After, Stage};
use super::timing::STUCK;
use crate::domain::dialog::{Dialog, DialogId};
use crate::domain::ledger::{Actor, Channel, Entry, Masked, Outcome, Showing};
use crate::domain::policy::Verdict;

/// One dialog that was left.
#[derive(Debug, Clone)]
pub(super) struct Left {
    says: Says,
    /// Why it is a person's; `None`: it was held for nothing that outlives who held it.
    hold: Option<Hold>,
    /// What is known of it, for its end.
    told: Box<Case>,
}

/// Which dialogs may be the one.
#[derive(Debug, Clone)]
enum Says {
    /// Those that say this on the screen.
    Content(DialogId),
    /// A hook told of it, and does not say what its dialog says: those of the same call.
    Call,
    /// A hook told of it, and it is a person's: any.
    Anything,
}

impl Left {
    /// By the newest entry of its life; `None`: no dialog was left.
    pub fn by(e: &Entry) -> Option<Self> {
        let body = &e.body;
        if body.has_ended() || body.is_deed() {
            return None;
        }
        let kept = match &body.actor {
            Actor::Person(who) if !body.outcome.is_unsettled() => Some(Hold::Person(who.clone())),
            _ => None,
        };
        let hold = kept.or_else(|| body.binds().then_some(Hold::Restarted));
        let says = match (body.channel, &hold) {
            (Some(Channel::Hook), Some(_)) => Says::Anything,
            (Some(Channel::Hook), None) => Says::Call,
            (Some(Channel::Key) | None, _) => Says::Content(body.showing.content),
        };
        let dialog = Dialog {
            operation: body.operation,
            subject: body.subject.as_ref().map(Masked::as_str).map(str::to_owned),
            ..Dialog::default()
        };
        let mut told = Case::new(CaseId(0), body.showing, Arc::new(dialog), None, Duration::ZERO);
        let ruling = body.verdict.clone();
        let verdict = Verdict { action: ruling.action, ..Verdict::hold(&ruling.rule, ruling.reason) };
        told.judged = Some(Judged { verdict, stale: true });
        told.entries.opened = Some(e.life());
        (told.entries.outcome, told.entries.binds) = (Some(body.outcome), body.binds());
        Some(Self { says, hold, told: Box::new(told) })
    }

    /// One that an answer was sent to, or that a person keeps, and that went out of sight without being seen to go.
    pub fn unseen(case: &Case) -> Option<Self> {
        let tried = case.tried.then_some(Hold::Answered);
        let hold = case.kept.clone().or(tried)?;
        case.entries.opened?;
        Some(Self { hold: Some(hold), ..Self::nobodys(case) })
    }

    /// The same of one that nothing of the kind is known of, and that the ledger tells of.
    pub fn told(case: &Case) -> Option<Self> {
        case.entries.opened.map(|_| Self::nobodys(case))
    }

    /// One that nothing of the kind is known of, and that has an entry.
    pub fn nobodys(case: &Case) -> Self {
        let mut told = case.clone();
        (told.hook, told.entries.act, told.entries.pressed) = (None, None, None);
        Self { says: Says::Content(case.shown.showing.content), hold: None, told: Box::new(told) }
    }

    pub fn is_a_persons(&self) -> bool {
        matches!(self.hold, Some(Hold::Person(_)))
    }

    /// Whether a screen on which a part of a dialog is looked for so may show this one. What the ledger told of it does not say
    /// how it looks: then it may.
    pub fn may_show_part(&self, part: impl Fn(&Dialog) -> bool) -> bool {
        let dialog = &self.told.shown.dialog;
        dialog.options.is_empty() || part(dialog)
    }

    /// Says that very thing, or tells of that very call.
    fn is_the_one(&self, shown: &Shown) -> bool {
        self.told.shown.showing.content == shown.showing.content || self.told.same_call(&shown.dialog)
    }

    fn may_be(&self, showing: Showing, dialog: &Dialog) -> bool {
        match self.says {
            Says::Content(content) => content == showing.content,
            Says::Call => self.told.same_call(dialog),
            Says::Anything => true,
        }
    }

    fn may_be_shown(&self, shown: &Shown) -> bool {
        self.may_be(shown.showing, &shown.dialog)
    }
}

impl Life {
    /// A dialog that is looked at may be one that was left.
    pub(super) fn may_be_left(&self, showing: Showing, dialog: &Dialog) -> bool {
        self.left.iter().any(|left| left.may_be(showing, dialog))
    }

    /// Those that a dialog may be, and where they stand: first what is it by its own words.
    fn lefts<'a>(&'a self, shown: &Shown) -> impl Iterator<Item = (usize, &'a Left)> {
        let all = || self.left.iter().enumerate().filter(move |(_, left)| left.may_be_shown(shown));
        let the_one = all().filter(move |(_, left)| left.is_the_one(shown));
        the_one.chain(all().filter(move |(_, left)| !left.is_the_one(shown)))
    }

    /// Why a dialog is a person's, if it may be one that was left.
    pub(super) fn left(&self, shown: &Shown) -> Option<&Hold> {
        self.lefts(shown).find_map(|(_, left)| left.hold.as_ref())
    }

    /// The same of a hook's call, which does not say what its dialog says: it may be any of them, the screen will tell.
    pub(super) fn left_any(&self) -> Option<&Hold> {
        self.left.iter().find_map(|left| left.hold.as_ref())
    }

    /// What was left for that reason is spent on the dialog that it may be, which is the same one as far as the ledger tells.
    pub(super) fn take_left(&mut self, id: CaseId, hold: Option<&Hold>, out: &mut Vec<Order>) {
        // Which of them a hook's call is, if it is one, shows when it is drawn.
        let Some(case) = self.cases.iter().find(|c| c.id == id && c.shown.is_drawn()) else { return };
        let found = self.lefts(&case.shown).find(|(_, left)| left.hold.as_ref() == hold);
        let Some((at, _)) = found else { return };
        let left = self.left.remove(at);
        self.spend(id, left, out);
    }

    /// The same of one that is nobody's: its life goes on.
    pub(super) fn goes_on(&mut self, id: CaseId, out: &mut Vec<Order>) {
        if self.cases.iter().any(|c| c.id == id && c.entries.opened.is_none()) {
            self.take_left(id, None, out);
        }
    }

    /// It is not told of here any more, and may still stand.
    pub(super) fn leave(&mut self, id: CaseId, left: Option<Left>) {
        self.case(id).into_iter().for_each(|case| case.stage = Stage::Over);
        self.left_unseen = None;
        self.left.extend(left);
    }

    fn spend(&mut self, id: CaseId, left: Left, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let showing = case.shown.showing;
        let has_entries = case.entries.opened.is_some();
        if !has_entries {
            let Entries { opened, outcome, binds, .. } = left.told.entries;
            (case.entries.opened, case.entries.outcome, case.entries.binds) = (opened, outcome, binds);
        }
        // Nothing is tried twice, whoever tried it.
        case.tried |= left.told.tried;
        if left.hold == Some(Hold::Restarted) {
            self.remember(showing);
        }
        if has_entries {
            self.tell_gone(left, "it goes on as another entry", out);
        }
    }

    /// A hook's call that was held before it was drawn is drawn now, and may be one that was left: then it is that one.
    pub(super) fn spend_on_drawn(&mut self, id: CaseId, out: &mut Vec<Order>) {
        let drawn = |c: &&Case| c.id == id && c.current() && c.hook.is_some();
        let Some(case) = self.cases.iter().find(drawn) else { return };
        let Stage::Held((own, _)) = &case.stage else { return };
        let Some((at, _)) = self.lefts(&case.shown).next() else { return };
        let hold = self.left[at].hold.clone().filter(|hold| hold != own);
        let has_entries = case.entries.opened.is_some();
        let mut left = Some(self.left.remove(at));
        // First what binds whoever acts next, then the end of what bound him so far; but what has no entry goes on in those.
        if let Some(left) = left.take_if(|_| !has_entries) {
            self.spend(id, left, out);
        }
        if let Some(hold) = hold {
            self.hold(id, hold, out);
        }
        if let Some(left) = left {
            self.spend(id, left, out);
        }
    }

    /// When what was left is surely not there any more.
    pub(super) fn left_goes(&self) -> Option<Duration> {
        self.left_unseen.filter(|_| !self.left.is_empty()).map(|since| since + STUCK)
    }

    /// None that it may be was seen for so long: the ledger is told.
    pub(super) fn left_went(&mut self, now: Duration, out: &mut Vec<Order>) {
        if self.left_goes().is_some_and(|at| at <= now) {
            for left in std::mem::take(&mut self.left) {
                self.tell_gone(left, "not seen any more", out);
            }
        }
    }

    pub(super) fn tell_gone(&mut self, left: Left, why: &str, out: &mut Vec<Order>) {
        self.next += 1;
        let id = CaseId(self.next);
        let mut told = *left.told;
        (told.id, told.shown.place, told.kept) = (id, Place::Undrawn, None);
        self.cases.push(told);
        self.write(id, Outcome::Gone, why.to_owned(), After::Over, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::confirm::rig::ms;
    use crate::domain::confirm::story::Step::*;
    use crate::domain::confirm::story::{asks, check};
    use crate::domain::confirm::{Answer, Presence};
    use crate::domain::policy::Action;

    #[test]
    fn what_a_person_keeps_is_kept_by_who_comes_next() {
        check(
            "kept, and what comes behind it is not",
            &[
                World(|f| f.presence = Presence::Active(ms(8_000))),
                Show("ls", 1),
                At(1_000),
                Person(Answer::Hold, "ls", 1, 400),
                Crash,
                World(|_| {}),
                Show("ls", 7),
                At(9_000),
                Gone,
                At(10_000),
                Show("ls", 8),
                At(10_200),
                Gone,
                At(11_000),
            ],
            &[
                "120 held: a person is active there",
                "1000 held by a person: kept by operator",
                "1150 held by a person: kept by operator",
                "9150 gone",
                "10120 intended",
                "10150 PRESS 1",
                "10350 cleared",
            ],
        );
        check(
            "a no that could not be sent",
            &[
                World(|f| f.presence = Presence::Active(ms(8_000))),
                Show("ls", 1),
                At(1_000),
                World(|f| f.in_mode = true),
                Person(Answer::Deny, "ls", 1, 400),
                Crash,
                World(|_| {}),
                Show("ls", 7),
                At(9_000),
            ],
            &[
                "120 held: a person is active there",
                "1000 refused to the person: the pane is in copy mode",
                "1000 held by a person: kept by operator",
                "1150 held by a person: kept by operator",
            ],
        );
        check(
            "a hook's call may be that one",
            &[
                Says(Action::Hold),
                Show("ls", 1),
                At(1_000),
                Person(Answer::Hold, "ls", 1, 400),
                Crash,
                Says(Action::Confirm),
                asks(1, "pwd"),
                Show("ls", 9),
                At(2_000),
                asks(2, "id"),
            ],
            &[
                "150 held",
                "1000 held by a person: kept by operator",
                "1000 hook released",
                "1000 held by a person: kept by operator",
                "1150 held by a person: kept by operator",
                "2000 intended",
                "2000 ALLOW",
            ],
        );
    }
}
