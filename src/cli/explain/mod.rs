//! `archtui explain`: why a session, or a screen in a file, reads as it does: what was matched where, the dialog, the
//! verdict and its rule. How it is printed is for `print`.

mod print;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Fail, Global, out, policy, setup, status};
use crate::app::state::Session;
use crate::config::{Env, files};
use crate::domain::agent::Agents;
use crate::domain::ansi;
use crate::domain::policy::{PRESETS, Verdict};
use crate::domain::read::{Facts, Reading, read};
use crate::domain::screen::{Cursor, Screen};
use crate::domain::server::Server;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::evidence::rules::Rules;
use crate::ports::{Asks, Keeps, Processes, Works};

/// Bytes of a file that are read: a capture of the widest and highest pane is far smaller.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Lines of a file that are read, counted from its end.
const MAX_LINES: usize = 2000;

/// Why this state: what was matched where (rows count from 0), the dialog, the verdict and the rule.
#[derive(Debug, Args)]
#[command(
    override_usage = "archtui explain [OPTIONS] <SESSION>\n       archtui explain [OPTIONS] --file <SCREEN>..."
)]
pub struct Explain {
    /// A session that runs now, or its pane (%3)
    #[arg(value_name = "SESSION", required_unless_present = "files", conflicts_with = "files")]
    session: Option<String>,
    /// A file that holds what `tmux capture-pane -p` (better `-p -e`) printed, or - for standard input;
    /// several give one result each
    #[arg(long = "file", value_name = "SCREEN", num_args = 1..)]
    files: Vec<PathBuf>,
    /// The agent that draws it; without it the agent is recognised.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The pane's size.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u16, u16)>,
    /// The cursor's place, from 0,0 at the top left.
    #[arg(long, value_name = "X,Y", value_parser = cursor)]
    cursor: Option<(u16, u16)>,
    /// The pane's title.
    #[arg(long, value_name = "TEXT", default_value = "")]
    title: String,
    /// The pane's foreground process.
    #[arg(long, value_name = "NAME")]
    command: Option<String>,
    /// The rules to judge by [default: the session's if a config names them, else sop]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PRESETS))]
    preset: Option<String>,
    /// The folder in which the agent was started; without it every path is outside the work tree
    #[arg(long, value_name = "DIR")]
    cwd: Option<PathBuf>,
    /// One JSON object a line, schema archtui.explain/1
    #[arg(long)]
    json: bool,
}

fn size(s: &str) -> Result<(u16, u16), String> {
    pair(s, 'x').ok_or_else(|| "a size is WIDTHxHEIGHT, like 80x24".to_owned())
}

fn cursor(s: &str) -> Result<(u16, u16), String> {
    pair(s, ',').ok_or_else(|| "a cursor is X,Y, like 0,23".to_owned())
}

fn pair(s: &str, by: char) -> Option<(u16, u16)> {
    let (a, b) = s.split_once(by)?;
    Some((a.parse().ok()?, b.parse().ok()?))
}

impl Explain {
    /// Reads the files and tells of each; the first that cannot be read ends it, after those before were told.
    pub fn run(self, global: &Global) -> Result<(), Fail> {
        if let Some(name) = &self.session {
            return self.session(name, global);
        }
        let agents = &manifests()?;
        let ground = setup::Ground::lay(global)?;
        let rules = policy::rules(&ground)?;
        let by = policy::preset(&ground, false, self.preset.as_deref());
        if let Some(name) = &self.agent
            && agents.get(name).is_none()
        {
            let known: Vec<&str> = agents.iter().map(|m| m.name.as_str()).collect();
            return Err(Fail::usage(
                format!("no agent is called {name:?}"),
                format!("known are {}", known.join(", ")),
            ));
        }
        for file in &self.files {
            let screen = self.screen(file)?;
            let facts = Facts {
                title: text::printable(&self.title),
                command: self.command.clone(),
                agent: self.agent.clone(),
                ..Facts::default()
            };
            let reading = read(&screen, &facts, agents);
            let shown = file.to_string_lossy();
            let verdict = verdict(&rules, by, &reading, self.asks(SessionName::new(""), None));
            let named = (self.json || self.files.len() > 1).then_some(("file", &*shown));
            self.tell(named, &reading, &verdict, by.unwrap_or_default());
        }
        Ok(())
    }

    /// One look at a running session.
    fn session(&self, name: &str, global: &Global) -> Result<(), Fail> {
        let ground = setup::Ground::lay(global)?;
        let state = status::look_once(&ground, status::Trees::Not)?;
        if !matches!(state.server, Server::Up { .. }) {
            return Err(status::no_server(&ground, &state.server));
        }
        let called = |s: &&Session| {
            s.label == name || s.pane.as_ref().is_some_and(|p| p.identity.id.to_string() == name)
        };
        let Some(session) = state.fleet.sessions.iter().find(called) else {
            let labels = state.fleet.sessions.iter().map(|s| s.label.as_str());
            let hint = match text::nearest(name, labels) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "`archtui status` lists them".to_owned(),
            };
            return Err(Fail::not_found(format!("no session is called \"{}\"", text::printable(name)), hint));
        };
        let reading = believed(session);
        let rules = policy::rules(&ground)?;
        let by = policy::preset(&ground, true, self.preset.as_deref());
        let pane = session.pane.as_ref().map(|p| p.identity);
        let verdict = verdict(&rules, by, &reading, self.asks(session.name.clone(), pane));
        let preset = by.map_or_else(|| rules.preset(&session.name), str::to_owned);
        self.tell(self.json.then_some(("session", name)), &reading, &verdict, &preset);
        Ok(())
    }

    /// Who asks: the agent of a pane where it works, unless another folder was named.
    fn asks(&self, session: SessionName, pane: Option<PaneIdentity>) -> Asks {
        let Works { folder, keeps, surroundings } = match (self.cwd.as_deref(), pane) {
            (Some(dir), _) => Works { folder: dir.canonicalize().ok(), ..Works::default() },
            (None, Some(pane)) => {
                let proc = Proc::new(None);
                let works = proc.works(pane);
                let keeps = works.keeps.map(|k| Keeps { conversation: proc.conversation(pane), ..k });
                Works { keeps, ..works }
            }
            (None, None) => Works::default(),
        };
        Asks { session, agent: None, cwd: folder, gone_to: None, keeps, surroundings }
    }

    fn tell(&self, named: Option<(&str, &str)>, reading: &Reading, verdict: &Verdict, preset: &str) {
        if self.json {
            print::json(named, reading, verdict);
        } else {
            print::plain(named, reading, verdict, preset);
        }
    }

    fn screen(&self, file: &Path) -> Result<Screen, Fail> {
        let mut bytes = Vec::new();
        let mut read = |from: &mut dyn Read| from.take(MAX_FILE).read_to_end(&mut bytes);
        let done = if file == Path::new("-") {
            read(&mut std::io::stdin())
        } else {
            File::open(file).and_then(|mut f| read(&mut f))
        };
        done.map_err(|e| {
            Fail::not_found(
                format!("{}: {e}", file.display()),
                "give a file that tmux capture-pane -p -e printed",
            )
        })?;
        let (width, height) = self.size.unwrap_or_default();
        let mut screen = ansi::parse(last_lines(&bytes), width, height);
        screen.cursor = self.cursor.map(|(x, y)| Cursor { x, y, visible: true });
        Ok(screen)
    }
}

/// What the rules say of the dialog, asked as whoever acts asks them; without one there is nothing to judge.
fn verdict(rules: &Rules, preset: Option<&str>, reading: &Reading, asks: Asks) -> Verdict {
    let Some(dialog) = &reading.dialog else {
        return Verdict::nothing_asks();
    };
    let asks = Asks { agent: reading.agent.clone(), ..asks };
    let judged = rules.by_record(&asks, dialog, preset, true);
    judged.map_or_else(|| Verdict::unjudged("nothing was said of it"), |j| j.verdict)
}

/// What is believed of a session: what its screen says, unless that has not lasted or there is no screen.
fn believed(session: &Session) -> Reading {
    let mut reading = session.tracker.reading().clone();
    if reading.state != session.state {
        if session.screen.is_some() {
            let says = format!("the screen says {}: not believed before it lasts", reading.state.word());
            reading.evidence.insert(0, says);
        } else {
            reading.evidence.clone_from(&session.why);
            reading.confidence = 1.0;
        }
        reading.state = session.state;
    }
    reading
}

/// The end of a file that is longer than any pane is high.
fn last_lines(bytes: &[u8]) -> &[u8] {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let breaks = body.iter().enumerate().rev().filter(|(_, b)| **b == b'\n');
    breaks.map(|(i, _)| i + 1).nth(MAX_LINES).map_or(bytes, |from| &bytes[from..])
}

/// The manifests in force: the user's own win; a broken one is told, and the built-in one stays.
fn manifests() -> Result<Agents, Fail> {
    let folder = Env::read().config_dir();
    let own = files::agents(folder.as_slice())?;
    let (agents, errors) =
        Agents::builtin().with_overrides(own.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    for e in errors {
        out::complain(&format!("archtui: {e}; the built-in manifest stays in force"));
    }
    Ok(agents)
}
