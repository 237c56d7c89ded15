//! One task's row: in a narrow column what matters most, at full size a column for each fact.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::session::SessionName;
use crate::domain::task::{Brief, Sender};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::super::paint::Pen;
use super::super::super::words;
use super::told;

/// Columns of the wide row: number, priority, state, age, session, sender; the rest is for the words.
struct Columns {
    age: u16,
    whom: u16,
    from: u16,
    /// The reason stands behind the words.
    why: u16,
}

const fn columns(w: u16) -> Columns {
    match w {
        0..=69 => Columns { age: 0, whom: 12, from: 0, why: 0 },
        70..=109 => Columns { age: 6, whom: 18, from: 0, why: 0 },
        110..=139 => Columns { age: 6, whom: 22, from: 0, why: 40 },
        140..=179 => Columns { age: 6, whom: 24, from: 14, why: 50 },
        _ => Columns { age: 6, whom: 26, from: 20, why: 80 },
    }
}

const NUMBER: u16 = 7;
const PRIORITY: u16 = 4;
const STATE: u16 = 12;

/// The heads of the columns.
pub fn heads(buf: &mut Buffer, line: Area, theme: &Theme) {
    let c = columns(line.w);
    let style = theme.style(Role::Faint);
    let mut pen = Pen::row(buf, line, 0);
    pen.skip(2).column("task", NUMBER, style).column("p", PRIORITY, style).column("state", STATE, style);
    pen.column("for", c.age, style).column("session", c.whom, style).column("from", c.from, style);
    let words = words_room(pen.left(), c.why);
    pen.column("what", words, style);
    pen.put("why", style);
}

/// Columns of what is left for a task's words; behind them stands the reason, which takes less than half.
fn words_room(left: u16, why: u16) -> u16 {
    left - why.min(left * 2 / 5)
}

/// A row at full size.
pub fn wide(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, task: &Brief, marked: bool) {
    let c = columns(line.w);
    let (shape, word, role) = told(task);
    let mut pen = Pen::row(buf, line, 0);
    pen.put(if marked { "▸ " } else { "  " }, theme.style(Role::Accent));
    pen.column(&format!("#{}", task.id), NUMBER, theme.style(Role::Strong));
    pen.column(&format!("p{}", task.priority), PRIORITY, theme.style(Role::Subtext));
    pen.column(&format!("{shape} {word}"), STATE, theme.style(role));
    pen.column(&age(state, task), c.age, theme.style(role));
    let (whom, whom_role) = whom(task, usize::from(c.whom.saturating_sub(1)));
    pen.column(&whom, c.whom, theme.style(whom_role));
    pen.column(&from(&task.from, usize::from(c.from.saturating_sub(1))), c.from, theme.style(Role::Subtext));
    let quiet = task.state.is_finished() && !task.is_news();
    let style = theme.style(if quiet { Role::Subtext } else { Role::Text });
    let words = words_room(pen.left(), if task.reason.is_some() { c.why } else { 0 });
    pen.column(&text::fit(&task.text, usize::from(words.saturating_sub(2))), words, style);
    let why = task.reason.as_deref().unwrap_or_default();
    pen.put(why, theme.style(if matches!(role, Role::Text | Role::Working) { Role::Subtext } else { role }));
}

/// A row in the column of panels.
pub fn narrow(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, task: &Brief) {
    let (shape, word, role) = told(task);
    let mut pen = Pen::row(buf, line, 0);
    let (whom, whom_role) = whom(task, 14);
    // What is said is more than for whom; both are cut before the state is.
    if line.w >= 30 {
        pen.right(&whom, theme.style(whom_role));
    }
    pen.put(shape, theme.style(role)).skip(1);
    pen.put(&format!("#{} ", task.id), theme.style(Role::Strong));
    let plain = matches!(role, Role::Text | Role::Subtext | Role::Faint | Role::Working);
    if plain && line.w >= 24 {
        pen.put(&format!("p{} ", task.priority), theme.style(Role::Subtext));
    } else if !plain {
        pen.put(&format!("{word} {} ", age(state, task)), theme.style(role));
    }
    let quiet = task.state.is_finished() && !task.is_news();
    pen.put(&task.text, theme.style(if quiet { Role::Subtext } else { Role::Text }));
}

/// Who has it, or for whom it waits.
fn whom(task: &Brief, room: usize) -> (String, Role) {
    if task.state.is_waiting() {
        let to = words::short_name(&task.to(), room.saturating_sub(2));
        (format!("→ {to}"), Role::Subtext)
    } else {
        (words::short_name(&task.to(), room), Role::Text)
    }
}

fn from(from: &Sender, room: usize) -> String {
    match from {
        Sender::Operator => "you".into(),
        Sender::Session(name) => words::short_name(SessionName::as_str(name), room),
        Sender::Archtui => "archtui".into(),
    }
}

/// How long it has been there.
fn age(state: &State, task: &Brief) -> String {
    let age = state.now.utc.duration_since(task.since);
    words::short_age(age.try_into().unwrap_or_default())
}
