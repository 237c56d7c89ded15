//! Where things stand on a wall, from the terminal's size and the number of sessions: pure numbers. Here and not with the
//! view, because how many sessions a page holds decides which ones it shows.
//!
//! ```text
//! ┌ head: how many need you, since when, who; the clock ┐
//! │┌ tile ──────┐┌ tile ──────┐┌ tile ──────┐           │   where tiles do not fit: a line a session
//! │└────────────┘└────────────┘└────────────┘           │
//! └ foot: everybody in one row, where it comes from ────┘
//! ```
//! Around it a margin in which all of it drifts. What goes first when there is less room: the margin, the foot, the second
//! line of the head, tiles become lines, lines turn pages; the head stays.

use crate::app::areas::Area;

/// A tile below this cannot be read from afar: columns and rows, frame included.
const LEAST: (u16, u16) = (34, 7);
/// Tiles of this size where the sessions need several pages.
const COMFORTABLE: (u16, u16) = (38, 8);
/// More than this makes a tile no better.
const ENOUGH: (u16, u16) = (80, 24);
/// A line of a session is worth at least so many columns.
const LINE: u16 = 38;

/// The parts of a wall before it drifts; a part without room has no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// How far it may drift right and down.
    pub margin: (u16, u16),
    /// The headline.
    pub head: Area,
    /// The sessions.
    pub body: Area,
    /// Everybody in a row, and where it comes from.
    pub foot: Area,
}

/// Splits the terminal.
pub fn parts(w: u16, h: u16) -> Parts {
    let margin = match (w, h) {
        (100.., 30..) => (4, 2),
        (60.., 20..) => (2, 1),
        (36.., 12..) => (1, 1),
        _ => (0, 0),
    };
    let (w, h) = (w - margin.0, h - margin.1);
    let foot = match h {
        30.. => 2,
        6.. => 1,
        _ => 0,
    };
    let head = match h {
        56.. => 14,
        34.. => 10,
        20.. => 5,
        11.. => 4,
        4.. => 2,
        _ => h.min(1),
    };
    let at = |y: u16, h: u16| Area { x: 0, y, w, h };
    Parts { margin, head: at(0, head), body: at(head, h - head - foot), foot: at(h - foot, foot) }
}

/// How the body is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    body: Area,
    /// Side by side.
    pub columns: u16,
    /// One over the other.
    pub rows: u16,
    /// There is no room for tiles: one line a session.
    pub lines: bool,
}

/// Cuts the body for `n` sessions: all of them if that can be read, else pages.
pub fn cut(body: Area, n: usize) -> Cut {
    if body.w < LEAST.0 || body.h < LEAST.1 {
        return Cut { body, columns: (body.w / LINE).max(1), rows: body.h, lines: true };
    }
    let most = |(w, h): (u16, u16)| ((body.w / w).max(1), (body.h / h).max(1));
    let (columns, rows) = best(body, n, most(LEAST)).unwrap_or_else(|| most(COMFORTABLE));
    Cut { body, columns, rows, lines: false }
}

/// The cut that gives each of `n` sessions the largest words, with at most so many columns and rows.
fn best(body: Area, n: usize, most: (u16, u16)) -> Option<(u16, u16)> {
    let cuts = (1..=most.0).filter_map(|columns| {
        let rows = n.max(1).div_ceil(usize::from(columns));
        (rows <= usize::from(most.1)).then_some((columns, rows as u16))
    });
    let shows = |(columns, rows): (u16, u16)| {
        u32::from((body.w / columns).min(ENOUGH.0)) * u32::from((body.h / rows).min(ENOUGH.1))
    };
    // Of equals the one with the fewest empty places.
    cuts.max_by_key(|&(c, r)| (shows((c, r)), u16::MAX - c * r))
}

impl Cut {
    /// Sessions on one page.
    pub fn places(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// The place of the i-th session of a page: tiles row by row, lines column by column.
    pub fn place(&self, i: usize) -> Area {
        let (across, down) = (usize::from(self.columns), usize::from(self.rows.max(1)));
        let (column, row) = if self.lines { (i / down, i % down) } else { (i % across, i / across) };
        let (left, w) = slice(self.body.w, self.columns, column as u16);
        let (top, h) = slice(self.body.h, self.rows, row as u16);
        Area { x: self.body.x + left, y: self.body.y + top, w, h }
    }
}

fn slice(total: u16, parts: u16, i: u16) -> (u16, u16) {
    let (each, rest) = (total / parts.max(1), total % parts.max(1));
    (i * each + i.min(rest), each + u16::from(i < rest))
}

/// How many of `n` sessions a page of a terminal of that size holds.
pub fn places((w, h): (u16, u16), n: usize) -> usize {
    cut(parts(w, h).body, n).places()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tiles_can_be_read_from_afar() {
        for (w, h, n, columns, rows, least) in [
            (80, 24, 9, 2, 2, (39, 8)),
            (120, 40, 9, 3, 3, (38, 8)),
            (240, 67, 9, 3, 3, (78, 16)),
            (240, 67, 36, 6, 6, (39, 8)),
            (240, 67, 50, 6, 6, (39, 8)),
            (240, 67, 200, 6, 6, (39, 8)),
            (120, 40, 50, 3, 3, (38, 8)),
            (240, 67, 1, 1, 1, (236, 49)),
        ] {
            let c = cut(parts(w, h).body, n);
            assert_eq!((c.columns, c.rows, c.lines), (columns, rows, false), "{n} sessions at {w}x{h}");
            let last = c.place(c.places() - 1);
            assert!(last.w >= least.0 && last.h >= least.1, "{n} sessions at {w}x{h}: {last:?}");
        }
        assert!(cut(parts(40, 12).body, 9).lines && cut(parts(20, 5).body, 9).lines);
        assert_eq!(places((20, 5), 9), 3);
        assert_eq!(places((1, 1), 9), 0);
    }

    proptest! {
        #[test]
        fn everything_stays_inside_and_nothing_lies_over_anything(w in 0u16..=400, h in 0u16..=300, n in 0usize..300) {
            let p = parts(w, h);
            let inside = |a: Area| a.x + a.w + p.margin.0 <= w && a.y + a.h + p.margin.1 <= h;
            prop_assert!(inside(p.head) && inside(p.body) && inside(p.foot));
            prop_assert_eq!(p.head.h + p.body.h + p.foot.h + p.margin.1, h);
            let c = cut(p.body, n);
            let mut covered = 0;
            for i in 0..c.places() {
                let a = c.place(i);
                prop_assert!(inside(a) && a.y >= p.body.y && a.y + a.h <= p.body.y + p.body.h);
                prop_assert!(c.lines || a.w >= LEAST.0 && a.h >= LEAST.1);
                covered += u32::from(a.w) * u32::from(a.h);
            }
            prop_assert_eq!(covered, u32::from(p.body.w) * u32::from(p.body.h));
        }
    }
}
