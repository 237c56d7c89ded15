//! The record of the conversation that Claude Code keeps below `~/.claude`, as far as archtui reads it: the session file
//! with status and conversation, the messages and answers. With `--record` only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::note::Note;
use crate::runtime::clock;

/// What is written of this agent.
pub struct Record {
    claude: PathBuf,
    folder: String,
    pid: u32,
    /// Conversations so far: `/clear` begins another.
    cleared: u32,
    status: &'static str,
}

impl Record {
    /// A record below that home.
    pub fn begin(home: &Path, cwd: &Path) -> io::Result<Self> {
        let claude = home.join(".claude");
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let folder = cwd.to_string_lossy().chars().map(plain).collect();
        let record = Self { claude, folder, pid: std::process::id(), cleared: 0, status: "idle" };
        fs::create_dir_all(record.claude.join("sessions"))?;
        fs::create_dir_all(record.claude.join("projects").join(&record.folder))?;
        record.tell();
        Ok(record)
    }

    /// What it does now.
    pub fn status(&mut self, status: &'static str) {
        if self.status != status {
            self.status = status;
            self.tell();
        }
    }

    /// Writes down what belongs there.
    pub fn note(&mut self, note: &Note) {
        match note {
            Note::Submitted { text } if text.trim() == "/clear" => {
                self.cleared += 1;
                self.tell();
            }
            Note::Submitted { text } => self.line("user", &json!(text)),
            Note::Said { text } => self.line("assistant", &json!([{ "type": "text", "text": text }])),
            Note::Ended { .. } => drop(fs::remove_file(self.session())),
            _ => {}
        }
    }

    fn conversation(&self) -> String {
        format!("{:08x}-0000-4000-8000-{:012x}", self.pid, self.cleared)
    }

    fn session(&self) -> PathBuf {
        self.claude.join("sessions").join(format!("{}.json", self.pid))
    }

    /// The session file, whole at every moment.
    fn tell(&self) {
        let said = json!({ "pid": self.pid, "sessionId": self.conversation(), "status": self.status });
        let new = self.session().with_extension("new");
        let _ = fs::write(&new, said.to_string()).and_then(|()| fs::rename(&new, self.session()));
    }

    fn line(&self, kind: &str, content: &Value) {
        let at = clock::now().utc.to_string();
        let line = json!({ "type": kind, "message": { "content": content }, "timestamp": at });
        let path =
            self.claude.join("projects").join(&self.folder).join(format!("{}.jsonl", self.conversation()));
        let file = OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut f| f.write_all(format!("{line}\n").as_bytes()));
    }
}
