//! What Claude Code writes of itself in its folder: `sessions/PID.json` (from about 2.1.150 on), and where it keeps what is said
//! in a conversation: `projects/FOLDER/CONVERSATION.jsonl`. Only these are read, never the key beside the first. Its folder is
//! what its environment says, or `~/.claude`.
//!
//! Known lies: silent during start-up dialogs (the file comes later); a plan approval and, in 2.1.150, a question read
//! `permission prompt`; retrying reads `busy`.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{plain, transcript};
use crate::domain::read::{SelfReport, SelfStatus};
use crate::domain::task::record::{Sought, Trace};

/// The file has a few hundred bytes; one that is larger is none of these.
const MAX: u64 = 64 * 1024;
/// Folders of records that are looked at.
const FOLDERS: usize = 5000;
/// Records that are read where it is not known which one is meant.
const RECORDS: usize = 8;

#[derive(Deserialize)]
struct SessionFile {
    pid: u32,
    status: SelfStatus,
    #[serde(rename = "waitingFor")]
    waiting_for: Option<String>,
    #[serde(rename = "statusUpdatedAt")]
    since_ms: Option<u64>,
    #[serde(rename = "sessionId")]
    conversation: Option<String>,
}

/// What an agent's own file says.
#[derive(Debug, Default)]
pub struct Said {
    /// What it does, if that can be read.
    pub report: Option<SelfReport>,
    /// The name of the conversation that it is in: another one after `/clear`.
    pub conversation: Option<String>,
}

/// What the agent with that pid says of itself, if there is a sound file; `NotFound`: there is none at all.
pub fn said(own: &Path, pid: u32) -> io::Result<Said> {
    let SessionFile { status, waiting_for, since_ms, conversation, .. } = session(own, pid)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let conversation = conversation.filter(|id| (8..=64).contains(&id.len()) && id.chars().all(plain));
    Ok(Said { report: Some(SelfReport { status, waiting_for, since_ms }), conversation })
}

/// What the record of a conversation says of a text. Without the conversation's name every record of that folder that was
/// written to since is looked through: there it can be found, but not be missed.
pub fn trace(own: &Path, conversation: Option<&str>, folder: Option<&Path>, sought: &Sought) -> Trace {
    let projects = own.join("projects");
    let Some(id) = conversation else { return among(&projects, folder, sought) };
    match record(&projects, id, folder) {
        Some(path) => transcript::read(&path, sought),
        // It begins with the first message.
        None if folder.is_some_and(|f| projects.join(slug(f)).is_dir()) => Trace::HasNot,
        None => Trace::Unread("its record was not found".into()),
    }
}

fn among(projects: &Path, folder: Option<&Path>, sought: &Sought) -> Trace {
    let newest = folder.map(|f| plain::newest([projects.join(slug(f))], RECORDS)).unwrap_or_default();
    let since = std::time::SystemTime::from(sought.since);
    let of_then = newest.iter().filter(|(written, _)| *written >= since);
    let mut traces = of_then.map(|(_, path)| transcript::read(path, sought));
    let found = traces.find(|t| t.after().is_some());
    found.unwrap_or_else(|| Trace::Unread("which record is its own is not known".into()))
}

/// The record of a conversation.
fn record(projects: &Path, conversation: &str, folder: Option<&Path>) -> Option<PathBuf> {
    let name = format!("{conversation}.jsonl");
    let here = folder.map(|f| projects.join(slug(f)));
    // The agent may have gone into another folder since: its record stays where it began.
    let other =
        || std::fs::read_dir(projects).into_iter().flatten().flatten().take(FOLDERS).map(|e| e.path());
    here.into_iter().chain(other()).map(|d| d.join(&name)).find(|p| p.symlink_metadata().is_ok())
}

/// The records that may have a call of an agent and of those that it sent out: of its conversation, where its name is known,
/// else the newest of its folder. `None`: there are none of that folder.
pub(super) fn records(own: &Path, conversation: Option<&str>, folder: Option<&Path>) -> Option<Vec<PathBuf>> {
    let projects = own.join("projects");
    let here = folder.map(|f| projects.join(slug(f))).filter(|d| d.is_dir());
    let found: Vec<PathBuf> = match conversation.map(|id| record(&projects, id, folder)) {
        Some(found) => found.into_iter().collect(),
        None => plain::newest([here.clone()?], RECORDS).into_iter().map(|(_, path)| path).collect(),
    };
    if found.is_empty() && here.is_none() {
        return None;
    }
    let sent_out = found.iter().map(|path| path.with_extension("").join("subagents"));
    let theirs = plain::newest(sent_out.collect::<Vec<_>>(), RECORDS).into_iter().map(|(_, path)| path);
    Some(found.iter().cloned().chain(theirs).collect())
}

/// A folder's name among the records.
fn slug(folder: &Path) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    folder.to_string_lossy().chars().map(plain).collect()
}

fn session(own: &Path, pid: u32) -> io::Result<SessionFile> {
    let text = plain::read(&own.join(format!("sessions/{pid}.json")), MAX)?;
    let said: SessionFile = serde_json::from_str(&text)?;
    if said.pid == pid { Ok(said) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sound_file_of_that_process_counts() {
        let own = tempfile::tempdir().expect("a folder");
        let folder = own.path().join("sessions");
        std::fs::create_dir_all(&folder).expect("a folder");
        let write =
            |pid: u32, text: &str| std::fs::write(folder.join(format!("{pid}.json")), text).expect("written");
        write(
            7,
            r#"{"pid":7,"status":"waiting","waitingFor":"permission prompt","version":"2.1.330","cwd":"/x","statusUpdatedAt":1795920042727}"#,
        );
        write(8, r#"{"pid":7,"status":"idle"}"#);
        write(9, r#"{"pid":9,"status":"dancing"}"#);
        write(10, "{\"pid\":10,\"sta");
        let said = said(own.path(), 7).ok().and_then(|said| said.report).expect("a report");
        assert_eq!(
            (said.status, said.waiting_for.as_deref(), said.since_ms),
            (SelfStatus::Waiting, Some("permission prompt"), Some(1_795_920_042_727))
        );
        for (pid, missing) in [(8, false), (9, false), (10, false), (11, true)] {
            let e = super::said(own.path(), pid).expect_err("not sound");
            assert_eq!(e.kind() == io::ErrorKind::NotFound, missing, "{pid}: {e}");
        }
    }

    #[test]
    fn a_conversation_has_a_name_that_is_no_path() {
        let own = tempfile::tempdir().expect("a folder");
        let folder = own.path().join("sessions");
        std::fs::create_dir_all(&folder).expect("a folder");
        for (id, sound) in [
            ("50d78b3d-8c27-4613-883f-5d19da69d30c", true),
            ("../../../../etc/passwd", false),
            ("a/b/c/d/e/f/g", false),
            ("", false),
            ("x", false),
        ] {
            let text = format!(r#"{{"pid":7,"status":"idle","sessionId":"{id}"}}"#);
            std::fs::write(folder.join("7.json"), text).expect("written");
            assert_eq!(
                said(own.path(), 7).ok().and_then(|said| said.conversation).as_deref(),
                sound.then_some(id)
            );
        }
    }

    #[test]
    fn the_record_is_found_by_its_name_else_among_all_of_the_folder() {
        let own = tempfile::tempdir().expect("a folder");
        let projects = own.path().join("projects");
        let (cwd, id) = (Path::new("/home/x/my.app"), "50d78b3d-8c27-4613-883f-5d19da69d30c");
        let sought =
            Sought { text: "Task #1: x".into(), since: "2026-01-01T00:00:00Z".parse().expect("a stamp") };
        let ask = |id: Option<&str>, cwd: Option<&Path>| trace(own.path(), id, cwd, &sought);
        assert!(matches!(ask(Some(id), Some(cwd)), Trace::Unread(_)), "no records at all");
        let own = projects.join("-home-x-my-app");
        std::fs::create_dir_all(&own).expect("a folder");
        assert_eq!(ask(Some(id), Some(cwd)), Trace::HasNot, "nothing was said yet");
        assert!(matches!(ask(None, Some(cwd)), Trace::Unread(_)));
        let line = r#"{"type":"user","message":{"content":"Task #1: x"},"timestamp":"2026-01-01T00:00:01Z"}"#;
        std::fs::write(own.join(format!("{id}.jsonl")), format!("{line}\n")).expect("written");
        assert!(ask(Some(id), Some(cwd)).after().is_some());
        assert!(ask(Some(id), Some(Path::new("/elsewhere"))).after().is_some());
        assert!(ask(None, Some(cwd)).after().is_some());
        assert!(ask(None, None).after().is_none());
        assert_eq!(ask(Some("00000000-0000"), Some(cwd)), Trace::HasNot);
    }
}
