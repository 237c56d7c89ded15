//! When time alone changes something in the queue: whoever looks after it sleeps until then. Pure, and exact: before that
//! moment a tick changes nothing, at that moment it does.

use super::attempt::End;
use super::clock::QueueTime;
use super::event::Sight;
use super::queue::Queue;
use super::report::GATHERED;
use super::{Kind, State, Task, TaskId};
use crate::domain::session::PaneIdentity;

impl Queue {
    /// The next moment at which [`Event::Tick`](super::Event::Tick) changes a task; it may be past.
    pub fn ticks_at(&self) -> Option<QueueTime> {
        self.tasks.values().filter_map(|t| self.changes_at(t)).min()
    }

    /// The next moment after `at` at which a task that pauses may be handed out again.
    pub fn ready_at(&self, at: QueueTime) -> Option<QueueTime> {
        let pauses = |t: &&Task| t.state == State::Queued && t.not_before > at && self.is_handed_out(t);
        self.tasks.values().filter(pauses).map(|t| t.not_before).min()
    }

    fn changes_at(&self, task: &Task) -> Option<QueueTime> {
        let rules = &self.rules;
        let step = |within| task.current().map(|a| a.step_at.plus(within));
        let taken = |within| task.current().and_then(|a| a.delivered_at).map(|at| at.plus(within));
        let overdue = || taken(task.timeout).filter(|_| !task.overdue);
        let state = match task.state {
            State::Leased => step(rules.lease),
            State::Typing | State::Typed => step(rules.typing),
            State::Delivered => {
                let quiet = taken(rules.start).filter(|_| task.reason.is_none());
                quiet.into_iter().chain(overdue()).min()
            }
            State::Working => overdue(),
            State::Queued if task.kind == Kind::Message => Some(task.ready.plus(task.timeout)),
            _ => None,
        };
        let told = task.finished_at.filter(|_| task.unreported).map(|end| end.plus(GATHERED));
        state.into_iter().chain(told).min()
    }

    /// Whether a look at that pane changes something. Most do not.
    pub(super) fn sees_anew(&self, pane: PaneIdentity, sight: Sight) -> bool {
        let settled = matches!(sight, Sight::Idle(d) if d >= self.rules.settle);
        let frees = settled || matches!(sight, Sight::Ended | Sight::Cleared);
        self.in_pane(pane).into_iter().any(|id| {
            let Some(task) = self.get(id) else { return false };
            let abandoned = |a: &super::Attempt| a.end == Some(End::Abandoned) && a.pane == pane;
            let current = task.current().filter(|a| a.pane == pane);
            (frees && task.attempts.iter().any(abandoned))
                || current.is_some_and(|a| self.concerns_current(id, task.state, sight, a.rested))
        })
    }

    fn concerns_current(&self, id: TaskId, state: State, sight: Sight, rested: bool) -> bool {
        let at_work = self.at_work.contains(&id);
        let rests = at_work || (state == State::Held && !rested);
        match sight {
            Sight::Working => !at_work || state == State::Delivered,
            Sight::Idle(d) => rests || (state == State::Working && d >= self.rules.settle),
            Sight::Cleared => rests || state != State::Leased,
            Sight::Ended => true,
            Sight::Other => false,
        }
    }
}
