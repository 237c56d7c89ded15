//! One dialog's life as data: what is shown of it, what was judged, what is on disk, and how far it has come.

use std::sync::Arc;
use std::time::Duration;

use super::hold::Hold;
use super::order::{CaseId, HookId};
use super::same::{same_call, same_form};
use super::stage::{Act, After, By, Stage};
use super::timing::{BLINK, LEAD, RESTED, RESTLESS, STUCK};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor, Channel, Decision, Outcome, Ruling, Showing, Times};
use crate::domain::policy::{Action, Verdict};

/// A dialog that comes over a half-written text takes no key for so long: Claude Code 2.1.330 lost those of the first
/// 500 ms and took one after 800 ms.
const AFTER_TYPING: Duration = Duration::from_millis(850);

/// One dialog's life.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub id: CaseId,
    pub shown: Shown,
    pub steady: Steady,
    pub hook: Option<Hook>,
    pub judged: Option<Judged>,
    pub stage: Stage,
    pub entries: Entries,
    /// An answer went out, or may have: automation does not try again.
    pub tried: bool,
    /// Why it is a person's for good.
    pub kept: Option<Hold>,
}

/// What is shown of it.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub showing: Showing,
    /// As it stands on the screen; the hook's call until it is drawn.
    pub dialog: Arc<Dialog>,
    pub place: Place,
    /// The session's state asked at the last look.
    pub asks: bool,
    /// The dialog's last byte, where it was noticed: times are told from here.
    pub zero: Option<Duration>,
    /// First heard of, then.
    pub first: Duration,
    /// Since it is away: when the pane first showed surely something else.
    pub seen_to_go: Option<Duration>,
    /// Its agent ended while it was away.
    pub ended: bool,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A hook's call that is not drawn (yet).
    Undrawn,
    /// On the screen.
    Here,
    /// Not seen since then.
    Away(Duration),
}

/// How long it has read the same.
#[derive(Debug, Clone)]
pub(super) struct Steady {
    /// Shown exactly so since then, and taking keys.
    pub since: Duration,
    /// How long it takes no keys.
    pub deaf: Duration,
    /// Its agent computed a moment ago: no answer is prepared before then.
    pub rests: Duration,
    /// Read exactly so and complete, twice, a settle time apart but for a [`LEAD`]: the server reads it a third time when that is over.
    pub twice: bool,
    /// It reads otherwise than what was meant to be answered.
    pub changed: bool,
}

/// The part of a case that an agent's hook has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hook {
    pub id: HookId,
    /// It waits for our word.
    pub open: bool,
    /// The whole call, where it told it.
    pub call: Option<Arc<Dialog>>,
}

/// What the rules said.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub verdict: Verdict,
    /// Of another form of it, or by other rules than today's: they are asked again before anything follows from it.
    pub stale: bool,
}

/// What the ledger has of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    /// The entry that opened its life.
    pub opened: Option<u64>,
    /// How far it came, by its last entry.
    pub outcome: Option<Outcome>,
    /// The answer that was last meant to be sent.
    pub act: Option<Act>,
    /// When that went out.
    pub pressed: Option<Duration>,
    /// The last of them keeps whoever acts next off it.
    pub binds: bool,
}

impl Shown {
    /// It is on the screen.
    pub fn is_here(&mut self) {
        (self.place, self.seen_to_go) = (Place::Here, None);
    }

    pub fn is_drawn(&self) -> bool {
        self.place != Place::Undrawn
    }

    /// Since when it is not seen any more.
    pub fn away(&self) -> Option<Duration> {
        match self.place {
            Place::Away(since) => Some(since),
            Place::Undrawn | Place::Here => None,
        }
    }
}

impl Entries {
    /// The last of them says so.
    pub fn tell(&mut self, outcome: Outcome, actor: &Actor) {
        (self.outcome, self.binds) = (Some(outcome), outcome.binds(actor));
    }
}

impl Steady {
    /// From the beginning: nothing read before counts.
    fn restart(&mut self, since: Duration) {
        (self.since, self.twice) = (since, false);
    }

    /// It was another frame until now.
    pub fn interrupted(&mut self, now: Duration) {
        self.restart(now + self.deaf);
    }
}

impl Case {
    /// One of which nothing is known but what it shows.
    pub fn new(
        id: CaseId,
        showing: Showing,
        dialog: Arc<Dialog>,
        zero: Option<Duration>,
        now: Duration,
    ) -> Self {
        Self {
            id,
            shown: Shown {
                showing,
                dialog,
                place: Place::Undrawn,
                asks: true,
                zero,
                first: now,
                seen_to_go: None,
                ended: false,
            },
            steady: Steady {
                since: now,
                deaf: Duration::ZERO,
                rests: Duration::ZERO,
                twice: false,
                changed: false,
            },
            hook: None,
            judged: None,
            stage: Stage::Seen,
            entries: Entries::default(),
            tried: false,
            kept: None,
        }
    }

    /// On the screen now.
    pub fn current(&self) -> bool {
        self.shown.place == Place::Here && self.stage != Stage::Over
    }

    /// Something is being sent, or about to be.
    pub fn in_flight(&self) -> bool {
        matches!(
            self.stage,
            Stage::Writing(After::Send(..)) | Stage::Ready(_) | Stage::Rechecking(..) | Stage::Sending(..)
        )
    }

    pub fn hook_open(&self) -> bool {
        self.hook.as_ref().is_some_and(|h| h.open) && self.stage != Stage::Over
    }

    /// Its hook took the answer, and it has not gone.
    pub fn hook_was_told(&self) -> bool {
        let by_hook = |act: &Act| act.channel() == Channel::Hook;
        matches!(self.stage, Stage::Verifying(_)) && self.entries.act.as_ref().is_some_and(by_hook)
    }

    pub fn verdict(&self) -> Option<&Verdict> {
        self.judged.as_ref().map(|judged| &judged.verdict)
    }

    pub fn is_stale(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.stale)
    }

    /// What the rules said counts no more; who is to follow it asks again.
    pub fn outdate(&mut self) {
        if let Some(judged) = &mut self.judged {
            judged.stale = true;
        }
    }

    /// The rules would confirm it, and the preset only watches.
    pub fn only_watched(&self) -> bool {
        self.verdict().is_some_and(|v| v.action != Action::Confirm && v.would() == Action::Confirm)
    }

    /// What is judged and recorded: the whole call rather than what a screen shows of it.
    pub fn asked_for(&self) -> &Arc<Dialog> {
        self.hook.as_ref().and_then(|hook| hook.call.as_ref()).unwrap_or(&self.shown.dialog)
    }

    /// When what is away is gone: soon where the pane surely shows something else, later where its screens cannot be read.
    pub fn goes(&self) -> Option<Duration> {
        let away = self.shown.away()?;
        Some(self.shown.seen_to_go.map_or(away + STUCK, |at| at + BLINK))
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
            Stage::Ready(intent) | Stage::Rechecking(intent, _) => intent.act.channel() == Channel::Key,
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
        self.entries.opened.is_none() && self.is_open()
    }

    /// It is not decided yet.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Seen | Stage::Judging(_) | Stage::Reading | Stage::Guarding(_))
    }

    /// Its hook has no word any more and nothing was sent: the agent draws it.
    pub fn is_given_back(&self) -> bool {
        let rests = matches!(self.stage, Stage::Held(_) | Stage::Writing(After::Rest(_) | After::Anew));
        self.hook.is_some() && !self.hook_open() && rests
    }

    /// A hook may take it over: nothing is on its way or has been, and it rests only for what a hook knows better or what passes.
    pub fn awaits_hook(&self) -> bool {
        let rests = |hold: &Hold| *hold == Hold::HookMissing || hold.passes();
        self.hook.is_none()
            && !self.tried
            && self.kept.as_ref().is_none_or(rests)
            && (self.fresh() || matches!(&self.stage, Stage::Held((hold, _)) if rests(hold)))
    }

    /// Read again: is it the very same?
    pub fn read(&mut self, dialog: Arc<Dialog>, settle: Duration, now: Duration) {
        let same_form = same_form(&dialog, &self.shown.dialog);
        // Where it stands does not matter, where its mark stands does: somebody is choosing.
        if same_form && dialog.selected == self.shown.dialog.selected {
            let stood = now.saturating_sub(self.steady.since) >= settle.saturating_sub(LEAD.1);
            self.steady.twice |= dialog.complete && stood;
        } else {
            // What was asked has another form now, so what was said of it is void, unless it was acted on.
            if !same_form && self.hook.is_none() {
                if self.is_open() {
                    self.judge_anew();
                } else {
                    self.outdate();
                }
            }
            self.steady.changed = true;
            self.steady.interrupted(now);
        }
        // Also of the same: it may stand a row lower now.
        self.shown.dialog = dialog;
        if let Stage::Rechecking(_, look) = &mut self.stage {
            *look = None;
        }
    }

    /// It came over a text that somebody was writing.
    pub fn over_text(&mut self) {
        self.steady.deaf = AFTER_TYPING;
        self.steady.since += AFTER_TYPING;
    }

    /// Reads it from the beginning.
    pub fn read_anew(&mut self, now: Duration) {
        self.steady.restart(now);
        self.stage = if self.judged.is_some() { Stage::Reading } else { Stage::Seen };
    }

    /// The rules are asked again: what they said before counts no more.
    pub fn judge_anew(&mut self) {
        (self.judged, self.stage) = (None, Stage::Seen);
    }

    /// A key went out, at that time, and it had gone from the screen before.
    pub fn went_before(&self, sent: Duration) -> bool {
        let by_key = self.entries.act.as_ref().is_some_and(|act| act.channel() == Channel::Key);
        by_key && self.shown.away().is_some_and(|away| away <= sent)
    }

    /// Its agent has not been restless for too long.
    pub fn may_rest(&self, now: Duration) -> bool {
        now.saturating_sub(self.shown.first) < RESTLESS
    }

    /// No key before its agent has rested for a while: it is read once more then.
    pub fn rest(&mut self, now: Duration, settle: Duration) {
        let rested = now + RESTED;
        self.read_anew(self.steady.since.max(rested.saturating_sub(settle)));
        self.steady.rests = rested.saturating_sub(LEAD.0);
    }

    /// What was asked and what another dialog asks is the same call.
    pub fn same_call(&self, other: &Dialog) -> bool {
        same_call(self.asked_for(), other)
    }

    /// An entry that says how far it came.
    pub fn decision(&self, outcome: Outcome, why: String) -> Decision {
        let after = |at: Duration| self.shown.zero.map(|zero| at.saturating_sub(zero));
        let none =
            || Ruling { action: Action::Hold, rule: "none".to_owned(), reason: "not judged yet".to_owned() };
        let act = self.entries.act.as_ref();
        Decision {
            showing: self.shown.showing,
            of: self.entries.opened,
            verdict: self.verdict().map_or_else(none, Ruling::from),
            why,
            actor: act.map_or(Actor::Automation, |a| a.actor.clone()),
            channel: act.map(Act::channel).or_else(|| self.hook.as_ref().map(|_| Channel::Hook)),
            key: act.and_then(|a| match &a.by {
                By::Key(key) => Some(key.clone()),
                By::Hook(_) => None,
            }),
            answer: act.filter(|a| outcome.is_of_an_answer() && a.is_last()).map(|a| a.said),
            outcome,
            times: Times {
                seen: after(self.shown.first),
                pressed: self.entries.pressed.and_then(after),
                cleared: self.shown.away().and_then(after),
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
