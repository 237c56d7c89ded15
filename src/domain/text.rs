//! What may be drawn: the one place that decides which characters of foreign text are printable, and the widths and
//! cuts that follow. Not for masking secrets.

use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Combining marks beyond this number on one cell are dropped (stacked marks have crashed terminals).
pub const MAX_MARKS: usize = 8;

/// True for characters that may reach a terminal: no control characters (C0, DEL, C1), no bidirectional overrides, no
/// line or paragraph separators, no tag characters, no invisible fillers that hide text.
pub fn is_printable(c: char) -> bool {
    !matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// True for what may not be drawn, and for what is and is not seen: joiners, fillers, selectors, and the sign that stands for them.
pub fn is_unseen(c: char) -> bool {
    let filler =
        matches!(c, '\u{a0}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{fffd}');
    let of_no_width = matches!(c, '\u{ad}' | '\u{34f}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    filler || of_no_width || c != '\n' && !is_printable(c)
}

/// The text without characters that may not be drawn.
pub fn printable(s: &str) -> String {
    if s.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return s.to_owned();
    }
    s.chars().filter(|&c| is_printable(c)).collect()
}

/// The same for a text of several lines: the line breaks stay.
pub fn printable_lines(s: &str) -> String {
    s.chars().filter(|&c| c == '\n' || is_printable(c)).collect()
}

/// True if a text in lower case has all the words of a filter; `!` in front inverts, a filter without words lets all through.
pub fn passes(filter: &str, hay: &str) -> bool {
    let (invert, words) = filter.strip_prefix('!').map_or((false, filter), |w| (true, w));
    let words = words.to_lowercase();
    words.trim().is_empty() || words.split_whitespace().all(|w| hay.contains(w)) != invert
}

/// A time in few characters: `41s`, `2m 04s`, `34m`, `3h 05m`, `2d 3h`.
pub fn age(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s}s"),
        60..600 => format!("{}m {:02}s", s / 60, s % 60),
        600..3600 => format!("{}m", s / 60),
        3600..86400 => format!("{}h {:02}m", s / 3600, s / 60 % 60),
        _ => format!("{}d {}h", s / 86400, s / 3600 % 24),
    }
}

/// Columns that a character takes in a terminal: 0 for combining marks, 2 for wide ones.
pub fn char_width(c: char) -> usize {
    if c.is_ascii() { usize::from(!c.is_ascii_control()) } else { c.width().unwrap_or(0) }
}

/// Columns that a text takes.
pub fn width(s: &str) -> usize {
    if s.is_ascii() { s.len() } else { s.width() }
}

/// The text cut to `max` columns; what was cut is told by a closing `…`.
pub fn fit(s: &str, max: usize) -> String {
    if width(s) <= max {
        return s.to_owned();
    }
    if max == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for g in s.graphemes(true) {
        let w = width(g);
        if used + w > max - 1 {
            break;
        }
        used += w;
        out.push_str(g);
    }
    out.push('…');
    out
}

/// So many of them: `1 task`, `2 tasks`.
pub fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The word of `known` that is nearest to `word`, if one is near enough to be meant (edit distance at most a third of
/// its length, at least 1).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (distance(word, k), k))
        .filter(|(d, k)| *d <= (k.chars().count() / 3).max(1))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other, letters compared without case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            d[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let plain = replaced.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                if swapped { plain.min(d[i - 2][j - 2] + 1) } else { plain }
            };
        }
    }
    d[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_hiding_characters_are_not_printable() {
        for c in ['\x1b', '\x07', '\u{9b}', '\u{202e}', '\u{2066}', '\u{e0041}', '\u{feff}', '\n'] {
            assert!(!is_printable(c), "{:x}", c as u32);
        }
        for c in ['a', 'é', '漢', '❯', '\u{301}', '\u{a0}', '🦀'] {
            assert!(is_printable(c), "{:x}", c as u32);
        }
    }

    #[test]
    fn fit_never_exceeds_and_marks_the_cut() {
        assert_eq!(fit("dev_worker1", 20), "dev_worker1");
        assert_eq!(fit("dev_worker1", 5), "dev_…");
        assert_eq!(fit("漢字漢字", 5), "漢字…");
        assert_eq!(fit("漢字漢字", 4), "漢…");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["name", "socket", "preset", "protected"];
        assert_eq!(nearest("nam", known), Some("name"));
        assert_eq!(nearest("sokcet", known), Some("socket"));
        assert_eq!(nearest("Protectd", known), Some("protected"));
        assert_eq!(nearest("zzz", known), None);
    }
}
