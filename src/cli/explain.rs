//! `archtui explain`: why a screen reads as it does. Files for now: what `tmux capture-pane -p` or `-p -e` printed.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Fail, out};
use crate::config::{Env, files};
use crate::domain::agent::Agents;
use crate::domain::ansi;
use crate::domain::dialog::Dialog;
use crate::domain::read::{Composer, Facts, Reading, read};
use crate::domain::screen::{Cursor, Screen};
use crate::domain::status::State;
use crate::domain::text;

/// Bytes of a file that are read: a capture of the widest and highest pane is far smaller.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Why this state: what was matched where, the dialog parsed, the verdict and the rule.
#[derive(Debug, Args)]
pub struct Explain {
    /// A file that holds what `tmux capture-pane -p` (better `-p -e`) printed; several give one result each.
    #[arg(long = "file", value_name = "SCREEN", num_args = 1.., required = true)]
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
    /// One JSON object a line.
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

/// What `--json` prints for one screen.
#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    file: &'a str,
    agent: Option<&'a str>,
    state: State,
    confidence: f64,
    evidence: &'a [String],
    dialog: Option<&'a Dialog>,
    composer: Option<&'a Composer>,
    mode: Option<&'a str>,
    context_left: Option<u8>,
    tokens: Option<u64>,
    pull_request: Option<u32>,
    version: Option<&'a str>,
    verdict: Option<Verdict>,
}

/// What the policy says of the dialog.
#[derive(Serialize)]
struct Verdict {
    action: &'static str,
    rule: String,
    reason: String,
    key: Option<String>,
}

impl Explain {
    /// Reads the files and tells of each; the first that cannot be read ends it, after those before were told.
    pub fn run(self) -> Result<(), Fail> {
        let agents = &manifests()?;
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
            if self.json {
                json(file, &reading);
            } else {
                plain(file, &reading, self.files.len() > 1);
            }
        }
        Ok(())
    }

    fn screen(&self, file: &Path) -> Result<Screen, Fail> {
        let mut bytes = Vec::new();
        File::open(file).and_then(|f| f.take(MAX_FILE).read_to_end(&mut bytes)).map_err(|e| {
            Fail::not_found(
                format!("{}: {e}", file.display()),
                "give a file that tmux capture-pane -p -e printed",
            )
        })?;
        let (width, height) = self.size.unwrap_or_default();
        let mut screen = ansi::parse(&bytes, width, height);
        screen.cursor = self.cursor.map(|(x, y)| Cursor { x, y, visible: true });
        Ok(screen)
    }
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

/// The verdict on a dialog; none while there is no policy to ask.
fn verdict(_reading: &Reading) -> Option<Verdict> {
    None
}

fn json(file: &Path, r: &Reading) {
    out::json(&Told {
        schema: "archtui.explain/1",
        file: &file.to_string_lossy(),
        agent: r.agent.as_deref(),
        state: r.state,
        confidence: (f64::from(r.confidence) * 100.0).round() / 100.0,
        evidence: &r.evidence,
        dialog: r.dialog.as_ref(),
        composer: r.composer.as_ref(),
        mode: r.mode.as_deref(),
        context_left: r.context_left,
        tokens: r.tokens,
        pull_request: r.pull_request,
        version: r.version.as_deref(),
        verdict: verdict(r),
    });
}

fn plain(file: &Path, r: &Reading, named: bool) {
    if named {
        out::line(&format!("{}", file.display()));
    }
    let agent = r.agent.as_deref().unwrap_or("unknown agent");
    out::line(&format!("{agent}: {} (sure to {:.2})", r.state.word(), r.confidence));
    for e in &r.evidence {
        out::line(&format!("  {e}"));
    }
    if let Some(c) = r.composer.as_ref().filter(|c| !c.text.is_empty()) {
        out::line(&format!("  typed: {}", indented(&c.text)));
    }
    if let Some(d) = &r.dialog {
        dialog(d);
    }
    let facts = [
        r.mode.as_ref().map(|m| format!("mode {m}")),
        r.context_left.map(|p| format!("{p} % of the context left")),
        r.tokens.map(|t| format!("{t} tokens")),
        r.version.as_ref().map(|v| format!("version {v}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        out::line(&format!("  {}", facts.join(", ")));
    }
    if let Some(v) = verdict(r) {
        out::line(&format!("  verdict: {} by {}: {}", v.action, v.rule, v.reason));
    }
}

fn dialog(d: &Dialog) {
    let whole = if d.complete { "complete" } else { "NOT complete" };
    let tool = d.tool.as_ref().map_or(String::new(), |t| format!(" ({t})"));
    out::line(&format!("  dialog, rows {} to {}: {}{tool}, {whole}", d.rows.0, d.rows.1, d.operation.word()));
    if let Some(s) = &d.subject {
        out::line(&format!("    about: {}", indented(s)));
    }
    if let Some(q) = &d.question {
        out::line(&format!("    asks: {q}"));
    }
    for (i, o) in d.options.iter().enumerate() {
        let mark = if d.selected == Some(i) { '>' } else { ' ' };
        let meaning = serde_json::to_string(&o.meaning).unwrap_or_default();
        let key = o.key.as_deref().unwrap_or("no key");
        out::line(&format!("    {mark} {} [{}, {key}]", o.label, meaning.trim_matches('"')));
    }
}

fn indented(s: &str) -> String {
    s.replace('\n', "\n           ")
}
