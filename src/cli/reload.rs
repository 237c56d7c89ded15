//! Where the rules stand, for reading them anew while the program runs: the files found at the start, and no others. One
//! that turns up in the current folder meanwhile may be an agent's.

use std::path::PathBuf;

use super::setup::Ground;
use super::{Fail, actor};
use crate::config::{Config, files};
use crate::evidence::rules::Rules;
use crate::ports::{Configs, Renewed};

/// The files of a ground that is laid.
pub struct Files {
    ground: Ground,
    state_dir: PathBuf,
    at_start: Config,
}

impl Files {
    /// Reads what that ground was laid on.
    pub fn new(ground: &Ground, state_dir: PathBuf) -> Self {
        Self { ground: ground.clone(), state_dir, at_start: ground.loaded.config.clone() }
    }

    fn config(&self) -> Option<PathBuf> {
        let own = || self.ground.env.config_dir().map(|d| d.join("archtui.toml"));
        self.ground.loaded.file.clone().or_else(own)
    }

    fn fresh(&mut self) -> Result<Renewed<Rules>, Fail> {
        let found = self.config().filter(|f| self.ground.loaded.file.is_some() || f.exists());
        let mut ground = self.ground.clone();
        if let Some(file) = &found {
            let folders = ground.loaded.folders;
            ground.loaded = files::Loaded { folders, ..files::load(Some(file), &ground.env)? };
        }
        let judge = actor::rules(&ground, &self.state_dir)?;
        let fixed = actor::fixed(&ground, None)?;
        let later = self.later(&ground.loaded.config);
        self.ground = ground;
        Ok(Renewed {
            judge,
            quiet: fixed.quiet,
            limits: fixed.limits,
            hook_fallback: fixed.hook_fallback,
            lease: fixed.lease,
            dispatch: fixed.dispatch,
            exclude: self.exclude(fixed.roster.exclude),
            later,
        })
    }

    /// Whom automation leaves alone from now on. A session whose entry was at fault at the start stays among them: until a
    /// restart the roster knows nothing of it, and no pattern is to bring it in.
    fn exclude(&self, now: Vec<String>) -> Vec<String> {
        now.into_iter().chain(self.at_start.faults.iter().map(|f| f.name.clone())).collect()
    }

    /// What differs and does not count before a restart.
    fn later(&self, now: &Config) -> Option<String> {
        let (old, mut parts) = (&self.at_start, Vec::new());
        let mut differs = |differs: bool, part: &'static str| parts.extend(differs.then_some(part));
        differs(old.fleet != now.fleet, "[fleet]");
        differs(old.view != now.view, "[view]");
        differs(old.wall != now.wall, "[wall]");
        differs(old.ledger != now.ledger, "[ledger]");
        differs(old.branches != now.branches, "[branches]");
        // A member's preset counts at once.
        differs(old.roster().members != now.roster().members, "[[session]]");
        (!parts.is_empty()).then(|| format!("{} after a restart", parts.join(", ")))
    }
}

impl Configs for Files {
    type Judge = Rules;

    fn files(&self) -> Vec<PathBuf> {
        let beside = self.ground.loaded.folders.iter().map(|d| d.join("policy.toml"));
        self.config().into_iter().chain(beside).collect()
    }

    fn read(&mut self) -> Result<Renewed<Rules>, String> {
        self.fresh().map_err(|fail| fail.what().to_owned())
    }
}
