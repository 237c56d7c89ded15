//! What the actor tells the screen.

use std::sync::Arc;

use super::{Actor, monotonic};
use crate::app::state::Board;
use crate::domain::confirm::in_order;
use crate::domain::ledger::{Entry, Tally};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

/// How many entries are told.
const RECENT: usize = 200;

/// What was done lately.
pub(super) struct Books {
    pub recent: Vec<Arc<Entry>>,
    pub tally: Arc<Tally>,
    pub trouble: Option<String>,
}

impl Books {
    /// Takes an entry in: of each dialog's life the newest one is told.
    pub fn add(&mut self, entry: Entry) {
        let life = |e: &Entry| e.body.of.unwrap_or(e.seq);
        Arc::make_mut(&mut self.tally).add(&entry);
        self.recent.retain(|e| life(e) != life(&entry));
        self.recent.insert(0, Arc::new(entry));
        self.recent.truncate(RECENT);
    }
}

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
            trouble: self.books.trouble.clone().or_else(|| self.fixed.fault.clone()),
            queue,
            held: self.restarts.held(),
            recent: self.books.recent.clone(),
            tally: Arc::clone(&self.books.tally),
        })
    }
}
