//! Moving: focus, pages, rows of the open panel, who waits.

use crate::app::action::Action;
use crate::app::state::{SessionKey, State, needs};

/// Carries out a move. In an open panel moves go through its rows.
pub fn go(state: &mut State, action: Action) {
    if state.open_panel.is_some() {
        rows(state, action);
        return;
    }
    let shown = state.shown();
    let Some(last) = shown.len().checked_sub(1) else {
        return;
    };
    let at = position(state, &shown).unwrap_or(0);
    let (columns, page) = (state.areas.columns.max(1), state.areas.per_page.max(1));
    let to = match action {
        Action::MoveLeft => at.saturating_sub(1),
        Action::MoveRight => (at + 1).min(last),
        Action::MoveUp => at.checked_sub(columns).unwrap_or(at),
        Action::MoveDown if at + columns <= last => at + columns,
        // From the row above a short last row: to its last tile.
        Action::MoveDown if at / columns < last / columns => last,
        Action::PageNext => (at + page).min(last),
        Action::PagePrevious => at.saturating_sub(page),
        Action::First => 0,
        Action::Last => last,
        Action::Focus(n) => {
            let first = state.areas.tiles.first().map_or(0, |(i, _)| *i);
            let to = first + usize::from(n).saturating_sub(1);
            if to > last {
                return;
            }
            to
        }
        _ => at,
    };
    focus(state, &shown, to);
}

fn rows(state: &mut State, action: Action) {
    let page = state.areas.popup_rows.max(1);
    let row = &mut state.panel_row;
    *row = match action {
        Action::MoveDown => *row + 1,
        Action::MoveUp => row.saturating_sub(1),
        Action::PageNext => *row + page,
        Action::PagePrevious => row.saturating_sub(page),
        Action::First => 0,
        Action::Last => usize::MAX,
        _ => *row,
    };
    let last = state.panel_len().saturating_sub(1);
    state.panel_row = state.panel_row.min(last);
}

/// Focuses the next (or previous) session that needs a person; the longest wait first. False if nobody does.
pub fn waiting(state: &mut State, back: bool) -> bool {
    let needs = state.needs();
    if needs.is_empty() {
        return false;
    }
    let at = state
        .grid
        .focus
        .as_ref()
        .and_then(|f| needs.iter().position(|&i| state.fleet.sessions[i].key() == *f));
    let to = match (at, back) {
        (None, false) => 0,
        (None, true) => needs.len() - 1,
        (Some(i), false) => (i + 1) % needs.len(),
        (Some(i), true) => (i + needs.len() - 1) % needs.len(),
    };
    focus_session(state, state.fleet.sessions[needs[to]].key());
    true
}

/// Focuses a session, lifting a filter that hides it, and turns to its page.
pub fn focus_session(state: &mut State, key: SessionKey) {
    state.grid.focus = Some(key);
    let shown = state.shown();
    if position(state, &shown).is_none() {
        state.grid.filter.clear();
    }
    turn_to_focus(state);
}

/// If the focused session is no longer shown, the first shown one is focused.
pub fn keep_focus_shown(state: &mut State) {
    let shown = state.shown();
    if position(state, &shown).is_none() {
        state.grid.focus = shown.first().map(|&i| state.fleet.sessions[i].key());
    }
    turn_to_focus(state);
}

/// As long as nobody has touched anything the focus rests on the first tile, where the most urgent stand in front of several
/// pages: what waits is on the page that is seen.
pub fn rest_on_first(state: &mut State) {
    if !state.grid.touched && state.areas.paged {
        let first = state.shown().first().map(|&i| state.fleet.sessions[i].key());
        state.grid.focus = first.or_else(|| state.grid.focus.take());
    }
}

/// Notes whether the focused session needs a person: from then on it keeps its place until the focus goes on.
pub fn keep_place(state: &mut State) {
    let focused = state.focused().filter(|_| state.grid.touched && state.areas.paged);
    let waits = focused.filter(|s| needs::needs_you(s, state.now.mono));
    if let Some(session) = waits {
        state.grid.kept = Some((session.key(), needs::since(session, state.now.mono)));
    } else {
        let focus = focused.and(state.grid.focus.as_ref());
        if state.grid.kept.as_ref().map(|(key, _)| key) != focus {
            state.grid.kept = None;
        }
    }
}

/// Turns to the page on which the focused tile stands.
pub fn turn_to_focus(state: &mut State) {
    let shown = state.shown();
    let at = position(state, &shown).unwrap_or(0);
    state.grid.page = at / state.areas.per_page.max(1);
}

fn focus(state: &mut State, shown: &[usize], to: usize) {
    state.grid.focus = shown.get(to).map(|&i| state.fleet.sessions[i].key());
    turn_to_focus(state);
}

fn position(state: &State, shown: &[usize]) -> Option<usize> {
    let key = state.grid.focus.as_ref()?;
    shown.iter().position(|&i| state.fleet.sessions[i].key() == *key)
}
