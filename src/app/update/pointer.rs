//! The mouse: click focuses, double click zooms, wheel pages or scrolls.

use std::time::Duration;

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::{Mouse, MouseAct};
use crate::app::state::{Mode, State};

use super::{acts, moves, popups};

/// Two presses on one tile within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// A person used the mouse. While typing into a session it does nothing: a click must not move where keys go.
pub fn mouse(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    if !state.fixed.mouse || state.mode != Mode::Normal {
        return vec![];
    }
    if state.popup.is_some() {
        return popups::mouse(state, mouse);
    }
    match mouse.act {
        MouseAct::WheelDown if state.open_panel.is_some() => moves::go(state, Action::MoveDown),
        MouseAct::WheelUp if state.open_panel.is_some() => moves::go(state, Action::MoveUp),
        MouseAct::WheelDown => moves::go(state, Action::PageNext),
        MouseAct::WheelUp => moves::go(state, Action::PagePrevious),
        MouseAct::Press => press(state, mouse),
    }
    vec![]
}

fn press(state: &mut State, mouse: Mouse) {
    if let Some(tile) = state.areas.tile_at(mouse.x, mouse.y) {
        let shown = state.shown();
        let Some(&i) = shown.get(tile) else { return };
        let key = state.fleet.sessions[i].key();
        let again =
            state.last_press.as_ref().is_some_and(|(k, at)| *k == key && state.now.mono < *at + DOUBLE);
        state.last_press = if again { None } else { Some((key.clone(), state.now.mono)) };
        moves::focus_session(state, key);
        if again {
            acts::act(state, Action::Zoom);
        }
    } else if let Some(panel) = state.areas.panel_at(mouse.x, mouse.y)
        && state.open_panel.is_none()
    {
        acts::act(state, Action::Panel(panel));
    }
}
