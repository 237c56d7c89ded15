//! The environment, read once: what the rest of the program may know of it.

use std::path::PathBuf;

/// What the environment says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Env {
    /// The home folder.
    pub home: Option<PathBuf>,
    /// `$USER`.
    pub user: Option<String>,
    /// `$XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `$XDG_STATE_HOME`.
    pub state_home: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    /// `$TMUX` of the pane that we run in: socket path, server pid, session.
    pub tmux: Option<String>,
    /// `$TMUX_PANE` of the pane that we run in.
    pub tmux_pane: Option<String>,
    /// `$TMUX_TMPDIR`, where tmux puts its sockets.
    pub tmux_tmpdir: Option<PathBuf>,
    /// `$TERM`.
    pub term: Option<String>,
    /// `$COLORTERM`.
    pub colorterm: Option<String>,
    /// `$NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// The character set's locale: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set.
    pub locale: Option<String>,
    /// `$PATH`.
    pub path: Option<String>,
    /// `$CLAUDE_CONFIG_DIR`, where Claude Code keeps its settings instead of `~/.claude`.
    pub claude_config: Option<PathBuf>,
}

impl Env {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Self {
        let get = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        // A relative path in an XDG variable is to be ignored, says its specification.
        let dir = |name: &str| get(name).map(PathBuf::from).filter(|p| p.is_absolute());
        Self {
            home: dir("HOME"),
            user: get("USER"),
            config_home: dir("XDG_CONFIG_HOME"),
            state_home: dir("XDG_STATE_HOME"),
            runtime_dir: dir("XDG_RUNTIME_DIR"),
            tmux: get("TMUX"),
            tmux_pane: get("TMUX_PANE"),
            tmux_tmpdir: dir("TMUX_TMPDIR"),
            term: get("TERM"),
            colorterm: get("COLORTERM"),
            no_color: get("NO_COLOR").is_some(),
            locale: get("LC_ALL").or_else(|| get("LC_CTYPE")).or_else(|| get("LANG")),
            path: get("PATH"),
            claude_config: dir("CLAUDE_CONFIG_DIR"),
        }
    }

    /// Folder of the user's configuration.
    pub fn config_dir(&self) -> Option<PathBuf> {
        let base = self.config_home.clone().or_else(|| self.home.as_ref().map(|h| h.join(".config")));
        base.map(|b| b.join("archtui"))
    }

    /// Folder of the state of a fleet.
    pub fn state_dir(&self, fleet: &str) -> Option<PathBuf> {
        let base = self.state_home.clone().or_else(|| self.home.as_ref().map(|h| h.join(".local/state")));
        base.map(|b| b.join("archtui").join(folder_name(fleet)))
    }

    /// Folders for what lasts as long as the machine runs, sockets and locks: the best first, made by whoever needs one. A
    /// pane's environment may lack what its user's has, so each is worth a look.
    pub fn runtime_folders(&self) -> Vec<PathBuf> {
        let usual = PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw()));
        let usual = Some(usual).filter(|p| p.is_dir());
        let state = self.state_home.clone().or_else(|| self.home.as_ref().map(|h| h.join(".local/state")));
        let mut folders: Vec<PathBuf> =
            [self.runtime_dir.clone(), usual].into_iter().flatten().map(|p| p.join("archtui")).collect();
        folders.dedup();
        folders.extend(state.map(|s| s.join("archtui/run")));
        folders
    }

    /// False if the locale names a character set and it is not UTF-8.
    pub fn says_utf8(&self) -> bool {
        self.locale.as_deref().is_none_or(|l| {
            let l = l.to_lowercase();
            l.contains("utf-8") || l.contains("utf8")
        })
    }
}

/// A fleet's name as one harmless folder name.
fn folder_name(fleet: &str) -> String {
    let clean: String = fleet
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .take(80)
        .collect();
    if clean.trim_matches('.').is_empty() { "fleet".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleets_name_cannot_leave_the_state_folder() {
        for (name, folder) in [
            ("architect-dashboard", "architect-dashboard"),
            ("../../x", ".._.._x"),
            ("..", "fleet"),
            ("", "fleet"),
        ] {
            assert_eq!(folder_name(name), folder);
        }
    }

    #[test]
    fn only_a_locale_that_names_another_character_set_is_refused() {
        let env = |l: Option<&str>| Env { locale: l.map(str::to_owned), ..Env::default() };
        assert!(
            env(None).says_utf8() && env(Some("C.UTF-8")).says_utf8() && env(Some("de_DE.utf8")).says_utf8()
        );
        assert!(
            !env(Some("C")).says_utf8()
                && !env(Some("POSIX")).says_utf8()
                && !env(Some("de_DE.ISO-8859-1")).says_utf8()
        );
    }
}
