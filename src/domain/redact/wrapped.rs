//! Secrets that a program broke over several rows: indented, framed, at any place. For walls, where one mark too many is
//! better than half a secret. Rows that say nothing end a paragraph; across them nothing is joined.

use std::ops::Range;

use super::{MASK, Secrets, screen};
use crate::domain::screen::{Row, Screen};
use crate::domain::text;

/// From where one may begin, it is looked for in so many bytes: a screen full of keywords must not cost a frame's time.
const MOST: usize = 1024;
/// No keyword of a rule is longer.
const KEYWORD: usize = 32;

impl Secrets {
    /// A screen that can be shown to anybody: as [`Secrets::anonymous`], and what is broken inside of the width is found.
    pub fn veiled(&self, screen: &Screen) -> Screen {
        let once = self.anonymous(screen, &[]);
        let rows: Vec<&str> = screen.rows.iter().map(Row::text).collect();
        let hidden = self.broken(&rows);
        if hidden.is_empty() {
            return once;
        }
        let masked = |(at, row)| {
            let its: Vec<Range<usize>> =
                hidden.iter().flatten().filter(|p| p.0 == at).map(|p| p.1.clone()).collect();
            // By its own columns: what was masked already has other bytes.
            screen::masked_like(row, &screen.rows[at], &its)
        };
        Screen { rows: once.rows.iter().enumerate().map(masked).collect(), ..once }
    }

    /// The secrets that are broken over several rows of a screen, each without its breaks and blanks.
    pub fn torn(&self, screen: &Screen) -> Vec<String> {
        let rows: Vec<&str> = screen.rows.iter().map(Row::text).collect();
        let mut torn: Vec<String> = self
            .broken(&rows)
            .iter()
            .map(|pieces| pieces.iter().flat_map(|(row, r)| solid(&rows[*row][r.clone()])).collect())
            .collect();
        torn.sort();
        torn.dedup();
        torn
    }

    /// The secrets of a text whose breaks are gone, each without its blanks: there may be others of it that still has them.
    pub fn solid(&self, text: &str) -> Vec<String> {
        self.find(text).into_iter().map(|r| solid(&text[r]).collect()).collect()
    }

    /// A line with its secrets masked, and the torn ones too, whatever stands between their parts there.
    pub fn mask_torn(&self, line: &str, torn: &[String]) -> String {
        let mut hidden = self.find(line);
        let (marks, whole) = marks(line);
        for its in places(&marks, &whole, torn) {
            hidden.extend(its.iter().map(|(at, c)| *at..at + c.len_utf8()));
        }
        let hide = |(at, c): (usize, char)| {
            if c != '\n' && hidden.iter().any(|r| r.contains(&at)) {
                MASK.to_string().repeat(text::char_width(c))
            } else {
                c.to_string()
            }
        };
        line.char_indices().map(hide).collect()
    }

    /// Where secrets stand that go over several rows: for each the rows and the bytes in them.
    fn broken(&self, rows: &[&str]) -> Vec<Vec<(usize, Range<usize>)>> {
        let texts: Vec<Range<usize>> = rows.iter().map(|row| inner(row)).collect();
        let mut found = Vec::new();
        let mut first = 0;
        while first < rows.len() {
            let end = (first..rows.len()).find(|&i| texts[i].is_empty()).unwrap_or(rows.len());
            self.paragraph(rows, &texts, first..end, &mut found);
            first = end + 1;
        }
        found
    }

    /// The same within rows that all say something.
    fn paragraph(
        &self,
        rows: &[&str],
        texts: &[Range<usize>],
        paragraph: Range<usize>,
        found: &mut Vec<Vec<(usize, Range<usize>)>>,
    ) {
        let text = |i: usize| &rows[i][texts[i].clone()];
        let whole: String = paragraph.clone().map(text).collect();
        if paragraph.len() < 2 || !self.any.is_match(&whole) {
            return;
        }
        // A word at the end of the row before would hide the beginning of one that begins its row.
        for start in paragraph.clone() {
            let mut near = text(start).to_owned();
            let enough = near.len() + KEYWORD;
            for row in start + 1..paragraph.end {
                if near.len() >= enough {
                    break;
                }
                near.push_str(text(row));
            }
            if start > paragraph.start && !self.any.is_match(&near) {
                continue;
            }
            let mut bytes = 0;
            let fits = |i: &usize| {
                let before = bytes;
                bytes += texts[*i].len();
                start == paragraph.start || before < MOST
            };
            let rows = start..start + (start..paragraph.end).take_while(fits).count();
            let joined: String = rows.clone().map(text).collect();
            for secret in self.find(&joined) {
                let mut from = 0;
                let mut pieces = Vec::new();
                for row in rows.clone() {
                    let its = texts[row].clone();
                    let (a, b) = (secret.start.max(from), secret.end.min(from + its.len()));
                    if a < b {
                        pieces.push((row, its.start + a - from..its.start + b - from));
                    }
                    from += its.len();
                }
                if pieces.len() > 1 {
                    found.push(pieces);
                }
            }
        }
    }
}

/// What stands of such secrets on each of the lines of a text that breaks them: who quotes a line quotes no more.
pub fn pieces(lines: &str, torn: &[String]) -> Vec<String> {
    let (marks, whole) = marks(lines);
    let mut all: Vec<String> = Vec::new();
    for its in places(&marks, &whole, torn) {
        let (from, to) = (its.first().map_or(0, |m| m.0), its.last().map_or(0, |m| m.0 + m.1.len_utf8()));
        let parts = lines[from..to].split('\n').map(|part| &part[inner(part)]);
        // A shorter one tells nothing, and stands everywhere.
        all.extend(parts.filter(|part| part.len() >= 4).map(str::to_owned));
    }
    all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// What a line says between its gaps, with its places, and as a text.
fn marks(line: &str) -> (Vec<(usize, char)>, String) {
    let marks: Vec<(usize, char)> = line.char_indices().filter(|(_, c)| !is_gap(*c)).collect();
    let whole = marks.iter().map(|(_, c)| c).collect();
    (marks, whole)
}

/// Where such secrets stand there.
fn places<'a>(marks: &'a [(usize, char)], whole: &str, torn: &[String]) -> Vec<&'a [(usize, char)]> {
    let mut all = Vec::new();
    for secret in torn.iter().filter(|s| !s.is_empty()) {
        for (at, found) in whole.match_indices(secret.as_str()) {
            let first = whole[..at].chars().count();
            all.push(&marks[first..first + found.chars().count()]);
        }
    }
    all
}

/// What a row says, without indents and the frames at its sides.
fn inner(row: &str) -> Range<usize> {
    let start = row.len() - row.trim_start_matches(is_gap).len();
    start..start.max(row.trim_end_matches(is_gap).len())
}

/// True for what stands between the parts of a text that goes on: blanks, frames, the mark of a line break.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2500}'..='\u{257f}' | '|' | '⏎')
}

fn solid(s: &str) -> impl Iterator<Item = char> {
    s.chars().filter(|c| !is_gap(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";

    /// No four characters of it in a row are left; what it begins with tells only what it is.
    fn shows(text: &str) -> bool {
        (4..=KEY.len() - 4).any(|at| text.contains(&KEY[at..at + 4]))
    }

    #[test]
    fn a_secret_is_masked_wherever_it_is_broken_and_however_it_is_framed() {
        let secrets = Secrets::builtin();
        for (left, right) in [("", ""), ("  ", ""), ("│ ", " │"), ("  ┃  ", "  ┃"), ("| ", " |")] {
            for before in ["", "export TOKEN=", "curl -H x "] {
                for at in 1..KEY.len() {
                    for again in [at + 1, (at + 7).min(KEY.len()), KEY.len()] {
                        let rows = [
                            "a word before".to_owned(),
                            format!("{before}{}", &KEY[..at]),
                            KEY[at..again].to_owned(),
                            KEY[again..].to_owned(),
                            String::new(),
                            "Do you want to proceed?".to_owned(),
                        ];
                        let rows: Vec<String> =
                            rows.iter().map(|r| format!("{left}{r:<60}{right}")).collect();
                        let screen = Screen { width: 120, ..Screen::plain(&rows.join("\n")) };
                        let out = secrets.veiled(&screen).to_text();
                        assert!(!shows(&out), "{left:?} {before:?} {at} {again}\n{out}");
                        assert!(
                            out.contains("a word before") && out.contains("Do you want to proceed?"),
                            "{out}"
                        );
                        let widths = |s: &str| s.lines().map(text::width).collect::<Vec<_>>();
                        assert_eq!(widths(&out), widths(&screen.to_text()));
                        let line = format!("run {} {} ⏎ {} now", &KEY[..at], &KEY[at..again], &KEY[again..]);
                        let line = secrets.mask_torn(&line, &secrets.torn(&screen));
                        assert!(
                            !shows(&line) && line.starts_with("run ") && line.ends_with(" now"),
                            "{line}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn paragraphs_stay_apart_and_what_is_no_secret_stays() {
        let screen = Screen {
            width: 80,
            ..Screen::plain(
                "│ ghp_abcdefg │\n│             │\n│ hijklmnopqrstuvwx │\nthe token is\nrefreshed",
            )
        };
        assert_eq!(Secrets::builtin().veiled(&screen), screen);
        assert_eq!(Secrets::builtin().mask_torn("the token ⏎ is", &["other".to_owned()]), "the token ⏎ is");
    }
}
