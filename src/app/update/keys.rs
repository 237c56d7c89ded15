//! Keys: to the agent while typing into a session, into an open line or window, else through the keymap.

use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::state::{Input, Mode, State};
use crate::domain::session::PaneIdentity;

use super::{acts, moves, popups, say, writing};

/// The key that leaves typing. Fixed: whatever the keymap says, there is a way out.
pub const LEAVE: Key = Key::ctrl(']');

/// A person pressed a key.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    if writing::typed_on(state, key) {
        return vec![];
    }
    match state.mode {
        Mode::TypeInto(pane) => type_into(state, pane, key),
        Mode::Filter => {
            filter(state, key);
            vec![]
        }
        Mode::FilterPanel => {
            filter_panel(state, key);
            vec![]
        }
        Mode::Normal if state.popup.is_some() => popups::key(state, key),
        Mode::Normal => {
            if let Some(action) = state.fixed.keymap.action(key) {
                acts::act(state, action)
            } else {
                say(state, format!("{key} means nothing here; ? tells what the keys do"), false);
                vec![]
            }
        }
    }
}

/// A person pasted text.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if writing::typed_on(state, Key::plain(Code::Enter)) {
        return vec![];
    }
    match state.mode {
        Mode::TypeInto(pane) => {
            let session = session_name(state, pane);
            session
                .map_or_else(Vec::new, |session| vec![Effect::Paste { pane, session, text: text.to_owned() }])
        }
        Mode::Filter => {
            state.grid.filter.insert(text);
            moves::keep_focus_shown(state);
            vec![]
        }
        Mode::FilterPanel => {
            state.change_filter(state.open_panel, |line| line.insert(text));
            vec![]
        }
        Mode::Normal => {
            popups::paste(state, text);
            vec![]
        }
    }
}

fn type_into(state: &mut State, pane: PaneIdentity, key: Key) -> Vec<Effect> {
    if key == LEAVE {
        state.mode = Mode::Normal;
        return vec![];
    }
    let Some(session) = session_name(state, pane) else {
        state.mode = Mode::Normal;
        writing::refuse(state, "typing stopped: that pane is gone");
        return vec![];
    };
    let Some(stroke) = key.stroke() else {
        say(state, format!("tmux has no name for {key}; nothing was typed"), true);
        return vec![];
    };
    vec![Effect::Type { pane, session, strokes: vec![stroke] }]
}

fn session_name(state: &State, pane: PaneIdentity) -> Option<crate::domain::session::SessionName> {
    let holds = |p: &crate::domain::server::PaneInfo| p.identity == pane;
    state.fleet.sessions.iter().find(|s| s.pane.as_ref().is_some_and(holds)).map(|s| s.name.clone())
}

fn filter(state: &mut State, key: Key) {
    match key.code {
        Code::Enter => state.mode = Mode::Normal,
        Code::Esc => {
            state.grid.filter.clear();
            state.mode = Mode::Normal;
        }
        _ => {
            state.grid.filter.press(key);
        }
    }
    moves::keep_focus_shown(state);
}

fn filter_panel(state: &mut State, key: Key) {
    match key.code {
        Code::Enter => state.mode = Mode::Normal,
        Code::Esc => {
            state.mode = Mode::Normal;
            state.change_filter(state.open_panel, Input::clear);
        }
        _ => state.change_filter(state.open_panel, |line| {
            line.press(key);
        }),
    }
}
