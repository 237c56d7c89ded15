//! A question before something is done: what, and what it means.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::popup::Question;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::Pen;

/// The window is as wide as a readable line.
const WIDE: u16 = 72;

/// Draws the window; tells how many rows it shows.
pub fn draw(buf: &mut Buffer, over: Area, theme: &Theme, question: &Question) -> usize {
    let wide = WIDE.min(over.w);
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let mut rows: Vec<(String, Role)> =
        wrap(&question.what, room).into_iter().map(|l| (l, Role::Strong)).collect();
    let means = question.means.lines().flat_map(|l| wrap(l, room));
    rows.extend(means.map(|l| (l, Role::Text)));
    rows.push((String::new(), Role::Text));
    rows.push(("y yes    n no".into(), Role::Accent));
    let window = layout::middle(over, wide, rows.len() as u16 + 2);
    super::window(buf, window, theme, Role::Alarm);
    let inner = super::inner(window);
    // Where there is no room for all of it, the keys stay.
    let skip = rows.len().saturating_sub(usize::from(inner.h).max(1));
    let rows = rows.iter().enumerate().filter(|(n, _)| *n == 0 || *n > skip).map(|(_, row)| row);
    for (y, (line, role)) in (0..inner.h).zip(rows) {
        Pen::row(buf, inner, y).put(line, theme.style(*role));
    }
    usize::from(inner.h)
}
