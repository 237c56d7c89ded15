//! An agent may put anything where a file is looked for before a verdict: it is judged all the same, and so are the others.

use std::fs;

use rustix::fs::{CWD, Mode};

use crate::actor::{Daemon, Stage};
use crate::support::wait_until;

#[test]
fn an_agent_whose_git_is_a_pipe_is_judged_and_so_are_the_others() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    fs::remove_dir(stage.root.join("tree/.git")).expect("was there");
    rustix::fs::mkfifoat(CWD, stage.root.join("tree/.git"), Mode::RWXU).expect("a pipe");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    let checked = stage.say(&["policy", "check", "--cwd", "tree", "--op", "edit", "--path", "a.rs"]);
    assert!(checked.0, "{}", checked.1);
}
