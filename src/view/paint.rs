//! Text onto cells. The only place of the view that writes glyphs: nothing but printable characters, whole glyphs, and
//! marks that stay on their cell gets past it. What is written where is for the others.

use std::num::NonZeroU16;

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::app::areas::Area;
use crate::domain::text;

/// A rectangle of the core as ratatui's.
pub const fn rect(a: Area) -> Rect {
    Rect::new(a.x, a.y, a.w, a.h)
}

/// The cells of one row inside an area, cut to what the buffer has.
pub fn row(buf: &mut Buffer, area: Area, y: u16) -> &mut [Cell] {
    let inside = rect(area).intersection(buf.area);
    if y >= inside.height || inside.width == 0 {
        return &mut [];
    }
    let start = usize::from(inside.y + y - buf.area.y) * usize::from(buf.area.width)
        + usize::from(inside.x - buf.area.x);
    &mut buf.content[start..start + usize::from(inside.width)]
}

/// Fills an area with blanks of a style.
pub fn fill(buf: &mut Buffer, area: Area, style: Style) {
    for y in 0..area.h {
        for cell in row(buf, area, y) {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// Fills an area that lies over others: a wide glyph that reaches into it from the left is blanked.
pub fn cover(buf: &mut Buffer, area: Area, style: Style) {
    if let Some(x) = area.x.checked_sub(1) {
        for y in 0..area.h {
            for cell in row(buf, Area { x, w: 1, ..area }, y) {
                if cell.cell_width() > 1 {
                    cell.set_symbol(" ");
                }
            }
        }
    }
    fill(buf, area, style);
}

/// Lays a style over what stands in an area.
pub fn tint(buf: &mut Buffer, area: Area, style: Style) {
    for y in 0..area.h {
        for cell in row(buf, area, y) {
            cell.set_style(style);
        }
    }
}

/// Half-width sound marks: a cell of their own in terminals, marks to Unicode, and ratatui counts them on top of what the
/// width tables say, which changes with their version. So their width is forced.
const fn is_sound_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Columns a character takes: as the terminal counts, and as ratatui does when it compares frames.
fn columns(c: char) -> usize {
    if is_sound_mark(c) { 1 } else { text::char_width(c) }
}

/// Invisible characters that make a terminal join neighbouring cells into one glyph of another width.
const fn joins(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{034f}' | '\u{180b}'..='\u{180f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Writes glyphs one after another into a row of cells, from a column of the text on.
pub struct Strip<'a> {
    cells: &'a mut [Cell],
    /// Column of the next glyph, in the text's own columns.
    at: usize,
    /// Columns of the text that lie left of the first cell.
    skip: usize,
    /// The cell that marks go to, and how many it has.
    last: Option<(usize, usize)>,
}

impl<'a> Strip<'a> {
    /// At the first cell.
    pub fn new(cells: &'a mut [Cell]) -> Self {
        Self::skipping(cells, 0)
    }

    /// With the first columns of the text left out.
    pub fn skipping(cells: &'a mut [Cell], skip: usize) -> Self {
        Self { cells, at: 0, skip, last: None }
    }

    /// True if nothing more can be seen.
    pub fn full(&self) -> bool {
        self.at >= self.skip + self.cells.len()
    }

    /// Columns written so far, cut to the row.
    pub fn used(&self) -> usize {
        self.at.saturating_sub(self.skip).min(self.cells.len())
    }

    /// Writes a text; every cell it covers gets painted.
    pub fn write(&mut self, text: &str, paint: impl Fn(&mut Cell)) {
        for c in text.chars() {
            self.push(c, &paint);
        }
    }

    /// Writes blanks in place of a text.
    pub fn blank(&mut self, text: &str, paint: impl Fn(&mut Cell)) {
        let columns: usize = text.chars().map(columns).sum();
        for _ in 0..columns.min(self.cells.len() + self.skip) {
            self.push(' ', &paint);
        }
    }

    fn push(&mut self, c: char, paint: &impl Fn(&mut Cell)) {
        if matches!(c, ' '..='~') {
            if let Some(i) = self.at.checked_sub(self.skip)
                && let Some(cell) = self.cells.get_mut(i)
            {
                cell.set_char(c).set_diff_option(CellDiffOption::None);
                paint(cell);
                self.last = Some((i, 0));
            }
            self.at += 1;
            return;
        }
        if !text::is_printable(c) || joins(c) {
            return;
        }
        match columns(c) {
            0 => self.mark(c),
            wide => self.glyph(c, wide, paint),
        }
    }

    fn glyph(&mut self, c: char, wide: usize, paint: &impl Fn(&mut Cell)) {
        let width = if is_sound_mark(c) {
            CellDiffOption::ForcedWidth(NonZeroU16::MIN)
        } else {
            CellDiffOption::None
        };
        let from = self.at;
        self.at += wide;
        let whole = from >= self.skip && self.at <= self.skip + self.cells.len();
        self.last = None;
        for column in from..self.at {
            let Some(i) = column.checked_sub(self.skip) else { continue };
            let Some(cell) = self.cells.get_mut(i) else { continue };
            // A wide glyph cut at an edge leaves a blank; the cells behind its first one are blank anyway.
            let first = whole && column == from;
            cell.set_char(if first { c } else { ' ' });
            cell.set_diff_option(if first { width } else { CellDiffOption::None });
            paint(cell);
            if first {
                self.last = Some((i, 0));
            }
        }
    }

    /// Puts a mark onto the glyph before it, unless that would change how many columns it takes.
    fn mark(&mut self, c: char) {
        let Some((i, marks)) = self.last else { return };
        if marks >= text::MAX_MARKS {
            return;
        }
        let cell = &mut self.cells[i];
        let bare = cell.symbol().to_owned();
        let marked = format!("{bare}{c}");
        if bare != " " && marked.as_str().cell_width() == bare.as_str().cell_width() {
            cell.set_symbol(&marked);
            self.last = Some((i, marks + 1));
        }
    }
}

/// The style alone, without the weight of what stood there before.
pub fn alone(style: Style) -> Style {
    style.remove_modifier(Modifier::all().difference(style.add_modifier))
}

/// A pen in one row of an area: writes from the left and from the right, never over its ends.
pub struct Pen<'a> {
    buf: &'a mut Buffer,
    area: Area,
}

impl<'a> Pen<'a> {
    /// In row `y` of an area.
    pub fn row(buf: &'a mut Buffer, area: Area, y: u16) -> Self {
        let h = u16::from(y < area.h);
        let area = Area { x: area.x, y: area.y.saturating_add(y), w: area.w, h };
        Self { buf, area }
    }

    /// Columns left.
    pub const fn left(&self) -> u16 {
        if self.area.h == 0 { 0 } else { self.area.w }
    }

    /// Writes a text at the left end, cut with `…` where it does not fit.
    pub fn put(&mut self, text: &str, style: Style) -> &mut Self {
        let used = self.write(&text::fit(text, usize::from(self.left())), style, 0);
        self.area.x += used;
        self.area.w -= used;
        self
    }

    /// Writes a text at the left end and leaves blanks up to a width.
    pub fn column(&mut self, text: &str, width: u16, style: Style) -> &mut Self {
        let width = width.min(self.left());
        let rest = self.area.w - width;
        self.area.w = width;
        self.put(text, style);
        self.area.x += self.area.w;
        self.area.w = rest;
        self
    }

    /// Leaves columns free at the left end.
    pub fn skip(&mut self, columns: u16) -> &mut Self {
        let columns = columns.min(self.left());
        self.area.x += columns;
        self.area.w -= columns;
        self
    }

    /// Writes a text at the right end if it fits whole, and then takes its columns and one more away. True if it did.
    pub fn right(&mut self, text: &str, style: Style) -> bool {
        let wide = text::width(text) as u16;
        if wide == 0 || wide > self.left() {
            return false;
        }
        self.write(text, style, self.area.w - wide);
        self.area.w = self.area.w.saturating_sub(wide + 1);
        true
    }

    fn write(&mut self, text: &str, style: Style, at: u16) -> u16 {
        let area = Area { x: self.area.x + at, w: self.area.w - at, ..self.area };
        let mut strip = Strip::new(row(self.buf, area, 0));
        strip.write(text, |cell| {
            cell.set_style(style);
        });
        strip.used() as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, skip: usize, columns: u16) -> Vec<String> {
        let mut buf = Buffer::empty(Rect::new(0, 0, columns, 1));
        let area = Area { x: 0, y: 0, w: columns, h: 1 };
        Strip::skipping(row(&mut buf, area, 0), skip).write(text, |_| {});
        buf.content.iter().map(|c| c.symbol().to_owned()).collect()
    }

    #[test]
    fn glyphs_stay_whole_and_marks_on_their_cell() {
        for (text, skip, columns, want) in [
            ("abc", 0, 3, &["a", "b", "c"][..]),
            ("a漢c", 0, 4, &["a", "漢", " ", "c"]),
            ("a漢", 0, 2, &["a", " "]),
            ("漢b", 1, 2, &[" ", "b"]),
            ("e\u{301}x", 0, 2, &["e\u{301}", "x"]),
            ("\u{301}x", 0, 1, &["x"]),
            ("漢\u{301}x", 0, 1, &[" "]),
            ("❤\u{fe0f}x", 0, 3, &["❤", "x", " "]),
            ("ｶﾞx", 0, 3, &["ｶ", "ﾞ", "x"]),
            ("a\x1b[31m\u{9b}\u{202e}b", 0, 7, &["a", "[", "3", "1", "m", "b", " "]),
            ("👩\u{200d}👧", 0, 4, &["👩", " ", "👧", " "]),
        ] {
            assert_eq!(written(text, skip, columns), want, "{text:?}");
        }
    }

    #[test]
    fn every_character_takes_the_columns_that_ratatui_gives_its_cell() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 3, 1));
        let area = Area { x: 0, y: 0, w: 3, h: 1 };
        for c in ('\u{0}'..=char::MAX).filter(|c| text::is_printable(*c) && columns(*c) > 0) {
            buf.reset();
            let mut strip = Strip::new(row(&mut buf, area, 0));
            strip.write(c.encode_utf8(&mut [0; 4]), |_| {});
            let used = strip.used();
            assert_eq!(usize::from(buf.content[0].cell_width()), used.max(1), "{c:?} {:x}", c as u32);
        }
    }

    #[test]
    fn stacked_marks_are_few() {
        let cells = written(&format!("a{}", "\u{301}".repeat(50)), 0, 1);
        assert_eq!(cells[0].chars().count(), 1 + text::MAX_MARKS);
    }

    #[test]
    fn a_pen_keeps_within_its_row() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 1));
        let area = Area { x: 1, y: 0, w: 10, h: 1 };
        let mut pen = Pen::row(&mut buf, area, 0);
        assert!(pen.right("41s", Style::new()));
        pen.put("claude_orchestrator", Style::new());
        let line: String = buf.content.iter().map(Cell::symbol).collect();
        assert_eq!(line, " claud… 41s ");
        assert!(!Pen::row(&mut buf, area, 1).right("x", Style::new()), "there is no second row");
    }
}
