//! The procedure's checks: well, not well, and not known.

use std::sync::Arc;

use super::*;
use crate::app::state::{Board, Post};

fn check(room: &Room, asks: &str, well: Option<bool>, found: &str) {
    let all = room.state.routine();
    let check = all.iter().find(|c| c.asks == asks).expect("it is asked");
    assert!(check.well == well && check.found.contains(found), "{check:?}");
}

#[test]
fn what_is_not_known_is_not_called_well() {
    let mut room = Room::new(&["a", "b"]);
    for c in room.state.routine() {
        assert_eq!(c.well, None, "{c:?}");
    }
    room.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: None }));
    room.hear(Event::Panes(vec![pane(0, "a")]));
    check(&room, "all sessions are active", Some(false), "without an agent: b");
    room.hear(Event::Panes(vec![pane(0, "a"), pane(1, "b")]));
    check(&room, "all sessions are active", Some(true), "all 2");
    let board = |preset: &str, trouble: Option<&str>| {
        let board = Board {
            post: Post::Acting,
            preset: preset.to_owned(),
            trouble: trouble.map(str::to_owned),
            ..Board::default()
        };
        Event::Board(Arc::new(board))
    };
    room.hear(board("sop", None));
    check(&room, "auto-confirm is running", Some(true), "sop");
    room.hear(board("watch", None));
    check(&room, "auto-confirm is running", Some(false), "only watches");
    room.hear(board("sop", Some("the disk is full")));
    check(&room, "auto-confirm is running", Some(false), "disk");
}
