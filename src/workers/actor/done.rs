//! What was done beside, as it comes back.

use std::path::PathBuf;

use super::Actor;
use super::errand::Climbed;
use super::kill::Killed;
use super::outbox::Written;
use super::restart;
use super::seat::Opened;
use crate::app::Event;
use crate::app::event::Did;
use crate::app::state::Post;
use crate::domain::confirm::{Answer, CaseId, Input, Sent, Told, Wish};
use crate::domain::ledger::{Entry, Outcome};
use crate::domain::session::{PaneIdentity, SessionName};
use crate::ports::{Hooks, Judge, PaneFacts, Press, Processes, Seat, Seated, StoreError, TypeError};

/// One answer.
pub(super) enum Done<S: Seat> {
    /// A verdict for a pane's life, by the rules of that version and for a session of that name.
    Judged((u64, SessionName), PaneIdentity, (Option<PathBuf>, Vec<String>), Input),
    /// Whether the call that the key of that entry was for is over.
    Recalled(PaneIdentity, u64, bool),
    /// What the server said of a pane.
    Checked(PaneIdentity, Result<PaneFacts, TypeError>),
    /// Entries are on disk, or are not.
    Recorded(Written),
    /// A key went out, or did not.
    Pressed(PaneIdentity, CaseId, Sent, Did),
    /// A part of a person's order at a pane, which of all orders it was.
    Climbed(PaneIdentity, u64, Climbed),
    /// How asking for the seat ended.
    Seated(S, Seated<S::Records>),
    /// The seat was given back.
    Left(S),
    /// What lies in the records.
    Opened(Result<Box<Opened>, StoreError>),
    /// What lost its terminal before we began to act has ended by now.
    Died,
    /// The server knows us.
    Claimed(Result<(), TypeError>),
    /// A wish that waited.
    Wish(Result<Option<Wish>, StoreError>),
    /// What became of a wish was told, or could not be.
    Answered(u64, Told, Result<(), StoreError>),
    /// What came of a wish that an observer left.
    Told(Did),
    /// A part of a restart.
    Restart(SessionName, u64, restart::Step),
    /// A session was ended, or was not.
    Killed(Killed),
    /// Old entries went.
    LetGo(Result<u64, StoreError>),
    /// Switches were kept, or were not.
    Kept(Result<(), StoreError>),
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn done(&mut self, done: Done<S>) {
        match done {
            Done::Judged((version, session), pane, (folder, calls), input) => {
                let desk = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane);
                if let (Some(desk), Input::Judged { dialog, .. }) = (desk, &input) {
                    desk.judged_in(dialog, folder, calls);
                }
                // Those of today were asked as well.
                let desk = self.desks.get(&pane.id);
                if version == self.version && desk.is_some_and(|d| d.info.session == session) {
                    self.live_there(pane, input);
                }
                self.judge_next(pane);
            }
            Done::Recalled(pane, key, over) => self.recalled(pane, key, over),
            Done::Checked(pane, said) => {
                let Some(desk) = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane) else {
                    return;
                };
                if let Ok(facts) = &said {
                    desk.command.clone_from(&facts.command);
                }
                let Some(desk) = self.desks.get(&pane.id) else { return };
                let world = self.world(desk, said.as_ref());
                self.live(pane.id, Input::World(world));
            }
            Done::Recorded(written) => self.recorded(written),
            Done::Pressed(pane, case, how, did) => {
                self.tell(Event::Did(did));
                self.live_there(pane, Input::Sent { case, how });
            }
            Done::Climbed(pane, run, climbed) => self.climb_done(pane, run, climbed),
            Done::Seated(seat, seated) => self.seated(seat, seated),
            Done::Left(seat) => self.left(seat),
            Done::Opened(opened) => self.opened(opened),
            Done::Died => self.end_what_died(),
            Done::Claimed(claimed) => self.claimed(claimed),
            // Whoever acts next tells that it was taken and not answered.
            Done::Wish(Ok(Some(_))) if self.post != Post::Acting => {}
            Done::Wish(Ok(Some(wish))) => {
                self.grant(wish);
                self.look_for_wishes();
            }
            Done::Wish(Err(e)) | Done::Kept(Err(e)) => {
                self.books.trouble = Some(format!("{e}; {}", e.hint()));
                self.changed = true;
            }
            Done::Restart(name, run, step) => self.restart_done(&name, run, step),
            Done::Killed(killed) => self.killed(killed),
            Done::Answered(wish, told, how) => self.told_wish(wish, told, how),
            Done::Told(did) => self.tell(Event::Said(did)),
            Done::LetGo(gone) => self.let_go(gone),
            Done::Wish(Ok(None)) | Done::Kept(Ok(())) => {}
        }
    }

    pub(super) fn live_there(&mut self, pane: PaneIdentity, input: Input) {
        if self.desks.get(&pane.id).is_some_and(|d| d.info.identity == pane) {
            self.live(pane.id, input);
        }
    }

    /// The end of an answer that a wish asked for.
    pub(super) fn settle_wish(&mut self, pane: PaneIdentity, case: CaseId, entry: &Entry) {
        let body = &entry.body;
        if body.outcome == Outcome::Intended {
            return;
        }
        let Some(desk) = self.desks.get_mut(&pane.id).filter(|d| d.info.identity == pane) else { return };
        if let Some((wish, answer)) = desk.owners.remove(&case) {
            let done = match answer {
                Answer::Hold => matches!(body.outcome, Outcome::Held | Outcome::Withdrawn),
                _ => body.outcome == Outcome::Cleared,
            };
            let text = format!("{} (ledger {})", body.word(), entry.seq);
            self.answer_wish(wish, done, text);
        }
    }
}
