//! Where the simulated archtui keeps its queue: in memory, with what was committed kept apart from what is only known, or
//! in a real store.

use std::collections::BTreeMap;

use archtui::domain::task::clock::QueueClock;
use archtui::domain::task::queue::{Changes, LogLine};
use archtui::domain::task::report::Notice;
use archtui::domain::task::{Effect, Event, Granted, Now, Queue, Refusal, Rules, Task, TaskId, Wish};
use archtui::store::Store;
use archtui::store::inbox::Reading;
use archtui::store::queue::Desk;
use jiff::Timestamp;

/// What survives a crash.
pub trait Disk {
    /// The queue as it is known now.
    fn queue(&self) -> &Queue;
    /// Tells facts; the changes are on disk when this returns.
    fn tell(&mut self, facts: Vec<Event>, now: Now) -> Vec<Effect>;
    /// Asks; as the command line would, in another program.
    fn ask(&mut self, wish: Wish, now: Now) -> Result<Granted, Refusal>;
    /// Forgets everything that is not on disk.
    fn restart(&mut self);
    /// That task is there still, known at this moment or not.
    fn has(&self, id: TaskId) -> bool;
    /// The states that a task came to, in order.
    fn history(&self, id: TaskId) -> Vec<String>;
    /// What those who asked were told: of which task, who, how it stood.
    fn told(&self) -> Vec<(TaskId, Option<String>, String)>;
}

/// A disk of our own: only what the queue says has changed is kept.
#[derive(Default)]
pub struct Memory {
    queue: Queue,
    kept: BTreeMap<TaskId, Task>,
    last: u32,
    clock: QueueClock,
    told: Vec<Notice>,
    log: Vec<LogLine>,
}

impl Memory {
    fn commit(&mut self) {
        let changes = self.queue.take_changes();
        self.keep(changes);
        self.last = self.kept.keys().next_back().map_or(0, |id| id.0);
        self.clock = self.queue.clock();
    }
}

impl Memory {
    fn keep(&mut self, changes: Changes) {
        self.told.extend(changes.inbox);
        self.log.extend(changes.log);
        for id in changes.tasks {
            self.kept.insert(id, self.queue.get(id).cloned().expect("what changed is there"));
        }
    }
}

impl Disk for Memory {
    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn tell(&mut self, facts: Vec<Event>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        for fact in facts {
            let concerns = self.queue.concerns(&fact);
            let said = fact.clone();
            let more = self.queue.apply(fact, now);
            let changes = self.queue.take_changes();
            // What concerns nothing must be nothing to tell.
            assert!(concerns || (more.is_empty() && changes == Changes::default()), "{said:?}: {changes:?}");
            self.keep(changes);
            effects.extend(more);
        }
        self.commit();
        effects
    }

    fn ask(&mut self, wish: Wish, now: Now) -> Result<Granted, Refusal> {
        let granted = self.queue.ask(wish, now);
        self.commit();
        granted
    }

    fn restart(&mut self) {
        self.queue = Queue::restore(Rules::default(), self.kept.values().cloned(), self.last, self.clock);
    }

    fn has(&self, id: TaskId) -> bool {
        self.kept.contains_key(&id)
    }

    fn history(&self, id: TaskId) -> Vec<String> {
        self.log.iter().filter(|l| l.id == id).map(|l| l.state.word().to_owned()).collect()
    }

    fn told(&self) -> Vec<(TaskId, Option<String>, String)> {
        let told = |n: &Notice| (n.task, n.to.as_ref().map(ToString::to_string), n.state.word().to_owned());
        self.told.iter().map(told).collect()
    }
}

/// A database file.
pub struct Sqlite {
    dir: tempfile::TempDir,
    open: (Store, Desk),
}

impl Sqlite {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("scratch");
        let open = Self::read(&dir);
        Self { dir, open }
    }

    fn read(dir: &tempfile::TempDir) -> (Store, Desk) {
        let (store, aside) = Store::open(&dir.path().join("state"), Timestamp::UNIX_EPOCH).expect("opens");
        assert_eq!(aside, None);
        let desk = store.desk(Rules::default()).expect("read");
        (store, desk)
    }
}

impl Disk for Sqlite {
    fn queue(&self) -> &Queue {
        self.open.1.queue()
    }

    fn tell(&mut self, facts: Vec<Event>, now: Now) -> Vec<Effect> {
        let (store, desk) = &mut self.open;
        store.tell(desk, facts, now).expect("stored")
    }

    fn ask(&mut self, wish: Wish, now: Now) -> Result<Granted, Refusal> {
        let mut store = Store::visit(&self.dir.path().join("state")).expect("a visit");
        let granted = store.ask(Rules::default(), wish, now).expect("stored").map(|(granted, _)| granted);
        // The actor sees it with its next word.
        let (own, own_desk) = &mut self.open;
        own.tell(own_desk, vec![Event::Tick], now).expect("stored");
        granted
    }

    fn restart(&mut self) {
        let dir = &self.dir;
        // The old one is closed only after: a killed program does not tidy up first.
        let old = std::mem::replace(&mut self.open, Self::read(dir));
        drop(old);
    }

    fn has(&self, id: TaskId) -> bool {
        self.open.0.task(id).expect("read").is_some()
    }

    fn history(&self, id: TaskId) -> Vec<String> {
        self.open.0.task_log(id).expect("read").into_iter().map(|l| l.state).collect()
    }

    fn told(&self) -> Vec<(TaskId, Option<String>, String)> {
        let all = Reading { reader: None, unread: false, most: 100_000 };
        let told = self.open.0.inbox(all).expect("read");
        told.into_iter().map(|t| (t.task, t.to, t.state)).collect()
    }
}
