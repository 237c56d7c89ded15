//! Keys and mouse while a window lies over everything.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::{Mouse, MouseAct};
use crate::app::key::{Code, Key};
use crate::app::state::popup::palette_matches;
use crate::app::state::{Popup, State};

use super::{acts, unstick};

/// A key while a window is open. Esc closes it; what the keymap calls moves scrolls it.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    if matches!(state.popup, Some(Popup::Unstick(_))) {
        return unstick::key(state, key);
    }
    let action = state.fixed.keymap.action(key);
    let page = state.areas.popup_rows.max(1);
    match state.popup.as_mut() {
        Some(Popup::Palette { input, row }) => match key.code {
            Code::Esc => state.popup = None,
            Code::Enter => {
                let chosen = palette_matches(input.text()).get(*row).map(|r| r.action);
                state.popup = None;
                return chosen.map_or_else(Vec::new, |a| acts::act(state, a));
            }
            Code::Down => *row = (*row + 1).min(palette_matches(input.text()).len().saturating_sub(1)),
            Code::Up => *row = row.saturating_sub(1),
            _ if key == Key::ctrl('c') => state.popup = None,
            _ => {
                if input.press(key) {
                    *row = 0;
                }
            }
        },
        Some(Popup::Help { row } | Popup::Explain { row, .. } | Popup::Tree { row, .. }) => match action {
            Some(Action::MoveDown) => *row += 1,
            Some(Action::MoveUp) => *row = row.saturating_sub(1),
            Some(Action::PageNext) => *row += page,
            Some(Action::PagePrevious) => *row = row.saturating_sub(page),
            Some(Action::First) => *row = 0,
            Some(Action::Back | Action::Help | Action::Explain | Action::Quit | Action::Zoom) => {
                state.popup = None;
            }
            _ => {}
        },
        Some(Popup::Unstick(_)) | None => {}
    }
    vec![]
}

/// Text pasted while a window is open.
pub fn paste(state: &mut State, text: &str) {
    if let Some(Popup::Palette { input, row }) = state.popup.as_mut() {
        input.insert(text);
        *row = 0;
    }
}

/// The wheel scrolls the window; a click outside does nothing, so that no click acts by surprise.
pub fn mouse(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    match (state.popup.as_mut(), mouse.act) {
        (
            Some(Popup::Help { row } | Popup::Explain { row, .. } | Popup::Tree { row, .. }),
            MouseAct::WheelDown,
        ) => *row += 1,
        (
            Some(
                Popup::Help { row }
                | Popup::Explain { row, .. }
                | Popup::Tree { row, .. }
                | Popup::Palette { row, .. },
            ),
            MouseAct::WheelUp,
        ) => {
            *row = row.saturating_sub(1);
        }
        (Some(Popup::Palette { input, row }), MouseAct::WheelDown) => {
            *row = (*row + 1).min(palette_matches(input.text()).len().saturating_sub(1));
        }
        _ => {}
    }
    vec![]
}
