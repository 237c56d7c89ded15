//! The kernel's word that somebody wrote to a pane's terminal device: one inotify instance for all panes. It tells of
//! every `write` to the slave side by any name but `/dev/tty`; it does not tell of echo, nor of what tmux does itself.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

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
    fd: AsyncFd<OwnedFd>,
    keys: HashMap<i32, K>,
}

impl<K: Copy + PartialEq> Watches<K> {
    /// None yet. Fails where the kernel has no inotify, or no instance left for this user.
    pub fn new() -> std::io::Result<Self> {
        let fd = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        #[expect(deprecated, reason = "its successor is unsafe; an owned descriptor is what both ask for")]
        let fd = AsyncFd::new(fd)?;
        Ok(Self { fd, keys: HashMap::new() })
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
        let wd = inotify::add_watch(self.fd.get_ref(), path, flags)?;
        self.keys.insert(wd, key);
        Ok(())
    }

    /// No longer tells of this key. A watch whose device is gone has ended by itself.
    pub fn forget(&mut self, key: K) {
        let fd = self.fd.get_ref();
        self.keys.retain(|&wd, k| {
            if *k == key {
                let _ = inotify::remove_watch(fd, wd);
            }
            *k != key
        });
    }

    /// Waits until the kernel has something to tell, and appends it. Cancel-safe.
    pub async fn next(&mut self, out: &mut Vec<Noticed<K>>) -> std::io::Result<()> {
        let mut ready = self.fd.readable_mut().await?;
        let mut buf = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = inotify::Reader::new(ready.get_inner(), &mut buf);
        let mut gone = Vec::new();
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => continue,
                Err(e) => return Err(e.into()),
            };
            let flags = event.events();
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                out.push(Noticed::Overflow);
            } else if let Some(&key) = self.keys.get(&event.wd()) {
                if flags.contains(ReadFlags::IGNORED) {
                    gone.push(event.wd());
                    out.push(Noticed::Gone(key));
                } else {
                    out.push(Noticed::Wrote(key));
                }
            }
        }
        ready.clear_ready();
        for wd in gone {
            self.keys.remove(&wd);
        }
        Ok(())
    }
}
