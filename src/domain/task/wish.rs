//! What people (and agents, as far as they may) wish of the queue. A wish is granted as a whole or refused as a whole.

use std::collections::BTreeMap;

use super::attempt::End;
use super::clock::{Now, QueueTime};
use super::edit::Edit;
use super::entry::{After, Request};
use super::event::Effect;
use super::queue::{Queue, Turn};
use super::refusal::Refusal;
use super::text::ContentHash;
use super::{Evidence, Sender, State, Task, TaskId};
use crate::domain::session::SessionName;

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Queue these, all or none.
    Add(Vec<Request>),
    /// Take it back.
    Cancel(TaskId, Sure),
    /// Hand it out again.
    Retry(TaskId, Sure),
    /// Hand it to this session.
    Reassign(TaskId, SessionName, Sure),
    /// A person has seen that it is done.
    Close(TaskId),
    /// Change a task that still waits.
    Edit(TaskId, Edit),
    /// Put the first, which waits, right before the second.
    Before(TaskId, TaskId),
    /// The person has looked at how these ended.
    Seen(Vec<TaskId>),
}

impl Wish {
    /// The tasks that it names.
    pub fn mentions(&self) -> Vec<TaskId> {
        match self {
            Self::Add(requests) => requests.iter().flat_map(Request::waits_for).collect(),
            Self::Cancel(id, _)
            | Self::Retry(id, _)
            | Self::Reassign(id, ..)
            | Self::Close(id)
            | Self::Edit(id, _) => vec![*id],
            Self::Before(id, other) => vec![*id, *other],
            Self::Seen(ids) => ids.clone(),
        }
    }
}

/// Whether the person knows what a wish means for a copy that an agent may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// Ask first where it matters.
    Ask,
    /// Has been asked.
    Yes,
}

/// A granted wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The tasks it is about; for new ones in the order of the requests.
    pub ids: Vec<TaskId>,
    /// To be carried out once the changes are on disk.
    pub effects: Vec<Effect>,
}

impl Queue {
    /// Grants or refuses a wish. The clock is read, not moved: several programs may wish, one of them watches.
    pub fn ask(&mut self, wish: Wish, now: Now) -> Result<Granted, Refusal> {
        let mut turn = Turn { now, at: self.clock.read(now), effects: Vec::new() };
        let ids = match wish {
            Wish::Add(requests) => self.add(requests, &turn)?,
            Wish::Cancel(id, sure) => self.cancel(id, sure, &mut turn).map(|()| vec![id])?,
            Wish::Retry(id, sure) => self.retry(id, sure, &turn).map(|()| vec![id])?,
            Wish::Reassign(id, to, sure) => self.reassign(id, to, sure, &turn).map(|()| vec![id])?,
            Wish::Close(id) => self.close(id, &mut turn).map(|()| vec![id])?,
            Wish::Edit(id, edit) => self.edit(id, edit, &turn).map(|()| vec![id])?,
            Wish::Before(id, other) => self.reorder(id, other, &turn).map(|()| vec![id])?,
            Wish::Seen(ids) => self.looked_at(ids),
        };
        Ok(Granted { ids, effects: turn.effects })
    }

    fn add(&mut self, requests: Vec<Request>, turn: &Turn) -> Result<Vec<TaskId>, Refusal> {
        self.admit(&requests, turn.at)?;
        let first = self.last() + 1;
        let nth = |i: usize| TaskId(first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX)));
        let mut ids = Vec::new();
        for r in requests {
            let mut after: Vec<TaskId> = r
                .after
                .iter()
                .map(|a| match a {
                    After::Task(id) => *id,
                    After::Entry(i) => nth(*i),
                })
                .collect();
            after.dedup();
            let timeout = r.timeout.unwrap_or(self.rules.timeout);
            let id = self.create(|id| Task {
                kind: r.kind,
                priority: r.priority,
                target: r.target,
                role: r.role,
                tier: r.tier,
                dir: r.dir,
                origin: r.origin,
                reply: r.reply,
                after,
                key: r.key,
                timeout,
                ..Task::new(id, r.text, r.from, turn.now.wall, turn.at)
            });
            ids.push(id);
        }
        for &id in &ids {
            self.block(id);
        }
        Ok(ids)
    }

    /// All that can be wrong with new tasks, before the first is taken in.
    fn admit(&self, requests: &[Request], at: QueueTime) -> Result<(), Refusal> {
        for r in requests {
            for id in r.waits_for() {
                let on = self.get(id).ok_or(Refusal::NoTask(id))?;
                if matches!(on.state, State::Failed | State::Cancelled) {
                    return Err(Refusal::DeadDependency { on: id, state: on.state });
                }
            }
        }
        if let Some(circle) = circle(requests) {
            return Err(Refusal::Cycle(circle));
        }
        self.admit_sender(requests)?;
        self.admit_new(requests, at)
    }

    fn admit_sender(&self, requests: &[Request]) -> Result<(), Refusal> {
        let Some(from @ Sender::Session(_)) = requests.first().map(|r| &r.from) else { return Ok(()) };
        let own = |t: &&Task| &t.from == from && !t.state.is_finished();
        let open = self.of_asker.unwrap_or_else(|| self.tasks.values().filter(own).count());
        if open + requests.len() > self.rules.per_sender {
            return Err(Refusal::TooMany(open));
        }
        Ok(())
    }

    /// Against duplicates: a key stands for a task, whatever its text; without one the text and whom it is for.
    fn admit_new(&self, requests: &[Request], at: QueueTime) -> Result<(), Refusal> {
        let mut known: BTreeMap<Same<'_>, &Task> = BTreeMap::new();
        if requests.iter().any(|r| !r.again) {
            for t in self.tasks.values().filter(|t| self.still_counts(t, at)) {
                known.insert(Same::of(t.key.as_deref(), t.hash, t.target.as_ref(), t.role.as_deref()), t);
            }
        }
        let mut here: BTreeMap<Same<'_>, usize> = BTreeMap::new();
        for (i, r) in requests.iter().enumerate().filter(|(_, r)| !r.again) {
            let same = Same::of(r.key.as_deref(), r.text.hash(), r.target.as_ref(), r.role.as_deref());
            if let Some(t) = known.get(&same) {
                return Err(Refusal::Duplicate { of: t.id, state: t.state, key: r.key.clone() });
            }
            if let Some(first) = here.insert(same, i) {
                return Err(Refusal::DuplicateInPlan(first + 1, i + 1));
            }
        }
        Ok(())
    }

    /// A task that a person took back is no reason to refuse another; one that was finished is for a while.
    fn still_counts(&self, t: &Task, at: QueueTime) -> bool {
        match (t.state, t.finished_at) {
            (State::Cancelled, _) => false,
            (_, Some(end)) => at.since(end) < self.rules.same_again,
            (_, None) => true,
        }
    }

    fn cancel(&mut self, id: TaskId, sure: Sure, turn: &mut Turn) -> Result<(), Refusal> {
        let state = self.open(id)?;
        self.let_go(id, state, sure, "cancelling it sends nothing there")?;
        self.change(id, |t| t.reason = Some("a person took it back".into()));
        self.finish(id, State::Cancelled, turn);
        Ok(())
    }

    fn retry(&mut self, id: TaskId, sure: Sure, turn: &Turn) -> Result<(), Refusal> {
        let nothing = |why: &str| Err(Refusal::NothingToDo { id, why: why.into() });
        match self.get(id).ok_or(Refusal::NoTask(id))?.state {
            state @ State::Done => Err(Refusal::Finished { id, state }),
            State::Leased | State::Typing | State::Typed => nothing("is being handed over right now"),
            State::Delivered | State::Working => Err(Refusal::AtWork(id)),
            State::Blocked => nothing("waits for another task"),
            state @ (State::Held | State::Queued | State::Failed | State::Cancelled) => {
                self.let_go(id, state, sure, "retrying it may have it done twice")?;
                self.revive(id, turn);
                Ok(())
            }
        }
    }

    fn reassign(&mut self, id: TaskId, to: SessionName, sure: Sure, turn: &Turn) -> Result<(), Refusal> {
        let task = self.get(id).ok_or(Refusal::NoTask(id))?;
        let state = task.state;
        let there = match state {
            State::Done => return Err(Refusal::Finished { id, state }),
            State::Delivered | State::Working => task.session() == Some(&to),
            State::Queued | State::Blocked => task.target.as_ref() == Some(&to),
            _ => false,
        };
        if there {
            return Err(Refusal::NothingToDo { id, why: format!("is with {to} already") });
        }
        self.let_go(id, state, sure, "it may go on there; nothing is sent to it")?;
        self.note(id, format!("a person gives it to {to}"));
        self.change(id, |t| {
            (t.target, t.given) = (Some(to), true);
            t.role = None;
            t.tier = None;
        });
        self.revive(id, turn);
        Ok(())
    }

    fn close(&mut self, id: TaskId, turn: &mut Turn) -> Result<(), Refusal> {
        let state = self.open(id)?;
        // The person knows what the copy is at: no need to ask.
        self.let_go(id, state, Sure::Yes, "")?;
        self.change(id, |t| {
            t.reason = None;
            t.evidence.push(Evidence::Person("a person said that it is done".into()));
        });
        self.finish(id, State::Done, turn);
        Ok(())
    }

    /// Those of them that are over, and were not looked at before.
    fn looked_at(&mut self, ids: Vec<TaskId>) -> Vec<TaskId> {
        let news = |id: &TaskId| self.get(*id).is_some_and(|t| t.state.is_finished() && !t.seen);
        let news: Vec<TaskId> = ids.into_iter().filter(news).collect();
        for &id in &news {
            self.change(id, |t| t.seen = true);
        }
        news
    }

    fn open(&self, id: TaskId) -> Result<State, Refusal> {
        match self.get(id).ok_or(Refusal::NoTask(id))?.state {
            state if state.is_finished() => Err(Refusal::Finished { id, state }),
            state => Ok(state),
        }
    }

    /// Ends the attempt under way. A copy that an agent may have is abandoned, after having asked.
    fn let_go(&mut self, id: TaskId, state: State, sure: Sure, means: &str) -> Result<(), Refusal> {
        match state {
            State::Typing | State::Typed => Err(Refusal::AtKeyboard(id)),
            State::Leased => {
                self.end_attempt(id, End::Declined);
                Ok(())
            }
            State::Delivered | State::Working | State::Held => {
                let task = self.get(id).ok_or(Refusal::NoTask(id))?;
                if sure == Sure::Ask && task.current().is_some() {
                    let with = task.session().map(|s| format!(" in {s}")).unwrap_or_default();
                    let seen = task.reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
                    let why = format!("task {id} is {}{with}{seen}; {means}", state.word());
                    return Err(Refusal::AskFirst { id, why });
                }
                self.end_attempt(id, End::Abandoned);
                Ok(())
            }
            State::Queued | State::Blocked | State::Done | State::Failed | State::Cancelled => Ok(()),
        }
    }

    /// Back into the queue as if it had never been handed out, but at its old place.
    fn revive(&mut self, id: TaskId, turn: &Turn) {
        self.change(id, |t| {
            t.state = State::Queued;
            t.overdue = false;
            t.not_before = turn.at;
            t.declined = 0;
            t.died = 0;
            t.unreported = false;
            t.finished = None;
            t.finished_at = None;
            t.reason = None;
            t.seen = false;
        });
        self.block(id);
        self.tell_waiters(id, turn.at);
    }

    /// A task that has to wait for another says so.
    fn block(&mut self, id: TaskId) {
        if let Some(reason) = self.waits_for(id).map(|on| self.waiting_for(on)) {
            self.change(id, |t| {
                t.state = State::Blocked;
                t.reason = Some(reason);
            });
        }
    }
}

/// What makes two tasks the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Same<'a> {
    Key(&'a str),
    Text(ContentHash, Option<&'a SessionName>, Option<&'a str>),
}

impl<'a> Same<'a> {
    fn of(
        key: Option<&'a str>,
        hash: ContentHash,
        target: Option<&'a SessionName>,
        role: Option<&'a str>,
    ) -> Self {
        key.map_or(Self::Text(hash, target, role), Self::Key)
    }
}

/// Entries of one batch that wait for each other in a circle, as places counted from 1, the first one twice. New tasks can
/// wait only for older ones and for each other, so this is the only place where a circle can come from.
fn circle(requests: &[Request]) -> Option<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Clear,
    }
    let next = |i: usize| {
        requests[i].after.iter().filter_map(|a| match a {
            After::Entry(n) if *n < requests.len() => Some(*n),
            _ => None,
        })
    };
    let mut marks = vec![Mark::New; requests.len()];
    for start in 0..requests.len() {
        if marks[start] != Mark::New {
            continue;
        }
        // Depth first with a stack of our own: a plan may be a thousand entries deep.
        marks[start] = Mark::Open;
        let mut path = vec![(start, next(start).collect::<Vec<_>>())];
        while let Some((at, rest)) = path.last_mut() {
            match rest.pop() {
                None => {
                    marks[*at] = Mark::Clear;
                    path.pop();
                }
                Some(n) if marks[n] == Mark::Open => {
                    let from = path.iter().position(|(i, _)| *i == n).unwrap_or_default();
                    return Some(path[from..].iter().map(|(i, _)| i + 1).chain([n + 1]).collect());
                }
                Some(n) if marks[n] == Mark::New => {
                    marks[n] = Mark::Open;
                    let more = next(n).collect();
                    path.push((n, more));
                }
                Some(_) => {}
            }
        }
    }
    None
}
