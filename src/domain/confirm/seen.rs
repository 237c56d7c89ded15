//! What is seen of a pane: which dialog a look shows, one that is known already or a new one, and which are gone.

use std::sync::Arc;
use std::time::Duration;

use super::case::{Case, Stage};
use super::life::Life;
use super::order::{CaseId, Look};
use super::timing::{BLINK, STUCK};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::Showing;

impl Life {
    pub(super) fn look(&mut self, look: Look, now: Duration) {
        let shown = look.dialog.as_ref().and_then(|(showing, _)| self.shown(*showing, now));
        for case in self.cases.iter_mut().filter(|c| c.drawn && Some(c.id) != shown) {
            case.away.get_or_insert(now);
        }
        let meant = look.dialog.as_ref().is_some_and(|(showing, _)| self.left(*showing).is_some());
        if meant {
            self.left_unseen = None;
        } else if now.saturating_sub(*self.left_unseen.get_or_insert(now)) >= STUCK {
            self.left.clear();
        }
        let Some((showing, dialog)) = look.dialog else { return };
        let settle = self.settle();
        if let Some(case) = self.cases.iter_mut().find(|c| Some(c.id) == shown) {
            if case.away.take().is_some() {
                // Back from a blink: what was read before it was another frame.
                case.since = now + case.deaf;
                case.twice = false;
            }
            (case.showing, case.asks) = (showing, look.asks);
            case.read(dialog, settle, now);
        } else if let Some(case) =
            self.cases.iter_mut().find(|c| c.hook.is_some() && !c.drawn && c.same_call(&dialog))
        {
            // What the hook told of is drawn now.
            (case.drawn, case.asks, case.since, case.showing) = (true, look.asks, now, showing);
            case.dialog = dialog;
        } else {
            let hook = self.overlooked.lately(now);
            let case = self.open(showing, dialog, look.wrote, now);
            (case.drawn, case.asks, case.hook) = (true, look.asks, hook);
            if let Some(last) = case.zero.filter(|_| look.stands) {
                case.since = last;
            }
            if look.unsent {
                case.over_text();
            }
        }
    }

    /// The case that is this showing: the very same, or one of the same content that only blinked.
    fn shown(&self, showing: Showing, now: Duration) -> Option<CaseId> {
        let live = |c: &&Case| c.drawn && !c.is_over();
        let blinked = |c: &&Case| {
            c.showing.content == showing.content && c.away.is_some_and(|at| now.saturating_sub(at) < BLINK)
        };
        let same = self.cases.iter().filter(live).find(|c| c.showing == showing);
        same.or_else(|| self.cases.iter().filter(live).find(blinked)).map(|c| c.id)
    }

    pub(super) fn open(
        &mut self,
        showing: Showing,
        dialog: Arc<Dialog>,
        wrote: Option<Duration>,
        now: Duration,
    ) -> &mut Case {
        self.next += 1;
        self.cases.push(Case {
            id: CaseId(self.next),
            showing,
            dialog,
            call: None,
            drawn: false,
            away: None,
            hook: None,
            asks: true,
            zero: wrote.filter(|at| *at <= now),
            first: now,
            since: now,
            deaf: Duration::ZERO,
            twice: false,
            asked: None,
            cleared: None,
            vetoed: None,
            changed: false,
            verdict: None,
            stale: false,
            stage: Stage::Seen,
            opened: None,
            act: None,
            pressed: None,
            tried: false,
            kept: None,
            outcome: None,
        });
        self.cases.last_mut().expect("one was pushed")
    }
}
