//! Two dialogs that say the same, one right behind the other: on the screen the second looks like the first that stays. What is
//! drawn beside its words may tell it apart; else the agent's own record does, where the end of the call that was answered was
//! written down after the key, and another one is open.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::desk::Desk;
use super::done::Done;
use super::{Actor, monotonic, utc};
use crate::app::event::Looked;
use crate::domain::confirm::{Beside, beside};
use crate::domain::dialog::{Dialog, DialogId};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

/// Agents write a moment later than they draw: the record is asked so often …
const AGAIN: Duration = Duration::from_millis(100);
/// … and until so long after the key.
const PATIENCE: Duration = Duration::from_secs(4);

/// A dialog that a key went to.
pub(super) struct Answered {
    dialog: DialogId,
    /// What it showed, where that tells it from others of the same words.
    beside: Option<Beside>,
    /// The calls of its agent's record that it may be about.
    calls: Vec<String>,
    /// The entry by which the key went out.
    key: u64,
    /// When it went out, by our clock and by the one that records are stamped with.
    at: Duration,
    since: Timestamp,
    /// The record is being asked.
    asked: bool,
}

impl Desk {
    /// A key goes to the dialog that stands there.
    pub fn pressed(&mut self, dialog: &Dialog, key: u64) {
        let id = self.tracker.identity(dialog);
        let judged = self.judged.as_ref().filter(|judged| judged.dialog == id);
        self.answered = Some(Answered {
            dialog: id,
            beside: self.screen.as_ref().and_then(|screen| beside(screen, dialog)),
            calls: judged.map(|judged| judged.calls.clone()).unwrap_or_default(),
            key,
            at: monotonic(),
            since: utc(),
            asked: false,
        });
        self.renewed = None;
    }

    /// Whether a look shows another dialog that says the same as the one a key went to last.
    pub fn shows_another(&mut self, looked: &Looked) -> bool {
        let renewed = self.renewed.take_if(|_| looked.fresh);
        let Some(dialog) = &looked.reading.dialog else { return false };
        let id = self.tracker.identity(dialog);
        let told = renewed == Some(id);
        let answered = self.answered.as_ref().filter(|answered| answered.dialog == id);
        let before = answered.and_then(|answered| answered.beside.as_ref());
        let now = before.and_then(|_| beside(&looked.screen, dialog));
        let drawn = before.zip(now).is_some_and(|(before, now)| now != *before && now.0 == before.0);
        if drawn {
            self.answered = None;
        }
        drawn || told
    }

    /// The dialog that the last key went to, if that or one like it stands there still.
    fn stays(&mut self) -> Option<(&mut Answered, Arc<Dialog>)> {
        let seen = self.shown()?;
        let (showing, dialog) = (seen.key().into(), Arc::new(seen.dialog.clone()));
        let id = self.tracker.identity(&dialog);
        let life = self.life.as_ref().filter(|life| life.outlasts_its_key(showing));
        let answered = life.and(self.answered.as_mut()).filter(|answered| answered.dialog == id);
        answered.map(|answered| (answered, dialog))
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Where a dialog stays behind its key, the agent's record is asked whether it is another one.
    pub(super) fn recall(&mut self, pane: PaneId) {
        let Some((answered, dialog)) = self.desks.get_mut(&pane).and_then(Desk::stays) else { return };
        let over = monotonic() >= answered.at + PATIENCE;
        if answered.asked || answered.calls.is_empty() || over {
            return;
        }
        answered.asked = true;
        let (key, since, calls) = (answered.key, answered.since, answered.calls.clone());
        let Some(desk) = self.desks.get(&pane) else { return };
        let (identity, asks, judge) = (desk.info.identity, self.asks(desk), Arc::clone(&self.judge));
        self.beside(async move {
            tokio::time::sleep(AGAIN).await;
            let over =
                tokio::task::spawn_blocking(move || judge.is_over(&asks, &dialog, &calls, since)).await;
            Done::Recalled(identity, key, over.unwrap_or_default())
        });
    }

    /// The record was asked.
    pub(super) fn recalled(&mut self, pane: PaneIdentity, key: u64, over: bool) {
        let Some(desk) = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane) else { return };
        let Some(answered) = desk.answered.as_mut().filter(|answered| answered.key == key) else { return };
        answered.asked = false;
        if over && desk.stays().is_some() {
            desk.renewed = desk.answered.take().map(|answered| answered.dialog);
            let _ = self.looks.try_send(pane.id);
        } else {
            self.recall(pane.id);
        }
    }
}
