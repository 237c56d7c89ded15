//! The counter of the task queue: what lies in it, for whoever looks on, and the one way of a wish into it. It reads beside
//! the actor, and only what has changed since its last look.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FILE, Store};
use crate::domain::task::{Brief, Granted, Listing, Now, Page, Refusal, Rules, Task, TaskId, Wish};
use crate::ports::{self, StoreError};

/// Finished tasks that are listed; older ones are counted.
const FINISHED: usize = 500;

/// The queue in one folder, and how much of it is known.
#[derive(Debug)]
pub struct Counter {
    dir: PathBuf,
    rules: Rules,
    /// Open for reading, and which file that is: a broken one is set aside by the actor, and a new one lies there.
    store: Option<(Store, Option<(u64, u64)>)>,
    /// The last change that is known; `None` before the first look.
    rev: Option<u64>,
    briefs: BTreeMap<TaskId, Arc<Brief>>,
    older: usize,
    told: Option<Listing>,
}

impl Counter {
    /// Nothing has been looked at yet. The folder need not have a database.
    pub fn new(dir: PathBuf) -> Self {
        let briefs = BTreeMap::new();
        Self { dir, rules: Rules::default(), store: None, rev: None, briefs, older: 0, told: None }
    }

    /// Texts that were not queued, as they were kept by the last one.
    pub fn drafts(&self) -> Result<Option<String>, StoreError> {
        super::drafts::read(&self.dir)
    }

    fn store(&mut self) -> Result<Option<&Store>, StoreError> {
        let file = fs::metadata(self.dir.join(FILE)).ok().map(|m| (m.dev(), m.ino()));
        if self.store.as_ref().is_some_and(|(_, open)| *open != file) {
            (self.store, self.rev) = (None, None);
        }
        if self.store.is_none() {
            let store = match Store::read_only(&self.dir) {
                Ok(store) => store,
                Err(StoreError::Missing) => return Ok(None),
                // Brought up to date by writing: reading does not.
                Err(StoreError::Older { .. }) => Store::visit(&self.dir)?,
                Err(e) => return Err(e),
            };
            self.store = Some((store, file));
        }
        Ok(self.store.as_ref().map(|(store, _)| store))
    }

    fn read(&mut self, now: Now) -> Result<Option<Listing>, StoreError> {
        if self.store()?.is_none() {
            return Ok(Some(Listing::default()));
        }
        let known = self.rev;
        let news = self.store()?.map(|store| store.news(known, FINISHED)).transpose()?.flatten();
        let Some(news) = news else { return Ok(None) };
        if news.whole {
            self.briefs.clear();
            self.older = news.older;
        }
        self.rev = Some(news.rev);
        self.briefs.extend(news.tasks.iter().map(|t| (t.id, Arc::new(Brief::of(t)))));
        self.forget_old();
        let at = news.clock.stored().read(now);
        Ok(Some(Listing::of(self.briefs.values().cloned(), self.older, &self.rules, at)))
    }

    /// Of the finished ones the newest stay.
    fn forget_old(&mut self) {
        let over = |b: &&Arc<Brief>| b.state.is_finished();
        let mut over: Vec<_> = self.briefs.values().filter(over).map(|b| (b.since, b.id)).collect();
        let Some(too_many) = over.len().checked_sub(FINISHED + FINISHED / 4) else { return };
        over.sort_unstable();
        for (_, id) in &over[..too_many + FINISHED / 4] {
            self.briefs.remove(id);
        }
        self.older += too_many + FINISHED / 4;
    }

    /// Asks the queue in a folder for something, as a visitor beside whoever acts.
    pub fn wish(
        dir: &Path,
        wish: Wish,
        now: Now,
    ) -> Result<Result<(Granted, Vec<Task>), Refusal>, StoreError> {
        Store::visit(dir)?.ask(Rules::default(), wish, now)
    }
}

impl ports::Counter for Counter {
    fn folder(&self) -> &Path {
        &self.dir
    }

    fn tells(name: &OsStr) -> bool {
        super::tells(name)
    }

    fn look(&mut self, now: Now) -> Result<Option<Listing>, StoreError> {
        match self.read(now) {
            Ok(None) => Ok(None),
            Ok(Some(listing)) if self.told.as_ref() == Some(&listing) => Ok(None),
            Ok(Some(listing)) => {
                self.told = Some(listing.clone());
                Ok(Some(listing))
            }
            Err(e) => {
                // Another file may lie there by the next time.
                (self.store, self.rev, self.told) = (None, None, None);
                Err(e)
            }
        }
    }

    fn page(&mut self, id: TaskId) -> Result<Option<Page>, StoreError> {
        let Some(store) = self.store()? else { return Ok(None) };
        let Some(task) = store.task(id)? else { return Ok(None) };
        Ok(Some(Page { task, log: store.task_log(id)? }))
    }

    fn keep_drafts(&mut self, drafts: Option<&str>) -> Result<(), StoreError> {
        super::drafts::keep(&self.dir, drafts)
    }

    fn ask(&mut self, wish: Wish, now: Now) -> Result<Result<Granted, Refusal>, StoreError> {
        Self::wish(&self.dir, wish, now).map(|answer| answer.map(|(granted, _)| granted))
    }
}
