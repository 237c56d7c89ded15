//! The second reading of a command that a screen shows in rows: each doubtful row break as a line break. A row that begins with
//! an operator or an option can hardly begin a command: if it did, the shell would refuse it, or find no program of that
//! name. Where breaks are doubtful is for whoever reads screens.

use super::{Action, Verdict};

/// The verdict on the rows as lines. `judge` judges one text.
pub(super) fn judge(lines: &str, judge: impl Fn(&str) -> Verdict) -> Verdict {
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
