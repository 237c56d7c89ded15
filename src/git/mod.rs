//! Git: what is found out about a work tree, by libgit2 where it can read it, else by the git program with
//! everything switched off that a repository could make it run. No lock, no hook, no filter, no fetch.
//! Read-only, but for the work trees that a person has made for sessions (`tree`).

mod assemble;
mod command;
mod count;
mod filtered;
mod find;
pub mod hooks;
mod library;
mod line;
mod program;
mod reader;
mod reflog;
mod state;
pub mod tree;
pub mod watch;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::domain::branch::WorkTree;
use crate::ports::{Ask, Cancel, Git, GitError, HeadLook, WatchList};

use find::Found;
use library::{Failure, Library};
use program::Program;

/// How long the library may take; then the git program is asked, which can be ended.
const LIMIT: Duration = Duration::from_secs(5);
/// How often a wish to cancel is looked at.
const SLICE: Duration = Duration::from_millis(20);
/// Looks that hang before no further one is begun.
const STUCK: usize = 8;

/// The adapter. A repository can make libgit2 wait for ever (a pipe where a file should be), and a call into it cannot be
/// ended: each look runs on a thread of its own, one that hangs is left behind and remembered.
#[derive(Debug, Default)]
pub struct SystemGit {
    stuck: Vec<(PathBuf, JoinHandle<()>)>,
}

impl SystemGit {
    /// An adapter that has looked at nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The library's answer, if it comes in time.
    fn ask_library(&mut self, found: &Found, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, Failure> {
        let (tell, told) = sync_channel(1);
        let own = Cancel::default();
        let job = {
            let (found, ask, own) = (found.clone(), ask.clone(), own.clone());
            move || drop(tell.send(by_library(&found, &ask, &own)))
        };
        let begun = thread::Builder::new().name("git-look".to_owned()).spawn(job);
        let handle =
            begun.map_err(|e| Failure::Error(GitError::Command(format!("no thread to look with: {e}"))))?;
        for _ in 0..LIMIT.as_millis() / SLICE.as_millis() {
            match told.recv_timeout(SLICE) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Error(GitError::Broken("libgit2 gave up on it".to_owned())));
                }
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        own.cancel();
        self.stuck.push((found.git.clone(), handle));
        if cancel.is_cancelled() {
            return Err(Failure::Error(GitError::Cancelled));
        }
        Err(Failure::Unsupported)
    }
}

fn by_library(found: &Found, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, Failure> {
    let library = Library::open(found, cancel)?;
    if ask.status {
        library.can_count()?;
    }
    assemble::assemble(found, &library, ask, cancel).map_err(Failure::Error)
}

fn by_program(found: &Found, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, GitError> {
    let program = Program::open(found, cancel)?;
    assemble::assemble(found, &program, ask, cancel)
}

impl Git for SystemGit {
    fn look(&mut self, path: &Path, ask: &Ask, cancel: &Cancel) -> Result<WorkTree, GitError> {
        let found = find::find(path)?;
        self.stuck.retain(|(_, handle)| !handle.is_finished());
        let hangs = self.stuck.iter().any(|(git, _)| *git == found.git);
        if hangs || found.only_git_reads_it() {
            return by_program(&found, ask, cancel);
        }
        if self.stuck.len() >= STUCK {
            return Err(GitError::Command(format!("{STUCK} earlier looks still hang")));
        }
        match self.ask_library(&found, ask, cancel) {
            Ok(tree) => Ok(tree),
            Err(Failure::Error(e)) => Err(e),
            Err(Failure::Unsupported) => by_program(&found, ask, cancel),
        }
    }

    fn head(&self, path: &Path) -> Result<HeadLook, GitError> {
        find::find(path).map(|found| find::head(&found))
    }

    fn watch_list(&self, path: &Path) -> Result<WatchList, GitError> {
        find::find(path).map(|found| find::watch_list(&found))
    }
}
