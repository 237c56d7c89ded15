//! The queue as a value: all tasks, and the one place that changes them. Steps of a delivery are in `delivery`, what
//! sessions are seen to do in `watch`, wishes of people in `wish`, who gets what in `dispatch`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::clock::{Now, QueueClock, QueueTime};
use super::event::{Effect, Errand, Event, News, Step};
use super::report::Notice;
use super::{Kind, State, Task, TaskId};
use crate::domain::session::{PaneIdentity, SessionName};

/// The numbers by which the queue goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Waiting this long counts for one level of priority.
    pub ageing: Duration,
    /// A session must have been idle for this long before it gets a task …
    pub rest: Duration,
    /// … and for this long after it before the task counts as done.
    pub settle: Duration,
    /// A chosen session must be looked at again within this time.
    pub lease: Duration,
    /// A paste, and an Enter, must be seen to work within this time.
    pub typing: Duration,
    /// After this time without any work seen, a delivered task says so.
    pub start: Duration,
    /// Time limit of a task that names none.
    pub timeout: Duration,
    /// The first pause after a hand-out that came to nothing; doubled each time …
    pub pause: Duration,
    /// … up to this.
    pub longest_pause: Duration,
    /// Agents that may end with the task before it is given up.
    pub lives: u32,
    /// The same text for the same target is refused for this long after the first was finished.
    pub same_again: Duration,
    /// A session with less context left than this many percent gets no task.
    pub least_context: u8,
    /// Unfinished tasks that one session may have queued.
    pub per_sender: usize,
    /// Nothing but this is handed out.
    pub only: Option<Kind>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ageing: Duration::from_secs(30 * 60),
            rest: Duration::from_millis(300),
            settle: Duration::from_secs(2),
            lease: Duration::from_secs(30),
            typing: Duration::from_secs(30),
            start: Duration::from_secs(60),
            timeout: Duration::from_secs(30 * 60),
            pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(5 * 60),
            lives: 3,
            same_again: Duration::from_secs(10 * 60),
            least_context: 10,
            per_sender: 1000,
            only: None,
        }
    }
}

/// One line of a task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Which task.
    pub id: TaskId,
    /// Which attempt; 0 before the first.
    pub attempt: u32,
    /// The state it came to.
    pub state: State,
    /// With whom.
    pub session: Option<SessionName>,
    /// Why.
    pub reason: Option<String>,
}

/// What has changed since it was last asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Tasks that differ.
    pub tasks: BTreeSet<TaskId>,
    /// What happened, in order.
    pub log: Vec<LogLine>,
    /// What those who asked are told.
    pub inbox: Vec<Notice>,
}

/// All tasks.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pub(super) rules: Rules,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    /// Tasks of which a copy may be somewhere: the only ones that a look at a session can concern.
    pub(super) out: BTreeSet<TaskId>,
    /// Tasks whose agent was at work when it was last looked at, in this run of the program.
    pub(super) at_work: BTreeSet<TaskId>,
    pub(super) clock: QueueClock,
    /// The highest number ever given.
    last: u32,
    /// How many unfinished tasks whoever asks has, where not all tasks are known here.
    pub(super) of_asker: Option<usize>,
    pub(super) changes: Changes,
}

impl Queue {
    /// A queue from what was stored: tasks, the highest number ever given, the clock.
    pub fn restore(
        rules: Rules,
        tasks: impl IntoIterator<Item = Task>,
        last: u32,
        clock: QueueClock,
    ) -> Self {
        let mut queue = Self { rules, last, clock: clock.stored(), ..Self::default() };
        for task in tasks {
            queue.put(task);
        }
        queue
    }

    /// Not all tasks are known here, only those that a wish is about: whoever asks has so many unfinished ones.
    pub fn knows_of_others(&mut self, unfinished: usize) {
        self.of_asker = Some(unfinished);
    }

    /// Takes in a task as another program stored it.
    pub fn put(&mut self, task: Task) {
        self.last = self.last.max(task.id.0);
        self.index(&task);
        self.tasks.insert(task.id, task);
    }

    /// The rules in force.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The clock, to be stored with the tasks.
    pub fn clock(&self) -> QueueClock {
        self.clock
    }

    /// The highest number ever given.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// One task.
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// All tasks by number.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.values()
    }

    /// The task that a session has, or of which a copy may still be there.
    pub fn holder(&self, session: &SessionName) -> Option<&Task> {
        self.out().find(|t| t.occupied().any(|a| &a.session == session))
    }

    /// The same for all sessions at once.
    pub(super) fn holders(&self) -> BTreeMap<&SessionName, TaskId> {
        self.out().flat_map(|t| t.occupied().map(|a| (&a.session, t.id))).collect()
    }

    /// The tasks of which a copy may be somewhere.
    pub fn out(&self) -> impl Iterator<Item = &Task> {
        self.out.iter().filter_map(|id| self.tasks.get(id))
    }

    /// What has to be stored; asking empties it.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// False for facts that are sure to change nothing: most looks at most sessions.
    pub fn concerns(&self, event: &Event) -> bool {
        match event {
            Event::Saw { pane, sight } => self.sees_anew(*pane, *sight),
            Event::Talks { pane, conversation } => self.talks_anew(*pane, conversation),
            Event::Panes(panes) => {
                let there = |t: &Task| t.occupied().all(|a| panes.contains(&a.pane));
                !self.out().all(there)
            }
            Event::Waits { id, why } => self.says_anew(*id, why),
            Event::Started
            | Event::Leased { .. }
            | Event::Stepped { .. }
            | Event::Gathered { .. }
            | Event::Tick => true,
        }
    }

    /// Whether that would be a new reason for a waiting task.
    fn says_anew(&self, id: TaskId, why: &str) -> bool {
        self.get(id).is_some_and(|t| t.state == State::Queued && t.reason.as_deref() != Some(why))
    }

    /// Takes in a fact. What comes back may be carried out once the changes are on disk.
    pub fn apply(&mut self, event: Event, now: Now) -> Vec<Effect> {
        let at = self.clock.advance(now);
        let mut step = Turn { now, at, effects: Vec::new() };
        match event {
            Event::Started => self.started(&mut step),
            Event::Leased { id, session, pane } => self.leased(id, session, pane, &mut step),
            Event::Stepped { id, attempt, step: what } => self.stepped(id, attempt, what, &mut step),
            Event::Saw { pane, sight } => self.saw(pane, sight, &mut step),
            Event::Talks { pane, conversation } => self.talks(pane, &conversation, &mut step),
            Event::Panes(panes) => self.panes(&panes, &mut step),
            Event::Gathered { id, evidence } => self.gathered(id, evidence, &mut step),
            Event::Waits { id, why } => {
                if self.says_anew(id, &why) {
                    self.change(id, |t| t.reason = Some(why));
                }
            }
            Event::Tick => self.tick(&mut step),
        }
        step.effects
    }

    /// The one way in which a task changes: keeps the index, notes the change, writes the history.
    pub(super) fn change(&mut self, id: TaskId, f: impl FnOnce(&mut Task)) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let before = (task.state, task.attempts.len());
        f(task);
        if (task.state, task.attempts.len()) != before {
            self.changes.log.push(line(task));
        }
        if task.occupied().next().is_some() {
            self.out.insert(id);
        } else {
            self.out.remove(&id);
        }
        self.changes.tasks.insert(id);
    }

    /// Writes into a task's history what is no change of its state.
    pub(super) fn note(&mut self, id: TaskId, what: String) {
        if let Some(task) = self.tasks.get(&id) {
            self.changes.log.push(LogLine { reason: Some(what), ..line(task) });
        }
    }

    /// Takes in a task that is new.
    pub(super) fn create(&mut self, make: impl FnOnce(TaskId) -> Task) -> TaskId {
        let id = TaskId(self.last + 1);
        let task = make(id);
        self.changes.log.push(line(&task));
        self.changes.tasks.insert(id);
        self.put(task);
        id
    }

    fn index(&mut self, task: &Task) {
        if task.occupied().next().is_some() {
            self.out.insert(task.id);
        } else {
            self.out.remove(&task.id);
        }
    }

    /// Ends a task. Who waited for it moves up or is told why not; who asked for it is told.
    pub(super) fn finish(&mut self, id: TaskId, state: State, turn: &mut Turn) {
        self.change(id, |t| {
            t.state = state;
            t.overdue = false;
            t.finished = Some(turn.now.wall);
            t.finished_at = Some(turn.at);
        });
        match state {
            State::Done => turn.tell(id, News::Done),
            State::Failed => turn.tell(id, News::Failed),
            _ => {}
        }
        self.tell_waiters(id, turn.at);
        self.report(id, turn);
    }

    /// Puts a task under *held* with what was seen.
    pub(super) fn hold(&mut self, id: TaskId, why: impl Into<String>, turn: &mut Turn) {
        let why = why.into();
        self.change(id, |t| {
            t.state = State::Held;
            t.overdue = false;
            t.reason = Some(why);
        });
        self.tell_waiters(id, turn.at);
        turn.tell(id, News::Held);
        self.report(id, turn);
    }

    /// Tasks that wait for this one: those that wait for nothing more move up, the others say what they wait for.
    pub(super) fn tell_waiters(&mut self, on: TaskId, at: QueueTime) {
        let waits = |t: &&Task| t.state == State::Blocked && t.after.contains(&on);
        let waiters: Vec<TaskId> = self.tasks.values().filter(waits).map(|t| t.id).collect();
        for id in waiters {
            let reason = self.waits_for(id).map(|on| self.waiting_for(on));
            self.change(id, |t| {
                if reason.is_none() {
                    t.state = State::Queued;
                    t.ready = at;
                }
                t.reason = reason;
            });
        }
    }

    /// What a task that waits for another says.
    pub(super) fn waiting_for(&self, on: TaskId) -> String {
        match self.tasks.get(&on).map(|t| t.state) {
            Some(state @ (State::Failed | State::Cancelled | State::Held)) => {
                format!("waits for #{on}, which is {}", state.word())
            }
            _ => format!("waits for #{on}"),
        }
    }

    /// The first task that this one still waits for. One that is not known any more counts as not done.
    pub(super) fn waits_for(&self, id: TaskId) -> Option<TaskId> {
        let after = self.tasks.get(&id).map(|t| t.after.as_slice()).unwrap_or_default();
        after.iter().copied().find(|a| self.tasks.get(a).is_none_or(|t| t.state != State::Done))
    }

    fn stepped(&mut self, id: TaskId, attempt: u32, what: Step, turn: &mut Turn) {
        let current = self.get(id).and_then(Task::current).is_some_and(|a| a.number == attempt);
        if current {
            self.step(id, what, turn);
        }
    }

    /// What an effect is about.
    pub(super) fn errand(&self, id: TaskId) -> Option<Errand> {
        let task = self.tasks.get(&id)?;
        let a = task.attempts.last()?;
        let within = if task.state == State::Leased { self.rules.lease } else { self.rules.typing };
        Some(Errand { id, attempt: a.number, session: a.session.clone(), pane: a.pane, within })
    }

    /// Tasks of which a copy may be in that pane.
    pub(super) fn in_pane(&self, pane: PaneIdentity) -> Vec<TaskId> {
        let there = |id: &&TaskId| self.tasks.get(id).is_some_and(|t| t.occupied().any(|a| a.pane == pane));
        self.out.iter().filter(there).copied().collect()
    }
}

/// What goes through the handling of one event.
#[derive(Debug)]
pub(super) struct Turn {
    pub now: Now,
    pub at: QueueTime,
    pub effects: Vec<Effect>,
}

impl Turn {
    pub fn tell(&mut self, id: TaskId, news: News) {
        self.effects.push(Effect::Tell(id, news));
    }
}

fn line(task: &Task) -> LogLine {
    let last = task.attempts.last();
    LogLine {
        id: task.id,
        attempt: last.map_or(0, |a| a.number),
        state: task.state,
        session: last.map(|a| a.session.clone()),
        reason: task.reason.clone(),
    }
}
