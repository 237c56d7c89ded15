//! Through the door of a tmux server in one step. A control client names itself in several messages, and tmux 3.2 to 3.6 crash,
//! with every agent in them, when anything is to be told to control clients while one is between the first and the last of
//! them: a session that comes or goes, a paste buffer that is set, another client that leaves. The program `tmux` sends them in
//! three pieces, between which the server does other things. So with servers of these versions, whose protocol is what it is for
//! ever, we speak it ourselves: the descriptors first, then all that makes us a control client in one piece, which the server
//! takes in before it looks at anything else.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::{Receiver, Sender};

use super::version::Version;
use crate::domain::text;

/// The protocol of all these servers.
const PROTOCOL: u32 = 8;
/// A message's header, and what a message is at most.
const HEADER: usize = 16;
const LARGEST: usize = 16 * 1024;
/// `CLIENT_CONTROL` and `CLIENT_UTF8`: `tmux -C -u`.
const FLAGS: u64 = 0x2000 | 0x1_0000;

/// What messages are about: the numbers of `tmux-protocol.h`.
mod kind {
    pub const TERM: u32 = 101;
    pub const TTY_NAME: u32 = 102;
    pub const STDIN: u32 = 104;
    pub const DONE: u32 = 106;
    pub const CLIENT_PID: u32 = 107;
    pub const CWD: u32 = 108;
    pub const STDOUT: u32 = 110;
    pub const LONG_FLAGS: u32 = 111;
    pub const COMMAND: u32 = 200;
    pub const DETACH: u32 = 201;
    pub const DETACH_KILL: u32 = 202;
    pub const EXIT: u32 = 203;
    pub const EXITED: u32 = 204;
    pub const EXITING: u32 = 205;
    pub const SHUTDOWN: u32 = 210;
}

/// How a message says that a descriptor comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// By the first of the flags behind a length of two bytes: 3.2 to 3.5.
    Flag,
    /// By the highest bit of a length of four bytes: 3.6.
    Bit,
}

impl Dialect {
    /// That of a released version; `None`: its servers do not crash so, or it is not known how they are spoken to.
    pub fn of(version: &Version) -> Option<Self> {
        match version.released()? {
            (3, 2..=5) => Some(Self::Flag),
            (3, 6) => Some(Self::Bit),
            _ => None,
        }
    }

    fn message(self, kind: u32, body: &[u8], brings: bool) -> Vec<u8> {
        let length = u16::try_from(HEADER + body.len()).unwrap_or(u16::MAX);
        let mut message = kind.to_ne_bytes().to_vec();
        match self {
            Self::Flag => {
                message.extend(length.to_ne_bytes());
                message.extend(u16::from(brings).to_ne_bytes());
            }
            Self::Bit => message.extend((u32::from(length) | u32::from(brings) << 31).to_ne_bytes()),
        }
        message.extend(PROTOCOL.to_ne_bytes());
        message.extend(u32::MAX.to_ne_bytes());
        message.extend(body);
        message
    }
}

/// Our end of what a client and its server say to each other beside control mode's lines. Dropping it is leaving.
#[derive(Debug)]
pub struct Peer {
    /// None once we have left.
    stream: Option<UnixStream>,
    dialect: Dialect,
    inbox: Vec<u8>,
    /// The goodbye is said, and not yet answered.
    leaving: bool,
}

/// Control mode's lines, both ways.
#[derive(Debug)]
pub struct Lines {
    /// What the server says.
    pub read: Receiver,
    /// What it is told.
    pub write: Sender,
}

/// Pipes for control mode, and their far ends: standard input and output of whoever is the client. Not sockets: the writing side
/// of one is woken whenever the other side reads.
pub fn pipes() -> io::Result<(Lines, [OwnedFd; 2])> {
    let (input, write) = io::pipe()?;
    let (read, output) = io::pipe()?;
    let (read, write) = (Receiver::from_owned_fd(read.into())?, Sender::from_owned_fd(write.into())?);
    Ok((Lines { read, write }, [input.into(), output.into()]))
}

/// Enters as `tmux -u -C ARGS` does.
pub async fn enter(socket: &Path, dialect: Dialect, args: &[&str]) -> io::Result<(Lines, Peer)> {
    let (lines, [input, output]) = pipes()?;
    let stream = UnixStream::connect(socket).await?;
    stream.writable().await?;
    send(&stream, &dialect.message(kind::STDIN, &[], true), Some(input.as_fd()))?;
    send(&stream, &dialect.message(kind::STDOUT, &[], true), Some(output.as_fd()))?;
    send(&stream, &rest(dialect, args)?, None)?;
    Ok((lines, Peer::new(stream, dialect)))
}

/// Who we are, that this is all, and our first command: in one piece.
fn rest(dialect: Dialect, args: &[&str]) -> io::Result<Vec<u8>> {
    let argc = i32::try_from(args.len()).unwrap_or(i32::MAX);
    let mut command = argc.to_ne_bytes().to_vec();
    for arg in args {
        command.extend(arg.bytes());
        command.push(0);
    }
    if HEADER + command.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the first command is too long"));
    }
    let pid = std::process::id().cast_signed().to_ne_bytes();
    let parts: [(u32, &[u8]); 7] = [
        (kind::LONG_FLAGS, &FLAGS.to_ne_bytes()),
        (kind::TERM, b"xterm-256color\0"),
        (kind::TTY_NAME, b"\0"),
        (kind::CWD, b"/\0"),
        (kind::CLIENT_PID, &pid),
        (kind::DONE, &[]),
        (kind::COMMAND, &command),
    ];
    Ok(parts.iter().flat_map(|(kind, body)| dialect.message(*kind, body, false)).collect())
}

/// Sends it whole: there is room for far more at a door that was just opened.
fn send(stream: &UnixStream, bytes: &[u8], with: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if let Some(with) = &with {
        beside.push(SendAncillaryMessage::ScmRights(std::slice::from_ref(with)));
    }
    let sent = sendmsg(stream, &[io::IoSlice::new(bytes)], &mut beside, SendFlags::NOSIGNAL)?;
    if sent == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

impl Peer {
    fn new(stream: UnixStream, dialect: Dialect) -> Self {
        Self { stream: Some(stream), dialect, inbox: Vec::new(), leaving: false }
    }

    /// Waits for the server's goodbye, answers it, and gives its reason. Asked again it sees the leaving through, and then
    /// nothing comes any more. Cancel-safe.
    pub async fn goodbye(&mut self) -> String {
        loop {
            let Some(stream) = &self.stream else { return std::future::pending().await };
            let ready = stream.readable().await;
            let mut read = [0; 4096];
            match ready.and_then(|()| stream.try_read(&mut read)) {
                Ok(n) if n > 0 => self.inbox.extend_from_slice(&read[..n]),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Ok(_) | Err(_) => {
                    self.stream = None;
                    if !self.leaving {
                        return "server exited unexpectedly".to_owned();
                    }
                }
            }
            if let Some(why) = self.hear() {
                return why;
            }
        }
    }

    /// Takes in what has come; why we leave, if that is news.
    fn hear(&mut self) -> Option<String> {
        let mut news = None;
        while let Some((kind, body)) = self.message() {
            // Nothing else is answered: on the word of a control client that it was woken tmux 3.3a crashes.
            if kind == kind::EXITED {
                self.stream = None;
            }
            if let Some(why) = farewell(kind, &body).filter(|_| !self.leaving) {
                self.leaving = true;
                if let Some(stream) = &self.stream {
                    // It may be gone already.
                    let _ = send(stream, &self.dialect.message(kind::EXITING, &[], false), None);
                }
                news = Some(why);
            }
        }
        news
    }

    /// The next whole message. What cannot be one is the end.
    fn message(&mut self) -> Option<(u32, Vec<u8>)> {
        let header = self.inbox.first_chunk::<HEADER>()?;
        let word = |at: usize| header[at..].first_chunk().map_or(0, |word| u32::from_ne_bytes(*word));
        let length = match self.dialect {
            Dialect::Flag => {
                header[4..].first_chunk().map_or(0, |half| usize::from(u16::from_ne_bytes(*half)))
            }
            Dialect::Bit => (word(4) & !(1 << 31)) as usize,
        };
        let kind = word(0);
        if !(HEADER..=LARGEST).contains(&length) {
            self.inbox.clear();
            return Some((kind::SHUTDOWN, Vec::new()));
        }
        if self.inbox.len() < length {
            return None;
        }
        let message: Vec<u8> = self.inbox.drain(..length).collect();
        Some((kind, message[HEADER..].to_vec()))
    }
}

/// Why a message ends the connection; `None` for one that does not.
fn farewell(kind: u32, body: &[u8]) -> Option<String> {
    let said = |bytes: &[u8]| {
        let words = bytes.split(|b| *b == 0).next().unwrap_or_default();
        Some(text::printable(&String::from_utf8_lossy(words))).filter(|words| !words.is_empty())
    };
    match kind {
        kind::SHUTDOWN => Some("server exited".to_owned()),
        // An exit code stands before the words.
        kind::EXIT => Some(body.get(4..).and_then(said).unwrap_or_else(|| "exited".to_owned())),
        kind::DETACH | kind::DETACH_KILL => {
            Some(said(body).map_or_else(|| "detached".to_owned(), |s| format!("detached (from session {s})")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_built_and_read() {
        for dialect in [Dialect::Flag, Dialect::Bit] {
            let plain = dialect.message(kind::TERM, b"x\0", false);
            assert_eq!(
                (plain.len(), &plain[..4], &plain[16..]),
                (18, &101_u32.to_ne_bytes()[..], &b"x\0"[..])
            );
            let brings = dialect.message(kind::STDIN, &[], true);
            let mark = match dialect {
                Dialect::Flag => [16_u16.to_ne_bytes(), 1_u16.to_ne_bytes()].concat(),
                Dialect::Bit => 0x8000_0010_u32.to_ne_bytes().to_vec(),
            };
            assert_eq!(brings[4..8], mark[..]);
        }
    }

    #[test]
    fn only_released_versions_that_crash_are_spoken_to() {
        for (said, want) in [
            ("3.2", Some(Dialect::Flag)),
            ("3.3a", Some(Dialect::Flag)),
            ("3.5a", Some(Dialect::Flag)),
            ("3.6", Some(Dialect::Bit)),
            ("3.6b", Some(Dialect::Bit)),
            ("3.7", None),
            ("3.1c", None),
            ("next-3.6", None),
            ("openbsd-7.6", None),
            ("3.4-rc", None),
            ("3.40", None),
        ] {
            let version = Version::parse(said).expect("a version");
            assert_eq!(Dialect::of(&version), want, "{said}");
        }
    }

    #[tokio::test]
    async fn a_goodbye_is_told_and_answered_whatever_pieces_it_comes_in() {
        for dialect in [Dialect::Flag, Dialect::Bit] {
            let (mut server, stream) = UnixStream::pair().expect("a pair");
            let mut peer = Peer::new(stream, dialect);
            let body = [&1_i32.to_ne_bytes()[..], b"too \x1b[31mfar behind\0"].concat();
            let bytes =
                [dialect.message(207, &[], false), dialect.message(kind::EXIT, &body, false)].concat();
            let (first, second) = bytes.split_at(21);
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            server.write_all(first).await.expect("sent");
            let early = tokio::time::timeout(std::time::Duration::from_millis(20), peer.goodbye()).await;
            assert!(early.is_err());
            server.write_all(second).await.expect("sent");
            assert_eq!(peer.goodbye().await, "too [31mfar behind");
            let mut answer = [0; HEADER];
            server.read_exact(&mut answer).await.expect("it is answered");
            assert_eq!(answer[..4], kind::EXITING.to_ne_bytes());
            // The server waits until we are gone.
            server.write_all(&dialect.message(kind::EXITED, &[], false)).await.expect("sent");
            let more = tokio::time::timeout(std::time::Duration::from_millis(20), peer.goodbye()).await;
            assert!(more.is_err());
            assert_eq!(server.read(&mut answer).await.expect("it ends"), 0);
        }
    }

    #[tokio::test]
    async fn what_is_no_message_and_what_ends_is_the_end() {
        let (mut server, stream) = UnixStream::pair().expect("a pair");
        let mut peer = Peer::new(stream, Dialect::Flag);
        tokio::io::AsyncWriteExt::write_all(&mut server, &[0; 32]).await.expect("sent");
        assert_eq!(peer.goodbye().await, "server exited");
        let (server, stream) = UnixStream::pair().expect("a pair");
        let mut peer = Peer::new(stream, Dialect::Bit);
        drop(server);
        assert_eq!(peer.goodbye().await, "server exited unexpectedly");
    }

    /// What the server takes in at once: up to the next descriptor.
    fn pieces(server: &std::os::unix::net::UnixStream) -> Vec<(Vec<u8>, bool)> {
        use rustix::net::{RecvAncillaryBuffer, RecvFlags, recvmsg};
        let mut pieces = Vec::new();
        loop {
            let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
            let mut beside = RecvAncillaryBuffer::new(&mut space);
            let mut bytes = vec![0; 64 * 1024];
            let got = recvmsg(
                server,
                &mut [io::IoSliceMut::new(&mut bytes)],
                &mut beside,
                RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC,
            );
            match got {
                Ok(got) if got.bytes > 0 => {
                    pieces.push((bytes[..got.bytes].to_vec(), beside.drain().count() == 1));
                }
                _ => return pieces,
            }
        }
    }

    #[tokio::test]
    async fn all_that_makes_a_control_client_comes_in_one_piece() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("s");
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        for dialect in [Dialect::Flag, Dialect::Bit] {
            let entered = enter(&socket, dialect, &["new-session", "-s", "a"]).await.expect("entered");
            let (server, _) = listener.accept().expect("somebody knocks");
            let kinds = |mut bytes: &[u8]| {
                let mut kinds = Vec::new();
                while let [a, b, c, d, e, f, ..] = *bytes {
                    kinds.push(u32::from_ne_bytes([a, b, c, d]));
                    bytes = &bytes[usize::from(u16::from_ne_bytes([e, f]))..];
                }
                kinds
            };
            let pieces: Vec<_> = pieces(&server).iter().map(|(bytes, fd)| (kinds(bytes), *fd)).collect();
            let control = vec![111, 101, 102, 108, 107, 106, 200];
            assert_eq!(pieces, [(vec![104], true), (vec![110], true), (control, false)]);
            drop(entered);
        }
    }

    #[test]
    fn the_first_command_fits_or_is_refused() {
        let long = "x".repeat(LARGEST);
        assert!(rest(Dialect::Flag, &["new-session", &long]).is_err());
        let bytes = rest(Dialect::Flag, &["new-session", "-s", "a"]).expect("it fits");
        assert!(bytes.ends_with(b"new-session\0-s\0a\0"));
    }
}
