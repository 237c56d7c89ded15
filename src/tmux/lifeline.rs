//! What our own session's program waits on: a pipe of ours, which the kernel closes however we end. The program then ends,
//! and tmux closes the session as it closes any. Not `destroy-unattached`: that takes the session from a client that is
//! leaving and not yet gone, and tmux before 3.7 crashes on it, with every agent in the server. Not a `client-detached`
//! hook: tmux runs that of some session when the client's own is gone already.

use std::fs;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::AsRawFd;

/// Both ends of the pipe; neither is inherited by a program that we start.
#[derive(Debug)]
pub struct Lifeline {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Lifeline {
    /// A pipe that the server can open by our process id; `None` where its `/proc` is not ours or there is none.
    pub fn to(server: Option<u32>) -> Option<Self> {
        let server = server?;
        for kind in ["pid", "mnt"] {
            let of = |process: &str| fs::read_link(format!("/proc/{process}/ns/{kind}")).ok();
            let ours = of("self")?;
            if of(&server.to_string())? != ours {
                return None;
            }
        }
        let (reader, writer) = io::pipe().ok()?;
        // Its program may be stopped by somebody; that must not stop us.
        rustix::io::ioctl_fionbio(&writer, true).ok()?;
        Some(Self { reader, writer })
    }

    /// The file that the program reads until we end.
    pub fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.reader.as_raw_fd())
    }

    /// Makes the program write one line.
    pub fn poke(&mut self) -> io::Result<()> {
        self.writer.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_be_read_by_its_path_and_ends_with_the_value() {
        let mut line = Lifeline::to(Some(std::process::id())).expect("our own namespaces");
        let file = fs::File::open(line.path()).expect("it is there");
        line.poke().expect("there is room");
        drop(line);
        assert_eq!(io::read_to_string(file).expect("it ends"), "\n");
    }

    #[test]
    fn nobody_has_none() {
        assert!(Lifeline::to(None).is_none());
        assert!(Lifeline::to(Some(u32::MAX)).is_none());
    }
}
