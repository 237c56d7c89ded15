//! The server comes, goes, is replaced, falls silent, loses its socket: each is told apart, and found again.

use std::time::Duration;

use archtui::domain::server::{Notice, Server};
use rustix::process::Signal;

use crate::support::room::Room;
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

fn up(room: &Room) -> bool {
    matches!(room.server, Some(Server::Up { .. }))
}

fn missing(room: &Room, words: &str) -> bool {
    matches!(&room.server, Some(Server::Missing { why }) if why.contains(words))
}

fn lost(room: &Room) -> bool {
    matches!(room.server, Some(Server::Lost { .. }))
}

#[tokio::test]
async fn a_server_that_starts_later_is_found() {
    let tmux = PrivateTmux::new();
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until("no server is told", |r| missing(r, "no server at")).await;
    assert!(tmux.pid().is_none(), "we start no server");
    room.pass(Duration::from_millis(1500)).await;
    tmux.session("one", "exec cat");
    room.until_settled().await;
    assert!(up(&room));
}

#[tokio::test]
async fn a_killed_server_is_lost_then_missing_then_found_with_new_ids() {
    let tmux = PrivateTmux::new();
    tmux.session("filler", "exec cat");
    let old = tmux.session("one", "printf first; exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let before = room.identity(old);
    tmux.crash();
    room.until("it is lost", lost).await;
    room.until("its stale socket is told", |r| missing(r, "was killed")).await;
    // Ids start again: %0 is another pane now.
    let new = tmux.session("one", "printf second; exec cat");
    room.until("it is up again", up).await;
    room.until("the new panes are told", |r| r.panes.len() == 1).await;
    room.until_shown(new, "second").await;
    assert_ne!(room.identity(new), before);
    assert_eq!(room.panes.len(), 1);
}

#[tokio::test]
async fn a_server_that_ends_politely_is_lost() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    tmux.run(&["kill-server"]);
    room.until("it is lost", lost).await;
    room.until("it is missing", |r| missing(r, "")).await;
}

#[tokio::test]
async fn the_last_session_takes_the_server_with_it() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    tmux.run(&["kill-session", "-t", "=one"]);
    room.until("no sessions are told", |r| missing(r, "no sessions")).await;
    wait_until("the server has ended", || tmux.pid().is_none(), || format!("{:?}", tmux.pid()));
    tmux.session("two", "exec cat");
    room.until("it is up again", up).await;
    room.until_settled().await;
}

#[tokio::test]
async fn an_unlinked_socket_is_told_and_all_goes_on() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session("one", "printf ready; read -r x; echo got it; exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let pid = tmux.pid().expect("it runs");
    let aside = tmux.dir().join("aside");
    std::fs::rename(tmux.socket(), &aside).expect("the socket is renamed");
    room.until(
        "the warning is told",
        |r| matches!(&r.server, Some(Server::Up { warning: Some(w), .. }) if w.contains("kill -USR1")),
    )
    .await;
    assert!(room.pane("one").is_some());
    // The server makes its socket anew; we end up on the same server, without the warning.
    signal(pid, Signal::USR1);
    room.until(
        "all is well again",
        |r| matches!(&r.server, Some(Server::Up { warning: None, pid: p, .. }) if *p == pid),
    )
    .await;
    tmux.run(&["send-keys", "-t", &pane.to_string(), "Enter"]);
    room.until_shown(pane, "got it").await;
}

#[tokio::test]
async fn a_replaced_socket_is_followed() {
    let tmux = PrivateTmux::new();
    tmux.session("old", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let old = tmux.pid().expect("it runs");
    std::fs::remove_file(tmux.socket()).expect("the socket is removed");
    tmux.session("new", "exec cat");
    room.until("the new server's sessions are told", |r| r.pane("new").is_some()).await;
    assert!(room.pane("old").is_none());
    signal(old, Signal::TERM);
}

#[tokio::test]
async fn a_silent_server_is_told_and_heard_again() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let pid = tmux.pid().expect("it runs");
    signal(pid, Signal::STOP);
    room.until(
        "its silence is told",
        |r| matches!(&r.server, Some(Server::Lost { why }) if why.contains("not answered")),
    )
    .await;
    signal(pid, Signal::CONT);
    room.until("it is heard again", up).await;
}

#[tokio::test]
async fn what_is_no_socket_is_unusable() {
    let tmux = PrivateTmux::new();
    std::fs::write(tmux.socket(), "x").expect("a file");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until(
        "it is told",
        |r| matches!(&r.server, Some(Server::Unusable { why }) if why.contains("not a socket")),
    )
    .await;
}

#[tokio::test]
async fn nothing_of_ours_stays() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let names = || tmux.run(&["list-sessions", "-F", "#{session_name}"]);
    assert!(names().contains("_archtui_"), "{}", names());
    drop(room);
    wait_until("our session is gone", || names() == "one", names);
    assert_eq!(tmux.run(&["list-buffers"]), "");
}

#[tokio::test]
async fn a_connection_that_is_detached_or_suspended_by_hand_goes_on() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let client = || tmux.run(&["list-clients", "-F", "#{client_name}"]);
    tmux.run(&["suspend-client", "-t", &client()]);
    tmux.run(&["send-keys", "-t", &pane.to_string(), "still", "Enter"]);
    room.until_shown(pane, "still").await;
    tmux.run(&["detach-client", "-t", &client()]);
    room.until("it is lost", lost).await;
    room.until("it is up again", up).await;
    room.until_settled().await;
}

#[tokio::test]
async fn our_session_killed_by_hand_comes_again() {
    let tmux = PrivateTmux::new();
    tmux.session("one", "exec cat");
    let mut room = Room::new(&tmux, Notice::Auto);
    room.until_settled().await;
    let names = tmux.run(&["list-sessions", "-F", "#{session_name}"]);
    let ours = names.lines().find(|n| n.starts_with("_archtui_")).expect("our session");
    tmux.run(&["kill-session", "-t", &format!("={ours}")]);
    room.until("it is lost", lost).await;
    room.until("it is up again", up).await;
    room.until_settled().await;
}
