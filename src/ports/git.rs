//! What the core needs of git: looks at work trees that change nothing. The adapter is in `git`; what is found is judged
//! in `domain::branch`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::branch::{Fact, Head, Rules, Unknown, WorkTree};

/// A wish that a long look ends early; every copy of it is the same wish.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the look.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it is wished.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a look at a work tree is to find out.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Which branches are protected, and which of them is the base.
    pub rules: Rules,
    /// Now.
    pub now: Timestamp,
    /// Count uncommitted files too: the only part whose cost grows with the tree.
    pub status: bool,
}

/// HEAD as its file says, found in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLook {
    /// The top of the work tree.
    pub tree: PathBuf,
    /// Where HEAD points; the branch's commit is not looked up.
    pub head: Fact<Head>,
}

/// Where a work tree's answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchList {
    /// The git folder of this work tree.
    pub git: PathBuf,
    /// The git folder that all its work trees share.
    pub common: PathBuf,
    /// The folders whose direct entries change when the answer changes: a bounded number, not to be watched recursively.
    pub folders: Vec<PathBuf>,
}

/// Why a work tree could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// No repository there or above.
    #[error("no git repository there")]
    NotARepository,
    /// The system does not let us read it.
    #[error("no permission to read it")]
    Denied,
    /// It belongs to another user, and git's `safe.directory` does not name it.
    #[error("it belongs to another user (git's safe.directory does not name it)")]
    NotOwned,
    /// It is damaged; what is wrong, in one printable line.
    #[error("{0}")]
    Broken(String),
    /// It was there a moment ago, or never.
    #[error("it does not exist (any more)")]
    Vanished,
    /// The look was ended by wish.
    #[error("the look was cancelled")]
    Cancelled,
    /// It took too long; what hangs there is not known.
    #[error("it did not answer within {0:?}")]
    TooSlow(Duration),
    /// Only the git program can read it, and that did not work; why, in one printable line.
    #[error("{0}")]
    Command(String),
}

impl GitError {
    /// One line what a person can do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NotARepository | Self::Vanished => "name a folder inside a git work tree",
            Self::Denied => "make it readable for the user that runs archtui",
            Self::NotOwned => "if you trust it, name its path: git config --global --add safe.directory PATH",
            Self::Broken(_) => "git fsck there names what is damaged",
            Self::Cancelled => "look again",
            Self::TooSlow(_) => {
                "look for what hangs there: a pipe in place of a file, a sleeping network disk"
            }
            Self::Command(_) => "look whether git itself can read it, and update git if it is old",
        }
    }

    /// As the reason why a fact is not known.
    pub fn unknown(&self) -> Unknown {
        Unknown::new(self.to_string(), self.hint())
    }
}

/// Looks at work trees. It only reads: no lock, no hook, no filter, no program that a repository names. Plain blocking
/// calls, for a worker's own thread.
pub trait Git: Send + 'static {
    /// Everything that the branch rules ask about the work tree that a folder belongs to.
    fn look(&mut self, path: &Path, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, GitError>;
    /// Only where HEAD points.
    fn head(&self, path: &Path) -> Result<HeadLook, GitError>;
    /// What to watch.
    fn watch_list(&self, path: &Path) -> Result<WatchList, GitError>;
}
