//! Commands of several parts of which one puts other content into the work tree: what is looked up on the disk before any of
//! them runs (links, folders, what fits a pattern, a program that lies there) says nothing of what a later part will find.

use super::rule::may_name;
use super::{Action, Verdict};
use crate::domain::bash::{self, Access, Joint, Outcome, Part, Programs, Redirect, Use, Word};

/// Puts files, folders or links of any content in places where others were looked up, or nothing. Not what only runs code of
/// the project: that may do anything by itself.
const BRINGS: [&str; 32] = [
    "git am",
    "git apply",
    "git bisect",
    "git checkout",
    "git checkout-index",
    "git cherry-pick",
    "git clone",
    "git lfs",
    "git merge",
    "git mv",
    "git pull",
    "git read-tree",
    "git rebase",
    "git reset",
    "git restore",
    "git revert",
    "git sparse-checkout",
    "git stash",
    "git submodule",
    "git subtree",
    "git switch",
    "git worktree",
    "gh pr checkout",
    "gh repo",
    "cp",
    "hg",
    "install",
    "jj",
    "ln",
    "mv",
    "patch",
    "tar",
];

/// Those of them that leave the files alone.
const LEAVES: [&str; 7] = [
    "gh repo list",
    "gh repo view",
    "git restore --staged",
    "git restore -S",
    "git stash list",
    "git stash show",
    "git worktree list",
];

/// What makes a file or a folder, and by that perhaps a repository of what was none when it was looked at.
const MAKES: [&str; 3] = ["mkdir", "tee", "touch"];

/// What a part does to what was looked up before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stir {
    /// Nothing.
    Nothing,
    /// It makes a file or a folder where there was none.
    Makes,
    /// Behind it nothing is known of the work tree.
    Unsettles,
}

/// Of one part; `outcome` is what it does, if it is vouched for.
fn stirs(part: &Part, outcome: Option<&Outcome>) -> Stir {
    let words = part.words.as_slice();
    let starts = starts(words, outcome);
    let into = |r: &Redirect| matches!(r, Redirect::Into(_));
    let vouched = outcome.is_some();
    let brings = |&at: &usize| names(&BRINGS, words, at) && !(vouched && names(&LEAVES, words, at));
    if starts.iter().any(brings) && !outcome.is_some_and(|o| makes_a_branch(words, o)) {
        Stir::Unsettles
    } else if part.redirects.iter().any(into) || starts.iter().any(|&at| names(&MAKES, words, at)) {
        Stir::Makes
    } else {
        Stir::Nothing
    }
}

/// Where a program may stand: one that no table knows may start another at any word.
fn starts(words: &[Word], outcome: Option<&Outcome>) -> Vec<usize> {
    match outcome {
        Some(outcome) => std::iter::once(0).chain(outcome.starts.iter().copied()).collect(),
        None => (0..words.len()).collect(),
    }
}

/// Whether the program at that word, with what follows it, may be one of the list.
fn names(list: &[&str], words: &[Word], at: usize) -> bool {
    let Some((program, args)) = words.get(at..).and_then(<[Word]>::split_first) else { return false };
    let name = program.text.rsplit('/').next().unwrap_or_default();
    list.iter().any(|wanted| may_name(wanted, name, args))
}

/// For each part: what it, or one behind it in the same pipeline, does. The parts of a pipeline run at the same time.
pub(super) fn in_pipelines(parts: &[Part], programs: &Programs) -> Vec<Stir> {
    let mut out = vec![Stir::Nothing; parts.len()];
    let mut behind = Stir::Nothing;
    for (i, part) in parts.iter().enumerate().rev() {
        behind = behind.max(stirs(part, bash::vouch(programs, &part.words).as_ref().ok()));
        out[i] = behind;
        if part.joint != Joint::Pipe {
            behind = Stir::Nothing;
        }
    }
    out
}

/// A new branch that begins where the work tree stands, and nowhere else: no file changes.
fn makes_a_branch(words: &[Word], outcome: &Outcome) -> bool {
    words.iter().any(|w| matches!(w.text.as_str(), "-b" | "-c" | "--create"))
        && matches!(outcome.uses.as_slice(), [Use::Branch(_)])
}

/// Holds what rests on a look at the disk: a link that only the other content has may lead out of the tree, for a reader as for
/// code of the project. Git itself follows no link to read; `test` tells no more than that something is there.
pub(super) fn judge(uses: &[Use], words: &[Word], folder: Option<&str>) -> Verdict {
    let program = words.first().map_or("", |w| w.text.as_str());
    let reads_by_name = matches!(program, "git" | "[" | "test");
    let here = |path: &str| path.trim_end_matches('/') == ".";
    let looked_up = |one: &Use| match one {
        Use::Through { .. } | Use::Rewrites { .. } | Use::Local { .. } => true,
        Use::Path(access, path) => !(here(path) || reads_by_name && *access != Access::Write),
        Use::Branch(_) | Use::Ref(_) | Use::Remotes => false,
    };
    if folder.is_some_and(|to| !here(to)) || uses.iter().any(looked_up) {
        return Verdict::hold("through", "looked up before an earlier part of the command has run");
    }
    Verdict::new(Action::Confirm, "", "")
}
