//! The choices at the live end of a screen: a numbered list, a plain list or a row of words, with one of them marked.
//! What they mean and what they belong to is for `dialog` and `block`.

use super::line::{Kind, Line};
use crate::domain::agent::ChoiceShape;
use crate::domain::screen::{Screen, Style};

/// A list longer than this is no choice of a dialog.
const MAX_CHOICES: usize = 40;
/// Rows that one label may take.
const MAX_LABEL_ROWS: usize = 12;

/// One choice.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Its number, in numbered lists.
    pub number: Option<u32>,
    /// Its label with every row that belongs to it, unwrapped.
    pub label: String,
    /// Bytes of the label without a description that stands below it in rows of its own.
    pub name: usize,
    /// It is the marked one.
    pub marked: bool,
    /// Index of the first line it takes.
    pub first: usize,
    /// Index of the last line it takes.
    pub last: usize,
}

/// The choices of one dialog, in order.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    /// The choices.
    pub items: Vec<Choice>,
    /// Numbered from 1 without a gap, or not numbered at all.
    pub ordered: bool,
    /// They stand in one row.
    pub in_a_row: bool,
    /// Index of the marked one, if exactly one is.
    pub marked: Option<usize>,
}

impl Choices {
    /// Index of the first line that belongs to them.
    pub(super) fn first(&self) -> usize {
        self.items.first().map_or(0, |c| c.first)
    }

    /// Index of the last line that belongs to them.
    pub(super) fn last(&self) -> usize {
        self.items.last().map_or(0, |c| c.last)
    }

    /// Columns left of all of them, frames not counted.
    pub(super) fn margin(&self, screen: &Screen, lines: &[Line<'_>]) -> usize {
        let blanks = |c: &Choice| {
            let row = screen.rows[lines[c.first].row].text();
            row.chars().take_while(|&ch| ch == ' ' || ch == '\u{a0}').count()
        };
        self.items.iter().map(blanks).min().unwrap_or(0)
    }

    fn new(items: Vec<Choice>, ordered: bool, in_a_row: bool) -> Self {
        let mut marks = items.iter().enumerate().filter(|(_, c)| c.marked).map(|(i, _)| i);
        let marked = match (marks.next(), marks.next()) {
            (Some(i), None) => Some(i),
            _ => None,
        };
        Self { items, ordered, in_a_row, marked }
    }
}

/// Finds the lowest choices on the screen.
pub(super) fn find(screen: &Screen, lines: &[Line<'_>], shape: &ChoiceShape) -> Option<Choices> {
    let numbered = numbered(screen, lines, shape);
    if let Some(row) = in_a_row(screen, lines, shape)
        && numbered.as_ref().is_none_or(|n| n.last() < row.first())
    {
        return Some(row);
    }
    let listed = || listed(lines, shape);
    match numbered {
        Some(n) if n.marked.is_some() => Some(n),
        Some(n) => Some(listed().filter(|l| l.first() > n.last()).unwrap_or(n)),
        None => listed(),
    }
}

/// A line read as a numbered choice.
struct Numbered<'a> {
    marked: bool,
    number: u32,
    label: &'a str,
    /// Column of the number.
    column: usize,
}

fn as_numbered<'a>(line: &'a Line<'_>, marks: &[char]) -> Option<Numbered<'a>> {
    if !line.is_text() {
        return None;
    }
    let (marked, rest, skipped) = unmark(&line.text, marks);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 2 {
        return None;
    }
    let label = rest[digits..].strip_prefix(['.', ')'])?;
    Some(Numbered {
        marked,
        number: rest[..digits].parse().ok()?,
        label: label.trim(),
        column: line.column + skipped,
    })
}

/// The text behind a mark and how many columns mark and blanks take.
fn unmark<'a>(text: &'a str, marks: &[char]) -> (bool, &'a str, usize) {
    // A list that scrolls shows an arrow where the mark would be.
    let Some(first) = text.chars().next().filter(|c| marks.contains(c) || matches!(c, '↓' | '↑')) else {
        return (false, text, 0);
    };
    let behind = &text[first.len_utf8()..];
    let rest = behind.trim_start();
    if rest.len() == behind.len() {
        return (false, text, 0);
    }
    (marks.contains(&first), rest, 1 + behind.len() - rest.len())
}

fn numbered(screen: &Screen, lines: &[Line<'_>], shape: &ChoiceShape) -> Option<Choices> {
    let bottom = lines.iter().rposition(|l| as_numbered(l, &shape.marks).is_some())?;
    let mut found: Vec<(usize, Numbered<'_>)> = Vec::new();
    let mut rules = 0;
    let mut gap = 0;
    for i in (0..=bottom).rev() {
        let line = &lines[i];
        if let Some(n) = as_numbered(line, &shape.marks) {
            if found.last().is_some_and(|(_, below)| n.number >= below.number) {
                break;
            }
            let done = n.number <= 1;
            found.push((i, n));
            gap = 0;
            if done || found.len() >= MAX_CHOICES {
                break;
            }
            continue;
        }
        gap += 1;
        match line.kind {
            Kind::Text if gap <= MAX_LABEL_ROWS => {}
            Kind::Rule if rules == 0 => rules += 1,
            // A label that fills its row to the end has been drawn with an empty row behind it.
            Kind::Blank if i > 0 && lines[i - 1].is_full() => {}
            _ => break,
        }
    }
    found.reverse();
    let ordered = found.iter().enumerate().all(|(i, (_, n))| n.number as usize == i + 1);
    let styles: Vec<Option<Style>> =
        found.iter().map(|(i, _)| screen.rows[lines[*i].row].style_at(lines[*i].start)).collect();
    let mut items: Vec<Choice> = Vec::with_capacity(found.len());
    for (k, (i, n)) in found.iter().enumerate() {
        let limit = found.get(k + 1).map_or(lines.len(), |(next, _)| *next);
        let (label, name, last) = label(lines, *i, limit, n, shape);
        items.push(Choice { number: Some(n.number), label, name, marked: n.marked, first: *i, last });
    }
    if !shape.marks.is_empty() || items.iter().any(|c| c.marked) {
        return Some(Choices::new(items, ordered, false));
    }
    if let Some(odd) = odd_one(&styles) {
        items[odd].marked = true;
    }
    Some(Choices::new(items, ordered, false))
}

/// The label that begins on line `i` with the rows below that belong to it, how much of it is the name, and the index of
/// its last line.
fn label(
    lines: &[Line<'_>],
    i: usize,
    limit: usize,
    n: &Numbered<'_>,
    shape: &ChoiceShape,
) -> (String, usize, usize) {
    let mut text = n.label.to_owned();
    let mut name = text.len();
    let mut last = i;
    let first = &lines[i];
    for (k, line) in lines.iter().enumerate().take(limit).skip(i + 1) {
        let before = &lines[last];
        let wrapped = before.wraps_into(line);
        let goes_on = line.is_text()
            && k - i <= MAX_LABEL_ROWS
            && line.boxes == first.boxes
            && line.bar == first.bar
            && (line.column > n.column || (line.column == n.column && wrapped))
            && !shape.cuts.iter().any(|p| p.is_match(&line.text))
            && (line.column > n.column || !shape.hints.iter().any(|p| p.is_match(&line.text)));
        if !goes_on {
            break;
        }
        // A word that is longer than a row is broken at the very end of it.
        let broken = before.right.saturating_sub(before.column + before.width()) <= 1
            && text.rsplit(' ').next().map_or(0, str::len) + line.text.split(' ').next().map_or(0, str::len)
                > before.right.saturating_sub(n.column);
        let named = wrapped && name == text.len();
        if !broken && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&line.text);
        if named {
            name = text.len();
        }
        last = k;
    }
    (text, name, last)
}

/// The one that looks different from all others, which look alike.
fn odd_one(styles: &[Option<Style>]) -> Option<usize> {
    if styles.len() < 2 {
        return None;
    }
    let differs = |i: usize| styles.iter().filter(|s| **s != styles[i]).count() == styles.len() - 1;
    let mut odd = (0..styles.len()).filter(|&i| differs(i));
    match (odd.next(), odd.next()) {
        (Some(i), None) => Some(i),
        // Of two that differ from each other, neither is odd by itself: a painted background tells.
        (Some(a), Some(b)) if styles.len() == 2 => {
            let faint = |i: usize| styles[i].is_some_and(super::line::is_faint);
            match (faint(a), faint(b)) {
                (false, true) => Some(a),
                (true, false) => Some(b),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Columns of a check mark in front of a label.
fn checked(text: &str) -> usize {
    if text.starts_with("✔ ") || text.starts_with("✓ ") { 2 } else { 0 }
}

/// A list without numbers: the marked row and its neighbours whose text begins in the same column.
fn listed(lines: &[Line<'_>], shape: &ChoiceShape) -> Option<Choices> {
    let (at, column) = lines.iter().enumerate().rev().find_map(|(i, l)| {
        let (marked, rest, skipped) = unmark(&l.text, &shape.marks);
        (marked && l.is_text() && !rest.is_empty()).then_some((i, l.column + skipped + checked(rest)))
    })?;
    let alike = |l: &Line<'_>| {
        let (_, rest, skipped) = unmark(&l.text, &shape.marks);
        l.is_text() && l.column + skipped + checked(rest) == column && l.boxes == lines[at].boxes
    };
    let deeper = |l: &Line<'_>| l.is_text() && l.column > column;
    let mut first = at;
    while first > 0 && (alike(&lines[first - 1]) || deeper(&lines[first - 1])) && at - first < MAX_CHOICES {
        first -= 1;
    }
    while first < at && !alike(&lines[first]) {
        first += 1;
    }
    let mut items: Vec<Choice> = Vec::new();
    for (i, line) in lines.iter().enumerate().skip(first) {
        if i == at || alike(line) {
            let (marked, label, _) = unmark(&line.text, &shape.marks);
            let name = label.len();
            items.push(Choice { number: None, label: label.to_owned(), name, marked, first: i, last: i });
        } else if deeper(line) {
            if let Some(c) = items.last_mut() {
                c.last = i;
            }
        } else {
            break;
        }
        if items.len() >= MAX_CHOICES {
            break;
        }
    }
    Some(Choices::new(items, true, false))
}

/// Choices that stand in one row, at least two blanks apart.
fn in_a_row(screen: &Screen, lines: &[Line<'_>], shape: &ChoiceShape) -> Option<Choices> {
    if shape.rows.is_empty() {
        return None;
    }
    lines.iter().enumerate().rev().filter(|(_, l)| l.is_text()).find_map(|(i, line)| {
        let labels = shape.rows.iter().find(|labels| stands_there(&line.text, labels, &shape.marks))?;
        let row = &screen.rows[line.row];
        let mut styles = Vec::with_capacity(labels.len());
        let mut from = 0;
        let mut glyph = None;
        for (k, label) in labels.iter().enumerate() {
            let at = row.text()[from..].find(label.as_str())? + from;
            let before = row.text()[..at].trim_end();
            if before.ends_with(|c| shape.marks.contains(&c)) {
                glyph = Some(k);
            }
            from = at + label.len();
            styles.push((row.style_at(at), row.style_at(from + 2)));
        }
        let marked = glyph.or_else(|| painted(&styles));
        let items = labels
            .iter()
            .enumerate()
            .map(|(k, label)| Choice {
                number: None,
                label: label.clone(),
                name: label.len(),
                marked: marked == Some(k),
                first: i,
                last: i,
            })
            .collect();
        Some(Choices::new(items, true, true))
    })
}

fn stands_there(text: &str, labels: &[String], marks: &[char]) -> bool {
    let mut rest = text.trim_start_matches(|c| marks.contains(&c)).trim_start();
    for (k, label) in labels.iter().enumerate() {
        if k > 0 {
            let next = rest.trim_start_matches(|c: char| c == ' ' || marks.contains(&c));
            if rest.len() - next.len() < 2 {
                return false;
            }
            rest = next;
        }
        match rest.strip_prefix(label.as_str()) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty() || rest.starts_with("  ")
}

/// The one whose background is not that of the row, if it is one.
fn painted(styles: &[(Option<Style>, Option<Style>)]) -> Option<usize> {
    // Two columns behind a label the row's own background is back.
    let row = styles.first()?.1?.bg;
    let mut odd = (0..styles.len()).filter(|&i| styles[i].0.is_some_and(|s| s.bg != row));
    match (odd.next(), odd.next()) {
        (Some(i), None) => Some(i),
        _ => None,
    }
}
