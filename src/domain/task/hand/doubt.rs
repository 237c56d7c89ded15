//! What a hand says where it is not known what became of a text. Before that the agent's own record is asked: it may know.

use std::time::Duration;

use super::{AGAIN, At, Do, Hand, LOOK, RECORD};
use crate::domain::task::event::{Sighting, Step};
use crate::domain::task::look::{Look, Said};
use crate::domain::task::record::Trace;
use crate::domain::task::text::is_command;

impl Hand {
    /// Before a doubt is told the agent's own record is asked. What it takes for a command it does not keep as we wrote it.
    pub(super) fn ask(&mut self, otherwise: Step, now: Duration) -> Do {
        if is_command(&self.text) {
            return Do::Tell(otherwise);
        }
        self.otherwise = Some(otherwise);
        self.at = At::Record;
        self.until = now + RECORD;
        self.asked = true;
        Do::Ask
    }

    pub(super) fn ask_again(&mut self, now: Duration) -> Do {
        // A record that lies where nothing answers must not hold up anything.
        if now >= self.until + LOOK {
            return self.unrecorded(None);
        }
        if self.asked || now < self.again {
            return Do::Wait;
        }
        self.asked = true;
        Do::Ask
    }

    pub(super) fn recorded(&mut self, trace: Trace, now: Duration) -> Do {
        self.asked = false;
        match trace {
            Trace::Has(_) if matches!(self.otherwise, Some(Step::Found(_))) => {
                Do::Tell(Step::Found(Sighting::Taken))
            }
            Trace::Has(_) => Do::Tell(Step::Taken),
            Trace::HasNot if now < self.until => {
                self.again = now + AGAIN;
                Do::Wait
            }
            not => self.unrecorded(Some(not)),
        }
    }

    /// What is told without the record's help.
    fn unrecorded(&mut self, trace: Option<Trace>) -> Do {
        let has_not = trace == Some(Trace::HasNot);
        let said = if has_not { "; the agent's own record does not have it" } else { "" };
        Do::Tell(match self.otherwise.take() {
            Some(Step::Found(Sighting::Unknown(_))) if has_not && self.empty => Step::Found(Sighting::Absent),
            Some(Step::Found(Sighting::Unknown(seen))) => {
                Step::Found(Sighting::Unknown(format!("{seen}{said}")))
            }
            Some(Step::Doubt(seen)) => Step::Doubt(format!("{seen}{said}")),
            Some(other) => other,
            None => Step::Doubt(self.seen.clone()),
        })
    }

    /// After a restart. What a person may have typed meanwhile is not told from ours: only the whole text counts.
    pub(super) fn found(&mut self, look: &Look, now: Duration) -> Do {
        self.empty = look.is_empty();
        let found = if look.holds(&self.text) {
            // What stands there whole was not taken: nothing to ask.
            return Do::Tell(Step::Found(Sighting::Composer));
        } else if now < self.until && !look.is_another() && !look.is_empty() {
            return Do::Wait;
        } else {
            let unsaid = look.said(&self.text) == Said::default();
            let said = if unsaid { "" } else { "; its words stand in the conversation" };
            Sighting::Unknown(format!("archtui ended while it was typed; then {}{said}", look.seen()))
        };
        self.ask(Step::Found(found), now)
    }

    pub(super) fn late(&mut self, now: Duration) -> Do {
        let heard = self.unanswered.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
        let seen = &self.seen;
        let step = match self.at {
            At::Check | At::Paste | At::Enter => return Do::Tell(Step::Declined(seen.clone())),
            At::Show => Step::Doubt(format!("its text was pasted; then {seen}{heard}")),
            At::Empty => Step::Doubt(format!("Enter was pressed; then {seen}{heard}")),
            At::Begin => Step::Doubt(format!("Enter was pressed and no work was seen to begin; then {seen}")),
            At::LookUp => {
                Step::Found(Sighting::Unknown(format!("archtui ended while it was typed; then {seen}")))
            }
            At::Rest | At::Pasting | At::Entering | At::Record => return Do::Wait,
        };
        self.ask(step, now)
    }

    pub(super) fn doubt(&self, when: &str, look: &Look) -> Step {
        let unanswered = self.unanswered.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
        Step::Doubt(format!("{when}, {}{unanswered}", look.seen()))
    }
}
