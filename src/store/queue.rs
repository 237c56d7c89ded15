//! The task queue on disk. The queue itself is a value ([`domain::task::Queue`](crate::domain::task::Queue)); here it is
//! read, changed under SQLite's lock and written back, so that several programs may wish while one of them acts. What a
//! change asks for is given out only when the change is on disk.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::Store;
use super::fault::said;
use crate::domain::session::SessionName;
use crate::domain::task::clock::{QueueClock, QueueTime};
use crate::domain::task::queue::Changes;
use crate::domain::task::{Effect, Event, Logged, Now, Queue, Rules, State, Task, TaskId};
use crate::ports::{StoreError, TaskBook};

/// A queue read from the store, and how much of the store it knows.
#[derive(Debug)]
pub struct Desk {
    queue: Queue,
    rev: u64,
    /// The clock when it was last written.
    kept: QueueTime,
    /// Something went wrong half way: what is in memory may be ahead of the disk.
    stale: bool,
}

impl Desk {
    /// The queue as last read or written.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }
}

/// What is new in the queue since a change that is known.
#[derive(Debug)]
pub(super) struct News {
    /// The last change.
    pub rev: u64,
    /// The queue's clock when it was last written.
    pub clock: QueueClock,
    /// All that is listed, not only what differs.
    pub whole: bool,
    /// The tasks.
    pub tasks: Vec<Task>,
    /// Finished ones that are left out; only of a whole one.
    pub older: usize,
}

/// The clock is written at least this often while nothing else is.
const KEEP: u64 = 60;

impl Store {
    /// Reads the queue: what can still change, what was finished a short while ago, and what waiting tasks wait for.
    pub fn desk(&self, rules: Rules) -> Result<Desk, StoreError> {
        let tx = self.conn.unchecked_transaction().map_err(said)?;
        read(&tx, rules)
    }

    /// Tells facts to the queue. The effects may be carried out: what led to them is on disk.
    pub fn tell(&mut self, desk: &mut Desk, facts: Vec<Event>, now: Now) -> Result<Vec<Effect>, StoreError> {
        // Up to the first that does they concern nothing; behind it, what it changed may be what they concern.
        let idle = |e: &Event| !desk.stale && !desk.queue.concerns(e);
        let facts: Vec<Event> = facts.into_iter().skip_while(idle).collect();
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        self.change(desk, now, |queue| facts.into_iter().flat_map(|e| queue.apply(e, now)).collect())
    }

    /// One task, whenever it was.
    pub fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        let sql = "SELECT task FROM tasks WHERE id = ?1";
        let text: Option<String> = self.conn.query_row(sql, [id.0], |r| r.get(0)).optional().map_err(said)?;
        text.map(|t| parse(&t)).transpose()
    }

    /// Every task that is not finished and the newest finished ones, by number; and how many older ones are left out.
    pub fn tasks(&self, finished: usize) -> Result<(Vec<Task>, usize), StoreError> {
        let tx = self.conn.unchecked_transaction().map_err(said)?;
        let all: usize = tx
            .query_row("SELECT count(*) FROM tasks WHERE finished IS NOT NULL", [], |r| r.get(0))
            .map_err(said)?;
        let sql = "SELECT task FROM tasks WHERE finished IS NULL
            UNION ALL SELECT * FROM (SELECT task FROM tasks WHERE finished IS NOT NULL ORDER BY finished DESC, id DESC LIMIT ?1)";
        let mut tasks = list(&tx, sql, [finished])?;
        tasks.sort_unstable_by_key(|t| t.id);
        Ok((tasks, all.saturating_sub(finished)))
    }

    /// What is new since a change; all of it if none is known. `None` = nothing.
    pub(super) fn news(&self, known: Option<u64>, finished: usize) -> Result<Option<News>, StoreError> {
        let tx = self.conn.unchecked_transaction().map_err(said)?;
        let (rev, clock) = head(&tx)?;
        if known == Some(rev) {
            return Ok(None);
        }
        if let Some(known) = known.filter(|known| *known < rev) {
            let tasks = list(&tx, "SELECT task FROM tasks WHERE rev > ?1", [known])?;
            return Ok(Some(News { rev, clock, whole: false, tasks, older: 0 }));
        }
        drop(tx);
        let (tasks, older) = self.tasks(finished)?;
        Ok(Some(News { rev, clock, whole: true, tasks, older }))
    }

    /// What happened to a task.
    pub fn task_log(&self, id: TaskId) -> Result<Vec<Logged>, StoreError> {
        let sql = "SELECT at_ms, attempt, state, session, reason FROM task_log WHERE task = ?1 ORDER BY seq";
        let mut statement = self.conn.prepare_cached(sql).map_err(said)?;
        let rows = statement.query_map([id.0], |r| {
            let at = Timestamp::from_millisecond(r.get(0)?).unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Logged { at, attempt: r.get(1)?, state: r.get(2)?, session: r.get(3)?, reason: r.get(4)? })
        });
        rows.map_err(said)?.collect::<Result<_, _>>().map_err(said)
    }

    /// Reads what others wrote, changes the queue, writes what differs: all under one lock, all or nothing.
    fn change<T>(
        &mut self,
        desk: &mut Desk,
        now: Now,
        work: impl FnOnce(&mut Queue) -> T,
    ) -> Result<T, StoreError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
        if std::mem::replace(&mut desk.stale, true) {
            *desk = Desk { stale: true, ..read(&tx, *desk.queue.rules())? };
        } else {
            catch_up(&tx, desk)?;
        }
        let out = work(&mut desk.queue);
        let changes = desk.queue.take_changes();
        let clock = desk.queue.clock();
        let idle = clock.at().since(desk.kept).as_secs() < KEEP;
        let news = !changes.tasks.is_empty();
        if news || !idle {
            desk.rev = write(&tx, &desk.queue, &changes, now.wall)?;
            desk.kept = clock.at();
        }
        tx.commit().map_err(said)?;
        if news {
            self.ring();
        }
        desk.stale = false;
        Ok(out)
    }
}

impl TaskBook for Store {
    type Desk = Desk;

    fn desk(&self, rules: Rules) -> Result<Desk, StoreError> {
        Self::desk(self, rules)
    }

    fn tell(&mut self, desk: &mut Desk, facts: Vec<Event>, now: Now) -> Result<Vec<Effect>, StoreError> {
        Self::tell(self, desk, facts, now)
    }

    fn queue(desk: &Desk) -> &Queue {
        desk.queue()
    }

    fn is_behind(&self, desk: &Desk) -> Result<bool, StoreError> {
        Ok(desk.stale || head(&self.conn)?.0 != desk.rev)
    }

    fn folder(&self) -> Option<PathBuf> {
        self.conn.path().and_then(|file| Path::new(file).parent()).map(Path::to_owned)
    }

    fn tells(name: &OsStr) -> bool {
        super::tells(name)
    }
}

fn read(tx: &Connection, rules: Rules) -> Result<Desk, StoreError> {
    let (rev, clock) = head(tx)?;
    let mut tasks = list(tx, "SELECT task FROM tasks WHERE live = 1", [])?;
    let since = recent(&rules, clock);
    tasks.extend(list(tx, "SELECT task FROM tasks WHERE live = 0 AND finished >= ?1", [since])?);
    let mut queue = Queue::restore(rules, tasks, last(tx)?, clock);
    let blocked: Vec<TaskId> = queue.tasks().filter(|t| t.state == State::Blocked).map(|t| t.id).collect();
    fetch(tx, &mut queue, &blocked)?;
    Ok(Desk { queue, rev, kept: clock.at(), stale: false })
}

/// The highest number ever given.
pub(super) fn last(tx: &Connection) -> Result<u32, StoreError> {
    tx.query_row("SELECT coalesce(max(id), 0) FROM tasks", [], |r| r.get(0)).map_err(said)
}

/// What was finished before this moment of the queue's clock is no reason to refuse another. Twice the time for which it
/// counts: the clock may have been written a while ago.
pub(super) fn recent(rules: &Rules, clock: QueueClock) -> i64 {
    let since = clock.at().0.saturating_sub(rules.same_again * 2);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Reads tasks that the queue does not know: those named, and what they wait for.
pub(super) fn fetch(tx: &Connection, queue: &mut Queue, named: &[TaskId]) -> Result<(), StoreError> {
    let get = |queue: &mut Queue, id: TaskId| -> Result<(), StoreError> {
        if queue.get(id).is_none() {
            for task in list(tx, "SELECT task FROM tasks WHERE id = ?1", [id.0])? {
                queue.put(task);
            }
        }
        Ok(())
    };
    for &id in named {
        get(queue, id)?;
        for on in queue.get(id).map(|t| t.after.clone()).unwrap_or_default() {
            get(queue, on)?;
        }
    }
    Ok(())
}

/// Takes in what other programs have written since.
fn catch_up(tx: &Connection, desk: &mut Desk) -> Result<(), StoreError> {
    let (rev, _) = head(tx)?;
    if rev != desk.rev {
        for task in list(tx, "SELECT task FROM tasks WHERE rev > ?1", [desk.rev])? {
            desk.queue.put(task);
        }
        desk.rev = rev;
    }
    Ok(())
}

pub(super) fn write(
    tx: &Transaction<'_>,
    queue: &Queue,
    changes: &Changes,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let clock = serde_json::to_string(&queue.clock()).expect("a clock is numbers and a stamp");
    let sql = "UPDATE queue_head SET rev = rev + 1, clock = ?1 RETURNING rev";
    let rev: u64 = tx.query_row(sql, [clock], |r| r.get(0)).map_err(said)?;
    let sql = "INSERT INTO tasks VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET
        state = excluded.state, live = excluded.live, finished = excluded.finished, rev = excluded.rev, task = excluded.task";
    let mut put = tx.prepare_cached(sql).map_err(said)?;
    for task in changes.tasks.iter().filter_map(|id| queue.get(*id)) {
        let finished = task.finished_at.map(|t| i64::try_from(t.0.as_millis()).unwrap_or(i64::MAX));
        let json = serde_json::to_string(task).expect("a task has string keys and finite numbers");
        put.execute(params![task.id.0, task.state.word(), task.is_live(), finished, rev, json])
            .map_err(said)?;
    }
    let sql =
        "INSERT INTO task_log (at_ms, task, attempt, state, session, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut log = tx.prepare_cached(sql).map_err(said)?;
    for line in &changes.log {
        let session = line.session.as_ref().map(SessionName::as_str);
        let row =
            params![at.as_millisecond(), line.id.0, line.attempt, line.state.word(), session, line.reason];
        log.execute(row).map_err(said)?;
    }
    let sql = "INSERT INTO inbox (at_ms, reader, task, state, line) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut inbox = tx.prepare_cached(sql).map_err(said)?;
    for n in &changes.inbox {
        let to = n.to.as_ref().map(SessionName::as_str);
        inbox.execute(params![at.as_millisecond(), to, n.task.0, n.state.word(), n.line]).map_err(said)?;
    }
    Ok(rev)
}

pub(super) fn head(tx: &Connection) -> Result<(u64, QueueClock), StoreError> {
    let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get::<_, String>(1)?));
    let (rev, clock): (u64, String) =
        tx.query_row("SELECT rev, clock FROM queue_head", [], read).map_err(said)?;
    let clock: Option<QueueClock> = serde_json::from_str(&clock)
        .map_err(|e| StoreError::Broken(format!("the queue's clock cannot be read: {e}")))?;
    Ok((rev, clock.unwrap_or_default()))
}

pub(super) fn list(
    tx: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Task>, StoreError> {
    let mut statement = tx.prepare_cached(sql).map_err(said)?;
    let mut rows = statement.query(values).map_err(said)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(said)? {
        out.push(parse(row.get_ref(0).map_err(said)?.as_str().map_err(|e| said(e.into()))?)?);
    }
    Ok(out)
}

pub(super) fn parse(json: &str) -> Result<Task, StoreError> {
    serde_json::from_str(json).map_err(|e| StoreError::Broken(format!("a task cannot be read: {e}")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::roster::{Member, Roster};
    use crate::domain::task::{Order, Sender, Wish, entry};

    fn at(s: u64) -> Now {
        Now { wall: Timestamp::UNIX_EPOCH + Duration::from_secs(s), mono: Duration::from_secs(s) }
    }

    fn add(store: &mut Store, text: &str) -> Result<TaskId, StoreError> {
        let roster =
            Roster { members: vec![Member { name: "w1".into(), ..Member::default() }], ..Roster::default() };
        let request = entry::check(Order::new(text), &Sender::Operator, &roster).expect("sound");
        let wish = Wish::Add(vec![request]);
        store.ask(Rules::default(), wish, at(1)).map(|granted| granted.expect("new").0.ids[0])
    }

    /// Makes the disk full, or as it was.
    fn fill(store: &Store, full: bool) {
        let pages: u32 = store.conn.pragma_query_value(None, "page_count", |r| r.get(0)).expect("a number");
        store.conn.pragma_update(None, "max_page_count", if full { pages } else { 100_000 }).expect("set");
    }

    #[test]
    fn a_full_disk_refuses_and_leaves_nothing_half_done() {
        let dir = tempfile::tempdir().expect("scratch");
        let (mut store, _) = Store::open(&dir.path().join("state"), at(0).wall).expect("opens");
        assert_eq!(add(&mut store, "small"), Ok(TaskId(1)));
        fill(&store, true);
        assert_eq!(add(&mut store, &"x".repeat(30_000)), Err(StoreError::Full));
        fill(&store, false);
        assert_eq!(add(&mut store, "next"), Ok(TaskId(2)));
        assert_eq!(store.tasks(10).expect("read").0.len(), 2);
    }

    #[test]
    fn what_a_full_disk_did_not_take_is_forgotten() {
        let dir = tempfile::tempdir().expect("scratch");
        let (mut store, _) = Store::open(&dir.path().join("state"), at(0).wall).expect("opens");
        let id = add(&mut store, "small").expect("queued");
        let mut desk = store.desk(Rules::default()).expect("read");
        fill(&store, true);
        let evidence = vec![crate::domain::task::Evidence::Seen("x".repeat(30_000))];
        let facts = vec![Event::Gathered { id, evidence }];
        assert_eq!(store.tell(&mut desk, facts, at(2)), Err(StoreError::Full));
        fill(&store, false);
        // What was in memory is forgotten, what is on disk counts.
        store.tell(&mut desk, vec![Event::Tick], at(3)).expect("told");
        assert_eq!(desk.queue().get(id), store.task(id).expect("read").as_ref());
        assert_eq!(desk.queue().get(id).map(|t| t.evidence.len()), Some(0));
    }

    #[test]
    fn a_task_that_cannot_be_read_is_said_to_be_broken() {
        let dir = tempfile::tempdir().expect("scratch");
        let (mut store, _) = Store::open(&dir.path().join("state"), at(0).wall).expect("opens");
        add(&mut store, "x").expect("queued");
        store.conn.execute("UPDATE tasks SET task = '{}'", []).expect("done");
        assert!(matches!(store.desk(Rules::default()), Err(StoreError::Broken(_))));
    }
}
