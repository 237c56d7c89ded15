//! The signals that mean something to a program that runs for long, and what they ask for.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
pub enum Heard {
    /// Leave.
    End,
    /// The terminal is gone; to a daemon: read the files anew.
    HangUp,
    /// We were stopped and go on: the terminal may show anything.
    Continue,
}

/// The signals that mean something here.
pub struct Signals {
    term: Signal,
    int: Signal,
    hup: Signal,
    quit: Signal,
    cont: Signal,
}

impl Signals {
    /// Hears of them from now on.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            hup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            cont: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Heard {
        tokio::select! {
            _ = self.term.recv() => Heard::End,
            _ = self.int.recv() => Heard::End,
            _ = self.hup.recv() => Heard::HangUp,
            _ = self.quit.recv() => Heard::End,
            _ = self.cont.recv() => Heard::Continue,
        }
    }
}
