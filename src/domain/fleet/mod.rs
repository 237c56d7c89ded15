//! The fleet as it should be and as it is: what the roster wants ([`Wanted`]), what stands on the server ([`Found`]), and
//! what is between the two ([`plan`]). How a session that was started comes to be ready is in [`rise`]. Pure: what disk,
//! tmux and store say is asked by `cli::fleet`, and done there.

pub mod adopt;
mod plan;
pub mod rise;
mod told;

pub use plan::{Plan, Remark, Row, Standing, Todo, is_in, plan};
pub use told::told;

use super::session::{PaneIdentity, SessionName};
use super::status::State;
use super::task::TaskId;

/// What the roster wants of one session, with everything looked up that disk and `PATH` say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The session's name, or a pattern with `*`.
    pub name: String,
    /// The agent that is to run there, if it is known.
    pub agent: Option<String>,
    /// The folder, whole; or why it cannot be one. `None`: any.
    pub folder: Option<Result<String, String>>,
    /// The work tree of its own that is made for it before it is started; or why none can be.
    pub tree: Option<Result<NewTree, String>>,
    /// What is started: program and arguments, no shell reads them; or why nothing can be.
    pub start: Result<Vec<String>, String>,
    /// It has a role prompt.
    pub has_role: bool,
    /// Nobody stops it unless he names it and says so twice.
    pub protected: bool,
}

/// A work tree that a session is to have for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTree {
    /// Its folder.
    pub path: String,
    /// Its branch.
    pub branch: String,
    /// The branch is there already, and checked out nowhere.
    pub known: bool,
    /// What a new branch begins at.
    pub from: String,
}

impl Wanted {
    /// The folder in which it is started: that of the tree that is made for it, else the roster's.
    pub fn place(&self) -> Option<Result<&str, &str>> {
        match &self.tree {
            Some(Ok(tree)) => Some(Ok(&tree.path)),
            _ => self.folder.as_ref().map(|f| f.as_deref().map_err(String::as_str)),
        }
    }

    /// True if it means a family of sessions: those are looked at, none is made.
    pub fn is_pattern(&self) -> bool {
        self.name.contains('*')
    }
}

/// A session that stands on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: SessionName,
    /// The fleet whose `up` made it, as a mark on the session says; whoever may talk to the server can write that mark.
    pub made_by: Option<String>,
    /// Its panes.
    pub panes: Vec<Seen>,
}

/// A pane of it, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub pane: PaneIdentity,
    /// What it does.
    pub state: State,
    /// Which agent runs there.
    pub agent: Option<String>,
    /// Name of the process in the foreground.
    pub process: Option<String>,
    /// The folder that it works in.
    pub folder: Option<String>,
    /// Its program has ended and tmux keeps the pane.
    pub dead: bool,
    /// How far its role prompt came.
    pub told: Told,
}

/// How far the role prompt of one agent's process came, as the queue's record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Told {
    /// Nothing was sent.
    #[default]
    Not,
    /// It is on its way, or waits for its turn.
    Under(TaskId),
    /// It arrived.
    Done(TaskId),
    /// It was sent, as a mark on the session says; the record of it is gone.
    Once,
    /// It may have arrived: a person decides, it is never sent by itself again.
    Doubt(TaskId),
}
