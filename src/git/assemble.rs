//! Makes the facts of a work tree out of a reader's answers. What one question cannot answer is unknown with its reason;
//! only a HEAD that cannot be read fails the whole look. Not for judging.

use std::collections::{BTreeSet, HashSet};
use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::find::{self, Found};
use super::reader::{Range, Reader, Ref};
use super::{line, reflog, state};
use crate::domain::branch::facts::{Base, Commits, Kind, Other, Unpushed, Upstream};
use crate::domain::branch::{CommitId, Fact, Head, Unknown, WorkTree};
use crate::ports::{Ask, Cancel, GitError};

/// Commits of a branch that are looked at.
const OWN: usize = 200;
/// Commits that are counted before we say "so many, at least".
const COUNTED: usize = 20_000;
/// Local branches that are looked at.
const BRANCHES: usize = 2_000;

/// Everything a look at one repository needs.
pub(super) struct Look<'a, R> {
    pub found: &'a Found,
    pub reader: &'a R,
    pub ask: &'a Ask,
    pub cancel: &'a Cancel,
    pub refs: Vec<Ref>,
    pub head: Head,
    pub bare: bool,
}

/// A question's failure as the reason why a fact is unknown; a cancelled look is not a fact.
fn fact<T>(answer: Result<T, GitError>) -> Result<Fact<T>, GitError> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(GitError::Cancelled) => Err(GitError::Cancelled),
        Err(e) => Ok(Err(e.unknown())),
    }
}

/// Asks everything, in the order of what costs least.
pub fn assemble<R: Reader>(
    found: &Found,
    reader: &R,
    ask: &Ask,
    cancel: &Cancel,
) -> Result<WorkTree, GitError> {
    let head = reader.head()?;
    let refs = reader.refs()?;
    let bare = reader.is_bare();
    let look = Look { found, reader, ask, cancel, refs, head, bare };
    let upstream = fact(look.upstream())?;
    let unpushed = fact(look.unpushed(upstream.as_ref().ok().and_then(Option::as_ref)))?;
    let base = fact(look.base())?;
    let own = fact(look.own(upstream.as_ref().ok().and_then(Option::as_ref)))?;
    let lines = fact(line::lines(&look))?;
    let others = fact(look.others())?;
    let mut gaps = Vec::new();
    if reader.is_shallow() && own.iter().flat_map(|own| &own.list).any(|c| c.boundary) {
        let why = "the history is cut off (shallow clone), commits below are not seen";
        gaps.push(Unknown::new(why, "git fetch --unshallow"));
    }
    let dirty = if ask.status && !bare {
        if cancel.is_cancelled() {
            return Err(GitError::Cancelled);
        }
        match fact(reader.dirty())? {
            Ok((dirty, more)) => {
                gaps.extend(more);
                dirty.map(Some)
            }
            Err(unknown) => Err(unknown),
        }
    } else {
        Ok(None)
    };
    let committed = look.head.commit().and_then(|id| reader.time(id));
    let logged = reflog::read(&found.git, "HEAD").first().map(|e| e.time);
    Ok(WorkTree {
        path: if bare { found.git.clone() } else { found.shown().to_owned() },
        repository: found.common.clone(),
        kind: kind(found, bare),
        operation: state::operation(found).or_else(|| reader.operation()),
        dirty,
        upstream,
        unpushed,
        base,
        own,
        lines,
        others,
        committed,
        active: committed.max(logged),
        gaps,
        head: Ok(look.head),
    })
}

fn kind(found: &Found, bare: bool) -> Kind {
    if bare {
        Kind::Bare
    } else if found.is_linked() {
        Kind::Linked
    } else if found.pointed && found.git.components().any(|c| c.as_os_str() == "modules") {
        Kind::Submodule
    } else {
        Kind::Main
    }
}

/// The branch of a remote-tracking reference, as in `dev` of `refs/remotes/origin/dev`.
pub(super) fn remote_branch(reference: &str) -> Option<&str> {
    let (_, branch) = reference.strip_prefix("refs/remotes/")?.split_once('/')?;
    (branch != "HEAD").then_some(branch)
}

/// The branch of a local reference.
pub(super) fn local_branch(reference: &str) -> Option<&str> {
    reference.strip_prefix("refs/heads/")
}

fn short(reference: &str) -> &str {
    local_branch(reference).or_else(|| reference.strip_prefix("refs/remotes/")).unwrap_or(reference)
}

impl<R: Reader> Look<'_, R> {
    /// The commits of the references that a test on the name selects.
    pub(super) fn tips(&self, select: impl Fn(&str) -> bool) -> Vec<CommitId> {
        let tips: BTreeSet<&CommitId> = self.refs.iter().filter(|r| select(&r.name)).map(|r| &r.id).collect();
        tips.into_iter().cloned().collect()
    }

    pub(super) fn find(&self, reference: &str) -> Option<&Ref> {
        self.refs.iter().find(|r| r.name == reference)
    }

    fn is_protected(&self, reference: &str) -> bool {
        local_branch(reference)
            .or_else(|| remote_branch(reference))
            .is_some_and(|branch| self.ask.rules.is_protected(branch))
    }

    fn upstream(&self) -> Result<Option<Upstream>, GitError> {
        let (false, Head::Branch { name, commit }) = (self.bare, &self.head) else { return Ok(None) };
        let Some(reference) = self.reader.upstream(name)? else { return Ok(None) };
        let apart = match (commit, self.find(&reference)) {
            (Some(here), Some(there)) => Some(self.reader.apart(here, &there.id)?),
            _ => None,
        };
        Ok(Some(Upstream { name: short(&reference).to_owned(), apart }))
    }

    /// The reference that a push of this branch would move: its upstream, unless that is the base it was cut from, else
    /// the branch of the same name at a remote.
    fn pushed_to(&self, branch: &str, upstream: Option<&Upstream>) -> Option<&Ref> {
        let same = |r: &&Ref| remote_branch(&r.name) == Some(branch);
        let named = upstream
            .filter(|u| u.apart.is_some())
            .and_then(|u| self.refs.iter().find(|r| short(&r.name) == u.name))
            .filter(|r| remote_branch(&r.name) == Some(branch) || !self.is_protected(&r.name));
        named.or_else(|| self.refs.iter().find(same))
    }

    fn unpushed(&self, upstream: Option<&Upstream>) -> Result<Option<Unpushed>, GitError> {
        let (false, Head::Branch { name, commit: Some(here) }) = (self.bare, &self.head) else {
            return Ok(None);
        };
        let target = self.pushed_to(name, upstream);
        if target.is_none() && !self.reader.has_remote() {
            return Ok(None);
        }
        let hide = match target {
            Some(target) => vec![target.id.clone()],
            None => self.tips(|r| remote_branch(r).is_some()),
        };
        let range = Range { from: here, hide: &hide, first_parent: false, since: None, max: COUNTED };
        let (count, oldest) = self.reader.count(range)?;
        let to = target.map(|r| short(&r.name).to_owned());
        Ok((count > 0).then_some(Unpushed { to, count, oldest }))
    }

    /// The first base that exists; at a remote rather than here, where it may be out of date.
    fn base(&self) -> Result<Option<Base>, GitError> {
        let (false, Some(here)) = (self.bare, self.head.commit()) else { return Ok(None) };
        let base = self.ask.rules.base.iter().find_map(|base| {
            let local = format!("refs/heads/{base}");
            let remote = self.refs.iter().find(|r| remote_branch(&r.name) == Some(base));
            remote.or_else(|| self.find(&local))
        });
        let Some(base) = base else { return Ok(None) };
        let (_, behind) = self.reader.apart(here, &base.id)?;
        Ok(Some(Base { name: short(&base.name).to_owned(), behind }))
    }

    /// The commits that are this branch's own work; of a protected branch those that nobody else has yet.
    fn own(&self, upstream: Option<&Upstream>) -> Result<Commits, GitError> {
        let (false, Some(from)) = (self.bare, self.head.commit()) else { return Ok(Commits::default()) };
        let branch = self.head.branch();
        let mut range = Range { from, hide: &[], first_parent: false, since: None, max: OWN };
        let hide = match branch {
            Some(name) if self.ask.rules.is_protected(name) => {
                let remote = self.tips(|r| remote_branch(r).is_some());
                if remote.is_empty() && upstream.is_none() {
                    // Nothing tells old history from new: the recent part of its own line.
                    range.first_parent = true;
                    range.since = Some(self.history_since());
                }
                remote
            }
            Some(name) => {
                let protected = self.tips(|r| self.is_protected(r));
                if protected.is_empty() {
                    self.tips(|r| remote_branch(r).is_some_and(|b| b != name))
                } else {
                    protected
                }
            }
            None => self.tips(|_| true),
        };
        range.hide = &hide;
        self.reader.commits(range)
    }

    pub(super) fn history_since(&self) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(self.ask.rules.history_days));
        self.ask.now.checked_sub(days).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn others(&self) -> Result<Vec<Other>, GitError> {
        let here = self.head.branch();
        let elsewhere = self.checked_out();
        let mut out = Vec::new();
        let locals = self.refs.iter().filter_map(|r| Some((local_branch(&r.name)?, r)));
        for (name, reference) in locals.filter(|(name, _)| Some(*name) != here).take(BRANCHES) {
            if self.cancel.is_cancelled() {
                return Err(GitError::Cancelled);
            }
            let Some(committed) = self.reader.time(&reference.id) else { continue };
            let logged = reflog::read(&self.found.common, &reference.name).first().map(|e| e.time);
            out.push(Other {
                name: name.to_owned(),
                active: logged.map_or(committed, |t| t.max(committed)),
                elsewhere: elsewhere.contains(name),
            });
        }
        Ok(out)
    }

    /// The branches that the other work trees of this repository stand on.
    fn checked_out(&self) -> HashSet<String> {
        let mut folders = vec![self.found.common.clone()];
        let linked = fs::read_dir(self.found.common.join("worktrees"));
        folders.extend(linked.into_iter().flatten().flatten().take(1_000).map(|e| e.path()));
        folders.iter().filter_map(|dir| find::head_file(dir)?.branch().map(str::to_owned)).collect()
    }
}
