//! Auto-confirm as the actor tells it: who acts, what is open, what was done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::confirm::{Confirmation, Since};
use crate::domain::ledger::{Entry, Tally};
use crate::domain::session::{PaneIdentity, SessionName};

/// Whether this archtui may act.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Post {
    /// Not asked yet, or there is no server.
    #[default]
    None,
    /// It acts.
    Acting,
    /// Somebody else does; who, in one line.
    Observing(String),
    /// Nobody here can; why, in one line.
    Barred(String),
}

/// What is told at once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Board {
    /// Whether this archtui acts.
    pub post: Post,
    /// Nothing is confirmed anywhere, by whom and since when.
    pub paused: Option<Since>,
    /// Sessions that a person switched off.
    pub off: BTreeSet<SessionName>,
    /// The rules in force for the fleet, by their name.
    pub preset: String,
    /// How many sessions are live by rules of their own where those only watch.
    #[serde(default)]
    pub live_alone: u32,
    /// Why nothing is pressed although it should be: the disk, the database.
    pub trouble: Option<String>,
    /// Sessions whose agent is not started anew any more without a person, and why.
    pub held: BTreeMap<SessionName, String>,
    /// Open dialogs, what needs a person first.
    pub queue: Vec<Confirmation>,
    /// The last entries of the ledger, the newest first.
    pub recent: Vec<Arc<Entry>>,
    /// Sums over the last day.
    pub tally: Arc<Tally>,
}

/// What the confirms panel shows at full size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// What stands open.
    #[default]
    Queue,
    /// What was done.
    Activity,
}

/// The two boards: our own actor's, and that of another one who acts.
#[derive(Debug, Clone, Default)]
pub struct Boards {
    /// What our own actor told last; none where a command only looks.
    pub own: Option<Arc<Board>>,
    /// What another one told last, while he can be heard.
    pub theirs: Option<Arc<Board>>,
}

impl Boards {
    /// What is shown: the other's dialogs and switches under our own post, unless we act ourselves.
    pub fn shown(&self) -> Arc<Board> {
        let own = self.own.clone().unwrap_or_default();
        match &self.theirs {
            Some(theirs) if own.post != Post::Acting => {
                Arc::new(Board { post: own.post.clone(), ..Board::clone(theirs) })
            }
            _ => own,
        }
    }
}

impl Board {
    /// The open dialog of a pane, the one that is on its screen.
    pub fn of(&self, pane: PaneIdentity) -> Option<&Confirmation> {
        self.queue.iter().find(|c| c.id.0 == pane)
    }
}
