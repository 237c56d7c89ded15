//! Properties of the judge, tried on the rows of the table and on texts made at random.

use archtui::domain::bash;
use archtui::domain::policy::{Action, PartVerdict, Verdict};
use proptest::prelude::*;
use proptest::sample::select;

use crate::policy_table::{Group, context, judge, table};
use crate::policy_tokens::{canonical, tokens};

/// The rows in the context that most groups share.
fn rows() -> Vec<String> {
    let sop = |g: &Group| g.preset.as_deref().is_none_or(|p| p == "sop");
    let usual = |g: &Group| sop(g) && g.branch.is_none() && g.cwd.is_none();
    table().into_iter().filter(usual).flat_map(|g| g.commands).collect()
}

/// Those that are read to their end and leave folder and branch as they are. A comment before a command is read only where
/// nothing stands before it.
fn steady_rows() -> Vec<String> {
    let moves = |c: &str| ["cd", "switch", "checkout"].iter().any(|w| c.split_whitespace().any(|x| x == *w));
    let reads = |c: &str| bash::read(c).fault.is_none() && !c.trim_start().starts_with('#');
    rows().into_iter().filter(|c| reads(c) && !moves(c)).collect()
}

fn action(command: &str) -> Action {
    judge(command, &context(), "sop").action
}

fn is_confirmed(command: &str) -> bool {
    bash::read(command).fault.is_none() && action(command) == Action::Confirm
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
    // `$?` is read; a `?` behind, or a `$` before, makes it out of a fault.
    for command in rows().into_iter().filter(|c| !c.contains(['$', '?'])) {
        for at in outside_quotes(&command) {
            // A pattern, a comment or a line that goes on: what then may be confirmed is for the next property.
            // So may `!` be, a word of find's own.
            let known = |more: &str, c: &str| {
                let may = matches!(more, "*" | "?" | "#" | "\\") || more == "!" && c.starts_with("find ");
                may && tokens(c).is_some()
            };
            let changed = MORE.map(|m| (m, with(&command, at, m)));
            let read = changed.into_iter().filter(|(m, c)| bash::read(c).fault.is_none() && !known(m, c));
            wrong.extend(read.map(|(_, c)| c));
        }
    }
    assert!(wrong.is_empty(), "{} read:\n{}", wrong.len(), wrong.join("\n"));
}

/// What may be put into a command at any place, in quotes or not.
const MORE: [&str; 53] = [
    "'",
    "\"",
    "''",
    "\"\"",
    "\\",
    "`",
    "$",
    "$(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "~",
    "^",
    "=",
    "!",
    "#",
    "*",
    "?",
    "<",
    ">",
    "&",
    ";",
    "|",
    "\n",
    " ",
    "-",
    "--",
    "..",
    "/",
    "&&",
    "||",
    ">>",
    "<<",
    ">&",
    ">|",
    "<>",
    "|&",
    "2>&1",
    " 2>&1 ",
    " -- ",
    " && ",
    " ; ",
    "=$",
    "' '",
    "\" \"",
    "\\\n",
    " \\\n",
    "\n# ",
    "/*",
    "*.rs",
    " src/?*.rs",
];

/// A command that becomes another one may be confirmed: then it is one that the second reading takes apart into other
/// words, and written plainly from these it is confirmed as well. The same words never get another verdict.
fn turned(command: &str, changed: &str) -> Option<String> {
    let told = |why: &str| Some(format!("{why}: {command:?} -> {changed:?}"));
    let Some(now) = tokens(changed) else {
        return told("confirmed, and a second reading does not know it");
    };
    if tokens(command).is_some_and(|before| before == now) {
        return told("the same words");
    }
    let plainly = canonical(&now);
    if !is_confirmed(&plainly) {
        return told(&format!("{plainly:?} is not confirmed"));
    }
    None
}

/// Every row that is not confirmed, changed at every `step`th place.
fn changed_at_every(step: usize) {
    let mut wrong = Vec::new();
    let (mut tried, mut confirmed) = (0_usize, 0_usize);
    for (i, command) in rows().into_iter().enumerate().filter(|(_, c)| action(c) != Action::Confirm) {
        let places = command.char_indices().map(|(at, _)| at).chain([command.len()]);
        for (_, at) in places.enumerate().filter(|(n, _)| (n + i) % step == 0) {
            tried += MORE.len();
            for changed in MORE.map(|m| with(&command, at, m)).iter().filter(|c| is_confirmed(c)) {
                confirmed += 1;
                wrong.extend(turned(&command, changed));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} ({confirmed} confirmed):\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_sign_more_does_not_turn_held_into_confirmed() {
    changed_at_every(61);
}

#[test]
#[ignore = "takes minutes: the same at every place"]
fn a_sign_more_does_not_turn_held_into_confirmed_anywhere() {
    changed_at_every(1);
}

#[test]
fn the_same_words_written_otherwise_get_the_same_verdict() {
    let mut compared = 0;
    for row in rows().into_iter().filter(|r| bash::read(r).fault.is_none()) {
        let Some(words) = tokens(&row) else {
            panic!("{row:?} is read, and a second reading does not know it")
        };
        let plainly = canonical(&words);
        assert_eq!(action(&plainly), action(&row), "{row:?} -> {plainly:?}");
        let wide = row.replace(" && ", "  &&\n ").replace("; ", "\n\n");
        if tokens(&wide).is_some_and(|w| w == words) {
            assert_eq!(action(&wide), action(&row), "{wide:?}");
        }
        compared += 1;
    }
    assert!(compared > 800, "only {compared} rows are read");
}

/// Words of which one stands in every part behind which a look at the disk says nothing.
fn brings_other_content(command: &str) -> bool {
    const WORDS: [&str; 30] = [
        "am",
        "apply",
        "bisect",
        "checkout",
        "checkout-index",
        "cherry-pick",
        "clone",
        "cp",
        "hg",
        "install",
        "jj",
        "lfs",
        "ln",
        "merge",
        "mv",
        "patch",
        "pull",
        "read-tree",
        "rebase",
        "repo",
        "reset",
        "restore",
        "revert",
        "sparse-checkout",
        "stash",
        "submodule",
        "subtree",
        "switch",
        "tar",
        "worktree",
    ];
    command.split_whitespace().any(|w| WORDS.contains(&w.rsplit('/').next().unwrap_or(w)))
}

/// The one way in which a part may be worse in company: looked up before an earlier part has run.
fn looked_up_too_early(verdict: &Verdict) -> bool {
    let early = |p: &PartVerdict| p.reason.starts_with("looked up before an earlier part");
    verdict.parts.iter().any(early)
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
        if looked_up_too_early(&verdict) {
            let mut all = parts.iter().map(|(c, _)| c).chain([&last]);
            prop_assert!(all.any(|c| brings_other_content(c)), "{}: {}", &whole, verdict.reason);
            worst = worst.max(Action::Hold);
        }
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
        // A star may begin a word of what only looks, behind a blank and before one.
        let stands = |at: usize| text[..at].ends_with(' ') && text[at + 1..].chars().next().is_none_or(|c| matches!(c, ' ' | ';' | '|' | '&' | '\n'));
        let expands = open.iter().any(|&at| {
            text[at..].starts_with(['$', '`', '(', ')', '{', '}', '\\', '#', '!']) || text[at..].starts_with('*') && !stands(at)
        });
        prop_assert!(!(confirmed && expands), "{text:?}");
    }
}
