//! What Claude Code writes of itself: `~/.claude/sessions/PID.json` (from about 2.1.150 on). Only this file is read, never
//! the key beside it.
//!
//! Known lies: silent during start-up dialogs (the file comes later); a plan approval and, in 2.1.150, a question read
//! `permission prompt`; retrying reads `busy`. A home other than ours is not found.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::domain::read::{SelfReport, SelfStatus};

/// The file has a few hundred bytes; one that is larger is none of these.
const MAX: u64 = 64 * 1024;

#[derive(Deserialize)]
struct SessionFile {
    pid: u32,
    status: SelfStatus,
    #[serde(rename = "waitingFor")]
    waiting_for: Option<String>,
}

/// What the agent with that pid says of itself, if it says anything that can be read.
pub fn report(home: &Path, pid: u32) -> Option<SelfReport> {
    let mut text = String::new();
    let file = File::open(home.join(".claude/sessions").join(format!("{pid}.json"))).ok()?;
    file.take(MAX).read_to_string(&mut text).ok()?;
    let said: SessionFile = serde_json::from_str(&text).ok()?;
    (said.pid == pid).then_some(SelfReport { status: said.status, waiting_for: said.waiting_for })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sound_file_of_that_process_counts() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(".claude/sessions");
        std::fs::create_dir_all(&folder).expect("a folder");
        let write =
            |pid: u32, text: &str| std::fs::write(folder.join(format!("{pid}.json")), text).expect("written");
        write(
            7,
            r#"{"pid":7,"status":"waiting","waitingFor":"permission prompt","version":"2.1.330","cwd":"/x"}"#,
        );
        write(8, r#"{"pid":7,"status":"idle"}"#);
        write(9, r#"{"pid":9,"status":"dancing"}"#);
        write(10, "{\"pid\":10,\"sta");
        let said = report(home.path(), 7).expect("a report");
        assert_eq!(
            (said.status, said.waiting_for.as_deref()),
            (SelfStatus::Waiting, Some("permission prompt"))
        );
        for pid in [8, 9, 10, 11] {
            assert_eq!(report(home.path(), pid), None, "{pid}");
        }
    }
}
