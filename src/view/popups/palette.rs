//! Find an action by name: the line that is typed, and what matches it.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::app::state::popup::palette_matches;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::{layout, popups};
use super::help;

/// Draws the window; tells how many matches it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, typed: &str, marked: usize) -> usize {
    let matches = palette_matches(typed);
    let window = layout::middle(over, 84, over.h.saturating_sub(over.h / 5).clamp(7, 24));
    popups::window(buf, window, theme, Role::Accent);
    let inner = layout::inside(window);
    let inner = Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner };
    let mut pen = Pen::row(buf, inner, 0);
    if inner.w >= 30 {
        pen.right(&format!("{}", matches.len()), theme.style(Role::Subtext));
    }
    pen.put("› ", theme.style(Role::Accent)).put(typed, theme.style(Role::Strong));
    pen.put(" ", theme.style(Role::Cursor));
    let list = Area { y: inner.y.saturating_add(2), h: inner.h.saturating_sub(2), ..inner };
    let rows = usize::from(list.h);
    let first = popups::first_row(marked, rows, matches.len());
    for (y, row) in (0..list.h).zip(matches.iter().skip(first)) {
        let is_marked = first + usize::from(y) == marked;
        let line = Area { y: list.y + y, h: 1, ..list };
        let mut pen = Pen::row(buf, line, 0);
        let keys = help::keys(state, row);
        if list.w >= 40 {
            pen.right(&keys, theme.style(Role::Accent));
        }
        pen.put(if is_marked { "▸ " } else { "  " }, theme.style(Role::Accent));
        let name = if list.w >= 60 { 20 } else { list.w.saturating_sub(2) };
        pen.column(row.name, name, theme.style(Role::Strong)).put(row.help, theme.style(Role::Subtext));
        if is_marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    if matches.is_empty() {
        Pen::row(buf, list, 0).put("no action has these words", theme.style(Role::Subtext));
    }
    rows
}
