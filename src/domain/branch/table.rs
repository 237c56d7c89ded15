//! The table of rules: one row each, with its id, what it means exactly, and its check. Order is the order among equals
//! on the screen. The checks themselves are in `place` (where work happens), `work` (what lies there), `history`.

use super::rule_id::RuleId;
use super::{Case, Hit, history, place, work};

/// One row.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// What it means, exactly: when it speaks, how loud, and when it is silent.
    pub means: &'static str,
    /// What it finds.
    pub check: fn(&Case<'_>) -> Vec<Hit>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::Unknown,
        means: "Something could not be read, with the reason. Red if HEAD itself is not known (a gate that sees nothing \
                does not pass), amber if a whole fact is missing (the uncommitted files), else a note: a shallow history, \
                files behind a filter that is never run.",
        check: work::unknown,
    },
    Rule {
        id: RuleId::ProtectedBranch,
        means: "HEAD is on a protected branch other than env/*. Red; amber for managers and high-level sessions, who \
                merge there; a note while the branch has no commit yet. Silent in a bare repository.",
        check: place::protected_branch,
    },
    Rule {
        id: RuleId::EnvBranch,
        means: "HEAD is on a branch of an environment (env/*). Red. Silent in a bare repository.",
        check: place::env_branch,
    },
    Rule {
        id: RuleId::Detached,
        means: "HEAD is on no branch: commits made there are easily lost. Amber; a note in a submodule, where git itself \
                does it. Silent during a rebase or bisect (in-progress says it) and in a bare repository.",
        check: place::detached,
    },
    Rule {
        id: RuleId::BranchName,
        means: "The branch is not named by the pattern, its type is not in the list, or its date is no real day of the \
                last twelve months (tomorrow counts: time zones; 0229 needs a leap year; a branch whose own commits are \
                older may carry an older day). Amber. Whether the day is the one on which the branch was made is not \
                asked. Silent on protected and exempt branches.",
        check: place::branch_name,
    },
    Rule {
        id: RuleId::DirtyRed,
        means: "As many uncommitted files as dirty_red or more (50). Red. Counted as `git status -uall` counts: staged, \
                changed, deleted, in conflict and untracked files, each once; ignored ones not.",
        check: work::dirty_red,
    },
    Rule {
        id: RuleId::DirtyAmber,
        means: "As many uncommitted files as dirty_amber or more (20) and fewer than dirty_red. Amber.",
        check: work::dirty_amber,
    },
    Rule {
        id: RuleId::SharedTree,
        means: "More sessions than sessions_max (1) have their panes in this work tree: they overwrite each other's \
                files and switch each other's branch. Red. Each linked work tree is one of its own.",
        check: place::shared_tree,
    },
    Rule {
        id: RuleId::DirectCommit,
        means: "A commit with one parent on the first-parent line of a protected branch (here and at its remote) that no \
                pull request brought: its message names none, and no forge committed it. Red if no remote has it; amber if it is \
                pushed (a rebase-merged request looks the same) or there is no remote at all. Only commits of the last \
                history_days (14) and all that are unpushed; never the root commit, a bare version, or the boundary of a \
                shallow clone. One finding a commit, the newest ten.",
        check: history::direct_commit,
    },
    Rule {
        id: RuleId::MergeWithoutPr,
        means: "A branch was merged into a protected one and nothing names a pull request: a merge commit `Merge branch \
                'x'`, or (from the reflog) a local `git merge` that only moved the branch forward. Red; amber if one \
                protected branch was merged into another (a promotion), or if there is no remote at all. Silent for pulls of the same branch, and for \
                merges back into the base or into env/*. The same window as direct-commit.",
        check: history::merge_without_pr,
    },
    Rule {
        id: RuleId::CommitSubject,
        means: "A commit that only this branch has (no protected branch, here or at a remote) and whose subject is not \
                `type: description` in subject_max (72) columns. Amber. Capitals, scopes and `!` are fine; merges, \
                reverts, fixup!, squash!, versions and `Initial commit` are exempt. On a protected branch only unpushed \
                commits are looked at. One finding a commit, the newest ten.",
        check: history::commit_subject,
    },
    Rule {
        id: RuleId::Trailer,
        means: "One of the same commits lacks a trailer of trailer_keys (Co-Authored-By). trailers = off (the default) \
                asks nothing, warn makes a note, require amber. One finding a commit, the newest ten; merges are exempt.",
        check: history::trailer,
    },
    Rule {
        id: RuleId::InProgress,
        means: "A rebase, am, merge, cherry-pick, revert or bisect was begun and not ended. Amber.",
        check: place::in_progress,
    },
    Rule {
        id: RuleId::Unpushed,
        means: "The branch has commits that its remote branch (the upstream, or the branch of the same name if the \
                upstream is a protected one), or without one no remote branch at all, has: as far as the last fetch \
                tells. A note; amber once the oldest is older than unpushed_hours (24). Silent without any remote.",
        check: work::unpushed,
    },
    Rule {
        id: RuleId::Behind,
        means: "The upstream has commits that the branch lacks, as far as the last fetch tells. A note; amber if both \
                have commits of their own. A feature branch that lacks more than behind_base (50) commits of its base \
                is noted too.",
        check: work::behind,
    },
    Rule {
        id: RuleId::OldCommit,
        means: "Uncommitted files, and nothing committed or switched here for old_hours (24): amber. A clean branch with \
                commits of its own and none for old_days (7): a note. Counted from HEAD's commit or its reflog, the \
                later one, so that a new branch on an old base is not old.",
        check: work::old_commit,
    },
    Rule {
        id: RuleId::StaleBranch,
        means: "Local branches, not protected and checked out nowhere, with no commit and no reflog entry for stale_days \
                (30). One note for all of them.",
        check: work::stale_branch,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_of_the_contract_has_one_row() {
        let ids: Vec<&str> = RULES.iter().map(|r| r.id.word()).collect();
        let contract = "protected-branch env-branch detached branch-name dirty-amber dirty-red unpushed behind \
                        commit-subject trailer direct-commit shared-tree merge-without-pr stale-branch old-commit \
                        in-progress unknown";
        let want: BTreeSet<&str> = contract.split_whitespace().collect();
        assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), want);
        assert_eq!(ids.len(), want.len(), "a rule has two rows");
    }

    #[test]
    fn the_word_is_the_one_in_json() {
        for rule in RULES {
            assert_eq!(serde_json::to_value(rule.id).unwrap(), rule.id.word());
            assert!(rule.means.ends_with('.'), "{}", rule.id.word());
        }
    }
}
