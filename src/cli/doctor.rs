//! `archtui doctor`: is everything there that archtui needs? One line each; a fault says how to mend it.

mod acts;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::fleet::{self, roster::Trees};
use super::{Fail, Global, out, policy, setup};
use crate::config::files;
use crate::domain::agent::Agents;
use crate::domain::server::{Notice, Server};
use crate::domain::text;
use crate::evidence::place;
use crate::evidence::proc::Proc;
use crate::ports::StoreError;
use crate::runtime::headless;
use crate::store::Store;
use crate::store::counter::Counter;
use crate::theme::Depth;
use crate::tmux::knock::Dialect;
use crate::tmux::version;
use crate::tmux::watch::Watcher;

/// How one check came out.
enum Finding {
    /// As it should be.
    Good(String),
    /// Works, but somebody should know.
    Note(String),
    /// Does not work, and how to mend it.
    Fault(String, String),
}

/// Checks everything, prints a line each, fails with the exit code for findings if there was a fault.
pub fn run(global: &Global) -> Result<(), Fail> {
    let mut findings = Vec::new();
    match setup::Ground::lay(global) {
        Ok(ground) => {
            findings.push(("config", config(&ground)));
            findings.extend(roster(&ground));
            findings.extend(rules(&ground).into_iter().map(|finding| ("rules", finding)));
            findings.push(("theme", theme(&ground, global)));
            findings.push(("state", state(&ground)));
            findings.extend(records(&ground).map(|fault| ("records", fault)));
            findings.push(("locale", locale(&ground)));
            findings.push(("colours", colours(&ground)));
            findings.push(("tmux", tmux_program()));
            findings.extend(server(&ground));
            findings.extend(acts::who(&ground));
        }
        Err(fail) => {
            let (what, hint) = fail.lines();
            findings.push(("config", Finding::Fault(what.to_owned(), hint.to_owned())));
            findings.push(("tmux", tmux_program()));
        }
    }
    let mut faults = 0;
    for (name, finding) in findings {
        match finding {
            Finding::Good(text) => out::line(&format!("✓ {name:<8} {text}")),
            Finding::Note(text) => out::line(&format!("· {name:<8} {text}")),
            Finding::Fault(text, hint) => {
                faults += 1;
                out::line(&format!("✖ {name:<8} {text}"));
                out::line(&format!("           mend: {hint}"));
            }
        }
    }
    if faults == 0 { Ok(()) } else { Err(Fail::findings()) }
}

fn config(ground: &setup::Ground) -> Finding {
    let members = ground.loaded.config.session.len();
    match &ground.loaded.file {
        Some(file) => Finding::Good(format!("{}, {members} sessions in the roster", file.display())),
        None => Finding::Note(
            "no archtui.toml: built-in values, watching only; `archtui init --adopt` writes one".to_owned(),
        ),
    }
}

/// Sessions that could not be started as the roster has them.
fn roster(ground: &setup::Ground) -> Vec<(&'static str, Finding)> {
    let fault = |what: String, hint: &str| ("roster", Finding::Fault(what, hint.to_owned()));
    let mut found: Vec<(&'static str, Finding)> =
        ground.loaded.config.faults.iter().map(|f| fault(text::printable(&f.what), &f.hint)).collect();
    if let Some(other) = ground.another_server() {
        let what = format!("the roster is for the tmux server {}", other.display());
        found.push(fault(what, "leave -L and -S out, or name the other server's config with --config"));
        return found;
    }
    match fleet::roster::wanted(ground, Trees::AsTheyAre) {
        Ok(wanted) => {
            // What is the same for many is told once.
            let mut unstartable: Vec<(String, Vec<&str>)> = Vec::new();
            for want in wanted.iter().filter(|w| !w.is_pattern()) {
                let told = |why: &str| format!("{}: {why}", want.name);
                if let Some(Err(why)) = &want.folder {
                    found.push(fault(told(why), "mend `dir` in its entry, or make the folder"));
                }
                match &want.start {
                    // A roster of sessions that were adopted says no commands.
                    Err(why)
                        if ground
                            .loaded
                            .config
                            .session
                            .iter()
                            .any(|s| s.called() == want.name && s.command.is_some()) =>
                    {
                        match unstartable.iter_mut().find(|(said, _)| said == why) {
                            Some((_, names)) => names.push(want.name.as_str()),
                            None => unstartable.push((why.clone(), vec![want.name.as_str()])),
                        }
                    }
                    _ => {}
                }
            }
            for (why, names) in unstartable {
                let hint = "correct `command` in the entry, or put the program on the PATH";
                found.push(fault(format!("{}: {why}", names.join(", ")), hint));
            }
        }
        Err(fail) => {
            let (what, hint) = fail.lines();
            found.push(fault(what.to_owned(), hint));
        }
    }
    found
}

/// The rules in force, or why they cannot be; and for whom they cannot confirm anything, because the config is within an
/// agent's reach.
fn rules(ground: &setup::Ground) -> Vec<Finding> {
    if let Err(fail) = policy::rules(ground) {
        let (what, hint) = fail.lines();
        return vec![Finding::Fault(what.to_owned(), hint.to_owned())];
    }
    let preset = ground.loaded.config.confirm.preset.word();
    let mut found = vec![Finding::Good(format!("{preset}, and your own policy.toml where there is one"))];
    let watched = in_reach(ground);
    if !watched.is_empty() {
        found.push(Finding::Fault(
            format!("archtui.toml lies in the work tree of {}: only watched", watched.join(", ")),
            "move it to ~/.config/archtui/".to_owned(),
        ));
    }
    found
}

/// Sessions of the roster that work where the config lies.
fn in_reach(ground: &setup::Ground) -> Vec<String> {
    let file = ground.loaded.file.as_deref().and_then(|f| f.canonicalize().ok());
    let (Some(file), Ok(wanted)) = (file, fleet::roster::wanted(ground, Trees::AsTheyAre)) else {
        return Vec::new();
    };
    let home = ground.env.home.as_deref();
    let there = |folder: &str| place::holds(Path::new(folder), home, &file);
    let reached = wanted.iter().filter(|w| matches!(&w.folder, Some(Ok(folder)) if there(folder)));
    reached.map(|w| w.name.clone()).collect()
}

fn theme(ground: &setup::Ground, global: &Global) -> Finding {
    match ground.theme(global, ground.depth()) {
        Ok(_) => {
            Finding::Good(global.theme.clone().unwrap_or_else(|| ground.loaded.config.view.theme.clone()))
        }
        Err(fail) => {
            let (what, hint) = fail.lines();
            Finding::Fault(what.to_owned(), hint.to_owned())
        }
    }
}

fn state(ground: &setup::Ground) -> Finding {
    let tried = ground.state_dir().and_then(|dir| {
        let probe = dir.join(".doctor");
        std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)).map(|()| dir.clone()).map_err(
            |e| Fail::failed(format!("{} cannot be written: {e}", dir.display()), "make it writable for you"),
        )
    });
    match tried {
        Ok(dir) => Finding::Good(dir.display().to_string()),
        Err(fail) => {
            let (what, hint) = fail.lines();
            Finding::Fault(what.to_owned(), hint.to_owned())
        }
    }
}

/// What is wrong with the ledger and the queue on the disk. That there are none yet, or that they are brought up to date by
/// whoever acts next, is no fault.
fn records(ground: &setup::Ground) -> Option<Finding> {
    match Store::read_only(&ground.state_dir().ok()?) {
        Ok(_) | Err(StoreError::Missing | StoreError::Older { .. } | StoreError::Busy) => None,
        Err(e) => {
            let hint = match &e {
                StoreError::Failed(_) => "move archtui.db out of the state folder: a new one is begun",
                e => e.hint(),
            };
            Some(Finding::Fault(e.to_string(), hint.to_owned()))
        }
    }
}

fn locale(ground: &setup::Ground) -> Finding {
    match ground.env.locale.as_deref() {
        Some(l) if ground.env.says_utf8() => Finding::Good(l.to_owned()),
        Some(l) => Finding::Fault(format!("{l} is not UTF-8"), "set LC_ALL=C.UTF-8".to_owned()),
        None => Finding::Note("none is set; UTF-8 is assumed".to_owned()),
    }
}

fn colours(ground: &setup::Ground) -> Finding {
    let colours = match ground.depth() {
        Depth::Mono => "none",
        Depth::Sixteen => "16",
        Depth::Indexed256 => "256",
        Depth::True => "24 bit",
    };
    Finding::Good(format!("{colours} (TERM={})", ground.env.term.as_deref().unwrap_or("not set")))
}

fn tmux_program() -> Finding {
    match version::installed() {
        Ok(version) if version.best() || Dialect::of(&version).is_some() => {
            Finding::Good(format!("tmux {version}"))
        }
        Ok(version) if version.supported() => Finding::Note(format!(
            "tmux {version} is no release that is known here: it may crash when a session comes or goes while archtui connects; 3.7 does not"
        )),
        Ok(version) => {
            Finding::Fault(format!("tmux {version} is too old"), "install tmux 3.2 or newer".to_owned())
        }
        Err(why) => Finding::Fault(why, "install it: apt-get install tmux".to_owned()),
    }
}

/// The server, and how changes on its panes are noticed.
fn server(ground: &setup::Ground) -> Vec<(&'static str, Finding)> {
    let agents = Agents::builtin().clone();
    let (panes, _keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let looked = headless::run(
        ground.state(),
        panes,
        Proc::new(ground.env.home.as_deref()),
        agents,
        headless::Beside::<Counter> { rules: None, counter: None, onlook: None, veil: None, reader: false },
        Some(Duration::from_secs(3)),
        |state| {
            let known = match state.server {
                Server::Connecting => false,
                Server::Up { .. } => state.noticing.is_some() && state.listed,
                _ => true,
            };
            if known { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    let state = match looked {
        Ok(state) => state,
        Err(e) => return vec![("server", Finding::Fault(e.to_string(), "try again".to_owned()))],
    };
    let socket = &state.socket;
    let server = match &state.server {
        Server::Up { version, pid, warning } => {
            let n = state.fleet.sessions.iter().filter(|s| s.pane.is_some()).count();
            let up =
                format!("tmux {version}, pid {pid}, {n} panes, on {socket}; our own session there is hidden");
            match warning {
                Some(warning) => Finding::Note(format!("{up}; {warning}")),
                None => Finding::Good(up),
            }
        }
        Server::Missing { why } => {
            Finding::Note(format!("{why}; archtui waits for one, `archtui demo` brings its own"))
        }
        Server::Connecting => {
            Finding::Fault(format!("no answer on {socket}"), "is it hung? `tmux ls` should answer".to_owned())
        }
        Server::Lost { why } => Finding::Fault(why.clone(), "`tmux ls` should answer".to_owned()),
        Server::Unusable { why } => Finding::Fault(why.clone(), "see the line above".to_owned()),
    };
    let mut findings = vec![("server", server)];
    if let Some((notice, why)) = &state.noticing {
        let text = match notice {
            Notice::Inotify => "inotify on the panes' terminals: proven on this server".to_owned(),
            Notice::Scan => "scan: batched checks on the server".to_owned(),
            Notice::Auto => "not decided yet".to_owned(),
        };
        findings.push((
            "notice",
            match why {
                Some(why) => Finding::Note(format!("{text} ({why})")),
                None => Finding::Good(text),
            },
        ));
    }
    findings.push((
        "keys",
        match files::keymap(&ground.loaded.folders) {
            Ok(_) => Finding::Good("the keymap is sound".to_owned()),
            Err(e) => Finding::Fault(e.what, e.hint),
        },
    ));
    findings
}
