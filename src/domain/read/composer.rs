//! The composer at the live end of a screen, and what a person typed into it. A real dialog replaces the composer, so
//! where there is one, nothing on the screen is a dialog.

use std::ops::Range;

use super::line::{Kind, Line, is_faint};
use super::unwrap::unwrap;
use crate::domain::agent::{ComposerFrame, ComposerShape, WrapStyle};
use crate::domain::screen::{Attrs, Color, Screen};
use crate::domain::text;

/// Rows of status that may stand below a composer.
const MAX_FOOTER: usize = 14;

/// The composer.
#[derive(Debug)]
pub(super) struct Found {
    /// Lines of it and its frame.
    pub lines: Range<usize>,
    /// What a person typed.
    pub typed: String,
    /// The glyph of its prompt, where what is written behind it is no message.
    pub mode: Option<char>,
    /// What stands in it in a faint colour.
    pub faint: String,
    /// Colours tell typed text from a placeholder.
    pub certain: bool,
    /// Nothing frames it, so it can be confused with a list.
    pub bare: bool,
}

/// Finds the composer.
pub(super) fn find(screen: &Screen, lines: &[Line<'_>], shape: &ComposerShape, plain: bool) -> Option<Found> {
    let (frame, content) = shape.frames.iter().find_map(|f| match f {
        ComposerFrame::Rules => between(lines, shape, |l| l.kind == Kind::Rule, |l| l.kind == Kind::Rule),
        ComposerFrame::Box => between(lines, shape, |l| l.kind == Kind::Top, |l| l.kind == Kind::Bottom),
        ComposerFrame::UnderRule => under_rule(lines, shape),
        ComposerFrame::Bare => bare(lines, shape),
        ComposerFrame::Bar => bar(lines),
    })?;
    Some(content_of(screen, lines, shape, plain, frame, content))
}

fn is_prompt(line: &Line<'_>, shape: &ComposerShape) -> bool {
    let mut chars = line.text.chars();
    line.is_text()
        && chars.next().is_some_and(|c| shape.prompts.contains(&c))
        && chars.next().is_none_or(|c| c == ' ')
}

/// The lowest pair of edges with a prompt directly below the upper one.
fn between(
    lines: &[Line<'_>],
    shape: &ComposerShape,
    upper: impl Fn(&Line<'_>) -> bool,
    lower: impl Fn(&Line<'_>) -> bool,
) -> Option<(Range<usize>, Range<usize>)> {
    let bottom = lines.iter().rposition(|l| lower(l) && l.boxes == 0 && l.column <= 1)?;
    let top = lines[..bottom].iter().rposition(|l| upper(l) && l.boxes == 0 && l.column <= 1)?;
    let below = lines[bottom + 1..].iter().filter(|l| l.is_text()).count();
    let only_status = lines[bottom + 1..].iter().all(|l| l.is_text() || l.is_blank());
    let inside = top + 1..bottom;
    (!inside.is_empty() && is_prompt(&lines[inside.start], shape) && below <= MAX_FOOTER && only_status)
        .then_some((top..bottom + 1, inside))
}

/// A prompt within a few rows below a rule, then a blank row and status.
fn under_rule(lines: &[Line<'_>], shape: &ComposerShape) -> Option<(Range<usize>, Range<usize>)> {
    let top = lines.iter().rposition(|l| l.kind == Kind::Rule && l.column == 0)?;
    let first = (top + 1..lines.len()).find(|&i| is_prompt(&lines[i], shape))?;
    let hints = lines[top + 1..first].iter().filter(|l| l.is_text()).count();
    let mut end = first + 1;
    while end < lines.len() && lines[end].is_text() && lines[end].column > lines[first].column {
        end += 1;
    }
    let below = &lines[end..];
    let calm = below.iter().filter(|l| l.is_text()).count() <= 6
        && below.iter().all(|l| l.is_text() || l.is_blank())
        && below.first().is_none_or(Line::is_blank);
    (hints <= 2 && first - top <= 6 && calm).then_some((top..end, first..end))
}

/// A prompt in the first column with blank rows around it, then status.
fn bare(lines: &[Line<'_>], shape: &ComposerShape) -> Option<(Range<usize>, Range<usize>)> {
    let first = lines.iter().rposition(|l| l.column == 0 && is_prompt(l, shape))?;
    let free = first == 0 || !lines[first - 1].is_text();
    let mut end = first + 1;
    while end < lines.len() && lines[end].is_text() && lines[end].column >= 2 {
        end += 1;
    }
    let below = &lines[end..];
    let calm = below.iter().filter(|l| l.is_text()).count() <= 6
        && below.iter().all(|l| l.is_blank() || (l.is_text() && l.column >= 2));
    (free && calm && below.iter().any(Line::is_text)).then_some((first..end, first..end))
}

/// Rows with a bar on the left, closed by a corner.
fn bar(lines: &[Line<'_>]) -> Option<(Range<usize>, Range<usize>)> {
    let bottom = lines.iter().rposition(|l| l.kind == Kind::Bottom && l.text.starts_with('╹'))?;
    let top = (0..bottom).rev().find(|&i| !lines[i].bar).map_or(0, |i| i + 1);
    let below = lines[bottom + 1..].iter().filter(|l| l.is_text()).count();
    // Its last row names mode and model.
    let status = (top..bottom).rev().find(|&i| lines[i].is_text())?;
    (below <= MAX_FOOTER && !lines[bottom + 1..].iter().any(|l| l.bar))
        .then_some((top..bottom + 1, top..status))
}

fn content_of(
    screen: &Screen,
    lines: &[Line<'_>],
    shape: &ComposerShape,
    plain: bool,
    frame: Range<usize>,
    content: Range<usize>,
) -> Found {
    let mut typed: Vec<String> = Vec::new();
    let mut faint = String::new();
    let mut room = 0;
    let mut mode = None;
    // A person types in the terminal's own colour; a placeholder may be tinted rather than faint.
    let mut tinted = true;
    for i in content.clone() {
        let line = &lines[i];
        if line.is_text() && shape.trim.iter().any(|p| p.is_match(&line.text)) {
            continue;
        }
        let skip = usize::from(i == content.start && is_prompt(line, shape));
        let row = &screen.rows[line.row];
        let mut rest: String = String::new();
        let mut at = 0;
        let end = line.end;
        for (run, style) in row.runs() {
            let from = at.max(line.start);
            let to = (at + run.len()).min(end);
            at += run.len();
            if from >= to {
                continue;
            }
            let Some(part) = row.text().get(from..to) else { continue };
            let cursor = style.attrs.has(Attrs::REVERSE) && part.chars().count() == 1;
            if is_faint(style) || (cursor && next_is_faint(row.runs(), at)) {
                faint.push_str(part);
            } else {
                tinted &= style.fg != Color::Default || part.trim().is_empty() || is_prompt_part(part, shape);
                rest.push_str(part);
            }
        }
        let mut kept: &str = rest.trim_start_matches(['\u{a0}', ' ']);
        if skip == 1 {
            mode = line.text.chars().next().filter(|c| shape.modes.contains(c));
            kept = kept.trim_start_matches(|c| shape.prompts.contains(&c));
        }
        room = room.max(line.right.saturating_sub(line.column + 2));
        typed.push(kept.trim_matches(['\u{a0}', ' ', '\u{200b}']).to_owned());
    }
    while typed.last().is_some_and(String::is_empty) {
        typed.pop();
    }
    let rows: Vec<&str> = typed.iter().map(String::as_str).skip_while(|r| r.is_empty()).collect();
    let mut typed = text::printable_lines(&unwrap(&rows, room, WrapStyle::Trim).text);
    let faint = text::printable(faint.trim());
    let mut found =
        Found { certain: !plain, bare: frame == content, lines: frame, typed: String::new(), faint, mode };
    if (plain || tinted) && shape.placeholders.iter().any(|p| p.is_match(typed.trim())) {
        found.faint = std::mem::take(&mut typed);
    }
    found.typed = typed;
    found
}

/// True for a run that holds nothing but the prompt.
fn is_prompt_part(part: &str, shape: &ComposerShape) -> bool {
    part.chars().all(|c| c == ' ' || c == '\u{a0}' || shape.prompts.contains(&c))
}

/// True if the run that begins at byte `at` is faint: then a reversed cell before it is the cursor on a placeholder.
fn next_is_faint<'a>(runs: impl Iterator<Item = (&'a str, crate::domain::screen::Style)>, at: usize) -> bool {
    let mut begins = 0;
    for (run, style) in runs {
        if begins == at {
            return is_faint(style);
        }
        begins += run.len();
    }
    false
}
