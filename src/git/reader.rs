//! The few questions that have to be asked of a repository, so that the library and the command line answer alike.
//! What the answers mean together is in `assemble`.

use jiff::Timestamp;

use crate::domain::branch::facts::{Commits, Dirty, Operation};
use crate::domain::branch::{CommitId, Fact, Head, Unknown};
use crate::ports::GitError;

/// Why the files of a repository with a split index are not counted.
pub const SPLIT: &str =
    "how many files are uncommitted: the index is split, and reading it would mark it as used";

/// What to do about it.
pub const MEND_SPLIT: &str = "git update-index --no-split-index";

/// A reference and the commit it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// The full name, as in `refs/heads/dev`.
    pub name: String,
    /// Where it points.
    pub id: CommitId,
}

/// Which commits: those that can be reached from `from` and not from `hide`, newest first.
#[derive(Debug, Clone, Copy)]
pub struct Range<'a> {
    /// Where to start.
    pub from: &'a CommitId,
    /// What is left out, with all its ancestors.
    pub hide: &'a [CommitId],
    /// Follow first parents only.
    pub first_parent: bool,
    /// Stop at the first commit older than this.
    pub since: Option<Timestamp>,
    /// Stop after so many.
    pub max: usize,
}

/// A repository that answers.
pub trait Reader {
    /// True without a work tree.
    fn is_bare(&self) -> bool;
    /// HEAD, with its commit looked up.
    fn head(&self) -> Result<Head, GitError>;
    /// Branches, and branches of remotes, that point at a commit.
    fn refs(&self) -> Result<Vec<Ref>, GitError>;
    /// When a commit was made.
    fn time(&self, id: &CommitId) -> Option<Timestamp>;
    /// The full name of a branch's upstream.
    fn upstream(&self, branch: &str) -> Result<Option<String>, GitError>;
    /// A remote is configured.
    fn has_remote(&self) -> bool;
    /// The history is cut off somewhere.
    fn is_shallow(&self) -> bool;
    /// How many commits each side has that the other has not.
    fn apart(&self, here: &CommitId, there: &CommitId) -> Result<(usize, usize), GitError>;
    /// The commits of a range.
    fn commits(&self, range: Range<'_>) -> Result<Commits, GitError>;
    /// How many commits a range has, and when the oldest of them was made.
    fn count(&self, range: Range<'_>) -> Result<(usize, Option<Timestamp>), GitError>;
    /// Uncommitted files, and what of them could not be known.
    fn dirty(&self) -> Result<(Fact<Dirty>, Vec<Unknown>), GitError>;
    /// What is under way, where only the references tell.
    fn operation(&self) -> Option<Operation>;
}
