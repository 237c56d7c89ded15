//! One hand-out of a task to a session, with the stamp of every step. The last one of a task is the one under way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::QueueTime;
use crate::domain::session::{PaneIdentity, SessionName};

/// One hand-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first. Steps of another attempt than the current one are of no account.
    pub number: u32,
    /// To whom.
    pub session: SessionName,
    /// Into which pane.
    pub pane: PaneIdentity,
    /// When the session was chosen.
    pub leased: Timestamp,
    /// Just before the text was pasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing: Option<Timestamp>,
    /// Just before Enter was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Timestamp>,
    /// When the agent took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Timestamp>,
    /// When the agent was first seen to work on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working: Option<Timestamp>,
    /// The name that the agent has for the conversation in which it got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// It was idle once since it had been at work: what it works at later may be something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rested: bool,
    /// When the last step was made, on the queue's clock.
    pub step_at: QueueTime,
    /// When the agent took it, on the queue's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<QueueTime>,
    /// How it ended; `None` while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// How a hand-out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// With evidence that the work is done.
    Done,
    /// Nothing had been typed.
    Declined,
    /// The agent or its pane ended.
    Died,
    /// A person gave the task to another or took it back. The copy may still be at work: nothing goes there.
    Abandoned,
    /// An abandoned copy of which nothing is left: the session was idle since, or is gone.
    Freed,
}

impl Attempt {
    /// True while a copy of the task may stand in that session's composer or be at work there.
    pub fn occupies(&self) -> bool {
        matches!(self.end, None | Some(End::Abandoned))
    }
}
