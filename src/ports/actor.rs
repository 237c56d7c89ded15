//! What the actor needs: the one seat from which automation may act, the records that survive it, the rules in force.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::{Ledger, StoreError};
use crate::domain::confirm::{Limits, Switches, Told, Wish};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::Entry;
use crate::domain::policy::Verdict;
use crate::domain::restart;
use crate::domain::session::SessionName;

/// Everything that survives a restart. Blocking.
pub trait Records: Ledger + Send + 'static {
    /// The switches as they were left; what cannot be read is an error, never *everything on*.
    fn switches(&self) -> Result<Switches, StoreError>;
    /// Keeps the switches.
    fn keep_switches(&mut self, switches: &Switches, who: &str, now: Timestamp) -> Result<(), StoreError>;
    /// The restarts of all sessions, as they were left.
    fn restarts(&self) -> Result<restart::Records, StoreError>;
    /// Keeps them.
    fn keep_restarts(&mut self, restarts: &restart::Records, now: Timestamp) -> Result<(), StoreError>;
    /// Takes the oldest wish that waits; each is taken once.
    fn take_wish(&mut self, now: Timestamp) -> Result<Option<Wish>, StoreError>;
    /// Entries that are younger than a time, the last so many, in order.
    fn younger(&self, from: Timestamp, most: usize) -> Result<Vec<Entry>, StoreError>;
    /// Lets entries go that are older than a time, at most so many, and keeps the place where the chain goes on. Gives how
    /// many went.
    fn let_go(&mut self, before: Timestamp, most: u32, now: Timestamp) -> Result<u64, StoreError>;
    /// Forgets wishes that were made before a time. Gives how many went.
    fn forget_wishes(&mut self, before: Timestamp) -> Result<usize, StoreError>;
    /// Answers the wishes that whoever acted before took and did not answer. Gives how many those were.
    fn orphaned(&mut self, told: &Told, now: Timestamp) -> Result<usize, StoreError>;
    /// Says what became of a wish.
    fn answer(&mut self, wish: u64, told: &Told, now: Timestamp) -> Result<(), StoreError>;
}

/// How asking for the seat ended.
#[derive(Debug)]
pub enum Seated<R> {
    /// It is ours: the records, and one line if something about them must be told.
    Ours(R, Option<String>),
    /// Somebody else has it; who, in one line.
    Theirs(String),
    /// It cannot be had; why, in one line.
    Failed(String),
}

/// The one seat of the actor on one tmux server: who has it may press keys, nobody else does.
pub trait Seat: Send + 'static {
    /// What lies in its drawer.
    type Records: Records;
    /// Asks for it, or asks again. Blocking, for a moment.
    fn take(&mut self, now: Timestamp) -> Seated<Self::Records>;
    /// True while it is ours beyond doubt.
    fn stands(&self) -> bool;
    /// What was cleared away under whoever sits there.
    fn lost(&self) -> Option<Lost>;
    /// The word that stands for us on the server.
    fn id(&self) -> &str;
    /// Gives it back.
    fn leave(&mut self);
}

/// What can be cleared away under a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The place where it is marked: it may be taken anew.
    Mark,
    /// The records, and with them what was answered, and what a person keeps or has paused: it is for a person to begin anew.
    Records,
}

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asks {
    /// The session.
    pub session: SessionName,
    /// The agent's name.
    pub agent: Option<String>,
    /// The folder in which its process works.
    pub cwd: Option<PathBuf>,
    /// The folder to which its shell has gone since, if that is known.
    pub gone_to: Option<PathBuf>,
    /// What it writes down itself.
    pub keeps: Option<Keeps>,
    /// What its environment says.
    pub surroundings: Surroundings,
}

/// What an agent's environment says of where its shell, and git in it, look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The path by which a shell knows the folder that it begins in (`PWD`).
    pub pwd: Option<PathBuf>,
    /// Its home (`HOME`).
    pub home: Option<PathBuf>,
    /// `cd` looks in other folders first (`CDPATH`).
    pub cdpath: bool,
    /// Git reads settings that do not lie in the home.
    pub other_settings: bool,
    /// Git works on a repository wherever it is started.
    pub other_repository: bool,
    /// It could not be read whole, and may say anything.
    pub unread: bool,
}

impl Surroundings {
    /// What may hold if either says it; the paths are the other's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            pwd: other.pwd,
            home: other.home,
            cdpath: self.cdpath || other.cdpath,
            other_settings: self.other_settings || other.other_settings,
            other_repository: self.other_repository || other.other_repository,
            unread: self.unread || other.unread,
        }
    }
}

/// Where an agent works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Works {
    /// The folder of its process.
    pub folder: Option<PathBuf>,
    /// What it writes down itself; for its conversation is not looked.
    pub keeps: Option<Keeps>,
    /// What its environment says.
    pub surroundings: Surroundings,
}

/// Where an agent writes down its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeps {
    /// Who writes.
    pub who: Keeper,
    /// The agent's own folder.
    pub own: PathBuf,
    /// Its name for its conversation, where that is known.
    pub conversation: Option<String>,
}

/// An agent whose records can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
}

/// What is to be done, and where it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What is to be done.
    pub verdict: Verdict,
    /// The folder that it was judged in.
    pub folder: Option<PathBuf>,
    /// The calls in the agent's own record that it may be about, by the agent's names for them.
    pub calls: Vec<String>,
}

impl Judgement {
    /// One that no record tells more of.
    pub fn new(verdict: Verdict, folder: Option<PathBuf>) -> Self {
        Self { verdict, folder, calls: Vec::new() }
    }
}

/// The rules in force, with what they look at. Blocking: it may follow links and read where HEAD points.
pub trait Judge: Send + Sync + 'static {
    /// What is to be done about a dialog. `None`: its agent writes down in a moment where that would be; to whom asks for
    /// the `last` time it is told without.
    fn judge(&self, asks: &Asks, dialog: &Dialog, last: bool) -> Option<Judgement>;

    /// Whether one of these calls has ended since then by the agent's own record, and the dialog is about another one.
    fn is_over(&self, asks: &Asks, dialog: &Dialog, calls: &[String], since: Timestamp) -> bool;

    /// What the rules of the fleet's sessions are called, for the screen.
    fn fleet_preset(&self) -> String;

    /// How many sessions are live by a preset of their own where that of the fleet only watches.
    fn live_alone(&self) -> u32 {
        0
    }
}

/// What a person may change while the program runs.
#[derive(Debug, Clone)]
pub struct Renewed<J> {
    /// The rules.
    pub judge: J,
    /// Hands off for so long after a person was active.
    pub quiet: Duration,
    /// Answers a minute.
    pub limits: Limits,
    /// A dialog whose hook is silent may be answered by key.
    pub hook_fallback: bool,
    /// Live only for so long after a person said so.
    pub lease: Option<Duration>,
    /// Tasks are handed out.
    pub dispatch: bool,
    /// Patterns of sessions that automation leaves alone.
    pub exclude: Vec<String>,
    /// What else was changed and counts only after a restart, in one line.
    pub later: Option<String>,
}

/// The files in which a person writes rules and settings.
pub trait Configs: Send + 'static {
    /// Who judges by them.
    type Judge: Judge;
    /// Where they are, or would be: each may be missing.
    fn files(&self) -> Vec<PathBuf>;
    /// Reads them anew; the error is one line with file, line and fault. Blocking.
    fn read(&mut self) -> Result<Renewed<Self::Judge>, String>;
}
