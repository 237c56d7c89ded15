//! One fleet's records have one who acts, also where two tmux servers are watched: the second one says why it does not act, sends
//! nothing, and follows when the first is gone.

use std::fs;

use rustix::process::Signal;

use super::actor::{Daemon, Stage};
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

#[test]
fn a_second_daemon_on_another_server_with_the_same_records_is_barred_and_says_why() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let first = Daemon::start(&stage);
    first.until("acting");
    wait_until("the first confirms", || stage.keys() == "1", || stage.ledger());

    let other = PrivateTmux::new();
    let root = stage.root.display();
    fs::create_dir_all(stage.root.join("other/.git")).expect("made");
    other.session_of("worker", 120, 40, &format!("cd '{root}/other' && exec ../claude '{root}/0.ansi:1'"));
    let keys = || fs::read_to_string(stage.root.join("other/keys")).unwrap_or_default();
    let mut second = Daemon::start_over(&stage, other.socket());
    second.until(&format!(
        "not acting: process {} acts on another tmux server with the records of this fleet: give one of the two another",
        first.child.id()
    ));
    assert_eq!(other.run(&["show-options", "-sqv", "@archtui_actor"]).trim(), "", "it claims nothing");
    // Nobody acts there, and that is what a person is told.
    let asked = stage.archtui_over(other.socket(), &["approve", "worker"]).output().expect("it runs");
    assert!(!asked.status.success(), "{asked:?}");
    assert!(String::from_utf8_lossy(&asked.stderr).contains("nobody acts on this fleet now"), "{asked:?}");
    assert_eq!(keys(), "", "no key goes there");
    // The first one is none the worse for it.
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()));
    assert_eq!(stage.say(&["resume"]), (true, "goes on\n".to_owned()));
    assert!(second.child.try_wait().expect("its state").is_none(), "it waits for its turn");

    signal(first.child.id(), Signal::KILL);
    wait_until("the second confirms", || keys() == "1", || stage.ledger());
    assert_eq!(stage.keys(), "1", "and nothing was pressed twice");
    let (sound, said) = stage.say(&["ledger", "--verify"]);
    assert!(sound, "{said}");
}
