//! The first row: which fleet, who needs a person, who works, and why nothing is to be seen when nothing is. What does not
//! fit goes, the least important first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::{Order, Session, State, needs};
use crate::domain::host::{Host, Strain};
use crate::domain::server::{Notice, Server};
use crate::domain::status::State as Status;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::grid::Page;
use super::paint::{self, Pen};
use super::{panels, words};

/// Pieces below this are only nice to know.
const NEEDED: u8 = 30;
/// That nobody is in a state is told by its absence too: the clock, by which one sees that the screen lives, comes before it.
const NOBODY: u8 = 36;

/// A piece of the row: the lower `keep`, the earlier it goes.
struct Part {
    text: String,
    role: Role,
    keep: u8,
}

fn part(text: impl Into<String>, role: Role, keep: u8) -> Part {
    Part { text: text.into(), role, keep }
}

/// Draws the header; true if it tells which page this is, or there is but one.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, page: &Page) -> bool {
    paint::fill(buf, area, theme.style(Role::Base).patch(theme.style(Role::Surface)));
    let (mut left, right) = (left(state, area.w < 64), right(state, page, area.w));
    let at = left.len();
    left.extend(right);
    let (left, right) = fitting(left, at, usize::from(area.w));
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(u16::from(area.w > 8));
    for part in right.iter().rev() {
        pen.right(&format!("{} ", part.text), theme.style(part.role));
    }
    for part in &left {
        pen.put(&part.text, theme.style(part.role)).skip(2);
    }
    of_pages(page).is_none_or(|told| right.iter().any(|p| p.text == told))
}

/// Which page this is, where there are several.
pub fn of_pages(page: &Page) -> Option<String> {
    (page.pages > 1).then(|| format!("page {}/{}", page.page + 1, page.pages))
}

/// Of the pieces left and, from `at` on, right those that have room: the most important first, and what is only nice to know
/// where all the others are shown. The first one is cut rather than left out.
fn fitting(parts: Vec<Part>, at: usize, room: usize) -> (Vec<Part>, Vec<Part>) {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&i| Reverse(parts[i].keep));
    let (mut used, mut kept, mut full) = (2, BTreeSet::new(), false);
    for i in order {
        let wide = text::width(&parts[i].text) + 2;
        let fits = used + wide <= room && !(full && parts[i].keep < NEEDED);
        if fits || kept.is_empty() {
            used += wide;
            kept.insert(i);
        } else {
            full = true;
        }
    }
    let (left, right): (Vec<_>, Vec<_>) =
        parts.into_iter().enumerate().filter(|(i, _)| kept.contains(i)).partition(|(i, _)| *i < at);
    let parts = |side: Vec<(usize, Part)>| side.into_iter().map(|(_, part)| part).collect();
    (parts(left), parts(right))
}

fn left(state: &State, short: bool) -> Vec<Part> {
    let now = state.as_of();
    let mut parts = vec![part("archtui", Role::Accent, 38)];
    if !state.fleet_name.is_empty() {
        parts.push(part(state.fleet_name.clone(), Role::Subtext, 30));
    }
    match &state.server {
        Server::Up { .. } => {}
        Server::Connecting => parts.push(part("looking for tmux", Role::Note, 95)),
        Server::Missing { .. } => parts.push(part("NO TMUX SERVER", Role::Problem, 95)),
        Server::Lost { .. } => parts.push(part("TMUX LOST", Role::Problem, 95)),
        Server::Unusable { .. } => parts.push(part("TMUX UNUSABLE", Role::Problem, 95)),
    }
    let count = |n: usize, shape: &str, word: &str, role: Role, keep: u8| {
        let text = if short { format!("{shape} {n}") } else { format!("{shape} {n} {word}") };
        part(text, if n == 0 { Role::Faint } else { role }, keep)
    };
    let fleet = &state.fleet;
    let need = fleet.count(|s| needs::needs_you(s, now));
    parts.push(count(need, "●", "need you", Role::Alarm, 100));
    for (which, shape, word, role, keep) in
        [(Status::Working, "▶", "working", Role::Working, 80), (Status::Idle, "○", "idle", Role::Text, 70)]
    {
        let n = fleet.count(|s| s.state == which);
        parts.push(count(n, shape, word, role, if n > 0 { keep } else { NOBODY }));
    }
    let problems = fleet.count(Session::is_problem);
    parts.push(count(problems, "✖", "problem", Role::Problem, if problems > 0 { 85 } else { NOBODY }));
    parts
}

/// How busy the machine is: in the way only when it matters.
fn strain(host: &Host) -> [Part; 2] {
    let told = |text: String, strain: Option<Strain>| match strain {
        Some(Strain::Red) => part(text, Role::Alarm, 82),
        Some(Strain::Amber) => part(text, Role::Note, 56),
        Some(Strain::Easy) | None => part(text, Role::Faint, 12),
    };
    let cores = host.cores.map_or_else(|| "?".to_owned(), |c| c.to_string());
    let load = host.load.map_or_else(|| "load ?".to_owned(), |l| format!("load {l:.1}/{cores}"));
    let memory = host.memory_used().map_or_else(|| "mem ?".to_owned(), |p| format!("mem {p}%"));
    [told(load, host.load_strain()), told(memory, host.memory_strain())]
}

/// A fault with the name of its file without the folder: line and fault are behind it, and the row is short.
fn file_alone(fault: &str) -> String {
    let Some(at) = fault.find('/') else { return fault.to_owned() };
    let end = fault[at..].find(": ").map_or(fault.len(), |n| at + n);
    let name = fault[at..end].rfind('/').map_or(at, |n| at + n + 1);
    format!("{}{}", &fault[..at], &fault[name..])
}

fn right(state: &State, page: &Page, wide: u16) -> Vec<Part> {
    let mut parts = Vec::new();
    // So much is never in the way of who needs a person.
    let room = usize::from(wide.saturating_sub(20)).clamp(24, 72);
    if state.connected() {
        let (line, role) = panels::brief(&state.board);
        // Why nothing is pressed, or that something is: before how busy the machine is.
        let keep = if matches!(role, Role::Alarm | Role::Problem) { 92 } else { 83 };
        let fault = role == Role::Problem;
        let said = if fault { file_alone(&line) } else { format!("auto-confirm {}", text::fit(&line, 48)) };
        parts.push(part(text::fit(&said, room), role, keep));
    }
    if let Some(fault) = &state.old_rules {
        let said = format!("old rules: {}", file_alone(fault));
        parts.push(part(text::fit(&said, room), Role::Problem, 91));
    }
    if state.grid.frozen {
        parts.push(part("FROZEN", Role::Note, 90));
    }
    if let (Server::Up { version, .. }, Some((notice, why))) = (&state.server, &state.noticing) {
        let (word, role) = match (notice, why) {
            (Notice::Scan, Some(_)) => ("scanning", Role::Note),
            (Notice::Scan, None) => ("scan", Role::Faint),
            (Notice::Inotify, _) => ("inotify", Role::Faint),
            (Notice::Auto, _) => ("", Role::Faint),
        };
        parts.push(part(format!("tmux {version} {word}").trim_end(), role, 10));
    }
    if let Server::Up { warning: Some(line), .. } = &state.server {
        parts.push(part(format!("! {}", text::fit(line, 40)), Role::Note, 58));
    }
    parts.extend(state.gauges.iter().flat_map(|g| strain(&g.host)));
    match state.grid.order {
        Order::Roster => {}
        Order::Urgency => parts.push(part("by urgency", Role::Subtext, 20)),
        Order::Tier => parts.push(part("by tier", Role::Subtext, 20)),
    }
    let filter = state.grid.filter.text();
    if !filter.is_empty() {
        let words = text::fit(filter, 24);
        let of = format!("filter {words} {}/{}", page.shown.len(), state.fleet.sessions.len());
        parts.push(part(of, Role::Note, 75));
    }
    if let Some(told) = of_pages(page) {
        let now = state.as_of();
        let waiting = page.elsewhere().filter(|&i| needs::needs_you(&state.fleet.sessions[i], now)).count();
        parts.push(part(told, Role::Subtext, 65));
        if waiting > 0 {
            parts.push(part(format!("● {waiting} elsewhere"), Role::Alarm, 66));
        }
    }
    if !state.connected() {
        let age = state.now.mono.saturating_sub(state.server_since);
        parts.push(part(format!("for {}", words::age(age)), Role::Subtext, 55));
    }
    let at = state.now.local;
    parts.push(part(format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()), Role::Text, 40));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_less_goes_before_the_clock_and_room_that_is_left_is_used() {
        let shown = |room: usize| {
            let parts = vec![
                part("archtui", Role::Accent, 38),
                part("fleet-of-a-long-name", Role::Subtext, 30),
                part("● 2 need you", Role::Alarm, 100),
                part("✖ 0 problem", Role::Faint, NOBODY),
                part("LIVE sop", Role::Ok, 83),
                part("mem 7%", Role::Faint, 12),
                part("14:32:07", Role::Text, 40),
            ];
            let (left, right) = fitting(parts, 4, room);
            let words: Vec<String> = left.into_iter().chain(right).map(|p| p.text).collect();
            words.join(" ")
        };
        assert_eq!(
            shown(100),
            "archtui fleet-of-a-long-name ● 2 need you ✖ 0 problem LIVE sop mem 7% 14:32:07"
        );
        assert_eq!(shown(79), "archtui ● 2 need you ✖ 0 problem LIVE sop 14:32:07");
        assert_eq!(shown(50), "archtui ● 2 need you LIVE sop 14:32:07");
        assert_eq!(shown(40), "● 2 need you LIVE sop 14:32:07");
        assert_eq!(shown(35), "archtui ● 2 need you LIVE sop", "no room for the clock, but for the name");
        assert_eq!(shown(5), "● 2 need you", "the first one is cut");
    }

    #[test]
    fn a_fault_is_told_by_file_line_and_words() {
        for (fault, told) in [
            (
                "nothing is pressed: /home/me/.config/archtui/policy.toml:3: no action",
                "nothing is pressed: policy.toml:3: no action",
            ),
            ("/a b/archtui.toml:12: \"x/y\" is no key", "archtui.toml:12: \"x/y\" is no key"),
            ("the disk is full", "the disk is full"),
            ("/only/a/path", "path"),
        ] {
            assert_eq!(file_alone(fault), told);
        }
    }
}
