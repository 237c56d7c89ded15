//! Records as they were written, records as somebody who means harm writes them, and any bytes at all.

use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::evidence::back::{LINE, PIECE};

fn at(s: &str) -> Timestamp {
    s.parse().expect("a stamp")
}

fn sought(text: &str) -> Sought {
    Sought { text: text.into(), since: at("2026-11-23T10:00:00Z") }
}

fn file(lines: &[&str]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for line in lines {
        writeln!(file, "{line}").expect("written");
    }
    file
}

const TASK: &str = r#"{"parentUuid":null,"isSidechain":false,"type":"user","message":{"role":"user","content":"Task #7: fix the\n  label"},"timestamp":"2026-11-23T10:00:01.215Z","origin":{"kind":"human"}}"#;
const PASTED: &str = r#"{"type":"user","message":{"role":"user","content":"\n\n<pasted_content id=\"d5\">\nTask #7: fix the\nlabel\n</pasted_content id=\"d5\">\n"},"timestamp":"2026-11-23T10:00:01Z"}"#;
const BLOCKS: &str = r#"{"type":"user","message":{"role":"user","content":[{"type":"text","text":"Task #7: fix the label"}]},"timestamp":"2026-11-23T10:00:01Z"}"#;
const WAITS: &str = r#"{"type":"queue-operation","operation":"enqueue","timestamp":"2026-11-23T10:00:02Z","content":"Task #7: fix the label"}"#;
const SAID: &str = r#"{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"I did it.\u001b[31m"}]},"timestamp":"2026-11-23T10:00:03Z"}"#;
const TOOL: &str = r#"{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{}}]},"timestamp":"2026-11-23T10:00:02Z"}"#;
const RESULT: &str = r#"{"type":"user","message":{"content":[{"type":"tool_result","content":"Task #7: fix the label"}]},"timestamp":"2026-11-23T10:00:02Z"}"#;
const STOPPED: &str = r#"{"type":"user","message":{"content":[{"type":"text","text":"[Request interrupted by user]"}]},"timestamp":"2026-11-23T10:00:04Z"}"#;
const OTHER: &str =
    r#"{"type":"user","message":{"content":"and now the door"},"timestamp":"2026-11-23T10:00:05Z"}"#;
const OLD: &str =
    r#"{"type":"user","message":{"content":"Task #7: fix the label"},"timestamp":"2026-11-23T09:59:00Z"}"#;
const SIDE: &str = r#"{"isSidechain":true,"type":"user","message":{"content":"Task #7: fix the label"},"timestamp":"2026-11-23T10:00:01Z"}"#;
const COMMAND: &str = r#"{"type":"user","message":{"content":"<command-name>/compact</command-name>"},"timestamp":"2026-11-23T10:00:06Z"}"#;

/// `Has` as answered, interrupted, other; else nothing.
fn check(lines: &[&str], text: &str, want: Option<(bool, bool, bool)>) {
    let trace = read(file(lines).path(), &sought(text));
    let got = trace.after().map(|a| (a.answered, a.interrupted, a.other));
    assert_eq!(got, want, "{text} in {lines:?}: {trace:?}");
    assert!(want.is_some() || trace == Trace::HasNot, "{trace:?}");
}

#[test]
fn what_a_record_says() {
    let text = "Task #7: fix the label";
    for line in [TASK, PASTED, BLOCKS, WAITS] {
        check(&[OLD, line], text, Some((false, false, false)));
    }
    check(&[TASK, TOOL, RESULT], text, Some((true, false, false)));
    check(&[TASK, SAID, STOPPED], text, Some((true, true, false)));
    check(&[TASK, SAID, OTHER, COMMAND], text, Some((true, false, true)));
    check(&[TASK, COMMAND], text, Some((false, false, false)));
    // Another's number, an old one, a helper's, a tool's answer, the agent's own words.
    check(&[TASK], "Task #17: fix the label", None);
    check(&[OLD], text, None);
    check(&[SIDE], text, None);
    check(&[RESULT], text, None);
    check(&[&TASK.replace("\"user\"", "\"assistant\"")], text, None);
    check(&[], text, None);
    check(&["", "{", "null", "[1]", "{\"type\":7}"], text, None);
    // A text without a number must be all that was said.
    let plain = |said: &str| TASK.replace("Task #7: fix the\\n  label", said);
    check(&[&plain("go on")], "go on", Some((false, false, false)));
    check(&[&plain("go on and on")], "go on", None);
    check(&[PASTED.replace("Task #7: ", "").as_str()], "fix the label", Some((false, false, false)));
}

#[test]
fn the_last_words_are_the_newest_and_clean() {
    let newer = SAID.replace("I did it.", "It is done: #12.").replace("10:00:03", "10:00:09");
    let trace = read(file(&[TASK, SAID, TOOL, &newer, RESULT]).path(), &sought("Task #7: fix the label"));
    assert_eq!(trace.after().and_then(|a| a.words.as_deref()), Some("It is done: #12.[31m"));
    let long = SAID.replace("I did it.", &"é".repeat(9000));
    let trace = read(file(&[TASK, &long]).path(), &sought("Task #7: fix the label"));
    assert!(trace.after().and_then(|a| a.words.as_ref()).is_some_and(|w| w.len() <= WORDS));
}

#[test]
fn a_line_of_any_length_and_a_piece_that_cuts_it() {
    let filler = format!("{{\"type\":\"attachment\",\"x\":\"{}\"}}", "y".repeat(PIECE - 300));
    for n in [0, 1, 3, 9] {
        let lines: Vec<&str> = [TASK].into_iter().chain(std::iter::repeat_n(filler.as_str(), n)).collect();
        check(&lines, "Task #7: fix the label", Some((false, false, false)));
    }
    // What stands behind a line that is too long is not known.
    let huge = format!("{{\"type\":\"attachment\",\"x\":\"{}\"}}", "y".repeat(LINE + 2 * PIECE));
    let trace = read(file(&[OLD, &huge]).path(), &sought("Task #7: fix the label"));
    assert!(matches!(trace, Trace::Unread(_)), "{trace:?}");
    let trace = read(file(&[TASK, &huge]).path(), &sought("Task #7: fix the label"));
    assert!(matches!(trace, Trace::Has(_)), "{trace:?}");
}

#[test]
fn only_plain_files_are_read_and_only_so_far() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = sought("Task #7: fix the label");
    let unread = |path: &Path| assert!(matches!(read(path, &text), Trace::Unread(_)), "{}", path.display());
    unread(dir.path());
    unread(&dir.path().join("none"));
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .expect("a pipe");
    unread(&dir.path().join("pipe"));
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("link")).expect("a link");
    unread(&dir.path().join("link"));
    // A file with a hole as long as a disk.
    let holes = file(&[TASK]);
    holes.as_file().set_len(1 << 40).expect("a hole");
    unread(holes.path());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2000), cut in 0..200_usize) {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&TASK.as_bytes()[cut.min(TASK.len())..]).and_then(|()| file.write_all(&bytes)).expect("written");
        let _ = read(file.path(), &sought("Task #7: fix the label"));
    }
}
