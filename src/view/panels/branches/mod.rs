//! Branch compliance: a row a session with its branch, how far it is from its upstream, what is uncommitted, how old the
//! last commit is, and the worst finding. At full size the marked one's findings and commits stand below, or the signs of
//! the whole fleet.

pub(in crate::view) mod detail;
pub(in crate::view) mod row;
mod signs;

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::State;
use crate::app::state::branches::Place;
use crate::domain::branch::Severity;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Branches, note, headline, wants, could, short, full };

/// A severity's shape, word and meaning; none: nothing is found.
pub(in crate::view) const fn told(worst: Option<Severity>) -> (&'static str, &'static str, Role) {
    match worst {
        Some(Severity::Red) => ("✖", "red", Role::Problem),
        Some(Severity::Amber) => ("▲", "amber", Role::Note),
        Some(Severity::Note) => ("·", "note", Role::Subtext),
        None => ("✔", "good", Role::Ok),
    }
}

fn note(state: &State) -> (String, Role) {
    let count = |severity| state.trees_with(severity);
    match (state.branches.survey.as_deref(), count(Severity::Red), count(Severity::Amber)) {
        (None, ..) => ("not looked at yet".into(), Role::Faint),
        (_, 0, 0) => ("good".into(), Role::Faint),
        (_, 0, n) => (format!("{n} amber"), Role::Note),
        (_, n, _) => (format!("{n} red"), Role::Problem),
    }
}

fn headline(state: &State) -> (String, Role) {
    if let Some(said) = nothing(state) {
        return (said.into(), Role::Faint);
    }
    let first = state.branch_rows().first().map(|&i| &state.fleet.sessions[i]);
    let worst = first.and_then(|s| match state.place_of(s) {
        Place::Tree(seen) => seen.findings.first().map(|f| (s, f)),
        _ => None,
    });
    match worst {
        Some((s, f)) => {
            let (shape, _, role) = told(Some(f.severity));
            (format!("{shape} {}: {}", s.label, f.rule.word()), role)
        }
        None => ("no rule is broken".into(), Role::Faint),
    }
}

/// Why there is no row.
fn nothing(state: &State) -> Option<&'static str> {
    match &state.branches.survey {
        None => Some("the work trees have not been looked at yet"),
        Some(_) if state.branch_rows().is_empty() => Some("no session works anywhere"),
        Some(_) => None,
    }
}

fn wants(state: &State) -> u16 {
    if nothing(state).is_some() { 1 } else { state.branch_rows().len().clamp(1, 12) as u16 }
}

fn could(state: &State, _: u16) -> u16 {
    state.branch_rows().len().min(30) as u16
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    if let Some(said) = nothing(state) {
        Pen::row(buf, area, 0).put(said, theme.style(Role::Faint));
        return;
    }
    let rows = state.branch_rows();
    for (y, (n, &i)) in (0..area.h).zip(rows.iter().enumerate()) {
        if y + 1 == area.h && n + 1 < rows.len() {
            let key = state.fixed.keymap.shown(Action::Panel(PanelId::Branches));
            let more = format!("  and {} more · {key}", rows.len() - n);
            Pen::row(buf, area, y).put(&more, theme.style(Role::Faint));
            return;
        }
        row::narrow(buf, Area { y: area.y + y, h: 1, ..area }, state, theme, &state.fleet.sessions[i]);
    }
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    if let Some(said) = nothing(state) {
        Pen::row(buf, area, 1).put(said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    // The first row is the fleet's: its signs. Then the sessions.
    let rows = state.panel_rows();
    let marked = state.panel_row.min(rows.len());
    row::heads(buf, Area { h: area.h.min(1), ..area }, theme);
    let below = Area { y: area.y + area.h.min(1), h: area.h.saturating_sub(1), ..area };
    let wanted = if marked == 0 { signs::rows(below.w) + 1 } else { below.h * 3 / 5 };
    let list_rows = if below.h < 9 { below.h } else { below.h.saturating_sub(wanted).max(3) };
    let list = Area { h: list_rows.min(rows.len() as u16 + 1), ..below };
    let first = first_row(marked, list.h.into(), rows.len() + 1);
    for (y, n) in (0..list.h).zip(first..=rows.len()) {
        let line = Area { y: list.y + y, h: 1, ..list };
        match n.checked_sub(1).map(|n| &state.fleet.sessions[rows[n]]) {
            None => signs::summary(buf, line, state, theme),
            Some(session) => row::wide(buf, line, state, theme, session),
        }
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    if list.h < below.h {
        let rest = Area { y: list.y + list.h, h: below.h - list.h, ..below };
        match marked.checked_sub(1).map(|n| &state.fleet.sessions[rows[n]]) {
            None => signs::draw(buf, rest, state, theme),
            Some(session) => detail::draw(buf, rest, state, theme, session),
        }
    }
    usize::from(list.h)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_severity_has_its_own_shape_and_word() {
        let all = [None, Some(Severity::Note), Some(Severity::Amber), Some(Severity::Red)].map(told);
        assert_eq!(all.iter().map(|t| t.0).collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(all.iter().map(|t| t.1).collect::<BTreeSet<_>>().len(), all.len());
    }
}
