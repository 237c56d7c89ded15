//! Masking whole screens, and making a screen nobody's: for frames that are saved and become fixtures, and for walls.

use std::ops::Range;

use super::{MASK, Secrets};
use crate::domain::ansi;
use crate::domain::screen::{Row, Screen, Span};
use crate::domain::text;

impl Secrets {
    /// A screen that can be shown to anybody: secrets masked, the given words (a home, a user, a host) replaced by dots
    /// of their width. A row that fills the width goes on in the next one, so that a secret broken by the edge is found.
    pub fn anonymous(&self, screen: &Screen, words: &[&str]) -> Screen {
        let width = usize::from(screen.width);
        let mut whole = String::new();
        let mut starts = Vec::with_capacity(screen.rows.len());
        for row in &screen.rows {
            starts.push(whole.len());
            whole.push_str(row.text());
            if width == 0 || text::width(row.text()) < width {
                whole.push('\n');
            }
        }
        let mut hidden = self.find(&whole);
        for word in words.iter().filter(|w| w.chars().count() >= 3) {
            hidden.extend(whole.match_indices(word).map(|(i, w)| i..i + w.len()));
        }
        if hidden.is_empty() {
            return screen.clone();
        }
        let rows = screen.rows.iter().zip(starts).map(|(row, start)| masked(row, start, &hidden)).collect();
        Screen { rows, ..screen.clone() }
    }
}

/// A row with the hidden bytes (counted from `start` bytes before it) replaced, its runs kept.
fn masked(row: &Row, start: usize, hidden: &[Range<usize>]) -> Row {
    let end = start + row.text().len();
    if hidden.iter().all(|r| r.end <= start || r.start >= end) {
        return row.clone();
    }
    let mut out = String::with_capacity(row.text().len());
    let mut spans = Vec::new();
    let mut at = start;
    for (run, style) in row.runs() {
        for (i, c) in run.char_indices() {
            if hidden.iter().any(|r| r.contains(&(at + i))) {
                out.extend(std::iter::repeat_n(MASK, text::char_width(c)));
            } else {
                out.push(c);
            }
        }
        at += run.len();
        spans.push(Span { end: out.len() as u32, style });
    }
    Row::from_parts(out, spans, row.hides())
}

/// A row that is drawn already, with more of it hidden: the bytes that `its` names in the row as it came.
pub(super) fn masked_like(row: &Row, as_it_came: &Row, its: &[Range<usize>]) -> Row {
    // Both have the same characters but for those that are masked: as many marks as each had columns.
    let mut columns = Vec::new();
    for (at, c) in as_it_came.text().char_indices() {
        let hidden = its.iter().any(|r| r.contains(&at));
        columns.extend(std::iter::repeat_n(hidden, text::char_width(c)));
    }
    let mut hidden = Vec::new();
    let mut column = 0;
    for (at, c) in row.text().char_indices() {
        if columns.get(column).copied().unwrap_or_default() {
            hidden.push(at..at + c.len_utf8());
        }
        column += text::char_width(c);
    }
    masked(row, 0, &hidden)
}

/// A screen as bytes to be saved, made nobody's: what a wall would mask, and the words.
pub fn saved(screen: &Screen, words: &[&str]) -> String {
    let secrets = Secrets::builtin();
    ansi::print(&secrets.anonymous(&secrets.veiled(screen), words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_wraps_is_masked_on_both_rows() {
        let key = format!("sk-ant-{}", "x".repeat(24));
        let mut screen = Screen::plain(&format!("token {}\n{}\nend", &key[..14], &key[14..]));
        screen.width = 20;
        let out = Secrets::builtin().anonymous(&screen, &["end"]);
        assert_eq!(out.to_text(), format!("token {}\n{}\n•••\n", "•".repeat(14), "•".repeat(17)));
    }

    #[test]
    fn what_a_dialog_breaks_within_its_frame_is_not_saved() {
        let key = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";
        let shown = format!(
            "│ export T={:<20} │\n│ {:<29} │\n│ in /home/somebody             │",
            &key[..14],
            &key[14..]
        );
        let screen = Screen { width: 120, ..Screen::plain(&shown) };
        let out = saved(&screen, &["somebody"]);
        let pieces = (4..=key.len() - 4).map(|at| &key[at..at + 4]);
        assert!(pieces.clone().all(|piece| !out.contains(piece)), "{out}");
        assert!(out.contains("│ export T=") && out.contains("/home/••••••••"), "{out}");
    }

    #[test]
    fn a_private_key_is_masked_row_by_row() {
        let begin = format!("-----BEGIN {} KEY-----", "RSA PRIVATE");
        let screen =
            Screen::plain(&format!("$ cat k\n{begin}\nMIIEabc\ndef\n-----END RSA PRIVATE KEY-----\n$ ls"));
        let out = Secrets::builtin().anonymous(&screen, &[]).to_text();
        assert_eq!(out.lines().filter(|l| l.chars().all(|c| c == '•')).count(), 4, "{out}");
        assert!(out.starts_with("$ cat k\n") && out.ends_with("$ ls\n"), "{out}");
    }

    #[test]
    fn rows_that_are_not_full_are_texts_of_their_own() {
        let screen =
            Screen { width: 80, ..Screen::plain("ghp_abcdefg\nhijklmnopqrstuvwxyz0123456789abcdef") };
        assert_eq!(Secrets::builtin().anonymous(&screen, &[]), screen);
    }
}
