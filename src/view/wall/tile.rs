//! A session on the wall: its state as a big word, since when, what it asks or has to do, and the end of its screen where
//! room remains. Whoever needs a person stands on a band of the alarm's colour in a thick frame.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::app::areas::Area;
use crate::app::state::wall::Stale;
use crate::app::state::{Session, State, needs};
use crate::domain::redact::Secrets;
use crate::domain::screen::Screen;
use crate::domain::text;
use crate::theme::{Role, Theme};
use crate::view::paint::{self, Pen};
use crate::view::{cells, layout, tile, words};

use super::font::Type;
use super::{Sight, head, masked, masked_of};

/// Draws it.
pub fn draw(
    buf: &mut Buffer,
    area: Area,
    state: &State,
    theme: &Theme,
    session: &Session,
    stale: Option<Stale>,
) {
    let Sight { now, stale, told, loud } = Sight::of(session, state, stale);
    let (lines, role) = match (loud, session.is_problem()) {
        (true, _) => (tile::THICK, told.role),
        (_, true) => (tile::ROUND, told.role),
        _ => (tile::ROUND, Role::Border),
    };
    tile::frame(buf, area, lines, theme.line(role));
    edges(buf, area, state, theme, session, now);
    let inner = layout::inside(area);
    let band = Area { h: band(inner.h), ..inner };
    let style = if loud { head::loud(theme, told.role) } else { paint::alone(theme.style(told.role)) };
    if loud {
        paint::fill(buf, band, style);
    }
    let ages = words::age_of(session, now).map(|age| [words::age(age), words::short_age(age)]);
    let ages = ages.as_ref().map_or(&[][..], |ages| ages.as_slice());
    if stale {
        state_word(buf, band, (told.shape, "stale"), &[], style);
    } else {
        state_word(buf, band, (told.shape, told.word), ages, style);
    }
    let mut rest = Area { y: band.y + band.h, h: inner.h - band.h, ..inner };
    if inner.h >= 13 {
        let named = Area { h: NAME, ..rest };
        name(buf, named, theme, session);
        rest = Area { y: rest.y + NAME, h: rest.h - NAME, ..rest };
    }
    let about = if stale {
        let age = ages.first().map_or_else(String::new, |age| format!(" for {age}"));
        vec![(format!("was {}{age}", told.word), Role::Stale)]
    } else {
        about(state, session)
    };
    let told_rows = (about.len() as u16).min(if rest.h >= 8 { 2 } else { 1 }).min(rest.h);
    for (y, (line, role)) in (0..told_rows).zip(&about) {
        Pen::row(buf, rest, y).skip(1).put(line, theme.style(*role));
    }
    let tail = Area { y: rest.y + told_rows, h: rest.h - told_rows, ..rest };
    screen(buf, tail, theme, session, stale);
}

/// The rows of a big name.
const NAME: u16 = 3;

/// The name in big letters, cut to what fits.
fn name(buf: &mut Buffer, area: Area, theme: &Theme, session: &Session) {
    let inner = Area { x: area.x + 1, w: area.w.saturating_sub(2), ..area };
    let whole = masked(&session.label);
    let cuts = (4..=text::width(&whole)).rev().map(|max| words::short_name(&whole, max));
    let fits = cuts.into_iter().find_map(|name| Some((Type::fitting(&name, inner.w, inner.h)?, name)));
    match fits {
        Some((size, name)) => size.write(buf, inner, &name, theme.style(Role::Text)),
        None => drop(Pen::row(buf, inner, 1).put(&whole, theme.style(Role::Strong))),
    }
}

/// The rows of the big word.
const fn band(rows: u16) -> u16 {
    match rows {
        24.. => 8,
        13.. => 6,
        9.. => 4,
        3.. => 3,
        _ => rows,
    }
}

/// Shape and word as large as they fit, the age at the right end where it fits beside them.
fn state_word(buf: &mut Buffer, band: Area, (shape, word): (&str, &str), ages: &[String], style: Style) {
    let inner = Area { x: band.x + 1, w: band.w.saturating_sub(2), ..band };
    let rows = band.h;
    let both = format!("{shape} {word}");
    let fitting = |said: &str| Type::fitting(said, inner.w, rows).map(|t| (said.to_owned(), t));
    // A larger word is worth its shape, which stands in the frame too.
    let best = match (fitting(&both), fitting(word)) {
        (Some(with), Some(without)) if without.1.rows() > with.1.rows() => Some(without),
        (with, without) => with.or(without),
    };
    // A word that is too long even so has a shorter one that says as much from afar.
    let best = best.or_else(|| fitting(&format!("{shape} {}", shorter(word)?)));
    let Some((said, size)) = best else {
        let mut pen = Pen::row(buf, inner, band.h / 2);
        if let Some(age) = ages.first() {
            pen.right(age, style);
        }
        pen.put(&both, style);
        return;
    };
    size.write(buf, inner, &said, style);
    // As far apart as words are: `PLAN3M` is one.
    let apart = size.columns("  ").unwrap_or(0);
    let left = inner.w.saturating_sub(size.columns(&said).unwrap_or(0) + apart);
    for age in ages {
        // The number may be smaller than the word, so that it is there at all.
        let Some(fits) = Type::fitting(age, left, size.rows()) else { continue };
        let wide = fits.columns(age).unwrap_or(0);
        fits.write(buf, Area { x: inner.x + inner.w - wide, w: wide, ..inner }, age, style);
        return;
    }
}

/// A shorter word for a long one.
fn shorter(word: &str) -> Option<&'static str> {
    match word {
        "permission" => Some("asks"),
        "needs eyes" => Some("eyes"),
        _ => None,
    }
}

/// The frame's edges: name and age above, branch and role below.
fn edges(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session, now: Duration) {
    let told = super::told(session, state);
    let edge = |y: u16| Area { x: area.x + 1, y: area.y + y, w: area.w.saturating_sub(2), h: 1 };
    let mut pen = Pen::row(buf, edge(0), 0);
    pen.skip(1);
    let age = words::aged(session, now);
    let name = masked(&session.label);
    if !age.is_empty() && text::width(&name) + age.len() + 8 <= usize::from(pen.left()) {
        pen.right(&format!(" {age} "), paint::alone(theme.style(Role::Subtext)));
    }
    pen.put(&format!(" {} ", told.shape), paint::alone(theme.style(told.role)));
    let name = words::short_name(&name, usize::from(pen.left().saturating_sub(2)));
    pen.put(&format!("{name} "), paint::alone(theme.style(Role::Strong)));
    let (who, role) = tile::who(state, session);
    let mut pen = Pen::row(buf, edge(area.h.saturating_sub(1)), 0);
    pen.skip(1);
    if let Some(task) = session.tasks.first() {
        pen.right(&format!(" #{} ", task.id), paint::alone(theme.style(Role::Subtext)));
    }
    let who = text::fit(&masked(&who), usize::from(pen.left().saturating_sub(3)));
    pen.put(&format!(" {who} "), paint::alone(theme.style(role)));
}

/// What it asks, or what it has to do.
fn about(state: &State, session: &Session) -> Vec<(String, Role)> {
    if needs::needs_you(session, state.now.mono) || session.is_problem() {
        return words::details(session)
            .iter()
            .map(|(line, role)| (masked_of(session, line), *role))
            .collect();
    }
    let task = session.tasks.first();
    task.map(|t| (format!("#{} {}", t.id, masked(&words::one_line(&t.text))), Role::Text))
        .into_iter()
        .collect()
}

/// The end of its screen, as much as there is room for.
fn screen(buf: &mut Buffer, area: Area, theme: &Theme, session: &Session, stale: bool) {
    let Some(screen) = session.visible_screen().filter(|_| area.h > 0) else { return };
    let screen = Secrets::builtin().veiled(screen);
    let top = top(session, &screen, area.h);
    // What the composer holds and says is for who sits there.
    let end = composer(session).unwrap_or(screen.height);
    let area = Area { h: area.h.min(end.saturating_sub(top)), ..area };
    let screen = Screen { cursor: None, ..screen };
    cells::draw(buf, area, &screen, theme, top, cells::Look { stale, ..Default::default() });
}

/// The first row to show: of a dialog its head, since nobody chooses here; else what ends above the composer.
fn top(session: &Session, screen: &Screen, rows: u16) -> u16 {
    if let Some((first, last)) = session.dialog().map(|d| d.rows) {
        return if last - first < rows { cells::crop(session, rows).top } else { first };
    }
    let end = composer(session).unwrap_or_else(|| cells::anchor(session) + 1);
    let used = screen.rows.iter().take(end.into()).rposition(|r| !r.is_blank()).map_or(0, |at| at as u16);
    cells::top(used, rows)
}

/// Where the composer begins.
fn composer(session: &Session) -> Option<u16> {
    session.tracker.reading().composer.as_ref().filter(|_| session.dialog().is_none()).map(|c| c.row)
}
