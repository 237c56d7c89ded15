//! What a simulated agent tells of itself in `--log FILE`: one JSON object a line, with CLOCK_MONOTONIC nanoseconds.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::record::Record;

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

/// The log file, and the record that the agent keeps of its conversation.
pub struct Log(Option<File>, Option<Record>);

impl Log {
    /// Appends to `path`; without one nothing is written.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|p| OpenOptions::new().create(true).append(true).open(p)).transpose()?;
        Ok(Self(file, None))
    }

    /// The same with a record.
    #[must_use]
    pub fn with_record(self, record: Option<Record>) -> Self {
        Self(self.0, record)
    }

    /// What the agent does now.
    pub fn status(&mut self, status: &'static str) {
        self.1.iter_mut().for_each(|r| r.status(status));
    }

    /// Writes one line. A log that cannot be written does not stop the agent.
    pub fn write(&mut self, at: Duration, note: &Note) {
        #[derive(Serialize)]
        struct Entry<'a> {
            mono_ns: u64,
            #[serde(flatten)]
            note: &'a Note,
        }
        self.1.iter_mut().for_each(|r| r.note(note));
        let Some(file) = &mut self.0 else { return };
        let entry = Entry { mono_ns: at.as_nanos() as u64, note };
        let mut text = serde_json::to_string(&entry).expect("notes have string keys and finite numbers");
        text.push('\n');
        let _ = file.write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_line_of_json_with_its_time() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let path = dir.path().join("log");
        let mut log = Log::open(Some(&path)).expect("a log");
        log.write(
            Duration::from_nanos(42),
            &Note::Ignored { dialog: "bash", subject: "a\nb".into(), early: true },
        );
        let text = std::fs::read_to_string(path).expect("written");
        assert_eq!(
            text,
            "{\"mono_ns\":42,\"event\":\"ignored\",\"dialog\":\"bash\",\"subject\":\"a\\nb\",\"early\":true}\n"
        );
    }
}
