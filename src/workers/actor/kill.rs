//! A session ended by a person's word, whether the roster names it or not. It is written down before; the server looks once
//! more that it is the session that was meant. Automation has no way here.

use super::Actor;
use super::deed::Deed;
use super::done::Done;
use super::outbox::{self, Written};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::confirm::{Ask, Wish};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor as Who, Entry, Outcome};
use crate::domain::redact::Secrets;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::ports::{Hooks, Judge, Ledger, Press, Processes, Seat};

/// How it ended.
pub(super) struct Killed {
    pub session: SessionName,
    pub wish: Option<u64>,
    pub intent: Option<Box<Entry>>,
    /// The entry that says how.
    pub closed: Option<Written>,
    pub ended: Result<String, String>,
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Ends the session of a pane.
    pub(super) fn kill(&mut self, pane: PaneIdentity, session: SessionName, who: String, wish: Option<u64>) {
        let refused = match (self.desks.get(&pane.id), &self.scribe, &self.restarts.sessions) {
            (Some(desk), _, _) if desk.info.identity != pane || desk.info.session != session => {
                "it is another one by now; look again"
            }
            (None, ..) => "that session is gone",
            (_, None, _) => "nobody keeps the records",
            (_, _, None) => "sessions cannot be ended from here",
            _ => "",
        };
        if !refused.is_empty() {
            let ended = Err(refused.to_owned());
            return self.killed(Killed { session, wish, intent: None, closed: None, ended });
        }
        let (Some(desk), Some(scribe), Some(sessions), Some(seat)) = (
            self.desks.get(&pane.id),
            self.scribe.clone(),
            self.restarts.sessions.clone(),
            self.seat.as_ref(),
        ) else {
            return;
        };
        let scene = self.scene_of(desk, &Dialog::default());
        let state = desk.tracker.state().word();
        let subject = format!("end the session {session}, which is {state}");
        let deed = Deed { scene, verb: "kill", subject, who: Who::Person(who) };
        let (id, actor) = (desk.info.session_id, seat.id().to_owned());
        let intent = deed.entry(None, Outcome::Intended, String::new());
        let term = self.outbox.term();
        let written = scribe.ask(move |records| Ledger::append(records, intent));
        self.beside(async move {
            let intent = match written.await {
                Ok(entry) => entry,
                Err(e) => {
                    let ended = Err(format!("{e}; {}", e.hint()));
                    return Done::Killed(Killed { session, wish, intent: None, closed: None, ended });
                }
            };
            let asked = tokio::task::spawn_blocking(move || sessions.end(id, (pane.id, pane.pid), &actor));
            let (outcome, ended) = match asked.await {
                Ok(Ok(true)) => (Outcome::Cleared, Ok(format!("ended (ledger {})", intent.seq))),
                Ok(Ok(false)) => {
                    (Outcome::Refused, Err("it is another one by now, or another archtui acts".to_owned()))
                }
                Ok(Err(why)) => (Outcome::Unknown, Err(why)),
                Err(_) => (Outcome::Unknown, Err("it is not known whether it was ended".to_owned())),
            };
            let why = ended.clone().err().unwrap_or_default();
            let closing = deed.entry(Some(intent.seq), outcome, why);
            let closed = Some(outbox::close(&scribe, term, closing).await);
            Done::Killed(Killed { session, wish, intent: Some(Box::new(intent)), closed, ended })
        });
    }

    /// Tells whoever ordered it.
    pub(super) fn killed(&mut self, killed: Killed) {
        let Killed { session, wish, intent, closed, ended } = killed;
        if let Some(entry) = intent {
            self.books.add(*entry);
        }
        if let Some(written) = closed {
            self.recorded(written);
        }
        self.changed = true;
        self.told(wish, format!("kill {session}"), ended);
    }

    /// Tells a person who waits, by his wish or on our own screen, how what he ordered ended.
    pub(super) fn told(&self, wish: Option<u64>, what: String, ended: Result<String, String>) {
        if let Some(wish) = wish {
            let done = ended.is_ok();
            let (Ok(text) | Err(text)) = ended;
            return self.answer_wish(wish, done, text);
        }
        // It is shown and logged, and may quote a screen.
        let masked = |s: String| Secrets::builtin().mask(&s).into_owned();
        self.tell(Event::Did(match ended.map(masked).map_err(masked) {
            Ok(said) => Did { what: format!("{what}: {said}"), command: None, failed: None },
            Err(why) => Did { what, command: None, failed: Some(why) },
        }));
    }

    /// What a person orders of a session itself: at our own screen, or by a wish.
    pub(super) fn order(&mut self, ask: Ask, who: String, wish: Option<u64>) {
        match ask {
            Ask::Restart { pane: Some(pane), .. } => self.restart(pane, who, wish),
            Ask::Restart { session, pane: None } => self.restart_by_name(wish, who, &session),
            Ask::Kill { session, pane } => self.kill(pane, session, who, wish),
            other => {
                if let Some(id) = wish {
                    self.grant(Wish { id, who, ask: other, at: super::utc() });
                }
            }
        }
    }
}
