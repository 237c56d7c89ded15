//! What the disk said to the entries that were handed to it: each life hears of its own. What it did not take is tried again
//! until it does, and heard of then.

use super::done::Done;
use super::outbox::{self, Whose, Written};
use super::{Actor, monotonic, utc};
use crate::domain::confirm::Input;
use crate::domain::ledger::{Body, Entry, Outcome};
use crate::domain::session::PaneId;
use crate::ports::{Hooks, Judge, Press, Processes, Seat};
use crate::workers::scribe::Scribe;

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn recorded(&mut self, mut written: Written) {
        self.changed = true;
        let of_now = self.outbox.is_of_now(&written);
        let had_trouble = self.outbox.in_trouble();
        // Before a life hears of it: what it orders then comes behind what waits.
        let again = self.on_tick(monotonic() + outbox::AGAIN);
        let given_up = match &written.how {
            Ok(()) => Vec::new(),
            Err(_) => self.outbox.take_back(&mut written, again),
        };
        let recovered = match &written.how {
            // Of another life of ours: those who would hear of it are gone.
            _ if !of_now => return,
            Ok(()) => {
                self.books.trouble = None;
                self.outbox.well()
            }
            Err(e) => {
                if !had_trouble {
                    tracing::warn!(error = %e, "entries of the ledger cannot be written");
                }
                let waits = match self.outbox.waiting() {
                    0 => String::new(),
                    n => format!("; {n} entries wait for it"),
                };
                self.books.trouble = Some(format!("{e}; {}{waits}", e.hint()));
                false
            }
        };
        let why = written.how.as_ref().err().map(ToString::to_string).unwrap_or_default();
        for (pane, case) in given_up.into_iter().flatten() {
            self.live_there(pane, Input::NotRecorded { case, why: why.clone() });
        }
        for row in written.rows {
            match (row.whose, row.how) {
                (whose, Ok(entry)) => {
                    let seq = entry.seq;
                    if let Some((pane, case)) = whose {
                        self.settle_wish(pane, case, &entry);
                    }
                    let end = self.unheard(whose, &entry);
                    self.books.add(entry);
                    if let Some(end) = end {
                        self.close(end);
                    } else if let Some((pane, case)) = whose {
                        self.live_there(pane, Input::Recorded { case, seq });
                    }
                }
                // The others wait, or were given up.
                (Some((pane, case)), Err(e)) if row.outcome == Outcome::Intended => {
                    self.live_there(pane, Input::NotRecorded { case, why: e.to_string() });
                }
                (_, Err(_)) => {}
            }
        }
        if recovered {
            tracing::info!("entries of the ledger can be written again");
            // Some were held because their intents could not be written.
            let panes: Vec<PaneId> =
                self.desks.iter().filter(|(_, d)| d.life.is_some()).map(|(id, _)| *id).collect();
            for pane in panes {
                self.check(pane, false);
            }
        }
    }

    /// The end of a life of which nobody is left to hear that it was opened: its pane ended meanwhile.
    fn unheard(&self, whose: Whose, entry: &Entry) -> Option<Body> {
        let (pane, case) = whose.filter(|_| entry.body.of.is_none())?;
        let desk = self.desks.get(&pane.id).filter(|d| d.info.identity == pane);
        let hears = desk.and_then(|d| d.life.as_ref()).is_some_and(|life| life.is_open(case));
        if hears { None } else { entry.unheard(utc(), "the pane has ended") }
    }

    /// Where entries go from now on; what waits goes there first where it still can.
    pub(super) fn write_to(&mut self, scribe: Option<Scribe<S::Records>>) {
        if let Some(last) = self.outbox.go_to(scribe) {
            self.beside(async move { Done::Recorded(last.await) });
        }
    }

    /// Writes an end from which nothing follows.
    pub(super) fn close(&self, body: Body) {
        if let Some(written) = self.outbox.close(body) {
            self.beside(async move { Done::Recorded(written.await) });
        } else {
            tracing::warn!("nobody keeps the records: the end of an order is not written");
        }
    }
}
