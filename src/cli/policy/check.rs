//! `archtui policy check`: the verdict on one operation and the rule that said so, nothing else. Presses nothing and
//! asks no agent.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use crate::cli::setup::Ground;
use crate::cli::{Fail, Global, out};
use crate::domain::dialog::Operation;
use crate::domain::policy::{self, Action, PRESETS, PartVerdict, Subject, Verdict};
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::ports::{Asks, Surroundings};

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

impl Check {
    /// Tells the verdict.
    pub fn run(&self, global: &Global) -> Result<(), Fail> {
        let operation = Operation::ALL
            .into_iter()
            .find(|o| o.word() == self.op)
            .expect("clap lets only these words pass");
        let subject = self.subject(operation)?;
        let ground = Ground::lay(global)?;
        let rules = super::rules(&ground)?;
        let session = SessionName::new(self.session.as_deref().unwrap_or_default());
        let by = super::preset(&ground, self.session.is_some(), self.preset.as_deref());
        let preset = by.map_or_else(|| rules.preset(&session), str::to_owned);
        let cwd = Some(self.folder()?);
        let pwd = std::path::absolute(self.dir()).ok();
        let surroundings = Surroundings { pwd, ..Surroundings::default() };
        let asks = Asks { session, agent: None, cwd, gone_to: None, keeps: None, surroundings };
        let verdict = rules.verdict(&asks, by, |ctx, policy| {
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

    fn dir(&self) -> &Path {
        self.cwd.as_deref().unwrap_or(Path::new("."))
    }

    fn folder(&self) -> Result<PathBuf, Fail> {
        let dir = self.dir();
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
