//! The ledger as it is read beside whoever writes it: for control rooms that only look on.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::{FILE, Store};
use crate::domain::ledger::Entry;
use crate::ports::{Annals, Ledger, Records, StoreError};

/// The ledger in one folder.
#[derive(Debug)]
pub struct LedgerReader {
    dir: PathBuf,
    /// Open for reading, and which file that is: a broken one is set aside, and a new one lies there.
    store: Option<(Store, Option<(u64, u64)>)>,
}

impl LedgerReader {
    /// Nothing is open yet. The folder need not have a database.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, store: None }
    }

    fn read<T>(&mut self, read: impl Fn(&Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let file = fs::metadata(self.dir.join(FILE)).ok().map(|m| (m.dev(), m.ino()));
        let store = match self.store.take() {
            Some((store, open)) if open == file => store,
            _ => Store::read_only(&self.dir)?,
        };
        let read = read(&store)?;
        self.store = Some((store, file));
        Ok(read)
    }
}

impl Annals for LedgerReader {
    fn younger(&mut self, from: Timestamp, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.read(|store| Records::younger(store, from, most))
    }

    fn since(&mut self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.read(|store| Ledger::since(store, after, most))
    }
}
