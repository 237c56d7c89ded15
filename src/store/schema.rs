//! The tables, as a list of steps from nothing to now. A step that has been released is never changed: add one at the end.

use rusqlite::{Connection, TransactionBehavior};

use super::fault::said;
use crate::ports::StoreError;

/// Written into the file's header so that no other program's database is taken for ours: "arch".
const APPLICATION: i32 = 0x6172_6368;

/// Step N makes schema N + 1 of schema N.
const STEPS: &[&str] = &[
    include_str!("schema/1_ledger.sql"),
    include_str!("schema/2_queue.sql"),
    include_str!("schema/3_inbox.sql"),
    include_str!("schema/4_found.sql"),
    include_str!("schema/5_answer.sql"),
];

/// The schema that this program knows.
pub const KNOWN: u32 = STEPS.len() as u32;

/// The schema of an open database; 0 = empty.
pub fn found(conn: &Connection) -> Result<u32, StoreError> {
    // One view of the file: another process may be making it.
    let _view = conn.is_autocommit().then(|| conn.unchecked_transaction()).transpose().map_err(said)?;
    let version: u32 = conn.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(said)?;
    let application: i32 = conn.pragma_query_value(None, "application_id", |r| r.get(0)).map_err(said)?;
    if application != APPLICATION {
        let tables: u32 =
            conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).map_err(said)?;
        if version != 0 || tables != 0 {
            return Err(StoreError::Failed("archtui.db is the database of another program".to_owned()));
        }
    }
    Ok(version)
}

/// Whether a database of that schema can be used as it is.
pub fn fits(found: u32) -> Result<(), StoreError> {
    match found {
        KNOWN => Ok(()),
        0 => Err(StoreError::Missing),
        _ if found > KNOWN => Err(StoreError::Newer { found, known: KNOWN }),
        _ => Err(StoreError::Older { found, known: KNOWN }),
    }
}

/// Brings a database up to [`KNOWN`], in one transaction: nobody finds it half way. One that is newer is refused and left
/// as it is.
pub fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
    // Asked inside the transaction: another process may have done the same meanwhile.
    let at = found(&tx)?;
    if at >= KNOWN {
        return fits(at);
    }
    for step in &STEPS[at as usize..] {
        tx.execute_batch(step).map_err(said)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION).map_err(said)?;
    tx.pragma_update(None, "user_version", KNOWN).map_err(said)?;
    tx.commit().map_err(said)
}
