//! Which dialogs are seen only in part: what they are about does not stand whole among the cells that were drawn. Nobody
//! allows what he could not read.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::{Session, State};
use crate::domain::session::PaneId;
use crate::domain::text;

/// Of the tiles that were drawn, by the order in force, those whose dialog is about more than stands in them, or in the panel that tells
/// it beside them. A window that is drawn over them later hides nothing that was not read.
pub fn of(
    buf: &Buffer,
    tiles: &[(usize, Area)],
    order: &[usize],
    state: &State,
    panel: Option<Area>,
) -> Vec<PaneId> {
    let drawn = tiles.iter().filter_map(|(at, area)| Some((&state.fleet.sessions[*order.get(*at)?], *area)));
    let partly = drawn.filter(|(session, area)| {
        about(session).is_some_and(|about| !inked(&read(buf, panel.unwrap_or(*area))).contains(&inked(about)))
    });
    partly.filter_map(|(session, _)| session.pane.as_ref().map(|p| p.identity.id)).collect()
}

fn about(session: &Session) -> Option<&str> {
    let dialog = session.dialog()?;
    dialog.subject.as_deref().or(dialog.question.as_deref())
}

fn read(buf: &Buffer, area: Area) -> String {
    let cells = (area.y..area.y + area.h).flat_map(|y| (area.x..area.x + area.w).map(move |x| (x, y)));
    cells.filter_map(|at| buf.cell(at)).map(ratatui::buffer::Cell::symbol).collect()
}

/// Without blanks, frames and the signs of a line's end, which stand otherwise where rows are wrapped, and without what has no
/// column of its own, which is not always drawn.
pub fn inked(text: &str) -> String {
    let bare = |c: &char| c.is_whitespace() || text::char_width(*c) == 0;
    text.chars().filter(|c| !bare(c) && !matches!(c, '\u{2500}'..='\u{257f}' | '↵' | '⏎')).collect()
}
