//! Git, read-only: what is found out about a work tree, by libgit2 where it can read it, else by the git program with
//! everything switched off that a repository could make it run. No lock, no hook, no filter, no fetch.

mod assemble;
mod filtered;
pub mod find;
mod library;
mod line;
mod reader;
mod reflog;
mod state;

use std::path::{Path, PathBuf};

use crate::domain::branch::WorkTree;
use crate::ports::{Ask, Cancel, Git, GitError, HeadLook};

use find::Found;
use library::{Failure, Library};

/// The adapter.
#[derive(Debug, Default)]
pub struct SystemGit {}

impl SystemGit {
    /// An adapter that has looked at nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

fn by_library(found: &Found, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, Failure> {
    let library = Library::open(found, cancel)?;
    assemble::assemble(found, &library, ask, cancel).map_err(Failure::Error)
}

impl Git for SystemGit {
    fn look(&mut self, path: &Path, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, GitError> {
        let found = find::find(path)?;
        by_library(&found, ask, cancel).map_err(|f| match f {
            Failure::Error(e) => e,
            Failure::Unsupported(why) => GitError::Command(why),
        })
    }

    fn head(&self, path: &Path) -> Result<HeadLook, GitError> {
        find::find(path).map(|found| find::head(&found))
    }

    fn watch_list(&self, path: &Path) -> Result<Vec<PathBuf>, GitError> {
        find::find(path).map(|found| find::watch_list(&found))
    }
}
