//! What people ask: at our own screen, or by a wish that lies in the records.

use std::time::Duration;

use super::done::Done;
use super::{AGAIN, Actor, boot, clock, monotonic, utc};
use crate::app::Event;
use crate::app::event::Did;
use crate::app::state::Post;
use crate::domain::confirm::{Answer, Answered, Ask, CaseId, DRAWN_FOR, DrawnFor, Input, Reply, Told, Wish};
use crate::domain::dialog::DialogId;
use crate::domain::redact::Secrets;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::unstick::Step;
use crate::ports::{Hooks, Judge, Press, Processes, Records, Seat, StoreError};

/// Who sits at our own screen.
const OPERATOR: &str = "operator";

/// Why nothing that carries a time of the monotonic clock means anything here.
pub(super) const ANEW: &str = "the machine was started anew since this was asked; look at it first";

/// Why a session outside the roster is not answered by its name: only a person's own key at a control room goes there.
pub(super) const UNMANAGED: &str = "that session is not in the roster: answer it by your own key in the control room, or take \
                                    it into archtui.toml (`archtui init --adopt`)";

/// What a person asks at our own screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Answers the dialog of a pane, as it was drawn.
    Answer {
        /// Which pane.
        pane: PaneIdentity,
        /// What.
        answer: Answer,
        /// Which dialog was on the screen, and for how long.
        drawn: DrawnFor,
    },
    /// Writes a text into the dialog of a pane, as it was drawn.
    Write {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session.
        session: SessionName,
        /// What, and where.
        text: Answered,
        /// Which dialog was on the screen, and for how long.
        drawn: DrawnFor,
    },
    /// Confirm nothing anywhere, or go on.
    Pause(bool),
    /// Confirm nothing in one session, or do again.
    Turn(SessionName, bool),
    /// Get a stuck session going.
    Unstick(PaneIdentity, Step),
    /// Something of a session itself: start its agent anew, end it.
    Order(Ask),
    /// A person typed into a pane just now.
    Typed(PaneIdentity),
    /// A wish lies in the records.
    Wake,
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn asked(&mut self, asked: Asked) {
        match asked {
            Asked::Typed(pane) => self.typed(pane.id, monotonic()),
            Asked::Wake => self.look_for_wishes(),
            Asked::Answer { pane, answer, drawn } if matches!(self.post, Post::Observing(_)) => {
                self.wish_answer(pane, answer, drawn);
            }
            Asked::Write { pane, session, text, drawn } if matches!(self.post, Post::Observing(_)) => {
                self.wish_write(pane, session, text, drawn);
            }
            Asked::Pause(on) if matches!(self.post, Post::Observing(_)) => {
                self.wish(if on { Ask::Pause } else { Ask::Resume }, "not switched");
            }
            Asked::Turn(session, on) if matches!(self.post, Post::Observing(_)) => {
                self.wish(Ask::Turn { session, on }, "not switched");
            }
            Asked::Order(ask) if matches!(self.post, Post::Observing(_)) => self.wish(ask, "not done"),
            _ if self.post != Post::Acting => {
                let why = match &self.post {
                    Post::Observing(who) => format!("this is an observer: {who}"),
                    Post::Barred(why) => why.clone(),
                    Post::None | Post::Acting => "there is no tmux server".to_owned(),
                };
                self.tell(Event::Did(Did { what: "not done".to_owned(), command: None, failed: Some(why) }));
            }
            Asked::Answer { pane, answer, drawn } => {
                let reply = Reply { who: OPERATOR.to_owned(), wish: None, answer, drawn: Some(drawn) };
                self.replied(pane.id, reply);
            }
            Asked::Write { pane, text, drawn, .. } => {
                self.write_text(pane, (OPERATOR.to_owned(), None), text, Some(drawn));
            }
            Asked::Unstick(pane, step) => self.unstick(pane, step, OPERATOR.to_owned(), None),
            Asked::Order(ask) => self.order(ask, OPERATOR.to_owned(), None),
            Asked::Pause(on) => self.pause(on, OPERATOR),
            Asked::Turn(session, on) => self.turn(&session, on, OPERATOR),
        }
    }

    /// A person types there, and may do so until then.
    pub(super) fn typed(&mut self, pane: PaneId, until: Duration) {
        if let Some(desk) = self.desks.get_mut(&pane) {
            desk.typed = desk.typed.max(Some(until));
        }
        self.live(pane, Input::Unclear);
        // Nothing is delivered where a person types.
        self.give_chair();
    }

    fn pause(&mut self, on: bool, who: &str) {
        self.switches.pause(on, who, utc());
        if let (false, Some(length)) = (on, self.fixed.lease) {
            self.switches.grant(length, who, utc());
        }
        self.switched(who);
    }

    fn turn(&mut self, session: &SessionName, on: bool, who: &str) {
        self.switches.turn(session, on, who, utc());
        self.switched(who);
    }

    /// A switch counts at once; it is kept beside.
    fn switched(&mut self, who: &str) {
        self.changed = true;
        // Before anything else: a key that waits for its moment does not go out by the word of before.
        let panes: Vec<PaneId> = self.desks.keys().copied().collect();
        for pane in panes {
            self.live(pane, Input::Unclear);
        }
        self.give_chair();
        self.look_for_ended();
        if let Some(scribe) = &self.scribe {
            let (switches, who) = (self.switches.clone(), who.to_owned());
            let kept = scribe.ask(move |records| records.keep_switches(&switches, &who, utc()));
            self.beside(async move { Done::Kept(kept.await) });
        }
        let panes: Vec<PaneId> =
            self.desks.iter().filter(|(_, d)| d.life.is_some()).map(|(id, _)| *id).collect();
        for pane in panes {
            self.check(pane, false);
        }
    }

    pub(super) fn look_for_wishes(&mut self) {
        let Some(scribe) = self.scribe.as_ref().filter(|_| self.post == Post::Acting) else { return };
        let wish = scribe.ask(|records| records.take_wish(utc()));
        self.beside(async move { Done::Wish(wish.await) });
        self.again = Some(clock() + AGAIN);
    }

    /// Does what a wish asks, or says why not.
    pub(super) fn grant(&mut self, wish: Wish) {
        let Wish { id, who, ask, .. } = wish;
        let (session, answer, dialog, seen) = match ask {
            Ask::Approve { session, dialog, seen } => (session, Ok(Answer::Approve), dialog, seen),
            Ask::Deny { session, dialog, seen } => (session, Ok(Answer::Deny), dialog, seen),
            Ask::Hold { session, dialog, seen } => (session, Ok(Answer::Hold), dialog, seen),
            Ask::Choose { session, content, option, seen } => (session, Err((content, option)), None, seen),
            Ask::Pause | Ask::Resume => {
                let on = ask == Ask::Pause;
                self.pause(on, &who);
                return self.answer_wish(id, true, if on { "paused" } else { "goes on" }.to_owned());
            }
            Ask::GoLive { seconds } => {
                self.switches.grant(Duration::from_secs(seconds), &who, utc());
                self.switched(&who);
                return self.answer_wish(id, true, format!("live for {seconds} s"));
            }
            Ask::Turn { session, on } => {
                self.turn(&session, on, &who);
                return self.answer_wish(
                    id,
                    true,
                    format!("{} {session}", if on { "on in" } else { "off in" }),
                );
            }
            Ask::Answer { boot: asked, .. } if asked != boot() => {
                return self.answer_wish(id, false, ANEW.to_owned());
            }
            Ask::Answer { pane, content, boot: _, since_ms, drawn_ms, answer } => {
                let lasted = Duration::from_millis(drawn_ms);
                return match self.same_open(pane, content, Duration::from_millis(since_ms)) {
                    Ok(showing) => {
                        let drawn = Some(DrawnFor { showing, lasted });
                        self.replied(pane.id, Reply { who, wish: Some(id), answer, drawn });
                    }
                    Err(why) => self.answer_wish(id, false, why.to_owned()),
                };
            }
            Ask::Write { session, seen, text } => return self.write_wished(id, who, &session, seen, text),
            Ask::Unstick { session, step } => return self.unstick_by_name(id, who, session, step),
            order @ (Ask::Restart { .. } | Ask::Kill { .. }) => return self.order(order, who, Some(id)),
        };
        // That nothing is pressed there is no key.
        if !matches!(answer, Ok(Answer::Hold)) && self.fixed.roster.member(&session).is_none() {
            return self.answer_wish(id, false, UNMANAGED.to_owned());
        }
        let found = match &seen {
            Some(seen) => {
                self.seen_there(&session, seen).map(|showing| (seen.pane.id, dialog.or(Some(showing))))
            }
            None => self.asking(&session).map(|pane| (pane, dialog)),
        };
        let (pane, dialog) = match found {
            Ok(found) => found,
            Err(why) => return self.answer_wish(id, false, why.to_owned()),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err((content, label)) => match self.option(pane, content, &label) {
                Ok(at) => Answer::Choose(at),
                Err(why) => return self.answer_wish(id, false, why.to_owned()),
            },
        };
        let drawn = dialog.map(|showing| DrawnFor { showing, lasted: DRAWN_FOR });
        self.replied(pane, Reply { who, wish: Some(id), answer, drawn });
    }

    /// The wish is answered when what it asked for has ended; one that this answer takes the place of has ended now.
    pub(super) fn owns(&mut self, pane: PaneId, case: CaseId, wish: u64, answer: Answer) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        if let Some((older, _)) = desk.owners.insert(case, (wish, answer)) {
            self.answer_wish(older, false, "another answer was asked for meanwhile".to_owned());
        }
    }

    /// Nobody waits for a dialog of which nothing more is told.
    pub(super) fn end_wishes(&mut self, pane: PaneId) {
        let Some(desk) = self.desks.get_mut(&pane).filter(|d| !d.owners.is_empty()) else { return };
        let life = desk.life.as_ref();
        let over = desk.owners.extract_if(.., |case, _| !life.is_some_and(|life| life.is_open(*case)));
        for (wish, _) in over.map(|(_, owner)| owner).collect::<Vec<_>>() {
            self.answer_wish(wish, false, "that dialog is gone".to_owned());
        }
    }

    /// The pane of a session that asks; where several do, nobody guesses.
    pub(super) fn asking(&self, session: &SessionName) -> Result<PaneId, &'static str> {
        let asking = |d: &super::Desk| d.info.session == *session && d.tracker.dialog().is_some();
        let mut panes = self.desks.iter().filter(|(_, d)| asking(d)).map(|(id, _)| *id);
        match (panes.next(), panes.next()) {
            (Some(pane), None) => Ok(pane),
            (None, _) => Err("no dialog is open there"),
            (Some(_), Some(_)) => Err("several panes of it ask"),
        }
    }

    /// The one option with that label, in the dialog that says that.
    fn option(&self, pane: PaneId, content: DialogId, label: &str) -> Result<usize, &'static str> {
        let seen = self.desks.get(&pane).and_then(|d| d.shown()).filter(|seen| seen.id == content);
        let options = &seen.ok_or("another dialog is there now")?.dialog.options;
        let mut found = options.iter().enumerate().filter(|(_, o)| o.label == label).map(|(i, _)| i);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            _ => Err("it has no such option"),
        }
    }

    pub(super) fn answer_wish(&self, wish: u64, done: bool, text: String) {
        self.tell_wish(wish, Told { done, text: Secrets::builtin().mask(&text).into_owned() });
    }

    fn tell_wish(&self, wish: u64, told: Told) {
        let Some(scribe) = &self.scribe else { return };
        let said = told.clone();
        let written = scribe.ask(move |records| records.answer(wish, &said, utc()));
        self.beside(async move { Done::Answered(wish, told, written.await) });
    }

    /// What could not be told is told again: who asked waits for it, and a wish that was taken does not expire.
    pub(super) fn told_wish(&mut self, wish: u64, told: Told, how: Result<(), StoreError>) {
        // Of those that we leave behind whoever acts next says that nobody knows.
        if how.is_err() && self.post == Post::Acting {
            self.untold.push((wish, told));
        }
    }

    pub(super) fn tell_untold(&mut self) {
        for (wish, told) in std::mem::take(&mut self.untold) {
            self.tell_wish(wish, told);
        }
    }
}
