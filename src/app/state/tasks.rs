//! The task queue as the clerk told it: what is listed, what a filter lets through, which task is marked. How a task stands
//! is for `domain::task`.

use std::sync::Arc;

use super::State;
use super::input::Input;
use crate::app::panel::PanelId;
use crate::domain::task::{Brief, Listing, State as Stage};

/// The task queue.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    /// What lies in it; `None` before the first word.
    listing: Option<Arc<Listing>>,
    /// Why it cannot be read now.
    pub fault: Option<String>,
    /// Words that a task must (`!`: must not) have.
    filter: Input,
    /// The rows that the filter lets through, as indices into the listing.
    shown: Vec<usize>,
    counts: Counts,
}

/// How many tasks are how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// It is not known what became of them, or they take too long.
    pub need: usize,
    /// Failed, and not looked at yet.
    pub failed: usize,
    /// Done, and not looked at yet.
    pub done: usize,
    /// With a session.
    pub at_work: usize,
    /// Waiting for a session or for another task.
    pub waiting: usize,
}

impl Tasks {
    /// True once the queue was told.
    pub fn is_known(&self) -> bool {
        self.listing.is_some()
    }

    /// Every task that is listed.
    pub fn rows(&self) -> &[Arc<Brief>] {
        self.listing.as_ref().map_or(&[], |l| &l.rows)
    }

    /// Finished tasks that are too old to be listed, and others that found no room.
    pub fn unlisted(&self) -> (usize, usize) {
        self.listing.as_ref().map_or((0, 0), |l| (l.older, l.left_out))
    }

    /// The tasks that the filter lets through.
    pub fn shown(&self) -> impl ExactSizeIterator<Item = &Arc<Brief>> {
        self.shown.iter().map(|&i| &self.rows()[i])
    }

    /// The n-th of them.
    pub fn nth(&self, n: usize) -> Option<&Arc<Brief>> {
        self.shown.get(n).map(|&i| &self.rows()[i])
    }

    /// The words of the filter.
    pub fn filter(&self) -> &str {
        self.filter.text()
    }

    /// How many are how, whatever the filter.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn sift(&mut self) {
        let words = self.filter.text();
        let rows = self.listing.as_ref().map_or(&[][..], |l| &l.rows);
        self.shown = (0..rows.len()).filter(|&i| rows[i].matches(words)).collect();
    }
}

impl Counts {
    fn of(rows: &[Arc<Brief>]) -> Self {
        let mut counts = Self::default();
        for b in rows {
            let one = match b.state {
                _ if b.needs_person() => &mut counts.need,
                Stage::Failed if b.is_news() => &mut counts.failed,
                Stage::Done if b.is_news() => &mut counts.done,
                state if state.has_session() => &mut counts.at_work,
                state if state.is_waiting() => &mut counts.waiting,
                _ => continue,
            };
            *one += 1;
        }
        counts
    }
}

impl State {
    /// Takes in what the clerk told. The mark stays with its task.
    pub fn take_tasks(&mut self, told: Result<Arc<Listing>, String>) {
        match told {
            Ok(listing) => {
                let marked = self.marked_task().map(|b| b.id);
                self.tasks.counts = Counts::of(&listing.rows);
                self.tasks.listing = Some(listing);
                self.tasks.fault = None;
                self.tasks.sift();
                self.mark_task(marked);
                self.share_tasks();
            }
            Err(why) => self.tasks.fault = Some(why),
        }
    }

    /// Changes the filter's words. The mark stays with its task where that is still shown.
    pub fn filter_tasks(&mut self, change: impl FnOnce(&mut Input)) {
        let marked = self.marked_task().map(|b| b.id);
        change(&mut self.tasks.filter);
        self.tasks.sift();
        self.mark_task(marked);
    }

    /// The task whose row is marked in the open panel.
    pub fn marked_task(&self) -> Option<&Arc<Brief>> {
        self.tasks.nth(self.panel_row).filter(|_| self.open_panel == Some(PanelId::Tasks))
    }

    fn mark_task(&mut self, id: Option<crate::domain::task::TaskId>) {
        if self.open_panel == Some(PanelId::Tasks) {
            let at = id.and_then(|id| self.tasks.shown().position(|b| b.id == id));
            let last = self.tasks.shown.len().saturating_sub(1);
            self.panel_row = at.unwrap_or(self.panel_row).min(last);
        }
    }

    /// Each session knows the tasks that it has: what is at work there first.
    pub fn share_tasks(&mut self) {
        let Some(listing) = &self.tasks.listing else { return };
        let held: Vec<&Arc<Brief>> = listing.rows.iter().filter(|b| b.state.has_session()).collect();
        let now = self.now;
        let there: Vec<_> =
            self.fleet.sessions.iter().filter_map(|s| s.pane.as_ref()).map(|p| p.identity).collect();
        for s in &mut self.fleet.sessions {
            let pane = s.pane.as_ref().map(|p| p.identity);
            let first = s.label == s.name.as_str();
            // A task whose pane is gone is shown where its session is now.
            let its = |b: &Brief| match b.pane.filter(|p| there.contains(p)) {
                Some(its) => pane == Some(its),
                None => first && b.session.as_ref() == Some(&s.name),
            };
            s.tasks = held.iter().filter(|b| its(b)).map(|b| Arc::clone(b)).collect();
            s.tasks.sort_by_key(|b| !b.occupied.contains(&s.name));
            let mono = |b: &Arc<Brief>| {
                let ago = now.utc.duration_since(b.since).try_into().unwrap_or_default();
                now.mono.saturating_sub(ago)
            };
            s.owes = s.tasks.iter().filter(|b| b.needs_person()).map(mono).min();
        }
    }
}
