//! `archtui policy check`: the verdict on one operation and the rule that said so, nothing else. Presses nothing and
//! asks no agent.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::setup::Ground;
use super::{Fail, Global, actor, out};
use crate::config::files;
use crate::domain::dialog::Operation;
use crate::domain::policy::{self, Action, Context, PRESETS, PartVerdict, Policy, Subject, Trust, Verdict};
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::evidence::{links, place as places};
use crate::ports::Asks;

/// What the rules say.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Tell the verdict on one operation and its rule; exit code 4 unless it would be confirmed
    Check(Check),
}

/// The operation to judge.
#[derive(Debug, Args)]
pub struct Check {
    /// Print one line of JSON, schema `archtui.policy/1`
    #[arg(long)]
    json: bool,
    /// What the dialog is about
    #[arg(long, value_name = "OP", value_parser = PossibleValuesParser::new(Operation::ALL.map(Operation::word)))]
    op: String,
    /// The shell command, for bash
    #[arg(long, allow_hyphen_values = true)]
    command: Option<String>,
    /// The path, for read, grep, glob, edit and write (grep and glob: else the working folder)
    #[arg(long, allow_hyphen_values = true)]
    path: Option<String>,
    /// The address, for fetch
    #[arg(long, allow_hyphen_values = true)]
    url: Option<String>,
    /// The agent's name for the tool, for mcp
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// The agent's working folder [default: the current one]
    #[arg(long, value_name = "DIR")]
    cwd: Option<PathBuf>,
    /// The session that asks: its role, tier and preset are those of the config
    #[arg(long, value_name = "NAME")]
    session: Option<String>,
    /// The rules to judge by [default: the session's if a config names it, else sop]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PRESETS))]
    preset: Option<String>,
}

/// `archtui.policy/1`.
#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    at: String,
    preset: &'a str,
    action: Action,
    rule: &'a str,
    /// Where the rule stands; null if no rule but the judge itself said so.
    file: Option<&'a str>,
    reason: &'a str,
    /// Where the preset only watches: what its rules said.
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<Would<'a>>,
    parts: &'a [PartVerdict],
}

#[derive(Serialize)]
struct Would<'a> {
    action: Action,
    rule: &'a str,
    file: Option<&'a str>,
    reason: &'a str,
}

/// Runs one of the subcommands.
pub fn run(global: &Global, command: &PolicyCommand) -> Result<(), Fail> {
    match command {
        PolicyCommand::Check(check) => check.run(global),
    }
}

/// Lays the user's own rules over a preset; those that agents may have written may only tighten it.
pub fn lay_over(policy: &mut Policy, ground: &Ground) -> Result<(), Fail> {
    for own in files::policies(&ground.loaded.folders, &ground.env)? {
        let trust = if own.trusted { Trust::User } else { Trust::TightenOnly };
        let laid = policy.layer(&own.text, &own.file.to_string_lossy(), trust);
        laid.map_err(|e| Fail::usage(e.to_string(), e.hint))?;
    }
    Ok(())
}

impl Check {
    fn run(&self, global: &Global) -> Result<(), Fail> {
        let operation = Operation::ALL
            .into_iter()
            .find(|o| o.word() == self.op)
            .expect("clap lets only these words pass");
        let subject = self.subject(operation)?;
        let ground = Ground::lay(global)?;
        let state_dir = ground.env.state_dir(&ground.loaded.config.fleet.name);
        let state_dir = state_dir.unwrap_or_else(|| PathBuf::from("/nowhere/archtui"));
        let rules = actor::rules(&ground, &state_dir)?;
        let session = SessionName::new(self.session.as_deref().unwrap_or_default());
        let asks = Asks { session, agent: None, cwd: Some(self.folder()?) };
        let preset = match &self.preset {
            Some(name) => name.clone(),
            None if self.session.is_some() && ground.loaded.file.is_some() => rules.preset(&asks.session),
            None => "sop".to_owned(),
        };
        let policy = rules.policies.get(&preset).expect("every preset has its policy");
        let verdict = links::followed(&rules.context(&asks), |ctx| {
            policy::judge_operation(operation, self.tool.as_deref(), subject, ctx, policy)
        });
        self.tell(&preset, &verdict);
        if verdict.action == Action::Confirm { Ok(()) } else { Err(Fail::findings()) }
    }

    fn subject(&self, operation: Operation) -> Result<Subject<'_>, Fail> {
        let given = |value: &'_ Option<String>, option: &str| match value {
            Some(_) => Ok(()),
            None => Err(Fail::usage(
                format!("--op {} needs {option}", operation.word()),
                "see `archtui policy check --help`",
            )),
        };
        Ok(match operation {
            Operation::Bash => {
                given(&self.command, "--command")?;
                Subject::Command(self.command.as_deref().unwrap_or_default())
            }
            Operation::Fetch => {
                given(&self.url, "--url")?;
                Subject::Url(self.url.as_deref().unwrap_or_default())
            }
            Operation::Grep | Operation::Glob => Subject::Path(self.path.as_deref().unwrap_or(".")),
            Operation::Read | Operation::Edit | Operation::Write => {
                given(&self.path, "--path")?;
                Subject::Path(self.path.as_deref().unwrap_or_default())
            }
            _ => Subject::Nothing,
        })
    }

    fn folder(&self) -> Result<PathBuf, Fail> {
        let dir = self.cwd.as_deref().unwrap_or(Path::new("."));
        let found = dir.canonicalize().ok().filter(|d| d.is_dir());
        found.ok_or_else(|| {
            Fail::not_found(
                format!("{} is no folder", text::printable(&dir.to_string_lossy())),
                "give --cwd an existing one",
            )
        })
    }

    fn tell(&self, preset: &str, verdict: &Verdict) {
        if self.json {
            #[expect(clippy::disallowed_methods, reason = "the report carries the time at which it was made")]
            let at = jiff::Timestamp::now().to_string();
            out::json(&Report {
                schema: "archtui.policy/1",
                at,
                preset,
                action: verdict.action,
                rule: &verdict.rule,
                file: verdict.file.as_deref(),
                reason: &verdict.reason,
                would: verdict.would.as_deref().map(|v| Would {
                    action: v.action,
                    rule: &v.rule,
                    file: v.file.as_deref(),
                    reason: &v.reason,
                }),
                parts: &verdict.parts,
            });
            return;
        }
        let file = verdict.file.as_ref().map_or(String::new(), |f| format!("  ({f})"));
        let told = format!("{}  {}: {}{file}", verdict.action.word(), verdict.rule, verdict.reason);
        out::line(&text::printable(&told.replace('\n', "↵")));
        for part in verdict.parts.iter().filter(|_| verdict.parts.len() > 1) {
            let told =
                format!("  {:7}  {}  ({}: {})", part.action.word(), part.command, part.rule, part.reason);
            out::line(&text::printable(&told.replace('\n', "↵")));
        }
    }
}

/// What can be told of a folder without asking git.
pub fn place(folder: &Path) -> Context {
    #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
    let home = std::env::var_os("HOME").map(PathBuf::from);
    places::of(folder, home.as_deref())
}
