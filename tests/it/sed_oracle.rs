//! sed as an oracle: of the scripts that the judge confirms, GNU sed in its sandbox finds none that reads or writes a file or
//! runs a program. Skipped where there is no such sed.

use std::process::{Command, Stdio};

use archtui::domain::policy::Action;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::policy_table::{context, judge};

/// So many scripts that are confirmed are tried.
const TRIED: usize = 200;

#[expect(clippy::disallowed_methods, reason = "the oracle is a program")]
fn sandboxed(script: &str) -> Option<String> {
    let out = Command::new("sed")
        .args(["--sandbox", "-n", "-e", script, "/dev/null"])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&out.stderr).into_owned())
}

#[test]
fn no_script_that_is_confirmed_writes_or_runs() {
    if sandboxed("p").is_none_or(|said| !said.is_empty()) {
        return say("no sed with a sandbox here: the oracle is skipped");
    }
    assert!(sandboxed("w x").is_some_and(|said| said.contains("sandbox")), "the oracle sees nothing");
    let pieces = select(vec![
        "/a/",
        "/[/",
        "/]/",
        "/[^/",
        "/[]/",
        "/[[:a:]/",
        "/[/s/]/",
        "/\\[/",
        "s/a/b/",
        "s/]/e id;#/",
        "s|a|b|",
        "s/[/]/x/",
        "s/",
        "/",
        "e id;#/",
        "w x/",
        "g",
        "p",
        "p",
        ";p",
        ";",
        ",",
        "1",
        "$",
        "!",
        "[a]",
        "]",
        "[",
        "\\",
        "s/]/w x/",
    ]);
    let texts = prop::collection::vec(pieces, 1..6).prop_map(|p| p.concat());
    let mut runner = TestRunner::deterministic();
    let mut confirmed = std::collections::BTreeSet::new();
    for _ in 0..30_000 {
        let script = texts.new_tree(&mut runner).expect("a text").current();
        let is_new = !script.contains('\'') && !confirmed.contains(&script);
        if is_new && judge(&format!("sed -n '{script}' x"), &context(), "sop").action == Action::Confirm {
            confirmed.insert(script);
        }
        if confirmed.len() == TRIED {
            break;
        }
    }
    assert!(confirmed.len() >= TRIED / 2, "only {} scripts", confirmed.len());
    for script in confirmed {
        let said = sandboxed(&script).expect("it was there a moment ago");
        assert!(!said.contains("sandbox"), "{script:?}: {said}");
    }
}

#[expect(clippy::print_stderr, reason = "a person who runs the tests reads it")]
fn say(text: &str) {
    eprintln!("{text}");
}
