//! Why a session does not get a task, in a sentence.

use std::fmt;
use std::time::Duration;

use super::TaskId;
use super::evidence::span;
use crate::domain::session::SessionName;
use crate::domain::status;

/// A reason. The first group can only be mended by a person; the second passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// Not in the roster.
    Unmanaged,
    /// The config keeps tasks away from it.
    Protected,
    /// The task names another session.
    NotTarget(SessionName),
    /// The task is for another tier.
    WrongTier(&'static str),
    /// The sender may not hand work to it.
    Chain(String),
    /// It has not the role or skill asked for.
    NotRole(String),
    /// It is not in the work tree that the task belongs to, or not in its own.
    WrongTree {
        /// Where it should be.
        want: String,
        /// Where it is; not known if `None`.
        is: Option<String>,
    },
    /// It has a task, or may still have one.
    Has(TaskId),
    /// It is not idle.
    State(status::State),
    /// Something stands in the composer.
    Composer,
    /// A person is there.
    Attended,
    /// Idle for too short a time.
    Fresh(Duration),
    /// Too little context left, in percent.
    Context(u8),
}

impl Misfit {
    /// True if waiting helps.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Has(_) | Self::State(_) | Self::Composer | Self::Attended | Self::Fresh(_))
    }

    /// True if the task may not be given there at all.
    pub fn forbids(&self) -> bool {
        matches!(self, Self::Protected | Self::Unmanaged | Self::Chain(_))
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmanaged => f.write_str("is not in the roster"),
            Self::Protected => f.write_str("is protected: no tasks are handed to it"),
            Self::NotTarget(name) => write!(f, "is not {name}, for whom it is"),
            Self::WrongTier(tier) => write!(f, "is no {tier}"),
            Self::Chain(rule) => write!(f, "may not get it: {rule}"),
            Self::NotRole(role) => write!(f, "has not the role \"{role}\""),
            Self::WrongTree { want, is: Some(is) } => write!(f, "is in {is}, not in {want}"),
            Self::WrongTree { want, is: None } => write!(f, "is not known to be in {want}"),
            Self::Has(id) => write!(f, "has task #{id}"),
            Self::State(status::State::Gone) => f.write_str("does not exist now"),
            Self::State(state) if state.asks() => write!(f, "waits for an answer ({})", state.word()),
            Self::State(state) => write!(f, "is {}", state.word()),
            Self::Composer => f.write_str("has text in its composer"),
            Self::Attended => f.write_str("has a person at its keyboard"),
            Self::Fresh(d) => write!(f, "has been idle for {} only", span(*d)),
            Self::Context(left) => write!(f, "has {left} % of its context left"),
        }
    }
}
