//! What the rules of today say of a dialog of the past. The record tells what was asked and in which folder; not which
//! branch was checked out. What depends on that, and what was asked in a folder that is gone, is not judged. Links and
//! the work tree around the folder are looked at as they are today.

use super::rules::{Rules, judged};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::policy::{Context, Policy, Verdict};
use crate::ports::Asks;

/// A branch that no pattern of a sane policy means.
const PLAIN: &str = "archtui-plain-branch-0101";

/// The verdict, by the session's rules or by a preset; else why there is none.
pub fn verdict(rules: &Rules, asks: &Asks, dialog: &Dialog, preset: Option<&str>) -> Result<Verdict, String> {
    if asks.cwd.as_deref().is_some_and(|cwd| !cwd.is_dir()) {
        return Err("the folder it was asked in is gone".to_owned());
    }
    let on = |branch: Option<String>| {
        rules.verdict(asks, preset, |ctx, policy| {
            judged(dialog, &Context { branch: branch.clone(), ..ctx.clone() }, policy)
        })
    };
    let verdict = on(Some(PLAIN.to_owned()));
    if dialog.operation == Operation::Bash {
        let same = |other: &Verdict| (other.action, other.would()) == (verdict.action, verdict.would());
        let others = branches(rules).into_iter().map(Some).chain([None]);
        if !others.map(on).all(|other| same(&other)) {
            return Err("it depends on the branch, which the record does not hold".to_owned());
        }
    }
    Ok(verdict)
}

/// A branch for each pattern that makes a difference to some rule.
fn branches(rules: &Rules) -> Vec<String> {
    let named = rules.policies.values().flat_map(Policy::rules).flat_map(|r| &r.branch);
    let patterns = named.filter(|b| !matches!(b.as_str(), "protected" | "unknown"));
    let mut all: Vec<String> =
        patterns.chain(&rules.protected_branches).map(|p| p.replace(['*', '?'], "x")).collect();
    all.sort();
    all.dedup();
    all
}
