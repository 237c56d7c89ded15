//! The states of a session: one closed list, with the word used everywhere. How a state is found is in `domain::read`
//! (one screen) and `domain::track` (over time).

use serde::{Deserialize, Serialize};

/// What a session is doing, as far as evidence tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The agent has been started and has not shown its composer yet.
    Starting,
    /// Something is running.
    Working,
    /// The composer is empty and nothing runs.
    Idle,
    /// A person's unsent text stands in the composer.
    Typing,
    /// The agent asks for a permission.
    Permission,
    /// The agent asks for approval of a plan.
    Plan,
    /// The agent asks a question with choices.
    Question,
    /// A start-up dialog: trust, theme, login, bypass warning, resume picker.
    Trust,
    /// API error, limit, retrying.
    Error,
    /// The agent ended and the shell is back.
    Exited,
    /// A roster session that does not exist.
    Gone,
    /// A pane that runs no agent.
    Shell,
    /// A screen that is not recognised: shown as *needs eyes*, never guessed idle.
    #[default]
    Unknown,
}

impl State {
    /// Every state, in the order of the contract.
    pub const ALL: [Self; 13] = [
        Self::Starting,
        Self::Working,
        Self::Idle,
        Self::Typing,
        Self::Permission,
        Self::Plan,
        Self::Question,
        Self::Trust,
        Self::Error,
        Self::Exited,
        Self::Gone,
        Self::Shell,
        Self::Unknown,
    ];

    /// The word used in JSON, config and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Typing => "typing",
            Self::Permission => "permission",
            Self::Plan => "plan",
            Self::Question => "question",
            Self::Trust => "trust",
            Self::Error => "error",
            Self::Exited => "exited",
            Self::Gone => "gone",
            Self::Shell => "shell",
            Self::Unknown => "unknown",
        }
    }

    /// The same as a clause about the session.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Starting => "it is starting",
            Self::Working => "it is working",
            Self::Idle => "it is idle",
            Self::Typing => "somebody's unsent text stands in its composer",
            Self::Permission => "it asks for permission",
            Self::Plan => "it asks for a plan to be approved",
            Self::Question => "it asks a question",
            Self::Trust => "it asks before it starts",
            Self::Error => "it shows an error",
            Self::Exited => "its agent has ended",
            Self::Gone => "it does not exist",
            Self::Shell => "no agent runs in it",
            Self::Unknown => "its screen is not recognised",
        }
    }

    /// True if a screen that was read so surely shows no dialog, nor part of one.
    pub const fn is_plain(self) -> bool {
        matches!(self, Self::Working | Self::Idle | Self::Typing | Self::Error | Self::Exited | Self::Shell)
    }

    /// True for the states in which the agent has put a dialog on the screen and waits for a choice.
    pub const fn asks(self) -> bool {
        matches!(self, Self::Permission | Self::Plan | Self::Question | Self::Trust)
    }

    /// True for the states that the header counts as a *problem*.
    pub const fn is_problem(self) -> bool {
        matches!(self, Self::Error | Self::Exited | Self::Gone)
    }
}
