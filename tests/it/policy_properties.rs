//! Properties of the judge over the table of commands: nothing put into a command makes it harmless.

use archtui::domain::bash;
use archtui::domain::policy::Action;

use crate::policy_table::{context, judge, table};

fn action(command: &str, preset: &str) -> Action {
    judge(command, &context(), preset).action
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
