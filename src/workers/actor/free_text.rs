//! A person's text into a dialog: his word goes the way of every answer (the dialog that was drawn for him, long enough, not
//! being answered already), and only then the text sets out. How it travels is `domain::free_text`'s word, `errand` carries
//! it out. Automation never comes here.

use std::time::Duration;

use super::errand::Course;
use super::observer::seen_here;
use super::wishes::UNMANAGED;
use super::{Actor, monotonic};
use crate::domain::confirm::{Answer, Answered, Ask, DrawnFor, Input, Reply, SeenThere};
use crate::domain::dialog::{Dialog, Meaning};
use crate::domain::free_text;
use crate::domain::ledger::Showing;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

/// A text that waits for the word whether it may be written now.
pub(super) struct Pending {
    who: String,
    pub wish: Option<u64>,
    text: Answered,
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// A person answers a dialog. Not while another order of his is carried out there: its keys would be letters of it.
    pub(super) fn replied(&mut self, pane: PaneId, reply: Reply) {
        let why = match self.desks.get(&pane) {
            Some(desk) if desk.errand.is_some() => "another order is carried out there; wait for its end",
            Some(desk) if desk.life.is_some() => return self.live(pane, Input::Person(reply)),
            Some(_) | None => "no dialog is open there",
        };
        self.refuse(pane, reply.wish, why.to_owned());
    }

    /// A text for a dialog that stands there.
    pub(super) fn write_text(
        &mut self,
        pane: PaneIdentity,
        (who, wish): (String, Option<u64>),
        text: Answered,
        drawn: Option<DrawnFor>,
    ) {
        if let Some(why) = self.busy(pane) {
            return self.told(wish, NOT.to_owned(), Err(why.to_owned()));
        }
        if let Some(desk) = self.desks.get_mut(&pane.id) {
            desk.pending = Some(Pending { who: who.clone(), wish, text });
        }
        self.live(pane.id, Input::Person(Reply { who, wish, answer: Answer::Write, drawn }));
        // Nobody has looked at it yet.
        if self.desks.get(&pane.id).is_some_and(|d| d.pending.is_some()) {
            self.refuse(pane.id, wish, "no dialog is open there".to_owned());
        }
    }

    /// It may be written now, into that dialog.
    pub(super) fn write_now(&mut self, pane: PaneId, showing: Showing, dialog: &Dialog) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let settle = desk.ways(self.fixed.hook_fallback).settle;
        let Some(Pending { who, wish, text }) = desk.pending.take() else { return };
        let way = free_text::way(dialog, text.option.as_deref()).and_then(|way| {
            let no = matches!(dialog.options[way.option].meaning, Meaning::Deny | Meaning::DenyWithText);
            if text.deny && !no { Err("its option that takes a text is no No") } else { Ok(way) }
        });
        match way {
            Ok(way) => {
                let (course, first) =
                    free_text::Course::new(showing.content, way, text.words, settle, monotonic());
                let course = Course::Text(Box::new(course), showing, Box::new(dialog.clone()));
                self.set_out(pane, course, who, wish, first);
            }
            Err(why) => self.told(wish, NOT.to_owned(), Err(why.to_owned())),
        }
    }

    /// A wish of an observer, or of the command line.
    pub(super) fn write_wished(
        &mut self,
        wish: u64,
        who: String,
        session: &SessionName,
        seen: Option<SeenThere>,
        text: Answered,
    ) {
        let managed = self.fixed.roster.member(session).is_some();
        let found = match seen {
            Some(SeenThere { by_name: true, .. }) | None if !managed => Err(UNMANAGED),
            Some(seen) => self.seen_there(session, &seen).map(|showing| {
                (seen.pane, Some(DrawnFor { showing, lasted: Duration::from_millis(seen.drawn_ms) }))
            }),
            None => self.asking(session).and_then(|pane| {
                let desk = self.desks.get(&pane).ok_or("that pane is gone")?;
                Ok((desk.info.identity, None))
            }),
        };
        match found {
            Ok((pane, drawn)) => self.write_text(pane, (who, Some(wish)), text, drawn),
            Err(why) => self.answer_wish(wish, false, why.to_owned()),
        }
    }

    /// The observer's part: a text for what is drawn here.
    pub(super) fn wish_write(
        &self,
        pane: PaneIdentity,
        session: SessionName,
        text: Answered,
        drawn: DrawnFor,
    ) {
        self.wish(Ask::Write { session, seen: Some(seen_here(pane, drawn)), text }, NOT);
    }
}

/// What is told when nothing was written.
const NOT: &str = "not answered";
