//! `archtui plan`, `up`, `down`: the roster and what stands on the server. What is between the two is `domain::fleet`'s
//! word; here disk, tmux and store are asked, and sessions are made and ended by a person's command.

mod climb;
pub mod down;
mod names;
pub mod plan;
mod question;
pub mod restart;
mod role;
pub mod roster;
pub mod up;

use std::collections::BTreeMap;

use super::{Fail, desk, setup, status};
use crate::app::State;
use crate::app::state::Session;
use crate::domain::fleet::{Found, Plan, Row, Seen, Told, Wanted, told};
use crate::domain::server::{PaneInfo, Server};
use crate::domain::task::Task;
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::ports::Processes;
use crate::tmux::sessions::{self, Marks};

/// How many finished tasks are looked through for role prompts.
const FINISHED: usize = 10_000;

/// Roster and reality, at one moment.
pub struct Sight {
    /// What the roster wants.
    pub wanted: Vec<Wanted>,
    /// What stands on the server.
    pub found: Vec<Found>,
    /// The server's process, if it runs.
    pub server: Option<u32>,
    /// The sessions as one look saw them.
    pub state: State,
}

impl Sight {
    /// Looks at everything once; changes nothing.
    pub fn take(ground: &setup::Ground, trees: roster::Trees) -> Result<Self, Fail> {
        one_server(ground)?;
        let wanted = roster::wanted(ground, trees)?;
        if wanted.is_empty() && ground.loaded.config.faults.is_empty() {
            return Err(Fail::not_found(
                "the roster is empty: no [[session]] in archtui.toml",
                "`archtui init --roster sop` writes the procedure's nine, `archtui init --adopt` those that run",
            ));
        }
        let state = status::look_once(ground, status::Trees::Not)?;
        let server = match &state.server {
            Server::Up { pid, .. } => Some(*pid),
            Server::Missing { .. } => None,
            Server::Unusable { .. } | Server::Lost { .. } => {
                return Err(status::no_server(ground, &state.server));
            }
            Server::Connecting => {
                let socket = ground.address.socket.display();
                return Err(Fail::failed(
                    format!("no answer on {socket}"),
                    "is it hung? `tmux ls` should answer",
                ));
            }
        };
        let marks = sessions::marks(&ground.address.socket)
            .map_err(|why| Fail::failed(format!("tmux: {why}"), "`archtui doctor` tells more"))?;
        let tasks = tasks(ground)?;
        let found = found(&state, &marks, &tasks, &Proc::new(ground.env.home.as_deref()));
        Ok(Self { wanted, found, server, state })
    }

    /// The first pane of a row's session.
    pub fn pane_of(&self, row: &Row) -> Option<&PaneInfo> {
        let mut panes = self.state.fleet.sessions.iter().filter(|s| s.name == row.name);
        panes.find_map(|s| s.pane.as_ref())
    }

    /// The difference. `all` also tells their role to sessions that no `up` made.
    pub fn plan(&self, ground: &setup::Ground, all: bool) -> Plan {
        crate::domain::fleet::plan(&self.wanted, &self.found, &ground.loaded.config.fleet.name, all)
    }
}

/// A config that names its server is not for another one.
fn one_server(ground: &setup::Ground) -> Result<(), Fail> {
    let Some(other) = ground.another_server() else { return Ok(()) };
    Err(Fail::usage(
        format!(
            "the roster is for the tmux server {}, not for {}",
            other.display(),
            ground.address.socket.display()
        ),
        "leave -L and -S out, or name the other server's config with --config",
    ))
}

/// The queue's tasks, for what they tell of roles.
pub fn tasks(ground: &setup::Ground) -> Result<Vec<Task>, Fail> {
    match desk::read(ground)? {
        Some(store) => Ok(store.tasks(FINISHED).map_err(desk::broken)?.0),
        None => Ok(Vec::new()),
    }
}

fn found(state: &State, marks: &[Marks], tasks: &[Task], processes: &Proc) -> Vec<Found> {
    let mut found: BTreeMap<u32, Found> = BTreeMap::new();
    for session in &state.fleet.sessions {
        let Some(pane) = &session.pane else { continue };
        let marks = marks.iter().find(|m| m.session == pane.session_id);
        let entry = found.entry(pane.session_id).or_insert_with(|| Found {
            name: session.name.clone(),
            made_by: marks.and_then(|m| m.made_by.clone()),
            panes: Vec::new(),
        });
        entry.panes.extend(seen(session, marks, tasks, processes));
    }
    found.into_values().collect()
}

/// A pane as it was seen.
fn seen(session: &Session, marks: Option<&Marks>, tasks: &[Task], processes: &Proc) -> Option<Seen> {
    let pane = session.pane.as_ref()?;
    let told = match told(tasks, &session.name, pane.identity) {
        // The queue's record of it is gone, the mark on the session is not.
        Told::Not if marks.and_then(|m| m.told) == Some(pane.identity.pid) => Told::Once,
        told => told,
    };
    Some(Seen {
        pane: pane.identity,
        state: session.state,
        agent: session.agent().map(str::to_owned),
        process: processes.foreground(pane.identity).map(|p| text::printable(&p)),
        folder: processes.folder(pane.identity).map(|f| text::printable(&f.to_string_lossy())),
        dead: pane.dead,
        told,
    })
}
