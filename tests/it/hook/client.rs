//! `archtui hook` as an agent runs it: whatever happens, exit code 0, nothing on stderr, in time.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use archtui::domain::confirm::HookWord;
use archtui::domain::hook::HookEvent;
use archtui::domain::session::PaneId;
use archtui::ipc::place;
use archtui::ports::Hooks;

use super::{Door, recorded, request};
use crate::support::now;

/// The machine may be busy: so much longer than its limit may a hook take here.
const SLACK: Duration = Duration::from_millis(900);

#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn hook(runtime: &Path, tmux: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
    command
        .args(args)
        .env_clear()
        .env("XDG_RUNTIME_DIR", runtime)
        .env("TMUX", format!("{},1,0", tmux.display()))
        .env("TMUX_PANE", "%7")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn fed(mut command: Command, stdin: &[u8]) -> Child {
    let mut child = command.spawn().expect("it starts");
    // Nobody may read it.
    let _ = child.stdin.take().expect("piped").write_all(stdin);
    child
}

fn ends(child: Child) -> String {
    said(&child.wait_with_output().expect("it ends"))
}

fn said(out: &Output) -> String {
    assert_eq!((out.status.code(), String::from_utf8_lossy(&out.stderr).as_ref()), (Some(0), ""));
    String::from_utf8(out.stdout.clone()).expect("UTF-8")
}

fn request_hook(door: &Door) -> Child {
    fed(hook(&door.runtime, &door.tmux, &["hook", "PermissionRequest"]), request("ls").as_bytes())
}

#[test]
fn the_word_is_printed_as_the_agent_takes_it() {
    let allow =
        r#"{"hookSpecificOutput":{"decision":{"behavior":"allow"},"hookEventName":"PermissionRequest"}}"#;
    let deny = r#"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"not \"here\""},"hookEventName":"PermissionRequest"}}"#;
    let mut door = Door::open();
    for (word, want) in [
        (HookWord::Allow(1), format!("{allow}\n")),
        (HookWord::Deny("not \"here\"".to_owned(), 2), format!("{deny}\n")),
        (HookWord::Release, String::new()),
    ] {
        let child = request_hook(&door);
        let pid = child.id();
        let HookEvent::Asks { id, who, call } = door.next() else { panic!("asks") };
        assert_eq!((who.pid, who.pane), (pid, Some(PaneId(7))));
        assert_eq!(who.ancestors.first(), Some(&std::process::id()));
        assert_eq!(call.dialog().subject.as_deref(), Some("ls"));
        assert!(door.server.answer(id, &word));
        assert_eq!(ends(child), want);
        assert_eq!(door.next(), HookEvent::Closed { id });
    }
}

#[test]
fn other_events_are_told_and_print_nothing() {
    let mut door = Door::open();
    for line in recorded("2.1.330").iter().filter(|l| !l.contains("\"PermissionRequest\"")) {
        let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let event = json["hook_event_name"].as_str().expect("a name");
        let child = fed(hook(&door.runtime, &door.tmux, &["hook", event]), line.as_bytes());
        assert!(matches!(door.next(), HookEvent::Heard { who } if who.pid == child.id()), "{event}");
        assert_eq!(ends(child), "");
    }
}

/// Ends within a limit, without a word.
fn silent(what: &str, limit: Duration, command: Command, stdin: &[u8]) -> Duration {
    let since = now();
    let out = ends(fed(command, stdin));
    let took = since.elapsed();
    assert_eq!(out, "", "{what}");
    assert!(took < limit + SLACK, "{what}: {took:?}");
    took
}

#[test]
fn without_an_actor_it_ends_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let (run, tmux) = (dir.path().join("run"), dir.path().join("tmux"));
    fs::write(&tmux, "").expect("written");
    let limit = Duration::from_millis(100);
    let payload = request("ls");
    let ask = |args: &[&str]| hook(&run, &tmux, args);
    let bytes = payload.as_bytes();
    silent("no folder", limit, ask(&["hook", "PermissionRequest"]), bytes);
    silent("no such tmux", limit, hook(&run, Path::new("/none"), &["hook", "PermissionRequest"]), bytes);
    silent("no event", limit, ask(&["hook"]), bytes);
    silent("another event", limit, ask(&["hook", "Stop\n\u{1b}", "--x"]), bytes);
    silent("garbage", limit, ask(&["hook", "PermissionRequest"]), &[0xff; 5000]);
    silent("too much", limit, ask(&["hook", "PermissionRequest"]), &vec![b' '; 3 << 20]);
    silent("through clap", limit, ask(&["--theme", "x", "hook", "PermissionRequest"]), bytes);
    let mut bare = ask(&["hook", "PermissionRequest"]);
    bare.env_clear();
    silent("no environment", limit, bare, bytes);

    let stale = place::make(&[run.join("archtui")], &tmux).expect("a place");
    drop(UnixListener::bind(stale).expect("bound"));
    silent("a dead actor's socket", limit, ask(&["hook", "PermissionRequest"]), bytes);
}

#[test]
fn an_input_that_does_not_end_holds_nobody_up() {
    let door = Door::open();
    for (event, limit) in [("PermissionRequest", 1000), ("Stop", 100)] {
        let since = now();
        let mut child = hook(&door.runtime, &door.tmux, &["hook", event]).spawn().expect("it starts");
        let open = child.stdin.take();
        assert_eq!(ends(child), "");
        assert!(since.elapsed() < Duration::from_millis(limit) + SLACK, "{event}: {:?}", since.elapsed());
        drop(open);
    }
    let mut closed = hook(&door.runtime, &door.tmux, &["hook", "PermissionRequest"]);
    closed.stdin(Stdio::null());
    assert_eq!(said(&closed.output().expect("it runs")), "");
}

/// Something that is no archtui listens.
fn beside(door: &Door) -> (PathBuf, PathBuf, UnixListener) {
    let run = door.runtime.join("other");
    let path = place::make(&[run.join("archtui")], &door.tmux).expect("a place");
    (run, path.clone(), UnixListener::bind(path).expect("bound"))
}

#[test]
fn an_actor_that_hangs_costs_its_limit_and_no_more() {
    let door = Door::open();
    let (run, _, _listener) = beside(&door);
    let took = silent(
        "accepts nobody",
        Duration::from_secs(1),
        hook(&run, &door.tmux, &["hook", "PermissionRequest"]),
        request("ls").as_bytes(),
    );
    assert!(took > Duration::from_millis(900), "it waits for a word: {took:?}");
    let long = request(&"x".repeat(900_000));
    let ask = hook(&run, &door.tmux, &["hook", "PermissionRequest"]);
    silent("reads nothing", Duration::from_secs(1), ask, long.as_bytes());
    silent("not asked", Duration::from_millis(100), hook(&run, &door.tmux, &["hook", "Stop"]), b"{}");
}

#[test]
fn an_actor_that_talks_nonsense_or_dies_is_no_actor() {
    let door = Door::open();
    let (run, _, listener) = beside(&door);
    let long = vec![b'x'; 1 << 20];
    let words: [&[u8]; 7] = [
        b"",
        b"\n",
        b"{\"word\":\"allow\",\"entry\":1}",
        b"{\"word\":\"allow\"}\n",
        b"{\"word\":\"allow\",\"entry\":1}}\n",
        b"yes\n",
        &long,
    ];
    for word in words {
        let child = fed(hook(&run, &door.tmux, &["hook", "PermissionRequest"]), request("ls").as_bytes());
        let (mut stream, _) = listener.accept().expect("it comes");
        let _ = stream.read(&mut [0; 4096]).expect("it speaks");
        let _ = stream.write_all(word);
        drop(stream);
        assert_eq!(ends(child), "", "{:?}", String::from_utf8_lossy(&word[..word.len().min(50)]));
    }
}

#[test]
fn a_word_for_an_event_that_does_not_ask_is_not_printed() {
    let door = Door::open();
    let (run, _, listener) = beside(&door);
    for event in ["PreToolUse", "Stop", "permissionrequest"] {
        let child = fed(hook(&run, &door.tmux, &["hook", event]), b"{}");
        let (mut stream, _) = listener.accept().expect("it comes");
        let _ = stream.write_all(b"{\"word\":\"allow\",\"entry\":1}\n");
        assert_eq!(ends(child), "", "{event}");
    }
}

#[test]
fn a_socket_in_a_folder_of_others_is_not_asked() {
    let door = Door::open();
    let (run, path, listener) = beside(&door);
    let folder = path.parent().expect("a folder");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("set");
    listener.set_nonblocking(true).expect("set");
    let ask = hook(&run, &door.tmux, &["hook", "PermissionRequest"]);
    silent("others can write there", Duration::from_millis(100), ask, request("ls").as_bytes());
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn a_reader_that_went_away_is_no_fault() {
    let mut door = Door::open();
    let mut child = request_hook(&door);
    drop(child.stdout.take());
    let HookEvent::Asks { id, .. } = door.next() else { panic!("asks") };
    assert!(door.server.answer(id, &HookWord::Allow(1)));
    assert_eq!(ends(child), "");
}

#[test]
fn an_agent_that_kills_its_hook_takes_the_question_back() {
    let mut door = Door::open();
    let mut child = request_hook(&door);
    let HookEvent::Asks { id, .. } = door.next() else { panic!("asks") };
    child.kill().and_then(|()| child.wait()).expect("killed");
    assert_eq!(door.next(), HookEvent::Closed { id });
    assert!(!door.server.answer(id, &HookWord::Allow(1)));
}

#[test]
fn many_hooks_at_once_are_all_told() {
    let mut door = Door::open();
    let (runtime, tmux) = (door.runtime.clone(), door.tmux.clone());
    let started = thread::spawn(move || {
        let one = |n: u32| {
            let ask = hook(&runtime, &tmux, &["hook", "PermissionRequest"]);
            (n, fed(ask, request(&format!("echo {n}")).as_bytes()))
        };
        (0..24).map(one).collect::<Vec<(u32, Child)>>()
    });
    let mut told = 0;
    while told < 24 {
        if let HookEvent::Asks { id, call, .. } = door.next() {
            let subject = call.dialog().subject.expect("one");
            told += u32::from(door.server.answer(id, &HookWord::Deny(subject, 1)));
        }
    }
    for (n, child) in started.join().expect("started") {
        let out = ends(child);
        assert!(out.contains(&format!("\"message\":\"echo {n}\"")), "{n}: {out}");
    }
}

#[test]
fn it_starts_and_ends_quickly() {
    let mut door = Door::open();
    let mut times: Vec<Duration> = (0..15)
        .map(|_| {
            let since: Instant = now();
            let child = request_hook(&door);
            let HookEvent::Asks { id, .. } = door.next() else { panic!("asks") };
            assert!(door.server.answer(id, &HookWord::Allow(1)));
            assert!(ends(child).contains("allow"));
            let took = since.elapsed();
            assert_eq!(door.next(), HookEvent::Closed { id });
            took
        })
        .collect();
    times.sort();
    assert!(times[0] < Duration::from_millis(50), "{times:?}");
    println!("from start to word: {times:?}");
}
