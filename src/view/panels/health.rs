//! How the sessions are: what ails each, the worst first, since when, and what was seen.

use std::time::Duration;

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Session, State};
use crate::domain::health::{Kind, Level, Standing};
use crate::domain::host::bytes;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::words;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Health, note, headline, wants, could, short, full };

fn role(kind: Kind) -> Role {
    match kind.level() {
        Level::Stuck | Level::Eyes => Role::Alarm,
        Level::Problem => Role::Problem,
        Level::Note => Role::Note,
    }
}

/// The sessions that something ails, the worst first.
fn ailing(state: &State) -> Vec<usize> {
    let rows = state.health_rows();
    rows.into_iter().filter(|&i| state.fleet.sessions[i].ward.chart.worst().is_some()).collect()
}

fn note(state: &State) -> (String, Role) {
    let stuck = state.fleet.count(|s| s.stuck().is_some());
    match (stuck, ailing(state).len()) {
        (0, 0) => ("all well".into(), Role::Faint),
        (0, n) => (n.to_string(), Role::Note),
        (n, _) => (format!("{n} stuck"), Role::Alarm),
    }
}

fn headline(state: &State) -> (String, Role) {
    let first = ailing(state).first().map(|&i| &state.fleet.sessions[i]);
    first.and_then(|s| s.ward.chart.worst().map(|(kind, standing)| (s, kind, standing))).map_or(
        ("nothing ails anybody".into(), Role::Faint),
        |(s, kind, standing)| {
            let since = since(s, standing, state.now.mono).map_or_else(String::new, words::short_age);
            (format!("{} {} {since}", s.label, kind.word()).trim_end().to_owned(), role(kind))
        },
    )
}

/// For how long it has been so; `None` where it was found so and nobody knows.
fn since(s: &Session, standing: &Standing, now: Duration) -> Option<Duration> {
    (!s.undated).then(|| now.saturating_sub(standing.since))
}

fn wants(state: &State) -> u16 {
    (ailing(state).len() as u16).clamp(1, 8)
}

fn could(state: &State, _: u16) -> u16 {
    ailing(state).len().min(20) as u16
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let rows = ailing(state);
    if rows.is_empty() {
        Pen::row(buf, area, 0).put("nothing ails anybody", theme.style(Role::Faint));
    }
    for (y, &i) in (0..area.h).zip(&rows) {
        let s = &state.fleet.sessions[i];
        let Some((kind, standing)) = s.ward.chart.worst() else { continue };
        let mut pen = Pen::row(buf, area, y);
        let since = since(s, standing, state.now.mono).map_or_else(String::new, words::age);
        pen.right(&format!("{since:>7}"), theme.style(role(kind)));
        pen.right(kind.word(), theme.style(role(kind)));
        pen.put(&words::short_name(&s.label, usize::from(pen.left())), theme.style(Role::Text));
    }
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let rows = state.panel_rows();
    if rows.is_empty() {
        let said = super::hidden(state).unwrap_or_else(|| "there are no sessions".to_owned());
        Pen::row(buf, area, 1).put(&said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    let marked = state.panel_row.min(rows.len() - 1);
    // What ails the marked one whole, below the list.
    let detail = details(&state.fleet.sessions[rows[marked]], state);
    let below = if area.h >= 12 { (detail.len() as u16 + 1).min(area.h / 2) } else { 0 };
    let head = u16::from(area.h > 4);
    if head > 0 {
        heading(buf, area, theme);
    }
    let list = Area { y: area.y + head, h: area.h - below - head, ..area };
    let first = first_row(marked, list.h.into(), rows.len());
    for (y, (n, &i)) in (0..list.h).zip(rows.iter().enumerate().skip(first)) {
        let line = Area { y: list.y + y, h: 1, ..list };
        row(buf, line, state, theme, &state.fleet.sessions[i]);
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    if below > 0 {
        let rows = Area { y: list.y + list.h, h: below, ..area };
        super::rule(buf, rows, theme);
        for (y, (line, role)) in (1..below).zip(&detail) {
            Pen::row(buf, rows, y).skip(1).put(line, theme.style(*role));
        }
    }
    usize::from(list.h)
}

const NAME: u16 = 24;
const STATE: u16 = 22;
const OUTPUT: u16 = 9;
const CONTEXT: u16 = 6;
const CPU: u16 = 6;
const MEMORY: u16 = 7;

fn heading(buf: &mut Buffer, area: Area, theme: &Theme) {
    let faint = theme.style(Role::Faint);
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(2).column("session", NAME, faint).column("state", STATE, faint);
    if area.w >= 90 {
        pen.column("output", OUTPUT, faint).column("ctx", CONTEXT, faint);
        pen.column("cpu", CPU, faint).column("mem", MEMORY, faint);
    }
    pen.put("what ails it", faint);
}

fn row(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, s: &Session) {
    let now = state.now.mono;
    let told = words::of(s, now);
    let mut pen = Pen::row(buf, line, 0);
    pen.put(told.shape, theme.style(told.role)).skip(1);
    pen.column(&words::short_name(&s.label, usize::from(NAME - 1)), NAME, theme.style(Role::Strong));
    let age = if s.undated { String::new() } else { words::age(s.age(now)) };
    pen.column(&format!("{} {age}", s.state.word()), STATE, theme.style(told.role));
    if line.w >= 90 {
        // What is not known is not shown as none.
        let unknown = || "?".to_owned();
        let silent =
            if s.pane.is_some() { s.silent(now).map_or_else(unknown, words::age) } else { String::new() };
        pen.column(&silent, OUTPUT, theme.style(Role::Subtext));
        let context = s.tracker.reading().context_left.map_or_else(unknown, |p| format!("{p}%"));
        let context = if s.agent().is_some() { context } else { String::new() };
        pen.column(&context, CONTEXT, theme.style(Role::Subtext));
        // Of the process in the foreground itself.
        let usage = s.pane.as_ref().map(|p| {
            state.gauges.as_ref().and_then(|g| g.panes.get(&p.identity)).copied().unwrap_or_default()
        });
        let cpu = usage.map_or_else(String::new, |u| u.cpu.map_or_else(unknown, |c| format!("{c:.0}%")));
        let memory = usage.map_or_else(String::new, |u| u.memory.map_or_else(unknown, bytes));
        pen.column(&cpu, CPU, theme.style(Role::Subtext)).column(&memory, MEMORY, theme.style(Role::Subtext));
    }
    let ails: Vec<_> = s.ward.chart.now().collect();
    match ails.as_slice() {
        [] => drop(pen.put("nothing", theme.style(Role::Faint))),
        ails => {
            for (kind, standing) in ails {
                let since = since(s, standing, now).map_or_else(String::new, words::short_age);
                let told = format!("{} {since}", kind.word());
                pen.put(told.trim_end(), theme.style(role(*kind))).skip(3);
            }
        }
    }
}

fn details(s: &Session, state: &State) -> Vec<(String, Role)> {
    let ails = s.ward.chart.now().map(|(kind, standing)| {
        let since = words::age(state.now.mono.saturating_sub(standing.since));
        (format!("{}, seen for {since}: {}", kind.word(), standing.cause), role(kind))
    });
    let mut lines: Vec<_> = ails.collect();
    lines.extend(s.why.iter().map(|why| (words::one_line(why), Role::Subtext)));
    lines
}
