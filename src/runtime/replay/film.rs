//! A recorded run, moved on by facts, steps and instants, with the last frame that was drawn. No terminal, no clock.

use std::io::BufRead;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::reel::{End, Reel};
use crate::app::record::{Header, Replay, Took, What};
use crate::theme::Theme;
use crate::view;

/// A frame is not larger: a recording may come from anybody.
const LARGEST: u16 = 1000;

/// A run as it is shown.
#[derive(Debug)]
pub struct Film<R> {
    replay: Replay,
    reel: Reel<R>,
    theme: Theme,
    frame: Option<Buffer>,
    /// When the first fact was taken, on the recording's clock.
    first: Duration,
    /// When the last one was that has been taken again.
    at: Duration,
    /// Facts taken.
    pub taken: usize,
    /// The last one, in a word.
    pub word: String,
    /// Facts that could not be written.
    pub lost: usize,
}

impl<R: BufRead> Film<R> {
    /// Before the first fact. The error says what this version does not know.
    pub fn new(header: Header, reel: Reel<R>, theme: Theme) -> Result<Self, String> {
        let first = reel.peek().map_or(Duration::ZERO, |line| line.stamp.mono());
        let replay = Replay::new(header.start)?;
        let word = String::new();
        Ok(Self { replay, reel, theme, frame: None, first, at: first, taken: 0, word, lost: 0 })
    }

    /// The last frame that was drawn.
    pub fn frame(&self) -> Option<&Buffer> {
        self.frame.as_ref()
    }

    /// How far it is.
    pub fn position(&self) -> Duration {
        self.at.saturating_sub(self.first)
    }

    /// When the next line is due.
    pub fn next(&self) -> Option<Duration> {
        self.reel.peek().map(|line| line.stamp.mono().saturating_sub(self.first))
    }

    /// How it ends, once it has.
    pub fn end(&self) -> Option<&End> {
        self.reel.end().filter(|_| self.reel.peek().is_none())
    }

    /// Goes on to an instant: everything until then is taken.
    pub fn until(&mut self, position: Duration) {
        while self.next().is_some_and(|next| next <= position) {
            self.line();
        }
    }

    /// One fact, and the frame that was drawn of it, if one was.
    pub fn step(&mut self) {
        let before = self.taken;
        while self.taken == before && self.reel.peek().is_some() {
            self.line();
        }
        while self.reel.peek().is_some_and(|line| matches!(line.what, What::Drew(..))) {
            self.line();
        }
    }

    /// Takes one line.
    pub fn line(&mut self) {
        let Some(line) = self.reel.take() else { return };
        let mut frame = None;
        let theme = &self.theme;
        let took = self.replay.take(&line, |state, (width, height)| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width.min(LARGEST), height.min(LARGEST)));
            let areas = view::paint(state, theme, &mut buffer);
            frame = Some(buffer);
            areas
        });
        self.frame = frame.or(self.frame.take());
        self.at = self.at.max(line.stamp.mono());
        match took {
            Ok(Took::Fact(word)) => {
                self.taken += 1;
                self.word = word;
            }
            Ok(Took::Frame) => {}
            Ok(Took::Lost(_)) => self.lost += 1,
            Err(why) => self.reel.break_off(why),
        }
    }
}
