//! `archtui sim-agent`: a simulated coding agent in the looks and with the keys of Claude Code 2.1.330, for the demo and
//! for tests. Hidden: nobody needs it by hand. It runs no command, calls no API and changes files only below `--scratch`.
//!
//! tmux takes the foreground program's name from its first argument, so a pane shows `claude` if this program is started
//! through a link of that name.

mod agent;
mod composer;
mod dialog;
mod dice;
mod keys;
mod log;
mod look;
mod note;
mod output;
mod paint;
mod record;
mod script;
mod stories;
mod terminal;
mod transcript;
mod world;

use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;

use super::{Fail, out};
use crate::config::Env;
use agent::{Agent, End};
use dice::Dice;
use log::Log;
use note::Note;
use record::Record;
use script::Script;
use stories::Source;
use world::{Nowhere, Scratch, World};

/// A simulated agent in this terminal.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose stories it lives through
    #[arg(long, value_enum, default_value_t = Role::Worker)]
    role: Role,
    /// The session's name: gives it an opening of its own, and its own share of chance
    #[arg(long, default_value = "")]
    session: String,
    /// The same seed, the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps from a file instead of stories
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Write what happens to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Keep a record of the conversation below $HOME/.claude, as Claude Code does
    #[arg(long)]
    record: bool,
    /// A scratch work tree in which approved steps really happen
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Commands that begin so run without asking, as if granted for good (again for each)
    #[arg(long, value_name = "WORDS")]
    granted: Vec<String>,
    /// Begin in the mode that edits without asking
    #[arg(long)]
    accept_edits: bool,
    /// Set the process name (what `ps` shows; tmux looks at the first argument instead)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// As the real one takes it: settings for this session
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// As the real one takes it: the mode to begin in
    #[arg(long, value_name = "MODE")]
    permission_mode: Option<String>,
    /// As the real one takes it: the conversation that goes on
    #[arg(long, value_name = "ID")]
    resume: Option<String>,
    /// As the real one takes it: the last conversation of this folder goes on
    #[arg(long = "continue")]
    goes_on: bool,
    /// Draw on the main screen, as versions up to 2.1.150 do
    #[arg(long)]
    main_screen: bool,
}

/// The tiers of the procedure, as the simulation knows them.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    Worker,
    Manager,
    Architect,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Manager => "manager",
            Self::Architect => "architect",
        }
    }
}

/// Plays the agent until it ends.
pub fn run(args: Args) -> Result<(), Fail> {
    if let Some(name) = &args.name {
        // Not vital, and not everywhere possible.
        let _ = fs::write("/proc/self/comm", name);
    }
    let mut dice = Dice::new(args.seed, &args.session);
    let source = match &args.script {
        None => Source::stories(args.role.word(), &args.session, &mut dice),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|e| Fail::usage(format!("{}: {e}", path.display()), "give a file of steps"))?;
            let script = Script::parse(&text)
                .map_err(|e| Fail::usage(format!("{}: {e}", path.display()), "mend the script"))?;
            Source::script(script)
        }
    };
    let world: Box<dyn World> = match args.scratch {
        Some(dir) => Box::new(Scratch::new(dir, Env::read().home.as_deref())),
        None => Box::new(Nowhere("~/simulated".to_owned())),
    };
    let io =
        |e: std::io::Error| Fail::failed(format!("the terminal or the log: {e}"), "run it in a terminal");
    let place = args.record.then(|| Env::read().home.zip(std::env::current_dir().ok())).flatten();
    let record = place.map(|(home, cwd)| Record::begin(&home, &cwd)).transpose().map_err(io)?;
    let mut log = Log::open(args.log.as_deref()).map_err(io)?.with_record(record);
    let now = terminal::now();
    if let Some(file) = args.settings.as_deref().filter(|f| !f.is_file()) {
        return Err(Fail::usage(format!("{}: no such file", file.display()), "as the real one says"));
    }
    log.write(now, &Note::Started { pid: std::process::id() });
    let agent = Agent::new(source, world, dice, now, terminal::second_of_day())
        .granted(args.granted, args.accept_edits || args.permission_mode.as_deref() == Some("acceptEdits"));
    match terminal::play(agent, &mut log, !args.main_screen).map_err(io)? {
        Some(End::Exit) => {
            out::line("\nResume this session with:\nclaude --resume 00000000-0000-4000-8000-000000000000");
            Ok(())
        }
        Some(End::Crash) => Err(Fail::failed(
            "RangeError: Maximum call stack size exceeded\n    at Wk (cli.js:2841:1021)\n    at async Sq (cli.js:911:88)",
            "(this crash is simulated)",
        )),
        None => Ok(()),
    }
}
