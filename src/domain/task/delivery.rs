//! The steps of a delivery, from the choice of a session to the agent that took the text, and what a restart makes of them.

use super::attempt::{Attempt, End};
use super::event::{Effect, Errand, News, Sighting, Step};
use super::queue::{Queue, Turn};
use super::text::is_command;
use super::{Evidence, Kind, State, Task, TaskId};
use crate::domain::session::{PaneIdentity, SessionName};

/// What is said of work that came and went between two looks.
const QUICK: &str =
    "the text stands in the conversation and the agent is at rest: it was too quick to be seen at work";

impl Queue {
    /// After a start: nothing was typed for what was only leased; what was begun is looked up, never repeated.
    pub(super) fn started(&mut self, turn: &mut Turn) {
        for id in self.out.clone() {
            match self.get(id).map(|t| t.state) {
                Some(State::Leased) => {
                    self.end_attempt(id, End::Declined);
                    self.change(id, |t| {
                        t.state = State::Queued;
                        t.reason = Some("archtui ended before anything was typed".into());
                    });
                }
                Some(State::Typing | State::Typed) => {
                    // The clock of the wait starts anew: the answer needs time, too.
                    self.stamp(id, turn);
                    turn.effects.extend(self.with_text(id).map(|(e, text)| Effect::LookUp(e, text)));
                }
                // Its record may know meanwhile; anything else than that it was taken changes nothing.
                Some(State::Held) if self.get(id).is_some_and(|t| t.current().is_some()) => {
                    turn.effects.extend(self.with_text(id).map(|(e, text)| Effect::LookUp(e, text)));
                }
                _ => {}
            }
        }
    }

    pub(super) fn leased(&mut self, id: TaskId, session: SessionName, pane: PaneIdentity, turn: &mut Turn) {
        let free = self.get(id).is_some_and(|t| t.state == State::Queued && t.not_before <= turn.at);
        if !free || self.holder(&session).is_some() {
            return;
        }
        self.change(id, |t| {
            let number = t.attempts.last().map_or(1, |a| a.number + 1);
            t.attempts.push(Attempt {
                number,
                session,
                pane,
                leased: turn.now.wall,
                typing: None,
                typed: None,
                delivered: None,
                working: None,
                conversation: None,
                rested: false,
                step_at: turn.at,
                delivered_at: None,
                end: None,
            });
            t.state = State::Leased;
            t.reason = None;
        });
        turn.effects.extend(self.errand(id).map(Effect::Check));
    }

    /// A step of the attempt under way. What does not follow from where the task stands is of no account.
    pub(super) fn step(&mut self, id: TaskId, step: Step, turn: &mut Turn) {
        use Sighting::{Absent, Composer, Taken as Had, Unknown};
        use State::{Held, Leased, Typed, Typing};
        use Step::{Answered, Declined, Doubt, Found, Ready, Shown, Taken};
        let Some(state) = self.get(id).map(|t| t.state) else { return };
        match (state, step) {
            (Leased, Ready) => self.begin_typing(id, turn),
            (Leased | Typing, Declined(why)) => self.decline(id, why, turn),
            (Typing, Shown | Found(Composer)) => self.begin_enter(id, turn),
            (Typing | Typed | Held, Taken | Found(Had)) => self.delivered(id, turn),
            (Typing | Typed | Held, Answered) => {
                self.change(id, |t| {
                    t.evidence.push(Evidence::Seen(QUICK.into()));
                    t.attempts.last_mut().into_iter().for_each(|a| a.rested = true);
                });
                self.delivered(id, turn);
            }
            (Typed, Declined(why)) => {
                self.hold(id, format!("its text stands in the composer and was not sent: {why}"), turn);
            }
            (Typed, Found(Composer)) => {
                self.hold(id, "its text stands in the composer; Enter may have been pressed", turn);
            }
            (Typing | Typed, Found(Absent)) => {
                self.hold(
                    id,
                    "archtui ended while it was typed; neither the composer nor the agent's record has it",
                    turn,
                );
            }
            (Leased | Typing | Typed, Doubt(seen)) | (Typing | Typed, Found(Unknown(seen))) => {
                self.hold(id, seen, turn);
            }
            _ => {}
        }
    }

    fn begin_typing(&mut self, id: TaskId, turn: &mut Turn) {
        self.stamp(id, turn);
        self.change(id, |t| {
            t.state = State::Typing;
            if let Some(a) = t.attempts.last_mut() {
                a.typing = Some(turn.now.wall);
            }
        });
        turn.effects.extend(self.with_text(id).map(|(e, text)| Effect::Paste(e, text)));
    }

    fn with_text(&self, id: TaskId) -> Option<(Errand, String)> {
        Some((self.errand(id)?, self.get(id)?.typed()))
    }

    fn begin_enter(&mut self, id: TaskId, turn: &mut Turn) {
        self.stamp(id, turn);
        self.change(id, |t| {
            t.state = State::Typed;
            if let Some(a) = t.attempts.last_mut() {
                a.typed = Some(turn.now.wall);
            }
        });
        turn.effects.extend(self.with_text(id).map(|(e, text)| Effect::Enter(e, text)));
    }

    fn delivered(&mut self, id: TaskId, turn: &mut Turn) {
        self.stamp(id, turn);
        // Work that was seen while it was not known yet whether the text had been taken: it is this work.
        let at_work = self.at_work.contains(&id);
        self.change(id, |t| {
            t.state = State::Delivered;
            t.reason = None;
            if let Some(a) = t.attempts.last_mut() {
                if at_work || a.rested {
                    t.state = State::Working;
                    a.working = Some(turn.now.wall);
                }
                a.delivered = Some(turn.now.wall);
                a.delivered_at = Some(turn.at);
            }
        });
        turn.tell(id, News::Delivered);
        // A message asks for no work, and an agent's own command may show none.
        if self.get(id).is_some_and(|t| t.kind != Kind::Work || is_command(&t.typed())) {
            self.end_attempt(id, End::Done);
            self.finish(id, State::Done, turn);
        }
    }

    /// Nothing was typed: back into the queue, at its old place, after a pause that grows.
    pub(super) fn decline(&mut self, id: TaskId, why: String, turn: &Turn) {
        let Some(task) = self.get(id) else { return };
        let pause = self.pause(task.declined);
        self.end_attempt(id, End::Declined);
        self.change(id, |t| {
            t.state = State::Queued;
            t.declined = t.declined.saturating_add(1);
            t.not_before = turn.at.plus(pause);
            t.reason = Some(why);
        });
    }

    /// The agent that had it is gone, and its copy with it: again, after a pause, rather elsewhere; or given up.
    pub(super) fn died(&mut self, id: TaskId, why: &str, turn: &mut Turn) {
        self.end_attempt(id, End::Died);
        let Some(task) = self.get(id) else { return };
        let (who, died) = (task.session().map(ToString::to_string).unwrap_or_default(), task.died + 1);
        let commits = task.evidence.iter().any(|e| matches!(e, Evidence::Commit(..)));
        let pause = self.pause(died + 3);
        let why = format!("{why} in {who} before the work was seen to end");
        self.change(id, |t| {
            t.died = died;
            t.overdue = false;
            t.reason = Some(why.clone());
        });
        if commits {
            self.hold(id, format!("{why}, but commits were made: done or not?"), turn);
        } else if died >= self.rules.lives {
            self.finish(id, State::Failed, turn);
        } else {
            self.change(id, |t| {
                t.state = State::Queued;
                t.not_before = turn.at.plus(pause);
            });
            turn.effects.extend(self.errand(id).map(Effect::Gather));
        }
    }

    pub(super) fn end_attempt(&mut self, id: TaskId, end: End) {
        self.change(id, |t| {
            if let Some(a) = t.attempts.last_mut().filter(|a| a.end.is_none()) {
                a.end = Some(end);
            }
        });
    }

    fn stamp(&mut self, id: TaskId, turn: &Turn) {
        self.change(id, |t: &mut Task| {
            if let Some(a) = t.attempts.last_mut() {
                a.step_at = turn.at;
            }
        });
    }

    fn pause(&self, times: u32) -> std::time::Duration {
        self.rules.pause.saturating_mul(2_u32.saturating_pow(times)).min(self.rules.longest_pause)
    }
}
