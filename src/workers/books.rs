//! What was done lately, as it is shown: the last entries and the sums of a day. The same for who acts, who adds what he
//! writes, and for those who look on, who read it.

use std::sync::Arc;

use crate::domain::ledger::{Entry, Lives, Tally};

/// How far back the figures on the screen go, and how many entries at most are read for them.
pub(super) const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
pub(super) const MOST: usize = 20_000;
/// How many entries are told.
const RECENT: usize = 200;

/// What was done lately.
#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    pub recent: Vec<Arc<Entry>>,
    pub tally: Arc<Tally>,
    pub lives: Lives,
    /// The newest entry that was added.
    pub newest: u64,
    pub trouble: Option<String>,
}

impl Books {
    /// Takes an entry in: of each dialog's life the newest one is told.
    pub fn add(&mut self, entry: Entry) {
        if self.lives.is_news(&entry) {
            Arc::make_mut(&mut self.tally).add(&entry);
        }
        self.newest = self.newest.max(entry.seq);
        self.recent.retain(|e| e.life() != entry.life());
        self.recent.insert(0, Arc::new(entry));
        self.recent.truncate(RECENT);
    }
}
