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
];

/// The schema that this program knows.
pub const KNOWN: u32 = STEPS.len() as u32;

/// The schema of an open database; 0 = empty.
pub fn found(conn: &Connection) -> Result<u32, StoreError> {
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

/// Brings a database up to [`KNOWN`], a transaction a step. One that is newer is refused and left as it is.
pub fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    loop {
        // Asked again inside the transaction: another process may be doing the same.
        let step = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
        let at = found(&step)?;
        if at >= KNOWN {
            return fits(at);
        }
        step.execute_batch(STEPS[at as usize]).map_err(said)?;
        step.pragma_update(None, "application_id", APPLICATION).map_err(said)?;
        step.pragma_update(None, "user_version", at + 1).map_err(said)?;
        step.commit().map_err(said)?;
    }
}
