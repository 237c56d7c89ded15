//! What is seen of a pane: which dialog a look shows, one that is known already or a new one, and which are gone.

use std::sync::Arc;
use std::time::Duration;

use super::case::{Case, Place};
use super::life::Life;
use super::order::{CaseId, Look};
use super::stage::Stage;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::Showing;

impl Life {
    pub(super) fn look(&mut self, look: Look, now: Duration) {
        let shown = look.dialog.as_ref().and_then(|(showing, _)| self.shown(*showing, look.another, now));
        for case in self.cases.iter_mut().filter(|c| c.shown.place == Place::Here && Some(c.id) != shown) {
            case.shown.place = Place::Away(now);
        }
        let another = look.dialog.as_ref().is_some_and(|(_, dialog)| dialog.complete);
        let content = look.dialog.as_ref().map(|(showing, _)| showing.content);
        for case in self.cases.iter_mut().filter(|c| c.shown.away().is_some()) {
            // What says the same may be the same, however long it was away: it does not show that it has gone.
            let other = look.another || content != Some(case.shown.showing.content);
            case.shown.ended |= look.ended;
            if look.clear || another && shown.is_none() && other {
                case.shown.seen_to_go.get_or_insert(now);
            }
        }
        let meant = look.dialog.as_ref().is_some_and(|(showing, dialog)| self.may_be_left(*showing, dialog));
        // Half a frame, a window too small, a pager over it: it may stand behind that.
        let unseen = !meant && (look.clear || another);
        self.left_unseen = unseen.then(|| self.left_unseen.unwrap_or(now));
        let Some((showing, dialog)) = look.dialog else { return };
        let settle = self.settle();
        if let Some(case) = self.cases.iter_mut().find(|c| Some(c.id) == shown) {
            if case.shown.away().is_some() {
                // Back from a blink: what was read before it was another frame.
                case.steady.interrupted(now);
                // That it has passed may have been told while it was away.
                if let Stage::Held((hold, again)) = &mut case.stage
                    && hold.passes()
                {
                    again.get_or_insert(now);
                }
            }
            case.shown.is_here();
            (case.shown.showing, case.shown.asks) = (showing, look.asks);
            case.read(dialog, settle, now);
        } else if let Some(case) = self
            .cases
            .iter_mut()
            .rev()
            .find(|c| c.hook.is_some() && !c.shown.is_drawn() && c.same_call(&dialog))
        {
            // What the hook told of is drawn now.
            let shown = &mut case.shown;
            shown.is_here();
            (shown.asks, shown.showing, shown.dialog) = (look.asks, showing, dialog);
            case.steady.since = now;
        } else {
            let hook = self.overlooked.lately(now);
            let case = self.open(showing, dialog, look.wrote, now);
            case.shown.is_here();
            (case.shown.asks, case.hook) = (look.asks, hook);
            if let Some(last) = case.shown.zero.filter(|_| look.stands) {
                case.steady.since = last;
            }
            if look.unsent {
                case.over_text();
            }
        }
    }

    /// The case that is this showing: the very same, or one of the same content that only blinked, unless it is surely another.
    fn shown(&self, showing: Showing, another: bool, now: Duration) -> Option<CaseId> {
        let live = |c: &&Case| c.shown.is_drawn() && !c.is_over();
        let blinked = |c: &&Case| {
            let goes = c.goes();
            c.shown.showing.content == showing.content && goes.is_some_and(|at| now < at)
        };
        let same = self.cases.iter().filter(live).find(|c| c.shown.showing == showing);
        let blinked = || self.cases.iter().filter(live).find(blinked).filter(|_| !another);
        same.or_else(blinked).map(|c| c.id)
    }

    pub(super) fn open(
        &mut self,
        showing: Showing,
        dialog: Arc<Dialog>,
        wrote: Option<Duration>,
        now: Duration,
    ) -> &mut Case {
        self.next += 1;
        let zero = wrote.filter(|at| *at <= now);
        self.cases.push(Case::new(CaseId(self.next), showing, dialog, zero, now));
        self.cases.last_mut().expect("one was pushed")
    }
}
