//! The headline: that somebody needs a person, how many, who waits longest and since when; or that nothing here can be
//! trusted. Beside it the clock, and how old the news is.

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use crate::app::areas::Area;
use crate::app::state::wall::Stale;
use crate::app::state::{Session, State, needs};
use crate::domain::server::Server;
use crate::domain::text;
use crate::theme::{Role, Theme};
use crate::view::paint::{self, Pen};
use crate::view::words;

use super::font::Type;
use super::{masked, masked_of};

/// What the headline says.
struct Says {
    /// The same in ever fewer letters.
    words: Vec<String>,
    role: Role,
    /// It stands on a band of its colour: somebody has to do something.
    loud: bool,
    /// The second line, in big letters where they fit.
    who: String,
    /// The third, small.
    about: String,
}

/// Columns between the headline and the clock.
const GAP: u16 = 2;

/// Draws it.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, stale: Option<Stale>) {
    let says = says(state, stale);
    let (band, who) = match area.h {
        14.. => (8, 4),
        10.. => (6, 3),
        5.. => (4, 0),
        4 => (3, 0),
        h => (h.min(1), 0),
    };
    let top = Area { h: band, ..area };
    let style = if says.loud { loud(theme, says.role) } else { theme.style(says.role) };
    if says.loud {
        paint::fill(buf, top, style);
    }
    let left = clock(buf, top, state, if says.loud { style } else { theme.style(Role::Subtext) });
    word(buf, Area { w: left, ..top }, &says, style);
    let below = Area { y: top.y + band, h: who, ..area };
    let written = big(buf, below, &says.who, theme.style(if says.loud { says.role } else { Role::Subtext }));
    let third = Area { y: below.y + who, h: u16::from(area.h > band + who), ..area };
    let mut pen = Pen::row(buf, third, 0);
    pen.skip(u16::from(area.w > 24));
    if !written && !says.who.is_empty() {
        pen.put(&says.who, theme.style(if says.loud { says.role } else { Role::Text })).skip(2);
    }
    pen.put(&says.about, theme.style(Role::Text));
}

/// Letters of the ground on a band of the colour.
pub fn loud(theme: &Theme, role: Role) -> Style {
    theme.style(Role::Base).patch(theme.line(role)).add_modifier(Modifier::REVERSED)
}

fn says(state: &State, stale: Option<Stale>) -> Says {
    let now = state.now.mono;
    let say = |words: &[String], role: Role, loud: bool| Says {
        words: words.to_vec(),
        role,
        loud,
        who: String::new(),
        about: String::new(),
    };
    if let Some(stale) = stale {
        return untrusted(state, stale);
    }
    if let Some(&first) = state.needs().first() {
        let n = state.needs().len();
        let session = &state.fleet.sessions[first];
        let age = words::age(now.saturating_sub(needs::since(session, now)));
        let verb = if n == 1 { "NEEDS YOU" } else { "NEED YOU" };
        let about = about(session, state);
        let longest = if n > 1 { "waits longest · " } else { "" };
        return Says {
            who: format!("{age} {}", masked(&session.label)),
            about: format!("{longest}{about}"),
            ..say(
                &[
                    format!("● {n} {verb}"),
                    format!("{n} {verb}"),
                    format!("{n} {}", &verb[..verb.len() - 4]),
                    format!("● {n}"),
                ],
                Role::Alarm,
                true,
            )
        };
    }
    let count = |n: usize, what: &str| text::count(n, what);
    let working = state.fleet.count(|s| s.state == crate::domain::status::State::Working);
    let who = if state.fleet.sessions.is_empty() { String::new() } else { format!("{working} working") };
    let problems = state.fleet.count(Session::is_problem);
    if problems > 0 {
        let words = count(problems, "problem").to_uppercase();
        let first = state.fleet.sessions.iter().find(|s| s.is_problem());
        let about = first.map(|s| format!("{} {}", masked(&s.label), super::told(s, state).word));
        return Says {
            who,
            about: about.unwrap_or_default(),
            ..say(&[format!("✖ {words}"), words, format!("✖ {problems}")], Role::Problem, false)
        };
    }
    let quiet = ["○ NOBODY NEEDS YOU", "○ 0 NEED YOU", "0 NEED YOU", "○ 0"].map(str::to_owned);
    Says { who, ..say(&quiet, Role::Ok, false) }
}

/// What the first one waits for.
fn about(session: &Session, state: &State) -> String {
    let told = super::told(session, state);
    let lines = words::details(session);
    let line = lines.first().map_or_else(String::new, |(line, _)| format!(": {}", masked_of(session, line)));
    format!("{}{line}", told.word)
}

fn untrusted(state: &State, stale: Stale) -> Says {
    let lasts = words::age(stale.lasts);
    let why = match &state.server {
        Server::Missing { why } | Server::Lost { why } | Server::Unusable { why } => masked(why),
        Server::Connecting => "looking for tmux".to_owned(),
        Server::Up { .. } => "tmux has told nothing new, and not that it is there".to_owned(),
    };
    let short = words::short_age(stale.lasts);
    let (words, who) = match stale.heard {
        Some(_) => {
            let ago = jiff::SignedDuration::try_from(stale.lasts).unwrap_or_default();
            let at = state.now.local.checked_sub(ago).unwrap_or(state.now.local);
            let day =
                if at.date() == state.now.local.date() { String::new() } else { format!("{} ", at.date()) };
            let since = format!("since {day}{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
            (vec![format!("✖ STALE {lasts}"), format!("STALE {short}"), "STALE".to_owned()], since)
        }
        None => (vec!["✖ NO TMUX".to_owned(), "NO TMUX".to_owned()], format!("for {lasts}")),
    };
    Says { words, role: Role::Problem, loud: true, who, about: format!("{why}; it is tried again by itself") }
}

/// The headline itself: the first of its forms that fits the width in a good size, else the largest there is.
fn word(buf: &mut Buffer, area: Area, says: &Says, style: Style) {
    let inner = Area { x: area.x + 1, w: area.w.saturating_sub(1), ..area };
    // A size that uses the height is worth a shorter form.
    let sizes = says.words.iter().filter_map(|w| Type::fitting(w, inner.w, inner.h).map(|t| (w, t)));
    let rows = sizes.clone().map(|(_, t)| t.rows()).max();
    if let Some((word, size)) =
        sizes.filter(|(_, t)| Some(t.rows()) == rows).max_by_key(|(w, _)| w.len()).filter(|_| inner.h >= 3)
    {
        size.write(buf, inner, word, style);
        return;
    }
    let plain = says.words.iter().find(|w| text::width(w) <= usize::from(inner.w)).or(says.words.last());
    Pen::row(buf, inner, inner.h.saturating_sub(1) / 2)
        .put(plain.map_or("", String::as_str), style.add_modifier(Modifier::BOLD));
}

/// A line in the largest letters that fit; false if none do.
fn big(buf: &mut Buffer, area: Area, line: &str, style: Style) -> bool {
    let inner = Area { x: area.x + 1, w: area.w.saturating_sub(1), ..area };
    let Some(size) = Type::fitting(line, inner.w, inner.h) else { return false };
    size.write(buf, inner, line, style);
    true
}

/// The clock at the right end, and below it how old the news is; gives the columns that are left of it.
fn clock(buf: &mut Buffer, band: Area, state: &State, style: Style) -> u16 {
    let at = state.now.local;
    let news = state
        .news_age()
        .map_or_else(|| "no news yet".to_owned(), |age| format!("news {} old", words::age(age)));
    let short = format!("{:02}:{:02}", at.hour(), at.minute());
    let with_seconds = format!("{short}:{:02}", at.second());
    let rows = band.h.saturating_sub(2);
    let big = Type::fitting(&short, band.w / 6, rows).filter(|_| band.h >= 6);
    if let Some(size) = big {
        let wide = size.columns(&short).unwrap_or(0).max(text::width(&news) as u16);
        let left = band.w.saturating_sub(wide + 2);
        let place = Area { x: band.x + left, w: wide, y: band.y, h: band.h - 1 };
        let indent = wide - size.columns(&short).unwrap_or(0);
        size.write(buf, Area { x: place.x + indent, ..place }, &short, style);
        let line = Area { y: band.y + band.h - 1, w: wide, h: 1, ..place };
        Pen::row(buf, line, 0).right(&news, style);
        // Letters of several rows that touch cannot be told apart from afar.
        return left.saturating_sub(GAP);
    }
    let lines: &[&str] = match (band.h, band.w) {
        (2.., 60..) => &[&with_seconds, &news],
        (2.., _) => &[&short, news.trim_start_matches("news ")],
        (_, 40..) => &[&news],
        _ => &[news.trim_start_matches("news ")],
    };
    let wide = lines.iter().map(|l| text::width(l)).max().unwrap_or(0) as u16;
    if wide + 8 > band.w {
        return band.w;
    }
    for (y, line) in (0..).zip(lines) {
        Pen::row(buf, Area { w: band.w.saturating_sub(1), ..band }, y).right(line, style);
    }
    band.w - wide - 2
}
