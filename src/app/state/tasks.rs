//! The task queue as the clerk told it: what is listed, what a filter lets through, which task is marked. How a task stands
//! is for `domain::task`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::branches::Place;
use super::form::{Fit, Form, Kind};
use super::{Session, State};
use crate::app::effect::Effect;
use crate::app::panel::PanelId;
use crate::domain::branch::survey::Home;
use crate::domain::session::SessionName;
use crate::domain::status::State as Status;
use crate::domain::task::{
    Brief, Candidate, Listing, Misfit, Rules, Sender, State as Stage, Task, TaskId, Wish, dispatch,
};

/// The task queue.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    /// What lies in it; `None` before the first word.
    listing: Option<Arc<Listing>>,
    /// Why it cannot be read now.
    pub fault: Option<String>,
    /// The rows that the panel's filter lets through, as indices into the listing.
    shown: Vec<usize>,
    counts: Counts,
    /// Who wishes here, and how that is known; or why nobody may.
    pub sender: Sends,
    /// Forms that were put aside.
    pub drafts: Vec<Form>,
    /// When they are to be kept on disk: they have changed.
    pub unkept: Option<Duration>,
    /// What the queue was asked and has not answered, by number.
    pub pending: BTreeMap<u64, Pending>,
    /// The number of the last wish.
    asked: u64,
    /// Whose page was asked for, and what for.
    pub wanted: Option<(TaskId, Purpose)>,
}

/// Who wishes at this screen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sends(pub Result<(Sender, String), String>);

impl Default for Sends {
    fn default() -> Self {
        Self(Ok((Sender::Operator, "in the control room".into())))
    }
}

/// What the queue was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// What a form says.
    Form(Kind),
    /// Something of one task; the wish is for asking again, when the person is sure.
    Act(Wish),
    /// Something of which nothing needs to be told.
    Quiet,
}

/// What a page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be shown.
    Show,
    /// To be changed.
    Edit,
    /// To be handed to another session.
    Hand,
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

    /// The same, as places in the whole list.
    pub fn passed(&self) -> &[usize] {
        &self.shown
    }

    /// How many are how, whatever the filter.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Numbers a wish and remembers what it was for.
    pub fn ask(&mut self, wish: Wish, pending: Pending) -> Effect {
        self.asked += 1;
        self.pending.insert(self.asked, pending);
        Effect::Wish(self.asked, wish)
    }

    /// The number of the last wish.
    pub fn last_asked(&self) -> u64 {
        self.asked
    }

    /// Lets through what has these words.
    pub fn sift(&mut self, words: &str) {
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
                self.tasks.sift(self.filters.of(PanelId::Tasks));
                self.mark_task(marked);
                self.share_tasks();
            }
            Err(why) => self.tasks.fault = Some(why),
        }
    }

    /// The task whose row is marked in the open panel.
    pub fn marked_task(&self) -> Option<&Arc<Brief>> {
        self.tasks.nth(self.panel_row).filter(|_| self.open_panel == Some(PanelId::Tasks))
    }

    fn mark_task(&mut self, id: Option<TaskId>) {
        if self.open_panel == Some(PanelId::Tasks) {
            let at = id.and_then(|id| self.tasks.shown().position(|b| b.id == id));
            let last = self.tasks.shown.len().saturating_sub(1);
            self.panel_row = at.unwrap_or(self.panel_row).min(last);
        }
    }

    /// How each session of the roster would take a task of ours, or that one, if a person handed it over now.
    pub fn fits(&self, task: Option<&Task>) -> Vec<Fit> {
        let rules = Rules::default();
        let has = |name: &SessionName| {
            let other = |b: &&Arc<Brief>| b.occupied.contains(name) && task.is_none_or(|t| t.id != b.id);
            self.tasks.rows().iter().find(other).map(|b| b.id)
        };
        let from = task.map_or(&Sender::Operator, |t| &t.from);
        let dir = task.and_then(|t| t.dir.as_ref());
        // Of a session with several panes nobody can say here which one is meant: its first counts.
        let ours = self.fleet.sessions.iter().filter(|s| s.member.is_some() && s.label == s.name.as_str());
        let fit = |s: &Session| match &s.pane {
            None => Err(Misfit::State(Status::Gone)),
            Some(pane) => {
                let seen = Candidate::seen(pane, s.member.clone(), &s.tracker, self.now.mono);
                let candidate = Candidate { tree: self.folder(s), ..seen };
                dispatch::would_fit(&rules, &self.fleet.roster, (from, dir), &candidate, has(&s.name))
            }
        };
        ours.map(|s| Fit { name: s.name.clone(), fit: fit(s) }).collect()
    }

    fn folder(&self, s: &Session) -> Option<String> {
        if let Some(folder) = self.folder_of(s) {
            return Some(folder.to_string_lossy().into_owned());
        }
        let path = match self.place_of(s) {
            Place::Tree(seen) => &seen.tree.path,
            Place::Home(Home::Tree(path) | Home::Outside(path)) => path,
            Place::Home(Home::Unknown(_)) | Place::Pending => return None,
        };
        Some(path.to_string_lossy().into_owned())
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
            let given = |b: &&Arc<Brief>| b.state == Stage::Delivered;
            s.ward.given = s.tasks.iter().filter(given).map(mono).min();
            let overdue = s.tasks.iter().find(|b| b.overdue);
            s.ward.overdue = overdue.map(|b| format!("task {}", b.id));
            s.owes = s.tasks.iter().filter(|b| b.needs_person()).map(mono).min();
        }
    }
}
