//! Where the simulated archtui keeps its queue: in memory, with what was committed kept apart from what is only known, or
//! in a real store.

use std::collections::BTreeMap;

use archtui::domain::task::clock::QueueClock;
use archtui::domain::task::{Effect, Event, Granted, Now, Queue, Refusal, Rules, Task, TaskId, Wish};
use archtui::store::Store;
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
}

/// A disk of our own: only what the queue says has changed is kept.
#[derive(Default)]
pub struct Memory {
    queue: Queue,
    kept: BTreeMap<TaskId, Task>,
    last: u32,
    clock: QueueClock,
}

impl Memory {
    fn commit(&mut self) {
        for id in self.queue.take_changes().tasks {
            self.kept.insert(id, self.queue.get(id).cloned().expect("what changed is there"));
        }
        self.last = self.kept.keys().next_back().map_or(0, |id| id.0);
        self.clock = self.queue.clock();
    }
}

impl Disk for Memory {
    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn tell(&mut self, facts: Vec<Event>, now: Now) -> Vec<Effect> {
        let facts: Vec<Event> = facts.into_iter().filter(|e| self.queue.concerns(e)).collect();
        let effects = facts.into_iter().flat_map(|e| self.queue.apply(e, now)).collect();
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
        let mut desk = store.desk(Rules::default()).expect("read");
        let granted = store.ask(&mut desk, wish, now).expect("stored");
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
}
