//! Entries on their way to the disk. An intent goes there at once, for a key waits for it; what has ended rests until the
//! next intent, or for a moment, and goes with it: a fleet that asks all the time costs one transaction a dialog, not two.
//! Whoever is killed in between leaves the intent alone, and the next actor says that nobody knows.
//!
//! What could not be written goes back and is tried again, in its order, until it is written; whose entry it is hears of it
//! then. Only an intent does not: no key waits for the next try.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::confirm::CaseId;
use crate::domain::ledger::{Body, Entry, Outcome};
use crate::domain::session::PaneIdentity;
use crate::ports::{Ledger, StoreError};
use crate::workers::scribe::Scribe;

/// How long the end of a dialog may rest.
pub(super) const REST: Duration = Duration::from_millis(200);
/// Between two tries to write what could not be written.
pub(super) const AGAIN: Duration = Duration::from_secs(2);
/// So many entries may wait for that; of more the oldest are given up.
const MOST: usize = 512;

/// Whose entry it is; `None`: nobody waits to hear of it.
pub(super) type Whose = Option<(PaneIdentity, CaseId)>;

/// The entries that rest, and the thread that writes them.
pub(super) struct Later<R: Ledger + 'static> {
    scribe: Option<Scribe<R>>,
    resting: Vec<(Whose, Body)>,
    due: Option<Duration>,
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

impl<R: Ledger + 'static> Default for Later<R> {
    fn default() -> Self {
        Self {
            scribe: None,
            resting: Vec::new(),
            due: None,
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

/// An entry that was handed to the thread.
#[derive(Debug)]
pub(super) struct Row {
    pub whose: Whose,
    pub outcome: Outcome,
    pub how: Result<Entry, StoreError>,
    /// The same, to be tried again; not of an intent.
    kept: Option<Body>,
}

/// What was handed to the thread, and how that ended.
#[derive(Debug)]
pub(super) struct Written {
    pub rows: Vec<Row>,
    /// Whether all of it could be written.
    pub how: Result<(), StoreError>,
    term: u64,
    /// The thread counted how it ended.
    counted: bool,
}

impl<R: Ledger + 'static> Later<R> {
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
    pub fn rest(&mut self, whose: Whose, body: Body, by: Duration) {
        self.resting.push((whose, body));
        self.due.get_or_insert(by);
    }

    /// When what rests, or could not be written, is to be written.
    pub fn due(&self) -> Option<Duration> {
        self.again.or(self.due)
    }

    /// Nothing could be written the last time: what is no intent waits for the next try.
    pub fn waits(&self) -> bool {
        self.troubled
    }

    /// Everything that rests is written now, behind what could not be written before; `None` if there is nothing or nobody.
    pub fn write(&mut self) -> Option<impl Future<Output = Written> + Send + use<R>> {
        self.due = None;
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
    pub fn back(&mut self, written: &mut Written, again: Duration) -> Vec<Whose> {
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

/// An end from which nothing follows goes to that thread.
pub(super) fn close<R: Ledger + 'static>(
    scribe: &Scribe<R>,
    term: u64,
    body: Body,
) -> impl Future<Output = Written> + Send + use<R> {
    let rows = vec![Handed::new(None, &body)];
    let written = scribe.ask(move |records| Ok(append(records, Vec::new(), vec![body])));
    async move { Written::of(rows, written.await, term) }
}

/// What is known of an entry while the thread has it.
struct Handed {
    whose: Whose,
    outcome: Outcome,
    kept: Option<Body>,
}

impl Handed {
    fn new(whose: Whose, body: &Body) -> Self {
        let outcome = body.outcome;
        Self { whose, outcome, kept: (outcome != Outcome::Intended).then(|| body.clone()) }
    }
}

impl Written {
    fn of(rows: Vec<Handed>, written: Result<Vec<Result<Entry, StoreError>>, StoreError>, term: u64) -> Self {
        // Away with the thread, or for want of room on its desk: none of it was done.
        let none = written.as_ref().err().cloned();
        let mut hows = written.unwrap_or_default().into_iter();
        let mut how = none.clone().map_or(Ok(()), Err);
        let mut row = |Handed { whose, outcome, kept }| {
            let lost = || Err(none.clone().unwrap_or(StoreError::Failed("an entry was lost".to_owned())));
            let entry = hows.next().unwrap_or_else(lost);
            if let (Ok(()), Err(e)) = (&how, &entry) {
                how = Err(e.clone());
            }
            Row { whose, outcome, how: entry, kept }
        };
        let rows = rows.into_iter().map(&mut row).collect();
        // Nothing was to be written: it was only tried.
        if let (Ok(()), Some(Err(e))) = (&how, hows.next()) {
            how = Err(e);
        }
        Self { rows, how, term, counted: false }
    }
}

/// The old ones each by itself, so that one that can never be written keeps no other from the disk; the new ones all or none.
/// A disk that takes nothing is not asked for each of them.
fn append<R: Ledger>(records: &mut R, old: Vec<Body>, new: Vec<Body>) -> Vec<Result<Entry, StoreError>> {
    let mut out = Vec::with_capacity(old.len() + new.len());
    let mut shut = None;
    for body in old {
        let how = shut.clone().map_or_else(|| records.append(body), Err);
        shut = how.as_ref().err().filter(|e| is_shut(e)).cloned();
        out.push(how);
    }
    let only_tried = out.is_empty() && new.is_empty();
    let many = new.len();
    match shut.map_or_else(|| records.append_all(new), Err) {
        Ok(entries) => out.extend(entries.into_iter().map(Ok)),
        Err(e) => out.extend(std::iter::repeat_n(Err(e), many.max(usize::from(only_tried)))),
    }
    out
}

/// It is the disk, not the entry.
const fn is_shut(e: &StoreError) -> bool {
    matches!(e, StoreError::Busy | StoreError::Full | StoreError::ReadOnly)
}

impl<R: Ledger + 'static> Drop for Later<R> {
    fn drop(&mut self) {
        drop(self.write());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::Dialog;
    use crate::domain::ledger::{Book, Decision, Outcome, Ruling, Scene, Showing, Times};
    use crate::domain::policy::Action;
    use crate::domain::session::{PaneId, SessionName};

    fn body(outcome: Outcome) -> Body {
        let pane = PaneIdentity { id: PaneId(1), pid: 2, start: 3 };
        let scene =
            Scene { host: "h".to_owned(), session: SessionName::new("s"), pane, agent: None, cwd: None };
        let dialog = Dialog::default();
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 0 },
            of: None,
            verdict: Ruling { action: Action::Hold, rule: "none".to_owned(), reason: String::new() },
            why: String::new(),
            actor: crate::domain::ledger::Actor::Automation,
            channel: None,
            key: None,
            outcome,
            times: Times::default(),
        };
        Body::new(jiff::Timestamp::UNIX_EPOCH, &scene, &dialog, decision, &str::to_owned)
    }

    #[tokio::test]
    async fn what_rests_goes_with_the_next_and_is_never_lost() {
        let ms = Duration::from_millis;
        let scribe = Scribe::start(Book::default()).expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        assert!(later.write().is_none(), "nothing rests");
        later.rest(Some(case(1)), body(Outcome::Cleared), ms(250));
        later.rest(Some(case(2)), body(Outcome::Intended), ms(270));
        assert_eq!(later.due(), Some(ms(250)));
        let written = later.write().expect("two rest").await;
        assert_eq!((ends(&written), written.how), (vec![(1, Ok(1)), (2, Ok(2))], Ok(())));
        assert_eq!(later.due(), None);
        later.rest(Some(case(3)), body(Outcome::Cleared), ms(200));
        drop(later);
        let seen = scribe.ask(|book: &mut Book| Ok(book.entries().len())).await;
        assert_eq!(seen, Ok(3), "whoever ends leaves nothing behind");
    }

    /// A book that can be shut.
    #[derive(Default)]
    struct Shelf {
        book: Book,
        shut: Option<StoreError>,
        /// What never gets in.
        poison: Option<Outcome>,
    }

    impl Ledger for Shelf {
        fn append_all(&mut self, bodies: Vec<Body>) -> Result<Vec<Entry>, StoreError> {
            let bad = bodies.iter().any(|b| Some(b.outcome) == self.poison);
            match self.shut.clone().or(bad.then(|| StoreError::Failed("no".to_owned()))) {
                Some(e) => Err(e),
                None => Ok(bodies.into_iter().map(|body| self.book.append(body)).collect()),
            }
        }

        fn since(&self, _after: u64, _most: usize) -> Result<Vec<Entry>, StoreError> {
            Ok(self.book.entries().to_vec())
        }

        fn unsettled(&self) -> Result<Vec<Entry>, StoreError> {
            Ok(Vec::new())
        }
    }

    fn case(n: u64) -> (PaneIdentity, CaseId) {
        (PaneIdentity { id: PaneId(1), pid: 2, start: 3 }, CaseId(n))
    }

    fn ends(written: &Written) -> Vec<(u64, Result<u64, StoreError>)> {
        let number = |row: &Row| row.whose.map_or(0, |(_, case)| case.0);
        written.rows.iter().map(|row| (number(row), row.how.clone().map(|e| e.seq))).collect()
    }

    async fn said(scribe: &Scribe<Shelf>) -> Vec<Outcome> {
        let seen = scribe.ask(|shelf: &mut Shelf| shelf.since(0, 0)).await.expect("seen");
        seen.iter().map(|e| e.body.outcome).collect()
    }

    async fn shut(scribe: &Scribe<Shelf>, how: Option<StoreError>) {
        scribe
            .ask(|shelf| {
                shelf.shut = how;
                Ok(())
            })
            .await
            .expect("shut, or open");
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_tried_again_in_its_order_and_no_intent_is() {
        let ms = Duration::from_millis;
        let scribe = Scribe::start(Shelf::default()).expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        shut(&scribe, Some(StoreError::Full)).await;
        later.rest(Some(case(1)), body(Outcome::Cleared), ms(10));
        later.rest(Some(case(2)), body(Outcome::Intended), ms(10));
        let mut written = later.write().expect("two").await;
        assert_eq!(ends(&written), [(1, Err(StoreError::Full)), (2, Err(StoreError::Full))]);
        assert_eq!(later.back(&mut written, ms(900)), [], "none is given up");
        assert_eq!((later.waiting(), later.due(), later.waits()), (1, Some(ms(900)), true));
        later.rest(Some(case(3)), body(Outcome::Held), ms(20));
        assert_eq!(later.due(), Some(ms(900)), "it waits for the next try");
        let mut written = later.write().expect("two").await;
        assert_eq!(written.how, Err(StoreError::Full));
        assert_eq!((later.back(&mut written, ms(1900)), later.waiting()), (vec![], 2));
        shut(&scribe, None).await;
        later.rest(Some(case(4)), body(Outcome::Intended), ms(30));
        let written = later.write().expect("three").await;
        assert_eq!((ends(&written), written.how), (vec![(1, Ok(1)), (3, Ok(2)), (4, Ok(3))], Ok(())));
        assert_eq!(said(&scribe).await, [Outcome::Cleared, Outcome::Held, Outcome::Intended]);
        assert_eq!((later.due(), later.write().is_none()), (None, true));
    }

    #[tokio::test]
    async fn an_entry_that_can_never_be_written_keeps_no_other_from_the_disk() {
        let scribe = Scribe::start(Shelf { poison: Some(Outcome::Gone), ..Shelf::default() });
        let scribe = scribe.expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        later.rest(Some(case(1)), body(Outcome::Gone), Duration::ZERO);
        later.rest(Some(case(2)), body(Outcome::Cleared), Duration::ZERO);
        let mut written = later.write().expect("two").await;
        assert_eq!(later.back(&mut written, Duration::ZERO), []);
        later.rest(Some(case(3)), body(Outcome::Intended), Duration::ZERO);
        let mut written = later.write().expect("three").await;
        let no = || Err(StoreError::Failed("no".to_owned()));
        assert_eq!(ends(&written), [(1, no()), (2, Ok(1)), (3, Ok(2))]);
        assert_eq!((later.back(&mut written, Duration::ZERO), later.waiting()), (vec![], 1));
    }

    #[tokio::test]
    async fn of_too_many_the_oldest_are_given_up_and_with_the_thread_all() {
        let scribe = Scribe::start(Shelf::default()).expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        shut(&scribe, Some(StoreError::Busy)).await;
        for n in 0..MOST as u64 + 2 {
            later.rest(Some(case(n)), body(Outcome::Held), Duration::ZERO);
        }
        let mut written = later.write().expect("many").await;
        assert_eq!(later.back(&mut written, Duration::ZERO), [Some(case(0)), Some(case(1))]);
        assert_eq!((later.waiting(), later.given_up), (MOST, 2));
        let mut last = later.go_to(None).expect("what rests goes").await;
        assert_eq!(later.back(&mut last, Duration::ZERO), [], "nobody there hears of it");
        assert!(!later.is_of_now(&last));
        assert_eq!((later.waiting(), later.given_up, later.due()), (0, 0, None));
    }

    #[tokio::test]
    async fn whether_it_can_be_written_again_is_tried_with_nothing_to_write() {
        let scribe = Scribe::start(Shelf::default()).expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        shut(&scribe, Some(StoreError::Full)).await;
        later.rest(Some(case(1)), body(Outcome::Intended), Duration::ZERO);
        let mut written = later.write().expect("one").await;
        assert_eq!((later.back(&mut written, Duration::ZERO), later.waiting()), (vec![], 0));
        let mut tried = later.write().expect("it is tried").await;
        assert_eq!((tried.rows.len(), tried.how.clone()), (0, Err(StoreError::Full)));
        assert_eq!(later.back(&mut tried, Duration::ZERO), []);
        shut(&scribe, None).await;
        assert_eq!(later.write().expect("it is tried").await.how, Ok(()));
        assert!(later.write().is_none() && said(&scribe).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_behind_one_that_fails_does_not_take_its_place() {
        let scribe = Scribe::start(Shelf::default()).expect("a thread");
        let mut later = Later::default();
        assert!(later.go_to(Some(scribe.clone())).is_none());
        shut(&scribe, Some(StoreError::Busy)).await;
        later.rest(Some(case(1)), body(Outcome::Cleared), Duration::ZERO);
        let first = later.write().expect("one");
        let open = scribe.ask(|shelf| {
            shelf.shut = None;
            Ok(())
        });
        later.rest(Some(case(2)), body(Outcome::Held), Duration::ZERO);
        let second = later.write().expect("another");
        let (mut first, _, mut second) = (first.await, open.await, second.await);
        assert_eq!(ends(&second), [(2, Err(StoreError::Busy))], "though the disk takes it");
        assert_eq!(later.back(&mut first, Duration::ZERO), []);
        assert_eq!(later.back(&mut second, Duration::ZERO), []);
        assert_eq!(ends(&later.write().expect("both").await), [(1, Ok(1)), (2, Ok(2))]);
    }
}
