//! Lists of tasks: which of them, and how many at most. Only what is listed is read; the rest is counted.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::Store;
use super::fault::said;
use super::queue::list;
use crate::domain::session::SessionName;
use crate::domain::task::{State, Task};
use crate::ports::StoreError;

/// Which tasks are listed.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// Only those in one of these states; none = in any.
    pub states: Vec<State>,
    /// Only those that are for, with or were last with one of somebody's sessions, for each of these.
    pub whose: Vec<Whose>,
    /// So many that are not finished; `None` = all.
    pub most: Option<usize>,
    /// So many that are finished, the newest.
    pub finished: usize,
}

impl Pick {
    /// True if no task is passed over but for its age or want of room.
    pub fn is_all(&self) -> bool {
        self.states.is_empty() && self.whose.is_empty()
    }
}

/// Sessions, and the role that they have.
#[derive(Debug, Clone)]
pub struct Whose {
    /// Their names.
    pub sessions: Vec<SessionName>,
    /// A task may name the role instead of a session.
    pub role: Option<String>,
}

/// What was picked.
#[derive(Debug, Clone, Default)]
pub struct Picked {
    /// The tasks: at work and held, then those that wait in their order, then the finished, the newest first.
    pub tasks: Vec<Task>,
    /// Unfinished ones that are left out.
    pub left_out: usize,
    /// Finished ones that are left out.
    pub older: usize,
}

/// States in the order in which they are listed.
const UNFINISHED: [State; 8] = [
    State::Held,
    State::Working,
    State::Delivered,
    State::Typed,
    State::Typing,
    State::Leased,
    State::Queued,
    State::Blocked,
];

const IN_LINE: &str = "priority DESC, place";
const NEWEST: &str = "finished DESC, id DESC";

impl Store {
    /// Picks tasks of the queue.
    pub fn pick(&self, pick: &Pick) -> Result<Picked, StoreError> {
        let tx = self.conn.unchecked_transaction().map_err(said)?;
        let wanted = |s: &State| pick.states.is_empty() || pick.states.contains(s);
        let (whose, names) = whose(&pick.whose);
        let mut picked = Picked::default();
        for state in UNFINISHED.into_iter().filter(wanted) {
            let which = format!("finished IS NULL AND state = '{}'{whose}", state.word());
            let room = pick.most.map(|most| most - picked.tasks.len());
            let found = some(&tx, &which, IN_LINE, room, &names)?;
            if room == Some(found.len()) {
                picked.left_out += count(&tx, &which, &names)? - found.len();
            }
            picked.tasks.extend(found);
        }
        let over: Vec<&str> =
            State::ALL.iter().filter(|s| s.is_finished() && wanted(s)).map(|s| s.word()).collect();
        if !over.is_empty() {
            // Where no state is named, none need be looked at: the index does.
            let states = if pick.states.is_empty() {
                String::new()
            } else {
                format!(" AND state IN ('{}')", over.join("', '"))
            };
            let which = format!("finished IS NOT NULL{states}{whose}");
            let found = some(&tx, &which, NEWEST, Some(pick.finished), &names)?;
            picked.older = count(&tx, &which, &names)? - found.len();
            picked.tasks.extend(found);
        }
        Ok(picked)
    }
}

/// The condition, with `?` for each name.
fn whose(whose: &[Whose]) -> (String, Vec<String>) {
    let (mut sql, mut names) = (String::new(), Vec::new());
    for w in whose {
        let marks = vec!["?"; w.sessions.len()].join(", ");
        let role = if w.role.is_some() { " OR role = ?" } else { "" };
        sql.push_str(&format!(" AND (target IN ({marks}) OR session IN ({marks}){role})"));
        for _ in 0..2 {
            names.extend(w.sessions.iter().map(|s| s.as_str().to_owned()));
        }
        names.extend(w.role.clone());
    }
    (sql, names)
}

fn some(
    tx: &Connection,
    which: &str,
    order: &str,
    most: Option<usize>,
    names: &[String],
) -> Result<Vec<Task>, StoreError> {
    let most = most.and_then(|n| i64::try_from(n).ok()).unwrap_or(-1);
    let values = names.iter().cloned().map(Value::from).chain([Value::from(most)]);
    list(tx, &select(which, order), params_from_iter(values))
}

fn select(which: &str, order: &str) -> String {
    format!("SELECT task FROM tasks WHERE {which} ORDER BY {order} LIMIT ?")
}

fn count(tx: &Connection, which: &str, names: &[String]) -> Result<usize, StoreError> {
    let sql = format!("SELECT count(*) FROM tasks WHERE {which}");
    let mut statement = tx.prepare_cached(&sql).map_err(said)?;
    statement.query_row(params_from_iter(names), |r| r.get(0)).map_err(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is listed is read off an index, in its order: ten thousand others cost nothing.
    #[test]
    fn a_list_is_read_in_its_order() {
        let dir = tempfile::tempdir().expect("scratch");
        let (store, _) = Store::open(&dir.path().join("state"), jiff::Timestamp::UNIX_EPOCH).expect("opens");
        for sql in [
            select("finished IS NULL AND state = 'queued'", IN_LINE),
            select("finished IS NOT NULL", NEWEST),
            "SELECT count(*) FROM tasks WHERE finished IS NOT NULL".to_owned(),
        ] {
            let mut statement = store.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("sound");
            let marks = vec![0; statement.parameter_count()];
            let lines =
                statement.query_map(params_from_iter(marks), |r| r.get::<_, String>(3)).expect("a plan");
            let plan: Vec<String> = lines.map(|line| line.expect("a line")).collect();
            assert!(
                plan.iter().all(|l| l.contains("INDEX") && !l.contains("TEMP B-TREE")),
                "{sql}: {plan:?}"
            );
        }
    }
}
