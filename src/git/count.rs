//! Counts the uncommitted files of a work tree with libgit2, and puts right what libgit2 sees differently from git: files
//! that a sparse checkout leaves out, files behind filters, folders that may not be read. Not for anything else.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use git2::{Index, IndexEntryExtendedFlag, Repository, Status, StatusOptions};

use super::filtered::Filtered;
use super::find;
use super::library::from_git2;
use super::reader::{MEND_SPLIT, SPLIT};
use crate::domain::branch::facts::Dirty;
use crate::domain::branch::{Fact, Unknown};
use crate::ports::{Cancel, GitError};

/// What to do about files that may not be read.
const READABLE: &str = "make it readable for the user that runs archtui";

/// The count, or why there is none; and what of it could not be known.
pub fn uncommitted(repo: &Repository, cancel: &Cancel) -> Result<(Fact<Dirty>, Vec<Unknown>), GitError> {
    let unknown = |why: &str, hint: &str| Ok((Err(Unknown::new(why, hint)), Vec::new()));
    let index = match repo.index() {
        Ok(index) => index,
        Err(e) if is_split(&e) => return unknown(SPLIT, MEND_SPLIT),
        // libgit2 says that one it may not read does not exist.
        Err(_) if find::plain(&repo.path().join("index")).is_err_and(|e| is_denied(&e)) => {
            return unknown("how many files are uncommitted: the index may not be read", READABLE);
        }
        Err(e) => return Err(from_git2(&e)),
    };
    let mut options = StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(false)
        .renames_head_to_index(true)
        .update_index(false);
    let statuses = match repo.statuses(Some(&mut options)).map_err(|e| from_git2(&e)) {
        Err(GitError::Denied) => {
            return unknown("how many files are uncommitted: one of them may not be read", READABLE);
        }
        statuses => statuses?,
    };
    let mut dirty = Dirty::default();
    let mut filtered = Filtered::new(repo, &index);
    let mut hidden = 0;
    for entry in statuses.iter() {
        if cancel.is_cancelled() {
            return Err(GitError::Cancelled);
        }
        let path = Path::new(OsStr::from_bytes(entry.path_bytes()));
        let status = entry.status();
        match status {
            Status::WT_DELETED if is_left_out(&index, path) => continue,
            Status::WT_DELETED if is_hidden(repo.workdir(), path) => {
                hidden += 1;
                continue;
            }
            Status::WT_MODIFIED if filtered.is_clean_or_unknown(path) => continue,
            _ => {}
        }
        dirty.files += 1;
        dirty.untracked += usize::from(status.contains(Status::WT_NEW));
        dirty.conflicted += usize::from(status.contains(Status::CONFLICTED));
    }
    let mut gaps = filtered.gaps();
    if hidden > 0 {
        let why = format!("whether files are changed, {hidden} in all: their folder may not be read");
        gaps.push(Unknown::new(why, READABLE));
    }
    Ok((Ok(dirty), gaps))
}

/// A split index is read by git alone, and git marks its shared part as used: that would be a change.
pub fn is_split(e: &git2::Error) -> bool {
    e.message().contains("extension: 'link'")
}

fn is_denied(e: &std::io::Error) -> bool {
    e.kind() == ErrorKind::PermissionDenied
}

/// A sparse checkout leaves the file out of the work tree.
fn is_left_out(index: &Index, path: &Path) -> bool {
    let skip = IndexEntryExtendedFlag::SKIP_WORKTREE.bits();
    index.get_path(path, 0).is_some_and(|entry| entry.flags_extended & skip != 0)
}

/// A file in a folder that may not be read looks deleted.
fn is_hidden(top: Option<&Path>, path: &Path) -> bool {
    top.is_some_and(|top| std::fs::symlink_metadata(top.join(path)).is_err_and(|e| is_denied(&e)))
}
