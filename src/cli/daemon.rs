//! `archtui daemon`: the actor without a screen.

use super::{Fail, Global, actor, control, out, setup};
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::runtime::daemon;
use crate::tmux::watch::Watcher;

/// Acts until a signal ends it.
pub fn run(global: &Global) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let state_dir = ground.state_dir()?;
    control::log_to(&state_dir)?;
    let (panes, keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let setup = daemon::Setup {
        panes,
        keyboard,
        processes: Proc::new(ground.env.home.as_deref()),
        roster: ground.loaded.config.roster(),
        agents: ground.agents()?,
        fixed: actor::fixed(&ground)?,
        seat: actor::seat(&ground, &state_dir)?,
        judge: actor::rules(&ground, &state_dir)?,
        hooks: actor::hooks(&ground),
    };
    daemon::run(setup, |line| out::line(&text::printable(line))).map_err(|e| {
        Fail::failed(format!("the workers cannot run: {e}"), "the log in the state folder has more")
    })
}
