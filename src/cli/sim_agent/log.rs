//! What a simulated agent tells of itself in `--log FILE`: one JSON object a line, with CLOCK_MONOTONIC nanoseconds.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::note::Note;
use super::record::Record;

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
