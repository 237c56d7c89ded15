//! Auto-confirm. At full size it has two faces: the confirmation queue (what is open, the riskiest and oldest first, with the
//! marked dialog itself) and the activity (what was done, by hour, by rule, how fast). This file is what both share, and
//! the forms for the column and the strip.

mod activity;
mod queue;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Board, Face, Post, State};
use crate::domain::ledger::{Entry, Latency, Outcome};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::Pen;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Confirms, note, headline, wants, could, short, full };

/// Said where no dialog was ever seen.
const NOTHING: &str = "no dialog has been seen yet";

/// Why nothing is pressed, or that it is.
pub fn standing(board: &Board) -> (String, Role) {
    match &board.post {
        Post::None => ("not connected".into(), Role::Faint),
        Post::Observing(who) => {
            let (standing, role) = acting(board);
            // Without a word of who acts nothing is known of his switches.
            match board.preset.as_str() {
                "" => (format!("observer: {who}"), Role::Note),
                _ => {
                    (format!("observer, {standing}: {who}"), if role == Role::Ok { Role::Note } else { role })
                }
            }
        }
        Post::Barred(why) => (format!("off: {why}"), Role::Problem),
        Post::Acting => acting(board),
    }
}

/// The same in few words: of who acts only which process it is.
pub fn brief(board: &Board) -> (String, Role) {
    let whole = standing(board);
    let Post::Observing(who) = &board.post else { return whole };
    let Some((process, _)) = who.split_once(" acts ") else { return whole };
    let process = process.split(" on ").next().unwrap_or(process);
    match board.preset.as_str() {
        "" => (format!("observer of {process}"), whole.1),
        _ => (format!("observer of {process}, {}", acting(board).0), whole.1),
    }
}

/// What holds for whoever acts.
pub fn acting(board: &Board) -> (String, Role) {
    match (&board.trouble, &board.paused) {
        (Some(trouble), _) => (format!("nothing is pressed: {trouble}"), Role::Problem),
        (None, Some(_)) => ("PAUSED".into(), Role::Alarm),
        (None, None) if board.preset == "watch" && board.live_alone > 0 => {
            (format!("LIVE in {}, watch elsewhere", board.live_alone), Role::Note)
        }
        (None, None) if board.preset == "watch" => {
            (format!("watch: would have confirmed {}", board.tally.watched()), Role::Note)
        }
        (None, None) => match watched(board) {
            0 => (format!("LIVE {}", board.preset), Role::Ok),
            n => (format!("LIVE {}, {n} only watched", board.preset), Role::Note),
        },
    }
}

/// How many sessions wait now for an answer that the rules would have given, were it not that they are only watched there.
fn watched(board: &Board) -> usize {
    let only = board.queue.iter().filter(|c| c.outcome == Some(Outcome::Watched) && c.needs_you);
    only.map(|c| c.id.0).collect::<BTreeSet<_>>().len()
}

fn note(state: &State) -> (String, Role) {
    let n = state.board.tally.confirmed();
    (format!("{n} today"), if n > 0 { Role::Text } else { Role::Faint })
}

fn headline(state: &State) -> (String, Role) {
    match state.board.recent.first() {
        Some(e) => {
            let (shape, role) = shape(e);
            (format!("{} {shape} {} {}", clock(state, e), e.body.scene.session, what(e)), role)
        }
        None => standing(&state.board),
    }
}

fn wants(state: &State) -> u16 {
    (1 + state.board.recent.len()).clamp(1, 9) as u16
}

fn could(state: &State, _: u16) -> u16 {
    (1 + state.board.recent.len()).min(21) as u16
}

fn clock(state: &State, entry: &Entry) -> String {
    let at = state.local(entry.body.at);
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// The entry in a few words: operation and subject.
fn what(entry: &Entry) -> String {
    let subject = entry.body.subject.as_ref().map(|s| one_line(s.as_str())).unwrap_or_default();
    format!("{} {subject}", entry.body.operation.word()).trim_end().to_owned()
}

fn one_line(s: &str) -> String {
    text::printable(&s.replace('\n', "↵"))
}

/// What came of it: a shape and what it means.
fn shape(entry: &Entry) -> (&'static str, Role) {
    match entry.body.outcome {
        _ if entry.body.is_denial() => ("⊖", Role::Note),
        _ if entry.body.is_grant() => ("⊕", Role::Ok),
        Outcome::Intended => ("…", Role::Note),
        Outcome::Cleared => ("✓", Role::Ok),
        Outcome::Held => ("●", Role::Alarm),
        Outcome::Watched => ("◌", Role::Note),
        Outcome::Ignored | Outcome::Gone => ("·", Role::Faint),
        Outcome::Refused | Outcome::Withdrawn => ("↩", Role::Note),
        Outcome::Stuck | Outcome::Unknown => ("✖", Role::Problem),
    }
}

fn short(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let (line, role) = standing(&state.board);
    Pen::row(buf, area, 0).put(&line, theme.style(role));
    for (y, entry) in (1..area.h).zip(&state.board.recent) {
        done(buf, area, y, state, theme, entry, false);
    }
}

fn done(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, entry: &Entry, wide: bool) {
    let (shape, role) = shape(entry);
    let mut pen = Pen::row(buf, area, y);
    let channel = entry.body.channel.map(crate::domain::ledger::Channel::word).unwrap_or_default();
    pen.right(&format!(" {shape} {channel:<4}"), theme.style(role));
    if wide {
        let (word, rule) = (entry.body.word(), text::fit(&entry.body.verdict.rule, 22));
        pen.right(&format!("  {word:<9}"), theme.style(role));
        pen.right(&format!("  {rule:<22}"), theme.style(Role::Subtext));
    }
    pen.put(&clock(state, entry), theme.style(Role::Faint)).skip(1);
    let name = text::fit(entry.body.scene.session.as_str(), if wide { 20 } else { 12 });
    pen.put(&name, theme.style(Role::Strong)).skip(1);
    pen.put(&what(entry), theme.style(Role::Text));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) -> usize {
    let (line, role) = standing(&state.board);
    let mut pen = Pen::row(buf, area, 0);
    pen.right(&figures(state), theme.style(Role::Subtext));
    pen.put(&line, theme.style(role));
    // More may stand open than there are rows.
    let open = state.board.queue.len();
    if open > 0 {
        pen.put(&format!("  {open} open"), theme.style(Role::Subtext));
    }
    let mut used = 1;
    if let Some(fault) = &state.old_rules {
        let told = format!("the old rules stay in force: {fault}");
        Pen::row(buf, area, 1).put(&told, theme.style(Role::Problem));
        used = 2;
    }
    let rest = Area { y: area.y + used.min(area.h), h: area.h.saturating_sub(used), ..area };
    match state.face {
        Face::Queue => queue::draw(buf, rest, state, theme, areas),
        Face::Activity => activity::draw(buf, rest, state, theme),
    }
}

/// Confirmed in the running hour, and how long it took.
fn figures(state: &State) -> String {
    let tally = &state.board.tally;
    let hour = tally.hours(state.now.utc, 1).first().copied().unwrap_or(0);
    format!("{hour} this hour  pressed {} p50/p99 after the dialog", span(tally.pressed()))
}

fn span(l: Latency) -> String {
    match (l.p50, l.p99) {
        (Some(p50), Some(p99)) => format!("{}/{} ms", p50.as_millis(), p99.as_millis()),
        _ => "–".to_owned(),
    }
}

/// An entry whole: what was asked, the rule and why, what came of it.
fn entry_details(e: &Entry) -> Vec<(String, Role)> {
    let b = &e.body;
    let mut lines: Vec<(String, Role)> = Vec::new();
    lines.extend(b.subject.as_ref().map(|s| (one_line(s.as_str()), Role::Text)));
    let rule = format!("{} by {}: {}", b.verdict.action.word(), b.verdict.rule, b.verdict.reason);
    lines.push((one_line(&rule), Role::Subtext));
    let key = b.key.as_ref().map(|k| format!(", key {}", k.as_str())).unwrap_or_default();
    // Nobody makes a dialog go, and nobody did anything where it was only watched.
    let by = match b.outcome {
        Outcome::Gone | Outcome::Watched | Outcome::Ignored => String::new(),
        _ => format!(" by {}", b.actor),
    };
    lines.push((format!("entry {}: {}{by}{key}", e.seq, b.word()), Role::Subtext));
    lines
}

fn wrapped(lines: &[(String, Role)], room: usize) -> Vec<(String, Role)> {
    lines.iter().flat_map(|(line, role)| wrap(line, room).into_iter().map(|l| (l, *role))).collect()
}

/// Lines under a rule.
fn below(buf: &mut Buffer, area: Area, theme: &Theme, lines: &[(String, Role)]) {
    super::rule(buf, area, theme);
    for (y, (line, role)) in (1..area.h).zip(lines) {
        Pen::row(buf, area, y).skip(1).put(line, theme.style(*role));
    }
}
