//! `archtui branches`: the findings of work trees, for people, scripts, hooks and CI. Exit code 4 when one of them is red.
//! Not for how a finding is made (`domain::branch`).

mod explain;
mod fleet;
mod gate;
mod install;
mod report;

use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};

use super::{Fail, Global, out, setup};
use crate::domain::branch::{self, Context, Finding, RuleBook, Severity, WorkTree, crew};
use crate::domain::roster::Tier;
use crate::domain::text;
use crate::git::SystemGit;
use crate::ports::{Ask, Cancel, Git, GitError};

use fleet::Place;

/// Options of `archtui branches`.
#[derive(Debug, clap::Args)]
pub struct BranchesArgs {
    /// As one line of JSON, schema archtui.branches/1
    #[arg(long)]
    json: bool,
    /// The rules in force, for whom they differ, and what each means
    #[arg(long, conflicts_with_all = ["json", "install_hook"])]
    explain: bool,
    /// Write a commit-msg and a pre-push hook into the repository of PATH; shows them and asks first
    #[arg(long, conflicts_with = "json")]
    install_hook: bool,
    /// With --install-hook: do not ask
    #[arg(long, requires = "install_hook")]
    yes: bool,
    /// What an installed hook runs
    #[arg(long, hide = true, value_name = "NAME", conflicts_with_all = ["json", "install_hook"])]
    hook: Option<gate::Hook>,
    /// Folders of work trees; without one those of the roster's sessions, else this folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// A tree with its findings and who works there.
pub(super) struct Told {
    tree: WorkTree,
    findings: Vec<Finding>,
    sessions: Vec<String>,
}

/// Looks and tells.
pub fn run(global: &Global, args: &BranchesArgs) -> Result<(), Fail> {
    if args.install_hook {
        let here = [PathBuf::from(".")];
        let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
        return paths.iter().try_for_each(|path| install::run(path, args.yes));
    }
    let ground = setup::Ground::lay(global)?;
    let book = ground.rules()?;
    if args.explain {
        explain::run(&book);
        return Ok(());
    }
    let now = now();
    if let Some(hook) = args.hook {
        return gate::run(hook, args.paths.first().map(PathBuf::as_path), book.fleet(), now.date());
    }
    let mut git = SystemGit::new();
    let mut places: Vec<Place> =
        args.paths.iter().map(|p| Place { folder: p.clone(), workers: Vec::new() }).collect();
    if places.is_empty() {
        places = fleet::places(&ground, &git)?;
    }
    if places.is_empty() {
        places.push(Place { folder: PathBuf::from("."), workers: Vec::new() });
    }
    let (mut told, strangers) = look(&mut git, &places, &book, &now);
    branch::tell_once(told.iter_mut().map(|t| (&t.tree, &mut t.findings)));
    report::sort(&mut told);
    if args.json {
        out::json(&report::json(&told, now.timestamp()));
    } else {
        report::print(&told, report::colour(&ground.env));
    }
    verdict(&told, &strangers)
}

#[expect(clippy::disallowed_methods, reason = "a command reads the clock once, at its start")]
fn now() -> Zoned {
    Zoned::now()
}

/// Each tree once, with its findings; and the folders that belong to none.
fn look(git: &mut SystemGit, places: &[Place], book: &RuleBook, now: &Zoned) -> (Vec<Told>, Vec<String>) {
    let (mut told, mut strangers) = (Vec::<Told>::new(), Vec::new());
    for place in places {
        let (tier, role) = crew::tier_and_role(&place.workers);
        let rules = book.of(tier.map(Tier::word), role);
        let ask = Ask { rules: rules.clone(), now: now.timestamp(), status: true };
        let tree = match git.look(&place.folder, &ask, &Cancel::default()) {
            Ok(tree) => tree,
            Err(e @ (GitError::NotARepository | GitError::Vanished)) => {
                strangers.push(format!("{}: {e}", shown(&place.folder)));
                continue;
            }
            Err(e) => {
                let path = place.folder.canonicalize().unwrap_or_else(|_| place.folder.clone());
                WorkTree::unreadable(path, &e.unknown())
            }
        };
        if told.iter().all(|seen| seen.tree.path != tree.path) {
            let sessions = crew::names(&place.workers);
            let role = tier.map(|t| t.word().to_owned());
            let context =
                Context { role, now: now.timestamp(), today: now.date(), sessions: sessions.clone() };
            told.push(Told { findings: branch::check(&tree, &rules, &context), tree, sessions });
        }
    }
    (told, strangers)
}

fn verdict(told: &[Told], strangers: &[String]) -> Result<(), Fail> {
    let red = told.iter().flat_map(|t| &t.findings).any(|f| f.severity == Severity::Red);
    if let [more @ .., last] = strangers {
        for line in more {
            out::complain(&format!("archtui: {line}"));
        }
        let fail = Fail::not_found(last, "name a folder inside a git work tree");
        if !red {
            return Err(fail);
        }
        let _ = fail.report();
    }
    if red { Err(Fail::findings()) } else { Ok(()) }
}

/// A path as it may be printed.
fn shown(path: &Path) -> String {
    text::printable(&path.to_string_lossy())
}

/// A time as JSON has it.
fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}
