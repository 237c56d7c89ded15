//! The world of the simulation: sessions with agents, composers, dialogs, people and two clocks; and the truth about every
//! key that was pressed, which archtui does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use archtui::domain::roster::{Member, Roster, Tier};
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::status;
use archtui::domain::task::{Candidate, Now, Sight, Task, TaskId};
use jiff::Timestamp;

use super::{Dice, Tally};

/// The manager's session.
pub const BOSS: &str = "boss";

/// One attempt of one task.
pub type Copy = (TaskId, u32);

/// What a session's agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Waits, perhaps with something in its composer.
    Idle,
    /// Works on a task, or on something of its own, until then.
    Working(Option<Copy>, u64),
    /// Asks something until then, and goes on with what it did.
    Dialog(Option<Copy>, u64),
    /// A person types in its composer until then.
    Person(u64),
    /// It ended; the shell is back until then.
    Shell(u64),
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    pub name: SessionName,
    pub pane: PaneIdentity,
    pub doing: Doing,
    /// Since when.
    pub since: u64,
    /// What stands in the composer: tasks' texts, or `None` for a person's.
    pub composer: Vec<Option<Copy>>,
    /// It was changed since archtui looked last.
    pub news: bool,
    /// Its conversation was cleared since archtui looked last.
    pub cleared: bool,
    /// It was at work since archtui looked last.
    pub was_at_work: bool,
}

/// Keys that reached a pane for one attempt.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys {
    pub pastes: u32,
    pub enters: u32,
}

/// Everything.
pub struct World {
    pub sessions: Vec<Session>,
    pub roster: Roster,
    pub candidates: Vec<Candidate>,
    pub time: u64,
    wall: i64,
    next_pane: u32,
    /// No more faults.
    pub calm: bool,
    /// Tasks that were taken into the queue.
    pub accepted: Vec<TaskId>,
    /// Keys by attempt.
    pub keys: BTreeMap<Copy, Keys>,
    /// Attempts that an agent took: what its transcript would tell.
    pub taken: BTreeSet<Copy>,
    /// Attempts whose work was finished.
    pub worked: BTreeSet<Copy>,
    /// Attempts whose agent or conversation ended before.
    pub lost: BTreeSet<Copy>,
    /// Attempts whose conversation was cleared: the agent's record has another name since, whenever one looks.
    pub forgotten: BTreeSet<Copy>,
    /// Tasks about which a person decided: cancelled, tried again, given to another, closed.
    pub chosen: BTreeSet<TaskId>,
}

impl World {
    pub fn new(sessions: usize, dice: &mut Dice) -> Self {
        let mut world = Self {
            sessions: Vec::new(),
            roster: Roster::default(),
            candidates: Vec::new(),
            time: 1000,
            wall: 1_800_000_000,
            next_pane: 0,
            calm: false,
            accepted: Vec::new(),
            keys: BTreeMap::new(),
            taken: BTreeSet::new(),
            worked: BTreeSet::new(),
            lost: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            chosen: BTreeSet::new(),
        };
        for i in 0..sessions {
            let member = Member {
                name: format!("w{i}"),
                tier: Some(Tier::Worker),
                // The first is never free of use; of the others some take no tasks.
                protected: i > 1 && dice.chance(100),
                ..Member::default()
            };
            world.roster.members.push(member);
            let pane = world.new_pane();
            world.sessions.push(Session {
                name: SessionName::new(&format!("w{i}")),
                pane,
                doing: Doing::Idle,
                since: 0,
                composer: Vec::new(),
                news: true,
                cleared: false,
                was_at_work: false,
            });
        }
        // Who hands out work too, and is told of it.
        let boss = Member { name: BOSS.into(), tier: Some(Tier::Manager), ..Member::default() };
        world.roster.members.push(boss);
        let session =
            Session { name: SessionName::new(BOSS), pane: world.new_pane(), ..world.sessions[0].clone() };
        world.sessions.push(session);
        world.candidates = (0..=sessions).map(|i| world.candidate(i)).collect();
        world
    }

    fn new_pane(&mut self) -> PaneIdentity {
        self.next_pane += 1;
        PaneIdentity { id: PaneId(self.next_pane), pid: 100 + self.next_pane, start: 1 }
    }

    pub fn now(&self) -> Now {
        let wall = Timestamp::from_second(self.wall).expect("in range");
        Now { wall, mono: Duration::from_secs(self.time) }
    }

    pub fn at(&mut self, pane: PaneIdentity) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|s| s.pane == pane)
    }

    pub fn session_of(&self, t: &Task) -> Vec<&Session> {
        let named = |s: &&Session| t.target.as_ref() == Some(&s.name) || t.session() == Some(&s.name);
        self.sessions.iter().filter(named).collect()
    }

    /// Time passes; things come to an end, and faults happen.
    pub fn live(&mut self, dice: &mut Dice, tally: &mut Tally) {
        let passed = 1 + dice.below(6);
        self.time += passed;
        self.wall += passed.cast_signed();
        if !self.calm && dice.chance(20) {
            self.wall += dice.below(2_000_000).cast_signed() - 1_000_000;
            tally.add("wall jumped");
        }
        for i in 0..self.sessions.len() {
            self.passes(i);
        }
        if self.calm {
            return;
        }
        // A handful of things happen in a fleet of any size.
        for _ in 0..=dice.below(3) {
            let i = dice.below(self.sessions.len() as u64) as usize;
            self.fault(i, dice, tally);
        }
    }

    /// What lasts until now is over.
    fn passes(&mut self, i: usize) {
        let (time, calm) = (self.time, self.calm);
        let s = &mut self.sessions[i];
        match s.doing {
            Doing::Working(copy, until) if until <= time => {
                s.become_(Doing::Idle, time);
                s.was_at_work = true;
                self.worked.extend(copy);
            }
            Doing::Dialog(copy, until) if until <= time || calm => {
                s.become_(Doing::Working(copy, time + 5), time);
            }
            Doing::Person(until) if until <= time || calm => {
                // The person sends or clears what stands there: theirs, and whatever was pasted into it.
                for copy in std::mem::take(&mut s.composer).into_iter().flatten() {
                    self.lost.insert(copy);
                }
                s.become_(Doing::Idle, time);
            }
            // As below: what came to an end is looked at before its pane goes.
            Doing::Shell(until) if !s.was_at_work && (until <= time || calm) => {
                let pane = self.new_pane();
                let s = &mut self.sessions[i];
                s.pane = pane;
                s.composer.clear();
                s.become_(Doing::Idle, time);
            }
            _ => {}
        }
        if self.sessions[i].news {
            self.candidates[i] = self.candidate(i);
        } else {
            self.candidates[i].lasts = Duration::from_secs(time - self.sessions[i].since);
        }
    }

    fn fault(&mut self, i: usize, dice: &mut Dice, tally: &mut Tally) {
        let time = self.time;
        let s = &mut self.sessions[i];
        let job = match s.doing {
            Doing::Working(copy, _) | Doing::Dialog(copy, _) => copy,
            _ => None,
        };
        match (dice.below(6), s.doing) {
            (0, Doing::Working(copy, _)) => {
                s.become_(Doing::Dialog(copy, time + dice.below(60)), time);
                tally.add("dialog");
            }
            (0, Doing::Idle) => {
                s.become_(Doing::Dialog(None, time + dice.below(60)), time);
                tally.add("dialog");
            }
            (1, Doing::Idle) => {
                s.composer.push(None);
                s.become_(Doing::Person(time + dice.below(40)), time);
                tally.add("person typed");
            }
            (2, Doing::Idle) => s.become_(Doing::Working(None, time + dice.below(40)), time),
            (3, Doing::Idle | Doing::Working(..) | Doing::Dialog(..)) if dice.chance(500) => {
                self.lost.extend(job);
                s.become_(Doing::Shell(time + 5 + dice.below(60)), time);
                tally.add("agent died");
            }
            (4, Doing::Idle | Doing::Working(..)) if dice.chance(300) => {
                self.lost.extend(job);
                self.forgotten.extend(job);
                s.cleared = true;
                s.composer.clear();
                s.become_(Doing::Idle, time);
                tally.add("cleared");
            }
            // The pane vanishes and another of that name comes; not in the instant in which the work ended: that is seen.
            (5, Doing::Idle | Doing::Working(..) | Doing::Dialog(..))
                if !s.was_at_work && dice.chance(200) =>
            {
                self.lost.extend(job);
                let pane = self.new_pane();
                let s = &mut self.sessions[i];
                s.pane = pane;
                s.composer.clear();
                s.become_(Doing::Idle, time);
                tally.add("agent died");
            }
            _ => {}
        }
        self.candidates[i] = self.candidate(i);
    }

    /// A person looks after a session whose task is held: the composer is emptied.
    pub fn person_clears(&mut self, pane: PaneIdentity) {
        let Some(i) = self.sessions.iter().position(|s| s.pane == pane) else { return };
        self.sessions[i].composer.clear();
        self.sessions[i].news = true;
        self.candidates[i] = self.candidate(i);
    }

    /// Takes a change of a session into what the dispatcher sees.
    pub fn refresh(&mut self, pane: PaneIdentity) {
        if let Some(i) = self.sessions.iter().position(|s| s.pane == pane) {
            self.candidates[i] = self.candidate(i);
        }
    }

    fn candidate(&self, i: usize) -> Candidate {
        let s = &self.sessions[i];
        Candidate {
            session: s.name.clone(),
            pane: s.pane,
            member: self.roster.members.get(i).cloned(),
            state: match s.doing {
                Doing::Idle if s.composer.is_empty() => status::State::Idle,
                Doing::Idle | Doing::Person(_) => status::State::Typing,
                Doing::Working(..) => status::State::Working,
                Doing::Dialog(..) => status::State::Permission,
                Doing::Shell(_) => status::State::Exited,
            },
            lasts: Duration::from_secs(self.time - s.since),
            composer_empty: s.composer.is_empty(),
            attended: matches!(s.doing, Doing::Person(_)),
            context_left: None,
            tree: None,
        }
    }

    /// What archtui sees of a session now, and whether it may have been at work in between.
    pub fn sights(&mut self, i: usize, recorded: bool) -> Vec<Sight> {
        let time = self.time;
        let s = &mut self.sessions[i];
        let mut sights = Vec::new();
        if std::mem::take(&mut s.cleared) {
            sights.push(Sight::Cleared);
        }
        // Every change is looked at, so work that came and went since the last turn was seen, and its end.
        if std::mem::take(&mut s.was_at_work) || recorded {
            sights.extend([Sight::Working, Sight::Idle(Duration::ZERO)]);
        }
        sights.push(match s.doing {
            Doing::Idle if s.composer.is_empty() => Sight::Idle(Duration::from_secs(time - s.since)),
            Doing::Working(..) => Sight::Working,
            Doing::Shell(_) => Sight::Ended,
            Doing::Idle | Doing::Person(_) | Doing::Dialog(..) => Sight::Other,
        });
        s.news = false;
        sights
    }
}

impl Session {
    pub fn become_(&mut self, doing: Doing, time: u64) {
        self.doing = doing;
        self.since = time;
        self.news = true;
    }
}
