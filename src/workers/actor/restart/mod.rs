//! Agents that have ended, started anew: by themselves where the roster says so, any by a person's order. When is
//! `domain::restart`'s word, and how one goes on; here it is written down, carried out and told.

mod run;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::deed::Deed;
use super::desk::Desk;
use super::{Actor, monotonic, utc};
use crate::app::Event;
use crate::app::event::Did;
use crate::app::state::Post;
use crate::domain::confirm::Standing;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor as Who, Entry, Outcome};
use crate::domain::restart::{Course, Heard, Known, Record, Records as Kept, Taken, Verdict};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::text;
use crate::ports::{Beside, Hooks, Judge, PaneProcess, Press, Processes, Seat, Sessions, StoreError};

/// What is known of restarts.
#[derive(Default)]
pub(super) struct Restarts {
    /// By what windows are opened; none: nothing is restarted from here.
    pub sessions: Option<Arc<dyn Sessions>>,
    /// As the store has them.
    pub kept: Kept,
    /// Since when all panes of a session have been dead.
    ended: BTreeMap<SessionName, Timestamp>,
    /// Those under way.
    runs: BTreeMap<SessionName, Run>,
    /// How many were begun here.
    begun: u64,
    /// When somebody's pause is over.
    due: Option<Duration>,
}

/// One under way.
struct Run {
    /// What is done for it bears it: a step that comes late is not taken for one of the next run.
    number: u64,
    course: Course,
    deed: Deed,
    old: Vec<PaneProcess>,
    beside: Beside,
    new: Option<PaneProcess>,
    /// The new pane was listed once: when it is not any more, it is gone.
    seen: bool,
    taken: Option<Taken>,
    wish: Option<u64>,
    intent: Option<u64>,
}

/// What was done for one.
pub(in crate::workers::actor) enum Step {
    /// The intent is on disk, or is not.
    Recorded(Result<Box<Entry>, StoreError>),
    /// The new window stands, or does not.
    Started(Result<(PaneProcess, Taken), String>),
    /// The old pane is away, the role queued.
    Settled(Result<String, String>),
}

impl Restarts {
    /// When time alone changes something here.
    pub fn due(&self) -> Option<Duration> {
        self.runs.values().map(|r| r.course.due()).chain(self.due).min()
    }

    /// The number of the next run; the first one is 1.
    fn number(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// True if the session's restart under way is that run.
    fn is_under_way(&self, name: &SessionName, number: u64) -> bool {
        self.runs.get(name).is_some_and(|r| r.number == number)
    }

    /// Sessions that are held for a person, and why.
    pub fn held(&self) -> BTreeMap<SessionName, String> {
        self.kept.iter().filter_map(|(name, r)| Some((name.clone(), r.held.clone()?))).collect()
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// The same that may open windows and end sessions.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<dyn Sessions>) -> Self {
        self.restarts.sessions = Some(sessions);
        self
    }

    /// Nothing goes on from here; what stands in the store is taken over by whoever acts next.
    pub(super) fn drop_restarts(&mut self) {
        let runs = std::mem::take(&mut self.restarts.runs);
        for wish in runs.values().filter_map(|r| r.wish) {
            self.answer_wish(wish, false, "whoever acted stopped acting".to_owned());
        }
        self.restarts.ended.clear();
        self.restarts.due = None;
    }

    /// Looks at every session of the roster: who has ended, and may be started anew.
    pub(super) fn look_for_ended(&mut self) {
        if self.post != Post::Acting || self.restarts.sessions.is_none() {
            return;
        }
        let (now, mono) = (utc(), monotonic());
        self.restarts.due = None;
        self.restarts.kept.retain(|_, r| !r.is_empty(now));
        let mut sessions: BTreeMap<SessionName, (usize, usize)> = BTreeMap::new();
        for desk in self.desks.values() {
            let (dead, living) = sessions.entry(desk.info.session.clone()).or_default();
            *(if desk.info.dead { dead } else { living }) += 1;
        }
        self.restarts.ended.retain(|name, _| sessions.get(name).is_some_and(|(_, living)| *living == 0));
        for (name, (dead, living)) in sessions {
            self.take_over(&name);
            let Some(member) = self.fixed.roster.member(&name) else { continue };
            let ended =
                (living == 0 && dead > 0).then(|| *self.restarts.ended.entry(name.clone()).or_insert(now));
            let standing = self.switches.standing(&name, self.fixed.lease.is_some(), now);
            let live = matches!(standing, Standing::Live(_));
            let known = Known {
                wanted: member.restart,
                protected: self.fixed.roster.is_kept_back(&name),
                paused: !live,
                living,
                ended,
            };
            let none = Record::default();
            match self.restarts.kept.get(&name).unwrap_or(&none).judge(&known, now) {
                _ if self.restarts.runs.contains_key(&name) => {}
                Verdict::At(then) => {
                    let wait = Duration::try_from(then.duration_since(now)).unwrap_or_default();
                    let due = mono + wait;
                    self.restarts.due = Some(self.restarts.due.map_or(due, |d| d.min(due)));
                }
                Verdict::Leave => {}
                Verdict::Hold(why) => self.hold(&name, why),
                Verdict::Start => self.begin(&name, None),
            }
        }
    }

    /// It is not started anew any more: told once, and kept.
    fn hold(&mut self, name: &SessionName, why: String) {
        let record = self.restarts.kept.entry(name.clone()).or_default();
        if record.held.is_some() {
            return;
        }
        record.held = Some(why.clone());
        self.changed = true;
        self.keep();
        let Some(desk) = self.desks.values().find(|d| d.info.session == *name) else { return };
        let scene = self.scene_of(desk, &Dialog::default());
        let subject = "start its agent anew".to_owned();
        let deed = Deed { scene, verb: "restart", subject, who: Who::Automation };
        self.note(&deed, None, Outcome::Held, why.clone());
        let what = format!("not restarted: {name}");
        self.tell(Event::Did(Did { what, command: None, failed: Some(format!("held for you: {why}")) }));
    }

    /// A person's order for the agent of a pane.
    pub(super) fn restart(&mut self, pane: PaneIdentity, who: String, wish: Option<u64>) {
        let desk = self.desks.get(&pane.id).filter(|d| d.info.identity == pane);
        let name = desk.map(|d| d.info.session.clone());
        let refused = match &name {
            None => "that pane is gone",
            Some(name) if self.fixed.roster.member(name).is_none() => {
                "the roster does not name that session: nobody knows what to start"
            }
            Some(_) if self.scribe.is_none() => "nobody keeps the records",
            Some(_) if self.restarts.sessions.is_none() => "nothing can be started from here",
            Some(name) if self.restarts.runs.contains_key(name) => "it is being restarted",
            Some(_) => "",
        };
        match name {
            Some(name) if refused.is_empty() => self.begin(&name, Some((pane, who, wish))),
            _ => self.told(wish, "not restarted".to_owned(), Err(refused.to_owned())),
        }
    }

    /// The same by the session's name.
    pub(super) fn restart_by_name(&mut self, wish: Option<u64>, who: String, session: &SessionName) {
        let its = |d: &&Desk| d.info.session == *session;
        let living: Vec<PaneIdentity> =
            self.desks.values().filter(its).filter(|d| !d.info.dead).map(|d| d.info.identity).collect();
        let dead =
            self.desks.values().filter(its).filter(|d| d.info.dead).map(|d| d.info.identity).next_back();
        match (&living[..], dead) {
            ([pane], _) => self.restart(*pane, who, wish),
            ([], Some(pane)) => self.restart(pane, who, wish),
            (several, _) => {
                let why = match several {
                    [] => "no session has that name; `archtui up` makes what is missing",
                    _ => "it has several panes; use the control room",
                };
                self.told(wish, format!("restart {session}"), Err(why.to_owned()));
            }
        }
    }

    /// Begins one: beside the pane that a person named, or beside the last dead one.
    fn begin(&mut self, name: &SessionName, order: Option<(PaneIdentity, String, Option<u64>)>) {
        let its = |d: &&Desk| d.info.session == *name;
        let dead = |d: &&Desk| d.info.dead;
        let desk = match &order {
            Some((pane, ..)) => self.desks.get(&pane.id),
            None => self.desks.values().filter(its).rfind(dead),
        };
        let (Some(desk), Some(seat)) = (desk, self.seat.as_ref()) else { return };
        let identity = desk.info.identity;
        let mut old: Vec<PaneProcess> = self.desks.values().filter(its).filter(dead).map(process).collect();
        if !desk.info.dead {
            old.push(process(desk));
        }
        let talks = self.processes.conversation(identity).or_else(|| desk.conversation.clone());
        let beside = Beside {
            session: name.clone(),
            session_id: desk.info.session_id,
            pane: process(desk),
            only_dead: order.is_none(),
            conversation: talks,
            actor: seat.id().to_owned(),
        };
        let state = if desk.info.dead { "ended" } else { desk.tracker.state().word() };
        let subject = format!("start its agent anew beside {}, which is {state}", identity.id);
        let scene = self.scene_of(desk, &Dialog::default());
        let (who, wish) = match order {
            Some((_, who, wish)) => (Who::Person(who), wish),
            None => (Who::Automation, None),
        };
        let record = self.restarts.kept.entry(name.clone()).or_default();
        match who {
            Who::Automation => record.tried(utc()),
            Who::Person(_) => record.ordered(),
        }
        let deed = Deed { scene, verb: "restart", subject, who };
        let (course, first) = Course::new(monotonic());
        let number = self.restarts.number();
        let run = Run {
            number,
            course,
            deed,
            old,
            beside,
            new: None,
            seen: false,
            taken: None,
            wish,
            intent: None,
        };
        self.restarts.runs.insert(name.clone(), run);
        self.changed = true;
        self.carry_restart(name, first);
    }

    /// One that whoever acted before had begun: its window stands.
    fn take_over(&mut self, name: &SessionName) {
        let Some(open) = self.restarts.kept.get(name).and_then(|r| r.open.clone()) else { return };
        if self.restarts.runs.contains_key(name) {
            return;
        }
        let desk = self.desks.values().find(|d| d.info.session == *name && process(d) == open.new);
        let (Some(desk), Some(seat)) = (desk, self.seat.as_ref()) else {
            if let Some(record) = self.restarts.kept.get_mut(name) {
                record.open = None;
            }
            return self.keep();
        };
        let beside = Beside {
            session: name.clone(),
            session_id: desk.info.session_id,
            pane: open.new,
            only_dead: open.who.is_none(),
            conversation: None,
            actor: seat.id().to_owned(),
        };
        let who = open.who.map_or(Who::Automation, Who::Person);
        let subject = "see its new agent through its start".to_owned();
        let deed = Deed { scene: self.scene_of(desk, &Dialog::default()), verb: "restart", subject, who };
        let run = Run {
            number: self.restarts.number(),
            course: Course::taken_over(monotonic()),
            deed,
            old: open.old,
            beside,
            new: Some(open.new),
            seen: true,
            taken: None,
            wish: None,
            intent: Some(open.intent),
        };
        self.restarts.runs.insert(name.clone(), run);
    }

    /// The panes are listed anew.
    pub(super) fn restarts_listed(&mut self) {
        let mut ended = Vec::new();
        for (name, run) in &mut self.restarts.runs {
            let Some(new) = run.new else { continue };
            let desk = self.desks.values().find(|d| process(d) == new);
            match desk {
                Some(desk) if desk.info.dead => ended.push((name.clone(), last_words(desk))),
                Some(_) => run.seen = true,
                None if run.seen => ended.push((name.clone(), "its window is gone".to_owned())),
                None => {}
            }
        }
        for (name, words) in ended {
            self.restart_hears(&name, &Heard::Ended(words));
        }
        self.look_for_ended();
    }

    /// A pane was looked at: it may be a new agent's.
    pub(super) fn restart_looked(&mut self, pane: PaneId) {
        let Some(desk) = self.desks.get(&pane).filter(|d| !d.info.dead) else { return };
        let (name, state, here) = (desk.info.session.clone(), desk.tracker.state(), process(desk));
        if self.restarts.runs.get(&name).is_some_and(|r| r.new == Some(here)) {
            self.restart_hears(&name, &Heard::Look(state));
        }
    }

    /// Time went on.
    pub(super) fn restarts_tick(&mut self) {
        let now = monotonic();
        let due = |r: &Run| r.course.due() <= now;
        let names: Vec<SessionName> =
            self.restarts.runs.iter().filter(|(_, r)| due(r)).map(|(n, _)| n.clone()).collect();
        for name in names {
            self.restart_hears(&name, &Heard::Time);
        }
        if self.restarts.due.is_some_and(|at| at <= now) {
            self.look_for_ended();
        }
    }
}

fn process(desk: &Desk) -> PaneProcess {
    (desk.info.identity.id, desk.info.identity.pid)
}

/// The last row of its screen that tells something.
fn last_words(desk: &Desk) -> String {
    let Some(screen) = &desk.screen else { return String::new() };
    let mut rows = screen.rows.iter().rev().map(|r| r.text().trim().to_owned());
    let last = rows.find(|r| !r.is_empty() && !r.starts_with("Pane is dead"));
    text::fit(&text::printable(&last.unwrap_or_default()), 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Scene;

    fn run(number: u64) -> Run {
        let name = SessionName::new("one");
        let pane = PaneIdentity { id: PaneId(1), pid: 10, start: 1 };
        let scene = Scene { host: "here".into(), session: name.clone(), pane, agent: None, cwd: None };
        let beside = Beside {
            session: name,
            session_id: 1,
            pane: (pane.id, pane.pid),
            only_dead: true,
            conversation: None,
            actor: String::new(),
        };
        let deed = Deed { scene, verb: "restart", subject: String::new(), who: Who::Automation };
        let course = Course::taken_over(Duration::ZERO);
        Run {
            number,
            course,
            deed,
            old: vec![],
            beside,
            new: None,
            seen: false,
            taken: None,
            wish: None,
            intent: None,
        }
    }

    #[test]
    fn a_step_of_an_older_run_is_none_of_the_new_one() {
        let name = SessionName::new("one");
        let mut restarts = Restarts::default();
        let (first, second) = (restarts.number(), restarts.number());
        restarts.runs.insert(name.clone(), run(first));
        assert!(restarts.is_under_way(&name, first));
        restarts.runs.insert(name.clone(), run(second));
        assert!(!restarts.is_under_way(&name, first), "the first one is over");
        assert!(restarts.is_under_way(&name, second));
        restarts.runs.remove(&name);
        assert!(!restarts.is_under_way(&name, second));
        assert!(!restarts.is_under_way(&name, 0), "what belongs to none");
    }
}
