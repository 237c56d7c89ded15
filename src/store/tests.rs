//! What the store does when the world does not: no room, no lock.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::domain::confirm::Switches;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(dir.path(), now()).expect("opens").0
}

/// Writes until it fails.
fn fill(store: &mut Store) -> StoreError {
    let mut switches = Switches::default();
    for n in 0..10_000 {
        switches.turn(&crate::domain::session::SessionName::new(&format!("{n:0>200}")), false, "me", now());
        if let Err(e) = store.keep_switches(&switches, "me", now()) {
            return e;
        }
    }
    panic!("it never filled up");
}

#[test]
fn no_room_is_an_error_and_what_was_there_stays() {
    let dir = tempfile::tempdir().expect("scratch");
    let mut store = open(&dir);
    let pages: u32 = store.conn.pragma_query_value(None, "page_count", |r| r.get(0)).expect("pages");
    store.conn.pragma_update(None, "max_page_count", pages + 4).expect("small");
    assert_eq!(fill(&mut store), StoreError::Full);
    let kept = store.switches().expect("readable");
    assert!(!kept.off.is_empty());
    drop(store);
    let mut store = open(&dir);
    assert_eq!(store.switches().expect("kept"), kept);
    store.keep_switches(&Switches::default(), "me", now()).expect("with room it goes on");
}

#[test]
fn a_lock_that_somebody_keeps_is_an_error_after_a_while() {
    let dir = tempfile::tempdir().expect("scratch");
    let mut store = open(&dir);
    store.conn.busy_timeout(Duration::from_millis(20)).expect("set");
    let mut other = Store::visit(dir.path()).expect("a visitor");
    let held = other.conn.transaction_with_behavior(TransactionBehavior::Immediate).expect("locks");
    assert_eq!(store.keep_switches(&Switches::default(), "me", now()).expect_err("locked"), StoreError::Busy);
    assert_eq!(store.switches().expect("reading goes on"), Switches::default());
    drop(held);
    store.keep_switches(&Switches::default(), "me", now()).expect("free again");
}

#[test]
fn it_is_set_up_as_promised() {
    let dir = tempfile::tempdir().expect("scratch");
    let store = open(&dir);
    let reader = Store::read_only(dir.path()).expect("a reader");
    for (conn, pragma, want) in [
        (&store.conn, "journal_mode", "wal"),
        (&store.conn, "synchronous", "2"),
        (&store.conn, "trusted_schema", "0"),
        (&reader.conn, "trusted_schema", "0"),
        (&store.conn, "cell_size_check", "1"),
        (&store.conn, "busy_timeout", "2000"),
        (&reader.conn, "busy_timeout", "2000"),
    ] {
        let got: rusqlite::types::Value =
            conn.pragma_query_value(None, pragma, |r| r.get(0)).expect("a value");
        let got = match got {
            rusqlite::types::Value::Text(t) => t,
            rusqlite::types::Value::Integer(n) => n.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(got, want, "{pragma}");
    }
}

#[test]
fn a_store_can_be_owned_by_a_worker_of_another_thread() {
    fn sent<T: Send>() {}
    sent::<Store>();
}

/// Who visits in the same process must not give up the locks of who is there: the next program to leave would take itself
/// for the last one and remove the log.
#[test]
fn visitors_leave_the_locks_of_others_alone() {
    let keep = tempfile::tempdir().expect("scratch");
    let dir = keep.path().join("state");
    let (store, _) = Store::open(&dir, Timestamp::UNIX_EPOCH).expect("opens");
    let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(dir.join(FILE)).expect("there"));
    let locked = || {
        let me = std::process::id().to_string();
        let all = fs::read_to_string("/proc/locks").expect("Linux");
        let ours = |l: &&str| {
            let words: Vec<&str> = l.split_whitespace().collect();
            words.contains(&me.as_str()) && words.iter().any(|w| w.ends_with(&format!(":{inode}")))
        };
        all.lines().filter(ours).count()
    };
    let before = locked();
    assert!(before > 0, "an open database is locked");
    drop(Store::visit(&dir).expect("a visit"));
    drop(Store::read_only(&dir).expect("a look"));
    assert_eq!(locked(), before);
    drop(store);
}
