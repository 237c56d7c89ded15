//! The looks that run, each on a thread of its own: where a folder belongs, and what is in a tree. Not for when (`plan`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::plan::{Begin, Depth};
use crate::domain::branch::{Rules, WorkTree};
use crate::domain::session::PaneIdentity;
use crate::ports::{Ask, Git, GitError, WatchList};

/// A look to begin.
pub struct Job {
    /// What the plan says.
    pub begin: Begin,
    /// The rules of that tree.
    pub rules: Rules,
    /// Now.
    pub now: Timestamp,
}

/// Where a folder belongs.
pub struct Found {
    /// Who works there.
    pub pane: PaneIdentity,
    /// Which folder.
    pub folder: PathBuf,
    /// The top of its tree.
    pub tree: Result<PathBuf, GitError>,
}

/// What a look saw.
pub struct Saw {
    /// Which tree.
    pub path: PathBuf,
    /// The files were counted too.
    pub whole: bool,
    /// What to watch there.
    pub list: Option<WatchList>,
    /// What was found.
    pub tree: Result<WorkTree, GitError>,
}

/// What ended.
pub enum Ended {
    /// It is known where a folder belongs.
    Found(Found),
    /// A tree was looked at.
    Saw(Box<Saw>),
}

/// The looks that run.
pub struct Looks<G> {
    make: Arc<dyn Fn() -> G + Send + Sync>,
    /// Adapters that are not in use: each remembers what hung it.
    idle: Vec<G>,
    running: JoinSet<(Option<G>, Ended)>,
}

impl<G: Git> Looks<G> {
    /// None yet; each needs an adapter of its own.
    pub fn new(make: impl Fn() -> G + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), idle: Vec::new(), running: JoinSet::new() }
    }

    /// Finds out where a folder belongs.
    pub fn find(&mut self, pane: PaneIdentity, folder: PathBuf) {
        let make = Arc::clone(&self.make);
        self.running.spawn_blocking(move || {
            let tree = guarded(|| make().head(&folder)).map(|head| head.tree);
            (None, Ended::Found(Found { pane, folder, tree }))
        });
    }

    /// Looks at a tree.
    pub fn look(&mut self, job: Job) {
        let mut git = self.idle.pop().unwrap_or_else(|| (self.make)());
        self.running.spawn_blocking(move || {
            let Job { begin: Begin { tree: path, depth, cancel }, rules, now } = job;
            let whole = depth == Depth::Whole;
            let ask = Ask { rules, now, status: whole };
            // What to watch first: what changes from here on is either seen or told.
            let list = guarded(|| git.watch_list(&path)).ok();
            let tree = guarded(|| git.look(&path, &ask, &cancel));
            (Some(git), Ended::Saw(Box::new(Saw { path, whole, list, tree })))
        });
    }

    /// The next one that ended. Cancel-safe; for ever if none runs.
    pub async fn next(&mut self) -> Ended {
        loop {
            match self.running.join_next().await {
                Some(Ok((git, ended))) => {
                    self.idle.extend(git);
                    return ended;
                }
                // Nothing in there can panic or be aborted.
                Some(Err(e)) => tracing::error!(error = %e, "a look was lost"),
                None => std::future::pending().await,
            }
        }
    }
}

/// A panic in the reader of a repository is that repository's fault, and not the end of the others.
fn guarded<T>(look: impl FnOnce() -> Result<T, GitError>) -> Result<T, GitError> {
    let broken = || GitError::Broken("reading it failed unexpectedly; the log has the report".to_owned());
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| Err(broken()))
}
