//! The task queue: what needs a person, what is at work, what waits for what, what is over. Only rows that are seen are
//! made: a queue may have ten thousand.

mod row;

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::State;
use crate::domain::task::{Brief, State as Stage};
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Tasks, note, headline, wants, could, short, full };

/// How a task's state is told: its own shape, its word, what it means to the person who looks.
pub fn told(task: &Brief) -> (&'static str, &'static str, Role) {
    let (shape, word, role) = match task.state {
        Stage::Queued => ("○", "queued", Role::Text),
        Stage::Blocked => ("◇", "blocked", Role::Subtext),
        Stage::Leased => ("◔", "leased", Role::Working),
        Stage::Typing => ("✎", "typing", Role::Working),
        Stage::Typed => ("◕", "typed", Role::Working),
        Stage::Delivered => ("◑", "delivered", Role::Working),
        Stage::Working => ("▶", "working", Role::Working),
        Stage::Done => ("✓", "done", if task.is_news() { Role::Ok } else { Role::Faint }),
        Stage::Held => ("●", "held", Role::Alarm),
        Stage::Failed => ("✖", "failed", Role::Problem),
        Stage::Cancelled => ("⊘", "cancelled", Role::Faint),
    };
    if task.overdue { ("◷", "overdue", Role::Alarm) } else { (shape, word, role) }
}

fn note(state: &State) -> (String, Role) {
    let c = state.tasks.counts();
    if state.tasks.fault.is_some() {
        return ("cannot be read".into(), Role::Problem);
    }
    let parts = [(c.need, "need you"), (c.failed, "failed"), (c.done, "done"), (c.waiting, "queued")];
    let said: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let role = match c {
        c if c.need > 0 => Role::Alarm,
        c if c.failed > 0 => Role::Problem,
        c if c.done > 0 => Role::Ok,
        c if c.waiting > 0 => Role::Text,
        _ => Role::Faint,
    };
    match said.as_slice() {
        [] if c.at_work > 0 => (format!("{} at work", c.at_work), Role::Text),
        [] => ("0 queued".into(), role),
        said => (said.join(" · "), role),
    }
}

/// Why there is no row.
fn nothing(state: &State) -> Option<(String, Role)> {
    if let Some(why) = &state.tasks.fault {
        return Some((format!("the queue cannot be read: {why}"), Role::Problem));
    }
    if !state.tasks.is_known() {
        return Some(("the queue has not been looked at yet".into(), Role::Faint));
    }
    let key = state.fixed.keymap.shown(Action::NewTask);
    // The first thing that somebody without a config wants to know.
    let nobody = !state.fleet.sessions.is_empty() && state.fleet.sessions.iter().all(|s| s.member.is_none());
    let none = || {
        if nobody {
            let adopt = state.fixed.keymap.shown(Action::Adopt);
            return (
                format!("no roster yet: `archtui init --adopt` takes these in, {adopt} one"),
                Role::Note,
            );
        }
        (format!("no task; {key} queues one"), Role::Faint)
    };
    state.tasks.rows().is_empty().then(none)
}

fn headline(state: &State) -> (String, Role) {
    if let Some(said) = nothing(state) {
        return said;
    }
    let (count, role) = note(state);
    let first = state.tasks.rows().first().filter(|b| !b.state.is_finished() || b.is_news());
    let first = first.map(|b| format!("  #{} {} {} {}", b.id, told(b).1, b.to(), b.text));
    (format!("{count}{}", first.unwrap_or_default()), role)
}

fn wants(state: &State) -> u16 {
    if nothing(state).is_some() { 1 } else { state.tasks.rows().len().clamp(1, 9) as u16 }
}

fn could(state: &State, _: u16) -> u16 {
    state.tasks.rows().len().min(20) as u16
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    if let Some((said, role)) = nothing(state) {
        for (y, line) in (0..area.h).zip(wrap(&said, usize::from(area.w).max(1))) {
            Pen::row(buf, area, y).put(&line, theme.style(role));
        }
        return;
    }
    let rows = state.tasks.rows();
    for (y, (n, task)) in (0..area.h).zip(rows.iter().enumerate()) {
        if y + 1 == area.h && n + 1 < rows.len() {
            let key = state.fixed.keymap.shown(Action::Panel(PanelId::Tasks));
            let more = format!("  and {} more · {key}", rows.len() - n);
            Pen::row(buf, area, y).put(&more, theme.style(Role::Faint));
            return;
        }
        row::narrow(buf, Area { y: area.y + y, h: 1, ..area }, state, theme, task);
    }
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    if let Some((said, role)) = nothing(state) {
        for (y, line) in (1..area.h).zip(wrap(&said, usize::from(area.w).max(1))) {
            Pen::row(buf, area, y).put(&line, theme.style(role));
        }
        return usize::from(area.h);
    }
    let tasks = &state.tasks;
    row::heads(buf, Area { h: area.h.min(1), ..area }, theme);
    let below = Area { y: area.y + area.h.min(1), h: area.h.saturating_sub(1), ..area };
    let len = tasks.shown().len();
    let marked = state.panel_row.min(len.saturating_sub(1));
    let detail = tasks.nth(marked).map(|t| detail(state, t, usize::from(below.w.saturating_sub(2)).max(1)));
    let detail = detail.unwrap_or_default();
    let rest = if below.h >= 10 { (detail.len() as u16 + 1).min(below.h / 2) } else { 0 };
    let list = Area { h: below.h - rest, ..below };
    let first = first_row(marked, list.h.into(), len);
    for (y, n) in (0..list.h).zip(first..len) {
        let Some(task) = tasks.nth(n) else { break };
        let line = Area { y: list.y + y, h: 1, ..list };
        row::wide(buf, line, state, theme, task, n == marked);
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    let used = (len - first).min(list.h.into()) as u16;
    if used < list.h {
        let said = if len == 0 && state.shows_inbox() { no_news(state) } else { unlisted(state, len) };
        Pen::row(buf, list, used).skip(2).put(&said, theme.style(Role::Faint));
    }
    if rest > 0 {
        let rows = Area { y: list.y + list.h, h: rest, ..below };
        super::rule(buf, rows, theme);
        for (y, (line, role)) in (1..rest).zip(&detail) {
            Pen::row(buf, rows, y).skip(1).put(line, theme.style(*role));
        }
    }
    usize::from(list.h)
}

/// Said where the inbox is empty.
fn no_news(state: &State) -> String {
    let key = |a| state.fixed.keymap.shown(a);
    format!("nothing new in the inbox; {} shows all tasks, {} leaves", key(Action::Inbox), key(Action::Back))
}

/// What is not in the list.
fn unlisted(state: &State, shown: usize) -> String {
    let (older, left_out) = state.tasks.unlisted();
    let hidden = state.tasks.rows().len() - shown;
    let parts =
        [(hidden, "hidden by the filter"), (older, "older finished ones"), (left_out, "more not listed")];
    let said: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    said.join(", ")
}

/// The marked task in a few lines: its words, why it stands where it stands, who asked.
fn detail(state: &State, task: &Brief, room: usize) -> Vec<(String, Role)> {
    let (_, word, role) = told(task);
    let mut lines = vec![(task.text.clone(), Role::Text)];
    if let Some(why) = &task.reason {
        lines.push((format!("{word}: {why}"), if role == Role::Text { Role::Subtext } else { role }));
    }
    let when = state.local(task.since);
    let since = format!("{:02}:{:02}:{:02}", when.hour(), when.minute(), when.second());
    let copies =
        task.occupied.iter().filter(|s| Some(*s) != task.session.as_ref() || !task.state.has_session());
    let copies: Vec<&str> = copies.map(crate::domain::session::SessionName::as_str).collect();
    let copies = match copies.as_slice() {
        [] => String::new(),
        some => format!("  a copy may still be at work in {}", some.join(", ")),
    };
    lines.push((format!("#{} from {}, {word} since {since}{copies}", task.id, task.from), Role::Subtext));
    lines.iter().flat_map(|(line, role)| wrap(line, room).into_iter().map(|l| (l, *role))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::roster::{Member, Roster};
    use crate::domain::task::{Now, Order, Queue, Sender, Wish, entry};
    use std::collections::BTreeSet;

    #[test]
    fn every_state_has_its_own_shape_and_its_own_word() {
        let roster =
            Roster { members: vec![Member { name: "w".into(), ..Member::default() }], ..Roster::default() };
        let request = entry::check(Order::new("x"), &Sender::Operator, &roster).expect("sound");
        let mut queue = Queue::default();
        let now = Now { wall: jiff::Timestamp::UNIX_EPOCH, mono: std::time::Duration::ZERO };
        queue.ask(Wish::Add(vec![request]), now).expect("queued");
        let mut task = queue.tasks().next().expect("it is there").clone();
        let all = Stage::ALL.map(|state| {
            task.state = state;
            told(&Brief::of(&task))
        });
        let shapes: BTreeSet<_> = all.iter().map(|t| t.0).collect();
        assert_eq!(shapes.len(), all.len());
        assert_eq!(all.map(|t| t.1), Stage::ALL.map(Stage::word));
        task.overdue = true;
        let (shape, word, role) = told(&Brief::of(&task));
        assert!(!shapes.contains(shape));
        assert_eq!((word, role), ("overdue", Role::Alarm));
    }
}
