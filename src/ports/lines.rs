//! The kernel's lines about processes. One that is asked for again and again is read through a handle that is kept: to open it
//! costs more than to read it. A handle means one process for ever: of one that has ended it gives nothing, whoever has its pid.
//! What is read is always the line of this moment.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::domain::proc::ProcStat;

/// Such a line is shorter than this, and comes in one read: `fs::read` would feel its way with six.
const LINE: usize = 1024;
/// So many handles are kept by each that asks: a process may have a thousand open files.
const MOST: usize = 64;

/// The handles that are kept, by pid.
#[derive(Debug, Default)]
pub struct Lines(RefCell<HashMap<u32, File>>);

impl Clone for Lines {
    /// Whoever asks beside has handles of its own.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Lines {
    /// The line of a process, which lies there.
    pub fn of(&self, pid: u32, path: impl Fn() -> PathBuf) -> Option<ProcStat> {
        let mut kept = self.0.borrow_mut();
        if let Some(stat) = kept.get(&pid).and_then(read) {
            return Some(stat);
        }
        kept.remove(&pid);
        let file = File::open(path()).ok()?;
        let stat = read(&file)?;
        if kept.len() == MOST {
            kept.clear();
        }
        kept.insert(pid, file);
        Some(stat)
    }
}

/// The line that lies there, of a process that nobody will ask for again.
pub fn once(path: &Path) -> Option<ProcStat> {
    read(&File::open(path).ok()?)
}

fn read(file: &File) -> Option<ProcStat> {
    let mut line = [0; LINE];
    let n = rustix::io::pread(file, &mut line, 0).ok()?;
    ProcStat::parse(line.get(..n)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn path(pid: u32) -> PathBuf {
        format!("/proc/{pid}/stat").into()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a process that ends")]
    fn a_handle_is_kept_and_tells_of_its_own_process_alone() {
        let lines = Lines::default();
        let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat");
        let pid = cat.id();
        assert_eq!(lines.of(pid, || path(pid)).map(|s| s.pid), Some(pid));
        let again = lines.of(pid, || panic!("the handle is there"));
        assert_eq!(again.map(|s| s.pid), Some(pid));
        drop(cat.stdin.take());
        cat.wait().expect("it ends");
        // Its pid is another one's by now.
        let other = lines.of(pid, || path(std::process::id()));
        assert_eq!(other.map(|s| s.pid), Some(std::process::id()));
        assert_eq!(once(&path(pid)), None);
    }

    #[test]
    fn handles_are_not_many() {
        let (lines, me) = (Lines::default(), std::process::id());
        for pid in 0..1000 {
            assert!(lines.of(pid, || path(me)).is_some());
        }
        assert!(lines.0.borrow().len() <= MOST);
        assert!(lines.clone().0.borrow().is_empty());
    }
}
