//! A person's order to get a stuck session going: one step of the ladder at one pane, written down before its key is sent
//! and after it was seen what came of it. What fits and what follows is `domain::unstick`'s word.

use std::sync::Arc;

use super::desk::Desk;
use super::done::Done;
use super::{Actor, monotonic, utc};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::confirm::{Ask, Wish};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor as Who, Body, Channel, Decision, Entry, Outcome, Ruling, Showing, Times};
use crate::domain::policy::Action;
use crate::domain::redact::Secrets;
use crate::domain::screen::Screen;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::stroke::KeyName;
use crate::domain::unstick::{Heard, Order, Rung, Sent, Sight, Step};
use crate::ports::{
    Expected, Hooks, Judge, Ledger, PaneFacts, Press, Processes, Seat, StoreError, TypeError,
};

/// A step under way at one pane.
pub(super) struct Errand {
    pub rung: Rung,
    who: String,
    /// The wish that waits for its end.
    pub wish: Option<u64>,
    /// What was seen that it fits.
    why: String,
    /// The intent's entry.
    intent: Option<u64>,
    /// The screen that was looked at last, and the rows that must still be there.
    seen: Option<(Arc<Screen>, (u16, u16))>,
}

/// What was done for one.
pub(super) enum Climbed {
    Checked(Result<PaneFacts, TypeError>),
    Recorded(Result<Box<Entry>, StoreError>),
    Pressed(Sent, Did),
    /// The outcome is on disk, or is not.
    Closed(Result<Box<Entry>, StoreError>),
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// A wish to unstick a session by its name.
    pub(super) fn unstick_by_name(&mut self, wish: u64, who: String, session: SessionName, step: Step) {
        let ask = match step {
            Step::Restart => return self.restart_by_name(Some(wish), who, &session),
            Step::Approve => Ask::Approve { session, dialog: None },
            Step::Deny => Ask::Deny { session, dialog: None },
            Step::Look | Step::Enter | Step::Escape | Step::Interrupt => {
                let managed = self.fixed.roster.member(&session).is_some();
                let its = |d: &&Desk| d.info.session == session;
                let panes: Vec<PaneIdentity> =
                    self.desks.values().filter(its).map(|d| d.info.identity).collect();
                return match &panes[..] {
                    _ if !managed => {
                        let why = "that session is not in the roster; only a person's own key goes there";
                        self.answer_wish(wish, false, why.to_owned());
                    }
                    [pane] => self.unstick(*pane, step, who, Some(wish)),
                    [] => self.answer_wish(wish, false, "no session has that name".to_owned()),
                    _ => {
                        self.answer_wish(
                            wish,
                            false,
                            "it has several panes; use the control room".to_owned(),
                        );
                    }
                };
            }
        };
        self.grant(Wish { id: wish, who, ask, at: utc() });
    }

    /// Begins a step at a pane.
    pub(super) fn unstick(&mut self, pane: PaneIdentity, step: Step, who: String, wish: Option<u64>) {
        if step == Step::Restart {
            return self.restart(pane, who, wish);
        }
        let busy = match self.desks.get(&pane.id).filter(|d| d.info.identity == pane) {
            None => Some("that pane is gone"),
            Some(_) if self.scribe.is_none() => Some("nobody keeps the records"),
            Some(desk) if desk.errand.is_some() => Some("another step is under way there"),
            Some(_) => None,
        };
        if let Some(why) = busy {
            return self.told(wish, format!("not done: {}", step.word()), Err(why.to_owned()));
        }
        if step == Step::Look {
            let _ = self.looks.try_send(pane.id);
            let Some(desk) = self.desks.get(&pane.id) else { return };
            let told = format!("{} is {}", desk.info.session, desk.tracker.state().word());
            return self.told(wish, "looked".to_owned(), Ok(told));
        }
        let (rung, first) = Rung::new(step, monotonic());
        if let Some(desk) = self.desks.get_mut(&pane.id) {
            desk.errand = Some(Errand { rung, who, wish, why: String::new(), intent: None, seen: None });
        }
        self.climb(pane.id, first);
    }

    /// Tells a step under way one fact.
    pub(super) fn climbed(&mut self, pane: PaneId, heard: &Climb) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(mut errand) = desk.errand.take() else { return };
        let heard = match heard {
            Climb::Look => {
                errand.seen = desk.screen.clone().map(|screen| {
                    let rows = rows(desk, &screen);
                    (screen, rows)
                });
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
        let order = errand.rung.hear(heard, monotonic());
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
                let Some(desk) = self.desks.get(&pane) else { return };
                let (identity, keyboard) = (desk.info.identity, Arc::clone(&self.keyboard));
                self.beside(async move {
                    Done::Climbed(identity, Climbed::Checked(keyboard.check(identity, false).await))
                });
            }
            Order::Intend(why) => self.intend(pane, why),
            Order::Press => self.press_key(pane),
            Order::End(outcome, said) => self.end_step(pane, outcome, said),
        }
        if let Some(desk) = self.desks.get_mut(&pane) {
            desk.set_alarm();
        }
    }

    fn intend(&mut self, pane: PaneId, why: String) {
        if let Some(errand) = self.desks.get_mut(&pane).and_then(|d| d.errand.as_mut()) {
            errand.why = why;
        }
        self.write(pane, Outcome::Intended, String::new(), Climbed::Recorded);
    }

    /// Writes how far the step came.
    fn write(
        &self,
        pane: PaneId,
        outcome: Outcome,
        why: String,
        told: fn(Result<Box<Entry>, StoreError>) -> Climbed,
    ) {
        let (Some(desk), Some(scribe)) = (self.desks.get(&pane), &self.scribe) else { return };
        let Some(errand) = &desk.errand else { return };
        let step = errand.rung.step();
        let subject = format!("unstick, {}: {}", step.word(), errand.why);
        let dialog = Dialog { tool: Some("unstick".to_owned()), subject: Some(subject), ..Dialog::default() };
        let ruling = Ruling {
            action: Action::Hold,
            rule: format!("unstick-{}", step.word()),
            reason: "a person ordered it".to_owned(),
        };
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 0 },
            of: errand.intent,
            verdict: ruling,
            why,
            actor: Who::Person(errand.who.clone()),
            channel: Some(Channel::Key),
            key: step.key().and_then(KeyName::new),
            outcome,
            times: Times::default(),
        };
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        let mut body = Body::new(utc(), &self.scene_of(desk, &dialog), &dialog, decision, &mask);
        // Nothing was asked.
        body.asked = None;
        let identity = desk.info.identity;
        let written = scribe.ask(move |records| Ledger::append(records, body));
        self.beside(async move { Done::Climbed(identity, told(written.await.map(Box::new))) });
    }

    /// One key, if the server finds what the look before the intent showed.
    fn press_key(&mut self, pane: PaneId) {
        let Some(desk) = self.desks.get(&pane) else { return };
        let Some(errand) = &desk.errand else { return };
        let key = errand.rung.step().key().and_then(KeyName::new);
        let (Some((screen, rows)), Some(key), Some(seat)) = (errand.seen.clone(), key, self.seat.as_ref())
        else {
            let how = Sent::Refused("its screen has not been seen".to_owned());
            return self.climbed(pane, &Climb::Sent(how));
        };
        let command = (!desk.command.is_empty()).then(|| desk.command.clone());
        let expected = Expected { screen, rows, command, actor: seat.id().to_owned(), stirred: None };
        let (identity, session) = (desk.info.identity, desk.info.session.clone());
        let (keyboard, intent) = (Arc::clone(&self.keyboard), errand.intent.unwrap_or_default());
        self.beside(async move {
            let pressed = keyboard.press(identity, &expected, &key).await;
            let what = format!("pressed {} in {session} (ledger {intent})", key.as_str());
            let (did, sent) = match pressed {
                Ok(command) => (Did { what, command: Some(command), failed: None }, Sent::Done),
                Err(e) => {
                    let did = Did { what: format!("not {what}"), command: None, failed: Some(e.to_string()) };
                    let unknown = matches!(e, TypeError::Unanswered | TypeError::Timeout(_));
                    let sent =
                        if unknown { Sent::Unknown(e.to_string()) } else { Sent::Refused(e.to_string()) };
                    (did, sent)
                }
            };
            Done::Climbed(identity, Climbed::Pressed(sent, did))
        });
    }

    fn end_step(&mut self, pane: PaneId, outcome: Outcome, said: String) {
        let recorded =
            self.desks.get(&pane).and_then(|d| d.errand.as_ref()).is_some_and(|e| e.intent.is_some());
        if recorded {
            self.write(pane, outcome, said.clone(), Climbed::Closed);
        }
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(errand) = desk.errand.take() else { return };
        let what = format!("{} in {}", errand.rung.step().word(), desk.info.session);
        let ended = match (outcome, errand.intent) {
            (Outcome::Cleared, Some(seq)) => Ok(format!("{}: {said} (ledger {seq})", outcome.word())),
            (_, Some(seq)) => Err(format!("{}: {said} (ledger {seq})", outcome.word())),
            (_, None) => Err(said),
        };
        self.told(errand.wish, what, ended);
    }

    /// What was done for a step, as it comes back.
    pub(super) fn climb_done(&mut self, pane: PaneIdentity, done: Climbed) {
        let there = |d: &&mut Desk| d.info.identity == pane;
        match done {
            Climbed::Checked(said) => {
                let heard = match said {
                    Ok(facts) => self.may_press(pane, &facts),
                    Err(e) => Err(e.to_string()),
                };
                self.climbed(pane.id, &Climb::Checked(heard));
            }
            Climbed::Recorded(Ok(entry)) => {
                if let Some(errand) =
                    self.desks.get_mut(&pane.id).filter(there).and_then(|d| d.errand.as_mut())
                {
                    errand.intent = Some(entry.seq);
                }
                self.books.add(*entry);
                self.changed = true;
                self.climbed(pane.id, &Climb::Recorded(Ok(())));
            }
            Climbed::Recorded(Err(e)) => {
                let why = format!("{e}; {}", e.hint());
                self.climbed(pane.id, &Climb::Recorded(Err(why)));
            }
            Climbed::Pressed(sent, did) => {
                self.tell(Event::Did(did));
                self.climbed(pane.id, &Climb::Sent(sent));
            }
            Climbed::Closed(Ok(entry)) => {
                self.books.add(*entry);
                self.changed = true;
            }
            Climbed::Closed(Err(e)) => {
                self.books.trouble = Some(format!("{e}; {}", e.hint()));
                self.changed = true;
            }
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
