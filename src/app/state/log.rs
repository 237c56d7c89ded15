//! The event log: what archtui itself did and what befell the sessions, newest last, bounded. The full record goes to the log file.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::app::event::Did;

/// How many entries are kept for the panel.
const KEPT: usize = 500;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, UTC.
    pub at: Timestamp,
    /// The same for the panel, local time.
    pub local: DateTime,
    /// What.
    pub did: Did,
    /// It tells how a session is; true if that is bad.
    pub health: Option<bool>,
}

impl Entry {
    /// It was sent and went as it should: the newest tells as much as all of them.
    pub const fn is_routine(&self) -> bool {
        self.did.command.is_some() && self.did.failed.is_none() && self.health.is_none()
    }
}

/// What is listed as one row: an entry, or several routine ones that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Place of the newest one among all, newest first.
    pub at: usize,
    /// How many they are.
    pub len: usize,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
}

impl Log {
    /// Adds an entry. When it is full the oldest routine one goes, so that a busy hour does not take what went wrong with it.
    pub fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            let at = self.entries.iter().position(Entry::is_routine).unwrap_or(0);
            self.entries.remove(at);
        }
        self.entries.push_back(entry);
    }

    /// Entries, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    /// The rows of the list, newest first.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut before = false;
        for (at, entry) in self.newest_first().enumerate() {
            match runs.last_mut() {
                Some(run) if before && entry.is_routine() => run.len += 1,
                _ => runs.push(Run { at, len: 1 }),
            }
            before = entry.is_routine();
        }
        runs
    }

    /// How many entries are kept now.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if nothing was done yet.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(what: &str, command: bool, failed: bool, health: Option<bool>) -> Entry {
        let did = Did {
            what: what.to_owned(),
            command: command.then(|| "send-keys".to_owned()),
            failed: failed.then(|| "it is gone".to_owned()),
        };
        Entry { at: Timestamp::UNIX_EPOCH, local: DateTime::constant(1970, 1, 1, 0, 0, 0, 0), did, health }
    }

    fn press() -> Entry {
        entry("pressed 1 in a", true, false, None)
    }

    #[test]
    fn what_went_wrong_stands_between_rows_that_count_what_went_well() {
        let mut log = Log::default();
        for _ in 0..40 {
            log.push(press());
        }
        log.push(entry("b: silent", false, false, Some(true)));
        log.push(entry("not pressed 1 in c", true, true, None));
        log.push(press());
        log.push(press());
        let rows: Vec<(usize, usize)> = log.runs().iter().map(|r| (r.at, r.len)).collect();
        assert_eq!(rows, [(0, 2), (2, 1), (3, 1), (4, 40)]);
        assert_eq!(Log::default().runs(), []);
    }

    #[test]
    fn a_busy_hour_does_not_take_what_went_wrong_with_it() {
        let mut log = Log::default();
        log.push(entry("b: silent", false, false, Some(true)));
        for _ in 0..2 * KEPT {
            log.push(press());
        }
        assert_eq!(log.len(), KEPT);
        assert_eq!(log.newest_first().last().map(|e| e.did.what.as_str()), Some("b: silent"));
        for _ in 0..2 * KEPT {
            log.push(entry("c: gone", false, false, Some(true)));
        }
        assert_eq!(log.len(), KEPT, "what goes wrong all the time is bounded too");
        assert!(log.newest_first().all(|e| e.did.what == "c: gone"));
    }
}
