//! Characters that are shapes: frames, rules and blocks as paths that fill their cells exactly, so that neighbours join.

use std::fmt::Write;

/// A character as a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Arms from the middle: left, right, up, down; 0 none, 1 light, 2 heavy.
    Arms([u8; 4]),
    /// A quarter of a circle that joins a horizontal and a vertical arm: to the right, downwards.
    Arc(bool, bool),
    /// A dashed horizontal line.
    Dashes,
    /// Quarters of the cell that are filled: upper left, upper right, lower left, lower right.
    Quarters([bool; 4]),
    /// The part of the cell from the left, right, top, bottom edge, in eighths: from x, from y, to x, to y.
    Part([usize; 4]),
}

/// The shape of a symbol, if it is one.
pub(super) fn of(symbol: &str) -> Option<Shape> {
    let mut chars = symbol.chars();
    let (c, None) = (chars.next()?, chars.next()) else { return None };
    let arms = |a| Some(Shape::Arms(a));
    match c {
        '─' => arms([1, 1, 0, 0]),
        '│' => arms([0, 0, 1, 1]),
        '┌' => arms([0, 1, 0, 1]),
        '┐' => arms([1, 0, 0, 1]),
        '└' | '⎿' => arms([0, 1, 1, 0]),
        '┘' => arms([1, 0, 1, 0]),
        '├' => arms([0, 1, 1, 1]),
        '┤' => arms([1, 0, 1, 1]),
        '┬' => arms([1, 1, 0, 1]),
        '┴' => arms([1, 1, 1, 0]),
        '┼' => arms([1, 1, 1, 1]),
        '━' => arms([2, 2, 0, 0]),
        '┃' => arms([0, 0, 2, 2]),
        '┏' => arms([0, 2, 0, 2]),
        '┓' => arms([2, 0, 0, 2]),
        '┗' => arms([0, 2, 2, 0]),
        '┛' => arms([2, 0, 2, 0]),
        '╭' => Some(Shape::Arc(true, true)),
        '╮' => Some(Shape::Arc(false, true)),
        '╰' => Some(Shape::Arc(true, false)),
        '╯' => Some(Shape::Arc(false, false)),
        '╌' => Some(Shape::Dashes),
        '▖'..='▟' => quarters(c),
        '▀' => Some(Shape::Part([0, 0, 8, 4])),
        '▁'..='█' => Some(Shape::Part([0, 8 - (c as usize - '▀' as usize), 8, 8])),
        '▉'..='▏' => Some(Shape::Part([0, 0, 8 - (c as usize - '█' as usize), 8])),
        '▐' => Some(Shape::Part([4, 0, 8, 8])),
        '▔' => Some(Shape::Part([0, 0, 8, 1])),
        _ => None,
    }
}

fn quarters(c: char) -> Option<Shape> {
    let (a, b) = (true, false);
    Some(Shape::Quarters(match c {
        '▖' => [b, b, a, b],
        '▗' => [b, b, b, a],
        '▘' => [a, b, b, b],
        '▙' => [a, b, a, a],
        '▚' => [a, b, b, a],
        '▛' => [a, a, a, b],
        '▜' => [a, a, b, a],
        '▝' => [b, a, b, b],
        '▞' => [b, a, a, b],
        '▟' => [b, a, a, a],
        _ => return None,
    }))
}

impl Shape {
    /// True if equal neighbours make one longer shape.
    pub(super) fn repeats(self) -> bool {
        matches!(self, Self::Arms([1, 1, 0, 0] | [2, 2, 0, 0]) | Self::Part([0, _, 8, _]))
    }

    /// True if the shape is filled, not a line.
    pub(super) fn filled(self) -> bool {
        matches!(self, Self::Quarters(_) | Self::Part(_))
    }

    /// How thick its line is.
    pub(super) fn stroke(self) -> &'static str {
        match self {
            Self::Arms(arms) if arms.contains(&2) => " stroke-width=\"22\"",
            Self::Dashes => " stroke-width=\"10\" stroke-dasharray=\"28 14\"",
            Self::Arms(_) | Self::Arc(..) => " stroke-width=\"10\"",
            Self::Quarters(_) | Self::Part(_) => "",
        }
    }

    /// The path of `many` of them in a row, the first in the cell at `x`, `y`.
    pub(super) fn path(self, x: usize, y: usize, many: usize, cell: (usize, usize)) -> String {
        let (wide, high) = cell;
        let (mid_x, mid_y) = (x + wide / 2, y + high / 2);
        let (right, bottom) = (x + wide * many, y + high);
        match self {
            Self::Arms([1 | 2, 1 | 2, 0, 0]) => format!("M{x} {mid_y}H{right}"),
            Self::Dashes => format!("M{} {mid_y}H{right}", x + 7),
            Self::Arms(arms) => {
                // A little over the middle, so that corners are whole.
                let over = if arms.contains(&2) { 11 } else { 5 };
                let mut path = String::new();
                let mut arm = |on: u8, what: std::fmt::Arguments| {
                    if on > 0 {
                        path.write_fmt(what).expect("a string takes everything");
                    }
                };
                arm(arms[0], format_args!("M{x} {mid_y}H{}", mid_x + over));
                arm(arms[1], format_args!("M{} {mid_y}H{right}", mid_x - over));
                arm(arms[2], format_args!("M{mid_x} {y}V{mid_y}"));
                arm(arms[3], format_args!("M{mid_x} {mid_y}V{bottom}"));
                path
            }
            Self::Arc(to_right, down) => {
                let (from, to) = (if to_right { right } else { x }, if down { bottom } else { y });
                let bend = if down { mid_y + wide / 2 } else { mid_y - wide / 2 };
                format!("M{from} {mid_y}Q{mid_x} {mid_y} {mid_x} {bend}V{to}")
            }
            Self::Quarters(filled) => {
                let corners = [(x, y), (mid_x, y), (x, mid_y), (mid_x, mid_y)];
                let quarter =
                    |(x, y): (usize, usize)| format!("M{x} {y}h{}v{}h-{}z", wide / 2, high / 2, wide / 2);
                corners.into_iter().zip(filled).filter(|(_, on)| *on).map(|(at, _)| quarter(at)).collect()
            }
            Self::Part([x0, y0, x1, y1]) => {
                let to = if x1 == 8 { right } else { x + wide * x1 / 8 };
                let (left, top, low) = (x + wide * x0 / 8, y + high * y0 / 8, y + high * y1 / 8);
                format!("M{left} {top}H{to}V{low}H{left}z")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fill_their_cells() {
        for (symbol, want) in [
            ("─", "M10 90H90"),
            ("│", "M50 0V90M50 90V180"),
            ("╭", "M90 90Q50 90 50 130V180"),
            ("█", "M10 0H90V180H10z"),
            ("▐", "M50 0H90V180H50z"),
            ("▄", "M10 90H90V180H10z"),
            ("▘", "M10 0h40v90h-40z"),
        ] {
            let shape = of(symbol).expect(symbol);
            assert_eq!(shape.path(10, 0, 1, (80, 180)), want, "{symbol}");
        }
        assert_eq!(of("─").map(|s| s.path(10, 0, 3, (80, 180))).as_deref(), Some("M10 90H250"));
        for symbol in ["a", "漢", "e\u{301}", ""] {
            assert_eq!(of(symbol), None);
        }
    }
}
