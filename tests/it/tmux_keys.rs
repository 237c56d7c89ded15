//! Typing into real panes: exactly what was meant, into exactly the pane that was meant, or not at all.

use archtui::domain::server::Notice;
use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::domain::stroke::{KeyName, Stroke};
use archtui::ports::{Keyboard, TypeError};

use crate::support::room::Room;
use crate::support::tmux::PrivateTmux;

fn text(s: &str) -> Stroke {
    Stroke::text(s).expect("printable")
}

fn key(s: &str) -> Stroke {
    Stroke::Key(KeyName::new(s).expect("a key"))
}

async fn type_into(room: &mut Room, pane: PaneIdentity, strokes: Vec<Stroke>) -> Result<String, TypeError> {
    let keys = room.keys.clone();
    room.during(keys.type_into(pane, strokes)).await
}

/// A server with one pane that shows every byte it reads, and a room that knows it.
async fn reader(tmux: &PrivateTmux) -> (Room, PaneId) {
    let pane = tmux.session("dev_worker1", "stty raw -echo; printf ready; exec cat -v");
    tmux.wait_for(pane, "ready");
    let mut room = Room::new(tmux, Notice::Scan);
    room.until_settled().await;
    (room, pane)
}

#[tokio::test]
async fn strokes_arrive_byte_by_byte() {
    let tmux = PrivateTmux::new();
    let (mut room, pane) = reader(&tmux).await;
    let identity = room.identity(pane);
    let mut want = "ready".to_owned();
    for (stroke, bytes) in [
        (text("a;b;"), "a;b;"),
        (text(";"), ";"),
        (text("-x --"), "-x --"),
        (text("'\"\\ $HOME ${X} ~ #{pane_id} #(id) {} %1"), "'\"\\ $HOME ${X} ~ #{pane_id} #(id) {} %1"),
        (text("Enter"), "Enter"),
        (text("é漢"), "M-CM-)M-fM-<M-\""),
        (key("1"), "1"),
        (key(";"), ";"),
        (key("-"), "-"),
        (key("'"), "'"),
        (key("{"), "{"),
        (key("#"), "#"),
        (key("Escape"), "^["),
        (key("C-c"), "^C"),
        (key("Up"), "^[[A"),
        (key("Enter"), "^M"),
    ] {
        let command = type_into(&mut room, identity, vec![stroke.clone()]).await.expect("it is typed");
        assert!(command.starts_with("if-shell -F -t %"), "{command}");
        want.push_str(bytes);
        let shown = || tmux.text(pane).replace('\n', "");
        crate::support::wait_until(&format!("{stroke:?} shows as {bytes}"), || shown() == want, shown);
    }
}

#[tokio::test]
async fn a_paste_keeps_its_lines_and_loses_its_escapes() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session("one", r"stty raw -echo; printf 'ready\033[?2004h'; exec cat -vT");
    tmux.wait_for(pane, "ready");
    let mut room = Room::new(&tmux, Notice::Scan);
    room.until_settled().await;
    let (identity, keys) = (room.identity(pane), room.keys.clone());
    let paste = "say \"$HOME\" \\ ;\n\tthen; '} {#(id)\u{1b}[201~\u{7}x";
    room.during(keys.paste_into(identity, paste.to_owned())).await.expect("it is pasted");
    tmux.wait_for(pane, "^[[201~");
    assert_eq!(
        tmux.text(pane).replace('\n', "").trim_end(),
        "ready^[[200~say \"$HOME\" \\ ;^M^Ithen; '} {#(id)[201~x^[[201~"
    );
    assert_eq!(tmux.run(&["list-buffers"]), "", "nothing is left in the server");
}

#[tokio::test]
async fn a_pane_that_must_not_be_typed_into_is_refused() {
    let tmux = PrivateTmux::new();
    let (mut room, pane) = reader(&tmux).await;
    let good = room.identity(pane);
    let id = pane.to_string();
    let other = tmux.session("dev_work", "exec cat");
    room.until("the other is listed", |r| r.pane("dev_work").is_some()).await;
    let gone = Err(TypeError::Gone);

    for (what, before, after, pane, want) in [
        (
            "copy mode",
            vec!["copy-mode", "-t", &id],
            vec!["send-keys", "-t", &id, "-X", "cancel"],
            good,
            Err(TypeError::InMode),
        ),
        (
            "synchronised",
            vec!["set-option", "-w", "-t", &id, "synchronize-panes", "on"],
            vec!["set-option", "-w", "-t", &id, "synchronize-panes", "off"],
            good,
            Err(TypeError::Synchronized),
        ),
        (
            "input off",
            vec!["select-pane", "-d", "-t", &id],
            vec!["select-pane", "-e", "-t", &id],
            good,
            Err(TypeError::Refused("input to that pane is switched off".to_owned())),
        ),
        (
            "another process",
            vec![],
            vec![],
            PaneIdentity { pid: good.pid + 1, start: 0, ..good },
            gone.clone(),
        ),
        ("another start", vec![], vec![], PaneIdentity { start: good.start + 1, ..good }, gone.clone()),
        ("no such pane", vec![], vec![], PaneIdentity { id: PaneId(4711), start: 0, ..good }, gone.clone()),
    ] {
        if !before.is_empty() {
            tmux.run(&before);
        }
        let got = type_into(&mut room, pane, vec![text("x")]).await.map(|_| ());
        assert_eq!(got, want, "{what}");
        if !after.is_empty() {
            tmux.run(&after);
        }
    }
    // The refusals typed nothing, here or into the session whose name is a prefix.
    type_into(&mut room, good, vec![text("end")]).await.expect("it takes keys again");
    tmux.wait_for(pane, "end");
    assert_eq!(tmux.text(pane).trim_end(), "readyend");
    assert_eq!(tmux.text(other).trim_end(), "");
}

#[tokio::test]
async fn a_dead_or_replaced_pane_is_gone() {
    let tmux = PrivateTmux::new();
    let (mut room, pane) = reader(&tmux).await;
    let old = room.identity(pane);
    tmux.run(&["set-option", "-g", "remain-on-exit", "on"]);
    crate::support::tmux::signal(old.pid, rustix::process::Signal::KILL);
    crate::support::wait_until(
        "it is dead",
        || tmux.fact(pane, "#{pane_dead}") == "1",
        || tmux.fact(pane, "#{pane_dead}"),
    );
    assert_eq!(type_into(&mut room, old, vec![key("1")]).await, Err(TypeError::Gone));

    // The same id, another process. (Only a `no-output` client is attached: elsewhere this kills the server.)
    tmux.run(&["respawn-pane", "-t", &pane.to_string(), "stty raw -echo; printf again; exec cat -v"]);
    tmux.wait_for(pane, "again");
    assert_eq!(type_into(&mut room, old, vec![key("1")]).await, Err(TypeError::Gone));
    room.until("the new process is known", |r| r.identity(pane) != old).await;
    room.until_shown(pane, "again").await;
    let new = room.identity(pane);
    type_into(&mut room, new, vec![key("1")]).await.expect("the new one takes keys");
    tmux.wait_for(pane, "again1");
}

#[tokio::test]
async fn without_a_server_nothing_is_typed() {
    let tmux = PrivateTmux::new();
    let mut room = Room::new(&tmux, Notice::Auto);
    let pane = PaneIdentity { id: PaneId(0), pid: 1, start: 0 };
    assert_eq!(type_into(&mut room, pane, vec![key("1")]).await, Err(TypeError::NotConnected));
}
