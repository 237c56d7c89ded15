//! The rows of a screen as lines: frames peeled off, rules told from text, typographic variants made plain. What the
//! lines say is for the rest of `read`.

use std::borrow::Cow;

use super::panel;
use crate::domain::screen::{Attrs, Color, Row, Screen, Style};
use crate::domain::text;

/// Rows that are read, counted from the bottom: a dialog has been seen far above the end of a 1000-row pane.
pub(super) const MAX_ROWS: usize = 2000;

/// Longer rows are not read to their end: no pane is that wide.
const MAX_BYTES: usize = 4 * 1024;

/// Bytes that are read in all, counted from the bottom.
const MAX_ALL: usize = 256 * 1024;

/// Glyphs of scroll bars.
const SCROLLBAR: [char; 4] = ['▀', '▄', '█', '▐'];

/// What a line is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing visible, or nothing within its frame.
    Blank,
    /// A horizontal line `───`, perhaps with a short label in it.
    Rule,
    /// A dashed horizontal line `╌╌╌`.
    Dashes,
    /// The upper edge of a box.
    Top,
    /// The lower edge of a box.
    Bottom,
    /// Anything else.
    Text,
}

/// One row, read.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Index of the row on the screen.
    pub row: usize,
    /// What it is made of.
    pub kind: Kind,
    /// The text inside the frames, blanks around it left out, `’` as `'` and no-break spaces as blanks.
    pub text: Cow<'a, str>,
    /// Byte in the row's own text where `text` begins.
    pub start: usize,
    /// Byte in the row's own text where `text` ends.
    pub end: usize,
    /// Column where `text` begins.
    pub column: usize,
    /// Boxes around the text: pairs of `│` that were peeled off.
    pub boxes: u8,
    /// A heavy bar `┃` stands on its left.
    pub bar: bool,
    /// First column inside the innermost frame.
    pub left: usize,
    /// Column after the last one inside the innermost frame.
    pub right: usize,
    /// A scroll bar stands at its right end: the frame holds more than it shows.
    pub scrollbar: bool,
}

impl Line<'_> {
    /// True for lines that show text.
    pub(super) fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    /// True for lines that show nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.kind == Kind::Blank
    }

    /// Columns between the frame and the text.
    pub(super) fn indent(&self) -> usize {
        self.column - self.left
    }

    /// True if `next` can be the same paragraph wrapped: its first word would not have fitted here any more.
    pub(super) fn wraps_into(&self, next: &Line<'_>) -> bool {
        let room = self.right.saturating_sub(self.column + self.indent().min(3));
        let word = || next.text.split(' ').next().map_or(0, text::width);
        let alike = self.boxes == next.boxes && self.bar == next.bar;
        alike && self.is_text() && next.is_text() && self.width() + 1 + word() > room
    }

    /// True if the text reaches the end of its frame.
    pub(super) fn is_full(&self) -> bool {
        self.is_text() && self.column + self.width() + 1 >= self.right
    }

    /// Columns that the text takes.
    pub(super) fn width(&self) -> usize {
        text::width(&self.text)
    }
}

/// The lines of the last [`MAX_ROWS`] used rows.
pub(super) fn lines(screen: &Screen) -> Vec<Line<'_>> {
    let used = screen.used_rows();
    let mut bytes = 0;
    let read = used.iter().rev().take(MAX_ROWS).take_while(|r| {
        bytes += r.text().len().min(MAX_BYTES);
        bytes <= MAX_ALL
    });
    let from = used.len() - read.count();
    let width = usize::from(screen.width);
    let panel = panel::find(used, width);
    let room = |row| panel.filter(|p| row < p.rows).map_or(width, |p| p.column);
    used.iter().enumerate().skip(from).map(|(row, r)| line(row, r, room(row), width)).collect()
}

/// Reads `width` columns of a row of a screen that is `all` columns wide.
fn line(row: usize, r: &Row, width: usize, all: usize) -> Line<'_> {
    let mut end = r.trimmed().len();
    if width < all {
        end = r.byte_of_column(width).map_or(end, |cut| r.text()[..cut].trim_end().len());
    }
    if end > MAX_BYTES {
        end = (0..=MAX_BYTES).rev().find(|&i| r.text().is_char_boundary(i)).unwrap_or(0);
    }
    let raw = &r.text()[..end];
    let mut at = Cursor { raw, start: 0, column: 0 };
    let mut out = Line {
        row,
        kind: Kind::Text,
        text: Cow::Borrowed(""),
        start: 0,
        end: 0,
        column: 0,
        boxes: 0,
        bar: false,
        left: 0,
        right: width,
        scrollbar: false,
    };
    at.skip_blanks();
    if !at.in_box() && at.drop_column_bar(width) {
        out.scrollbar = true;
    }
    if at.rest().starts_with('┃') {
        let panel = panel_end(r, at.start);
        at.skip(1);
        out.bar = true;
        out.left = at.column;
        out.right = width.saturating_sub(2);
        if let Some(end) = panel {
            // What is beyond the text are blanks, a byte each.
            let within = end.min(at.raw.len());
            out.right = at.column + text::width(&at.raw[at.start..within]) + (end - within);
            out.scrollbar |= at.raw[within..].starts_with(SCROLLBAR);
            at.raw = at.raw[..within].trim_end();
            at.start = at.start.min(at.raw.len());
        }
        out.scrollbar |= at.drop_scrollbar();
        at.skip_blanks();
    }
    while out.boxes < 4 && at.in_box() {
        at.skip(1);
        out.left = at.column;
        at.drop_last_bar();
        out.right = at.column + text::width(at.rest());
        out.boxes += 1;
        at.trim_end();
        at.skip_blanks();
    }
    out.start = at.start;
    out.end = at.start + at.rest().len();
    out.column = at.column;
    out.text = plain(at.rest());
    out.kind = kind(&out.text, width.saturating_sub(out.left));
    out
}

/// Where a panel with a bar at byte `bar` ends: its background is its own, and a side bar may stand beyond.
fn panel_end(r: &Row, bar: usize) -> Option<usize> {
    let outside = r.style_at(0).filter(|_| bar > 0)?.bg;
    let mut start = 0;
    for (run, style) in r.runs() {
        if start > bar && style.bg == outside {
            return Some(start);
        }
        if start == bar && style.bg == outside {
            return None;
        }
        start += run.len();
    }
    None
}

/// A place in a row while frames are peeled off.
struct Cursor<'a> {
    raw: &'a str,
    start: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.raw[self.start..]
    }

    fn skip(&mut self, chars: usize) {
        for c in self.rest().chars().take(chars) {
            self.start += c.len_utf8();
            self.column += text::char_width(c);
        }
    }

    fn skip_blanks(&mut self) {
        let n = self.rest().chars().take_while(|&c| c == ' ' || c == '\u{a0}').count();
        self.skip(n);
    }

    fn trim_end(&mut self) {
        self.raw = self.raw[..self.start + self.rest().trim_end().len()].trim_end_matches('\u{a0}');
        self.start = self.start.min(self.raw.len());
    }

    fn in_box(&self) -> bool {
        let rest = self.rest();
        rest.len() > '│'.len_utf8() && rest.starts_with('│') && rest.ends_with('│')
    }

    fn drop_last_bar(&mut self) {
        self.raw = self.raw.strip_suffix('│').unwrap_or(self.raw);
    }

    /// A scroll bar that runs down the very last column of the pane.
    fn drop_column_bar(&mut self, width: usize) -> bool {
        let Some(before) = self.raw.strip_suffix(['│', '█']) else {
            return false;
        };
        // A pane of a few columns has no room for one.
        if width < 4
            || text::width(self.raw) < width
            || !(before.ends_with(' ') || before.trim_end().is_empty())
        {
            return false;
        }
        self.raw = before.trim_end();
        self.start = self.start.min(self.raw.len());
        true
    }

    fn drop_scrollbar(&mut self) -> bool {
        let Some(before) = self.raw.strip_suffix(SCROLLBAR) else {
            return false;
        };
        if !before.ends_with("  ") && before.trim_end().len() > self.start {
            return false;
        }
        self.raw = before.trim_end();
        self.start = self.start.min(self.raw.len());
        true
    }
}

/// Apostrophes and no-break spaces as everybody types them.
fn plain(s: &str) -> Cow<'_, str> {
    let odd = |c: char| matches!(c, '\u{a0}' | '\u{202f}' | '’' | '‘');
    if s.is_ascii() || !s.contains(odd) {
        return Cow::Borrowed(s);
    }
    Cow::Owned(
        s.chars()
            .map(|c| match c {
                '\u{a0}' | '\u{202f}' => ' ',
                '’' | '‘' => '\'',
                c => c,
            })
            .collect(),
    )
}

fn kind(text: &str, room: usize) -> Kind {
    let Some(first) = text.chars().next() else {
        return Kind::Blank;
    };
    let last = text.chars().next_back().unwrap_or(first);
    match first {
        '╭' | '┌' if matches!(last, '╮' | '┐' | '─') => Kind::Top,
        '╰' | '└' | '╹' if matches!(last, '╯' | '┘' | '─' | '▀') => Kind::Bottom,
        '╌' | '┄' | '┈' if text.chars().all(|c| c == first) && text.chars().count() >= 8.min(room) => {
            Kind::Dashes
        }
        '─' | '━' | '▔' | '▁' if first == last => {
            let (all, of_rule) =
                text.chars().fold((0usize, 0usize), |(n, k), c| (n + 1, k + usize::from(c == first)));
            if all >= 8.min(room).max(2) && of_rule * 2 > all { Kind::Rule } else { Kind::Text }
        }
        _ => Kind::Text,
    }
}

/// True for the looks that agents give to hints, placeholders and side remarks: dim, or a grey.
pub(super) fn is_faint(style: Style) -> bool {
    style.attrs.has(Attrs::DIM)
        || match style.fg {
            Color::Indexed(8 | 59 | 102 | 145 | 236..=250) => true,
            Color::Rgb(r, g, b) => {
                let (low, high) = (r.min(g).min(b), r.max(g).max(b));
                high - low <= 24 && (64..=190).contains(&high)
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(s: &str) -> (Kind, String, usize, u8, bool) {
        let screen = Screen::plain(s);
        let l = &lines(&screen)[0];
        (l.kind, l.text.to_string(), l.column, l.boxes, l.bar)
    }

    #[test]
    fn frames_are_peeled_and_rules_told_from_text() {
        for (row, want) in [
            ("  hello", (Kind::Text, "hello", 2, 0, false)),
            ("│ ❯ 1. Yes      │", (Kind::Text, "❯ 1. Yes", 2, 1, false)),
            ("│ │ row 1   │ │", (Kind::Text, "row 1", 4, 2, false)),
            ("│           │x", (Kind::Text, "│           │x", 0, 0, false)),
            ("  ┃  $ ls", (Kind::Text, "$ ls", 5, 0, true)),
            ("  ┃  1 + row                 ▀", (Kind::Text, "1 + row", 5, 0, true)),
            ("╭──────────╮", (Kind::Top, "╭──────────╮", 0, 0, false)),
            ("│ ╰──────╯ │", (Kind::Bottom, "╰──────╯", 2, 1, false)),
            ("────────────", (Kind::Rule, "────────────", 0, 0, false)),
            ("╌╌╌╌╌╌╌╌╌╌╌╌", (Kind::Dashes, "╌╌╌╌╌╌╌╌╌╌╌╌", 0, 0, false)),
            ("don’t\u{a0}ask", (Kind::Text, "don't ask", 0, 0, false)),
            ("─", (Kind::Text, "─", 0, 0, false)),
            ("│", (Kind::Text, "│", 0, 0, false)),
        ] {
            let (kind, text, column, boxes, bar) = want;
            assert_eq!(one(row), (kind, text.to_owned(), column, boxes, bar), "{row}");
        }
        assert_eq!(one("│          │\nx").0, Kind::Blank);
    }
}
