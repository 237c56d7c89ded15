//! Configuration: defaults < file < flags. Unknown keys are errors that name the near miss. What the values do is for the
//! rooms that get them.

pub mod adopt;
pub mod env;
pub mod error;
pub mod files;
mod roster;
mod salvage;
pub mod values;
mod wall;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use env::Env;
pub use error::ConfigError;
pub use values::{OrderWord, Span};
pub use wall::WallConfig;

use crate::domain::branch::Settings;
use crate::domain::health::Limits;
use crate::domain::roster::{Member, Roster};
use crate::domain::server::Notice;

/// The defaults, as `archtui init` writes them.
pub const DEFAULT: &str = include_str!("../../assets/config.toml");

/// Everything a config file can say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which fleet, on which server.
    pub fleet: FleetConfig,
    /// How it looks.
    pub view: ViewConfig,
    /// How it hangs on a wall.
    pub wall: WallConfig,
    /// What may be confirmed.
    pub confirm: ConfirmConfig,
    /// The record of what was decided.
    pub ledger: LedgerConfig,
    /// When something ails a session.
    pub health: HealthConfig,
    /// Whether work is handed out.
    pub tasks: TasksConfig,
    /// Branch rules.
    pub branches: Settings,
    /// The roster.
    pub session: Vec<SessionConfig>,
    /// Entries of it that cannot be meant so. They are left out of the roster, and automation leaves their sessions alone.
    #[serde(skip)]
    pub faults: Vec<SessionFault>,
}

/// What is wrong with one session's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFault {
    /// The name that it gives.
    pub name: String,
    /// What, with file and line.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// `[fleet]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FleetConfig {
    /// Shown in the header; names the state folder.
    pub name: String,
    /// tmux -L name, or a path.
    pub socket: String,
    /// How changes are noticed.
    pub notice: Notice,
    /// Whether agents that have ended are started anew, unless a session says otherwise.
    pub restart: values::Restart,
}

/// `[view]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewConfig {
    /// Name of the theme.
    pub theme: String,
    /// Order of tiles at start.
    pub order: OrderWord,
    /// The mouse is listened to.
    pub mouse: bool,
}

/// `[confirm]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmConfig {
    /// Name of the preset.
    pub preset: values::Preset,
    /// Sessions that automation never touches.
    pub exclude: Vec<String>,
    /// Hands off while a person was active there.
    pub quiet: Span,
    /// Confirmations in one session a minute.
    pub max_per_minute: u32,
    /// Confirmations in all sessions a minute.
    pub max_per_minute_fleet: u32,
    /// What becomes of a dialog whose hook said nothing.
    pub hook_fallback: values::HookFallback,
    /// Live only for so long after a person said so.
    pub lease: values::Lease,
}

/// `[ledger]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedgerConfig {
    /// How long entries are kept.
    pub keep: values::Keep,
}

/// `[health]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthConfig {
    /// Working without any output for longer is stuck.
    pub stuck_after: Span,
    /// Asking for longer is told as a long wait.
    pub alarm_after: Span,
    /// Percent of the context left, or less, is little.
    pub context_low: u8,
}

impl HealthConfig {
    /// As the core knows it.
    pub fn limits(&self) -> Limits {
        Limits {
            stuck_after: self.stuck_after.0,
            alarm_after: self.alarm_after.0,
            context_low: self.context_low,
        }
    }
}

/// `[tasks]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TasksConfig {
    /// Queued tasks are handed out.
    pub dispatch: values::Switch,
}

/// `[[session]]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    /// The tmux session.
    pub name: Option<String>,
    /// A pattern that names many.
    pub r#match: Option<String>,
    /// So many sessions of that name, each with its number behind it.
    pub count: Option<u32>,
    /// Place in the chain of command.
    pub tier: Option<values::TierWord>,
    /// Role in words.
    pub role: Option<String>,
    /// Name of the session it reports to.
    pub reports_to: Option<String>,
    /// Which agent runs there.
    pub agent: Option<String>,
    /// What is started there.
    pub command: Option<String>,
    /// In which folder.
    pub dir: Option<String>,
    /// Environment of what is started there, beside that of the server.
    pub env: BTreeMap<String, String>,
    /// The mode in which Claude Code starts there.
    pub permission_mode: Option<String>,
    /// The question whether its folder is trusted may be answered, once, where `up` started it.
    pub trust_folder: bool,
    /// Preset of its own.
    pub preset: Option<values::Preset>,
    /// Whether its agent is started anew when it has ended.
    pub restart: Option<values::Restart>,
    /// Never restarted, no tasks dispatched.
    pub protected: bool,
    /// The role prompt.
    pub prompt: Option<String>,
    /// A file with it, from the config's folder on.
    pub prompt_file: Option<String>,
    /// What it is good at.
    pub skills: Vec<String>,
}

impl SessionConfig {
    /// Its name or its pattern.
    pub fn called(&self) -> &str {
        self.name.as_deref().or(self.r#match.as_deref()).unwrap_or_default()
    }
}

impl Config {
    /// The defaults alone.
    pub fn builtin() -> Self {
        toml::from_str(DEFAULT).expect("the built-in config is sound: a test proves it")
    }

    /// A file's text laid over the defaults. `origin` names the file in errors.
    pub fn layered(text: &str, origin: &str) -> Result<Self, ConfigError> {
        // Once alone: this finds what is wrong and knows the line.
        let own: Self = toml::from_str(text).map_err(|e| ConfigError::read(origin, text, &e))?;
        own.check(origin, text)?;
        let faults = roster::faults(&roster::counted(own.session), origin, text);
        // Then over the defaults: a table key by key, a list as a whole.
        let mut merged: toml::Table =
            toml::from_str(DEFAULT).expect("the built-in config is sound: a test proves it");
        let over: toml::Table = toml::from_str(text).map_err(|e| ConfigError::read(origin, text, &e))?;
        lay_over(&mut merged, over);
        let mut config: Self =
            merged.try_into().map_err(|e: toml::de::Error| ConfigError::plain(origin, e.message()))?;
        config.session = roster::counted(config.session);
        config.leave_out(faults);
        Ok(config)
    }

    /// Sessions whose entries have faults are nobody's: a pattern that names them, too, does not bring them in, neither
    /// as they are written nor as tmux makes them.
    pub(super) fn leave_out(&mut self, faults: Vec<SessionFault>) {
        let faulty = |s: &SessionConfig| faults.iter().any(|f| f.name == s.called());
        self.session.retain(|s| !faulty(s));
        for name in faults.iter().map(|f| f.name.as_str()) {
            let made = roster::as_tmux_makes_it(name);
            self.confirm.exclude.extend((made != name).then_some(made));
            self.confirm.exclude.push(name.to_owned());
        }
        self.faults = faults;
    }

    fn check(&self, origin: &str, text: &str) -> Result<(), ConfigError> {
        let fault =
            |what: String, hint: &str, word: &str| Err(ConfigError::at_word(origin, text, word, what, hint));
        for (i, s) in self.session.iter().enumerate() {
            match (&s.name, &s.r#match) {
                (Some(_), None) | (None, Some(_)) => {}
                (Some(n), Some(_)) => {
                    return fault(format!("session \"{n}\" has both name and match"), "keep one of them", n);
                }
                (None, None) => {
                    return fault(
                        format!("session {} has no name", i + 1),
                        "add: name = \"…\"",
                        "[[session]]",
                    );
                }
            }
            if let Some(count) = s.count.filter(|n| s.name.is_none() || !(1..=roster::MOST).contains(n)) {
                let what = format!("count = {count} cannot be meant so");
                let hint = format!("beside a name, from 1 to {}", roster::MOST);
                return fault(what, &hint, "count");
            }
            if let Some(wrong) = s.env.iter().find_map(|(key, value)| wrong_variable(key, value)) {
                let hint = "write env = { NAME = \"value\" }, each on one line";
                return fault(format!("\"{wrong}\" cannot be in an environment"), hint, wrong);
            }
            if let Some(mode) = s.permission_mode.as_deref()
                && (mode.is_empty() || !mode.bytes().all(|b| b.is_ascii_alphabetic()))
            {
                let hint = "claude --help names the modes, for example default, acceptEdits, plan";
                return fault(format!("\"{mode}\" is no permission mode"), hint, mode);
            }
        }
        Ok(())
    }

    /// The roster as the core knows it.
    pub fn roster(&self) -> Roster {
        let members = self.session.iter().map(|s| Member {
            name: s.called().to_owned(),
            tier: s.tier.as_ref().and_then(values::TierWord::known),
            role: s.role.clone(),
            reports_to: s.reports_to.clone(),
            agent: s.agent.clone(),
            protected: s.protected,
            skills: s.skills.clone(),
            dir: s.dir.clone(),
            restart: s.restart.unwrap_or(self.fleet.restart) == values::Restart::Ended,
        });
        Roster { members: members.collect(), exclude: self.confirm.exclude.clone() }
    }
}

/// The name of a variable that no process can be given, or whose value it cannot have.
fn wrong_variable<'a>(key: &'a str, value: &str) -> Option<&'a str> {
    let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    let named =
        key.bytes().next().is_some_and(letter) && key.bytes().all(|b| letter(b) || b.is_ascii_digit());
    (!named || value.contains(char::is_control)).then_some(key)
}

fn lay_over(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
