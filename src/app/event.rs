//! What can happen, in the past tense: the only way in for facts. Their serde form is that of a recording (`record`), read
//! back by the same version only.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::areas::Areas;
use super::key::Key;
use super::state::confirms::Board;
use crate::domain::branch::Survey;
use crate::domain::host::Gauges;
use crate::domain::policy::{Draft, RulePage};
use crate::domain::read::Reading;
use crate::domain::screen::Screen;
use crate::domain::server::{Notice, PaneInfo, Server};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::task::{Listing, Page, Refusal, TaskId};

/// One fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    /// Time went on; nothing else happened.
    Woke,
    /// A person pressed a key.
    Key(Key),
    /// A person pasted text.
    Paste(String),
    /// A person used the mouse.
    Mouse(Mouse),
    /// The terminal has another size now.
    Resized(u16, u16),
    /// A frame was drawn, and what it showed where. A recording marks it; whoever replays draws anew.
    #[serde(skip)]
    Drew(Areas),
    /// The tmux server's state changed.
    Server(Server),
    /// How changes on the panes are noticed now, and why if not as wished.
    Noticing(Notice, Option<String>),
    /// The panes that exist now.
    Panes(Vec<PaneInfo>),
    /// A pane's screen as it is now, read.
    Screen(Arc<Looked>),
    /// A pane wrote something that changed nothing on its screen.
    Wrote(PaneId),
    /// The tmux server answered: nothing is new.
    Heard,
    /// Auto-confirm: who acts, what is open, what was done.
    Board(Arc<Board>),
    /// The same of whoever acts, as he tells it to those who only look on; `None`: he is gone.
    Theirs(Option<Arc<Board>>),
    /// What is known of the sessions' work trees.
    Branches(Arc<Survey>),
    /// The task queue, or why it cannot be read.
    Tasks(Result<Arc<Listing>, String>),
    /// Everything known of a task, or why it cannot be had.
    TaskPage(TaskId, Result<Arc<Page>, String>),
    /// What the queue said to a wish of that number: the tasks it is about, a refusal, or that it could not be asked.
    TaskAnswer(u64, Result<Result<Vec<TaskId>, Refusal>, String>),
    /// What came of a wish of the rules.
    Rule(RuleTold),
    /// Rules and settings were read anew: what of it counts only after a restart, or why the old ones stay.
    Reloaded(Result<Option<String>, String>),
    /// How busy the machine and the agents' processes are.
    Gauges(Arc<Gauges>),
    /// Something that archtui did, or could not do.
    Did(Did),
    /// What who acts said to something that we asked of him.
    Said(Did),
    /// A background worker panicked; it is started again after a pause. The log has the report.
    WorkerFailed {
        /// The worker's name.
        worker: Cow<'static, str>,
        /// The pause.
        again_in: Duration,
    },
}

/// What came of a wish of the rules; each error is one line why not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum RuleTold {
    /// The rule.
    Page(Result<Arc<RulePage>, String>),
    /// The rule that is proposed.
    Draft(Result<Box<Draft>, String>),
    /// What would be said of the dialog, and with which words in the file.
    Checked(String, Result<String, String>),
    /// It is written: where.
    Saved(Result<String, String>),
}

/// A pane's screen with what the world said of the pane at that moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Looked {
    /// Which pane.
    pub pane: PaneIdentity,
    /// What it shows.
    #[serde(with = "super::record::screen")]
    pub screen: Arc<Screen>,
    /// True if the program wrote something since the look before.
    pub wrote: bool,
    /// True if surely nothing was written behind that: what it shows has stood since.
    pub stands: bool,
    /// False if an old capture was read again, in the light of something else.
    pub fresh: bool,
    /// Name of the foreground process, where /proc tells.
    pub command: Option<String>,
    /// The name that the agent has for its conversation, where it tells one.
    pub conversation: Option<String>,
    /// What all of this means.
    pub reading: Arc<Reading>,
}

/// What the mouse did, at a cell of our terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mouse {
    /// Which act.
    pub act: MouseAct,
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
}

/// Acts of the mouse that mean something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MouseAct {
    /// The left button went down.
    Press,
    /// The wheel turned towards the person.
    WheelDown,
    /// The wheel turned away.
    WheelUp,
}

/// How an entry begins that tells of what a person typed.
pub const TYPED: &str = "typed into";
/// And of what a person pasted.
pub const PASTED: &str = "pasted into";

/// An entry of the event log: what archtui itself did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Did {
    /// One line: what.
    pub what: String,
    /// The exact tmux command, where there was one.
    pub command: Option<String>,
    /// Why it failed, if it did.
    pub failed: Option<String>,
}
