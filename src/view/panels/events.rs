//! What archtui itself did and what befell the sessions, newest first, and of the marked one the exact tmux command. What went
//! as it should is counted in one row, as many as follow one another: between them stands what did not.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Entry, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Events, note, headline, wants, could, short, full };

fn note(state: &State) -> (String, Role) {
    (state.log.len().to_string(), Role::Faint)
}

fn headline(state: &State) -> (String, Role) {
    let mut log = state.log.newest_first();
    match log.find(|e| !e.is_routine()).or_else(|| state.log.newest_first().next()) {
        Some(e) => (format!("{} {}", clock(e), e.did.what), role(e)),
        None => ("nothing done yet".into(), Role::Faint),
    }
}

fn wants(state: &State) -> u16 {
    state.log.runs().len().clamp(1, 12) as u16
}

fn could(state: &State, _: u16) -> u16 {
    state.log.runs().len().min(60) as u16
}

fn clock(e: &Entry) -> String {
    format!("{:02}:{:02}:{:02}", e.local.hour(), e.local.minute(), e.local.second())
}

fn role(e: &Entry) -> Role {
    match (&e.did.failed, e.health) {
        (Some(_), _) => Role::Problem,
        (None, Some(true)) => Role::Note,
        (None, Some(false)) => Role::Subtext,
        (None, None) if e.is_routine() => Role::Subtext,
        (None, None) => Role::Text,
    }
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let log: Vec<&Entry> = state.log.newest_first().collect();
    for (y, run) in (0..area.h).zip(state.log.runs()) {
        line(buf, area, y, theme, (log[run.at], run.len));
    }
    if state.log.is_empty() {
        Pen::row(buf, area, 0).put("nothing done yet", theme.style(Role::Faint));
    }
}

/// An entry, and how many the row stands for.
type Row<'a> = (&'a Entry, usize);

fn line(buf: &mut Buffer, area: Area, y: u16, theme: &Theme, (entry, len): Row<'_>) {
    let mut pen = Pen::row(buf, area, y);
    pen.put(&clock(entry), theme.style(Role::Faint)).skip(1);
    if let Some(why) = &entry.did.failed {
        pen.put("✖ ", theme.style(Role::Problem)).put(&entry.did.what, theme.style(Role::Problem));
        pen.put(": ", theme.style(Role::Problem)).put(why, theme.style(Role::Problem));
    } else {
        if len > 1 {
            pen.right(&format!(" and {} before it", len - 1), theme.style(Role::Faint));
        }
        pen.put(&entry.did.what, theme.style(role(entry)));
    }
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let log: Vec<&Entry> = state.log.newest_first().collect();
    let runs = state.log.runs();
    let rows: Vec<Row<'_>> = if state.panel_is_filtered() {
        state.panel_rows().into_iter().filter_map(|n| Some((*log.get(n)?, 1))).collect()
    } else {
        runs.iter().map(|run| (log[run.at], run.len)).collect()
    };
    let len = rows.len();
    let marked = state.panel_row.min(len.saturating_sub(1));
    // The marked one's command whole, below the list.
    let detail: Vec<(String, Role)> = rows
        .get(marked)
        .map(|(e, len)| {
            let more = (*len > 1).then(|| {
                let filter = state.fixed.keymap.shown(Action::Filter);
                (
                    format!("and {} before it that went as they should; {filter} lists each", len - 1),
                    Role::Faint,
                )
            });
            let command = e.did.command.iter().map(|c| (c, Role::Text));
            let why = e.did.failed.iter().map(|w| (w, Role::Problem));
            let room = usize::from(area.w.saturating_sub(2)).max(1);
            command
                .chain(why)
                .flat_map(|(t, role)| wrap(&text::printable(t), room).into_iter().map(move |l| (l, role)))
                .chain(more)
                .collect()
        })
        .unwrap_or_default();
    let below = if area.h >= 10 { (detail.len() as u16 + 1).min(area.h / 2) } else { 0 };
    let list = Area { h: area.h - below, ..area };
    let first = first_row(marked, list.h.into(), len);
    for (y, (n, entry)) in (0..list.h).zip(rows.iter().enumerate().skip(first)) {
        line(buf, list, y, theme, *entry);
        if n == marked {
            paint::tint(buf, Area { y: list.y + y, h: 1, ..list }, theme.marked());
        }
    }
    if len == 0 {
        let said = super::hidden(state).unwrap_or_else(|| "archtui has done nothing yet".to_owned());
        Pen::row(buf, list, 1).put(&said, theme.style(Role::Subtext));
    }
    if below > 0 && len > 0 {
        let rows = Area { y: list.y + list.h, h: below, ..area };
        super::rule(buf, rows, theme);
        for (y, (line, role)) in (1..below).zip(&detail) {
            Pen::row(buf, rows, y).skip(1).put(line, theme.style(*role));
        }
    }
    usize::from(list.h)
}
