//! The simulated archtui: looks, hands out, types with the typist's guard, and can be killed between any two of these.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use archtui::domain::session::{PaneIdentity, SessionName};
use archtui::domain::task::{
    After, Effect, Errand, Event, Evidence, Order, Priority, Refusal, Sender, Sighting, State, Step, Sure,
    Task, TaskId, Wish, entry,
};

use super::disk::Disk;
use super::world::{BOSS, Copy, Doing, World};
use super::{Dice, Tally};

/// The program and what it has in hand.
pub struct Actor<D> {
    pub disk: D,
    /// Effects that are on their way.
    doing: VecDeque<Effect>,
    /// It was killed in the middle of a turn.
    dead: bool,
    sent: u64,
}

impl<D: Disk> Actor<D> {
    pub fn new(mut disk: D) -> Self {
        disk.restart();
        Self { disk, doing: VecDeque::new(), dead: false, sent: 0 }
    }

    pub fn is_quiet(&self) -> bool {
        self.doing.is_empty() && !self.dead
    }

    /// The operator queues something: to anyone or to one, urgent or not, after others or not.
    pub fn send_some(&mut self, world: &mut World, dice: &mut Dice) {
        self.sent += 1;
        let mut order = Order::new(format!("task {}", self.sent));
        order.priority = Priority::new(dice.below(11) as u8).expect("0 to 10");
        if dice.chance(400) {
            let i = dice.below(world.sessions.len() as u64) as usize;
            order.target = Some(format!("w{i}"));
        }
        if dice.chance(300) && !world.accepted.is_empty() {
            let i = dice.below(world.accepted.len() as u64) as usize;
            order.after = vec![After::Task(world.accepted[i])];
        }
        let boss = Sender::Session(SessionName::new(BOSS));
        let from = if dice.chance(500) { boss } else { Sender::Operator };
        let Ok(request) = entry::check(order, &from, &world.roster) else { return };
        match self.disk.ask(Wish::Add(vec![request]), world.now()) {
            Ok(granted) => world.accepted.extend(granted.ids),
            Err(Refusal::DeadDependency { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    pub fn ask(&mut self, wish: Wish, world: &World) -> Option<Vec<TaskId>> {
        self.disk.ask(wish, world.now()).ok().map(|g| g.ids)
    }

    /// A person changes their mind.
    pub fn person(&mut self, world: &mut World, dice: &mut Dice, tally: &mut Tally) {
        if !dice.chance(60) || world.accepted.is_empty() {
            return;
        }
        let id = world.accepted[dice.below(world.accepted.len() as u64) as usize];
        let to = world.sessions[dice.below(world.sessions.len() as u64) as usize].name.clone();
        if entry::target(to.as_str(), &Sender::Operator, &world.roster).is_err() {
            return;
        }
        let (what, wish) = match dice.below(4) {
            0 => ("cancel", Wish::Cancel(id, Sure::Yes)),
            1 => ("retry", Wish::Retry(id, Sure::Yes)),
            2 => ("reassign", Wish::Reassign(id, to, Sure::Yes)),
            _ => ("close", Wish::Close(id)),
        };
        if self.ask(wish, world).is_some() {
            world.chosen.insert(id);
            tally.add(what);
        }
    }

    /// Killed, and some time later started again.
    pub fn crash(&mut self, world: &mut World, dice: &mut Dice, tally: &mut Tally) {
        tally.add("crash");
        self.dead = false;
        self.doing.clear();
        for _ in 0..dice.below(4) {
            world.live(dice, tally);
        }
        self.disk.restart();
        // It looks at everything anew.
        let out = self.out();
        for s in &mut world.sessions {
            s.news = true;
            s.cleared |= out.get(&s.pane).is_some_and(|copy| world.forgotten.contains(copy));
        }
        self.tell(vec![Event::Started], world, dice, tally);
    }

    /// The copies that may be somewhere, by pane.
    fn out(&self) -> BTreeMap<PaneIdentity, Copy> {
        let tasks = self.disk.queue().tasks();
        tasks.flat_map(|t| t.occupied().map(|a| (a.pane, (t.id, a.number)))).collect()
    }

    /// One round: look, tell, hand out, carry out.
    pub fn turn(&mut self, world: &mut World, dice: &mut Dice, tally: &mut Tally) {
        if self.dead {
            self.crash(world, dice, tally);
            return;
        }
        let panes: BTreeSet<_> = world.sessions.iter().map(|s| s.pane).collect();
        let mut facts = vec![Event::Panes(panes)];
        let out = self.out();
        for i in 0..world.sessions.len() {
            let pane = world.sessions[i].pane;
            let copy = out.get(&pane);
            if world.sessions[i].news || copy.is_some() {
                // The agent's own record tells of work that was finished while nobody looked.
                let recorded = copy.is_some_and(|c| world.worked.contains(c));
                facts.extend(world.sights(i, recorded).into_iter().map(|sight| Event::Saw { pane, sight }));
            }
        }
        facts.push(Event::Tick);
        self.tell(facts, world, dice, tally);
        let chosen = self.disk.queue().dispatch(&world.roster, &world.candidates, world.now());
        if let Some((id, session, pane)) = chosen.map(|(id, c)| (id, c.session.clone(), c.pane)) {
            self.tell(vec![Event::Leased { id, session, pane }], world, dice, tally);
        }
        for _ in 0..self.doing.len() + 2 {
            // The world goes on between two steps.
            if !world.calm && dice.chance(100) {
                world.live(dice, tally);
            }
            let Some(effect) = self.doing.pop_front() else { break };
            let enters = matches!(effect, Effect::Enter(..));
            let facts = self.carry_out(effect, world, dice, tally);
            if !world.calm && !self.dead && dice.chance(if enters { 100 } else { 30 }) {
                tally.add(if enters { "crash between Enter and its record" } else { "crash after a key" });
                self.dead = true;
            }
            if !self.dead {
                self.tell(facts, world, dice, tally);
            }
            if self.dead {
                self.crash(world, dice, tally);
                return;
            }
        }
        if dice.chance(50) {
            self.late_word(world, tally, dice);
        }
    }

    /// Tells facts; killed before they are on disk, or after and before anything is done about them.
    fn tell(&mut self, facts: Vec<Event>, world: &World, dice: &mut Dice, tally: &mut Tally) {
        if self.dead || facts.is_empty() {
            return;
        }
        if !world.calm && dice.chance(8) {
            tally.add("crash before commit");
            self.dead = true;
            return;
        }
        let effects = self.disk.tell(facts, world.now());
        if !world.calm && dice.chance(8) {
            tally.add("crash before effects");
            self.dead = true;
            return;
        }
        self.doing.extend(effects);
    }

    fn carry_out(
        &mut self,
        effect: Effect,
        world: &mut World,
        dice: &mut Dice,
        tally: &mut Tally,
    ) -> Vec<Event> {
        match effect {
            Effect::Check(e) => vec![step(&e, check(&e, world))],
            Effect::Paste(e, _) => {
                if !world.calm && dice.chance(20) {
                    tally.add("crash at the keyboard");
                    self.dead = true;
                    return Vec::new();
                }
                vec![step(&e, paste(&e, world, dice))]
            }
            Effect::Enter(e, _) => {
                if !world.calm && dice.chance(20) {
                    tally.add("crash at the keyboard");
                    self.dead = true;
                    return Vec::new();
                }
                vec![step(&e, enter(&e, world, dice))]
            }
            Effect::LookUp(e, _) => {
                tally.add("looked up");
                vec![step(&e, Step::Found(look_up(&e, world, dice)))]
            }
            Effect::Gather(e) => {
                vec![Event::Gathered { id: e.id, evidence: vec![Evidence::Branch("b".into())] }]
            }
            Effect::Tell(..) => Vec::new(),
        }
    }

    /// A hook or a record tells late what became of a text; steps of long ago are told again.
    fn late_word(&mut self, world: &World, tally: &mut Tally, dice: &mut Dice) {
        let held = |t: &&Task| t.state == State::Held;
        let found = self.disk.queue().tasks().find(held).and_then(|t| t.current().map(|a| (t.id, a.number)));
        if let Some((id, attempt)) = found.filter(|copy| world.taken.contains(copy)) {
            tally.add("late word");
            self.tell(
                vec![Event::Stepped { id, attempt, step: Step::Found(Sighting::Taken) }],
                world,
                dice,
                tally,
            );
        }
        if world.accepted.is_empty() {
            return;
        }
        let id = world.accepted[dice.below(world.accepted.len() as u64) as usize];
        let old = self.disk.queue().get(id).and_then(|t| t.attempts.iter().rev().nth(1)).map(|a| a.number);
        if let Some(attempt) = old {
            let steps = [Step::Ready, Step::Shown, Step::Taken, Step::Declined("late".into())];
            let facts = steps.into_iter().map(|step| Event::Stepped { id, attempt, step }).collect();
            self.tell(facts, world, dice, tally);
        }
    }
}

fn step(e: &Errand, step: Step) -> Event {
    Event::Stepped { id: e.id, attempt: e.attempt, step }
}

fn check(e: &Errand, world: &mut World) -> Step {
    match world.at(e.pane) {
        None => Step::Declined("the pane is gone".into()),
        Some(s) if s.doing != Doing::Idle => Step::Declined("it is not idle".into()),
        Some(s) if !s.composer.is_empty() => Step::Declined("its composer is not empty".into()),
        Some(_) => Step::Ready,
    }
}

/// The guard stands in the same command as the paste: what it declines was not typed.
fn paste(e: &Errand, world: &mut World, dice: &mut Dice) -> Step {
    if let Step::Declined(why) = check(e, world) {
        return Step::Declined(why);
    }
    let lost = dice.chance(20);
    if !lost {
        world.keys.entry((e.id, e.attempt)).or_default().pastes += 1;
        let s = world.at(e.pane).expect("checked");
        s.composer.push(Some((e.id, e.attempt)));
        s.news = true;
        world.refresh(e.pane);
    }
    match dice.below(20) {
        0 => Step::Doubt("tmux did not answer in time".into()),
        _ if lost => Step::Doubt("the text is not in the composer".into()),
        _ => Step::Shown,
    }
}

fn enter(e: &Errand, world: &mut World, dice: &mut Dice) -> Step {
    let copy = (e.id, e.attempt);
    let time = world.time;
    let alone = world.at(e.pane).is_some_and(|s| s.doing == Doing::Idle && s.composer == [Some(copy)]);
    if !alone {
        return Step::Declined("something else is there now".into());
    }
    world.keys.entry(copy).or_default().enters += 1;
    if !dice.chance(30) {
        world.taken.insert(copy);
        let s = world.at(e.pane).expect("checked");
        s.composer.clear();
        s.become_(Doing::Working(Some(copy), time + 1 + dice.below(90)), time);
        world.refresh(e.pane);
        return if dice.chance(50) { Step::Doubt("tmux did not answer in time".into()) } else { Step::Taken };
    }
    Step::Doubt("the text is still in the composer".into())
}

fn look_up(e: &Errand, world: &mut World, dice: &mut Dice) -> Sighting {
    let copy = (e.id, e.attempt);
    let readable = dice.chance(800);
    if readable && world.taken.contains(&copy) {
        return Sighting::Taken;
    }
    match world.at(e.pane) {
        Some(s) if s.doing == Doing::Idle && s.composer == [Some(copy)] => Sighting::Composer,
        Some(s) if readable && s.composer.is_empty() => Sighting::Absent,
        _ => Sighting::Unknown("neither the record nor the screen tells".into()),
    }
}
