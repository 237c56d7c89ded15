//! Errands: each is led by a hand; here its wishes are carried out. What takes time is done beside.

use std::sync::Arc;
use std::time::Duration;

use super::{Dispatcher, Done, monotonic, now};
use crate::app::event::Did;
use crate::domain::session::PaneIdentity;
use crate::domain::task::hand::{Aim, Do, Failed, Hand, Heard, Put};
use crate::domain::task::look::Spot;
use crate::domain::task::{self, Event, Step, TaskId};
use crate::ports::{Folders, Hands, PaneFacts, Press, Processes, TaskBook, TypeError};

/// An errand under way.
pub(super) struct Errand {
    errand: task::Errand,
    hand: Hand,
    /// The server has not said yet whether a person is there: the hand hears nothing until then.
    asked: bool,
}

impl Errand {
    pub fn pane(&self) -> PaneIdentity {
        self.errand.pane
    }

    pub fn due(&self) -> Duration {
        if self.asked { Duration::MAX } else { self.hand.due() }
    }
}

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// First the server is asked whether a person is there, then the pane is looked at.
    pub(super) fn check(&mut self, errand: task::Errand, at: Duration) {
        let (id, attempt, pane) = (errand.id, errand.attempt, errand.pane);
        if !self.is_on() {
            return self.step(id, attempt, Step::Declined("dispatch is switched off".into()));
        }
        let (hand, _) = Hand::check(at);
        self.errands.insert(id, Errand { errand, hand, asked: true });
        let keyboard = Arc::clone(&self.keyboard);
        self.beside
            .push(Box::pin(async move { Done::Checked(id, attempt, keyboard.check(pane, false).await) }));
    }

    pub(super) fn paste(&mut self, errand: task::Errand, text: String, at: Duration) {
        let aim = self.aim(&errand);
        self.lead(errand, Hand::paste(text, aim, at));
    }

    pub(super) fn enter(&mut self, errand: task::Errand, text: String, at: Duration) {
        let aim = self.aim(&errand);
        self.lead(errand, Hand::enter(text, aim, at));
    }

    /// Where the errand before this one left off.
    fn aim(&mut self, errand: &task::Errand) -> Option<Aim> {
        let (attempt, aim) = self.aims.remove(&errand.id)?;
        aim.filter(|_| attempt == errand.attempt)
    }

    pub(super) fn look_up(&mut self, errand: task::Errand, text: String, at: Duration) {
        let (hand, first) = Hand::look_up(text, at);
        let id = errand.id;
        self.errands.insert(id, Errand { errand, hand, asked: false });
        self.carry(id, first);
    }

    fn lead(&mut self, errand: task::Errand, (hand, first): (Hand, Do)) {
        let (id, attempt) = (errand.id, errand.attempt);
        if !self.is_on() {
            return self.step(id, attempt, Step::Declined("dispatch was switched off".into()));
        }
        self.errands.insert(id, Errand { errand, hand, asked: false });
        self.carry(id, first);
    }

    /// Ends what can still be ended: no key more.
    pub(super) fn stop_errands(&mut self, why: &str) {
        let under_way: Vec<TaskId> = self.errands.keys().copied().collect();
        for id in under_way {
            let next = self.errands.get_mut(&id).map_or(Do::Wait, |e| e.hand.stop(why));
            self.carry(id, next);
        }
    }

    pub(super) fn heard(&mut self, id: TaskId, heard: Heard) {
        let Some(e) = self.errands.get_mut(&id).filter(|e| !e.asked) else { return };
        let next = e.hand.hear(heard, monotonic());
        self.carry(id, next);
    }

    fn carry(&mut self, id: TaskId, next: Do) {
        let Some(e) = self.errands.get(&id) else { return };
        match next {
            Do::Wait => {}
            // Not taken now: the hand asks again.
            Do::Look => {
                let _ = self.doors.looks.try_send(e.errand.pane.id);
            }
            Do::Put(what, spot) => self.put(id, what, spot),
            Do::Ask => self.ask_record(id),
            Do::Tell(step) => {
                let attempt = e.errand.attempt;
                let aim = self.errands.remove(&id).and_then(|mut e| e.hand.aim());
                self.aims.insert(id, (attempt, aim));
                self.step(id, attempt, step);
            }
        }
    }

    fn put(&mut self, id: TaskId, what: Put, spot: Spot) {
        let (Some(e), Some(chair)) = (self.errands.get(&id), &self.chair) else { return };
        let (attempt, pane, actor) = (e.errand.attempt, e.errand.pane, chair.actor.clone());
        let keyboard = Arc::clone(&self.keyboard);
        self.beside.push(Box::pin(async move {
            Done::Put(id, attempt, keyboard.put(pane, &spot, &actor, &what).await)
        }));
    }

    pub(super) fn done(&mut self, done: Done) {
        match done {
            Done::Put(id, attempt, answer) => self.answered(id, attempt, answer),
            Done::Checked(id, attempt, said) => self.checked(id, attempt, said),
            Done::Traced(id, attempt, trace) => self.traced(id, attempt, trace),
            Done::Gathered(id, evidence) => self.news.push(Event::Gathered { id, evidence }),
        }
    }

    fn answered(&mut self, id: TaskId, attempt: u32, answer: Result<String, TypeError>) {
        let Some(e) = self.errands.get(&id).filter(|e| e.errand.attempt == attempt) else { return };
        let what = format!("put task {id} into {}", e.errand.session);
        self.tell_fact(match &answer {
            Ok(command) => Did { what, command: Some(command.clone()), failed: None },
            Err(e) => Did { what: format!("not {what}"), command: None, failed: Some(e.to_string()) },
        });
        let answer = answer.map(drop).map_err(|e| match e {
            TypeError::Changed => Failed::Changed,
            TypeError::Unanswered | TypeError::Timeout(_) => Failed::Perhaps(e.to_string()),
            e => Failed::Surely(e.to_string()),
        });
        self.heard(id, Heard::Answer(answer));
    }

    fn checked(&mut self, id: TaskId, attempt: u32, said: Result<PaneFacts, TypeError>) {
        let Some(e) = self.errands.get_mut(&id).filter(|e| e.errand.attempt == attempt) else { return };
        let pane = e.errand.pane;
        let why = match said {
            Err(e) => Some(e.to_string()),
            Ok(f) if f.dead => Some("its program has ended".to_owned()),
            Ok(f) if f.in_mode => Some("its pane is in copy mode".to_owned()),
            Ok(f) if f.synchronized => Some("synchronize-panes is on in its window".to_owned()),
            Ok(f) => {
                let ago = |then: i64| Duration::from_secs((now().wall.as_second() - then).unsigned_abs());
                f.active.map(ago).filter(|ago| *ago < self.fixed.quiet).map(|ago| {
                    if let Some(desk) = self.panes.get_mut(&pane.id) {
                        desk.person = Some(monotonic() + self.fixed.quiet.saturating_sub(ago));
                    }
                    "a person is at its keyboard".to_owned()
                })
            }
        };
        if let Some(why) = why {
            self.errands.remove(&id);
            return self.step(id, attempt, Step::Declined(why));
        }
        e.asked = false;
        let (hand, first) = Hand::check(monotonic());
        e.hand = hand;
        self.carry(id, first);
    }

    fn step(&mut self, id: TaskId, attempt: u32, step: Step) {
        self.news.push(Event::Stepped { id, attempt, step });
    }
}
