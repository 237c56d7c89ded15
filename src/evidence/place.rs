//! What can be told of a folder without asking git: the work tree around it, the branch that
//! HEAD names.

use std::path::Path;

use crate::domain::policy::Context;

/// The place of a folder. Its work tree is found by an upward search; without one the folder itself counts as one, unless
/// a home lies in it.
pub fn of(folder: &Path, home: Option<&Path>) -> Context {
    let tree = folder.ancestors().find(|d| d.join(".git").exists());
    let too_wide = folder.parent().is_none() || home.is_some_and(|h| h.starts_with(folder));
    let root = tree.or((!too_wide).then_some(folder));
    let utf8 = |p: &Path| p.to_str().map(str::to_owned);
    Context {
        cwd: utf8(folder),
        work_tree: root.and_then(utf8),
        home: home.and_then(utf8),
        branch: tree.and_then(branch),
        ..Context::default()
    }
}

/// The branch that HEAD names; `None` when it names a commit or cannot be read.
fn branch(tree: &Path) -> Option<String> {
    let dot_git = tree.join(".git");
    let folder = if dot_git.is_dir() {
        dot_git
    } else {
        // A linked work tree: a file that names the folder.
        tree.join(std::fs::read_to_string(&dot_git).ok()?.trim().strip_prefix("gitdir: ")?)
    };
    let head = std::fs::read_to_string(folder.join("HEAD")).ok()?;
    head.trim().strip_prefix("ref: refs/heads/").map(str::to_owned)
}
