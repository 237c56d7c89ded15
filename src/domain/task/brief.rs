//! A task as lists show it: a few printable words and numbers of it, and the order in which a list has them. What a task's
//! page tells is in `page`.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::clock::QueueTime;
use super::queue::Rules;
use super::{Kind, Priority, Sender, State, Task, TaskId};
use crate::domain::roster::Tier;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::text;

/// First words of a text are cut to this many columns.
const WORDS: usize = 200;
/// A reason is cut to this many.
const REASON: usize = 300;

/// A task in a list. Every text in it is printable, on one line, and cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Its number.
    pub id: TaskId,
    /// Work or a message.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// It takes longer than it was given.
    pub overdue: bool,
    /// How urgent it was called.
    pub priority: Priority,
    /// Its first words.
    pub text: String,
    /// The session that has it, or had it last.
    pub session: Option<SessionName>,
    /// The pane that it was handed to last.
    pub pane: Option<PaneIdentity>,
    /// Sessions where a copy of it may still be at work.
    pub occupied: Vec<SessionName>,
    /// For whom it waits: a session, a role, a tier, or anyone.
    pub whom: String,
    /// The one session that may take it.
    pub target: Option<SessionName>,
    /// Who asked for it.
    pub from: Sender,
    /// Since when it is where it is, as far as that is written down.
    pub since: Timestamp,
    /// Why it stands where it stands.
    pub reason: Option<String>,
    /// Whoever asked for it has looked at how it ended.
    pub seen: bool,
    /// The tier that may take it.
    tier: Option<Tier>,
    /// What a filter searches, in small letters: made of the rest. In small letters a secret is not known for one.
    #[serde(skip)]
    hay: String,
    /// Its place in the line.
    line: (Priority, QueueTime, QueueTime, i64),
}

impl Brief {
    /// A task in short.
    pub fn of(task: &Task) -> Self {
        let whom = match (&task.target, &task.role, task.tier) {
            (Some(name), ..) => name.to_string(),
            (None, Some(role), _) => text::fit(&text::printable(role), 40),
            (None, None, Some(tier)) => format!("any {}", tier.word()),
            (None, None, None) => "anyone".to_owned(),
        };
        let reason = task.reason.as_ref().map(|r| text::fit(&one_line(r), REASON));
        let mut brief = Self {
            id: task.id,
            kind: task.kind,
            state: task.state,
            overdue: task.overdue,
            priority: task.priority,
            text: text::fit(&one_line(task.text.as_str()), WORDS),
            session: task.session().cloned(),
            pane: task.attempts.last().map(|a| a.pane),
            occupied: task.occupied().map(|a| a.session.clone()).collect(),
            whom,
            target: task.target.clone(),
            from: task.from.clone(),
            since: since(task),
            reason,
            seen: task.seen,
            tier: task.tier,
            hay: String::new(),
            line: (task.priority, task.ready, task.not_before, task.place()),
        };
        brief.hay = brief.words().to_lowercase();
        brief
    }

    fn words(&self) -> String {
        let mut words =
            format!("#{} {} p{} {} from {}", self.id, self.state.word(), self.priority, self.to(), self.from);
        for (is, word) in [
            (self.overdue, "overdue"),
            (self.is_news(), "inbox"),
            (self.needs_person(), "needs you"),
            (self.kind == Kind::Message, "message"),
        ] {
            if is {
                words.push(' ');
                words.push_str(word);
            }
        }
        format!("{words} {} {}", self.tier.map_or("", Tier::word), self.text)
    }

    /// Who has it, had it, or for whom it waits.
    pub fn to(&self) -> String {
        match &self.session {
            Some(name) if !self.state.is_waiting() => name.to_string(),
            _ => self.whom.clone(),
        }
    }

    /// True if a person has to decide or to look: it is not known what became of it, or it takes too long.
    pub fn needs_person(&self) -> bool {
        self.state == State::Held || self.overdue
    }

    /// True if it has ended and the person who asked for it has not looked yet. A session that asked is told by a message.
    pub fn is_news(&self) -> bool {
        let over = matches!(self.state, State::Done | State::Failed);
        over && !self.seen && self.from == Sender::Operator && self.kind == Kind::Work
    }

    /// True if it has all the words of a filter; `!` in front inverts.
    pub fn matches(&self, filter: &str) -> bool {
        text::passes(filter, &self.hay)
    }

    /// Where it stands in a list: who needs a person, then what failed or is done and was not looked at, what is at work,
    /// what waits in the order in which it is handed out, what waits for others, what is over.
    fn place(&self, rules: &Rules, at: QueueTime) -> (u8, i64, Reverse<Priority>, i64, TaskId) {
        let newest = |t: Timestamp| t.as_millisecond().saturating_neg();
        let (group, time) = match self.state {
            _ if self.needs_person() => (0, self.since.as_millisecond()),
            State::Failed if self.is_news() => (1, newest(self.since)),
            _ if self.is_news() => (2, newest(self.since)),
            state if state.has_session() => (3, self.since.as_millisecond()),
            State::Queued if self.line.2 > at => (5, 0),
            State::Queued => (4, 0),
            State::Blocked => (6, 0),
            _ => (7, newest(self.since)),
        };
        let (priority, ready, _, place) = self.line;
        match group {
            4 | 5 => (group, time, Reverse(priority.aged(at.since(ready), rules.ageing)), place, self.id),
            _ => (group, time, Reverse(Priority::default()), 0, self.id),
        }
    }
}

/// What a list of the queue has: the tasks, and how many are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The tasks, in the list's order.
    #[serde(deserialize_with = "rows")]
    pub rows: Vec<Arc<Brief>>,
    /// Finished ones that are older than the oldest listed.
    pub older: usize,
    /// Others that found no room.
    pub left_out: usize,
}

/// Tasks that were written down: what a filter searches is made anew.
fn rows<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<Brief>>, D::Error> {
    let rows = Vec::<Brief>::deserialize(from)?;
    Ok(rows.into_iter().map(|b| Arc::new(Brief { hay: b.words().to_lowercase(), ..b })).collect())
}

/// More than these are counted, not listed.
pub const LISTED: usize = 20_000;

impl Listing {
    /// A list of these tasks at a moment.
    pub fn of(briefs: impl Iterator<Item = Arc<Brief>>, older: usize, rules: &Rules, at: QueueTime) -> Self {
        let mut rows: Vec<Arc<Brief>> = briefs.collect();
        rows.sort_by_cached_key(|b| b.place(rules, at));
        let left_out = rows.len().saturating_sub(LISTED);
        rows.truncate(LISTED);
        Self { rows, older, left_out }
    }

    /// One of them.
    pub fn get(&self, id: TaskId) -> Option<&Arc<Brief>> {
        self.rows.iter().find(|b| b.id == id)
    }
}

/// The newest stamp of what it did last.
fn since(task: &Task) -> Timestamp {
    let last = task.attempts.last().filter(|_| task.state.has_session());
    let step = last.map(|a| a.working.or(a.delivered).or(a.typed).or(a.typing).unwrap_or(a.leased));
    task.finished.or(step).unwrap_or(task.created)
}

/// A text of several lines as one; what is cut away later is not looked at now.
fn one_line(s: &str) -> String {
    let mut out = String::new();
    for word in s.split_whitespace() {
        if out.len() > 4 * REASON {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|&c| text::is_printable(c)).take(4 * REASON));
    }
    out
}
