//! `archtui down`: ends sessions of the roster, by a person's word. It shows what would be ended and asks; a protected
//! session must be named, and its name typed. Sessions that the roster does not name, and the one in which this runs, are
//! never ended.

use std::io::{IsTerminal, Write};

use super::roster::Trees;
use super::{Sight, names, tasks};
use crate::cli::{Fail, Global, desk, hooks, out, setup, who};
use crate::domain::fleet::{Row, Standing};
use crate::domain::session::SessionName;
use crate::domain::task::Task;
use crate::domain::text;
use crate::tmux::sessions::{self, Only};

/// Options of `archtui down`.
#[derive(Debug, clap::Args)]
pub struct DownArgs {
    /// Only these sessions of the roster
    #[arg(value_name = "SESSION")]
    sessions: Vec<String>,
    /// End them without asking; protected ones are asked about all the same
    #[arg(long)]
    yes: bool,
}

/// Shows, asks, ends. Exit code 3: there is nothing to end; 4: something was left.
pub fn run(global: &Global, args: &DownArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    hooks::only_a_person(global, &ground.env, "archtui down")?;
    let own = who::own_session(&ground)?;
    let sight = Sight::take(&ground, Trees::AsTheyAre)?;
    let plan = sight.plan(&ground, false);
    let rows = names::chosen(&args.sessions, &plan)?;
    let tasks = tasks(&ground)?;
    let mut left = 0;
    let mut ending: Vec<&Row> = Vec::new();
    for row in rows.iter().filter(|r| r.standing != Standing::Missing) {
        let protected = sight.wanted[row.member].protected;
        let named = args.sessions.iter().any(|n| n == row.name.as_str());
        let kept = match () {
            () if own.as_ref() == Some(&row.name) => Some("kept: this runs in it"),
            () if protected && !named => Some("kept: it is protected; name it to end it"),
            () => None,
        };
        if let Some(kept) = kept {
            left += usize::from(named);
            out::line(&format!("= {}  {kept}", row.name));
        } else {
            out::line(&format!("- {}", line(&sight, row, &tasks)));
            ending.push(row);
        }
    }
    if ending.is_empty() {
        return Err(if left > 0 { Fail::findings() } else { Fail::not_found("nothing to end", "") });
    }
    if !args.yes {
        agreed(ending.len())?;
    }
    for row in ending {
        if sight.wanted[row.member].protected && !typed(&row.name) {
            out::line(&format!("= {}  kept: its name was not typed", row.name));
            left += 1;
            continue;
        }
        match end(&ground, &sight, row) {
            Ok(()) => out::line(&format!("✓ {}  ended", row.name)),
            Err(why) => {
                out::line(&format!("! {}  {}", row.name, text::printable(&why)));
                left += 1;
            }
        }
    }
    if left > 0 { Err(Fail::findings()) } else { Ok(()) }
}

/// What is lost with it.
fn line(sight: &Sight, row: &Row, tasks: &[Task]) -> String {
    let panes: Vec<_> = sight.state.fleet.sessions.iter().filter(|s| s.name == row.name).collect();
    let mut said = vec![row.standing.word().to_owned()];
    if panes.len() > 1 {
        said.push(format!("{} panes", panes.len()));
    }
    if panes.iter().any(|s| s.pane.as_ref().is_some_and(|p| p.attached > 0)) {
        said.push("somebody is attached".to_owned());
    }
    let has = |t: &&Task| t.state.has_session() && t.session() == Some(&row.name);
    said.extend(tasks.iter().filter(has).map(|t| format!("has task {} ({})", t.id, t.state.word())));
    if !row.is_ours() {
        said.push("not made by up".to_owned());
    }
    format!("{}  {}", row.name, said.join(", "))
}

fn agreed(count: usize) -> Result<(), Fail> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Fail::usage(
            "nobody can be asked here; nothing was ended",
            "say --yes if they are to be ended",
        ));
    }
    if desk::confirm(&format!("End these {count}?"), false) {
        Ok(())
    } else {
        Err(Fail::failed("nothing was ended", ""))
    }
}

/// A protected session's name is typed; where nobody can type, it is kept.
fn typed(name: &SessionName) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{name} is protected; type its name to end it: ").and_then(|()| err.flush());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && line.trim() == name.as_str()
}

/// The server checks once more, in the same command, that it is the session that was shown.
fn end(ground: &setup::Ground, sight: &Sight, row: &Row) -> Result<(), String> {
    let gone = || "it was gone already".to_owned();
    let (server, pane) = sight.server.zip(sight.pane_of(row)).ok_or_else(gone)?;
    let target = (pane.identity.id, pane.identity.pid);
    if sessions::end(&ground.address.socket, server, pane.session_id, target, Only::Whatever)? {
        Ok(())
    } else {
        Err("it is another one by now; look again".to_owned())
    }
}
