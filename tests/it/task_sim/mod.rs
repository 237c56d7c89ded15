//! Whole fleets in seconds: seeded runs in which sessions die, are cleared, open dialogs and are typed into, people change
//! their minds, clocks jump, and archtui itself is killed at every step and started again from what is on disk. In every
//! run the same holds: a task has one session at most, its text is typed once an attempt at most, it is never taken twice
//! unless its agent died or a person chose so, *done* was true, and nothing is lost.
//!
//! `ARCHTUI_SIM_SEEDS=100000` runs more; `ARCHTUI_SIM_SEED=7` runs one.

mod actor;
mod disk;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use archtui::domain::task::{End, Kind, State, Sure, Task, TaskId, Wish};

use actor::Actor;
use disk::{Disk, Memory, Sqlite};
use world::World;

/// Numbers that look random and are the same for a seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to but not including `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// True so many times out of a thousand.
    pub fn chance(&mut self, in_thousand: u64) -> bool {
        self.below(1000) < in_thousand
    }
}

/// What is counted over all runs, to know that the faults happened.
#[derive(Debug, Default)]
pub struct Tally {
    /// By name.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// One more of these.
    pub fn add(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

fn run(seed: u64, disk: impl Disk, steps: u64, tally: &mut Tally) {
    let mut dice = Dice(seed);
    // Every tenth fleet is the largest; small ones quarrel more over the same sessions.
    let sessions = if seed.is_multiple_of(10) { 200 } else { 2 + dice.below(12) as usize };
    let mut world = World::new(sessions, &mut dice);
    let mut actor = Actor::new(disk);
    let tasks = 4 + dice.below(20);
    for _ in 0..steps {
        world.live(&mut dice, tally);
        if world.accepted.len() < tasks as usize {
            actor.send_some(&mut world, &mut dice);
        }
        actor.person(&mut world, &mut dice, tally);
        actor.turn(&mut world, &mut dice, tally);
        check(&world, &actor.disk);
        if dice.chance(30) {
            actor.crash(&mut world, &mut dice, tally);
        }
    }
    drain(&mut world, &mut actor, &mut dice, tally);
}

/// The faults end, a person decides what is held; then everything that can be done is done.
fn drain(world: &mut World, actor: &mut Actor<impl Disk>, dice: &mut Dice, tally: &mut Tally) {
    world.calm = true;
    for _ in 0..4000 {
        world.live(dice, tally);
        let held: Vec<TaskId> = with_state(actor, State::Held);
        for id in held {
            let current = actor.disk.queue().get(id).and_then(Task::current).map(|a| a.pane);
            if let Some(pane) = current {
                world.person_clears(pane);
            }
            world.chosen.insert(id);
            let granted = actor.ask(Wish::Cancel(id, Sure::Yes), world);
            assert!(granted.is_some(), "a held task can be taken back");
        }
        actor.turn(world, dice, tally);
        check(world, &actor.disk);
        // What was typed for a task that nobody types any more is cleared away by the person.
        let typing = |t: &Task| t.current().filter(|_| t.state.is_at_keyboard()).map(|a| a.pane);
        let typing: BTreeSet<_> = actor.disk.queue().tasks().filter_map(typing).collect();
        let left = world.sessions.iter().filter(|s| !s.composer.is_empty()).map(|s| s.pane);
        for pane in left.filter(|p| !typing.contains(p)).collect::<Vec<_>>() {
            world.person_clears(pane);
        }
        if actor.is_quiet() && actor.disk.queue().tasks().all(|t| settled(t, actor)) {
            break;
        }
    }
    for t in actor.disk.queue().tasks() {
        assert!(settled(t, actor), "nothing happens to it any more: {t:#?}\n{:#?}", world.session_of(t));
        *tally.counts.entry(t.state.word()).or_default() += 1;
    }
    reported(actor, tally);
}

/// Who asked is told once of each end, and once of each doubt; nobody else is told, and of messages nobody is.
fn reported(actor: &Actor<impl Disk>, tally: &mut Tally) {
    let told = actor.disk.told();
    for t in actor.disk.queue().tasks() {
        let own: Vec<_> = told.iter().filter(|(id, ..)| *id == t.id).collect();
        let times = |state: State| own.iter().filter(|(.., word)| word == state.word()).count();
        let from = t.from.session().map(ToString::to_string);
        assert!(own.iter().all(|(_, to, _)| *to == from), "told to another: {own:?} {t:#?}");
        if t.kind != Kind::Work {
            assert!(own.is_empty(), "{own:?} {t:#?}");
            continue;
        }
        let history = actor.disk.history(t.id);
        for state in [State::Done, State::Failed, State::Held] {
            let mut came = history.iter().map(|word| word == state.word()).collect::<Vec<_>>();
            came.dedup();
            let came = came.into_iter().filter(|is| *is).count();
            assert_eq!(times(state), came, "{state:?}: {own:?} {history:?} {t:#?}");
        }
        if from.is_some() && times(State::Done) == 1 {
            tally.add("reported to a session");
        }
        if times(State::Held) > 0 {
            tally.add("doubt reported");
        }
    }
}

fn with_state(actor: &Actor<impl Disk>, state: State) -> Vec<TaskId> {
    actor.disk.queue().tasks().filter(|t| t.state == state).map(|t| t.id).collect()
}

/// Finished, or waiting for something that will not be done.
fn settled(t: &Task, actor: &Actor<impl Disk>) -> bool {
    let dead = |id: &TaskId| {
        let on = actor.disk.queue().get(*id).map(|t| t.state);
        matches!(on, Some(State::Cancelled | State::Failed | State::Blocked))
    };
    (t.state.is_finished() && !t.unreported) || (t.state == State::Blocked && t.after.iter().any(dead))
}

/// What must hold at every moment.
fn check(world: &World, disk: &impl Disk) {
    let mut owned = BTreeSet::new();
    let mut known = BTreeSet::new();
    for t in disk.queue().tasks() {
        known.insert(t.id);
        if let Some(a) = t.current() {
            assert!(owned.insert(&a.session), "{} has two tasks, one of them {t:#?}", a.session);
            assert!(t.state.has_session(), "{t:#?}");
        }
        assert!(t.attempts.iter().rev().skip(1).all(|a| a.end.is_some()), "two attempts at once: {t:#?}");
        assert!(matches!(t.state, State::Held) || t.state.has_session() == t.current().is_some(), "{t:#?}");
        for a in &t.attempts {
            let keys = world.keys.get(&(t.id, a.number)).copied().unwrap_or_default();
            assert!(keys.pastes <= 1 && keys.enters <= 1, "typed twice in one attempt: {keys:?} {t:#?}");
            assert!(a.end != Some(End::Declined) || keys.pastes == 0, "it was typed, not declined: {t:#?}");
            // The record is never behind the keyboard.
            assert!(keys.pastes == 0 || a.typing.is_some(), "typed without a record: {t:#?}");
            assert!(keys.enters == 0 || a.typed.is_some(), "Enter without a record: {t:#?}");
        }
        let taken = |a: &&archtui::domain::task::Attempt| world.taken.contains(&(t.id, a.number));
        for a in t.attempts.iter().rev().skip(1).filter(taken) {
            let lost = world.lost.contains(&(t.id, a.number));
            assert!(lost || world.chosen.contains(&t.id), "taken twice: {t:#?}");
        }
        if t.state == State::Done && t.kind == Kind::Work && !world.chosen.contains(&t.id) {
            let last = t.attempts.last().expect("somebody did it");
            assert!(world.worked.contains(&(t.id, last.number)), "it was not done: {t:#?}");
        }
    }
    // One that was finished long ago need not be known.
    assert!(world.accepted.iter().all(|id| known.contains(id) || disk.has(*id)), "a task was lost");
}

#[expect(clippy::disallowed_methods, reason = "how many seeds is for who runs the test")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

fn guarded(seed: u64, what: &str, work: impl FnOnce()) {
    let sound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_ok();
    assert!(sound, "{what}: seed {seed} fails; ARCHTUI_SIM_SEED={seed} runs it alone");
}

#[test]
fn fleets_with_faults() {
    let seeds: Vec<u64> = match number("ARCHTUI_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("ARCHTUI_SIM_SEEDS").unwrap_or(2000)).collect(),
    };
    let mut tally = Tally::default();
    for &seed in &seeds {
        guarded(seed, "simulation", || run(seed, Memory::default(), 60, &mut tally));
    }
    println!("{} runs: {:?}", seeds.len(), tally.counts);
    if seeds.len() >= 1000 {
        // A simulation in which a fault does not happen proves nothing about it.
        for what in [
            "crash",
            "crash before commit",
            "crash before effects",
            "crash at the keyboard",
            "crash after a key",
            "crash between Enter and its record",
            "reported to a session",
            "doubt reported",
            "agent died",
            "cleared",
            "dialog",
            "person typed",
            "wall jumped",
            "cancel",
            "retry",
            "reassign",
            "close",
            "looked up",
            "late word",
            "done",
            "failed",
            "cancelled",
            "blocked",
        ] {
            assert!(
                tally.counts.get(what).is_some_and(|n| *n >= 10),
                "{what} hardly ever happened: {tally:?}"
            );
        }
    }
}

/// The same on a real database file, each crash a store that is dropped as it is.
#[test]
fn fleets_with_faults_on_a_real_store() {
    let mut tally = Tally::default();
    for seed in (0..number("ARCHTUI_SIM_STORES").unwrap_or(3)).map(|n| 90_001 + n) {
        guarded(seed, "simulation on a store", || run(seed, Sqlite::new(), 30, &mut tally));
    }
    println!("{:?}", tally.counts);
}
