//! The form of a task: the words with the cursor in them, the other fields, and what would become of it.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::form::{Field, Form, Kind, Says};
use crate::app::state::{Editor, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::{self, Pen};

/// The window is as wide as a readable line.
const WIDE: u16 = 92;
/// Names of fields stand in a column of their own.
const NAMES: u16 = 10;
/// Rows of text at least and at most, where there is room.
const TEXT: (u16, u16) = (5, 24);

/// Draws the window; tells how many rows of the text it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, form: &Form) -> usize {
    let wide = WIDE.min(over.w);
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let (lines, cursor) = laid(&form.text, room);
    let (said, role) = match form.says(state) {
        Says::Good(said) => (said, Role::Ok),
        Says::Note(said) => (said, Role::Note),
        Says::Bad(said) => (said, Role::Problem),
    };
    let said = wrap(&said, room);
    let fields: Vec<Field> = form.fields().iter().copied().filter(|f| *f != Field::Text).collect();
    let below = fields.len() as u16 + u16::from(!fields.is_empty()) + said.len() as u16 + 1;
    let text_rows = (lines.len() as u16 + 1).clamp(TEXT.0, TEXT.1);
    let window = layout::middle(over, wide, text_rows + below + 2);
    super::window(buf, window, theme, Role::Accent);
    Pen::row(buf, super::title(window), 0).put(&title(form), theme.style(Role::Strong));
    let inner = super::inner(window);
    // Where it is low, what the person works at stays: the text first, unless another field has the cursor.
    let text_h =
        inner.h.saturating_sub(below).max(if form.field == Field::Text { inner.h.min(1) } else { 0 });
    let text_area = Area { h: text_h, ..inner };
    let first = super::first_row(cursor.0, text_h.into(), lines.len());
    for (y, (n, line)) in (0..text_h).zip(lines.iter().enumerate().skip(first)) {
        Pen::row(buf, text_area, y).put(line, theme.style(Role::Text));
        if n == cursor.0 && form.field == Field::Text {
            let at = Area {
                x: text_area.x + cursor.1.min(text_area.w.saturating_sub(1)),
                y: text_area.y + y,
                w: 1,
                h: 1,
            };
            paint::tint(buf, at, theme.style(Role::Cursor));
        }
    }
    if form.text.is_blank() && form.field != Field::Text {
        Pen::row(buf, text_area, 0).put(form.kind.wants(), theme.style(Role::Faint));
    }
    let mut y = text_h;
    let mut row = |buf: &mut Buffer, draw: &mut dyn FnMut(&mut Pen)| {
        draw(&mut Pen::row(buf, inner, y));
        y = y.saturating_add(1);
    };
    if !fields.is_empty() && text_h > 0 {
        row(buf, &mut |_| {});
    }
    for field in fields {
        row(buf, &mut |pen| line(pen, theme, form, field));
    }
    row(buf, &mut |_| {});
    for said in &said {
        row(buf, &mut |pen| {
            pen.put(said, theme.style(role));
        });
    }
    usize::from(text_h)
}

fn title(form: &Form) -> String {
    match &form.kind {
        Kind::New => " NEW TASK ".into(),
        Kind::Hint(name) => format!(" HINTS FOR {name} "),
        Kind::Message(name) => format!(" MESSAGE TO {name}, WHEN IT IS IDLE "),
        Kind::Edit(id) => format!(" CHANGE TASK {id} "),
    }
}

fn line(pen: &mut Pen, theme: &Theme, form: &Form, field: Field) {
    let (name, help) = match field {
        Field::Text => ("", ""),
        Field::To => ("to", "a session, a role, or anyone"),
        Field::Priority => ("priority", "0 to 10, 10 is the most urgent"),
        Field::After => ("after", "numbers of tasks that must be done first"),
    };
    let here = form.field == field;
    pen.column(name, NAMES, theme.style(if here { Role::Accent } else { Role::Subtext }));
    let said = form.line(field).map_or("", |l| l.text());
    if here && pen.left() > 50 {
        pen.right(help, theme.style(Role::Faint));
    }
    // The end of a long line is what is being typed.
    let room = usize::from(pen.left()).saturating_sub(1);
    let mut cut = said.char_indices().map(|(i, _)| &said[i..]).chain([""]);
    let tail = cut.find(|t| text::width(t) <= room).unwrap_or_default();
    pen.put(tail, theme.style(if here { Role::Strong } else { Role::Text }));
    if here {
        pen.put(" ", theme.style(Role::Cursor));
    }
}

/// The text in rows of so many columns, and the cursor's row and column. Rows break behind a blank where there is one.
pub(super) fn laid(editor: &Editor, room: usize) -> (Vec<String>, (usize, u16)) {
    let (line, before) = editor.cursor();
    let (mut rows, mut cursor) = (Vec::new(), (0, 0));
    for (n, whole) in editor.text().split('\n').enumerate() {
        let starts = starts(whole, room);
        let ends = starts.iter().skip(1).copied().chain([whole.len()]);
        for (i, (&start, end)) in starts.iter().zip(ends).enumerate() {
            let here = before.len() >= start && (before.len() < end || i + 1 == starts.len());
            if n == line && here {
                cursor = (rows.len(), text::width(&before[start..]) as u16);
            }
            rows.push(whole[start..end].to_owned());
        }
        // Behind a row that is full the next one begins.
        if n == line && usize::from(cursor.1) >= room {
            cursor = (cursor.0 + 1, 0);
            if cursor.0 == rows.len() {
                rows.push(String::new());
            }
        }
    }
    (rows, cursor)
}

/// Where the rows of a line begin.
fn starts(line: &str, room: usize) -> Vec<usize> {
    let (mut starts, mut used, mut blank) = (vec![0], 0, 0);
    for (i, c) in line.char_indices() {
        let wide = text::char_width(c);
        if used + wide > room {
            let start = starts[starts.len() - 1];
            let at = if blank > start { blank } else { i };
            starts.push(at);
            used = text::width(&line[at..i]);
        }
        used += wide;
        if c == ' ' {
            blank = i + 1;
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_break_behind_blanks() {
        for (line, room, want) in [
            ("", 4, &[0][..]),
            ("one two three", 8, &[0, 8]),
            ("unbreakable", 4, &[0, 4, 8]),
            ("a unbreakable", 4, &[0, 2, 6, 10]),
            ("漢字漢字", 5, &[0, 6]),
        ] {
            assert_eq!(starts(line, room), want, "{line}");
        }
    }

    proptest! {
        #[test]
        fn the_cursor_is_in_the_window(words in "([a-z漢 ]|\n){0,60}", left in 0usize..40, room in 2usize..20) {
            let mut form = Form::new(Kind::New, "");
            form.paste(&words);
            for _ in 0..left {
                form.text.press(crate::app::key::Key::plain(crate::app::key::Code::Left));
            }
            let (rows, (row, column)) = laid(&form.text, room);
            prop_assert!(row < rows.len() && usize::from(column) < room, "{rows:?} {row} {column}");
            prop_assert_eq!(rows.concat(), words.replace('\n', ""));
        }
    }
}
