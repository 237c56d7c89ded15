//! The states of a task: one closed list with the words used everywhere.

use serde::{Deserialize, Serialize};

/// Where a task stands. `overdue` is a flag beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for a session.
    Queued,
    /// Waits for another task.
    Blocked,
    /// A session was chosen; nothing has been typed.
    Leased,
    /// From here on the text may stand in the composer.
    Typing,
    /// The text was seen in the composer; from here on Enter may have been pressed.
    Typed,
    /// The agent took it.
    Delivered,
    /// The agent was seen to work after that.
    Working,
    /// It worked, then it was idle and stayed so.
    Done,
    /// It is not known whether it arrived or what became of it: a person decides.
    Held,
    /// It could not be done.
    Failed,
    /// A person took it back.
    Cancelled,
}

impl State {
    /// Every state, in the order of a task's life.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Blocked,
        Self::Leased,
        Self::Typing,
        Self::Typed,
        Self::Delivered,
        Self::Working,
        Self::Done,
        Self::Held,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word used in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Blocked => "blocked",
            Self::Leased => "leased",
            Self::Typing => "typing",
            Self::Typed => "typed",
            Self::Delivered => "delivered",
            Self::Working => "working",
            Self::Done => "done",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// True once nothing happens to it any more but by a person's wish.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// True while it waits to be handed out.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Queued | Self::Blocked)
    }

    /// True while keys of it are on their way: the one time at which a person's wish has to wait.
    pub const fn is_at_keyboard(self) -> bool {
        matches!(self, Self::Typing | Self::Typed)
    }

    /// True from the hand-over to the end: a session has it.
    pub const fn has_session(self) -> bool {
        matches!(
            self,
            Self::Leased | Self::Typing | Self::Typed | Self::Delivered | Self::Working | Self::Held
        )
    }
}
