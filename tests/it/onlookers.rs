//! Control rooms and commands that only look on while a daemon acts, over a private tmux server: they see the queue that he
//! has before him, and their switches reach him.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use rustix::process::Signal;

use crate::actor::{Daemon, Stage};
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

/// The program in a pane of a screen of its own, seeing of the machine what the daemon sees.
fn room(stage: &Stage, screen: &PrivateTmux, name: &str) -> archtui::domain::session::PaneId {
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
    let press = |pane: archtui::domain::session::PaneId, keys: &str| {
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
    assert!(done && told.starts_with("cleared"), "{told}");
    press(panes[1], "F3");
    until(panes[0], "what was done is seen", &|t| {
        t.contains("cleared") && t.contains("switched off for this session")
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
