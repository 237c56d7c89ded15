//! What is to be told next. Screens and lists are superseded, never queued: a newer one takes the place of the older.

use std::collections::VecDeque;

use crate::domain::server::{Server, Told};

/// Bounded by the number of panes and a few.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Told>,
    server: Option<Server>,
}

impl Outbox {
    /// The next thing to tell.
    pub fn pop(&mut self) -> Option<Told> {
        self.queue.pop_front()
    }

    /// Adds one thing; the same state of the server is told once.
    pub fn push(&mut self, told: Told) {
        if let Told::Server(server) = &told {
            if self.server.as_ref() == Some(server) {
                return;
            }
            self.server = Some(server.clone());
        }
        let older = self.queue.iter_mut().find(|old| supersedes(&told, old));
        match (older, told) {
            (Some(Told::Screen { pane, screen, wrote }), Told::Screen { pane: p, screen: s, wrote: w }) => {
                (*pane, *screen, *wrote) = (p, s, *wrote || w);
            }
            (Some(Told::Screen { wrote, .. }), Told::Wrote(_)) => *wrote = true,
            (Some(old), told) => *old = told,
            (None, told) => self.queue.push_back(told),
        }
    }

    /// Forgets what was to be told of panes: their server is another now.
    pub fn forget_panes(&mut self) {
        self.queue.retain(|t| !matches!(t, Told::Screen { .. } | Told::Wrote(_) | Told::Panes(_)));
    }
}

fn supersedes(new: &Told, old: &Told) -> bool {
    match (new, old) {
        (Told::Screen { pane: new, .. }, Told::Screen { pane: old, .. }) => new.id == old.id,
        (Told::Wrote(new), Told::Screen { pane: old, .. }) => *new == old.id,
        (Told::Wrote(new), Told::Wrote(old)) => new == old,
        (Told::Panes(_), Told::Panes(_)) => true,
        _ => false,
    }
}
