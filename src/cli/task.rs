//! `archtui task show|edit|reorder|cancel|retry|reassign|done`: one task. Agents may look; the rest is for people.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::desk::{self, broken};
use super::setup::Ground;
use super::{Fail, Global, out, send, tasks, who};
use crate::domain::session::SessionName;
use crate::domain::task::page::{Line, Page};
use crate::domain::task::{Edit, Refusal, Sender, State, Sure, Task, TaskId, Wish, entry};

/// What to do with a task.
#[derive(Debug, Subcommand)]
pub enum TaskCommand {
    /// Everything known of it
    Show {
        /// Its number
        id: String,
        /// As one line of JSON, schema archtui.task/1
        #[arg(long)]
        json: bool,
    },
    /// Change a task that still waits: its text, priority or time limit
    Edit {
        #[command(flatten)]
        act: Act,
        /// Another text; `-` reads it from stdin
        #[arg(long, value_name = "TEXT|-")]
        text: Option<String>,
        /// Another text, from a file
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        file: Option<PathBuf>,
        /// Another priority, 0 to 10
        #[arg(long, value_name = "0-10", allow_negative_numbers = true)]
        priority: Option<String>,
        /// Another time limit
        #[arg(long, value_name = "30m")]
        timeout: Option<String>,
    },
    /// Put a task that waits right before another one
    Reorder {
        #[command(flatten)]
        act: Act,
        /// The task that is to come after it
        #[arg(long, value_name = "ID")]
        before: String,
    },
    /// Take it back; nothing is sent to a session that has it
    Cancel(Act),
    /// Hand it out again: after a failure, or when it is held and has not arrived
    Retry(Act),
    /// Hand it to another session
    Reassign {
        #[command(flatten)]
        act: Act,
        /// The session that is to have it
        #[arg(long, value_name = "S")]
        to: String,
    },
    /// Say that it is done: where the evidence was not seen and you have seen it
    Done(Act),
}

/// The task meant, and how it is told.
#[derive(Debug, clap::Args)]
pub struct Act {
    /// Its number
    id: String,
    /// Do not ask where a session may have it
    #[arg(long)]
    yes: bool,
    /// As one line of JSON, schema archtui.task/1
    #[arg(long)]
    json: bool,
}

/// Shows a task or changes it.
pub fn run(global: &Global, command: &TaskCommand) -> Result<(), Fail> {
    let ground = Ground::lay(global)?;
    match command {
        TaskCommand::Show { id, json } => show(&ground, desk::id(id)?, *json),
        TaskCommand::Cancel(a) => act(&ground, a, "cancel", Wish::Cancel),
        TaskCommand::Retry(a) => act(&ground, a, "retry", Wish::Retry),
        TaskCommand::Reassign { act: a, to } => {
            let roster = ground.loaded.config.roster();
            let to: SessionName =
                entry::target(to, &Sender::Operator, &roster).map_err(|r| desk::refused(&r))?;
            act(&ground, a, "reassign", |id, sure| Wish::Reassign(id, to.clone(), sure))
        }
        TaskCommand::Edit { act: a, text, file, priority, timeout } => {
            let edit = Edit {
                text: send::words(text.as_deref(), file.as_deref())?,
                priority: priority.as_deref().map(send::priority).transpose()?,
                timeout: timeout.as_deref().map(send::timeout).transpose()?,
            };
            if edit == Edit::default() {
                return Err(Fail::usage("nothing to change", "give --text, --file, --priority or --timeout"));
            }
            act(&ground, a, "edit", |id, _| Wish::Edit(id, edit.clone()))
        }
        TaskCommand::Reorder { act: a, before } => {
            let before = desk::id(before)?;
            act(&ground, a, "reorder", |id, _| Wish::Before(id, before))
        }
        TaskCommand::Done(a) => act(&ground, a, "done", |id, _| Wish::Close(id)),
    }
}

fn act(ground: &Ground, a: &Act, what: &str, wish: impl Fn(TaskId, Sure) -> Wish) -> Result<(), Fail> {
    let id = desk::id(&a.id)?;
    who::only_a_person(ground, &format!("task {what}"))?;
    let sure = if a.yes { Sure::Yes } else { Sure::Ask };
    let mut answer = desk::ask(ground, wish(id, sure))?;
    if let Err(Refusal::AskFirst { why, .. }) = &answer
        && desk::confirm(&format!("{why}. Go on?"), false)
    {
        answer = desk::ask(ground, wish(id, Sure::Yes))?;
    }
    let (_, tasks) = answer.map_err(|r| desk::refused(&r))?;
    let task = tasks.first();
    if let Some(task) = task.filter(|_| a.json) {
        let at = desk::now().wall.to_string();
        out::json(&json!({ "schema": "archtui.task/1", "at": at, "task": tasks::Shown::of(task) }));
    } else if let Some(task) = task {
        out::line(&format!("task {id} is {}{}", task.state.word(), whereto(task)));
    }
    Ok(())
}

fn whereto(task: &Task) -> String {
    match (&task.target, task.state) {
        (Some(t), State::Queued | State::Blocked) => format!(", for {t}"),
        _ => String::new(),
    }
}

fn show(ground: &Ground, id: TaskId, json: bool) -> Result<(), Fail> {
    let none = || desk::refused(&Refusal::NoTask(id));
    let store = desk::read(ground)?.ok_or_else(none)?;
    let task = store.task(id).map_err(broken)?.ok_or_else(none)?;
    let log = store.task_log(id).map_err(broken)?;
    if json {
        let log: Vec<_> = log
            .iter()
            .map(|l| {
                json!({ "at": l.at.to_string(), "attempt": l.attempt, "state": l.state,
                    "session": l.session, "reason": l.reason })
            })
            .collect();
        let at = desk::now().wall.to_string();
        out::json(
            &json!({ "schema": "archtui.task/1", "at": at, "task": tasks::Shown::of(&task), "log": log }),
        );
    } else {
        let page = Page { task, log };
        out::line(&page.title());
        for line in page.lines(|at| format!("{at:.0}")) {
            out::line(&match line {
                Line::Title(title) => format!("  {title}"),
                Line::Fact(name, said) => format!("  {name:<10} {said}"),
                Line::Text(said) => format!("    {said}"),
            });
        }
    }
    Ok(())
}
