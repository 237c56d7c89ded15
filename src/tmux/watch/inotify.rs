//! The kernel's word that somebody wrote to a pane's terminal device: one inotify instance for all panes. It tells of
//! every `write` to the slave side by any name but `/dev/tty`; it does not tell of echo, nor of what tmux does itself.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

/// So many bytes of events are read at once, and so many is one at most, with a name.
const BUFFER: usize = 16 * 1024;
const LARGEST: usize = 16 + 256;

/// What the kernel told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed<K> {
    /// Something was written there.
    Wrote(K),
    /// The device is gone, and the watch with it.
    Gone(K),
    /// More happened than the kernel's queue holds: anything may have been written to.
    Overflow,
}

/// The watches, each with a key of the caller's.
#[derive(Debug)]
pub struct Watches<K> {
    fd: Fd,
    keys: HashMap<i32, K>,
}

/// A descriptor that is waited for wakes us at every single event, whether we read or not: thousands a second of a pane
/// that floods. So while events come in bursts it is only read now and then.
#[derive(Debug)]
enum Fd {
    Waited(AsyncFd<Arc<OwnedFd>>),
    Gathering(Arc<OwnedFd>),
}

impl<K: Copy + PartialEq> Watches<K> {
    /// None yet. Fails where the kernel has no inotify, or no instance left for this user.
    pub fn new() -> std::io::Result<Self> {
        let fd = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        Ok(Self { fd: waited(Arc::new(fd))?, keys: HashMap::new() })
    }

    /// Tells of writes to `path` from now on.
    pub fn writes(&mut self, path: &Path, key: K) -> std::io::Result<()> {
        self.add(path, WatchFlags::MODIFY, key)
    }

    /// Tells of new names in the folder `path` from now on.
    pub fn arrivals(&mut self, path: &Path, key: K) -> std::io::Result<()> {
        self.add(path, WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR, key)
    }

    fn add(&mut self, path: &Path, flags: WatchFlags, key: K) -> std::io::Result<()> {
        let wd = inotify::add_watch(self.fd(), path, flags)?;
        self.keys.insert(wd, key);
        Ok(())
    }

    /// No longer tells of this key. A watch whose device is gone has ended by itself.
    pub fn forget(&mut self, key: K) {
        let fd = Arc::clone(self.fd());
        self.keys.retain(|&wd, k| {
            if *k == key {
                // Gone already: then the watch has ended by itself.
                let _ = inotify::remove_watch(&fd, wd);
            }
            *k != key
        });
    }

    /// Waits until the kernel has something to tell, and appends it. Cancel-safe. For ever while [`Self::gather`] holds.
    pub async fn next(&mut self, out: &mut Vec<Noticed<K>>) -> std::io::Result<()> {
        let Fd::Waited(fd) = &mut self.fd else {
            return std::future::pending().await;
        };
        let mut ready = fd.readable_mut().await?;
        read(ready.get_inner(), &mut self.keys, out)?;
        ready.clear_ready();
        Ok(())
    }

    /// Waits no more: what comes is read when asked for.
    pub fn gather(&mut self) {
        if let Fd::Waited(fd) = &self.fd {
            self.fd = Fd::Gathering(Arc::clone(fd.get_ref()));
        }
    }

    /// Waits again.
    pub fn wait(&mut self) -> std::io::Result<()> {
        if let Fd::Gathering(fd) = &self.fd {
            self.fd = waited(Arc::clone(fd))?;
        }
        Ok(())
    }

    /// Appends what the kernel has to tell now.
    pub fn read(&mut self, out: &mut Vec<Noticed<K>>) -> std::io::Result<()> {
        let fd = Arc::clone(self.fd());
        read(&fd, &mut self.keys, out)
    }

    fn fd(&self) -> &Arc<OwnedFd> {
        match &self.fd {
            Fd::Waited(fd) => fd.get_ref(),
            Fd::Gathering(fd) => fd,
        }
    }
}

fn waited(fd: Arc<OwnedFd>) -> std::io::Result<Fd> {
    #[expect(deprecated, reason = "its successor is unsafe; an owned descriptor is what both ask for")]
    let fd = AsyncFd::new(fd)?;
    Ok(Fd::Waited(fd))
}

fn read<K: Copy>(fd: &OwnedFd, keys: &mut HashMap<i32, K>, out: &mut Vec<Noticed<K>>) -> std::io::Result<()> {
    let mut buf = [MaybeUninit::uninit(); BUFFER];
    let mut reader = inotify::Reader::new(fd, &mut buf);
    let mut batch = 0;
    loop {
        let event = match reader.next() {
            Ok(event) => event,
            Err(Errno::AGAIN) => return Ok(()),
            Err(Errno::INTR) => continue,
            Err(e) => return Err(e.into()),
        };
        let flags = event.events();
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            out.push(Noticed::Overflow);
        } else if flags.contains(ReadFlags::IGNORED) {
            out.extend(keys.remove(&event.wd()).map(Noticed::Gone));
        } else {
            out.extend(keys.get(&event.wd()).copied().map(Noticed::Wrote));
        }
        batch += 1;
        if reader.is_buffer_empty() {
            // There was room for one more: the kernel had none.
            if batch * LARGEST <= BUFFER - LARGEST {
                return Ok(());
            }
            batch = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn arrivals_are_told_waiting_and_gathering() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut watches = Watches::new().expect("inotify");
        watches.arrivals(dir.path(), 7).expect("a watch");
        let make = |name: &str| std::fs::write(dir.path().join(name), "").expect("written");
        let mut out = Vec::new();

        make("a");
        watches.next(&mut out).await.expect("told");
        assert_eq!(out, [Noticed::Wrote(7)]);

        watches.gather();
        make("b");
        let waited = tokio::time::timeout(Duration::from_millis(50), watches.next(&mut out)).await;
        assert!(waited.is_err(), "it does not wake while gathering");
        watches.read(&mut out).expect("read");
        assert_eq!(out.len(), 2);

        make("c");
        watches.wait().expect("it waits again");
        watches.next(&mut out).await.expect("what came before is told");
        assert_eq!(out.len(), 3);
        watches.read(&mut out).expect("nothing more is no error");
        assert_eq!(out.len(), 3);
    }

    #[tokio::test]
    async fn what_is_gone_or_forgotten_is_told_no_more() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = |name: &str| dir.path().join(name);
        let mut watches = Watches::new().expect("inotify");
        for (name, key) in [("gone", 1), ("forgotten", 2), ("kept", 3)] {
            std::fs::write(path(name), "").expect("written");
            watches.writes(&path(name), key).expect("a watch");
        }
        watches.forget(2);
        std::fs::remove_file(path("gone")).expect("removed");
        for name in ["forgotten", "kept"] {
            std::fs::write(path(name), "x").expect("written");
        }
        let mut out = Vec::new();
        watches.next(&mut out).await.expect("told");
        out.dedup();
        assert_eq!(out, [Noticed::Gone(1), Noticed::Wrote(3)]);
    }
}
