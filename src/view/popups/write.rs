//! The prompt in which a text is written as the answer to a dialog: which session, what it asks, which option the text goes
//! to and how, and the line with the cursor in it.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::app::state::writing::Writing;
use crate::domain::free_text::Words;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::{self, Pen};
use super::form::laid;

/// The window is as wide as a readable line.
const WIDE: u16 = 92;
/// Rows of what is asked, at most.
const ASKED: usize = 4;

/// Draws the window; tells how many rows it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, writing: &Writing) -> usize {
    let Some(session) = state.fleet.sessions.iter().find(|s| s.key() == writing.key) else {
        return super::gone(buf, over, theme);
    };
    let wide = WIDE.min(over.w);
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let there = session.dialog().is_some_and(|d| d.identity() == writing.drawn.showing.content);
    let mut above: Vec<(String, Role)> =
        wrap(&writing.about, room).into_iter().take(ASKED).map(|l| (l, Role::Strong)).collect();
    let way = writing.way();
    let other = if writing.ways.len() > 1 { "    Tab: another option" } else { "" };
    let goes = format!("to its option \"{}\"{other}", text::printable(&way.label));
    above.extend(wrap(&goes, room).into_iter().map(|l| (l, Role::Accent)));
    above.extend(wrap(way.does(), room).into_iter().map(|l| (l, Role::Subtext)));
    above.push((String::new(), Role::Text));
    let (lines, cursor) = laid(&writing.line, room);
    let typed = writing.line.text().chars().count();
    let (said, role) = match writing.words() {
        _ if !there => {
            ("that dialog is gone, or is another one now: Enter sends nothing".to_owned(), Role::Alarm)
        }
        _ if typed == 0 => ("one line, to the agent as it is written here".to_owned(), Role::Faint),
        Ok(_) => (format!("{typed} of {} characters", Words::MAX), Role::Ok),
        Err(why) => (why, Role::Problem),
    };
    let said = wrap(&said, room);
    let below = said.len() as u16 + 2;
    let rows = above.len() as u16 + lines.len() as u16 + below;
    let window = layout::middle(over, wide, rows + 2);
    super::window(buf, window, theme, Role::Accent);
    let title = format!(" ANSWER {} BY TEXT ", text::fit(&writing.label, 40));
    Pen::row(buf, super::title(window), 0).put(&title, theme.style(Role::Strong));
    let inner = super::inner(window);
    // Where it is low, the line that is written stays, then what becomes of it.
    let line_h = (lines.len() as u16).min(inner.h.saturating_sub(1)).max(inner.h.min(1));
    let below = below.min(inner.h - line_h);
    let above_h = inner.h - line_h - below;
    for (y, (line, role)) in (0..above_h).zip(&above) {
        Pen::row(buf, inner, y).put(line, theme.style(*role));
    }
    let place = Area { y: inner.y + above_h, h: line_h, ..inner };
    let first = super::first_row(cursor.0, line_h.into(), lines.len());
    for (y, (n, line)) in (0..line_h).zip(lines.iter().enumerate().skip(first)) {
        Pen::row(buf, place, y).put(line, theme.style(Role::Text));
        if n == cursor.0 {
            let x = place.x + cursor.1.min(place.w.saturating_sub(1));
            paint::tint(buf, Area { x, y: place.y + y, w: 1, h: 1 }, theme.style(Role::Cursor));
        }
    }
    let keys = ("Enter sends it    Esc leaves it".to_owned(), Role::Accent);
    let told = said.into_iter().map(|l| (l, role)).chain([(String::new(), Role::Text), keys]);
    for (y, (line, role)) in (above_h + line_h..inner.h).zip(told) {
        Pen::row(buf, inner, y).put(&line, theme.style(role));
    }
    usize::from(line_h)
}
