//! A run as a file: the first state's makings, then every fact with its instant, and a mark where a frame was drawn. Facts are
//! all that changes the state, so whoever takes them again has the same state and draws the same frames: a bug report is a
//! file. Pure: lines in, lines out. Reading, writing and the clock are for `runtime`.
//!
//! A line is one JSON object: the [`Header`] first, then [`Line`]s. The serde form of facts belongs to the version that wrote
//! them; what must hold over versions is the header, so that a recording of another one says so.

mod delta;
pub mod screen;
mod start;
mod tape;
mod veil;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::areas::Areas;
use super::event::Event;
use super::state::{Now, State};

pub use start::Start;
pub use tape::{Recorder, decode_header};
pub use veil::{Veil, untyped};

/// The form of the file. Another one cannot be read by this version.
pub const FORMAT: u32 = 1;

/// No line is longer, in bytes: a file without line breaks must not fill the memory of whoever reads it.
pub const LONGEST: usize = 16 << 20;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The form of what follows.
    pub archtui_recording: u32,
    /// The version that wrote it.
    pub version: String,
    /// The theme's name.
    pub theme: String,
    /// What the first state is made of.
    pub start: Start,
}

/// An instant as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The system's monotonic clock.
    mono_ns: u64,
    /// UTC.
    wall: Timestamp,
    /// How far the person's clock is ahead of that, in seconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    ahead: i32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &i32) -> bool {
    *n == 0
}

impl Stamp {
    /// Of an instant.
    pub fn of(now: Now) -> Self {
        let there = Offset::UTC.to_timestamp(now.local).unwrap_or(now.utc);
        let ahead = there.as_second() - now.utc.as_second();
        Self {
            mono_ns: u64::try_from(now.mono.as_nanos()).unwrap_or(u64::MAX),
            wall: now.utc,
            ahead: i32::try_from(ahead).unwrap_or_default(),
        }
    }

    /// On the monotonic clock.
    pub fn mono(self) -> Duration {
        Duration::from_nanos(self.mono_ns)
    }

    /// The instant.
    pub fn now(self) -> Now {
        let local = Offset::from_seconds(self.ahead).unwrap_or(Offset::UTC).to_datetime(self.wall);
        Now { mono: self.mono(), utc: self.wall, local }
    }
}

/// A line behind the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A fact.
    Fact(Value),
    /// A fact, by what makes it another one than the last of its kind.
    Change(String, Value),
    /// A frame was drawn, so large.
    Drew(u16, u16),
    /// A fact that could not be written, and why.
    Lost(String),
}

/// A recorded run, as far as it was taken again.
#[derive(Debug)]
pub struct Replay {
    state: State,
    tape: tape::Player,
}

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Took {
    /// A fact, in a word.
    Fact(String),
    /// A frame.
    Frame,
    /// Nothing that could be taken.
    Lost(String),
}

impl Replay {
    /// Before the first line.
    pub fn new(start: Start) -> Result<Self, String> {
        Ok(Self { state: start.state()?, tape: tape::Player::default() })
    }

    /// The state so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes one line. Where a frame was drawn, it is drawn again, and what stands where is taken from that. What the state
    /// wishes to be done is not done.
    pub fn take(
        &mut self,
        line: &Line,
        draw: impl FnOnce(&State, (u16, u16)) -> Areas,
    ) -> Result<Took, String> {
        let now = line.stamp.now();
        let (fact, took) = match &line.what {
            What::Drew(w, h) => (Event::Drew(draw(&self.state, (*w, *h))), Took::Frame),
            What::Lost(why) => return Ok(Took::Lost(why.clone())),
            what => {
                let (fact, word) = self.tape.fact(what)?;
                (fact, Took::Fact(word))
            }
        };
        // Nobody carries out what is wished.
        let _ = super::update(&mut self.state, fact, now);
        Ok(took)
    }
}
