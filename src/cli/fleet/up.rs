//! `archtui up`: makes the sessions of the roster that are missing, sees them through their start-up dialogs and tells each
//! its role once. It types nothing itself: answers are wishes to the actor, roles are tasks in the queue. An actor comes
//! along, for its time, in case nobody acts; where somebody does, that one only looks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::climb::{Climb, Climber};
use super::roster::Trees;
use super::{Sight, names, plan, roster};
use crate::cli::{Fail, Global, actor, control, hooks, out, send, setup};
use crate::config::SessionConfig;
use crate::domain::fleet::rise::Rights;
use crate::domain::fleet::{NewTree, Plan, Row, Todo, Wanted};
use crate::domain::task::{Kind, Rules};
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::git::tree::Place;
use crate::runtime::daemon::{self, Attended};
use crate::tmux::sessions::{self, Making, Only};
use crate::tmux::watch::Watcher;

/// How long a session may take until it is ready, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(60);
/// Columns and rows of a new session, until somebody attaches.
const SIZE: (u16, u16) = (120, 40);

/// Options of `archtui up`.
#[derive(Debug, clap::Args)]
pub struct UpArgs {
    /// Only these sessions of the roster
    #[arg(value_name = "SESSION")]
    sessions: Vec<String>,
    /// Also tell their role to sessions that no `up` made
    #[arg(long)]
    roles: bool,
    /// Make a git work tree of its own, on a branch of its own, for each worker that is started and has none
    #[arg(long)]
    worktrees: bool,
    /// How long a session may take until it is ready [default: 60s]
    #[arg(long, value_name = "60s")]
    wait: Option<String>,
    /// Ask nothing here: leave start-up dialogs to be answered in their sessions
    #[arg(long)]
    no_ask: bool,
}

/// Does it. Exit code 0: all is up; 3: it was already; 4: something is for a person.
pub fn run(global: &Global, args: &UpArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    hooks::only_a_person(global, &ground.env, "archtui up")?;
    let patience = args.wait.as_deref().map(send::timeout).transpose()?.unwrap_or(PATIENCE);
    let trees = if args.worktrees { Trees::Make } else { Trees::AsTheyAre };
    let sight = Sight::take(&ground, trees)?;
    let whole = sight.plan(&ground, args.roles);
    let chosen = names::chosen(&args.sessions, &whole)?;
    let plan = Plan { rows: chosen, unmanaged: Vec::new() };
    if !plan.rows.iter().any(Row::has_work) {
        for line in plan::lines(&plan).into_iter().chain(plan::faults(&ground.loaded.config)) {
            out::line(&line);
        }
        return plan::end(&plan, &ground.loaded.config, false);
    }
    let made = make_all(&ground, &sight, &plan)?;
    let climbers = climbers(&ground, &sight, &plan, &made, patience);
    let mut climb = Climb::new(&ground, climbers, !args.no_ask)?;
    let ended = attend(&ground, &mut climb)?;
    for line in lines(&plan, &made, &climb).into_iter().chain(plan::faults(&ground.loaded.config)) {
        out::line(&line);
    }
    let faulty = !ground.loaded.config.faults.is_empty();
    let left = faulty || plan.rows.iter().any(|r| !r.has_work() && r.needs_person());
    match () {
        () if ended == Attended::Ended => {
            Err(Fail::failed("interrupted: what was made stays", "`archtui plan` tells how it stands"))
        }
        () if left || made.iter().any(Result::is_err) || !climb.all_up() => Err(Fail::findings()),
        () => Ok(()),
    }
}

/// What became of making a row's session; `Ok(None)`: it was there.
type Made = Result<Option<sessions::Made>, String>;

/// Makes what is missing, one after the other, in the roster's order. One that fails does not hold up the rest.
fn make_all(ground: &setup::Ground, sight: &Sight, plan: &Plan) -> Result<Vec<Made>, Fail> {
    roster::write_settings(ground)?;
    let mut made = Vec::new();
    for row in &plan.rows {
        let outcome = match row.todo {
            Todo::Create => make(ground, sight, row).map(Some),
            Todo::Renew => end_dead(ground, sight, row).and_then(|()| make(ground, sight, row)).map(Some),
            _ => Ok(None),
        };
        if let Ok(Some(_)) = &outcome {
            out::complain(&format!("{}: made", row.name));
        }
        made.push(outcome);
    }
    Ok(made)
}

fn make(ground: &setup::Ground, sight: &Sight, row: &Row) -> Result<sessions::Made, String> {
    let (want, config) = entry(ground, sight, row);
    let argv = want.start.as_ref().map_err(Clone::clone)?;
    if let Some(tree) = &want.tree {
        let tree = tree.as_ref().map_err(Clone::clone)?;
        make_tree(want, tree)?;
        out::complain(&format!("{}: its work tree is {}, on {}", row.name, tree.path, tree.branch));
    }
    let folder: PathBuf = match want.place() {
        Some(folder) => folder.map_err(str::to_owned)?.into(),
        None => ground.base(),
    };
    let env = roster::env(config, ground);
    sessions::make(
        &ground.address.socket,
        &Making {
            name: &want.name,
            folder: &folder,
            env: &env,
            argv,
            fleet: &ground.loaded.config.fleet.name,
            size: SIZE,
        },
    )
}

/// Makes the work tree that it is started in.
fn make_tree(want: &Wanted, tree: &NewTree) -> Result<(), String> {
    let Some(Ok(folder)) = &want.folder else { return Err("its folder is not known".to_owned()) };
    match Place::of(Path::new(folder), &want.name)? {
        Some(place) if place.exists => Ok(()),
        Some(place) => place.make(tree),
        None => Err(format!("{folder} is in no git repository")),
    }
}

/// Takes a session of ours away whose program has ended. The server looks once more.
fn end_dead(ground: &setup::Ground, sight: &Sight, row: &Row) -> Result<(), String> {
    let changed = || "it is not as it was a moment ago; look again".to_owned();
    let server = sight.server.ok_or_else(changed)?;
    let pane = sight.pane_of(row).filter(|p| p.dead).ok_or_else(changed)?;
    let target = (pane.identity.id, pane.identity.pid);
    if sessions::end(&ground.address.socket, server, pane.session_id, target, Only::Dead)? {
        Ok(())
    } else {
        Err("it has other panes; close them, or the session".to_owned())
    }
}

/// What the roster says of a row.
fn entry<'a>(ground: &'a setup::Ground, sight: &'a Sight, row: &Row) -> (&'a Wanted, &'a SessionConfig) {
    (&sight.wanted[row.member], &ground.loaded.config.session[row.member])
}

/// Every session that is on its way up: those that were made, and those that an `up` before did not see to the end.
fn climbers(
    ground: &setup::Ground,
    sight: &Sight,
    plan: &Plan,
    made: &[Made],
    patience: Duration,
) -> Vec<Climber> {
    let mut climbers = Vec::new();
    for (row, made) in plan.rows.iter().zip(made) {
        let pane = match (made, row.pane) {
            (Ok(Some(made)), _) => (made.pane, made.pid),
            (Ok(None), Some(pane)) if row.has_work() => (pane.id, pane.pid),
            _ => continue,
        };
        let (want, config) = entry(ground, sight, row);
        let folder = want.place().and_then(Result::ok).map(str::to_owned);
        let ours = made.as_ref().is_ok_and(Option::is_some) || row.is_ours();
        let rights =
            Rights { trust: folder.filter(|_| config.trust_folder && ours), role: want.has_role, patience };
        climbers.push(Climber::new(row.name.clone(), pane, rights, config.prompt.clone()));
    }
    climbers
}

/// Looks after them until each is up, or a person's.
fn attend(ground: &setup::Ground, climb: &mut Climb) -> Result<Attended, Fail> {
    let state_dir = ground.state_dir()?;
    control::log_to(&state_dir)?;
    let (panes, keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let setup = daemon::Setup {
        panes,
        keyboard,
        processes: Proc::new(ground.env.home.as_deref()),
        roster: ground.loaded.config.roster(),
        agents: ground.agents()?,
        fixed: actor::fixed(ground, None)?,
        // Who asks for sessions does not ask for anything else: nothing is confirmed, no task but the roles is handed out.
        tasks: Rules { only: Some(Kind::Role), ..Rules::default() },
        seat: actor::seat(ground, &state_dir)?,
        judge: actor::watching(ground, &state_dir)?,
        hooks: actor::hooks(ground),
        // An `up` that has the seat for its time restarts nothing by itself.
        sessions: None,
    };
    daemon::attend(setup, ground.state(), |state| climb.look(state)).map_err(|e| {
        Fail::failed(format!("the workers cannot run: {e}"), "the log in the state folder has more")
    })
}

fn lines(plan: &Plan, made: &[Made], climb: &Climb) -> Vec<String> {
    let width = plan.rows.iter().map(|r| text::width(r.name.as_str())).max().unwrap_or(0).clamp(7, 30);
    let line = |(row, made): (&Row, &Made)| {
        let name = text::fit(row.name.as_str(), width);
        let pad = " ".repeat(width - text::width(&name));
        let (sign, said) = match (made, climb.said(&row.name)) {
            (Err(why), _) => ("!", format!("not made: {why}")),
            (_, Some((sign, said))) => (sign, said),
            (Ok(_), None) => ("", String::new()),
        };
        if said.is_empty() {
            plan::lines_of(&Plan { rows: vec![row.clone()], unmanaged: Vec::new() }, width).remove(0)
        } else {
            format!("{sign} {name}{pad}  {}", text::printable(&said))
        }
    };
    plan.rows.iter().zip(made).map(line).collect()
}
