//! Where things were drawn last: `view` computes it, `update` uses it for mouse hits, paging and moves. Plain numbers.

use super::panel::PanelId;
use crate::domain::session::PaneId;

/// A rectangle of cells, from the top left of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
}

impl Area {
    /// True if the cell lies inside.
    pub const fn has(self, x: u16, y: u16) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.w && y - self.y < self.h
    }
}

/// What the last frame showed, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Areas {
    /// The tiles drawn, as indices into the order in force, with their outer rectangles.
    pub tiles: Vec<(usize, Area)>,
    /// Panes whose dialog is about more than was drawn of it.
    pub partly: Vec<PaneId>,
    /// Tiles side by side.
    pub columns: usize,
    /// Tiles on one page.
    pub per_page: usize,
    /// There is more than one page: who needs a person comes first.
    pub paged: bool,
    /// The panels drawn.
    pub panels: Vec<(PanelId, Area)>,
    /// Rows of list that the open popup shows (for paging in it).
    pub popup_rows: usize,
    /// The last row to which the open popup can be scrolled; `None` = it does not scroll.
    pub popup_last: Option<usize>,
    /// The text of the new rule, where all of it was on the screen.
    pub rule: Option<String>,
}

impl Areas {
    /// The tile at a cell, as index into the order in force.
    pub fn tile_at(&self, x: u16, y: u16) -> Option<usize> {
        self.tiles.iter().find(|(_, a)| a.has(x, y)).map(|(i, _)| *i)
    }

    /// The panel at a cell.
    pub fn panel_at(&self, x: u16, y: u16) -> Option<PanelId> {
        self.panels.iter().find(|(_, a)| a.has(x, y)).map(|(p, _)| *p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_exact_at_the_edges() {
        let a = Area { x: 2, y: 1, w: 3, h: 2 };
        assert!(a.has(2, 1) && a.has(4, 2));
        assert!(!a.has(1, 1) && !a.has(5, 1) && !a.has(2, 3) && !a.has(2, 0));
    }
}
