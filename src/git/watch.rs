//! The kernel's word on the folders of repositories: one inotify instance for all of them. It tells names, so that a lock
//! file need not mean a look. Which folders matter is for `find`, what a name means for the worker.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use crate::ports::{Folders, Stirred};

/// What one git command does comes within this time: it is read in one go.
const GATHER: Duration = Duration::from_millis(10);

/// Folders watched by inotify; none at all where the kernel gives no instance.
#[derive(Debug)]
pub struct Inotify {
    fd: Result<AsyncFd<OwnedFd>, io::ErrorKind>,
    flags: WatchFlags,
    folders: HashMap<i32, PathBuf>,
    ids: HashMap<PathBuf, i32>,
}

impl Inotify {
    /// Nothing watched yet. Must be made where tokio runs.
    pub fn new() -> Self {
        let fd = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(io::Error::from);
        #[expect(deprecated, reason = "its successor is unsafe; an owned descriptor is what both ask for")]
        let fd = fd.and_then(AsyncFd::new).map_err(|e| e.kind());
        let flags = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::ONLYDIR;
        Self { fd, flags, folders: HashMap::new(), ids: HashMap::new() }
    }

    /// The same, and a file that was written where it stands counts as replaced.
    #[must_use]
    pub fn with_writes(self) -> Self {
        Self { flags: self.flags | WatchFlags::CLOSE_WRITE, ..self }
    }

    /// Takes what the kernel has to tell now.
    fn read(&mut self) -> io::Result<Vec<Stirred>> {
        let Ok(fd) = &self.fd else { return Ok(Vec::new()) };
        let mut buf = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = inotify::Reader::new(fd.get_ref(), &mut buf);
        let mut out = Vec::new();
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::AGAIN) => return Ok(out),
                Err(Errno::INTR) => continue,
                Err(e) => return Err(e.into()),
            };
            let flags = event.events();
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                out.push(Stirred::Lost);
            } else if flags.contains(ReadFlags::IGNORED) {
                if let Some(folder) = self.folders.remove(&event.wd()) {
                    // The name may belong to another folder's watch by now.
                    if self.ids.get(&folder) == Some(&event.wd()) {
                        self.ids.remove(&folder);
                    }
                    out.push(Stirred::Gone(folder));
                }
            } else if let (Some(folder), Some(name)) = (self.folders.get(&event.wd()), event.file_name()) {
                let name = OsString::from_vec(name.to_bytes().to_vec());
                out.push(Stirred::Name { folder: folder.clone(), name });
            }
        }
    }
}

impl Default for Inotify {
    fn default() -> Self {
        Self::new()
    }
}

impl Folders for Inotify {
    fn watch(&mut self, folder: &Path) -> io::Result<()> {
        if self.ids.contains_key(folder) {
            return Ok(());
        }
        let fd = self.fd.as_ref().map_err(|kind| io::Error::from(*kind))?;
        let wd = inotify::add_watch(fd.get_ref(), folder, self.flags)?;
        self.folders.insert(wd, folder.to_owned());
        self.ids.insert(folder.to_owned(), wd);
        Ok(())
    }

    fn forget(&mut self, folder: &Path) {
        if let (Some(wd), Ok(fd)) = (self.ids.remove(folder), &self.fd) {
            self.folders.remove(&wd);
            // Gone already: then the watch has ended by itself.
            let _ = inotify::remove_watch(fd.get_ref(), wd);
        }
    }

    async fn next(&mut self) -> Vec<Stirred> {
        loop {
            let Ok(fd) = &mut self.fd else { return std::future::pending().await };
            let Ok(mut ready) = fd.readable_mut().await else { return std::future::pending().await };
            // Nothing is taken before the wait is over: whoever gives up meanwhile loses nothing.
            tokio::time::sleep(GATHER).await;
            ready.clear_ready();
            match self.read() {
                Ok(out) if out.is_empty() => {}
                Ok(out) => return out,
                Err(e) => {
                    tracing::warn!(error = %e, "the folders of repositories are watched no more");
                    self.fd = Err(e.kind());
                    return vec![Stirred::Lost];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_are_told_until_they_are_forgotten_or_gone() {
        let top = tempfile::tempdir().expect("a folder");
        let dir = |name: &str| top.path().join(name);
        for name in ["a", "b", "c"] {
            std::fs::create_dir(dir(name)).expect("made");
        }
        let mut folders = Inotify::new();
        for name in ["a", "b", "c", "a"] {
            folders.watch(&dir(name)).expect("watched");
        }
        folders.forget(&dir("b"));
        std::fs::write(dir("a").join("HEAD.lock"), "").expect("written");
        std::fs::rename(dir("a").join("HEAD.lock"), dir("a").join("HEAD")).expect("renamed");
        std::fs::write(dir("b").join("x"), "").expect("written");
        std::fs::remove_dir(dir("c")).expect("removed");
        let mut told = folders.next().await;
        told.dedup();
        let name = |name: &str| Stirred::Name { folder: dir("a"), name: name.into() };
        let want = [name("HEAD.lock"), name("HEAD.lock"), name("HEAD"), Stirred::Gone(dir("c"))];
        let mut want = want.to_vec();
        want.dedup();
        assert_eq!(told, want);
        assert!(folders.watch(&dir("c")).is_err(), "there is no such folder any more");
    }
}
