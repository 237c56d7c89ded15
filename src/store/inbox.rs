//! What those who asked for tasks were told of them, and how far each of them has read. Written by `queue`, with the change
//! that is told of.

use jiff::Timestamp;
use rusqlite::params;

use super::Store;
use super::fault::said;
use crate::domain::session::SessionName;
use crate::domain::task::TaskId;
use crate::ports::StoreError;

/// One entry of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number: counted up over all inboxes.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Whose; none = the operator's.
    pub to: Option<String>,
    /// About which task.
    pub task: TaskId,
    /// How it stood.
    pub state: String,
    /// In one line.
    pub line: String,
    /// The reader has not seen it yet.
    pub unread: bool,
}

/// Which entries.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Of that session; none = everybody's, as the operator reads them.
    pub reader: Option<&'a SessionName>,
    /// Only what it has not read.
    pub unread: bool,
    /// So many: of what was not read the oldest, else the newest.
    pub most: usize,
}

impl Reading<'_> {
    /// The operator is nobody's session.
    fn name(&self) -> &str {
        self.reader.map_or("", SessionName::as_str)
    }
}

impl Store {
    /// The entries of an inbox; the newest last.
    pub fn inbox(&self, reading: Reading<'_>) -> Result<Vec<Told>, StoreError> {
        let sql = "SELECT i.seq, i.at_ms, i.reader, i.task, i.state, i.line, i.seq > coalesce(r.seq, 0)
            FROM inbox i LEFT JOIN inbox_read r ON r.reader = ?1
            WHERE (?1 = '' OR i.reader = ?1) AND (NOT ?2 OR i.seq > coalesce(r.seq, 0))
            ORDER BY CASE WHEN ?2 THEN i.seq ELSE -i.seq END LIMIT ?3";
        let mut statement = self.conn.prepare_cached(sql).map_err(said)?;
        let rows = statement.query_map(params![reading.name(), reading.unread, reading.most], |r| {
            let at = Timestamp::from_millisecond(r.get(1)?).unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Told {
                seq: r.get(0)?,
                at,
                to: r.get(2)?,
                task: TaskId(r.get(3)?),
                state: r.get(4)?,
                line: r.get(5)?,
                unread: r.get(6)?,
            })
        });
        let mut told: Vec<Told> = rows.map_err(said)?.collect::<Result<_, _>>().map_err(said)?;
        told.sort_unstable_by_key(|t| t.seq);
        Ok(told)
    }

    /// The reader has read everything up to an entry.
    pub fn has_read(&mut self, reader: Option<&SessionName>, upto: u64) -> Result<(), StoreError> {
        let reader = reader.map_or("", SessionName::as_str);
        self.write(|tx| {
            let sql = "INSERT INTO inbox_read VALUES (?1, ?2)
                ON CONFLICT (reader) DO UPDATE SET seq = max(seq, excluded.seq)";
            tx.execute(sql, params![reader, upto]).map_err(said).map(drop)
        })
    }
}
