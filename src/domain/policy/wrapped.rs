//! The other readings of a command that a screen shows in rows: each doubtful row break is a wrap or a line end, so there are
//! many, and any may be what runs. A row that begins with an operator or an option can hardly begin a command: if it did, the
//! shell would refuse it, or find no program of that name. Where breaks are doubtful is for whoever reads screens.

use super::{Action, Verdict};

/// Of more doubtful breaks not all readings are judged.
const MOST: usize = 8;

/// The worst verdict on all readings but the likely one, with every doubtful break a wrap; in `lines` each is a line end.
/// `judge` judges one text.
pub(super) fn judge(likely: &str, lines: &str, judge: impl Fn(&str) -> Verdict) -> Verdict {
    let Some(breaks) = breaks(likely, lines) else {
        return Verdict::hold("dialog.wrapped", "its rows can be read in too many ways");
    };
    let all = 1 << breaks.len();
    let of = |reading: usize| by_rows(&text(lines, &breaks, reading), &judge);
    (1..all).rev().map(of).reduce(Verdict::worse).unwrap_or_else(|| by_rows(lines, &judge))
}

/// The doubtful breaks: where they stand in `lines`, and whether a blank stands there in the likely reading.
fn breaks(likely: &str, lines: &str) -> Option<Vec<(usize, bool)>> {
    let mut likely = likely.chars().peekable();
    let mut breaks = Vec::new();
    let mut chars = lines.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\n' || likely.peek() == Some(&'\n') {
            if likely.next() != Some(c) {
                return None;
            }
            continue;
        }
        let begins_blank = chars.peek().is_some_and(|(_, c)| *c == ' ');
        breaks.push((at, !begins_blank && likely.next_if_eq(&' ').is_some()));
    }
    (likely.next().is_none() && breaks.len() <= MOST).then_some(breaks)
}

/// The reading in which those of the breaks are line ends that are bits of `reading`.
fn text(lines: &str, breaks: &[(usize, bool)], reading: usize) -> String {
    let mut text = String::with_capacity(lines.len());
    let mut from = 0;
    for (i, (at, blank)) in breaks.iter().enumerate() {
        text.push_str(&lines[from..*at]);
        if reading & (1 << i) != 0 {
            text.push('\n');
        } else if *blank {
            text.push(' ');
        }
        from = at + 1;
    }
    text.push_str(&lines[from..]);
    text
}

/// The verdict on rows as lines.
fn by_rows(lines: &str, judge: impl Fn(&str) -> Verdict) -> Verdict {
    let strict = judge(lines);
    if strict.action == Action::Confirm {
        return strict;
    }
    // What would run if those rows were lines all the same: the others, alone; and whatever stands behind the first
    // word of those rows, which is judged where it belongs.
    let goes_on = |line: &&str| line.trim_start().starts_with(['-', '|', '&']);
    let alone: Vec<&str> = lines.lines().filter(|l| !goes_on(l)).collect();
    let mut joined = String::new();
    for line in lines.lines() {
        if !joined.is_empty() {
            joined.push(if goes_on(&line) { ' ' } else { '\n' });
        }
        joined.push_str(line);
    }
    let lenient = judge(&alone.join("\n")).worse(judge(&joined));
    if lenient.action == Action::Confirm { lenient } else { strict }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(likely: &str, lines: &str) -> Option<Vec<String>> {
        let breaks = breaks(likely, lines)?;
        Some((0..1 << breaks.len()).map(|n| text(lines, &breaks, n)).collect())
    }

    #[test]
    fn every_doubtful_break_is_read_both_ways() {
        let check = |likely: &str, lines: &str, want: &[&str]| {
            assert_eq!(
                readings(likely, lines).as_deref(),
                Some(&*want.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>()),
                "{lines:?}"
            );
        };
        check("a b c", "a\nb\nc", &["a b c", "a\nb c", "a b\nc", "a\nb\nc"]);
        check("ab\nc d", "a\nb\nc\nd", &["ab\nc d", "a\nb\nc d", "ab\nc\nd", "a\nb\nc\nd"]);
        check("a | b", "a |\n b", &["a | b", "a |\n b"]);
        assert_eq!(readings("a b", "a\nc"), None);
        assert_eq!(readings("a b c", "a\nb"), None);
        let many = |between: &str| ["x"; MOST + 2].join(between);
        assert_eq!(readings(&many(" "), &many("\n")), None);
    }

    #[test]
    fn one_bad_reading_is_enough() {
        let judge_of = |bad: &'static str| {
            let one = move |text: &str| {
                if text == bad {
                    Verdict::hold("bad", "x")
                } else {
                    Verdict::new(Action::Confirm, "good", "x")
                }
            };
            judge("echo a cat b echo c", "echo a\ncat b\necho c", one).action
        };
        assert_eq!(judge_of("none"), Action::Confirm);
        assert_eq!(judge_of("echo a\ncat b echo c"), Action::Hold);
        assert_eq!(judge_of("echo a cat b\necho c"), Action::Hold);
        assert_eq!(judge_of("echo a\ncat b\necho c"), Action::Hold);
    }
}
