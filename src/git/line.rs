//! The recent part of each protected branch, here and at its remote, commit by commit along the first parents: what
//! landed there, whether it is pushed, and whether a local merge only moved the branch forward.

use std::collections::HashSet;

use super::assemble::{Look, local_branch, remote_branch};
use super::reader::{Range, Reader};
use super::reflog;
use crate::domain::branch::CommitId;
use crate::domain::branch::facts::{Commit, Forwarded, Landed, Line};
use crate::ports::GitError;

/// Protected branches that are looked at.
const LINES: usize = 24;
/// Commits of one that are looked at.
const LANDED: usize = 300;

/// All of them, the lowest rung first; a commit stands in the first line that has it.
pub(super) fn lines<R: Reader>(look: &Look<'_, R>) -> Result<Vec<Line>, GitError> {
    let mut seen = HashSet::new();
    names(look).into_iter().take(LINES).map(|branch| line(look, branch, &mut seen)).collect()
}

fn names<R: Reader>(look: &Look<'_, R>) -> Vec<String> {
    let rules = &look.ask.rules;
    let mut names: Vec<String> = look
        .refs
        .iter()
        .filter_map(|r| local_branch(&r.name).or_else(|| remote_branch(&r.name)))
        .filter(|name| rules.is_protected(name))
        .map(str::to_owned)
        .collect();
    let rung = |name: &String| rules.base.iter().position(|b| b == name).unwrap_or(usize::MAX);
    names.sort_by(|a, b| (rung(a), a).cmp(&(rung(b), b)));
    names.dedup();
    names
}

fn line<R: Reader>(
    look: &Look<'_, R>,
    branch: String,
    seen: &mut HashSet<CommitId>,
) -> Result<Line, GitError> {
    let local = look.find(&format!("refs/heads/{branch}")).map(|r| &r.id);
    let remotes = look.tips(|r| remote_branch(r).is_some());
    let at_remote = look.tips(|r| remote_branch(r) == Some(&branch));
    let along = |from, hide, since| Range { from, hide, first_parent: true, since, max: LANDED };
    let recent = Some(look.history_since());
    let mut ranges: Vec<Range<'_>> = local.into_iter().map(|tip| along(tip, &[], recent)).collect();
    if !remotes.is_empty() {
        ranges.extend(local.map(|tip| along(tip, &remotes, None)));
    }
    ranges.extend(at_remote.iter().map(|tip| along(tip, &[], recent)));

    let unpushed: Option<HashSet<CommitId>> = match local {
        Some(from) if !remotes.is_empty() => {
            let all = Range { from, hide: &remotes, first_parent: false, since: None, max: 10 * LANDED };
            Some(look.reader.commits(all)?.list.into_iter().map(|c| c.id).collect())
        }
        _ => (!remotes.is_empty()).then(HashSet::new),
    };
    let mut out = Line { branch, landed: Vec::new(), more: false };
    for range in ranges {
        let commits = look.reader.commits(range)?;
        out.more |= commits.more;
        for commit in commits.list {
            if seen.insert(commit.id.clone()) {
                let pushed = unpushed.as_ref().map(|ids| !ids.contains(&commit.id));
                out.landed.push(Landed { commit, pushed, forwarded: None });
            }
        }
    }
    mark_forwarded(look, &mut out);
    Ok(out)
}

/// Marks what a local `git merge` brought without a merge commit: the reflog has where the branch stood before and after.
fn mark_forwarded<R: Reader>(look: &Look<'_, R>, line: &mut Line) {
    for entry in reflog::read(&look.found.common, &format!("refs/heads/{}", line.branch)) {
        let Some(from) = reflog::fast_forward(&entry) else { continue };
        let own_remote = look.find(&format!("refs/remotes/{from}")).map(|r| remote_branch(&r.name));
        if from == "FETCH_HEAD" || own_remote.flatten() == Some(&line.branch) {
            continue; // brought up to date, as a pull does
        }
        let is = |l: &Landed, id: &CommitId| &l.commit.id == id;
        let Some(start) = line.landed.iter().position(|l| is(l, &entry.new)) else { continue };
        let brought = line.landed[start..].iter_mut();
        let range = brought.take_while(|l| entry.old.as_ref().is_none_or(|old| !is_commit(&l.commit, old)));
        for (i, landed) in range.enumerate() {
            landed.forwarded = Some(Forwarded { from: from.to_owned(), newest: i == 0 });
        }
    }
}

fn is_commit(commit: &Commit, id: &CommitId) -> bool {
    &commit.id == id
}
