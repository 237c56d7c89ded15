//! A wish at the queue by somebody who does not look after it. Only the tasks that the wish is about are read: it costs the
//! same at ten tasks and at ten thousand. What follows from a wish is the queue's word
//! ([`domain::task::Queue`](crate::domain::task::Queue)), here it is given what it needs to know for that.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::Store;
use super::fault::said;
use super::queue::{fetch, head, last, list, parse, recent, write};
use crate::domain::task::{Granted, Now, Queue, Refusal, Request, Rules, Sender, Task, TaskId, Wish};
use crate::ports::StoreError;

/// Tasks of which nothing can be said without them: who wait for a task.
const WAITERS: &str =
    "SELECT t.task FROM waits w JOIN tasks t ON t.id = w.task WHERE w.awaited = ?1 AND t.state = 'blocked'";
/// The same text, or the same key, as far as it can still be a reason to refuse another.
const SAME_TEXT: &str = "SELECT task FROM tasks WHERE hash = ?1 AND (finished IS NULL OR finished >= ?2)";
const SAME_KEY: &str = "SELECT task FROM tasks WHERE key = ?1 AND (finished IS NULL OR finished >= ?2)";
/// What one sender has in the queue.
const COUNT: &str = "SELECT count(*) FROM tasks WHERE sender = ?1 AND finished IS NULL";
const OF_SENDER: &str = "SELECT task FROM tasks WHERE sender = ?1 AND finished IS NULL";
/// Those that stand before a place, the nearest first. The plus keeps the index of states out: it would have to sort.
const BEFORE: &str =
    "SELECT task FROM tasks WHERE finished IS NULL AND place < ?1 AND +state IN ('queued', 'blocked')
    ORDER BY place DESC";

impl Store {
    /// Asks the queue for something, under one lock with what it is judged by. A refusal has changed nothing; what is granted
    /// is on disk. Gives the tasks that it is about, as they are now.
    pub fn ask(
        &mut self,
        rules: Rules,
        wish: Wish,
        now: Now,
    ) -> Result<Result<(Granted, Vec<Task>), Refusal>, StoreError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
        let mut queue = concerned(&tx, rules, &wish, now)?;
        let granted = match queue.ask(wish, now) {
            Ok(granted) => granted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let changes = queue.take_changes();
        if !changes.tasks.is_empty() {
            write(&tx, &queue, &changes, now.wall)?;
        }
        tx.commit().map_err(said)?;
        self.ring();
        let tasks = granted.ids.iter().filter_map(|id| queue.get(*id).cloned()).collect();
        Ok(Ok((granted, tasks)))
    }

    /// What the queue would say to a wish; nothing is changed.
    pub fn would(&self, rules: Rules, wish: Wish, now: Now) -> Result<Result<Granted, Refusal>, StoreError> {
        let tx = self.conn.unchecked_transaction().map_err(said)?;
        Ok(concerned(&tx, rules, &wish, now)?.ask(wish, now))
    }
}

/// The part of the queue that a wish is about.
fn concerned(tx: &Transaction<'_>, rules: Rules, wish: &Wish, now: Now) -> Result<Queue, StoreError> {
    let (_, clock) = head(tx)?;
    let mut queue = Queue::restore(rules, [], last(tx)?, clock);
    fetch(tx, &mut queue, &wish.mentions())?;
    match wish {
        Wish::Add(requests) => {
            for request in requests.iter().filter(|r| !r.is_again()) {
                put_same(tx, &mut queue, request)?;
            }
            if let Some(from) = requests.first().map(Request::from).filter(|f| f.session().is_some()) {
                let count =
                    tx.prepare_cached(COUNT).and_then(|mut s| s.query_row([json(from)], |r| r.get(0)));
                queue.knows_of_others(count.map_err(said)?);
            }
        }
        Wish::Before(id, other) => put_nearest(tx, &mut queue, (*id, *other), now)?,
        Wish::Cancel(id, _) | Wish::Retry(id, _) | Wish::Reassign(id, ..) | Wish::Close(id) => {
            for task in list(tx, WAITERS, [id.0])? {
                let named = [task.id];
                queue.put(task);
                fetch(tx, &mut queue, &named)?;
            }
            // A report is added to the message that waits for its reader.
            for task in list(tx, OF_SENDER, [json(&Sender::Archtui)])? {
                queue.put(task);
            }
        }
        Wish::Edit(..) | Wish::Seen(_) => {}
    }
    Ok(queue)
}

/// Tasks that may be the same as that one.
fn put_same(tx: &Connection, queue: &mut Queue, request: &Request) -> Result<(), StoreError> {
    let since = recent(queue.rules(), queue.clock());
    let found = match request.key() {
        Some(key) => list(tx, SAME_KEY, (key, since))?,
        None => list(tx, SAME_TEXT, (json(&request.text().hash()), since))?,
    };
    for task in found {
        queue.put(task);
    }
    Ok(())
}

/// The nearest one before a task that is as urgent: between the two is the place of whoever is put there.
fn put_nearest(
    tx: &Connection,
    queue: &mut Queue,
    (id, other): (TaskId, TaskId),
    now: Now,
) -> Result<(), StoreError> {
    let Some(below) = queue.get(other) else { return Ok(()) };
    let at = queue.clock().read(now);
    let (place, urgency) = (below.place(), queue.urgency(below, at));
    let mut statement = tx.prepare_cached(BEFORE).map_err(said)?;
    let mut rows = statement.query([place]).map_err(said)?;
    while let Some(row) = rows.next().map_err(said)? {
        let task = parse(row.get_ref(0).map_err(said)?.as_str().map_err(|e| said(e.into()))?)?;
        if task.id != id && queue.urgency(&task, at) == urgency {
            queue.put(task);
            break;
        }
    }
    Ok(())
}

/// As it stands in a task's JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("a name or a number")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::roster::{Member, Roster, Tier};
    use crate::domain::session::SessionName;
    use crate::domain::task::{After, Edit, Order, Sure, entry};

    const NOW: Now = Now { wall: Timestamp::UNIX_EPOCH, mono: Duration::ZERO };

    fn request(text: &str, from: &Sender, after: Vec<After>) -> Request {
        let member =
            |(name, tier): (&str, Tier)| Member { name: name.into(), tier: Some(tier), ..Member::default() };
        let members = [("boss", Tier::Manager), ("w1", Tier::Worker)].into_iter().map(member).collect();
        entry::check(Order { after, ..Order::new(text) }, from, &Roster { members, ..Roster::default() })
            .expect("sound")
    }

    /// What a wish costs does not grow with the queue: tasks that are read are counted, not milliseconds.
    #[test]
    fn a_wish_reads_only_what_it_is_about() {
        let dir = tempfile::tempdir().expect("scratch");
        let (mut store, _) = Store::open(&dir.path().join("state"), NOW.wall).expect("opens");
        let boss = Sender::Session(SessionName::new("boss"));
        let mut many: Vec<Request> =
            (0..600).map(|i| request(&format!("task {i}"), &boss, Vec::new())).collect();
        many.push(request("the last one", &boss, vec![After::Entry(7)]));
        store.ask(Rules::default(), Wish::Add(many), NOW).expect("stored").expect("queued");
        let tx = store.conn.transaction().expect("begun");
        let id = TaskId(8);
        for (wish, most) in [
            (Wish::Add(vec![request("new", &boss, Vec::new())]), 0),
            (Wish::Add(vec![request("task 3", &boss, vec![After::Task(id)])]), 2),
            (Wish::Cancel(id, Sure::Ask), 2),
            (Wish::Retry(id, Sure::Ask), 2),
            (Wish::Reassign(id, SessionName::new("w1"), Sure::Ask), 2),
            (Wish::Close(id), 2),
            (Wish::Edit(id, Edit::default()), 1),
            (Wish::Before(TaskId(500), id), 3),
            (Wish::Seen(vec![id]), 1),
        ] {
            let queue = concerned(&tx, Rules::default(), &wish, NOW).expect("read");
            assert!(queue.tasks().count() <= most, "{wish:?} reads {}", queue.tasks().count());
        }
        let sorts = |plan: &str| plan.contains("SCAN") || plan.contains("TEMP B-TREE");
        for sql in [WAITERS, SAME_TEXT, SAME_KEY, COUNT, OF_SENDER, BEFORE] {
            let plan = plan(&tx, sql);
            assert!(!sorts(&plan), "{sql}: {plan}");
        }
    }

    /// How SQLite finds it.
    pub fn plan(conn: &Connection, sql: &str) -> String {
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("sound");
        let marks = vec![0; statement.parameter_count()];
        let rows = statement
            .query_map(rusqlite::params_from_iter(marks), |r| r.get::<_, String>(3))
            .expect("a plan");
        rows.map(|row| row.expect("a line")).collect::<Vec<_>>().join("; ")
    }
}
