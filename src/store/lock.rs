//! Who may act: a lock that the kernel holds for one process per tmux server and lets go when that process ends, however
//! it ends. What the lock file says is for people; the lock itself is what counts.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder;
use crate::ports::StoreError;

/// His words are shorter than this: a roster of 200 names is some 4 KB.
const LONGEST: u64 = 64 << 10;

/// Who holds the lock, in his own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// His process.
    pub pid: u32,
    /// His machine.
    pub host: String,
    /// Since when, RFC 3339, UTC.
    pub since: String,
    /// The id that stands on the tmux server as `@archtui_actor`.
    pub id: String,
    /// The sessions of his roster, by name or pattern: who runs in one of them is an agent, whatever config he brings along.
    #[serde(default)]
    pub roster: Vec<String>,
    /// The folder of his fleet's state: where wishes reach him.
    #[serde(default)]
    pub folder: PathBuf,
}

impl Holder {
    /// This process, from now on.
    pub fn me(host: &str, id: &str, now: Timestamp) -> Self {
        let since = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self {
            pid: std::process::id(),
            host: host.to_owned(),
            since,
            id: id.to_owned(),
            roster: Vec::new(),
            folder: PathBuf::new(),
        }
    }
}

/// The lock of one tmux server: its user and the inode of its socket. A new server is another lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockName(String);

impl LockName {
    /// Of the records in a state folder: two fleets on two servers that share a name share those.
    pub fn of_records() -> Self {
        Self("records.lock".to_owned())
    }

    /// Of the server behind a socket. One that does not exist yet is told apart by its path.
    pub fn of(socket: &Path) -> Self {
        let uid = rustix::process::geteuid().as_raw();
        Self(if let Ok(meta) = fs::metadata(socket) {
            format!("actor-{uid}-{:x}-{}.lock", meta.dev(), meta.ino())
        } else {
            let path = Sha256::digest(socket.as_os_str().as_bytes());
            let path: u64 = path.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b));
            format!("actor-{uid}-none-{path:016x}.lock")
        })
    }
}

/// The lock while it is ours; dropped, it is let go.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
    /// Device and inode: while the file is open nobody else's has these.
    which: (u64, u64),
}

/// Whether a lock is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// By nobody.
    Nobody,
    /// By a process that has not said who it is.
    Unnamed,
    /// By that one, and it lives.
    By(Holder),
}

/// How asking for the lock ended.
#[derive(Debug)]
pub enum Asked {
    /// We may act.
    Ours(Lock),
    /// Somebody else does; who, as far as he has said so yet.
    Theirs(Option<Holder>),
}

impl Lock {
    /// Asks for the lock, in a folder that is ours alone (made if it is missing). Never waits.
    pub fn ask(folder: &Path, name: &LockName, me: &Holder) -> Result<Asked, StoreError> {
        let path = folder::private_folder(folder)?.join(&name.0);
        let mut file = folder::private_file(&path)?;
        let shown = path.display().to_string();
        let failed = |e: &std::io::Error| StoreError::Failed(format!("{shown}: {e}"));
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Asked::Theirs(read(&mut file))),
            Err(TryLockError::Error(e)) => return Err(failed(&e)),
        }
        let which = file.metadata().map(|m| (m.dev(), m.ino())).map_err(|e| failed(&e))?;
        let lock = Self { file, path, which };
        // Removed and made anew between opening and locking: ours is a lock on nothing.
        if !lock.stands() {
            return Ok(Asked::Theirs(None));
        }
        lock.say(Some(me)).map_err(|e| failed(&e))?;
        Ok(Asked::Ours(lock))
    }

    /// Who holds it now; `None` = nobody, or he has not said so yet.
    pub fn holder(folder: &Path, name: &LockName) -> Option<Holder> {
        match Self::held(folder, name) {
            Held::By(holder) => Some(holder),
            Held::Nobody | Held::Unnamed => None,
        }
    }

    /// Whether it is held, and by whom as far as he has said so: a holder's words count only while his process lives.
    pub fn held(folder: &Path, name: &LockName) -> Held {
        let Ok(mut file) = File::open(folder.join(&name.0)) else { return Held::Nobody };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file).map_or(Held::Unnamed, Held::By),
            _ => Held::Nobody,
        }
    }

    /// True while somebody holds it, whether or not he has said who he is.
    pub fn is_held(folder: &Path, name: &LockName) -> bool {
        let Ok(file) = File::open(folder.join(&name.0)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// False once somebody has removed or replaced the file: another process can then lock the new one, so the holder
    /// stops acting.
    pub fn stands(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|m| (m.dev(), m.ino()) == self.which)
    }

    /// True if the file is surely not there any more, or another one is. What cannot be told is not.
    pub fn is_gone(&self) -> bool {
        match fs::symlink_metadata(&self.path) {
            Ok(m) => (m.dev(), m.ino()) != self.which,
            Err(e) => e.kind() == std::io::ErrorKind::NotFound,
        }
    }

    fn say(&self, who: Option<&Holder>) -> std::io::Result<()> {
        let text = who.map(|w| serde_json::to_string(w).expect("a holder is strings and a number"));
        self.file.set_len(0)?;
        (&self.file).seek(SeekFrom::Start(0))?;
        (&self.file).write_all(text.unwrap_or_default().as_bytes())
    }
}

impl Drop for Lock {
    /// The words go before the lock does: who comes next never reads of one who left. The file stays: removing it would
    /// let two processes lock two files.
    fn drop(&mut self) {
        let _ = self.say(None);
    }
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    let holder: Holder = serde_json::from_str(&text).ok()?;
    // Words of one who was killed, under the lock of one who has not written his yet.
    let pid = rustix::process::Pid::from_raw(holder.pid.cast_signed())?;
    match rustix::process::test_kill_process(pid) {
        Err(rustix::io::Errno::SRCH) => None,
        _ => Some(holder),
    }
}
