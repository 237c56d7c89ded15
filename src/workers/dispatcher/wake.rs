//! When the dispatcher wakes by itself: the deadlines of the queue, of errands, of what panes show and of its own pauses.
//! Each is a moment at which something follows from time alone; between them it sleeps.

use std::time::Duration;

use tokio::time::Instant;

use super::{Dispatcher, monotonic};
use crate::domain::task::{Event, Now, Queue, Sight};
use crate::ports::{Folders, Hands, Press, Processes, Stirred, TaskBook};
use crate::workers::clock::clock;

/// After this time a queue that could not be read or written is read anew.
const AGAIN: Duration = Duration::from_secs(2);
/// Where the kernel does not tell of what others write, it is looked for so often.
const LOOK: Duration = Duration::from_secs(2);
/// Right behind a change of the queue its next one waits so long.
const FLOOR: Duration = Duration::from_millis(20);
/// While something is unfinished the queue's clock is kept: what it says is how long tasks have waited.
const KEEP: Duration = Duration::from_secs(60);

/// When time alone changes something in the queue. Worked out when it was read or written, not each time we sleep.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// A task changes.
    tick: Option<Duration>,
    /// One that paused can be handed out.
    ready: Option<Duration>,
    /// Something could be handed out now.
    waits: bool,
    /// Something is unfinished: what panes show counts.
    live: bool,
    /// The queue was last read or written, or that was tried.
    tried: Duration,
}

impl Due {
    /// The queue is this now.
    pub fn read(&mut self, queue: &Queue, now: Now) {
        let at = queue.clock().read(now);
        let then = |due: crate::domain::task::QueueTime| now.mono.saturating_add(due.since(at));
        let live = queue.tasks().any(crate::domain::task::Task::is_live);
        let keep = live.then(|| now.mono + KEEP);
        self.live = live;
        self.tick = queue.ticks_at().map(|due| then(due).max(now.mono + FLOOR)).into_iter().chain(keep).min();
        self.ready = queue.ready_at(at).map(then);
        self.waits = queue.is_waiting(now);
        self.tried = now.mono;
    }

    /// It was tried at that moment.
    pub fn tried(&mut self, now: Duration) {
        *self = Self { tried: now, ..Self::default() };
    }

    /// Whether it may be tried again.
    pub fn again(&self, now: Duration) -> bool {
        self.tried + AGAIN <= now
    }
}

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// The next moment at which something follows from time alone.
    pub(super) fn wake(&self) -> Option<Instant> {
        let now = monotonic();
        let seen = self.due.live.then(|| self.panes.values()).into_iter().flatten();
        let panes = seen.filter_map(|d| d.tracker.due());
        let errands = self.errands.values().map(super::Errand::due).filter(|at| *at < Duration::MAX);
        let due = panes.chain(errands).chain(self.chair.as_ref().and_then(|_| self.own_due(now))).min();
        due.map(|at| clock() + at.saturating_sub(now))
    }

    /// The same of what is only looked after with a chair.
    fn own_due(&self, now: Duration) -> Option<Duration> {
        let Some(book) = &self.book else { return Some(self.due.tried + AGAIN) };
        let queue = B::queue(book);
        let mut all: Vec<Duration> = Vec::new();
        all.extend(self.due.tick);
        if self.folder.is_none() {
            all.push(self.due.tried + LOOK);
        }
        if self.due.waits || self.due.ready.is_some() {
            all.extend(self.due.ready);
            all.extend(self.why);
            let rest = self.fixed.rules.rest;
            let rests = |d: &&super::Desk| d.is_idle() && d.lasts(now) < rest;
            all.extend(self.panes.values().filter(rests).map(|d| d.tracker.since() + rest));
            all.extend(self.panes.values().filter_map(|d| d.person).filter(|until| *until > now));
        }
        for attempt in queue.out().flat_map(super::task::Task::occupied) {
            let here = |d: &&super::Desk| d.info.identity == attempt.pane;
            let Some(desk) = self.panes.get(&attempt.pane.id).filter(here) else { continue };
            all.extend(desk.talk);
            let settle = self.fixed.rules.settle;
            let settled = Event::Saw { pane: attempt.pane, sight: Sight::Idle(settle) };
            if matches!(desk.sight(now), Sight::Idle(lasts) if lasts < settle) && queue.concerns(&settled) {
                all.push(desk.tracker.since() + settle);
            }
        }
        all.extend(self.seeks_at(now));
        all.into_iter().min()
    }

    /// What follows from the time now.
    pub(super) fn deadlines(&mut self, now: Duration) {
        let past = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        if past(self.due.tick) {
            self.due.tick = None;
            self.news.push(Event::Tick);
        }
        if past(self.due.ready) {
            self.due.ready = None;
            (self.due.waits, self.asks) = (true, true);
        }
        if self.folder.is_none() && self.book.is_some() && self.due.tried + LOOK <= now {
            self.due.tried = now;
            self.stirred = true;
        }
        if self.due.waits {
            // Whoever rested long enough, or whose person has gone, may get something.
            let over = |until: Duration| until <= now;
            let rest = self.fixed.rules.rest;
            for desk in self.panes.values_mut() {
                self.asks |= desk.person.take_if(|until| over(*until)).is_some();
            }
            self.asks |= self.panes.values().any(|d| d.is_idle() && over(d.tracker.since() + rest));
        }
        if past(self.why) {
            self.why = None;
            self.say_why();
        }
        self.ask_names(now);
    }

    /// Watches the queue's folder from now on.
    pub(super) fn watch(&mut self, folder: Option<std::path::PathBuf>) {
        if let Some(old) = self.folder.take() {
            self.folders.forget(&old);
        }
        self.folder = folder.filter(|f| self.folders.watch(f).is_ok());
    }

    /// Something was written there, perhaps by ourselves.
    pub(super) fn stirred(&mut self, stirred: &[Stirred]) {
        for one in stirred {
            match one {
                Stirred::Name { name, .. } => self.stirred |= B::tells(name),
                Stirred::Gone(_) => {
                    self.watch(None);
                    self.stirred = true;
                }
                Stirred::Lost => self.stirred = true,
            }
        }
    }
}
