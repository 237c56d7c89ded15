//! What every command stands on: environment, config, keys, theme, the tmux server meant. Each fault is one line with
//! what to do.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::{Fail, Global};
use crate::app::State;
use crate::app::effect::Fixed;
use crate::app::keymap::Keymap;
use crate::app::state::{Fleet, Order};
use crate::config::{ConfigError, Env, OrderWord, files};
use crate::domain::agent::Agents;
use crate::domain::branch::RuleBook;
use crate::theme::{self, Depth, Theme};
use crate::tmux::address::{Address, Environment, Wanted};

/// Config, keys and the rest, read once.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The environment.
    pub env: Env,
    /// The config in force and its folders.
    pub loaded: files::Loaded,
    /// The keys in force.
    pub keymap: Keymap,
    /// The tmux server meant.
    pub address: Address,
}

impl From<ConfigError> for Fail {
    fn from(e: ConfigError) -> Self {
        Self::usage(e.what, e.hint)
    }
}

/// Where a folder for state has to be named.
const STATE: &str = "set XDG_STATE_HOME to a folder that you can write to";

/// The folder of a fleet's state for who only reads: it is not made, but where it could not be, that is said.
pub fn state_to_read(env: &Env, fleet: &str) -> Result<PathBuf, Fail> {
    let dir = state_named(env, fleet)?;
    match files::could_be_private(&dir) {
        Ok(()) => Ok(dir),
        Err(e) => Err(unusable(&dir, &e)),
    }
}

fn state_named(env: &Env, fleet: &str) -> Result<PathBuf, Fail> {
    let none = "there is no folder for state: neither HOME nor XDG_STATE_HOME is set";
    env.state_dir(fleet).ok_or_else(|| Fail::failed(none, STATE))
}

fn unusable(dir: &Path, e: &std::io::Error) -> Fail {
    Fail::failed(format!("the state folder {} cannot be used: {e}", dir.display()), STATE)
}

impl Ground {
    /// Reads everything.
    pub fn lay(global: &Global) -> Result<Self, Fail> {
        let env = Env::read();
        let loaded = files::load(global.config.as_deref(), &env)?;
        let keymap = files::keymap(&loaded.folders)?;
        let address = address(global, &loaded, &env);
        Ok(Self { env, loaded, keymap, address })
    }

    /// What is left to stand on where the config or the keys are broken: the fleet's name and its server, and no roster.
    pub fn salvage(global: &Global) -> Self {
        let env = Env::read();
        let loaded = files::salvage(global.config.as_deref(), &env);
        let address = address(global, &loaded, &env);
        Self { env, loaded, keymap: Keymap::builtin(), address }
    }

    /// The theme in force, at the depth the terminal has.
    pub fn theme(&self, global: &Global, depth: Depth) -> Result<Theme, Fail> {
        let name = global.theme.as_deref().unwrap_or(&self.loaded.config.view.theme);
        for folder in &self.loaded.folders {
            let file = folder.join("themes").join(format!("{name}.toml"));
            if name.contains('/') {
                break;
            }
            if let Some(text) = files::read(&file, false)? {
                return Theme::parse(name, &text, depth).map_err(|e| {
                    Fail::usage(format!("{}: {e}", file.display()), "mend the file, or choose another theme")
                });
            }
        }
        Theme::builtin(name, depth).ok_or_else(|| {
            let known: Vec<&str> = theme::BUILTIN.iter().map(|(name, _)| *name).collect();
            let hint = match crate::domain::text::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("there are: {}", known.join(", ")),
            };
            Fail::usage(format!("no theme is called \"{name}\""), hint)
        })
    }

    /// How agents' screens read: the built-in manifests, the user's own laid over. A broken one is a fault.
    pub fn agents(&self) -> Result<Agents, Fail> {
        let files = files::agents(&self.loaded.folders)?;
        let (agents, errors) =
            Agents::builtin().with_overrides(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        match errors.first() {
            Some(e) => {
                Err(Fail::usage(e.to_string(), "mend it; `archtui agents check FILE` tells all faults"))
            }
            None => Ok(agents),
        }
    }

    /// What is asked of work trees.
    pub fn rules(&self) -> Result<RuleBook, Fail> {
        RuleBook::new(self.loaded.config.branches.clone())
            .map_err(|e| Fail::usage(format!("[branches]: {e}"), "mend archtui.toml"))
    }

    /// The folder below which relative folders of the config lie: its own.
    pub fn base(&self) -> PathBuf {
        let own = self.loaded.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let here = std::env::current_dir().unwrap_or_default();
        here.join(own)
    }

    /// A folder of the config as a whole path.
    pub fn path(&self, dir: &str) -> PathBuf {
        match (dir.strip_prefix('~'), &self.env.home) {
            (Some(""), Some(home)) => home.clone(),
            (Some(below), Some(home)) if below.starts_with('/') => home.join(&below[1..]),
            _ => self.base().join(dir),
        }
    }

    /// The server that the config names, if a flag names another one.
    pub fn another_server(&self) -> Option<PathBuf> {
        let named = Address::resolve(&config_server(&self.loaded), &environment(&self.env)).socket;
        let other = self.loaded.file.is_some() && self.loaded.config.fleet.socket != "default";
        (other && named != self.address.socket).then_some(named)
    }

    /// How many colours the terminal shows.
    pub fn depth(&self) -> Depth {
        let no_color = self.env.no_color.then_some("1");
        Depth::promised(no_color, self.env.colorterm.as_deref(), self.env.term.as_deref())
    }

    /// The state before the first event.
    pub fn state(&self) -> State {
        let config = &self.loaded.config;
        let fixed = Fixed { keymap: self.keymap.clone(), mouse: config.view.mouse };
        let mut state = State::new(fixed, &config.fleet.name, Fleet::new(config.roster()));
        state.socket = self.address.socket.display().to_string();
        state.limits = config.health.limits();
        state.wall.settings = config.wall.settings();
        state.grid.order = match config.view.order {
            OrderWord::Roster => Order::Roster,
            OrderWord::Urgency => Order::Urgency,
            OrderWord::Tier => Order::Tier,
        };
        state
    }

    /// The folder of this fleet's state, whether or not it can be used.
    pub fn state_named(&self) -> Result<PathBuf, Fail> {
        state_named(&self.env, &self.loaded.config.fleet.name)
    }

    /// The same, made if it is not there: mode 0700, ours.
    pub fn state_dir(&self) -> Result<PathBuf, Fail> {
        let dir = self.state_named()?;
        files::private_dir(&dir).map_err(|e| unusable(&dir, &e))?;
        Ok(dir)
    }

    /// The terminal can show the control room; else what to do.
    pub fn terminal_fits(&self) -> Result<(), Fail> {
        if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
            let hint = "run it in one, or use `archtui status`, `archtui watch --jsonl`, `archtui snapshot --svg FILE`";
            return Err(Fail::usage("the control room needs a terminal, and stdout or stdin is none", hint));
        }
        match self.env.term.as_deref() {
            None | Some("dumb" | "unknown") => {
                let hint =
                    "set TERM to what your terminal is, for example xterm-256color, or use `archtui status`";
                return Err(Fail::usage("TERM names a terminal that cannot place text", hint));
            }
            Some(_) => {}
        }
        if !self.env.says_utf8() {
            let locale = self.env.locale.as_deref().unwrap_or_default();
            let what = format!("the locale {locale} is not UTF-8; screens of agents could not be drawn");
            return Err(Fail::usage(what, "run: LC_ALL=C.UTF-8 archtui"));
        }
        Ok(())
    }
}

/// The server meant: a flag before the config's word, the config's before the one we run in.
fn address(global: &Global, loaded: &files::Loaded, env: &Env) -> Address {
    let wanted = match (&global.socket_path, &global.socket_name) {
        (Some(path), _) => Wanted::Path(path.clone()),
        (None, Some(name)) => Wanted::Name(name.clone()),
        (None, None) => config_server(loaded),
    };
    Address::resolve(&wanted, &environment(env))
}

fn config_server(loaded: &files::Loaded) -> Wanted {
    match loaded.config.fleet.socket.as_str() {
        "default" => Wanted::Default,
        path if path.contains('/') => Wanted::Path(PathBuf::from(path)),
        name => Wanted::Name(name.to_owned()),
    }
}

fn environment(env: &Env) -> Environment {
    Environment {
        tmux: env.tmux.as_ref().map(Into::into),
        tmux_pane: env.tmux_pane.clone(),
        tmux_tmpdir: env.tmux_tmpdir.as_ref().map(Into::into),
    }
}
