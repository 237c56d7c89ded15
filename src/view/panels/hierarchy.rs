//! The chain of command: architect, managers, workers as a tree, with what each does and who waits for a person.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::hierarchy::Node;
use crate::app::state::{State, needs};
use crate::domain::roster::Tier;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::words;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Hierarchy, note, headline, wants, could, short, full };

fn tiers(state: &State) -> [usize; 3] {
    [Tier::HighLevel, Tier::Manager, Tier::Worker]
        .map(|t| state.fleet.count(|s| s.member.as_ref().is_some_and(|m| m.tier == Some(t))))
}

fn note(state: &State) -> (String, Role) {
    (state.fleet.sessions.len().to_string(), Role::Faint)
}

fn headline(state: &State) -> (String, Role) {
    let [high, managers, workers] = tiers(state);
    let rest = state.fleet.sessions.len().saturating_sub(high + managers + workers);
    let many = |n: usize| if n == 1 { "" } else { "s" };
    let all = [
        (high, format!("{high} high-level")),
        (managers, format!("{managers} manager{}", many(managers))),
        (workers, format!("{workers} worker{}", many(workers))),
        (rest, format!("{rest} without a tier")),
    ];
    let said: Vec<String> = all.into_iter().filter(|(n, _)| *n > 0).map(|(_, said)| said).collect();
    (if said.is_empty() { "no sessions".to_owned() } else { said.join(", ") }, Role::Faint)
}

fn wants(_: &State) -> u16 {
    1
}

fn could(state: &State, _: u16) -> u16 {
    state.fleet.sessions.len().min(usize::from(u16::MAX)) as u16
}

/// The tree where all of it has a row, else the numbers.
fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let len = state.fleet.sessions.len();
    if len == 0 || len > usize::from(area.h) {
        let (line, role) = headline(state);
        Pen::row(buf, area, 0).put(&line, theme.style(role));
        return;
    }
    for (y, node) in (0..area.h).zip(&state.hierarchy()) {
        narrow(buf, Area { y: area.y + y, h: 1, ..area }, state, theme, node);
    }
}

fn narrow(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, node: &Node) {
    let s = &state.fleet.sessions[node.session];
    let now = state.as_of();
    let told = words::of(s, now);
    let mut pen = Pen::row(buf, line, 0);
    pen.right(&format!("{:>7}", words::aged(s, now)), theme.style(told.role));
    pen.right(&format!("{} {}", told.shape, told.word), theme.style(told.role));
    pen.put(&lines(node), theme.style(Role::Faint));
    pen.put(&words::short_name(&s.label, usize::from(pen.left())), theme.style(Role::Text));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let nodes = state.hierarchy();
    let rows: Vec<&Node> = state.panel_rows().into_iter().filter_map(|n| nodes.get(n)).collect();
    if rows.is_empty() {
        let said = super::hidden(state).unwrap_or_else(|| "there are no sessions".to_owned());
        Pen::row(buf, area, 1).put(&said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    let marked = state.panel_row.min(rows.len() - 1);
    let first = first_row(marked, area.h.into(), rows.len());
    for (y, (n, node)) in (0..area.h).zip(rows.iter().enumerate().skip(first)) {
        let line = Area { y: area.y + y, h: 1, ..area };
        row(buf, line, state, theme, node);
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    usize::from(area.h)
}

/// The lines that lead to a node from its root.
fn lines(node: &Node) -> String {
    let steps = node.last.get(1..).unwrap_or_default();
    let mut said = String::new();
    for (n, last) in steps.iter().enumerate() {
        said.push_str(match (n + 1 == steps.len(), last) {
            (true, true) => "└─ ",
            (true, false) => "├─ ",
            (false, true) => "   ",
            (false, false) => "│  ",
        });
    }
    said
}

fn row(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, node: &Node) {
    let s = &state.fleet.sessions[node.session];
    let now = state.as_of();
    let told = words::of(s, now);
    let mut pen = Pen::row(buf, line, 0);
    let tree = lines(node);
    pen.put(&tree, theme.style(Role::Faint));
    let used = tree.chars().count() as u16;
    let name = if line.w >= 60 { 34_u16.saturating_sub(used) } else { line.w / 2 };
    pen.column(
        &words::short_name(&s.label, usize::from(name.saturating_sub(1))),
        name,
        theme.style(Role::Strong),
    );
    pen.column(&format!("{} {}", told.shape, told.word), 14, theme.style(told.role));
    pen.column(&words::aged(s, now), 9, theme.style(told.role));
    let member = s.member.as_ref();
    if line.w >= 100 {
        let tier = member.map_or("unmanaged", |m| m.tier.map_or("", Tier::word));
        pen.column(tier, 12, theme.style(Role::Subtext));
        let role = member.and_then(|m| m.role.as_deref()).unwrap_or_default();
        pen.column(&text::fit(role, 24), 26, theme.style(Role::Subtext));
    }
    if needs::needs_you(s, now) {
        pen.put("waits for you", theme.style(Role::Alarm)).skip(2);
    }
    if node.needs_below > 0 {
        let whole = format!("{} below wait for you", node.needs_below);
        let fits = text::width(&whole) <= usize::from(pen.left());
        let below = if fits { whole } else { format!("+{}", node.needs_below) };
        pen.put(&below, theme.style(Role::Note));
    }
}
