//! The ledger on real files: what was written is there, in order and unchanged, or it is said where not; killed at any
//! moment it loses nothing that it said was written.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use archtui::domain::confirm::{Answered, Ask, Fate, Lease, Switches, Told};
use archtui::domain::dialog::{Dialog, DialogId, Operation};
use archtui::domain::free_text::Words;
use archtui::domain::ledger::{
    Actor, Body, Book, Channel, Decision, Outcome, Ruling, Said, Scene, Showing, Times,
};
use archtui::domain::policy::Action;
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::stroke::KeyName;
use archtui::ports::{Ledger, StoreError};
use archtui::store::Store;
use archtui::store::lock::{Asked, Holder, Lock, LockName};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::repo::Lab;
use crate::support::wait_until;

/// Set: this process is a child of a test and does what it says, in the folder given.
const CHILD: &str = "ARCHTUI_TEST_CHILD";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
}

fn body(n: u64, outcome: Outcome, of: Option<u64>) -> Body {
    let dialog = Dialog {
        operation: Operation::Bash,
        subject: Some(format!("echo {n} 漢 \u{1b}[31m\nrm -rf build")),
        complete: true,
        ..Dialog::default()
    };
    let scene = Scene {
        host: "box".to_owned(),
        session: SessionName::new("dev_worker1"),
        pane: PaneIdentity { id: PaneId(3), pid: 4711, start: 1 << 40 },
        agent: (n.is_multiple_of(2)).then(|| "claude".to_owned()),
        cwd: Some("/src/app".to_owned()),
    };
    let decision = Decision {
        showing: Showing { content: DialogId(u64::MAX - n), epoch: n },
        of,
        verdict: Ruling { action: Action::Confirm, rule: "read".to_owned(), reason: "reads only".to_owned() },
        why: String::new(),
        actor: if n.is_multiple_of(3) { Actor::Person("operator".to_owned()) } else { Actor::Automation },
        channel: [None, Some(Channel::Key), Some(Channel::Hook)][n as usize % 3],
        key: KeyName::new("1").filter(|_| n % 3 == 1),
        answer: [None, Some(Said::Allow), Some(Said::Deny)][n as usize % 3],
        outcome,
        times: Times {
            seen: Some(Duration::from_micros(900)),
            pressed: (n.is_multiple_of(2)).then(|| Duration::from_micros(1234)),
            cleared: None,
        },
    };
    Body::new(at(n.cast_signed()), &scene, &dialog, decision, &str::to_owned)
}

fn open(dir: &Path) -> Store {
    Store::open(dir, at(0)).expect("opens").0
}

fn filled(dir: &Path, n: u64) -> Store {
    let mut store = open(dir);
    for i in 1..=n {
        store.append(body(i, Outcome::Held, None)).expect("written");
    }
    store
}

fn raw(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("archtui.db")).expect("opens")
}

#[test]
fn what_is_on_disk_is_what_would_be_in_memory() {
    let dir = tempfile::tempdir().expect("scratch");
    let (mut store, mut book) = (open(dir.path()), Book::default());
    let outcomes = [Outcome::Held, Outcome::Intended, Outcome::Cleared, Outcome::Intended, Outcome::Stuck];
    for (i, outcome) in outcomes.into_iter().cycle().take(40).enumerate() {
        let of = (i % 5 == 2).then_some(i as u64);
        let next = body(i as u64, outcome, of);
        assert_eq!(store.append(next.clone()).expect("written"), book.append(next));
    }
    // Several in one go are the same as one by one.
    let several: Vec<Body> = (40..43).map(|i| body(i, Outcome::Intended, None)).collect();
    let want: Vec<_> = several.iter().cloned().map(|b| book.append(b)).collect();
    assert_eq!(store.append_all(several).expect("written"), want);
    assert_eq!(store.append_all(Vec::new()), Ok(Vec::new()));
    let ledgers: [&dyn Ledger; 2] = [&store, &book];
    for ledger in ledgers {
        assert_eq!(ledger.since(0, 100).expect("read"), book.entries());
        assert_eq!(ledger.since(7, 3).expect("read"), book.entries()[7..10]);
        assert_eq!(ledger.unsettled().expect("read"), book.unsettled());
    }
    assert!(!book.unsettled().is_empty());
    let checked = store.verify().expect("followed");
    assert_eq!((checked.entries, checked.end), (43, Ok(book.head())));

    drop(store);
    let mut again = open(dir.path());
    assert_eq!(again.since(0, 100).expect("read"), book.entries(), "after a restart");
    assert_eq!(
        again.append(body(41, Outcome::Held, None)).expect("written"),
        book.append(body(41, Outcome::Held, None)),
        "and it goes on"
    );
    let reader = Store::read_only(dir.path()).expect("a reader");
    assert_eq!(reader.since(0, 100).expect("read"), book.entries(), "beside the writer");
    again.append(body(42, Outcome::Held, None)).expect("written while somebody reads");
    assert_eq!(reader.since(44, 100).expect("read").len(), 1);
}

/// A ledger that was written before answers were written down keeps its chain, and goes on.
#[test]
fn a_ledger_without_answers_is_brought_up_and_still_holds() {
    let dir = tempfile::tempdir().expect("a folder");
    let older = |n| Body { answer: None, ..body(n, Outcome::Held, None) };
    let mut store = open(dir.path());
    (0..6).for_each(|n| drop(store.append(older(n)).expect("written")));
    drop(store);
    raw(dir.path())
        .execute_batch("ALTER TABLE ledger DROP COLUMN answer; PRAGMA user_version = 4;")
        .expect("it is as it was");
    let mut store = open(dir.path());
    store.append(body(7, Outcome::Intended, None)).expect("written");
    let checked = store.verify().expect("read");
    assert_eq!((checked.end.is_ok(), checked.entries), (true, 7), "{:?}", checked.end);
    let last = store.since(6, 9).expect("read");
    assert_eq!(last[0].body.answer, Some(Said::Allow));
}

#[test]
fn who_only_reads_cannot_write() {
    let dir = tempfile::tempdir().expect("scratch");
    drop(filled(dir.path(), 1));
    let mut reader = Store::read_only(dir.path()).expect("a reader");
    assert_eq!(reader.append(body(2, Outcome::Held, None)).expect_err("read-only"), StoreError::ReadOnly);
}

#[test]
fn the_table_itself_refuses_changes() {
    let dir = tempfile::tempdir().expect("scratch");
    let store = filled(dir.path(), 5);
    let hash = store.head().expect("head").hash;
    let conn = raw(dir.path());
    for sql in [
        "UPDATE ledger SET outcome = 'cleared'",
        "DELETE FROM ledger WHERE seq = 5",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 2",
        "INSERT INTO ledger_anchor VALUES (3, zeroblob(32), 3, 0, 0, 0)",
    ] {
        let e = conn.execute(sql, []).expect_err(sql).to_string();
        assert!(e.contains("append-only") || e.contains("anchor") || e.contains("end"), "{sql}: {e}");
    }
    assert_eq!(store.verify().expect("followed").end.expect("holds").hash, hash);
}

#[test]
fn what_was_done_to_it_shows() {
    let guards =
        "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_in_order;";
    for (sql, seq) in [
        ("UPDATE ledger SET verdict = 'hold' WHERE seq = 4", 4),
        ("UPDATE ledger SET subject = NULL WHERE seq = 1", 1),
        ("UPDATE ledger SET pressed_us = 1 WHERE seq = 7", 7),
        ("UPDATE ledger SET outcome = 'no such word' WHERE seq = 3", 3),
        ("UPDATE ledger SET hash = zeroblob(32) WHERE seq = 2", 2),
        ("UPDATE ledger SET hash = zeroblob(3) WHERE seq = 2", 2),
        ("DELETE FROM ledger WHERE seq = 5", 5),
        ("DELETE FROM ledger WHERE seq >= 6", 6),
        ("DELETE FROM ledger", 1),
        (
            "INSERT INTO ledger SELECT 8, of_seq, at_ms, host, session, pane, pid, start, agent, cwd, dialog, operation, subject, asked, verdict, rule, reason, actor, channel, key, outcome, seen_us, pressed_us, cleared_us, hash, answer FROM ledger WHERE seq = 7",
            8,
        ),
        ("UPDATE ledger_head SET seq = 6", 7),
        ("SELECT 1", 7),
    ] {
        let dir = tempfile::tempdir().expect("scratch");
        drop(filled(dir.path(), 7));
        let conn = raw(dir.path());
        conn.execute_batch(guards).expect("no guards");
        conn.execute_batch(sql).expect(sql);
        drop(conn);
        let broken = open(dir.path()).verify().expect("followed").end.expect_err(sql);
        assert_eq!(broken.seq, seq, "{sql}: {broken}");
    }
}

#[test]
fn old_entries_go_one_way_and_the_rest_still_holds() {
    let dir = tempfile::tempdir().expect("scratch");
    let mut store = filled(dir.path(), 20);
    let head = store.head().expect("head");
    assert_eq!(store.before(at(8)).expect("read"), 7);
    assert_eq!(store.let_go(at(0), 100, at(100)).expect("nothing is so old"), 0);
    assert_eq!(store.let_go(at(8), 3, at(100)).expect("let go"), 3, "a few at a time");
    assert!(store.verify().expect("followed").end.is_ok());
    assert_eq!(store.let_go(at(8), 100, at(100)).expect("let go"), 4);
    assert_eq!(store.let_go(at(8), 100, at(100)).expect("let go"), 0);
    assert_eq!(store.since(0, 100).expect("read").first().map(|e| e.seq), Some(8));
    assert_eq!(store.before(at(3)).expect("read"), 7, "before the oldest one there is");
    let checked = store.verify().expect("followed");
    assert_eq!((checked.from.seq, checked.entries, checked.end), (7, 13, Ok(head)));
    // On, and once more, and all.
    store.append(body(21, Outcome::Held, None)).expect("written");
    assert_eq!(store.let_go(at(15), 100, at(100)).expect("let go"), 7);
    assert_eq!(store.let_go(at(1_000), 100, at(2_000)).expect("let go"), 7);
    let checked = store.verify().expect("followed");
    assert_eq!((checked.from.seq, checked.entries, checked.end.map(|a| a.seq)), (21, 0, Ok(21)));
    assert_eq!(store.append(body(22, Outcome::Held, None)).expect("written").seq, 22);
    assert!(store.verify().expect("followed").end.is_ok());
    // A hole behind an anchor still shows.
    let conn = raw(dir.path());
    conn.execute_batch("DROP TRIGGER ledger_no_delete; DELETE FROM ledger WHERE seq = 22").expect("gone");
    assert_eq!(store.verify().expect("followed").end.expect_err("a hole").seq, 22);
}

#[test]
fn switches_and_wishes_survive_and_are_answered_once() {
    let dir = tempfile::tempdir().expect("scratch");
    let mut actor = open(dir.path());
    assert_eq!(actor.switches().expect("none yet"), Switches::default());
    let mut switches = Switches::default();
    switches.grant(Lease::LENGTH, "operator", at(0));
    switches.turn(&SessionName::new("fixer"), false, "operator", at(1));
    actor.keep_switches(&switches, "operator", at(1)).expect("kept");
    drop(actor);
    let mut actor = open(dir.path());
    assert_eq!(actor.switches().expect("kept"), switches);
    raw(dir.path()).execute("UPDATE settings SET value = '{'", []).expect("damaged");
    assert!(actor.switches().is_err(), "what cannot be read is not taken for nothing");

    let mut visitor = Store::visit(dir.path()).expect("a visitor");
    let patience = Duration::from_secs(10);
    let ask = Ask::Approve { session: SessionName::new("fixer"), dialog: None, seen: None };
    let first = visitor.wish(&ask, "operator", at(0), patience).expect("left");
    let second = visitor.wish(&Ask::Pause, "operator", at(5), patience).expect("left");
    assert_eq!(visitor.fate(first, at(6)).expect("read"), Some(Fate::Waiting));
    assert_eq!(visitor.fate(99, at(6)).expect("read"), None);
    let taken = actor.take_wish(at(6)).expect("read").expect("the first");
    assert_eq!((taken.id, taken.ask, taken.who.as_str()), (first, ask, "operator"));
    assert_eq!(visitor.fate(first, at(600)).expect("read"), Some(Fate::Taken));
    let told = Told { done: true, text: "pressed 1".to_owned() };
    actor.answer(first, &told, at(7)).expect("answered");
    let late = Told { done: false, text: "too late".to_owned() };
    assert_eq!(
        actor.orphaned(&late, at(7)).expect("none"),
        0,
        "neither what is answered nor what nobody took"
    );
    assert_eq!(visitor.fate(first, at(600)).expect("read"), Some(Fate::Answered(told)));
    assert_eq!(actor.take_wish(at(15)).expect("read"), None, "the second is over");
    assert_eq!(visitor.fate(second, at(15)).expect("read"), Some(Fate::Expired));

    let strange = visitor.wish(&Ask::Resume, "operator", at(20), patience).expect("left");
    raw(dir.path())
        .execute(r#"UPDATE wishes SET act = '{"ask":"fly"}' WHERE id = ?1"#, [strange])
        .expect("of another version");
    assert_eq!(actor.take_wish(at(21)).expect("read"), None);
    assert!(matches!(
        visitor.fate(strange, at(22)).expect("read"),
        Some(Fate::Answered(Told { done: false, .. }))
    ));

    for i in 0..256 {
        visitor.wish(&Ask::Pause, "a loop", at(30), patience).unwrap_or_else(|e| panic!("{i}: {e}"));
    }
    assert!(visitor.wish(&Ask::Pause, "a loop", at(30), patience).is_err(), "a flood is stopped");
    assert_eq!(actor.forget_wishes(at(31)).expect("forgotten"), 259);
}

#[test]
fn of_a_wish_that_was_taken_or_is_over_no_word_stays() {
    let dir = tempfile::tempdir().expect("scratch");
    let (mut actor, mut visitor) = (open(dir.path()), Store::visit(dir.path()).expect("a visitor"));
    let words = |text: &str| {
        let words = Words::new(text).expect("they can be written");
        let text = Answered { option: None, deny: true, words };
        Ask::Write { session: SessionName::new("fixer"), seen: None, text }
    };
    let (over, ask) = (words("hunter-is-over"), words("password=hunter2 and more"));
    let strange = r#"{"ask":"fly","text":"hunter-of-another-version"}"#;
    visitor.wish(&over, "operator", at(0), Duration::from_secs(1)).expect("left");
    visitor.wish(&ask, "operator", at(5), Duration::from_secs(10)).expect("left");
    let other = visitor.wish(&Ask::Pause, "operator", at(5), Duration::from_secs(10)).expect("left");
    raw(dir.path()).execute("UPDATE wishes SET act = ?1 WHERE id = ?2", (strange, other)).expect("written");
    let taken = actor.take_wish(at(6)).expect("read").expect("it waits");
    assert_eq!(taken.ask, ask, "who acts gets it whole");
    assert_eq!(actor.take_wish(at(6)).expect("read"), None);
    let kept: Vec<String> = {
        let conn = raw(dir.path());
        let mut rows = conn.prepare("SELECT act FROM wishes ORDER BY id").expect("a table");
        rows.query_map([], |r| r.get(0)).expect("rows").map(|r| r.expect("a text")).collect()
    };
    assert_eq!(kept, ["{}", r#"{"ask":"write"}"#, "{}"]);
    drop(visitor);
    raw(dir.path()).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("written over");
    for file in std::fs::read_dir(dir.path()).expect("a folder") {
        let path = file.expect("a file").path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        assert!(!bytes.windows(6).any(|w| w == b"hunter"), "{}", path.display());
    }
}

/// This test binary again, as a child that does one thing in a folder.
#[expect(clippy::disallowed_methods, reason = "a process of our own that can be killed")]
fn child(what: &str, dir: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["ledger::child_of_a_test", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{what}:{}", dir.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

#[test]
#[ignore = "what the other tests here start as a process of their own"]
#[expect(clippy::disallowed_methods, reason = "told by its parent what to do")]
fn child_of_a_test() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (what, dir) = told.split_once(':').expect("what and where");
    let dir = Path::new(dir);
    match what {
        "write" => {
            let mut store = open(dir);
            for n in 1.. {
                let entry = store.append(body(n, Outcome::Intended, None)).expect("written");
                println!("\nwritten {} {}", entry.seq, entry.hash);
            }
        }
        "lock" => {
            let me = Holder::me("box", "the-actor", at(0));
            let Asked::Ours(lock) = Lock::ask(&dir.join("run"), &LockName::of(dir), &me).expect("asked")
            else {
                panic!("it is free");
            };
            println!("\nlocked {}", std::process::id());
            std::thread::sleep(Duration::from_secs(60));
            drop(lock);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn killed_while_it_writes_it_loses_nothing_that_it_said_was_written() {
    let dir = tempfile::tempdir().expect("scratch");
    let mut last = 0;
    for round in 0..6u32 {
        let mut writer = child("write", dir.path());
        let lines = BufReader::new(writer.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let mut said = Vec::new();
        // Killed after a number of entries, and each time at another moment between two.
        for line in lines {
            if let Some(told) = line.strip_prefix("written ") {
                said.push(told.to_owned());
            }
            if said.len() as u32 == 3 + 7 * round {
                std::thread::sleep(Duration::from_micros(u64::from(round) * 333));
                writer.kill().expect("killed");
            }
        }
        assert_eq!(writer.wait().expect("ended").signal(), Some(9));
        let (store, aside) = Store::open(dir.path(), at(0)).expect("opens");
        assert_eq!(aside, None, "nothing is broken");
        let checked = store.verify().expect("followed");
        let head = checked.end.expect("the chain holds");
        let on_disk = store.since(last, 10_000).expect("read");
        for told in &said {
            assert!(on_disk.iter().any(|e| format!("{} {}", e.seq, e.hash) == *told), "lost: {told}");
        }
        assert!(head.seq <= last + said.len() as u64 + 1, "at most one that it could not tell of any more");
        last = head.seq;
    }
}

#[test]
fn one_process_holds_the_lock_until_it_dies() {
    let dir = tempfile::tempdir().expect("scratch");
    let (run, name) = (dir.path().join("run"), LockName::of(dir.path()));
    let me = Holder::me("box", "another", at(9));
    let ask = || Lock::ask(&run, &name, &me).expect("asked");
    assert_eq!(Lock::holder(&run, &name), None);
    let mut holder = child("lock", dir.path());
    let mut lines = BufReader::new(holder.stdout.take().expect("piped")).lines().map_while(Result::ok);
    assert!(lines.any(|l| l.starts_with("locked ")), "the child holds it");

    let Asked::Theirs(Some(who)) = ask() else { panic!("it is held") };
    assert_eq!((who.pid, who.host.as_str(), who.id.as_str()), (holder.id(), "box", "the-actor"));
    assert_eq!(who.since, "2027-01-15T08:00:00Z");
    assert_eq!(Lock::holder(&run, &name), Some(who));
    let other = LockName::of(&dir.path().join("another socket"));
    assert!(matches!(Lock::ask(&run, &other, &me).expect("asked"), Asked::Ours(_)), "another server");

    holder.kill().expect("killed");
    holder.wait().expect("ended");
    let Asked::Ours(lock) = ask() else { panic!("the dead hold nothing") };
    assert!(matches!(ask(), Asked::Theirs(Some(who)) if who.id == "another"), "not even we twice");
    assert!(lock.stands());
    let file = std::fs::read_dir(&run).expect("folder").map(|e| e.expect("entry").path());
    let file: PathBuf =
        file.filter(|p| std::fs::read_to_string(p).is_ok_and(|t| t.contains("another"))).last().expect("it");
    std::fs::remove_file(&file).expect("removed");
    assert!(!lock.stands(), "whoever removes the file ends the holder's right");
    drop(lock);
    assert!(matches!(ask(), Asked::Ours(_)));
    assert_eq!(Lock::holder(&run, &name), None, "let go, and nobody is named");
}

/// A fleet's state folder in a lab, and the program run there.
fn lab() -> (Lab, PathBuf) {
    let lab = Lab::new();
    let dir = lab.path().join("home/.local/state/archtui/fleet");
    (lab, dir)
}

fn archtui(lab: &Lab, args: &[&str]) -> (i32, String, String) {
    let out = lab.archtui(&lab.path(), args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (out.status.code().expect("an exit code"), text(out.stdout), text(out.stderr))
}

#[test]
fn the_command_tells_the_ledger() {
    let (lab, dir) = lab();
    let (code, out, err) = archtui(&lab, &["ledger", "--json"]);
    assert_eq!((code, out.as_str()), (3, ""));
    assert_eq!(err.lines().count(), 2, "what, and what to do: {err}");
    let (code, out, err) = archtui(&lab, &["ledger", "--verify"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (3, "", 2), "{err}");
    assert!(!dir.exists(), "looking makes nothing");

    let mut store = open(&dir);
    let (code, ..) = archtui(&lab, &["ledger"]);
    assert_eq!(code, 3, "a store without entries");
    for n in 1..=3 {
        store.append(body(n, Outcome::Intended, None)).expect("written");
    }
    let (code, out, err) = archtui(&lab, &["ledger", "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(lines.len(), 3);
    let second = &lines[1];
    for (field, want) in [
        ("schema", Value::from("archtui.ledger/1")),
        ("at", "2027-01-15T08:00:02Z".into()),
        ("seq", 2.into()),
        ("session", "dev_worker1".into()),
        ("pane", "%3".into()),
        ("dialog", "fffffffffffffffd-2".into()),
        ("verdict", "confirm".into()),
        ("rule", "read".into()),
        ("channel", "hook".into()),
        ("key", Value::Null),
        ("answer", "deny".into()),
        ("outcome", "intended".into()),
        ("seen_ms", 0.9.into()),
        ("pressed_ms", 1.234.into()),
        ("cleared_ms", Value::Null),
        ("subject", "echo 2 漢 [31m\nrm -rf build".into()),
    ] {
        assert_eq!(second[field], want, "{field}");
    }
    assert_eq!(second["hash"], store.since(1, 1).expect("read")[0].hash.to_string());

    let (code, out, _) = archtui(&lab, &["ledger"]);
    assert_eq!(code, 0);
    assert!(out.lines().count() == 3 && !out.contains('\u{1b}'), "{out}");
    let (code, out, _) = archtui(&lab, &["ledger", "--verify"]);
    assert_eq!(code, 0);
    assert!(out.contains("the chain holds: 3 entries"), "{out}");
    // The entries lie in 2027: younger than a year's span, older than none.
    assert_eq!(archtui(&lab, &["ledger", "--since", "9d"]).0, 0);
    assert_eq!(archtui(&lab, &["ledger", "--since", "soon"]).0, 2);
    assert_eq!(archtui(&lab, &["ledger", "--verify", "--follow"]).0, 2);

    raw(&dir)
        .execute_batch("DROP TRIGGER ledger_no_update; UPDATE ledger SET rule = 'x' WHERE seq = 2")
        .expect("changed");
    let (code, out, _) = archtui(&lab, &["ledger", "--verify", "--json"]);
    let told: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &told["holds"], &told["broken"]["seq"]), (4, &Value::from(false), &Value::from(2)));
    drop(store);
    std::fs::write(dir.join("archtui.db"), "this is no database at all").expect("garbage");
    assert_eq!(archtui(&lab, &["ledger", "--verify"]).0, 4);
    let (code, _, err) = archtui(&lab, &["ledger"]);
    assert_eq!((code, err.lines().count()), (1, 2), "what, and what to do: {err}");
}

#[test]
fn follow_goes_on_with_what_is_written_later() {
    let (lab, dir) = lab();
    let mut store = filled(&dir, 15);
    let mut command = lab.command(env!("CARGO_BIN_EXE_archtui"), &lab.path());
    let mut follower =
        command.args(["ledger", "--follow", "--json"]).stdout(Stdio::piped()).spawn().expect("starts");
    let mut lines = BufReader::new(follower.stdout.take().expect("piped")).lines();
    let mut next = || {
        let line = lines.next().expect("a line").expect("UTF-8");
        serde_json::from_str::<Value>(&line).expect("JSON")["seq"].as_u64().expect("a number")
    };
    assert_eq!((0..10).map(|_| next()).collect::<Vec<_>>(), (6..=15).collect::<Vec<_>>(), "the last ones");
    store.append(body(16, Outcome::Held, None)).expect("written");
    assert_eq!(next(), 16);
    follower.kill().expect("killed");
    follower.wait().expect("ended");
}

#[test]
fn follow_waits_for_the_first_entry_of_all() {
    let (lab, dir) = lab();
    let mut command = lab.command(env!("CARGO_BIN_EXE_archtui"), &lab.path());
    let mut follower =
        command.args(["ledger", "--follow", "--json"]).stdout(Stdio::piped()).spawn().expect("starts");
    let mut store = open(&dir);
    store.append(body(1, Outcome::Held, None)).expect("written");
    let mut lines = BufReader::new(follower.stdout.take().expect("piped")).lines();
    let line = lines.next().expect("it did not end before there was one").expect("UTF-8");
    assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["seq"], 1);
    follower.kill().expect("killed");
    follower.wait().expect("ended");
}

#[test]
fn who_follows_ends_with_who_reads() {
    for args in [&["ledger", "--follow", "--json"][..], &["watch", "--jsonl"]] {
        let (lab, dir) = lab();
        let _store = filled(&dir, 1);
        let mut command = lab.command(env!("CARGO_BIN_EXE_archtui"), &lab.path());
        let mut follower = command.args(args).stdout(Stdio::piped()).spawn().expect("starts");
        let mut lines = BufReader::new(follower.stdout.take().expect("piped")).lines();
        lines.next().expect("a line").expect("UTF-8");
        drop(lines);
        // Nothing more happens that it could tell.
        let mut status = None;
        wait_until(
            &format!("{args:?} ends"),
            || {
                status = follower.try_wait().expect("ours");
                status.is_some()
            },
            String::new,
        );
        assert_eq!(status.and_then(|s| s.code()), Some(0), "{args:?}");
    }
}

#[test]
fn a_state_folder_that_cannot_be_used_is_no_empty_ledger() {
    let (lab, dir) = lab();
    std::fs::create_dir_all(dir.parent().expect("it has one")).expect("made");
    std::fs::write(&dir, "in the way").expect("written");
    for args in [
        &["ledger"][..],
        &["ledger", "--verify"],
        &["ledger", "--follow"],
        &["policy", "replay"],
        &["metrics"],
    ] {
        let (code, out, err) = archtui(&lab, args);
        assert_eq!((code, out.as_str()), (1, ""), "{args:?}: {err}");
        let lines: Vec<&str> = err.lines().collect();
        assert_eq!(lines.len(), 2, "{args:?}: {err}");
        assert!(
            lines[0].contains("cannot be used") && lines[1].contains("XDG_STATE_HOME"),
            "{args:?}: {err}"
        );
    }
}
