//! Which pane is looked at when: pure, with the time as an input. A look costs the server 0.2 to 0.7 ms, by how full the
//! screen is, so looks are few where they cannot show anything new, and bounded in all. How one is done is for the watcher.
//!
//! Where writes are told of (`Sight::Told`): a quiet pane that writes is looked at now, 3 ms later if that showed
//! nothing (the kernel tells before tmux has read the bytes), and once more when the write is surely read. A pane that
//! writes all the time gets one look a write where that changes a row or two (a spinner), else it is dealt with like a
//! quiet one: an agent works when it draws its dialog, and somebody waits for that. Where many panes write all the time
//! they share batches on a common tick, and those out of view wait longer; whether a dialog came up in one of those the
//! server is asked (`glimpse`). Where writes are not told of (`Sight::Blind`): looks at a pace that slows down while they
//! show nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use super::slot::Sight;
use super::slot::{BLIND_FRONT, STREAK_GAP, Slot};
use crate::domain::server::Wrote;
use crate::domain::session::PaneId;
use crate::ports::alarm::TICK as COMMON;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Between two looks at a pane out of view that writes all the time, one of many: so long, or so long for each of them.
const BACK_GAP: Duration = ms(250);
const BACK_SHARE: Duration = ms(5);
/// The second look, if the first showed nothing.
const SECOND_LOOK: Duration = ms(3);
/// From a write until tmux has surely read it: then the look that makes sure is due. Where the first look showed something
/// it waits for a common tick …
const SETTLED: Duration = ms(33);
/// … longer where what is seen stands by itself: whoever answers it looks there again before …
const STANDING: Duration = ms(180);
/// … at a pane that writes all the time, one of many: the next write brings the next look anyway …
const SETTLED_BUSY: Duration = ms(10);
/// … and at one of few: it is looked at sooner, so this look is only for what tmux was slow to read.
const SETTLED_FEW: Duration = ms(110);
/// A write that was noticed longer ago is not what drew the screen, if one was missed: not everything is told of.
const LATE: Duration = ms(5);
/// More panes than this that write all the time are many.
const FEW: usize = 12;
/// Looks at many busy panes fall on multiples of this, to share batches.
const TICK: Duration = ms(16);
/// Looks a second at panes that write all the time, and how many at once. The others write seldom by their nature, and
/// what somebody waits for is bounded by pane.
const RATE: f64 = 400.0;
const BURST: f64 = 64.0;
/// No new batch while so many looks are unanswered: a slow server sets the pace …
const MAX_FLYING: usize = 16;
/// … and no more than this at once, so that what comes into view meanwhile does not wait for a whole fleet.
const BATCH: usize = 48;
/// Of panes that write all the time: what somebody waits for stands in the same line, and each look takes the server 0.2 ms.
const BATCH_BUSY: usize = 12;

/// What a look showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The same as before.
    None,
    /// A row or two, as a spinner does.
    Little,
    /// More, or it is not known.
    Much,
}

impl Change {
    /// Of so many rows; 0 = not known.
    pub const fn of_rows(rows: usize) -> Self {
        if matches!(rows, 1 | 2) { Self::Little } else { Self::Much }
    }
}

/// The timetable of all panes.
#[derive(Debug)]
pub struct Schedule {
    epoch: Instant,
    slots: BTreeMap<PaneId, Slot>,
    flying: usize,
    tokens: f64,
    filled: Instant,
    paused: bool,
    /// Many panes write all the time: between two looks at one that is out of view.
    many: Option<Duration>,
    /// When they are counted again: of 200 there are thousands of writes a second.
    count_at: Instant,
    /// When something is due next, if anything is, as long as that is known: most wake-ups are for something else.
    next: Next,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// To be found.
    Unknown,
    /// Then, if ever.
    At(Option<Instant>),
}

impl Schedule {
    /// An empty one, whose ticks are counted from there.
    pub fn new(epoch: Instant) -> Self {
        Self {
            epoch,
            slots: BTreeMap::new(),
            flying: 0,
            tokens: BURST,
            filled: epoch,
            paused: false,
            many: None,
            count_at: epoch,
            next: Next::Unknown,
        }
    }

    /// The pane exists (again): looked at as soon as possible.
    pub fn add(&mut self, pane: PaneId, sight: Sight, front: bool, now: Instant) {
        self.next = Next::Unknown;
        self.remove(pane);
        self.slots.insert(pane, Slot::new(sight, front, now));
    }

    /// The pane is gone.
    pub fn remove(&mut self, pane: PaneId) {
        self.next = Next::Unknown;
        if self.slots.remove(&pane).is_some_and(|s| s.flying) {
            self.flying -= 1;
        }
    }

    /// Whether the kernel tells of this pane's writes, as it is known now.
    pub fn see(&mut self, pane: PaneId, sight: Sight, now: Instant) {
        self.next = Next::Unknown;
        if let Some(slot) = self.slots.get_mut(&pane)
            && slot.sight != sight
        {
            slot.sight = sight;
            // What was written while it changed sides is found by one more look.
            slot.due_by(now + SETTLED, self.many);
        }
    }

    /// What is on our own screen, and whether anything is to be looked at.
    pub fn view(&mut self, front: &[PaneId], paused: bool, now: Instant) {
        self.next = Next::Unknown;
        self.paused = paused;
        for (id, slot) in &mut self.slots {
            let is_front = front.contains(id);
            if is_front && !slot.front {
                slot.front = true;
                slot.pace = BLIND_FRONT.0;
                slot.due_by(now, self.many);
            }
            slot.front = is_front;
        }
    }

    /// The kernel told of a write.
    pub fn wrote(&mut self, pane: PaneId, now: Instant) {
        self.next = Next::Unknown;
        let tick = self.next_tick(now + SETTLED_BUSY);
        let close = |w: Option<Instant>| w.is_some_and(|w| now.saturating_duration_since(w) < STREAK_GAP);
        if now >= self.count_at {
            let busy = self.slots.values().filter(|s| s.busy() && close(s.last_write)).count();
            self.many = (busy > FEW).then(|| BACK_GAP.max(BACK_SHARE * busy as u32));
            self.count_at = now + TICK;
        }
        let Some(slot) = self.slots.get_mut(&pane) else { return };
        slot.streak = if close(slot.last_write) { slot.streak.saturating_add(1) } else { 0 };
        slot.last_write = Some(now);
        let at = match (slot.busy(), self.many) {
            (true, Some(_)) => tick,
            _ => now,
        };
        slot.due_by(at, self.many);
    }

    /// What the last look showed stands by itself: the look behind the last write may wait.
    pub fn stands(&mut self, pane: PaneId) {
        let Some(slot) = self.slots.get_mut(&pane).filter(|s| !s.busy() && !s.urgent) else { return };
        let settled = |write: Instant| tick_after(self.epoch, COMMON, write + SETTLED);
        let Some(write) = slot.last_write.filter(|w| slot.due == Some(settled(*w))) else { return };
        slot.due = Some(write + STANDING);
        self.next = Next::Unknown;
    }

    /// Something else says that the pane may have changed: a key of ours, a moved cursor, an old look.
    pub fn nudge(&mut self, pane: PaneId, at: Instant) {
        self.next = Next::Unknown;
        if let Some(slot) = self.slots.get_mut(&pane) {
            slot.pace = slot.blind_pace().0;
            slot.due_by(at, self.many);
        }
    }

    /// Somebody waits for a look at it: it comes before what changes by itself, also out of view.
    pub fn ask(&mut self, pane: PaneId, at: Instant) {
        self.next = Next::Unknown;
        if let Some(slot) = self.slots.get_mut(&pane) {
            slot.urgent = true;
            slot.pace = slot.blind_pace().0;
            slot.due_at(slot.affordable().map_or(at, |earliest| at.max(earliest)));
        }
    }

    /// Panes write of which only the server can say soon enough whether there is a dialog among what they show.
    pub fn wants_glimpse(&self, now: Instant) -> bool {
        let stirs =
            |s: &Slot| s.last_write.is_some_and(|w| s.asked.is_none_or(|asked| asked <= w) && w <= now);
        self.many.is_some() && !self.paused && self.slots.values().any(|s| s.waits_long() && stirs(s))
    }

    /// Whether it is such a pane.
    pub fn waits_long(&self, pane: PaneId) -> bool {
        self.slots.get(&pane).is_some_and(Slot::waits_long)
    }

    /// Panes that were not looked at for an age (one for panes in view, one for the others), those in view and the
    /// oldest first: for the slow sweep.
    pub fn oldest(&self, count: usize, age: (Duration, Duration), now: Instant) -> Vec<PaneId> {
        let mut old: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, s)| !s.flying && s.due.is_none())
            .filter_map(|(id, s)| Some((!s.front, s.asked?, *id)))
            .filter(|(back, asked, _)| {
                now.saturating_duration_since(*asked) >= if *back { age.1 } else { age.0 }
            })
            .collect();
        old.sort_unstable();
        old.into_iter().take(count).map(|(_, _, id)| id).collect()
    }

    /// True if nobody tells of this pane's writes.
    pub fn is_blind(&self, pane: PaneId) -> bool {
        self.slots.get(&pane).is_none_or(|s| s.sight == Sight::Blind)
    }

    /// How many panes' writes are not told of.
    pub fn blind(&self) -> usize {
        self.slots.values().filter(|s| s.sight == Sight::Blind).count()
    }

    /// The panes to look at now; they count as asked.
    pub fn take_due(&mut self, now: Instant) -> Vec<PaneId> {
        let nothing = matches!(self.next, Next::At(next) if next.is_none_or(|at| at > now));
        if nothing || self.paused || self.flying >= MAX_FLYING {
            return Vec::new();
        }
        self.next = Next::Unknown;
        self.fill(now);
        let mut due: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, s)| !s.flying)
            .filter_map(|(id, s)| {
                s.due.filter(|&d| d <= now).map(|d| (!s.new, s.is_patient(), !s.front, d, *id))
            })
            .collect();
        due.sort_unstable();
        let mut out = Vec::with_capacity(due.len());
        for (_, patient, _, _, id) in due {
            if out.len() == BATCH || (patient && (self.flying >= BATCH_BUSY || self.tokens < 1.0)) {
                break;
            }
            if patient {
                self.tokens -= 1.0;
            }
            let slot = self.slots.get_mut(&id).expect("it was found in the same map above");
            slot.due = None;
            (slot.new, slot.urgent) = (false, false);
            slot.pay(now);
            slot.flying = true;
            self.flying += 1;
            out.push(id);
        }
        out
    }

    /// A look is answered. True if everything written before is surely seen.
    pub fn looked(&mut self, pane: PaneId, change: Change, now: Instant) -> bool {
        self.next = Next::Unknown;
        let changed = change != Change::None;
        let (epoch, many) = (self.epoch, self.many);
        let Some(slot) = self.slots.get_mut(&pane) else { return true };
        if std::mem::take(&mut slot.flying) {
            self.flying -= 1;
        }
        let asked = slot.asked.unwrap_or(now);
        if slot.sight == Sight::Blind {
            let (first, slowest) = slot.blind_pace();
            slot.pace = if changed { first } else { (slot.pace * 5 / 4).min(slowest) };
            let next = asked + slot.pace;
            slot.due = Some(slot.due.map_or(next, |d| d.min(next)));
            return true;
        }
        let Some(write) = slot.last_write else { return true };
        let settled = match (slot.busy(), many) {
            (true, Some(_)) => SETTLED_BUSY,
            (true, None) if change != Change::Much => SETTLED_FEW,
            _ => SETTLED,
        };
        let settled = write + settled;
        if asked >= settled {
            return true;
        }
        if slot.busy() && many.is_some() {
            slot.due_by(tick_after(epoch, TICK, settled), many);
        } else if !changed && asked < write + SECOND_LOOK {
            slot.due_at(write + SECOND_LOOK);
        } else if changed && !slot.busy() {
            slot.due_by(tick_after(epoch, COMMON, settled), many);
        } else {
            slot.due_by(settled, many);
        }
        false
    }

    /// The last write that a look which is answered now surely shows, and whether another one came behind it that it may
    /// show. Whoever asks has heard of every write that came before the answer.
    pub fn noticed(&self, pane: PaneId, now: Instant) -> (Wrote, bool) {
        let told = self.slots.get(&pane).filter(|s| s.sight == Sight::Told);
        let Some((write, asked)) = told.and_then(|s| s.last_write.zip(s.asked)) else {
            return (Wrote::NOW, false);
        };
        let ago = now.saturating_duration_since(write.min(asked));
        let behind = write > asked;
        (Wrote { ago, stands: !behind && ago <= LATE }, behind)
    }

    /// When something is due next, if anything is.
    pub fn next_wake(&mut self, now: Instant) -> Option<Instant> {
        if let Next::At(next) = self.next {
            return next;
        }
        let next = self.soonest(now);
        self.next = Next::At(next);
        next
    }

    fn soonest(&self, now: Instant) -> Option<Instant> {
        if self.paused || self.flying >= MAX_FLYING {
            return None;
        }
        let (mut due, mut free): (Option<Instant>, Option<Instant>) = (None, None);
        let sooner = |one: Option<Instant>, at: Instant| Some(one.map_or(at, |one| one.min(at)));
        for (slot, at) in self.slots.values().filter(|s| !s.flying).filter_map(|s| Some((s, s.due?))) {
            due = sooner(due, at);
            if !slot.is_patient() {
                free = sooner(free, at);
            }
        }
        let due = due?;
        if self.flying >= BATCH_BUSY {
            return free;
        }
        if free == Some(due) || self.tokens >= 1.0 || self.tokens_at(now) >= 1.0 {
            return Some(due);
        }
        // Wait for several tokens, not for one: a batch costs one wake-up.
        let wait = (8.0 - self.tokens).max(1.0) / RATE;
        let paid = due.max(self.filled + Duration::from_secs_f64(wait));
        Some(free.map_or(paid, |free| free.min(paid)))
    }

    fn next_tick(&self, at: Instant) -> Instant {
        tick_after(self.epoch, TICK, at)
    }

    fn tokens_at(&self, now: Instant) -> f64 {
        (self.tokens + now.saturating_duration_since(self.filled).as_secs_f64() * RATE).min(BURST)
    }

    fn fill(&mut self, now: Instant) {
        self.tokens = self.tokens_at(now);
        self.filled = now;
    }
}

fn tick_after(epoch: Instant, tick: Duration, at: Instant) -> Instant {
    let since = at.saturating_duration_since(epoch).as_micros() as u64;
    let tick = tick.as_micros() as u64;
    epoch + Duration::from_micros(since.div_ceil(tick) * tick)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const P: PaneId = PaneId(1);

    fn epoch() -> Instant {
        #[expect(
            clippy::disallowed_methods,
            reason = "an instant cannot be made otherwise; only differences count"
        )]
        Instant::now()
    }

    /// A schedule with a clock of its own and a server that answers after 1 ms.
    struct Sim {
        schedule: Schedule,
        zero: Instant,
        now: Instant,
        /// When each look was asked for, in ms.
        looks: Vec<(PaneId, u64)>,
        /// Wake-ups at which nothing was due.
        idle: u32,
        /// What looks show.
        changed: Change,
    }

    impl Sim {
        fn new(panes: u32, sight: Sight, front: bool) -> Self {
            let zero = epoch();
            let mut schedule = Schedule::new(zero);
            for n in 1..=panes {
                schedule.add(PaneId(n), sight, front, zero);
            }
            let mut sim =
                Self { schedule, zero, now: zero, looks: Vec::new(), idle: 0, changed: Change::None };
            // Long enough for the first looks to be forgotten.
            sim.run(10_000);
            sim.looks.clear();
            sim
        }

        fn ms(&self) -> u64 {
            (self.now - self.zero).as_millis() as u64 - 10_000
        }

        fn run(&mut self, ms: u64) {
            let end = self.now + Duration::from_millis(ms);
            while let Some(wake) = self.schedule.next_wake(self.now).filter(|w| *w <= end) {
                self.now = self.now.max(wake);
                let due = self.schedule.take_due(self.now);
                self.idle += u32::from(due.is_empty());
                assert!(self.idle < 10_000, "it spins");
                let asked = (self.now - self.zero).as_millis() as u64;
                self.now += Duration::from_micros(if due.is_empty() { 1 } else { 1000 });
                for pane in due {
                    self.looks.push((pane, asked.saturating_sub(10_000)));
                    self.schedule.looked(pane, self.changed, self.now);
                }
            }
            self.now = self.now.max(end);
        }

        fn wrote(&mut self, pane: PaneId) {
            self.schedule.wrote(pane, self.now);
        }

        fn times(&self) -> Vec<u64> {
            self.looks.iter().map(|(_, t)| *t).collect()
        }
    }

    #[test]
    fn a_quiet_pane_that_writes_gets_three_looks() {
        let mut sim = Sim::new(1, Sight::Told, true);
        sim.wrote(P);
        sim.run(5000);
        assert_eq!(sim.times(), [0, 3, 33], "now, 3 ms later, and when it is surely read");
    }

    #[test]
    fn a_look_that_showed_something_saves_the_second() {
        let mut sim = Sim::new(1, Sight::Told, true);
        sim.changed = Change::Little;
        sim.run(7);
        sim.wrote(P);
        sim.run(5000);
        assert_eq!(sim.times(), [7, 50], "and the one that makes sure waits for a common tick");
    }

    #[test]
    fn what_stands_by_itself_is_made_sure_of_by_whoever_looks_again() {
        for (again, want) in [(Some(120), vec![0, 120]), (None, vec![0, 180]), (Some(20), vec![0, 20, 50])] {
            let mut sim = Sim::new(1, Sight::Told, true);
            sim.changed = Change::Much;
            sim.wrote(P);
            sim.run(2);
            sim.schedule.stands(P);
            if let Some(at) = again {
                sim.run(at - 2);
                sim.schedule.ask(P, sim.now);
            }
            sim.run(1000);
            assert_eq!(sim.times(), want);
        }
    }

    #[test]
    fn a_write_behind_what_stood_is_looked_at_at_once() {
        let mut sim = Sim::new(1, Sight::Told, true);
        sim.changed = Change::Much;
        sim.wrote(P);
        sim.run(2);
        sim.schedule.stands(P);
        sim.run(48);
        sim.wrote(P);
        sim.run(1000);
        assert_eq!(sim.times(), [0, 50, 100]);
    }

    #[test]
    fn what_a_look_shows_has_stood_since_the_last_write_only_if_none_came_behind_it() {
        let check = |wait: u64, behind: Option<u64>, want: (u64, bool, bool)| {
            let mut sim = Sim::new(1, Sight::Told, true);
            sim.wrote(P);
            sim.now += ms(wait);
            assert_eq!(sim.schedule.take_due(sim.now), [P]);
            if let Some(after) = behind {
                sim.now += ms(after);
                sim.wrote(P);
            }
            sim.now += ms(1);
            let (wrote, more) = sim.schedule.noticed(P, sim.now);
            assert_eq!((wrote.ago.as_millis() as u64, wrote.stands, more), want);
        };
        check(0, None, (1, true, false));
        check(3, None, (4, true, false));
        check(15, None, (16, false, false));
        check(0, Some(2), (3, false, true));
    }

    #[test]
    fn a_quiet_pane_out_of_view_is_as_quick() {
        let mut sim = Sim::new(1, Sight::Told, false);
        sim.wrote(P);
        sim.run(5000);
        assert_eq!(sim.times(), [0, 3, 33]);
    }

    #[test]
    fn a_spinner_gets_one_look_a_write() {
        let mut sim = Sim::new(1, Sight::Told, true);
        sim.changed = Change::Little;
        for _ in 0..50 {
            sim.wrote(P);
            sim.run(100);
        }
        let late: Vec<_> = sim.times().into_iter().filter(|t| *t >= 1000).collect();
        assert_eq!(late.len(), 40, "{late:?}");
        assert!(late.iter().all(|t| t % 100 == 0), "{late:?}");
    }

    #[test]
    fn a_look_at_a_spinner_that_came_too_soon_is_followed_by_another() {
        let mut sim = Sim::new(1, Sight::Told, true);
        sim.changed = Change::Little;
        for _ in 0..20 {
            sim.wrote(P);
            sim.run(100);
        }
        sim.changed = Change::None;
        sim.wrote(P);
        sim.run(1000);
        let late: Vec<_> = sim.times().into_iter().filter(|t| *t >= 2000).collect();
        assert_eq!(late, [2000, 2003, 2110]);
    }

    #[test]
    fn a_dialog_drawn_by_a_working_agent_is_seen_at_once_in_view_or_not() {
        for front in [true, false] {
            let mut sim = Sim::new(1, Sight::Told, front);
            sim.changed = Change::Little;
            for _ in 0..20 {
                sim.wrote(P);
                sim.run(100);
            }
            sim.changed = Change::Much;
            // Two reads 16 ms apart, then silence.
            for pause in [16, 1000] {
                sim.wrote(P);
                sim.run(pause);
            }
            let late: Vec<_> = sim.times().into_iter().filter(|t| *t >= 2000).collect();
            assert_eq!(late, [2000, 2016, 2049], "in front: {front}");
        }
    }

    #[test]
    fn an_answer_and_the_next_dialog_close_behind_are_each_seen_at_once() {
        let mut sim = Sim::new(1, Sight::Told, false);
        sim.changed = Change::Much;
        // A key of ours was seen to work, the output that it brought, the next dialog.
        for pause in [20, 25, 1000] {
            sim.wrote(P);
            sim.run(pause);
        }
        assert_eq!(sim.times(), [0, 20, 45, 100]);
    }

    #[test]
    fn what_the_server_finds_among_many_is_looked_at_at_once() {
        let mut sim = Sim::new(20, Sight::Told, false);
        sim.changed = Change::Little;
        for _ in 0..30 {
            for n in 1..=20 {
                sim.wrote(PaneId(n));
            }
            sim.run(100);
        }
        sim.wrote(P);
        assert!(sim.schedule.wants_glimpse(sim.now));
        assert!(sim.schedule.waits_long(P));
        sim.looks.clear();
        sim.schedule.ask(P, sim.now);
        sim.run(5);
        assert_eq!(sim.looks.iter().filter(|(p, _)| *p == P).count(), 1, "it comes before its time");
        assert!(!Sim::new(20, Sight::Told, false).schedule.wants_glimpse(sim.now), "where nothing stirs");
    }

    #[test]
    fn who_waits_for_a_look_gets_it_whatever_the_others_do() {
        let mut sim = Sim::new(100, Sight::Told, false);
        sim.changed = Change::Little;
        for _ in 0..400 {
            for n in 1..=100 {
                sim.wrote(PaneId(n));
            }
            sim.run(5);
        }
        sim.looks.clear();
        sim.schedule.ask(P, sim.now);
        sim.run(20);
        assert!(sim.looks.iter().any(|(p, _)| *p == P));
    }

    #[test]
    fn many_spinners_share_their_batches() {
        let mut sim = Sim::new(20, Sight::Told, true);
        for step in 0..300 {
            if step == 100 {
                // By now all are known to be busy.
                sim.looks.clear();
            }
            sim.wrote(PaneId(1 + step % 20));
            sim.run(5);
        }
        let mut batches = sim.times();
        batches.dedup();
        assert!(
            sim.looks.len() > 2 * batches.len(),
            "{} looks in {} batches",
            sim.looks.len(),
            batches.len()
        );
    }

    #[test]
    fn a_flood_is_looked_at_at_the_rate_of_its_place_and_number() {
        let many = FEW as u32 + 1;
        for (panes, front, rate) in [(1, true, 30), (1, false, 30), (many, true, 30), (many, false, 4)] {
            let mut sim = Sim::new(panes, Sight::Told, front);
            sim.changed = Change::Little;
            for _ in 0..3000 {
                for pane in 1..=panes {
                    sim.wrote(PaneId(pane));
                }
                sim.run(1);
            }
            let of_one = sim.looks.iter().filter(|(p, t)| *p == P && (1000..3000).contains(t)).count();
            assert!(
                (2 * rate - 8..=2 * rate + 2).contains(&of_one),
                "{of_one} looks in 2 s, in front: {front}, of {panes}"
            );
        }
    }

    #[test]
    fn looks_are_bounded_and_shared_fairly() {
        let mut sim = Sim::new(100, Sight::Told, true);
        sim.changed = Change::Little;
        for step in 0..1000 {
            if step == 200 {
                // By now all are known to be busy.
                sim.looks.clear();
            }
            for n in 1..=100 {
                sim.wrote(PaneId(n));
            }
            sim.run(5);
        }
        let seconds = sim.ms() / 1000 - 1;
        let most = seconds as f64 * RATE + BURST;
        assert!(
            (most * 0.8..=most).contains(&(sim.looks.len() as f64)),
            "{} looks in {seconds} s",
            sim.looks.len()
        );
        let of = |n: u32| sim.looks.iter().filter(|(p, _)| p.0 == n).count();
        let (least, most) = ((1..=100).map(of).min(), (1..=100).map(of).max());
        assert!(most <= least.map(|n| n + 2), "{least:?} to {most:?} looks a pane");
    }

    #[test]
    fn panes_in_view_come_first() {
        let zero = epoch();
        let mut schedule = Schedule::new(zero);
        for n in 1..=4 {
            schedule.add(PaneId(n), Sight::Told, n > 2, zero);
        }
        assert_eq!(schedule.take_due(zero), [PaneId(3), PaneId(4), PaneId(1), PaneId(2)]);
    }

    #[test]
    fn the_first_looks_at_a_large_fleet_come_at_once_and_what_is_in_view_first() {
        let zero = epoch();
        let mut schedule = Schedule::new(zero);
        for n in 0..200 {
            schedule.add(PaneId(n), Sight::Told, false, zero);
        }
        let first = schedule.take_due(zero);
        assert_eq!(first.len(), BATCH);
        // By then it is known what is in view.
        let view: Vec<PaneId> = (190..200).map(PaneId).collect();
        schedule.view(&view, false, zero);
        let mut looks = first.clone();
        let mut answered = first;
        while looks.len() < 200 {
            for pane in std::mem::take(&mut answered) {
                schedule.looked(pane, Change::Much, zero);
            }
            answered = schedule.take_due(zero);
            assert!(!answered.is_empty(), "first looks cost no tokens");
            looks.extend(&answered);
        }
        assert_eq!(looks[BATCH..BATCH + 10], view);
    }

    #[test]
    fn a_slow_server_is_not_asked_more() {
        let zero = epoch();
        let mut schedule = Schedule::new(zero);
        for n in 0..40 {
            schedule.add(PaneId(n), Sight::Told, true, zero);
        }
        assert_eq!(schedule.take_due(zero).len(), 40);
        let later = zero + ms(500);
        schedule.add(PaneId(99), Sight::Told, true, later);
        assert_eq!((schedule.take_due(later), schedule.next_wake(later)), (vec![], None));
        for n in 0..30 {
            schedule.looked(PaneId(n), Change::Much, later);
        }
        assert_eq!(schedule.take_due(later), [PaneId(99)]);
    }

    #[test]
    fn blind_looks_slow_down_and_a_nudge_wakes_them() {
        let mut sim = Sim::new(1, Sight::Blind, true);
        sim.run(9000);
        assert!((5..=7).contains(&sim.looks.len()), "every 1.5 s: {:?}", sim.times());
        sim.schedule.nudge(P, sim.now);
        sim.changed = Change::Little;
        let before = sim.looks.len();
        sim.run(1000);
        assert!((14..=16).contains(&(sim.looks.len() - before)), "every 66 ms while it changes");
    }

    #[test]
    fn nothing_is_looked_at_while_paused_and_nothing_is_lost() {
        let mut sim = Sim::new(2, Sight::Told, true);
        sim.schedule.view(&[P], true, sim.now);
        sim.wrote(P);
        sim.run(1000);
        assert!(sim.looks.is_empty());
        sim.schedule.view(&[P], false, sim.now);
        sim.run(1000);
        assert_eq!(sim.looks.first(), Some(&(P, 1000)));
    }

    #[test]
    fn the_sweep_takes_what_was_not_seen_for_longest() {
        let mut sim = Sim::new(3, Sight::Told, true);
        sim.wrote(PaneId(2));
        sim.run(1000);
        let age = (ms(500), ms(5000));
        assert_eq!(sim.schedule.oldest(2, age, sim.now), [PaneId(1), PaneId(3)]);
        assert_eq!(sim.schedule.oldest(9, age, sim.now).len(), 3);
        sim.schedule.view(&[PaneId(3)], false, sim.now);
        assert_eq!(sim.schedule.oldest(2, age, sim.now), [PaneId(3), PaneId(1)], "in view first");
        assert_eq!(sim.schedule.oldest(9, age, sim.now), [PaneId(3), PaneId(1)], "the other is not old yet");
    }

    proptest! {
        /// However panes write and whatever looks show: after the last write comes a look that surely sees it, soon.
        #[test]
        fn the_last_write_is_always_seen(
            writes in proptest::collection::vec((1u32..4, 0u64..400, 0usize..4), 1..60),
            front in any::<bool>(),
        ) {
            let mut sim = Sim::new(3, Sight::Told, front);
            let mut last = BTreeMap::new();
            for (pane, pause, changed) in writes {
                sim.changed = if changed == 0 { Change::None } else { Change::of_rows(changed) };
                sim.run(pause);
                sim.wrote(PaneId(pane));
                last.insert(PaneId(pane), sim.ms());
            }
            sim.run(2000);
            for (pane, wrote) in last {
                let seen = sim.looks.iter().filter(|(p, _)| *p == pane).map(|(_, t)| *t).max();
                let settled = wrote + SETTLED_BUSY.as_millis() as u64;
                prop_assert!(seen.is_some_and(|t| t >= settled), "{pane} wrote at {wrote}, seen at {seen:?}");
                prop_assert!(seen.is_some_and(|t| t <= wrote + 320), "{pane} wrote at {wrote}, seen at {seen:?}");
            }
            prop_assert!(sim.idle < 200, "{} idle wake-ups", sim.idle);
        }
    }
}
