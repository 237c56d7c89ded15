//! The pane's terminal: raw mode, reads, the picture as few bytes as possible in one write. Not what is drawn (`look`).

use std::io::{self, BufWriter, Stdout, Write};
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, terminal};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};

use super::agent::{Agent, End};
use super::keys::Reader;
use super::log::Log;
use super::look::{self, Frame};
use super::note::Note;

/// The size of the terminal is looked at this often when nothing else happens.
const RESIZE: Duration = Duration::from_secs(1);

/// CLOCK_MONOTONIC: the one clock of the simulation, comparable with what others log on this machine.
pub fn now() -> Duration {
    clock(ClockId::Monotonic)
}

/// The second of the day, UTC.
pub fn second_of_day() -> u64 {
    clock(ClockId::Realtime).as_secs() % 86_400
}

fn clock(id: ClockId) -> Duration {
    let t = clock_gettime(id);
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}

/// Plays the agent on this terminal until it ends or the terminal goes away (`None`).
pub fn play(mut agent: Agent, log: &mut Log, alternate: bool) -> io::Result<Option<End>> {
    let mut screen = Screen::open(alternate)?;
    let mut reader = Reader::default();
    let mut buf = [0; 4096];
    loop {
        agent.advance(now());
        tell(&mut agent, log);
        log.status(agent.status());
        if let Some(end) = agent.ended() {
            return Ok(Some(end));
        }
        let fresh = agent.ask().filter(|ask| ask.swapped).map(|ask| ask.shown);
        if fresh != screen.probed {
            screen.probe()?;
        }
        screen.probed = fresh;
        screen.show(&agent)?;
        if let Some(ask) = agent.ask().filter(|_| !screen.told) {
            screen.told = true;
            let drawn = Note::Drawn { dialog: ask.word(), subject: ask.subject().to_owned() };
            log.write(now(), &drawn);
        }
        screen.told &= agent.ask().is_some();
        let at = now();
        let due = [agent.deadline(), look::next_change(&agent, at), Some(at + RESIZE)];
        let wait = due.into_iter().flatten().min().unwrap_or(at).saturating_sub(at);
        match read(&mut buf, wait)? {
            Read::Nothing => {}
            Read::Gone => return Ok(None),
            Read::Bytes(n) => {
                let at = now();
                log.write(
                    at,
                    &Note::Read {
                        bytes: buf[..n].escape_ascii().to_string(),
                        dialog: agent.ask().map(|a| a.word().to_owned()),
                    },
                );
                for input in reader.feed(&buf[..n]) {
                    agent.input(&input, at);
                }
            }
        }
    }
}

fn tell(agent: &mut Agent, log: &mut Log) {
    for note in agent.notes() {
        log.write(now(), &note);
    }
}

enum Read {
    Nothing,
    Gone,
    Bytes(usize),
}

fn read(buf: &mut [u8], wait: Duration) -> io::Result<Read> {
    let stdin = rustix::stdio::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let wait = Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    };
    match poll(&mut fds, Some(&wait)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(Read::Nothing),
        Ok(_) => {}
        Err(e) => return Err(e.into()),
    }
    match rustix::io::read(stdin, buf) {
        Ok(0) | Err(rustix::io::Errno::IO) => Ok(Read::Gone),
        Ok(n) => Ok(Read::Bytes(n)),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(Read::Nothing),
        Err(e) => Err(e.into()),
    }
}

/// The terminal in raw mode; put back on drop.
struct Screen {
    backend: CrosstermBackend<BufWriter<Stdout>>,
    shown: Buffer,
    last: Option<Frame>,
    /// The open dialog has been told of in the log.
    told: bool,
    /// The terminal was asked whether it has read that swapped dialog, the one shown since then, and then its end.
    probed: Option<Duration>,
    alternate: bool,
}

impl Screen {
    fn open(alternate: bool) -> io::Result<Self> {
        enable_raw_mode()?;
        let mut out = BufWriter::with_capacity(64 * 1024, io::stdout());
        if alternate {
            execute!(out, EnterAlternateScreen)?;
        }
        execute!(out, Clear(ClearType::All), EnableBracketedPaste, Hide, SetTitle(look::TITLE))?;
        Ok(Self {
            backend: CrosstermBackend::new(out),
            shown: Buffer::empty(Rect::ZERO),
            last: None,
            told: false,
            probed: None,
            alternate,
        })
    }

    /// Asks the terminal where its cursor is, in one write with what is drawn next. Its answer stands among the keys where it
    /// read that: a key before it was sent while the terminal still showed what was there before.
    fn probe(&mut self) -> io::Result<()> {
        self.told = false;
        self.backend.write_all(b"\x1b[6n")
    }

    /// Writes what changed.
    fn show(&mut self, agent: &Agent) -> io::Result<()> {
        let (width, height) = terminal::size()?;
        let area = Rect::new(0, 0, width, height);
        let resized = area != self.shown.area;
        let frame = look::frame(agent, now(), width, height);
        if !resized && self.last.as_ref() == Some(&frame) {
            return Ok(());
        }
        if resized {
            execute!(self.backend, Clear(ClearType::All))?;
            self.shown = Buffer::empty(area);
        }
        let mut next = Buffer::empty(area);
        for (y, row) in (0..height).zip(&frame.rows) {
            next.set_line(0, y, row, width);
        }
        self.backend.draw(self.shown.diff(&next).into_iter())?;
        // Hidden, and still on the marked option's row: the one command that flushes.
        self.backend.set_cursor_position(Position::new(frame.cursor.0, frame.cursor.1))?;
        self.shown = next;
        self.last = Some(frame);
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let out = &mut self.backend;
        let _ = execute!(out, DisableBracketedPaste, SetTitle(""));
        let _ = if self.alternate {
            execute!(out, LeaveAlternateScreen, Show)
        } else {
            execute!(out, Clear(ClearType::All), crossterm::cursor::MoveTo(0, 0), Show)
        };
        let _ = disable_raw_mode();
    }
}
