//! What auto-confirm did, at full size: confirmed by hour, how long it took, what each rule decided (live and in shadow), and
//! every dialog's newest entry with its time, rule, latency and outcome; below the marked one: why.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::ledger::{Entry, RuleCount};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::super::paint::{self, Pen};
use super::super::super::popups::first_row;
use super::{NOTHING, below, clock, entry_details, one_line, shape, span, what, wrapped};

/// Hours that are told where there is room.
const HOURS: usize = 24;
/// Columns of the table of rules, where it stands beside the entries.
const RULES: u16 = 66;

/// Draws it; tells how many rows of the list it shows.
pub(super) fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) -> usize {
    let all = &state.board.recent;
    let recent: Vec<&Entry> =
        state.panel_rows().into_iter().filter_map(|n| all.get(n)).map(AsRef::as_ref).collect();
    if area.h < 3 {
        return 0;
    }
    hours(buf, area, state, theme);
    let rest = Area { y: area.y + 1, h: area.h - 1, ..area };
    let beside = rest.w >= 150;
    let rules = counted(state);
    let table = (rules.len() as u16 + 1).min(rest.h / 3);
    let (left, right) = if beside {
        let list = Area { w: rest.w - RULES - 2, ..rest };
        (list, Area { x: list.x + list.w + 2, w: RULES, ..rest })
    } else {
        // Too low for both: the entries stay.
        let table = if rest.h >= 12 { table } else { 0 };
        (Area { y: rest.y + table, h: rest.h - table, ..rest }, Area { h: table, ..rest })
    };
    by_rule(buf, right, theme, &rules);
    let marked = state.panel_row.min(recent.len().saturating_sub(1));
    let mut detail = recent.get(marked).map(|e| entry_details(e)).unwrap_or_default();
    let key = |a| state.fixed.keymap.shown(a);
    detail
        .push((format!("{} the rule   {} the queue", key(Action::Rule), key(Action::Activity)), Role::Faint));
    let detail = wrapped(&detail, usize::from(left.w.saturating_sub(2)).max(1));
    let told = if left.h >= 10 { (detail.len() as u16 + 1).min(left.h / 2) } else { 0 };
    let list = Area { h: left.h - told, ..left };
    if recent.is_empty() {
        let said = super::super::hidden(state).unwrap_or_else(|| NOTHING.to_owned());
        Pen::row(buf, list, 0).put(&said, theme.style(Role::Subtext));
    }
    let first = first_row(marked, list.h.into(), recent.len());
    for (y, (n, e)) in (0..list.h).zip(recent.iter().enumerate().skip(first)) {
        row(buf, list, y, state, theme, e);
        if n == marked {
            paint::tint(buf, Area { y: list.y + y, h: 1, ..list }, theme.marked());
        }
    }
    if told > 0 {
        below(buf, Area { y: list.y + list.h, h: told, ..left }, theme, &detail);
    }
    usize::from(list.h)
}

/// Confirmed in each hour, the running one last, and how long an answer took to be seen.
fn hours(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let tally = &state.board.tally;
    let mut pen = Pen::row(buf, area, 0);
    pen.right(&format!("gone {} p50/p99", span(tally.cleared())), theme.style(Role::Subtext));
    pen.put("by hour ", theme.style(Role::Subtext));
    let all = tally.hours(state.now.utc, HOURS);
    // The newest ones stay where not all fit.
    let mut shown: Vec<String> = Vec::new();
    let mut used = 0;
    for n in all.iter().rev().map(u32::to_string) {
        used += n.len() + 1;
        if used > usize::from(pen.left()) {
            break;
        }
        shown.push(n);
    }
    for (at, n) in shown.iter().enumerate().rev() {
        let role = match (at, n.as_str()) {
            (0, _) => Role::Strong,
            (_, "0") => Role::Faint,
            _ => Role::Text,
        };
        pen.put(n, theme.style(role)).skip(1);
    }
}

/// The rules that decided something in the last day, the busiest first.
fn counted(state: &State) -> Vec<(&str, RuleCount)> {
    let mut rules: Vec<(&str, RuleCount)> = state
        .board
        .tally
        .rules
        .iter()
        .map(|(id, n)| (id.as_str(), *n))
        .filter(|(_, n)| n.all() > 0)
        .collect();
    rules.sort_by(|(a, m), (b, n)| n.all().cmp(&m.all()).then(a.cmp(b)));
    rules
}

fn by_rule(buf: &mut Buffer, area: Area, theme: &Theme, rules: &[(&str, RuleCount)]) {
    if area.h == 0 {
        return;
    }
    let figures = |[a, b, c, d, e, f]: [&str; 6]| format!("{a:>9} {b:>6} {c:>6} {d:>6} {e:>6} {f:>7}");
    let mut pen = Pen::row(buf, area, 0);
    pen.right(
        &figures(["confirmed", "denied", "would", "held", "failed", "unknown"]),
        theme.style(Role::Subtext),
    );
    pen.put("rule, last 24 h", theme.style(Role::Subtext));
    for (y, (id, n)) in (1..area.h).zip(rules) {
        let mut pen = Pen::row(buf, area, y);
        let told = [n.cleared, n.denied, n.watched, n.held, n.failed, n.unknown].map(|n| n.to_string());
        let role = if n.failed + n.unknown > 0 { Role::Problem } else { Role::Text };
        pen.right(&figures(told.each_ref().map(String::as_str)), theme.style(role));
        pen.put(&text::fit(&text::printable(id), 28), theme.style(Role::Strong));
    }
}

fn row(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, e: &Entry) {
    let b = &e.body;
    let (shape, role) = shape(e);
    let mut pen = Pen::row(buf, area, y);
    let took = b.times.pressed.map_or_else(String::new, |d| format!("{} ms", d.as_millis()));
    pen.right(&format!(" {shape} {:<9}", b.word()), theme.style(role));
    if area.w >= 70 {
        pen.right(&format!(" {took:>8}"), theme.style(Role::Subtext));
    }
    if area.w >= 90 {
        pen.right(&format!("  {:<20}", text::fit(&b.verdict.rule, 20)), theme.style(Role::Subtext));
    }
    pen.put(&clock(state, e), theme.style(Role::Faint)).skip(1);
    let name = text::fit(b.scene.session.as_str(), if area.w >= 90 { 20 } else { 12 });
    pen.put(&name, theme.style(Role::Strong)).skip(1);
    pen.put(&what(e), theme.style(Role::Text)).skip(2);
    // Why it was held is told in the row where there is room for it.
    if b.times.pressed.is_none() && area.w >= 140 {
        pen.put(&one_line(&b.verdict.reason), theme.style(Role::Faint));
    }
}
