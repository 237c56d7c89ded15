//! What sessions are seen to do, and what that says of the tasks they have. Completion is evidence: work seen after the
//! hand-over, then idle, and idle for a while.

use std::collections::BTreeSet;

use super::attempt::End;
use super::event::{Effect, News, Sight};
use super::evidence::span;
use super::queue::{Queue, Turn};
use super::{Evidence, Kind, State, Task, TaskId};
use crate::domain::session::PaneIdentity;

impl Queue {
    pub(super) fn saw(&mut self, pane: PaneIdentity, sight: Sight, turn: &mut Turn) {
        for id in self.in_pane(pane) {
            let settled = matches!(sight, Sight::Idle(d) if d >= self.rules.settle);
            if settled || matches!(sight, Sight::Ended | Sight::Cleared) {
                self.free_copies(id, |a| a == pane);
            }
            let Some((state, here)) = self.current(id) else { continue };
            if here == pane {
                self.saw_current(id, state, sight, turn);
            }
        }
    }

    fn saw_current(&mut self, id: TaskId, state: State, sight: Sight, turn: &mut Turn) {
        use State::{Delivered, Held, Typed, Typing, Working};
        match sight {
            Sight::Working => {
                self.at_work.insert(id);
            }
            Sight::Idle(_) | Sight::Cleared => {
                if self.at_work.remove(&id) || state == Held {
                    self.rest(id);
                }
            }
            Sight::Other | Sight::Ended => {}
        }
        match (state, sight) {
            (Delivered, Sight::Working) => self.change(id, |t| {
                t.state = Working;
                t.reason = None;
                if let Some(a) = t.attempts.last_mut() {
                    a.working = Some(turn.now.wall);
                }
            }),
            (Working, Sight::Idle(idle)) if idle >= self.rules.settle => self.done(id, idle, turn),
            (Delivered, Sight::Idle(_)) => self.not_started(id, turn),
            (_, Sight::Ended) => self.gone(id, state, "the agent ended", turn),
            (Typing | Typed, Sight::Cleared) => {
                self.end_attempt(id, End::Died);
                self.hold(id, "the conversation was cleared while it was typed", turn);
            }
            (Delivered | Working, Sight::Cleared) => {
                self.end_attempt(id, End::Died);
                self.hold(id, "the conversation was cleared before the work was seen to end", turn);
            }
            (Held, Sight::Cleared) => self.end_attempt(id, End::Died),
            _ => {}
        }
    }

    /// Whether that name would tell something new of a task in that pane.
    pub(super) fn talks_anew(&self, pane: PaneIdentity, conversation: &str) -> bool {
        let other = |a: &super::Attempt| {
            a.pane == pane && a.typing.is_some() && a.conversation.as_deref() != Some(conversation)
        };
        self.in_pane(pane).iter().filter_map(|id| self.get(*id)).any(|t| t.occupied().any(other))
    }

    /// The first name that is heard after the text was typed is that of its conversation; with another one the agent does
    /// not know of the task any more.
    pub(super) fn talks(&mut self, pane: PaneIdentity, conversation: &str, turn: &mut Turn) {
        let mut cleared = false;
        for id in self.in_pane(pane) {
            self.change(id, |t| {
                let here = |a: &&mut super::Attempt| a.occupies() && a.pane == pane && a.typing.is_some();
                for a in t.attempts.iter_mut().filter(here) {
                    match &a.conversation {
                        Some(known) => cleared |= known != conversation,
                        None => a.conversation = Some(conversation.to_owned()),
                    }
                }
            });
        }
        if cleared {
            self.saw(pane, Sight::Cleared, turn);
        }
    }

    /// What was found beside the work. Commits of an agent that ended make it a person's question.
    pub(super) fn gathered(&mut self, id: TaskId, evidence: Vec<Evidence>, turn: &mut Turn) {
        let commits = evidence.iter().any(|e| matches!(e, Evidence::Commit(..)));
        self.change(id, |t| {
            for e in evidence {
                if !t.evidence.contains(&e) {
                    t.evidence.push(e);
                }
            }
        });
        let again = |t: &Task| t.died > 0 && t.state == State::Queued;
        if let Some(why) = self.get(id).filter(|t| commits && again(t)).and_then(|t| t.reason.clone()) {
            self.hold(id, format!("{why}, but commits were made: done or not?"), turn);
        }
        self.report_late(id, turn);
    }

    /// Copies whose pane does not exist any more are gone with it.
    pub(super) fn panes(&mut self, panes: &BTreeSet<PaneIdentity>, turn: &mut Turn) {
        for id in self.out.clone() {
            self.free_copies(id, |pane| !panes.contains(&pane));
            let Some((state, pane)) = self.current(id) else { continue };
            if !panes.contains(&pane) {
                self.gone(id, state, "its pane is gone", turn);
            }
        }
    }

    pub(super) fn tick(&mut self, turn: &mut Turn) {
        for id in self.out.clone() {
            let Some((state, _)) = self.current(id) else { continue };
            let Some(a) = self.get(id).and_then(Task::current) else { continue };
            let waited = turn.at.since(a.step_at);
            match state {
                State::Leased if waited >= self.rules.lease => {
                    self.decline(id, format!("{} was not looked at in time", a.session), turn);
                }
                State::Typing if waited >= self.rules.typing => {
                    self.hold(id, "its text was pasted or not; nothing was heard of it", turn);
                }
                State::Typed if waited >= self.rules.typing => {
                    self.hold(id, "Enter was pressed or not; nothing was heard of it", turn);
                }
                State::Delivered => {
                    self.not_started(id, turn);
                    self.overdue(id, turn);
                }
                State::Working => self.overdue(id, turn),
                _ => {}
            }
        }
        let old = |t: &&Task| {
            t.kind == Kind::Message && t.state == State::Queued && turn.at.since(t.ready) >= t.timeout
        };
        let stale: Vec<TaskId> = self.tasks.values().filter(old).map(|t| t.id).collect();
        for id in self.unreported(turn) {
            self.report_late(id, turn);
        }
        for id in stale {
            self.change(id, |t| t.reason = Some(format!("could not be told within {}", span(t.timeout))));
            self.finish(id, State::Cancelled, turn);
        }
    }

    fn done(&mut self, id: TaskId, idle: std::time::Duration, turn: &mut Turn) {
        let since = self.get(id).and_then(Task::current).and_then(|a| a.delivered_at).unwrap_or(turn.at);
        let worked = turn.at.since(since).saturating_sub(idle);
        self.change(id, |t| {
            t.reason = None;
            t.unreported = true;
            if !worked.is_zero() {
                t.evidence.push(Evidence::Worked(worked));
            }
            t.evidence.push(Evidence::Idle(idle));
        });
        self.end_attempt(id, End::Done);
        turn.effects.extend(self.errand(id).map(Effect::Gather));
        self.finish(id, State::Done, turn);
    }

    fn not_started(&mut self, id: TaskId, turn: &Turn) {
        let Some(at) = self.get(id).and_then(Task::current).and_then(|a| a.delivered_at) else { return };
        let quiet = self.get(id).is_some_and(|t| t.reason.is_none());
        if quiet && turn.at.since(at) >= self.rules.start {
            self.change(id, |t| t.reason = Some("the agent took it, but no work has been seen since".into()));
        }
    }

    fn overdue(&mut self, id: TaskId, turn: &mut Turn) {
        let Some(task) = self.get(id) else { return };
        let Some(at) = task.current().and_then(|a| a.delivered_at) else { return };
        if !task.overdue && turn.at.since(at) >= task.timeout {
            self.change(id, |t| t.overdue = true);
            turn.tell(id, News::Overdue);
        }
    }

    /// The agent, or its pane, is not there any more.
    fn gone(&mut self, id: TaskId, state: State, why: &str, turn: &mut Turn) {
        match state {
            State::Leased => self.decline(id, why.to_owned(), turn),
            State::Typing | State::Typed => {
                self.end_attempt(id, End::Died);
                // What was typed last may have gone to the shell that came after the agent: somebody has to look.
                self.hold(id, format!("{why} while the text was typed"), turn);
            }
            // Ended in the middle of work, before our eyes: the work is not done. Else it may be.
            State::Delivered | State::Working if self.at_work.remove(&id) && !self.rested(id) => {
                self.died(id, why, turn);
            }
            State::Delivered | State::Working => {
                self.end_attempt(id, End::Died);
                self.hold(id, format!("{why}; whether the work had been done was not seen"), turn);
            }
            State::Held => self.end_attempt(id, End::Died),
            State::Queued | State::Blocked | State::Done | State::Failed | State::Cancelled => {}
        }
    }

    fn rest(&mut self, id: TaskId) {
        if !self.rested(id) {
            self.change(id, |t| {
                if let Some(a) = t.attempts.last_mut() {
                    a.rested = true;
                }
            });
        }
    }

    fn rested(&self, id: TaskId) -> bool {
        self.get(id).and_then(Task::current).is_some_and(|a| a.rested)
    }

    fn current(&self, id: TaskId) -> Option<(State, PaneIdentity)> {
        let task = self.get(id)?;
        task.current().map(|a| (task.state, a.pane))
    }

    fn free_copies(&mut self, id: TaskId, there: impl Fn(PaneIdentity) -> bool) {
        let mine = |a: &super::Attempt| a.end == Some(End::Abandoned) && there(a.pane);
        if self.get(id).is_some_and(|t| t.attempts.iter().any(mine)) {
            self.change(id, |t| {
                for a in t.attempts.iter_mut().filter(|a| mine(a)) {
                    a.end = Some(End::Freed);
                }
            });
        }
    }
}
