//! Words of several rows, readable from across a room: letters of dots, two dots over each other in a cell (`▀▄█`), so that
//! a dot is about square. Sizes are whole multiples of two alphabets. What is written is for the others.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::letters;
use crate::app::areas::Area;
use crate::view::paint;

/// A size of type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    alphabet: &'static [(char, &'static str)],
    high: u16,
    scale: u16,
}

const fn large(scale: u16) -> Type {
    Type { alphabet: &letters::LARGE, high: 7, scale }
}

const fn small(scale: u16) -> Type {
    Type { alphabet: &letters::SMALL, high: 5, scale }
}

/// Every size, the largest first.
const SIZES: [Type; 6] = [large(4), large(3), large(2), small(2), large(1), small(1)];

impl Type {
    /// The largest in which a text fits into so many columns and rows, half a row of air included; `None` = not even the smallest, or it has a character
    /// that is in neither alphabet.
    pub fn fitting(text: &str, columns: u16, rows: u16) -> Option<Self> {
        SIZES
            .into_iter()
            .find(|t| t.high * t.scale < rows * 2 && t.columns(text).is_some_and(|w| w <= columns))
    }

    /// The rows that it needs, air included.
    pub const fn rows(self) -> u16 {
        (self.high * self.scale + 1).div_ceil(2)
    }

    /// The columns that a text needs; `None` = it cannot be written.
    pub fn columns(self, text: &str) -> Option<u16> {
        let mut columns = 0u16;
        for c in text.chars() {
            let (_, wide) = self.glyph(c)?;
            columns = columns.saturating_add((wide + 1).saturating_mul(self.scale));
        }
        Some(columns.saturating_sub(self.scale))
    }

    fn glyph(self, c: char) -> Option<(&'static str, u16)> {
        let c = c.to_ascii_uppercase();
        let (_, picture) = self.alphabet.iter().find(|(known, _)| *known == c)?;
        let wide = picture.find('|').unwrap_or(picture.len());
        Some((picture, wide as u16))
    }

    /// True if there is ink at a dot of a picture.
    fn ink(self, picture: &str, wide: u16, x: u16, y: u16) -> bool {
        let (x, y) = (x / self.scale, y / self.scale);
        let at = usize::from(y) * (usize::from(wide) + 1) + usize::from(x);
        x < wide && y < self.high && picture.as_bytes().get(at) == Some(&b'#')
    }

    /// Writes a text from the left end of an area on, in the middle of its height. What does not fit is cut. Cells without
    /// ink stay as they are.
    pub fn write(self, buf: &mut Buffer, area: Area, text: &str, style: Style) {
        let dots = self.high * self.scale;
        // What is left over is air above it.
        let down = (area.h * 2).saturating_sub(dots).div_ceil(2);
        let mut left = 0u16;
        for c in text.chars() {
            let Some((picture, wide)) = self.glyph(c) else { continue };
            for row in 0..area.h {
                let cells = paint::row(buf, area, row);
                for x in 0..wide * self.scale {
                    let Some(cell) = cells.get_mut(usize::from(left + x)) else { break };
                    let ink = |half: u16| {
                        (row * 2 + half).checked_sub(down).is_some_and(|y| self.ink(picture, wide, x, y))
                    };
                    let symbol = match (ink(0), ink(1)) {
                        (true, true) => "█",
                        (true, false) => "▀",
                        (false, true) => "▄",
                        (false, false) => continue,
                    };
                    cell.set_symbol(symbol).set_style(style);
                }
            }
            left = left.saturating_add((wide + 1) * self.scale);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Cell;
    use ratatui::layout::Rect;

    use super::*;
    use crate::domain::status::State;
    use crate::view::words;

    fn written(text: &str, size: Type) -> Vec<String> {
        let (w, h) = (size.columns(text).expect("it can be written"), size.rows());
        let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
        size.write(&mut buf, Area { x: 0, y: 0, w, h }, text, Style::new());
        buf.content.chunks(w.into()).map(|row| row.iter().map(Cell::symbol).collect()).collect()
    }

    #[test]
    fn letters_are_made_of_dots() {
        assert_eq!(written("hi", small(1)), ["▄ ▄ ▄", "█▄█ █", "█ █ █"]);
        assert_eq!(written("L", small(2)), ["▄▄    ", "██    ", "██    ", "██    ", "██▄▄▄▄", "▀▀▀▀▀▀"]);
        assert_eq!(written("T", large(1)), ["▄▄▄▄▄", "  █  ", "  █  ", "  █  "]);
    }

    #[test]
    fn the_largest_that_fits_is_taken() {
        assert_eq!(Type::fitting("HI", 300, 20), Some(large(4)));
        assert_eq!(Type::fitting("HI", 300, 6), Some(small(2)));
        assert_eq!(Type::fitting("HI", 9, 5), Some(large(1)));
        assert_eq!(Type::fitting("HI", 5, 5), Some(small(1)));
        assert_eq!(Type::fitting("HI", 4, 5), None);
        assert_eq!(Type::fitting("HI", 300, 2), None);
        assert_eq!(Type::fitting("漢", 300, 20), None, "it is written small then, not left out");
    }

    #[test]
    fn every_state_has_its_shape_and_its_word_in_both_alphabets() {
        let mut told: Vec<_> = State::ALL.into_iter().map(words::told).collect();
        told.push(words::STUCK);
        for told in told {
            for size in [large(1), small(1)] {
                assert!(
                    size.columns(told.word).is_some() && size.columns(told.shape).is_some(),
                    "{}",
                    told.word
                );
            }
        }
        assert!(small(1).columns("NEEDS EYES 0123456789 : . - _ / ! +").is_some());
    }

    #[test]
    fn every_picture_is_a_rectangle_of_its_own() {
        for (alphabet, high) in [(&letters::LARGE[..], 7), (&letters::SMALL[..], 5)] {
            for (i, (c, picture)) in alphabet.iter().enumerate() {
                let rows: Vec<&str> = picture.split('|').collect();
                assert_eq!(rows.len(), high, "{c}");
                assert!(
                    rows.iter()
                        .all(|r| r.len() == rows[0].len() && r.bytes().all(|b| b == b'#' || b == b'.')),
                    "{c}"
                );
                // `25S` is no number: letters and digits stand beside each other.
                let same = alphabet[..i].iter().find(|(_, p)| p == picture).map(|(other, _)| *other);
                assert_eq!(same, None, "{c} is another's picture");
            }
        }
    }
}
