//! A task's page: everything known of it, what was seen of it, what happened to it.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::task::page::Line;
use crate::domain::task::{Page, State as Stage, TaskId};
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::Pen;

/// The window is as wide as a readable line.
const WIDE: u16 = 110;
/// Names of facts stand in a column of their own.
const NAMES: u16 = 11;

/// Draws the window, scrolled to `row`; tells how many rows it shows, and of how many.
pub fn draw(
    buf: &mut Buffer,
    over: Area,
    state: &State,
    theme: &Theme,
    id: TaskId,
    page: Option<&Page>,
    row: usize,
) -> (usize, usize) {
    let wide = WIDE.min(over.w);
    let rows = page.map(|p| rows(state, p, usize::from(wide.saturating_sub(4)))).unwrap_or_default();
    let tall = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2).max(3);
    let window = layout::middle(over, wide, tall);
    let alarm = page.is_some_and(|p| p.task.overdue || p.task.state == Stage::Held);
    super::window(buf, window, theme, if alarm { Role::Alarm } else { Role::Accent });
    let inner = super::inner(window);
    let shown = usize::from(inner.h);
    let first = row.min(rows.len().saturating_sub(shown));
    let mut pen = Pen::row(buf, super::title(window), 0);
    if rows.len() > shown {
        let range = format!(" {}–{} of {} ", first + 1, first + shown, rows.len());
        pen.right(&range, theme.style(Role::Subtext));
    }
    let title = page.map_or_else(|| format!("TASK {id}"), |p| p.title().to_uppercase());
    pen.put(&format!(" {title} "), theme.style(Role::Strong));
    if page.is_none() {
        Pen::row(buf, inner, 0).put("its page is being read", theme.style(Role::Subtext));
    }
    for (y, (name, said, role)) in (0..inner.h).zip(rows.iter().skip(first)) {
        let mut pen = Pen::row(buf, inner, y);
        if !name.is_empty() || *role == Role::Note {
            pen.column(name, NAMES, theme.style(Role::Subtext));
        }
        let role = if *role == Role::Note { Role::Text } else { *role };
        pen.put(said, theme.style(role));
    }
    (shown, rows.len())
}

/// The lines as rows that fit. `Role::Note` = behind the column of names.
fn rows(state: &State, page: &Page, room: usize) -> Vec<(&'static str, String, Role)> {
    let clock = |at| {
        let t = state.local(at);
        if t.date() == state.now.local.date() {
            format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())
        } else {
            format!("{:02}-{:02} {:02}:{:02}", t.month(), t.day(), t.hour(), t.minute())
        }
    };
    let beside = room.saturating_sub(usize::from(NAMES)).max(1);
    let mut rows = Vec::new();
    for line in page.lines(clock) {
        match line {
            Line::Title(title) => {
                rows.extend([("", String::new(), Role::Text), ("", title.to_owned(), Role::Strong)]);
            }
            Line::Fact(name, said) => {
                let said = wrap(&said, beside).into_iter().enumerate();
                rows.extend(said.map(|(n, l)| (if n == 0 { name } else { "" }, l, Role::Note)));
            }
            Line::Text(said) => {
                rows.extend(wrap(&said, room.max(1)).into_iter().map(|l| ("", l, Role::Text)));
            }
        }
    }
    rows
}
