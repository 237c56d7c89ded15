//! The counter of the queue on real files, and the clerk at it: what is told, when, and how much that costs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use archtui::app::Event;
use archtui::domain::roster::{Member, Roster};
use archtui::domain::task::{Listing, Now, Order, Refusal, Sender, State, Sure, TaskId, Wish, entry};
use archtui::git::watch::Inotify;
use archtui::ports::Counter as _;
use archtui::store::Store;
use archtui::store::counter::Counter;
use archtui::workers::clerk::{self, Clerk};
use archtui::workers::{WAITING, Workers};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::support::now;

fn at(s: u64) -> Now {
    let wall = Timestamp::from_second(1_800_000_000).expect("in range") + Duration::from_secs(s);
    Now { wall, mono: Duration::from_secs(s) }
}

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("scratch");
    let state = dir.path().join("state");
    std::fs::create_dir(&state).expect("made");
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).expect("ours alone");
    (dir, state)
}

fn orders(texts: &[&str]) -> Wish {
    let roster =
        Roster { members: vec![Member { name: "w1".into(), ..Member::default() }], ..Roster::default() };
    let request = |text: &&str| entry::check(Order::new(*text), &Sender::Operator, &roster).expect("sound");
    Wish::Add(texts.iter().map(request).collect())
}

/// Another program wishes.
fn wish(dir: &Path, wish: Wish, s: u64) -> Result<Vec<TaskId>, Refusal> {
    Counter::wish(dir, wish, at(s)).expect("stored").map(|(granted, _)| granted.ids)
}

fn texts(listing: &Listing) -> Vec<&str> {
    listing.rows.iter().map(|b| b.text.as_str()).collect()
}

#[test]
fn only_what_is_new_is_told() {
    let (_keep, dir) = scratch();
    let mut counter = Counter::new(dir.clone());
    let mut look = |s| counter.look(at(s)).expect("read");
    assert_eq!(look(0), Some(Listing::default()), "no database is an empty queue");
    assert_eq!(look(0), None);
    wish(&dir, orders(&["one", "two"]), 1).expect("queued");
    assert_eq!(look(2).as_ref().map(texts), Some(vec!["one", "two"]));
    assert_eq!(look(3), None, "nothing was written");
    wish(&dir, Wish::Cancel(TaskId(1), Sure::Ask), 4).expect("done");
    let told = look(5).expect("news");
    assert_eq!(texts(&told), ["two", "one"]);
    assert_eq!(told.rows[1].state, State::Cancelled);
    // The other one is the same value as before, not a copy.
    assert_eq!(look(6), None);
    assert!(wish(&dir, Wish::Cancel(TaskId(1), Sure::Ask), 7).is_err());
    assert_eq!(look(8), None, "a refusal changes nothing");
}

#[test]
fn a_file_that_was_set_aside_is_forgotten() {
    let (_keep, dir) = scratch();
    wish(&dir, orders(&["old"]), 0).expect("queued");
    let mut counter = Counter::new(dir.clone());
    assert_eq!(counter.look(at(1)).expect("read").as_ref().map(texts), Some(vec!["old"]));
    for file in std::fs::read_dir(&dir).expect("there") {
        let path = file.expect("a file").path();
        std::fs::rename(
            &path,
            path.with_file_name(format!("aside.{}", path.file_name().expect("a name").display())),
        )
        .expect("moved");
    }
    wish(&dir, orders(&["new"]), 2).expect("queued");
    assert_eq!(counter.look(at(3)).expect("read").as_ref().map(texts), Some(vec!["new"]));
}

#[test]
fn finished_tasks_are_listed_up_to_a_number() {
    let (_keep, dir) = scratch();
    let many: Vec<String> = (0..900).map(|n| format!("task number {n}")).collect();
    let ids = wish(&dir, orders(&many.iter().map(String::as_str).collect::<Vec<_>>()), 0).expect("queued");
    let mut counter = Counter::new(dir.clone());
    assert_eq!(counter.look(at(0)).expect("read").expect("news").rows.len(), 900);
    for (n, id) in ids.iter().enumerate() {
        wish(&dir, Wish::Cancel(*id, Sure::Ask), n as u64).expect("cancelled");
    }
    let told = counter.look(at(1000)).expect("read").expect("news");
    assert_eq!(told.rows.len() + told.older, 900);
    assert!(told.rows.len() <= 625, "{}", told.rows.len());
    assert_eq!(told.rows[0].id, TaskId(900), "the newest are kept");
    // Whoever comes new has as many.
    let fresh = Counter::new(dir).look(at(1001)).expect("read").expect("news");
    assert_eq!((fresh.rows.len(), fresh.older), (500, 400));
}

/// A clerk on a folder; the facts that he tells, and the way of a wish to him.
struct Desk {
    told: mpsc::Receiver<Event>,
    asked: mpsc::Sender<clerk::Asked>,
    workers: Option<Workers>,
}

impl Desk {
    fn open(dir: &Path) -> Self {
        let (facts, told) = mpsc::channel(WAITING);
        let (asked, wished) = mpsc::channel(clerk::ASKED);
        let mut workers = Workers::new(facts.clone());
        let folders = Inotify::new().with_writes();
        workers.spawn(Clerk::new(Counter::new(dir.to_owned()), folders, wished, facts).expect("a thread"));
        Self { told, asked, workers: Some(workers) }
    }

    async fn next(&mut self) -> Event {
        let told = tokio::time::timeout(Duration::from_secs(20), self.told.recv()).await;
        told.expect("the clerk tells in time").expect("the clerk is there")
    }

    async fn listing(&mut self) -> Arc<Listing> {
        loop {
            match self.next().await {
                Event::Tasks(Ok(listing)) => return listing,
                Event::Tasks(Err(why)) => panic!("{why}"),
                _ => {}
            }
        }
    }

    async fn close(mut self) {
        self.workers.take().expect("once").stop(Duration::from_secs(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_is_told_and_nothing_is_asked_for_while_nobody_writes() {
    let (_keep, dir) = scratch();
    let mut desk = Desk::open(&dir);
    assert_eq!(desk.listing().await.rows.len(), 0);
    wish(&dir, orders(&["one"]), 0).expect("queued");
    while desk.listing().await.rows.len() != 1 {}
    // Entries of the ledger, of wishes and of switches lie in the same file: they are no news.
    let mut store = Store::visit(&dir).expect("a visit");
    for n in 0..20 {
        store
            .wish(&archtui::domain::confirm::Ask::Pause, "test", at(n).wall, Duration::from_secs(1))
            .expect("kept");
    }
    wish(&dir, orders(&["two"]), 1).expect("queued");
    let begun = now();
    let rows = desk.listing().await;
    assert_eq!(texts(&rows), ["one", "two"], "the next word is of the next task");
    assert!(begun.elapsed() < Duration::from_secs(1), "the kernel tells: {:?}", begun.elapsed());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_are_answered_under_their_number_and_pages_are_told() {
    let (_keep, dir) = scratch();
    let mut desk = Desk::open(&dir);
    let ask = |n, wish| clerk::Asked::Wish(n, wish);
    for asked in [
        ask(7, orders(&["one"])),
        ask(8, orders(&["one"])),
        clerk::Asked::Page(TaskId(1)),
        clerk::Asked::Page(TaskId(99)),
    ] {
        desk.asked.send(asked).await.expect("taken");
    }
    let mut said = Vec::new();
    while said.len() < 4 {
        match desk.next().await {
            Event::TaskAnswer(n, Ok(Ok(ids))) => said.push(format!("{n} {ids:?}")),
            Event::TaskAnswer(n, Ok(Err(refusal))) => said.push(format!("{n} {}", refusal.what())),
            Event::TaskPage(id, Ok(page)) => {
                said.push(format!("page {id} {} {}", page.task.text, page.log.len()));
            }
            Event::TaskPage(_, Err(why)) => said.push(why),
            _ => {}
        }
    }
    let want = [
        "7 [TaskId(1)]",
        "8 the same text for the same target is task 1 (queued)",
        "page 1 one 1",
        "there is no task 99",
    ];
    assert_eq!(said, want);
    desk.close().await;
}
