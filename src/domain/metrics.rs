//! Figures over the ledger and the queue: how many, how fast, since when. What the sums are made of is `ledger::Tally`'s word and
//! the tasks' own; what nobody observed is none, never nought.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::ledger::{Actor, Entry, Latency, Lives, Outcome, Tally};
use super::session::SessionName;
use super::task::{Kind, State, Task};

/// An hour, in seconds.
pub const HOUR: i64 = 3600;
/// A day, in seconds.
pub const DAY: i64 = 24 * HOUR;

/// What became of dialogs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompts {
    /// Those that stood long enough to be read.
    pub seen: u32,
    /// A person answered here, yes or no, and they went.
    pub by_person: u32,
    /// What the ledger adds up to.
    pub tally: Tally,
    read: Vec<Duration>,
}

impl Prompts {
    /// Adds an entry. What was done to windows and steps of unsticking are no dialogs.
    fn add(&mut self, entry: &Entry) {
        let body = &entry.body;
        let automatic = body.actor == Actor::Automation;
        if body.outcome == Outcome::Cleared {
            self.by_person += u32::from(!automatic);
        }
        if body.of.is_none() && body.outcome != Outcome::Ignored {
            self.seen += 1;
            self.read.extend(body.times.seen);
        }
        self.tally.add(entry);
    }

    /// Would have been confirmed, were auto-confirm live.
    pub fn watched(&self) -> u32 {
        self.tally.watched()
    }

    /// Left for a person.
    pub fn held(&self) -> u32 {
        self.tally.rules.values().map(|r| r.held).sum()
    }

    /// Meant to be answered, and it did not come to that.
    pub fn failed(&self) -> u32 {
        self.tally.rules.values().map(|r| r.failed).sum()
    }

    /// Answered, or perhaps: nobody knows what came of it.
    pub fn unknown(&self) -> u32 {
        self.tally.rules.values().map(|r| r.unknown).sum()
    }

    /// From the dialog's last byte until it was read.
    pub fn read(&self) -> Latency {
        Latency::of(&self.read)
    }
}

/// Sums over a run of entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metrics {
    /// The first entry's time.
    pub from: Option<Timestamp>,
    /// Of all.
    pub all: Prompts,
    /// By session.
    pub sessions: BTreeMap<SessionName, Prompts>,
    hours: BTreeMap<i64, Prompts>,
    days: BTreeMap<i64, Prompts>,
    lives: Lives,
}

impl Metrics {
    /// Adds an entry, in their order.
    pub fn add(&mut self, entry: &Entry) {
        let at = entry.body.at;
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
        if entry.body.is_deed() || !self.lives.is_news(entry) {
            return;
        }
        let second = at.as_second();
        self.all.add(entry);
        self.sessions.entry(entry.body.scene.session.clone()).or_default().add(entry);
        self.hours.entry(second.div_euclid(HOUR)).or_default().add(entry);
        self.days.entry(second.div_euclid(DAY)).or_default().add(entry);
    }

    /// The last `n` hours, UTC, the oldest first: when each begins, and what was in it. None: it lies before the first entry.
    pub fn hours(&self, now: Timestamp, n: i64) -> Vec<(Timestamp, Option<&Prompts>)> {
        self.span(&self.hours, HOUR, now, n)
    }

    /// The same of days.
    pub fn days(&self, now: Timestamp, n: i64) -> Vec<(Timestamp, Option<&Prompts>)> {
        self.span(&self.days, DAY, now, n)
    }

    fn span<'a>(
        &self,
        of: &'a BTreeMap<i64, Prompts>,
        length: i64,
        now: Timestamp,
        n: i64,
    ) -> Vec<(Timestamp, Option<&'a Prompts>)> {
        let this = now.as_second().div_euclid(length);
        let first = self.from.map(|from| from.as_second().div_euclid(length));
        (this - n + 1..=this)
            .filter_map(|i| {
                let begins = Timestamp::from_second(i * length).ok()?;
                let observed = first.is_some_and(|first| first <= i);
                Some((begins, of.get(&i).or_else(|| observed.then_some(&NONE))))
            })
            .collect()
    }
}

/// An hour in which nothing was asked.
static NONE: Prompts = Prompts { seen: 0, by_person: 0, tally: Tally::NONE, read: Vec::new() };

/// The queue in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tasks {
    /// How many stand in each state.
    pub states: BTreeMap<&'static str, usize>,
    /// From its entry until the agent took it.
    pub wait: Latency,
    /// From then until it was done.
    pub time: Latency,
    /// Since when the oldest has been waiting for a session.
    pub oldest: Option<Timestamp>,
}

impl Tasks {
    /// Of those tasks. Messages and roles are not watched: they count in their states alone.
    pub fn of<'a>(tasks: impl IntoIterator<Item = &'a Task>) -> Self {
        let (mut wait, mut time) = (Vec::new(), Vec::new());
        let mut sums = Self { states: State::ALL.iter().map(|s| (s.word(), 0)).collect(), ..Self::default() };
        // A clock that was set back measured nothing.
        let between = |from: Timestamp, to: Timestamp| Duration::try_from(to.duration_since(from)).ok();
        for task in tasks {
            *sums.states.entry(task.state.word()).or_default() += 1;
            if task.state == State::Queued {
                sums.oldest = Some(sums.oldest.map_or(task.created, |at| at.min(task.created)));
            }
            if task.kind != Kind::Work {
                continue;
            }
            wait.extend(
                task.attempts.iter().find_map(|a| a.delivered).and_then(|at| between(task.created, at)),
            );
            let delivered = task.attempts.last().and_then(|a| a.delivered);
            if let (State::Done, Some(from), Some(to)) = (task.state, delivered, task.finished) {
                time.extend(between(from, to));
            }
        }
        Self { wait: Latency::of(&wait), time: Latency::of(&time), ..sums }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::{Dialog, Operation};
    use crate::domain::ledger::{Anchor, Body, Decision, Ruling, Scene, Showing, Times};
    use crate::domain::policy::Action;
    use crate::domain::redact::Secrets;
    use crate::domain::roster::{Member, Roster};
    use crate::domain::session::{PaneId, PaneIdentity};
    use crate::domain::task::clock::QueueTime;
    use crate::domain::task::{self, Event, Order, Queue, Sender, Wish, entry};

    fn at(s: &str) -> Timestamp {
        s.parse().expect("a time")
    }

    struct Told<'a> {
        session: &'a str,
        rule: &'a str,
        of: Option<u64>,
        outcome: Outcome,
        action: Action,
        actor: Actor,
        operation: Operation,
        at: &'a str,
    }

    const READ: Told = Told {
        session: "one",
        rule: "read",
        of: None,
        outcome: Outcome::Intended,
        action: Action::Confirm,
        actor: Actor::Automation,
        operation: Operation::Read,
        at: "2026-11-23T10:10:00Z",
    };

    fn sealed(told: &Told) -> Entry {
        let pane = PaneIdentity { id: PaneId(3), pid: 4711, start: 99 };
        let session = SessionName::new(told.session);
        let scene = Scene { host: "box".into(), session, pane, agent: None, cwd: None };
        let dialog = Dialog { operation: told.operation, subject: Some("x".into()), ..Dialog::default() };
        let ms = Duration::from_millis;
        let cleared = (told.outcome == Outcome::Cleared).then(|| ms(30));
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 1 },
            of: told.of,
            verdict: Ruling { action: told.action, rule: told.rule.into(), reason: String::new() },
            why: String::new(),
            actor: told.actor.clone(),
            channel: None,
            key: None,
            answer: None,
            outcome: told.outcome,
            times: Times { seen: Some(ms(2)), pressed: cleared.map(|_| ms(20)), cleared },
        };
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        Anchor::default().seal(Body::new(at(told.at), &scene, &dialog, decision, &mask))
    }

    #[test]
    fn what_was_observed_is_counted_once_and_the_rest_is_none() {
        let now = at("2026-11-23T12:30:00Z");
        let mut metrics = Metrics::default();
        assert!(metrics.hours(now, 3).iter().all(|(_, p)| p.is_none()), "nothing observed is not nought");
        assert_eq!(metrics.all.read(), Latency::default());
        let person = || Actor::Person("me".into());
        let (cleared, later) = (Outcome::Cleared, "2026-11-23T12:10:00Z");
        for told in [
            READ,
            Told { of: Some(1), outcome: cleared, ..READ },
            Told { rule: "rm", outcome: Outcome::Held, action: Action::Hold, at: later, ..READ },
            Told {
                rule: "rm",
                of: Some(3),
                outcome: cleared,
                action: Action::Hold,
                actor: person(),
                at: later,
                ..READ
            },
            Told { session: "two", rule: "wipe", action: Action::Deny, at: later, ..READ },
            Told {
                session: "two",
                rule: "wipe",
                of: Some(5),
                outcome: cleared,
                action: Action::Deny,
                at: later,
                ..READ
            },
            Told { outcome: Outcome::Ignored, action: Action::Ignore, ..READ },
            Told { rule: "restart-ended", operation: Operation::Other, at: later, ..READ },
        ] {
            metrics.add(&sealed(&told));
        }
        let sums = |p: &Prompts| (p.seen, p.tally.confirmed(), p.tally.denied(), p.held(), p.by_person);
        assert_eq!(sums(&metrics.all), (3, 1, 1, 1, 1));
        assert_eq!(sums(&metrics.sessions[&SessionName::new("two")]), (1, 0, 1, 0, 0));
        let hours = metrics.hours(now, 4);
        let told: Vec<_> = hours.iter().map(|(at, p)| (at.to_string(), p.map(sums))).collect();
        assert_eq!(told[0], ("2026-11-23T09:00:00Z".into(), None), "before the first entry");
        assert_eq!(told[1].1, Some((1, 1, 0, 0, 0)));
        assert_eq!(told[2].1, Some((0, 0, 0, 0, 0)), "nobody asked");
        assert_eq!(told[3].1, Some((2, 0, 1, 1, 1)));
        assert_eq!(sums(metrics.days(now, 1)[0].1.expect("today")), (3, 1, 1, 1, 1));
        assert_eq!(metrics.all.read().count, 3);
        assert_eq!(metrics.all.tally.pressed().p50, Some(Duration::from_millis(20)));
    }

    #[test]
    fn tasks_are_counted_by_state_and_only_what_was_timed_has_a_time() {
        let now = |s| task::Now { wall: at(s), mono: Duration::ZERO };
        let mut queue = Queue::default();
        let member = Member { name: "a".to_owned(), ..Member::default() };
        let roster = Roster { members: vec![member], ..Roster::default() };
        let mut ids = Vec::new();
        for text in ["a", "b", "c"] {
            let request = entry::check(Order::new(text), &Sender::Operator, &roster).expect("sound");
            ids.push(
                queue.ask(Wish::Add(vec![request]), now("2026-11-23T10:00:00Z")).expect("queued").ids[0],
            );
        }
        let pane = PaneIdentity { id: PaneId(1), pid: 11, start: 1 };
        queue.apply(
            Event::Leased { id: ids[0], session: SessionName::new("a"), pane },
            now("2026-11-23T10:01:00Z"),
        );
        queue.ask(Wish::Cancel(ids[1], task::Sure::Yes), now("2026-11-23T10:02:00Z")).expect("taken back");
        let mut tasks: Vec<Task> = queue.tasks().cloned().collect();
        let sums = Tasks::of(&tasks);
        assert_eq!((sums.states["leased"], sums.states["queued"], sums.states["cancelled"]), (1, 1, 1));
        assert_eq!((sums.wait, sums.time), (Latency::default(), Latency::default()));
        assert_eq!(sums.oldest, Some(at("2026-11-23T10:00:00Z")));
        let first = tasks.iter_mut().find(|t| t.id == ids[0]).expect("there");
        first.attempts[0].delivered = Some(at("2026-11-23T10:01:30Z"));
        first.state = State::Done;
        first.finished = Some(at("2026-11-23T10:11:30Z"));
        first.finished_at = Some(QueueTime::default());
        let sums = Tasks::of(&tasks);
        assert_eq!(sums.wait.p50, Some(Duration::from_secs(90)));
        assert_eq!((sums.time.p99, sums.time.count), (Some(Duration::from_secs(600)), 1));
        let first = tasks.iter_mut().find(|t| t.id == ids[0]).expect("there");
        first.finished = Some(at("2026-11-23T09:00:00Z"));
        assert_eq!(Tasks::of(&tasks).time.count, 0, "a clock that was set back measured nothing");
    }
}
