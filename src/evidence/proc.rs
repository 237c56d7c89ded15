//! What /proc says of a pane: which process is in the foreground of its terminal, and where. Linux only; where /proc is
//! another namespace's, or the pane's process is not the one that was listed, nothing is said.
//!
//! Known lies: a program can call itself anything (`comm` and `argv` are its own to write); an interpreter's name says
//! nothing, so its script is named instead; for an instant after a start or an end the old process still stands there.

use std::fs;
use std::path::{Path, PathBuf};

use super::claude;
use crate::domain::proc::ProcStat;
use crate::domain::read::SelfReport;
use crate::domain::session::PaneIdentity;
use crate::domain::text;
use crate::ports::Processes;

/// Programs that run somebody else's program.
const INTERPRETERS: [&str; 8] = ["node", "bun", "deno", "python", "python3", "ruby", "perl", "MainThread"];
/// Names of scripts that say nothing; their package's folder does.
const NAMELESS: [&str; 5] = ["index", "cli", "main", "start", "__main__"];

/// Reads /proc, and the agents' own files in a home folder.
#[derive(Debug, Clone)]
pub struct Proc {
    root: PathBuf,
    home: Option<PathBuf>,
}

impl Proc {
    /// The system's own /proc; agents keep their files in `home`.
    pub fn new(home: Option<&Path>) -> Self {
        Self { root: PathBuf::from("/proc"), home: home.map(Path::to_owned) }
    }

    fn stat(&self, pid: u32) -> Option<ProcStat> {
        ProcStat::parse(&fs::read(self.root.join(pid.to_string()).join("stat")).ok()?)
    }

    /// The process in the foreground of the pane's terminal.
    fn leader(&self, pane: PaneIdentity) -> Option<ProcStat> {
        let first = self.stat(pane.pid)?;
        if pane.start == 0 || first.start != pane.start {
            return None;
        }
        let group = first.tpgid?;
        if group == pane.pid { Some(first) } else { self.stat(group) }
    }
}

impl Processes for Proc {
    fn foreground(&self, pane: PaneIdentity) -> Option<String> {
        let leader = self.leader(pane)?;
        let comm = text::printable(&String::from_utf8_lossy(&leader.comm));
        if !INTERPRETERS.contains(&comm.as_str()) {
            return Some(comm);
        }
        let line = fs::read(self.root.join(leader.pid.to_string()).join("cmdline")).unwrap_or_default();
        Some(script_name(&line).unwrap_or(comm))
    }

    fn folder(&self, pane: PaneIdentity) -> Option<PathBuf> {
        let leader = self.leader(pane)?;
        fs::read_link(self.root.join(leader.pid.to_string()).join("cwd")).ok()
    }

    fn report(&self, pane: PaneIdentity) -> Option<SelfReport> {
        let home = self.home.as_deref()?;
        claude::report(home, self.leader(pane)?.pid)
    }
}

/// The name of the program that an interpreter runs: its script's, or the script's package's where that says more.
fn script_name(cmdline: &[u8]) -> Option<String> {
    let words: Vec<String> =
        cmdline.split(|&b| b == 0).map(|w| text::printable(&String::from_utf8_lossy(w))).collect();
    let script = words.iter().skip(1).find(|w| !w.starts_with('-') && !w.is_empty())?;
    let path = Path::new(script);
    let stem = path.file_stem()?.to_str()?;
    if !NAMELESS.contains(&stem) {
        return Some(stem.to_owned());
    }
    // …/node_modules/@google/gemini-cli/dist/index.js: the folder after node_modules, without its scope.
    let mut parts = path.iter().filter_map(|p| p.to_str()).skip_while(|p| *p != "node_modules").skip(1);
    let package = match parts.next()? {
        scope if scope.starts_with('@') => parts.next()?,
        package => package,
    };
    Some(package.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::PaneId;

    #[test]
    fn an_interpreters_script_is_named() {
        for (line, want) in [
            ("node\0/usr/local/bin/codex\0--full\0", Some("codex")),
            ("node\0--no-warnings\0/x/node_modules/@google/gemini-cli/dist/index.js\0", Some("gemini-cli")),
            ("node\0/x/node_modules/opencode-ai/cli.js\0", Some("opencode-ai")),
            ("python3\0/venv/bin/aider\0", Some("aider")),
            ("node\0", None),
            ("", None),
            ("node\0index.js\0", None),
        ] {
            assert_eq!(script_name(line.as_bytes()).as_deref(), want, "{line:?}");
        }
    }

    /// A /proc of our own: `(pid, stat)` and command lines.
    fn proc_with(entries: &[(u32, &str, &str)]) -> (tempfile::TempDir, Proc) {
        let dir = tempfile::tempdir().expect("a folder");
        for (pid, stat, cmdline) in entries {
            let folder = dir.path().join(pid.to_string());
            fs::create_dir(&folder).expect("a folder");
            fs::write(folder.join("stat"), stat).expect("written");
            fs::write(folder.join("cmdline"), cmdline).expect("written");
        }
        let root = dir.path().to_owned();
        (dir, Proc { root, home: None })
    }

    fn stat(pid: u32, comm: &str, tpgid: i32, start: u64) -> String {
        format!("{pid} ({comm}) S 1 {pid} {pid} 34817 {tpgid} 0 0 0 0 0 0 0 0 0 20 0 1 0 {start} 0 0\n")
    }

    #[test]
    fn the_foreground_process_is_the_terminals_not_the_panes() {
        let entries = [(10, stat(10, "bash", 20, 7), ""), (20, stat(20, "claude", 20, 9), "")];
        let entries: Vec<_> = entries.iter().map(|(p, s, c)| (*p, s.as_str(), *c)).collect();
        let (_dir, proc) = proc_with(&entries);
        let pane = |start| PaneIdentity { id: PaneId(0), pid: 10, start };
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("claude"));
        assert_eq!(proc.foreground(pane(8)), None, "another process has that pid by now");
        assert_eq!(proc.foreground(pane(0)), None, "the pid may be another namespace's");
    }

    #[test]
    fn a_name_that_lies_is_data() {
        let hostile = stat(10, "a) S 1 (b\n\x1b[31m", 10, 7);
        let (_dir, proc) = proc_with(&[(10, &hostile, "")]);
        let pane = PaneIdentity { id: PaneId(0), pid: 10, start: 7 };
        assert_eq!(proc.foreground(pane).as_deref(), Some("a) S 1 (b[31m"));
    }
}
