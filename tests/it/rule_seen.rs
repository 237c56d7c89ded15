//! A new rule is saved only when the whole of its text was on the screen.

use archtui::app::State;
use archtui::app::areas::Areas;
use archtui::app::effect::{Effect, RuleWish};
use archtui::app::event::Event;
use archtui::app::key::Key;
use archtui::app::state::Post;
use archtui::app::update::update;
use archtui::domain::policy::RuleAction;
use archtui::theme::{Depth, Theme};
use archtui::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::boards::{board, made_of};
use crate::fleets::NOW;

/// The text is on the screen to its last row, or it is not saved, whatever the terminal's size.
#[test]
fn a_rule_is_saved_only_when_all_of_it_was_seen() {
    let long = format!("frobnicate {}", "--with-a-long-option ".repeat(40));
    for (command, w, h, saved) in [
        ("frobnicate --all x", 120, 40, true),
        ("frobnicate --all x", 60, 22, true),
        (long.trim_end(), 60, 22, false),
        (long.trim_end(), 240, 67, true),
        ("frobnicate --all x", 30, 10, false),
    ] {
        let mut state = board(Post::Acting);
        state.size = (w, h);
        state.popup = Some(made_of(command, RuleAction::Allow, Ok("it would be: confirm".into())));
        let save = |state: &mut State| {
            let effects = update(state, Event::Key(Key::ctrl('s')), NOW);
            effects.iter().any(|e| matches!(e, Effect::Rule(RuleWish::Save(..))))
        };
        assert!(!save(&mut state), "{w}x{h}: nothing was drawn yet");
        let areas = drawn(&state, w, h);
        update(&mut state, Event::Drew(areas.clone()), NOW);
        if saved {
            update(&mut state, Event::Resized(w, 12), NOW);
            assert!(!save(&mut state), "{w}x{h}: the terminal changed meanwhile");
            update(&mut state, Event::Drew(areas), NOW);
        }
        assert_eq!(save(&mut state), saved, "{w}x{h}");
    }
}

fn drawn(state: &State, w: u16, h: u16) -> Areas {
    let theme = Theme::builtin("dark", Depth::True).expect("a theme that ships");
    let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
    view::paint(state, &theme, &mut buf)
}
