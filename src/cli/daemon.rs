//! `archtui daemon`: the actor without a screen.

use super::{Fail, Global, actor, control, fleet, out, print, reload, setup};
use crate::domain::task::Rules;
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::runtime::daemon;
use crate::tmux::watch::Watcher;

/// Options of `archtui daemon`.
#[derive(Debug, clap::Args)]
pub struct DaemonArgs {
    /// Print a user unit for systemd instead
    #[arg(long)]
    unit: bool,
}

/// Acts until a signal ends it.
pub fn run(global: &Global, args: &DaemonArgs) -> Result<(), Fail> {
    if args.unit {
        return print::unit(global);
    }
    let ground = setup::Ground::lay(global)?;
    let state_dir = ground.state_dir()?;
    control::log_to(&state_dir)?;
    let (panes, keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let (judge, fault) = actor::rules_or_watch(&ground, &state_dir)?;
    if let Some(fault) = &fault {
        out::complain(&format!("archtui: only watching: {}", text::printable(fault)));
    }
    let setup = daemon::Setup {
        panes,
        keyboard,
        processes: Proc::new(ground.env.home.as_deref()),
        roster: ground.loaded.config.roster(),
        agents: ground.agents()?,
        fixed: actor::fixed(&ground, fault)?,
        tasks: Rules::default(),
        seat: actor::seat(&ground, &state_dir)?,
        judge,
        hooks: actor::hooks(&ground),
        sessions: Some(fleet::restart::sessions(&ground)?),
    };
    let configs = reload::Files::new(&ground, state_dir.clone());
    daemon::run(setup, configs, |line| out::line(&text::printable(line))).map_err(|e| {
        Fail::failed(format!("the workers cannot run: {e}"), "the log in the state folder has more")
    })
}
