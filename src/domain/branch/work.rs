//! The rules about what lies in a work tree and how old it is: uncommitted, unpushed, behind, stale, not known.
//! Not for single commits (`history`).

use super::facts::{Kind, Unknown};
use super::rules::Severity;
use super::{Case, Hit, plural, shown, typed};

pub(super) fn unknown(case: &Case<'_>) -> Vec<Hit> {
    let tree = case.tree;
    if let Err(Unknown { why, hint }) = &tree.head {
        return vec![Hit::new(Severity::Red, format!("this tree cannot be judged: {why}"), hint)];
    }
    let mut facts: Vec<&Unknown> = [
        tree.dirty.as_ref().err(),
        tree.upstream.as_ref().err(),
        tree.unpushed.as_ref().err(),
        tree.base.as_ref().err(),
        tree.own.as_ref().err(),
        tree.lines.as_ref().err(),
        tree.others.as_ref().err(),
    ]
    .into_iter()
    .flatten()
    .collect();
    facts.dedup();
    let facts = facts.into_iter().map(|why| (Severity::Amber, why));
    let gaps = tree.gaps.iter().map(|why| (Severity::Note, why));
    facts
        .chain(gaps)
        .map(|(severity, Unknown { why, hint })| Hit::new(severity, format!("not known: {why}"), hint))
        .collect()
}

fn dirty(case: &Case<'_>, severity: Severity) -> Vec<Hit> {
    let Ok(Some(dirty)) = &case.tree.dirty else {
        return Vec::new();
    };
    let found = match dirty.files {
        n if n >= case.rules.dirty_red => Severity::Red,
        n if n >= case.rules.dirty_amber => Severity::Amber,
        _ => return Vec::new(),
    };
    if found != severity {
        return Vec::new();
    }
    let untracked = match dirty.untracked {
        0 => String::new(),
        n => format!(", {n} of them untracked"),
    };
    let hint = if dirty.untracked * 2 > dirty.files {
        "commit what belongs to the work, put the rest into .gitignore"
    } else {
        "commit the work in small steps: git add -p, git commit -m \"type: description\""
    };
    vec![Hit::new(severity, format!("{}{untracked}", plural(dirty.files, "uncommitted file")), hint)]
}

pub(super) fn dirty_red(case: &Case<'_>) -> Vec<Hit> {
    dirty(case, Severity::Red)
}

pub(super) fn dirty_amber(case: &Case<'_>) -> Vec<Hit> {
    dirty(case, Severity::Amber)
}

pub(super) fn unpushed(case: &Case<'_>) -> Vec<Hit> {
    let (Ok(Some(unpushed)), Some(branch)) = (&case.tree.unpushed, case.tree.branch()) else {
        return Vec::new();
    };
    if unpushed.count == 0 {
        return Vec::new();
    }
    let hours = unpushed.oldest.map(|t| case.hours_since(t));
    let old = hours.filter(|h| *h >= i64::from(case.rules.unpushed_hours));
    let severity = if old.is_some() { Severity::Amber } else { Severity::Note };
    let to = unpushed.to.as_deref().map_or_else(|| "any remote".to_owned(), shown);
    let since = old.map(|h| format!(", the oldest made {} ago", age(h))).unwrap_or_default();
    let hint = if case.rules.is_protected(branch) {
        "move them to a branch of their own and open a pull request".to_owned()
    } else {
        format!("git push -u origin {}", typed(branch))
    };
    let sentence = format!("{} not on {to}{since}", plural(unpushed.count, "commit"));
    vec![Hit::new(severity, sentence, hint)]
}

pub(super) fn behind(case: &Case<'_>) -> Vec<Hit> {
    let Some(branch) = case.tree.branch() else { return Vec::new() };
    let feature = !case.rules.is_protected(branch);
    if let Ok(Some(upstream)) = &case.tree.upstream
        && let Some((ahead, behind)) = upstream.apart
        && behind > 0
        && !(feature && upstream_is_base(case, &upstream.name))
    {
        let name = shown(&upstream.name);
        let hit = if ahead > 0 {
            Hit::new(
                Severity::Amber,
                format!("apart from {name}: {ahead} ahead, {behind} behind"),
                "git pull --rebase, then push",
            )
        } else {
            Hit::new(
                Severity::Note,
                format!("{} of {name} missing here", plural(behind, "commit")),
                "git pull --ff-only",
            )
        };
        return vec![hit];
    }
    match &case.tree.base {
        Ok(Some(base)) if feature && base.behind > case.rules.behind_base => vec![Hit::new(
            Severity::Note,
            format!("{} of {} missing here", plural(base.behind, "commit"), shown(&base.name)),
            format!("git rebase {}", typed(&base.name)),
        )],
        _ => Vec::new(),
    }
}

/// A branch that was cut from `origin/dev` has it as upstream until it is pushed: that is its base, not its remote half.
fn upstream_is_base(case: &Case<'_>, upstream: &str) -> bool {
    let short = upstream.split_once('/').map_or(upstream, |(_, name)| name);
    case.rules.is_protected(short) || case.rules.is_protected(upstream)
}

pub(super) fn old_commit(case: &Case<'_>) -> Vec<Hit> {
    let (Some(active), Ok(Some(dirty)), Some(branch)) =
        (case.tree.active, &case.tree.dirty, case.tree.branch())
    else {
        return Vec::new();
    };
    let hours = case.hours_since(active);
    if dirty.files > 0 && hours >= i64::from(case.rules.old_hours) {
        return vec![Hit::new(
            Severity::Amber,
            format!("nothing committed for {}, {}", age(hours), plural(dirty.files, "uncommitted file")),
            "commit what is done, or put it away: git stash push -u",
        )];
    }
    let has_own = case.tree.own.as_ref().is_ok_and(|own| !own.list.is_empty());
    if has_own && !case.rules.is_protected(branch) && hours >= i64::from(case.rules.old_days) * 24 {
        return vec![Hit::new(
            Severity::Note,
            format!("nothing committed on {} for {}", shown(branch), age(hours)),
            "open its pull request, or delete the branch if it is done",
        )];
    }
    Vec::new()
}

pub(super) fn stale_branch(case: &Case<'_>) -> Vec<Hit> {
    let Ok(others) = &case.tree.others else { return Vec::new() };
    let mut stale: Vec<(i64, &str)> = others
        .iter()
        .filter(|o| !o.elsewhere && !case.rules.is_protected(&o.name))
        .map(|o| (case.days_since(o.active), o.name.as_str()))
        .filter(|(days, _)| *days >= i64::from(case.rules.stale_days))
        .collect();
    stale.sort_unstable_by(|a, b| b.cmp(a));
    let Some(&(_, oldest)) = stale.first() else { return Vec::new() };
    let mut names: Vec<String> = stale.iter().take(3).map(|(d, n)| format!("{} ({d} d)", shown(n))).collect();
    if stale.len() > names.len() {
        names.push(format!("{} more", stale.len() - names.len()));
    }
    let count = if stale.len() == 1 { "1 branch".to_owned() } else { format!("{} branches", stale.len()) };
    let hint = match case.tree.kind {
        Kind::Bare => "git branch -d each that is merged".to_owned(),
        _ => format!("git branch -d {} if it is merged; git refuses otherwise", typed(oldest)),
    };
    let sentence =
        format!("{count} without a commit for {} days: {}", case.rules.stale_days, names.join(", "));
    vec![Hit::new(Severity::Note, sentence, hint)]
}

fn age(hours: i64) -> String {
    if hours >= 48 {
        format!("{} days", hours / 24)
    } else if hours == 1 {
        "1 hour".to_owned()
    } else {
        format!("{hours} hours")
    }
}
