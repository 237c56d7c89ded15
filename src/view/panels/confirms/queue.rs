//! The confirmation queue at full size: every open dialog with its risk, what the rules say and what comes next; below the
//! marked one: its subject whole, its rule, its options, and, where there is room, its own screen, so that it can be answered
//! from here.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::state::State;
use crate::domain::confirm::{Confirmation, Risk};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::super::paint::{self, Pen};
use super::super::super::popups::first_row;
use super::super::super::words;
use super::super::needs_you::preview;
use super::{NOTHING, below, done, entry_details, one_line, wrapped};

/// A screen of fewer rows shows no dialog.
const PREVIEW: u16 = 8;

/// Draws it; tells how many rows of the list it shows.
pub(super) fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) -> usize {
    let board = &state.board;
    let rows = state.panel_rows();
    // What stands open comes first.
    let (queue, len) = (rows.iter().filter(|row| **row < board.queue.len()).count(), rows.len());
    if len == 0 {
        let said = super::super::hidden(state).unwrap_or_else(|| NOTHING.to_owned());
        Pen::row(buf, area, 1).put(&said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    let marked = state.panel_row.min(len - 1);
    let detail = wrapped(&details(state, rows[marked]), usize::from(area.w.saturating_sub(2)).max(1));
    let told = if area.h >= 10 {
        (detail.len() as u16 + 1).min(if marked < queue { area.h / 3 } else { area.h / 2 })
    } else {
        0
    };
    // What stands open is listed before a screen is shown, and what was done fills the rest.
    let wanted = (queue as u16).clamp(3, (area.h / 3).max(3));
    let screen = match area.h.saturating_sub(told + wanted) {
        room if room >= PREVIEW && marked < queue => room.min(area.h / 2).max(PREVIEW.min(room)),
        _ => 0,
    };
    let list = Area { h: area.h - told - screen, ..area };
    let first = first_row(marked, list.h.into(), len);
    for (y, n) in (0..list.h).zip(first..len) {
        let row = rows[n];
        if let Some(c) = board.queue.get(row) {
            open(buf, list, y, state, theme, c);
        } else {
            let entry = &board.recent[row - board.queue.len()];
            done(buf, list, y, state, theme, entry, area.w >= 90);
        }
        if n == marked {
            paint::tint(buf, Area { y: list.y + y, h: 1, ..list }, theme.marked());
        }
    }
    if told > 0 {
        below(buf, Area { y: list.y + list.h, h: told, ..area }, theme, &detail);
    }
    if screen > 0
        && let Some(c) = board.queue.get(rows[marked])
        && let Some(at) =
            state.fleet.sessions.iter().position(|s| s.pane.as_ref().is_some_and(|p| p.identity == c.id.0))
    {
        let place = Area { y: list.y + list.h + told, h: screen, ..area };
        preview(buf, place, state, theme, &state.fleet.sessions[at]);
        if let Some(shown) = state.arranged(areas.paged).iter().position(|&i| i == at) {
            areas.tiles.push((shown, place));
        }
    }
    usize::from(list.h)
}

/// How risky, by shape.
const fn shape(risk: Risk) -> &'static str {
    match risk {
        Risk::High => "▲",
        Risk::Medium => "△",
        Risk::Low => "·",
    }
}

fn open(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, c: &Confirmation) {
    let role = match (c.needs_you, c.risk) {
        (true, Risk::High) => Role::Alarm,
        (true, _) => Role::Note,
        (false, _) => Role::Working,
    };
    let mut pen = Pen::row(buf, area, y);
    pen.right(&format!("{:>8}", words::age(words::asked_for(state, c))), theme.style(role));
    pen.put(if c.needs_you { "● " } else { "▶ " }, theme.style(role));
    pen.put(shape(c.risk), theme.style(role)).skip(1);
    if area.w >= 60 {
        pen.column(c.risk.word(), 7, theme.style(role));
    }
    let name = if area.w >= 60 { 20 } else { 12 };
    pen.column(&text::fit(c.session.as_str(), name), name as u16, theme.style(Role::Strong)).skip(1);
    if area.w >= 140 {
        let its = text::printable(c.role.as_deref().unwrap_or_default());
        pen.column(&text::fit(&its, 24), 25, theme.style(Role::Subtext));
    }
    if area.w >= 60 {
        pen.column(c.operation.word(), 9, theme.style(role));
    } else {
        pen.put(c.operation.word(), theme.style(role)).skip(1);
    }
    let subject = state.about(c).map(one_line).unwrap_or_default();
    pen.put(&text::fit(&subject, usize::from(area.w / 3)), theme.style(Role::Text)).skip(2);
    pen.put(&c.next, theme.style(Role::Subtext));
}

/// The marked row whole: what is asked, the rule and its reason, what can be chosen.
fn details(state: &State, marked: usize) -> Vec<(String, Role)> {
    let board = &state.board;
    let key = |a| state.fixed.keymap.shown(a);
    let Some(c) = board.queue.get(marked) else {
        let entry = board.recent.get(marked.saturating_sub(board.queue.len()));
        let mut lines = entry.map(|e| entry_details(e)).unwrap_or_default();
        lines.push((
            format!("{} the rule   {} activity", key(Action::Rule), key(Action::Activity)),
            Role::Faint,
        ));
        return lines;
    };
    let mut lines: Vec<(String, Role)> = Vec::new();
    lines.extend(state.about(c).map(|s| (one_line(s), Role::Text)));
    if let Some(v) = &c.verdict {
        let told = format!("{} by {}: {}", v.action.word(), v.rule, v.reason);
        lines.push((one_line(&told), Role::Subtext));
    }
    let asker = c.asker.as_ref().map_or(String::new(), |asker| format!("asked by {}   ", one_line(asker)));
    lines.push((format!("{asker}next: {}", c.next), Role::Note));
    let option =
        |(n, o): (usize, &crate::domain::dialog::DialogOption)| format!("{} {}", n + 1, one_line(&o.label));
    lines.push((c.options.iter().enumerate().map(option).collect::<Vec<_>>().join("   "), Role::Subtext));
    // Those that answer it stand in the footer, where it takes them.
    let keys = format!(
        "{} hold  {} tile  {} rule  {} new rule  {} activity",
        key(Action::Hold),
        key(Action::Zoom),
        key(Action::Rule),
        key(Action::NewRule),
        key(Action::Activity),
    );
    lines.push((keys, Role::Faint));
    lines
}
