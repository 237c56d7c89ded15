//! What was observed of one work tree, as plain values. Names in here are raw data of an agent: compared as they are,
//! made printable only when a finding is written. Not for judging (`rules`), not for how it was observed (`git`).

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why something is not known, and what a person can do about it: one line each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Why.
    pub why: String,
    /// What to do.
    pub hint: String,
}

impl Unknown {
    /// The two lines.
    pub fn new(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into() }
    }
}

/// A fact, or the reason why it is not known. Never a guess.
pub type Fact<T> = Result<T, Unknown>;

/// A commit's id in hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitId(String);

impl CommitId {
    /// Reads 40 or 64 hex digits; anything else is `None`.
    pub fn parse(hex: &str) -> Option<Self> {
        let sound = matches!(hex.len(), 40 | 64) && hex.bytes().all(|b| b.is_ascii_hexdigit());
        sound.then(|| Self(hex.to_ascii_lowercase()))
    }

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, for sentences.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

/// What kind of work tree it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The repository's own work tree.
    Main,
    /// One made by `git worktree add`.
    Linked,
    /// A submodule: HEAD is detached there by design.
    Submodule,
    /// No work tree at all.
    Bare,
}

/// Where HEAD points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Head {
    /// On a branch; without a commit the branch is unborn.
    Branch {
        /// The branch without `refs/heads/`.
        name: String,
        /// Its tip.
        commit: Option<CommitId>,
    },
    /// On a commit, on no branch.
    Detached {
        /// Which.
        commit: CommitId,
    },
}

impl Head {
    /// The branch's name.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch { name, .. } => Some(name),
            Self::Detached { .. } => None,
        }
    }

    /// The commit it stands on.
    pub fn commit(&self) -> Option<&CommitId> {
        match self {
            Self::Branch { commit, .. } => commit.as_ref(),
            Self::Detached { commit } => Some(commit),
        }
    }
}

/// Something git was asked to do and has not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `git rebase`.
    Rebase,
    /// `git am`.
    Am,
    /// `git merge`.
    Merge,
    /// `git cherry-pick`.
    CherryPick,
    /// `git revert`.
    Revert,
    /// `git bisect`.
    Bisect,
}

impl Operation {
    /// The git command.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Rebase => "rebase",
            Self::Am => "am",
            Self::Merge => "merge",
            Self::CherryPick => "cherry-pick",
            Self::Revert => "revert",
            Self::Bisect => "bisect",
        }
    }
}

/// Uncommitted files, each counted once, every file of a new folder by itself (`git status -uall`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dirty {
    /// All of them.
    pub files: usize,
    /// Of these, not known to git yet.
    pub untracked: usize,
    /// Of these, in conflict.
    pub conflicted: usize,
}

/// The branch's upstream as git's configuration names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// As in `origin/dev`.
    pub name: String,
    /// Commits here and not there, commits there and not here; none when the upstream no longer exists.
    pub apart: Option<(usize, usize)>,
}

/// Commits that no remote has, as far as the last fetch tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpushed {
    /// The remote branch compared with; none: compared with every remote branch known here.
    pub to: Option<String>,
    /// How many.
    pub count: usize,
    /// When the oldest of them was made.
    pub oldest: Option<Timestamp>,
}

/// The branch that this one goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// As in `dev` or `origin/dev`.
    pub name: String,
    /// How many commits it has that HEAD has not.
    pub behind: usize,
}

/// One commit, as much as the rules need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// The message, cut at 16 KB.
    pub message: String,
    /// How many parents it names.
    pub parents: usize,
    /// When it was committed.
    pub time: Timestamp,
    /// The committer's mail address: a forge commits in its own name.
    pub committer: String,
    /// The history is cut off below it (shallow clone): whose it is cannot be told.
    pub boundary: bool,
}

/// The newest commits of a range; `more` says that the walk was stopped at its bound.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Commits {
    /// Newest first.
    pub list: Vec<Commit>,
    /// There are more.
    pub more: bool,
}

/// A commit on the first-parent line of a protected branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// The commit.
    pub commit: Commit,
    /// False: certainly on no remote. None: there is no remote to compare with.
    pub pushed: Option<bool>,
    /// A local `git merge` moved the protected branch over it without a merge commit (reflog).
    pub forwarded: Option<Forwarded>,
}

/// What a local `git merge` brought by only moving a branch forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    /// The branch that was merged.
    pub from: String,
    /// The newest commit of what it brought.
    pub newest: bool,
}

/// The recent part of a protected branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The branch, as in `dev`.
    pub branch: String,
    /// Newest first; each commit stands in one line only, that of the lowest rung.
    pub landed: Vec<Landed>,
    /// The walk was stopped at its bound.
    pub more: bool,
}

/// A local branch that is not checked out here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// Its name.
    pub name: String,
    /// When something last happened to it: its commit, or its reflog.
    pub active: Timestamp,
    /// Checked out in another work tree, which speaks for it.
    pub elsewhere: bool,
}

/// One work tree as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkTree {
    /// Its top folder (of a bare repository: its git folder).
    pub path: PathBuf,
    /// The git folder that all work trees of the repository share.
    pub repository: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Where HEAD points.
    pub head: Fact<Head>,
    /// What is under way.
    pub operation: Option<Operation>,
    /// Uncommitted files; none without a work tree or when not asked for.
    pub dirty: Fact<Option<Dirty>>,
    /// The branch's upstream.
    pub upstream: Fact<Option<Upstream>>,
    /// What no remote has; none where there is no remote or nothing.
    pub unpushed: Fact<Option<Unpushed>>,
    /// The branch to go back to.
    pub base: Fact<Option<Base>>,
    /// The commits that only this branch has, or on a protected branch those that are not pushed.
    pub own: Fact<Commits>,
    /// The recent part of each protected branch.
    pub lines: Fact<Vec<Line>>,
    /// The other local branches.
    pub others: Fact<Vec<Other>>,
    /// The time of HEAD's commit.
    pub committed: Option<Timestamp>,
    /// When something last happened here: a commit, a switch, a rebase (HEAD's commit and reflog, the later one).
    pub active: Option<Timestamp>,
    /// Partial gaps: a shallow history, files behind filters that are never run.
    pub gaps: Vec<Unknown>,
}

impl WorkTree {
    /// A tree of which nothing could be read: every fact is unknown for the same reason.
    pub fn unreadable(path: PathBuf, why: &Unknown) -> Self {
        let unknown = || why.clone();
        Self {
            repository: path.clone(),
            path,
            kind: Kind::Main,
            head: Err(unknown()),
            operation: None,
            dirty: Err(unknown()),
            upstream: Err(unknown()),
            unpushed: Err(unknown()),
            base: Err(unknown()),
            own: Err(unknown()),
            lines: Err(unknown()),
            others: Err(unknown()),
            committed: None,
            active: None,
            gaps: Vec::new(),
        }
    }

    /// The branch's name, when HEAD is known and on one.
    pub fn branch(&self) -> Option<&str> {
        self.head.as_ref().ok().and_then(Head::branch)
    }
}
