//! What a dialog is about: the command, path, URL or call that stands in its body, unwrapped.

use std::ops::Range;

use super::block::Block;
use super::line::{Kind, Line, is_faint};
use super::unwrap::{Joined, unwrap};
use crate::domain::agent::WrapStyle;
use crate::domain::screen::Screen;

/// Everything that finding a subject needs.
pub(super) struct Place<'a> {
    /// The screen.
    pub screen: &'a Screen,
    /// Its lines.
    pub lines: &'a [Line<'a>],
    /// The dialog's block.
    pub block: &'a Block,
    /// How its rows are wrapped.
    pub wrap: WrapStyle,
    /// Columns on the right that its text leaves free beyond its left margin.
    pub inset: usize,
    /// The capture has no colours.
    pub plain: bool,
}

impl Place<'_> {
    /// The command in the body: between two dashed lines, in an inner box, or indented deeper than the heading.
    pub(super) fn command(&self) -> Option<Joined> {
        let inside = self.block.lines.start..self.block.question.start;
        let dashes = self.edges(inside.clone(), Kind::Dashes);
        if !dashes.is_empty() {
            let [top, bottom] = dashes[..] else { return None };
            return self.between(top + 1..bottom);
        }
        let (tops, bottoms) = (self.edges(inside.clone(), Kind::Top), self.edges(inside, Kind::Bottom));
        match (&tops[..], &bottoms[..]) {
            ([], []) => self.indented(),
            ([top], [bottom]) if top < bottom => self.boxed(top + 1..*bottom),
            _ => None,
        }
    }

    /// The edges that the dialog itself draws: from side to side of its frame. What a command shows is indented.
    fn edges(&self, range: Range<usize>, kind: Kind) -> Vec<usize> {
        let boxes = self.boxes();
        range
            .filter(|&i| {
                let l = &self.lines[i];
                l.kind == kind
                    && l.boxes == boxes
                    && l.indent() <= 1
                    && l.width() + 2 * l.indent() >= l.right - l.left
            })
            .collect()
    }

    /// Boxes around the dialog's own rows.
    fn boxes(&self) -> u8 {
        self.lines[self.block.lines.end - 1].boxes
    }

    fn between(&self, range: Range<usize>) -> Option<Joined> {
        let texts = self.lines.get(range.clone())?.iter().filter(|l| !l.is_blank());
        let barred = texts.clone().count() > 0 && texts.clone().all(|l| l.text.starts_with('│'));
        let base = texts.map(|l| l.column).min()?;
        let skip = if barred { base + 2 } else { base };
        let rows: Vec<&str> = range.clone().map(|i| self.row_from(i, skip)).collect();
        let right = self.lines.get(range.start)?.right.saturating_sub(base);
        let wrap = if self.wrap == WrapStyle::Keep { WrapStyle::Trim } else { self.wrap };
        join(&rows, right.saturating_sub(skip + self.inset), wrap)
    }

    fn boxed(&self, range: Range<usize>) -> Option<Joined> {
        let lines = self.lines.get(range.clone())?;
        let boxes = self.boxes() + 1;
        if lines.iter().any(|l| l.boxes != boxes) {
            return None;
        }
        let base = lines.iter().filter(|l| l.is_text()).map(|l| l.column).min()?;
        let frame = lines.first()?;
        let right = frame.right.saturating_sub(base - frame.left);
        let rows: Vec<&str> = range.map(|i| self.row_from(i, base)).collect();
        join(&rows, right.saturating_sub(base + self.inset), self.wrap)
    }

    fn indented(&self) -> Option<Joined> {
        let block = self.block;
        let head = self.lines.get(block.heading.start)?;
        let first = block.body.clone().find(|&i| !self.lines[i].is_blank())?;
        let base = self.lines[first].column;
        if self.barred(first, base) {
            return self.behind_bar(first, base);
        }
        let framed = block.body.clone().any(|i| self.lines[i].boxes != self.boxes());
        if base < head.column + 2 || framed {
            return None;
        }
        let deep = |i: &usize| self.lines[*i].is_blank() || self.lines[*i].column >= base;
        let end = (first..block.body.end).find(|i| !deep(i)).unwrap_or(block.body.end);
        let end = self.without_remark(first, end);
        let rows: Vec<&str> = (first..end).map(|i| self.row_from(i, base)).collect();
        let frame = &self.lines[first];
        let right = frame.right.saturating_sub(base - frame.left);
        join(&rows, right.saturating_sub(base + self.inset), self.wrap)
    }

    /// True for a row behind a faint bar, as long commands have on their left.
    fn barred(&self, i: usize, base: usize) -> bool {
        let line = &self.lines[i];
        let style = || self.screen.rows[line.row].style_at(line.start);
        let bar = line.text == "│" || line.text.starts_with("│ ");
        line.is_text() && line.column == base && bar && (self.plain || style().is_some_and(is_faint))
    }

    /// The rows behind a bar that begins on line `first`: all of them and nothing else.
    fn behind_bar(&self, first: usize, base: usize) -> Option<Joined> {
        let end =
            (first..self.block.body.end).find(|&i| !self.barred(i, base)).unwrap_or(self.block.body.end);
        let rows: Vec<&str> = (first..end).map(|i| self.row_from(i, base + 2)).collect();
        let frame = &self.lines[first];
        let right = frame.right.saturating_sub(base - frame.left);
        join(&rows, right.saturating_sub(base + 2 + self.inset), self.wrap)
    }

    /// Where the faint remark behind a command begins. Without colours it is the last paragraph, or the last row.
    fn without_remark(&self, first: usize, end: usize) -> usize {
        let last_text = |end: usize| (first..end).rev().find(|&i| self.lines[i].is_text());
        let Some(last) = last_text(end) else { return end };
        if !self.plain {
            let faint = |i: usize| {
                let l = &self.lines[i];
                self.screen.rows[l.row].style_at(l.start).is_some_and(is_faint)
            };
            if faint(first) {
                return end;
            }
            let mut start = last + 1;
            while start > first && (self.lines[start - 1].is_blank() || faint(start - 1)) {
                start -= 1;
            }
            return start;
        }
        if last == first {
            return last + 1;
        }
        if let Some(blank) = (first..last).rev().find(|&i| self.lines[i].is_blank()) {
            return last_text(blank).map_or(last + 1, |i| i + 1);
        }
        // The transcript above often shows the same call: it tells how many rows are the command.
        let above: String = self.lines[..self.block.lines.start]
            .iter()
            .rev()
            .take(24)
            .rev()
            .flat_map(|l| l.text.split_whitespace())
            .collect();
        for k in (first..=last).rev() {
            let command: String = (first..=k).flat_map(|i| self.lines[i].text.split_whitespace()).collect();
            if above.contains(&format!("({command})")) {
                return k + 1;
            }
        }
        last
    }

    /// The rows from the one that begins with `prefix` on.
    pub(super) fn prompt(&self, prefix: &str) -> Option<Joined> {
        // Not in the heading: it may show words of the model. All that follows belongs to it: a row that is left out
        // would be a command that nobody judged.
        let end = self.block.question.end;
        let first = (self.block.heading.end..end).find(|&i| {
            let l = &self.lines[i];
            l.is_text() && l.text.starts_with(prefix)
        })?;
        let base = self.lines[first].column;
        let last = (first..end).rev().find(|&i| !self.lines[i].is_blank())?;
        if (first..=last).any(|i| !self.lines[i].is_blank() && self.lines[i].column < base) {
            return None;
        }
        let rows: Vec<&str> = (first..=last).map(|i| self.row_from(i, base)).collect();
        let frame = &self.lines[first];
        let right = if frame.bar { frame.right } else { frame.right.saturating_sub(base) };
        let mut joined = join(&rows, right.saturating_sub(base + self.inset), self.wrap)?;
        joined.text.drain(..prefix.len());
        if let Some(alternative) = &mut joined.alternative {
            alternative.drain(..prefix.len());
        }
        Some(joined)
    }

    /// `Tool(argument)` in the body: the tool and what is in the parentheses.
    pub(super) fn call(&self) -> Option<(String, String)> {
        let body = self.block.heading.end..self.block.question.start;
        let from = self.lines.get(body.clone())?.iter().position(|l| l.is_text() && l.text.contains('('))?;
        let start = body.start + from;
        let rows: Vec<&str> =
            self.lines[start..body.end].iter().take_while(|l| l.is_text()).map(|l| &*l.text).collect();
        let frame = &self.lines[start];
        let right = frame.right.saturating_sub(frame.indent());
        let text = unwrap(&rows, right.saturating_sub(frame.column), self.wrap).text;
        // A row that ends with one may go on in the next; a line that does is the last, and a remark may follow.
        let last = text.split('\n').position(|line| line.ends_with(')'))?;
        let text = text.split('\n').take(last + 1).collect::<Vec<_>>().join(" ");
        let open = text.find('(').filter(|&open| open > 0)?;
        let (argument, behind) = text[open + 1..].split_at_checked(closing(&text[open + 1..])?)?;
        // A parenthesis in the middle may be a path's own.
        let ends = matches!(behind.strip_prefix(')')?.trim(), "" | "(MCP)");
        ends.then(|| (text[..open].trim().to_owned(), argument.trim().to_owned()))
    }

    /// The first rows of the body that name a path: of the inner box, or what the heading has below its first row.
    pub(super) fn path(&self) -> Option<String> {
        let block = self.block;
        let inner = self.edges(block.body.clone(), Kind::Top).first().map(|top| top + 1);
        let framed = block.body.clone().any(|i| self.lines[i].boxes != self.boxes());
        let (first, end) = match inner {
            Some(first) => (first, block.body.end),
            None if framed => return None,
            None => (block.heading.start + 1, block.heading.end),
        };
        let rows: Vec<&str> =
            (first..end).map(|i| &self.lines[i]).take_while(|l| l.is_text()).map(|l| &*l.text).collect();
        let frame = self.lines.get(first)?;
        let right = frame.right.saturating_sub(frame.indent());
        let joined = unwrap(&rows, right.saturating_sub(frame.column), self.wrap);
        (!joined.text.is_empty() && !joined.text.contains('\n')).then_some(joined.text)
    }

    /// The line's own text from a column on, frames at its end left out.
    fn row_from(&self, i: usize, column: usize) -> &str {
        let line = &self.lines[i];
        let row = &self.screen.rows[line.row];
        let from = row.byte_of_column(column).unwrap_or(line.end);
        row.text().get(from..line.end).unwrap_or_default().trim_end()
    }
}

/// The rows without empty ones at either end, joined.
fn join(rows: &[&str], room: usize, wrap: WrapStyle) -> Option<Joined> {
    let from = rows.iter().position(|r| !r.is_empty())?;
    let to = rows.iter().rposition(|r| !r.is_empty())?;
    Some(unwrap(&rows[from..=to], room, wrap))
}

/// Where the parenthesis that is open at the start closes; those in double quotes do not count.
fn closing(s: &str) -> Option<usize> {
    let mut depth = 1;
    let mut quoted = false;
    for (i, c) in s.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

/// The path in the arguments of a call as the agent prints them, or all of them; `None`: it may be one of two, for a pattern
/// may hold the like.
pub(super) fn path_of(argument: &str) -> Option<&str> {
    for name in ["path: \"", "url: \"", "query: \""] {
        let mut found = argument.split(name).skip(1);
        if let Some(rest) = found.next() {
            let (path, behind) = rest.split_once('"')?;
            let alone = found.next().is_none() && (behind.is_empty() || behind.starts_with(','));
            return alone.then_some(path);
        }
    }
    Some(argument.strip_prefix('"').and_then(|a| a.strip_suffix('"')).unwrap_or(argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_among_arguments_is_one_or_none() {
        for (argument, expected) in [
            ("/a/b", Some("/a/b")),
            ("\"/a/b\"", Some("/a/b")),
            ("pattern: \"x\", path: \"/etc\"", Some("/etc")),
            ("file_path: \"a\", limit: 3", Some("a")),
            ("pattern: \"path: \"src\", path: \"/etc\"", None),
            ("path: \"a\"/../../etc\"", None),
            ("url: \"https://a/\", prompt: \"url: \"https://b/\"\"", None),
            ("path: \"a", None),
        ] {
            assert_eq!(path_of(argument), expected, "{argument}");
        }
    }
}
