//! A person's order that sends keys to one pane, carried out: looks are handed to it, what it wants is done, the intent is
//! on disk before the first send and the outcome after the last. What fits and what follows is the domain's word: `unstick`
//! for a step of the ladder, `free_text` for a text.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::done::Done;
use super::{Actor, monotonic, utc};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::dialog::Dialog;
use crate::domain::errand::{Heard, Order, Put, Sent, Sight};
use crate::domain::free_text;
use crate::domain::ledger::{Actor as Who, Body, Channel, Decision, Entry, Outcome, Ruling, Showing, Times};
use crate::domain::policy::Action;
use crate::domain::redact::Secrets;
use crate::domain::screen::Screen;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::stroke::KeyName;
use crate::domain::unstick::Rung;
use crate::ports::{
    Expected, Hooks, Judge, Ledger, PaneFacts, Press, Processes, Seat, StoreError, TypeError,
};

/// An order under way at one pane.
pub(super) struct Errand {
    /// Which of all orders: what was done for another one of the same pane is not for this one.
    run: u64,
    pub course: Course,
    pub who: String,
    /// The wish that waits for its end.
    pub wish: Option<u64>,
    /// What was seen that it fits.
    why: String,
    /// The intent's entry.
    intent: Option<u64>,
    /// What was looked at last, and what of it must still be there.
    seen: Option<Place>,
}

/// What it is.
pub(super) enum Course {
    /// A step of the ladder.
    Step(Rung),
    /// A text into a dialog: which one it was when the person wrote it.
    Text(Box<free_text::Course>, Showing, Box<Dialog>),
}

impl Course {
    fn hear(&mut self, heard: Heard<'_>, now: Duration) -> Order {
        match self {
            Self::Step(rung) => rung.hear(heard, now),
            Self::Text(text, ..) => text.hear(heard, now),
        }
    }

    pub fn due(&self) -> Duration {
        match self {
            Self::Step(rung) => rung.due(),
            Self::Text(text, ..) => text.due(),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Step(rung) => rung.step().word(),
            Self::Text(..) => "text",
        }
    }

    /// What of a screen must still be there when something is sent.
    fn place(&self, desk: &Desk, screen: Arc<Screen>) -> Place {
        let cursor = matches!(self, Self::Text(text, ..) if text.in_composer());
        Place { rows: rows(desk, &screen), screen, cursor }
    }

    /// How far it came, as the ledger is told: which dialog, by which rule, with which key.
    fn entry(&self, errand: &Errand, outcome: Outcome, said: String) -> (Dialog, Decision) {
        let (dialog, showing, rule, key, why) = match self {
            Self::Step(rung) => {
                let step = rung.step();
                let subject = format!("unstick, {}: {}", step.word(), errand.why);
                let dialog =
                    Dialog { tool: Some("unstick".to_owned()), subject: Some(subject), ..Dialog::default() };
                let showing = Showing { content: dialog.identity(), epoch: 0 };
                let key = step.key().and_then(KeyName::new);
                (dialog, showing, format!("unstick-{}", step.word()), key, said)
            }
            Self::Text(text, showing, dialog) => {
                let why = if outcome == Outcome::Intended { errand.why.clone() } else { said };
                ((**dialog).clone(), *showing, "answer-text".to_owned(), text.first_key(), why)
            }
        };
        let reason = "a person ordered it".to_owned();
        let decision = Decision {
            showing,
            of: errand.intent,
            verdict: Ruling { action: Action::Hold, rule, reason },
            why,
            actor: Who::Person(errand.who.clone()),
            channel: Some(Channel::Key),
            key,
            answer: match self {
                Self::Step(_) => None,
                Self::Text(text, _, dialog) => Some(text.says(dialog)),
            },
            outcome,
            times: Times::default(),
        };
        (dialog, decision)
    }
}

/// The screen that was looked at, and what of it must still be there.
#[derive(Clone)]
struct Place {
    screen: Arc<Screen>,
    rows: (u16, u16),
    cursor: bool,
}

/// What was done for one.
pub(super) enum Climbed {
    Checked(Result<PaneFacts, TypeError>),
    Recorded(Result<Box<Entry>, StoreError>),
    Pressed(Sent, Did),
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Begins an order at a pane where none is under way.
    pub(super) fn set_out(
        &mut self,
        pane: PaneId,
        course: Course,
        who: String,
        wish: Option<u64>,
        first: Order,
    ) {
        self.errands += 1;
        let run = self.errands;
        if let Some(desk) = self.desks.get_mut(&pane) {
            desk.errand =
                Some(Errand { run, course, who, wish, why: String::new(), intent: None, seen: None });
        }
        self.climb(pane, first);
    }

    /// Why no order can be begun at a pane.
    pub(super) fn busy(&self, pane: PaneIdentity) -> Option<&'static str> {
        match self.desks.get(&pane.id).filter(|d| d.info.identity == pane) {
            None => Some("that pane is gone"),
            Some(_) if self.scribe.is_none() => Some("nobody keeps the records"),
            Some(desk) if desk.errand.is_some() => Some("another order is carried out there"),
            Some(_) => None,
        }
    }

    /// Tells a step under way one fact.
    pub(super) fn climbed(&mut self, pane: PaneId, heard: &Climb) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(mut errand) = desk.errand.take() else { return };
        let mut looked = false;
        let heard = match heard {
            Climb::Look => {
                looked = true;
                Heard::Look(Sight {
                    state: desk.tracker.state(),
                    reading: desk.tracker.reading(),
                    exists: true,
                    dead: desk.info.dead,
                    in_mode: desk.info.in_mode,
                    synchronized: desk.info.synchronized,
                })
            }
            Climb::Checked(r) => Heard::Checked(r.clone()),
            Climb::Recorded(r) => Heard::Recorded(r.clone()),
            Climb::Sent(s) => Heard::Sent(s.clone()),
            Climb::Time => Heard::Time,
        };
        let order = errand.course.hear(heard, monotonic());
        // By what it now knows of that look.
        if looked {
            errand.seen = desk.screen.clone().map(|screen| errand.course.place(desk, screen));
        }
        desk.errand = Some(errand);
        self.climb(pane, order);
    }

    fn climb(&mut self, pane: PaneId, order: Order) {
        match order {
            Order::Wait => {}
            // Not taken now: it asks again.
            Order::Look => {
                let _ = self.looks.try_send(pane);
            }
            Order::Check => {
                let Some((desk, errand)) = self.under_way(pane) else { return };
                let (identity, run) = (desk.info.identity, errand.run);
                let keyboard = Arc::clone(&self.keyboard);
                self.beside(async move {
                    Done::Climbed(identity, run, Climbed::Checked(keyboard.check(identity, false).await))
                });
            }
            Order::Intend(why) => self.intend(pane, why),
            Order::Send(put) => self.put(pane, put),
            Order::End(outcome, said) => self.end_step(pane, outcome, said),
        }
        self.set_alarm(pane);
    }

    fn intend(&mut self, pane: PaneId, why: String) {
        if let Some(errand) = self.desks.get_mut(&pane).and_then(|d| d.errand.as_mut()) {
            errand.why = why;
        }
        let (Some(body), Some(scribe)) = (self.body(pane, Outcome::Intended, String::new()), &self.scribe)
        else {
            return;
        };
        let Some((desk, errand)) = self.under_way(pane) else { return };
        let (identity, run) = (desk.info.identity, errand.run);
        let written = scribe.ask(move |records| Ledger::append(records, body));
        self.beside(
            async move { Done::Climbed(identity, run, Climbed::Recorded(written.await.map(Box::new))) },
        );
    }

    fn under_way(&self, pane: PaneId) -> Option<(&Desk, &Errand)> {
        let desk = self.desks.get(&pane)?;
        Some((desk, desk.errand.as_ref()?))
    }

    /// How far the step came, as it is written.
    fn body(&self, pane: PaneId, outcome: Outcome, why: String) -> Option<Body> {
        let (desk, errand) = self.under_way(pane)?;
        let (dialog, decision) = errand.course.entry(errand, outcome, why);
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        let mut body = Body::new(utc(), &self.scene_of(desk, &dialog), &dialog, decision, &mask);
        if matches!(errand.course, Course::Step(_)) {
            // Nothing was asked.
            body.asked = None;
        }
        Some(body)
    }

    /// One key or one text, if the server finds what the last look showed.
    fn put(&mut self, pane: PaneId, put: Put) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(errand) = &desk.errand else { return };
        let (Some(place), Some(seat)) = (errand.seen.clone(), self.seat.as_ref()) else {
            let how = Sent::Refused("its screen has not been seen".to_owned());
            return self.climbed(pane, &Climb::Sent(how));
        };
        if matches!(errand.course, Course::Text(..)) {
            // It is a person who writes there: automation keeps off, and nothing is delivered.
            desk.typed = desk.typed.max(Some(monotonic()));
        }
        let command = (!desk.command.is_empty()).then(|| desk.command.clone());
        let Place { screen, rows, cursor } = place;
        let actor = seat.id().to_owned();
        let expected = Expected { screen, rows, cursor, command, actor, stirred: None };
        let (identity, session) = (desk.info.identity, desk.info.session.clone());
        let (keyboard, intent) = (Arc::clone(&self.keyboard), errand.intent.unwrap_or_default());
        let run = errand.run;
        self.beside(async move {
            let (done, pressed) = match &put {
                Put::Key(key) => {
                    (format!("pressed {}", key.as_str()), keyboard.press(identity, &expected, key).await)
                }
                Put::Text(text) => {
                    ("wrote a text".to_owned(), keyboard.write(identity, &expected, text).await)
                }
            };
            let what = format!("{done} in {session} (ledger {intent})");
            // What a person wrote stands in the ledger, masked, and nowhere else.
            let shown = |command: String| matches!(put, Put::Key(_)).then_some(command);
            let (did, sent) = match pressed {
                Ok(command) => (Did { what, command: shown(command), failed: None }, Sent::Done),
                Err(e) => {
                    let did = Did { what: format!("not {what}"), command: None, failed: Some(e.to_string()) };
                    let unknown = matches!(e, TypeError::Unanswered | TypeError::Timeout(_));
                    let sent =
                        if unknown { Sent::Unknown(e.to_string()) } else { Sent::Refused(e.to_string()) };
                    (did, sent)
                }
            };
            Done::Climbed(identity, run, Climbed::Pressed(sent, did))
        });
    }

    fn end_step(&mut self, pane: PaneId, outcome: Outcome, said: String) {
        let recorded =
            self.desks.get(&pane).and_then(|d| d.errand.as_ref()).is_some_and(|e| e.intent.is_some());
        if let Some(body) = self.body(pane, outcome, said.clone()).filter(|_| recorded) {
            self.close(body);
        }
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(errand) = desk.errand.take() else { return };
        let what = format!("{} in {}", errand.course.word(), desk.info.session);
        let ended = match (outcome, errand.intent) {
            (Outcome::Cleared, Some(seq)) => Ok(format!("{}: {said} (ledger {seq})", outcome.word())),
            (_, Some(seq)) => Err(format!("{}: {said} (ledger {seq})", outcome.word())),
            (_, None) => Err(said),
        };
        self.told(errand.wish, what, ended);
    }

    /// What was done for a step, as it comes back.
    pub(super) fn climb_done(&mut self, pane: PaneIdentity, run: u64, done: Climbed) {
        let desk = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane);
        let Some(errand) = desk.and_then(|d| d.errand.as_mut()).filter(|e| e.run == run) else {
            return self.climb_lost(done);
        };
        let heard = match done {
            Climbed::Checked(Ok(facts)) => Climb::Checked(self.may_press(pane, &facts)),
            Climbed::Checked(Err(e)) => Climb::Checked(Err(e.to_string())),
            Climbed::Recorded(Ok(entry)) => {
                errand.intent = Some(entry.seq);
                self.books.add(*entry);
                self.changed = true;
                Climb::Recorded(Ok(()))
            }
            Climbed::Recorded(Err(e)) => Climb::Recorded(Err(format!("{e}; {}", e.hint()))),
            Climbed::Pressed(sent, did) => {
                self.tell(Event::Did(did));
                Climb::Sent(sent)
            }
        };
        self.climbed(pane.id, &heard);
    }

    /// The same where the order has ended meanwhile: the disk was slower than the pane, or than anybody waits.
    fn climb_lost(&mut self, done: Climbed) {
        match done {
            Climbed::Recorded(Ok(entry)) => {
                if let Some(end) = entry.unheard(utc(), "it was not waited for any more") {
                    self.close(end);
                }
                self.books.add(*entry);
                self.changed = true;
            }
            Climbed::Pressed(_, did) => self.tell(Event::Did(did)),
            Climbed::Checked(_) | Climbed::Recorded(Err(_)) => {}
        }
    }

    /// Whether the pane takes a key now; why not.
    fn may_press(&mut self, pane: PaneIdentity, facts: &PaneFacts) -> Result<(), String> {
        let seat = self.seat.as_ref();
        let ours = seat.is_some_and(|s| s.stands() && facts.actor.as_deref() == Some(s.id()));
        let front = self.processes.foreground(pane);
        let agent = front.as_deref().and_then(|f| self.fixed.agents.by_process(f)).map(|m| m.name.clone());
        let Some(desk) = self.desks.get_mut(&pane.id) else { return Err("that pane is gone".to_owned()) };
        desk.command.clone_from(&facts.command);
        match () {
            () if !ours => Err("another archtui acts on this server".to_owned()),
            () if facts.dead => Err("its program has ended".to_owned()),
            () if facts.in_mode => Err("its pane is in copy mode".to_owned()),
            () if facts.synchronized => Err("keys to it go to other panes, too".to_owned()),
            () if agent.is_none() || agent != desk.agent => {
                Err("the agent is not in the foreground".to_owned())
            }
            () => Ok(()),
        }
    }
}

/// One fact for a step, without what the desk itself knows.
pub(super) enum Climb {
    Look,
    Checked(Result<(), String>),
    Recorded(Result<(), String>),
    Sent(Sent),
    Time,
}

/// The rows that must still be there: the dialog, or the composer and what stands below it, or the last rows.
fn rows(desk: &Desk, screen: &Screen) -> (u16, u16) {
    let reading = desk.tracker.reading();
    let last = u16::try_from(screen.used_rows().len().saturating_sub(1)).unwrap_or(u16::MAX);
    match (&reading.dialog, &reading.composer) {
        (Some(dialog), _) => dialog.rows,
        (None, Some(composer)) => (composer.row.min(last), last),
        (None, None) => (last.saturating_sub(3), last),
    }
}
