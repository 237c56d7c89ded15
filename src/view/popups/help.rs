//! What the keys do: made from the action table and the keymap in force.

use ratatui::buffer::Buffer;

use crate::app::action::{ACTIONS, Action, ActionRow, Group};
use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::Pen;

/// One column of help needs this much.
const COLUMN: u16 = 84;

enum Line {
    Blank,
    Title(&'static str),
    Row(String, String),
}

/// Draws the window, scrolled to `row`; tells how many rows it shows, and of how many.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, row: usize) -> (usize, usize) {
    let two = over.w >= 2 * COLUMN - 10;
    let wide = if two { 2 * COLUMN } else { COLUMN };
    let each = layout::middle(over, wide, 3).w.saturating_sub(4) / if two { 2 } else { 1 };
    let keys_wide = keys_wide(state).min(each / 3);
    let columns = columns(state, two, usize::from(each.saturating_sub(keys_wide + 2)));
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let window = layout::middle(over, wide, longest as u16 + 3);
    super::window(buf, window, theme, Role::Accent);
    let title =
        Area { x: window.x.saturating_add(2), w: window.w.saturating_sub(4), h: window.h.min(1), ..window };
    let inner = layout::inside(window);
    let inner = Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner };
    let rows = usize::from(inner.h);
    let first = row.min(longest.saturating_sub(rows));
    let mut pen = Pen::row(buf, title, 0);
    if longest > rows {
        pen.right(&format!(" {}–{} of {longest} ", first + 1, first + rows), theme.style(Role::Subtext));
    }
    pen.put(" WHAT THE KEYS DO ", theme.style(Role::Strong));
    for (i, column) in columns.iter().enumerate() {
        let area = Area { x: inner.x + i as u16 * each, w: each.saturating_sub(1), ..inner };
        for (y, line) in (0..inner.h).zip(column.iter().skip(first)) {
            let mut pen = Pen::row(buf, area, y);
            match line {
                Line::Blank => {}
                Line::Title(title) => drop(pen.put(title, theme.style(Role::Strong))),
                Line::Row(keys, help) => {
                    pen.column(keys, keys_wide, theme.style(Role::Accent)).skip(1);
                    pen.put(help, theme.style(Role::Text));
                }
            }
        }
    }
    (rows, longest)
}

/// The columns that the keys need.
fn keys_wide(state: &State) -> u16 {
    ACTIONS.iter().map(|row| text::width(&keys(state, row))).max().unwrap_or(0).clamp(8, 16) as u16
}

/// The lines, in one column or in two of about the same length. What an action does is told whole, on as many as it takes.
fn columns(state: &State, two: bool, room: usize) -> Vec<Vec<Line>> {
    let broken = |line: Line| match line {
        Line::Row(keys, help) => {
            let mut keys = Some(keys);
            wrap(&help, room.max(1))
                .into_iter()
                .map(|piece| Line::Row(keys.take().unwrap_or_default(), piece))
                .collect()
        }
        line => vec![line],
    };
    let groups: Vec<Vec<Line>> =
        Group::ALL.iter().map(|g| group(state, *g).into_iter().flat_map(broken).collect()).collect();
    let half = groups.iter().map(Vec::len).sum::<usize>().div_ceil(2);
    let mut columns: Vec<Vec<Line>> = vec![vec![]];
    for lines in groups {
        let used = columns.last().map_or(0, Vec::len);
        if two && columns.len() == 1 && used > 0 && used + lines.len() / 2 > half {
            columns.push(vec![]);
        }
        let column = columns.last_mut().expect("there is one from the start");
        if !column.is_empty() {
            column.push(Line::Blank);
        }
        column.extend(lines);
    }
    columns
}

fn group(state: &State, group: Group) -> Vec<Line> {
    // Nine rows that differ by a digit are told in one.
    let rows = ACTIONS.iter().filter(|r| r.group == group && !matches!(r.action, Action::Focus(2..)));
    let mut lines = vec![Line::Title(group.title())];
    lines.extend(rows.map(|r| match r.action {
        Action::Focus(first) => {
            let last = state.fixed.keymap.shown(Action::Focus(9));
            Line::Row(
                format!("{} … {last}", keys(state, r)),
                r.help.replace(&format!("tile {first}"), "that tile"),
            )
        }
        _ => Line::Row(keys(state, r), r.help.to_owned()),
    }));
    lines
}

/// The keys of an action, as far as they fit; an action without a key is told by the palette only.
pub fn keys(state: &State, row: &ActionRow) -> String {
    let keys = state.fixed.keymap.keys_of(row.action);
    let said: Vec<String> = keys.iter().map(ToString::to_string).collect();
    if said.is_empty() { "–".into() } else { text::fit(&said.join(" "), 16) }
}
