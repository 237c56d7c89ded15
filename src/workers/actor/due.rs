//! When the actor wakes by the clock, and what is due then.

use std::time::Duration;

use tokio::time::Instant;

use super::errand::Climb;
use super::{Actor, clock, monotonic};
use crate::app::state::Post;
use crate::domain::confirm::Input;
use crate::domain::session::PaneId;
use crate::ports::alarm;
use crate::ports::{Hooks, Judge, Lost, Press, Processes, Seat};

/// Why nobody acts for a moment …
const CLEARED_AWAY: &str = "the folder of its lock was cleared away; it takes its seat anew";
/// … or until a person begins anew: the seat is not given again.
const RECORDS_GONE: &str = "the folder of this fleet's records was cleared away";

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Time went on: lives have deadlines, states last, the seat and wishes are looked for.
    pub(super) fn tick(&mut self) {
        self.reap();
        let now = monotonic();
        let due: Vec<PaneId> =
            self.alarms.iter().filter(|(_, at)| **at <= now).map(|(pane, _)| *pane).collect();
        for pane in due {
            // That its agent has ended, or that nothing can be read there, is believed after a while: what stood there and is away
            // is looked for once more.
            if let Some(desk) = self.desks.get_mut(&pane)
                && desk.tracker.tick(now).any()
                && desk.has_lost()
            {
                let _ = self.looks.try_send(pane);
            }
            self.set_alarm(pane);
            self.live(pane, Input::Tick);
            self.climbed(pane, &Climb::Time);
        }
        self.restarts_tick();
        if self.outbox.due().is_some_and(|at| at <= now) {
            self.write_out(self.on_tick(now));
        }
        if self.again.is_some_and(|at| at <= clock()) {
            self.again = None;
            match (&self.post, self.seat.as_ref().and_then(Seat::lost)) {
                (Post::Acting, Some(lost)) => {
                    let why = match lost {
                        Lost::Mark => CLEARED_AWAY,
                        Lost::Records => RECORDS_GONE,
                    };
                    self.unseat(Post::Barred(why.to_owned()));
                }
                (Post::Acting, None) => {
                    self.tidy();
                    self.tell_untold();
                    self.look_for_wishes();
                }
                _ => self.ask_for_seat(),
            }
        }
    }

    fn instant(&self, at: Duration) -> Instant {
        self.zero.0 + at.saturating_sub(self.zero.1)
    }

    /// The common tick at that time, or the next one behind it.
    pub(super) fn on_tick(&self, at: Duration) -> Duration {
        let instant = self.instant(at).into_std();
        at + alarm::tick(instant).saturating_duration_since(instant)
    }

    pub(super) fn wake(&self) -> Option<std::time::Instant> {
        let due = self
            .alarms
            .values()
            .copied()
            .chain(self.restarts.due())
            .chain(self.outbox.due())
            .chain(self.deferred.due())
            .min();
        let due = due.map(|at| self.instant(at));
        let board = self.changed.then_some(self.board_due);
        due.into_iter().chain(self.again).chain(board).min().map(Instant::into_std)
    }
}
