//! Stories: facts and keys in, state and effects out.

use std::sync::Arc;

use super::*;
use crate::app::event::{Did, Looked, Mouse, MouseAct};
use crate::app::panel::PANELS;
use crate::app::state::{Mode, Order, Popup};
use crate::domain::screen::Screen;
use crate::domain::stroke::{KeyName, Stroke};

#[test]
fn the_roster_comes_first_and_who_is_missing_is_gone() {
    let mut room = Room::new(&["b", "a", "lost"]);
    room.hear(Event::Panes(vec![pane(0, "x"), pane(1, "a"), pane(2, "b")]));
    assert_eq!(room.shown(), ["b", "a", "lost", "x"]);
    assert_eq!(room.state.fleet.sessions[2].state, Status::Gone);
    room.hear(Event::Panes(vec![pane(0, "x"), pane(1, "a"), pane(2, "b"), pane(3, "lost")]));
    assert_eq!(room.state.fleet.sessions[2].state, Status::Unknown, "not looked at yet");
}

#[test]
fn two_panes_of_one_session_are_told_apart() {
    let mut twin = pane(5, "a");
    twin.session_id = 0;
    let mut room = Room::with(&["a"]);
    room.hear(Event::Panes(vec![pane(0, "a"), twin]));
    assert_eq!(room.shown(), ["a", "a:2"]);
}

#[test]
fn focus_stays_with_its_session_when_the_order_changes() {
    let mut room = Room::with(&["a", "b", "c", "d"]);
    room.drawn(2, 4);
    assert_eq!(room.focused(), "a");
    room.press("move-right");
    room.press("move-down");
    assert_eq!(room.focused(), "d");
    room.set("d", Status::Permission, 50);
    room.press("order");
    assert_eq!(room.state.grid.order, Order::Urgency);
    assert_eq!(room.shown()[0], "d");
    assert_eq!(room.focused(), "d");
}

#[test]
fn focus_passes_to_the_pane_that_has_the_name_now() {
    let mut room = Room::with(&["a", "b"]);
    room.press("last");
    assert_eq!(room.focused(), "b");
    room.hear(Event::Panes(vec![pane(0, "a"), pane(7, "b")]));
    assert_eq!(room.focused(), "b");
    room.hear(Event::Panes(vec![pane(0, "a")]));
    assert_eq!(room.focused(), "a");
}

#[test]
fn next_waiting_takes_the_longest_wait_first_and_goes_round() {
    let mut room = Room::with(&["a", "b", "c"]);
    room.press("next-waiting");
    assert!(room.state.toast.as_ref().is_some_and(|t| t.text == "nobody needs you"));
    room.set("a", Status::Question, 90);
    room.set("c", Status::Permission, 50);
    room.press("move-right");
    room.press("next-waiting");
    assert_eq!(room.focused(), "c", "it has waited longest");
    room.press("next-waiting");
    assert_eq!(room.focused(), "a");
    room.press("next-waiting");
    assert_eq!(room.focused(), "c");
    room.press("previous-waiting");
    assert_eq!(room.focused(), "a");
}

#[test]
fn an_unknown_screen_needs_eyes_only_when_it_lasts() {
    let mut room = Room::with(&["a"]);
    room.set("a", Status::Unknown, 95);
    assert!(room.state.needs().is_empty());
    room.wait(5_001);
    room.hear(Event::Woke);
    assert_eq!(room.state.needs(), [0]);
}

#[test]
fn typing_goes_to_the_agent_until_the_leaving_key() {
    let mut room = Room::with(&["a", "b"]);
    room.press("last");
    room.press("type-into");
    let to = pane(1, "b").identity;
    assert_eq!(room.state.mode, Mode::TypeInto(to));
    let session = SessionName::new("b");
    for (word, stroke) in [
        ("q", Stroke::Text("q".into())),
        ("esc", Stroke::Key(KeyName::new("Escape").expect("a name"))),
        ("ctrl-c", Stroke::Key(KeyName::new("C-c").expect("a name"))),
    ] {
        let want = Effect::Type { pane: to, session: session.clone(), strokes: vec![stroke] };
        assert_eq!(room.key(word), [want], "{word}");
    }
    assert_eq!(
        room.hear(Event::Paste("x\ny".into())),
        [Effect::Paste { pane: to, session, text: "x\ny".into() }]
    );
    assert_eq!(room.key("ctrl-]"), []);
    assert_eq!(room.state.mode, Mode::Normal);
}

#[test]
fn typing_stops_when_the_pane_goes_or_tmux_goes() {
    let mut room = Room::with(&["a"]);
    room.press("type-into");
    room.hear(Event::Panes(vec![pane(4, "a")]));
    assert_eq!(room.state.mode, Mode::Normal, "another pane under the same name is not the one meant");
    // Whoever types on in good faith does nothing with it.
    for word in ["p", "y", "enter", "q"] {
        room.wait(300);
        assert_eq!(room.key(word), [], "{word}");
    }
    room.wait(1000);
    room.press("type-into");
    assert!(matches!(room.state.mode, Mode::TypeInto(_)));
    room.hear(Event::Server(Server::Lost { why: "killed".into() }));
    assert_eq!(room.state.mode, Mode::Normal);
    room.wait(1000);
    room.press("type-into");
    assert_eq!(room.state.mode, Mode::Normal, "nobody to type to");
}

#[test]
fn a_click_never_moves_where_typed_keys_go() {
    let mut room = Room::with(&["a", "b"]);
    room.drawn(2, 2);
    room.press("type-into");
    let before = room.state.mode.clone();
    room.hear(Event::Mouse(Mouse { act: MouseAct::Press, x: 12, y: 2 }));
    assert_eq!((room.state.mode.clone(), room.focused()), (before, "a"));
}

#[test]
fn clicks_focus_and_double_clicks_zoom() {
    let mut room = Room::with(&["a", "b"]);
    room.drawn(2, 2);
    let click = Event::Mouse(Mouse { act: MouseAct::Press, x: 12, y: 2 });
    room.hear(click.clone());
    assert_eq!((room.focused(), room.state.grid.zoomed), ("b", false));
    room.wait(100);
    room.hear(click.clone());
    assert!(room.state.grid.zoomed);
    room.wait(1000);
    room.hear(click);
    assert!(room.state.grid.zoomed, "a single click later does not unzoom");
    room.press("back");
    room.hear(Event::Mouse(Mouse { act: MouseAct::Press, x: 1, y: 21 }));
    assert_eq!(room.state.open_panel, Some(PanelId::Events));
}

#[test]
fn the_filter_hides_and_escape_shows_all_again() {
    let mut room = Room::with(&["dev_worker1", "dev_worker2", "fixer"]);
    room.press("filter");
    for c in "worker2".chars() {
        room.hear(Event::Key(Key::char(c)));
    }
    assert_eq!(room.shown(), ["dev_worker2"]);
    assert_eq!(room.focused(), "dev_worker2");
    room.key("enter");
    assert_eq!(room.state.mode, Mode::Normal);
    room.press("back");
    assert_eq!(room.shown().len(), 3);
    room.press("filter");
    for c in "!worker".chars() {
        room.hear(Event::Key(Key::char(c)));
    }
    assert_eq!(room.shown(), ["fixer"]);
}

#[test]
fn freezing_holds_screens_and_thawing_shows_the_newest() {
    let mut room = Room::with(&["a"]);
    let look = |s: &str| {
        Event::Screen(Arc::new(Looked {
            pane: pane(0, "a").identity,
            screen: Arc::new(Screen::plain(s)),
            wrote: true,
            stands: false,
            fresh: true,
            command: None,
            conversation: None,
            reading: Arc::default(),
        }))
    };
    room.hear(look("one"));
    room.press("freeze");
    room.hear(look("two"));
    let seen = |r: &Room| r.state.fleet.sessions[0].visible_screen().map(|s| s.to_text());
    assert_eq!(seen(&room).as_deref(), Some("one\n"));
    room.press("freeze");
    assert_eq!(seen(&room).as_deref(), Some("two\n"));
}

#[test]
fn panels_open_full_and_step_round() {
    let mut room = Room::with(&["a"]);
    room.press("panel-events");
    assert_eq!(room.state.open_panel, Some(PanelId::Events));
    room.press("panel-events");
    assert_eq!(room.state.open_panel, None);
    let mut seen = vec![];
    for _ in 0..=PANELS.len() {
        room.press("panel-next");
        seen.push(room.state.open_panel);
    }
    assert_eq!(seen[0], Some(PanelId::NeedsYou));
    assert_eq!(seen.last(), Some(&None), "the grid is one stop on the way round");
    room.press("panel-previous");
    assert_eq!(room.state.open_panel, PANELS.last().map(|p| p.id));
}

#[test]
fn the_palette_runs_what_it_finds() {
    let mut room = Room::with(&["a"]);
    room.press("palette");
    for c in "quit".chars() {
        room.hear(Event::Key(Key::char(c)));
    }
    assert_eq!(room.key("enter"), [Effect::Quit]);
    assert_eq!(room.state.popup, None);
}

#[test]
fn help_takes_moves_and_nothing_else() {
    let mut room = Room::with(&["a"]);
    room.press("help");
    room.press("move-down");
    assert_eq!(room.state.popup, Some(Popup::Help { row: 1 }));
    assert_eq!(room.press("attach"), [], "no key acts through a window");
    assert_eq!(room.press("quit"), []);
    assert_eq!(room.state.popup, None, "q closes the window first");
}

#[test]
fn a_window_is_not_scrolled_beyond_its_end() {
    let mut room = Room::with(&["a"]);
    room.press("help");
    room.hear(Event::Drew(Areas { popup_rows: 20, popup_last: Some(3), ..Areas::default() }));
    for (key, row) in
        [("move-down", 1), ("page-next", 3), ("move-down", 3), ("move-up", 2), ("last", 3), ("first", 0)]
    {
        room.press(key);
        assert_eq!(room.state.popup, Some(Popup::Help { row }), "{key}");
    }
}

#[test]
fn a_key_without_a_meaning_says_so_and_the_word_goes() {
    let mut room = Room::with(&["a"]);
    assert_eq!(room.key("Z"), []);
    assert!(room.state.toast.as_ref().is_some_and(|t| t.text.contains('Z')));
    room.wait(4_000);
    room.hear(Event::Woke);
    assert_eq!(room.state.toast, None);
}

#[test]
fn what_is_drawn_is_looked_at_first() {
    let mut room = Room::with(&["a", "b", "c"]);
    let mut first = room.drawn(2, 2);
    assert!(matches!(first.pop(), Some(Effect::Measure { seen: false, panes }) if panes.len() == 3));
    assert_eq!(first, [Effect::LookAt(vec![PaneId(0), PaneId(1)])]);
    assert_eq!(room.drawn(2, 2), [], "nothing new to say");
    room.press("last");
    assert_eq!(room.drawn(2, 2), [Effect::LookAt(vec![PaneId(2)])]);
}

#[test]
fn failures_are_told_and_kept() {
    let mut room = Room::with(&["a"]);
    room.hear(Event::Did(Did {
        what: "not typed into a".into(),
        command: None,
        failed: Some("gone".into()),
    }));
    assert!(room.state.toast.as_ref().is_some_and(|t| t.bad && t.text.contains("gone")));
    assert_eq!(room.state.log.len(), 1);
}

#[test]
fn rules_are_read_anew_and_a_broken_file_is_told_until_it_is_mended() {
    let mut room = Room::with(&["a"]);
    assert_eq!(room.press("reload"), [Effect::Reload]);
    let fault = "policy.toml:3:1: unknown field `acton`".to_owned();
    room.hear(Event::Reloaded(Err(fault.clone())));
    room.wait(60_000);
    room.hear(Event::Woke);
    assert_eq!(room.state.old_rules, Some(fault), "it stays when the toast has gone");
    assert!(room.state.toast.is_none());
    room.hear(Event::Reloaded(Ok(Some("[view] after a restart".to_owned()))));
    assert_eq!(room.state.old_rules, None);
    assert!(room.state.toast.as_ref().is_some_and(|t| !t.bad && t.text.contains("[view]")));
}

#[test]
fn an_observers_key_is_for_the_dialog_that_is_drawn_here() {
    let mut room = Room::with(&["a"]);
    room.hear(Event::Board(Arc::new(crate::app::state::Board {
        post: crate::app::state::Post::Observing("process 1 acts".to_owned()),
        ..Default::default()
    })));
    room.drawn(1, 1);
    assert_eq!(room.press("approve"), [], "it asks nothing");
    assert!(room.state.toast.as_ref().is_some_and(|t| t.text.contains("asks nothing")));
    assert_eq!(room.press("pause"), [Effect::Pause(true)], "his switches go out as wishes");
}

#[test]
fn why_it_is_so_tells_ages_as_the_grid_does() {
    let mut room = Room::with(&["a"]);
    room.set("a", Status::Idle, 60);
    let s = &mut room.state.fleet.sessions[0];
    s.wrote = Some(Duration::from_secs(60));
    let said = format!("{:?}", crate::app::state::explain::lines(s, Duration::from_secs(3 * 3600 + 360)));
    assert!(said.contains("idle, for 3h 05m") && said.contains("3h 05m ago"), "{said}");
}
