//! Writing a run down while it goes on. The loop only hands facts over; masking, writing and a disk that is slow or full are
//! the matter of a thread of its own. Where that cannot keep up the recording ends, never the loop.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::app::Event;
use crate::app::event::Did;
use crate::app::record::{Recorder, Start};
use crate::app::state::Now;

/// Facts that may wait for the disk: seconds of a busy fleet.
const WAITING: usize = 8192;
/// How long the end waits until all is written.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Where a run is to be written.
#[derive(Debug)]
pub struct Tape {
    /// Made new for it.
    pub file: File,
    /// Its name as it is told.
    pub name: String,
}

/// What is handed over.
enum Taken {
    Fact(Now, Event),
    Drew(Now, (u16, u16)),
}

/// A recording that goes on. Dropping it ends it.
#[derive(Debug)]
pub struct Recording {
    name: String,
    /// Away at the end: that ends the thread.
    taken: Option<SyncSender<Taken>>,
    /// Says why, if the thread ended before; hangs up with it.
    ended: Receiver<String>,
}

impl Recording {
    /// Begins: writes what the first state is made of. Words that tell whose machine this is are left out.
    pub fn begin(tape: Tape, start: Start, theme: &str, whose: Vec<String>) -> io::Result<Self> {
        let Tape { file, name } = tape;
        let recorder = Recorder::new(whose);
        let header = recorder.header(start, theme).map_err(io::Error::other)?;
        let (taken, waiting) = sync_channel(WAITING);
        let (tell, ended) = sync_channel(1);
        let mut file = BufWriter::new(file);
        writeln!(file, "{header}").and_then(|()| file.flush())?;
        thread::Builder::new().name("recording".to_owned()).spawn(move || {
            if let Err(e) = write_all(&mut file, recorder, &waiting) {
                let _ = tell.send(e.to_string());
            }
        })?;
        Ok(Self { name, taken: Some(taken), ended })
    }

    /// A fact is about to be taken. `Some`: the recording has ended, and what is to be told of it; it is told once.
    pub fn fact(&mut self, now: Now, event: Event) -> Option<Did> {
        self.hand_over(Taken::Fact(now, event))
    }

    /// A frame was drawn, so large.
    pub fn drew(&mut self, now: Now, size: (u16, u16)) -> Option<Did> {
        self.hand_over(Taken::Drew(now, size))
    }

    /// Nothing more comes: what waits is written while other things end.
    pub fn close(&mut self) {
        self.taken = None;
    }

    fn hand_over(&mut self, taken: Taken) -> Option<Did> {
        let why = match self.taken.as_ref()?.try_send(taken) {
            Ok(()) => return None,
            Err(TrySendError::Full(_)) => "the disk is too slow".to_owned(),
            Err(TrySendError::Disconnected(_)) => match self.ended.try_recv() {
                Ok(why) => why,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => "its thread has ended".to_owned(),
            },
        };
        self.taken = None;
        let what = format!("the recording to {} ended; it can be replayed up to here", self.name);
        Some(Did { what, command: None, failed: Some(why) })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.close();
        // It says why it ended, or hangs up, or the time is over: a disk that hangs must not hold the exit up.
        match self.ended.recv_timeout(PATIENCE) {
            Ok(why) => tracing::warn!("the recording to {} is not whole: {why}", self.name),
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!("the end of the recording to {} was not written in time", self.name);
            }
            Err(RecvTimeoutError::Disconnected) => {}
        }
    }
}

/// Writes what is handed over until nobody does any more. Whenever nothing waits, all of it is in the file.
fn write_all(file: &mut impl Write, mut recorder: Recorder, waiting: &Receiver<Taken>) -> io::Result<()> {
    while let Ok(first) = waiting.recv() {
        let mut next = Some(first);
        while let Some(taken) = next {
            let line = match taken {
                Taken::Fact(now, event) => recorder.fact(now, &event),
                Taken::Drew(now, size) => Recorder::drew(now, size),
            };
            writeln!(file, "{line}")?;
            next = waiting.try_recv().ok();
        }
        file.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;
    use crate::app::State;
    use crate::app::effect::Fixed;
    use crate::app::keymap::Keymap;
    use crate::app::state::Fleet;
    use crate::domain::roster::Roster;

    fn start() -> Start {
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        Start::of(&State::new(fixed, "test", Fleet::new(Roster::default())))
    }

    fn tape(file: File) -> Tape {
        Tape { file, name: "x".to_owned() }
    }

    #[test]
    fn all_of_it_is_in_the_file_at_the_end() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut recording =
            Recording::begin(tape(file.reopen().expect("again")), start(), "dark", vec![]).expect("begins");
        for _ in 0..1000 {
            assert_eq!(recording.fact(Now::ZERO, Event::Woke), None);
        }
        assert_eq!(recording.drew(Now::ZERO, (80, 24)), None);
        drop(recording);
        let text = std::fs::read_to_string(file.path()).expect("reads");
        assert_eq!(text.lines().count(), 1002);
        assert!(text.ends_with("\"drew\":[80,24]}\n"), "{text}");
    }

    #[test]
    fn a_full_disk_ends_it_with_one_word_and_never_the_loop() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let begun = Recording::begin(tape(full), start(), "dark", vec![]);
        assert!(begun.is_err(), "the first line cannot be written");
        // A pipe that nobody reads any more is a disk that fills up after the first line.
        let (reader, writer) = io::pipe().expect("a pipe");
        let file = File::from(OwnedFd::from(writer));
        let mut recording = Recording::begin(tape(file), start(), "dark", vec![]).expect("begins");
        drop(reader);
        let told = (0..1_000_000).find_map(|_| recording.fact(Now::ZERO, Event::Woke)).expect("it ends");
        assert!(told.what.contains("can be replayed") && told.failed.is_some(), "{told:?}");
        assert_eq!(recording.fact(Now::ZERO, Event::Woke), None, "told once");
    }

    #[test]
    fn a_disk_that_hangs_ends_it_too() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let file = File::from(OwnedFd::from(writer));
        let mut recording = Recording::begin(tape(file), start(), "dark", vec![]).expect("begins");
        // A pipe holds 64 KB, then the thread hangs in its write.
        let told = (0..WAITING + 10_000).find_map(|_| recording.fact(Now::ZERO, Event::Woke));
        assert_eq!(told.and_then(|d| d.failed).as_deref(), Some("the disk is too slow"));
        drop(recording);
        drop(reader);
    }
}
