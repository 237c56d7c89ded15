//! When to draw: at once for a person, at most thirty times a second for everything else, not at all without a reason.

use std::time::Duration;

use crate::app::Event;

/// The shortest time between two frames that nobody asked for by a key.
const FRAME: Duration = Duration::from_millis(33);

/// The same for a wall: nobody types there, and nobody sees from metres away that a spinner turns.
const WALL: Duration = Duration::from_millis(250);

/// Whether and when the next frame is due.
#[derive(Debug, Default)]
pub struct Pace {
    /// A wall is drawn.
    wall: bool,
    last: Option<Duration>,
    due: Option<Duration>,
}

impl Pace {
    /// Something happened at `now`.
    pub fn happened(&mut self, event: &Event, now: Duration) {
        let at = match event {
            // Bytes that changed nothing, a server that says nothing new, and our own report of a frame, are no reason to draw.
            Event::Wrote(_) | Event::Heard | Event::Drew(_) => return,
            Event::Screen(_) | Event::Panes(_) | Event::Branches(_) | Event::Tasks(_) | Event::Did(_) => {
                let gap = if self.wall { WALL } else { FRAME };
                self.last.map_or(now, |last| (last + gap).max(now))
            }
            _ => now,
        };
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// From now on a wall is drawn, or the control room.
    pub fn hang(&mut self, wall: bool) {
        self.wall = wall;
    }

    /// A frame was drawn at `now`.
    pub fn drew(&mut self, now: Duration) {
        self.last = Some(now);
        self.due = None;
    }

    /// True if a frame is due.
    pub fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// When the next frame is due, if one is.
    pub fn due(&self) -> Option<Duration> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::PaneId;

    #[test]
    fn screens_are_paced_and_keys_are_not() {
        let ms = Duration::from_millis;
        let mut pace = Pace::default();
        pace.happened(&Event::Panes(vec![]), ms(5));
        assert!(pace.is_due(ms(5)), "the first frame comes at once");
        pace.drew(ms(5));
        assert_eq!(pace.due(), None, "nothing happened, nothing is drawn");
        pace.happened(&Event::Wrote(PaneId(1)), ms(6));
        assert_eq!(pace.due(), None);
        pace.happened(&Event::Panes(vec![]), ms(10));
        assert_eq!(pace.due(), Some(ms(38)));
        pace.happened(&Event::Woke, ms(11));
        assert!(pace.is_due(ms(11)));
        pace.drew(ms(11));
        pace.happened(&Event::Panes(vec![]), ms(100));
        assert!(pace.is_due(ms(100)), "after a quiet time a change is shown at once");
        pace.drew(ms(100));
        pace.hang(true);
        pace.happened(&Event::Panes(vec![]), ms(110));
        assert_eq!(pace.due(), Some(ms(350)), "a wall has time");
        pace.happened(&Event::Woke, ms(111));
        assert!(pace.is_due(ms(111)));
    }
}
