//! The wall's last rows: everybody as a shape, so that no page hides anybody, and where all of it comes from: whose fleet,
//! who acts, how old the news is, when the page turns.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::Area;
use crate::app::state::{Post, Session, State, needs};
use crate::domain::server::Server;
use crate::domain::status::State as Status;
use crate::domain::text;
use crate::theme::{Role, Theme};
use crate::view::paint::Pen;
use crate::view::panels;

use super::masked;

/// Draws it; so many sessions hang there.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, shown: usize) {
    if area.h >= 2 {
        crowd(buf, Area { h: 1, ..area }, state, theme);
    }
    if area.h > 0 {
        source(buf, Area { y: area.y + area.h - 1, h: 1, ..area }, state, theme, shown);
    }
}

/// How many are in which state, and everybody's shape in the fleet's order.
fn crowd(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let now = state.now.mono;
    let fleet = &state.fleet;
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(1);
    for (n, shape, word, role) in [
        (fleet.count(|s| needs::needs_you(s, now)), "●", "need you", Role::Alarm),
        (fleet.count(|s| s.state == Status::Working), "▶", "working", Role::Working),
        (fleet.count(|s| s.state == Status::Idle), "○", "idle", Role::Text),
        (fleet.count(Session::is_problem), "✖", "problem", Role::Problem),
    ] {
        pen.put(&format!("{shape} {n} {word}"), theme.style(if n == 0 { Role::Faint } else { role })).skip(3);
    }
    let gap = u16::from(2 * fleet.sessions.len() <= usize::from(pen.left()));
    if fleet.sessions.len() * (1 + usize::from(gap)) > usize::from(pen.left()) {
        return;
    }
    pen.skip(pen.left() - fleet.sessions.len() as u16 * (1 + gap));
    for session in &fleet.sessions {
        let told = super::told(session, state);
        pen.put(told.shape, theme.style(told.role)).skip(gap);
    }
}

/// Where it comes from. What does not fit is left out, the least important first.
fn source(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, shown: usize) {
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(1);
    let key = |action| state.fixed.keymap.shown(action);
    let leave = if state.wall.only {
        format!("{} quits ", key(Action::Quit))
    } else {
        format!("{} leaves ", key(Action::Wall))
    };
    let all = state.fleet.sessions.len();
    let turns = state.wall_turns_at().map(|at| {
        let next = at.saturating_sub(state.now.mono).as_millis().div_ceil(1000);
        format!("{shown} of {all}, more in {next}s ")
    });
    let (acts, role) = acts(state);
    let tmux = match &state.server {
        Server::Up { version, .. } => format!("tmux {} ", masked(version)),
        _ => String::new(),
    };
    let name = text::width(&state.fleet_name).min(16) as u16 + 2;
    let rights = [
        (turns.unwrap_or_default(), Role::Subtext),
        (format!("auto-confirm {} ", text::fit(&masked(&acts), 60)), role),
        (leave, Role::Faint),
        (tmux, Role::Faint),
    ];
    for (part, role) in rights {
        if text::width(&part) as u16 + name < pen.left() {
            pen.right(&part, theme.style(role));
        }
    }
    pen.put("archtui ", theme.style(Role::Accent))
        .put(&masked(&state.fleet_name), theme.style(Role::Subtext));
}

/// Who answers dialogs: whoever acts, not the wall.
fn acts(state: &State) -> (String, Role) {
    match (&state.board.post, &state.boards.theirs) {
        _ if !state.connected() => ("unknown".to_owned(), Role::Faint),
        (Post::Barred(_), Some(theirs)) if state.wall.only => panels::acting(theirs),
        (Post::Barred(_), None) if state.wall.only => ("off: nobody acts".to_owned(), Role::Note),
        _ => panels::standing(&state.board),
    }
}
