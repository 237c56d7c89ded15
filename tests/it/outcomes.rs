//! The end of an answer while the disk does not take it: it is written as soon as it can be, in its order, and nobody says
//! of an archtui that lives that it ended.

use archtui::domain::ledger::{Entry, Outcome};
use archtui::domain::session::PaneId;
use archtui::ports::Ledger;
use archtui::store::Store;
use rusqlite::Connection;
use rustix::process::Signal;

use super::actor::{Daemon, Stage};
use crate::support::tmux::signal;
use crate::support::wait_until;

fn database(stage: &Stage) -> Connection {
    let state = stage.root.join("home/.local/state/archtui/fleet");
    Connection::open(state.join("archtui.db")).expect("opens")
}

fn entries(stage: &Stage) -> Vec<Entry> {
    let state = stage.root.join("home/.local/state/archtui/fleet");
    let store = Store::read_only(&state).expect("opens");
    store.since(0, 100).expect("read")
}

fn told(stage: &Stage) -> Vec<(Outcome, Option<u64>)> {
    entries(stage).iter().map(|e| (e.body.outcome, e.body.of)).collect()
}

fn logged(stage: &Stage, what: &str) {
    let log = stage.root.join("home/.local/state/archtui/fleet/archtui.log");
    let text = || std::fs::read_to_string(&log).unwrap_or_default();
    wait_until(what, || text().contains(what), text);
}

/// Somebody else locks the database as soon as the key is out, before its end is written.
fn locked_behind_the_key(stage: &Stage) -> Connection {
    let other = database(stage);
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    assert_eq!(told(stage), [(Outcome::Intended, None)], "the lock came in time");
    logged(stage, "entries of the ledger cannot be written");
    other
}

#[test]
fn an_end_that_could_not_be_written_is_written_when_it_can_be() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--bash-subst--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    let other = locked_behind_the_key(&stage);
    wait_until("the next one is open", || stage.tmux.text(PaneId(0)).contains("1. Yes"), String::new);
    assert_eq!(told(&stage).len(), 1);
    other.execute_batch("ROLLBACK").expect("unlocked");
    wait_until("both are told of", || entries(&stage).len() == 3, || stage.ledger());
    let want = [(Outcome::Intended, None), (Outcome::Cleared, Some(1)), (Outcome::Held, None)];
    assert_eq!(told(&stage), want, "each in its place");
    let (sound, said) = stage.say(&["ledger", "--verify"]);
    assert!(sound && said.contains("the chain holds"), "{said}");
    logged(&stage, "can be written again");
    // What was held meanwhile is a person's to answer.
    let (done, said) = stage.say(&["deny", "worker"]);
    assert!(done && said.starts_with("denied"), "{said}");
    assert_eq!(stage.keys(), "13");
}

#[test]
fn whoever_inherits_an_answer_without_an_end_says_what_he_knows() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let first = Daemon::start(&stage);
    first.until("acting");
    let other = locked_behind_the_key(&stage);
    signal(first.child.id(), Signal::KILL);
    other.execute_batch("ROLLBACK").expect("unlocked");
    let second = Daemon::start(&stage);
    second.until("acting");
    wait_until("it is told", || entries(&stage).len() == 2, || stage.ledger());
    let last = entries(&stage).remove(1).body;
    assert_eq!((last.of, last.outcome), (Some(1), Outcome::Unknown));
    assert!(last.verdict.reason.starts_with("its end was not written"), "{}", last.verdict.reason);
    assert_eq!(stage.keys(), "1");
    drop(first);
}
