//! The wall: what a person reads from across the room. How many need you, since when and who; every session's state as a
//! big word; how old the news is. Secrets are masked before anything is cut or drawn. It decides nothing.

mod font;
mod foot;
mod head;
mod letters;
mod line;
mod night;
mod tile;

use std::time::Duration;

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::state::wall::{Page, Stale, cut, rest};
use crate::app::state::{Session, State, needs};
use crate::domain::redact::Secrets;
use crate::domain::server::Server;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::paint::{self, Pen};
use super::words;

/// Draws the wall and tells which sessions hang where.
pub fn draw(buf: &mut Buffer, page: &Page, state: &State, theme: &Theme) -> Areas {
    let size = (buf.area.width, buf.area.height);
    let mut parts = cut::parts(size.0, size.1);
    let (right, down) = rest::drift(state.wall.settings.drift, state.now.mono, parts.margin);
    for part in [&mut parts.head, &mut parts.body, &mut parts.foot] {
        (part.x, part.y) = (part.x + right, part.y + down);
    }
    let all = &state.fleet.sessions;
    let cut = cut::cut(parts.body, all.len());
    let shown = page.sessions.iter().filter_map(|key| all.iter().position(|s| s.key() == *key));
    let tiles: Vec<(usize, Area)> =
        shown.take(cut.places()).enumerate().map(|(at, i)| (i, cut.place(at))).collect();
    let stale = state.stale();
    for &(i, area) in &tiles {
        if cut.lines {
            line::draw(buf, area, state, theme, &all[i], stale);
        } else {
            tile::draw(buf, area, state, theme, &all[i], stale);
        }
    }
    if all.is_empty() {
        nobody(buf, parts.body, state, theme);
    }
    foot::draw(buf, parts.foot, state, theme, tiles.len());
    if stale.is_some() {
        // From afar the whole screen has lost its colours; only the headline has one.
        for part in [parts.body, parts.foot] {
            paint::tint(buf, part, paint::alone(theme.style(Role::Base).patch(theme.style(Role::Stale))));
        }
    }
    head::draw(buf, parts.head, state, theme, stale);
    if state.wall.settings.night.is_some_and(|n| n.is_at(state.now.local.time())) {
        night::fall(buf, theme);
    }
    Areas { tiles, columns: cut.columns.into(), per_page: cut.places(), ..Areas::default() }
}

/// A text as it may hang there: secrets masked. To be called before it is cut.
fn masked(s: &str) -> String {
    Secrets::builtin().mask(&text::printable(s)).into_owned()
}

/// The same of a text that may tell what stands on the session's screen: what is broken over rows there may be half here.
fn masked_of(session: &Session, s: &str) -> String {
    let secrets = Secrets::builtin();
    let torn = session.screen.as_ref().map(|screen| secrets.torn(screen)).unwrap_or_default();
    secrets.mask_torn(&text::printable(s), &torn)
}

/// The roster is empty and there is no pane.
fn nobody(buf: &mut Buffer, body: Area, state: &State, theme: &Theme) {
    let line = match &state.server {
        Server::Up { .. } if state.listed => "no session to watch; one that begins hangs here at once",
        _ => "whatever begins hangs here at once",
    };
    let wide = (text::width(line) as u16).min(body.w);
    Pen::row(buf, body, body.h / 2).skip((body.w - wide) / 2).put(line, theme.style(Role::Subtext));
}

/// How a session hangs there.
struct Sight {
    /// Ages are told as of then: of what is stale it is known how long it was so, not how long it has been.
    now: Duration,
    stale: bool,
    told: words::Told,
    /// It needs a person.
    loud: bool,
}

impl Sight {
    fn of(session: &Session, state: &State, stale: Option<Stale>) -> Self {
        let now = stale.and_then(|s| s.heard).unwrap_or(state.now.mono);
        let stale = stale.is_some();
        let told = told(session, state);
        Self { now, stale, told, loud: needs::needs_you(session, now) && !stale }
    }
}

/// The shape and word of a session, and what it means: a stale one only was in that state.
fn told(session: &Session, state: &State) -> words::Told {
    words::of(session, state.now.mono)
}
