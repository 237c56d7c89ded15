//! A person's order that sends keys to one pane, whatever it is for: what it hears, and what it wants done next. Each is a
//! row of looks and sends, one at a time: nothing is sent that the look before does not bear out, and the first doubt ends it.

use std::time::Duration;

use super::ledger::Outcome;
use super::read::Reading;
use super::status::State;
use super::stroke::KeyName;

/// What came of a send must be seen within this time.
pub const VERIFY: Duration = Duration::from_secs(5);
/// A look, an answer of the disk or of tmux must come within this.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// Another look is asked for this long after the one before.
pub const AGAIN: Duration = Duration::from_millis(150);

/// What is seen of a session.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// What it does.
    pub state: State,
    /// Its screen, read.
    pub reading: &'a Reading,
    /// It has a pane.
    pub exists: bool,
    /// The pane's program has ended.
    pub dead: bool,
    /// Copy mode is open.
    pub in_mode: bool,
    /// Keys would go to other panes, too.
    pub synchronized: bool,
}

impl Sight<'_> {
    /// No agent runs there any more.
    pub fn has_ended(&self) -> bool {
        self.dead || matches!(self.state, State::Exited | State::Shell)
    }
}

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It went out.
    Done,
    /// It did not: something had changed.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
}

/// What an errand hears.
#[derive(Debug, Clone)]
pub enum Heard<'a> {
    /// A fresh look at the pane.
    Look(Sight<'a>),
    /// The server was asked; why nothing may be sent to the pane now, if so.
    Checked(Result<(), String>),
    /// The intent is on disk, or why not.
    Recorded(Result<(), String>),
    /// How sending ended.
    Sent(Sent),
    /// Time passed.
    Time,
}

/// One thing to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// A key.
    Key(KeyName),
    /// A text, as one paste.
    Text(String),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Wait.
    Wait,
    /// Look at the pane, now.
    Look,
    /// Ask the server how the pane is.
    Check,
    /// Write down what is meant to be sent, and why.
    Intend(String),
    /// Compare with the last look, and send.
    Send(Put),
    /// Over: written down where an intent was, and told.
    End(Outcome, String),
}
