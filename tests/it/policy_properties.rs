//! Properties of the judge, tried on the rows of the table and on texts made at random.

use archtui::domain::bash;
use archtui::domain::policy::Action;
use proptest::prelude::*;
use proptest::sample::select;

use crate::policy_table::{Group, context, judge, table};

/// The rows in the context that most groups share.
fn rows() -> Vec<String> {
    let usual = |g: &Group| g.preset.is_none() && g.branch.is_none() && g.cwd.is_none();
    table().into_iter().filter(usual).flat_map(|g| g.commands).collect()
}

/// Those that are read to their end and leave folder and branch as they are.
fn steady_rows() -> Vec<String> {
    let moves = |c: &str| ["cd", "switch", "checkout"].iter().any(|w| c.split_whitespace().any(|x| x == *w));
    rows().into_iter().filter(|c| bash::read(c).fault.is_none() && !moves(c)).collect()
}

fn action(command: &str) -> Action {
    judge(command, &context(), "sop").action
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
        escaped = c == '\\' && !escaped && open != Some('\'');
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

fn with(command: &str, at: usize, more: &str) -> String {
    format!("{}{more}{}", &command[..at], &command[at..])
}

#[test]
fn one_more_expansion_pattern_or_escape_is_never_read() {
    const MORE: [&str; 18] = [
        "$", "`", "(", ")", "}", "!", "#", "\\", "*", "?", "\t", "\r", "\0", "\u{1b}", "\u{a0}", "\u{200b}",
        "\u{202e}", "…",
    ];
    let mut wrong = Vec::new();
    for command in rows() {
        for at in outside_quotes(&command) {
            wrong.extend(
                MORE.map(|m| with(&command, at, m)).into_iter().filter(|c| bash::read(c).fault.is_none()),
            );
        }
    }
    assert!(wrong.is_empty(), "{} read:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_metacharacter_more_does_not_turn_held_into_confirmed() {
    const MORE: [&str; 18] =
        ["{", "[", "]", "~", "^", "=", "<", ">", "&", ";", "|", "\n", "&&", "||", ">>", "<<", ">&", "2>&1"];
    // Every row at every third place (all of them take half a minute and find nothing more), and at both ends.
    let mut turned = Vec::new();
    for (i, command) in rows().into_iter().enumerate().filter(|(_, c)| action(c) != Action::Confirm) {
        let places = outside_quotes(&command);
        let chosen =
            places.iter().enumerate().filter(|(n, _)| (n + i) % 3 == 0 || *n == 0 || n + 1 == places.len());
        for (_, &at) in chosen {
            for changed in MORE.map(|m| with(&command, at, m)) {
                if bash::read(&changed).fault.is_none() && action(&changed) == Action::Confirm {
                    turned.push(format!("{command:?} -> {changed:?}"));
                }
            }
        }
    }
    assert!(turned.is_empty(), "{} turned:\n{}", turned.len(), turned.join("\n"));
}

#[test]
fn a_compound_is_as_bad_as_its_worst_part() {
    let rows = steady_rows();
    let one = (select(rows.clone()), select(vec!["; ", " && ", " || ", "\n"]));
    proptest!(ProptestConfig::with_cases(400), |(parts in prop::collection::vec(one, 1..4), last in select(rows.clone()))| {
        let mut whole = String::new();
        let mut worst = action(&last);
        for (command, joint) in &parts {
            whole.push_str(command.trim_end_matches(['\n', ' ', ';']));
            whole.push_str(joint);
            worst = worst.max(action(command));
        }
        whole.push_str(&last);
        prop_assume!(bash::read(&whole).parts.len() <= 20);
        let verdict = judge(&whole, &context(), "sop");
        prop_assert_eq!(verdict.action, worst, "{}: {}", &whole, verdict.reason);
        let parts = verdict.parts.iter().map(|p| p.action).max();
        prop_assert_eq!(parts, Some(worst), "{}", &whole);
    });
}

#[test]
fn a_pipe_makes_nothing_better() {
    let rows = steady_rows();
    proptest!(ProptestConfig::with_cases(300), |(a in select(rows.clone()), b in select(rows.clone()))| {
        let whole = format!("{} | {b}", a.trim_end_matches(['\n', ' ', ';']));
        prop_assert!(action(&whole) >= action(&a).max(action(&b)), "{whole}");
    });
}

proptest! {
    #[test]
    fn any_text_is_judged(text in ".{0,80}") {
        judge(&text, &context(), "wide");
    }

    #[test]
    fn any_mix_of_shell_is_judged_and_what_holds_an_expansion_is_never_confirmed(
        words in prop::collection::vec(
            select(vec!["git", "status", "ls", "-la", "rm", "&&", ";", "|", "\n", "'", "\"", "$x", "`x`", "$(x)", "{a,b}", "*", "~", ">", "x", "(", ")", "\\", "#", "!"]),
            0..12,
        ),
        blank in select(vec![" ", ""]),
    ) {
        let text = words.join(blank);
        let confirmed = judge(&text, &context(), "wide").action == Action::Confirm;
        let open = outside_quotes(&text);
        let expands = open.iter().any(|&at| text[at..].starts_with(['$', '`', '(', ')', '{', '}', '*', '\\', '#', '!']));
        prop_assert!(!(confirmed && expands), "{text:?}");
    }
}
