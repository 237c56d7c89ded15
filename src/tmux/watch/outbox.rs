//! What is to be told next. Screens and lists are superseded, never queued: a newer one takes the place of the older.

use std::collections::VecDeque;

use crate::domain::server::{Server, Told, Wrote};

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

    /// True if nothing is to be told.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
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
                (*pane, *screen, *wrote) = (p, s, w.or(*wrote));
            }
            (Some(Told::Screen { wrote, .. }), Told::Wrote(_)) => *wrote = Some(Wrote::NOW),
            (Some(old), told) => *old = told,
            (None, told) => self.queue.push_back(told),
        }
    }

    /// Forgets what was to be told of panes: their server is another now.
    pub fn forget_panes(&mut self) {
        self.queue
            .retain(|t| !matches!(t, Told::Screen { .. } | Told::Wrote(_) | Told::Panes(_) | Told::Heard));
    }
}

fn supersedes(new: &Told, old: &Told) -> bool {
    match (new, old) {
        (Told::Screen { pane: new, .. }, Told::Screen { pane: old, .. }) => new.id == old.id,
        (Told::Wrote(new), Told::Screen { pane: old, .. }) => *new == old.id,
        (Told::Wrote(new), Told::Wrote(old)) => new == old,
        (Told::Panes(_), Told::Panes(_))
        | (Told::Noticing(..), Told::Noticing(..))
        | (Told::Heard, Told::Heard) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::screen::Screen;
    use crate::domain::session::{PaneId, PaneIdentity};
    use std::sync::Arc;

    fn screen(pane: u32, text: &str, wrote: bool) -> Told {
        let pane = PaneIdentity { id: PaneId(pane), pid: 1, start: 1 };
        Told::Screen { pane, screen: Arc::new(Screen::plain(text)), wrote: wrote.then_some(Wrote::NOW) }
    }

    fn drain(mut outbox: Outbox) -> Vec<String> {
        std::iter::from_fn(|| outbox.pop())
            .map(|told| match told {
                Told::Screen { pane, screen, wrote } => {
                    format!("{} {} {}", pane.id, screen.to_text().trim(), wrote.is_some())
                }
                Told::Wrote(pane) => format!("{pane} wrote"),
                Told::Server(server) => format!("{server:?}"),
                Told::Panes(panes) => format!("{} panes", panes.len()),
                Told::Noticing(..) => "noticing".to_owned(),
                Told::Heard => "heard".to_owned(),
            })
            .collect()
    }

    #[test]
    fn the_newest_screen_takes_the_place_of_the_older() {
        let mut outbox = Outbox::default();
        for told in
            [screen(1, "a", true), screen(2, "b", false), screen(1, "c", false), Told::Wrote(PaneId(2))]
        {
            outbox.push(told);
        }
        assert_eq!(drain(outbox), ["%1 c true", "%2 b true"]);
    }

    #[test]
    fn a_server_is_told_once_and_lists_are_superseded() {
        let mut outbox = Outbox::default();
        for _ in 0..2 {
            outbox.push(Told::Server(Server::Connecting));
            outbox.push(Told::Panes(vec![]));
            outbox.push(Told::Wrote(PaneId(1)));
            outbox.push(Told::Heard);
        }
        assert_eq!(drain(outbox), ["Connecting", "0 panes", "%1 wrote", "heard"]);
    }

    #[test]
    fn panes_of_a_lost_server_are_forgotten() {
        let mut outbox = Outbox::default();
        for told in [
            screen(1, "a", true),
            Told::Panes(vec![]),
            Told::Wrote(PaneId(3)),
            Told::Heard,
            Told::Server(Server::Connecting),
        ] {
            outbox.push(told);
        }
        outbox.forget_panes();
        assert_eq!(drain(outbox), ["Connecting"]);
    }
}
