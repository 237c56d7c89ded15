//! How well screens are read: counts, versions seen against versions verified, and the screens that nothing could read.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Session, State};
use crate::domain::agent::Agents;
use crate::domain::status::State as Status;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::{cells, words};
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Detector, note, headline, wants, could, short, full };

fn is_unread(s: &Session) -> bool {
    s.state == Status::Unknown && s.screen.is_some()
}

fn unread_now(state: &State) -> usize {
    state.fleet.count(is_unread)
}

fn note(state: &State) -> (String, Role) {
    match unread_now(state) {
        0 => ("all read now".into(), Role::Faint),
        n => (format!("{n} unread"), Role::Note),
    }
}

fn headline(state: &State) -> (String, Role) {
    let d = &state.detector;
    (format!("{} screens read, {} unknown", d.frames, d.unknown), Role::Faint)
}

fn wants(_: &State) -> u16 {
    1
}

fn could(state: &State, _: u16) -> u16 {
    wants(state)
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let (line, role) = headline(state);
    Pen::row(buf, area, 0).put(&line, theme.style(role));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let mut y = 0;
    for (line, role) in facts(state) {
        if y < area.h {
            Pen::row(buf, area, y).put(&line, theme.style(role));
        }
        y += 1;
    }
    let below = Area { y: area.y.saturating_add(y.min(area.h)), h: area.h.saturating_sub(y), ..area };
    unread(buf, below, state, theme)
}

/// The counts, and a line for each agent.
fn facts(state: &State) -> Vec<(String, Role)> {
    let d = &state.detector;
    let share = if d.frames == 0 { 0.0 } else { d.unknown as f64 * 100.0 / d.frames as f64 };
    let still = state.fleet.sessions.iter().filter(|s| is_unread(s)).map(|s| s.age(state.now.mono));
    let (all, longest) = d.dwelt(still);
    let mut lines = vec![
        (
            format!("{} screens read since the start, {} unknown ({share:.1} %)", d.frames, d.unknown),
            Role::Text,
        ),
        (
            format!("unknown for {} in all, {} at the longest", words::age(all), words::age(longest)),
            Role::Subtext,
        ),
        (String::new(), Role::Text),
    ];
    for (name, seen) in &d.agents {
        let shown = if name.is_empty() { "no known agent" } else { name };
        let verified = Agents::builtin().get(name).map(|m| m.verified.as_slice()).unwrap_or_default();
        let (good, new): (Vec<&str>, Vec<&str>) =
            seen.versions.iter().map(String::as_str).partition(|v| verified.iter().any(|k| k == v));
        let mut line = format!("{shown:<16} {:>8} screens {:>6} unknown", seen.frames, seen.unknown);
        if !good.is_empty() {
            line.push_str(&format!("   verified: {}", good.join(", ")));
        }
        if !new.is_empty() {
            line.push_str(&format!("   seen, not verified: {}", new.join(", ")));
        }
        lines.push((line, if new.is_empty() { Role::Text } else { Role::Note }));
    }
    lines.push((String::new(), Role::Text));
    lines
}

/// The screens that nothing could read, newest first, and the marked one itself.
fn unread(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) -> usize {
    let unread: Vec<_> = state.detector.unread.iter().rev().collect();
    let kept: Vec<_> = state.panel_rows().into_iter().filter_map(|n| unread.get(n)).collect();
    if area.h == 0 {
        return 0;
    }
    if kept.is_empty() {
        let said = super::hidden(state).unwrap_or_else(|| "every screen could be read".to_owned());
        Pen::row(buf, area, 0).put(&said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    let list = if area.h >= 12 { (kept.len() as u16).min(area.h / 3) } else { area.h };
    let marked = state.panel_row.min(kept.len() - 1);
    let first = first_row(marked, list.into(), kept.len());
    for (y, (n, unread)) in (0..list).zip(kept.iter().enumerate().skip(first)) {
        let t = unread.local;
        let mut pen = Pen::row(buf, area, y);
        pen.put(&format!("{:02}:{:02}:{:02} ", t.hour(), t.minute(), t.second()), theme.style(Role::Faint));
        pen.put(unread.session.as_str(), theme.style(Role::Text));
        if n == marked {
            paint::tint(buf, Area { y: area.y + y, h: 1, ..area }, theme.marked());
        }
    }
    if list < area.h {
        let row = Area { y: area.y + list, h: area.h - list, ..area };
        super::rule(buf, row, theme);
        let inner = Area { y: row.y + 1, h: row.h - 1, ..row };
        let screen = &kept[marked].screen;
        let top = (screen.used_rows().len() as u16).saturating_sub(inner.h);
        cells::draw(buf, inner, screen, theme, top, cells::Look::default());
    }
    usize::from(list)
}
