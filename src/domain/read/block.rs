//! The block that choices stand in: where it begins and ends, its heading, its question, and what stands below it.
//! What it means is for `dialog`.

use std::ops::Range;

use super::choices::Choices;
use super::line::{Kind, Line};
use crate::domain::agent::{DialogShape, Edge, Manifest, Pattern};

/// A block higher than this is none.
const MAX_BLOCK: usize = 1000;

/// A hint longer than this is something else.
const MAX_HINT: usize = 800;

/// A block on the live screen.
#[derive(Debug)]
pub(super) struct Block {
    /// Its lines, edge left out, up to the last choice.
    pub lines: Range<usize>,
    /// Its upper edge is on the screen.
    pub edge: bool,
    /// Its first paragraph.
    pub heading: Range<usize>,
    /// The paragraph right above the choices.
    pub question: Range<usize>,
    /// Between the two.
    pub body: Range<usize>,
    /// What stands below.
    pub tail: Tail,
    /// Something in it is not shown.
    pub cut: bool,
}

/// What stands below the choices.
#[derive(Debug)]
pub(super) struct Tail {
    /// The texts, joined by blanks; marks of cuts and overlays left out.
    pub text: String,
    /// Nothing stands there that does not belong there.
    pub known: bool,
    /// A hint says how to leave.
    pub hint: bool,
    /// The frame is closed, or there is none.
    pub closed: bool,
    /// A mark says that something is not shown.
    pub cut: bool,
}

/// The block around `choices`.
pub(super) fn around(lines: &[Line<'_>], choices: &Choices, manifest: &Manifest) -> Block {
    let first = choices.first();
    // The marked one stands furthest left, wherever it is.
    let left = choices.items.iter().map(|c| lines[c.first].column).min().unwrap_or(0);
    let (top, edge) = top(lines, first, left, manifest);
    let edge = edge || fills_screen(lines, top..first, manifest, false);
    let tail = tail(lines, choices.last(), manifest);
    block(lines, top..choices.last() + 1, first, edge, tail, manifest)
}

/// The block without choices at the live end whose last paragraph is a hint of keys.
pub(super) fn keys_only(lines: &[Line<'_>], manifest: &Manifest) -> Option<Block> {
    let last = lines.len().checked_sub(1)?;
    let start = paragraph_up(lines, last).start;
    let (top, edge) = top(lines, start, lines[start].column, manifest);
    if start <= top || !(edge || fills_screen(lines, top..start, manifest, true)) {
        return None;
    }
    let mut text = String::new();
    for i in start..=last {
        append(&mut text, (i > start).then(|| &lines[i - 1]), &lines[i]);
    }
    let hint = manifest.choice.hints.iter().any(|p| fits_whole(p, &text));
    if !hint {
        return None;
    }
    let tail = Tail { text, known: true, hint, closed: true, cut: false };
    Some(block(lines, top..last + 1, start, true, tail, manifest))
}

fn block(
    lines: &[Line<'_>],
    range: Range<usize>,
    end: usize,
    edge: bool,
    tail: Tail,
    manifest: &Manifest,
) -> Block {
    let heading = paragraph_down(lines, range.start, end);
    let mut question = end..end;
    if let Some(last) = (range.start..end).rev().find(|&i| !lines[i].is_blank())
        && lines[last].is_text()
    {
        question = paragraph_up(lines, last);
        question.start = question.start.max(range.start);
    }
    let body = heading.end..question.start.max(heading.end);
    let cut = tail.cut
        || lines[range.clone()]
            .iter()
            .any(|l| l.scrollbar || manifest.choice.cuts.iter().any(|p| l.is_text() && p.is_match(&l.text)));
    Block { lines: range, edge, heading, question, body, tail, cut }
}

fn top(lines: &[Line<'_>], first: usize, left: usize, manifest: &Manifest) -> (usize, bool) {
    let anchor = &lines[first];
    let from = first.saturating_sub(MAX_BLOCK);
    if anchor.boxes > 0 {
        for i in (from..first).rev() {
            let l = &lines[i];
            if l.boxes < anchor.boxes {
                return (i + 1, l.kind == Kind::Top && l.boxes + 1 == anchor.boxes);
            }
        }
        return (from, false);
    }
    if anchor.bar {
        let top = (from..first).rev().find(|&i| !lines[i].bar).map_or(from, |i| i + 1);
        return (top, lines[top].is_blank());
    }
    match manifest.choice.edge {
        Edge::Rule => {
            for i in (from..first).rev() {
                let l = &lines[i];
                let wide = || l.width() * 5 >= (l.right - l.left).saturating_sub(2 * l.column) * 3;
                if l.kind == Kind::Rule && (l.column == 0 || l.column < left) && wide() {
                    return (i + 1, true);
                }
            }
            (from, false)
        }
        Edge::Head => {
            let mut top = first;
            let mut found = None;
            let heads = |i: usize| {
                let text = joined(lines, paragraph_down(lines, i, first), "\n");
                manifest.dialogs.iter().any(|d| has_head(d, &text))
            };
            for i in (from..first).rev() {
                let l = &lines[i];
                if l.is_text() && l.column == 0 {
                    break;
                }
                let starts = l.is_text() && (i == 0 || !lines[i - 1].is_text());
                if starts && l.column <= 2 && heads(i) {
                    // A second head is one that a command or an answer shows: which is the true one is not known.
                    if found.is_some() {
                        return (i, false);
                    }
                    found = Some(i);
                }
                top = i;
            }
            found.map_or((top, false), |i| (i, true))
        }
    }
}

/// Whether the first row of the screen is the head of a dialog that fills it.
fn fills_screen(lines: &[Line<'_>], range: Range<usize>, manifest: &Manifest, keys_only: bool) -> bool {
    let text = || joined(lines, paragraph_down(lines, 0, range.end), "\n");
    let shapes = manifest.dialogs.iter().filter(|d| d.full_screen && d.keys_only == keys_only);
    range.start == 0
        && lines.first().is_some_and(|l| !l.is_blank())
        && shapes.clone().any(|d| has_head(d, &text()))
}

fn has_head(shape: &DialogShape, text: &str) -> bool {
    shape.head.as_ref().is_some_and(|p| p.is_match(text))
}

fn paragraph_down(lines: &[Line<'_>], from: usize, end: usize) -> Range<usize> {
    let Some(start) = (from..end).find(|&i| !lines[i].is_blank()) else {
        return from..from;
    };
    let boxes = lines[start].boxes;
    let stop = (start..end).find(|&i| !lines[i].is_text() || lines[i].boxes != boxes).unwrap_or(end);
    start..stop
}

fn paragraph_up(lines: &[Line<'_>], last: usize) -> Range<usize> {
    let boxes = lines[last].boxes;
    let mut start = last;
    while start > 0 && lines[start - 1].is_text() && lines[start - 1].boxes == boxes {
        start -= 1;
    }
    start..last + 1
}

fn tail(lines: &[Line<'_>], last: usize, manifest: &Manifest) -> Tail {
    let choice = &manifest.choice;
    let anchor = &lines[last];
    let mut tail =
        Tail { text: String::new(), known: true, hint: false, closed: anchor.boxes == 0, cut: false };
    let mut before = None;
    for line in &lines[last + 1..] {
        if !tail.closed && line.kind == Kind::Bottom && line.boxes + 1 == anchor.boxes {
            tail.closed = true;
            continue;
        }
        if line.is_blank() {
            continue;
        }
        if choice.cuts.iter().any(|p| p.is_match(&line.text)) {
            tail.cut = true;
            continue;
        }
        if choice.overlays.iter().any(|p| p.is_match(&line.text)) {
            continue;
        }
        append(&mut tail.text, before, line);
        before = Some(line);
    }
    tail.hint = choice.hints.iter().any(|p| fits_whole(p, &tail.text));
    tail.known = tail.text.is_empty() || tail.hint;
    tail
}

/// Adds a row to a text: behind a blank if it goes on with a wrapped row, else behind a line break. An edge counts as one
/// character, however wide.
fn append(text: &mut String, before: Option<&Line<'_>>, line: &Line<'_>) {
    if text.len() > MAX_HINT {
        return;
    }
    if let Some(before) = before {
        let goes_on = before.wraps_into(line) && line.column >= before.column;
        text.push(if goes_on { ' ' } else { '\n' });
    }
    let edge = line.text.chars().next().map_or(0, char::len_utf8);
    text.push_str(if line.is_text() { &line.text } else { &line.text[..edge] });
}

/// Hints fit the whole text: what goes on behind one is something else.
fn fits_whole(hint: &Pattern, text: &str) -> bool {
    text.len() <= MAX_HINT && hint.is_match(text)
}

/// The texts of some lines, joined.
pub(super) fn joined(lines: &[Line<'_>], range: Range<usize>, by: &str) -> String {
    let mut out = String::new();
    for line in lines[range].iter().filter(|l| l.is_text()) {
        if !out.is_empty() {
            out.push_str(by);
        }
        out.push_str(&line.text);
        if out.len() > 16 * 1024 {
            break;
        }
    }
    out
}
