//! The names of the branch rules. What each means is in `table`.

use serde::{Deserialize, Serialize};

/// A rule's name, as scripts and configs use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is explained in its row of RULES")]
pub enum RuleId {
    Unknown,
    ProtectedBranch,
    EnvBranch,
    Detached,
    BranchName,
    DirtyRed,
    DirtyAmber,
    SharedTree,
    DirectCommit,
    MergeWithoutPr,
    CommitSubject,
    Trailer,
    InProgress,
    Unpushed,
    Behind,
    OldCommit,
    StaleBranch,
}

impl RuleId {
    /// The word used in JSON, config and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::ProtectedBranch => "protected-branch",
            Self::EnvBranch => "env-branch",
            Self::Detached => "detached",
            Self::BranchName => "branch-name",
            Self::DirtyRed => "dirty-red",
            Self::DirtyAmber => "dirty-amber",
            Self::SharedTree => "shared-tree",
            Self::DirectCommit => "direct-commit",
            Self::MergeWithoutPr => "merge-without-pr",
            Self::CommitSubject => "commit-subject",
            Self::Trailer => "trailer",
            Self::InProgress => "in-progress",
            Self::Unpushed => "unpushed",
            Self::Behind => "behind",
            Self::OldCommit => "old-commit",
            Self::StaleBranch => "stale-branch",
        }
    }

    /// True for what all work trees of a repository see alike.
    pub const fn is_of_the_repository(self) -> bool {
        matches!(self, Self::DirectCommit | Self::MergeWithoutPr | Self::StaleBranch)
    }
}
