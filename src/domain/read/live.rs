//! Cues of work, failure and rest around the composer, and facts shown in passing: mode, context left, tokens.

use std::ops::Range;

use super::block::joined;
use super::line::Line;
use crate::domain::agent::{Manifest, Pattern, Place};
use crate::domain::health::Trouble;
use crate::domain::screen::Screen;
use crate::domain::status::State;

/// Rows above the composer that can be live: spinner, its tip, queued messages, a list of tasks.
const LIVE_ROWS: usize = 24;
/// Rows above the composer that are near.
const NEAR_ROWS: usize = 8;

/// The parts of a screen that cues look at.
pub(super) struct Around<'a> {
    screen: &'a Screen,
    lines: &'a [Line<'a>],
    /// Lines above the composer that are live.
    above: Range<usize>,
    below: String,
    /// The last two paragraphs.
    turn: String,
    /// Where the last one begins in it.
    end: usize,
    placeholder: &'a str,
    title: &'a str,
}

/// A cue that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The state.
    pub state: State,
    /// How sure it is.
    pub weight: f32,
    /// Where it was.
    pub place: Place,
    /// The row, where it was in one.
    pub row: Option<u16>,
    /// What is wrong, where it tells an error.
    pub trouble: Option<Trouble>,
}

/// Facts shown in passing.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Permission mode.
    pub mode: Option<String>,
    /// Percent of the context that is left.
    pub context_left: Option<u8>,
    /// Tokens of the session or turn, as shown.
    pub tokens: Option<u64>,
    /// Number of the pull request.
    pub pull_request: Option<u32>,
    /// Lines added and removed.
    pub diff: Option<(u32, u32)>,
}

impl<'a> Around<'a> {
    /// The parts around a composer that takes the lines `composer`; without one, around the end of the screen.
    pub(super) fn new(
        screen: &'a Screen,
        lines: &'a [Line<'a>],
        manifest: &Manifest,
        composer: Option<Range<usize>>,
        placeholder: &'a str,
        title: &'a str,
    ) -> Self {
        let (top, bottom) = composer.map_or((lines.len(), lines.len()), |c| (c.start, c.end));
        let mut from = top;
        let mut seen = 0;
        while from > 0 && seen < LIVE_ROWS {
            from -= 1;
            seen += usize::from(!lines[from].is_blank());
        }
        let last = paragraph(screen, lines, manifest, from..top);
        let mut turn = told(lines, paragraph(screen, lines, manifest, from..last.start), true) + "\n";
        let end = turn.len();
        turn += &told(lines, last, false);
        Self {
            screen,
            lines,
            above: from..top,
            below: joined(lines, bottom..lines.len(), " "),
            turn,
            end,
            placeholder,
            title,
        }
    }

    /// The first cue of the manifest that fits.
    pub(super) fn cue(&self, manifest: &Manifest) -> Option<Told> {
        manifest.cues.iter().find_map(|cue| {
            let told = |row| Told {
                state: cue.state,
                weight: cue.weight,
                place: cue.place,
                row,
                trouble: cue.trouble,
            };
            match cue.place {
                Place::Above | Place::Near => self
                    .rows(cue.place)
                    .find(|&i| cue.shape.is_match(self.whole(i)))
                    .map(|i| told(Some(u16::try_from(self.lines[i].row).unwrap_or(u16::MAX)))),
                place => cue.shape.is_match(self.text(place)).then(|| told(None)),
            }
        })
    }

    /// The facts that the manifest's notes find.
    pub(super) fn notes(&self, manifest: &Manifest) -> Noted {
        let mut out = Noted::default();
        for note in &manifest.notes {
            let Some(captures) = self.captures(note.place, &note.shape) else {
                continue;
            };
            let named = |name: &str| captures.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            if out.mode.is_none() {
                out.mode = note.mode.clone().or_else(|| named("mode").map(str::to_owned));
            }
            let percent = |name: &str| named(name).and_then(|v| v.parse::<u8>().ok()).filter(|p| *p <= 100);
            if out.context_left.is_none() {
                out.context_left = percent("left").or_else(|| percent("used").map(|u| 100 - u));
            }
            if out.tokens.is_none() {
                out.tokens = named("tokens").and_then(count);
            }
            if out.pull_request.is_none() {
                out.pull_request = named("pr").and_then(|v| v.parse().ok());
            }
            if let (None, Some(added), Some(removed)) = (out.diff, named("added"), named("removed")) {
                out.diff = added.parse().ok().zip(removed.parse().ok());
            }
        }
        out
    }

    fn captures(&self, place: Place, shape: &Pattern) -> Option<Vec<(String, String)>> {
        let found = match place {
            Place::Above | Place::Near => self.rows(place).find_map(|i| shape.captures(self.whole(i))),
            _ => shape.captures(self.text(place)),
        }?;
        Some(
            shape
                .names()
                .filter_map(|n| found.name(n).map(|m| (n.to_owned(), m.as_str().to_owned())))
                .collect(),
        )
    }

    /// The rows that are above or near, the lowest first.
    fn rows(&self, place: Place) -> impl Iterator<Item = usize> {
        let all = place == Place::Near;
        self.above
            .clone()
            .rev()
            .filter(move |&i| self.lines[i].is_text() && (all || self.lines[i].column <= 1))
            .take(if all { NEAR_ROWS } else { 1 })
    }

    fn text(&self, place: Place) -> &str {
        match place {
            Place::Above | Place::Near => "",
            Place::Below => &self.below,
            Place::End => &self.turn[self.end..],
            Place::Turn => &self.turn,
            Place::Title => self.title,
            Place::Placeholder => self.placeholder,
        }
    }

    /// A row as it stands, its indent included.
    fn whole(&self, i: usize) -> &str {
        let line = &self.lines[i];
        &self.screen.rows[line.row].text()[..line.end]
    }
}

/// The last paragraph, without notices that stand far to the right and without rows that only say that a turn is done.
fn paragraph(screen: &Screen, lines: &[Line<'_>], manifest: &Manifest, above: Range<usize>) -> Range<usize> {
    let notice = |l: &Line<'_>| l.column * 5 >= usize::from(screen.width) * 2;
    let done = |l: &Line<'_>| manifest.done.iter().any(|p| p.is_match(&l.text));
    let mut last = above.end;
    while last > above.start
        && (!lines[last - 1].is_text() || notice(&lines[last - 1]) || done(&lines[last - 1]))
    {
        last -= 1;
    }
    let mut first = last;
    while first > above.start && lines[first - 1].is_text() {
        first -= 1;
    }
    first..last
}

/// The rows of a paragraph, joined; the first keeps its indent, or its bar where that is asked for.
fn told(lines: &[Line<'_>], paragraph: Range<usize>, bars: bool) -> String {
    let mut out = String::new();
    for (k, line) in lines[paragraph].iter().enumerate() {
        if k == 0 {
            out.push_str(&" ".repeat(line.column.min(40)));
            if bars && line.bar {
                out.push_str("┃ ");
            }
        } else {
            out.push(' ');
        }
        out.push_str(&line.text);
    }
    out
}

/// `12,345`, `10.3K` or `1.2M` as a number.
fn count(s: &str) -> Option<u64> {
    let s = s.replace(',', "");
    let (digits, unit) = match s.as_bytes().last()? {
        b'k' | b'K' => (&s[..s.len() - 1], 1_000.0),
        b'm' | b'M' => (&s[..s.len() - 1], 1_000_000.0),
        _ => (s.as_str(), 1.0),
    };
    let n: f64 = digits.parse().ok()?;
    (n.is_finite() && (0.0..1e15).contains(&(n * unit))).then(|| (n * unit).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_are_read_as_shown() {
        for (s, want) in [
            ("12,345", Some(12_345)),
            ("10.3K", Some(10_300)),
            ("8.1k", Some(8_100)),
            ("1.5M", Some(1_500_000)),
            ("", None),
            ("K", None),
            ("-3", None),
        ] {
            assert_eq!(count(s), want, "{s}");
        }
    }
}
