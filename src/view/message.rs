//! What stands in the middle of the grid when there is nothing to watch, or when tmux is not there: what was looked for,
//! what to do about it, and that it is tried again.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::server::Server;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::paint::{self, Pen};
use super::{layout, popups, words};

/// A lost connection is often back within a moment: the screens are covered only when it lasts.
const LASTS: u64 = 2;

struct Message {
    title: String,
    role: Role,
    lines: Vec<(String, Role)>,
}

/// Draws the message that is due, if one is.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, shown: usize) {
    let Some(message) = due(state, shown) else { return };
    if area.h == 0 || area.w == 0 {
        return;
    }
    if area.h < 5 || area.w < 24 {
        let row = Area { h: 1, y: area.y + area.h / 2, ..area };
        paint::fill(buf, row, theme.style(Role::Base));
        Pen::row(buf, row, 0).put(&message.title, theme.style(message.role));
        return;
    }
    let room = area.w.saturating_sub(6).min(72);
    let lines: Vec<(String, Role)> = message
        .lines
        .iter()
        .flat_map(|(line, role)| wrap(line, usize::from(room)).into_iter().map(|l| (l, *role)))
        .collect();
    let widest = lines.iter().map(|(l, _)| text::width(l)).chain([text::width(&message.title)]).max();
    let wide = (widest.unwrap_or(0) as u16 + 6).min(area.w);
    let window = layout::middle(area, wide, lines.len() as u16 + 4);
    popups::window(buf, window, theme, message.role);
    let inner = Area { x: window.x + 3, w: window.w.saturating_sub(6), ..layout::inside(window) };
    Pen::row(buf, inner, 0).put(&message.title, theme.style(message.role));
    for (y, (line, role)) in (2..inner.h).zip(&lines) {
        Pen::row(buf, inner, y).put(line, theme.style(*role));
    }
}

fn due(state: &State, shown: usize) -> Option<Message> {
    let age = state.now.mono.saturating_sub(state.server_since);
    let empty = state.fleet.sessions.is_empty();
    let say = |title: &str, role: Role, lines: Vec<(String, Role)>| {
        Some(Message { title: title.into(), role, lines })
    };
    let again = (format!("It is tried again by itself, for {} now.", words::age(age)), Role::Subtext);
    let socket = if state.socket.is_empty() { "the default one" } else { state.socket.as_str() };
    let looked = (format!("Looked for a server on: {socket}"), Role::Text);
    let offers = [
        (String::new(), Role::Text),
        ("archtui demo    a fleet of nine to look at, leaves nothing behind".into(), Role::Text),
        ("archtui init    writes a commented archtui.toml for your own".into(), Role::Text),
    ];
    match &state.server {
        Server::Unusable { why } => {
            say("tmux cannot be used", Role::Problem, vec![(text::printable(why), Role::Text), looked, again])
        }
        Server::Missing { why } => {
            let mut lines = vec![(text::printable(why), Role::Text), looked, again];
            if empty {
                lines.extend(offers);
            }
            say("no tmux server", Role::Problem, lines)
        }
        Server::Lost { why } if empty || age.as_secs() >= LASTS => {
            let mut lines = vec![(text::printable(why), Role::Text), looked, again];
            if !empty {
                lines.push(("What is behind this window is old.".into(), Role::Subtext));
            }
            say("the connection to tmux is lost", Role::Problem, lines)
        }
        Server::Connecting if empty => say("looking for tmux …", Role::Note, vec![looked]),
        Server::Up { .. } if empty && state.listed => {
            let mut lines = vec![
                looked,
                ("The server runs, but it has no session to watch.".into(), Role::Text),
                ("Start an agent in one, and it stands here at once.".into(), Role::Subtext),
            ];
            lines.extend(offers);
            say("nothing to watch", Role::Note, lines)
        }
        Server::Up { .. } if shown == 0 && !empty => {
            let filter = state.grid.filter.text();
            let clear = state.fixed.keymap.shown(Action::Back);
            say(
                "the filter hides every session",
                Role::Note,
                vec![
                    (format!("filter: {filter}"), Role::Text),
                    (format!("{clear} clears it."), Role::Subtext),
                ],
            )
        }
        Server::Up { .. } | Server::Lost { .. } | Server::Connecting => None,
    }
}

/// A line on lines of at most `width` columns: broken at blanks, inside a word only where it is longer than a line.
/// Nothing is left out but the blanks at the breaks.
pub fn wrap(line: &str, width: usize) -> Vec<String> {
    let (mut rest, mut out) = (line, vec![]);
    while text::width(rest) > width {
        let end = fitting(rest, width);
        // A blank right behind what fits is a break too.
        let blank = rest[..end].rfind(' ').filter(|&i| !rest[..i].trim().is_empty());
        let cut = if rest[end..].starts_with(' ') { end } else { blank.unwrap_or(end) };
        out.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() || out.is_empty() {
        out.push(rest.to_owned());
    }
    out
}

/// Where the part of a text that fits ends; at least one character does.
fn fitting(s: &str, width: usize) -> usize {
    let mut ends = s.char_indices().map(|(i, c)| i + c.len_utf8());
    let first = ends.next().unwrap_or(0);
    ends.take_while(|&end| text::width(&s[..end]) <= width).last().unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one  two", 20), ["one  two"], "what fits stays as it is");
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("  1   No, not now", 12), ["  1   No,", "not now"], "columns stay where they are");
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("漢字", 1), ["漢", "字"], "what cannot fit still comes");
    }
}
