//! What `archtui hook` and the command line say to the actor. Blocking and without a clock: whoever calls limits the whole
//! program.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::wire::{self, Message};
use crate::domain::confirm::HookWord;
use crate::domain::hook::asks;
use crate::domain::session::PaneIdentity;

/// A person who types waits for whoever acts for so long at most.
const HEARD_WITHIN: Duration = Duration::from_millis(100);

/// Tells an event to the actor, at the first of the sockets where one listens. Waits for the word where the event asks for
/// one, else until it was heard. `None` = no word.
pub fn tell(sockets: &[PathBuf], event: &str, pane: Option<String>, payload: &[u8]) -> Option<HookWord> {
    let stream = say(sockets, &Message::Hook { event: event.to_owned(), pane, payload })?;
    let mut line = Vec::new();
    // The other side closes what it does not answer.
    BufReader::new(stream.take(wire::ANSWER as u64)).read_until(b'\n', &mut line).ok()?;
    wire::word(&line).filter(|_| asks(event))
}

/// Says that a wish lies in the store. False if nobody listens: then it is found at the actor's next look.
pub fn wake(sockets: &[PathBuf]) -> bool {
    say(sockets, &Message::Wake).is_some()
}

/// Tells whoever acts that a person types into a pane, and waits until he has heard it. True also if that is this process,
/// which knows it already; false if nobody heard it in time.
pub fn typed(sockets: &[PathBuf], pane: PaneIdentity) -> bool {
    let Some(mut stream) = sockets.iter().find_map(|path| connect(path)) else { return false };
    let peer = rustix::net::sockopt::socket_peercred(&stream).map(|peer| peer.pid);
    if peer.is_ok_and(|pid| pid == rustix::process::getpid()) {
        return true;
    }
    let Some(frame) = wire::framed(&Message::Typed(pane)) else { return false };
    let mut heard = [0; wire::HEARD.len()];
    stream.set_read_timeout(Some(HEARD_WITHIN)).is_ok()
        && stream.write_all(&frame).is_ok()
        && stream.read_exact(&mut heard).is_ok()
        && heard == *wire::HEARD
}

pub(super) fn say(sockets: &[PathBuf], message: &Message<'_>) -> Option<UnixStream> {
    let frame = wire::framed(message)?;
    let mut stream = sockets.iter().find_map(|path| connect(path))?;
    stream.write_all(&frame).ok()?;
    Some(stream)
}

/// Never waits at the door: where the queue there is full, nobody takes from it.
fn connect(path: &Path) -> Option<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).ok()?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path).ok()?).ok()?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false).ok()?;
    Some(stream)
}
