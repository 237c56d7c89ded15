//! Auto-confirm: what is open and what comes next, then what was done, newest first, each with its rule; and the figures.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::{Board, Post, State};
use crate::domain::confirm::{Confirmation, Risk};
use crate::domain::ledger::{Entry, Latency, Outcome};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::message::wrap;
use super::super::paint::{self, Pen};
use super::super::popups::first_row;
use super::super::words;
use super::View;

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Confirms, note, headline, wants, short, full };

/// Why nothing is pressed, or that it is.
pub fn standing(board: &Board) -> (String, Role) {
    match &board.post {
        Post::None => ("not connected".into(), Role::Faint),
        Post::Observing(who) => (format!("observer: {who}"), Role::Note),
        Post::Barred(why) => (format!("off: {why}"), Role::Problem),
        Post::Acting if board.trouble.is_some() => {
            (format!("nothing is pressed: {}", board.trouble.as_deref().unwrap_or_default()), Role::Problem)
        }
        Post::Acting if board.paused.is_some() => ("PAUSED".into(), Role::Alarm),
        Post::Acting if board.preset == "watch" => {
            (format!("watch: would have confirmed {}", board.tally.watched()), Role::Note)
        }
        Post::Acting => (format!("LIVE {}", board.preset), Role::Ok),
    }
}

fn note(state: &State) -> (String, Role) {
    let n = state.board.tally.confirmed();
    (format!("{n} today"), if n > 0 { Role::Text } else { Role::Faint })
}

fn headline(state: &State) -> (String, Role) {
    match state.board.recent.first() {
        Some(e) => (format!("{} {} {}", clock(state, e), e.body.scene.session, what(e)), shape(e).1),
        None => standing(&state.board),
    }
}

fn wants(state: &State) -> u16 {
    (1 + state.board.recent.len()).clamp(1, 9) as u16
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
        let (word, rule) = (entry.body.outcome.word(), text::fit(&entry.body.verdict.rule, 22));
        pen.right(&format!("  {word:<9}"), theme.style(role));
        pen.right(&format!("  {rule:<22}"), theme.style(Role::Subtext));
    }
    pen.put(&clock(state, entry), theme.style(Role::Faint)).skip(1);
    let name = text::fit(entry.body.scene.session.as_str(), if wide { 20 } else { 12 });
    pen.put(&name, theme.style(Role::Strong)).skip(1);
    pen.put(&what(entry), theme.style(Role::Text));
}

fn open(buf: &mut Buffer, area: Area, y: u16, state: &State, theme: &Theme, c: &Confirmation) {
    let role = match (c.needs_you, c.risk) {
        (true, Risk::High) => Role::Alarm,
        (true, _) => Role::Note,
        (false, _) => Role::Working,
    };
    let mut pen = Pen::row(buf, area, y);
    pen.right(&format!("{:>8}", words::age(state.now.mono.saturating_sub(c.since))), theme.style(role));
    pen.right(&format!("  {}", c.risk.word()), theme.style(role));
    pen.put(if c.needs_you { "● " } else { "▶ " }, theme.style(role));
    pen.put(&text::fit(c.session.as_str(), 20), theme.style(Role::Strong)).skip(1);
    pen.put(c.operation.word(), theme.style(role)).skip(1);
    let subject = c.subject.as_deref().map(one_line).unwrap_or_default();
    pen.put(&text::fit(&subject, usize::from(area.w / 3)), theme.style(Role::Text)).skip(2);
    pen.put(&c.next, theme.style(Role::Subtext));
}

fn full(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, _: &mut Areas) -> usize {
    let board = &state.board;
    let (line, role) = standing(board);
    let mut pen = Pen::row(buf, area, 0);
    pen.right(&figures(state), theme.style(Role::Subtext));
    pen.put(&line, theme.style(role));
    if let Some(fault) = &state.old_rules {
        let told = format!("the old rules stay in force: {fault}");
        Pen::row(buf, area, 1).put(&told, theme.style(Role::Problem));
    }
    let (queue, len) = (board.queue.len(), board.queue.len() + board.recent.len());
    let marked = state.panel_row.min(len.saturating_sub(1));
    let detail = details(state, marked, usize::from(area.w.saturating_sub(2)).max(1));
    let below = if area.h >= 12 { (detail.len() as u16 + 1).min(area.h / 2) } else { 0 };
    let list = Area { y: area.y + 2, h: area.h.saturating_sub(2 + below), ..area };
    let first = first_row(marked, list.h.into(), len);
    for (y, n) in (0..list.h).zip(first..len) {
        match board.queue.get(n) {
            Some(c) => open(buf, list, y, state, theme, c),
            None => done(buf, list, y, state, theme, &board.recent[n - queue], area.w >= 90),
        }
        if n == marked {
            paint::tint(buf, Area { y: list.y + y, h: 1, ..list }, theme.marked());
        }
    }
    if len == 0 {
        let nothing = "no dialog has been seen yet";
        Pen::row(buf, list, 0).put(nothing, theme.style(Role::Subtext));
    }
    if below > 0 {
        let rows = Area { y: list.y + list.h, h: below, ..area };
        super::rule(buf, rows, theme);
        for (y, (line, role)) in (1..below).zip(&detail) {
            Pen::row(buf, rows, y).skip(1).put(line, theme.style(*role));
        }
    }
    usize::from(list.h)
}

/// Confirmed in the last hour, and how long it took.
fn figures(state: &State) -> String {
    let tally = &state.board.tally;
    let hour = tally.hours(state.now.utc, 1).first().copied().unwrap_or(0);
    let span = |l: Latency| match (l.p50, l.p99) {
        (Some(p50), Some(p99)) => format!("{}/{} ms", p50.as_millis(), p99.as_millis()),
        _ => "–".to_owned(),
    };
    format!("{hour}/h  pressed {} p50/p99 after the dialog", span(tally.pressed()))
}

/// The marked row whole: what is asked, the rule and its reason, what can be chosen.
fn details(state: &State, marked: usize, room: usize) -> Vec<(String, Role)> {
    let board = &state.board;
    let mut lines: Vec<(String, Role)> = Vec::new();
    if let Some(c) = board.queue.get(marked) {
        lines.extend(c.subject.as_deref().map(|s| (one_line(s), Role::Text)));
        if let Some(v) = &c.verdict {
            lines.push((format!("{} by {}: {}", v.action.word(), v.rule, v.reason), Role::Subtext));
        }
        lines.push((format!("next: {}", c.next), Role::Note));
        let option = |o: &crate::domain::dialog::DialogOption| {
            format!("{} {}", o.key.as_deref().unwrap_or("–"), one_line(&o.label))
        };
        lines.push((c.options.iter().map(option).collect::<Vec<_>>().join("   "), Role::Subtext));
        let key = |a| state.fixed.keymap.shown(a);
        let keys = format!(
            "{} shows it in its tile; there {} approves once, {} denies",
            key(Action::Zoom),
            key(Action::Approve),
            key(Action::Deny)
        );
        lines.push((keys, Role::Faint));
    } else if let Some(e) = board.recent.get(marked - board.queue.len().min(marked)) {
        let b = &e.body;
        lines.extend(b.subject.as_ref().map(|s| (one_line(s.as_str()), Role::Text)));
        let rule = format!("{} by {}: {}", b.verdict.action.word(), b.verdict.rule, b.verdict.reason);
        lines.push((one_line(&rule), Role::Subtext));
        let key = b.key.as_ref().map(|k| format!(", key {}", k.as_str())).unwrap_or_default();
        lines.push((format!("entry {}: {} by {}{key}", e.seq, b.outcome.word(), b.actor), Role::Subtext));
    }
    lines.iter().flat_map(|(line, role)| wrap(line, room).into_iter().map(|l| (l, *role))).collect()
}
