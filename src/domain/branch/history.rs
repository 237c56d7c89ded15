//! The rules about commits: their subjects and trailers, and how they came onto protected branches. What cannot be
//! known without the forge (a rebase-merged request) is told softer, never guessed. Not for names (`name`).

use super::facts::{Commit, Landed, Line};
use super::message::{self, Merged};
use super::rules::{Severity, Trailers};
use super::{Case, Hit, shown};

/// Findings of one rule that are told commit by commit.
const TOLD: usize = 10;

/// Cuts a long list and says how many were left out.
fn told(mut hits: Vec<Hit>, more: &str) -> Vec<Hit> {
    if hits.len() > TOLD {
        let left = hits.len() - TOLD;
        let severity = hits[TOLD..].iter().map(|h| h.severity).max().unwrap_or(Severity::Note);
        hits.truncate(TOLD);
        let hint = hits[0].hint.clone();
        hits.push(Hit::new(severity, format!("{left} more {more}"), hint));
    }
    hits
}

/// The branch's own commits that somebody wrote by hand.
fn written<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Commit, String)> {
    let own = case.tree.own.as_ref().ok();
    own.into_iter()
        .flat_map(|own| &own.list)
        .filter(|c| !c.boundary && c.parents < 2)
        .map(|c| (c, message::subject(&c.message)))
}

pub(super) fn commit_subject(case: &Case<'_>) -> Vec<Hit> {
    let rules = case.rules;
    let hits = written(case)
        .filter_map(|(commit, subject)| {
            let fault = message::fault(&subject, &rules.commit_types, rules.subject_max)?;
            let newest = case.tree.head.as_ref().is_ok_and(|h| h.commit() == Some(&commit.id));
            let hint = if newest {
                "git commit --amend -m \"type: description\"".to_owned()
            } else {
                format!("reword it before the pull request: git rebase -i {}^", commit.id.short())
            };
            let sentence = format!("{} \"{}\" {fault}", commit.id.short(), shown(&subject));
            Some(Hit::new(Severity::Amber, sentence, hint).at(&commit.id))
        })
        .collect();
    told(hits, "commits whose subject is not as it should be")
}

pub(super) fn trailer(case: &Case<'_>) -> Vec<Hit> {
    let rules = case.rules;
    let severity = match rules.trailers {
        Trailers::Off => return Vec::new(),
        Trailers::Warn => Severity::Note,
        Trailers::Require => Severity::Amber,
    };
    let hits = written(case)
        .filter(|(_, subject)| !message::is_exempt(subject))
        .filter_map(|(commit, _)| {
            let key = rules.trailer_keys.iter().find(|key| !message::has_trailer(&commit.message, key))?;
            let sentence = format!("{} has no {key} trailer", commit.id.short());
            let hint = format!(
                "git commit --amend --trailer \"{key}: …\" on the newest, git rebase -i on older ones"
            );
            Some(Hit::new(severity, sentence, hint).at(&commit.id))
        })
        .collect();
    told(hits, "commits without their trailer")
}

/// Mail addresses in whose name forges commit what is merged, squashed or edited there.
const FORGES: [&str; 4] =
    ["noreply@github.com", "noreply@gitlab.com", "noreply@bitbucket.org", "noreply@codeberg.org"];

/// True if the commit can have come by a request: then nothing is said about it.
pub(super) fn by_request(commit: &Commit) -> bool {
    FORGES.contains(&commit.committer.as_str()) || message::names_request(&commit.message)
}

/// What landed on protected branches and is young enough, or certainly not pushed, to be talked about.
fn landed<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Line, &'a Landed)> {
    let case = *case;
    let lines = case.tree.lines.as_ref().ok();
    lines
        .into_iter()
        .flatten()
        .filter(move |line| case.rules.is_protected(&line.branch))
        .flat_map(|line| line.landed.iter().map(move |l| (line, l)))
        .filter(move |(_, l)| {
            let young = case.days_since(l.commit.time) < i64::from(case.rules.history_days);
            young || l.pushed == Some(false)
        })
        .filter(|(_, l)| !l.commit.boundary && !by_request(&l.commit))
}

pub(super) fn direct_commit(case: &Case<'_>) -> Vec<Hit> {
    let hits = landed(case)
        .filter(|(_, l)| l.commit.parents == 1 && l.forwarded.is_none())
        .filter_map(|(line, l)| {
            let subject = message::subject(&l.commit.message);
            if message::is_version(&subject) {
                return None;
            }
            let (severity, pushed) = match l.pushed {
                Some(true) => (Severity::Amber, ", and names no pull request"),
                Some(false) => (Severity::Red, ", not pushed yet"),
                None => (Severity::Amber, ", and there is no remote to ask for a request"),
            };
            let sentence = format!(
                "{} \"{}\" was committed directly on {}{pushed}",
                l.commit.id.short(),
                shown(&subject),
                shown(&line.branch)
            );
            let hint = match l.pushed {
                Some(true) => "protect the branch at the forge; bring the next change by a pull request",
                _ => "keep it on a branch of its own (git branch NAME), set the protected branch back, open a pull request",
            };
            Some(Hit::new(severity, sentence, hint).at(&l.commit.id))
        })
        .collect();
    told(hits, "direct commits on protected branches")
}

pub(super) fn merge_without_pr(case: &Case<'_>) -> Vec<Hit> {
    let hits = landed(case)
        .filter_map(|(line, l)| {
            let severity = if l.commit.parents > 1 {
                merge_severity(case, &line.branch, message::merged(&message::subject(&l.commit.message)))?
            } else {
                let from = l.forwarded.as_ref().filter(|f| f.newest)?.from.clone();
                merge_severity(case, &line.branch, Some(Merged { from, remote: false }))?
            };
            // Without a remote nobody can tell whether it was reviewed some other way.
            let severity = if l.pushed.is_none() { severity.min(Severity::Amber) } else { severity };
            let how = match &l.forwarded {
                Some(f) => format!("came onto {} by git merge {}", shown(&line.branch), shown(&f.from)),
                None => format!(
                    "\"{}\" merged into {}",
                    shown(&message::subject(&l.commit.message)),
                    shown(&line.branch)
                ),
            };
            let sentence = format!("{} {how}, and names no pull request", l.commit.id.short());
            let hint = "have it reviewed now, and merge the next one through a pull request";
            Some(Hit::new(severity, sentence, hint).at(&l.commit.id))
        })
        .collect();
    told(hits, "merges without a pull request")
}

/// How loud a merge is; none if it is one that needs no request.
fn merge_severity(case: &Case<'_>, into: &str, merged: Option<Merged>) -> Option<Severity> {
    let Some(Merged { from, remote }) = merged else {
        return Some(Severity::Red);
    };
    let short = from.split_once('/').map_or(from.as_str(), |(_, name)| name);
    if remote && (from == into || short == into) {
        return None; // a pull
    }
    let protected = case.rules.is_protected(&from) || remote && case.rules.is_protected(short);
    let base = case.rules.base.iter().any(|b| b == into);
    match protected {
        true if base && into == lowest(case) || case.rules.is_environment(into) => None,
        true => Some(Severity::Amber),
        false => Some(Severity::Red),
    }
}

/// The lowest rung that exists: merges into it from above bring it up to date.
fn lowest<'a>(case: &Case<'a>) -> &'a str {
    let lines = case.tree.lines.as_deref().unwrap_or_default();
    let exists = |name: &&String| lines.iter().any(|line| &line.branch == *name);
    case.rules.base.iter().find(exists).map_or("", String::as_str)
}
