//! Who gets what: the oldest task of the highest priority for a session that fits. Waiting raises the priority, a target is
//! strict, and a task that nobody may take now stands in nobody's way.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::attempt::End;
use super::clock::{Now, QueueTime};
use super::evidence::span;
use super::misfit::Misfit;
use super::queue::{Queue, Rules};
use super::{Kind, Priority, Sender, State, Task, TaskId, chain};
use crate::domain::read::Composer;
use crate::domain::roster::{Member, Roster, Tier};
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::status;
use crate::domain::track::Tracker;

/// A session as far as tasks care, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub session: SessionName,
    /// Its pane.
    pub pane: PaneIdentity,
    /// Its entry in the roster; `None` = unmanaged.
    pub member: Option<Member>,
    /// What it does.
    pub state: status::State,
    /// For how long.
    pub lasts: Duration,
    /// Nothing stands in its composer.
    pub composer_empty: bool,
    /// A person is attached and was active just now, or types through archtui.
    pub attended: bool,
    /// Percent of the context left, where the agent shows it.
    pub context_left: Option<u8>,
    /// The root of the work tree it is in, or its folder.
    pub tree: Option<String>,
}

impl Candidate {
    /// A session as its pane and its screens show it; whether a person is there and where it works is told by others.
    pub fn seen(pane: &PaneInfo, member: Option<Member>, tracker: &Tracker, now: Duration) -> Self {
        Self {
            session: pane.session.clone(),
            pane: pane.identity,
            member,
            state: tracker.state(),
            lasts: now.saturating_sub(tracker.since()),
            composer_empty: is_empty(tracker.reading().composer.as_ref()),
            attended: false,
            context_left: tracker.reading().context_left,
            tree: None,
        }
    }
}

/// The composer is there for a message, and nothing stands in it.
pub fn is_empty(composer: Option<&Composer>) -> bool {
    composer.is_some_and(|c| c.certain && c.mode.is_none() && c.text.trim().is_empty())
}

/// Whether a session would get a task of that sender, for that work tree, if a person handed it over now; if not, why.
/// `has` is the task that it has.
pub fn would_fit(
    rules: &Rules,
    roster: &Roster,
    (from, dir): (&Sender, Option<&String>),
    s: &Candidate,
    has: Option<TaskId>,
) -> Result<(), Misfit> {
    let member = s.member.as_ref().ok_or(Misfit::Unmanaged)?;
    in_chain(roster, from, s)?;
    in_place(member, dir, s)?;
    if member.protected || roster.is_excluded(&s.session) {
        return Err(Misfit::Protected);
    }
    is_free(rules, s, has)
}

impl Queue {
    /// The next hand-out, if there is one: which task, to whom.
    pub fn dispatch<'a>(
        &self,
        roster: &Roster,
        sessions: &'a [Candidate],
        now: Now,
    ) -> Option<(TaskId, &'a Candidate)> {
        let has = self.holders();
        let holder = |s: &Candidate| has.get(&s.session).copied();
        let free: Vec<&Candidate> = sessions.iter().filter(|s| self.is_free(s, holder(s)).is_ok()).collect();
        if free.is_empty() {
            return None;
        }
        let order = self.order(self.clock.read(now));
        order.into_iter().find_map(|t| choose(roster, t, &free).map(|s| (t.id, s)))
    }

    /// Tasks that may be handed out, the next one first.
    pub fn order(&self, at: QueueTime) -> Vec<&Task> {
        let mut ready: Vec<(Reverse<Priority>, i64, &Task)> =
            self.ready(at).map(|t| (Reverse(self.urgency(t, at)), t.place(), t)).collect();
        ready.sort_unstable_by_key(|(urgency, place, t)| (*urgency, *place, t.id));
        ready.into_iter().map(|(_, _, t)| t).collect()
    }

    /// Whether there is anything to hand out.
    pub fn is_waiting(&self, now: Now) -> bool {
        self.ready(self.clock.read(now)).next().is_some()
    }

    fn ready(&self, at: QueueTime) -> impl Iterator<Item = &Task> {
        let due = move |t: &&Task| t.state == State::Queued && t.not_before <= at;
        self.tasks.values().filter(due).filter(|t| self.is_handed_out(t))
    }

    /// Whether tasks of its kind are handed out at all.
    pub(super) fn is_handed_out(&self, task: &Task) -> bool {
        self.rules.only.is_none_or(|kind| kind == task.kind)
    }

    /// What a task's priority counts for after having waited.
    pub fn urgency(&self, task: &Task, at: QueueTime) -> Priority {
        task.priority.aged(at.since(task.ready), self.rules.ageing)
    }

    /// Whether a session may get a task now; if not, why.
    pub fn fits(&self, roster: &Roster, task: &Task, s: &Candidate) -> Result<(), Misfit> {
        suits(roster, task, s).and_then(|()| self.is_free(s, self.holder(&s.session).map(|t| t.id)))
    }

    fn is_free(&self, s: &Candidate, holder: Option<TaskId>) -> Result<(), Misfit> {
        is_free(&self.rules, s, holder)
    }

    /// Why a task is not handed out now, in a sentence; `None` if it could be, or is not waiting.
    pub fn why(&self, roster: &Roster, task: &Task, sessions: &[Candidate], now: Now) -> Option<String> {
        let at = self.clock.read(now);
        match task.state {
            State::Blocked => return task.reason.clone(),
            State::Queued => {}
            _ => return None,
        }
        if task.not_before > at {
            let left = span(task.not_before.since(at));
            let before = task.reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
            return Some(format!("is tried again in {left}{before}"));
        }
        if let Some(target) = &task.target {
            return match sessions.iter().find(|s| s.session == *target) {
                None => Some(format!("{target} does not exist now")),
                Some(s) => self.fits(roster, task, s).err().map(|m| format!("{target} {m}")),
            };
        }
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for s in sessions.iter().filter(|s| s.member.is_some()) {
            match self.fits(roster, task, s) {
                Ok(()) => return None,
                // Who may never take it is not what it waits for.
                Err(Misfit::WrongTier(_) | Misfit::NotRole(_) | Misfit::Protected | Misfit::Chain(_)) => {}
                Err(Misfit::Has(_)) => *count.entry("has a task".into()).or_default() += 1,
                Err(Misfit::Fresh(_)) => *count.entry("became idle just now".into()).or_default() += 1,
                Err(m) => *count.entry(m.to_string()).or_default() += 1,
            }
        }
        let list: Vec<String> =
            count.into_iter().map(|(why, n)| format!("{n} {}", of_several(&why, n))).collect();
        Some(match list.as_slice() {
            [] => "no session that may take it exists now".into(),
            list => format!("no session is free: {}", list.join(", ")),
        })
    }
}

/// What is said of one, said of several.
fn of_several(why: &str, n: usize) -> String {
    let (verb, rest) = why.split_once(' ').unwrap_or((why, ""));
    match verb {
        "has" if n > 1 => format!("have {rest}"),
        "is" if n > 1 => format!("are {rest}"),
        "waits" if n > 1 => format!("wait {rest}"),
        _ => why.to_owned(),
    }
}

/// Whether a session may get anything now.
fn is_free(rules: &Rules, s: &Candidate, holder: Option<TaskId>) -> Result<(), Misfit> {
    if s.member.is_none() {
        return Err(Misfit::Unmanaged);
    }
    if let Some(id) = holder {
        return Err(Misfit::Has(id));
    }
    if s.state != status::State::Idle {
        return Err(Misfit::State(s.state));
    }
    if !s.composer_empty {
        return Err(Misfit::Composer);
    }
    if s.attended {
        return Err(Misfit::Attended);
    }
    if s.lasts < rules.rest {
        return Err(Misfit::Fresh(s.lasts));
    }
    match s.context_left {
        Some(left) if left < rules.least_context => Err(Misfit::Context(left)),
        _ => Ok(()),
    }
}

/// Of the sessions that fit, one where the task has not come to nothing before, then the one that was idle longest.
fn choose<'a>(roster: &Roster, task: &Task, free: &[&'a Candidate]) -> Option<&'a Candidate> {
    let failed_at = |s: &Candidate| {
        let here = |a: &&super::Attempt| a.session == s.session;
        task.attempts.iter().filter(here).any(|a| matches!(a.end, Some(End::Declined | End::Died)))
    };
    let fitting = free.iter().enumerate().filter(|(_, s)| suits(roster, task, s).is_ok());
    fitting.min_by_key(|(i, s)| (failed_at(s), Reverse(s.lasts), *i)).map(|(_, s)| *s)
}

/// Whether this task is one for this session at all.
fn suits(roster: &Roster, task: &Task, s: &Candidate) -> Result<(), Misfit> {
    let member = s.member.as_ref().ok_or(Misfit::Unmanaged)?;
    // Who it is, is told to the protected too, not to those that automation never touches.
    if roster.is_excluded(&s.session) || member.protected && task.kind != Kind::Role {
        return Err(Misfit::Protected);
    }
    if let Some(target) = task.target.as_ref().filter(|t| **t != s.session) {
        return Err(Misfit::NotTarget(target.clone()));
    }
    if task.target.is_none() && !chain::may_take(task.tier, &task.from, member.tier) {
        return Err(Misfit::WrongTier(task.tier.map_or("session of that tier", Tier::word)));
    }
    if !task.given {
        in_chain(roster, &task.from, s)?;
    }
    if let Some(role) = task.role.as_ref().filter(|r| !member.answers_to(r)) {
        return Err(Misfit::NotRole(role.clone()));
    }
    // Who it is does not depend on where it is.
    if task.kind == Kind::Role { Ok(()) } else { in_place(member, task.dir.as_ref(), s) }
}

/// Checked at entry too, but against the roster that the command line had read.
fn in_chain(roster: &Roster, from: &Sender, s: &Candidate) -> Result<(), Misfit> {
    chain::may_hand(roster, from, &s.session).map_err(|b| Misfit::Chain(b.rule))
}

/// Its own folder by the roster, and the task's.
fn in_place(member: &Member, dir: Option<&String>, s: &Candidate) -> Result<(), Misfit> {
    for want in [member.dir.as_ref(), dir].into_iter().flatten() {
        if !s.tree.as_ref().is_some_and(|is| same_tree(is, want)) {
            return Err(Misfit::WrongTree { want: want.clone(), is: s.tree.clone() });
        }
    }
    Ok(())
}

/// Whether a path is the work tree meant, or lies in it.
fn same_tree(is: &str, want: &str) -> bool {
    let want = want.trim_end_matches('/');
    is.trim_end_matches('/') == want || is.strip_prefix(want).is_some_and(|rest| rest.starts_with('/'))
}
