//! One look at a pane with a text in hand: is it free, does its composer hold the text, was the text taken. Only what the
//! screen shows now; what it showed before is for the hand.

use std::sync::Arc;

use super::hand::essence;
use crate::domain::read::{Composer, Reading};
use crate::domain::screen::Screen;
use crate::domain::status::State;
use crate::domain::text;

/// What is compared of a text with the conversation: its first signs, among them the task's number, and its last.
const HEAD: usize = 40;

/// A text of fewer lines and characters than these is shown as it is by every agent.
const LARGE: (usize, usize) = (3, 400);

/// A look.
#[derive(Debug, Clone)]
pub struct Look {
    screen: Arc<Screen>,
    agent: bool,
    state: State,
    /// A dialog is open, from this row on.
    asks: Option<u16>,
    composer: Option<Composer>,
    attended: bool,
}

/// What of a text stands in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    head: bool,
    tail: bool,
}

impl Said {
    /// True if a part stands there that did not before.
    pub fn is_new(self, before: Self) -> bool {
        (self.head && !before.head) || (self.tail && !before.tail)
    }
}

/// What the pane must still show when something is put into it: these rows, and the cursor where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The screen as it was read.
    pub screen: Arc<Screen>,
    /// From this row on, 0-based, to the end.
    pub from: u16,
}

impl Look {
    /// A look from what was read; `attended` if a person is at that session.
    pub fn new(screen: Arc<Screen>, reading: &Reading, attended: bool) -> Self {
        Self {
            screen,
            agent: reading.agent.is_some(),
            state: reading.state,
            asks: reading.dialog.as_ref().map(|d| d.rows.0),
            composer: reading.composer.clone(),
            attended,
        }
    }

    /// Whether a text may be put there now; else why not.
    pub fn clear(&self) -> Result<(), String> {
        let composer = self.composer.as_ref();
        let why = match composer {
            _ if self.is_shell() => "no agent runs in it".to_owned(),
            _ if self.asks() => format!("it waits for an answer ({})", self.state.word()),
            _ if self.attended => "a person is at its keyboard".to_owned(),
            _ if self.state != State::Idle => self.state.clause().to_owned(),
            _ if !self.agent => "which agent runs in it is not known".to_owned(),
            None => "it shows no composer".to_owned(),
            Some(c) if !c.certain => {
                "whether its composer is empty cannot be told without colours".to_owned()
            }
            Some(c) if c.mode.is_some() => {
                "its composer takes shell commands or notes now; Esc there ends that".to_owned()
            }
            Some(c) if !c.text.trim().is_empty() => "its composer has text in it".to_owned(),
            Some(_) => return Ok(()),
        };
        Err(why)
    }

    /// Where something may be put, if that can be compared: the cursor stands in the composer, or a row there says something.
    pub fn spot(&self) -> Option<Spot> {
        let from = self.composer.as_ref()?.row;
        let cursor = self.screen.cursor.is_some_and(|c| c.y >= from);
        let says = |row: &crate::domain::screen::Row| row.text().chars().any(char::is_alphanumeric);
        let rows = self.screen.rows.iter().skip(usize::from(from)).any(says);
        (cursor || rows).then(|| Spot { screen: Arc::clone(&self.screen), from })
    }

    /// The composer holds that text, whole and alone; a long one may stand there as the agent's own placeholder.
    pub fn holds(&self, typed: &str) -> bool {
        let Some(c) = self.composer.as_ref().filter(|_| !self.is_another()) else { return false };
        if let Some(pasted) = &c.pasted {
            let (lines, chars) = (typed.lines().count(), typed.chars().count());
            let large = lines >= LARGE.0 || chars >= LARGE.1;
            // Some count the lines, some the line ends.
            let lines_fit = pasted.lines.is_none_or(|n| n == lines || n + 1 == lines);
            return large && lines_fit && pasted.chars.is_none_or(|n| n == chars);
        }
        let (shown, wanted) = (essence(&c.text), essence(typed));
        // A leading `!` becomes the prompt.
        !shown.is_empty() && (shown == wanted || typed.strip_prefix('!').is_some_and(|t| essence(t) == shown))
    }

    /// The composer is there and empty.
    pub fn is_empty(&self) -> bool {
        self.asks.is_none()
            && self.composer.as_ref().is_some_and(|c| c.text.trim().is_empty() && c.pasted.is_none())
    }

    /// The agent works, and nothing stands in its composer.
    pub fn is_at_work(&self) -> bool {
        self.is_empty() && matches!(self.state, State::Working | State::Error)
    }

    /// It asks something.
    pub fn asks(&self) -> bool {
        self.asks.is_some() || self.state.asks()
    }

    /// A shell stands where the agent was.
    pub fn is_shell(&self) -> bool {
        matches!(self.state, State::Shell | State::Exited | State::Gone)
    }

    /// Something other than the agent's composer: nothing of ours may go there.
    pub fn is_another(&self) -> bool {
        self.asks() || self.is_shell()
    }

    /// Whether the text's head and its end stand in the conversation: above the composer, or the dialog.
    pub fn said(&self, typed: &str) -> Said {
        let Some(end) = self.asks.or(self.composer.as_ref().map(|c| c.row)) else { return Said::default() };
        let whole: Vec<char> = essence(typed).chars().collect();
        let head: String = whole.iter().take(HEAD).collect();
        let tail: String = whole[whole.len().saturating_sub(HEAD)..].iter().collect();
        let above: String =
            self.screen.rows.iter().take(usize::from(end)).map(|r| essence(r.text())).collect();
        let stands = |part: &str| !part.is_empty() && above.contains(part);
        Said { head: stands(&head), tail: stands(&tail) }
    }

    /// What is seen, for a person who has to decide.
    pub fn seen(&self) -> String {
        match &self.composer {
            _ if self.is_another() => format!("the session is {}", self.state.word()),
            Some(c) if c.text.trim().is_empty() => "the composer is empty".to_owned(),
            Some(c) => format!("the composer shows \"{}\"", text::fit(&c.text.replace('\n', " "), 60)),
            None => format!("the session is {} and shows no composer", self.state.word()),
        }
    }
}
