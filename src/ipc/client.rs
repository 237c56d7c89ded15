//! What `archtui hook` and the command line say to the actor. Blocking and without a clock: whoever calls limits the whole
//! program.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::wire::{self, Message};
use crate::domain::confirm::HookWord;
use crate::domain::hook::asks;

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
