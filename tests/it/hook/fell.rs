//! A hook that waits in vain: its dialog is a person's, whoever acts later and whatever he can still find out of the hook.

use std::fs;
use std::path::Path;

use rustix::process::Signal;

use crate::actor::{Daemon, Stage};
use crate::support::tmux::signal;
use crate::support::wait_until;

const EDIT: &str = "permission--edit--80x24.ansi";

/// An agent in a session of its own that asks by its hook, then draws its dialog; `hook.out` has what the hook printed. It
/// waits for `go` before and for `draw` between.
fn agent(stage: &Stage) {
    let root = stage.root.display();
    let payload = serde_json::json!({
        "session_id": "s-1", "cwd": stage.root.join("tree"), "permission_mode": "default",
        "hook_event_name": "PermissionRequest", "tool_name": "Edit",
        "tool_input": {"file_path": stage.root.join("tree/notes.txt"), "old_string": "two", "new_string": "TWO"},
    });
    fs::write(stage.root.join("call"), payload.to_string()).expect("written");
    let program = env!("CARGO_BIN_EXE_archtui");
    let script = format!(
        "cd '{root}/tree'
until [ -e ../go ]; do sleep 0.02; done
XDG_RUNTIME_DIR='{root}/run' HOME='{root}/home' '{program}' hook PermissionRequest <../call >../hook.new
mv ../hook.new ../hook.out
until [ -e ../draw ]; do sleep 0.02; done
stty raw -echo
printf '\\033[2J\\033[H\\033[?25l'
cat ../0.ansi
dd bs=1 count=1 2>/dev/null >>keys
exec cat -v\n"
    );
    fs::write(stage.root.join("agent.sh"), script).expect("written");
    fs::remove_file(stage.root.join("claude")).expect("another one was there");
    std::os::unix::fs::symlink("/bin/sh", stage.root.join("claude")).expect("linked");
    stage.tmux.run(&["kill-session", "-t", "=worker:"]);
    stage.tmux.session_of("worker", 120, 40, &format!("exec '{root}/claude' '{root}/agent.sh'"));
}

fn there(path: &Path) -> bool {
    path.exists()
}

fn say(stage: &Stage, name: &str) {
    fs::write(stage.root.join(name), "").expect("written");
}

/// The hook has ended without a word.
fn fell(stage: &Stage) {
    let out = stage.root.join("hook.out");
    wait_until("the hook has ended", || there(&out), String::new);
    assert_eq!(fs::read_to_string(&out).expect("printed"), "");
}

/// Its dialog stands there, and is held for good.
fn held(stage: &Stage) {
    let last = || format!("{}\n{}", stage.ledger(), stage.say(&["status"]).1);
    wait_until("it is held", || stage.ledger().contains(" held "), last);
    // Long enough for a key that should not come.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(stage.keys(), "", "{}", stage.ledger());
    assert!(!stage.ledger().contains("intended"), "{}", stage.ledger());
}

fn stage() -> Stage {
    let stage = Stage::new(&[EDIT]);
    stage.tmux.session("mine", "sleep 1000");
    agent(&stage);
    stage
}

#[test]
fn in_vain_because_the_actor_was_stopped_when_it_asked_first() {
    // It asks while the actor is stopped and has ended before he goes on; its dialog is drawn before or after that.
    for drawn_first in [true, false] {
        let stage = stage();
        let daemon = Daemon::start(&stage);
        daemon.until("acting");
        wait_until("the agent is known", || stage.say(&["status"]).1.contains("worker"), || stage.ledger());
        signal(daemon.child.id(), Signal::STOP);
        say(&stage, "go");
        fell(&stage);
        if drawn_first {
            say(&stage, "draw");
            stage.tmux.wait_for(pane(&stage), "Do you want to make this edit");
        }
        signal(daemon.child.id(), Signal::CONT);
        if !drawn_first {
            say(&stage, "draw");
        }
        held(&stage);
    }
}

#[test]
fn in_vain_because_the_actor_was_killed_and_another_follows() {
    let stage = stage();
    let first = Daemon::start(&stage);
    first.until("acting");
    let second = Daemon::start(&stage);
    second.until("observing");
    // An earlier call of this agent was answered through its hook: what it asks from now on comes that way.
    say(&stage, "go");
    let out = stage.root.join("hook.out");
    wait_until("the hook has ended", || there(&out), || stage.ledger());
    let allowed = || stage.ledger().contains("cleared hook");
    wait_until("its call is in the ledger to the end", allowed, || stage.ledger());
    signal(first.child.id(), Signal::KILL);
    second.until("acting");
    say(&stage, "draw");
    let last = || stage.ledger();
    wait_until(
        "the next is held",
        || stage.ledger().contains("did not tell of it") || stage.ledger().contains(" held "),
        last,
    );
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(stage.keys(), "", "{}", stage.ledger());
}

fn pane(stage: &Stage) -> archtui::domain::session::PaneId {
    let id = stage.tmux.run(&["display-message", "-p", "-t", "=worker:", "#{pane_id}"]);
    archtui::domain::session::PaneId::parse(&id).expect("an id")
}
