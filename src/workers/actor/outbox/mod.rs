//! Entries on their way to the disk. An intent goes there at once, for a key waits for it; what has ended rests until the
//! next intent, or for a moment, and goes with it: a fleet that asks all the time costs one transaction a dialog, not two.
//! Whoever is killed in between leaves the intent alone, and the next actor says that nobody knows.
//!
//! What could not be written goes back and is tried again, in its order, until it is written; whose entry it is hears of it
//! then. Only an intent does not: no key waits for the next try.

mod written;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::confirm::CaseId;
use crate::domain::ledger::{Body, Outcome};
use crate::domain::session::PaneIdentity;
use crate::ports::{Ledger, StoreError};
use crate::workers::scribe::Scribe;

use written::{Handed, append};
pub(super) use written::{Written, close};

/// How long the end of a dialog may rest.
pub(super) const REST: Duration = Duration::from_millis(200);
/// Between two tries to write what could not be written.
pub(super) const AGAIN: Duration = Duration::from_secs(2);
/// So many entries may wait for that; of more the oldest are given up.
const MOST: usize = 512;

/// Whose entry it is; `None`: nobody waits to hear of it.
pub(super) type Whose = Option<(PaneIdentity, CaseId)>;

/// The entries that rest, and the thread that writes them.
pub(super) struct Outbox<R: Ledger + 'static> {
    scribe: Option<Scribe<R>>,
    resting: Vec<(Whose, Body)>,
    due: Option<Duration>,
    /// It is to go at once, and heard of by then.
    hurried: Option<Duration>,
    /// What could not be written, the oldest first.
    back: VecDeque<(Whose, Body)>,
    /// When that, or whether anything can be written, is tried again.
    again: Option<Duration>,
    /// The last that was heard is that something could not be written.
    troubled: bool,
    /// How many jobs failed, as the thread counts, and as we heard of them: a job behind one that failed unheard would take its
    /// place.
    faults: Arc<AtomicU64>,
    heard: u64,
    given_up: usize,
    /// How often the thread was another one: what was handed to one before is not tried again.
    term: u64,
}

impl<R: Ledger + 'static> Default for Outbox<R> {
    fn default() -> Self {
        Self {
            scribe: None,
            resting: Vec::new(),
            due: None,
            hurried: None,
            back: VecDeque::new(),
            again: None,
            troubled: false,
            faults: Arc::default(),
            heard: 0,
            given_up: 0,
            term: 0,
        }
    }
}

impl<R: Ledger + 'static> Outbox<R> {
    /// From now on they go there; without a thread nothing does. What rests goes first: how that ends is for the log.
    pub fn go_to(
        &mut self,
        scribe: Option<Scribe<R>>,
    ) -> Option<impl Future<Output = Written> + Send + use<R>> {
        let last = self.write();
        self.given_up += self.resting.len() + self.back.len();
        self.well();
        (self.scribe, self.due, self.again) = (scribe, None, None);
        self.resting.clear();
        self.back.clear();
        self.term += 1;
        (self.faults, self.heard) = (Arc::default(), 0);
        last
    }

    /// One more, which may rest until then.
    pub fn put(&mut self, whose: Whose, body: Body, by: Duration) {
        self.resting.push((whose, body));
        self.due.get_or_insert(by);
    }

    /// What rests goes as soon as nothing else is to be done: what is hurried within one turn goes together.
    pub fn hurry(&mut self, by: Duration) {
        self.hurried = Some(self.hurried.map_or(by, |hurried| hurried.min(by)));
    }

    /// By when it is to be heard of, if it is to go at once.
    pub fn hurried(&self) -> Option<Duration> {
        self.hurried
    }

    /// When what rests, or could not be written, is to be written.
    pub fn due(&self) -> Option<Duration> {
        self.again.or(self.due)
    }

    /// Nothing could be written the last time: what is no intent waits for the next try.
    pub fn in_trouble(&self) -> bool {
        self.troubled
    }

    /// Everything that rests is written now, behind what could not be written before; `None` if there is nothing or nobody.
    pub fn write(&mut self) -> Option<impl Future<Output = Written> + Send + use<R>> {
        (self.due, self.hurried) = (None, None);
        let tries = self.again.take().is_some() || !self.back.is_empty() || !self.resting.is_empty();
        let scribe = self.scribe.as_ref().filter(|_| tries)?;
        let (old, new): (Vec<_>, Vec<_>) = (self.back.drain(..).collect(), std::mem::take(&mut self.resting));
        let rows: Vec<_> = old.iter().chain(&new).map(|(whose, body)| Handed::new(*whose, body)).collect();
        let bodies = |rows: Vec<(Whose, Body)>| rows.into_iter().map(|(_, body)| body).collect::<Vec<_>>();
        let (old, new) = (bodies(old), bodies(new));
        let (faults, heard, term) = (Arc::clone(&self.faults), self.heard, self.term);
        // A key waits for an intent: it goes in front of what failed a moment ago.
        let urgent = rows.iter().any(|row| row.outcome == Outcome::Intended);
        let written = scribe.ask(move |records| {
            let behind = !urgent && faults.load(Ordering::Relaxed) != heard;
            let hows = if behind {
                vec![Err(StoreError::Busy); (old.len() + new.len()).max(1)]
            } else {
                append(records, old, new)
            };
            if hows.iter().any(Result::is_err) {
                faults.fetch_add(1, Ordering::Relaxed);
            }
            Ok(hows)
        });
        Some(async move {
            let written = written.await;
            let counted = written.is_ok();
            Written { counted, ..Written::of(rows, written, term) }
        })
    }

    /// What could not be written goes back, in front of what came meanwhile, and is tried again at that time. Gives those
    /// whose entries were given up.
    pub fn take_back(&mut self, written: &mut Written, again: Duration) -> Vec<Whose> {
        let rows = written.rows.iter_mut().filter(|row| row.how.is_err());
        let kept = rows.filter_map(|row| Some((row.whose, row.kept.take()?)));
        if written.term != self.term || self.scribe.is_none() {
            self.given_up += kept.count();
            self.tell_lost();
            return Vec::new();
        }
        self.heard += u64::from(written.counted);
        self.back.extend(kept);
        (self.again, self.troubled) = (Some(again), true);
        let over = self.back.len().saturating_sub(MOST);
        self.given_up += over;
        self.back.drain(..over).map(|(whose, _)| whose).collect()
    }

    /// How many wait to be written.
    pub fn waiting(&self) -> usize {
        self.back.len()
    }

    /// It was handed to the thread that there is now.
    pub fn is_of_now(&self, written: &Written) -> bool {
        written.term == self.term
    }

    /// It can be written: true if it could not before. What was lost is told then, once.
    pub fn well(&mut self) -> bool {
        self.tell_lost();
        std::mem::take(&mut self.troubled)
    }

    fn tell_lost(&mut self) {
        let entries = std::mem::take(&mut self.given_up);
        if entries > 0 {
            tracing::warn!(entries, "entries of the ledger could not be written and were given up");
        }
    }

    /// The same for an entry that goes by itself and rests for nothing.
    pub fn close(&self, body: Body) -> Option<impl Future<Output = Written> + Send + use<R>> {
        Some(close(self.scribe.as_ref()?, self.term(), body))
    }

    /// Which thread it is.
    pub fn term(&self) -> u64 {
        self.term
    }
}

impl<R: Ledger + 'static> Drop for Outbox<R> {
    fn drop(&mut self) {
        drop(self.write());
    }
}

#[cfg(test)]
mod tests;
