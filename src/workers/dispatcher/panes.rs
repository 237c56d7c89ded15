//! What the dispatcher knows of each pane: who may take a task now, and what those who have one are seen to do.

use std::sync::Arc;
use std::time::Duration;

use super::{Dispatcher, monotonic};
use crate::app::event::Looked;
use crate::domain::screen::Screen;
use crate::domain::server::PaneInfo;
use crate::domain::status::State;
use crate::domain::task::hand::Heard;
use crate::domain::task::look::Look;
use crate::domain::task::{Candidate, Event, Sight, dispatch};
use crate::domain::track::Tracker;
use crate::ports::{Folders, Hands, Press, Processes, TaskBook};

/// So long after a change of its screen an agent's conversation is asked for its name.
const TALK: Duration = Duration::from_millis(400);

/// One pane.
pub(super) struct Desk {
    pub info: PaneInfo,
    pub tracker: Tracker,
    /// The screen as it was last read.
    pub screen: Option<Arc<Screen>>,
    /// A person was at it: hands off until then.
    pub person: Option<Duration>,
    /// When its conversation's name is asked for: a moment after it changed, agents write a moment later than they draw.
    pub talk: Option<Duration>,
}

impl Desk {
    fn new(info: PaneInfo) -> Self {
        Self {
            info,
            tracker: Tracker::new(State::Unknown, monotonic()),
            screen: None,
            person: None,
            talk: None,
        }
    }

    /// The composer is there and nothing stands in it.
    fn composer_empty(&self) -> bool {
        dispatch::is_empty(self.tracker.reading().composer.as_ref())
    }

    /// What it depends on whether it gets a task.
    fn plight(&self) -> (State, bool, Option<u8>) {
        (self.tracker.state(), self.composer_empty(), self.tracker.reading().context_left)
    }

    /// The agent waits for work.
    pub fn is_idle(&self) -> bool {
        self.tracker.state() == State::Idle
    }

    /// For how long it has been in its state.
    pub fn lasts(&self, now: Duration) -> Duration {
        now.saturating_sub(self.tracker.since())
    }

    /// What those who have a task are seen to do.
    pub fn sight(&self, now: Duration) -> Sight {
        match self.tracker.state() {
            State::Working => Sight::Working,
            // Gemini stays with its shell behind a command.
            State::Idle
                if self.tracker.reading().composer.as_ref().is_some_and(|c| c.text.trim().is_empty()) =>
            {
                Sight::Idle(self.lasts(now))
            }
            State::Exited | State::Shell => Sight::Ended,
            _ => Sight::Other,
        }
    }

    pub fn attended(&self, now: Duration) -> bool {
        self.person.is_some_and(|until| now < until)
    }
}

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// The panes that exist now.
    pub(super) fn list(&mut self, panes: Vec<PaneInfo>) {
        let mut old = std::mem::take(&mut self.panes);
        self.news.push(Event::Panes(panes.iter().map(|p| p.identity).collect()));
        for info in panes {
            let id = info.identity.id;
            let known = old.remove(&id).filter(|d| d.info.identity == info.identity);
            let mut desk = known.unwrap_or_else(|| Desk::new(info.clone()));
            desk.info = info;
            self.panes.insert(id, desk);
        }
        (self.listed, self.asks) = (true, true);
    }

    /// A pane's screen was looked at.
    pub(super) fn looked(&mut self, looked: &Looked) {
        let now = monotonic();
        let known = self.panes.get_mut(&looked.pane.id);
        let Some(desk) = known.filter(|d| d.info.identity == looked.pane) else { return };
        let before = desk.plight();
        desk.tracker.look(Arc::clone(&looked.reading), now);
        desk.screen = Some(Arc::clone(&looked.screen));
        desk.talk.get_or_insert(now + TALK);
        self.asks |= desk.plight() != before;
        self.news.push(Event::Saw { pane: looked.pane, sight: desk.sight(now) });
        // An old capture, read again, is no look at the pane.
        if !looked.fresh {
            return;
        }
        let concerned: Vec<_> =
            self.errands.iter().filter(|(_, e)| e.pane() == looked.pane).map(|(id, _)| *id).collect();
        let attended = desk.attended(now);
        for id in concerned {
            let look = Look::new(Arc::clone(&looked.screen), &looked.reading, attended);
            self.heard(id, Heard::Look(look));
        }
    }

    /// Time went on: states last, errands wait for something.
    pub(super) fn time_passed(&mut self) {
        let now = monotonic();
        self.states_last(now);
        let due: Vec<_> = self.errands.iter().filter(|(_, e)| e.due() <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.heard(id, Heard::Time);
        }
        self.deadlines(now);
    }

    /// What panes show has lasted.
    pub(super) fn states_last(&mut self, now: Duration) {
        for desk in self.panes.values_mut().filter(|d| d.tracker.due().is_some_and(|at| at <= now)) {
            self.asks |= desk.tracker.tick(now).any();
        }
    }

    /// Every session that could get a task, as it was last seen; where it works only of those that `placed` picks, for that
    /// is a look at processes. One with several panes is one whose agent's pane is not known: the front pane of its only
    /// window counts, else none.
    pub(super) fn candidates(&self, placed: impl Fn(&Desk) -> bool) -> Vec<Candidate> {
        let now = monotonic();
        let desks = self.panes.values().filter(|d| !d.info.dead);
        let alone = |d: &&Desk| {
            let others = self.panes.values().filter(|o| o.info.session_id == d.info.session_id);
            others.count() == 1 || d.tracker.reading().agent.is_some()
        };
        let mut out: Vec<Candidate> = Vec::new();
        for d in desks.filter(alone) {
            let member = self.fixed.roster.entry(&d.info.session);
            let folder = placed(d).then(|| self.processes.folder(d.info.identity)).flatten();
            let candidate = Candidate {
                attended: d.attended(now),
                tree: folder.map(|p| p.to_string_lossy().into_owned()),
                ..Candidate::seen(&d.info, member, &d.tracker, now)
            };
            out.push(candidate);
        }
        // Two agents in one session: nobody can say which of them is meant.
        let twice = |c: &Candidate| out.iter().filter(|o| o.session == c.session).count() > 1;
        let unclear: Vec<bool> = out.iter().map(twice).collect();
        let mut unclear = unclear.into_iter();
        out.retain(|_| !unclear.next().unwrap_or_default());
        out
    }
}
