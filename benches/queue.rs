//! The queue with ten thousand tasks in it: what every command of the command line and every look of the panel costs.
//! To be answered within 50 ms each, beside the start of the program (about 5 ms).

use std::path::PathBuf;
use std::time::Duration;

use archtui::domain::roster::{Member, Roster, Tier};
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::status;
use archtui::domain::task::{Candidate, Now, Order, Request, Rules, Sender, Sure, TaskId, Wish, entry};
use archtui::store::Store;
use jiff::Timestamp;

fn main() {
    divan::main();
}

const NOW: Now = Now { wall: Timestamp::UNIX_EPOCH, mono: Duration::ZERO };

fn roster() -> Roster {
    let worker = |i| Member { name: format!("w{i}"), tier: Some(Tier::Worker), ..Member::default() };
    Roster { members: (0..200).map(worker).collect(), ..Roster::default() }
}

fn request(text: String) -> Request {
    entry::check(Order::new(text), &Sender::Operator, &roster()).expect("sound")
}

/// A store with ten thousand tasks of 250 characters.
fn full() -> (tempfile::TempDir, PathBuf) {
    let keep = tempfile::tempdir().expect("scratch");
    let dir = keep.path().join("state");
    let mut store = Store::open(&dir, NOW.wall).expect("opens").0;
    let many = (0..10_000).map(|i| request(format!("task {i}: {}", "lorem ipsum ".repeat(20)))).collect();
    store.ask(Rules::default(), Wish::Add(many), NOW).expect("stored").expect("queued");
    (keep, dir)
}

#[divan::bench]
fn send(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let mut store = Store::visit(&dir).expect("a visit");
        let wish = Wish::Add(vec![request(format!("new {n}"))]);
        store.ask(Rules::default(), wish, NOW).expect("stored").expect("queued");
    });
}

#[divan::bench]
fn cancel(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let mut store = Store::visit(&dir).expect("a visit");
        let wish = Wish::Cancel(TaskId(n), Sure::Yes);
        store.ask(Rules::default(), wish, NOW).expect("stored").expect("cancelled");
    });
}

#[divan::bench]
fn list(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    bencher.bench_local(|| Store::read_only(&dir).expect("opens").tasks(200).expect("read"));
}

#[divan::bench]
fn show(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    bencher.bench_local(|| Store::read_only(&dir).expect("opens").task(TaskId(5000)).expect("read"));
}

/// What the panel shows: the order in which tasks will be handed out.
#[divan::bench]
fn panel(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    let desk = Store::visit(&dir).expect("a visit").desk(Rules::default()).expect("read");
    let queue = desk.queue();
    bencher.bench_local(|| queue.order(queue.clock().read(NOW)).len());
}

/// The choice of the next hand-out with 200 sessions, one of them idle.
#[divan::bench]
fn dispatch(bencher: divan::Bencher) {
    let (_keep, dir) = full();
    let desk = Store::visit(&dir).expect("a visit").desk(Rules::default()).expect("read");
    let roster = roster();
    let sessions: Vec<Candidate> = roster
        .members
        .iter()
        .zip(0..)
        .map(|(m, i)| Candidate {
            session: SessionName::new(&m.name),
            pane: PaneIdentity { id: PaneId(i), pid: i + 10, start: 1 },
            member: Some(m.clone()),
            state: if i == 100 { status::State::Idle } else { status::State::Working },
            lasts: Duration::from_secs(60),
            composer_empty: true,
            attended: false,
            context_left: None,
            tree: None,
        })
        .collect();
    bencher.bench_local(|| desk.queue().dispatch(&roster, &sessions, NOW).map(|(id, _)| id));
}
