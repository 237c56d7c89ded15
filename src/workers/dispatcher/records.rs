//! Agents' own records: asked beside, where the screen does not tell what became of a text, or whether there was work while
//! nobody looked. What they say is the agents' word.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Dispatcher, Done, monotonic};
use crate::domain::session::PaneIdentity;
use crate::domain::task::hand::Heard;
use crate::domain::task::record::{Sought, Trace};
use crate::domain::task::{Event, Sight, State, Task, TaskId};
use crate::ports::{Folders, Hands, Press, Processes, TaskBook};

/// The first pause between two questions whether there was work; doubled each time, up to 32 times.
const PAUSE: Duration = Duration::from_secs(1);

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// Looks a task's text up in the record of the agent that has it.
    pub(super) fn ask_record(&mut self, id: TaskId) {
        let task = self.book.as_ref().and_then(|d| B::queue(d).get(id));
        let Some((attempt, since, text)) = task.and_then(|t| {
            let a = t.current()?;
            Some((a, a.typing?, t.typed()))
        }) else {
            return;
        };
        let (number, pane, sought) = (attempt.number, attempt.pane, Sought { text, since });
        let processes = self.processes.clone();
        let asked = tokio::task::spawn_blocking(move || processes.trace(pane, &sought));
        self.beside.push(Box::pin(async move {
            let broken =
                |e: tokio::task::JoinError| Trace::Unread(format!("looking into its record failed: {e}"));
            Done::Traced(id, number, asked.await.unwrap_or_else(broken))
        }));
    }

    pub(super) fn traced(&mut self, id: TaskId, attempt: u32, trace: Trace) {
        let task = self.book.as_ref().and_then(|d| B::queue(d).get(id));
        let current = task.and_then(Task::current).filter(|a| a.number == attempt);
        let Some(pane) = current.map(|a| a.pane) else { return };
        let worked = trace.after().is_some_and(|a| a.answered);
        if self.errands.contains_key(&id) {
            self.heard(id, Heard::Record(trace));
        }
        // Told behind the step: it is work on this text only once the text was taken.
        if worked {
            self.news.push(Event::Saw { pane, sight: Sight::Working });
        }
    }

    /// Where a task may be, the conversation's name tells whether it was cleared.
    pub(super) fn ask_names(&mut self, now: Duration) {
        let Some(book) = &self.book else { return };
        let panes: BTreeSet<PaneIdentity> =
            B::queue(book).out().flat_map(|t| t.occupied().map(|a| a.pane)).collect();
        for pane in panes {
            let due = |d: &&mut super::Desk| d.info.identity == pane && d.talk.is_some_and(|at| at <= now);
            let Some(desk) = self.panes.get_mut(&pane.id).filter(due) else { continue };
            desk.talk = None;
            let name = self.processes.conversation(pane);
            self.news.extend(name.map(|conversation| Event::Talks { pane, conversation }));
        }
    }

    /// Tasks that were taken and whose agents are at rest, but of which no work was seen: their records may tell.
    pub(super) fn seek_work(&mut self) {
        let now = monotonic();
        let ids: Vec<TaskId> = self.unseen(now).filter(|id| self.sought_at(*id) <= now).collect();
        self.sought.retain(|_, (at, _)| now < *at + PAUSE * 64);
        for id in ids {
            let times = self.sought.get(&id).map_or(0, |(_, n)| *n);
            self.sought.insert(id, (now + PAUSE * 2_u32.pow(times.min(5)), times + 1));
            self.ask_record(id);
        }
    }

    /// When that is done again.
    pub(super) fn seeks_at(&self, now: Duration) -> Option<Duration> {
        self.unseen(now).map(|id| self.sought_at(id)).min()
    }

    fn unseen(&self, now: Duration) -> impl Iterator<Item = TaskId> {
        let at_rest = move |t: &&Task| {
            let desk =
                t.current().and_then(|a| self.panes.get(&a.pane.id).filter(|d| d.info.identity == a.pane));
            t.state == State::Delivered && desk.is_some_and(|d| matches!(d.sight(now), Sight::Idle(_)))
        };
        self.book.iter().flat_map(|desk| B::queue(desk).out()).filter(at_rest).map(|t| t.id)
    }

    fn sought_at(&self, id: TaskId) -> Duration {
        self.sought.get(&id).map_or(Duration::ZERO, |(at, _)| *at)
    }
}
