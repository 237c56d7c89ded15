//! The listening end, with honest and dishonest clients on a real socket.

use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::slice::from_ref;
use std::thread;
use std::time::Duration;

use archtui::domain::confirm::{HookId, HookWord};
use archtui::domain::hook::HookEvent;
use archtui::domain::session::PaneId;
use archtui::evidence::proc::Proc;
use archtui::ipc::server::CONNECTIONS;
use archtui::ipc::{HookServer, client, place};
use archtui::ports::Hooks;
use proptest::prelude::*;

use super::{Door, recorded, request};
use crate::support::now;

/// Asks in a thread of its own; its end has the word.
fn ask(door: &Door, command: &str) -> thread::JoinHandle<Option<HookWord>> {
    let (path, payload) = (door.path.clone(), request(command));
    thread::spawn(move || {
        client::tell(&[path], "PermissionRequest", Some("%7".to_owned()), payload.as_bytes())
    })
}

fn asked(door: &mut Door) -> (HookId, String) {
    match door.next() {
        HookEvent::Asks { id, call, .. } => (id, call.dialog().subject.expect("a command")),
        other => panic!("asks: {other:?}"),
    }
}

#[test]
fn recorded_events_are_heard_and_only_permission_requests_ask() {
    let mut door = Door::open();
    let (mut heard, mut asks) = (0, 0);
    for line in recorded("2.1.34").into_iter().chain(recorded("2.1.330")) {
        let question = line.contains("\"AskUserQuestion\"");
        let event = serde_json::from_str::<serde_json::Value>(&line).expect("JSON")["hook_event_name"]
            .as_str()
            .expect("a name")
            .to_owned();
        let path = door.path.clone();
        let name = event.clone();
        let client =
            thread::spawn(move || client::tell(&[path], &name, Some("%7".to_owned()), line.as_bytes()));
        match door.next() {
            HookEvent::Heard { who } => {
                heard += 1;
                assert!(question || event != "PermissionRequest", "a question has no yes and no");
                assert_eq!(who.pane, Some(PaneId(7)));
                assert_eq!(client.join().expect("ends"), None);
            }
            HookEvent::Asks { id, call, .. } => {
                asks += 1;
                assert_eq!((event.as_str(), call.event.as_str()), ("PermissionRequest", "PermissionRequest"));
                assert!(door.server.answer(id, &HookWord::Release));
                assert_eq!(client.join().expect("ends"), Some(HookWord::Release));
                assert_eq!(door.next(), HookEvent::Closed { id });
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((heard, asks), (22, 6));
}

#[test]
fn who_speaks_is_found_not_believed() {
    let mut door = Door::open();
    let client = ask(&door, "ls");
    let HookEvent::Asks { id, who, .. } = door.next() else { panic!("asks") };
    let line: Vec<u32> = Proc::new(None).ancestry(std::process::id()).iter().skip(1).map(|s| s.pid).collect();
    assert_eq!((who.pid, who.ancestors), (std::process::id(), line));
    assert_eq!((who.pane, who.session_id.as_deref()), (Some(PaneId(7)), Some("s-1")));
    assert!(door.server.answer(id, &HookWord::Allow(3)));
    assert!(!door.server.answer(id, &HookWord::Allow(4)), "told once");
    assert_eq!(client.join().expect("ends"), Some(HookWord::Allow(3)));
    assert_eq!(door.next(), HookEvent::Closed { id });
    assert!(!door.server.answer(id, &HookWord::Allow(5)));
}

#[test]
fn who_gave_up_gets_no_word() {
    let mut door = Door::open();
    let mut stream = UnixStream::connect(&door.path).expect("connected");
    stream.write_all(&frame("PermissionRequest", &request("ls"))).expect("written");
    let (id, _) = asked(&mut door);
    drop(stream);
    // The other side has gone, whether that has been noticed yet or not.
    assert!(!door.server.answer(id, &HookWord::Allow(1)));
    assert_eq!(door.next(), HookEvent::Closed { id });
}

#[test]
fn who_waits_longer_than_a_hook_does_is_let_go() {
    let mut door = Door::open();
    let mut stream = UnixStream::connect(&door.path).expect("connected");
    stream.write_all(&frame("PermissionRequest", &request("ls"))).expect("written");
    let (id, _) = asked(&mut door);
    let since = now();
    assert_eq!(door.next(), HookEvent::Closed { id });
    assert!(since.elapsed() >= Duration::from_secs(1), "a hook that is slow may still be told");
}

/// A message as a client of ours sends it.
fn frame(event: &str, payload: &str) -> Vec<u8> {
    let body = format!("{{\"v\":1,\"say\":\"hook\",\"event\":\"{event}\",\"pane\":null}}\n{payload}");
    let mut frame = u32::try_from(body.len()).expect("short").to_be_bytes().to_vec();
    frame.extend_from_slice(body.as_bytes());
    frame
}

fn word_for(n: u64) -> HookWord {
    if n.is_multiple_of(2) { HookWord::Allow(n) } else { HookWord::Deny(format!("no {n}"), n) }
}

#[test]
fn two_hundred_at_once_get_each_its_own_word() {
    let mut door = Door::open();
    let clients: Vec<_> = (0..200).map(|n| ask(&door, &format!("echo {n}"))).collect();
    let mut closed = HashSet::new();
    let mut open = HashSet::new();
    while closed.len() < 200 {
        match door.next() {
            HookEvent::Asks { id, call, .. } => {
                let n: u64 = call.dialog().subject.expect("one")[5..].parse().expect("a number");
                assert!(open.insert(id));
                assert!(door.server.answer(id, &word_for(n)));
            }
            HookEvent::Closed { id } => assert!(open.contains(&id) && closed.insert(id)),
            other => panic!("{other:?}"),
        }
    }
    for (n, client) in (0..).zip(clients) {
        assert_eq!(client.join().expect("ends"), Some(word_for(n)));
    }
}

#[test]
fn a_next_that_is_dropped_loses_nothing() {
    let mut door = Door::open();
    let clients: Vec<_> = (0..40).map(|n| ask(&door, &format!("echo {n}"))).collect();
    let mut seen = HashSet::new();
    let mut closed = 0;
    while closed < 40 {
        match door.within(Duration::from_micros(50)) {
            Some(HookEvent::Asks { id, .. }) => {
                assert!(seen.insert(id));
                assert!(door.server.answer(id, &HookWord::Allow(id.0)));
            }
            Some(HookEvent::Closed { .. }) => closed += 1,
            Some(other) => panic!("{other:?}"),
            None => {}
        }
    }
    let words: HashSet<_> = clients.into_iter().map(|c| format!("{:?}", c.join().expect("ends"))).collect();
    assert_eq!((seen.len(), words.len()), (40, 40));
}

#[test]
fn idle_and_dribbling_clients_keep_nobody_out() {
    let mut door = Door::open();
    let idle: Vec<UnixStream> =
        (0..CONNECTIONS + 50).map(|_| UnixStream::connect(&door.path).expect("connected")).collect();
    let dribble = thread::spawn({
        let path = door.path.clone();
        move || {
            let mut slow = UnixStream::connect(path).expect("connected");
            for byte in frame("PermissionRequest", &request("slow")) {
                if slow.write_all(&[byte]).is_err() {
                    return true;
                }
                thread::sleep(Duration::from_millis(20));
            }
            false
        }
    });
    let since = now();
    let client = ask(&door, "ls");
    let (id, subject) = asked(&mut door);
    assert_eq!(subject, "ls");
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    assert!(door.server.answer(id, &HookWord::Allow(1)));
    assert_eq!(client.join().expect("ends"), Some(HookWord::Allow(1)));
    assert_eq!(door.next(), HookEvent::Closed { id });
    // The slow one is closed long before it is done, and no event comes of it.
    assert_eq!(door.within(Duration::from_millis(500)), None);
    assert!(dribble.join().expect("ends"));
    for mut stream in idle {
        assert_eq!(stream.read(&mut [0; 1]).expect("closed"), 0);
    }
}

#[test]
fn what_does_not_keep_to_the_form_is_closed_and_nobody_else_suffers() {
    let mut door = Door::open();
    let good = frame("PermissionRequest", &request("ls"));
    let mut bad: Vec<Vec<u8>> = (0..good.len()).step_by(7).map(|n| good[..n].to_vec()).collect();
    bad.push(vec![0xff; 64]);
    bad.push([&[0, 0x10, 0, 1][..], &vec![b'{'; 4096]].concat());
    bad.push(frame("PreToolUse", &request("ls")));
    bad.push(frame("PermissionRequest", "not json"));
    bad.push(frame("PermissionRequest", &"[".repeat(500_000)));
    for bytes in bad {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let path = door.path.clone();
        let client = thread::spawn(move || {
            let mut stream = UnixStream::connect(&path).expect("connected");
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            client::wake(from_ref(&path))
        });
        assert_eq!(door.next(), HookEvent::Wake, "{shown}");
        assert!(client.join().expect("ends"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_leave_the_door_open(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..120, with in any::<u8>()) {
        let mut door = Door::open();
        let mut mended = frame("PermissionRequest", &request("ls"));
        mended[at] ^= with;
        for message in [bytes, mended] {
            let mut stream = UnixStream::connect(&door.path).expect("connected");
            let _ = stream.write_all(&message);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            assert!(client::wake(from_ref(&door.path)));
            while door.next() != HookEvent::Wake {}
        }
    }
}

#[test]
fn a_socket_that_is_alive_stays_and_one_of_the_dead_is_replaced() {
    let door = Door::open();
    let mode = |p: &PathBuf| fs::metadata(p).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&door.path), mode(&door.runtime.join("archtui"))), (0o600, 0o700));
    let again = door.rt.block_on(async { HookServer::listen(&door.path) });
    assert_eq!(again.err().map(|e| e.kind()), Some(std::io::ErrorKind::AddrInUse));
    assert!(door.server.stands());

    let left = door.path.with_extension("left");
    drop(UnixListener::bind(&left).expect("bound"));
    assert!(left.exists(), "what a killed actor leaves");
    let new = door.rt.block_on(async { HookServer::listen(&left) }).expect("replaced");
    drop(new);
    assert!(!left.exists(), "what an actor that ends leaves");

    // Somebody replaced ours: it is not ours to remove.
    fs::remove_file(&door.path).expect("removed");
    let _other = UnixListener::bind(&door.path).expect("bound");
    assert!(!door.server.stands());
    let Door { rt, server, path, .. } = door;
    rt.block_on(async { drop(server) });
    assert!(path.exists());
}

#[test]
fn a_folder_or_file_that_is_not_ours_alone_is_not_used() {
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let tmux = at("tmux");
    fs::write(&tmux, "").expect("written");
    fs::create_dir(at("open")).expect("made");
    fs::set_permissions(at("open"), fs::Permissions::from_mode(0o777)).expect("set");
    symlink(dir.path(), at("link")).expect("linked");
    fs::write(at("file"), "").expect("written");
    let long = at(&"x".repeat(120));
    for bad in [at("open"), at("link"), at("file"), long.clone()] {
        assert!(place::make(from_ref(&bad), &tmux).is_err(), "{}", bad.display());
    }
    let made = place::make(&[at("open"), at("good")], &tmux).expect("the next one");
    assert!(made.starts_with(at("good")));
    assert!(place::make(&[at("good")], &at("no-server")).is_err());

    // A socket where others could have put it is not found; a file is none.
    assert_eq!(place::find(&[at("good")], &tmux), [] as [PathBuf; 0]);
    let _alive = UnixListener::bind(&made).expect("bound");
    assert_eq!(place::find(&[at("open"), at("good")], &tmux), from_ref(&made));
    fs::set_permissions(at("good"), fs::Permissions::from_mode(0o770)).expect("set");
    assert_eq!(place::find(&[at("good")], &tmux), [] as [PathBuf; 0]);
}
