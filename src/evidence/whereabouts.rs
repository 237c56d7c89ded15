//! In which folder a call would run: no screen tells it, and what is safe in one is not in another. Claude Code and Codex write it
//! down; of other agents it is not known, and what they ask has to be safe in every folder of the work tree.

use std::path::{Path, PathBuf};

use super::rules::Rules;
use super::walk::walk;
use super::{calls, place};
use crate::domain::calls::{Found, Open};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::policy::{Action, Rewritten, Verdict};
use crate::domain::text;
use crate::ports::{Asks, Judgement};

/// Why a call is a person's whose folder is not known: no record of it, …
const MISSING: &str = "its agent's own record has no such call: where it would run is not known";
/// … or one that may change.
const UNSETTLED: &str = "another call that may go to another folder has not ended";

/// Rules that hold what would be confirmed in another folder.
const BY_FOLDER: [&str; 4] = ["outside", "elsewhere", "fetch", "protected-branch"];
/// Agents that take a folder with a command, show it to nobody and write it down too late. Seen with Gemini CLI 0.61. Qwen Code takes
/// one by its documentation; it and OpenCode were not tried, and are taken to be no better.
const ROAMING: [&str; 3] = ["gemini", "qwen", "opencode"];
/// Where more than this lies, nobody looks at all of it.
const MAX_ENTRIES: usize = 50_000;
/// In more folders than this it is not judged.
const MAX_FOLDERS: usize = 24;
/// The preset by which a command only reads.
const READS: &str = "careful";
/// Why a command is a person's that may run anywhere.
const ROAMS: &str = "its agent does not show in which folder it would run, and it is not safe in each";
const TOO_MUCH: &str = "its agent does not show in which folder it would run, and too much lies in the work tree to look at it all";

impl Rules {
    /// What is to be done about a dialog, by the agent's own record of the call as well: there it stands whole, and in the
    /// folder that it would run in. `None`: it does not stand there yet, and may in a moment.
    pub fn by_record(
        &self,
        asks: &Asks,
        dialog: &Dialog,
        preset: Option<&str>,
        last: bool,
    ) -> Option<Judgement> {
        let found = calls::recorded(asks, dialog);
        if let Some(Found::Calls(calls)) = found {
            let judged = calls.iter().map(|call| self.by_call(asks, dialog, preset, call));
            let worst =
                judged.reduce(|a, b| if severity(&b.verdict) > severity(&a.verdict) { b } else { a })?;
            return Some(Judgement { calls: calls::names(asks, dialog, &calls), ..worst });
        }
        let folder = asks.gone_to.clone().or_else(|| asks.cwd.clone());
        let shown = Judgement::new(self.on_dialog(asks, dialog, preset), folder);
        let why = match found {
            None if roams(asks, dialog) => return Some(self.anywhere(asks, shown, dialog, preset)),
            None => return Some(shown),
            // For what is not confirmed nobody waits, unless it is held for where it seems to run.
            Some(_) if shown.verdict.would() != Action::Confirm => {
                let waits = !last && BY_FOLDER.contains(&shown.verdict.rule.as_str());
                return (!waits).then_some(shown);
            }
            Some(_) if !last => return None,
            Some(Found::Unsettled) => UNSETTLED,
            Some(Found::Missing | Found::Calls(_)) => MISSING,
        };
        Some(Judgement { verdict: Verdict::hold("folder", why), ..shown })
    }

    /// By one call: as it is shown, and as it was written down.
    fn by_call(&self, asks: &Asks, dialog: &Dialog, preset: Option<&str>, call: &Open) -> Judgement {
        let cwd = asks.cwd.as_deref();
        let folder = match (&call.folder, cwd) {
            (Some(folder), Some(cwd)) => cwd.join(folder).canonicalize().ok(),
            (_, cwd) => cwd.map(Path::to_owned),
        };
        let within = |folder: &PathBuf| {
            cwd.is_some_and(|cwd| {
                folder == cwd || place::gone_to(folder, cwd, self.home.as_deref()).is_some()
            })
        };
        let Some(folder) = folder.filter(within) else {
            let where_to = call.folder.as_deref().map(text::printable).unwrap_or_default();
            let why = format!("it would run in {where_to}, which is not in the session's work tree");
            return Judgement::new(Verdict::hold("folder", why), None);
        };
        let asks = Asks { gone_to: Some(folder.clone()), ..asks.clone() };
        // Which row breaks are line ends is told by the agent's own record; where it is not known whose it is, by nobody.
        let joined = (calls::is_own(&asks) && dialog.alternative.is_some()).then(|| Dialog {
            subject: call.dialog.subject.clone(),
            alternative: None,
            ..dialog.clone()
        });
        let shown = self.on_dialog(&asks, joined.as_ref().unwrap_or(dialog), preset);
        let whole = self.on_dialog(&asks, &call.dialog, preset);
        let verdict = if severity(&whole) > severity(&shown) { whole } else { shown };
        Judgement::new(verdict, Some(folder))
    }
}

impl Rules {
    /// A command of an agent that does not show the folder: it has to be safe in all of them.
    fn anywhere(&self, asks: &Asks, shown: Judgement, dialog: &Dialog, preset: Option<&str>) -> Judgement {
        if shown.verdict.would() != Action::Confirm {
            return shown;
        }
        let held = |why: &str| Judgement::new(Verdict::hold("folder", why.to_owned()), None);
        let Some(cwd) = asks.cwd.as_deref() else { return shown };
        let verdict = &shown.verdict;
        let names = verdict.paths.iter().map(|p| Path::new(p).strip_prefix(cwd).map(Path::to_owned));
        let Ok(names) = names.collect::<Result<Vec<PathBuf>, _>>() else { return held(ROAMS) };
        let names: Vec<PathBuf> = names.into_iter().filter(|n| n.as_os_str() != "").collect();
        let reads = names.is_empty() || self.on_dialog(asks, dialog, Some(READS)).action == Action::Confirm;
        // What is made needs a folder to lie in, which is there in one folder or in a few; without one it is in all.
        let above = |name: &PathBuf| name.parent().filter(|at| at.as_os_str() != "").map(Path::to_owned);
        let made: Option<Vec<PathBuf>> = names.iter().filter(|_| !reads).map(above).collect();
        let is_folder = |at: &Rewritten| at.folder.contains(['*', '?']) || Path::new(&at.folder).is_dir();
        let through = !verdict.folders.is_empty() || verdict.rewritten.iter().any(is_folder);
        let Some(made) = made.filter(|_| !through) else { return held(ROAMS) };
        let repositories = dialog.subject.as_deref().is_some_and(|command| command.contains("git"));
        if names.is_empty() && !repositories {
            return shown;
        }
        let tree = place::of(cwd, self.home.as_deref()).work_tree;
        let names: Vec<PathBuf> = names.into_iter().chain(made).collect();
        let Some(folders) = tree.and_then(|tree| where_they_lie(Path::new(&tree), &names, repositories))
        else {
            return held(TOO_MUCH);
        };
        for folder in folders {
            let asks = Asks { gone_to: Some(folder), ..asks.clone() };
            if self.on_dialog(&asks, dialog, preset).would() != Action::Confirm {
                return held(ROAMS);
            }
        }
        shown
    }
}

/// The folders of a work tree in which one of these lies, and if asked those of other repositories in it; `None`: too many to
/// look at.
fn where_they_lie(tree: &Path, names: &[PathBuf], repositories: bool) -> Option<Vec<PathBuf>> {
    let has = |folder: &Path| names.iter().any(|name| folder.join(name).symlink_metadata().is_ok());
    let mut folders: Vec<PathBuf> =
        [tree.to_owned(), tree.join(".git")].into_iter().filter(|f| has(f)).collect();
    walk(tree, MAX_ENTRIES, |entry| {
        let own = entry.told == ".git";
        if entry.kind.is_dir() && !own && folders.len() <= MAX_FOLDERS {
            let matters = has(&entry.path) || (repositories && place::is_root(&entry.path));
            folders.extend(matters.then(|| entry.path.clone()));
        }
        !own
    })
    .ok()?;
    (folders.len() <= MAX_FOLDERS).then_some(folders)
}

/// How bad, also of what a preset only watches.
fn severity(verdict: &Verdict) -> (Action, Action) {
    (verdict.action, verdict.would())
}

fn roams(asks: &Asks, dialog: &Dialog) -> bool {
    dialog.operation == Operation::Bash && asks.agent.as_deref().is_some_and(|agent| ROAMING.contains(&agent))
}

#[cfg(test)]
mod tests;
