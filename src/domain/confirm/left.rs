//! Dialogs of which it is not known whether they still stand, because an archtui ended or because the pane could not be read
//! for long: answers of which nobody knows what became of them, and what a person keeps. The first dialog that says the same
//! is left to a person.

use super::case::Case;
use super::hold::Hold;
use super::life::Life;
use super::order::CaseId;
use crate::domain::dialog::DialogId;
use crate::domain::ledger::{Actor, Channel, Entry, Showing};

/// One dialog that was left.
#[derive(Debug, Clone)]
pub(super) struct Left {
    /// What it says; `None`: any may be the one that a hook's answer was for.
    content: Option<DialogId>,
    /// The entry that opened its life.
    opener: u64,
    /// Why it is a person's.
    hold: Hold,
}

impl Left {
    /// By the newest entry of its life.
    pub fn by(e: &Entry) -> Self {
        let kept = match &e.body.actor {
            Actor::Person(who) if !e.body.outcome.is_unsettled() => Some(Hold::Person(who.clone())),
            _ => None,
        };
        // A hook's call does not say what its dialog says on the screen.
        let of_screen = match e.body.channel {
            Some(channel) => channel == Channel::Key,
            None => kept.is_some(),
        };
        Self {
            content: of_screen.then_some(e.body.showing.content),
            opener: e.body.of.unwrap_or(e.seq),
            hold: kept.unwrap_or(Hold::Restarted),
        }
    }

    /// One that an answer was sent to, or that a person keeps, and that went out of sight without being seen to go.
    pub fn unseen(case: &Case) -> Option<Self> {
        let tried = case.tried.then_some(Hold::Answered);
        let hold = case.kept.clone().or(tried)?;
        let opener = case.entries.opened?;
        Some(Self { content: Some(case.shown.showing.content), opener, hold })
    }

    fn may_be(&self, showing: Showing) -> bool {
        self.content.is_none_or(|content| content == showing.content)
    }
}

impl Life {
    /// Why a dialog is a person's, if it may be one that was left.
    pub(super) fn left(&self, showing: Showing) -> Option<&Hold> {
        self.left.iter().find(|left| left.may_be(showing)).map(|left| &left.hold)
    }

    /// The same of a hook's call, which does not say what its dialog says: it may be any of them, the screen will tell.
    pub(super) fn left_any(&self) -> Option<&Hold> {
        self.left.first().map(|left| &left.hold)
    }

    /// What was left is spent on the dialog that it may be. Gives the entry that opened its life.
    pub(super) fn take_left(&mut self, id: CaseId, hold: &Hold) -> Option<u64> {
        // Which of them a hook's call is, if it is one, shows when it is drawn.
        let showing = self.case(id).filter(|c| c.shown.is_drawn())?.shown.showing;
        let at = self.left.iter().position(|left| left.may_be(showing) && left.hold == *hold)?;
        if *hold == Hold::Restarted {
            self.remember(showing);
        }
        Some(self.left.remove(at).opener)
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
