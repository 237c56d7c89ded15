//! `archtui init`: a commented archtui.toml, with the sessions that run now if asked for.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Fail, Global, out, setup, status};
use crate::app::state::Session;
use crate::config::{self, Env};
use crate::domain::fleet::adopt::{self, Seen, quoted};
use crate::domain::server::Server;
use crate::domain::status::State;
use crate::domain::text;
use crate::evidence::place;
use crate::evidence::proc::Proc;
use crate::ports::Processes;

/// Options of `archtui init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Take the sessions that run now into the roster, with guessed roles
    #[arg(long)]
    adopt: bool,
    /// Write this roster into it: sop, the nine sessions of the procedure
    #[arg(long, value_name = "NAME", conflicts_with = "adopt")]
    roster: Option<Rosters>,
    /// Print it instead of writing a file
    #[arg(long)]
    print: bool,
}

/// The rosters that ship with the program.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Rosters {
    /// The standard operating procedure's.
    Sop,
}

impl Rosters {
    const fn text(self) -> &'static str {
        match self {
            Self::Sop => include_str!("../../assets/rosters/sop.toml"),
        }
    }
}

/// Writes ./archtui.toml (or the file named by --config); an existing file is never overwritten.
pub fn run(global: &Global, args: &InitArgs) -> Result<(), Fail> {
    // The file to be written is not read: it need not exist yet.
    let reading = Global { config: None, ..global.clone() };
    let mut text = config::DEFAULT.to_owned();
    let (mut adopted, mut folders) = (0, Vec::new());
    if let Some(roster) = args.roster {
        text.push_str(&format!("\n{}", roster.text()));
        // All of them work here, unless that is changed.
        let here = Path::new(".").canonicalize().ok();
        folders.extend(here.iter().cycle().take(roster.text().matches("dir = \".\"").count()).cloned());
    }
    if args.adopt {
        let ground = setup::Ground::lay(&reading)?;
        let state = status::look_once(&ground, status::Trees::Not)?;
        if !matches!(state.server, Server::Up { .. }) {
            return Err(status::no_server(&ground, &state.server));
        }
        let processes = Proc::new(ground.env.home.as_deref());
        for session in named_once(&state.fleet.sessions) {
            let pane = session.pane.as_ref().filter(|_| session.state != State::Shell);
            // The kernel goes on naming a folder that was removed.
            let dir = pane.and_then(|p| processes.folder(p.identity)).filter(|d| d.is_dir());
            let seen = Seen { agent: session.agent(), dir: dir.as_deref() };
            text.push_str(&format!("\n{}", adopt::entry(session.name.as_str(), seen)));
            adopted += 1;
            folders.extend(dir);
        }
        if let Some(name) = &global.socket_name {
            text = text.replacen("socket = \"default\"", &format!("socket = {}", quoted(name)), 1);
        } else if let Some(path) = &global.socket_path {
            text = text.replacen(
                "socket = \"default\"",
                &format!("socket = {}", quoted(&path.display().to_string())),
                1,
            );
        }
    }
    if args.print {
        out::line(text.trim_end());
        return Ok(());
    }
    let file = global.config.clone().unwrap_or_else(|| PathBuf::from("archtui.toml"));
    let shown = file.display().to_string();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)
        .and_then(|mut f| f.write_all(text.as_bytes()));
    match written {
        Ok(()) if args.adopt => out::line(&format!(
            "wrote {shown} with {adopted} sessions; look at their tiers and commands, then run archtui"
        )),
        Ok(()) if args.roster.is_some() => {
            out::line(&format!("wrote {shown}; look at command and dir, then run archtui plan"));
        }
        Ok(()) => out::line(&format!("wrote {shown}; name your sessions in it, then run archtui")),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            return Err(Fail::failed(
                format!("{shown} exists already; nothing was written"),
                "move it away, name another with --config FILE, or see `archtui init --print`",
            ));
        }
        Err(e) => {
            return Err(Fail::failed(
                format!("{shown} cannot be written: {e}"),
                "name another with --config FILE",
            ));
        }
    }
    hides(&file);
    warn(&file, &folders);
    Ok(())
}

/// From here on it is read in the place of the person's own one.
fn hides(file: &Path) {
    let Some(own) = Env::read().config_dir().map(|dir| dir.join("archtui.toml")).filter(|own| own.exists())
    else {
        return;
    };
    if file == Path::new("archtui.toml") && own.canonicalize().ok() != file.canonicalize().ok() {
        out::line(&format!(
            "in this folder it is read instead of {}",
            text::printable(&own.display().to_string())
        ));
    }
}

/// What an agent can write may not loosen its own rules: whoever writes the config there should know.
fn warn(file: &Path, folders: &[PathBuf]) {
    let home = Env::read().home;
    let Ok(file) = file.canonicalize() else { return };
    let reached = folders.iter().filter(|dir| place::holds(dir, home.as_deref(), &file)).count();
    if reached > 0 {
        out::line(&format!(
            "it lies in the work tree of {reached} of them, where nothing is confirmed but by you:"
        ));
        out::line("  mkdir -p ~/.config/archtui && mv archtui.toml ~/.config/archtui/");
    }
}

/// One session per name: further panes of a session are not sessions of their own.
fn named_once(sessions: &[Session]) -> impl Iterator<Item = &Session> {
    sessions
        .iter()
        .enumerate()
        .filter(|(i, s)| !sessions[..*i].iter().any(|o| o.name == s.name))
        .map(|(_, s)| s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_roster_of_the_procedure_can_be_written() {
        let text = format!("{}\n{}", config::DEFAULT, Rosters::Sop.text());
        assert_eq!(Config::layered(&text, "f").expect("sound").session.len(), 9);
    }

    #[test]
    fn any_name_can_be_written_and_read_back() {
        for name in ["plain", "with \"quotes\"", "a'b", "back\\slash", "ümlaut 漢"] {
            let text = format!("{}\n[[session]]\nname = {}\n", config::DEFAULT, quoted(name));
            let c = Config::layered(&text, "f").expect(name);
            assert_eq!(c.session[0].name.as_deref(), Some(name));
        }
    }
}
