//! Where the hooks of a repository lie, as its configuration says. Nothing is written here, and no hook is run.

use std::path::{Path, PathBuf};

use super::command::GitProgram;
use super::find;
use crate::ports::{Cancel, GitError};

/// The hooks folder of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPlace {
    /// Where git looks for hooks; it need not exist.
    pub folder: PathBuf,
    /// It belongs to this repository alone; else `core.hooksPath` leads to a place that others may use too.
    pub own: bool,
    /// The character that begins a comment line in a commit message.
    pub comment: char,
}

/// Asks git, `core.hooksPath` included.
pub fn place(path: &Path) -> Result<HookPlace, GitError> {
    let found = find::find(path)?;
    let mut git = GitProgram::new(found.shown(), false, &Cancel::default());
    git.keep("core.hooksPath");
    let get = |kind: &str, key: &str| -> Result<Option<String>, GitError> {
        let answer = git.run(&["config", kind, "--get", key], String::new())?;
        Ok(answer.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()))
    };
    // Git runs hooks at the top of the work tree (in a bare repository: in it), a relative path starts there.
    let folder = match get("--type=path", "core.hooksPath")?.filter(|p| !p.is_empty()) {
        Some(named) => found.shown().join(named),
        None => found.common.join("hooks"),
    };
    let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    let own = real.starts_with(&found.common) || found.top.as_ref().is_some_and(|top| real.starts_with(top));
    let comment = get("--no-type", "core.commentChar")?.and_then(|c| {
        let mut chars = c.chars();
        chars.next().filter(|_| chars.next().is_none())
    });
    Ok(HookPlace { folder, own, comment: comment.unwrap_or('#') })
}
