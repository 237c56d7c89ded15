//! `archtui restart`, and what whoever acts starts agents anew with: the roster's command with the words that take its
//! conversation up, in a window beside.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::roster::Trees;
use super::{role, roster};
use crate::app::state::{Session, State};
use crate::cli::{Fail, Global, answer, desk, out, setup, status, who};
use crate::domain::agent::Agents;
use crate::domain::confirm::Ask;
use crate::domain::fleet::{Wanted, is_in};
use crate::domain::restart::{Resume, Taken};
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::ports::{Beside, PaneProcess, Processes, Sessions};
use crate::tmux::once::{self, Look};
use crate::tmux::sessions::Making;
use crate::tmux::windows::{self, Still};

/// Options of `archtui restart`.
#[derive(Debug, clap::Args)]
pub struct RestartArgs {
    /// The sessions of the roster
    #[arg(required = true)]
    session: Vec<String>,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

/// Asks, then has it done by whoever acts.
pub fn run(global: &Global, args: &RestartArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    who::only_a_person(&ground, "archtui restart")?;
    let state = status::look_at_server(&ground)?;
    // A name that cannot be meant is told before anything is done, or asked.
    let sessions = args.session.iter().map(|name| meant(&state, name)).collect::<Result<Vec<_>, Fail>>()?;
    let mut failed = None;
    for session in sessions {
        let name = &session.name;
        let protected = session.member.as_ref().is_some_and(|m| m.protected);
        if !args.yes {
            let word = if protected { ", and it is protected" } else { "" };
            let question = format!(
                "{name} is {}{word}. Start its agent anew in a window beside, then end the old pane?",
                session.state.word()
            );
            if !desk::confirm(&question, false) {
                return Err(Fail::usage(
                    format!("{name}: nothing was done"),
                    "say --yes if it is to be restarted",
                ));
            }
        }
        match answer::ask(&ground, &Ask::Restart { session: name.clone(), pane: None }) {
            Ok(told) => out::line(&format!("{name}: {}", text::printable(&told))),
            Err(fail) if args.session.len() == 1 => return Err(fail),
            Err(fail) => {
                out::line(&format!("{name}: {}", fail.what()));
                failed = Some(fail);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// The session of the roster with that name; it must stand.
fn meant<'a>(state: &'a State, name: &str) -> Result<&'a Session, Fail> {
    let shown = text::printable(name);
    let name = SessionName::new(name);
    let all = &state.fleet.sessions;
    let found = all.iter().find(|s| s.name == name && s.pane.is_some());
    match found {
        Some(session) if session.member.is_some() => Ok(session),
        Some(_) => Err(Fail::not_found(
            format!("\"{shown}\" is not in the roster: nobody knows what to start there"),
            "`archtui init --adopt` takes it in, `archtui plan` lists the roster",
        )),
        None if all.iter().any(|s| s.name == name) => Err(Fail::not_found(
            format!("the session \"{shown}\" does not stand"),
            "`archtui up` makes what is missing",
        )),
        None => {
            let near = text::nearest(
                name.as_str(),
                all.iter().filter(|s| s.member.is_some()).map(|s| s.name.as_str()),
            );
            let hint =
                near.map_or("`archtui plan` lists the roster".into(), |n| format!("did you mean \"{n}\"?"));
            Err(Fail::not_found(format!("no session of the roster is called \"{shown}\""), hint))
        }
    }
}

/// Windows and sessions of the server meant, for whoever acts.
pub fn sessions(ground: &setup::Ground) -> Result<Arc<dyn Sessions>, Fail> {
    Ok(Arc::new(Keeper { ground: ground.clone(), agents: ground.agents()? }))
}

struct Keeper {
    ground: setup::Ground,
    agents: Agents,
}

impl Keeper {
    fn socket(&self) -> &Path {
        &self.ground.address.socket
    }

    fn place(&self, session: &SessionName) -> Result<usize, String> {
        let place = self.ground.loaded.config.roster().place(session);
        place.ok_or_else(|| "the roster does not name it".to_owned())
    }

    /// No other session works in that folder, as far as anybody can tell: the last conversation there is its own.
    fn is_alone(&self, session: &SessionName, folder: &str, wanted: &[Wanted]) -> bool {
        let own = |name: &str| name == session.as_str();
        let here = |dir: &str| dir.trim_end_matches('/') == folder.trim_end_matches('/');
        let rostered = wanted.iter().filter(|w| !own(&w.name));
        let other = |w: &Wanted| match &w.folder {
            Some(Ok(dir)) => here(dir),
            // Where a session works of which the roster does not say it is not known.
            None => !w.is_pattern(),
            Some(Err(_)) => false,
        };
        if rostered.filter(|w| other(w)).count() > 0 {
            return false;
        }
        let Look::Panes(_, panes) = once::look(self.socket()) else { return false };
        let proc = Proc::new(self.ground.env.home.as_deref());
        let there = |p: &&PaneInfo| {
            p.session != *session
                && proc.folder(p.identity).is_some_and(|f| f.to_str().is_none_or(|f| is_in(f, folder)))
        };
        !panes.iter().any(|p| there(&p))
    }
}

impl Sessions for Keeper {
    fn start(&self, beside: &Beside) -> Result<(PaneProcess, Taken), String> {
        let at = self.place(&beside.session)?;
        let wanted = roster::wanted(&self.ground, Trees::AsTheyAre).map_err(|fail| fail.what().to_owned())?;
        let (want, config) = (&wanted[at], &self.ground.loaded.config.session[at]);
        let argv = want.start.as_ref().map_err(Clone::clone)?;
        let folder: PathBuf = match &want.folder {
            Some(folder) => folder.as_ref().map_err(Clone::clone)?.into(),
            None => self.ground.base(),
        };
        roster::write_settings(&self.ground).map_err(|fail| fail.what().to_owned())?;
        let none = Resume::default();
        let known = want.agent.as_deref().and_then(|a| self.agents.get(a)).map(|m| &m.resume);
        // A line for a shell takes no further words.
        let resume = known.filter(|_| !roster::is_shell(argv)).unwrap_or(&none);
        let alone =
            want.folder.is_some() && self.is_alone(&beside.session, &folder.to_string_lossy(), &wanted);
        let (argv, taken) = resume.extend(argv, beside.conversation.as_deref(), alone);
        let env = roster::env(config, &self.ground);
        let fleet = &self.ground.loaded.config.fleet.name;
        let making = Making {
            name: beside.session.as_str(),
            folder: &folder,
            env: &env,
            argv: &argv,
            fleet,
            size: (0, 0),
        };
        let still = Still {
            pane: beside.pane,
            session: Some(beside.session_id),
            dead: beside.only_dead,
            actor: &beside.actor,
        };
        Ok((windows::open(self.socket(), &still, &making)?, taken))
    }

    fn remove(&self, pane: PaneProcess, only_dead: bool, actor: &str) -> Result<bool, String> {
        match windows::remove(self.socket(), &Still { pane, session: None, dead: only_dead, actor }) {
            Err(why) if why.contains("can't find pane") => Ok(false),
            other => other,
        }
    }

    fn tell_role(&self, session: &SessionName, pane: PaneIdentity) -> Result<bool, String> {
        let at = self.place(session)?;
        let wanted = roster::wanted(&self.ground, Trees::AsTheyAre).map_err(|fail| fail.what().to_owned())?;
        let prompt = self.ground.loaded.config.session[at].prompt.as_deref().filter(|_| wanted[at].has_role);
        let Some(prompt) = prompt else { return Ok(false) };
        role::queue(&self.ground, session, prompt, pane, "restart").map_err(|fail| fail.what().to_owned())?;
        Ok(true)
    }

    fn end(&self, session_id: u32, pane: PaneProcess, actor: &str) -> Result<bool, String> {
        windows::end(self.socket(), &Still { pane, session: Some(session_id), dead: false, actor })
    }
}
