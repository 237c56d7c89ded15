//! The outcome of judging, always with the rule that said so.

use serde::{Deserialize, Serialize};

use super::RuleSpec;
use super::context::Rewritten;

/// What is to be done with a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Not for us: the session is excluded.
    Ignore,
    /// Allow it, once.
    Confirm,
    /// Leave it to a person.
    Hold,
    /// Say no where a hook can; leave it to a person where only keys could.
    Deny,
}

impl Action {
    /// The word used in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Confirm => "confirm",
            Self::Hold => "hold",
            Self::Deny => "deny",
        }
    }
}

/// The outcome for one part of a shell command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartVerdict {
    /// The part as written.
    pub command: String,
    /// What its own verdict would be.
    pub action: Action,
    /// The rule that said so.
    pub rule: String,
    /// The file in which the rule stands.
    #[serde(default)]
    pub file: Option<String>,
    /// Why, for a person.
    pub reason: String,
}

/// The outcome for a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is to be done.
    pub action: Action,
    /// The rule that said so.
    pub rule: String,
    /// The file in which the rule stands; `None` if the judge itself said so, for want of a rule or of certainty.
    #[serde(default)]
    pub file: Option<String>,
    /// Why, for a person, in one sentence.
    pub reason: String,
    /// Where the preset presses nothing: what its rules said, for counting what it would have done.
    #[serde(default)]
    pub would: Option<Box<Verdict>>,
    /// The parts of a shell command; empty for everything else.
    pub parts: Vec<PartVerdict>,
    /// The paths that were judged, absolute: for looking up which of them lead through symbolic links.
    #[serde(skip)]
    pub paths: Vec<String>,
    /// The folders that would be read through, absolute: for looking up what lies in them.
    #[serde(skip)]
    pub folders: Vec<String>,
    /// The folders that would be changed with what lies in them: for looking up the links there.
    #[serde(skip)]
    pub rewritten: Vec<Rewritten>,
}

impl Verdict {
    /// A verdict without parts.
    pub(super) fn new(action: Action, rule: impl Into<String>, reason: impl Into<String>) -> Self {
        let (rule, reason) = (rule.into(), reason.into());
        let (parts, paths, folders, rewritten) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { action, rule, file: None, reason, would: None, parts, paths, folders, rewritten }
    }

    /// What a rule says.
    pub(super) fn by(action: Action, rule: &RuleSpec) -> Self {
        let file = Some(rule.origin.clone()).filter(|f| !f.is_empty());
        Self { file, ..Self::new(action, rule.id.clone(), rule.reason.clone()) }
    }

    /// For what asks nothing: there is nothing to judge.
    pub fn nothing_asks() -> Self {
        Self::new(Action::Ignore, "none", "nothing asks")
    }

    /// Held because it could not be judged; why, for a person.
    pub fn unjudged(reason: impl Into<String>) -> Self {
        Self::hold("not-judged", reason)
    }

    /// Held, by no rule of a file.
    pub fn hold(rule: &str, reason: impl Into<String>) -> Self {
        Self::new(Action::Hold, rule, reason)
    }

    /// The same with these parts.
    #[must_use]
    pub(super) fn with_parts(self, parts: Vec<PartVerdict>) -> Self {
        Self { parts, ..self }
    }

    /// What the rules would have done if the preset let them.
    pub fn would(&self) -> Action {
        self.would.as_ref().map_or(self.action, |v| v.action)
    }

    /// True if it is held only because nothing allows it or vouches for it.
    pub fn is_for_want(&self) -> bool {
        matches!(self.rule.as_str(), NOT_VOUCHED | NO_RULE)
    }

    /// The worse of two, the first one if they are equally bad.
    #[must_use]
    pub fn worse(mut self, mut other: Self) -> Self {
        let mut paths = std::mem::take(&mut self.paths);
        paths.append(&mut other.paths);
        let mut folders = std::mem::take(&mut self.folders);
        folders.append(&mut other.folders);
        let mut rewritten = std::mem::take(&mut self.rewritten);
        rewritten.append(&mut other.rewritten);
        Self { paths, folders, rewritten, ..if other.rank() > self.rank() { other } else { self } }
    }

    /// How bad: a hold by a rule is told before one for want of a rule.
    pub(super) fn rank(&self) -> (Action, bool) {
        (self.action, !matches!(self.rule.as_str(), NOT_VOUCHED | NO_RULE))
    }
}

/// A program or an option that no table vouches for.
pub(super) const NOT_VOUCHED: &str = "not-vouched";
/// Nothing allows it.
pub(super) const NO_RULE: &str = "no-rule";
