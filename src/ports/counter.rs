//! The task queue as everybody may see it and wish of it, whether they act or only look on.

use std::ffi::OsStr;
use std::path::Path;

use super::StoreError;
use crate::domain::task::{Granted, Listing, Now, Page, Refusal, TaskId, Wish};

/// The counter at which the queue is shown and wishes are taken. Blocking, for a moment.
pub trait Counter: Send + 'static {
    /// The folder in which something is written when the queue changes.
    fn folder(&self) -> &Path;

    /// True if a file of that name in the folder tells of a change.
    fn tells(name: &OsStr) -> bool;

    /// The queue, if it is another one than at the last call.
    fn look(&mut self, now: Now) -> Result<Option<Listing>, StoreError>;

    /// One task with its history.
    fn page(&mut self, id: TaskId) -> Result<Option<Page>, StoreError>;

    /// Keeps the texts that were not queued, for the next start.
    fn keep_drafts(&mut self, drafts: Option<&str>) -> Result<(), StoreError>;

    /// Asks the queue for something. A refusal has changed nothing.
    fn ask(&mut self, wish: Wish, now: Now) -> Result<Result<Granted, Refusal>, StoreError>;
}
