//! Whatever happens, typed keys reach only the pane that a person chose.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::app::action::ACTIONS;
use crate::app::event::{Looked, Mouse, MouseAct};
use crate::app::key::Code;
use crate::app::state::Mode;
use crate::domain::screen::Screen;

/// Any fact, of a few panes and names.
pub(in crate::app) fn any_event() -> impl Strategy<Value = Event> {
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
        1 => (0u32..6).prop_map(|i| Event::Screen(Arc::new(Looked { pane: pane(i, "a").identity, screen: Arc::new(Screen::plain("x")), wrote: true, stands: false, fresh: true, command: None, conversation: None, reading: Arc::default() }))),
        1 => (0u16..80, 0u16..24).prop_map(|(x, y)| Event::Mouse(Mouse { act: MouseAct::Press, x, y })),
        1 => (1usize..4, 1usize..9).prop_map(|(columns, per_page)| Event::Drew(Areas { columns, per_page, paged: per_page < 3, ..Areas::default() })),
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
