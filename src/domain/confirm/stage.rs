//! How far a case has come, and what is known of its answer by then.

use std::time::Duration;

use super::hold::{Held, World};
use super::mark::Goal;
use super::order::HookId;
use crate::domain::ledger::{Actor, Channel, Said};
use crate::domain::stroke::KeyName;

/// An answer that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    pub actor: Actor,
    /// The wish by which a person asked for it.
    pub wish: Option<u64>,
    pub by: By,
    /// What it says to the agent, as the dialog was when it was meant.
    pub said: Said,
    /// It only moves the mark, to there.
    pub goal: Option<Goal>,
}

/// How it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Key(KeyName),
    Hook(HookId),
}

impl Act {
    pub fn channel(&self) -> Channel {
        match self.by {
            By::Key(_) => Channel::Key,
            By::Hook(_) => Channel::Hook,
        }
    }

    /// Its key says what it says: one that only moves the mark says nothing.
    pub fn is_last(&self) -> bool {
        self.goal.is_none() || matches!(&self.by, By::Key(key) if key.as_str() == "Enter")
    }

    /// The intent is written while the dialog settles, so that nothing but the last look stands between it and the key.
    pub fn is_ahead(&self) -> bool {
        self.actor == Actor::Automation && self.channel() == Channel::Key
    }
}

/// How far a case has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its verdict is to be asked for.
    Seen,
    /// Waits for its verdict, since then.
    Judging(Duration),
    /// Judged; waits until it has stood long enough, and for a second reading.
    Reading,
    /// May be answered, if the world allows it.
    Guarding(Act),
    /// An entry is on its way to the disk.
    Writing(After),
    /// The intent is on disk, a little ahead; waits until it has stood long enough.
    Ready(Intent),
    /// The intent is on disk; the world is asked once more. Where it was ahead the dialog is read once more, too: the look
    /// was asked for at that time, and has not come.
    Rechecking(Intent, Option<Duration>),
    /// The answer is on its way, since then.
    Sending(Act, Duration),
    /// Sent, at that time; must be seen to go.
    Verifying(Duration),
    /// For a person, or until it passes.
    Held(Held),
    /// Told to the end.
    Over,
}

impl Stage {
    /// What the world said counts no more.
    pub fn unclear(&mut self) {
        match self {
            Self::Writing(After::Send(_, given @ Clearance::Given(_))) => *given = Clearance::Void,
            Self::Ready(intent) => intent.cleared = None,
            // What it was asked for may have been said already: it is asked again.
            Self::Rechecking(intent, _) if intent.act.is_ahead() => {
                *self = Self::Ready(Intent { cleared: None, ..intent.clone() });
            }
            _ => {}
        }
    }
}

/// What follows when an entry is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    Send(Act, Clearance),
    Rest(Held),
    /// It reads otherwise now: from the beginning.
    Anew,
    Over,
}

/// What was said to an answer while its intent was on its way to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Clearance {
    /// Nothing that still counts.
    Void,
    /// The world allows it.
    Given(Cleared),
    /// The world, or a person, has said no: that stays said.
    Vetoed(Held),
}

/// An answer whose intent is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intent {
    pub act: Act,
    /// Its entry.
    pub seq: u64,
    /// What the world said last, as far as that counts.
    pub cleared: Option<Cleared>,
}

/// The world's word that an answer may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cleared {
    /// When it was said.
    pub at: Duration,
    /// When anybody had last been active in the session by then.
    pub stirred: Option<u64>,
    /// The server could not tell every row of the dialog: a look must stand right before the key.
    pub coarse: bool,
}

impl Cleared {
    pub fn by(world: &World, at: Duration) -> Self {
        Self { at, stirred: world.stirred, coarse: world.coarse }
    }
}
