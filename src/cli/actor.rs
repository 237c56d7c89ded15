//! What the actor is made of, from the config: for the control room and for the daemon alike.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Fail, setup};
use crate::config::Config;
use crate::config::files;
use crate::config::values::{HookFallback, Switch};
use crate::domain::confirm::Limits;
use crate::domain::policy::{Context, PRESETS, Policy, Trust};
use crate::domain::roster::Roster;
use crate::evidence::rules::Rules;
use crate::ipc::{HookGallery, HookServer, client, place};
use crate::store::annals::LedgerReader;
use crate::store::lock::{Held, Lock, LockName};
use crate::store::seat::StoreSeat;
use crate::workers::actor::{Fixed, OpenHooks};
use crate::workers::typist::Telling;

/// What does not change while it runs.
pub fn fixed(ground: &setup::Ground, fault: Option<String>) -> Result<Fixed, Fail> {
    let config = &ground.loaded.config;
    let confirm = &config.confirm;
    Ok(Fixed {
        host: host(),
        fault: fault.or_else(|| faults(&ground.loaded.config)),
        barred: None,
        roster: fleet(ground),
        agents: ground.agents()?,
        quiet: confirm.quiet.0,
        limits: Limits { session: confirm.max_per_minute, fleet: confirm.max_per_minute_fleet },
        hook_fallback: confirm.hook_fallback == HookFallback::Key,
        lease: confirm.lease.length(),
        keep: config.ledger.keep.length(),
        dispatch: config.tasks.dispatch == Switch::On,
    })
}

/// Entries of the roster that were left out, in one line.
fn faults(config: &Config) -> Option<String> {
    let first = config.faults.first()?;
    let more = match config.faults.len() {
        1 => String::new(),
        n => format!(" (and {} more: archtui plan)", n - 1),
    };
    Some(format!("left out of the roster: {}{more}", first.what))
}

/// The roster with folders as they are on this machine.
pub fn fleet(ground: &setup::Ground) -> Roster {
    let config = &ground.loaded.config;
    let mut roster = config.roster();
    for member in &mut roster.members {
        if let Some(dir) = &member.dir {
            // As the system names it: that is what a process is found to work in.
            let path = ground.path(dir);
            let path = path.canonicalize().unwrap_or(path);
            member.dir = Some(path.to_string_lossy().into_owned());
        }
    }
    roster
}

/// The seat on the server meant. Its lock lies where all fleets of this user look for it.
pub fn seat(ground: &setup::Ground, state_dir: &Path) -> Result<StoreSeat, Fail> {
    let locks = locks(ground, state_dir)?;
    let roster = ground.loaded.config.session.iter().map(|s| s.called().to_owned()).collect();
    let seat = StoreSeat::new(locks, state_dir.to_owned(), ground.address.socket.clone(), host());
    Ok(seat.with_roster(roster))
}

/// True if somebody acts on the server meant, for whichever fleet.
pub fn acts(ground: &setup::Ground) -> Result<bool, Fail> {
    let locks = locks(ground, &ground.state_dir()?)?;
    Ok(Lock::is_held(&locks, &LockName::of(&ground.address.socket)))
}

/// Where the locks of all fleets of this user lie.
pub fn locks(ground: &setup::Ground, state_dir: &Path) -> Result<PathBuf, Fail> {
    let shared = ground.env.runtime_dir.as_ref().map(|d| d.join("archtui"));
    let folder = shared.or_else(|| state_dir.parent().map(Path::to_owned));
    folder.ok_or_else(|| Fail::failed("there is no folder for the lock", "set XDG_RUNTIME_DIR or HOME"))
}

/// The rules for whoever acts. Where the user's own cannot be read nothing is pressed, and the fault is told.
pub fn rules_or_watch(ground: &setup::Ground, state_dir: &Path) -> Result<(Rules, Option<String>), Fail> {
    match rules(ground, state_dir) {
        Ok(rules) => Ok((rules, None)),
        Err(fault) => Ok((watching(ground, state_dir)?, Some(fault.what().to_owned()))),
    }
}

/// Rules that let nothing through by themselves.
pub fn watching(ground: &setup::Ground, state_dir: &Path) -> Result<Rules, Fail> {
    let mut watch = made(ground, state_dir, |_| Ok(()))?;
    watch.preset = String::from("watch");
    watch.presets.iter_mut().for_each(|p| *p = None);
    Ok(watch)
}

/// The rules in force: each preset with the user's own laid over, and which session has which.
pub fn rules(ground: &setup::Ground, state_dir: &Path) -> Result<Rules, Fail> {
    made(ground, state_dir, |policy| lay_over_own(policy, ground))
}

/// Lays the user's own rules over a preset; those that agents may have written may only tighten it.
fn lay_over_own(policy: &mut Policy, ground: &setup::Ground) -> Result<(), Fail> {
    for own in files::policies(&ground.loaded.folders, &ground.env)? {
        let trust = if own.trusted { Trust::User } else { Trust::TightenOnly };
        let laid = policy.layer(&own.text, &own.file.to_string_lossy(), trust);
        laid.map_err(|e| Fail::usage(e.to_string(), e.hint))?;
    }
    Ok(())
}

fn made(
    ground: &setup::Ground,
    state_dir: &Path,
    lay_over: impl Fn(&mut Policy) -> Result<(), Fail>,
) -> Result<Rules, Fail> {
    let config = &ground.loaded.config;
    let mut policies = BTreeMap::new();
    for name in PRESETS {
        let mut policy = Policy::preset(name).expect("the presets ship with the program and are tested");
        policy.leave_alone(&config.confirm.exclude);
        lay_over(&mut policy)?;
        policies.insert(name.to_owned(), policy);
    }
    let real = |p: &Path| p.canonicalize().unwrap_or_else(|_| p.to_owned());
    let own_names = ["archtui.toml", "keymap.toml", "policy.toml", "agents", "themes"];
    let beside = ground.loaded.folders.iter().flat_map(|d| own_names.map(|name| real(d).join(name)));
    let mut own: Vec<PathBuf> = beside.chain(ground.env.config_dir().as_deref().map(real)).collect();
    own.extend(ground.loaded.file.as_deref().map(real));
    own.extend([real(state_dir), real(&locks(ground, state_dir)?), real(&ground.address.socket)]);
    Ok(Rules {
        preset: config.confirm.preset.word().to_owned(),
        presets: config.session.iter().map(|s| s.preset.map(|p| p.word().to_owned())).collect(),
        roster: config.roster(),
        home: ground.env.home.clone(),
        own,
        config: ground.loaded.file.as_deref().map(real),
        protected_branches: config
            .branches
            .protected
            .clone()
            .unwrap_or_else(|| Context::default().protected_branches),
        policies,
    })
}

/// Opens the socket that hooks find. Only the actor calls it: he alone may replace one that is left over.
pub fn hooks(ground: &setup::Ground) -> OpenHooks<HookServer> {
    let (folders, tmux) = (ground.env.runtime_folders(), ground.address.socket.clone());
    Box::new(move || HookServer::listen(&place::make(&folders, &tmux)?))
}

/// How whoever acts hears that a person types at a control room that observes.
pub fn telling(ground: &setup::Ground, state_dir: &Path) -> Result<Telling, Fail> {
    let (folders, tmux) = (ground.env.runtime_folders(), ground.address.socket.clone());
    let locks = locks(ground, state_dir)?;
    Ok(Arc::new(move |pane| {
        if client::typed(&place::find(&folders, &tmux), pane) {
            return Ok(());
        }
        match Lock::held(&locks, &LockName::of(&tmux)) {
            Held::By(holder) if holder.pid != std::process::id() => {
                Err(format!("process {} did not hear it, and may answer a dialog meanwhile", holder.pid))
            }
            Held::By(_) | Held::Unnamed | Held::Nobody => Ok(()),
        }
    }))
}

/// From where an observer sees and reads what who acts does.
pub fn onlook(ground: &setup::Ground, state_dir: &Path) -> (HookGallery, LedgerReader) {
    (gallery(ground), LedgerReader::new(state_dir.to_owned()))
}

/// The place from which one sees what who acts has before him.
pub fn gallery(ground: &setup::Ground) -> HookGallery {
    HookGallery::new(ground.env.runtime_folders(), ground.address.socket.clone())
}

/// Whether the actor's lock is held, and by whom as far as he has said so.
pub fn held(ground: &setup::Ground) -> Held {
    let locks = ground.state_dir().and_then(|dir| locks(ground, &dir));
    locks.map_or(Held::Nobody, |locks| Lock::held(&locks, &LockName::of(&ground.address.socket)))
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
