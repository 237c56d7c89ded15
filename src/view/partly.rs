//! Which dialogs are seen only in part: what they are about does not stand whole among the cells that were drawn. Nobody
//! allows what he could not read.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::{Session, State};
use crate::domain::session::PaneId;

/// Of the tiles that were drawn, those whose dialog is about more than stands in `seen_in`: their own areas, or a panel that tells it
/// beside them.
pub fn of(
    buf: &Buffer,
    tiles: &[(usize, Area)],
    paged: bool,
    state: &State,
    panel: Option<Area>,
) -> Vec<PaneId> {
    let order = state.arranged(paged);
    let drawn = tiles.iter().filter_map(|(at, area)| Some((&state.fleet.sessions[*order.get(*at)?], *area)));
    let partly = drawn.filter(|(session, area)| {
        about(session).is_some_and(|about| !inked(&text(buf, panel.unwrap_or(*area))).contains(&inked(about)))
    });
    partly.filter_map(|(session, _)| session.pane.as_ref().map(|p| p.identity.id)).collect()
}

fn about(session: &Session) -> Option<&str> {
    let dialog = session.dialog()?;
    dialog.subject.as_deref().or(dialog.question.as_deref())
}

fn text(buf: &Buffer, area: Area) -> String {
    let cells = (area.y..area.y + area.h).flat_map(|y| (area.x..area.x + area.w).map(move |x| (x, y)));
    cells.filter_map(|at| buf.cell(at)).map(ratatui::buffer::Cell::symbol).collect()
}

/// Without blanks, frames and the sign of a line's end: they stand otherwise where rows are wrapped.
pub fn inked(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{2500}'..='\u{257f}' | '↵')).collect()
}
