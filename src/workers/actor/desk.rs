//! What the actor knows of one pane.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::errand::{Climb, Errand};
use super::free_text::Pending;
use super::judging::Judging;
use super::recall::Answered;
use super::{Actor, monotonic};
use crate::app::event::Looked;
use crate::domain::confirm::{Answer, CaseId, Input, Life, Look, Ways};
use crate::domain::dialog::{Dialog, DialogId};
use crate::domain::ledger::Scene;
use crate::domain::screen::Screen;
use crate::domain::server::PaneInfo;
use crate::domain::session::PaneId;
use crate::domain::status::State;
use crate::domain::track::{Seen, Tracker};
use crate::ports::{Asks, Hooks, Judge, Keeps, Press, Processes, Seat, Surroundings, Works};

/// One pane.
pub(super) struct Desk {
    pub info: PaneInfo,
    pub tracker: Tracker,
    /// Only while we act.
    pub life: Option<Life>,
    /// The screen as it was last read.
    pub screen: Option<Arc<Screen>>,
    pub agent: Option<String>,
    /// Text stood unsent in its composer when that was last seen.
    pub unsent: bool,
    /// What tmux last called its foreground process.
    pub command: String,
    /// What of it is being judged.
    pub judging: Judging,
    /// What was judged last.
    pub judged: Option<Judged>,
    /// When a person last typed there through the control room.
    pub typed: Option<Duration>,
    /// The wishes that wait for the end of the answers they asked for.
    pub owners: BTreeMap<CaseId, (u64, Answer)>,
    /// The conversation that its agent was in last, by the agent's own name for it.
    pub conversation: Option<String>,
    /// A person's order that is being carried out.
    pub errand: Option<Errand>,
    /// A text that waits for the word whether it may be written now.
    pub pending: Option<Pending>,
    /// The dialog that the last key went to.
    pub answered: Option<Answered>,
    /// What the next look shows of this dialog is surely another one that says the same.
    pub renewed: Option<DialogId>,
}

/// No agent runs.
const fn is_over(state: State) -> bool {
    matches!(state, State::Exited | State::Shell)
}

/// A dialog that was judged.
pub(super) struct Judged {
    pub dialog: DialogId,
    /// The folder in which its agent worked then.
    pub folder: Option<PathBuf>,
    /// The calls of its agent's record that it may be about.
    pub calls: Vec<String>,
}

impl Desk {
    /// Whether its screen surely shows no dialog, nor part of one.
    fn is_clear(&self) -> bool {
        let reading = self.tracker.reading();
        if is_over(reading.state) && !self.has_ended() {
            return false;
        }
        let part = |screen: &Arc<Screen>| self.life.as_ref().is_some_and(|life| life.may_show_part(screen));
        reading.dialog.is_none() && (reading.state.is_plain() || !self.screen.as_ref().is_some_and(part))
    }

    /// What stood there is away, and the screen as it was last read would tell that it has gone.
    pub fn has_lost(&self) -> bool {
        self.is_clear() && self.life.as_ref().is_some_and(Life::misses)
    }

    /// Its agent has ended, and not only for a moment in which a shell had the terminal.
    fn has_ended(&self) -> bool {
        is_over(self.tracker.state())
    }

    fn new(info: PaneInfo) -> Self {
        Self {
            info,
            tracker: Tracker::new(State::Unknown, monotonic()),
            life: None,
            screen: None,
            agent: None,
            unsent: false,
            command: String::new(),
            judging: Judging::default(),
            judged: None,
            typed: None,
            owners: BTreeMap::new(),
            conversation: None,
            errand: None,
            pending: None,
            answered: None,
            renewed: None,
        }
    }

    /// When time alone changes something here; what need not be exact waits for a tick.
    fn due(&self, on_tick: impl Fn(Duration) -> Duration) -> Option<Duration> {
        let now = monotonic();
        let acts = self.life.as_ref().and_then(|life| life.acts_at(now));
        let prepares = self.life.iter().flat_map(|life| life.prepares(now));
        let prepares = prepares.map(|(from, by)| on_tick(from).min(by)).min();
        let errand = self.errand.as_ref().map(|e| e.course.due());
        let goes = self.life.as_ref().and_then(Life::goes_at);
        let lasts = goes.into_iter().chain(self.tracker.due()).min().map(&on_tick);
        acts.into_iter().chain(prepares).chain(errand).chain(lasts).min()
    }

    /// The dialog that the last look showed.
    pub fn shown(&self) -> Option<&Seen> {
        self.tracker.dialog().filter(|seen| self.tracker.reading().dialog.as_ref() == Some(&seen.dialog))
    }

    /// The wishes that wait for something here.
    pub fn waits(&self) -> impl Iterator<Item = u64> {
        self.owners.values().map(|owner| owner.0).chain(self.errand.as_ref().and_then(|e| e.wish))
    }

    /// It was judged in that folder.
    pub fn judged_in(&mut self, dialog: &Dialog, folder: Option<PathBuf>, calls: Vec<String>) {
        let identity = self.tracker.identity(dialog);
        if let Some(judged) = self.judged.as_mut().filter(|judged| judged.dialog == identity) {
            judged.folder = folder.or(judged.folder.take());
            judged.calls = calls;
        }
    }

    fn asks_in(&self, cwd: Option<PathBuf>) -> Asks {
        let (session, agent) = (self.info.session.clone(), self.agent.clone());
        Asks { session, agent, cwd, gone_to: None, keeps: None, surroundings: Surroundings::default() }
    }

    /// How its dialogs are dealt with.
    pub fn ways(&self, hook_fallback: bool) -> Ways {
        let ways = Ways::of_agent(self.agent.as_deref().unwrap_or_default(), hook_fallback);
        if self.conversation.is_some() { ways.reporting() } else { ways }
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// The panes that exist now.
    pub(super) fn list(&mut self, panes: Vec<PaneInfo>) {
        let stays = |d: &Desk| panes.iter().any(|p| p.identity == d.info.identity);
        let ended = self.desks.iter().filter(|(_, d)| d.life.is_some() && !stays(d)).map(|(id, _)| *id);
        for pane in ended.collect::<Vec<_>>() {
            self.live(pane, Input::Ended);
        }
        let mut old = std::mem::take(&mut self.desks);
        let mut renamed = Vec::new();
        for info in panes {
            let id = info.identity.id;
            let known = old.remove(&id).filter(|d| d.info.identity == info.identity);
            let mut desk = known.unwrap_or_else(|| Desk::new(info.clone()));
            if desk.info.session != info.session {
                renamed.push(id);
            }
            desk.info = info;
            self.desks.insert(id, desk);
        }
        // Other rules, another entry of the roster, other switches.
        for id in renamed {
            self.live(id, Input::Unclear);
            self.live(id, Input::NewRules);
        }
        self.changed |= !old.is_empty();
        for gone in old.values() {
            self.set_alarm(gone.info.identity.id);
        }
        let waits = old.values().flat_map(Desk::waits);
        for wish in waits.collect::<Vec<_>>() {
            self.answer_wish(wish, false, "its pane is gone".to_owned());
        }
        self.restarts_listed();
    }

    /// A pane's screen was looked at.
    pub(super) fn looked(&mut self, looked: &Looked) {
        let id = looked.pane.id;
        let now = monotonic();
        let acting = self.scribe.is_some();
        let Some(desk) = self.desks.get_mut(&id).filter(|d| d.info.identity == looked.pane) else { return };
        if desk.agent != looked.reading.agent {
            desk.agent.clone_from(&looked.reading.agent);
            desk.conversation = None;
            // A life may have begun before it was known whose.
            let ways = desk.ways(self.fixed.hook_fallback);
            if let Some(life) = &mut desk.life {
                life.set_ways(ways);
            }
        }
        let another = desk.shows_another(looked);
        if another {
            desk.tracker.renewed();
        }
        desk.tracker.look(Arc::clone(&looked.reading), now);
        // When it ends nobody tells any more.
        if looked.conversation.is_some() && looked.conversation != desk.conversation && desk.agent.is_some() {
            desk.conversation.clone_from(&looked.conversation);
            let ways = desk.ways(self.fixed.hook_fallback);
            if let Some(life) = &mut desk.life {
                life.set_ways(ways);
            }
        }
        desk.screen = Some(Arc::clone(&looked.screen));
        if let Some(composer) = &looked.reading.composer {
            desk.unsent = !composer.text.trim().is_empty();
        }
        let lives = desk.life.is_some();
        self.set_alarm(id);
        if !acting {
            return;
        }
        // An old capture, read again, is not a second reading. Where it would mean that a dialog has gone, a new one tells.
        if !looked.fresh {
            let desk = self.desks.get(&id);
            if desk.is_some_and(Desk::has_lost) {
                let _ = self.looks.try_send(id);
            }
            return;
        }
        if !lives {
            self.give_life(id);
        }
        let Some(desk) = self.desks.get(&id) else { return };
        let look = Look {
            asks: desk.tracker.state().asks(),
            clear: desk.is_clear(),
            // The tracker keeps a dialog over a frame that cannot be read; what is not on this screen was not read again.
            dialog: desk.shown().map(|seen| (seen.key().into(), Arc::new(seen.dialog.clone()))),
            unsent: desk.unsent,
            wrote: desk
                .tracker
                .reading()
                .quiet
                .filter(|_| self.notices)
                .map(|quiet| now.saturating_sub(quiet))
                // What stood there before we acted was not waited for.
                .filter(|at| *at >= self.seated),
            stands: looked.stands,
            another,
            ended: desk.has_ended(),
        };
        self.live(id, Input::Look(look));
        self.recall(id);
        self.climbed(id, &Climb::Look);
        self.restart_looked(id);
    }

    /// Notes when time alone changes something there. Asked after each fact, not when the time has come: what is due by
    /// then is no deadline any more.
    pub(super) fn set_alarm(&mut self, pane: PaneId) {
        match self.desks.get(&pane).and_then(|desk| desk.due(|at| self.on_tick(at))) {
            Some(at) => self.alarms.insert(pane, at),
            None => self.alarms.remove(&pane),
        };
    }

    /// Who asks there.
    pub(super) fn asks(&self, desk: &Desk) -> Asks {
        let Works { folder, keeps, surroundings } = self.processes.works(desk.info.identity);
        let conversation = desk.conversation.clone();
        Asks { keeps: keeps.map(|k| Keeps { conversation, ..k }), surroundings, ..desk.asks_in(folder) }
    }

    /// Where it happens, for the ledger: in the folder in which it was judged.
    pub(super) fn scene_of(&self, desk: &Desk, dialog: &Dialog) -> Scene {
        let judged = desk.judged.as_ref().filter(|judged| judged.dialog == desk.tracker.identity(dialog));
        let mut asks = match judged {
            Some(judged) => desk.asks_in(judged.folder.clone()),
            None => self.asks(desk),
        };
        self.place_call(desk.info.identity, dialog, &mut asks);
        Scene {
            host: self.fixed.host.clone(),
            session: asks.session,
            pane: desk.info.identity,
            agent: asks.agent,
            cwd: asks.gone_to.or(asks.cwd).map(|p| p.to_string_lossy().into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::Reading;
    use crate::domain::session::PaneIdentity;
    use crate::domain::track::EXIT_AFTER;

    #[test]
    fn a_shell_that_has_the_terminal_for_a_moment_does_not_mean_that_its_agent_has_ended() {
        let info = PaneInfo::plain(PaneIdentity { id: PaneId(1), pid: 2, start: 3 }, "worker");
        let ms = Duration::from_millis;
        let reading = |state, confidence| Reading { state, confidence, ..Reading::default() };
        for (confidence, later, want) in
            [(0.85, ms(100), (false, false)), (0.85, EXIT_AFTER, (true, true)), (0.99, ms(0), (true, true))]
        {
            let mut desk = Desk::new(info.clone());
            let start = monotonic();
            desk.tracker.look(reading(State::Working, 0.95), start);
            assert_eq!((desk.is_clear(), desk.has_ended()), (true, false));
            desk.tracker.look(reading(State::Exited, confidence), start);
            desk.tracker.tick(start + later);
            assert_eq!((desk.is_clear(), desk.has_ended()), want, "{confidence} {later:?}");
        }
    }
}
