//! What a person sees: `draw` turns the state into cells and tells where things stand. It decides nothing, waits for
//! nothing and reads no clock; a frame is a function of state, theme and size.

mod cells;
mod footer;
mod grid;
mod header;
mod layout;
mod message;
mod paint;
mod panels;
mod partly;
mod popups;
mod svg;
mod tile;
mod wall;
pub(crate) mod words;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use crate::app::areas::Areas;
use crate::app::state::State;
use crate::theme::{Role, Theme};

pub use partly::inked;
pub use svg::svg;

/// Draws a frame and tells where things stand in it.
pub fn draw(state: &State, theme: &Theme, frame: &mut Frame) -> Areas {
    paint(state, theme, frame.buffer_mut())
}

/// The same onto any buffer: for pictures.
pub fn paint(state: &State, theme: &Theme, buf: &mut Buffer) -> Areas {
    let size = buf.area;
    buf.set_style(size, theme.style(Role::Base));
    if let Some(page) = &state.wall.page {
        return wall::draw(buf, page, state, theme);
    }
    let parts = layout::parts(size.width, size.height);
    let page = grid::Page::of(state, parts.grid);
    let mut areas = Areas {
        columns: page.tiling.columns.into(),
        per_page: page.tiling.per_page(),
        paged: page.pages > 1,
        ..Areas::default()
    };
    if let Some(id) = state.open_panel {
        panels::open(buf, parts.body, state, theme, id, &mut areas);
    } else {
        let whole = match parts.side {
            layout::Side::Strip(_) => parts.body,
            _ => parts.grid,
        };
        grid::draw(buf, &page, whole, state, theme, &mut areas);
        message::draw(buf, parts.grid, state, theme, page.shown.len());
        match parts.side {
            layout::Side::Column(column) => panels::column(buf, column, state, theme, &mut areas),
            layout::Side::Strip(strip) if !state.grid.zoomed => {
                panels::strip(buf, strip, state, theme, &mut areas);
            }
            _ => {}
        }
    }
    let panel = state.open_panel.map(|_| parts.body);
    areas.partly = partly::of(buf, &areas.tiles, &page.shown, state, panel);
    let told = header::draw(buf, parts.header, state, theme, &page);
    let band = if parts.footer.h == 0 && footer::must_be_seen(state) { parts.header } else { parts.footer };
    // Where the header has no room for it, the footer has, and the grid is what is looked at.
    let grid = state.open_panel.is_none() && state.popup.is_none() && size.width >= 60;
    let paged = header::of_pages(&page).filter(|_| !told && grid);
    footer::draw(buf, band, state, theme, paged.as_deref());
    if let Some(popup) = &state.popup {
        popups::draw(buf, parts.body, state, theme, popup, &mut areas);
    }
    areas
}
