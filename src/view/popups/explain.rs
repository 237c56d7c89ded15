//! Why a session is in its state: what was matched where, and what it asks.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::explain::{Line, lines};
use crate::app::state::{SessionKey, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::Pen;

/// The window is as wide as a readable line.
const WIDE: u16 = 100;
/// Names of facts stand in a column of their own.
const NAMES: u16 = 17;

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
    let room = usize::from(wide.saturating_sub(4));
    let rows: Vec<(&'static str, String, Role)> =
        lines(session, state.now.mono).into_iter().flat_map(|line| laid(line, room)).collect();
    let window = layout::middle(over, wide, rows.len() as u16 + 2);
    super::window(buf, window, theme, Role::Accent);
    let inner = layout::inside(window);
    let inner = Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner };
    let shown = usize::from(inner.h);
    let first = row.min(rows.len().saturating_sub(shown));
    let title =
        Area { x: window.x.saturating_add(2), w: window.w.saturating_sub(4), h: window.h.min(1), ..window };
    let mut pen = Pen::row(buf, title, 0);
    if rows.len() > shown {
        pen.right(
            &format!(" {}–{} of {} ", first + 1, first + shown, rows.len()),
            theme.style(Role::Subtext),
        );
    }
    let name = text::fit(&session.label, usize::from(pen.left().saturating_sub(10)));
    pen.put(&format!(" WHY {name} "), theme.style(Role::Strong));
    for (y, (name, said, role)) in (0..inner.h).zip(rows.iter().skip(first)) {
        let mut pen = Pen::row(buf, inner, y);
        if matches!(role, Role::Text) {
            pen.column(name, NAMES, theme.style(Role::Subtext));
        }
        pen.put(said, theme.style(*role));
    }
    (shown, rows.len())
}

/// A line as rows that fit; the name of a fact stands on the first.
fn laid(line: Line, room: usize) -> Vec<(&'static str, String, Role)> {
    match line {
        Line::Title(title) => vec![("", title.to_owned(), Role::Strong)],
        Line::Blank => vec![("", String::new(), Role::Subtext)],
        Line::Text(said) => {
            wrap(&text::printable(&said), room.max(1)).into_iter().map(|l| ("", l, Role::Subtext)).collect()
        }
        Line::Fact(name, said) => {
            let beside = room.saturating_sub(usize::from(NAMES)).max(1);
            let said = wrap(&text::printable(&said), beside);
            said.into_iter()
                .enumerate()
                .map(|(i, l)| (if i == 0 { name } else { "" }, l, Role::Text))
                .collect()
        }
    }
}
