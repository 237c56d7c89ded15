//! Control rooms and commands that only look on while a daemon acts, over a private tmux server: they see the queue that he
//! has before him, and their switches reach him.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::ipc::client;
use rustix::process::Signal;

use crate::actor::{Daemon, Stage};
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

/// The program in a pane of a screen of its own, seeing of the machine what the daemon sees.
fn room(stage: &Stage, screen: &PrivateTmux, name: &str) -> PaneId {
    #[expect(clippy::disallowed_methods, reason = "tmux has to be found on the PATH")]
    let path = std::env::var("PATH").expect("a PATH");
    let (root, socket) = (stage.root.display(), stage.tmux.socket().display());
    let line = format!(
        "cd {root} && env -i PATH='{path}' HOME={root}/home XDG_RUNTIME_DIR={root}/run TERM=xterm-256color \
         LC_ALL=C.UTF-8 TZ=UTC {} -S {socket} --config {root}/archtui.toml; echo LEFT $?; cat",
        env!("CARGO_BIN_EXE_archtui"),
    );
    screen.session_of(name, 160, 45, &line)
}

#[test]
fn an_observer_sees_the_actors_queue_and_pauses_it() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--edit--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    let screen = PrivateTmux::new();
    let panes = [room(&stage, &screen, "one"), room(&stage, &screen, "two")];
    let until = |pane, what: &str, holds: &dyn Fn(&str) -> bool| {
        wait_until(what, || holds(&screen.text(pane)), || screen.text(pane));
    };
    let press = |pane: PaneId, keys: &str| {
        screen.run(&["send-keys", "-t", &pane.to_string(), keys]);
    };
    for pane in panes {
        screen.wait_for(pane, "observer, LIVE sop");
        press(pane, "F3");
        // The dialog with its verdict and next step is the daemon's word: nothing is judged here.
        until(pane, "the queue is seen", &|t| {
            t.contains("for a person, by rule") && t.contains("high") && t.contains("next:")
        });
    }
    press(panes[0], "p");
    screen.wait_for(panes[0], "who acts says: paused");
    for pane in panes {
        until(pane, "both headers say so", &|t| t.lines().next().is_some_and(|l| l.contains("PAUSED")));
    }
    let status =
        || -> serde_json::Value { serde_json::from_str(&stage.say(&["status", "--json"]).1).expect("JSON") };
    let told = status();
    assert_eq!(told["paused"], true, "{told}");
    assert_eq!(told["actor"]["pid"], daemon.child.id(), "{told}");
    let open = &told["queue"][0];
    assert_eq!(
        (&open["session"], &open["operation"], &open["verdict"]),
        (&"worker".into(), &"bash".into(), &"hold".into()),
        "{told}"
    );
    assert_eq!(told["sessions"][0]["waiting"]["verdict"], "hold", "{told}");
    // One session, from the other room.
    press(panes[1], "Escape");
    press(panes[1], "a");
    screen.wait_for(panes[1], "who acts says: off in worker");
    press(panes[1], "p");
    screen.wait_for(panes[1], "who acts says: goes on");
    let (done, told) = stage.say(&["deny", "worker"]);
    assert!(done && told.starts_with("denied"), "{told}");
    press(panes[1], "F3");
    until(panes[0], "what was done is seen", &|t| {
        t.contains("denied") && t.contains("switched off for this session")
    });
    // Who acts is gone: nothing of his stands there any more.
    signal(daemon.child.id(), Signal::KILL);
    for pane in panes {
        until(pane, "one of them acts, the other sees it", &|t| {
            !t.contains("PAUSED") && t.contains("switched off for this session")
        });
    }
    drop(daemon);
}

#[test]
fn what_is_decided_and_pressed_is_told_line_by_line() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--bash-subst--80x24.ansi"]);
    let mut watch = stage.archtui(&["watch", "--jsonl"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(watch.stdout.take().expect("piped"));
    let (tell, said) = std::sync::mpsc::channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
    let mut lines: Vec<serde_json::Value> = Vec::new();
    let mut until = |what: &str, holds: &dyn Fn(&serde_json::Value) -> bool| {
        wait_until(
            what,
            || {
                lines.extend(
                    said.try_iter()
                        .map(|line| serde_json::from_str::<serde_json::Value>(&line).expect("JSON")),
                );
                lines.iter().any(holds)
            },
            String::new,
        );
    };
    until("nobody acts", &|l| l["event"] == "actor" && l["acts"] == false);
    let daemon = Daemon::start(&stage);
    until("somebody acts", &|l| l["event"] == "actor" && l["acts"] == true && l["preset"] == "sop");
    until("the answer", &|l| l["event"] == "pressed" && l["outcome"] == "cleared" && l["key"] == "1");
    until("the next one is held", &|l| {
        l["event"] == "confirm"
            && l["verdict"] == "hold"
            && l["operation"] == "bash"
            && l["needs_you"] == true
    });
    drop(daemon);
    let _ = watch.kill();
    let _ = watch.wait();
}

#[test]
fn a_person_makes_a_rule_from_a_dialog_and_it_counts_at_once() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--write-new--120x40.ansi"]);
    // Under this preset a person answers both.
    let config = stage.root.join("archtui.toml");
    let text = std::fs::read_to_string(&config).expect("there");
    std::fs::write(&config, text.replace("\"sop\"", "\"careful\"")).expect("written");
    let own = stage.root.join("home/.config/archtui");
    std::fs::create_dir_all(&own).expect("made");
    let before = "# my own rules\n[[rule]] # for now\nid = \"mine\"\naction = \"hold\"\nreason = \"not now\"\noperation = [\"write\"]\n# the end\n";
    std::fs::write(own.join("policy.toml"), before).expect("written");
    let screen = PrivateTmux::new();
    let pane = room(&stage, &screen, "one");
    let until = |what: &str, holds: &dyn Fn(&str) -> bool| {
        wait_until(what, || holds(&screen.text(pane)), || screen.text(pane));
    };
    let press = |keys: &str| drop(screen.run(&["send-keys", "-t", &pane.to_string(), keys]));
    screen.wait_for(pane, "LIVE careful");
    press("F3");
    until("the edit is held", &|t| t.contains("next: for a person"));
    press("r");
    until("its rule is shown", &|t| t.contains(" RULE ") && t.contains("in the last 24 h"));
    press("Escape");
    until("it is closed", &|t| !t.contains(" RULE "));
    press("w");
    until("a rule is proposed and checked", &|t| {
        t.contains(" NEW RULE ") && t.contains("edit would be: confirm") && t.contains("/tree/notes.txt\"]")
    });
    assert!(screen.text(pane).contains("session = [\"worker\"]"), "{}", screen.text(pane));
    press("C-s");
    until("it is saved", &|t| t.contains("stands in"));
    let after = std::fs::read_to_string(own.join("policy.toml")).expect("there");
    assert!(after.starts_with(before) && after.contains("action = \"allow\""), "{after}");
    wait_until("the dialog is confirmed by it", || stage.keys() == "1", || stage.ledger());
    assert!(stage.ledger().contains("my-edit-notes-txt"), "{}", stage.ledger());
    // What a rule holds stays held, whatever is made of it.
    until("the next one is held", &|t| t.contains("hold by mine: not now"));
    press("g");
    press("w");
    until("it says so", &|t| t.contains(" NEW RULE ") && t.contains("it would stay hold (mine"));
    press("C-s");
    until("it is not saved", &|t| t.contains("a rule that does not count is not saved"));
    assert_eq!(std::fs::read_to_string(own.join("policy.toml")).expect("there"), after);
}

/// A fleet whose daemon keeps its hands off for long after a person was active.
fn quiet_stage(screens: &[&str]) -> Stage {
    let stage = Stage::new(screens);
    let config = stage.root.join("archtui.toml");
    let text = std::fs::read_to_string(&config).expect("there").replace("\"0s\"", "\"60s\"");
    std::fs::write(&config, text + "[[session]]\nname = \"evil\"\nagent = \"claude\"\n").expect("written");
    stage
}

const IDLE: &str = "idle--fresh--80x24.ansi";
const SAFE: &str = "permission--edit--80x24.ansi";

#[test]
fn who_types_into_a_pane_while_another_acts_is_a_person_at_work_to_him() {
    let stage = quiet_stage(&[IDLE, SAFE]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    let screen = PrivateTmux::new();
    let pane = room(&stage, &screen, "one");
    screen.wait_for(pane, "observer, LIVE sop");
    screen.wait_for(pane, "manual mode on");
    let press = |keys: &str| drop(screen.run(&["send-keys", "-t", &pane.to_string(), keys]));
    press("i");
    screen.wait_for(pane, "Ctrl-] leaves");
    press("x");
    let decided = || stage.keys() == "x1" || stage.ledger().contains("a person is active there");
    wait_until("the dialog behind the key is decided", decided, || stage.ledger());
    assert_eq!(stage.keys(), "x", "{}", stage.ledger());
}

/// The socket at which the daemon of a stage listens.
fn door(stage: &Stage) -> PathBuf {
    let folder = std::fs::read_dir(stage.root.join("run/archtui")).expect("a folder");
    let is_door = |p: &PathBuf| p.extension().is_some_and(|e| e == "sock");
    folder.map(|e| e.expect("an entry").path()).find(is_door).expect("a socket")
}

#[test]
#[ignore = "run by another test, in a pane"]
#[expect(clippy::disallowed_methods, reason = "told by the test that runs it")]
fn says_that_a_person_types() {
    let said = std::env::var("ARCHTUI_TEST_TYPES").expect("run by another test");
    let (door, pane) = said.split_once(' ').expect("two words");
    let pane: PaneIdentity = serde_json::from_str(pane).expect("a pane");
    assert!(client::typed(&[PathBuf::from(door)], pane), "it is heard");
}

#[test]
fn an_agent_that_says_a_person_types_is_not_believed_a_person_is() {
    let stage = quiet_stage(&[SAFE, IDLE, SAFE, IDLE, SAFE]);
    let worker = stage.tmux.identity(PaneId(0));
    assert_eq!(stage.tmux.fact(worker.id, "#{session_name}"), "worker");
    // In a pane of the fleet, about another one of it.
    let (go, done) = (stage.root.join("go"), stage.root.join("said"));
    let own = std::env::current_exe().expect("this test");
    let line = format!(
        "while [ ! -e '{go}' ]; do sleep 0.05; done; \
         ARCHTUI_TEST_TYPES=\"$(cat '{go}')\" '{own}' --ignored --exact onlookers::says_that_a_person_types \
         >'{done}.new'; mv '{done}.new' '{done}'; sleep 1000",
        go = go.display(),
        own = own.display(),
        done = done.display(),
    );
    stage.tmux.session("evil", &line);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    // It has listed the panes by then.
    wait_until("the first one is confirmed", || stage.keys() == "1", || stage.ledger());
    let door = door(&stage);
    let key = |keys: &str| drop(stage.tmux.run(&["send-keys", "-t", &worker.id.to_string(), keys]));
    let says = format!("{} {}", door.display(), serde_json::to_string(&worker).expect("JSON"));
    std::fs::write(go.with_extension("new"), says).expect("written");
    std::fs::rename(go.with_extension("new"), &go).expect("in place");
    wait_until("it is said", || done.exists(), || stage.tmux.run(&["list-panes", "-a"]));
    let said = std::fs::read_to_string(&done).expect("there");
    assert!(said.contains("1 passed"), "{said}");
    stage.tmux.wait_for(worker.id, "manual mode on");
    key("x");
    let decided = || stage.keys() == "1x1" || stage.ledger().contains("a person is active there");
    wait_until("the dialog is decided", decided, || stage.ledger());
    assert_eq!(stage.keys(), "1x1", "{}", stage.ledger());
    // From outside of all panes, as a control room is.
    stage.tmux.wait_for(worker.id, "manual mode on");
    assert!(client::typed(&[door], worker), "it is heard");
    key("x");
    let decided = || stage.keys() == "1x1x1" || stage.ledger().contains("a person is active there");
    wait_until("the next dialog is decided", decided, || stage.ledger());
    assert_eq!(stage.keys(), "1x1x", "{}", stage.ledger());
}
