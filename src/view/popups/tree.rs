//! Everything about a session's work tree, however long: every finding with what to do, every commit.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::{SessionKey, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::paint::Pen;
use super::super::panels::branches::detail;

/// The window is as wide as a readable line.
const WIDE: u16 = 120;

/// Draws the window, scrolled to `row`; tells how many rows it shows, and of how many.
pub fn draw(
    buf: &mut Buffer,
    over: Area,
    state: &State,
    theme: &Theme,
    key: &SessionKey,
    row: usize,
) -> (usize, usize) {
    let Some(session) = state.fleet.sessions.iter().find(|s| s.key() == *key) else {
        return (super::gone(buf, over, theme), 0);
    };
    let wide = WIDE.min(over.w);
    let rows = detail::lines(state, session, wide.saturating_sub(4));
    let window = layout::middle(over, wide, (rows.len() as u16).saturating_add(2));
    super::window(buf, window, theme, Role::Accent);
    let inner = layout::inside(window);
    let inner = Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner };
    let shown = usize::from(inner.h);
    let first = row.min(rows.len().saturating_sub(shown));
    let title =
        Area { x: window.x.saturating_add(2), w: window.w.saturating_sub(4), h: window.h.min(1), ..window };
    let mut pen = Pen::row(buf, title, 0);
    if rows.len() > shown {
        let range = format!(" {}–{} of {} ", first + 1, first + shown, rows.len());
        pen.right(&range, theme.style(Role::Subtext));
    }
    let name = text::fit(&session.label, usize::from(pen.left().saturating_sub(16)));
    pen.put(&format!(" WORK TREE OF {name} "), theme.style(Role::Strong));
    for (y, (before, line, role)) in (0..inner.h).zip(rows.iter().skip(first)) {
        Pen::row(buf, inner, y).put(before, theme.style(*role)).put(line, theme.style(*role));
    }
    (shown, rows.len())
}
