//! Wall mode: nothing acts there, everybody comes, who is urgent comes more often, and what is stale says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::app::action::ACTIONS;
use crate::app::event::{Looked, Mouse, MouseAct};
use crate::app::schedule::next_deadline;
use crate::app::state::{Form, Mode, Popup};
use crate::domain::screen::Screen;

/// A room of so many sessions on a terminal of that size, with the wall up.
fn hung(n: usize, size: (u16, u16)) -> Room {
    let names: Vec<String> = (0..n).map(|i| format!("s{i}")).collect();
    let mut room = Room::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    // None of them needs anybody.
    for s in &mut room.state.fleet.sessions {
        s.state = Status::Idle;
    }
    room.hear(Event::Resized(size.0, size.1));
    room.press("wall");
    room
}

fn ask(room: &mut Room, i: usize) {
    let s = &mut room.state.fleet.sessions[i];
    (s.state, s.since) = (Status::Question, room.at);
}

fn page(room: &Room) -> Vec<String> {
    let page = room.state.wall.page.as_ref().expect("the wall is up");
    let label = |key: &crate::app::state::SessionKey| {
        room.state.fleet.sessions.iter().find(|s| s.key() == *key).map(|s| s.label.clone())
    };
    page.sessions.iter().map(|key| label(key).expect("it exists")).collect()
}

/// Time goes on for so long, a second a time, with news.
fn pass(room: &mut Room, seconds: u64) {
    for _ in 0..seconds {
        room.wait(1000);
        room.hear(Event::Heard);
        room.hear(Event::Woke);
    }
}

#[test]
fn no_key_acts_on_a_wall() {
    for only in [false, true] {
        for row in &ACTIONS {
            let mut room = hung(3, (120, 40));
            room.state.wall.only = only;
            ask(&mut room, 0);
            let before = format!("{:?} {:?} {:?}", room.state.grid, room.state.open_panel, room.state.tasks);
            let effects = room.press(row.name);
            let leaves = !only && matches!(row.action, Action::Wall | Action::Back);
            assert_eq!(room.state.wall.is_up(), !leaves, "{}", row.name);
            match row.action {
                Action::Quit => assert_eq!(effects, [Effect::Quit]),
                _ => assert_eq!(effects, [], "{}", row.name),
            }
            assert_eq!(
                (&room.state.mode, room.state.popup.is_some()),
                (&Mode::Normal, false),
                "{}",
                row.name
            );
            let after = format!("{:?} {:?} {:?}", room.state.grid, room.state.open_panel, room.state.tasks);
            assert_eq!(before, after, "{}", row.name);
        }
    }
}

#[test]
fn the_mouse_and_pasted_text_do_nothing() {
    let mut room = hung(3, (120, 40));
    let tiles = vec![(1, Area { x: 0, y: 0, w: 120, h: 40 })];
    room.hear(Event::Drew(Areas { tiles, ..Areas::default() }));
    let focus = room.state.grid.focus.clone();
    for act in [MouseAct::Press, MouseAct::Press, MouseAct::WheelDown, MouseAct::WheelUp] {
        assert_eq!(room.hear(Event::Mouse(Mouse { act, x: 5, y: 5 })), []);
    }
    assert_eq!(room.hear(Event::Paste("y".into())), []);
    assert!(room.state.wall.is_up() && room.state.grid.focus == focus && !room.state.grid.zoomed);
}

#[test]
fn nothing_stands_still_behind_a_wall_and_the_room_comes_back_as_it_was() {
    let mut room = Room::with(&["a", "b"]);
    room.press("move-right");
    room.press("freeze");
    room.press("panel-tasks");
    room.press("wall");
    assert!(!room.state.grid.frozen, "a wall that is frozen would look alive");
    room.press("back");
    assert_eq!((room.focused(), room.state.open_panel), ("b", Some(PanelId::Tasks)));
}

#[test]
fn a_text_that_was_not_queued_is_asked_about_where_it_can_be_seen() {
    let mut room = hung(2, (120, 40));
    let mut form = Form::new(crate::app::state::form::Kind::New, "s0");
    form.paste("write the release notes");
    room.state.tasks.drafts = vec![form];
    assert_eq!(room.press("quit"), []);
    assert!(!room.state.wall.is_up() && matches!(room.state.popup, Some(Popup::Ask(_))));
}

#[test]
fn a_dialog_that_hung_on_the_wall_was_not_seen_in_the_room() {
    let mut room = hung(2, (120, 40));
    ask(&mut room, 0);
    let tiles = vec![(0, Area { x: 0, y: 0, w: 60, h: 40 })];
    let looks = room.hear(Event::Drew(Areas { tiles, ..Areas::default() }));
    assert!(
        matches!(&looks[..], [Effect::LookAt(panes), ..] if *panes == [PaneId(0)]),
        "what hangs there is kept fresh"
    );
    assert!(room.state.drawn.is_empty());
    room.press("wall");
    assert!(room.state.drawn.is_empty());
}

#[test]
fn where_all_fit_nobody_moves() {
    let mut room = hung(9, (120, 40));
    let before = page(&room);
    assert_eq!(before.len(), 9);
    ask(&mut room, 7);
    pass(&mut room, 60);
    assert_eq!(page(&room), before);
    assert_eq!(room.state.wall_turns_at(), None);
}

#[test]
fn a_filter_hides_nobody_from_a_wall() {
    let mut room = Room::with(&["a", "b"]);
    room.state.grid.filter.insert("nobody");
    room.press("wall");
    assert_eq!(room.state.shown().len(), 2);
    assert_eq!(page(&room).len(), 2);
}

#[test]
fn everybody_comes_and_who_needs_you_stays() {
    // 120x40 has nine places.
    for (n, urgent) in [(20, 0), (20, 1), (50, 3), (50, 8), (50, 30), (200, 50), (200, 200)] {
        let mut room = hung(n, (120, 40));
        for i in 0..urgent {
            room.wait(1);
            ask(&mut room, i * n / urgent);
        }
        room.wait(1000);
        room.hear(Event::Woke);
        pass(&mut room, 13);
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        let mut turns = 0;
        let mut since = Duration::ZERO;
        while turns < 3 * n as u32 {
            let now = room.state.wall.page.as_ref().expect("up").since;
            if now != since {
                (since, turns) = (now, turns + 1);
                let page = page(&room);
                assert_eq!(page.len(), 9);
                if urgent > 0 {
                    assert_eq!(page[0], "s0", "the longest wait is on every page, and first");
                }
                for label in page {
                    *times.entry(label).or_default() += 1;
                }
            }
            pass(&mut room, 1);
        }
        assert_eq!(times.len(), n, "{urgent} of {n} are urgent: everybody came");
        let of = |urgent: bool| {
            let its = room.state.fleet.sessions.iter().filter(|s| (s.state == Status::Question) == urgent);
            its.map(|s| times[&s.label]).collect::<Vec<_>>()
        };
        let (most, least) = (of(false).into_iter().max().unwrap_or(0), of(true).into_iter().min());
        assert!(least.is_none_or(|least| least + 1 >= most), "{urgent} of {n}: {least:?} {most}");
        if (1..=6).contains(&urgent) {
            assert!(of(true).iter().all(|t| *t == turns), "all of them are on every page");
        }
    }
}

#[test]
fn a_single_place_goes_round_and_is_the_urgent_ones_two_times_of_three() {
    let mut room = hung(4, (30, 9));
    assert_eq!(page(&room).len(), 4, "lines");
    room.hear(Event::Resized(30, 2));
    assert_eq!(page(&room).len(), 1);
    ask(&mut room, 2);
    let mut seen = Vec::new();
    for _ in 0..12 {
        pass(&mut room, 12);
        seen.extend(page(&room));
    }
    assert_eq!(seen.iter().filter(|s| *s == "s2").count(), 8, "{seen:?}");
    for other in ["s0", "s1", "s3"] {
        assert!(seen.iter().any(|s| s == other), "{other} in {seen:?}");
    }
}

#[test]
fn who_begins_to_need_you_comes_at_once_but_does_not_keep_the_others_away() {
    let mut room = hung(30, (120, 40));
    let first = page(&room);
    let late = room.state.fleet.sessions.iter().position(|s| !first.contains(&s.label)).expect("one is out");
    room.wait(500);
    ask(&mut room, late);
    room.hear(Event::Woke);
    assert_eq!(page(&room), first, "a page can be read before it goes");
    let due = room.state.wall_turns_at().expect("it turns");
    assert_eq!(due.checked_sub(room.at), Some(Duration::from_millis(2500)));
    assert!(next_deadline(&room.state) <= due);
    pass(&mut room, 3);
    assert!(page(&room).contains(&format!("s{late}")));
    // The next one has to wait for the page that follows.
    let called = page(&room);
    let other =
        room.state.fleet.sessions.iter().position(|s| !called.contains(&s.label)).expect("one is out");
    room.wait(10);
    ask(&mut room, other);
    pass(&mut room, 9);
    assert_eq!(page(&room), called);
    pass(&mut room, 4);
    assert!(page(&room).contains(&format!("s{other}")));
}

#[test]
fn who_is_found_to_need_you_for_long_is_called_in_too() {
    let mut room = hung(30, (120, 40));
    let first = page(&room);
    let late = room.state.fleet.sessions.iter().position(|s| !first.contains(&s.label)).expect("one is out");
    room.wait(500);
    ask(&mut room, late);
    room.state.fleet.sessions[late].since = Duration::ZERO;
    room.hear(Event::Woke);
    pass(&mut room, 3);
    assert!(page(&room).contains(&format!("s{late}")));
}

#[test]
fn a_page_follows_sessions_that_come_and_go_and_the_terminal() {
    let mut room = hung(9, (120, 40));
    room.hear(Event::Panes(vec![pane(20, "new")]));
    assert_eq!(page(&room), ["new"]);
    room.hear(Event::Panes((0..50).map(|i| pane(i, &format!("n{i}"))).collect()));
    assert_eq!(page(&room).len(), 9);
    room.hear(Event::Resized(240, 67));
    assert_eq!(page(&room).len(), 36);
    room.hear(Event::Resized(1, 1));
    assert!(page(&room).is_empty());
    room.hear(Event::Panes(vec![]));
    room.hear(Event::Resized(80, 24));
    assert!(page(&room).is_empty());
}

#[test]
fn what_was_not_heard_for_a_while_is_stale() {
    let mut room = hung(2, (120, 40));
    assert_eq!(room.state.stale(), None);
    pass(&mut room, 60);
    assert_eq!(room.state.stale(), None, "no news is no reason while the server answers");
    room.wait(10_001);
    room.hear(Event::Woke);
    let stale = room.state.stale().expect("stale");
    assert_eq!(stale.lasts, Duration::from_millis(10_001), "we slept, or nobody told us anything");
    room.hear(Event::Heard);
    assert_eq!(room.state.stale(), None);
    // A lost connection is often back at once.
    room.hear(Event::Server(Server::Lost { why: "killed".into() }));
    assert_eq!(room.state.stale(), None);
    room.wait(2000);
    room.hear(Event::Woke);
    assert!(room.state.stale().is_some());
    // What is read again of an old screen is no news.
    let looked = |fresh| Looked {
        pane: pane(0, "s0").identity,
        screen: Arc::new(Screen::plain("x")),
        wrote: false,
        stands: false,
        fresh,
        command: None,
        conversation: None,
        reading: Arc::default(),
    };
    room.hear(Event::Screen(Arc::new(looked(false))));
    assert!(room.state.stale().is_some());
    room.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 2, warning: None }));
    room.hear(Event::Screen(Arc::new(looked(true))));
    assert_eq!(room.state.stale(), None);
}

#[test]
fn a_server_that_was_never_there_is_told_at_once() {
    let mut room = Room::new(&[]);
    room.state.hang_only();
    room.hear(Event::Server(Server::Missing { why: "no socket".into() }));
    let stale = room.state.stale().expect("nothing is known");
    assert_eq!(stale.heard, None);
}

fn any_fact() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..ACTIONS.len()).prop_map(|i| Event::Key(Keymap::builtin().keys_of(ACTIONS[i].action)[0])),
        2 => proptest::char::range('!', '~').prop_map(|c| Event::Key(Key::char(c))),
        2 => (0u32..60).prop_map(|n| Event::Panes((0..n).map(|i| pane(i, &format!("p{i}"))).collect())),
        1 => Just(Event::Server(Server::Lost { why: "killed".into() })),
        1 => Just(Event::Server(Server::Up { version: "3.3a".into(), pid: 2, warning: None })),
        3 => (0u16..260, 0u16..80).prop_map(|(w, h)| Event::Resized(w, h)),
        2 => Just(Event::Woke),
        1 => Just(Event::Heard),
        1 => ".{0,5}".prop_map(Event::Paste),
    ]
}

proptest! {
    #[test]
    fn a_wall_that_was_started_as_one_only_looks_and_quits(events in proptest::collection::vec((any_fact(), 0u64..20_000), 1..40)) {
        let mut room = Room::with(&["a", "b"]);
        room.state.hang_only();
        for (event, ms) in events {
            room.wait(ms);
            for effect in room.hear(event) {
                let looks = matches!(effect, Effect::Quit | Effect::LookAt(_) | Effect::Repaint | Effect::Posts(_) | Effect::Measure { .. } | Effect::Stirred(_));
                prop_assert!(looks, "{effect:?}");
            }
            let page = room.state.wall.page.as_ref().expect("there is no way out");
            let all = &room.state.fleet.sessions;
            prop_assert!(page.sessions.iter().all(|key| all.iter().any(|s| s.key() == *key)), "nobody hangs there who is gone");
            let room_for = crate::app::state::wall::cut::places(room.state.size, all.len());
            prop_assert_eq!(page.sessions.len(), room_for.min(all.len()));
            prop_assert!(next_deadline(&room.state) > room.at);
        }
    }
}
