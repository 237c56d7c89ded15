//! The queue of work: what a task is, who may take it, and every step between a person's wish and the evidence that it is
//! done. Pure: facts come in as [`Event`]s, what is to be done goes out as [`Effect`]s. Not for typing (the typist does
//! that), not for storing (`store::queue`).
//!
//! ```text
//!            ┌──────── declined: nothing was typed; later, and rather elsewhere ────────┐
//!            ▼                                                                          │
//!  blocked → queued → leased → typing → typed → delivered → working → done              │
//!                       │        │        │         │           └ the agent ended at work: again, elsewhere, three times → failed
//!                       └────────┼────────┼─────────┴ not known what became of it → held: a person decides
//!                                └ paste  └ Enter: both are written down *before* they are done
//! ```
//! A step that reaches the keyboard is an effect of an event, and effects are carried out only after the change is on
//! disk. So after a crash the record can only be ahead of the keyboard: what it says was begun is looked up, never repeated.

pub mod attempt;
pub mod brief;
pub mod chain;
pub mod clock;
pub mod dispatch;
pub mod edit;
pub mod entry;
pub mod event;
pub mod evidence;
pub mod hand;
pub mod id;
pub mod look;
pub mod misfit;
pub mod origin;
pub mod page;
pub mod plan;
pub mod priority;
pub mod queue;
pub mod record;
pub mod refusal;
pub mod report;
pub mod state;
pub mod text;

mod delivery;
mod due;
mod watch;
mod wish;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use attempt::{Attempt, End};
pub use brief::{Brief, Listing};
pub use clock::{Now, QueueTime};
pub use dispatch::Candidate;
pub use edit::Edit;
pub use entry::{After, Order, Request};
pub use event::{Effect, Errand, Event, News, Sight, Sighting, Step};
pub use evidence::Evidence;
pub use id::{Kind, Sender, TaskId};
pub use misfit::Misfit;
pub use page::{Logged, Page};
pub use priority::Priority;
pub use queue::{Queue, Rules};
pub use refusal::Refusal;
pub use state::State;
pub use text::{ContentHash, TaskText};
pub use wish::{Granted, Sure, Wish};

use super::roster::Tier;
use super::session::SessionName;

/// A piece of work in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its number, short enough to say aloud.
    pub id: TaskId,
    /// Work, or a message that is told and not watched.
    pub kind: Kind,
    /// What is to be done.
    pub text: TaskText,
    /// The text's fingerprint, against duplicates.
    pub hash: ContentHash,
    /// Where it stands.
    pub state: State,
    /// It takes longer than it was given. Watched, not failed.
    pub overdue: bool,
    /// How urgent it was called when it was queued.
    pub priority: Priority,
    /// Its place among tasks of the same urgency, where a person put it elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
    /// The one session that may take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<SessionName>,
    /// A person gave it to its target: the person may hand anything to anyone, whoever asked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given: bool,
    /// The role, skill or tier that a session must have to take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The tier of those who may take it when no target is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// The work tree it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// Who asked for it.
    pub from: Sender,
    /// How it was known who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Tasks that must be done first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<TaskId>,
    /// The asker's own name for it, against duplicates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How long it may take before it is called overdue.
    pub timeout: Duration,
    /// When it was queued.
    pub created: Timestamp,
    /// Since when, on the queue's clock, it could have been handed out.
    pub ready: QueueTime,
    /// Not handed out again before this time.
    pub not_before: QueueTime,
    /// Hand-outs that came to nothing since a person last decided; they make the next pause longer.
    pub declined: u32,
    /// Agents that ended with it since a person last decided; three are enough.
    pub died: u32,
    /// Every time it was handed out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// When it was finished, in whatever way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// The same on the queue's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<QueueTime>,
    /// Why it stands where it stands, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was seen of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The person who asked for it has looked at how it ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seen: bool,
    /// The session that asked may be told in its own composer: it was one of the roster and not protected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reply: bool,
    /// It is done, and who asked was not told yet: what is to be told is still being looked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreported: bool,
}

impl Task {
    /// A task that was queued just now, at the defaults of everything that nobody said.
    fn new(id: TaskId, text: TaskText, from: Sender, created: Timestamp, ready: QueueTime) -> Self {
        Self {
            id,
            kind: Kind::Work,
            hash: text.hash(),
            text,
            state: State::Queued,
            overdue: false,
            priority: Priority::default(),
            rank: None,
            target: None,
            given: false,
            role: None,
            tier: None,
            dir: None,
            from,
            origin: None,
            after: Vec::new(),
            key: None,
            timeout: Duration::ZERO,
            created,
            ready,
            not_before: QueueTime::default(),
            declined: 0,
            died: 0,
            attempts: Vec::new(),
            finished: None,
            finished_at: None,
            reason: None,
            evidence: Vec::new(),
            seen: false,
            reply: false,
            unreported: false,
        }
    }

    /// The attempt that is under way: it has not ended.
    pub fn current(&self) -> Option<&Attempt> {
        self.attempts.last().filter(|a| a.end.is_none())
    }

    /// The session that has it, or had it last.
    pub fn session(&self) -> Option<&SessionName> {
        self.attempts.last().map(|a| &a.session)
    }

    /// When the agent took it, the last time.
    pub fn delivered(&self) -> Option<Timestamp> {
        self.attempts.last().and_then(|a| a.delivered)
    }

    /// The sessions where it cannot be ruled out that a copy of it is at work or stands in the composer.
    pub fn occupied(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|a| a.occupies())
    }

    /// True if it can still change by itself or by evidence.
    pub fn is_live(&self) -> bool {
        !self.state.is_finished() || self.occupied().next().is_some() || self.unreported
    }

    /// The text as it is typed. A task carries its number: the agent can name it, and it can be found again in the agent's
    /// own record. What an agent sent never begins with a character that another agent takes for a command of its own.
    pub fn typed(&self) -> String {
        let again = if self.died > 0 {
            " (again: the agent that had it ended before it was seen to finish; look at what exists first)"
        } else {
            ""
        };
        let text = match (&self.from, self.kind) {
            (Sender::Operator, Kind::Message | Kind::Role) => self.text.as_str().to_owned(),
            (Sender::Operator, Kind::Work) if self.text.is_command() => self.text.as_str().to_owned(),
            (Sender::Operator, Kind::Work) => format!("Task #{}{again}: {}", self.id, self.text),
            (Sender::Session(name), _) => format!("Task #{} from {name}{again}: {}", self.id, self.text),
            (Sender::Archtui, _) => format!("archtui: {}", self.text),
        };
        // Enter behind a backslash is a line end to some.
        if text.ends_with('\\') { text + " " } else { text }
    }
}
