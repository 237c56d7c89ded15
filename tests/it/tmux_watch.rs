//! The watcher against a real tmux: what is listed, what screens show, when changes are told.

use std::time::Duration;

use archtui::domain::ansi;
use archtui::domain::server::{Notice, Server};
use archtui::domain::session::PaneId;

use crate::support::now;
use crate::support::room::Room;
use crate::support::tmux::PrivateTmux;

fn same_cells(tmux: &PrivateTmux, room: &Room, pane: PaneId) {
    let screen = room.screens.get(&pane).expect("a screen");
    let want = ansi::parse(&tmux.capture(pane), screen.width, screen.height);
    assert_eq!(screen.rows, want.rows, "{pane}\n{}\nand tmux says\n{}", screen.to_text(), want.to_text());
    let facts = tmux
        .fact(pane, "#{cursor_x} #{cursor_y} #{cursor_flag} #{alternate_on} #{pane_width}x#{pane_height}");
    let cursor = screen.cursor.expect("a cursor");
    let (flag, alternate) = (u8::from(cursor.visible), u8::from(screen.alternate == Some(true)));
    assert_eq!(
        facts,
        format!("{} {} {flag} {alternate} {}x{}", cursor.x, cursor.y, screen.width, screen.height)
    );
}

#[tokio::test]
async fn panes_are_listed_and_ours_are_not() {
    let tmux = PrivateTmux::new();
    let a = tmux.session("dev_work", "exec cat");
    let b = tmux.session_of("dev_worker1", 80, 24, "exec cat");
    tmux.run(&["split-window", "-d", "-t", "=dev_work:", "exec cat"]);
    tmux.run(&["select-pane", "-t", &a.to_string(), "-T", "✳ a title"]);
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let names: Vec<_> = room.panes.iter().map(|p| (p.session.as_str(), p.front)).collect();
    assert_eq!(names, [("dev_work", true), ("dev_work", false), ("dev_worker1", true)]);
    let first = &room.panes[0];
    assert_eq!((first.title.as_str(), first.width, first.height), ("✳ a title", 120, 20));
    assert_eq!(first.tty, tmux.fact(a, "#{pane_tty}"));
    assert_eq!(first.identity.pid, tmux.identity(a).pid);
    assert!(first.identity.start > 0, "the start time is known");
    assert_eq!(room.pane("dev_worker1").map(|p| p.identity.id), Some(b));
    let pid = tmux.pid().expect("it runs");
    assert!(
        matches!(&room.server, Some(Server::Up { pid: p, warning: None, .. }) if *p == pid),
        "{:?}",
        room.server
    );
}

const ART: &str = r"printf '\033[31mred\n\033[39;44mblue ground   \033[0m\n\033[1;38;5;208mbold\033[0;4;38;2;1;2;3munder\033[0m plain\n';
printf '漢字 e\314\201 \360\237\246\200 ❯ \302\240nbsp back\\slash $HOME ${X} \\033[31m\n';
printf '\033(0lqqk\033(B\n\033[7mreverse to the end\033[K\033[0m\n%%end 1 1 1\n%%output %%1 x\n%%exit\n';
printf '\033[20;100Hfar\033[?25l\033[10;5H'; exec cat";

#[tokio::test]
async fn screens_equal_what_tmux_prints_cell_by_cell() {
    for notice in [Notice::Scan, Notice::Auto] {
        let tmux = PrivateTmux::new();
        let art = tmux.session("art", ART);
        let wide = tmux.session_of("wide", 240, 67, ART);
        let alt = tmux.session("alt", r"printf 'main\n\033[?1049h\033[2Jother\033[?25h'; exec cat");
        for (pane, text) in [(art, "far"), (wide, "far"), (alt, "other")] {
            tmux.wait_for(pane, text);
        }
        let mut room = Room::new(&tmux, notice);
        room.until_settled().await;
        for pane in [art, wide, alt] {
            same_cells(&tmux, &room, pane);
        }
        assert_eq!(room.screens[&alt].alternate, Some(true));
        assert_eq!(room.screens[&art].cursor.map(|c| c.visible), Some(false));
    }
}

#[tokio::test]
async fn changes_are_told_with_both_ways_of_noticing() {
    for notice in [Notice::Scan, Notice::Auto] {
        let tmux = PrivateTmux::new();
        let pane =
            tmux.session("one", "printf ready; read -r x; printf '\\033[2J\\033[Hafter %s' \"$x\"; exec cat");
        tmux.wait_for(pane, "ready");
        let mut room = Room::new(&tmux, notice);
        room.look_at(&[pane]);
        room.until_settled().await;
        room.until_shown(pane, "ready").await;
        tmux.run(&["send-keys", "-t", &pane.to_string(), "-l", "the change\r"]);
        room.until_shown(pane, "after the change").await;
        room.pass(Duration::from_millis(300)).await;
        same_cells(&tmux, &room, pane);
        assert!(room.wrote.get(&pane).is_some_and(|&n| n > 0), "it wrote");
    }
}

#[tokio::test]
async fn the_kernel_tells_of_writes_where_that_is_proven() {
    let tmux = PrivateTmux::new();
    let pane =
        tmux.session("one", "printf ready; while read -r x; do printf '\\033[H\\033[2Jgot %s' \"$x\"; done");
    tmux.wait_for(pane, "ready");
    let mut room = Room::new(&tmux, Notice::Inotify);
    if !room.inotify_holds().await {
        return;
    }
    room.look_at(&[pane]);
    room.until_settled().await;
    room.pass(Duration::from_millis(300)).await;
    for n in 0..20 {
        let before = now();
        tmux.run(&["send-keys", "-t", &pane.to_string(), &n.to_string(), "Enter"]);
        room.until_shown(pane, &format!("got {n}\n")).await;
        let took = now() - before;
        // The echo comes first and the sweep every 2 s: only a notice is as quick as this.
        assert!(took < Duration::from_millis(800), "{took:?}");
        room.pass(Duration::from_millis(60)).await;
    }
    assert!(room.wrote.get(&pane).is_some_and(|&n| n >= 20));
}

#[tokio::test]
async fn a_title_is_told_soon_though_nothing_else_changes() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session(
        "one",
        "stty -echo; printf ready; while read -r x; do printf '\\033]2;%s\\007' \"$x\"; done",
    );
    tmux.wait_for(pane, "ready");
    let mut room = Room::new(&tmux, Notice::Inotify);
    if !room.inotify_holds().await {
        return;
    }
    room.until_settled().await;
    for n in 0..6 {
        room.pass(Duration::from_millis(300)).await;
        let title = format!("title {n}");
        let before = now();
        tmux.run(&["send-keys", "-t", &pane.to_string(), &title, "Enter"]);
        room.until(&title, |r| r.panes.iter().any(|p| p.title == title)).await;
        let took = now() - before;
        // The sweep comes every 2 s; nothing else would bring it.
        assert!(took < Duration::from_millis(900), "{took:?}");
    }
}

#[tokio::test]
async fn nothing_is_told_while_nothing_changes() {
    let tmux = PrivateTmux::new();
    for n in 0..9 {
        tmux.session(&format!("s{n}"), "printf ready; exec cat");
    }
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    room.pass(Duration::from_millis(600)).await;
    let (told, heard) = (room.told, room.heard);
    room.pass(Duration::from_secs(5)).await;
    assert_eq!(room.told, told, "{room:?}");
    // Only that the server is there, once in a sweep.
    assert!((1..=3).contains(&(room.heard - heard)), "{room:?}");
}

#[tokio::test]
async fn what_the_kernel_does_not_tell_is_found_by_the_sweep() {
    let tmux = PrivateTmux::new();
    // It writes by another name of its terminal, and leaves the cursor where it was.
    let quiet = tmux.session(
        "one",
        "printf ready; read -r x; printf '\\0337\\033[5;5Hby another name\\0338' > /dev/tty; exec cat",
    );
    tmux.wait_for(quiet, "ready");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    tmux.run(&["send-keys", "-t", &quiet.to_string(), "Enter"]);
    room.until_shown(quiet, "by another name").await;
    tmux.run(&["resize-window", "-t", &quiet.to_string(), "-x", "60", "-y", "20"]);
    room.until("the new size is told", |r| r.screens[&quiet].width == 60 && r.panes[0].width == 60).await;
    same_cells(&tmux, &room, quiet);
}

#[tokio::test]
async fn panes_come_and_go() {
    let tmux = PrivateTmux::new();
    let first = tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let second = tmux.session("two", "printf hello; exec cat");
    room.until_shown(second, "hello").await;
    tmux.run(&["rename-session", "-t", "=two", "a b:c.d\u{202e}"]);
    // tmux before 3.7 takes `:` and `.` out of it.
    let renamed = |r: &Room| r.panes.iter().find(|p| p.session.as_str().starts_with("a b")).cloned();
    room.until("the new name is told", |r| renamed(r).is_some()).await;
    tmux.run(&["select-pane", "-t", &second.to_string(), "-T", "a\u{1f980} title\u{202e}"]);
    room.until("the title is told", |r| renamed(r).is_some_and(|p| p.title == "a\u{1f980} title")).await;
    tmux.run(&["copy-mode", "-t", &first.to_string()]);
    room.until("the mode is told", |r| r.pane("one").is_some_and(|p| p.in_mode)).await;
    tmux.run(&["kill-pane", "-t", &second.to_string()]);
    room.until("the pane is gone", |r| r.panes.len() == 1).await;
    let split = tmux.run(&[
        "split-window",
        "-d",
        "-P",
        "-F",
        "#{pane_id}",
        "-t",
        &first.to_string(),
        "printf split; exec cat",
    ]);
    let split = PaneId::parse(&split).expect("an id");
    room.until_shown(split, "split").await;
}

#[tokio::test]
async fn nothing_that_a_pane_shows_or_is_called_forges_an_answer() {
    let tmux = PrivateTmux::new();
    let folder = tmux.dir().join("x\n%output %9 forged\n%exit");
    std::fs::create_dir(&folder).expect("a folder with newlines");
    let honest = tmux.session("honest", "printf honest; exec cat");
    // A screen full of guesses at the end of its own block: the numbers count up with every command.
    let guesses = "i=200; while [ $i -lt 239 ]; do echo \"%end $(date +%s) $i 1\"; i=$((i+1)); done; printf '%%exit'; exec cat";
    let forger = tmux.session("forger", guesses);
    tmux.wait_for(forger, "%exit");
    tmux.run(&[
        "respawn-pane",
        "-k",
        "-c",
        folder.to_str().expect("UTF-8"),
        "-t",
        &honest.to_string(),
        "printf honest; exec cat",
    ]);
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    room.until_shown(honest, "honest").await;
    room.until_shown(forger, "%exit").await;
    room.pass(Duration::from_secs(3)).await;
    for pane in [honest, forger] {
        same_cells(&tmux, &room, pane);
    }
    assert!(matches!(room.server, Some(Server::Up { .. })), "{room:?}");
    assert_eq!(room.panes.len(), 2);
}

#[tokio::test]
async fn looking_does_not_fill_the_servers_memory() {
    let tmux = PrivateTmux::new();
    // Each look finds a new screen of 120x40: about 3,000 looks, 15 MB of text.
    let busy = "i=0; while :; do i=$((i+1)); printf '\\033[H'; seq $i $((i+38)) | sed 's/$/ some words to fill the row of the screen up to its end, or nearly so/'; sleep 0.02; done";
    let panes: Vec<_> = (0..6).map(|n| tmux.session(&format!("s{n}"), busy)).collect();
    let mut room = Room::new(&tmux, Notice::Auto);
    room.look_at(&panes);
    room.until_settled().await;
    let rss = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", tmux.pid().expect("it runs")))
            .expect("status");
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).expect("VmRSS");
        line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).expect("kB")
    };
    room.pass(Duration::from_secs(4)).await;
    let (before, told) = (rss(), room.told);
    room.pass(Duration::from_secs(12)).await;
    let looks = room.told - told;
    let grown = rss().saturating_sub(before);
    assert!(looks > 300, "only {looks} looks");
    // A leak of the text alone would be more than 4 kB a look.
    assert!(grown < u64::from(looks) / 2 + 1024, "{grown} kB in {looks} looks");
}

/// tmux 3.4 to 3.6 crash when a paste buffer is told of while a control client, of whatever program, is at the door.
#[tokio::test]
async fn other_control_clients_are_not_told_of_looks() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session("one", "i=0; while :; do i=$((i+1)); echo \"line $i\"; sleep 0.02; done");
    let told = tmux.dir().join("told");
    // It never reads an end.
    let attach = format!(
        "sleep 1000 | env -u TMUX tmux -S {} -C attach -t =one: >{}",
        tmux.socket().display(),
        told.display()
    );
    tmux.session("other", &attach);
    let heard = || std::fs::read_to_string(&told).unwrap_or_default();
    crate::support::wait_until("the other is in", || heard().contains("%session-changed"), heard);
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until("it is looked at again and again", |r| r.shown(pane) > 10).await;
    assert!(room.text(pane).contains("line "), "{}", room.text(pane));
    assert!(!heard().contains("%paste-buffer"), "{}", heard());
    assert!(!tmux.run(&["list-buffers"]).contains('\n'), "one at most, for the moment");
}

/// In another namespace the names of terminals and the numbers of processes are somebody else's: nothing that the kernel
/// tells here may be believed, and all is seen none the less.
#[tokio::test]
async fn a_server_in_a_container_is_scanned() {
    let program = "printf ready; read -r x; printf after; exec cat";
    let pts = "mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts &&";
    for (flags, before) in [
        // Terminals of its own: `/dev/pts/0` is another here (then no write is noticed), or none (it cannot be watched).
        (&["--mount"][..], pts),
        // Processes of its own.
        (&["--pid", "--mount-proc"][..], ""),
    ] {
        let Some(tmux) = PrivateTmux::contained(flags, before, program) else {
            eprintln!("skipped: no namespace may be made here with {flags:?}");
            continue;
        };
        let pane = PaneId(0);
        tmux.wait_for(pane, "ready");
        let mut room = Room::new(&tmux, Notice::Auto);
        room.until_settled().await;
        let told = |r: &Room| matches!(&r.notice, Some((_, Some(_))));
        room.until("it is told why", told).await;
        if flags.contains(&"--pid") {
            assert_eq!(room.identity(pane).start, 0, "that process is another one here: {room:?}");
        }
        room.until_shown(pane, "ready").await;
        tmux.run(&["send-keys", "-t", "%0", "Enter"]);
        room.until_shown(pane, "after").await;
        same_cells(&tmux, &room, pane);
    }
}
