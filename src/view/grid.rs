//! The grid: which sessions stand on this page, as tiles, as lines, or one of them over all. Where the places are is for
//! `layout`, what stands in them for `tile`.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::state::State;
use crate::theme::Theme;

use super::layout::{self, Tiling};
use super::tile::{self, Place};

/// What a page of the grid holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The cut of the grid.
    pub tiling: Tiling,
    /// The sessions in the order in force.
    pub shown: Vec<usize>,
    /// The place of the focused one among them.
    pub focus: Option<usize>,
    /// This page, from 0.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
}

impl Page {
    /// The page on which the focus stands. A frame may come before `update` has heard of a new size, so it is worked out anew,
    /// and with it the order: `update` takes that over with the frame's areas.
    pub fn of(state: &State, grid: Area) -> Self {
        let count = state.shown().len();
        let tiling = layout::tiling(grid, count);
        let per_page = tiling.per_page().max(1);
        let shown = state.arranged(count > per_page);
        let focus = state
            .grid
            .focus
            .as_ref()
            .and_then(|key| shown.iter().position(|&i| state.fleet.sessions[i].key() == *key));
        let pages = shown.len().div_ceil(per_page).max(1);
        let page = focus.map_or(state.grid.page, |at| at / per_page).min(pages - 1);
        Self { tiling, shown, focus, page, pages }
    }

    /// The places on this page: index into the order in force, and rectangle.
    fn places(&self) -> impl Iterator<Item = (usize, Area)> {
        let per_page = self.tiling.per_page();
        let first = self.page * per_page;
        let last = self.shown.len().min(first + per_page);
        (first..last).map(move |i| (i, self.tiling.place(i - first)))
    }

    /// The sessions on the other pages, as indices into the fleet.
    pub fn elsewhere(&self) -> impl Iterator<Item = usize> {
        let per_page = self.tiling.per_page();
        let here = self.page * per_page..(self.page + 1) * per_page;
        self.shown.iter().enumerate().filter(move |(i, _)| !here.contains(i)).map(|(_, s)| *s)
    }
}

/// Draws the page, or the focused tile over `whole`.
pub fn draw(buf: &mut Buffer, page: &Page, whole: Area, state: &State, theme: &Theme, areas: &mut Areas) {
    let zoomed = page.focus.filter(|_| state.grid.zoomed).map(|at| (at, whole));
    let places: Vec<(usize, Area)> = zoomed.map_or_else(|| page.places().collect(), |z| vec![z]);
    let first = page.page * page.tiling.per_page();
    for &(i, area) in &places {
        let session = &state.fleet.sessions[page.shown[i]];
        let focused = page.focus == Some(i);
        if area.w < layout::READABLE.0 || area.h < layout::READABLE.1 {
            tile::bare(buf, area, state, theme, session, focused);
        } else {
            tile::draw(buf, area, state, theme, session, Place { number: i + 1 - first, focused });
        }
    }
    areas.tiles = places;
}
