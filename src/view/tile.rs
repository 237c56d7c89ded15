//! One tile: a frame that tells who, what state and since when, and in it the pane itself. Where tiles stand is for `layout`.

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use crate::app::areas::Area;
use crate::app::state::branches::Place as Home;
use crate::app::state::{Mode, Session, State, needs};
use crate::domain::branch::Severity;
use crate::domain::health::{Kind, Level};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::message::wrap;
use super::paint::{self, Pen};
use super::panels::branches::{self, row};
use super::panels::tasks;
use super::{cells, layout, words};

/// What a tile is besides its session.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its number on the page, from 1; beyond 9 no key focuses it.
    pub number: usize,
    /// It has the focus.
    pub focused: bool,
}

/// The four corners, the horizontal and the vertical line of a frame.
pub type Lines = [&'static str; 6];
pub const ROUND: Lines = ["╭", "╮", "╰", "╯", "─", "│"];
pub const THICK: Lines = ["┏", "┓", "┗", "┛", "━", "┃"];
const DOUBLE: Lines = ["╔", "╗", "╚", "╝", "═", "║"];

/// Draws a tile.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session, place: Place) {
    let typing = is_typed_into(state, session);
    let told = words::of(session, state.as_of());
    let stale = !state.connected();
    let alarmed = matches!(told.role, Role::Alarm | Role::Problem);
    let (lines, role) = match (typing, place.focused) {
        (true, _) => (DOUBLE, Role::Accent),
        (_, true) if alarmed && !stale => (THICK, told.role),
        (_, true) => (THICK, Role::Focus),
        _ if alarmed && !stale => (ROUND, told.role),
        _ => (ROUND, Role::Border),
    };
    frame(buf, area, lines, theme.line(role));
    top_line(buf, area, state, theme, session, place);
    bottom_line(buf, area, state, theme, session);
    content(buf, layout::inside(area), state, theme, session, typing);
}

/// True if keys go to this session now.
pub fn is_typed_into(state: &State, session: &Session) -> bool {
    matches!(state.mode, Mode::TypeInto(pane) if session.pane.as_ref().is_some_and(|p| p.identity == pane))
}

/// Draws a frame around an area.
pub fn frame(buf: &mut Buffer, area: Area, lines: Lines, style: Style) {
    let [tl, tr, bl, br, h, v] = lines;
    for y in 0..area.h {
        let (left, middle, right) = match y {
            0 => (tl, h, tr),
            y if y + 1 == area.h => (bl, h, br),
            _ => (v, "", v),
        };
        let row = paint::row(buf, area, y);
        let Some(last) = row.len().checked_sub(1) else { continue };
        for (x, cell) in row.iter_mut().enumerate() {
            let symbol = if x == 0 {
                left
            } else if x == last {
                right
            } else {
                middle
            };
            if !symbol.is_empty() {
                cell.set_symbol(symbol).set_style(style);
            }
        }
    }
}

fn edge(area: Area, y: u16) -> Area {
    Area {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(y),
        w: area.w.saturating_sub(2),
        h: 1.min(area.h),
    }
}

fn top_line(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session, place: Place) {
    let told = words::of(session, state.as_of());
    let mut pen = Pen::row(buf, edge(area, 0), 0);
    let styled = |role| paint::alone(theme.style(role));
    let number = if place.number <= 9 { format!(" {} ", place.number) } else { " · ".into() };
    let chip = if place.focused {
        paint::alone(theme.line(Role::Focus).add_modifier(Modifier::REVERSED))
    } else {
        styled(Role::Subtext)
    };
    pen.put(&number, chip);
    let name = text::width(&session.label).min(9) as u16 + 2;
    let now = state.as_of();
    let role = if state.connected() { told.role } else { Role::Stale };
    // The age goes first, then the word; the shape stays.
    for what in [
        format!(" {} {} {}", told.shape, told.word, spaced(words::aged(session, now))),
        format!(" {} {} {}", told.shape, told.word, spaced(words::short_aged(session, now))),
        format!(" {} {} ", told.shape, told.word),
        format!(" {} ", told.shape),
    ] {
        if text::width(&what) as u16 + name <= pen.left() || what.len() <= told.shape.len() + 2 {
            pen.right(&what, styled(role));
            break;
        }
    }
    let label = words::short_name(&session.label, usize::from(pen.left().saturating_sub(2)));
    let space = if place.focused { " " } else { "" };
    let style = styled(if state.connected() { Role::Strong } else { Role::Stale });
    pen.put(&format!("{space}{label} "), style);
}

/// A word with the blank behind it, if there is one.
fn spaced(mut word: String) -> String {
    if !word.is_empty() {
        word.push(' ');
    }
    word
}

/// So much of where a session works and who it is stands before the pane's size.
const BRANCH: u16 = 22;

fn bottom_line(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session) {
    if area.h < 2 {
        return;
    }
    let mut pen = Pen::row(buf, edge(area, area.h - 1), 0);
    pen.skip(1);
    let inner = layout::inside(area);
    for (fact, role) in facts(state, session) {
        pen.right(&format!(" {fact} "), paint::alone(theme.style(role)));
    }
    let (who, role) = who(state, session);
    // The branch comes before the pane's size.
    let size = size(session, inner).map(|said| format!(" {said} "));
    let room = 2 + (text::width(&who) as u16).min(BRANCH);
    if let Some(size) = size.filter(|size| pen.left() >= room + text::width(size) as u16) {
        pen.right(&size, paint::alone(theme.style(Role::Faint)));
    }
    if pen.left() > 4 {
        let who = text::fit(&who, usize::from(pen.left() - 2));
        pen.put(&format!(" {who} "), paint::alone(theme.style(role)));
    }
}

/// Where a session works and who it is: branch and uncommitted files, role and tier, or that the config does not know it.
pub fn who(state: &State, session: &Session) -> (String, Role) {
    let (mut said, mut role) = (Vec::new(), Role::Subtext);
    if let Home::Tree(seen) = state.place_of(session) {
        let (shape, _, meaning) = branches::told(seen.worst());
        // What is red is red here too; the rest is for the panel.
        let red = seen.worst() == Some(Severity::Red);
        said.push(if red { format!("{shape} {}", row::branch(seen)) } else { row::branch(seen) });
        said.push(row::uncommitted(seen).0);
        role = if red { meaning } else { role };
    }
    if let Some(member) = &session.member {
        said.extend(member.role.clone());
        said.extend(member.tier.map(|t| t.word().to_owned()));
        if said.is_empty() {
            said.push("roster".into());
        }
    } else {
        said.insert(0, "unmanaged".into());
        role = if role == Role::Subtext { Role::Note } else { role };
    }
    (said.join(" · "), role)
}

/// What is known of the pane, the most important first.
fn facts(state: &State, session: &Session) -> Vec<(String, Role)> {
    let mut facts = Vec::new();
    if !state.connected() {
        let age = state.now.mono.saturating_sub(state.server_since);
        facts.push((format!("stale {}", words::age(age)), Role::Alarm));
    }
    if session.held.is_some() {
        facts.push(("frozen".into(), Role::Note));
    }
    if let Some(task) = session.tasks.first() {
        let (shape, word, role) = tasks::told(task);
        // What goes well needs no word.
        let quiet = matches!(role, Role::Working | Role::Text | Role::Subtext);
        let said = if quiet { format!("#{}", task.id) } else { format!("{shape} #{} {word}", task.id) };
        facts.push((said, if quiet { Role::Text } else { role }));
    }
    let Some(pane) = &session.pane else { return facts };
    if state.board.off.contains(&session.name) {
        facts.push(("auto-confirm off".into(), Role::Note));
    }
    if pane.in_mode {
        facts.push(("copy mode".into(), Role::Note));
    }
    if pane.synchronized {
        facts.push(("synchronized".into(), Role::Note));
    }
    if pane.attached > 0 {
        facts.push(("attached".into(), Role::Ok));
    }
    let worst = session.ward.chart.worst().map(|(kind, _)| kind);
    // What the state's own word says is not said twice.
    if let Some(kind) = worst.filter(|k| !matches!(k, Kind::Error | Kind::Ended | Kind::Gone | Kind::Unread))
    {
        facts.push((
            kind.word().into(),
            if kind.level() >= Level::Problem { Role::Alarm } else { Role::Note },
        ));
    }
    let reading = session.tracker.reading();
    if let Some(mode) = reading.mode.as_ref().filter(|m| *m != "manual") {
        facts.push((text::printable(mode), Role::Note));
    }
    if let Some(left) = reading.context_left {
        facts.push((format!("ctx {left}%"), if left <= 15 { Role::Note } else { Role::Subtext }));
    }
    if let Some(number) = reading.pull_request {
        facts.push((format!("PR {number}"), Role::Subtext));
    }
    facts
}

/// The pane's size, where the tile shows only a part of it.
fn size(session: &Session, inner: Area) -> Option<String> {
    let pane = session.pane.as_ref().filter(|p| p.width > inner.w || p.height > inner.h)?;
    Some(format!("{}x{}", pane.width, pane.height))
}

fn content(buf: &mut Buffer, inner: Area, state: &State, theme: &Theme, session: &Session, typing: bool) {
    let Some(screen) = session.visible_screen() else {
        nothing(buf, inner, theme, session);
        return;
    };
    let cursor = screen.cursor.map_or(0, |c| c.x);
    let skip = if typing { (cursor + 1).saturating_sub(inner.w) } else { 0 };
    let crop = cells::crop(session, inner.h);
    let look = cells::Look { stale: !state.connected(), skip, typing, gap: crop.gap };
    cells::draw(buf, inner, screen, theme, crop.top, look);
    if crop.headless && inner.h >= 3 {
        let seen = screen.rows.iter().skip(crop.top.into()).take(inner.h.into());
        let seen: Vec<&str> = seen.map(|row| row.text().trim()).collect();
        headline(buf, Area { h: 1, ..inner }, theme, session, &seen);
    }
}

/// What an open dialog is about, in our own words over the first row, if its head is cut off and does not tell.
fn headline(buf: &mut Buffer, row: Area, theme: &Theme, session: &Session, seen: &[&str]) {
    let Some(dialog) = session.dialog() else { return };
    let about = dialog.subject.as_ref().or(dialog.question.as_ref()).map_or("", String::as_str);
    if about.lines().next().is_some_and(|first| seen.contains(&first.trim())) {
        return;
    }
    paint::fill(buf, row, theme.style(Role::Base).patch(theme.style(Role::Surface)));
    let mut pen = Pen::row(buf, row, 0);
    pen.put(&format!("{}: ", dialog.operation.word()), theme.style(Role::Alarm));
    pen.put(&words::one_line(about), theme.style(Role::Strong));
}

/// A session without a screen says why.
fn nothing(buf: &mut Buffer, inner: Area, theme: &Theme, session: &Session) {
    let line = match (&session.pane, session.why.first()) {
        (_, Some(why)) => why.as_str(),
        (Some(_), None) => "not looked at yet",
        (None, None) => "no such session",
    };
    let lines = wrap(line, usize::from(inner.w.saturating_sub(2)).max(1));
    let top = inner.h.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..inner.h).zip(&lines) {
        let wide = (text::width(line) as u16).min(inner.w);
        Pen::row(buf, inner, y).skip((inner.w - wide) / 2).put(line, theme.style(Role::Faint));
    }
}

/// A session where there is no room for a frame: one line, and as much of the pane as there are rows below it.
pub fn bare(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session, focused: bool) {
    line(buf, Area { h: area.h.min(1), ..area }, state, theme, session, focused);
    let below = Area { y: area.y + 1, h: area.h.saturating_sub(1), ..area };
    if below.h > 0 {
        content(buf, below, state, theme, session, is_typed_into(state, session));
    }
}

fn line(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session, focused: bool) {
    let told = words::of(session, state.as_of());
    let fresh = state.connected();
    let mut pen = Pen::row(buf, area, 0);
    let state_style = theme.style(if fresh { told.role } else { Role::Stale });
    pen.put(if focused { "▸" } else { " " }, theme.style(Role::Accent));
    pen.put(told.shape, state_style).skip(1);
    let name = text::width(&session.label).min(10) as u16 + 1;
    let age = words::short_aged(session, state.as_of());
    if age.len() as u16 + name <= pen.left() {
        pen.right(&age, theme.style(if fresh { Role::Subtext } else { Role::Stale }));
    }
    if text::width(told.word) as u16 + name <= pen.left() {
        pen.right(told.word, state_style);
    }
    let strong = needs::needs_you(session, state.as_of());
    let weight = if strong { Modifier::BOLD } else { Modifier::empty() };
    let label = words::short_name(&session.label, usize::from(pen.left()));
    pen.put(&label, theme.style(if fresh { Role::Text } else { Role::Stale }).add_modifier(weight));
    if focused {
        paint::tint(buf, area, theme.marked());
    }
}
