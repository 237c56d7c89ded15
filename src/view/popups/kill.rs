//! A session that is to be ended: what is lost with it, and its name as far as it was typed.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::app::state::popup::Doomed;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::Pen;

/// The window is as wide as a readable line.
const WIDE: u16 = 72;

/// Draws the window; tells how many rows it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, doomed: &Doomed) -> usize {
    let Some(session) = state.fleet.sessions.iter().find(|s| s.key() == doomed.key) else {
        return super::gone(buf, over, theme);
    };
    let wide = WIDE.min(over.w);
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let name = text::fit(session.name.as_str(), 60);
    let mut means =
        vec![format!("Its state: {}. Its agent and everything in it end at once.", session.state.word())];
    let member = session.member.as_ref();
    if member.is_some_and(|m| m.protected) {
        means.push("The roster protects it.".to_owned());
    }
    if member.is_none() {
        means.push("The roster does not name it.".to_owned());
    }
    means.extend(session.tasks.iter().map(|t| format!("It has task {} ({}).", t.id, t.state.word())));
    let mut rows: Vec<(String, Role)> =
        wrap(&format!("End the session {name}?"), room).into_iter().map(|l| (l, Role::Strong)).collect();
    rows.extend(means.iter().flat_map(|l| wrap(&text::printable(l), room)).map(|l| (l, Role::Text)));
    rows.push((String::new(), Role::Text));
    let window = layout::middle(over, wide, rows.len() as u16 + 4);
    super::window(buf, window, theme, Role::Alarm);
    let inner = super::inner(window);
    // Where there is no room for all of it, the line that is typed stays.
    let above = inner.h.saturating_sub(2);
    for (y, (line, role)) in (0..above).zip(&rows) {
        Pen::row(buf, inner, y).put(line, theme.style(*role));
    }
    let mut pen = Pen::row(buf, inner, above);
    pen.put("its name: ", theme.style(Role::Subtext)).put(doomed.typed.text(), theme.style(Role::Strong));
    pen.put(" ", theme.style(Role::Cursor));
    Pen::row(buf, inner, above + 1)
        .put("Enter ends it, when the whole name stands there    Esc leaves it", theme.style(Role::Accent));
    usize::from(inner.h)
}
