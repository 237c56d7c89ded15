//! What the core needs of the world, as traits with their errors. Few methods, domain types; the adapters in `tmux`,
//! `git` and `store` implement them, the workers use them, tests script them.

use std::ffi::OsStr;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::domain::ledger::{Body, Book, Entry};
use crate::domain::read::SelfReport;
use crate::domain::screen::Screen;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::stroke::{KeyName, Stroke};
use crate::domain::task::hand::Put;
use crate::domain::task::look::Spot;
use crate::domain::task::record::{Sought, Trace};
use crate::domain::task::{self, Now, Queue, Rules};

mod actor;
pub mod alarm;
mod counter;
mod folders;
mod gallery;
mod gauges;
mod git;
mod hooks;
pub mod lines;
mod rules;
mod sessions;

pub use crate::domain::server::{Notice, PaneInfo, Server, Told};
pub use actor::{
    Asks, Configs, Judge, Judgement, Keeper, Keeps, Lost, Records, Renewed, Seat, Seated, Surroundings, Works,
};
pub use alarm::Alarm;
pub use counter::Counter;
pub use folders::{Folders, Stirred};
pub use gallery::{Annals, Gallery};
pub use gauges::Meter;
pub use git::{Ask, Cancel, Git, GitError, HeadLook, WatchList};
pub use hooks::Hooks;
pub use rules::RuleDesk;
pub use sessions::{Beside, PaneProcess, Sessions};

/// What the tmux side should care for most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Panes that are on our own screen now: kept fresh at the frame rate. The others are looked at more lazily.
    pub front: Vec<PaneId>,
    /// Pause all looking (nobody can see the screen, or the view is frozen).
    pub paused: bool,
}

/// The watched panes of one tmux server. It finds the server, loses it, finds it again, by itself.
pub trait Panes: Send + 'static {
    /// The next thing to tell; waits until there is one. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Told> + Send;
    /// Says what is on our screen.
    fn look_at(&mut self, view: View);
    /// Looks at a pane at once and tells its screen, also if it is the same as before.
    fn look_again(&mut self, pane: PaneId);
    /// Says that what was told of a pane last stands by itself: the look that makes sure that nothing came behind it may
    /// wait, for somebody looks there again soon.
    fn stands(&mut self, _pane: PaneId) {}
}

/// Why something could not be typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// No connection to the server.
    #[error("tmux is not connected")]
    NotConnected,
    /// The pane is another one by now, or gone, or dead.
    #[error("that pane is gone or has been replaced")]
    Gone,
    /// Copy mode or another mode would swallow the keys.
    #[error("the pane is in copy mode; leave it first")]
    InMode,
    /// synchronize-panes would copy the keys to others.
    #[error("synchronize-panes is on in that window; keys would reach other panes too")]
    Synchronized,
    /// Its screen is another one by now, or the server has another actor.
    #[error("the screen shows something else now")]
    Changed,
    /// Somebody was active in the session since [`Expected::stirred`]; nothing was sent.
    #[error("a person was active there just now")]
    Stirred,
    /// tmux refused, in its own words.
    #[error("tmux: {0}")]
    Refused(String),
    /// The connection ended before the answer came: it is not known whether the keys arrived.
    #[error("the connection to tmux ended before it answered; look before typing again")]
    Unanswered,
    /// No answer in time: it is not known whether the keys arrived.
    #[error("tmux did not answer within {0:?}; look before typing again")]
    Timeout(Duration),
}

/// The keyboard of the panes. Every call checks on the server, in the same command, that the pane is still the one meant.
pub trait Keyboard: Send + Sync + 'static {
    /// Types the strokes in order into one pane, if it is still that pane and takes keys. Tells the exact tmux command.
    fn type_into(
        &self,
        pane: PaneIdentity,
        strokes: Vec<Stroke>,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;

    /// Pastes a text into one pane, bracketed where the program asked for it, under the same checks.
    fn paste_into(
        &self,
        pane: PaneIdentity,
        text: String,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;
}

/// What must still be true on the server when a key is sent.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The screen as it was read.
    pub screen: Arc<Screen>,
    /// The rows that must read the same, first and last, 0-based.
    pub rows: (u16, u16),
    /// The cursor must stand where it stood, too, and rows that cannot be compared are passed over: so for a composer,
    /// where an empty one says nothing.
    pub cursor: bool,
    /// What tmux calls the pane's foreground process, where that is known. A name that cannot be compared gets no key.
    pub command: Option<String>,
    /// Whose word counts on this server: see [`Press::claim`].
    pub actor: String,
    /// Hands off if somebody was active in the session since then: [`PaneFacts::stirred`].
    pub stirred: Option<u64>,
}

/// What the server says of a pane at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaneFacts {
    /// Its program has ended.
    pub dead: bool,
    /// Copy mode or another mode is open.
    pub in_mode: bool,
    /// Keys are copied to other panes.
    pub synchronized: bool,
    /// When a client that shows its session or its window was last active, in seconds since 1970; `None` = there is none.
    pub active: Option<i64>,
    /// When anybody was last active in its session, by the server's own count of seconds.
    pub stirred: u64,
    /// Who claimed the server.
    pub actor: Option<String>,
    /// What tmux calls the process in the foreground.
    pub command: String,
}

/// The one key of automation: sent only if the server itself finds that nothing has changed.
pub trait Press: Send + Sync + 'static {
    /// Compares and sends, in one command of the server. Tells the exact tmux command.
    fn press(
        &self,
        pane: PaneIdentity,
        expected: &Expected,
        key: &KeyName,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;

    /// The same with a person's text: pasted as one, bracketed where the program asked for it.
    fn write(
        &self,
        pane: PaneIdentity,
        expected: &Expected,
        text: &str,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;

    /// Whether the comparison sees every row of the block that says something: not one that reads like one above it.
    fn tells_all(&self, screen: &Screen, rows: (u16, u16)) -> bool;

    /// What the server says of the pane now; with `look` its screen is captured anew in the same breath.
    fn check(
        &self,
        pane: PaneIdentity,
        look: bool,
    ) -> impl Future<Output = Result<PaneFacts, TypeError>> + Send;

    /// Writes on the server who acts: keys of others are not sent from now on.
    fn claim(&self, actor: &str) -> impl Future<Output = Result<(), TypeError>> + Send;
}

/// What automation puts into a composer: put only if the server itself finds the pane as it was seen.
pub trait Hands: Send + Sync + 'static {
    /// Compares the rows of the spot that can be compared and the cursor, and puts, in one command of the server. `actor`
    /// must be who claimed the server. Tells the exact tmux command.
    fn put(
        &self,
        pane: PaneIdentity,
        spot: &Spot,
        actor: &str,
        what: &Put,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;
}

/// The task queue as the store keeps it.
pub trait TaskBook: Send + 'static {
    /// What is known of it between two calls.
    type Desk: Send + 'static;

    /// Reads it.
    fn desk(&self, rules: Rules) -> Result<Self::Desk, StoreError>;

    /// Takes in what other programs wrote, then the facts. The effects may be carried out: what led to them is on disk.
    fn tell(
        &mut self,
        desk: &mut Self::Desk,
        facts: Vec<task::Event>,
        now: Now,
    ) -> Result<Vec<task::Effect>, StoreError>;

    /// The queue as it was last read or written.
    fn queue(desk: &Self::Desk) -> &Queue;

    /// True if other programs have written into it since it was last read or written. Costs next to nothing.
    fn is_behind(&self, desk: &Self::Desk) -> Result<bool, StoreError>;

    /// The folder in which something is written when the queue changes, if there is one.
    fn folder(&self) -> Option<PathBuf>;

    /// True if a file of that name in the folder tells of a change.
    fn tells(name: &OsStr) -> bool;
}

/// What the system says of the processes in a pane. Quick to ask, never blocking for long, wrong for an instant while a
/// process starts or ends.
pub trait Processes: Send + 'static {
    /// Name of the process in the foreground of the pane's terminal.
    fn foreground(&self, pane: PaneIdentity) -> Option<String>;

    /// The same, and whether it computes, or would if the machine let it: then it has not come to wait for a key yet.
    fn front(&self, pane: PaneIdentity) -> (Option<String>, bool) {
        (self.foreground(pane), false)
    }

    /// The folder in which that process works.
    fn folder(&self, pane: PaneIdentity) -> Option<PathBuf>;

    /// What the agent in it says of itself, where it does.
    fn report(&self, pane: PaneIdentity) -> Option<SelfReport>;

    /// True if its first process has surely ended.
    fn has_ended(&self, _pane: PaneIdentity) -> bool {
        false
    }

    /// How long that process has been running.
    fn age(&self, _pane: PaneIdentity) -> Option<Duration> {
        None
    }

    /// What is asked at every look at a screen, so it should cost one look at the process.
    fn glance(&self, pane: PaneIdentity) -> Glance {
        Glance {
            command: self.foreground(pane),
            report: self.report(pane),
            conversation: self.conversation(pane),
            age: self.age(pane),
        }
    }

    /// The name that the agent in it has for its conversation, where it tells one: another one after it was cleared.
    fn conversation(&self, _pane: PaneIdentity) -> Option<String> {
        None
    }

    /// That folder, where the agent writes down its calls, and what its environment says.
    fn works(&self, pane: PaneIdentity) -> Works {
        Works { folder: self.folder(pane), ..Works::default() }
    }

    /// What the agent's own record of its conversation says of a text. Blocking, bounded.
    fn trace(&self, _pane: PaneIdentity, _sought: &Sought) -> Trace {
        Trace::Unread("its agent keeps no record that is known".to_owned())
    }

    /// When the pane's terminal was written to last: then or earlier.
    fn written(&self, _pane: PaneIdentity) -> Option<SystemTime> {
        None
    }
}

/// What a look at a screen wants to know of the process that drew it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// Name of the process in the foreground of the pane's terminal.
    pub command: Option<String>,
    /// What the agent says of itself.
    pub report: Option<SelfReport>,
    /// The name that it has for its conversation.
    pub conversation: Option<String>,
    /// How long that process has been running.
    pub age: Option<Duration>,
}

/// Why the store could not do something. Whoever meant to act does not: no key without an entry on disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no database yet.
    #[error("nothing has been stored yet")]
    Missing,
    /// No room for another page.
    #[error("the disk is full")]
    Full,
    /// Another process kept it locked for longer than we wait.
    #[error("another process keeps the database locked")]
    Busy,
    /// It can be read but not written.
    #[error("the database cannot be written")]
    ReadOnly,
    /// What is in it is not what was put in.
    #[error("the database is broken: {0}")]
    Broken(String),
    /// A newer archtui made it.
    #[error("the database was made by a newer archtui (schema {found}, this one knows {known})")]
    Newer {
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// An older archtui made it and nobody has brought it up to date.
    #[error("the database was made by an older archtui (schema {found}, this one has {known})")]
    Older {
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The file or its folder is not safe to use.
    #[error("{path}: {why}")]
    Unsafe {
        /// Which file or folder.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something else; one line.
    #[error("{0}")]
    Failed(String),
}

impl StoreError {
    /// One line what a person can do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Missing => "start archtui or archtui daemon first",
            Self::Full => "make room on that disk; until then nothing is pressed",
            Self::Busy => "see which process has archtui.db open, and try again",
            Self::ReadOnly => "make archtui.db and its folder writable for you",
            Self::Broken(_) => "start archtui or archtui daemon: it sets the file aside and begins a new one",
            Self::Newer { .. } => "update archtui, or name another fleet in the config",
            Self::Older { .. } => "start archtui or archtui daemon of this version once",
            Self::Unsafe { .. } => "give that file or folder to yourself alone, or remove it",
            Self::Failed(_) => "archtui doctor checks the state folder",
        }
    }
}

/// The record of what was decided and sent. Blocking: an entry is on disk when `append` returns it.
pub trait Ledger: Send {
    /// Adds entries at the end, in this order: all of them or none.
    fn append_all(&mut self, bodies: Vec<Body>) -> Result<Vec<Entry>, StoreError>;
    /// Adds an entry at the end.
    fn append(&mut self, body: Body) -> Result<Entry, StoreError> {
        let mut entries = self.append_all(vec![body])?;
        entries.pop().ok_or_else(|| StoreError::Failed("an entry was lost".to_owned()))
    }
    /// At most so many entries after a number, in order.
    fn since(&self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError>;
    /// The newest entry of each dialog's life that binds whoever acts next ([`Body::binds`]).
    fn unsettled(&self) -> Result<Vec<Entry>, StoreError>;
    /// The same for whoever begins to act: of answers that were only intended it is written that nobody knows.
    fn inherit(&mut self, at: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let left = self.unsettled()?;
        left.into_iter().map(|e| e.left_behind(at).map_or(Ok(e), |body| self.append(body))).collect()
    }
}

impl Ledger for Book {
    fn append_all(&mut self, bodies: Vec<Body>) -> Result<Vec<Entry>, StoreError> {
        Ok(bodies.into_iter().map(|body| Self::append(self, body)).collect())
    }

    fn since(&self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(self.entries().iter().filter(|e| e.seq > after).take(most).cloned().collect())
    }

    fn unsettled(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(Self::unsettled(self))
    }
}
