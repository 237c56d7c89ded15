//! `archtui unstick` as a program, over a private tmux server: one key for what fits, none for what does not, and each in the
//! ledger. The agent is a script that shows recorded screens: this proves the plumbing.

use crate::actor::{Daemon, Stage};
use crate::support::wait_until;

const TYPED: &str = "typing--fake-prompt-typed--80x24.ansi";
const WORKING: &str = "working--queued-message--80x24.ansi";
const IDLE: &str = "idle--fresh--80x24.ansi";

fn stage(screens: &[&str]) -> (Stage, Daemon) {
    let stage = Stage::new(screens);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    (stage, daemon)
}

fn reads(stage: &Stage, state: &str) {
    let status = || stage.say(&["status"]).1;
    wait_until(state, || status().contains(state), status);
}

#[test]
fn text_that_waits_unsent_gets_enter_once() {
    let (stage, _daemon) = stage(&[TYPED, WORKING]);
    reads(&stage, "typing");
    let (done, told) = stage.say(&["unstick", "worker"]);
    assert!(done && told.contains("cleared"), "{told}\n{}", stage.ledger());
    assert_eq!(stage.keys(), "\r");
    let all = stage.ledger();
    assert_eq!((all.matches(" intended ").count(), all.matches(" cleared ").count()), (1, 1), "{all}");
    assert!(stage.say(&["ledger", "--verify"]).0);
    // It works now: nothing fits without a word of the person.
    let (done, told) = stage.say(&["unstick", "worker"]);
    assert!(!done && told.contains("* interrupt"), "{told}");
    assert_eq!(stage.keys(), "\r");
}

#[test]
fn what_does_not_fit_gets_no_key_and_no_entry() {
    let (stage, _daemon) = stage(&[IDLE]);
    reads(&stage, "idle");
    for (step, why) in
        [("enter", "composer is empty"), ("escape", "nothing runs"), ("interrupt", "nothing runs")]
    {
        let (done, told) = stage.say(&["unstick", "worker", "--step", step, "--yes"]);
        assert!(!done && told.contains(why), "{step}: {told}");
    }
    let (done, told) = stage.say(&["unstick", "worker", "--step", "approve"]);
    assert!(!done && told.contains("asks nothing"), "{told}");
    assert!(!stage.ledger().contains("unstick"), "{}", stage.ledger());
    assert_eq!(stage.keys(), "");
    assert!(stage.say(&["unstick", "worker", "--step", "look"]).0);
    assert!(!stage.say(&["unstick", "nobody"]).0);
    assert!(!stage.say(&["unstick", "worker", "--step", "1"]).0);
}

#[test]
fn what_interrupts_needs_a_yes() {
    let (stage, _daemon) = stage(&[WORKING, IDLE]);
    reads(&stage, "working");
    let (done, told) = stage.say(&["unstick", "worker", "--step", "interrupt"]);
    assert!(!done && told.contains("--yes"), "{told}");
    assert_eq!(stage.keys(), "");
    let (done, told) = stage.say(&["unstick", "worker", "--step", "interrupt", "--yes"]);
    assert!(done && told.contains("cleared"), "{told}\n{}", stage.ledger());
    assert_eq!(stage.keys(), "\u{3}");
}
