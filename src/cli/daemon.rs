//! `archtui daemon`: the actor without a screen.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::{Fail, Global, actor, control, fleet, out, print, reload, setup, who};
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
    // Who acts does so by his own config: an agent would write its own.
    who::only_a_person(&ground, "archtui daemon")?;
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
    let (lines, told) = tell();
    let ended = daemon::run(setup, configs, move |line| {
        tracing::info!("{line}");
        // Where nobody reads them lines are lost; the log has them.
        let _ = lines.try_send(text::printable(line));
    });
    // The last lines are told, if anybody reads them.
    let _ = told.recv_timeout(LAST_LINES);
    ended.map_err(|e| {
        Fail::failed(format!("the workers cannot run: {e}"), "the log in the state folder has more")
    })
}

/// So many lines may wait for whoever reads them.
const LINES: usize = 64;
/// The end waits so long for them.
const LAST_LINES: Duration = Duration::from_millis(200);

/// Prints on a thread of its own: a terminal that is stopped, or a pipe that nobody reads, must not keep a daemon from
/// hearing its signals. What comes back ends when all is printed.
fn tell() -> (SyncSender<String>, Receiver<()>) {
    let (lines, printed) = sync_channel::<String>(LINES);
    let (done, told) = sync_channel::<()>(1);
    thread::spawn(move || {
        for line in printed {
            out::offer(&line);
        }
        drop(done);
    });
    (lines, told)
}
