//! What was handed to the thread of the records, and how that ended.

use super::Whose;
use crate::domain::ledger::{Body, Entry, Outcome};
use crate::ports::{Ledger, StoreError};
use crate::workers::scribe::Scribe;

/// An entry that was handed to the thread.
#[derive(Debug)]
pub struct Row {
    pub whose: Whose,
    pub outcome: Outcome,
    pub how: Result<Entry, StoreError>,
    /// The same, to be tried again; not of an intent.
    pub kept: Option<Body>,
}

/// What was handed to the thread, and how that ended.
#[derive(Debug)]
pub struct Written {
    pub rows: Vec<Row>,
    /// Whether all of it could be written.
    pub how: Result<(), StoreError>,
    /// Which thread it was.
    pub term: u64,
    /// The thread counted how it ended.
    pub counted: bool,
}

/// An end from which nothing follows goes to that thread.
pub fn close<R: Ledger + 'static>(
    scribe: &Scribe<R>,
    term: u64,
    body: Body,
) -> impl Future<Output = Written> + Send + use<R> {
    let rows = vec![Handed::new(None, &body)];
    let written = scribe.ask(move |records| Ok(append(records, Vec::new(), vec![body])));
    async move { Written::of(rows, written.await, term) }
}

/// What is known of an entry while the thread has it.
pub struct Handed {
    whose: Whose,
    pub outcome: Outcome,
    kept: Option<Body>,
}

impl Handed {
    pub fn new(whose: Whose, body: &Body) -> Self {
        let outcome = body.outcome;
        Self { whose, outcome, kept: (outcome != Outcome::Intended).then(|| body.clone()) }
    }
}

impl Written {
    pub fn of(
        rows: Vec<Handed>,
        written: Result<Vec<Result<Entry, StoreError>>, StoreError>,
        term: u64,
    ) -> Self {
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
pub fn append<R: Ledger>(records: &mut R, old: Vec<Body>, new: Vec<Body>) -> Vec<Result<Entry, StoreError>> {
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
