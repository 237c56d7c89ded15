//! How many judgements of a pane are under way. Its agent chooses what files are looked at for them, and a folder that never
//! answers holds a thread for ever: no pane gets more than a few of those that all share. The others wait their turn; how
//! long is for the life that asked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::desk::Judged;
use super::done::Done;
use super::{Actor, monotonic};
use crate::domain::confirm::{CaseId, Input};
use crate::domain::dialog::Dialog;
use crate::domain::policy::Verdict;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::{Hooks, Judge, Judgement, Press, Processes, Seat};

/// So many at once.
const MOST: usize = 4;
/// An agent may write its record a moment after it draws: it is read again so often, …
const AGAIN: Duration = Duration::from_millis(25);
/// … and for so long. A life waits a little longer for its verdict.
const PATIENCE: Duration = Duration::from_millis(1500);
/// By then a verdict is heard of, however late its key is prepared.
const HEARD: Duration = Duration::from_millis(200);
/// So many wait; of more the oldest are forgotten.
const WAITING: usize = 32;

/// The judgements of one pane.
#[derive(Debug, Default)]
pub(super) struct Judging {
    running: usize,
    waiting: VecDeque<(CaseId, Arc<Dialog>)>,
}

impl Judging {
    /// Whether it may begin at once; else it waits.
    pub fn begins(&mut self, case: CaseId, dialog: &Arc<Dialog>) -> bool {
        let free = self.running < MOST;
        if free {
            self.running += 1;
        } else {
            if self.waiting.len() == WAITING {
                self.waiting.pop_front();
            }
            self.waiting.push_back((case, Arc::clone(dialog)));
        }
        free
    }

    /// One is over; the next that is still wanted.
    fn ended(&mut self, wanted: impl Fn(CaseId) -> bool) -> Option<(CaseId, Arc<Dialog>)> {
        self.running = self.running.saturating_sub(1);
        std::iter::from_fn(|| self.waiting.pop_front()).find(|(case, _)| wanted(*case))
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Files are looked at, so it is done beside.
    pub(super) fn judge(&mut self, pane: PaneId, case: CaseId, dialog: Arc<Dialog>) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        if !desk.judging.begins(case, &dialog) {
            return;
        }
        let Some(desk) = self.desks.get(&pane) else { return };
        let (identity, mut asks) = (desk.info.identity, self.asks(desk));
        if let Some(desk) = self.desks.get_mut(&pane) {
            let (dialog, folder) = (desk.tracker.identity(&dialog), asks.cwd.clone());
            desk.judged = Some(Judged { dialog, folder, calls: Vec::new() });
        }
        self.place_call(identity, &dialog, &mut asks);
        let judge = Arc::clone(&self.judge);
        let by_what = (self.version, asks.session.clone());
        let ask = {
            let asked = Arc::clone(&dialog);
            move |last| {
                let (judge, asks, asked) = (Arc::clone(&judge), asks.clone(), Arc::clone(&asked));
                tokio::task::spawn_blocking(move || judge.judge(&asks, &asked, last))
            }
        };
        let first = ask(false);
        // A hook waits for its word; for a key it is enough to hear of it when that is prepared.
        let prepared = self.desks.get(&pane).and_then(|desk| desk.life.as_ref()?.prepared_from(case));
        let by = match prepared {
            Some(from) if !self.hooked.contains(&identity) => self.on_tick(from.min(monotonic() + HEARD)),
            _ => Duration::ZERO,
        };
        self.defer(by, async move {
            let judged = in_the_end(first, ask).await;
            let failed = || Verdict::unjudged("the judge failed; the log has more");
            let Judgement { verdict, folder, calls } =
                judged.unwrap_or_else(|| Judgement::new(failed(), None));
            Done::Judged(by_what, identity, (folder, calls), Input::Judged { case, dialog, verdict })
        });
    }

    /// A judgement of that pane is over, whatever it said.
    pub(super) fn judge_next(&mut self, pane: PaneIdentity) {
        let Some(desk) = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane) else { return };
        let life = desk.life.as_ref();
        let next = desk.judging.ended(|case| life.is_some_and(|life| life.awaits_verdict(case)));
        if let Some((case, dialog)) = next {
            self.judge(pane.id, case, dialog);
        }
    }
}

/// Asks again until the agent has written down what it asks about.
async fn in_the_end(
    mut asked: JoinHandle<Option<Judgement>>,
    ask: impl Fn(bool) -> JoinHandle<Option<Judgement>>,
) -> Option<Judgement> {
    let until = monotonic() + PATIENCE;
    let mut last = false;
    loop {
        match asked.await {
            Ok(None) if !last => tokio::time::sleep(AGAIN).await,
            judged => return judged.ok().flatten(),
        }
        last = monotonic() >= until;
        asked = ask(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_has_a_few_at_once_and_the_others_wait_their_turn() {
        let mut judging = Judging::default();
        let dialog = Arc::new(Dialog::default());
        let begun = |judging: &mut Judging, n: u64| judging.begins(CaseId(n), &dialog);
        let ended = |judging: &mut Judging, from: u64| {
            let next = judging.ended(|case| case.0 >= from).map(|(case, dialog)| (case.0, dialog));
            next.map(|(n, dialog)| {
                assert!(judging.begins(CaseId(n), &dialog), "there is room for it");
                n
            })
        };
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 7].map(|n| begun(&mut judging, n)),
            [1, 2, 3, 4, 5, 6, 7].map(|n| n < 5)
        );
        assert_eq!(ended(&mut judging, 0), Some(5));
        assert!(!begun(&mut judging, 8), "it stands behind those that wait");
        assert_eq!(ended(&mut judging, 7), Some(7), "nobody wants 6 any more");
        assert_eq!(ended(&mut judging, 0), Some(8));
        assert_eq!((0..4).filter_map(|_| ended(&mut judging, 0)).count(), 0);
        assert_eq!((judging.running, begun(&mut judging, 9)), (0, true));
    }

    #[test]
    fn what_never_ends_is_not_many() {
        let mut judging = Judging::default();
        let dialog = Arc::new(Dialog::default());
        let begun = (0..10_000).filter(|n| judging.begins(CaseId(*n), &dialog)).count();
        assert_eq!((begun, judging.waiting.len()), (MOST, WAITING));
        assert_eq!(judging.waiting.back().map(|(case, _)| case.0), Some(9_999), "the newest are wanted");
    }
}
