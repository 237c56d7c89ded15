//! What the queue is told (past tense) and what it asks for (imperative).

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Evidence, TaskId};
use crate::domain::session::{PaneIdentity, SessionName};

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The program that acts has started; what it did before it ended is what the record says.
    Started,
    /// A session was chosen for a task. Counts only if the task still waits and the session has nothing else.
    Leased {
        /// Which task.
        id: TaskId,
        /// For whom.
        session: SessionName,
        /// Its pane.
        pane: PaneIdentity,
    },
    /// A step of a delivery was made or turned out to be impossible.
    Stepped {
        /// Which task.
        id: TaskId,
        /// Which of its attempts.
        attempt: u32,
        /// What happened.
        step: Step,
    },
    /// A session of the roster was looked at.
    Saw {
        /// Its pane.
        pane: PaneIdentity,
        /// What it does.
        sight: Sight,
    },
    /// The name that the agent in a pane has for its conversation: another one after it was cleared.
    Talks {
        /// Its pane.
        pane: PaneIdentity,
        /// The name.
        conversation: String,
    },
    /// The panes that exist now, all of them.
    Panes(BTreeSet<PaneIdentity>),
    /// Commits, branch and last words, as asked for by [`Effect::Gather`].
    Gathered {
        /// Which task.
        id: TaskId,
        /// What was found.
        evidence: Vec<Evidence>,
    },
    /// Why a waiting task is not handed out.
    Waits {
        /// Which task.
        id: TaskId,
        /// In a sentence.
        why: String,
    },
    /// Time has passed.
    Tick,
}

/// A step of a delivery, told by whoever types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The session was looked at again, at this moment: idle, composer empty, nobody there.
    Ready,
    /// It is certain that no key was sent.
    Declined(String),
    /// The text was seen in the composer.
    Shown,
    /// The composer emptied and work began, or the agent's hook or record has the text.
    Taken,
    /// The composer emptied and the text stands in the conversation, but the agent was at rest again before work was seen.
    Answered,
    /// A key was or may have been sent, and what came of it is not known. What was seen instead.
    Doubt(String),
    /// The answer to [`Effect::LookUp`].
    Found(Sighting),
}

/// Where a text was found after the program had been away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// The agent's record or hook has it: it was taken.
    Taken,
    /// It stands in the composer, whole and alone, not sent.
    Composer,
    /// The record can be read and does not have it, and the composer is empty.
    Absent,
    /// Neither can be said; what was seen.
    Unknown(String),
}

/// What a pane of the roster does, as far as tasks care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The agent works, or has worked since it took the text (its record or hook says so).
    Working,
    /// Idle, with an empty composer, for this long.
    Idle(Duration),
    /// Anything else that passes: a dialog, a person typing, an error, a screen not understood.
    Other,
    /// The agent ended and the pane is still there.
    Ended,
    /// The agent's conversation was cleared: it does not know of its task any more.
    Cleared,
}

/// A wish to the world. Carried out only after the change that led to it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Look at the session again, closely; answer with [`Step::Ready`] or [`Step::Declined`].
    Check(Errand),
    /// Paste the text, once; look for it in the composer; answer [`Step::Shown`], [`Step::Declined`] (only if certain) or [`Step::Doubt`].
    Paste(Errand, String),
    /// Press Enter behind that text, once; look; answer [`Step::Taken`], [`Step::Declined`] (only if certain) or [`Step::Doubt`].
    Enter(Errand, String),
    /// Find out from transcript, hooks and composer what became of the text; answer [`Step::Found`].
    LookUp(Errand, String),
    /// Collect commits, branch, last words since the hand-over; answer [`Event::Gathered`].
    Gather(Errand),
    /// Tell the screen, the log, the desktop.
    Tell(TaskId, News),
}

/// What an effect is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Which task.
    pub id: TaskId,
    /// Which of its attempts.
    pub attempt: u32,
    /// Whose session.
    pub session: SessionName,
    /// Into which pane, unmistakably.
    pub pane: PaneIdentity,
    /// If it cannot be begun within this time it must not be begun: the queue stops waiting for it.
    pub within: Duration,
}

/// What is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The agent took it.
    Delivered,
    /// Finished with evidence.
    Done,
    /// A person has to decide.
    Held,
    /// Given up.
    Failed,
    /// It takes longer than it was given.
    Overdue,
}
