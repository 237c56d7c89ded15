//! One persistent control client, attached to a tiny session of its own so that it touches nobody's. It enters the server, by
//! itself or by the program `tmux`, moves bytes, and ends with it; what the answers mean is for `watch`.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};

use super::control::{Event, Parser};
use super::exchange::{Exchange, Heard};
use super::knock::{self, Dialect, Lines, Peer};
use super::lifeline::Lifeline;
use super::version::Version;

/// The flags of the connection. `no-output`: a client that gets the panes' output and does not read can freeze the
/// agents. `ignore-size`: no window follows the size of this client.
const FLAGS: &str = "no-output,ignore-size";

/// How long the reason for an end is waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// One connection. Dropping it ends the client; our session goes with it (see [`Lifeline`]), also after `kill -9`.
#[derive(Debug)]
pub struct Connection<T> {
    far: Far,
    lines: Lines,
    parser: Parser,
    exchange: Exchange<T>,
    events: Vec<Event>,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    goodbye: Option<String>,
    lifeline: Option<Lifeline>,
}

/// Who is the client for the server.
#[derive(Debug)]
enum Far {
    /// We are: its tmux would crash on the program.
    Ourselves(Peer),
    /// The program. The door is held until the server has answered anything.
    Program(Child, ChildStderr, Option<OwnedFd>),
}

/// Waits for its turn to connect by the program: of a tmux that [`knock`] does not know it is not known either whether it
/// crashes when a session comes while a control client is at the door. So ours come one by one, by a lock on the socket's
/// folder, which leaves nothing behind. Whoever holds it too long is not waited for.
async fn door(socket: &Path) -> Option<OwnedFd> {
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
    /// Enters the server, which says of itself that it is of that version. Never starts one. Ask nothing before
    /// `session-changed` was heard: tmux before 3.4 runs what it reads earlier before the attach is complete.
    pub async fn open(
        socket: &Path,
        version: &str,
        session: &str,
        secret: String,
        lifeline: Option<Lifeline>,
    ) -> io::Result<Self> {
        let ours = format!("={session}:");
        let read = lifeline.as_ref().map_or_else(|| "-".to_owned(), Lifeline::path);
        let make = ["new-session", "-s", session, "-x", "20", "-y", "2", "-c", "/", "-f", FLAGS];
        // Two words, so that no shell starts. It repeats what it is sent: the proof that writes are noticed.
        let program = ["cat", &read];
        // What a person set for all sessions must not keep this one, nor move this client to one of his.
        let goes = [";", "set-option", "-w", "-t", &ours, "remain-on-exit", "off"];
        let with = [";", "set-option", "-t", &ours, "detach-on-destroy", "on"];
        let args = [&make[..], &program, &goes, &with].concat();
        let (lines, far) = match Version::parse(version).as_ref().and_then(Dialect::of) {
            Some(dialect) => {
                let (lines, peer) = knock::enter(socket, dialect, &args)
                    .await
                    .map_err(|e| io::Error::new(io::ErrorKind::ConnectionAborted, e))?;
                (lines, Far::Ourselves(peer))
            }
            None => start(socket, &args, door(socket).await)?,
        };
        Ok(Self {
            far,
            lines,
            parser: Parser::default(),
            exchange: Exchange::new(secret),
            events: Vec::new(),
            inbox: vec![0; 64 * 1024],
            outbox: Vec::new(),
            goodbye: None,
            lifeline,
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
        let Lines { read, write } = &mut self.lines;
        tokio::select! {
            read = read.read(&mut self.inbox) => match read {
                Ok(0) | Err(_) => return Err(self.last_words().await),
                Ok(n) => {
                    self.far.is_in();
                    self.parser.feed(&self.inbox[..n], &mut self.events);
                }
            },
            wrote = write.write(&self.outbox), if !self.outbox.is_empty() => match wrote {
                Ok(n) => drop(self.outbox.drain(..n)),
                // The reason is told with the end.
                Err(_) => self.outbox.clear(),
            },
            why = self.far.goodbye() => self.goodbye = Some(why),
        }
        for event in self.events.drain(..) {
            if let Event::Exit(reason) = &event {
                self.goodbye = reason.clone().or(self.goodbye.take());
            }
            self.exchange.hear(event, heard);
        }
        Ok(())
    }

    /// Why the stream ended.
    async fn last_words(&mut self) -> String {
        let told = match (&mut self.far, self.goodbye.take()) {
            (Far::Program(child, stderr, _), goodbye) => last_words(child, stderr, goodbye).await,
            (Far::Ourselves(_), Some(goodbye)) => Some(goodbye),
            (Far::Ourselves(peer), None) => tokio::time::timeout(LAST_WORDS, peer.goodbye()).await.ok(),
        };
        told.unwrap_or_else(|| "the server ended the connection".to_owned())
    }
}

impl Far {
    /// The server has answered.
    fn is_in(&mut self) {
        if let Self::Program(_, _, door) = self {
            *door = None;
        }
    }

    /// What the server says to us as its client when it ends; the program says it on its own way.
    async fn goodbye(&mut self) -> String {
        match self {
            Self::Ourselves(peer) => peer.goodbye().await,
            Self::Program(..) => std::future::pending().await,
        }
    }
}

/// Starts the program `tmux` on the socket. It never starts a server (`-N`).
fn start(socket: &Path, args: &[&str], door: Option<OwnedFd>) -> io::Result<(Lines, Far)> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the tmux client starts")]
    let mut command = Command::new("tmux");
    let (lines, [input, output]) = knock::pipes()?;
    command
        .arg("-S")
        .arg(socket)
        .args(["-u", "-N", "-C"])
        .args(args)
        .env_remove("TMUX")
        .env_remove("TMUX_PANE")
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm-256color")
        .current_dir("/")
        // A group of its own: Ctrl-C at our terminal is for us.
        .process_group(0)
        .kill_on_drop(true)
        .stdin(input)
        .stdout(output)
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let stderr = child.stderr.take().expect("it was asked to be a pipe");
    Ok((lines, Far::Program(child, stderr, door)))
}

/// The goodbye, or what stands on stderr, or how the process ended.
async fn last_words(child: &mut Child, stderr: &mut ChildStderr, goodbye: Option<String>) -> Option<String> {
    let mut said = Vec::new();
    // The process has closed stdout: stderr ends with it. A wait that does not end would be a tmux that forked.
    let mut stderr = stderr.take(4096);
    let read = stderr.read_to_end(&mut said);
    let _ = tokio::time::timeout(LAST_WORDS, read).await;
    let said = String::from_utf8_lossy(&said);
    if let Some(line) = said.lines().next() {
        return Some(line.to_owned());
    }
    goodbye.or_else(|| match child.try_wait() {
        Ok(Some(status)) if !status.success() => Some(format!("the tmux client ended with {status}")),
        _ => None,
    })
}
