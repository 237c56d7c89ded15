//! The listening end. One value, polled by whoever owns it: no task of its own, no lock, no queue without an end. Dropped,
//! it lets everybody go and takes its socket away.

use std::collections::HashMap;
use std::fs;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener as StdListener;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::{connection, wire};
use crate::domain::confirm::{Bulletin, HookId, HookWord};
use crate::domain::hook::{Caller, HookCall, HookEvent};
use crate::domain::session::PaneIdentity;
use crate::ports::Hooks;

/// So many connections at once; further ones wait in the kernel.
pub const CONNECTIONS: usize = 256;
/// So many may look on at once; further ones are turned away, so that they keep no hook out.
pub const LOOKERS: usize = 32;
/// So many may wait in the kernel.
const WAITING: i32 = 1024;
/// The pause after the kernel would not give a connection.
const REST: Duration = Duration::from_millis(50);

/// What became of a step of a connection.
pub(super) enum Step {
    /// It said nothing that counts and is closed.
    Nothing,
    Wake,
    Typed {
        who: Caller,
        pane: PaneIdentity,
    },
    Heard {
        who: Caller,
    },
    Asks {
        who: Caller,
        call: HookCall,
        stream: Arc<UnixStream>,
    },
    Watches {
        stream: UnixStream,
    },
    Closed {
        id: HookId,
    },
    /// The pause is over.
    Rested,
}

type Work = Pin<Box<dyn Future<Output = Step> + Send>>;

/// The socket of one tmux server's actor.
pub struct HookServer {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of our own socket.
    own: (u64, u64),
    work: FuturesUnordered<Work>,
    /// Those that wait for a word.
    open: HashMap<HookId, Arc<UnixStream>>,
    last: u64,
    resting: bool,
    /// What those who look on are told.
    news: watch::Sender<Option<Arc<Bulletin>>>,
}

impl HookServer {
    /// Listens at a path that [`super::place::make`] gave. Whoever calls this holds the actor's lock: a socket that nobody
    /// listens at is replaced, one that is alive never. Needs a running tokio.
    pub fn listen(path: &Path) -> io::Result<Self> {
        clear(path)?;
        let socket = new_socket()?;
        // It appears under its name when it can be connected to: whoever waits for it is told once.
        let new = path.with_extension("new");
        let _ = fs::remove_file(&new);
        rustix::net::bind(&socket, &SocketAddrUnix::new(&new)?)?;
        fs::set_permissions(&new, fs::Permissions::from_mode(0o600))?;
        rustix::net::listen(&socket, WAITING)?;
        fs::rename(&new, path)?;
        Ok(Self {
            listener: UnixListener::from_std(StdListener::from(socket))?,
            path: path.to_owned(),
            own: identity(path)?,
            work: FuturesUnordered::new(),
            open: HashMap::new(),
            last: 0,
            resting: false,
            news: watch::channel(None).0,
        })
    }

    /// True while the socket that others find is ours.
    pub fn stands(&self) -> bool {
        identity(&self.path).is_ok_and(|found| found == self.own)
    }

    fn take(&mut self, step: Step) -> Option<HookEvent> {
        match step {
            Step::Nothing => None,
            Step::Rested => {
                self.resting = false;
                None
            }
            Step::Wake => Some(HookEvent::Wake),
            Step::Typed { who, pane } => Some(HookEvent::Typed { who, pane }),
            Step::Watches { .. } if self.news.receiver_count() >= LOOKERS => None,
            Step::Watches { stream } => {
                self.work.push(Box::pin(connection::show(stream, self.news.subscribe())));
                Some(HookEvent::Watched)
            }
            Step::Heard { who } => Some(HookEvent::Heard { who }),
            Step::Asks { who, call, stream } => {
                self.last += 1;
                let id = HookId(self.last);
                self.open.insert(id, Arc::clone(&stream));
                self.work.push(Box::pin(connection::wait(id, stream)));
                Some(HookEvent::Asks { id, who, call })
            }
            Step::Closed { id } => {
                self.open.remove(&id);
                Some(HookEvent::Closed { id })
            }
        }
    }

    fn accepted(&mut self, accepted: io::Result<UnixStream>) {
        if let Ok(stream) = accepted {
            self.work.push(Box::pin(connection::listen(stream)));
        } else {
            self.resting = true;
            self.work.push(Box::pin(async {
                tokio::time::sleep(REST).await;
                Step::Rested
            }));
        }
    }
}

impl Hooks for HookServer {
    async fn next(&mut self) -> HookEvent {
        loop {
            let more = self.work.len() < CONNECTIONS && !self.resting;
            // Those that are here first, so that a crowd at the door cannot starve them.
            let step = tokio::select! {
                biased;
                Some(step) = self.work.next() => step,
                accepted = self.listener.accept(), if more => {
                    self.accepted(accepted.map(|(stream, _)| stream));
                    continue;
                }
            };
            if let Some(event) = self.take(step) {
                return event;
            }
        }
    }

    /// Never waits: an answer is smaller than what a fresh connection holds.
    fn answer(&mut self, id: HookId, word: &HookWord) -> bool {
        let line = wire::answer(word);
        self.open.remove(&id).is_some_and(|stream| stream.try_write(&line).is_ok_and(|n| n == line.len()))
    }

    fn is_watched(&self) -> bool {
        self.news.receiver_count() > 0
    }

    fn show(&mut self, word: Arc<Bulletin>) {
        self.news.send_replace(Some(word));
    }
}

impl Drop for HookServer {
    fn drop(&mut self) {
        if self.stands() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn new_socket() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|m| (m.dev(), m.ino()))
}

/// Takes away what an actor that was killed left. A full queue at the door is an actor that is alive.
fn clear(path: &Path) -> io::Result<()> {
    match rustix::net::connect(new_socket()?, &SocketAddrUnix::new(path)?) {
        Err(Errno::NOENT) => Ok(()),
        Err(Errno::CONNREFUSED) => fs::remove_file(path),
        Ok(()) | Err(Errno::AGAIN) => Err(ErrorKind::AddrInUse.into()),
        Err(e) => Err(e.into()),
    }
}
