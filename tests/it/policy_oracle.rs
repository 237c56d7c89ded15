//! bash as an oracle: the words that the reader saw are those that a real shell passes on. The shell runs nothing of what is
//! tested: the words of a command stand behind a `printf` of its own, only where the second reading too sees one command and no
//! expansion in them; no program can be found, no other builtin is left, no file may grow. Skipped where there is no bash.

use std::fmt::Write;
use std::process::{Command, Stdio};

use archtui::domain::bash;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::policy_table::table;
use crate::policy_tokens::tokens;

/// Commands in one script: all of them together must not run into the limit of time.
const BATCH: usize = 500;

/// A restricted shell that is left with `printf` alone.
const STAGE: &str = "PATH=/nonexistent
ulimit -f 0 -t 3 -c 0
set -r
enable -n . : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo eval exec \
  exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd pushd pwd read readarray readonly \
  return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait
enable -n enable
";

#[expect(clippy::disallowed_methods, reason = "the oracle is a program")]
fn bash(script: &str, args: &[&str]) -> Option<(bool, String)> {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let file = dir.path().join("script");
    std::fs::write(&file, script).expect("a scratch file");
    let out = Command::new("timeout")
        .args(["--kill-after=1", "10", "bash", "--norc", "--noprofile"])
        .args(args)
        .arg(&file)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let found = out.status.code() != Some(127);
    found.then(|| (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned()))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The parts of a command whose words bash can show: no redirection, no number that is not known, no file to be made for
/// a here-document; and the second reading agrees that it is one command.
fn showable(command: &str) -> Vec<(String, Vec<String>)> {
    let reading = bash::read(command);
    if reading.fault.is_some() || command.contains("<<") {
        return Vec::new();
    }
    let parts = reading.parts.into_iter().filter(|p| p.redirects.is_empty() && p.sets.is_empty());
    parts
        .filter(|p| p.words.iter().all(|w| !w.status && !w.pattern))
        .filter(|p| tokens(&p.text).is_some_and(|t| t.len() == 1))
        .map(|p| (p.text, p.words.into_iter().map(|w| w.text).collect()))
        .collect()
}

/// Shows many parts in one bash, each as bash splits it and as the reader did, and compares.
fn compare(parts: &[(String, Vec<String>)]) {
    let mut script = String::from(STAGE);
    for (i, (text, words)) in parts.iter().enumerate() {
        let words: Vec<String> = words.iter().map(|w| quoted(w)).collect();
        let meant = words.join(" ");
        write!(
            script,
            "printf '{i}<'\nprintf ' %q' {text}\nprintf ' > <'\nprintf ' %q' {meant}\nprintf ' >\\n'\n"
        )
        .expect("into a string");
    }
    let Some((parsed, _)) = bash(&script, &["-n"]) else {
        return say("no bash here: the oracle is skipped");
    };
    assert!(parsed, "bash cannot parse what the reader accepts");
    let (_, out) = bash(&script, &[]).expect("it was there a moment ago");
    let wrong: Vec<String> = parts
        .iter()
        .zip(out.lines().map(Some).chain(std::iter::repeat(None)))
        .enumerate()
        .filter_map(|(i, ((text, _), line))| {
            let line = line.and_then(|l| l.strip_prefix(&format!("{i}<"))?.strip_suffix(" >"));
            let same = line.is_some_and(|l| l.split_once(" > <").is_some_and(|(a, b)| a == b));
            (!same).then(|| format!("{text:?}: {line:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} read otherwise:\n{}", wrong.len(), parts.len(), wrong.join("\n"));
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn say(what: &str) {
    eprintln!("{what}");
}

#[test]
fn the_stage_runs_nothing_and_writes_nothing() {
    let script =
        format!("{STAGE}ls\n/bin/ls\necho x\neval printf x\ncommand ls\nprintf x > y\nprintf '%s' z");
    if let Some((_, out)) = bash(&script, &[]) {
        assert_eq!(out, "z");
    }
}

#[test]
fn bash_splits_the_table_into_the_same_words() {
    let parts: Vec<_> = table().into_iter().flat_map(|g| g.commands).flat_map(|c| showable(&c)).collect();
    assert!(parts.len() > 1000, "only {} parts can be shown", parts.len());
    parts.chunks(BATCH).for_each(compare);
}

#[test]
fn bash_splits_random_commands_into_the_same_words() {
    let pieces = select(vec![
        "a",
        "b c",
        " ",
        "  ",
        "-x",
        "--y=",
        "'",
        "\"",
        "\\",
        "'a b'",
        "\"a b\"",
        "\"\"",
        "''",
        "&&",
        ";",
        "\n",
        "~",
        "^",
        "@{u}",
        "HEAD~1",
        "%",
        ":",
        "=",
        "x=",
        ",",
        "[",
        "]",
        "{",
        "}",
        "a.b",
        "2",
        "é",
        "'é'",
        "\"\\\"\"",
        "\"\\\\\"",
        "\"\\n\"",
        "$",
        "#",
        "!",
        "\"!\"",
        "\"a! b\"",
        "/dev/null",
        "+",
        "*",
    ]);
    let texts = prop::collection::vec(pieces, 1..9).prop_map(|p| p.concat());
    let mut runner = TestRunner::deterministic();
    let mut parts = Vec::new();
    for _ in 0..80_000 {
        parts.extend(showable(&texts.new_tree(&mut runner).expect("a text").current()));
    }
    assert!(parts.len() > 2000, "only {} parts can be shown", parts.len());
    parts.chunks(BATCH).for_each(compare);
}

#[test]
fn bash_can_parse_whatever_is_read() {
    let mut script = String::new();
    for (i, row) in
        table().into_iter().flat_map(|g| g.commands).filter(|c| bash::read(c).fault.is_none()).enumerate()
    {
        write!(script, "f{i}() {{\n{row}\n}}\n").expect("into a string");
    }
    match bash(&script, &["-n"]) {
        Some((parsed, _)) => assert!(parsed, "bash -n refuses what the reader accepts"),
        None => say("no bash here: the oracle is skipped"),
    }
}
