//! What spares the monitor and those who sleep beside it: the drift of the whole picture by single cells, and the hours in
//! which it is dimmed. Pure functions of the time.

use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// The hours in which a wall is dimmed, in local time; they may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// From then on.
    pub from: Time,
    /// Until then.
    pub to: Time,
}

impl Night {
    /// True if it is night at that time.
    pub fn is_at(&self, now: Time) -> bool {
        if self.from <= self.to {
            self.from <= now && now < self.to
        } else {
            now >= self.from || now < self.to
        }
    }

    /// Reads `22:00-06:30`; `None` = it is not written like that.
    pub fn parse(s: &str) -> Option<Self> {
        let (from, to) = s.split_once('-')?;
        let night = Self { from: time(from)?, to: time(to)? };
        (night.from != night.to).then_some(night)
    }
}

fn time(s: &str) -> Option<Time> {
    let (h, m) = s.trim().split_once(':')?;
    let digits = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute) = (digits(h) && m.len() == 2 && digits(m)).then_some((h, m))?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// How far the picture is moved right and down at an instant, within a margin of so many cells. From one step to the next it
/// moves by one cell, and in the course of time stands everywhere.
pub fn drift(every: Option<Duration>, mono: Duration, (across, down): (u16, u16)) -> (u16, u16) {
    let Some(every) = every.filter(|e| !e.is_zero()) else { return (0, 0) };
    let step = mono.as_millis() / every.as_millis().max(1);
    let (columns, places) = (u128::from(across) + 1, (u128::from(across) + 1) * (u128::from(down) + 1));
    // To the last place, and the same way back.
    let round = (2 * places).saturating_sub(2).max(1);
    let at = step % round;
    let at = if at < places { at } else { round - at };
    let (row, column) = (at / columns, at % columns);
    // Every other row is gone through backwards: no step is a jump.
    let column = if row % 2 == 0 { column } else { columns - 1 - column };
    (column as u16, row as u16)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_night_may_go_over_midnight() {
        for (written, at, is) in [
            ("22:00-06:30", "23:10", true),
            ("22:00-06:30", "06:29", true),
            ("22:00-06:30", "06:30", false),
            ("22:00-06:30", "12:00", false),
            ("22:00-06:30", "22:00", true),
            ("1:00-5:00", "04:59", true),
            ("1:00-5:00", "05:00", false),
            ("1:00-5:00", "00:10", false),
        ] {
            let night = Night::parse(written).expect(written);
            assert_eq!(night.is_at(time(at).expect(at)), is, "{at} in {written}");
        }
    }

    #[test]
    fn what_is_no_night_is_refused() {
        for bad in [
            "",
            "22",
            "22:00",
            "22:00-",
            "24:00-06:00",
            "22:60-06:00",
            "22:0-6:00",
            "22:00-22:00",
            "+1:00-02:00",
        ] {
            assert_eq!(Night::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_picture_moves_by_one_cell_at_a_time_and_stands_everywhere() {
        let every = Duration::from_secs(60);
        for margin in [(0, 0), (1, 0), (0, 2), (2, 1), (4, 2)] {
            let at = |minute: u64| drift(Some(every), Duration::from_secs(minute * 60), margin);
            let mut seen = BTreeSet::new();
            for minute in 0..100 {
                let (here, next) = (at(minute), at(minute + 1));
                assert!(here.0.abs_diff(next.0) + here.1.abs_diff(next.1) <= 1, "{here:?} to {next:?}");
                assert!(here.0 <= margin.0 && here.1 <= margin.1);
                assert_eq!(
                    drift(Some(every), Duration::from_secs(minute * 60 + 59), margin),
                    here,
                    "within a step"
                );
                seen.insert(here);
            }
            assert_eq!(seen.len(), usize::from(margin.0 + 1) * usize::from(margin.1 + 1), "{margin:?}");
        }
        assert_eq!(drift(None, Duration::from_secs(999), (4, 2)), (0, 0));
    }
}
