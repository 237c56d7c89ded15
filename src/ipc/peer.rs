//! Who is at the other end, as the kernel tells it. Known lies: a pid can be used again once its process has ended, so it is
//! looked at at once, while the other side waits; a process of another namespace has pid 0.

use std::fs;

use tokio::net::UnixStream;

use crate::domain::proc::ProcStat;

/// A line of processes longer than this is none that we know.
const LINE: usize = 64;

/// The process at the other end and those above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub pid: u32,
    pub ancestors: Vec<u32>,
}

/// Who it is; `None` if it may not speak.
pub fn look(stream: &UnixStream) -> Option<Peer> {
    let cred = stream.peer_cred().ok()?;
    if !may_speak(cred.uid(), rustix::process::geteuid().as_raw()) {
        return None;
    }
    let pid = cred.pid().and_then(|p| u32::try_from(p).ok()).unwrap_or(0);
    Some(Peer { pid, ancestors: ancestors(pid) })
}

/// Only who we are ourselves; not even root, who needs no door.
fn may_speak(peer: u32, own: u32) -> bool {
    peer == own
}

/// The pids above a process up to init, nearest first. Empty if the line breaks: half of one proves nothing.
fn ancestors(pid: u32) -> Vec<u32> {
    let parent = |pid: u32| Some(ProcStat::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)?.ppid);
    let mut line = Vec::new();
    let mut at = pid;
    while at > 1 {
        match parent(at) {
            // The first process of a namespace has no parent in it.
            Some(0) => return line,
            Some(next) if line.len() < LINE => {
                line.push(next);
                at = next;
            }
            _ => return Vec::new(),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_user_may_speak() {
        for (peer, own, may) in [(1000, 1000, true), (0, 0, true), (0, 1000, false), (1001, 1000, false)] {
            assert_eq!(may_speak(peer, own), may, "{peer} to {own}");
        }
    }

    #[test]
    fn a_line_that_breaks_is_none() {
        assert_eq!(ancestors(0), [] as [u32; 0]);
        assert_eq!(ancestors(u32::MAX), [] as [u32; 0]);
        assert_eq!(ancestors(std::process::id()).first(), Some(&std::os::unix::process::parent_id()));
    }
}
