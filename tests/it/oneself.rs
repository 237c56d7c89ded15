//! An agent that wants to answer itself by archtui's own commands: whatever it hides, it is refused, and nothing is pressed.
//! What a program of the same user can do without archtui is not held against; the README says so.

use std::fs;

use crate::actor::{Daemon, Stage};
use crate::ends::line_of;
use crate::support::wait_until;

/// How the command is started; `CMD` is the program with its arguments.
const WAYS: &[(&str, &str)] = &[
    ("plainly", "CMD"),
    ("with another pane's name", "env TMUX_PANE=%99 CMD"),
    ("in a session of its own", "setsid -w CMD"),
    ("as an orphan in a session of its own", "setsid -f CMD"),
    ("deaf to hang-ups", "nohup CMD"),
    ("forked twice", "sh -c '(CMD2 &) &'"),
    ("forked twice, in a session of its own", "sh -c '(setsid -f CMD2 &) &'"),
    ("on another terminal", "script -qec \"CMD\" /dev/null"),
];

fn stage() -> (Stage, Daemon) {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi"]);
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, text + "[[session]]\nname = \"evil\"\nagent = \"claude\"\n").expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the dialog is held", || stage.ledger().contains(" held "), || stage.ledger());
    (stage, daemon)
}

#[test]
fn no_way_of_starting_a_command_makes_an_agent_a_person() {
    let (stage, _daemon) = stage();
    let mut script = String::new();
    let mut tried = Vec::new();
    for (how, way) in WAYS {
        for args in [
            &["approve", "worker"][..],
            &["deny", "worker"],
            &["deny", "worker", "--text", "do it then"],
            &["answer", "worker", "--option", "1"],
            &["unstick", "worker", "--step", "approve"],
            &["pause"],
        ] {
            let file = stage.root.join(format!("tried.{}", tried.len()));
            // A script, so that no quotes meet.
            let program = stage.root.join(format!("try.{}", tried.len()));
            let line = line_of(&stage.archtui(args));
            let body = format!(
                "#!/bin/sh\n{line} >'{0}.new' 2>&1\necho \"code $?\" >>'{0}.new'\nmv '{0}.new' '{0}'\n",
                file.display()
            );
            fs::write(&program, body).expect("written");
            let run = format!("sh {}", program.display());
            script += &way.replace("CMD2", &run).replace("CMD", &run);
            script += "\n";
            tried.push((format!("{how}: {}", args.join(" ")), file));
        }
    }
    // By a config of the agent's own: of the same fleet, without a roster that would name it.
    let own = stage.root.join("own.toml");
    fs::write(&own, "[confirm]\npreset = \"wide\"\n[[session]]\nname = \"worker\"\n").expect("written");
    for args in [&["approve", "worker"][..], &["pause"], &["daemon"], &["send", "x", "--target", "worker"]] {
        let file = stage.root.join(format!("tried.{}", tried.len()));
        let line = line_of(&stage.archtui(args)).replace("archtui.toml", "own.toml");
        script += &format!(
            "{line} >'{0}.new' 2>&1; echo \"code $?\" >>'{0}.new'; mv '{0}.new' '{0}'\n",
            file.display()
        );
        tried.push((format!("by its own config: {}", args.join(" ")), file));
    }
    fs::write(stage.root.join("evil.sh"), script + "sleep 1000\n").expect("written");
    stage.tmux.session("evil", &format!("exec sh {}", stage.root.join("evil.sh").display()));
    for (what, file) in &tried {
        wait_until(what, || file.exists(), || stage.tmux.run(&["list-panes", "-a"]));
        let said = fs::read_to_string(file).expect("read");
        let refused = ["is not for agents", "it is not known who asks", "an agent sends in its own name"];
        let refused = refused.iter().any(|word| said.contains(word));
        assert!(refused && said.contains("code 1"), "{what}: {said}");
    }
    assert_eq!(stage.keys(), "");
    assert!(!stage.ledger().contains("operator"), "{}", stage.ledger());
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()), "and a person may");
}

#[test]
fn a_control_room_in_an_agents_session_answers_nothing() {
    let (stage, _daemon) = stage();
    let line = line_of(&stage.archtui(&[])).replacen("env -i", "exec env -i TERM=xterm-256color", 1);
    let pane = stage.tmux.session("evil", &line);
    stage.tmux.wait_for(pane, "off: acting here is not for agents");
    let keys = |keys: &[&str]| {
        let mut all = vec!["send-keys", "-t", "=evil:"];
        all.extend(keys);
        stage.tmux.run(&all);
    };
    keys(&["n"]);
    // A dialog must have been on the screen for a while before it is answered.
    std::thread::sleep(std::time::Duration::from_millis(500));
    keys(&["y"]);
    stage.tmux.wait_for(pane, "this runs in evil (");
    assert_eq!(stage.keys(), "");
    assert!(!stage.ledger().contains("operator"), "{}", stage.ledger());
}
