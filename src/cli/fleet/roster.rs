//! What the roster wants, with what disk and `PATH` say of it: folders that are there, programs that can be started.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli::hooks::words;
use crate::cli::{Fail, hooks, setup};
use crate::config::SessionConfig;
use crate::config::values::TierWord;
use crate::domain::agent::Agents;
use crate::domain::branch::RuleBook;
use crate::domain::fleet::Wanted;
use crate::domain::roster::{Roster, Tier};
use crate::domain::session::SessionName;
use crate::domain::task::{Refusal, TaskText};
use crate::git::tree::Place;
use crate::runtime::clock;

/// The agent that takes our hook, and a mode, by its command line.
const CLAUDE: &str = "claude";

/// Whether workers get work trees of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trees {
    /// Those that have one are started in it.
    AsTheyAre,
    /// Those that have none get one.
    Make,
}

/// Everything that the roster says of its sessions.
pub fn wanted(ground: &setup::Ground, trees: Trees) -> Result<Vec<Wanted>, Fail> {
    let agents = ground.agents()?;
    let config = &ground.loaded.config;
    let rules = ground.rules()?;
    let roster = config.roster();
    let one = |s: &SessionConfig| {
        let want = session(s, ground, &agents, &roster);
        own_tree(want, s, trees, &rules)
    };
    Ok(config.session.iter().map(one).collect())
}

fn session(s: &SessionConfig, ground: &setup::Ground, agents: &Agents, roster: &Roster) -> Wanted {
    let name = s.called().to_owned();
    let folder = s.dir.as_deref().map(|dir| folder(dir, ground));
    let start_in = match &folder {
        Some(Ok(folder)) => PathBuf::from(folder),
        _ => ground.base(),
    };
    let words = s.command.as_deref().and_then(words::split);
    let program = words.as_ref().and_then(|w| w.first()).and_then(|p| p.rsplit('/').next());
    let known = program.and_then(|p| agents.by_process(p)).filter(|m| !m.is_generic());
    let agent = s.agent.clone().or_else(|| known.map(|m| m.name.clone()));
    let start = start(s, words, agent.as_deref(), &start_in, ground);
    let excluded = roster.is_excluded(&SessionName::new(&name));
    let role = s.prompt.as_deref().filter(|p| !p.trim().is_empty() && !excluded);
    let start = match role.map(TaskText::new) {
        Some(Err(why)) => {
            let why = Refusal::Text(why).what();
            start.and(Err(format!("its role prompt cannot be sent: {why}")))
        }
        _ => start,
    };
    Wanted { has_role: role.is_some(), protected: s.protected, name, agent, folder, tree: None, start }
}

/// A worker that has a work tree of its own is started there; one that has none gets one, where that is asked for.
fn own_tree(mut want: Wanted, s: &SessionConfig, trees: Trees, rules: &RuleBook) -> Wanted {
    let tier = s.tier.as_ref().and_then(TierWord::known);
    let Some(Ok(folder)) = &want.folder else { return want };
    if tier != Some(Tier::Worker) || want.is_pattern() {
        return want;
    }
    match Place::of(Path::new(folder), &want.name) {
        Ok(Some(place)) if place.exists => {
            want.folder = Some(
                place
                    .folder()
                    .to_str()
                    .map(str::to_owned)
                    .ok_or_else(|| "its work tree has a name that is not plain text".to_owned()),
            );
        }
        Ok(Some(place)) if trees == Trees::Make => {
            let rules = rules.of(tier.map(Tier::word), s.role.as_deref());
            let today = clock::now().local.date();
            let branch = rules.pattern.mend(&want.name, &rules.types, today);
            let branch = branch.ok_or_else(|| "no branch can be named after it".to_owned());
            want.tree = Some(branch.and_then(|b| place.plan(&b, &rules.base)));
        }
        Ok(None) if trees == Trees::Make => {
            want.tree = Some(Err(format!("{folder} is in no git repository")));
        }
        Err(why) if trees == Trees::Make => want.tree = Some(Err(why)),
        _ => {}
    }
    want
}

/// A folder as the system names it, or why it is none.
fn folder(dir: &str, ground: &setup::Ground) -> Result<String, String> {
    let path = ground.path(dir);
    let shown = crate::domain::text::printable(&path.display().to_string());
    match path.canonicalize() {
        Ok(real) if real.is_dir() => match real.to_str() {
            Some(real) if !real.contains(char::is_control) => Ok(real.to_owned()),
            _ => Err(format!("the folder {shown} has a name that is not plain text")),
        },
        Ok(_) => Err(format!("{shown} is not a folder")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("the folder {shown} does not exist"))
        }
        Err(e) => Err(format!("the folder {shown}: {e}")),
    }
}

/// What is started: the command's words with our own added, or a shell for what is more than words.
fn start(
    s: &SessionConfig,
    words: Option<Vec<String>>,
    agent: Option<&str>,
    folder: &Path,
    ground: &setup::Ground,
) -> Result<Vec<String>, String> {
    let Some(command) = s.command.as_deref().filter(|c| !c.trim().is_empty()) else {
        return Err("the roster says no command for it".to_owned());
    };
    if command.contains(char::is_control) {
        return Err("its command has characters that no command has".to_owned());
    }
    let claude = agent == Some(CLAUDE);
    let Some(mut argv) = words.filter(|w| !w.is_empty()) else {
        if s.permission_mode.is_some() {
            return Err("its command is a line for a shell: say the permission mode in it".to_owned());
        }
        return Ok(["/bin/sh", "-c", command].map(str::to_owned).to_vec());
    };
    let has = |argv: &[String], flag: &str| {
        argv.iter().any(|a| a == flag || a.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')))
    };
    let path = s.env.get("PATH").or(ground.env.path.as_ref());
    found(&argv[0], path.map_or("", String::as_str), folder)?;
    match &s.permission_mode {
        Some(_) if !claude => return Err("permission_mode is for claude".to_owned()),
        Some(mode) if !has(&argv, "--permission-mode") => {
            argv.extend(["--permission-mode".to_owned(), mode.clone()]);
        }
        _ => {}
    }
    if claude && !has(&argv, "--settings") {
        let file = settings_file(ground).ok_or("there is no folder for state")?;
        argv.extend(["--settings".to_owned(), file.display().to_string()]);
    }
    Ok(argv)
}

/// True if a command is a line for a shell.
pub fn is_shell(argv: &[String]) -> bool {
    matches!(argv, [sh, c, _] if sh == "/bin/sh" && c == "-c")
}

/// Whether a program is there, as the system would look for it.
fn found(program: &str, path: &str, folder: &Path) -> Result<(), String> {
    let runs = |p: &Path| fs::metadata(p).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    let there = if program.contains('/') {
        runs(&folder.join(program))
    } else {
        path.split(':').any(|dir| runs(&Path::new(dir).join(program)))
    };
    if there {
        return Ok(());
    }
    let place = if program.contains('/') { "there" } else { "on the PATH" };
    Err(format!("its command is not found: {} is not {place}", crate::domain::text::printable(program)))
}

/// The file with our hook that sessions get by their command line.
fn settings_file(ground: &setup::Ground) -> Option<PathBuf> {
    ground.env.state_dir(&ground.loaded.config.fleet.name).map(|d| d.join("hooks-claude.json"))
}

/// Writes that file, if it does not say so already.
pub fn write_settings(ground: &setup::Ground) -> Result<(), Fail> {
    let dir = ground.state_dir()?;
    let file = dir.join("hooks-claude.json");
    let text = hooks::settings(&ground.env)? + "\n";
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    // Whole or not at all: an agent may be reading it.
    let new = dir.join(format!("hooks-claude.json.{}", std::process::id()));
    fs::write(&new, text).and_then(|()| fs::rename(&new, &file)).map_err(|e| {
        Fail::failed(format!("{} cannot be written: {e}", file.display()), "make the state folder writable")
    })
}

/// The environment that a session gets beside the server's: where its programs are, and what the roster says.
pub fn env(s: &SessionConfig, ground: &setup::Ground) -> Vec<(String, String)> {
    let mut env: BTreeMap<String, String> = s.env.clone();
    if let Some(path) = &ground.env.path {
        env.entry("PATH".to_owned()).or_insert_with(|| path.clone());
    }
    env.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_the_system_finds_them() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("bin")).expect("made");
        for (name, mode) in [("bin/agent", 0o755), ("bin/text", 0o644)] {
            fs::write(at(name), "").expect("written");
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).expect("set");
        }
        let path = format!("/nowhere:{}", at("bin").display());
        for (program, want) in [
            ("agent", true),
            ("text", false),
            ("bin", false),
            ("agen", false),
            ("bin/agent", true),
            ("./bin/agent", true),
            ("./agent", false),
            ("/nowhere/agent", false),
        ] {
            assert_eq!(found(program, &path, dir.path()).is_ok(), want, "{program}");
        }
    }
}
