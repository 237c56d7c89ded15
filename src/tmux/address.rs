//! Where the server's socket is: `-S`, `-L`, `$TMUX` or the default, resolved as tmux resolves it, and what stands there.
//! The environment is handed in; it is read in `cli` and `config` only.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tokio::net::UnixStream;

use crate::domain::session::PaneId;

/// The variables that decide.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `$TMUX`: socket, server's pid, session, with commas.
    pub tmux: Option<OsString>,
    /// `$TMUX_PANE`.
    pub tmux_pane: Option<String>,
    /// `$TMUX_TMPDIR`.
    pub tmux_tmpdir: Option<OsString>,
}

/// What was asked for on the command line or in the config.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Nothing: the server we run in, else the default one.
    #[default]
    Default,
    /// `-L NAME`.
    Name(String),
    /// `-S PATH`.
    Path(PathBuf),
}

/// A server's socket, and the pane of it in which we run ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The socket.
    pub socket: PathBuf,
    /// Our own pane and the pid of the server that it belongs to.
    pub own_pane: Option<(u32, PaneId)>,
}

impl Address {
    /// Finds the socket's path as tmux would.
    pub fn resolve(wanted: &Wanted, env: &Environment) -> Self {
        let inside = env.tmux.as_deref().and_then(parse_tmux);
        let socket = match wanted {
            Wanted::Path(path) => path.clone(),
            Wanted::Name(name) => folder(env).join(name),
            Wanted::Default => {
                inside.as_ref().map_or_else(|| folder(env).join("default"), |(path, _)| path.clone())
            }
        };
        let own_pane = inside.zip(env.tmux_pane.as_deref().and_then(PaneId::parse));
        Self { socket, own_pane: own_pane.map(|((_, pid), pane)| (pid, pane)) }
    }
}

/// The path and the server's pid in `$TMUX`. tmux itself takes what stands before the first comma.
fn parse_tmux(value: &OsStr) -> Option<(PathBuf, u32)> {
    let mut parts = value.as_bytes().split(|&b| b == b',');
    let path = parts.next().filter(|p| !p.is_empty())?;
    let pid = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    Some((PathBuf::from(OsStr::from_bytes(path)), pid))
}

/// `$TMUX_TMPDIR/tmux-UID` where that exists, else in `/tmp`.
fn folder(env: &Environment) -> PathBuf {
    let base = env
        .tmux_tmpdir
        .as_deref()
        .filter(|d| !d.is_empty())
        .and_then(|d| fs::canonicalize(d).ok())
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    base.join(format!("tmux-{}", rustix::process::getuid().as_raw()))
}

/// Which file a socket is, to notice that it was unlinked or replaced.
pub type SocketId = (u64, u64);

/// What stands at the socket's path.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A server listens. Its process as *we* number it: in another pid namespace it calls itself otherwise.
    Listening(SocketId, Option<u32>),
    /// Nothing is there.
    Nothing,
    /// A socket on which nobody listens: its server was killed.
    Stale,
    /// We may not use it, or it is no socket; why.
    Barred(String),
    /// It takes no connection now: its queue is full because it does not answer.
    Silent,
}

/// Looks whether a server listens. The connection is closed at once; the server takes it for a client that left.
pub async fn probe(socket: &Path) -> Found {
    let stream = match UnixStream::connect(socket).await {
        Ok(stream) => stream,
        Err(e) => return refused(socket, &e),
    };
    let pid =
        stream.peer_cred().ok().and_then(|cred| u32::try_from(cred.pid()?).ok()).filter(|&pid| pid != 0);
    socket_id(socket).map_or(Found::Nothing, |id| Found::Listening(id, pid))
}

fn refused(socket: &Path, e: &io::Error) -> Found {
    match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Found::Nothing,
        io::ErrorKind::ConnectionRefused if is_socket(socket) => Found::Stale,
        io::ErrorKind::ConnectionRefused => Found::Barred(format!("{} is not a socket", socket.display())),
        io::ErrorKind::PermissionDenied => Found::Barred(format!("no permission for {}", socket.display())),
        io::ErrorKind::WouldBlock => Found::Silent,
        _ => Found::Barred(format!("{}: {e}", socket.display())),
    }
}

/// The file at the path, if there is one.
pub fn socket_id(socket: &Path) -> Option<SocketId> {
    let meta = fs::metadata(socket).ok()?;
    Some((meta.dev(), meta.ino()))
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    fs::metadata(path).is_ok_and(|m| m.file_type().is_socket())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(tmux: Option<&str>, tmpdir: Option<&str>) -> Environment {
        Environment {
            tmux: tmux.map(OsString::from),
            tmux_pane: Some("%7".to_owned()),
            tmux_tmpdir: tmpdir.map(OsString::from),
        }
    }

    #[test]
    fn sockets_are_found_as_tmux_finds_them() {
        let dir = tempfile::tempdir().expect("a folder");
        let dir = fs::canonicalize(dir.path()).expect("it exists");
        let tmpdir = dir.to_str();
        let uid = rustix::process::getuid().as_raw();
        let inside = Some("/run/x/sock,4711,3");
        for (wanted, env, want) in [
            (Wanted::Path("/a/b".into()), env(inside, tmpdir), PathBuf::from("/a/b")),
            (Wanted::Name("n".into()), env(inside, tmpdir), dir.join(format!("tmux-{uid}/n"))),
            (Wanted::Name("n".into()), env(None, None), PathBuf::from(format!("/tmp/tmux-{uid}/n"))),
            (
                Wanted::Name("n".into()),
                env(None, Some("/no/such")),
                PathBuf::from(format!("/tmp/tmux-{uid}/n")),
            ),
            (Wanted::Default, env(inside, tmpdir), PathBuf::from("/run/x/sock")),
            (Wanted::Default, env(Some(""), tmpdir), dir.join(format!("tmux-{uid}/default"))),
            (Wanted::Default, env(None, tmpdir), dir.join(format!("tmux-{uid}/default"))),
        ] {
            assert_eq!(Address::resolve(&wanted, &env).socket, want, "{wanted:?} {env:?}");
        }
    }

    #[test]
    fn our_own_pane_belongs_to_one_server() {
        let a = Address::resolve(&Wanted::Default, &env(Some("/s,4711,3"), None));
        assert_eq!(a.own_pane, Some((4711, PaneId(7))));
        assert_eq!(Address::resolve(&Wanted::Default, &env(None, None)).own_pane, None);
    }

    #[tokio::test]
    async fn what_stands_there_is_told_apart() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("s");
        assert_eq!(probe(&path).await, Found::Nothing);
        assert_eq!(probe(&dir.path().join("none/s")).await, Found::Nothing);
        let listener = std::os::unix::net::UnixListener::bind(&path).expect("bind");
        let us = Some(std::process::id());
        assert!(matches!(probe(&path).await, Found::Listening(_, pid) if pid == us));
        drop(listener);
        assert_eq!(probe(&path).await, Found::Stale);
        fs::remove_file(&path).expect("remove");
        fs::write(&path, "x").expect("write");
        assert!(matches!(probe(&path).await, Found::Barred(_)));
    }
}
