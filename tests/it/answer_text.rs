//! Dialogs answered by a text or a number from the command line, over a private tmux server: what is sent, in which order, and
//! nothing once the screen shows something else. The agent is a script that shows recorded screens.

use crate::actor::{Daemon, Stage};
use crate::support::wait_until;

const CLOSED: &str = "question--write-closed--120x40.ansi";
const OPEN: &str = "question--write-open--120x40.ansi";
const WRITTEN: &str = "question--write-text--120x40.ansi";
const ANOTHER: &str = "permission--amend-open--120x40.ansi";
const IDLE: &str = "idle--fresh--80x24.ansi";
/// As it stands on the recorded screen.
const TEXT: &str = "2. Grüße, not \"that\" !/#@";

fn stage(screens: &[&str]) -> (Stage, Daemon) {
    let stage = Stage::new(screens);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the question is held", || stage.ledger().contains(" held "), || stage.ledger());
    (stage, daemon)
}

fn open() -> String {
    format!("{OPEN}:{}", TEXT.len())
}

#[test]
fn a_text_is_written_where_the_question_takes_one_and_submitted_once() {
    let (stage, _daemon) = stage(&[CLOSED, &open(), WRITTEN, IDLE]);
    let (done, told) = stage.say(&["answer", "worker", "--text", TEXT]);
    assert!(done && told.contains("written and submitted"), "{told}\n{}", stage.ledger());
    assert_eq!(stage.keys(), format!("4{TEXT}\r"));
    let all = stage.say(&["ledger", "--json"]).1;
    let ours: Vec<&str> = all.lines().filter(|l| l.contains("answer-text")).collect();
    assert!(ours.len() == 2 && ours[0].contains("intended") && ours[1].contains("cleared"), "{all}");
    assert!(
        ours[0].contains("Grüße") && ours[0].contains("\"key\""),
        "what was meant to be sent: {}",
        ours[0]
    );
    assert!(stage.say(&["ledger", "--verify"]).0);
}

#[test]
fn another_dialog_under_way_gets_nothing_and_that_is_told() {
    let (stage, _daemon) = stage(&[CLOSED, ANOTHER, IDLE]);
    let (done, told) = stage.say(&["answer", "worker", "--text", TEXT]);
    assert!(!done && told.contains("another dialog is there; nothing more was sent"), "{told}");
    assert_eq!(stage.keys(), "4");
    assert!(stage.ledger().contains(" stuck "), "{}", stage.ledger());
}

#[test]
fn a_text_that_does_not_stand_there_whole_is_not_submitted() {
    let text = "something else ~ 25 bytes";
    let (stage, _daemon) = stage(&[CLOSED, &format!("{OPEN}:{}", text.len()), WRITTEN, IDLE]);
    let (done, told) = stage.say(&["answer", "worker", "--text", text]);
    assert!(!done && told.contains("not seen there, whole and alone") && told.contains("holds"), "{told}");
    assert_eq!(stage.keys(), format!("4{text}"), "no Enter");
}

#[test]
fn what_cannot_be_written_or_chosen_is_refused_without_a_key() {
    let (stage, _daemon) = stage(&[CLOSED, IDLE]);
    for (args, part) in [
        (&["answer", "worker", "--text", "1"][..], "single character"),
        (&["answer", "worker", "--text", "a\u{1b}[201~b"], "cannot be shown"),
        (&["deny", "worker", "--text", "not that one"], "is no No"),
        (&["answer", "worker", "--option", "9"], "no option 9"),
        (&["answer", "worker", "--option", "0"], "no option 0"),
        (&["answer", "worker"], "required"),
        (&["answer", "nobody", "--text", "not that one"], "no session is called"),
    ] {
        let (done, told) = stage.say(args);
        assert!(!done && told.contains(part), "{args:?}: {told}");
    }
    assert_eq!(stage.keys(), "");
    let (done, told) = stage.say(&["answer", "worker", "--option", "2"]);
    assert!(done, "{told}\n{}", stage.ledger());
    assert_eq!(stage.keys(), "2");
}
