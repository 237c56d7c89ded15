//! A tmux server of our own, for the demo: on a socket in a private folder, without any config of the user's, with an
//! environment that we give. Not for the servers that are watched: those are never started, changed or ended by us.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::domain::proc::ProcStat;

/// How long a server may take to end before it is killed, in looks of [`LOOK`].
const LOOKS: u32 = 100;
const LOOK: Duration = Duration::from_millis(20);

/// A process that cannot be mistaken for another one with the same number: its start time is known, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// When it started, in clock ticks since boot; 0 where the system does not tell.
    pub start: u64,
}

impl Process {
    /// The process that has this number now.
    pub fn of(pid: u32) -> Option<Self> {
        match fs::read(format!("/proc/{pid}/stat")) {
            // Ended and not yet fetched by its parent (some containers' first process never does): it lives no more.
            Ok(stat) if is_zombie(&stat) => None,
            Ok(stat) => ProcStat::parse(&stat).map(|s| Self { pid, start: s.start }),
            Err(_) if Path::new("/proc/self").exists() => None,
            // Without /proc: alive is all that can be known.
            Err(_) => {
                let raw = rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)?;
                rustix::process::test_kill_process(raw).ok()?;
                Some(Self { pid, start: 0 })
            }
        }
    }

    /// True while this very process lives.
    pub fn lives(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Ends it at once. Only for processes that we started; the identity is checked right before.
    fn kill(self) {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw)
            && self.lives()
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

/// The state is the letter after the last bracket: the name within may hold anything.
fn is_zombie(stat: &[u8]) -> bool {
    stat.iter().rposition(|&b| b == b')').is_some_and(|at| stat[at + 1..].starts_with(b" Z"))
}

/// A session to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// Its name.
    pub name: &'a str,
    /// Columns and rows of its window; nobody's terminal changes them.
    pub size: (u16, u16),
    /// The folder its program starts in.
    pub dir: &'a Path,
    /// The program and its arguments; no shell reads them.
    pub argv: &'a [String],
}

/// A running server of ours. Dropping it ends it, and with it every program in it.
#[derive(Debug)]
pub struct PrivateServer {
    socket: PathBuf,
    process: Process,
}

impl PrivateServer {
    /// Starts a server with its first session. `env` is its whole environment.
    pub fn start(socket: &Path, env: &[(&str, &str)], first: NewSession) -> io::Result<Self> {
        let size = format!("{}x{}", first.size.0, first.size.1);
        let options: &[&[&str]] = &[
            // Only a server's first client may name these; they hold for all sessions.
            &["start-server"],
            &["set-option", "-g", "default-size", &size],
            &["set-option", "-g", "status", "off"],
            &["set-option", "-g", "history-limit", "500"],
            &["set-option", "-g", "default-terminal", "screen-256color"],
            &["set-option", "-g", "allow-rename", "off"],
            &["set-option", "-s", "escape-time", "0"],
        ];
        let mut command = tmux(socket);
        command.env_clear().envs(env.iter().copied());
        for option in options {
            command.args(*option).arg(";");
        }
        session_args(&mut command, first);
        run(&mut command)?;
        Self::at(socket).inspect_err(|_| end(socket, None))
    }

    /// The server that listens there.
    fn at(socket: &Path) -> io::Result<Self> {
        let pid = run(tmux(socket).args(["display-message", "-p", "#{pid}"]))?;
        let process = pid.trim().parse().ok().and_then(Process::of);
        let process = process.ok_or_else(|| io::Error::other(format!("tmux told no process id: {pid:?}")))?;
        Ok(Self { socket: socket.to_owned(), process })
    }

    /// One more session.
    pub fn new_session(&self, session: NewSession) -> io::Result<()> {
        let mut command = tmux(&self.socket);
        session_args(&mut command, session);
        run(&mut command).map(drop)
    }

    /// The server's process.
    pub fn process(&self) -> Process {
        self.process
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        end(&self.socket, Some(self.process));
    }
}

/// Ends a server of ours by its socket, and waits until it is gone. `process` is the server as it was recorded: if it does
/// not end by itself it is killed, but only if it is still that very process.
pub fn end(socket: &Path, process: Option<Process>) {
    if socket.exists() {
        // A server that hangs must not hang us: nobody waits for this client.
        if let Ok(mut client) =
            tmux(socket).arg("kill-server").stdout(Stdio::null()).stderr(Stdio::null()).spawn()
        {
            for _ in 0..LOOKS {
                if !matches!(client.try_wait(), Ok(None)) {
                    break;
                }
                std::thread::sleep(LOOK);
            }
            let _ = client.kill();
            let _ = client.wait();
        }
    }
    let Some(process) = process else { return };
    for _ in 0..LOOKS {
        if !process.lives() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    process.kill();
}

#[expect(clippy::disallowed_methods, reason = "the one place that starts the demo's tmux")]
fn tmux(socket: &Path) -> Command {
    let mut command = Command::new("tmux");
    command.arg("-u").arg("-S").arg(socket).args(["-f", "/dev/null"]);
    // Inside another tmux these would speak of that one.
    command.env_remove("TMUX").env_remove("TMUX_PANE").stdin(Stdio::null());
    command
}

fn session_args(command: &mut Command, session: NewSession) {
    let (width, height) = session.size;
    command.args(["new-session", "-d", "-s", session.name]);
    command.args(["-x", &width.to_string(), "-y", &height.to_string(), "-c"]).arg(session.dir);
    // `--` ends tmux's own options; a program and more than one argument are started without a shell.
    command.arg("--").args(session.argv);
    // Window by window: with a global `manual` tmux 3.3a dies of the next new-session.
    command.args([";", "set-option", "-w", "-t", &format!("={}:", session.name), "window-size", "manual"]);
}

fn run(command: &mut Command) -> io::Result<String> {
    let out = command.output().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => io::Error::new(e.kind(), "the program tmux is not installed"),
        _ => e,
    })?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    Err(io::Error::other(format!("tmux: {}", String::from_utf8_lossy(&out.stderr).trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_do_not_live() {
        assert!(is_zombie(b"7 (a) S (b) Z 1 7"));
        assert!(!is_zombie(b"7 (a) Z (b) S 1 7"));
        assert!(!is_zombie(b""));
    }

    #[test]
    fn a_process_is_known_by_number_and_start() {
        let me = Process::of(std::process::id()).expect("we live");
        assert!(me.lives());
        assert!(!Process { start: me.start + 1, ..me }.lives());
        assert_eq!(Process::of(u32::MAX), None);
    }
}
