//! What observers and the command line ask of the actor: it alone acts. A wish has an end: nobody is surprised by an
//! answer given long after he asked.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::order::Answer;
use crate::domain::dialog::DialogId;
use crate::domain::free_text::Words;
use crate::domain::ledger::Showing;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::unstick::Step;

/// What is told of a wish that was taken by one who ended before he answered it.
pub const ORPHANED: &str =
    "whoever acted ended before he answered: it may have been done, or not; look at that session first";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask")]
pub enum Ask {
    /// Choose *allow once* in the dialog that stands there.
    Approve {
        /// In which session.
        session: SessionName,
        /// The dialog that the asker names.
        dialog: Option<Showing>,
        /// The dialog as it stood there when he asked; without it and without a name: whichever stands there.
        #[serde(default)]
        seen: Option<SeenThere>,
    },
    /// Choose the agent's own *No*.
    Deny {
        /// In which session.
        session: SessionName,
        /// The dialog that the asker names.
        dialog: Option<Showing>,
        /// The dialog as it stood there when he asked.
        #[serde(default)]
        seen: Option<SeenThere>,
    },
    /// Answer the dialog that stood on an observer's screen.
    Answer {
        /// In which pane.
        pane: PaneIdentity,
        /// What it says.
        content: DialogId,
        /// Which start of the machine the monotonic clock counts from: another one's means nothing.
        #[serde(default)]
        boot: String,
        /// Since when it was drawn there, on the machine's monotonic clock, in milliseconds.
        since_ms: u64,
        /// For how long it had been drawn there when the key came.
        drawn_ms: u64,
        /// What.
        answer: Answer,
    },
    /// Choose an option by its label, in the dialog with that content. An option that no key chooses is marked first.
    Choose {
        /// In which session.
        session: SessionName,
        /// What the dialog says: another one is not answered.
        content: DialogId,
        /// The option's label, whole.
        option: String,
        /// The dialog as it stood there when he asked.
        #[serde(default)]
        seen: Option<SeenThere>,
    },
    /// Write a text into the dialog with that content.
    Write {
        /// In which session.
        session: SessionName,
        /// The dialog as it stood on an observer's screen; without it: whichever stands there.
        seen: Option<SeenThere>,
        /// What is written, and where.
        text: Answered,
    },
    /// Keep automation off this dialog.
    Hold {
        /// In which session.
        session: SessionName,
        /// The dialog that the asker names.
        dialog: Option<Showing>,
        /// The dialog as it stood there when he asked.
        #[serde(default)]
        seen: Option<SeenThere>,
    },
    /// Get a stuck session going.
    Unstick {
        /// Which session.
        session: SessionName,
        /// By which step.
        step: Step,
    },
    /// Start its agent anew in a window beside, then take the old pane away.
    Restart {
        /// Which session.
        session: SessionName,
        /// Which of its panes, where that is known.
        pane: Option<PaneIdentity>,
    },
    /// End a session.
    Kill {
        /// Its name.
        session: SessionName,
        /// A pane of it, as the person saw it.
        pane: PaneIdentity,
    },
    /// Confirm nothing anywhere.
    Pause,
    /// Go on confirming.
    Resume,
    /// Be live for so many seconds from now on.
    GoLive {
        /// How long.
        seconds: u64,
    },
    /// Confirm nothing in one session, or do again.
    Turn {
        /// Which session.
        session: SessionName,
        /// On or off.
        on: bool,
    },
}

/// A dialog as it stood on an observer's screen, or in the look of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenThere {
    /// In which pane.
    pub pane: PaneIdentity,
    /// What it says.
    pub content: DialogId,
    /// Which start of the machine the monotonic clock counts from.
    pub boot: String,
    /// Since when it was drawn there, on that clock, in milliseconds.
    pub since_ms: u64,
    /// For how long it had been drawn there when it was answered.
    pub drawn_ms: u64,
    /// Its session was named at a command line: then it must be one of the roster.
    #[serde(default)]
    pub by_name: bool,
}

/// A text as an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// For which option, by its label; without it: the one that takes a text.
    pub option: Option<String>,
    /// Only where that is a *No*.
    #[serde(default)]
    pub deny: bool,
    /// The text.
    pub words: Words,
}

/// A wish as the actor takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Its number.
    pub id: u64,
    /// Who wishes: `operator`, with the process where it is known.
    pub who: String,
    /// What.
    pub ask: Ask,
    /// When it was made.
    pub at: Timestamp,
}

impl Wish {
    /// How long one waits for the actor unless said otherwise.
    pub const PATIENCE: Duration = Duration::from_secs(10);
}

/// What the actor said to a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Done, or refused.
    pub done: bool,
    /// One line what happened, or why not.
    pub text: String,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Not yet taken.
    Waiting,
    /// The actor is at it.
    Taken,
    /// Answered.
    Answered(Told),
    /// Nobody took it in time; nobody will.
    Expired,
}
