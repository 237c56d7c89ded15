//! Where not all sessions fit on one page, who needs a person comes first.

use super::*;
use crate::app::event::{Mouse, MouseAct};
use crate::app::state::Order;

/// Six sessions, of which the fourth and the sixth ask, the sixth for longer.
fn six() -> Room {
    let mut room = Room::with(&["a", "b", "c", "d", "e", "f"]);
    for name in ["a", "b", "c", "e"] {
        room.set(name, Status::Working, 10);
    }
    room.set("d", Status::Question, 50);
    room.set("f", Status::Permission, 40);
    room
}

#[test]
fn who_needs_a_person_comes_first_where_pages_turn_and_nothing_jumps_where_all_fit() {
    let mut room = six();
    room.drawn(3, 6);
    assert_eq!(room.shown(), ["a", "b", "c", "d", "e", "f"]);
    room.drawn(2, 4);
    assert_eq!(
        room.shown(),
        ["f", "d", "a", "b", "c", "e"],
        "the longest wait first, all others as they were"
    );
    room.set("d", Status::Working, 100);
    assert_eq!(room.shown(), ["f", "a", "b", "c", "d", "e"], "it was answered: back to its place");
    room.drawn(3, 6);
    assert_eq!(room.shown(), ["a", "b", "c", "d", "e", "f"], "a larger terminal");
}

#[test]
fn every_order_but_that_by_urgency_is_kept_behind_those_who_wait() {
    let mut room = six();
    room.drawn(2, 4);
    room.press("order");
    assert_eq!(room.state.grid.order, Order::Urgency);
    assert_eq!(room.shown(), ["f", "d", "a", "b", "c", "e"]);
    room.press("order");
    assert_eq!(room.state.grid.order, Order::Tier);
    assert_eq!(room.shown(), ["f", "d", "a", "b", "c", "e"]);
}

#[test]
fn keys_and_clicks_go_by_the_order_that_is_drawn() {
    let mut room = six();
    room.press("first");
    room.drawn(2, 4);
    assert_eq!(room.focused(), "a", "the focus stays with its session");
    room.press("move-left");
    assert_eq!(room.focused(), "d");
    room.press("focus-1");
    assert_eq!(room.focused(), "f");
    room.press("focus-4");
    assert_eq!(room.focused(), "b");
    room.press("page-next");
    assert_eq!((room.focused(), room.state.grid.page), ("e", 1));
    room.drawn(2, 4);
    room.press("focus-1");
    assert_eq!(room.focused(), "c");
    room.press("first");
    room.drawn(2, 4);
    room.hear(Event::Mouse(Mouse { act: MouseAct::Press, x: 12, y: 2 }));
    assert_eq!(room.focused(), "d");
}

/// What waits when it is started is on the first page that is seen; from the first key on the focus is a person's.
#[test]
fn nobody_has_touched_anything_and_the_most_urgent_is_looked_at() {
    let mut room = six();
    room.drawn(1, 1);
    room.hear(Event::Woke);
    assert_eq!((room.focused(), room.state.grid.page), ("f", 0));
    room.set("f", Status::Working, 101);
    room.hear(Event::Woke);
    assert_eq!(room.focused(), "d");
    room.press("move-right");
    assert_eq!(room.focused(), "a");
    room.set("f", Status::Question, 102);
    room.hear(Event::Woke);
    assert_eq!(room.focused(), "a");
}

/// Whoever answers one after the other sees the page stay where it is.
#[test]
fn who_was_answered_keeps_its_place_until_the_focus_goes_on() {
    let mut room = six();
    room.drawn(1, 2);
    room.press("first");
    room.hear(Event::Woke);
    assert_eq!((room.shown(), room.focused()), (vec!["f", "d", "a", "b", "c", "e"], "f"));
    room.set("f", Status::Working, 60);
    room.hear(Event::Woke);
    assert_eq!((room.shown(), room.focused()), (vec!["f", "d", "a", "b", "c", "e"], "f"));
    assert_eq!(room.state.grid.page, 0);
    room.press("next-waiting");
    room.hear(Event::Woke);
    assert_eq!((room.shown(), room.focused()), (vec!["d", "a", "b", "c", "e", "f"], "d"));
    assert_eq!(room.state.grid.page, 0);
}

/// `2` and `y` are meant for what stood in the second place: where another one came there a moment ago, `y` says so first.
#[test]
fn whoever_turns_to_a_place_that_has_just_become_anothers_may_mean_the_one_before() {
    let mut room = six();
    let frame = |first: usize| {
        let tiles = (first..first + 2).map(|i| (i, Area { x: 0, y: 1, w: 10, h: 5 })).collect();
        Event::Drew(Areas { tiles, columns: 1, per_page: 2, paged: true, ..Areas::default() })
    };
    room.hear(frame(0));
    room.press("first");
    room.hear(frame(0));
    room.press("focus-2");
    assert_eq!(room.state.aim.map(|(_, since)| since), Some(Duration::ZERO), "nothing moved");
    room.press("first");
    room.set("d", Status::Working, 101);
    room.wait(40);
    room.hear(frame(0));
    let moved = room.state.now.mono;
    room.press("focus-2");
    assert_eq!(room.state.aim.map(|(_, since)| since), Some(moved));
    // A page that is turned by hand moves nothing.
    room.wait(40);
    room.hear(frame(2));
    assert_eq!(room.state.placed, moved);
}

/// A frame knows of a smaller terminal before `update` does: what it drew is what counts from then on.
#[test]
fn the_frame_decides_and_its_areas_tell() {
    let mut room = six();
    room.drawn(3, 6);
    let tiles = vec![(0, Area { x: 0, y: 1, w: 10, h: 5 })];
    let looks =
        room.hear(Event::Drew(Areas { tiles, columns: 1, per_page: 1, paged: true, ..Areas::default() }));
    assert!(looks.contains(&Effect::LookAt(vec![PaneId(5)])), "the first tile was f's: {looks:?}");
    assert_eq!(room.shown()[0], "f");
}
