//! The confirmation queue as values: what stands open in a pane, what was decided and what comes next; the riskiest and
//! oldest first. How it looks is for `view`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::life::Life;
use super::stage::{After, Stage};
use super::timing::STILL_THERE;
use crate::domain::dialog::{DialogOption, Operation};
use crate::domain::ledger::{Outcome, Showing};
use crate::domain::policy::{Action, Verdict};
use crate::domain::session::{PaneIdentity, SessionName};

/// How much can go wrong if the answer is wrong. A rough order for a person's attention, not a judgement of safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// The rules confirm it, or it only looks at things.
    Low,
    /// Changes files, reaches out, asks what to do, looks where a rule holds it, or runs what nothing vouches for.
    #[serde(alias = "middle")]
    Medium,
    /// Is denied; runs a command or changes what a rule holds, or that could not be read; trusts a folder; calls a tool.
    High,
}

impl Risk {
    /// Of an operation with the policy's word on it; without a word it counts as held. A preset that only watches is asked
    /// what it would do.
    pub fn of(operation: Operation, verdict: Option<&Verdict>) -> Self {
        use Operation::{Bash, Edit, Fetch, Glob, Grep, Mcp, Other, Plan, Question, Read, Trust, Write};
        let verdict = verdict.map(|v| v.would.as_deref().unwrap_or(v));
        let action = verdict.map_or(Action::Hold, |v| v.action);
        // A rule of a file names the thing; for want of one it is only not vouched for.
        let named = verdict.is_some_and(|v| v.file.is_some());
        let wanting = verdict.is_some_and(Verdict::is_for_want);
        match operation {
            _ if action == Action::Deny => Self::High,
            _ if action == Action::Confirm => Self::Low,
            Trust | Mcp | Other => Self::High,
            Bash if !wanting => Self::High,
            Edit | Write | Fetch if named => Self::High,
            Read | Grep | Glob if named => Self::Medium,
            Read | Grep | Glob => Self::Low,
            Bash | Edit | Write | Fetch | Plan | Question => Self::Medium,
        }
    }

    /// The word in JSON, on the screen and in filters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One open dialog and what is being done about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Which: the pane and the showing.
    pub id: (PaneIdentity, Showing),
    /// Its session.
    pub session: SessionName,
    /// The session's role.
    pub role: Option<String>,
    /// What it is about.
    pub operation: Operation,
    /// Who asks, where it is not the session's own agent: a subagent, as the dialog calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<String>,
    /// The command, path or URL. As the agent wrote it: whoever shows it masks secrets first.
    pub subject: Option<String>,
    /// The choices.
    pub options: Vec<DialogOption>,
    /// Waiting since then.
    pub since: Duration,
    /// How much can go wrong.
    pub risk: Risk,
    /// What the policy says, as soon as it has said it.
    pub verdict: Option<Verdict>,
    /// What comes next, in words.
    pub next: String,
    /// True if nothing comes next unless a person does something.
    pub needs_you: bool,
    /// How far it came, by its last entry in the ledger.
    pub outcome: Option<Outcome>,
}

impl Life {
    /// What stands open, as one pane's part of the queue.
    pub fn open_dialogs(
        &self,
        pane: PaneIdentity,
        session: &SessionName,
        role: Option<&str>,
        now: Duration,
    ) -> Vec<Confirmation> {
        let shown = |c: &&Case| c.stage != Stage::Over && (c.shown.is_drawn() || c.hook_open());
        self.cases.iter().filter(shown).map(|c| confirmation(c, pane, session, role, now)).collect()
    }
}

fn confirmation(
    case: &Case,
    pane: PaneIdentity,
    session: &SessionName,
    role: Option<&str>,
    now: Duration,
) -> Confirmation {
    let asked = case.asked_for();
    let hold = case.hold(now, STILL_THERE);
    let action = case.verdict().map_or(Action::Hold, |v| v.action);
    let next = match (&hold, &case.stage) {
        (Some(hold), _) => hold.to_string(),
        (None, Stage::Seen | Stage::Judging(_)) => "is being judged".to_owned(),
        (None, Stage::Reading | Stage::Ready(_)) => "is read a second time".to_owned(),
        (None, Stage::Guarding(_)) => "may it be answered now?".to_owned(),
        (None, Stage::Writing(After::Over) | Stage::Over) => "is told to the end".to_owned(),
        (None, Stage::Writing(_) | Stage::Rechecking(..)) => "the intent is written down".to_owned(),
        (None, Stage::Sending(act, _)) => format!("is answered by {}", act.channel().word()),
        (None, Stage::Verifying(_)) => "is answered; must be seen to go".to_owned(),
        (None, Stage::Held(_)) => "for a person".to_owned(),
    };
    Confirmation {
        id: (pane, case.shown.showing),
        session: session.clone(),
        role: role.map(str::to_owned),
        operation: asked.operation,
        asker: case.shown.dialog.asker.clone(),
        subject: asked.subject.clone(),
        options: case.shown.dialog.options.clone(),
        since: case.shown.first,
        risk: Risk::of(asked.operation, case.verdict()),
        verdict: case.verdict().cloned(),
        next,
        // What a hook gave back is not asked about again when that has passed.
        needs_you: hold.is_some_and(|h| h.lasts() || action != Action::Confirm || case.hook.is_some()),
        outcome: case.entries.outcome,
    }
}

/// Puts the queue in order: what needs a person, then the riskiest, then the oldest.
pub fn in_order(queue: &mut [Confirmation]) {
    queue.sort_by(|a, b| {
        (b.needs_you, b.risk).cmp(&(a.needs_you, a.risk)).then(a.since.cmp(&b.since)).then(a.id.cmp(&b.id))
    });
}
