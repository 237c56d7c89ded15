//! Work trees of their own for sessions, by a person's command: found, and made by the git program with everything switched off
//! that the repository could make it run. What is there already is never changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::find::{self, Found};
use super::program::Program;
use crate::domain::fleet::NewTree;
use crate::domain::fleet::rise::TREES;
use crate::ports::{Cancel, GitError};

/// How long a check-out may take.
const LIMIT: Duration = Duration::from_mins(10);

/// Where a session's own work tree lies: beside the one that its folder is in.
#[derive(Debug, Clone)]
pub struct Place {
    found: Found,
    /// The tree's folder.
    pub path: PathBuf,
    /// It is there, and one of that repository.
    pub exists: bool,
    /// The session's folder within it.
    below: PathBuf,
}

impl Place {
    /// Where it is for a session whose folder is that. `None`: that folder is in no work tree.
    pub fn of(folder: &Path, session: &str) -> Result<Option<Self>, String> {
        let found = match find::find(folder) {
            Ok(found) => found,
            Err(GitError::NotARepository) => return Ok(None),
            Err(e) => return Err(e.to_string()),
        };
        let Some(top) = found.top.clone() else { return Ok(None) };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if session.is_empty() || !session.chars().all(plain) || session.starts_with('-') {
            return Err("its name cannot be that of a folder".to_owned());
        }
        let (Some(parent), Some(name)) = (top.parent(), top.file_name()) else { return Ok(None) };
        let mut beside = name.to_owned();
        beside.push(TREES);
        let path = parent.join(beside).join(session);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let below = folder.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
        let exists = path.symlink_metadata().is_ok();
        if exists {
            let own = find::find(&path).ok();
            let same = own.is_some_and(|o| o.common == found.common && o.top.as_deref() == Some(&path));
            if !same {
                return Err(format!("{} is there and is no work tree of this repository", path.display()));
            }
        }
        Ok(Some(Self { found, path, exists, below }))
    }

    /// The folder of the session in it, as far as it is there.
    pub fn folder(&self) -> PathBuf {
        let inner = self.path.join(&self.below);
        if inner.is_dir() { inner } else { self.path.clone() }
    }

    /// What would be made: a tree on that branch, which begins at the first of `bases` that exists, else where the
    /// repository stands.
    pub fn plan(&self, branch: &str, bases: &[String]) -> Result<NewTree, String> {
        let program = self.program()?;
        let has = |name: &str| program.has_branch(name);
        let known = has(branch).map_err(|e| e.to_string())?;
        if known && program.is_checked_out(branch).map_err(|e| e.to_string())? {
            return Err(format!("the branch {branch} is checked out in another work tree"));
        }
        let base = bases.iter().find(|b| has(b).unwrap_or(false));
        let from = base.map_or_else(|| "HEAD".to_owned(), |b| format!("refs/heads/{b}"));
        let path = self.path.to_str().ok_or("its folder has a name that is not plain text")?.to_owned();
        Ok(NewTree { path, branch: branch.to_owned(), known, from })
    }

    /// Makes it.
    pub fn make(&self, tree: &NewTree) -> Result<(), String> {
        let mut program = self.program()?;
        program.allow(LIMIT);
        program.add_tree(tree).map_err(|e| e.to_string())
    }

    fn program(&self) -> Result<Program, String> {
        Program::open(&self.found, &Cancel::default()).map_err(|e| e.to_string())
    }
}
