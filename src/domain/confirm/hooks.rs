//! The hook channel of a pane: an agent's hook hands over the whole call and waits for a word. One owner per dialog:
//! while a hook speaks, and for a while after it was told *allow*, automation sends no key there. Whoever may reach the
//! socket may send calls without end: of each pane only a few are looked at.

use std::sync::Arc;
use std::time::Duration;

use super::case::{Case, Hook, Place};
use super::hold::{Held, Hold};
use super::life::Life;
use super::order::{CaseId, HookId, HookSaid, Order};
use super::stage::{Act, By, Stage};
use super::timing::HOOK_OWNS;
use crate::domain::ledger::{Actor, Said, Showing};
use crate::domain::policy::Action;

/// Whether a hook has the word in a pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HookOwns {
    No,
    /// It was told *allow*.
    Until(Duration),
    UntilItSpeaks,
}

impl HookOwns {
    /// The hold that this means, and when to ask again.
    pub fn held(self) -> Option<Held> {
        match self {
            Self::No => None,
            Self::Until(at) => Some((Hold::HookSpeaks, Some(at))),
            Self::UntilItSpeaks => Some((Hold::HookSpeaks, None)),
        }
    }
}

/// So many calls of a pane may be under way that are not on its screen. Those that were allowed do not count: their rate is
/// limited.
const UNDRAWN: usize = 16;

/// Calls beyond that.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlooked {
    /// The last of them, and when.
    last: Option<(HookId, Duration)>,
    /// So many were not told of yet, and since when.
    untold: Option<(u64, Duration)>,
}

impl Overlooked {
    /// A dialog that is drawn now may be one of them: that hook gave it back.
    pub fn lately(&self, now: Duration) -> Option<Hook> {
        self.last.filter(|(_, at)| now < *at + HOOK_OWNS).map(|(id, _)| Hook { id, open: false, call: None })
    }

    /// When they are told of: all of a while at once.
    pub fn due(&self) -> Option<Duration> {
        self.untold.map(|(_, since)| since + HOOK_OWNS)
    }
}

impl Life {
    fn undrawn(&self, now: Duration) -> usize {
        let counts = |c: &&Case| {
            now < c.shown.first + HOOK_OWNS
                && c.hook.is_some()
                && c.shown.place == Place::Undrawn
                && !matches!(c.stage, Stage::Verifying(_))
        };
        self.cases.iter().filter(counts).count()
    }

    /// The agent asks as usual, and what it draws then is a person's.
    fn overlook(&mut self, hook: HookId, now: Duration, out: &mut Vec<Order>) {
        self.overlooked.last = Some((hook, now));
        let (calls, _) = self.overlooked.untold.get_or_insert((0, now));
        *calls += 1;
        out.push(Order::GiveBack { hook });
    }

    pub(super) fn tell_overlooked(&mut self, now: Duration, out: &mut Vec<Order>) {
        if self.overlooked.due().is_some_and(|at| at <= now)
            && let Some((calls, _)) = self.overlooked.untold.take()
        {
            out.push(Order::Overlooked { calls });
        }
    }

    pub(super) fn hook_said(&mut self, said: HookSaid, now: Duration, out: &mut Vec<Order>) {
        self.heard_hooks = true;
        match said {
            HookSaid::Heard => {}
            HookSaid::Asks { id, dialog } => {
                let full = self.undrawn(now) >= UNDRAWN;
                let stands = |c: &Case| {
                    (c.shown.is_drawn() && !c.is_over())
                        || (c.is_given_back() && now < c.shown.first + HOOK_OWNS)
                };
                // Whoever was told does not ask once more: what asks now is another call that says the same.
                let free = |c: &Case| !c.hook_open() && !c.hook_was_told();
                let known = self.cases.iter_mut().find(|c| stands(c) && free(c) && c.same_call(&dialog));
                match known {
                    // Already judged by its screen and at rest, or not judged at all: the hook knows more.
                    Some(case) if case.awaits_hook() => {
                        case.hook = Some(Hook { id, open: true, call: Some(dialog) });
                        case.kept = None;
                        case.judge_anew();
                    }
                    // A key is on its way, a hook gave it back before, or a person keeps it: the agent asks as usual.
                    Some(case) => {
                        let call = case.hook.take().and_then(|before| before.call);
                        case.hook = Some(Hook { id, open: true, call });
                        let id = case.id;
                        self.release(id, out);
                    }
                    None if full => self.overlook(id, now, out),
                    None => {
                        let kept = self.kept_call(&dialog);
                        let showing = Showing { content: dialog.identity(), epoch: id.0 };
                        let case = self.open(showing, Arc::clone(&dialog), None, now);
                        case.hook = Some(Hook { id, open: true, call: Some(dialog) });
                        case.kept = kept;
                    }
                }
            }
            HookSaid::Closed { id } => self.hook_closed(id, out),
        }
    }

    /// A hook's call is judged: the answer needs no second reading, the call is whole.
    pub(super) fn hook_judged(&mut self, id: CaseId, out: &mut Vec<Order>) {
        let left = self.left_any().cloned();
        let Some(case) = self.case(id) else { return };
        let (Some(hook), Some(verdict)) = (case.hook.as_ref(), case.verdict()) else { return };
        let act = |deny| {
            let said = if deny { Said::Deny } else { Said::Allow };
            Act { actor: Actor::Automation, wish: None, by: By::Hook(hook.id), said, goal: None }
        };
        let hold = match (&case.kept, verdict.action) {
            (Some(kept @ Hold::Person(_)), _) => kept.clone(),
            (_, Action::Confirm | Action::Deny) => {
                let Some(left) = left else {
                    case.stage = Stage::Guarding(act(verdict.action == Action::Deny));
                    out.push(Order::Check);
                    return;
                };
                left
            }
            (_, Action::Hold) if case.only_watched() => Hold::Watching,
            (_, Action::Hold) => Hold::Rule,
            (_, Action::Ignore) => Hold::Ignored,
        };
        self.release(id, out);
        // The screen will show it: then this case is there already, and the key channel does not judge it again.
        self.hold(id, hold, out);
    }

    /// The agent does not wait any more.
    fn hook_closed(&mut self, id: HookId, out: &mut Vec<Order>) {
        let Some(case) =
            self.cases.iter_mut().find(|c| c.hook.as_ref().is_some_and(|h| h.id == id && h.open))
        else {
            return;
        };
        if let Some(hook) = &mut case.hook {
            hook.open = false;
        }
        let case_id = case.id;
        // Where its entry is on disk the second look at the world finds out by itself; what was sent is verified.
        if case.is_open() {
            self.hold(case_id, Hold::HookFell, out);
        }
    }

    /// Whether a hook has the word in this pane.
    pub(super) fn hook_owns(&self, now: Duration) -> HookOwns {
        if self.cases.iter().any(Case::hook_open) {
            return HookOwns::UntilItSpeaks;
        }
        match self.hook_allowed.map(|at| at + HOOK_OWNS) {
            Some(until) if now < until => HookOwns::Until(until),
            _ => HookOwns::No,
        }
    }
}
