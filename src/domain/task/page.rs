//! Everything known of one task, for its page: the task, its history, and both as lines. For lists see `brief`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::span;
use super::{Evidence, Task};
use crate::domain::text;

/// One line of a task's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// When.
    pub at: Timestamp,
    /// Which attempt; 0 = not handed out yet.
    pub attempt: u32,
    /// The state that it came to.
    pub state: String,
    /// With whom.
    pub session: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A task and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The task.
    pub task: Task,
    /// Its history, the oldest line first.
    pub log: Vec<Logged>,
}

/// What a line of the page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A heading.
    Title(&'static str),
    /// A fact by its name.
    Fact(&'static str, String),
    /// A line of the text, of what was seen, or of the history.
    Text(String),
}

impl Page {
    /// What stands at its top.
    pub fn title(&self) -> String {
        let flag = if self.task.overdue { ", overdue" } else { "" };
        format!("task {}: {}{flag}", self.task.id, self.task.state.word())
    }

    /// The page in lines, every one printable; `clock` writes an instant.
    pub fn lines(&self, clock: impl Fn(Timestamp) -> String) -> Vec<Line> {
        let task = &self.task;
        let mut lines = Vec::new();
        let mut say = |name: &'static str, value: Option<String>| {
            lines.extend(value.map(|v| Line::Fact(name, text::printable(&v))));
        };
        say("why", task.reason.clone());
        say("priority", Some(task.priority.to_string()));
        say("target", task.target.as_ref().map(ToString::to_string));
        say("role", task.role.clone());
        say("session", task.session().map(ToString::to_string));
        let origin = task.origin.as_ref().map(|o| format!(" ({o})")).unwrap_or_default();
        say("from", Some(format!("{}{origin}", task.from)));
        let after: Vec<String> = task.after.iter().map(|id| format!("#{id}")).collect();
        say("after", (!after.is_empty()).then(|| after.join(", ")));
        say("key", task.key.clone());
        say("overdue", Some(format!("after {}", span(task.timeout))));
        lines.push(Line::Title("text"));
        lines.extend(task.text.as_str().lines().map(|l| Line::Text(l.to_owned())));
        if !task.evidence.is_empty() {
            lines.push(Line::Title("seen"));
            lines.extend(task.evidence.iter().map(Evidence::sentence).map(Line::Text));
        }
        lines.push(Line::Title("history"));
        for l in &self.log {
            let who = l.session.as_ref().map(|s| format!("  {s}")).unwrap_or_default();
            let why = l.reason.as_ref().map(|r| format!("  ({r})")).unwrap_or_default();
            let line = format!("{}  {:<9}{who}{why}", clock(l.at), l.state);
            lines.push(Line::Text(text::printable(&line)));
        }
        lines
    }
}
