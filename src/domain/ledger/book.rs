//! A ledger in memory: the same chain without a disk, for replays, simulations and tests of those who write entries.

use super::chain::{Anchor, Broken, verify};
use super::entry::{Body, Entry};

/// Entries in order.
#[derive(Debug, Clone, Default)]
pub struct Book {
    entries: Vec<Entry>,
}

impl Book {
    /// Adds an entry at the end and gives it its place.
    pub fn append(&mut self, body: Body) -> Entry {
        let entry = self.head().seal(body);
        self.entries.push(entry.clone());
        entry
    }

    /// The last entry's place.
    pub fn head(&self) -> Anchor {
        self.entries.last().map_or_else(Anchor::default, |e| Anchor { seq: e.seq, hash: e.hash })
    }

    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The newest entry of each dialog's life that binds whoever acts next ([`super::Body::binds`]).
    pub fn unsettled(&self) -> Vec<Entry> {
        self.entries
            .iter()
            .filter(|e| e.body.binds())
            .filter(|e| !self.entries.iter().any(|later| later.seq > e.seq && later.life() == e.life()))
            .cloned()
            .collect()
    }

    /// Follows the chain.
    pub fn verify(&self) -> Result<Anchor, Broken> {
        verify(Anchor::default(), &self.entries, self.head())
    }
}
