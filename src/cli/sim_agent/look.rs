//! The agent's whole screen at one instant, in the look of Claude Code 2.1.330: transcript above; below it the composer
//! between two rules and a footer, or a dialog in its place. A pure picture: same agent, time and size, same rows.

use std::time::Duration;

use ratatui::style::Modifier;
use ratatui::text::Line;

use super::agent::{Agent, Doing};
use super::output;
use super::paint::{CLAY, DIM, GREY, PINK, PLAIN, RULE, YELLOW, line, rule, span, wrap};
use super::script::Mode;
use super::transcript::{Entry, Transcript};
use crate::domain::text;

/// The dot of an open call changes this often while a dialog waits.
pub const BLINK: Duration = Duration::from_millis(600);
/// The title never tells the state.
pub const TITLE: &str = "✳ Claude Code";
const SPINNER: [&str; 6] = ["·", "✢", "*", "✶", "✻", "✽"];

/// One picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The rows from the top, at most as many as the screen has.
    pub rows: Vec<Line<'static>>,
    /// Where the hidden cursor stands.
    pub cursor: (u16, u16),
}

/// Draws the agent.
pub fn frame(agent: &Agent, now: Duration, width: u16, height: u16) -> Frame {
    let phase = (agent.age(now).as_millis() / BLINK.as_millis()).is_multiple_of(2);
    if let Doing::Asking(ask, _) = &agent.doing {
        let drawn = ask.draw(width, height);
        let room = usize::from(height).saturating_sub(drawn.lines.len());
        let mut rows = agent.transcript.rows(width, room.saturating_sub(1), phase);
        rows.resize(room, Line::default());
        let cursor = (drawn.cursor.0, (room + drawn.cursor.1) as u16);
        rows.extend(drawn.lines);
        return Frame { rows, cursor };
    }
    let (foot, cursor) = foot(agent, now, width);
    let room = usize::from(height).saturating_sub(foot.len());
    let mut rows = live(agent, now).rows(width, room, phase);
    rows.resize(room, Line::default());
    let over = foot.len().saturating_sub(height.into());
    let y = (room + cursor.1).saturating_sub(over) as u16;
    rows.extend(foot.into_iter().skip(over));
    Frame { rows, cursor: (cursor.0, y) }
}

/// When the picture changes by itself next, at the earliest.
pub fn next_change(agent: &Agent, now: Duration) -> Option<Duration> {
    let every = match &agent.doing {
        Doing::Work(_) | Doing::Say(..) | Doing::Run(..) => agent.pace,
        Doing::Retry(..) => Duration::from_secs(1),
        Doing::Asking(..) => BLINK,
        Doing::Idle(_) | Doing::Silent(_) | Doing::Ended(_) => return None,
    };
    let turns = agent.age(now).as_nanos() / every.as_nanos() + 1;
    Some(agent.began + Duration::from_nanos((turns * every.as_nanos()) as u64))
}

/// The transcript with what is being said now and the messages that wait.
fn live(agent: &Agent, now: Duration) -> Transcript {
    let mut all = agent.transcript.clone();
    if let Doing::Say(whole, since, until) = &agent.doing {
        let words = whole.split_inclusive(' ');
        let total = whole.split(' ').count() as u128;
        let span = until.saturating_sub(*since).as_millis().max(1);
        let shown = ((now.saturating_sub(*since)).as_millis() * total / span) as usize;
        all.push(Entry::Said(words.take(shown).collect::<String>().trim_end().to_owned()));
    }
    for text in &agent.queued {
        all.push(Entry::Queued(text.clone()));
    }
    all
}

/// Everything from the spinner down, and the cursor in it.
fn foot(agent: &Agent, now: Duration, width: u16) -> (Vec<Line<'static>>, (u16, usize)) {
    let mut out = vec![Line::default()];
    if let Some(row) = spinner(agent, now) {
        out.push(row);
    } else {
        out.pop();
    }
    out.push(Line::default());
    out.push(rule("─", width, RULE));
    let (box_rows, cursor) = composer(agent, width);
    let y = out.len() + cursor.1;
    out.extend(box_rows);
    out.push(rule("─", width, RULE));
    out.push(footer(agent, width));
    (out, (cursor.0, y))
}

fn spinner(agent: &Agent, now: Duration) -> Option<Line<'static>> {
    let turns = agent.age(now).as_nanos() / agent.pace.as_nanos().max(1);
    let glyph = SPINNER[(turns % SPINNER.len() as u128) as usize];
    match &agent.doing {
        Doing::Work(_) | Doing::Run(..) => {
            let (since, verb) = agent.turn.unwrap_or((now, output::VERBS[0]));
            let seconds = now.saturating_sub(since).as_secs();
            let tokens = seconds * 37;
            Some(Line::from(vec![
                span(format!("{glyph} {verb}… "), CLAY),
                span(format!("({} · ↓ {tokens} tokens)", output::took(seconds)), GREY),
            ]))
        }
        Doing::Retry(fail, attempt, next) => {
            let left = next.saturating_sub(now).as_secs() + 1;
            Some(Line::from(vec![
                span(format!("✻ {}", output::failing(fail.code)), PINK),
                span(format!(" · retrying in {left}s · attempt {attempt}/{}", fail.tries), GREY),
            ]))
        }
        _ => None,
    }
}

fn composer(agent: &Agent, width: u16) -> (Vec<Line<'static>>, (u16, usize)) {
    let head = |first| if first { "❯\u{a0}" } else { "  " };
    let block = PLAIN.add_modifier(Modifier::REVERSED);
    if agent.composer.is_empty() {
        let waiting = (!agent.queued.is_empty()).then_some("Press up to edit queued messages");
        let text = waiting.or(agent.placeholder).unwrap_or_default();
        let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
        let first = if first.is_empty() { " " } else { first };
        let row = Line::from(vec![
            span(head(true), PLAIN),
            span(first.to_owned(), block),
            span(rest.to_owned(), DIM),
        ]);
        return (vec![row], (2, 0));
    }
    let rows = wrap(agent.composer.shown(), usize::from(width).saturating_sub(4));
    let last = rows.len() - 1;
    let x = (2 + text::width(&rows[last])) as u16;
    let lines = rows.into_iter().enumerate().map(|(i, row)| {
        let mut spans = vec![span(head(i == 0), PLAIN), span(row, PLAIN)];
        if i == last {
            spans.push(span(" ", block));
        }
        Line::from(spans)
    });
    (lines.collect(), (x, last))
}

fn footer(agent: &Agent, width: u16) -> Line<'static> {
    if agent.warned.is_some() {
        return line("  Press Ctrl-C again to exit", GREY);
    }
    let busy = !matches!(agent.doing, Doing::Idle(_));
    let tail = match (agent.composer.is_empty(), busy) {
        (true, true) => " · esc to interrupt",
        (true, false) => " · ? for shortcuts",
        (false, _) => "",
    };
    let (mode, style) = match agent.mode {
        Mode::Manual => ("⏸ manual mode on", GREY),
        Mode::AcceptEdits => ("⏵⏵ accept edits on", PLAIN.fg(ratatui::style::Color::Indexed(147))),
        Mode::Plan => ("⏸ plan mode on", PLAIN.fg(ratatui::style::Color::Indexed(73))),
    };
    let tail = text::fit(tail, usize::from(width).saturating_sub(2 + text::width(mode)));
    let mut row = Line::from(vec![span("  ", PLAIN), span(mode, style), span(tail, GREY)]);
    // On the right: the context that is left, once it is little.
    let told = format!("Context left until auto-compact: {}%", agent.context_left);
    let gap = usize::from(width).saturating_sub(row.width() + text::width(&told) + 2);
    if agent.context_left <= 40 && gap > 0 {
        row.push_span(span(" ".repeat(gap), PLAIN));
        row.push_span(span(told, if agent.context_left <= 10 { YELLOW } else { GREY }));
    }
    row
}
