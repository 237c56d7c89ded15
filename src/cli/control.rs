//! `archtui` without a subcommand: the control room.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::demo::Demo;
use super::{Fail, Global, actor, answer, fleet, reload, replay, rules, setup, who};
use crate::app::state::form::draft;
use crate::app::state::tasks::Sends;
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::runtime::{self, Setup};
use crate::store::counter::Counter;
use crate::theme::Theme;
use crate::tmux::attach::Attach;
use crate::tmux::watch::Watcher;
use crate::workers::actor::Fixed;

/// Why a wall acts on nothing.
const WALL: &str = "a wall only looks";

/// What is shown first, and whether there is anything behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Front {
    /// The control room.
    Room,
    /// A wall over the control room: `z` takes it down.
    WallOverRoom,
    /// A wall with nothing behind it: it only looks.
    Wall,
}

/// Opens the control room, or a wall; the run is written down, if a file is given.
pub fn run(global: &Global, wall: bool, record: Option<&Path>) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let theme = ground.theme(global, ground.depth())?;
    open(&ground, theme, if wall { Front::Wall } else { Front::Room }, record, None)
}

/// Opens the control room over the demo's fleet, a wall hung before it if one is wished; everything it writes lies in the demo's
/// folder. Nobody else acts there, so that a wall alone would show a fleet that waits for ever.
pub fn over(demo: &Demo, global: &Global, wall: bool, time: Option<Duration>) -> Result<(), Fail> {
    let global = Global {
        socket_path: Some(demo.socket()),
        socket_name: None,
        config: Some(demo.config_file()),
        theme: global.theme.clone(),
    };
    let ground = setup::Ground::lay(&global)?;
    // A theme may be the person's own; keys were read with the rest.
    let theme = ground.theme(&global, ground.depth())?;
    let front = if wall { Front::WallOverRoom } else { Front::Room };
    open(&apart(ground, demo.folder()), theme, front, None, time)
}

/// The ground of a fleet that is thrown away: what is written goes with its folder, a rule that is made there too, and no
/// rule of the person's own judges it. Its sessions bear the names of real ones.
fn apart(mut ground: setup::Ground, folder: &Path) -> setup::Ground {
    ground.env.state_home = Some(folder.join("state"));
    ground.env.config_home = Some(folder.join("config"));
    ground.loaded.folders = std::iter::once(folder.to_owned()).chain(ground.env.config_dir()).collect();
    ground
}

/// Opens the control room on a ground that is laid; it ends by itself after a time, if one is given.
fn open(
    ground: &setup::Ground,
    theme: Theme,
    front: Front,
    record: Option<&Path>,
    ends_after: Option<Duration>,
) -> Result<(), Fail> {
    ground.terminal_fits()?;
    let (state_dir, unkept) = keeping(ground)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), socket = %ground.address.socket.display(), "started");
    let (panes, keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let (judge, fault) = actor::rules_or_watch(ground, &state_dir)?;
    let mut state = ground.state();
    state.fleet.roster = actor::fleet(ground);
    state.tasks.sender = sender(ground);
    let counter = Counter::new(state_dir.clone());
    match front {
        Front::Room => {}
        Front::WallOverRoom => state.hang_first(),
        Front::Wall => state.hang_only(),
    }
    let wall = front == Front::Wall;
    match counter.drafts() {
        // Nobody writes at a wall; what somebody keeps is his.
        _ if wall => {}
        Ok(kept) => state.tasks.drafts = kept.map(|text| draft::read(&text)).unwrap_or_default(),
        Err(e) => tracing::warn!("texts that were not queued cannot be read: {e}"),
    }
    state.config_file = ground.loaded.file.as_ref().map(|f| text::printable(&f.display().to_string()));
    // An agent that opens one in its own pane must not answer itself by its keys, nor act by a config of its own.
    // A wall must not either: whoever passes by could, and a daemon beside it would have no seat.
    let agent = || who::only_a_person(ground, "acting here").err().map(|f| f.what().to_owned());
    let barred = if wall { Some(WALL.to_owned()) } else { unkept.clone().or_else(agent) };
    let setup = Setup {
        state,
        theme,
        panes,
        keyboard,
        processes: Proc::new(ground.env.home.as_deref()),
        fixed: Fixed { barred: barred.clone(), ..actor::fixed(ground, fault)? },
        seat: actor::seat(ground, &state_dir)?,
        judge,
        counter,
        configs: reload::Files::new(ground, state_dir.clone()),
        desk: rules::Desk::new(ground, state_dir.clone()),
        hooks: actor::hooks(ground),
        sessions: fleet::restart::sessions(ground)?,
        wishing: answer::wishing(ground, state_dir.clone())?,
        telling: actor::telling(ground, &state_dir)?,
        onlook: actor::onlook(ground, &state_dir),
        agents: ground.agents()?,
        rules: ground.rules()?,
        attach: Attach::new(ground.address.clone(), ground.env.tmux.as_deref()),
        config: ground.loaded.file.clone(),
        frames: unkept.is_none().then(|| state_dir.join("frames")),
        whose: ground
            .env
            .home
            .iter()
            .map(|h| h.display().to_string())
            .chain(ground.env.user.clone())
            .collect(),
        // Last: where anything else is wrong, no file is left behind.
        record: record.map(replay::tape).transpose()?,
        barred,
        ends_after,
    };
    runtime::run(setup).map_err(|e| {
        Fail::failed(format!("the terminal failed: {e}"), "the log in the state folder has more")
    })
}

/// The folder of the fleet's state, with the log in it; and, where nothing can be kept there, why and what to do. Then nothing
/// may act, as no key is pressed that is not on record; looking needs no folder.
fn keeping(ground: &setup::Ground) -> Result<(PathBuf, Option<String>), Fail> {
    let kept = ground.state_dir().and_then(|dir| log_to(&dir).map(|()| dir));
    match kept {
        Ok(dir) => Ok((dir, None)),
        Err(fault) => {
            // One short line for the header: the folder is named in it, so of the fault what the system said is enough.
            let said = fault.what().rsplit(": ").next().unwrap_or_default();
            let said = said.split(" (os error").next().unwrap_or_default();
            let dir = ground.state_named()?;
            let why = format!("no state is kept, set XDG_STATE_HOME: {}: {said}", dir.display());
            Ok((dir, Some(text::printable(&why))))
        }
    }
}

/// Who wishes at this screen: the person, or, where it was opened in an agent's pane, that agent.
fn sender(ground: &setup::Ground) -> Sends {
    Sends(match who::sends(ground, None) {
        Ok(asker) => Ok((asker.sender, format!("in the control room, {}", asker.origin))),
        Err(fail) => Err(fail.what().to_owned()),
    })
}

/// Logs go to a file, never over the screen. The file starts anew when it has grown large.
pub fn log_to(state_dir: &Path) -> Result<(), Fail> {
    const LARGE: u64 = 8 << 20;
    let file = state_dir.join("archtui.log");
    let old = std::fs::metadata(&file).map_or(0, |m| m.len());
    let outcome = if old > LARGE { std::fs::rename(&file, state_dir.join("archtui.log.1")) } else { Ok(()) }
        .and_then(|()| OpenOptions::new().create(true).append(true).mode(0o600).open(&file));
    let log = outcome.map_err(|e| {
        Fail::failed(
            format!("the log {} cannot be written: {e}", file.display()),
            "make the state folder writable",
        )
    })?;
    // A second call (the demo's) finds the log already open: that one stays.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::sync::Mutex::new(log))
        .with_ansi(false)
        // A log that cannot be written on would else be told on stderr, which is the screen.
        .log_internal_errors(false)
        .with_max_level(tracing::Level::INFO)
        .try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::keymap::Keymap;
    use crate::config::{Config, Env, files};
    use crate::tmux::address::Address;

    #[test]
    fn a_demo_neither_reads_nor_writes_a_persons_rules() {
        let dir = tempfile::tempdir().expect("a folder");
        let (mine, demo) = (dir.path().join("mine"), dir.path().join("demo"));
        let own = mine.join("archtui");
        std::fs::create_dir_all(&own).expect("made");
        std::fs::write(own.join("policy.toml"), "[[rule]]").expect("written");
        let env = Env { config_home: Some(mine.clone()), state_home: Some(mine), ..Env::default() };
        let loaded = files::Loaded { config: Config::builtin(), file: None, folders: vec![own] };
        let address = Address { socket: demo.join("tmux"), own_pane: None };
        let ground = setup::Ground { env, loaded, keymap: Keymap::builtin(), address };
        let rules = |g: &setup::Ground| files::policies(&g.loaded.folders, &g.env).expect("read").len();
        assert_eq!(rules(&ground), 1, "the room over a fleet of one's own has them");
        let ground = apart(ground, &demo);
        assert_eq!(rules(&ground), 0);
        let folder = ground.env.config_dir().expect("there is one");
        assert!(folder.starts_with(&demo) && ground.loaded.folders.contains(&folder), "{folder:?}");
        assert!(ground.env.state_dir("demo").is_some_and(|d| d.starts_with(&demo)));
    }
}
