//! The reader that is used wherever it can be: libgit2, which runs no hook, filter, fsmonitor or diff program and takes
//! no lock as it is used here. It does not read every repository (reftable and other extensions): see `command`.

use git2::{ErrorClass, ErrorCode, Oid, Repository, Revwalk, Sort};
use jiff::Timestamp;

use super::count;
use super::find::Found;
use super::reader::{Range, Reader, Ref};
use crate::domain::branch::facts::{Commit, Commits, Dirty, Operation};
use crate::domain::branch::{CommitId, Fact, Head, Unknown};
use crate::domain::text;
use crate::ports::{Cancel, GitError};

/// Bytes of a commit message that are kept.
const MESSAGE: usize = 16 * 1024;
/// References that are read.
const REFS: usize = 20_000;

/// A repository opened by libgit2.
pub struct Library {
    repo: Repository,
    bare: bool,
    cancel: Cancel,
}

/// Why the library could not do it: for good, or only the library.
#[derive(Debug)]
pub enum Failure {
    /// Nobody could.
    Error(GitError),
    /// The git program may be able to.
    Unsupported,
}

impl Library {
    /// Opens the repository that was found.
    pub fn open(found: &Found, cancel: &Cancel) -> Result<Self, Failure> {
        let repo = Repository::open(found.shown()).map_err(|e| match (e.code(), e.class()) {
            (ErrorCode::Owner, _) => Failure::Error(GitError::NotOwned),
            (_, ErrorClass::Repository | ErrorClass::Config | ErrorClass::None) => Failure::Unsupported,
            _ => Failure::Error(from_git2(&e)),
        })?;
        let library = Self { bare: repo.is_bare() || found.top.is_none(), repo, cancel: cancel.clone() };
        // A configuration can name any folder as work tree.
        let named = library.repo.workdir().and_then(|dir| dir.canonicalize().ok());
        if !library.bare && named.as_deref() != found.top.as_deref() {
            let what = "its configuration names another folder as work tree";
            return Err(Failure::Error(GitError::Broken(what.to_owned())));
        }
        Ok(library)
    }

    /// Says beforehand that the files have to be counted by git: a sparse index is read by it alone.
    pub fn can_count(&self) -> Result<(), Failure> {
        match self.repo.index() {
            Err(e) if !self.bare && e.message().contains("extension") && !count::is_split(&e) => {
                Err(Failure::Unsupported)
            }
            _ => Ok(()),
        }
    }

    fn walk(&self, range: &Range<'_>) -> Result<Revwalk<'_>, GitError> {
        let mut walk = self.repo.revwalk().map_err(|e| from_git2(&e))?;
        let set = |walk: &mut Revwalk<'_>| -> Result<(), git2::Error> {
            if range.first_parent {
                walk.simplify_first_parent()?;
            } else {
                walk.set_sorting(Sort::TIME)?;
            }
            walk.push(oid(range.from)?)?;
            range.hide.iter().try_for_each(|id| walk.hide(oid(id)?))
        };
        set(&mut walk).map_err(|e| from_git2(&e))?;
        Ok(walk)
    }

    /// Each commit of a range, until the visitor has enough.
    fn visit(
        &self,
        range: &Range<'_>,
        mut each: impl FnMut(git2::Commit<'_>) -> bool,
    ) -> Result<bool, GitError> {
        for (i, id) in self.walk(range)?.enumerate() {
            if self.cancel.is_cancelled() {
                return Err(GitError::Cancelled);
            }
            if i >= range.max {
                return Ok(true);
            }
            let commit = id.and_then(|id| self.repo.find_commit(id)).map_err(|e| from_git2(&e))?;
            if range.since.is_some_and(|since| when(&commit) < since) || !each(commit) {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

fn oid(id: &CommitId) -> Result<Oid, git2::Error> {
    Oid::from_str(id.as_str())
}

fn id(oid: Oid) -> CommitId {
    CommitId::parse(&oid.to_string()).expect("an object id prints as hex")
}

fn when(commit: &git2::Commit<'_>) -> Timestamp {
    Timestamp::from_second(commit.time().seconds()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// libgit2's error in our words.
pub fn from_git2(e: &git2::Error) -> GitError {
    match (e.code(), e.class()) {
        (ErrorCode::Owner, _) => GitError::NotOwned,
        (_, ErrorClass::Os) if e.message().contains("ermission denied") => GitError::Denied,
        _ => GitError::Broken(text::printable(e.message())),
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Reader for Library {
    fn is_bare(&self) -> bool {
        self.bare
    }

    fn head(&self) -> Result<Head, GitError> {
        let head = self.repo.find_reference("HEAD").map_err(|e| from_git2(&e))?;
        let Some(target) = head.symbolic_target_bytes() else {
            let commit = head.peel_to_commit().map_err(|e| from_git2(&e))?;
            return Ok(Head::Detached { commit: id(commit.id()) });
        };
        let full = lossy(target);
        let name = full.strip_prefix("refs/heads/").unwrap_or(&full).to_owned();
        match head.resolve() {
            Ok(tip) => {
                let commit = tip.peel_to_commit().map_err(|e| from_git2(&e))?;
                Ok(Head::Branch { name, commit: Some(id(commit.id())) })
            }
            Err(e) if e.code() == ErrorCode::NotFound => Ok(Head::Branch { name, commit: None }),
            Err(e) => Err(from_git2(&e)),
        }
    }

    fn refs(&self) -> Result<Vec<Ref>, GitError> {
        let mut out = Vec::new();
        for glob in ["refs/heads/*", "refs/remotes/*"] {
            let refs = self.repo.references_glob(glob).map_err(|e| from_git2(&e))?;
            for reference in refs.take(REFS) {
                if self.cancel.is_cancelled() {
                    return Err(GitError::Cancelled);
                }
                // A single broken reference is the matter of whoever stands on it.
                let Ok(reference) = reference else { continue };
                let target = reference.target().or_else(|| reference.resolve().ok()?.target());
                if let Some(target) = target {
                    out.push(Ref { name: lossy(reference.name_bytes()), id: id(target) });
                }
            }
        }
        Ok(out)
    }

    fn time(&self, id: &CommitId) -> Option<Timestamp> {
        let commit = self.repo.find_commit(oid(id).ok()?).ok()?;
        Some(when(&commit))
    }

    fn upstream(&self, branch: &str) -> Result<Option<String>, GitError> {
        match self.repo.branch_upstream_name(&format!("refs/heads/{branch}")) {
            Ok(name) => Ok(Some(lossy(&name))),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            // A remote that is named and not configured, a refspec that does not fit: git says "no upstream" too.
            Err(e)
                if matches!(e.class(), ErrorClass::Config | ErrorClass::Invalid | ErrorClass::Reference) =>
            {
                Ok(None)
            }
            Err(e) => Err(from_git2(&e)),
        }
    }

    fn has_remote(&self) -> bool {
        self.repo.remotes().is_ok_and(|remotes| !remotes.is_empty())
    }

    fn is_shallow(&self) -> bool {
        self.repo.is_shallow()
    }

    fn apart(&self, here: &CommitId, there: &CommitId) -> Result<(usize, usize), GitError> {
        let pair = oid(here).and_then(|a| Ok((a, oid(there)?)));
        let (a, b) = pair.map_err(|e| from_git2(&e))?;
        self.repo.graph_ahead_behind(a, b).map_err(|e| from_git2(&e))
    }

    fn commits(&self, range: Range<'_>) -> Result<Commits, GitError> {
        let mut list = Vec::new();
        let shallow = self.is_shallow();
        let more = self.visit(&range, |commit| {
            let message = commit.message_raw_bytes();
            list.push(Commit {
                id: id(commit.id()),
                message: lossy(&message[..message.len().min(MESSAGE)]),
                parents: commit.parent_count(),
                time: when(&commit),
                committer: lossy(commit.committer().email_bytes()),
                boundary: shallow && commit.parent_count() == 0,
            });
            true
        })?;
        Ok(Commits { list, more })
    }

    fn count(&self, range: Range<'_>) -> Result<(usize, Option<Timestamp>), GitError> {
        let (mut count, mut oldest) = (0, None);
        self.visit(&range, |commit| {
            count += 1;
            let time = when(&commit);
            oldest = Some(oldest.map_or(time, |o: Timestamp| o.min(time)));
            true
        })?;
        Ok((count, oldest))
    }

    fn dirty(&self) -> Result<(Fact<Dirty>, Vec<Unknown>), GitError> {
        count::uncommitted(&self.repo, &self.cancel)
    }

    fn operation(&self) -> Option<Operation> {
        None // all of them are files where libgit2 can read
    }
}
