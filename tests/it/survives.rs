//! What a person switched and what the rules have used up outlives archtui and the machine's start: the runtime folder is
//! empty then, the monotonic clock begins anew, and no process is the same.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::actor::{Daemon, Stage};
use crate::support::tmux::signal;
use crate::support::wait_until;

/// As after a start of the machine, as far as files go.
fn reboot(stage: &Stage, daemon: Daemon) -> Daemon {
    signal(daemon.child.id(), Signal::KILL);
    drop(daemon);
    let run = stage.root.join("run");
    fs::remove_dir_all(&run).and_then(|()| fs::create_dir(&run)).expect("emptied");
    fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).expect("private");
    let next = Daemon::start(stage);
    next.until("acting");
    next
}

#[test]
fn a_pause_and_the_answers_of_the_last_minute() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--write-new--120x40.ansi"]);
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, text.replace("quiet", "max_per_minute = 1\nquiet")).expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the edit is confirmed", || stage.ledger().contains("cleared"), || stage.ledger());
    let daemon = reboot(&stage, daemon);
    let rate = || stage.ledger().contains("a minute");
    wait_until("the next one waits for its minute", rate, || stage.ledger());
    assert_eq!(stage.keys(), "1");
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()));
    let daemon = reboot(&stage, daemon);
    let paused = || stage.say(&["status", "--json"]).1.contains("\"paused\":true");
    wait_until("it is still paused", paused, || stage.say(&["status", "--json"]).1);
    assert_eq!(stage.say(&["resume"]), (true, "goes on\n".to_owned()));
    let daemon = reboot(&stage, daemon);
    assert!(stage.say(&["status", "--json"]).1.contains("\"paused\":false"));
    drop(daemon);
    // No clock that begins anew with the machine is written down.
    let (sound, told) = stage.say(&["ledger", "--verify"]);
    assert!(sound, "{told}");
}
