//! The watched panes of one server: finds the server, keeps the connection, notices what changed, looks, tells.
//! When to look is `schedule`'s, what a look means is `book`'s; here they meet the connection and the clock.

pub mod book;
mod glimpse;
pub mod inotify;
mod link;
pub mod outbox;
pub mod schedule;
mod slot;

use std::io;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use self::inotify::Watches;
use self::link::{Link, Tag};
use self::outbox::Outbox;
use super::address::{self, Address, Found};
use super::client::Connection;
use super::keys::{self, Keys, Typing};
use super::lifeline::Lifeline;
use super::once::{self, Said};
use crate::domain::server::{Notice, Server, Told};
use crate::domain::session::PaneId;
use crate::ports::{Panes, TypeError, View};

/// The first wait before a new try, and the longest.
const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Of a server that takes connections and does not answer.
const SILENT: &str = "tmux does not answer";
/// Of a server in which nobody is.
const EMPTY: &str = "the tmux server has no sessions";
/// A server that starts makes its socket a moment before it listens there, and whoever starts it makes its sessions one
/// after the other: a tmux that `knock` does not know may crash when one is made while we are at the door. So it is given so
/// long.
const NEWBORN: Duration = Duration::from_millis(800);

/// The watcher of one server.
#[derive(Debug)]
pub struct Watcher {
    address: Address,
    notice: Notice,
    view: View,
    keys: mpsc::Receiver<Typing>,
    /// False once every handle of the keyboard is gone.
    keys_open: bool,
    outbox: Outbox,
    state: State,
    attempts: u32,
    wait: Duration,
}

#[derive(Debug)]
enum State {
    /// No connection; the next try is due at the instant. Something that arrives in the socket's folder sets another one,
    /// once.
    Off(Instant, Option<Watches<()>>),
    On(Box<Link>),
}

impl Watcher {
    /// A watcher, and the keyboard that types through its connection.
    pub fn new(address: Address, notice: Notice) -> (Self, Keys) {
        let (handle, keys) = keys::channel();
        let mut outbox = Outbox::default();
        outbox.push(Told::Server(Server::Connecting));
        let watcher = Self {
            address,
            notice,
            view: View::default(),
            keys,
            keys_open: true,
            outbox,
            state: State::Off(clock(), None),
            attempts: 0,
            wait: RETRY.0,
        };
        (watcher, handle)
    }

    async fn step(&mut self) {
        match &mut self.state {
            State::On(link) => {
                let ended = link.turn(&mut self.keys, &mut self.keys_open, &mut self.outbox).await;
                if let Err(ended) = ended {
                    if link.was_up() {
                        self.wait = RETRY.0;
                    }
                    let folder = self.folder();
                    self.lose(ended, folder);
                }
            }
            State::Off(at, folder) => {
                tokio::select! {
                    biased;
                    // A person who types is told at once that nobody listens.
                    wish = self.keys.recv(), if self.keys_open => {
                        match wish {
                            Some(wish) => drop(wish.answer.send(Err(TypeError::NotConnected))),
                            None => self.keys_open = false,
                        }
                        return;
                    }
                    () = tokio::time::sleep_until((*at).into()) => {}
                    () = arrival(folder.as_mut()) => {
                        (*at, *folder, self.wait) = (clock() + NEWBORN, None, RETRY.0);
                        return;
                    }
                }
                self.connect().await;
            }
        }
    }

    /// Cancel-safe: until it is known what stands there, nothing has changed.
    async fn connect(&mut self) {
        // Before it is looked: what arrives in between is noticed.
        let folder = self.folder();
        let found = address::probe(&self.address.socket).await;
        let now = clock();
        let socket = &self.address.socket;
        let (id, pid) = match found {
            Found::Listening(id, pid) => (id, pid),
            Found::Nothing => {
                let why = format!("no server at {}", socket.display());
                return self.lose(Server::Missing { why }, folder);
            }
            Found::Stale => {
                let why = format!("nobody listens on {}: its server was killed", socket.display());
                return self.lose(Server::Missing { why }, folder);
            }
            Found::Barred(why) => return self.lose(Server::Unusable { why }, folder),
            Found::Silent => {
                return self.lose(Server::Lost { why: SILENT.to_owned() }, folder);
            }
        };
        self.attempts += 1;
        let session = format!("_archtui_{}_{}", std::process::id(), self.attempts);
        let version = match once::who(socket).await {
            Said::Version(version) => version,
            Said::NoSession => return self.lose(Server::Missing { why: EMPTY.to_owned() }, folder),
            Said::Nothing => return self.lose(Server::Lost { why: SILENT.to_owned() }, folder),
        };
        let opened = match secret() {
            Ok(secret) => Connection::open(socket, &version, &session, secret, Lifeline::to(pid)).await,
            Err(e) => Err(e),
        };
        match opened {
            Ok(connection) => {
                let view = self.view.clone();
                let link = Link::new(connection, session, &self.address, (id, pid), self.notice, view, now);
                self.state = State::On(Box::new(link));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let why = "the program tmux is not installed, or not on the PATH".to_owned();
                self.lose(Server::Unusable { why }, folder);
            }
            Err(e) => {
                self.lose(Server::Lost { why: format!("the server was not entered: {e}") }, folder);
            }
        }
    }

    /// Notices what arrives in the socket's folder, from now on.
    fn folder(&self) -> Option<Watches<()>> {
        let mut watches = Watches::new().ok()?;
        watches.arrivals(self.address.socket.parent()?, ()).ok()?;
        Some(watches)
    }

    /// Tells why there is no connection and sets the next try.
    fn lose(&mut self, why: Server, folder: Option<Watches<()>>) {
        self.outbox.forget_panes();
        self.outbox.push(Told::Server(why));
        self.state = State::Off(clock() + self.wait, folder);
        self.wait = (self.wait * 2).min(RETRY.1);
    }
}

impl Panes for Watcher {
    async fn next(&mut self) -> Told {
        loop {
            if let Some(told) = self.outbox.pop() {
                return told;
            }
            self.step().await;
        }
    }

    fn look_at(&mut self, view: View) {
        if let State::On(link) = &mut self.state {
            link.look_at(&view, clock());
        }
        self.view = view;
    }

    fn look_again(&mut self, pane: PaneId) {
        if let State::On(link) = &mut self.state {
            link.look_again(pane, clock());
        }
    }

    fn stands(&mut self, pane: PaneId) {
        if let State::On(link) = &mut self.state {
            link.stands(pane);
        }
    }
}

/// Waits for a new name in the socket's folder; for ever where that cannot be watched.
async fn arrival(folder: Option<&mut Watches<()>>) {
    let Some(folder) = folder else {
        return std::future::pending().await;
    };
    let mut noticed = Vec::new();
    while noticed.is_empty() {
        if folder.next(&mut noticed).await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// What no pane can guess, for the nonces of one connection.
fn secret() -> io::Result<String> {
    use std::fmt::Write;
    use std::io::Read;
    let mut bytes = [0; 12];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    }))
}

/// When something arrived.
fn clock() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the stamp of arrivals")]
    Instant::now()
}

type Wire = Connection<Tag>;
