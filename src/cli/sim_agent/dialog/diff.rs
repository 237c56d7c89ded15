//! A change of a file as the agent shows it: numbered lines, what goes, what comes, two lines around. Not a general
//! diff: there is one place, and it is known.

use ratatui::text::Line;

use crate::cli::sim_agent::paint::{ADDED, DIM, GONE, PLAIN, span};
use crate::domain::text;

const AROUND: usize = 2;

/// A change at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// Number of the first line of `before`.
    first: usize,
    before: Vec<String>,
    old: Vec<String>,
    new: Vec<String>,
    after: Vec<String>,
}

impl Diff {
    /// The change of `old` to `new` in a file's text. With an empty `old` the new lines are added at the end.
    pub fn new(file: Option<&str>, old: &str, new: &str) -> Self {
        let lines = |s: &str| s.lines().map(str::to_owned).collect::<Vec<_>>();
        let all = lines(file.unwrap_or_default());
        let (old, new) = (lines(old), lines(new));
        let at = if old.is_empty() {
            all.len()
        } else {
            all.windows(old.len()).position(|w| w == old).unwrap_or(0)
        };
        let from = at.saturating_sub(AROUND);
        let end = (at + old.len()).min(all.len());
        Self {
            first: from + 1,
            before: all[from..at].to_vec(),
            after: all[end..(end + AROUND).min(all.len())].to_vec(),
            old,
            new,
        }
    }

    /// Number of lines added and removed.
    pub fn counts(&self) -> (usize, usize) {
        (self.new.len(), self.old.len())
    }

    /// The lines, `indent` columns in; changed ones are painted over the whole width.
    pub fn lines(&self, width: u16, indent: usize) -> Vec<Line<'static>> {
        let digits =
            (self.first + self.before.len() + self.old.len().max(self.new.len()) + AROUND).to_string().len();
        let mut out = Vec::new();
        let mut row = |n: usize, mark: char, body: &str| {
            let head = format!(" {n:>digits$} {mark}");
            let room = usize::from(width).saturating_sub(indent + head.len());
            let body = text::fit(body, room);
            let (number, style) = match mark {
                '-' => GONE,
                '+' => ADDED,
                _ => (DIM, PLAIN),
            };
            let pad = if mark == ' ' { 0 } else { room.saturating_sub(text::width(&body)) };
            out.push(Line::from(vec![
                span(" ".repeat(indent), PLAIN),
                span(head, number),
                span(format!("{body}{}", " ".repeat(pad)), style),
            ]));
        };
        let mut n = self.first;
        for l in &self.before {
            row(n, ' ', l);
            n += 1;
        }
        for (i, l) in self.old.iter().enumerate() {
            row(n + i, '-', l);
        }
        for l in &self.new {
            row(n, '+', l);
            n += 1;
        }
        for l in &self.after {
            row(n, ' ', l);
            n += 1;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_its_place() {
        let check = |file: Option<&str>, old: &str, new: &str, want: &[&str]| {
            let got: Vec<String> = Diff::new(file, old, new)
                .lines(20, 0)
                .iter()
                .map(|l| l.to_string().trim_end().to_owned())
                .collect();
            assert_eq!(got, want, "{old:?} -> {new:?}");
        };
        let file = Some("one\ntwo\nthree\nfour\nfive\n");
        check(file, "three", "3", &[" 1  one", " 2  two", " 3 -three", " 3 +3", " 4  four", " 5  five"]);
        check(file, "", "six", &[" 4  four", " 5  five", " 6 +six"]);
        check(file, "one\ntwo", "", &[" 1 -one", " 2 -two", " 1  three", " 2  four"]);
        check(None, "x", "y", &[" 1 -x", " 1 +y"]);
    }
}
