//! The rules about where work happens: which branch, which name, whose tree. Not for what lies there (`work`).

use super::facts::{Head, Kind, Operation};
use super::rules::Severity;
use super::{Case, Hit, plural, shown, typed};

/// How to leave a branch for one of one's own, keeping what is uncommitted.
fn own_branch(case: &Case<'_>) -> String {
    format!(
        "git switch -c {} (uncommitted files come along)",
        case.rules
            .pattern
            .mend("feature/what-you-do", &case.rules.types, case.context.today)
            .unwrap_or_else(|| "BRANCH".to_owned())
    )
}

/// HEAD's branch, where somebody works on it.
fn branch<'a>(case: &Case<'a>) -> Option<&'a str> {
    (case.tree.kind != Kind::Bare).then(|| case.tree.branch()).flatten()
}

fn who(case: &Case<'_>) -> String {
    match (case.context.sessions.as_slice(), &case.context.role) {
        ([one], Some(role)) => format!("{} ({role}) is", shown(one)),
        ([one], None) => format!("{} is", shown(one)),
        _ => "HEAD is".to_owned(),
    }
}

pub(super) fn protected_branch(case: &Case<'_>) -> Vec<Hit> {
    let Some(name) = branch(case) else { return Vec::new() };
    if !case.rules.is_protected(name) || case.rules.is_environment(name) {
        return Vec::new();
    }
    let hit = if matches!(&case.tree.head, Ok(Head::Branch { commit: None, .. })) {
        Hit::new(
            Severity::Note,
            format!("{} on {}, a protected branch without any commit yet", who(case), shown(name)),
            "make the first commit, then work on a branch of your own",
        )
    } else {
        Hit::new(
            Severity::Red,
            format!("{} on {}, a protected branch", who(case), shown(name)),
            own_branch(case),
        )
    };
    vec![hit]
}

pub(super) fn env_branch(case: &Case<'_>) -> Vec<Hit> {
    let Some(name) = branch(case) else { return Vec::new() };
    if !case.rules.is_environment(name) {
        return Vec::new();
    }
    let sentence = format!("{} on {}, a branch of an environment", who(case), shown(name));
    vec![Hit::new(Severity::Red, sentence, own_branch(case))]
}

pub(super) fn detached(case: &Case<'_>) -> Vec<Hit> {
    let Ok(Head::Detached { commit }) = &case.tree.head else {
        return Vec::new();
    };
    let explained =
        matches!(case.tree.operation, Some(Operation::Rebase | Operation::Bisect | Operation::Am));
    let (severity, place) = match case.tree.kind {
        Kind::Bare => return Vec::new(),
        _ if explained => return Vec::new(),
        Kind::Submodule => (Severity::Note, "submodule "),
        Kind::Main | Kind::Linked => (Severity::Amber, ""),
    };
    let sentence =
        format!("{place}HEAD is detached at {}: new commits would belong to no branch", commit.short());
    vec![Hit::new(severity, sentence, own_branch(case)).at(commit)]
}

pub(super) fn branch_name(case: &Case<'_>) -> Vec<Hit> {
    let Some(name) = branch(case) else { return Vec::new() };
    if case.rules.is_protected(name) || super::name::is_one_of(&case.rules.exempt, name) {
        return Vec::new();
    }
    let oldest = case
        .tree
        .own
        .iter()
        .flat_map(|own| &own.list)
        .map(|c| c.time.to_zoned(jiff::tz::TimeZone::UTC).year())
        .min();
    let today = case.context.today;
    let Some(fault) = case.rules.pattern.fault(name, &case.rules.types, today, oldest) else {
        return Vec::new();
    };
    let hint = match case.rules.pattern.mend(name, &case.rules.types, today) {
        Some(better) => format!("git branch -m {better}"),
        None => format!("rename it: git branch -m with a name like {}", case.rules.pattern.as_str()),
    };
    vec![Hit::new(Severity::Amber, format!("branch {} {fault}", shown(name)), hint)]
}

pub(super) fn shared_tree(case: &Case<'_>) -> Vec<Hit> {
    let sessions = &case.context.sessions;
    if sessions.len() <= case.rules.sessions_max {
        return Vec::new();
    }
    let mut names: Vec<String> = sessions.iter().take(5).map(|s| shown(s)).collect();
    if sessions.len() > names.len() {
        names.push(format!("{} more", sessions.len() - names.len()));
    }
    vec![Hit::new(
        Severity::Red,
        format!("{} work in this tree: {}", plural(sessions.len(), "session"), names.join(", ")),
        "give each session a tree of its own: git worktree add ../NAME -b BRANCH",
    )]
}

pub(super) fn in_progress(case: &Case<'_>) -> Vec<Hit> {
    let Some(operation) = case.tree.operation else {
        return Vec::new();
    };
    let command = operation.command();
    let conflicts = match &case.tree.dirty {
        Ok(Some(dirty)) if dirty.conflicted > 0 => {
            format!(", {} in conflict", plural(dirty.conflicted, "file"))
        }
        _ => String::new(),
    };
    let on = case.tree.branch().map(|b| format!(" on {}", shown(b))).unwrap_or_default();
    let hint = match operation {
        Operation::Bisect => format!(
            "end it: git bisect reset{}",
            case.tree.branch().map(|b| format!(" {}", typed(b))).unwrap_or_default()
        ),
        _ => format!("end it: git {command} --continue, or git {command} --abort"),
    };
    vec![Hit::new(Severity::Amber, format!("a {command} is in progress{on}{conflicts}"), hint)]
}
