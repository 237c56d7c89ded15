//! `archtui hooks`: puts our hook into an agent's settings, takes it out again, says how it stands. Shows the change, asks,
//! keeps a backup, touches nothing else. For people: refused where an agent runs it.

mod diff;
mod edit;
mod file;
mod json;
pub(super) mod words;

use std::io::{IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Fail, Global, out, setup, who};
use crate::config::Env;
use crate::domain::agent::Agents;
use crate::domain::text;
use crate::evidence::proc::Proc;
use edit::Fault;
use file::Settings;

/// What to do with the hook.
#[derive(Debug, clap::Subcommand)]
pub enum HooksCommand {
    /// Put our hook into an agent's settings
    Install(Change),
    /// Take it out again
    Uninstall(Change),
    /// Say how it stands; exit code 3 if it is not installed, 4 if it cannot work
    Status(Which),
    /// Print settings with our hook alone, for one session: claude --settings FILE
    Settings,
}

/// Whose settings.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The agent
    #[arg(long, value_enum, default_value_t)]
    agent: Agent,
    /// The settings file, instead of the agent's own
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// A change of settings.
#[derive(Debug, clap::Args)]
pub struct Change {
    #[command(flatten)]
    which: Which,
    /// Write without asking
    #[arg(long)]
    yes: bool,
}

/// Agents whose hooks can answer.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Agent {
    /// Claude Code, from 2.1 on
    #[default]
    Claude,
}

/// Does it.
pub fn run(global: &Global, command: &HooksCommand) -> Result<(), Fail> {
    let env = Env::read();
    match command {
        HooksCommand::Install(change) => {
            only_a_person(global, &env, "hooks install")?;
            let program = program(&env)?;
            let told = Told { already: "our hook is installed already", now: "our hook is installed" };
            changed(&env, change, told, |text| edit::installed(text, &program))
        }
        HooksCommand::Uninstall(change) => {
            only_a_person(global, &env, "hooks uninstall")?;
            let told = Told { already: "our hook is not installed", now: "our hook is taken out" };
            changed(&env, change, told, edit::uninstalled)
        }
        HooksCommand::Status(which) => status(&env, which),
        HooksCommand::Settings => {
            out::line(&settings(&env)?);
            Ok(())
        }
    }
}

/// The settings with our hook alone, for one session.
pub(super) fn settings(env: &Env) -> Result<String, Fail> {
    let settings = edit::settings(&program(env)?);
    Ok(serde_json::to_string_pretty(&settings).expect("strings and numbers"))
}

/// How the hook stands, in words: where there was nothing to do, and where it was done.
struct Told {
    already: &'static str,
    now: &'static str,
}

fn changed(
    env: &Env,
    change: &Change,
    told: Told,
    edit: impl Fn(&str) -> Result<String, Fault>,
) -> Result<(), Fail> {
    let settings = Settings::read(&path(env, &change.which)?)?;
    let shown = shown(&settings.path);
    if let Some(link) = &settings.link {
        out::line(&format!("{} is a link to {shown}", self::shown(link)));
    }
    let old = settings.text.as_deref();
    // A file that is not there says as much as an empty object, and is made only if it is to say more.
    let text = old.unwrap_or("{}");
    let new = edit(text).map_err(|fault| refused(&shown, text, &fault))?;
    if new == text {
        out::line(&format!("{shown}: {}; nothing was changed", told.already));
        return Ok(());
    }
    let new = if old.is_none() { format!("{new}\n") } else { new };
    out::line(&shown);
    for line in diff::lines(old.unwrap_or_default(), &new) {
        out::line(&line);
    }
    if !change.yes {
        agreed()?;
    }
    #[expect(clippy::disallowed_methods, reason = "the backup is named after the time")]
    let backup = settings.replace(&new, Timestamp::now())?;
    out::line(&format!("{shown}: {}; sessions that are started from now on read it so", told.now));
    if let Some(backup) = backup {
        out::line(&format!("the old one is {}", self::shown(&backup)));
    }
    Ok(())
}

fn agreed() -> Result<(), Fail> {
    if !std::io::stdin().is_terminal() {
        return Err(Fail::usage(
            "nobody can be asked here; nothing was changed",
            "say --yes if it is to be written",
        ));
    }
    let _ = write!(std::io::stdout().lock(), "Write this? [y/N] ").and_then(|()| std::io::stdout().flush());
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    if read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
        Ok(())
    } else {
        Err(Fail::failed("nothing was changed", "run it again and answer y, or say --yes"))
    }
}

fn refused(shown: &str, text: &str, fault: &Fault) -> Fail {
    let why = match fault {
        Fault::NotJson => not_json(text),
        Fault::Form(form) => (*form).to_owned(),
        Fault::Twice(key) => format!("\"{}\" stands twice in it", text::printable(key)),
    };
    Fail::failed(
        format!("{shown}: {why}; nothing was changed"),
        "mend the file, or name another with --settings FILE",
    )
}

/// Where a text ceases to be JSON. What stands there may be a secret and is not told.
fn not_json(text: &str) -> String {
    let line = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Err(e) if e.line() > 0 => e.line(),
        _ => return "it is not valid JSON".to_owned(),
    };
    let there = text.lines().nth(line - 1).unwrap_or_default();
    let comment = there.contains("//") || there.contains("/*");
    let comment = if comment { ", which has no comments" } else { "" };
    format!("line {line} is not valid JSON{comment}")
}

fn status(env: &Env, which: &Which) -> Result<(), Fail> {
    let settings = Settings::read(&path(env, which)?)?;
    let shown = shown(&settings.path);
    let old = settings.text.as_deref().unwrap_or("{}");
    let ours = edit::commands(old).map_err(|fault| refused(&shown, old, &fault))?;
    if let Some(missing) = edit::EVENTS.iter().find(|event| !ours.iter().any(|(e, _)| e == *event)) {
        return Err(Fail::not_found(
            format!("{shown}: our hook is not installed ({missing})"),
            "archtui hooks install shows what it would write",
        ));
    }
    let mut fault = edit::is_off(old).then_some("all hooks are switched off there (disableAllHooks)");
    for (event, command) in &ours {
        let program = Path::new(command.first().map_or("", String::as_str));
        let runs = |p: &Path| p.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
        let found = program.is_absolute() && runs(program);
        out::line(&format!("{shown}: {event} runs {}", self::shown(program)));
        if !found {
            fault = Some("that program is not there");
        }
    }
    match fault {
        None => Ok(()),
        Some(why) => {
            out::line(&format!("it cannot work: {why}; archtui hooks install mends the path"));
            Err(Fail::findings())
        }
    }
}

/// The settings file meant.
fn path(env: &Env, which: &Which) -> Result<PathBuf, Fail> {
    let Agent::Claude = which.agent;
    let own = || {
        let folder = env.claude_config.clone().or_else(|| env.home.as_ref().map(|h| h.join(".claude")));
        folder.map(|f| f.join("settings.json"))
    };
    let hint = "name it with --settings FILE";
    which
        .settings
        .clone()
        .or_else(own)
        .ok_or_else(|| Fail::failed("the settings file is not known: HOME is not set", hint))
}

/// How the hook calls us: by the name in `$PATH` that leads here, since that outlives an update, else by where we lie.
fn program(env: &Env) -> Result<String, Fail> {
    let hint = "install archtui in a folder of your PATH";
    let own = std::env::current_exe()
        .map_err(|e| Fail::failed(format!("our own program is not known: {e}"), hint))?;
    let named = env.path.as_deref().unwrap_or_default().split(':').map(Path::new).filter(|p| p.is_absolute());
    let found =
        named.map(|p| p.join("archtui")).find(|p| p.canonicalize().is_ok_and(|p| p == own)).unwrap_or(own);
    match found.to_str() {
        Some(path) if path.ends_with("/archtui") && !path.contains(char::is_control) => Ok(path.to_owned()),
        _ => Err(Fail::failed(format!("{} is no path that a hook can call us by", shown(&found)), hint)),
    }
}

/// Refuses where an agent runs it, in a pane of the fleet or anywhere: settings of agents are for people.
pub(super) fn only_a_person(global: &Global, env: &Env, what: &str) -> Result<(), Fail> {
    let proc = Proc::new(env.home.as_deref());
    let agents = Agents::builtin();
    let above = proc.ancestry(std::process::id()).into_iter().skip(1);
    let mut above = above.map(|stat| (stat.pid, proc.called(&stat)));
    match above.find(|(_, name)| agents.by_process(name).is_some_and(|m| !m.is_generic())) {
        Some((pid, name)) => Err(Fail::failed(
            format!("{what} is for people: {name} (pid {pid}) runs this"),
            "run it yourself, in a terminal without an agent",
        )),
        None => who::only_a_person(&setup::Ground::lay(global)?, what),
    }
}

fn shown(path: &Path) -> String {
    text::printable(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_that_cannot_be_read_is_told_by_its_line() {
        for (text, told) in [
            ("// mine\n{}", "line 1 is not valid JSON, which has no comments"),
            (
                "{\n  \"model\": \"opus\", // why\n  \"a\": 1\n}",
                "line 2 is not valid JSON, which has no comments",
            ),
            ("{\n  \"token\": \"secret\",\n}", "line 3 is not valid JSON"),
            ("", "line 1 is not valid JSON"),
        ] {
            assert_eq!(not_json(text), told, "{text}");
        }
    }
}
