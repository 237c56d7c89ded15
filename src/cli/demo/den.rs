//! The demo's private folder, and the removal of folders that a killed demo left behind. A folder is somebody's as long as
//! its owner holds the lock on the file `owner` in it: the kernel gives a lock back whatever ends a process.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::config::Env;
use crate::tmux::private::{Process, end};
use crate::workers::actor::boot;

/// How the folders are called; what does not begin so is never touched.
const PREFIX: &str = "archtui-demo-";
/// The folder while it has no lock yet.
const UNFINISHED: &str = ".archtui-demo-";
/// A socket's path may have 107 bytes.
const LONGEST_BASE: usize = 60;

/// What stands in `owner`: whose folder it is and which server was started in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// The demo's process.
    pid: u32,
    /// Which boot of the machine: process numbers of another one mean nothing.
    boot: String,
    /// Number and start time of the tmux server.
    server: Option<(u32, u64)>,
}

/// A private folder, removed on drop.
#[derive(Debug)]
pub struct Den {
    path: PathBuf,
    /// Holds the lock.
    owner: File,
}

impl Den {
    /// Makes a new one, mode 0700, in the first base that can hold it.
    pub fn make(bases: &[PathBuf]) -> io::Result<Self> {
        let mut last = io::Error::other("no folder for temporary files was found");
        for base in bases {
            match Self::make_in(base) {
                Ok(den) => return Ok(den),
                Err(e) => last = io::Error::new(e.kind(), format!("{}: {e}", base.display())),
            }
        }
        Err(last)
    }

    fn make_in(base: &Path) -> io::Result<Self> {
        let pid = std::process::id();
        for n in 0..1000 {
            // First under a name that nobody clears, then, locked, under its own.
            let unfinished = base.join(format!("{UNFINISHED}{pid}-{n}"));
            let path = base.join(format!("{PREFIX}{pid}-{n}"));
            match DirBuilder::new().mode(0o700).create(&unfinished) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            let owner = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(unfinished.join("owner"))?;
            flock(&owner, FlockOperation::NonBlockingLockExclusive)?;
            if path.exists() || fs::rename(&unfinished, &path).is_err() {
                fs::remove_dir_all(&unfinished)?;
                continue;
            }
            let den = Self { path, owner };
            den.write(None)?;
            return Ok(den);
        }
        Err(io::Error::other("no free name"))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the server listens.
    pub fn socket(&self) -> PathBuf {
        socket_in(&self.path)
    }

    /// Writes down which server was started here.
    pub fn record(&self, server: Process) -> io::Result<()> {
        self.write(Some((server.pid, server.start)))
    }

    fn write(&self, server: Option<(u32, u64)>) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        let record = Record { pid: std::process::id(), boot: boot(), server };
        let text = serde_json::to_string(&record).map_err(io::Error::other)?;
        self.owner.write_all_at(text.as_bytes(), 0)
    }
}

impl Drop for Den {
    fn drop(&mut self) {
        // Nothing can be done about a folder that cannot be removed now; the next start tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Where private folders may lie, best first.
pub fn bases(env: &Env) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = Vec::new();
    for base in [env.runtime_dir.clone(), Some(std::env::temp_dir()), Some(PathBuf::from("/tmp"))] {
        let Some(base) = base.filter(|b| b.is_dir() && b.as_os_str().len() <= LONGEST_BASE) else { continue };
        if !out.contains(&base) {
            out.push(base);
        }
    }
    out
}

/// Removes what killed demos left in these bases: their servers and folders. Tells which.
pub fn clear(bases: &[PathBuf]) -> Vec<PathBuf> {
    let mut cleared = Vec::new();
    for base in bases {
        let Ok(entries) = fs::read_dir(base) else { continue };
        for path in entries.flatten().map(|e| e.path()) {
            if is_ours(&path) && clear_one(&path).is_some() {
                cleared.push(path);
            }
        }
    }
    cleared
}

/// A real folder of that name, of this user, that nobody else may enter.
fn is_ours(path: &Path) -> bool {
    let named = path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(PREFIX));
    named
        && fs::symlink_metadata(path).is_ok_and(|m| {
            m.is_dir()
                && m.uid() == rustix::process::geteuid().as_raw()
                && m.permissions().mode() & 0o777 == 0o700
        })
}

/// Removes one folder if its owner is gone.
fn clear_one(path: &Path) -> Option<()> {
    let owner = File::open(path.join("owner")).ok()?;
    flock(&owner, FlockOperation::NonBlockingLockExclusive).ok()?;
    let record: Record =
        io::read_to_string(&owner).ok().and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
    let server = record.server.filter(|_| record.boot == boot()).map(|(pid, start)| Process { pid, start });
    end(&socket_in(path), server);
    fs::remove_dir_all(path).ok()
}

fn socket_in(path: &Path) -> PathBuf {
    path.join("tmux")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn scratch() -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let bases = vec![dir.path().to_owned()];
        (dir, bases)
    }

    #[test]
    fn a_den_is_private_and_goes_on_drop() {
        let (_dir, bases) = scratch();
        let den = Den::make(&bases).expect("made");
        let path = den.path().to_owned();
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o700);
        drop(den);
        assert!(!path.exists());
    }

    #[test]
    fn only_dens_whose_owner_is_gone_are_cleared() {
        let (dir, bases) = scratch();
        let alive = Den::make(&bases).expect("made");
        let mut dead = Den::make(&bases).expect("made");
        // As after kill -9: the lock is given back, nothing is removed.
        let dead_path = std::mem::take(&mut dead.path);
        drop(dead);

        // Look-alikes that must stay: a link, another name, a folder open to others, a file.
        let target = dir.path().join("target");
        fs::create_dir(&target).expect("made");
        symlink(&target, dir.path().join("archtui-demo-link")).expect("linked");
        fs::create_dir(dir.path().join("archtui-other")).expect("made");
        let open = dir.path().join("archtui-demo-open");
        fs::create_dir(&open).expect("made");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).expect("set");
        fs::write(open.join("owner"), "{}").expect("written");
        fs::write(dir.path().join("archtui-demo-file"), "").expect("written");

        assert_eq!(clear(&bases), [dead_path]);
        assert!(alive.path().exists());
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 6);
    }
}
