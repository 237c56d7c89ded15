//! Windows that lie over everything. One file each; which one is open is in the state.

mod ask;
mod explain;
mod form;
mod hand;
mod help;
mod kill;
mod palette;
mod rule;
mod task;
mod tree;
mod unstick;
mod write;

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::state::{Popup, State};
use crate::theme::{Role, Theme};

use super::paint::Pen;
use super::{layout, paint, tile};

/// Draws the open window over an area.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, popup: &Popup, areas: &mut Areas) {
    // What scrolls tells how many rows it has in all.
    let mut scrolls = |(shown, all): (usize, usize)| {
        areas.popup_last = Some(all.saturating_sub(shown));
        shown
    };
    areas.popup_rows = match popup {
        Popup::Help { row } => scrolls(help::draw(buf, over, state, theme, *row)),
        Popup::Explain { key, row } => scrolls(explain::draw(buf, over, state, theme, key, *row)),
        Popup::Tree { key, row } => scrolls(tree::draw(buf, over, state, theme, key, *row)),
        Popup::Task { id, page, row } => {
            scrolls(task::draw(buf, over, state, theme, *id, page.as_deref(), *row))
        }
        Popup::Hand { page, row } => hand::draw(buf, over, state, theme, page, *row),
        Popup::Form(form) => form::draw(buf, over, state, theme, form),
        Popup::Ask(question) => ask::draw(buf, over, theme, question),
        Popup::Rule(shown) => scrolls(rule::draw(buf, over, state, theme, shown)),
        Popup::Making(making) => rule::making(buf, over, theme, making, areas),
        Popup::Unstick(menu) => unstick::draw(buf, over, state, theme, menu),
        Popup::Write(writing) => write::draw(buf, over, state, theme, writing),
        Popup::Kill(doomed) => kill::draw(buf, over, state, theme, doomed),
        Popup::Palette { input, row } => palette::draw(buf, over, state, theme, input.text(), *row),
    };
}

/// An empty window with a frame in the colour of what it means.
pub fn window(buf: &mut Buffer, area: Area, theme: &Theme, role: Role) {
    paint::cover(buf, area, theme.style(Role::Base).patch(theme.style(Role::Surface)));
    tile::frame(buf, area, tile::ROUND, theme.line(role));
}

/// The first row of a list of `len` rows to draw in `rows`, so that row `at` is seen.
pub fn first_row(at: usize, rows: usize, len: usize) -> usize {
    at.saturating_sub(rows / 2).min(len.saturating_sub(rows))
}

/// The row of a window's frame in which its title stands.
fn title(window: Area) -> Area {
    Area { x: window.x.saturating_add(2), w: window.w.saturating_sub(4), h: window.h.min(1), ..window }
}

/// The inside of a window, with a blank column at both sides.
fn inner(window: Area) -> Area {
    let inner = layout::inside(window);
    Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner }
}

/// In place of a window about a session that is gone.
fn gone(buf: &mut Buffer, over: Area, theme: &Theme) -> usize {
    let place = layout::middle(over, 40, 3);
    window(buf, place, theme, Role::Accent);
    Pen::row(buf, layout::inside(place), 0).skip(1).put("that session is gone", theme.style(Role::Subtext));
    1
}
