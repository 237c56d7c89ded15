//! What the actor tells: the screen that it serves, and those who only look on.

use std::sync::Arc;

use super::{Actor, monotonic};
use crate::app::state::Board;
use crate::domain::confirm::{Bulletin, in_order};
use crate::domain::redact::Secrets;
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

pub(super) use crate::workers::books::Books;

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn board(&self) -> Arc<Board> {
        let now = monotonic();
        let mut queue = Vec::new();
        for desk in self.desks.values() {
            let Some(life) = &desk.life else { continue };
            let role = self.fixed.roster.member(&desk.info.session).and_then(|m| m.role.as_deref());
            queue.extend(life.open_dialogs(desk.info.identity, &desk.info.session, role, now));
        }
        in_order(&mut queue);
        Arc::new(Board {
            post: self.post.clone(),
            paused: self.switches.paused.clone(),
            off: self.switches.off.keys().cloned().collect(),
            preset: self.judge.fleet_preset(),
            live_alone: self.judge.live_alone(),
            trouble: self.books.trouble.clone().or_else(|| self.fixed.fault.clone()),
            queue,
            held: self.restarts.held(),
            recent: self.books.recent.clone(),
            tally: Arc::clone(&self.books.tally),
        })
    }

    /// Tells those who look on, if there are any.
    pub(super) fn show(&mut self, board: &Board) {
        let Some(hooks) = self.hooks.as_mut().filter(|h| h.is_watched()) else { return };
        let word = Bulletin {
            paused: board.paused.clone(),
            off: board.off.clone(),
            preset: board.preset.clone(),
            live_alone: board.live_alone,
            trouble: board.trouble.clone(),
            held: board.held.clone(),
            queue: board.queue.clone(),
            entry: self.books.newest,
        };
        hooks.show(Arc::new(word.for_others(&|s| Secrets::builtin().mask(s).into_owned())));
    }
}
