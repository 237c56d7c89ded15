//! Wall mode: nothing that is pressed there can act. Two keys work: the one that takes it down, where a control room is
//! behind it, and the one that leaves the program. The mouse and pasted text do nothing.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::state::State;

use super::acts;

/// A key, where the wall hangs.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    match state.fixed.keymap.action(key) {
        Some(Action::Quit) if state.wall.only => vec![Effect::Quit],
        Some(Action::Quit) => {
            // It may have to ask, and then that must be seen.
            if !state.tasks.drafts.is_empty() {
                take_down(state);
            }
            acts::act(state, Action::Quit)
        }
        Some(Action::Wall | Action::Back) if !state.wall.only => {
            take_down(state);
            vec![]
        }
        _ => vec![],
    }
}

/// The control room is shown again. A dialog that hung here counts as not yet seen there.
fn take_down(state: &mut State) {
    state.wall.page = None;
    state.drawn.clear();
}
