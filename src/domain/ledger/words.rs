//! The closed lists of the ledger: what was decided, by whom, over which channel, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::dialog::Meaning;
use crate::domain::policy::{Action, Verdict};

/// Every action of the policy, for reading its word back.
pub const ACTIONS: [Action; 4] = [Action::Ignore, Action::Confirm, Action::Hold, Action::Deny];

/// What the policy said, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// What to do.
    pub action: Action,
    /// The rule's id.
    pub rule: String,
    /// One line why.
    pub reason: String,
}

impl From<&Verdict> for Ruling {
    fn from(v: &Verdict) -> Self {
        // Where the preset lets nothing through, the rule behind it is what one wants to count.
        let rule = v.would.as_ref().map_or(&v.rule, |would| &would.rule);
        Self { action: v.action, rule: rule.clone(), reason: v.reason.clone() }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Actor {
    /// The rules, without a person.
    Automation,
    /// A person, by what is known of him: `operator`, `operator via 4711`.
    Person(String),
}

impl Actor {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(word: &str) -> Self {
        if word == "automation" { Self::Automation } else { Self::Person(word.to_owned()) }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Automation => f.write_str("automation"),
            // Nobody can be called so and pass for the rules.
            Self::Person(who) if who == "automation" => f.write_str("person automation"),
            Self::Person(who) => f.write_str(who),
        }
    }
}

/// How an answer reaches the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A key in its pane.
    Key,
    /// The decision of its hook.
    Hook,
}

impl Channel {
    /// Both channels.
    pub const ALL: [Self; 2] = [Self::Key, Self::Hook];

    /// The word used in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Hook => "hook",
        }
    }
}

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// Yes, this once.
    Allow,
    /// Yes, and from now on: a grant that lasts.
    Grant,
    /// No.
    Deny,
    /// Another option of it, which its key names.
    Option,
    /// A text.
    Text,
}

impl Said {
    /// Every answer.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Grant, Self::Deny, Self::Option, Self::Text];

    /// What an option says; `None` where it says neither yes nor no.
    pub const fn by(meaning: Meaning) -> Option<Self> {
        match meaning {
            Meaning::AllowOnce => Some(Self::Allow),
            Meaning::AllowAlways => Some(Self::Grant),
            Meaning::Deny | Meaning::DenyWithText => Some(Self::Deny),
            Meaning::Other => None,
        }
    }

    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Grant => "grant",
            Self::Deny => "deny",
            Self::Option => "option",
            Self::Text => "text",
        }
    }
}

/// How far a dialog came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// An answer is about to be sent: written before it is.
    Intended,
    /// Left for a person.
    Held,
    /// Would have been confirmed, were auto-confirm live.
    Watched,
    /// Not ours to look at.
    Ignored,
    /// Sent, and the dialog went away.
    Cleared,
    /// Sent, and the dialog was still there 5 s later.
    Stuck,
    /// The last look before sending found something else: nothing was sent.
    Refused,
    /// Something changed after the intent was written: nothing was sent.
    Withdrawn,
    /// It is not known whether the answer arrived.
    Unknown,
    /// It went away without an answer of ours.
    Gone,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 10] = [
        Self::Intended,
        Self::Held,
        Self::Watched,
        Self::Ignored,
        Self::Cleared,
        Self::Stuck,
        Self::Refused,
        Self::Withdrawn,
        Self::Unknown,
        Self::Gone,
    ];

    /// The word used in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Held => "held",
            Self::Watched => "watched",
            Self::Ignored => "ignored",
            Self::Cleared => "cleared",
            Self::Stuck => "stuck",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
        }
    }

    /// True if whoever starts anew keeps his hands off a dialog that came so far by that actor.
    pub fn binds(self, actor: &Actor) -> bool {
        let undone = matches!(self, Self::Held | Self::Refused | Self::Withdrawn);
        self.is_unsettled() || (undone && *actor != Actor::Automation)
    }

    /// True if an answer is told of, that went out or is about to.
    pub const fn is_of_an_answer(self) -> bool {
        matches!(self, Self::Intended | Self::Cleared | Self::Stuck | Self::Unknown)
    }

    /// True if an answer may have been sent and it was not seen that the dialog went away.
    pub const fn is_unsettled(self) -> bool {
        matches!(self, Self::Intended | Self::Stuck | Self::Unknown)
    }
}
