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

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
}

impl Log {
    /// Adds an entry; the oldest goes when it is full.
    pub fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Entries, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
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
