//! What a person changes in a task that nobody has yet: its words, its urgency, its time, its place in the line.

use std::time::Duration;

use super::clock::QueueTime;
use super::entry;
use super::queue::{Queue, Turn};
use super::refusal::Refusal;
use super::{Priority, State, Task, TaskId, TaskText};

/// A change. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Other words.
    pub text: Option<TaskText>,
    /// Another urgency.
    pub priority: Option<Priority>,
    /// Another time limit.
    pub timeout: Option<Duration>,
}

/// Ranks of neighbours are this far apart when tasks are queued: room for twenty tasks put between the same two.
const APART: i64 = 1 << 20;

impl Task {
    /// Its place among tasks of the same urgency: by number, unless a person put it elsewhere.
    pub fn place(&self) -> i64 {
        self.rank.unwrap_or_else(|| i64::from(self.id.0) * APART)
    }
}

impl Queue {
    pub(super) fn edit(&mut self, id: TaskId, edit: Edit, turn: &Turn) -> Result<(), Refusal> {
        self.waits_still(id)?;
        if edit.timeout.is_some_and(|t| t.is_zero() || t > entry::TIMEOUT) {
            return Err(Refusal::BadTimeout);
        }
        let before = self.get(id).cloned();
        self.change(id, |t| {
            if let Some(text) = edit.text {
                t.hash = text.hash();
                t.text = text;
            }
            if let Some(priority) = edit.priority.filter(|p| *p != t.priority) {
                t.priority = priority;
                // Its waiting so far counted for the old urgency; its place is that of its number again.
                t.ready = turn.at;
                t.rank = None;
            }
            t.timeout = edit.timeout.unwrap_or(t.timeout);
        });
        if self.get(id) == before.as_ref() {
            return Err(Refusal::NothingToDo { id, why: "is so already".into() });
        }
        self.note(id, "a person changed it".into());
        Ok(())
    }

    /// Puts a waiting task right before another one: with its urgency, its waiting time, its place.
    pub(super) fn reorder(&mut self, id: TaskId, before: TaskId, turn: &Turn) -> Result<(), Refusal> {
        self.waits_still(id)?;
        self.waits_still(before)?;
        let nothing = |why: String| Err(Refusal::NothingToDo { id, why });
        if id == before {
            return nothing("cannot stand before itself".into());
        }
        let Some(other) = self.get(before) else { return Err(Refusal::NoTask(before)) };
        let (priority, ready, below) = (other.priority, other.ready, other.place());
        let urgency = |t: &Task, at: QueueTime| t.priority.aged(at.since(t.ready), self.rules.ageing);
        let same = urgency(other, turn.at);
        let neighbours = self.tasks.values().filter(|t| {
            t.id != id && t.state.is_waiting() && t.place() < below && urgency(t, turn.at) == same
        });
        let above = neighbours.map(Task::place).max().unwrap_or(below - 2 * APART);
        let place = above + (below - above) / 2;
        if place == above {
            return nothing(format!("finds no room before #{before}; give it another priority"));
        }
        self.note(id, format!("a person put it before #{before}"));
        self.change(id, |t| {
            t.priority = priority;
            t.ready = ready;
            t.rank = Some(place);
        });
        Ok(())
    }

    fn waits_still(&self, id: TaskId) -> Result<(), Refusal> {
        let state = self.get(id).ok_or(Refusal::NoTask(id))?.state;
        match state {
            State::Queued | State::Blocked => Ok(()),
            State::Leased | State::Typing | State::Typed => Err(Refusal::AtKeyboard(id)),
            State::Delivered | State::Working | State::Held => Err(Refusal::NothingToDo {
                id,
                why: format!("is {}: what was handed over cannot be changed any more", state.word()),
            }),
            State::Done | State::Failed | State::Cancelled => Err(Refusal::Finished { id, state }),
        }
    }
}
