//! `archtui branches`: the findings of work trees, for people, scripts, hooks and CI. Exit code 4 when one of them is red.
//! Not for how a finding is made (`domain::branch`).

mod gate;
mod install;
mod report;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{Timestamp, Zoned};

use super::{Fail, out};
use crate::config::{Env, files};
use crate::domain::branch::{self, Context, Finding, RuleBook, WorkTree};
use crate::domain::text;
use crate::git::SystemGit;
use crate::ports::{Ask, Cancel, Git, GitError};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Options {
    /// Print JSON (schema archtui.branches/1).
    #[arg(long)]
    json: bool,
    /// Write a commit-msg and a pre-push hook into the repository of PATH; shows them and asks first.
    #[arg(long, conflicts_with = "json")]
    install_hook: bool,
    /// With --install-hook: do not ask.
    #[arg(long, requires = "install_hook")]
    yes: bool,
    /// What an installed hook runs.
    #[arg(long, hide = true, value_name = "NAME", conflicts_with_all = ["json", "install_hook"])]
    hook: Option<gate::Hook>,
    /// Folders in the work trees to look at; this folder if none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Looks and tells.
pub fn run(options: &Options) -> Result<(), Fail> {
    let env = Env::read();
    let here = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() { &here[..] } else { &options.paths };
    if options.install_hook {
        return paths.iter().try_for_each(|path| install::run(path, options.yes));
    }
    let book = rules(&env)?;
    let now = now();
    if let Some(hook) = options.hook {
        return gate::run(hook, options.paths.first().map(PathBuf::as_path), book.fleet(), now.date());
    }
    let (mut trees, strangers) = look(paths, &book, &now);
    branch::tell_once(&mut trees);
    report::sort(&mut trees);
    if options.json {
        out::json(&report::json(&trees, now.timestamp()));
    } else {
        report::print(&trees, report::colour(&env));
    }
    verdict(&trees, &strangers)
}

/// The rules in force.
fn rules(env: &Env) -> Result<RuleBook, Fail> {
    let loaded = files::load(None, env).map_err(|e| Fail::usage(e.what, e.hint))?;
    RuleBook::new(loaded.config.branches)
        .map_err(|e| Fail::usage(format!("[branches]: {e}"), "mend archtui.toml"))
}

#[expect(clippy::disallowed_methods, reason = "a command reads the clock once, at its start")]
fn now() -> Zoned {
    Zoned::now()
}

/// Each tree once, with its findings; and the paths that belong to none.
fn look(paths: &[PathBuf], book: &RuleBook, now: &Zoned) -> (Vec<(WorkTree, Vec<Finding>)>, Vec<String>) {
    let rules = book.fleet();
    let ask = Ask { rules: rules.clone(), now: now.timestamp(), status: true };
    let context =
        Context { role: None, now: now.timestamp(), today: now.date(), sessions: Vec::new() };
    let mut git = SystemGit::new();
    let (mut trees, mut strangers) = (Vec::<(WorkTree, Vec<Finding>)>::new(), Vec::new());
    for path in paths {
        let tree = match git.look(path, &ask, &Cancel::default()) {
            Ok(tree) => tree,
            Err(e @ (GitError::NotARepository | GitError::Vanished)) => {
                strangers.push(format!("{}: {e}", shown(path)));
                continue;
            }
            Err(e) => WorkTree::unreadable(path.clone(), &e.to_string()),
        };
        if trees.iter().all(|(seen, _)| seen.path != tree.path) {
            let findings = branch::check(&tree, rules, &context);
            trees.push((tree, findings));
        }
    }
    (trees, strangers)
}

fn verdict(trees: &[(WorkTree, Vec<Finding>)], strangers: &[String]) -> Result<(), Fail> {
    let red = trees.iter().flat_map(|(_, f)| f).any(|f| f.severity == branch::Severity::Red);
    if let [more @ .., last] = strangers {
        for line in more {
            out::complain(&format!("archtui: {line}"));
        }
        let fail = Fail::not_found(last, "name a folder inside a git work tree");
        if red {
            let _ = fail.report();
        } else {
            return Err(fail);
        }
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
