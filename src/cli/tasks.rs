//! `archtui tasks`: the queue as a table or as `archtui.tasks/1`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::desk::{self, broken};
use super::setup::Ground;
use super::{Fail, Global, out, who};
use crate::domain::task::evidence::span;
use crate::domain::task::{Evidence, State, Task};
use crate::domain::text;
use crate::store::Store;

/// Finished tasks that are listed; older ones are counted.
const FINISHED: usize = 200;

/// Options of `archtui tasks`.
#[derive(Debug, clap::Args)]
pub struct TasksArgs {
    /// As one line of JSON, schema archtui.tasks/1
    #[arg(long)]
    json: bool,
    /// What those who asked were told: in a session of the roster its own inbox, else everybody's
    #[arg(long)]
    inbox: bool,
}

/// Lists the queue. An empty one is no failure.
pub fn run(global: &Global, args: &TasksArgs) -> Result<(), Fail> {
    let ground = Ground::lay(global)?;
    let store = desk::read(&ground)?;
    if args.inbox {
        return inbox(&ground, store.as_ref(), args.json);
    }
    let (tasks, left_out) = match &store {
        Some(store) => store.tasks(FINISHED).map_err(broken)?,
        None => (Vec::new(), 0),
    };
    let now = desk::now().wall;
    if args.json {
        let tasks: Vec<Value> = tasks.iter().map(json).collect();
        let at = now.to_string();
        out::json(&json!({ "schema": "archtui.tasks/1", "at": at, "tasks": tasks, "left_out": left_out }));
        return Ok(());
    }
    if tasks.is_empty() {
        out::line("the queue is empty; `archtui send TEXT --target NAME` queues a task");
    }
    for task in &tasks {
        out::line(&row(task, now));
    }
    if left_out > 0 {
        out::line(&format!("and {left_out} older finished tasks; `archtui task show ID` shows any of them"));
    }
    Ok(())
}

fn inbox(ground: &Ground, store: Option<&Store>, json: bool) -> Result<(), Fail> {
    let asker = who::sends(ground, None)?.sender;
    let told =
        store.map(|s| s.inbox(asker.session(), FINISHED).map_err(broken)).transpose()?.unwrap_or_default();
    let now = desk::now().wall;
    if json {
        let entries: Vec<Value> = told
            .iter()
            .map(|t| {
                json!({ "at": t.at.to_string(), "to": t.to, "task": t.task, "state": t.state, "text": t.line })
            })
            .collect();
        out::json(&json!({ "schema": "archtui.inbox/1", "at": now.to_string(), "entries": entries }));
        return Ok(());
    }
    if told.is_empty() {
        out::line("nothing was told yet");
    }
    for t in &told {
        let to = t.to.as_deref().unwrap_or("the operator");
        out::line(&text::printable(&format!("{:>9}  {:<20} {}", age(t.at, now), text::fit(to, 20), t.line)));
    }
    Ok(())
}

fn row(task: &Task, now: Timestamp) -> String {
    let id = format!("#{}", task.id);
    let flag = if task.overdue { " overdue" } else { "" };
    let to = match (task.session(), &task.target) {
        (Some(s), _) if task.state.has_session() || task.state == State::Done => s.to_string(),
        (_, Some(t)) => format!("→ {t}"),
        (_, None) => task.role.as_ref().map_or_else(|| "→ any".into(), |r| format!("→ {r}")),
    };
    let to = text::fit(&to, 22);
    let pad = " ".repeat(22_usize.saturating_sub(text::width(&to)));
    let why = task.reason.as_ref().map(|r| format!("  ({})", text::fit(&text::printable(r), 60)));
    format!(
        "{id:<6} {:<9} p{:<2} {to}{pad} {:>9}  {}{flag}{}",
        task.state.word(),
        task.priority.get(),
        age(task.finished.unwrap_or(task.created), now),
        text::fit(task.text.headline(), 60),
        why.unwrap_or_default(),
    )
}

/// How long ago, in one unit.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let d = Duration::try_from(now.duration_since(then)).unwrap_or_default();
    let long = span(d);
    let mut words = long.split(' ');
    let short: Vec<&str> = words.by_ref().take(2).collect();
    short.join(" ")
}

/// A task as in `archtui.tasks/1`.
pub fn json(task: &Task) -> Value {
    json!({
        "id": task.id,
        "text": task.text,
        "state": task.state,
        "overdue": task.overdue,
        "kind": task.kind,
        "priority": task.priority,
        "target": task.target,
        "role": task.role,
        "session": task.session(),
        "from": task.from.session(),
        "origin": task.origin,
        "after": task.after.first(),
        "after_all": task.after,
        "key": task.key,
        "timeout_s": task.timeout.as_secs(),
        "created": task.created.to_string(),
        "delivered": task.delivered().map(|t| t.to_string()),
        "done": task.finished.filter(|_| task.state == State::Done).map(|t| t.to_string()),
        "finished": task.finished.map(|t| t.to_string()),
        "attempts": task.attempts.len(),
        "reason": task.reason,
        "evidence": task.evidence.iter().map(Evidence::sentence).collect::<Vec<_>>(),
    })
}
