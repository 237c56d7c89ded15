//! Entries put together by the dialog's life that they tell of.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::words::Outcome;

/// Which entries say something that the one before of the same life did not say: a dialog that stands over a restart is told of
/// again and is still one. Entries are asked about in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lives(BTreeMap<u64, (Outcome, String)>);

impl Lives {
    /// The next entry says something new.
    pub fn is_news(&mut self, entry: &Entry) -> bool {
        let said = (entry.body.outcome, entry.body.verdict.rule.clone());
        if entry.body.has_ended() {
            // Nothing follows, mostly.
            return self.0.remove(&entry.life()) != Some(said);
        }
        self.0.insert(entry.life(), said.clone()) != Some(said)
    }
}

/// The newest entry of each dialog's life that has no end among these, and binds nobody: whoever comes next may see the same
/// dialogs.
pub fn open<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<Entry> {
    let mut newest = BTreeMap::new();
    for entry in entries {
        newest.insert(entry.life(), entry);
    }
    let open = |e: &&Entry| !e.body.has_ended() && !e.body.is_deed() && !e.body.binds();
    newest.into_values().filter(open).cloned().collect()
}
