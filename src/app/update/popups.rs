//! Keys and mouse while a window lies over everything.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::{Mouse, MouseAct};
use crate::app::key::{Code, Key};
use crate::app::state::popup::palette_matches;
use crate::app::state::rules::Shown;
use crate::app::state::{Popup, Session, State};
use crate::domain::task::TaskId;

use super::{acts, kill, moves, rules, say, tasks, unstick, writing};

/// A key while a window is open. Esc closes it; what the keymap calls moves scrolls it.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    match &state.popup {
        Some(Popup::Form(_)) => return tasks::forms::key(state, key),
        Some(Popup::Ask(_)) => return tasks::answers::question_key(state, key),
        Some(Popup::Hand { .. }) if key.code == Code::Enter => return tasks::answers::hand(state),
        Some(Popup::Unstick(_)) => return unstick::key(state, key),
        Some(Popup::Write(_)) => return writing::key(state, key),
        Some(Popup::Kill(_)) => return kill::key(state, key),
        Some(Popup::Making(_)) => return rules::key(state, key),
        _ => {}
    }
    let action = state.fixed.keymap.action(key);
    if let (Some(Popup::Task { id, .. }), Some(action)) = (&state.popup, action) {
        let id = *id;
        match action {
            Action::Zoom => return go_there(state, id),
            Action::Reassign
            | Action::EditTask
            | Action::CancelTask
            | Action::RetryTask
            | Action::CloseTask => return acts::act(state, action),
            _ => {}
        }
    }
    let sessions = state.fleet.sessions.len();
    let page = state.areas.popup_rows.max(1);
    let last = state.areas.popup_last;
    let end = last.unwrap_or(usize::MAX);
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
        Some(Popup::Hand { row, .. }) => match action {
            Some(Action::MoveDown) => *row = (*row + 1).min(sessions.saturating_sub(1)),
            Some(Action::MoveUp) => *row = row.saturating_sub(1),
            Some(Action::First) => *row = 0,
            Some(Action::Back | Action::Quit | Action::Reassign) => state.popup = None,
            _ => {}
        },
        Some(
            Popup::Help { row }
            | Popup::Explain { row, .. }
            | Popup::Tree { row, .. }
            | Popup::Rule(Shown { row, .. })
            | Popup::Task { row, .. },
        ) => match action {
            Some(Action::MoveDown) => *row = (*row + 1).min(end),
            Some(Action::MoveUp) => *row = (*row).min(end).saturating_sub(1),
            Some(Action::PageNext) => *row = (*row + page).min(end),
            Some(Action::PagePrevious) => *row = (*row).min(end).saturating_sub(page),
            Some(Action::First) => *row = 0,
            Some(Action::Last) => *row = last.unwrap_or(*row),
            Some(
                Action::Back | Action::Help | Action::Explain | Action::Quit | Action::Zoom | Action::Rule,
            ) => {
                state.popup = None;
            }
            _ => {}
        },
        Some(
            Popup::Form(_)
            | Popup::Ask(_)
            | Popup::Unstick(_)
            | Popup::Kill(_)
            | Popup::Write(_)
            | Popup::Making(_),
        )
        | None => {}
    }
    vec![]
}

/// To the session that has the task of the open page.
fn go_there(state: &mut State, id: TaskId) -> Vec<Effect> {
    let holds = |s: &&Session| s.tasks.iter().any(|t| t.id == id);
    let named = state.tasks.rows().iter().find(|b| b.id == id).and_then(|b| b.session.clone());
    let holder = state.fleet.sessions.iter().find(holds);
    let session = holder.or_else(|| state.fleet.sessions.iter().find(|s| Some(&s.name) == named.as_ref()));
    match session.map(Session::key) {
        Some(key) => {
            (state.popup, state.open_panel) = (None, None);
            moves::focus_session(state, key);
        }
        None => say(state, "no session has it", false),
    }
    vec![]
}

/// Text pasted while a window is open.
pub fn paste(state: &mut State, text: &str) {
    match state.popup.as_mut() {
        Some(Popup::Palette { input, row }) => {
            input.insert(text);
            *row = 0;
        }
        Some(Popup::Form(form)) => form.paste(text),
        Some(Popup::Write(line)) => writing::paste(line, text),
        _ => {}
    }
}

/// The wheel scrolls the window; a click outside does nothing, so that no click acts by surprise.
pub fn mouse(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    let end = state.areas.popup_last.unwrap_or(usize::MAX);
    match (state.popup.as_mut(), mouse.act) {
        (
            Some(
                Popup::Help { row }
                | Popup::Explain { row, .. }
                | Popup::Tree { row, .. }
                | Popup::Rule(Shown { row, .. })
                | Popup::Task { row, .. },
            ),
            MouseAct::WheelDown,
        ) => *row = (*row + 1).min(end),
        (
            Some(
                Popup::Help { row }
                | Popup::Explain { row, .. }
                | Popup::Tree { row, .. }
                | Popup::Task { row, .. }
                | Popup::Rule(Shown { row, .. })
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
