//! Who needs a person, the longest wait first: name, what for, since when, and why we think so.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Session, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::{cells, words};
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::NeedsYou, note, headline, wants, short, full };

fn note(state: &State) -> (String, Role) {
    let n = state.needs().len();
    (n.to_string(), if n > 0 { Role::Alarm } else { Role::Faint })
}

fn headline(state: &State) -> (String, Role) {
    match state.needs().first() {
        Some(&i) => {
            let s = &state.fleet.sessions[i];
            let age = words::age(s.age(state.now.mono));
            (format!("{} {} {age}", s.label, words::of(s, state.now.mono).word), Role::Alarm)
        }
        None => ("nobody".into(), Role::Faint),
    }
}

fn wants(state: &State) -> u16 {
    (state.needs().len() as u16).saturating_mul(2).max(1)
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let needs = state.needs();
    if needs.is_empty() {
        Pen::row(buf, area, 0).put("nobody", theme.style(Role::Faint));
        return;
    }
    // With room for it each has a second line: why.
    let each = if usize::from(area.h) >= 2 * needs.len() { 2 } else { 1 };
    let fit = usize::from(area.h) / each;
    let rest = needs.len().saturating_sub(fit);
    let fit = if rest > 0 { fit.saturating_sub(1) } else { fit };
    for (n, &i) in needs.iter().take(fit).enumerate() {
        let session = &state.fleet.sessions[i];
        let y = (n * each) as u16;
        row(buf, area, y, state, theme, session, state.grid.focus.as_ref() == Some(&session.key()));
        if each == 2 {
            let why = session.why.first().map_or("", String::as_str);
            Pen::row(buf, area, y + 1).skip(2).put(why, theme.style(Role::Subtext));
        }
    }
    if rest > 0 {
        let more = format!(
            "  and {} more · {}",
            needs.len() - fit,
            state.fixed.keymap.shown(Action::Panel(PanelId::NeedsYou))
        );
        Pen::row(buf, area, area.h - 1).put(&more, theme.style(Role::Alarm));
    }
}

fn row(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, session: &Session, marked: bool) {
    let told = words::of(session, state.now.mono);
    let age = words::age(session.age(state.now.mono));
    let mut pen = Pen::row(buf, area, y);
    pen.right(&format!("{age:>7}"), theme.style(told.role));
    pen.right(&format!("{} {}", told.shape, told.word), theme.style(told.role));
    pen.put(if marked { "▸ " } else { "  " }, theme.style(Role::Accent));
    pen.put(&session.label, theme.style(Role::Strong));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) -> usize {
    let needs = state.needs();
    if needs.is_empty() {
        Pen::row(buf, area, 1).put("nobody needs you", theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    // The marked one's own screen below the list, where there is room for both.
    let list_rows = if area.h >= 16 { (needs.len() as u16).clamp(1, area.h / 3) } else { area.h };
    let marked = state.panel_row.min(needs.len() - 1);
    let first = first_row(marked, list_rows.into(), needs.len());
    for (y, (n, &i)) in (0..list_rows).zip(needs.iter().enumerate().skip(first)) {
        let session = &state.fleet.sessions[i];
        let line = Area { y: area.y + y, h: 1, ..area };
        if n == marked {
            paint::tint(buf, line, theme.style(Role::Selection));
        }
        wide_row(buf, line, state, theme, session, n == marked);
    }
    if list_rows < area.h {
        let session = &state.fleet.sessions[needs[marked]];
        let below = Area { y: area.y + list_rows, h: area.h - list_rows, ..area };
        preview(buf, below, state, theme, session);
        if let Some(at) = state.shown().iter().position(|&i| i == needs[marked]) {
            areas.tiles.push((at, below));
        }
    }
    usize::from(list_rows)
}

fn wide_row(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, session: &Session, marked: bool) {
    let told = words::of(session, state.now.mono);
    let mut pen = Pen::row(buf, line, 0);
    pen.put(if marked { "▸ " } else { "  " }, theme.style(Role::Accent));
    let name = if line.w >= 60 { 26 } else { line.w / 2 };
    pen.column(&session.label, name, theme.style(Role::Strong));
    pen.column(&format!("{} {}", told.shape, told.word), 14, theme.style(told.role));
    pen.column(&words::age(session.age(state.now.mono)), 9, theme.style(told.role));
    let role = session.member.as_ref().and_then(|m| m.role.as_deref()).unwrap_or_default();
    if line.w >= 110 {
        pen.column(role, 30, theme.style(Role::Subtext));
    }
    pen.put(&session.why.join(" · "), theme.style(Role::Subtext));
}

fn preview(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session) {
    let row = Area { h: 1, ..area };
    super::rule(buf, row, theme);
    let label = format!(" {} ", text::fit(&session.label, usize::from(area.w.saturating_sub(6))));
    Pen::row(buf, row, 0).skip(2).put(&label, theme.style(Role::Strong));
    if let Some(screen) = session.visible_screen() {
        let inner = Area { y: area.y + 1, h: area.h - 1, ..area };
        let top = cells::top(cells::anchor(session), inner.h);
        cells::draw(
            buf,
            inner,
            screen,
            theme,
            top,
            cells::Look { stale: !state.connected(), ..Default::default() },
        );
    }
}
