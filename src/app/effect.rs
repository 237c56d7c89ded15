//! What `update` wishes to be done, in the imperative. The runtime hands effects to workers and never waits for them.

use super::keymap::Keymap;
use crate::domain::branch::crew::Post;
use crate::domain::confirm::{Answer, Answered, Ask, DrawnFor};
use crate::domain::policy::{Cause, Draft};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::stroke::Stroke;
use crate::domain::task::{TaskId, Wish};
use crate::domain::unstick::Step;

/// One wish.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave the program.
    Quit,
    /// These panes are on our screen now.
    LookAt(Vec<PaneId>),
    /// Type into a pane what a person typed here.
    Type {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session, for the record.
        session: SessionName,
        /// What.
        strokes: Vec<Stroke>,
    },
    /// Answer a dialog, as it was drawn.
    Answer {
        /// Which pane.
        pane: PaneIdentity,
        /// What.
        answer: Answer,
        /// Which dialog was on the screen, and for how long.
        drawn: DrawnFor,
    },
    /// Write a text into a dialog, as it was drawn.
    Write {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session.
        session: SessionName,
        /// What, and where.
        text: Answered,
        /// Which dialog was on the screen, and for how long.
        drawn: DrawnFor,
    },
    /// Read rules and settings anew.
    Reload,
    /// One step of the ladder that gets a session going.
    Unstick {
        /// Which pane.
        pane: PaneIdentity,
        /// Which step.
        step: Step,
    },
    /// Something of a session itself, by a person's order: its agent started anew, the session ended.
    Order(Ask),
    /// Take a session into the user's archtui.toml, by the entry that was shown.
    Adopt(SessionName, String),
    /// A rule is to be shown or made.
    Rule(RuleWish),
    /// Pause all auto-confirm, or go on.
    Pause(bool),
    /// Switch one session's auto-confirm on or off.
    Turn(SessionName, bool),
    /// Paste text that a person pasted here into a pane.
    Paste {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session, for the record.
        session: SessionName,
        /// What.
        text: String,
    },
    /// Hand our terminal to the real session until the person detaches.
    Attach {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session, for the record.
        session: SessionName,
    },
    /// Write a pane's screen to a file.
    SaveFrame {
        /// Which pane.
        pane: PaneIdentity,
        /// Its session, for the file's name.
        session: SessionName,
    },
    /// Everything known of a task is to be told.
    ReadTask(TaskId),
    /// Asks the task queue for something; the answer comes back under this number.
    Wish(u64, Wish),
    /// Texts that were not queued are to be kept, for the next start.
    KeepDrafts(Option<String>),
    /// These sessions work now; their work trees are to be watched.
    Posts(Vec<Post>),
    /// Somebody wrote: files of its work tree may have changed.
    Stirred(PaneIdentity),
    /// Measure the agents of these panes; often, if the figures are on the screen.
    Measure {
        /// The figures are on the screen.
        seen: bool,
        /// Which panes.
        panes: Vec<PaneIdentity>,
    },
    /// Draw everything anew, whatever was there before.
    Repaint,
}

/// What is wished of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleWish {
    /// The rule of that id, as it is in force for a session.
    Page(SessionName, String),
    /// The narrowest rule that says something of a dialog.
    Draft(Cause),
    /// What would be said of the dialog with that rule.
    Check(Cause, Box<Draft>),
    /// That rule in the person's own file.
    Save(Cause, Box<Draft>),
}

/// What is fixed when the program starts and `update` needs.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// Which key means what.
    pub keymap: Keymap,
    /// The mouse is listened to.
    pub mouse: bool,
}
