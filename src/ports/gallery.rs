//! What those need who only look on: the word of whoever acts, and the ledger as it is read beside him.

use std::ffi::OsStr;
use std::future::Future;
use std::path::PathBuf;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::confirm::Bulletin;
use crate::domain::ledger::Entry;

/// The gallery: from here one sees what who acts has before him.
pub trait Gallery: Send + 'static {
    /// The folders in which a name appears when somebody begins to act.
    fn folders(&self) -> Vec<PathBuf>;
    /// True if a file of that name tells of it.
    fn tells(&self, name: &OsStr) -> bool;
    /// Takes a place, if another process acts. False: nobody does.
    fn enter(&mut self) -> impl Future<Output = bool> + Send;
    /// The next word; waits until there is one. `None`: who acted is gone, or nobody can understand him. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Option<Bulletin>> + Send;
}

/// The ledger as it is read beside whoever writes it. Blocking.
pub trait Annals: Send + 'static {
    /// Entries that are younger than a time, the last so many, in order.
    fn younger(&mut self, from: Timestamp, most: usize) -> Result<Vec<Entry>, StoreError>;
    /// At most so many entries after a number, in order.
    fn since(&mut self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError>;
}
