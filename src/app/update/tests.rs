//! Stories: facts and keys in, state and effects out. Keys are asked for by the action's name, so that another keymap does
//! not break them.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::app::action::{ACTIONS, Action};
use crate::app::areas::{Area, Areas};
use crate::app::effect::Fixed;
use crate::app::event::{Did, Looked, Mouse, MouseAct};
use crate::app::key::{Code, Key};
use crate::app::keymap::Keymap;
use crate::app::panel::PanelId;
use crate::app::state::{Fleet, Mode, Order, Popup};
use crate::domain::roster::{Member, Roster};
use crate::domain::screen::Screen;
use crate::domain::server::{PaneInfo, Server};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::status::State as Status;
use crate::domain::stroke::{KeyName, Stroke};

/// A control room that hears facts and keys, at instants of its own.
struct Room {
    state: State,
    at: Duration,
}

impl Room {
    fn new(roster: &[&str]) -> Self {
        let members = roster.iter().map(|n| Member { name: (*n).to_owned(), ..Member::default() }).collect();
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let state = State::new(fixed, "test", Fleet::new(Roster { members }));
        Self { state, at: Duration::from_secs(100) }
    }

    /// Connected, with one pane for each name, ids from 0.
    fn with(names: &[&str]) -> Self {
        let mut room = Self::new(&[]);
        room.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: None }));
        room.hear(Event::Panes(names.iter().enumerate().map(|(i, n)| pane(i as u32, n)).collect()));
        room
    }

    fn hear(&mut self, event: Event) -> Vec<Effect> {
        let now = Now { mono: self.at, ..Now::ZERO };
        update(&mut self.state, event, now)
    }

    fn wait(&mut self, ms: u64) {
        self.at += Duration::from_millis(ms);
    }

    fn press(&mut self, action: &str) -> Vec<Effect> {
        let action = Action::by_name(action).expect("an action of that name");
        let key = self.state.fixed.keymap.keys_of(action)[0];
        self.hear(Event::Key(key))
    }

    fn key(&mut self, word: &str) -> Vec<Effect> {
        self.hear(Event::Key(Key::parse(word).expect("a key")))
    }

    fn shown(&self) -> Vec<&str> {
        self.state.shown().into_iter().map(|i| self.state.fleet.sessions[i].label.as_str()).collect()
    }

    fn focused(&self) -> &str {
        self.state.focused().map_or("", |s| s.label.as_str())
    }

    fn set(&mut self, name: &str, status: Status, since_s: u64) {
        let s = self.state.fleet.sessions.iter_mut().find(|s| s.label == name).expect("a session");
        s.state = status;
        s.since = Duration::from_secs(since_s);
    }

    fn drawn(&mut self, columns: usize, per_page: usize) -> Vec<Effect> {
        let n = self.state.shown().len();
        let first = self.state.grid.page * per_page;
        let tiles = (first..n.min(first + per_page))
            .map(|i| (i, Area { x: (i as u16) * 10, y: 1, w: 10, h: 5 }))
            .collect();
        self.hear(Event::Drew(Areas {
            tiles,
            columns,
            per_page,
            panels: vec![(PanelId::Events, Area { x: 0, y: 20, w: 9, h: 3 })],
            popup_rows: 5,
        }))
    }
}

fn pane(id: u32, session: &str) -> PaneInfo {
    PaneInfo {
        identity: PaneIdentity { id: PaneId(id), pid: 1000 + id, start: 1 },
        session: SessionName::new(session),
        session_id: id,
        window_id: id,
        front: true,
        width: 80,
        height: 24,
        title: String::new(),
        tty: String::new(),
        dead: false,
        in_mode: false,
        synchronized: false,
        attached: 0,
    }
}

#[test]
fn the_roster_comes_first_and_who_is_missing_is_gone() {
    let mut room = Room::new(&["b", "a", "lost"]);
    room.hear(Event::Panes(vec![pane(0, "x"), pane(1, "a"), pane(2, "b")]));
    assert_eq!(room.shown(), ["b", "a", "lost", "x"]);
    assert_eq!(room.state.fleet.sessions[2].state, Status::Gone);
    room.hear(Event::Panes(vec![pane(0, "x"), pane(1, "a"), pane(2, "b"), pane(3, "lost")]));
    assert_eq!(room.state.fleet.sessions[2].state, Status::Starting);
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
    room.press("type-into");
    room.hear(Event::Server(Server::Lost { why: "killed".into() }));
    assert_eq!(room.state.mode, Mode::Normal);
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
        Event::Screen(Box::new(Looked {
            pane: pane(0, "a").identity,
            screen: Arc::new(Screen::plain(s)),
            wrote: true,
            command: None,
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
    for _ in 0..6 {
        room.press("panel-next");
        seen.push(room.state.open_panel);
    }
    assert_eq!(seen[0], Some(PanelId::NeedsYou));
    assert_eq!(seen[5], None, "the grid is one stop on the way round");
    room.press("panel-previous");
    assert_eq!(room.state.open_panel, Some(PanelId::Events));
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
    assert_eq!(room.drawn(2, 2), [Effect::LookAt(vec![PaneId(0), PaneId(1)])]);
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

fn any_event() -> impl Strategy<Value = Event> {
    let names = ["a", "b", "c", "d"];
    prop_oneof![
        8 => (0..ACTIONS.len()).prop_map(|i| Event::Key(Keymap::builtin().keys_of(ACTIONS[i].action)[0])),
        2 => proptest::char::range('!', '~').prop_map(|c| Event::Key(Key::char(c))),
        1 => Just(Event::Key(Key::ctrl(']'))),
        1 => Just(Event::Key(Key::plain(Code::Enter))),
        2 => proptest::collection::vec((0u32..6, 0usize..4), 0..6).prop_map(move |v| {
            let mut seen = std::collections::BTreeSet::new();
            Event::Panes(v.into_iter().filter(|(id, _)| seen.insert(*id)).map(|(id, n)| pane(id, names[n])).collect())
        }),
        1 => Just(Event::Server(Server::Missing { why: "no socket".into() })),
        1 => Just(Event::Server(Server::Up { version: "3.3a".into(), pid: 2, warning: None })),
        1 => (0u32..6).prop_map(|i| Event::Screen(Box::new(Looked { pane: pane(i, "a").identity, screen: Arc::new(Screen::plain("x")), wrote: true, command: None }))),
        1 => (0u16..80, 0u16..24).prop_map(|(x, y)| Event::Mouse(Mouse { act: MouseAct::Press, x, y })),
        1 => (1usize..4, 1usize..9).prop_map(|(columns, per_page)| Event::Drew(Areas { columns, per_page, ..Areas::default() })),
        1 => (0u16..300, 0u16..300).prop_map(|(w, h)| Event::Resized(w, h)),
        1 => "[a-z\u{1b}]{0,5}".prop_map(Event::Paste),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_typing_reaches_only_the_pane_that_was_chosen(events in proptest::collection::vec(any_event(), 1..60)) {
        let mut room = Room::with(&["a", "b"]);
        for event in events {
            let chosen = match room.state.mode { Mode::TypeInto(p) => Some(p), _ => None };
            room.wait(10);
            for effect in room.hear(event) {
                if let Effect::Type { pane, .. } | Effect::Paste { pane, .. } = effect {
                    prop_assert_eq!(Some(pane), chosen, "typed without a choice, or elsewhere");
                }
            }
            if let Mode::TypeInto(p) = room.state.mode {
                prop_assert!(room.state.connected());
                prop_assert!(room.state.fleet.by_pane(p).is_some(), "types into a pane that does not exist");
            }
            // The focus is on something that exists, whenever something is shown.
            if !room.state.fleet.sessions.is_empty() && room.state.grid.filter.text().is_empty() {
                prop_assert!(room.state.focused().is_some());
            }
        }
    }
}
