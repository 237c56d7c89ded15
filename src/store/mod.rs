//! What must survive: one SQLite file a fleet with the ledger, the switches, the wishes and the task queue. A [`Store`] is
//! a plain blocking value that one worker owns; others read beside it. What the entries mean is for `domain`.

pub mod annals;
mod ask;
pub mod counter;
mod drafts;
mod fault;
mod folder;
pub mod inbox;
pub mod ledger;
pub mod list;
pub mod lock;
pub mod queue;
mod schema;
pub mod seat;
mod settings;
mod wishes;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::ports::StoreError;
use fault::said;

/// The file's name in the state folder.
const FILE: &str = "archtui.db";
/// Touched behind each change of the queue. What SQLite writes tells too early: a commit counts only when its log is on disk,
/// and that moment shows in no file. Who looked at the log's being written could look in between, and never again.
const BELL: &str = "archtui.bell";

/// True if a file of that name in the state folder tells of a change in the queue.
fn tells(name: &OsStr) -> bool {
    // The database itself: it was made, or another one lies there.
    name.to_str().is_some_and(|n| n == BELL || n == FILE)
}

/// How long a writer waits for another one. They are short: a visit of the command line, a checkpoint.
const PATIENCE: Duration = Duration::from_secs(2);
/// Versions before lose pages of a WAL database that two connections reset at once.
const SQLITE_FLOOR: i32 = 3_051_003;

/// An open database. Opened by the actor ([`Store::open`]), visited by others who write a line ([`Store::visit`]), or
/// read ([`Store::read_only`]).
#[derive(Debug)]
pub struct Store {
    conn: Connection,
}

/// A broken database that was moved out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it lies now.
    pub path: PathBuf,
    /// What was wrong with it.
    pub why: String,
}

impl Store {
    /// Opens the fleet's database for the actor, who holds the lock: makes what is missing, brings it up to date, sets a
    /// broken one aside (never deletes it) and begins a new one. `now` names the one that was set aside.
    pub fn open(dir: &Path, now: Timestamp) -> Result<(Self, Option<SetAside>), StoreError> {
        match Self::open_sound(dir) {
            Ok(store) => Ok((store, None)),
            Err(StoreError::Broken(why)) => {
                let path = set_aside(dir, now)?;
                Ok((Self::open_sound(dir)?, Some(SetAside { path, why })))
            }
            Err(e) => Err(e),
        }
    }

    /// Opens it to write a line beside the actor; made if there is none. A broken one is left where it is, an older one as
    /// it is: the actor may have it open.
    pub fn visit(dir: &Path) -> Result<Self, StoreError> {
        let mut store = Self::connect(dir)?;
        match schema::found(&store.conn)? {
            0 => schema::migrate(&mut store.conn)?,
            found => schema::fits(found)?,
        }
        Ok(store)
    }

    /// Opens it for reading, while the actor writes or while nobody does.
    pub fn read_only(dir: &Path) -> Result<Self, StoreError> {
        if fs::symlink_metadata(dir.join(FILE)).is_err() {
            return Err(StoreError::Missing);
        }
        let dir = folder::private_folder(dir)?;
        folder::private_database(&dir.join(FILE))?;
        let store = Self::with_flags(&dir, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        schema::fits(schema::found(&store.conn)?)?;
        Ok(store)
    }

    fn open_sound(dir: &Path) -> Result<Self, StoreError> {
        let mut store = Self::connect(dir)?;
        let check: String = store.conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0)).map_err(said)?;
        if check != "ok" {
            return Err(StoreError::Broken(crate::domain::text::printable(&check)));
        }
        schema::migrate(&mut store.conn)?;
        Ok(store)
    }

    fn connect(dir: &Path) -> Result<Self, StoreError> {
        let dir = folder::private_folder(dir)?;
        // Made by us with its mode before SQLite sees it; what SQLite puts beside it gets the same mode.
        folder::private_database(&dir.join(FILE))?;
        let store = Self::with_flags(&dir, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let conn = &store.conn;
        // Before anything is changed in it: it may be a newer one's, or another program's.
        let found = schema::found(conn)?;
        if found > schema::KNOWN {
            schema::fits(found)?;
        }
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0)).map_err(said)?;
        if mode != "wal" {
            return Err(StoreError::Failed(format!("this file system cannot hold a WAL database ({mode})")));
        }
        // Full: what a commit said is on disk is there after a power cut too.
        conn.pragma_update(None, "synchronous", "FULL").map_err(said)?;
        Ok(store)
    }

    fn with_flags(dir: &Path, access: OpenFlags) -> Result<Self, StoreError> {
        if rusqlite::version_number() < SQLITE_FLOOR {
            return Err(StoreError::Failed(format!("SQLite {} can lose pages", rusqlite::version())));
        }
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let conn = Connection::open_with_flags(dir.join(FILE), flags).map_err(said)?;
        conn.busy_timeout(PATIENCE).map_err(said)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(said)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(said)?;
        conn.pragma_update(None, "cell_size_check", true).map_err(said)?;
        // What was overwritten does not stay in the gaps of a page.
        conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).map_err(said)?;
        Ok(Self { conn })
    }

    /// The same, with the system when this returns and on disk with the next [`Store::write`]: for what may be lost in a
    /// power cut, never in part.
    fn write_soon<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.conn.pragma_update(None, "synchronous", "NORMAL").map_err(said)?;
        let out = self.write(work);
        self.conn.pragma_update(None, "synchronous", "FULL").map_err(said)?;
        out
    }

    /// Tells whoever watches that the queue has changed: what is committed can be read now.
    fn ring(&self) {
        let bell = self.conn.path().map(|file| Path::new(file).with_file_name(BELL));
        // Whoever does not hear it looks again at the next one.
        let rung = bell.map(|bell| folder::private_file(&bell).map(|file| file.set_len(0)));
        if let Some(Err(e)) = rung {
            tracing::debug!(error = %e, "a change of the queue is not told");
        }
    }

    /// One writing transaction: all of it or nothing, on disk when this returns.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
        let out = work(&tx)?;
        tx.commit().map_err(said)?;
        Ok(out)
    }
}

/// Moves the file and what SQLite keeps beside it out of the way, together and still openable. The file itself goes
/// last: killed in between, the next start finds it broken again.
fn set_aside(dir: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let free = (1..100u32)
        .map(|n| {
            if n == 1 {
                format!("archtui.broken-{stamp}.db")
            } else {
                format!("archtui.broken-{stamp}-{n}.db")
            }
        })
        .find(|name| fs::symlink_metadata(dir.join(name)).is_err())
        .ok_or_else(|| StoreError::Failed("too many broken databases were set aside".to_owned()))?;
    for suffix in ["-wal", "-shm", ""] {
        let from = dir.join(format!("{FILE}{suffix}"));
        if fs::symlink_metadata(&from).is_ok() {
            fs::rename(&from, dir.join(format!("{free}{suffix}")))
                .map_err(|e| StoreError::Failed(format!("a broken database cannot be moved: {e}")))?;
        }
    }
    Ok(dir.join(free))
}

#[cfg(test)]
mod tests;
