//! How a daemon ends: told to, it is gone within two seconds in whatever state it is, and leaves nothing behind: no lock, no
//! socket, no tmux session, no client. A hang-up is a wish to read the files anew, or the end of its terminal.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::actor::{Daemon, Stage};
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{now, wait_until};

/// So long it may take: two seconds, and the time that a busy machine takes.
const END: Duration = Duration::from_secs(8);
/// A dialog that is a person's.
const HELD: &[&str] = &["permission--bash-subst--80x24.ansi"];

/// True once it listens for signals.
fn listens(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|l| l.strip_prefix("SigCgt:"));
    let mask = mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok()).unwrap_or(0);
    [Signal::TERM, Signal::INT, Signal::HUP, Signal::CONT].iter().all(|s| mask & (1 << (s.as_raw() - 1)) != 0)
}

/// The processes that it started and that still run.
fn children(pid: u32) -> Vec<u32> {
    let mut all = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let of_task = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        all.extend(of_task.split_whitespace().filter_map(|p| p.parse::<u32>().ok()));
    }
    all
}

/// Ends it by a signal and looks at what is left.
fn ends(what: &str, stage: &Stage, child: &mut Child, how: Signal) {
    let clients = children(child.id());
    let told = now();
    signal(child.id(), how);
    let mut status = None;
    wait_until(
        &format!("{what}: it ends"),
        || {
            status = child.try_wait().expect("ours");
            status.is_some()
        },
        String::new,
    );
    let took = told.elapsed();
    assert!(took < END, "{what}: it took {took:?}");
    let status = status.expect("it ended");
    assert_eq!((status.code(), status.signal()), (Some(0), None), "{what}: ended of its own");
    leaves_nothing(what, stage, &clients);
}

fn leaves_nothing(what: &str, stage: &Stage, clients: &[u32]) {
    let alive = |p: &&u32| fs::read_to_string(format!("/proc/{p}/stat")).is_ok_and(|s| !s.contains(") Z"));
    wait_until(
        &format!("{what}: its tmux clients are gone"),
        || !clients.iter().any(|p| alive(&p)),
        || format!("{clients:?}"),
    );
    for entry in fs::read_dir(stage.root.join("run/archtui")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.path().extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
        assert_ne!(kind, "sock", "{what}: {name} is left");
        if kind == "lock" {
            let file = fs::File::open(entry.path()).expect("it is ours");
            assert!(file.try_lock().is_ok(), "{what}: {name} is still held");
            assert_eq!(fs::read_to_string(entry.path()).expect("read"), "", "{what}: nobody is named in it");
        }
    }
    if stage.tmux.pid().is_some() {
        let names = || stage.tmux.run(&["list-sessions", "-F", "#{session_name}"]);
        wait_until(&format!("{what}: its session is gone"), || !names().contains("_archtui"), names);
        assert_eq!(stage.tmux.run(&["list-buffers"]), "", "{what}");
    }
}

/// A daemon with an output of its own.
fn daemon(stage: &Stage, out: Stdio) -> Child {
    let child = stage.archtui(&["daemon"]).stdout(out).stderr(Stdio::null()).spawn().expect("it starts");
    wait_until("it listens for signals", || listens(child.id()), String::new);
    child
}

#[test]
fn over_no_server_and_over_one_that_is_gone() {
    for how in [Signal::TERM, Signal::INT] {
        let stage = Stage::new(HELD);
        stage.tmux.crash();
        wait_until("the server is gone", || stage.tmux.pid().is_none(), String::new);
        let mut stale = daemon(&stage, Stdio::null());
        ends("nobody listens on the socket", &stage, &mut stale, how);
        fs::remove_file(stage.tmux.socket()).expect("it was left");
        let mut none = daemon(&stage, Stdio::null());
        ends("no server", &stage, &mut none, how);
        // The folder itself goes while it is watched.
        let nowhere = PrivateTmux::new();
        let mut lost = stage.archtui_over(nowhere.socket(), &["daemon"]).spawn().expect("it starts");
        wait_until("it listens for signals", || listens(lost.id()), String::new);
        drop(nowhere);
        ends("no folder", &stage, &mut lost, how);
    }
    let stage = Stage::new(HELD);
    let mut left = Daemon::start(&stage);
    left.until("acting");
    stage.tmux.crash();
    left.until("no tmux server");
    ends("the server was killed", &stage, &mut left.child, Signal::TERM);
}

#[test]
fn over_a_server_that_says_nothing() {
    let stage = Stage::new(HELD);
    let server = stage.tmux.pid().expect("it runs");
    for how in [Signal::TERM, Signal::INT] {
        let mut acting = Daemon::start(&stage);
        acting.until("acting");
        signal(server, Signal::STOP);
        ends_over_silence("acting", &stage, server, &mut acting.child, how);

        signal(server, Signal::STOP);
        let mut connecting = daemon(&stage, Stdio::null());
        let id = connecting.id();
        wait_until("its client knocks", || !children(id).is_empty(), String::new);
        ends_over_silence("connecting", &stage, server, &mut connecting, how);
    }
}

/// The same where the server must go on before it can be asked what is left.
fn ends_over_silence(what: &str, stage: &Stage, server: u32, child: &mut Child, how: Signal) {
    let told = now();
    signal(child.id(), how);
    wait_until(&format!("{what}: it ends"), || child.try_wait().expect("ours").is_some(), String::new);
    assert!(told.elapsed() < END, "{what}: it took {:?}", told.elapsed());
    signal(server, Signal::CONT);
    leaves_nothing(what, stage, &[]);
}

#[test]
fn while_it_acts_and_a_dialog_is_open() {
    let stage = Stage::new(HELD);
    for how in [Signal::TERM, Signal::INT] {
        let mut acting = Daemon::start(&stage);
        acting.until("acting");
        wait_until("the dialog is held", || stage.ledger().contains("held"), || stage.ledger());
        ends("acting", &stage, &mut acting.child, how);
        assert_eq!(stage.keys(), "");
    }
}

#[test]
fn where_nobody_reads_what_it_prints() {
    let stage = Stage::new(HELD);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("set");
    while writer.write(&[b'x'; 4096]).is_ok() {}
    while writer.write(b"x").is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).expect("set");
    let mut full = daemon(&stage, writer.into());
    wait_until("it acts", || stage.ledger().contains("held"), || stage.ledger());
    ends("a full pipe", &stage, &mut full, Signal::TERM);
    drop(reader);
    // Whoever reads goes away: it goes on acting.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut closed = daemon(&stage, writer.into());
    wait_until("it acts", || stage.say(&["pause"]).0, String::new);
    ends("a closed pipe", &stage, &mut closed, Signal::TERM);
}

#[test]
fn with_its_terminal_unless_it_was_to_outlive_it() {
    let stage = Stage::new(HELD);
    let desk = PrivateTmux::new();
    // Alone on its terminal, as a job of a shell that ends with it, and as one that is to stay.
    for (name, line, stays) in [
        ("alone", "exec archtui", false),
        ("job", "archtui & echo pid $!; wait", false),
        ("nohup", "nohup archtui & echo pid $!; wait", true),
    ] {
        let program = line_of(&stage.archtui(&["daemon"]));
        let out = stage.root.join(format!("{name}.out"));
        let line = line.replace("archtui", &format!("{program} >{}", out.display()));
        let pane = desk.session(name, &line);
        let shell: u32 = desk.fact(pane, "#{pane_pid}").parse().expect("a pid");
        let said = || fs::read_to_string(&out).unwrap_or_default();
        wait_until("it acts", || said().contains("acting"), said);
        let pid = if name == "alone" { shell } else { children(shell)[0] };
        let asked = said().matches("read anew").count();
        signal(pid, Signal::HUP);
        wait_until("it reads anew", || said().matches("read anew").count() > asked, said);
        let told = now();
        desk.run(&["kill-pane", "-t", &pane.to_string()]);
        if stays {
            // The hang-up comes, and is a wish like any other; it is not told where it would be the end.
            wait_until(
                "the pane is gone",
                || desk.try_run(&["has-session", "-t", name]).status.code() != Some(0),
                said,
            );
            assert!(listens(pid), "{name}: it stays");
            assert!(stage.say(&["pause"]).0, "{name}: and acts");
            signal(pid, Signal::TERM);
        }
        let gone = || !fs::exists(format!("/proc/{pid}")).unwrap_or(true);
        wait_until(&format!("{name}: it ends with its terminal"), gone, said);
        assert!(stays || told.elapsed() < END, "{name}: it took {:?}", told.elapsed());
        leaves_nothing(name, &stage, &[]);
    }
}

/// The same command as a shell would be given it.
pub fn line_of(command: &Command) -> String {
    let mut line = String::from("env -i");
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            line += &format!(" {}='{}'", name.to_string_lossy(), value.to_string_lossy());
        }
    }
    for word in std::iter::once(command.get_program()).chain(command.get_args()) {
        line += &format!(" '{}'", word.to_string_lossy());
    }
    line
}

/// What was begun has its end, and nothing else was begun; how many keys went out.
fn has_its_end(what: &str, stage: &Stage) -> usize {
    let (all, keys) = (stage.ledger(), stage.keys());
    let count = |word: &str| all.matches(&format!(" {word} ")).count();
    assert_eq!(count("intended"), count("cleared") + count("withdrawn"), "{what}: {keys}\n{all}");
    assert_eq!(keys.len(), count("cleared"), "{what}: {keys}\n{all}");
    keys.len()
}

#[test]
fn it_ends_what_it_has_begun_and_begins_nothing() {
    let mut pressed = 0;
    for trial in 0..12u64 {
        let stage = Stage::new(&["permission--edit--80x24.ansi"]);
        let mut daemon = Daemon::start(&stage);
        daemon.until("acting");
        // Around the moment of the key, and while it is seen to go.
        std::thread::sleep(Duration::from_millis(100 + trial * 20));
        signal(daemon.child.id(), Signal::TERM);
        assert!(daemon.child.wait().expect("it ends").success(), "trial {trial}");
        pressed += has_its_end(&format!("trial {trial}"), &stage);
    }
    assert!(pressed > 0, "none of them had begun");
}

#[test]
fn so_does_a_control_room_that_is_left() {
    let mut pressed = 0;
    for trial in 0..8u64 {
        let stage = Stage::new(&["permission--edit--80x24.ansi"]);
        let at = |name: &str| stage.root.join(name).display().to_string();
        let room = format!(
            "exec env HOME='{}' XDG_RUNTIME_DIR='{}' '{}' -S '{}' --config '{}'",
            at("home"),
            at("run"),
            env!("CARGO_BIN_EXE_archtui"),
            stage.tmux.socket().display(),
            at("archtui.toml"),
        );
        let beside = PrivateTmux::new();
        let pane = beside.session_of("room", 120, 40, &room);
        beside.wait_for(pane, "LIVE sop");
        std::thread::sleep(Duration::from_millis(60 + trial * 40));
        beside.run(&["send-keys", "-t", "room", "q"]);
        let left = || !beside.try_run(&["has-session", "-t", "room"]).status.success();
        wait_until("it is left", left, || beside.text(pane));
        pressed += has_its_end(&format!("trial {trial}"), &stage);
    }
    assert!(pressed > 0, "none of them had begun");
}
