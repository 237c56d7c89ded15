//! One dialog's life as data: how far it has come, and what is known of it.

use std::sync::Arc;
use std::time::Duration;

use super::hold::{Facts, Held, Hold};
use super::mark::Goal;
use super::order::{CaseId, HookId};
use super::same::{same_call, same_form};
use super::timing::{LEAD, RESTED, RESTLESS};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor, Channel, Decision, Outcome, Ruling, Showing, Times};
use crate::domain::policy::{Action, Verdict};
use crate::domain::stroke::KeyName;

/// A dialog that comes over a half-written text takes no key for so long: Claude Code 2.1.330 lost those of the first
/// 500 ms and took one after 800 ms.
const AFTER_TYPING: Duration = Duration::from_millis(850);

/// An answer that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    pub actor: Actor,
    /// The wish by which a person asked for it.
    pub wish: Option<u64>,
    pub by: By,
    /// The verdict's *deny*, or a person's.
    pub deny: bool,
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
    Ready(Act, u64),
    /// The intent is on disk; the world is asked once more, and the dialog read once more.
    Rechecking(Act, u64),
    /// The answer is on its way, since then.
    Sending(Act, Duration),
    /// Sent, at that time; must be seen to go.
    Verifying(Duration),
    /// For a person, or until it passes.
    Held(Held),
    /// Told to the end.
    Over,
}

/// What follows when an entry is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    Send(Act),
    Rest(Held),
    /// It reads otherwise now: from the beginning.
    Anew,
    Over,
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
    pub fn by(facts: &Facts, at: Duration) -> Self {
        Self { at, stirred: facts.stirred, coarse: facts.coarse }
    }
}

/// The part of a case that an agent's hook has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hook {
    pub id: HookId,
    /// It waits for our word.
    pub open: bool,
}

/// One dialog's life.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub id: CaseId,
    pub showing: Showing,
    /// As it stands on the screen; the hook's call until it is drawn.
    pub dialog: Arc<Dialog>,
    /// The whole call, where a hook told it.
    pub call: Option<Arc<Dialog>>,
    /// It was on the screen; false for a hook's call that is not drawn (yet).
    pub drawn: bool,
    /// Not seen since then.
    pub away: Option<Duration>,
    pub hook: Option<Hook>,
    /// The session's state asked at the last look.
    pub asks: bool,
    /// The dialog's last byte, where it was noticed: times are told from here.
    pub zero: Option<Duration>,
    pub first: Duration,
    /// Shown exactly so since then, and taking keys.
    pub since: Duration,
    /// How long it takes no keys.
    pub deaf: Duration,
    /// Read exactly so and complete, twice, a settle time apart but for [`LEAD`]: the server reads it a third time when that is over.
    pub twice: bool,
    /// A fresh look was asked for at that time.
    pub asked: Option<Duration>,
    /// The world allowed it.
    pub cleared: Option<Cleared>,
    /// The world said no while the intent was on its way to the disk.
    pub vetoed: Option<Held>,
    /// It reads otherwise than what was meant to be answered.
    pub changed: bool,
    pub verdict: Option<Verdict>,
    /// The verdict is of another form of it, or of other rules: they are asked again before anything follows from it.
    pub stale: bool,
    pub stage: Stage,
    /// The entry that opened its life in the ledger.
    pub opened: Option<u64>,
    /// The answer that was last meant to be sent.
    pub act: Option<Act>,
    pub pressed: Option<Duration>,
    /// An answer went out, or may have: automation does not try again.
    pub tried: bool,
    /// Why it is a person's for good.
    pub kept: Option<Hold>,
    /// How far it came, by its last entry.
    pub outcome: Option<Outcome>,
}

impl Case {
    /// On the screen now.
    pub fn current(&self) -> bool {
        self.drawn && self.away.is_none() && self.stage != Stage::Over
    }

    /// Something is being sent, or about to be.
    pub fn in_flight(&self) -> bool {
        matches!(
            self.stage,
            Stage::Writing(After::Send(_)) | Stage::Ready(..) | Stage::Rechecking(..) | Stage::Sending(..)
        )
    }

    pub fn hook_open(&self) -> bool {
        self.hook.is_some_and(|h| h.open) && self.stage != Stage::Over
    }

    /// The rules would confirm it, and the preset only watches.
    pub fn only_watched(&self) -> bool {
        self.verdict.as_ref().is_some_and(|v| v.action != Action::Confirm && v.would() == Action::Confirm)
    }

    /// What is judged and recorded: the whole call rather than what a screen shows of it.
    pub fn asked_for(&self) -> &Arc<Dialog> {
        self.call.as_ref().unwrap_or(&self.dialog)
    }

    /// Its going can be told at once: nothing of it is under way.
    pub fn can_go(&self) -> bool {
        match &self.stage {
            Stage::Seen
            | Stage::Judging(_)
            | Stage::Reading
            | Stage::Guarding(_)
            | Stage::Verifying(_)
            | Stage::Held(_) => true,
            Stage::Ready(act, _) | Stage::Rechecking(act, _) => act.channel() == Channel::Key,
            Stage::Writing(_) | Stage::Sending(..) | Stage::Over => false,
        }
    }

    /// Told to the end, as soon as the disk has it: what stands there now is another one.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over | Stage::Writing(After::Over))
    }

    /// A person has said what is to become of it, or that nothing is.
    pub fn is_a_persons(&self) -> bool {
        matches!(self.kept, Some(Hold::Person(_)))
    }

    /// Nothing of it is on disk or on its way there.
    pub fn fresh(&self) -> bool {
        self.opened.is_none() && self.is_open()
    }

    /// It is not decided yet.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Seen | Stage::Judging(_) | Stage::Reading | Stage::Guarding(_))
    }

    /// A hook may take it over: nothing is on its way, and it rests only for what a hook knows better or what passes.
    pub fn awaits_hook(&self) -> bool {
        let rests = |hold: &Hold| *hold == Hold::HookMissing || hold.passes();
        self.hook.is_none()
            && !self.is_a_persons()
            && (self.fresh() || matches!(&self.stage, Stage::Held((hold, _)) if rests(hold)))
    }

    /// Read again: is it the very same?
    pub fn read(&mut self, dialog: Arc<Dialog>, settle: Duration, now: Duration) {
        // Where it stands does not matter, where its mark stands does: somebody is choosing.
        let same = same_form(&dialog, &self.dialog) && dialog.selected == self.dialog.selected;
        if same {
            self.twice |= dialog.complete && now.saturating_sub(self.since) >= settle.saturating_sub(LEAD);
            // It may stand a row lower now.
            self.dialog = dialog;
        } else {
            // What was asked has another form now, so what was said of it is void, unless it was acted on.
            if !same_form(&dialog, &self.dialog) && self.hook.is_none() {
                if self.is_open() {
                    self.verdict = None;
                    self.stage = Stage::Seen;
                } else {
                    self.stale = true;
                }
            }
            self.changed = true;
            self.since = now + self.deaf;
            self.twice = false;
            self.dialog = dialog;
        }
        self.asked = None;
    }

    /// It came over a text that somebody was writing.
    pub fn over_text(&mut self) {
        self.deaf = AFTER_TYPING;
        self.since += self.deaf;
    }

    /// Reads it from the beginning: nothing read before counts.
    pub fn read_anew(&mut self, now: Duration) {
        self.since = now;
        self.twice = false;
        self.asked = None;
        self.stage = if self.verdict.is_some() { Stage::Reading } else { Stage::Seen };
    }

    /// The rules are asked again: what they said before counts no more.
    pub fn judge_anew(&mut self) {
        (self.verdict, self.stage) = (None, Stage::Seen);
    }

    /// A key went out, at that time, and it had gone from the screen before.
    pub fn went_before(&self, sent: Duration) -> bool {
        let by_key = self.act.as_ref().is_some_and(|act| act.channel() == Channel::Key);
        self.drawn && by_key && self.away.is_some_and(|away| away <= sent)
    }

    /// Its agent has not been restless for too long.
    pub fn may_rest(&self, now: Duration) -> bool {
        now.saturating_sub(self.first) < RESTLESS
    }

    /// No key before its agent has rested for a while: it is read once more then.
    pub fn rest(&mut self, now: Duration, settle: Duration) {
        let since = self.since.max((now + RESTED).saturating_sub(settle));
        self.read_anew(since);
    }

    /// What was asked and what another dialog asks is the same call.
    pub fn same_call(&self, other: &Dialog) -> bool {
        same_call(self.asked_for(), other)
    }

    /// An entry that says how far it came.
    pub fn decision(&self, outcome: Outcome, why: String) -> Decision {
        let after = |at: Duration| self.zero.map(|zero| at.saturating_sub(zero));
        let none =
            || Ruling { action: Action::Hold, rule: "none".to_owned(), reason: "not judged yet".to_owned() };
        let act = self.act.as_ref();
        Decision {
            showing: self.showing,
            of: self.opened,
            verdict: self.verdict.as_ref().map_or_else(none, Ruling::from),
            why,
            actor: act.map_or(Actor::Automation, |a| a.actor.clone()),
            channel: act.map(Act::channel).or_else(|| self.hook.map(|_| Channel::Hook)),
            key: act.and_then(|a| match &a.by {
                By::Key(key) => Some(key.clone()),
                By::Hook(_) => None,
            }),
            outcome,
            times: Times {
                seen: after(self.first),
                pressed: self.pressed.and_then(after),
                cleared: self.away.filter(|_| self.drawn).and_then(after),
            },
        }
    }

    /// Why it is held now, as far as it is.
    pub fn hold(&self, now: Duration, still_there: Duration) -> Option<Hold> {
        match &self.stage {
            Stage::Held((hold, _)) | Stage::Writing(After::Rest((hold, _))) => Some(hold.clone()),
            Stage::Verifying(sent) if now.saturating_sub(*sent) >= still_there => Some(Hold::StillThere),
            _ => None,
        }
    }
}
