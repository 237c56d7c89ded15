//! One entry of the ledger, before and after it got its place in the chain.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::chain::Hash;
use super::words::{Actor, Channel, Outcome, Ruling, Said};
use crate::domain::dialog::{Dialog, DialogId, Operation};
use crate::domain::redact::{MASK, Secrets, pieces};
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::stroke::KeyName;
use crate::domain::text;

/// Longest text of an entry, in bytes; a screen holds less, a hook's input may hold more.
const MAX_TEXT: usize = 16 * 1024;

/// One showing of a dialog in one pane: what it says, and which time it says it. Two equal calls in a row have the same
/// content and different epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Showing {
    /// What it says.
    pub content: DialogId,
    /// Which time: see `domain::track`.
    pub epoch: u64,
}

impl From<(DialogId, u64)> for Showing {
    fn from((content, epoch): (DialogId, u64)) -> Self {
        Self { content, epoch }
    }
}

impl Showing {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(s: &str) -> Option<Self> {
        let (content, epoch) = s.split_once('-')?;
        let content = DialogId(u64::from_str_radix(content, 16).ok()?);
        Some(Self { content, epoch: epoch.parse().ok()? })
    }
}

impl fmt::Display for Showing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.content, self.epoch)
    }
}

/// A text of an agent in which secrets have been masked: nothing else of an agent's texts gets into an entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Masked(String);

impl Masked {
    /// Masks, cuts to a sane length, and leaves out what cannot be printed.
    pub fn new(raw: &str, mask: &dyn Fn(&str) -> String) -> Self {
        // Masked first: a cut secret is not recognised any more.
        let mut clean = mask(raw);
        clean.retain(|c| c == '\n' || c == '\t' || text::is_printable(c));
        if clean.len() > MAX_TEXT {
            clean.truncate(clean.floor_char_boundary(MAX_TEXT));
            clean.push('…');
        }
        Self(clean)
    }

    /// What has been masked when it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where it happens: the same for every entry of a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The machine. What is written elsewhere than in the ledger does not tell it.
    #[serde(skip)]
    pub host: String,
    /// The session.
    pub session: SessionName,
    /// The pane, unmistakably.
    pub pane: PaneIdentity,
    /// Which agent runs there.
    pub agent: Option<String>,
    /// The folder the agent works in.
    pub cwd: Option<String>,
}

/// When things happened, after the dialog's last byte. What was not observed is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Times {
    /// Read by us.
    pub seen: Option<Duration>,
    /// Answered by us.
    pub pressed: Option<Duration>,
    /// Seen to be gone.
    pub cleared: Option<Duration>,
}

/// What was decided about a dialog, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which dialog.
    pub showing: Showing,
    /// The entry that opened this dialog's life, if this is not the one.
    pub of: Option<u64>,
    /// What the policy said.
    pub verdict: Ruling,
    /// Why it came to this; empty where the verdict says it all.
    pub why: String,
    /// Who acts.
    pub actor: Actor,
    /// By which channel, where something is sent.
    pub channel: Option<Channel>,
    /// Which key, where one is sent.
    pub key: Option<KeyName>,
    /// What is said to the agent, where something is.
    pub answer: Option<Said>,
    /// How far it came.
    pub outcome: Outcome,
    /// When.
    pub times: Times,
}

/// An entry without its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The entry that opened this dialog's life; `None` if this is the one.
    pub of: Option<u64>,
    /// When it was written, to the millisecond.
    pub at: Timestamp,
    /// Where.
    pub scene: Scene,
    /// Which dialog.
    pub showing: Showing,
    /// What it is about.
    pub operation: Operation,
    /// The command, path or URL; of what is asked of a person, the question.
    pub subject: Option<Masked>,
    /// The whole dialog as JSON, in the entry that opens its life.
    pub asked: Option<Masked>,
    /// What the policy said; its reason is masked.
    pub verdict: Ruling,
    /// Who acts.
    pub actor: Actor,
    /// By which channel.
    pub channel: Option<Channel>,
    /// Which key.
    pub key: Option<KeyName>,
    /// What the answer says; entries of before that was written down do not tell it.
    pub answer: Option<Said>,
    /// How far it came.
    pub outcome: Outcome,
    /// When, after the dialog's last byte.
    pub times: Times,
}

impl Body {
    /// True if whoever starts anew keeps his hands off that dialog: an answer may have been sent and it was not seen that the
    /// dialog went away, or a person keeps it, or has tried to answer it.
    pub fn binds(&self) -> bool {
        self.outcome.binds(&self.actor)
    }

    /// True if the dialog was seen to go, so that nothing of it is still to come.
    pub fn has_ended(&self) -> bool {
        matches!(self.outcome, Outcome::Cleared | Outcome::Gone)
    }

    /// What came of it, in a word.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            _ if self.is_denial() => "denied",
            _ if self.is_grant() => "granted",
            Outcome::Cleared if self.answer == Some(Said::Allow) && self.actor != Actor::Automation => {
                "approved"
            }
            outcome => outcome.word(),
        }
    }

    /// True if it was answered with no, and went away.
    pub fn is_denial(&self) -> bool {
        self.outcome == Outcome::Cleared && self.answer == Some(Said::Deny)
    }

    /// True if it was answered with a yes that lasts, and went away.
    pub fn is_grant(&self) -> bool {
        self.outcome == Outcome::Cleared && self.answer == Some(Said::Grant)
    }

    /// True if it tells what was done to a window, or to get a session going: no agent asked for it.
    pub fn is_deed(&self) -> bool {
        self.operation == Operation::Other
            && ["restart-", "kill-", "unstick-"].iter().any(|verb| self.verdict.rule.starts_with(verb))
    }

    /// What is to be written: nothing of the dialog, and nothing that quotes it, goes in unmasked.
    pub fn new(
        at: Timestamp,
        scene: &Scene,
        dialog: &Dialog,
        decision: Decision,
        mask: &dyn Fn(&str) -> String,
    ) -> Self {
        let Decision { showing, of, mut verdict, why, actor, channel, key, answer, outcome, times } =
            decision;
        let reason = match (why.is_empty(), verdict.reason.is_empty()) {
            (true, _) => verdict.reason,
            (false, true) => why,
            (false, false) => format!("{why}; {}", verdict.reason),
        };
        let torn = Torn::of(dialog);
        let mask: &dyn Fn(&str) -> String = &|s| mask(&torn.masked(s));
        verdict.reason = Masked::new(&reason, mask).0;
        verdict.rule = text::printable(&verdict.rule);
        Self {
            of,
            // What is hashed is what is stored.
            at: Timestamp::from_millisecond(at.as_millisecond()).unwrap_or_default(),
            scene: scene.clone(),
            showing,
            operation: dialog.operation,
            subject: about(dialog).map(|s| Masked::new(s, mask)),
            asked: of.is_none().then(|| whole(dialog, mask)).flatten(),
            verdict,
            actor,
            channel,
            key,
            answer,
            outcome,
            times: times.rounded(),
        }
    }
}

fn about(dialog: &Dialog) -> Option<&str> {
    let asks = matches!(dialog.operation, Operation::Question | Operation::Plan | Operation::Trust);
    dialog.subject.as_deref().or(dialog.question.as_deref().filter(|_| asks))
}

impl Times {
    /// To the microsecond, as they are stored.
    fn rounded(self) -> Self {
        let us = |d: Duration| Duration::from_micros(u64::try_from(d.as_micros()).unwrap_or(u64::MAX >> 1));
        Self { seen: self.seen.map(us), pressed: self.pressed.map(us), cleared: self.cleared.map(us) }
    }
}

/// The secrets that a dialog's other reading breaks: it has a line break wherever the screen leaves a doubt, and no half of
/// a secret looks like one.
struct Torn {
    /// Whole, without breaks and blanks.
    secrets: Vec<String>,
    /// What stands of them on single lines: reasons quote lines.
    pieces: Vec<String>,
}

impl Torn {
    fn of(dialog: &Dialog) -> Self {
        let (Some(subject), Some(lines)) = (&dialog.subject, &dialog.alternative) else {
            return Self { secrets: vec![], pieces: vec![] };
        };
        let secrets = Secrets::builtin().solid(subject);
        let pieces = pieces(lines, &secrets);
        Self { secrets, pieces }
    }

    fn masked(&self, s: &str) -> String {
        if self.secrets.is_empty() {
            return s.to_owned();
        }
        let whole = Secrets::builtin().mask_torn(s, &self.secrets);
        self.pieces.iter().fold(whole, |out, piece| {
            out.replace(piece.as_str(), &MASK.to_string().repeat(text::width(piece)))
        })
    }
}

/// The dialog as JSON with every text in it masked; `None` if it is larger than an entry may be.
fn whole(dialog: &Dialog, mask: &dyn Fn(&str) -> String) -> Option<Masked> {
    fn walk(value: &mut serde_json::Value, name: &str, mask: &dyn Fn(&str) -> String) {
        use serde_json::Value;
        match value {
            // Words of our own closed lists.
            Value::String(_) if ["operation", "meaning", "key"].contains(&name) => {}
            Value::String(s) => *s = Masked::new(s, mask).0,
            Value::Array(all) => all.iter_mut().for_each(|v| walk(v, name, mask)),
            Value::Object(all) => all.iter_mut().for_each(|(k, v)| walk(v, k, mask)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut value = serde_json::to_value(dialog).ok()?;
    walk(&mut value, "", mask);
    let text = value.to_string();
    (text.len() <= 4 * MAX_TEXT).then_some(Masked(text))
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, without gaps.
    pub seq: u64,
    /// What it says.
    pub body: Body,
    /// Of itself and everything before it. Outside of the ledger it would prove nothing.
    #[serde(skip)]
    pub hash: Hash,
}

impl Entry {
    /// The dialog as it was asked, secrets masked; only the entry that opened its life has it.
    pub fn dialog(&self) -> Option<Dialog> {
        serde_json::from_str(self.body.asked.as_ref()?.as_str()).ok()
    }

    /// What is to be written of an answer of which only the intent stands here: its end was not written, because whoever wrote
    /// ended before, or because the disk did not take it. Nobody knows which, nor whether it went out.
    pub fn left_behind(&self, at: Timestamp) -> Option<Body> {
        let end = "its end was not written: nobody knows whether this went out";
        (self.body.outcome == Outcome::Intended).then(|| self.end(at, Outcome::Unknown, end))
    }

    /// What is to be written of an entry of which nobody is left to hear that it is on disk: `why`. What would follow from it does
    /// not, so an answer that was only intended was not sent, that is sure.
    pub fn unheard(&self, at: Timestamp, why: &str) -> Option<Body> {
        match self.body.outcome {
            Outcome::Intended => Some(self.end(at, Outcome::Withdrawn, why)),
            _ if self.body.has_ended() => None,
            _ => Some(self.end(at, Outcome::Gone, why)),
        }
    }

    /// The number of the entry that opened its dialog's life.
    pub fn life(&self) -> u64 {
        self.body.of.unwrap_or(self.seq)
    }

    fn end(&self, at: Timestamp, outcome: Outcome, why: &str) -> Body {
        let mut body = self.body.clone();
        body.of = Some(self.life());
        body.at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or_default();
        body.asked = None;
        body.outcome = outcome;
        body.verdict.reason = format!("{why}; {}", body.verdict.reason);
        body
    }
}
