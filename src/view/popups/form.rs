//! The form of a task: the words with the cursor in them, the other fields, and what would become of it.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::app::state::form::{Field, Form, Kind, Says};
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
    let (lines, cursor) = laid(form, room);
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
        Pen::row(buf, text_area, 0).put("what is to be done", theme.style(Role::Faint));
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

/// The text in rows of so many columns, and the cursor's row and column. Rows break where they are full: what is typed
/// stays where it is.
fn laid(form: &Form, room: usize) -> (Vec<String>, (usize, u16)) {
    let (line, before) = form.text.cursor();
    let (mut rows, mut cursor) = (Vec::new(), (0, 0));
    for (n, whole) in form.text.text().split('\n').enumerate() {
        let first = rows.len();
        let (mut row, mut used, mut at) = (String::new(), 0, 0);
        let mark = (n == line).then_some(before.len());
        for c in whole.chars() {
            let wide = text::char_width(c);
            if used + wide > room {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            if mark == Some(at) {
                cursor = (rows.len(), used as u16);
            }
            row.push(c);
            (used, at) = (used + wide, at + c.len_utf8());
        }
        if mark == Some(at) {
            // Behind a row that is full the next one begins.
            if used >= room {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            cursor = (rows.len(), used as u16);
        }
        if !row.is_empty() || rows.len() == first || mark == Some(at) {
            rows.push(row);
        }
    }
    (rows, cursor)
}
