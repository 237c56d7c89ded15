//! The procedure's daily and weekly checks: what is well, what is not, what is not known here.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::State;
use crate::app::state::routine::{Check, Due};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::Pen;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Routine, note, headline, wants, could, short, full };

fn note(state: &State) -> (String, Role) {
    let checks = state.routine();
    let count = |well: Option<bool>| checks.iter().filter(|c| c.well == well).count();
    match (count(Some(false)), count(None)) {
        (0, 0) => ("all well".into(), Role::Faint),
        (0, n) => (format!("{n} not known"), Role::Faint),
        (n, _) => (format!("{n} to do"), Role::Note),
    }
}

fn headline(state: &State) -> (String, Role) {
    let first = state.routine().into_iter().find(|c| c.well == Some(false));
    first.map_or_else(|| note(state), |c| (format!("{}: {}", c.asks, c.found), Role::Note))
}

fn wants(_: &State) -> u16 {
    1
}

/// What the column tells where it has the rows: each check, and of what is not well what was found.
fn list(state: &State, w: u16) -> Vec<(&'static str, String, Role)> {
    let room = usize::from(w.saturating_sub(2)).max(1);
    let mut rows = Vec::new();
    for check in state.routine() {
        let (mark, role) = mark(check.well);
        rows.push((mark, check.asks.to_owned(), role));
        if check.well == Some(false) {
            let found = wrap(&text::printable(&check.found), room);
            rows.extend(found.into_iter().take(3).map(|line| (" ", line, Role::Note)));
        }
    }
    rows
}

fn could(state: &State, w: u16) -> u16 {
    list(state, w).len() as u16
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let rows = list(state, area.w);
    if rows.len() > usize::from(area.h) {
        let (line, role) = headline(state);
        Pen::row(buf, area, 0).put(&text::printable(&line), theme.style(role));
        return;
    }
    for (y, (mark, line, role)) in (0..area.h).zip(rows) {
        let said = match (mark, role) {
            (" ", _) | (_, Role::Problem) => role,
            _ => Role::Subtext,
        };
        Pen::row(buf, area, y).put(mark, theme.style(role)).skip(1).put(&line, theme.style(said));
    }
}

/// How a check stands: its mark and what that means.
const fn mark(well: Option<bool>) -> (&'static str, Role) {
    match well {
        Some(true) => ("✓", Role::Ok),
        Some(false) => ("✖", Role::Problem),
        None => ("?", Role::Faint),
    }
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let checks = state.routine();
    let asks = if area.w >= 70 { 46 } else { area.w / 2 };
    let room = usize::from(area.w.saturating_sub(asks + 3)).max(1);
    // What was found is told whole where there are rows for it: nothing else tells it.
    let found = |c: &Check| wrap(&text::printable(&c.found), room);
    let tall = checks.iter().map(|c| found(c).len()).sum::<usize>() + 2;
    let whole = tall <= usize::from(area.h);
    let mut rows: Vec<(Option<&Check>, String)> = Vec::new();
    for (due, head) in [(Due::Daily, "every day"), (Due::Weekly, "every week")] {
        rows.push((None, head.to_owned()));
        for check in checks.iter().filter(|c| c.due == due) {
            let mut lines =
                if whole { found(check) } else { vec![text::printable(&check.found)] }.into_iter();
            rows.push((Some(check), lines.next().unwrap_or_default()));
            rows.extend(lines.map(|line| (Some(check), line)));
        }
    }
    let mut told = None;
    for (y, (check, line)) in (0..area.h).zip(rows) {
        let mut pen = Pen::row(buf, area, y);
        let Some(check) = check else {
            pen.put(&line, theme.style(Role::Subtext));
            continue;
        };
        let goes_on = told.replace(check.asks) == Some(check.asks);
        let (mark, role) = mark(check.well);
        if goes_on {
            pen.skip(asks + 3);
        } else {
            pen.skip(1).put(mark, theme.style(role)).skip(1);
            pen.column(check.asks, asks, theme.style(Role::Text));
        }
        pen.put(&line, theme.style(if check.well == Some(false) { role } else { Role::Subtext }));
    }
    usize::from(area.h)
}
