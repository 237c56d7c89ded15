//! Ending a session by a person's word: its name is typed, nothing shorter counts. The roster does not matter; who acts writes
//! it down before it is done.

use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::state::popup::Doomed;
use crate::app::state::{Input, Popup, Post, State};
use crate::domain::confirm::Ask;

use super::{answers, say, tasks};

/// Asks for the name of the session that is meant.
pub fn open(state: &mut State) {
    let doomed = tasks::a_person(state).and_then(|()| match state.meant() {
        Err(why) => Err(why.to_owned()),
        Ok(s) if s.pane.is_none() => Err(format!("{} does not exist now; there is nothing to end", s.label)),
        Ok(s) => Ok(s.key()),
    });
    match doomed {
        Ok(key) => state.popup = Some(Popup::Kill(Doomed { key, typed: Input::default() })),
        Err(why) => say(state, why, true),
    }
}

/// A key while the name is asked for.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(Popup::Kill(doomed)) = &mut state.popup else { return vec![] };
    match key.code {
        Code::Enter => return end(state),
        Code::Esc => leave(state),
        _ if key == Key::ctrl('c') => leave(state),
        _ => {
            doomed.typed.press(key);
        }
    }
    vec![]
}

fn leave(state: &mut State) {
    state.popup = None;
    say(state, "not done", false);
}

fn end(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Kill(doomed)) = state.popup.clone() else { return vec![] };
    let session = state.fleet.sessions.iter().find(|s| s.key() == doomed.key);
    let Some((name, pane)) = session.and_then(|s| Some((s.name.clone(), s.pane.as_ref()?.identity))) else {
        state.popup = None;
        say(state, "that session is gone", true);
        return vec![];
    };
    if doomed.typed.text() != name.as_str() {
        say(state, format!("that is not its name; type {name}, or Esc"), true);
        return vec![];
    }
    state.popup = None;
    if !matches!(state.board.post, Post::Observing(_))
        && let Err(why) = answers::acting(state)
    {
        say(state, why, true);
        return vec![];
    }
    vec![Effect::Order(Ask::Kill { session: name, pane })]
}
