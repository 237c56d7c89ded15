//! Other rules come into force while the actor runs.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Actor;
use crate::domain::confirm::Input;
use crate::domain::session::PaneId;
use crate::ports::{Hooks, Judge, Press, Processes, Renewed, Seat};

/// The next rules; for ever where none come.
pub(super) async fn next<J>(renewed: Option<&mut mpsc::Receiver<Renewed<J>>>) -> Renewed<J> {
    match renewed {
        Some(renewed) => match renewed.recv().await {
            Some(renewed) => renewed,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// From now on nothing is answered by the rules before.
    pub(super) fn renew(&mut self, renewed: Renewed<J>) {
        let Renewed { judge, quiet, limits, hook_fallback, lease, dispatch, exclude, later: _ } = renewed;
        self.judge = Arc::new(judge);
        self.version += 1;
        self.fixed.quiet = quiet;
        self.fixed.limits = limits;
        self.fixed.hook_fallback = hook_fallback;
        self.fixed.lease = lease;
        self.fixed.dispatch = dispatch;
        self.fixed.roster.exclude = exclude;
        self.give_chair();
        self.look_for_ended();
        self.fixed.fault = None;
        self.changed = true;
        let panes: Vec<PaneId> = self.desks.keys().copied().collect();
        for pane in panes {
            if let Some(desk) = self.desks.get_mut(&pane) {
                let ways = desk.ways(hook_fallback);
                if let Some(life) = desk.life.as_mut() {
                    life.set_ways(ways);
                }
            }
            self.live(pane, Input::Unclear);
            self.live(pane, Input::NewRules);
            self.check(pane, false);
        }
    }
}
