//! A person's order to get a stuck session going: one step of the ladder at one pane. How it is carried out is in `errand`.

use super::desk::Desk;
use super::errand::Course;
use super::wishes::UNMANAGED;
use super::{Actor, monotonic, utc};
use crate::domain::confirm::{Ask, Wish};
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::unstick::{Rung, Step};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// A wish to unstick a session by its name.
    pub(super) fn unstick_by_name(&mut self, wish: u64, who: String, session: SessionName, step: Step) {
        let ask = match step {
            Step::Restart => return self.restart_by_name(Some(wish), who, &session),
            Step::Approve => Ask::Approve { session, dialog: None, seen: None },
            Step::Deny => Ask::Deny { session, dialog: None, seen: None },
            Step::Look | Step::Enter | Step::Escape | Step::Interrupt => {
                let managed = self.fixed.roster.member(&session).is_some();
                let its = |d: &&Desk| d.info.session == session;
                let panes: Vec<PaneIdentity> =
                    self.desks.values().filter(its).map(|d| d.info.identity).collect();
                return match &panes[..] {
                    _ if !managed => self.answer_wish(wish, false, UNMANAGED.to_owned()),
                    [pane] => self.unstick(*pane, step, who, Some(wish)),
                    [] => self.answer_wish(wish, false, "no session has that name".to_owned()),
                    _ => {
                        self.answer_wish(
                            wish,
                            false,
                            "it has several panes; use the control room".to_owned(),
                        );
                    }
                };
            }
        };
        self.grant(Wish { id: wish, who, ask, at: utc() });
    }

    /// Begins a step at a pane.
    pub(super) fn unstick(&mut self, pane: PaneIdentity, step: Step, who: String, wish: Option<u64>) {
        if step == Step::Restart {
            return self.restart(pane, who, wish);
        }
        if let Some(why) = self.busy(pane) {
            return self.told(wish, format!("not done: {}", step.word()), Err(why.to_owned()));
        }
        if step == Step::Look {
            let _ = self.looks.try_send(pane.id);
            let Some(desk) = self.desks.get(&pane.id) else { return };
            let told = format!("{} is {}", desk.info.session, desk.tracker.state().word());
            return self.told(wish, "looked".to_owned(), Ok(told));
        }
        let (rung, first) = Rung::new(step, monotonic());
        self.set_out(pane.id, Course::Step(rung), who, wish, first);
    }
}
