//! What is asked at the screen of one who only observes: he leaves a wish. Of an answer, who acts checks that the very
//! dialog stands there that the person saw. Two archtui count showings each for itself, so the wish names what the dialog says and since
//! when it was drawn: one that says the same and came later is another one.

use std::sync::Arc;
use std::time::Duration;

use super::done::Done;
use super::wishes::ANEW;
use super::{Actor, boot, monotonic};
use crate::app::event::Did;
use crate::domain::confirm::{Answer, Ask, DrawnFor, SeenThere};
use crate::domain::dialog::DialogId;
use crate::domain::ledger::Showing;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

/// Who acts may notice a dialog so much later than who observes.
const LATER: Duration = Duration::from_millis(500);

/// Leaves a wish for whoever acts, and waits for his word: what was done, or why not. Blocking.
pub type Wishing = Arc<dyn Fn(&Ask) -> Result<String, String> + Send + Sync>;

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// The observer's part: an answer to what is drawn here.
    pub(super) fn wish_answer(&self, pane: PaneIdentity, answer: Answer, drawn: DrawnFor) {
        let SeenThere { content, boot, since_ms, drawn_ms, .. } = seen_here(pane, drawn);
        self.wish(Ask::Answer { pane, content, boot, since_ms, drawn_ms, answer }, "not answered");
    }

    /// Leaves a wish; what comes of it is told, or what was not done.
    pub(super) fn wish(&self, ask: Ask, failed: &'static str) {
        let Some(wishing) = self.wishing.clone() else { return };
        let whom = match &ask {
            Ask::Write { session, .. } => Some(session.clone()),
            Ask::Answer { pane, .. } => self.desks.get(&pane.id).map(|desk| desk.info.session.clone()),
            _ => None,
        };
        let whom = whom.map(|session| format!("{session}: ")).unwrap_or_default();
        let told = tokio::task::spawn_blocking(move || wishing(&ask));
        self.beside(async move {
            let told = told.await.unwrap_or_else(|_| Err("the wish could not be left".to_owned()));
            Done::Told(match told {
                Ok(text) => Did { what: format!("who acts says: {whom}{text}"), command: None, failed: None },
                Err(why) => Did { what: failed.to_owned(), command: None, failed: Some(why) },
            })
        });
    }

    /// The dialog that stood in a session when it was looked at.
    pub(super) fn seen_there(
        &self,
        session: &SessionName,
        seen: &SeenThere,
    ) -> Result<Showing, &'static str> {
        match self.desks.get(&seen.pane.id) {
            _ if seen.boot != boot() => Err(ANEW),
            Some(desk) if desk.info.session == *session => {
                self.same_open(seen.pane, seen.content, Duration::from_millis(seen.since_ms))
            }
            Some(_) | None => Err("that pane is gone"),
        }
    }

    /// The dialog of a pane that says that, and stood there since then.
    pub(super) fn same_open(
        &self,
        pane: PaneIdentity,
        content: DialogId,
        since: Duration,
    ) -> Result<Showing, &'static str> {
        let desk = self.desks.get(&pane.id).filter(|d| d.info.identity == pane);
        let open = desk
            .and_then(|d| Some(d.life.as_ref()?.open_dialogs(pane, &d.info.session, None, monotonic())))
            .unwrap_or_default();
        let same =
            open.into_iter().find(|c| c.id.1.content == content && c.since <= since.saturating_add(LATER));
        same.map(|seen| seen.id.1).ok_or("another dialog is there now; look at it first")
    }
}

/// What is drawn here, as a wish tells of it.
pub(super) fn seen_here(pane: PaneIdentity, drawn: DrawnFor) -> SeenThere {
    let ms = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
    SeenThere {
        pane,
        content: drawn.showing.content,
        boot: boot(),
        since_ms: ms(monotonic().saturating_sub(drawn.lasted)),
        drawn_ms: ms(drawn.lasted),
        by_name: false,
    }
}
