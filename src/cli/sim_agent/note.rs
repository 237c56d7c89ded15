//! What a simulated agent can tell of itself.

use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Note {
    /// It runs; `pid` is its process.
    Started {
        /// Process id.
        pid: u32,
    },
    /// One read of the terminal: the bytes, escaped, and the dialog that was open then.
    Read {
        /// The bytes, ASCII-escaped.
        bytes: String,
        /// The open dialog.
        dialog: Option<String>,
    },
    /// A step of the script began.
    Step {
        /// The step.
        step: String,
    },
    /// A dialog was opened.
    Asked {
        /// What about.
        dialog: &'static str,
        /// The command, path or address.
        subject: String,
    },
    /// The last byte of a dialog was written to the terminal.
    Drawn {
        /// What about.
        dialog: &'static str,
        /// The command, path or address.
        subject: String,
    },
    /// A key reached a dialog without effect.
    Ignored {
        /// What about.
        dialog: &'static str,
        /// The command, path or address.
        subject: String,
        /// It came too soon after drawing.
        early: bool,
    },
    /// A dialog was answered.
    Answered {
        /// What about.
        dialog: &'static str,
        /// The command, path or address.
        subject: String,
        /// The chosen option; `None` for Escape.
        label: Option<String>,
        /// `once`, `lasting`, `deny`, `answer`, `quit`.
        meaning: String,
    },
    /// A message was submitted.
    Submitted {
        /// Its text.
        text: String,
    },
    /// The model said something.
    Said {
        /// Its words.
        text: String,
    },
    /// Something was really done in the scratch folder.
    Did {
        /// What.
        what: String,
    },
    /// The agent ended.
    Ended {
        /// How.
        how: String,
    },
}
