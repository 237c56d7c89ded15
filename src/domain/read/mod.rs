//! What one screen tells: which agent, what it does, what it asks. Pure: the same screen and facts give the same
//! reading. What a screen cannot tell is `unknown`; what happens over time is for `domain::track`.

mod attempt;
mod block;
mod choices;
mod composer;
mod dialog;
mod field;
mod line;
mod live;
mod panel;
mod shell;
mod subject;
mod unwrap;
mod whole;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::agent::{Agents, Manifest};
use super::dialog::Dialog;
use super::health::Trouble;
use super::screen::{Screen, Style};
use super::status::State;
use attempt::Attempt;

/// Silence after which a weak sign of work no longer counts.
const SILENCE: Duration = Duration::from_secs(5);

/// What is known of a pane beside its screen. Everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The window title.
    pub title: String,
    /// Name of the foreground process.
    pub command: Option<String>,
    /// The agent, told by config or the process tree.
    pub agent: Option<String>,
    /// What the agent's own session file says.
    pub report: Option<SelfReport>,
    /// Time since the last output.
    pub quiet: Option<Duration>,
    /// For how long the agent says that it waits.
    pub waits: Option<Duration>,
    /// How long the foreground process has been running.
    pub age: Option<Duration>,
    /// The pane's program has ended, and tmux keeps what it showed.
    pub dead: bool,
}

impl Facts {
    /// True if nothing but time went on between them.
    fn same_but_for_time(&self, before: &Self) -> bool {
        let Self { title, command, agent, report, dead, quiet: _, waits: _, age: _ } = self;
        (title, command, agent) == (&before.title, &before.command, &before.agent)
            && (report, dead) == (&before.report, &before.dead)
    }
}

/// What an agent says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfReport {
    /// What it does.
    pub status: SelfStatus,
    /// What it waits for, in its own words.
    pub waiting_for: Option<String>,
    /// Since when, in milliseconds since 1970, by its own clock.
    pub since_ms: Option<u64>,
}

/// The states that an agent's own file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SelfStatus {
    /// Nothing runs.
    Idle,
    /// Something runs. Also said while it retries, and while its screen shows no sign of work.
    Busy,
    /// It waits for a choice. Start-up dialogs come before the file does.
    Waiting,
    /// A shell command of the person runs.
    Shell,
}

/// What was typed into a composer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composer {
    /// The unsent text; empty where only a placeholder stands.
    pub text: String,
    /// The glyph of its prompt, where what is written there is a command for the shell, or a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<char>,
    /// Colours told typed text from a placeholder; without them a known placeholder is told by its words.
    #[serde(skip)]
    pub certain: bool,
    /// First row of the composer's frame, 0-based.
    #[serde(skip)]
    pub row: u16,
    /// It holds one paste that the agent does not show, and nothing else.
    #[serde(skip)]
    pub pasted: Option<Pasted>,
}

/// A paste for which an agent shows a word of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pasted {
    /// Lines that it says it has.
    pub lines: Option<usize>,
    /// Characters that it says it has.
    pub chars: Option<usize>,
}

/// What one screen tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The agent's name, where it was told or recognised.
    pub agent: Option<String>,
    /// What the session does.
    pub state: State,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// What was matched where, strongest first.
    pub evidence: Vec<String>,
    /// What it asks.
    #[serde(with = "whole::dialog")]
    pub dialog: Option<Dialog>,
    /// The composer, where one is on the screen.
    #[serde(with = "whole::composer")]
    pub composer: Option<Composer>,
    /// Permission mode, where the footer shows it.
    pub mode: Option<String>,
    /// Percent of the context that is left, where it is shown.
    pub context_left: Option<u8>,
    /// Tokens, where they are shown.
    pub tokens: Option<u64>,
    /// Number of the pull request, where it is shown.
    pub pull_request: Option<u32>,
    /// Lines added and removed, where they are shown.
    pub diff: Option<(u32, u32)>,
    /// The agent's version, while its banner is on the screen.
    pub version: Option<String>,
    /// What is wrong, where a cue told an error.
    pub trouble: Option<Trouble>,
    /// Time since the last output, as it was told.
    pub quiet: Option<Duration>,
    /// For how long the agent says that it waits: dialogs blink, so output tells nothing of that.
    #[serde(default)]
    pub waits: Option<Duration>,
    /// How long the agent has been running, where its process was told.
    pub age: Option<Duration>,
}

/// Reads a screen.
pub fn read(screen: &Screen, facts: &Facts, agents: &Agents) -> Reading {
    let lines = line::lines(screen);
    let plain = screen.rows.iter().all(|r| r.runs().all(|(_, s)| s == Style::default()));
    let told = facts
        .agent
        .as_deref()
        .and_then(|a| agents.get(a))
        .or_else(|| facts.command.as_deref().and_then(|c| agents.by_process(c)));
    let view = attempt::View { screen, lines: &lines, facts, plain };
    let mut reading = match told {
        Some(manifest) => settle(Attempt::new(&view, manifest), manifest, &view, true),
        None if facts.command.as_deref().is_some_and(shell::runs_no_agent) => Reading {
            state: State::Shell,
            confidence: 0.9,
            evidence: vec![format!(
                "the foreground process is {}, no agent",
                facts.command.as_deref().unwrap_or_default()
            )],
            ..Reading::default()
        },
        None => recognised(&view, agents),
    };
    if let (None, Some(told)) = (&reading.agent, &facts.agent) {
        reading.agent = Some(told.clone());
    }
    if facts.dead {
        reading = left_behind(&reading, 0.99, "its program has ended; tmux keeps what it showed".to_owned());
    } else if let Some(shell) = facts.command.as_deref().filter(|c| shell::is_shell(c)) {
        // An agent that a shell script started is looked for below the script: here the shell is alone.
        if !matches!(reading.state, State::Exited | State::Shell) {
            let why = format!("{} has the terminal: what an agent drew is left of it", text_of(shell));
            // It may have the terminal for a moment only.
            reading = left_behind(&reading, 0.85, why);
        }
    }
    doubt_others(&mut reading, facts, agents);
    believe_report(&mut reading, facts);
    (reading.quiet, reading.waits) = (facts.quiet, facts.waits);
    reading.age = facts.age.filter(|_| runs(facts, agents));
    reading
}

/// Reads the same screen once more: where nothing but time went on, what was read before still stands.
pub fn read_again(
    screen: &Screen,
    facts: &Facts,
    agents: &Agents,
    (before, reading): (&Facts, &Reading),
) -> Reading {
    let silent = |f: &Facts| f.quiet.is_some_and(|q| q >= SILENCE);
    if silent(facts) != silent(before) || !facts.same_but_for_time(before) {
        return read(screen, facts, agents);
    }
    let age = facts.age.filter(|_| runs(facts, agents));
    Reading { quiet: facts.quiet, waits: facts.waits, age, ..reading.clone() }
}

/// A process's name for a sentence.
fn text_of(name: &str) -> String {
    super::text::fit(&super::text::printable(name), 40)
}

/// What is read of a pane whose program has ended: who it was, and nothing that it showed.
fn left_behind(reading: &Reading, confidence: f32, why: String) -> Reading {
    Reading {
        agent: reading.agent.clone(),
        state: if reading.agent.is_some() { State::Exited } else { State::Shell },
        confidence,
        evidence: vec![why],
        version: reading.version.clone(),
        ..Reading::default()
    }
}

/// What another program shows is not the agent's to be answered, whatever it looks like.
fn doubt_others(reading: &mut Reading, facts: &Facts, agents: &Agents) {
    let (Some(dialog), Some(command)) = (&mut reading.dialog, facts.command.as_deref()) else { return };
    if dialog.complete && !runs(facts, agents) && shell::runs_no_agent(command) {
        dialog.complete = false;
        reading.confidence = 0.3;
        let name = text_of(command);
        reading.evidence.push(format!("not complete: the foreground process is {name}, not the agent"));
    }
}

/// True if the foreground process is an agent's.
fn runs(facts: &Facts, agents: &Agents) -> bool {
    facts.command.as_deref().is_some_and(|c| agents.by_process(c).is_some())
}

/// The reading of the manifest that the screen fits best, if any.
fn recognised(view: &attempt::View<'_>, agents: &Agents) -> Reading {
    let best = agents.iter().map(|m| (Attempt::new(view, m), m)).fold(
        None,
        |best: Option<(Attempt, &Manifest)>, next| match best {
            Some(b) if b.0.score >= next.0.score => Some(b),
            _ => Some(next),
        },
    );
    match best {
        Some((attempt, manifest)) if attempt.score > 0 => settle(attempt, manifest, view, false),
        _ => nobody(view),
    }
}

fn settle(attempt: Attempt, manifest: &Manifest, view: &attempt::View<'_>, told: bool) -> Reading {
    let mut reading = attempt.reading;
    if told || !manifest.is_generic() {
        reading.agent = Some(manifest.name.clone());
    }
    if reading.state == State::Unknown && reading.composer.is_none() && reading.dialog.is_none() {
        let shell_runs = view.facts.command.as_deref().is_some_and(shell::is_shell);
        if shell_runs || shell::prompt_row(view.screen, view.lines).is_some() {
            reading.state = State::Exited;
            reading.confidence = if shell_runs { 0.97 } else { 0.8 };
            reading.evidence.push("a shell prompt stands where the agent was".to_owned());
        }
    }
    reading
}

/// A screen that no manifest fits.
fn nobody(view: &attempt::View<'_>) -> Reading {
    let shell_runs = view.facts.command.as_deref().is_some_and(shell::is_shell);
    let prompt = shell::prompt_row(view.screen, view.lines);
    let (state, confidence, why) = match (shell_runs, prompt) {
        (true, _) => (State::Shell, 0.9, "the foreground process is a shell".to_owned()),
        (false, Some(row)) => (State::Shell, 0.6, format!("row {row}: a shell prompt, no sign of an agent")),
        (false, None) => (State::Unknown, 0.0, "nothing that a manifest knows".to_owned()),
    };
    let mut evidence = vec![why];
    if let (State::Unknown, Some(command)) = (state, view.facts.command.as_deref()) {
        evidence.push(format!("the foreground process is {}", text_of(command)));
    }
    Reading { state, confidence, evidence, ..Reading::default() }
}

/// True where the agent says that it waits and its screen shows for nothing: the one or the other is told late.
pub fn is_behind(facts: &Facts, reading: &Reading) -> bool {
    let waits = facts.report.as_ref().is_some_and(|r| r.status == SelfStatus::Waiting);
    waits && reading.state == State::Unknown && reading.dialog.is_none()
}

/// What the agent says of itself: it may start a wait or tell of work that does not show; a dialog on the screen stands.
fn believe_report(reading: &mut Reading, facts: &Facts) {
    let Some(report) = &facts.report else { return };
    let rests = matches!(reading.state, State::Idle | State::Typing);
    match report.status {
        SelfStatus::Busy if rests => {
            reading.state = State::Working;
            reading.confidence = 0.85;
            reading.evidence.push("its session file says busy".to_owned());
        }
        SelfStatus::Waiting if rests || reading.state == State::Working => {
            reading.state = State::Unknown;
            reading.confidence = 0.5;
            let what = report.waiting_for.as_deref().unwrap_or("a choice");
            reading.evidence.push(format!(
                "its session file says it waits for {}, the screen shows no dialog",
                super::text::fit(&super::text::printable(what), 40)
            ));
        }
        _ => {}
    }
}
