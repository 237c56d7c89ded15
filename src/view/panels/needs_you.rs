//! Who needs a person, the longest wait first: name, what for, since when, and why we think so.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Session, State};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::{cells, words};
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::NeedsYou, note, headline, wants, could, short, full };

fn note(state: &State) -> (String, Role) {
    let n = state.needs().len();
    (n.to_string(), if n > 0 { Role::Alarm } else { Role::Faint })
}

fn headline(state: &State) -> (String, Role) {
    match state.needs().first() {
        Some(&i) => {
            let s = &state.fleet.sessions[i];
            let age = words::aged(s, state.as_of());
            (format!("{} {} {age}", s.label, words::of(s, state.as_of()).word), Role::Alarm)
        }
        None => ("nobody".into(), Role::Faint),
    }
}

fn wants(state: &State) -> u16 {
    (state.needs().len() as u16).saturating_mul(ROOMY).saturating_sub(1).max(1)
}

/// Rows of one session where there is room: name, at most two rows why, a blank.
const ROOMY: u16 = 4;
/// As many rows why at most, where rows are left over.
const WHOLE: usize = 8;

fn could(state: &State, w: u16) -> u16 {
    let rows = state.needs().into_iter().map(|i| 2 + why(state, &state.fleet.sessions[i], w, WHOLE).len());
    (rows.sum::<usize>().min(usize::from(u16::MAX)) as u16).saturating_sub(1).max(1)
}

/// Why one needs a person, on at most so many rows: what it waits for, and, where there is room, what the rules say of it.
fn why(state: &State, session: &Session, w: u16, most: usize) -> Vec<(String, Role)> {
    let room = usize::from(w.saturating_sub(2)).max(1);
    let mut details = words::details(session);
    let wrapped = |details: &[(String, Role)]| -> Vec<(String, Role)> {
        let one = |(line, role): &(String, Role)| {
            wrap(line, room).into_iter().map(|l| (l, *role)).collect::<Vec<_>>()
        };
        details.iter().flat_map(one).collect()
    };
    if let Some(ruled) = ruled(state, session) {
        let more = [details.as_slice(), &[(ruled, Role::Subtext)]].concat();
        let whole = wrapped(&more);
        if whole.len() <= most {
            return whole;
        }
    }
    let mut whole = wrapped(&details);
    if whole.len() <= most {
        return whole;
    }
    if details.len() == 1 && most > 0 {
        // What does not fit is seen to be cut.
        let rest: Vec<String> = whole.drain(most - 1..).map(|(line, _)| line).collect();
        whole.push((rest.join(" "), details[0].1));
        return whole;
    }
    details.truncate(most);
    details
}

/// What the rules say of its open dialog.
fn ruled(state: &State, session: &Session) -> Option<String> {
    let pane = &session.pane.as_ref()?.identity;
    let verdict = state.board.queue.iter().find(|c| c.id.0 == *pane)?.verdict.as_ref()?;
    let said = format!("{} by {}: {}", verdict.action.word(), verdict.rule, verdict.reason);
    Some(words::one_line(&said))
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let needs = state.needs();
    if needs.is_empty() {
        Pen::row(buf, area, 0).put("nobody", theme.style(Role::Faint));
        return;
    }
    let fits = |each: u16| needs.len() as u16 * each <= area.h + 1;
    let blank = u16::from(fits(ROOMY));
    let least = if blank > 0 { 2 } else { usize::from(fits(2)) };
    // Rows that are left tell whole what can be told whole, the longest wait first.
    let mut rows: Vec<Vec<(String, Role)>> =
        needs.iter().map(|&i| why(state, &state.fleet.sessions[i], area.w, least)).collect();
    let used: usize = rows.iter().map(|r| r.len() + 1 + usize::from(blank)).sum();
    let mut spare = (usize::from(area.h) + usize::from(blank)).saturating_sub(used);
    let most = if blank > 0 { WHOLE } else { least + 1 };
    for (told, &i) in rows.iter_mut().zip(&needs) {
        let whole = why(state, &state.fleet.sessions[i], area.w, most);
        let more = whole.len().saturating_sub(told.len());
        if more <= spare {
            spare -= more;
            *told = whole;
        }
    }
    let mut y = 0;
    for (n, &i) in needs.iter().enumerate() {
        if y + 1 >= area.h && n + 1 < needs.len() {
            let key = state.fixed.keymap.shown(Action::Panel(PanelId::NeedsYou));
            let more = format!("  and {} more · {key}", needs.len() - n);
            Pen::row(buf, area, y).put(&more, theme.style(Role::Alarm));
            return;
        }
        let session = &state.fleet.sessions[i];
        row(buf, area, y, state, theme, session, state.grid.focus.as_ref() == Some(&session.key()));
        y += 1;
        for (line, role) in &rows[n] {
            Pen::row(buf, area, y).skip(2).put(line, theme.style(*role));
            y += 1;
        }
        y += blank;
    }
}

fn row(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, session: &Session, marked: bool) {
    let told = words::of(session, state.as_of());
    let age = words::aged(session, state.as_of());
    let mut pen = Pen::row(buf, area, y);
    pen.right(&format!("{age:>7}"), theme.style(told.role));
    pen.right(&format!("{} {}", told.shape, told.word), theme.style(told.role));
    pen.put(if marked { "▸ " } else { "  " }, theme.style(Role::Accent));
    pen.put(&words::short_name(&session.label, usize::from(pen.left())), theme.style(Role::Strong));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) -> usize {
    let needs = state.panel_rows();
    if needs.is_empty() {
        let said = super::hidden(state).unwrap_or_else(|| "nobody needs you".to_owned());
        Pen::row(buf, area, 1).put(&said, theme.style(Role::Subtext));
        return usize::from(area.h);
    }
    // The marked one's own screen below the list, where there is room for both.
    let list_rows = if area.h >= 16 { (needs.len() as u16).clamp(1, area.h / 3) } else { area.h };
    let marked = state.panel_row.min(needs.len() - 1);
    let first = first_row(marked, list_rows.into(), needs.len());
    for (y, (n, &i)) in (0..list_rows).zip(needs.iter().enumerate().skip(first)) {
        let session = &state.fleet.sessions[i];
        let line = Area { y: area.y + y, h: 1, ..area };
        wide_row(buf, line, state, theme, session, n == marked);
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    if list_rows < area.h {
        let session = &state.fleet.sessions[needs[marked]];
        let below = Area { y: area.y + list_rows, h: area.h - list_rows, ..area };
        preview(buf, below, state, theme, session);
        if let Some(at) = state.arranged(areas.paged).iter().position(|&i| i == needs[marked]) {
            areas.tiles.push((at, below));
        }
    }
    usize::from(list_rows)
}

fn wide_row(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, session: &Session, marked: bool) {
    let told = words::of(session, state.as_of());
    let mut pen = Pen::row(buf, line, 0);
    pen.put(if marked { "▸ " } else { "  " }, theme.style(Role::Accent));
    let name = if line.w >= 60 { 26 } else { line.w / 2 };
    pen.column(
        &words::short_name(&session.label, usize::from(name.saturating_sub(1))),
        name,
        theme.style(Role::Strong),
    );
    pen.column(&format!("{} {}", told.shape, told.word), 14, theme.style(told.role));
    pen.column(&words::aged(session, state.as_of()), 9, theme.style(told.role));
    let role = session.member.as_ref().and_then(|m| m.role.as_deref()).unwrap_or_default();
    if line.w >= 110 {
        pen.column(&text::fit(role, 28), 30, theme.style(Role::Subtext));
    }
    for (line, role) in words::details(session) {
        pen.put(&line, theme.style(role)).skip(3);
    }
}

pub(super) fn preview(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session) {
    let row = Area { h: 1, ..area };
    super::rule(buf, row, theme);
    let label = format!(" {} ", text::fit(&session.label, usize::from(area.w.saturating_sub(6))));
    Pen::row(buf, row, 0).skip(2).put(&label, paint::alone(theme.style(Role::Strong)));
    if let Some(screen) = session.visible_screen() {
        let inner = Area { y: area.y + 1, h: area.h - 1, ..area };
        let crop = cells::crop(session, inner.h);
        cells::draw(
            buf,
            inner,
            screen,
            theme,
            crop.top,
            cells::Look { stale: !state.connected(), gap: crop.gap, ..Default::default() },
        );
    }
}
