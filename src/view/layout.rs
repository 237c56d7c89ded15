//! Where things stand: from the terminal's size and the number of sessions to rectangles. Pure numbers, no drawing.
//!
//! ```text
//! from 160 columns on                                  below, from 32 rows on            smaller
//! ┌ header ──────────────────────────────────────┐    ┌ header ────────────────┐    ┌ header ─────┐
//! │┌ tile ┐┌ tile ┐┌ tile ┐┌ column of panels ──┐│    │┌ tile ┐┌ tile ┐┌ tile ┐│    │┌ tile ─────┐│
//! │└──────┘└──────┘└──────┘│ NEEDS YOU          ││    │└──────┘└──────┘└──────┘│    │└───────────┘│
//! │┌ tile ┐┌ tile ┐┌ tile ┐│ TASKS              ││    │┌ tile ┐┌ tile ┐┌ tile ┐│    │┌ tile ─────┐│
//! │└──────┘└──────┘└──────┘│ CONFIRMS           ││    │└──────┘└──────┘└──────┘│    │└───────────┘│
//! │┌ tile ┐┌ tile ┐┌ tile ┐│ BRANCHES           ││    │ strip of headlines     │    │ footer      │
//! │└──────┘└──────┘└──────┘└ EVENTS ────────────┘│    │ footer                 │    └─────────────┘
//! │ footer                                       │    └────────────────────────┘
//! └──────────────────────────────────────────────┘
//! ```
//! What goes first when there is less room: the column becomes a strip, the strip folds into the header's counts and the
//! keys, tiles turn pages, tiles become a list of one line a session, the footer goes, the list goes, the header stays.

use crate::app::areas::Area;

/// A tile below this is not readable: columns and rows, frame included.
pub const READABLE: (u16, u16) = (24, 5);
/// Tiles of this size are worth looking at.
const COMFORTABLE: (u16, u16) = (38, 9);
/// Tiles may shrink to this if then no session needs another page.
const COMPACT: (u16, u16) = (30, 7);
/// More of a pane than this adds little.
const ENOUGH: (u16, u16) = (100, 40);
/// From this width on the panels have a column of their own.
const COLUMN_FROM: u16 = 160;
/// From this size on they have a strip.
const STRIP_FROM: (u16, u16) = (72, 32);

/// Where the panels stand beside or below the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Nowhere: the header counts, and a key brings each to full size.
    Folded,
    /// In a column at the right.
    Column(Area),
    /// In a few lines below the grid.
    Strip(Area),
}

/// The parts of the screen. A part without room has no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The first row.
    pub header: Area,
    /// Everything between header and footer.
    pub body: Area,
    /// The tiles.
    pub grid: Area,
    /// The panels.
    pub side: Side,
    /// The last row.
    pub footer: Area,
}

/// Splits the terminal.
pub fn parts(w: u16, h: u16) -> Parts {
    let footer_rows = u16::from(h >= 4);
    let header = Area { x: 0, y: 0, w, h: h.min(1) };
    let body = Area { x: 0, y: header.h, w, h: h - header.h - footer_rows };
    let footer = Area { x: 0, y: h - footer_rows, w, h: footer_rows };
    let (grid, side) = if w >= COLUMN_FROM && body.h >= 10 {
        let column = ((w - COLUMN_FROM) / 10 + 36).min(46);
        let (grid, column) = split_right(body, column);
        (grid, Side::Column(column))
    } else if w >= STRIP_FROM.0 && h >= STRIP_FROM.1 {
        let rows = if h >= 46 { 6 } else { 4 };
        let grid = Area { h: body.h - rows, ..body };
        (grid, Side::Strip(Area { y: grid.y + grid.h, h: rows, ..body }))
    } else {
        (body, Side::Folded)
    };
    Parts { header, body, grid, side, footer }
}

fn split_right(a: Area, columns: u16) -> (Area, Area) {
    let w = a.w - columns;
    (Area { w, ..a }, Area { x: a.x + w, w: columns, ..a })
}

/// How the grid is cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    grid: Area,
    /// Tiles side by side.
    pub columns: u16,
    /// Tiles one over the other.
    pub rows: u16,
    /// There is no room for tiles: one line a session.
    pub list: bool,
}

/// Cuts the grid for `n` sessions: all of them if they stay readable, else pages of tiles worth looking at.
pub fn tiling(grid: Area, n: usize) -> Tiling {
    if grid.w < READABLE.0 || grid.h < READABLE.1 {
        return Tiling { grid, columns: 1, rows: grid.h, list: true };
    }
    let most = |(w, h): (u16, u16)| ((grid.w / w).max(1), (grid.h / h).max(1));
    let all = [COMFORTABLE, COMPACT].into_iter().find_map(|least| best(grid, n, most(least)));
    let (columns, rows) = all.unwrap_or_else(|| most(COMFORTABLE));
    Tiling { grid, columns, rows, list: false }
}

/// The cut that shows the most of each of `n` panes, with at most so many columns and rows.
fn best(grid: Area, n: usize, most: (u16, u16)) -> Option<(u16, u16)> {
    let cuts = (1..=most.0).filter_map(|columns| {
        let rows = n.max(1).div_ceil(usize::from(columns));
        (rows <= usize::from(most.1)).then_some((columns, rows as u16))
    });
    let shows = |(columns, rows): (u16, u16)| {
        let w = (grid.w / columns).saturating_sub(2).min(ENOUGH.0);
        let h = (grid.h / rows).saturating_sub(2).min(ENOUGH.1);
        u32::from(w) * u32::from(h)
    };
    // Of equals the one with the fewest empty places.
    cuts.max_by_key(|&(c, r)| (shows((c, r)), u16::MAX - c * r))
}

impl Tiling {
    /// Tiles on one page.
    pub fn per_page(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// The place of the i-th tile of a page. Columns and rows that remain go to the first ones.
    pub fn place(&self, i: usize) -> Area {
        let (column, row) = ((i % usize::from(self.columns)) as u16, (i / usize::from(self.columns)) as u16);
        let (left, w) = slice(self.grid.w, self.columns, column);
        let (down, h) = slice(self.grid.h, self.rows, row);
        Area { x: self.grid.x + left, y: self.grid.y + down, w, h }
    }
}

fn slice(total: u16, parts: u16, i: u16) -> (u16, u16) {
    let (each, rest) = (total / parts.max(1), total % parts.max(1));
    (i * each + i.min(rest), each + u16::from(i < rest))
}

/// What a panel of the column could do with rows that are left over.
#[derive(Debug, Clone, Copy)]
pub struct Grow {
    /// Which of the panels, from 0.
    pub panel: usize,
    /// The rows that it could fill, its title left out.
    pub to: u16,
    /// A part of them would be of no use.
    pub whole: bool,
}

/// Stacks panels in the column: each has a title row and what it wants, as far as it goes. What is left over goes to those
/// that can fill it, in the order of `grow`, the rest to the last; what is missing is taken from the longest.
pub fn stack(column: Area, wants: &[u16], grow: &[Grow]) -> Vec<Area> {
    let mut heights: Vec<u16> = wants.iter().map(|w| w + 2).collect();
    let total = |h: &[u16]| h.iter().map(|&r| u32::from(r)).sum::<u32>();
    while total(&heights) > u32::from(column.h) {
        let Some(longest) = heights.iter_mut().rev().max_by_key(|h| **h) else { break };
        if *longest == 0 {
            break;
        }
        *longest -= 1;
    }
    let mut spare = (u32::from(column.h) - total(&heights)) as u16;
    for grow in grow {
        let Some(height) = heights.get_mut(grow.panel) else { continue };
        let more = grow.to.saturating_add(2).saturating_sub(*height);
        let more = if grow.whole && more > spare { 0 } else { more.min(spare) };
        *height += more;
        spare -= more;
    }
    if let Some(last) = heights.last_mut() {
        *last += spare;
    }
    let mut y = column.y;
    heights
        .into_iter()
        .map(|h| {
            let area = Area { y, h, ..column };
            y += h;
            area
        })
        .collect()
}

/// A window in the middle, at most so large.
pub fn middle(of: Area, w: u16, h: u16) -> Area {
    let (w, h) = (w.min(of.w), h.min(of.h));
    Area { x: of.x + (of.w - w) / 2, y: of.y + (of.h - h) / 2, w, h }
}

/// The area without a frame of one cell.
pub const fn inside(a: Area) -> Area {
    Area {
        x: a.x.saturating_add(1),
        y: a.y.saturating_add(1),
        w: a.w.saturating_sub(2),
        h: a.h.saturating_sub(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tiles_are_worth_looking_at() {
        for (w, h, n, columns, rows, least) in [
            (120, 40, 9, 3, 3, (40, 11)),
            (240, 67, 9, 3, 3, (65, 21)),
            (190, 54, 9, 3, 3, (50, 17)),
            (80, 24, 9, 2, 2, (40, 11)),
            (80, 24, 2, 2, 1, (40, 22)),
            (80, 24, 1, 1, 1, (80, 22)),
            (100, 30, 9, 3, 3, (33, 9)),
            (240, 67, 50, 6, 9, (32, 7)),
            (240, 67, 200, 5, 7, (39, 9)),
            (400, 120, 9, 3, 3, (118, 39)),
            (400, 120, 50, 9, 6, (39, 19)),
            (30, 12, 9, 1, 1, (30, 10)),
            (24, 7, 9, 1, 1, (24, 5)),
        ] {
            let t = tiling(parts(w, h).grid, n);
            assert_eq!((t.columns, t.rows, t.list), (columns, rows, false), "{n} sessions at {w}x{h}");
            let last = t.place(t.per_page() - 1);
            assert!(last.w >= least.0 && last.h >= least.1, "{n} sessions at {w}x{h}: {last:?}");
        }
    }

    #[test]
    fn parts_go_in_a_fixed_order() {
        assert!(matches!(parts(240, 67).side, Side::Column(c) if c.w == 44 && c.h == 65));
        assert!(matches!(parts(160, 20).side, Side::Column(c) if c.w == 36));
        assert!(matches!(parts(120, 40).side, Side::Strip(s) if s.h == 4 && s.y == 35));
        assert_eq!(parts(80, 24).side, Side::Folded);
        let small = parts(20, 5);
        assert_eq!((small.header.h, small.grid.h, small.footer.h), (1, 3, 1));
        assert!(tiling(small.grid, 9).list);
        let one = parts(1, 1);
        assert_eq!((one.header.h, one.grid.h, one.footer.h), (1, 0, 0));
    }

    #[test]
    fn a_stack_fills_its_column() {
        let column = Area { x: 100, y: 1, w: 40, h: 30 };
        let heights = |wants: &[u16]| stack(column, wants, &[]).iter().map(|a| a.h).collect::<Vec<_>>();
        assert_eq!(heights(&[3, 1, 1, 1, 4]), [5, 3, 3, 3, 16]);
        assert_eq!(heights(&[40, 1, 1, 1, 40]).iter().sum::<u16>(), 30);
        assert!(heights(&[40, 1, 1, 1, 40])[1] == 3, "short ones keep what they want");
    }

    #[test]
    fn rows_left_over_go_to_who_can_fill_them() {
        let column = Area { x: 100, y: 1, w: 40, h: 30 };
        let grow = |panel, to, whole| Grow { panel, to, whole };
        let heights =
            |grow: &[Grow]| stack(column, &[3, 1, 1, 1, 4], grow).iter().map(|a| a.h).collect::<Vec<_>>();
        assert_eq!(
            heights(&[grow(2, 5, false), grow(0, 4, true)]),
            [6, 3, 7, 3, 11],
            "the last has the rest"
        );
        assert_eq!(
            heights(&[grow(1, 9, false), grow(3, 9, false)]),
            [5, 11, 3, 5, 6],
            "the first in order first"
        );
        assert_eq!(heights(&[grow(1, 20, true), grow(3, 2, true)]), [5, 3, 3, 4, 15], "whole or not at all");
        assert_eq!(heights(&[grow(0, 1, true)]), [5, 3, 3, 3, 16], "who has enough gets none");
    }

    proptest! {
        #[test]
        fn everything_stays_inside(w in 0u16..=400, h in 0u16..=300, n in 0usize..300, wants in proptest::collection::vec(0u16..100, 5),
            could in proptest::collection::vec((0u16..200, any::<bool>()), 5)) {
            let p = parts(w, h);
            let within = |a: Area| a.x + a.w <= w && a.y + a.h <= h;
            prop_assert!(within(p.header) && within(p.body) && within(p.grid) && within(p.footer));
            let t = tiling(p.grid, n);
            let mut covered = 0u32;
            for i in 0..t.per_page() {
                let a = t.place(i);
                prop_assert!(within(a));
                if !t.list {
                    prop_assert!(a.w >= READABLE.0 && a.h >= READABLE.1);
                }
                covered += u32::from(a.w) * u32::from(a.h);
            }
            prop_assert_eq!(covered, u32::from(p.grid.w) * u32::from(p.grid.h), "tiles cover the grid exactly");
            match p.side {
                Side::Folded => {}
                Side::Strip(s) => prop_assert!(within(s)),
                Side::Column(c) => {
                    prop_assert!(within(c));
                    let grow: Vec<Grow> =
                        could.iter().enumerate().map(|(panel, &(to, whole))| Grow { panel, to, whole }).collect();
                    let stacked = stack(c, &wants, &grow);
                    prop_assert_eq!(stacked.iter().map(|a| a.h).sum::<u16>(), c.h);
                    prop_assert!(stacked.iter().all(|a| within(*a)));
                }
            }
        }
    }
}
