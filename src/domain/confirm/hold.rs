//! Why a dialog is held for a person, and the guard that says so.

use std::fmt;
use std::time::Duration;

use super::switches::Standing;
use super::timing::{ASK_AGAIN, HOOK_OWNS, TYPED_OVER};
use crate::domain::ledger::Channel;

/// Why nothing is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A rule holds it, or none allows it.
    Rule,
    /// It would be confirmed, but auto-confirm only watches here.
    Watching,
    /// Not for automation to look at.
    Ignored,
    /// The screen has a dialog and the session's state does not ask.
    Doubtful,
    /// Its mark stands on another option than *allow once*: somebody is choosing, and a key may be a letter where he stands.
    MarkMoved,
    /// No option, or more than one, means what is wanted, or part of it is hidden.
    NoKey,
    /// Another instance acts.
    NotActor,
    /// Not a session of the roster.
    Unmanaged,
    /// The config excludes it.
    Excluded,
    /// Paused everywhere, by whom.
    Paused(String),
    /// Switched off for this session, by whom.
    Off(String),
    /// A person was active there just now.
    PersonActive,
    /// A person became active there between the last question and the key: the server found it.
    PersonCame,
    /// It is not known whether a person is active there.
    PersonUnknown,
    /// The pane's program has ended.
    Dead,
    /// Copy mode would swallow the key.
    InMode,
    /// The key would go to other panes too.
    Synchronized,
    /// Another program than the agent is in the foreground.
    NotTheAgent,
    /// Too many answers in a minute.
    TooFast,
    /// A hook of the pane has the word now.
    HookSpeaks,
    /// The session's hooks are heard, but this dialog came without one.
    HookMissing,
    /// The hook gave it back: then the screen is not judged again.
    HookFell,
    /// It was answered once; nothing is tried twice.
    Answered,
    /// A key was sent, and it is still there.
    StillThere,
    /// A key was sent, and it was still there 5 s later.
    Stuck,
    /// One that says the same was being answered by an archtui before us, and its end was not written.
    Restarted,
    /// It is not known where the last key went.
    Uncertain(String),
    /// The last look before the key found something else.
    Refused(String),
    /// The ledger could not be written.
    NotRecorded(String),
    /// A person keeps it.
    Person(String),
}

impl Hold {
    /// True if it may pass without anybody touching the dialog: then it is guarded again. All others are for a person.
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Watching
                | Self::Paused(_)
                | Self::Off(_)
                | Self::PersonActive
                | Self::PersonCame
                | Self::PersonUnknown
                | Self::InMode
                | Self::Synchronized
                | Self::NotTheAgent
                | Self::TooFast
                | Self::HookSpeaks
                | Self::NotRecorded(_)
        )
    }

    /// True if it lasts until a person does something, at this dialog or elsewhere: nothing of itself will confirm it.
    pub(super) const fn lasts(&self) -> bool {
        !self.passes() || matches!(self, Self::Paused(_) | Self::Off(_) | Self::NotRecorded(_))
    }

    /// Within this an agent draws what its hook gave back: not while a person types there.
    pub(super) const fn drawn_within(&self) -> Duration {
        match self {
            Self::PersonActive | Self::PersonCame | Self::PersonUnknown => TYPED_OVER,
            _ => HOOK_OWNS,
        }
    }

    /// True if an answer may have been sent to it: that is told, whoever keeps it.
    pub(super) const fn is_of_an_answer(&self) -> bool {
        matches!(self, Self::Answered | Self::Stuck | Self::Restarted | Self::Uncertain(_))
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule => f.write_str("for a person, by rule"),
            Self::Watching => f.write_str("auto-confirm only watches here"),
            Self::Ignored => f.write_str("not for automation"),
            Self::Doubtful => f.write_str("the session does not look as if it asked"),
            Self::MarkMoved => f.write_str("its mark stands on another option: somebody is choosing"),
            Self::NoKey => f.write_str("no single option of it means that, or part of it is hidden"),
            Self::NotActor => f.write_str("another instance acts"),
            Self::Unmanaged => f.write_str("the session is not of the roster"),
            Self::Excluded => f.write_str("the session is excluded"),
            Self::Paused(who) => write!(f, "paused by {who}"),
            Self::Off(who) => write!(f, "switched off for this session by {who}"),
            Self::PersonActive => f.write_str("a person is active there"),
            Self::PersonCame => f.write_str("a person was active there just before the key"),
            Self::PersonUnknown => f.write_str("tmux did not say whether a person is active there"),
            Self::Dead => f.write_str("the pane is dead"),
            Self::InMode => f.write_str("the pane is in copy mode"),
            Self::Synchronized => f.write_str("synchronize-panes is on"),
            Self::NotTheAgent => f.write_str("the agent is not in the foreground"),
            Self::TooFast => f.write_str("too many answers in a minute"),
            Self::HookSpeaks => f.write_str("the agent's hook has the word"),
            Self::HookMissing => f.write_str("the agent's hook did not tell of it"),
            Self::HookFell => f.write_str("the agent's hook gave it back"),
            Self::Answered => f.write_str("it was answered once already"),
            Self::StillThere => f.write_str("answered, and it or its like is still there"),
            Self::Stuck => f.write_str("answered, and it or its like is still there after 5 s"),
            Self::Restarted => {
                f.write_str("an answer was on its way to this pane, and its end was not written")
            }
            Self::Uncertain(why) => write!(f, "not known where the last key went: {why}"),
            Self::Refused(why) => write!(f, "not sent: {why}"),
            Self::NotRecorded(why) => write!(f, "the ledger could not be written: {why}"),
            Self::Person(who) => write!(f, "kept by {who}"),
        }
    }
}

impl Standing {
    /// What stands against an answer of automation, as far as switches go.
    pub fn hold(&self) -> Option<Hold> {
        match self {
            Self::Live(_) => None,
            Self::Paused(since) => Some(Hold::Paused(since.who.clone())),
            Self::Off(since) => Some(Hold::Off(since.who.clone())),
            Self::Lapsed(_) | Self::Watching => Some(Hold::Watching),
        }
    }
}

/// Whether a person is at the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nobody is attached, and nobody types there through the control room.
    Away,
    /// Somebody was last active so long ago: attached and typing, or typing through the control room.
    Active(Duration),
    /// It could not be found out.
    Unknown,
}

/// What the world says at this moment. Asked for right before an answer, and again after the intent is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// We hold the lock, and the server has our id.
    pub actor: bool,
    /// The session is of the roster.
    pub managed: bool,
    /// The config excludes the session.
    pub excluded: bool,
    /// What the switches say.
    pub standing: Standing,
    /// Whether a person is there.
    pub presence: Presence,
    /// How long after a person's last act hands are kept off.
    pub quiet: Duration,
    /// The pane's program has ended.
    pub dead: bool,
    /// Copy mode or another mode is open.
    pub in_mode: bool,
    /// Keys are copied to other panes.
    pub synchronized: bool,
    /// The agent is the pane's foreground process.
    pub agent_in_front: bool,
    /// It computes: it may not have come to wait for keys yet, and lose one.
    pub computes: bool,
    /// When anybody was last active in the session, as the server counts; `None` = not known.
    pub stirred: Option<u64>,
    /// The server's comparison would pass over rows of the dialog.
    pub coarse: bool,
    /// When the rate allows the next answer; `None` = now.
    pub rate: Option<Duration>,
}

/// Held, and when it is worth to ask again without anything having happened.
pub type Held = (Hold, Option<Duration>);

impl World {
    /// The same where it is known that somebody was active so long ago.
    pub(super) fn with_active(&self, ago: Duration) -> Self {
        let presence = match self.presence {
            Presence::Away => Presence::Active(ago),
            Presence::Active(told) => Presence::Active(told.min(ago)),
            Presence::Unknown => Presence::Unknown,
        };
        Self { presence, ..self.clone() }
    }

    /// Whether automation may answer now over that channel. The reason given is the one nearest to *never*.
    pub fn allow(&self, channel: Channel, now: Duration) -> Result<(), Held> {
        let held = |hold| Err((hold, None));
        match () {
            () if !self.actor => return held(Hold::NotActor),
            () if !self.managed => return held(Hold::Unmanaged),
            () if self.excluded => return held(Hold::Excluded),
            () => {}
        }
        if let Some(hold) = self.standing.hold() {
            return held(hold);
        }
        // Nothing else is known then either, but that it may have ended.
        if self.presence == Presence::Unknown && !self.dead {
            return Err((Hold::PersonUnknown, Some(now + ASK_AGAIN)));
        }
        if channel == Channel::Key {
            // Of these nobody tells when they pass.
            self.takes_keys().map_err(|hold| {
                let again = hold.passes().then(|| now + ASK_AGAIN);
                (hold, again)
            })?;
        }
        if let Presence::Active(ago) = self.presence
            && ago < self.quiet
        {
            return Err((Hold::PersonActive, Some(now + self.quiet.saturating_sub(ago))));
        }
        match self.rate {
            Some(next) if next > now => Err((Hold::TooFast, Some(next))),
            _ => Ok(()),
        }
    }

    /// Whether a person's answer may go there: he knows what he does, so only what would make it go astray counts.
    pub fn allow_person(&self, channel: Channel) -> Result<(), Held> {
        let held = |hold| Err((hold, None));
        match () {
            () if !self.actor => held(Hold::NotActor),
            () if self.presence == Presence::Unknown && !self.dead => held(Hold::PersonUnknown),
            () if channel == Channel::Key => self.takes_keys().map_err(|hold| (hold, None)),
            () => Ok(()),
        }
    }

    fn takes_keys(&self) -> Result<(), Hold> {
        match () {
            () if self.dead => Err(Hold::Dead),
            () if self.in_mode => Err(Hold::InMode),
            () if self.synchronized => Err(Hold::Synchronized),
            () if !self.agent_in_front => Err(Hold::NotTheAgent),
            () => Ok(()),
        }
    }
}
