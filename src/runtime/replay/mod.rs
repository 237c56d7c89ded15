//! A recorded run in the terminal: the same state, the same frames, at the speed that a person likes. Nothing is done of what
//! the state wished then: no tmux, no store, no key.

mod film;
mod reel;
mod status;

use std::io::{self, BufRead};
use std::time::Duration;

use crossterm::event::EventStream;
use futures_util::StreamExt;
use ratatui::layout::Rect;

use crate::app::Event;
use crate::app::key::{Code, Key};
use crate::terminal::Terminal;
use crate::theme::Theme;

use super::{Heard, Signals, clock, input};

pub use film::Film;
pub use reel::{End, Reel};

/// The highest speed.
const FASTEST: u32 = 64;
/// So long lines are taken before keys are looked at again.
const TURN: Duration = Duration::from_millis(30);

/// How it is shown.
#[derive(Debug)]
struct Screening<R> {
    film: Film<R>,
    theme: Theme,
    /// Facts in all.
    facts: usize,
    paused: bool,
    speed: u32,
    /// The instant of our clock, and the position that was shown then.
    from: (Duration, Duration),
    /// What came of the last key, if it meant nothing.
    said: Option<String>,
}

/// Shows a run of so many facts, from where the film stands, until a person leaves or a signal ends it.
pub fn run<R: BufRead>(film: Film<R>, theme: Theme, facts: usize) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(show(film, theme, facts));
    runtime.shutdown_timeout(super::LEFT_BEHIND);
    outcome
}

async fn show<R: BufRead>(film: Film<R>, theme: Theme, facts: usize) -> io::Result<()> {
    let mut signals = Signals::listen()?;
    let mut terminal = Terminal::take(false)?;
    let mut keys = EventStream::new();
    let from = (clock::monotonic(), film.position());
    let mut show = Screening { film, theme, facts, paused: false, speed: 1, from, said: None };
    loop {
        show.go_on(clock::monotonic());
        terminal.draw(|frame| show.draw(frame))?;
        let sleep =
            show.due().map(|due| due.saturating_sub(clock::monotonic()).max(Duration::from_millis(1)));
        let leave = tokio::select! {
            biased;
            last = signals.next() => match last {
                Heard::End | Heard::HangUp => true,
                Heard::Continue => {
                    terminal.forget()?;
                    false
                }
            },
            report = keys.next() => match report {
                Some(Ok(report)) => match input::fact(report) {
                    Some(Event::Key(key)) => show.key(key),
                    Some(Event::Resized(..)) => {
                        terminal.forget()?;
                        false
                    }
                    _ => false,
                },
                Some(Err(_)) | None => true,
            },
            () = rest(sleep) => false,
        };
        if leave {
            return Ok(());
        }
    }
}

/// Sleeps that long; for ever where nothing comes by itself.
async fn rest(sleep: Option<Duration>) {
    match sleep {
        Some(sleep) => tokio::time::sleep(sleep).await,
        None => std::future::pending().await,
    }
}

impl<R: BufRead> Screening<R> {
    /// Takes what is due, for a turn.
    fn go_on(&mut self, now: Duration) {
        if self.paused {
            return;
        }
        let target = self.target(now);
        let end = now + TURN;
        while self.film.next().is_some_and(|next| next <= target) && clock::monotonic() < end {
            self.film.line();
        }
    }

    /// The position that our clock says.
    fn target(&self, now: Duration) -> Duration {
        self.from.1 + now.saturating_sub(self.from.0) * self.speed
    }

    /// When, on our clock, the next line is due.
    fn due(&self) -> Option<Duration> {
        let next = self.film.next().filter(|_| !self.paused)?;
        Some(self.from.0 + next.saturating_sub(self.from.1) / self.speed)
    }

    /// From here on, at what speed ever.
    fn again_from(&mut self, position: Duration) {
        self.from = (clock::monotonic(), position);
    }

    /// A key; true if it leaves.
    fn key(&mut self, key: Key) -> bool {
        self.said = None;
        let running = self.target(clock::monotonic());
        let here = if self.paused { self.film.position() } else { running.max(self.film.position()) };
        match key.code {
            Code::Char('q') | Code::Esc => return true,
            Code::Char('c') if key.ctrl => return true,
            Code::Char(' ') => {
                self.paused = !self.paused;
                self.again_from(self.film.position());
            }
            Code::Right | Code::Char('.') => {
                self.paused = true;
                self.film.step();
            }
            Code::Char('+' | '=') => {
                self.speed = (self.speed * 2).min(FASTEST);
                self.again_from(here);
            }
            Code::Char('-') => {
                self.speed = (self.speed / 2).max(1);
                self.again_from(here);
            }
            _ => self.said = Some(format!("{key} means nothing here")),
        }
        false
    }

    /// The frame as far as it fits above one row of our own.
    fn draw(&self, frame: &mut ratatui::Frame) {
        let area = frame.area();
        let buffer = frame.buffer_mut();
        let room = Rect { height: area.height.saturating_sub(1), ..area };
        if let Some(shown) = self.film.frame() {
            for y in 0..room.height.min(shown.area.height) {
                for x in 0..room.width.min(shown.area.width) {
                    buffer[(x, y)] = shown[(x, y)].clone();
                }
            }
        }
        self.status(buffer, Rect { y: room.height, height: area.height.min(1), ..area });
    }
}
