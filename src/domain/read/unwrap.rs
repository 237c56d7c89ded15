//! Rows of a paragraph joined again into the text that was wrapped. A row break is a line break when the next word
//! would have fitted; else it is a wrap, or *doubtful*: then the other reading is kept beside the likely one.

use crate::domain::agent::WrapStyle as Wrap;
use crate::domain::text;

/// A joined text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    /// The likely reading.
    pub text: String,
    /// The reading with a line break at every doubtful row break, where there was one.
    pub alternative: Option<String>,
}

/// What stands between two rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Line,
    Blank,
    Nothing,
}

/// Joins `rows`, given from the paragraph's left edge on (a deeper indent stays in front), where the paragraph is `room`
/// columns wide.
pub(super) fn unwrap(rows: &[&str], room: usize, wrap: Wrap) -> Joined {
    let room = rows.iter().map(|r| text::width(r.trim_end())).max().unwrap_or(0).max(room);
    let mut likely = String::new();
    let mut broken = String::new();
    let mut doubt = false;
    for (i, row) in rows.iter().enumerate() {
        let row = row.trim_end();
        if i > 0 {
            let before = rows[i - 1].trim_end();
            match joint(before, row, room, wrap) {
                Joint::Line => {
                    likely.push('\n');
                    broken.push('\n');
                }
                Joint::Blank => {
                    if !row.starts_with(' ') {
                        likely.push(' ');
                    }
                    broken.push('\n');
                    doubt = true;
                }
                Joint::Nothing => {
                    broken.push('\n');
                    doubt = true;
                }
            }
        }
        likely.push_str(row);
        broken.push_str(row);
    }
    Joined { text: likely, alternative: doubt.then_some(broken) }
}

fn joint(before: &str, after: &str, room: usize, wrap: Wrap) -> Joint {
    if before.is_empty() || after.is_empty() {
        return Joint::Line;
    }
    let width = text::width(before);
    let full = width >= room;
    if after.starts_with(' ') {
        // Only a wrap that keeps its blanks starts a row with one, and only after a full row.
        return if wrap == Wrap::Keep && full && !after.starts_with("  ") {
            Joint::Blank
        } else {
            Joint::Line
        };
    }
    match wrap {
        Wrap::Keep if full => Joint::Nothing,
        Wrap::Keep | Wrap::Trim => {
            let word = text::width(after.split(' ').next().unwrap_or_default());
            if width + 1 + word <= room {
                Joint::Line
            } else if full && last_word(before) + word > room {
                Joint::Nothing
            } else {
                Joint::Blank
            }
        }
        Wrap::Punctuation => {
            let chunk = after.find(breaks_after).map_or(after, |i| &after[..=i]);
            if width + text::width(chunk.trim_end()) < room {
                Joint::Line
            } else if glued(before, after) {
                Joint::Nothing
            } else {
                Joint::Blank
            }
        }
    }
}

fn last_word(s: &str) -> usize {
    text::width(s.rsplit(' ').next().unwrap_or_default())
}

fn breaks_after(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '/' | '\\' | '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']' | '{' | '}'
    )
}

/// After punctuation: whether the next row goes on without a blank, as far as habit tells.
fn glued(before: &str, after: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    let next = after.chars().next().unwrap_or(' ');
    match before.chars().next_back().unwrap_or(' ') {
        '/' | '\\' | '(' | '[' | '{' => true,
        '-' => next.is_alphanumeric() || next == '-',
        '.' => word.len() > 1 && (next.is_alphanumeric() || next == '/'),
        ':' => next == '/',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&str], room: usize, wrap: Wrap, want: &str, doubtful: bool) {
        let got = unwrap(rows, room, wrap);
        assert_eq!(got.text, want, "{rows:?}");
        assert_eq!(got.alternative.is_some(), doubtful, "{rows:?}");
    }

    #[test]
    fn a_row_that_had_room_for_the_next_word_ended_a_line() {
        check(&["git add .", "git commit"], 40, Wrap::Trim, "git add .\ngit commit", false);
        check(&["for f in x:", "    print(f)"], 12, Wrap::Trim, "for f in x:\n    print(f)", false);
        check(&["a", "", "b"], 40, Wrap::Keep, "a\n\nb", false);
    }

    #[test]
    fn wrapped_words_are_joined_and_doubted() {
        check(&["echo one two", "three"], 13, Wrap::Trim, "echo one two three", true);
        check(&["uniq -c |", " sort"], 9, Wrap::Keep, "uniq -c | sort", true);
        check(&["/home/operator/de", "mo/x"], 17, Wrap::Keep, "/home/operator/demo/x", true);
        check(&["/home/operator/de", "mo/x"], 17, Wrap::Trim, "/home/operator/demo/x", true);
        check(&["cat aaaa bbbb", "cc"], 13, Wrap::Trim, "cat aaaa bbbb cc", true);
    }

    #[test]
    fn punctuation_wraps_go_on_without_a_blank_where_that_is_usual() {
        check(&["ls | xargs -", "0 grep"], 12, Wrap::Punctuation, "ls | xargs -0 grep", true);
        check(&["curl http://x/", "y"], 14, Wrap::Punctuation, "curl http://x/y", true);
        check(&["cd a; python b;", "curl x"], 16, Wrap::Punctuation, "cd a; python b; curl x", true);
        check(&["ls | sort", "| uniq"], 9, Wrap::Punctuation, "ls | sort | uniq", true);
    }
}
