//! What the timetable of looks knows of one pane, and from when on it deserves the next one. Pure.

use std::time::{Duration, Instant};

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Between two looks at a pane in view: 30 a second …
const FRONT_GAP: Duration = ms(33);
/// … of which so many may come at once: an answer, what it brings, and the next dialog stand close together, and somebody
/// waits for that.
const AT_ONCE: u32 = 4;
/// Writes closer than this make a streak …
pub const STREAK_GAP: Duration = ms(1000);
/// … and so many in a row make a pane busy.
const STREAK: u32 = 3;
/// Pace of blind looks: first and slowest, in view and not.
pub const BLIND_FRONT: (Duration, Duration) = (ms(66), ms(1500));
const BLIND_BACK: (Duration, Duration) = (ms(250), ms(5000));

/// Whether the kernel tells of a pane's writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It does.
    Told,
    /// It does not.
    Blind,
}

/// One pane.
#[derive(Debug)]
pub struct Slot {
    pub sight: Sight,
    pub front: bool,
    /// Never looked at: goes first, and free.
    pub new: bool,
    pub due: Option<Instant>,
    pub asked: Option<Instant>,
    /// Looks are paid for until then: each costs a gap, on credit for as long as [`AT_ONCE`] allows.
    pub paid: Option<Instant>,
    pub flying: bool,
    pub last_write: Option<Instant>,
    pub streak: u32,
    /// Somebody waits for this look.
    pub urgent: bool,
    /// Present pace of blind looks.
    pub pace: Duration,
}

impl Slot {
    /// A pane that was never looked at.
    pub fn new(sight: Sight, front: bool, now: Instant) -> Self {
        let mut slot = Self {
            sight,
            front,
            new: true,
            due: Some(now),
            asked: None,
            paid: None,
            flying: false,
            last_write: None,
            streak: 0,
            urgent: false,
            pace: Duration::ZERO,
        };
        slot.pace = slot.blind_pace().0;
        slot
    }

    pub fn busy(&self) -> bool {
        self.streak >= STREAK
    }

    pub fn blind_pace(&self) -> (Duration, Duration) {
        if self.front { BLIND_FRONT } else { BLIND_BACK }
    }

    /// Due at `at`, or earlier if it was, but not before its place deserves a look again: out of view one of many busy
    /// panes waits longer, one of few or a quiet one that stirs is worth a look wherever it is.
    pub fn due_by(&mut self, at: Instant, many: Option<Duration>) {
        let earliest = match many.filter(|_| self.waits_long()) {
            Some(gap) => self.asked.map(|asked| asked + gap),
            None => self.affordable(),
        };
        self.due_at(earliest.map_or(at, |earliest| at.max(earliest)));
    }

    /// Writes all the time and nobody sees it: where it is one of many it is looked at now and then.
    pub fn waits_long(&self) -> bool {
        self.busy() && !self.front
    }

    /// Looks at it count against the rate of all.
    pub fn is_patient(&self) -> bool {
        (self.busy() || self.sight == Sight::Blind) && !self.urgent && !self.new
    }

    /// From when on the next look is within what [`AT_ONCE`] allows.
    pub fn affordable(&self) -> Option<Instant> {
        self.paid.map(|paid| paid.checked_sub(FRONT_GAP * (AT_ONCE - 1)).unwrap_or(paid))
    }

    /// A look is taken now.
    pub fn pay(&mut self, now: Instant) {
        self.asked = Some(now);
        self.paid = Some(self.paid.map_or(now, |paid| paid.max(now)) + FRONT_GAP);
    }

    pub fn due_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}
