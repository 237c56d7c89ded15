//! Properties of the judge, and bash itself as an oracle: what the reader accepts must be split into exactly the same
//! words by a real shell.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use archtui::domain::bash::{self, Joint};
use archtui::domain::policy::{Action, Verdict};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::policy_table::{context, judge, table};

fn action(command: &str, preset: &str) -> Action {
    judge(command, &context(), preset).action
}

/// All rows of the table that read without a fault and neither change the folder nor the branch.
fn plain_rows() -> Vec<String> {
    let rows = table().into_iter().flat_map(|g| g.commands);
    let steady = |c: &String| !["cd ", "switch", "checkout"].iter().any(|w| c.contains(w));
    rows.filter(|c| bash::read(c).fault.is_none()).filter(steady).collect()
}

/// Byte offsets between characters at which no quote is open.
fn outside_quotes(command: &str) -> Vec<usize> {
    let mut open = None;
    let mut escaped = false;
    let mut out = vec![];
    for (at, c) in command.char_indices().chain([(command.len(), ' ')]) {
        if open.is_none() && !escaped {
            out.push(at);
        }
        escaped = match (open, c) {
            (Some('\''), _) => false,
            (_, '\\') => !escaped,
            _ => false,
        };
        if !escaped {
            match (open, c) {
                (None, '\'' | '"') => open = Some(c),
                (Some(q), c) if q == c => open = None,
                _ => {}
            }
        }
    }
    out
}

#[test]
fn one_more_expansion_or_escape_is_never_read() {
    let mut wrong = Vec::new();
    for group in table() {
        for command in &group.commands {
            for at in outside_quotes(command) {
                for meta in [
                    "$", "`", "(", ")", "{", "}", "!", "#", "\\", "[", "]", "\t", "\r", "\0", "\u{a0}",
                    "\u{200b}", "\u{202e}",
                ] {
                    let changed = format!("{}{meta}{}", &command[..at], &command[at..]);
                    if bash::read(&changed).fault.is_none() {
                        wrong.push(changed);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} read:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_metacharacter_turns_a_held_command_into_a_confirmed_one() {
    let mut wrong = Vec::new();
    for group in table().iter().filter(|g| g.preset.is_none() && g.branch.is_none() && g.cwd.is_none()) {
        for command in group.commands.iter().filter(|c| action(c, "sop") != Action::Confirm) {
            for at in outside_quotes(command) {
                for meta in [
                    "*", "?", "~", "^", "<", ">", "&", ";", "|", "\n", "&&", "||", ">>", "<<", "2>&1", "=",
                    "'", "\"",
                ] {
                    let changed = format!("{}{meta}{}", &command[..at], &command[at..]);
                    if bash::read(&changed).fault.is_none() && action(&changed, "sop") == Action::Confirm {
                        wrong.push(format!("{command:?} -> {changed:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} turned:\n{}", wrong.len(), wrong.join("\n"));
}
