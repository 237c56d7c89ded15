//! A frame as a picture: the cells of a buffer as SVG. The same frame always gives the same bytes. Every cell stands at its
//! own place, whatever font the reader has; frames and blocks are drawn, not written, so that they join. Not for what a
//! terminal gets.

mod shapes;

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::Modifier;

use crate::theme::{Rgb, Theme};

/// A cell, in tenths of a pixel, so that all numbers are whole: no rounding, the same bytes everywhere.
const CELL: (usize, usize) = (84, 180);
/// From a row's top to the foot of its letters.
const FOOT: usize = 136;
/// Around the frame.
const MARGIN: usize = 120;

/// The frame as an SVG document.
pub fn svg(buf: &Buffer, theme: &Theme) -> String {
    let columns = usize::from(buf.area.width);
    let (w, h) = (columns * CELL.0 + 2 * MARGIN, usize::from(buf.area.height) * CELL.1 + 2 * MARGIN);
    let base = Look::of(&Cell::EMPTY, theme);
    let mut out = String::new();
    write(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{}\" height=\"{}\" \
         font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"140\">\n\
         <rect width=\"{w}\" height=\"{h}\" rx=\"100\" fill=\"{}\"/>\n",
            w / 10,
            h / 10,
            hex(base.bg),
        ),
    );
    for (y, row) in buf.content.chunks(columns.max(1)).enumerate() {
        let top = MARGIN + y * CELL.1;
        for run in runs(row, theme, |look| (look.bg, look.bg)) {
            if run.look.bg != base.bg {
                let (x, w) = (MARGIN + run.from * CELL.0, run.cells * CELL.0);
                let fill = hex(run.look.bg);
                write(
                    &mut out,
                    format_args!(
                        "<rect x=\"{x}\" y=\"{top}\" width=\"{w}\" height=\"{}\" fill=\"{fill}\"/>\n",
                        CELL.1
                    ),
                );
            }
        }
        for run in runs(row, theme, |look| look) {
            glyphs(&mut out, row, &run, top);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// How a cell looks in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Rgb,
    bg: Rgb,
    attrs: Modifier,
}

impl Look {
    fn of(cell: &Cell, theme: &Theme) -> Self {
        let (mut fg, mut bg) = (theme.rgb(cell.fg, true), theme.rgb(cell.bg, false));
        if cell.modifier.contains(Modifier::REVERSED) {
            (fg, bg) = (bg, fg);
        }
        Self { fg, bg, attrs: cell.modifier.difference(Modifier::REVERSED) }
    }
}

/// Neighbouring cells that look the same.
struct Run {
    from: usize,
    cells: usize,
    look: Look,
}

/// The runs of a row: cells of which `same` tells the same.
fn runs<T: PartialEq>(row: &[Cell], theme: &Theme, same: impl Fn(Look) -> T) -> Vec<Run> {
    let mut runs: Vec<Run> = vec![];
    for (i, cell) in row.iter().enumerate() {
        let look = Look::of(cell, theme);
        match runs.last_mut() {
            Some(run) if same(run.look) == same(look) => run.cells += 1,
            _ => runs.push(Run { from: i, cells: 1, look }),
        }
    }
    runs
}

/// Writes a run: letters of a word as one text whose length is given, everything else cell by cell.
fn glyphs(out: &mut String, row: &[Cell], run: &Run, top: usize) {
    let end = run.from + run.cells;
    let mut at = run.from;
    while at < end {
        let symbol = row[at].symbol();
        let x = MARGIN + at * CELL.0;
        if symbol == " " && !decorated(run.look) {
            at += 1;
        } else if let Some(shape) = shapes::of(symbol) {
            // Lines that go on are one line.
            let same = row[at..end].iter().take_while(|c| c.symbol() == symbol).count();
            let many = if shape.repeats() { same } else { 1 };
            write(
                out,
                format_args!(
                    "<path d=\"{}\" {}=\"{}\"{}/>\n",
                    shape.path(x, top, many, CELL),
                    if shape.filled() { "fill" } else { "fill=\"none\" stroke" },
                    hex(run.look.fg),
                    shape.stroke(),
                ),
            );
            at += many;
        } else if symbol.is_ascii() {
            let plain = |c: &&Cell| c.symbol().is_ascii();
            let word: String = row[at..end].iter().take_while(plain).map(Cell::symbol).collect();
            let cells = word.len();
            let word = if decorated(run.look) { word.as_str() } else { word.trim_end() };
            text(out, word, x, top, word.len(), run.look);
            at += cells;
        } else {
            let wide = usize::from(row[at].cell_width().max(1));
            text(out, symbol, x, top, wide, run.look);
            at += wide;
        }
    }
}

/// True if blanks are seen too.
const fn decorated(look: Look) -> bool {
    look.attrs.intersects(Modifier::UNDERLINED.union(Modifier::CROSSED_OUT))
}

fn text(out: &mut String, text: &str, x: usize, top: usize, cells: usize, look: Look) {
    let mut attrs = String::new();
    for (attr, word) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::DIM, " opacity=\"0.6\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
    ] {
        if look.attrs.contains(attr) {
            attrs.push_str(word);
        }
    }
    let lines = [(Modifier::UNDERLINED, "underline"), (Modifier::CROSSED_OUT, "line-through")];
    let lines: Vec<&str> = lines.iter().filter(|(a, _)| look.attrs.contains(*a)).map(|(_, w)| *w).collect();
    if !lines.is_empty() {
        write(&mut attrs, format_args!(" text-decoration=\"{}\"", lines.join(" ")));
    }
    if cells > 1 {
        write(&mut attrs, format_args!(" textLength=\"{}\"", cells * CELL.0));
    }
    write(
        out,
        format_args!(
            "<text x=\"{x}\" y=\"{}\" fill=\"{}\"{attrs} xml:space=\"preserve\">{}</text>\n",
            top + FOOT,
            hex(look.fg),
            escape(text),
        ),
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn hex(c: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2)
}

fn write(out: &mut String, what: std::fmt::Arguments) {
    out.write_fmt(what).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Depth;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    fn picture(text: &str, style: Style) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        buf.set_string(0, 0, text, style);
        svg(&buf, &Theme::dark(Depth::True))
    }

    #[test]
    fn text_is_escaped_and_stands_on_its_columns() {
        let s = picture("a<b>&c", Style::new());
        assert!(s.contains(">a&lt;b&gt;&amp;c</text>"), "{s}");
        assert!(s.contains("textLength=\"504\""), "six cells of 84: {s}");
        let s = picture("漢x", Style::new());
        assert!(s.contains("x=\"120\"") && s.contains("x=\"288\""), "x stands two cells on: {s}");
    }

    #[test]
    fn attributes_and_grounds_are_drawn() {
        let style = Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(4, 5, 6));
        let s =
            picture("x", style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED | Modifier::CROSSED_OUT));
        assert!(s.contains("#010203") && s.contains("#040506") && s.contains("bold"), "{s}");
        assert!(s.contains("underline line-through"), "{s}");
        let s = picture("x", style.add_modifier(Modifier::REVERSED));
        assert!(s.contains("fill=\"#040506\" xml:space"), "the letter takes the ground's colour: {s}");
    }

    #[test]
    fn frames_join_and_lines_go_on() {
        let s = picture("╭────╮", Style::new());
        assert_eq!(s.matches("<path").count(), 3, "{s}");
        assert!(!s.contains("<text"), "{s}");
    }
}
