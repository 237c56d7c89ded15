//! Which pane is looked at when: pure, with the time as an input. A look costs the server about 0.3 ms, so looks are
//! few where they cannot show anything new, and bounded in all. How a look is done is for the watcher.
//!
//! Where writes are told of (`Sight::Told`): a quiet pane that writes is looked at now, 3 ms later if that showed
//! nothing (the kernel tells before tmux has read the bytes), and once more when the write is surely read. A pane that
//! writes all the time gets one look a write, on a common tick so that many panes share a batch, and not more often
//! than its place deserves. Where writes are not told of (`Sight::Blind`): looks at a pace that slows down while they
//! show nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::domain::session::PaneId;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Between two looks at a pane in view: 30 a second.
const FRONT_GAP: Duration = ms(33);
/// Between two looks at a pane out of view that writes all the time.
const BACK_GAP: Duration = ms(250);
/// The second look at a quiet pane, if the first showed nothing.
const SECOND_LOOK: Duration = ms(3);
/// By then tmux has read what was written before.
const SETTLED: Duration = ms(33);
/// The same for a pane that writes all the time: the next write brings the next look anyway.
const SETTLED_BUSY: Duration = ms(10);
/// Looks at busy panes fall on multiples of this, to share batches.
const TICK: Duration = ms(16);
/// Writes closer than this make a streak …
const STREAK_GAP: Duration = ms(1000);
/// … and so many in a row make a pane busy.
const STREAK: u32 = 3;
/// Pace of blind looks: first and slowest, in view and not.
const BLIND_FRONT: (Duration, Duration) = (ms(66), ms(500));
const BLIND_BACK: (Duration, Duration) = (ms(250), ms(2000));
/// Looks a second in all, and how many at once. First looks at new panes are not counted.
const RATE: f64 = 400.0;
const BURST: f64 = 64.0;
/// No new batch while so many looks are unanswered: a slow server sets the pace.
const MAX_FLYING: usize = 16;

/// Whether the kernel tells of a pane's writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It does.
    Told,
    /// It does not.
    Blind,
}

#[derive(Debug)]
struct Slot {
    sight: Sight,
    front: bool,
    /// Never looked at: goes first, and free.
    new: bool,
    due: Option<Instant>,
    asked: Option<Instant>,
    flying: bool,
    last_write: Option<Instant>,
    streak: u32,
    /// Present pace of blind looks.
    pace: Duration,
}

impl Slot {
    fn busy(&self) -> bool {
        self.streak >= STREAK
    }

    fn blind_pace(&self) -> (Duration, Duration) {
        if self.front { BLIND_FRONT } else { BLIND_BACK }
    }

    /// Due at `at`, or earlier if it was, but not before its place deserves a look again: a busy pane out of view
    /// waits longer, a quiet one that stirs is worth a look wherever it is.
    fn due_by(&mut self, at: Instant) {
        let gap = if self.busy() && !self.front { BACK_GAP } else { FRONT_GAP };
        self.due_at(self.asked.map_or(at, |asked| at.max(asked + gap)));
    }

    fn due_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
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
}

impl Schedule {
    /// An empty one.
    pub fn new(now: Instant) -> Self {
        Self { epoch: now, slots: BTreeMap::new(), flying: 0, tokens: BURST, filled: now, paused: false }
    }

    /// The pane exists (again): looked at as soon as possible.
    pub fn add(&mut self, pane: PaneId, sight: Sight, front: bool, now: Instant) {
        self.remove(pane);
        let mut slot = Slot {
            sight,
            front,
            new: true,
            due: Some(now),
            asked: None,
            flying: false,
            last_write: None,
            streak: 0,
            pace: Duration::ZERO,
        };
        slot.pace = slot.blind_pace().0;
        self.slots.insert(pane, slot);
    }

    /// The pane is gone.
    pub fn remove(&mut self, pane: PaneId) {
        if self.slots.remove(&pane).is_some_and(|s| s.flying) {
            self.flying -= 1;
        }
    }

    /// Whether the kernel tells of this pane's writes, as it is known now.
    pub fn see(&mut self, pane: PaneId, sight: Sight, now: Instant) {
        if let Some(slot) = self.slots.get_mut(&pane)
            && slot.sight != sight
        {
            slot.sight = sight;
            // What was written while it changed sides is found by one more look.
            slot.due_by(now + SETTLED);
        }
    }

    /// What is on our own screen, and whether anything is to be looked at.
    pub fn view(&mut self, front: &[PaneId], paused: bool, now: Instant) {
        self.paused = paused;
        for (id, slot) in &mut self.slots {
            let is_front = front.contains(id);
            if is_front && !slot.front {
                slot.front = true;
                slot.pace = BLIND_FRONT.0;
                slot.due_by(now);
            }
            slot.front = is_front;
        }
    }

    /// The kernel told of a write.
    pub fn wrote(&mut self, pane: PaneId, now: Instant) {
        let (tick, slots) = (self.next_tick(now + SETTLED_BUSY), &mut self.slots);
        let Some(slot) = slots.get_mut(&pane) else { return };
        let close = slot.last_write.is_some_and(|w| now.saturating_duration_since(w) < STREAK_GAP);
        slot.streak = if close { slot.streak.saturating_add(1) } else { 0 };
        slot.last_write = Some(now);
        slot.due_by(if slot.busy() { tick } else { now });
    }

    /// Something else says that the pane may have changed: a key of ours, a moved cursor, an old look.
    pub fn nudge(&mut self, pane: PaneId, at: Instant) {
        if let Some(slot) = self.slots.get_mut(&pane) {
            slot.pace = slot.blind_pace().0;
            slot.due_by(at);
        }
    }

    /// The pane of `count` that were looked at longest ago, and before `before`: for the slow sweep.
    pub fn oldest(&self, count: usize, before: Instant) -> Vec<PaneId> {
        let mut old: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, s)| !s.flying && s.due.is_none())
            .filter_map(|(id, s)| s.asked.filter(|&a| a < before).map(|a| (!s.front, a, *id)))
            .collect();
        old.sort_unstable();
        old.into_iter().take(count).map(|(_, _, id)| id).collect()
    }

    /// The panes to look at now; they count as asked.
    pub fn take_due(&mut self, now: Instant) -> Vec<PaneId> {
        if self.paused || self.flying >= MAX_FLYING {
            return Vec::new();
        }
        self.fill(now);
        let mut due: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, s)| !s.flying)
            .filter_map(|(id, s)| s.due.filter(|&d| d <= now).map(|d| (!s.new, !s.front, d, *id)))
            .collect();
        due.sort_unstable();
        let mut out = Vec::with_capacity(due.len());
        for (old, _, _, id) in due {
            if old && self.tokens < 1.0 {
                break;
            }
            if old {
                self.tokens -= 1.0;
            }
            let slot = self.slots.get_mut(&id).expect("it was found in the same map above");
            slot.due = None;
            slot.new = false;
            slot.asked = Some(now);
            slot.flying = true;
            self.flying += 1;
            out.push(id);
        }
        out
    }

    /// A look is answered. True if everything written before is surely seen.
    pub fn looked(&mut self, pane: PaneId, changed: bool, now: Instant) -> bool {
        let epoch = self.epoch;
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
        let settled = write + if slot.busy() { SETTLED_BUSY } else { SETTLED };
        if asked >= settled {
            return true;
        }
        if slot.busy() {
            slot.due_by(tick_after(epoch, settled));
        } else if !changed && asked < write + SECOND_LOOK {
            slot.due_at(write + SECOND_LOOK);
        } else {
            slot.due_by(settled);
        }
        false
    }

    /// When something is due next, if anything is.
    pub fn next_wake(&self, now: Instant) -> Option<Instant> {
        if self.paused || self.flying >= MAX_FLYING {
            return None;
        }
        let due = self.slots.values().filter(|s| !s.flying).filter_map(|s| s.due).min()?;
        let free = self.slots.values().any(|s| s.new);
        if free || self.tokens >= 1.0 || self.tokens_at(now) >= 1.0 {
            return Some(due);
        }
        // Wait for several tokens, not for one: a batch costs one wake-up.
        let wait = (8.0 - self.tokens).max(1.0) / RATE;
        Some(due.max(self.filled + Duration::from_secs_f64(wait)))
    }

    /// True if some pane's writes are not told of.
    pub fn any_blind(&self) -> bool {
        !self.paused && self.slots.values().any(|s| s.sight == Sight::Blind)
    }

    /// How many panes write all the time.
    pub fn busy(&self, now: Instant) -> usize {
        let fresh = |w: Instant| now.saturating_duration_since(w) < STREAK_GAP;
        self.slots.values().filter(|s| s.busy() && s.last_write.is_some_and(fresh)).count()
    }

    fn next_tick(&self, at: Instant) -> Instant {
        tick_after(self.epoch, at)
    }

    fn tokens_at(&self, now: Instant) -> f64 {
        (self.tokens + now.saturating_duration_since(self.filled).as_secs_f64() * RATE).min(BURST)
    }

    fn fill(&mut self, now: Instant) {
        self.tokens = self.tokens_at(now);
        self.filled = now;
    }
}

fn tick_after(epoch: Instant, at: Instant) -> Instant {
    let since = at.saturating_duration_since(epoch).as_micros() as u64;
    let tick = TICK.as_micros() as u64;
    epoch + Duration::from_micros(since.div_ceil(tick) * tick)
}
