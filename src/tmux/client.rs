//! One persistent `tmux -C` client, attached to a tiny session of its own so that it touches nobody's. It starts the
//! process, moves bytes, and ends with it; what the answers mean is for `watch`.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::control::{Event, Parser};
use super::exchange::{Exchange, Heard};
use super::lifeline::Lifeline;

/// The flags of the connection. `no-output`: a client that gets the panes' output and does not read can freeze the
/// agents. `ignore-size`: no window follows the size of this client.
const FLAGS: &str = "no-output,ignore-size";

/// One connection. Dropping it ends the client; our session goes with it (see [`Lifeline`]), also after `kill -9`.
#[derive(Debug)]
pub struct Connection<T> {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    parser: Parser,
    exchange: Exchange<T>,
    events: Vec<Event>,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    goodbye: Option<String>,
    lifeline: Option<Lifeline>,
    /// Held until the server has answered anything; see [`door`].
    door: Option<OwnedFd>,
}

/// Waits for its turn to connect: tmux before 3.7 crashes when a session comes or goes while a control client is at the
/// door, and every connection of ours is such a client and makes a session. So ours come one by one, by a lock on the
/// socket's folder, which leaves nothing behind. Whoever holds it too long is not waited for.
pub async fn door(socket: &Path) -> Option<OwnedFd> {
    let folder = OwnedFd::from(std::fs::File::open(socket.parent()?).ok()?);
    for _ in 0..500 {
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Some(folder),
            Err(Errno::WOULDBLOCK | Errno::INTR) => tokio::time::sleep(Duration::from_millis(2)).await,
            Err(_) => return None,
        }
    }
    None
}

impl<T> Connection<T> {
    /// Starts `tmux` on the socket. It never starts a server (`-N`). Ask nothing before `session-changed` was heard:
    /// tmux before 3.4 runs what it reads earlier before the attach is complete.
    pub fn open(
        socket: &Path,
        session: &str,
        secret: String,
        lifeline: Option<Lifeline>,
        door: Option<OwnedFd>,
    ) -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the tmux client starts")]
        let mut command = Command::new("tmux");
        let ours = format!("={session}:");
        let read = lifeline.as_ref().map_or_else(|| "-".to_owned(), Lifeline::path);
        command
            .arg("-S")
            .arg(socket)
            .args(["-u", "-N", "-C", "new-session", "-s", session, "-x", "20", "-y", "2", "-c", "/", "-f", FLAGS])
            // Two words, so that no shell starts. It repeats what it is sent: the proof that writes are noticed.
            .args(["cat", &read])
            // What a person set for all sessions must not keep this one, nor move this client to one of his.
            .args([";", "set-option", "-w", "-t", &ours, "remain-on-exit", "off"])
            .args([";", "set-option", "-t", &ours, "detach-on-destroy", "on"])
            .env_remove("TMUX")
            .env_remove("TMUX_PANE")
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .current_dir("/")
            // A group of its own: Ctrl-C at our terminal is for us.
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let taken = child.stdin.take().zip(child.stdout.take()).zip(child.stderr.take());
        let ((stdin, stdout), stderr) = taken.expect("all three were asked to be pipes");
        Ok(Self {
            child,
            stdin,
            stdout,
            stderr,
            parser: Parser::default(),
            exchange: Exchange::new(secret),
            events: Vec::new(),
            inbox: vec![0; 64 * 1024],
            outbox: Vec::new(),
            goodbye: None,
            lifeline,
            door,
        })
    }

    /// Puts a request into the outbox; see [`Exchange::ask`]. Nothing is awaited.
    pub fn ask(&mut self, tag: T, facts: Option<(&str, &str)>, commands: &str) {
        self.exchange.ask(tag, facts, commands, &mut self.outbox);
    }

    /// Makes our own pane write. False where it cannot be made to.
    pub fn poke(&mut self) -> bool {
        self.lifeline.as_mut().is_some_and(|lifeline| lifeline.poke().is_ok())
    }

    /// Closes a batch of requests, so that the last one is answered too.
    pub fn close_batch(&mut self) {
        self.exchange.close(&mut self.outbox);
    }

    /// True while an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.exchange.is_waiting()
    }

    /// Waits until bytes could be moved and appends what they complete. Cancel-safe. An error is the end: why.
    pub async fn turn(&mut self, heard: &mut Vec<Heard<T>>) -> Result<(), String> {
        tokio::select! {
            read = self.stdout.read(&mut self.inbox) => match read {
                Ok(0) | Err(_) => return Err(self.last_words().await),
                Ok(n) => {
                    self.door = None;
                    self.parser.feed(&self.inbox[..n], &mut self.events);
                }
            },
            wrote = self.stdin.write(&self.outbox), if !self.outbox.is_empty() => match wrote {
                Ok(n) => drop(self.outbox.drain(..n)),
                // The reason stands on stdout or stderr.
                Err(_) => self.outbox.clear(),
            },
        }
        for event in self.events.drain(..) {
            if let Event::Exit(reason) = &event {
                self.goodbye = reason.clone().or(self.goodbye.take());
            }
            self.exchange.hear(event, heard);
        }
        Ok(())
    }

    /// Why the stream ended: the goodbye, or what stands on stderr, or how the process ended.
    async fn last_words(&mut self) -> String {
        let mut said = Vec::new();
        // The process has closed stdout: stderr ends with it. A wait that does not end would be a tmux that forked.
        let mut stderr = (&mut self.stderr).take(4096);
        let read = stderr.read_to_end(&mut said);
        let _ = tokio::time::timeout(Duration::from_millis(200), read).await;
        let said = String::from_utf8_lossy(&said);
        match (said.lines().next(), self.goodbye.take()) {
            (Some(line), _) => line.to_owned(),
            (None, Some(goodbye)) => goodbye,
            (None, None) => match self.child.try_wait() {
                Ok(Some(status)) if !status.success() => format!("the tmux client ended with {status}"),
                _ => "the server ended the connection".to_owned(),
            },
        }
    }
}
