//! What those who asked are told when a task is over or needs a person: an entry in their inbox, and where that is a session
//! that takes messages, a message for when it is idle. Only work is reported, never a message: no report begets another.
//! What an agent said is quoted as its own, in one line.

use std::time::Duration;

use super::queue::{Queue, Turn};
use super::{Evidence, Kind, Sender, State, Task, TaskId, TaskText};
use crate::domain::session::SessionName;
use crate::domain::text;

/// An agent's words in a report are cut to so many columns.
const WORDS: usize = 160;
/// Reports that wait for a session are one message, of so many lines.
const LINES: usize = 12;
/// A message that cannot be told within this time is let go; the inbox has it.
const TIMEOUT: Duration = Duration::from_secs(8 * 3600);
/// What is found beside the work must be there within this time.
pub(super) const GATHERED: Duration = Duration::from_secs(10);
/// Stands where there are more.
const MORE: &str = "and more: `archtui tasks --inbox`";

/// One entry of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// About which task.
    pub task: TaskId,
    /// Whose inbox; none = the operator's.
    pub to: Option<SessionName>,
    /// How it stands.
    pub state: State,
    /// In one line.
    pub line: String,
}

impl Queue {
    /// Tells who asked, unless what is to be told is still being looked for.
    pub(super) fn report(&mut self, id: TaskId, turn: &Turn) {
        let Some(task) = self.tasks.get(&id).filter(|t| t.kind == Kind::Work && !t.unreported) else {
            return;
        };
        if !matches!(task.state, State::Done | State::Failed | State::Held) {
            return;
        }
        let line = line(task);
        let (to, reply) = (task.from.session().cloned(), task.reply);
        self.changes.inbox.push(Notice { task: id, to: to.clone(), state: task.state, line: line.clone() });
        if let Some(to) = to.filter(|_| reply) {
            self.message(&to, &format!("{line} `archtui task show {id}` tells what was seen of it."), turn);
        }
    }

    /// What was looked for is there, or is not waited for any longer.
    pub(super) fn report_late(&mut self, id: TaskId, turn: &Turn) {
        if self.get(id).is_some_and(|t| t.unreported) {
            self.change(id, |t| t.unreported = false);
            self.report(id, turn);
        }
    }

    /// Tasks of which nothing more is waited for.
    pub(super) fn unreported(&self, turn: &Turn) -> Vec<TaskId> {
        let late = |t: &&Task| t.unreported && t.finished_at.is_none_or(|end| turn.at.since(end) >= GATHERED);
        self.tasks.values().filter(late).map(|t| t.id).collect()
    }

    /// One message waits for a session at most: what comes meanwhile is added to it.
    fn message(&mut self, to: &SessionName, said: &str, turn: &Turn) {
        let waits = |t: &&Task| {
            (t.kind, t.state) == (Kind::Message, State::Queued)
                && t.from == Sender::Archtui
                && t.target.as_ref() == Some(to)
        };
        let waiting = self.tasks.values().find(waits).map(|t| (t.id, t.text.to_string()));
        let text = match &waiting {
            Some((_, text)) if text.lines().count() >= LINES => {
                let kept: Vec<&str> = text.lines().take(LINES).filter(|l| *l != MORE).collect();
                format!("{}\n{MORE}", kept.join("\n"))
            }
            Some((_, text)) => format!("{text}\n{said}"),
            None => said.to_owned(),
        };
        let Ok((text, _)) = TaskText::new(&text) else { return };
        if let Some((id, _)) = waiting {
            return self.change(id, |t| {
                t.hash = text.hash();
                t.text = text;
            });
        }
        let to = to.clone();
        self.create(|id| Task {
            kind: Kind::Message,
            target: Some(to),
            timeout: TIMEOUT,
            ..Task::new(id, text, Sender::Archtui, turn.now.wall, turn.at)
        });
    }
}

/// How a task stands, in one line.
fn line(task: &Task) -> String {
    let by = task.session().map(|s| format!(" by {s}")).unwrap_or_default();
    let mut line = match task.state {
        State::Held => format!("task #{} is held for a person", task.id),
        state => format!("task #{} is {}{by}", task.id, state.word()),
    };
    let commits = task.evidence.iter().filter(|e| matches!(e, Evidence::Commit(..))).count();
    let mut more: Vec<String> = Vec::new();
    // What we say of a hold may quote a screen.
    more.extend(task.reason.as_ref().map(|r| text::fit(&text::printable(r), WORDS)));
    if task.state == State::Done {
        let plain = |e: &&Evidence| {
            matches!(
                e,
                Evidence::Branch(_) | Evidence::Files(_) | Evidence::PullRequest(_) | Evidence::Seen(_)
            )
        };
        more.extend(task.evidence.iter().filter(plain).map(Evidence::sentence));
        match commits {
            0 => {}
            1 => more.push("1 commit".to_owned()),
            n => more.push(format!("{n} commits")),
        }
        let words = task.evidence.iter().rev().find_map(|e| match e {
            Evidence::Words(w) => Some(w.split_whitespace().collect::<Vec<_>>().join(" ")),
            _ => None,
        });
        let quoted = words.map(|w| text::fit(&text::printable(&w), WORDS).replace('"', "'"));
        more.extend(quoted.map(|w| format!("its last words, quoted: \"{w}\"")));
    }
    for m in more {
        line += "; ";
        line += &m;
    }
    line + "."
}
