//! The watcher beside busy panes: what it shows is true once they are still, it slows nobody, it touches nothing, and it
//! leaves nothing behind however it ends.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use archtui::domain::ansi;
use archtui::domain::server::Notice;
use archtui::domain::session::PaneId;
use rustix::process::Signal;

use crate::support::room::Room;
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{now, wait_until};

/// Prints a coloured burst at odd moments, then a last line, then is still.
const BURSTS: &str = r"n=0; while [ $n -lt 12 ]; do n=$((n+1));
  seq $n $((n+9)) | while read -r i; do printf '\033[3%dm● step %d\033[0m edited \033[1mpart_%d\033[0m\n' $((i%8)) $i $i; done;
  sleep 0.0$((n%7+1)); done; printf 'the last word'; exec cat";

#[tokio::test]
async fn after_any_burst_every_screen_is_true() {
    for notice in [Notice::Auto, Notice::Scan] {
        let tmux = PrivateTmux::new();
        tmux.session("first", "exec cat");
        let mut room = Room::new(&tmux, notice);
        room.until_settled().await;
        let panes: Vec<PaneId> = (0..30).map(|n| tmux.session(&format!("s{n}"), BURSTS)).collect();
        room.look_at(&panes[..10]);
        for pane in &panes {
            room.until_shown(*pane, "the last word").await;
        }
        room.pass(Duration::from_millis(500)).await;
        for pane in &panes {
            let screen = &room.screens[pane];
            let want = ansi::parse(&tmux.capture(*pane), screen.width, screen.height);
            assert_eq!(screen.rows, want.rows, "{pane} {notice:?}\n{}", screen.to_text());
        }
    }
}

/// How far a counting flood has come, and the server's memory in kB.
fn progress(tmux: &PrivateTmux, pane: PaneId) -> (u64, u64) {
    let text = tmux.text(pane);
    let line = text.lines().rev().find(|l| l.ends_with(" words")).unwrap_or_default();
    let count = line.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", tmux.pid().expect("it runs"))).expect("status");
    let rss = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("VmRSS");
    (count, rss.trim().trim_end_matches(" kB").parse().expect("kB"))
}

#[tokio::test]
async fn a_watcher_that_is_stopped_slows_nobody() {
    let tmux = PrivateTmux::new();
    let flood =
        "i=0; while :; do i=$((i+1)); echo \"$i many words and still more words and still more words\"; done";
    let pane = tmux.session("flood", flood);
    tmux.run(&["set-option", "-g", "history-limit", "100"]);
    let mut room = Room::new(&tmux, Notice::Auto);
    room.look_at(&[pane]);
    room.until_settled().await;
    room.pass(Duration::from_millis(500)).await;
    let (first, _) = progress(&tmux, pane);
    room.pass(Duration::from_secs(2)).await;
    let (watched, before) = progress(&tmux, pane);
    // Nobody reads the connection now, as if we had been stopped.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (stopped, after) = progress(&tmux, pane);
    let (watched, stopped) = ((watched - first) / 2, (stopped - watched) / 3);
    assert!(stopped > watched / 4, "{stopped} lines a second while we were stopped, {watched} before");
    assert!(after < before + 5 * 1024, "the server grew from {before} to {after} kB");
    // And it goes on where it was.
    let shown = room.text(pane);
    room.until("it moves on", |r| r.text(pane) != shown).await;
}

#[tokio::test]
async fn nobodys_session_is_touched() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session("one", "printf ready; exec cat");
    let facts = |pane| {
        tmux.fact(pane, "#{session_attached} #{window_width}x#{window_height} #{session_windows} #{pane_title} #{session_name}")
    };
    let options = || {
        tmux.run(&["show-options", "-g"])
            + &tmux.run(&["show-options", "-gw"])
            + &tmux.run(&["show-options", "-s"])
    };
    let (before, options_before) = (facts(pane), options());
    let mut room = Room::new(&tmux, Notice::Auto);
    room.look_at(&[pane]);
    room.until_settled().await;
    room.pass(Duration::from_millis(300)).await;
    assert_eq!((facts(pane), options()), (before, options_before));
    let clients = tmux.run(&["list-clients", "-F", "#{client_control_mode} #{client_flags}"]);
    assert_eq!(clients.lines().count(), 1, "{clients}");
    assert!(clients.contains("no-output") && clients.contains("ignore-size"), "{clients}");
    assert!(tmux.text(pane).starts_with("ready\n"), "nothing was typed");
}

/// `archtui watch` over the server.
fn archtui(tmux: &PrivateTmux) -> Child {
    let mut command = program(tmux, &["watch", "--jsonl"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().expect("archtui starts")
}

/// `archtui` over the server, with a home of its own.
fn program(tmux: &PrivateTmux, args: &[&str]) -> Command {
    let home = tmux.dir().join("home");
    std::fs::create_dir_all(&home).expect("a home");
    #[expect(clippy::disallowed_methods, reason = "a test starts the program itself")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
    command.arg("-S").arg(tmux.socket()).args(args);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", &home).env("TZ", "UTC");
    command.current_dir(&home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn whatever_ends_us_our_session_ends_too() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let names = || tmux.run(&["list-sessions", "-F", "#{session_name}"]);
    for how in [Signal::KILL, Signal::TERM, Signal::HUP] {
        let mut child = archtui(&tmux);
        wait_until("our session is there", || names().contains("_archtui_"), names);
        signal(child.id(), how);
        child.wait().expect("it ended");
        let gone = now();
        wait_until(&format!("our session is gone after {how:?}"), || names() == "one", names);
        assert!(now() - gone < Duration::from_secs(5));
        assert_eq!(tmux.run(&["list-buffers"]), "");
    }
}

/// tmux before 3.7 crashes when a session comes or goes while a control client is half through the door; each look makes a
/// session and ends it. By the program `tmux`, 3.3a did in one of 130 looks of six at a time.
#[test]
#[ignore = "a minute; scripts/prove.sh runs it"]
fn the_server_outlives_a_minute_of_looks_by_six_at_a_time() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    tmux.session("two", "exec cat");
    let server = tmux.pid().expect("it runs");
    let end = now() + Duration::from_secs(60);
    let looks: usize = std::thread::scope(|scope| {
        let six = [(); 6].map(|()| {
            scope.spawn(|| {
                let mut looks = 0;
                while now() < end {
                    let status = program(&tmux, &["status"]).status().expect("archtui starts");
                    assert!(status.success(), "the {looks}. look");
                    looks += 1;
                }
                looks
            })
        });
        six.into_iter().map(|one| one.join().expect("it looks")).sum()
    });
    println!("{looks} looks");
    assert_eq!(tmux.pid(), Some(server));
}

/// tmux before 3.7 crashes when a session is taken from a client that is leaving, as `destroy-unattached` does when any
/// other client ends in that moment: here many do.
#[test]
fn the_server_outlives_us_whoever_else_comes_and_goes() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    tmux.run(&["set-option", "-g", "detach-on-destroy", "off"]);
    tmux.run(&["set-option", "-gw", "remain-on-exit", "on"]);
    let server = tmux.pid();
    let names = || tmux.run(&["list-sessions", "-F", "#{session_name}"]);
    for _ in 0..12 {
        let mut children: Vec<Child> = (0..3).map(|_| archtui(&tmux)).collect();
        wait_until("our sessions are there", || names().matches("_archtui_").count() == 3, names);
        for child in &children {
            signal(child.id(), Signal::KILL);
        }
        wait_until("our sessions are gone", || names() == "one", names);
        for child in &mut children {
            child.wait().expect("it ended");
        }
    }
    assert_eq!(tmux.pid(), server);
}

/// tmux 3.3a crashes when it goes on after two control clients came and left while it was stopped.
#[test]
fn a_server_that_was_stopped_outlives_those_who_knocked_meanwhile() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    tmux.session("two", "exec cat");
    let server = tmux.pid().expect("it runs");
    for how in [Signal::TERM, Signal::KILL, Signal::TERM, Signal::KILL] {
        signal(server, Signal::STOP);
        for _ in 0..2 {
            let mut knocks = archtui(&tmux);
            // Any of its threads may be the one that started its client.
            let any = || {
                let tasks =
                    std::fs::read_dir(format!("/proc/{}/task", knocks.id())).into_iter().flatten().flatten();
                let mut lists =
                    tasks.map(|t| std::fs::read_to_string(t.path().join("children")).unwrap_or_default());
                lists.any(|c| !c.trim().is_empty())
            };
            wait_until("it knocks", any, String::new);
            std::thread::sleep(Duration::from_millis(100));
            // As Ctrl-C does: whatever else is of its group gets it first.
            let group = rustix::process::Pid::from_raw(knocks.id().cast_signed()).expect("a pid");
            let _ = rustix::process::kill_process_group(group, how);
            knocks.wait().expect("it ended");
        }
        signal(server, Signal::CONT);
        wait_until("it goes on", || tmux.pid() == Some(server), String::new);
    }
    assert_eq!(tmux.run(&["list-sessions", "-F", "#{session_name}"]), "one\ntwo");
}

#[test]
fn who_leaves_takes_nobody_along_and_what_was_left_behind_is_cleared_away() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    tmux.session("_archtui_1_1", "exec cat");
    let names = || tmux.run(&["list-sessions", "-F", "#{session_name}"]);
    let mut stays = archtui(&tmux);
    let its = format!("_archtui_{}_1", stays.id());
    wait_until("its session alone is there", || names() == format!("{its}\none"), names);
    for _ in 0..5 {
        let mut leaves = archtui(&tmux);
        let other = format!("_archtui_{}_1", leaves.id());
        wait_until("the other one is there", || names().contains(&other), names);
        signal(leaves.id(), Signal::TERM);
        leaves.wait().expect("it ended");
        wait_until("the other one is gone", || !names().contains(&other), names);
        assert!(names().contains(&its), "{}", names());
    }
    signal(stays.id(), Signal::TERM);
    stays.wait().expect("it ended");
}
