//! Entries on their way to the disk, and what becomes of those that it does not take.

use super::written::Row;
use super::*;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Book, Decision, Entry, Outcome, Ruling, Scene, Showing, Times};
use crate::domain::policy::Action;
use crate::domain::session::{PaneId, SessionName};

fn body(outcome: Outcome) -> Body {
    let pane = PaneIdentity { id: PaneId(1), pid: 2, start: 3 };
    let scene = Scene { host: "h".to_owned(), session: SessionName::new("s"), pane, agent: None, cwd: None };
    let dialog = Dialog::default();
    let decision = Decision {
        showing: Showing { content: dialog.identity(), epoch: 0 },
        of: None,
        verdict: Ruling { action: Action::Hold, rule: "none".to_owned(), reason: String::new() },
        why: String::new(),
        actor: crate::domain::ledger::Actor::Automation,
        channel: None,
        key: None,
        answer: None,
        outcome,
        times: Times::default(),
    };
    Body::new(jiff::Timestamp::UNIX_EPOCH, &scene, &dialog, decision, &str::to_owned)
}

#[tokio::test]
async fn what_rests_goes_with_the_next_and_is_never_lost() {
    let ms = Duration::from_millis;
    let scribe = Scribe::start(Book::default()).expect("a thread");
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    assert!(outbox.write().is_none(), "nothing rests");
    outbox.put(Some(case(1)), body(Outcome::Cleared), ms(250));
    outbox.put(Some(case(2)), body(Outcome::Intended), ms(270));
    assert_eq!((outbox.due(), outbox.hurried()), (Some(ms(250)), None));
    outbox.hurry(ms(220));
    outbox.hurry(ms(240));
    assert_eq!(outbox.hurried(), Some(ms(220)), "whoever waits shortest");
    let written = outbox.write().expect("two rest").await;
    assert_eq!((ends(&written), written.how), (vec![(1, Ok(1)), (2, Ok(2))], Ok(())));
    assert_eq!((outbox.due(), outbox.hurried()), (None, None));
    outbox.put(Some(case(3)), body(Outcome::Cleared), ms(200));
    drop(outbox);
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
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    shut(&scribe, Some(StoreError::Full)).await;
    outbox.put(Some(case(1)), body(Outcome::Cleared), ms(10));
    outbox.put(Some(case(2)), body(Outcome::Intended), ms(10));
    let mut written = outbox.write().expect("two").await;
    assert_eq!(ends(&written), [(1, Err(StoreError::Full)), (2, Err(StoreError::Full))]);
    assert_eq!(outbox.take_back(&mut written, ms(900)), [], "none is given up");
    assert_eq!((outbox.waiting(), outbox.due(), outbox.in_trouble()), (1, Some(ms(900)), true));
    outbox.put(Some(case(3)), body(Outcome::Held), ms(20));
    assert_eq!(outbox.due(), Some(ms(900)), "it waits for the next try");
    let mut written = outbox.write().expect("two").await;
    assert_eq!(written.how, Err(StoreError::Full));
    assert_eq!((outbox.take_back(&mut written, ms(1900)), outbox.waiting()), (vec![], 2));
    shut(&scribe, None).await;
    outbox.put(Some(case(4)), body(Outcome::Intended), ms(30));
    let written = outbox.write().expect("three").await;
    assert_eq!((ends(&written), written.how), (vec![(1, Ok(1)), (3, Ok(2)), (4, Ok(3))], Ok(())));
    assert_eq!(said(&scribe).await, [Outcome::Cleared, Outcome::Held, Outcome::Intended]);
    assert_eq!((outbox.due(), outbox.write().is_none()), (None, true));
}

#[tokio::test]
async fn an_entry_that_can_never_be_written_keeps_no_other_from_the_disk() {
    let scribe = Scribe::start(Shelf { poison: Some(Outcome::Gone), ..Shelf::default() });
    let scribe = scribe.expect("a thread");
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    outbox.put(Some(case(1)), body(Outcome::Gone), Duration::ZERO);
    outbox.put(Some(case(2)), body(Outcome::Cleared), Duration::ZERO);
    let mut written = outbox.write().expect("two").await;
    assert_eq!(outbox.take_back(&mut written, Duration::ZERO), []);
    outbox.put(Some(case(3)), body(Outcome::Intended), Duration::ZERO);
    let mut written = outbox.write().expect("three").await;
    let no = || Err(StoreError::Failed("no".to_owned()));
    assert_eq!(ends(&written), [(1, no()), (2, Ok(1)), (3, Ok(2))]);
    assert_eq!((outbox.take_back(&mut written, Duration::ZERO), outbox.waiting()), (vec![], 1));
}

#[tokio::test]
async fn of_too_many_the_oldest_are_given_up_and_with_the_thread_all() {
    let scribe = Scribe::start(Shelf::default()).expect("a thread");
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    shut(&scribe, Some(StoreError::Busy)).await;
    for n in 0..MOST as u64 + 2 {
        outbox.put(Some(case(n)), body(Outcome::Held), Duration::ZERO);
    }
    let mut written = outbox.write().expect("many").await;
    assert_eq!(outbox.take_back(&mut written, Duration::ZERO), [Some(case(0)), Some(case(1))]);
    assert_eq!((outbox.waiting(), outbox.given_up), (MOST, 2));
    let mut last = outbox.go_to(None).expect("what rests goes").await;
    assert_eq!(outbox.take_back(&mut last, Duration::ZERO), [], "nobody there hears of it");
    assert!(!outbox.is_of_now(&last));
    assert_eq!((outbox.waiting(), outbox.given_up, outbox.due()), (0, 0, None));
}

#[tokio::test]
async fn whether_it_can_be_written_again_is_tried_with_nothing_to_write() {
    let scribe = Scribe::start(Shelf::default()).expect("a thread");
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    shut(&scribe, Some(StoreError::Full)).await;
    outbox.put(Some(case(1)), body(Outcome::Intended), Duration::ZERO);
    let mut written = outbox.write().expect("one").await;
    assert_eq!((outbox.take_back(&mut written, Duration::ZERO), outbox.waiting()), (vec![], 0));
    let mut tried = outbox.write().expect("it is tried").await;
    assert_eq!((tried.rows.len(), tried.how.clone()), (0, Err(StoreError::Full)));
    assert_eq!(outbox.take_back(&mut tried, Duration::ZERO), []);
    shut(&scribe, None).await;
    assert_eq!(outbox.write().expect("it is tried").await.how, Ok(()));
    assert!(outbox.write().is_none() && said(&scribe).await.is_empty());
}

#[tokio::test]
async fn what_is_behind_one_that_fails_does_not_take_its_place() {
    let scribe = Scribe::start(Shelf::default()).expect("a thread");
    let mut outbox = Outbox::default();
    assert!(outbox.go_to(Some(scribe.clone())).is_none());
    shut(&scribe, Some(StoreError::Busy)).await;
    outbox.put(Some(case(1)), body(Outcome::Cleared), Duration::ZERO);
    let first = outbox.write().expect("one");
    let open = scribe.ask(|shelf| {
        shelf.shut = None;
        Ok(())
    });
    outbox.put(Some(case(2)), body(Outcome::Held), Duration::ZERO);
    let second = outbox.write().expect("another");
    let (mut first, _, mut second) = (first.await, open.await, second.await);
    assert_eq!(ends(&second), [(2, Err(StoreError::Busy))], "though the disk takes it");
    assert_eq!(outbox.take_back(&mut first, Duration::ZERO), []);
    assert_eq!(outbox.take_back(&mut second, Duration::ZERO), []);
    assert_eq!(ends(&outbox.write().expect("both").await), [(1, Ok(1)), (2, Ok(2))]);
}
