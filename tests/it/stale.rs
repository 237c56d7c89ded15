//! What was judged counts for the session as it was then: one that is renamed is judged by its new name. Over a private tmux
//! server, with an agent that is a script which shows recorded screens: this proves the plumbing.

use std::fs;

use super::actor::{Daemon, Stage};
use super::support::wait_until;

#[test]
fn a_renamed_session_is_judged_by_its_new_name() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--edit--80x24.ansi"]);
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    let both = text.replace("[confirm]", "[confirm]\nexclude = [\"secret\"]")
        + "[[session]]\nname = \"secret\"\nagent = \"claude\"\n";
    fs::write(&config, both).expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains("held"), || stage.ledger());
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()));
    let (denied, said) = stage.say(&["deny", "worker"]);
    assert!(denied, "{said}");
    wait_until("the edit is held by the pause", || stage.ledger().contains("paused by"), || stage.ledger());
    stage.tmux.run(&["rename-session", "-t", "=worker", "secret"]);
    let status = || stage.say(&["status", "--json"]).1;
    wait_until("it is not for automation", || status().contains("session.excluded"), status);
    assert_eq!(stage.say(&["resume"]), (true, "goes on\n".to_owned()));
    wait_until("it goes on", || status().contains("\"paused\":false"), status);
    assert_eq!(stage.keys(), "3", "{}", stage.ledger());
    stage.tmux.run(&["rename-session", "-t", "=secret", "worker"]);
    wait_until("the edit is confirmed", || stage.keys() == "31", || stage.ledger());
}

/// What clears temporary folders, or a logout, takes the folder of the locks away under a daemon that goes on.
#[test]
fn whoever_loses_the_folder_of_his_lock_takes_his_seat_anew() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, text + "[[session]]\nname = \"worker2\"\nagent = \"claude\"\n").expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the first is confirmed", || stage.keys() == "1", || stage.ledger());
    fs::remove_dir_all(stage.root.join("run/archtui")).expect("it is there");

    let root = stage.root.display();
    fs::create_dir_all(stage.root.join("other/.git")).expect("made");
    let agent = format!("cd '{root}/other' && exec ../claude '{root}/0.ansi:1'");
    stage.tmux.session_of("worker2", 120, 40, &agent);
    let keys = || fs::read_to_string(stage.root.join("other/keys")).unwrap_or_default();
    wait_until("the next is confirmed", || keys() == "1", || stage.ledger());
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()), "he is found");
}

/// With its records it would forget what it answered, and what a person keeps or has paused: a person begins anew.
#[test]
fn whoever_loses_the_records_of_his_fleet_acts_no_more_and_says_why() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--edit--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the first is confirmed", || stage.keys() == "1", || stage.ledger());
    fs::remove_dir_all(stage.root.join("home/.local/state/archtui")).expect("it is there");
    daemon.until("not acting: the folder of this fleet's records was cleared away");
    // His seat is asked for again, and not given.
    daemon.until("acts again when it is started anew");
    assert!(
        !stage.root.join("home/.local/state/archtui/fleet/archtui.db").exists(),
        "nothing is begun in its place"
    );
}

/// Nobody saw those panes end: the connection went with them.
#[test]
fn what_stood_there_when_the_server_died_has_an_end_when_somebody_acts_again() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    stage.tmux.crash();
    daemon.until("its server was killed");
    stage.tmux.session_of("worker", 120, 40, "cat");
    let told = || stage.say(&["ledger", "--json"]).1;
    wait_until("it has an end", || told().contains("its pane has ended"), told);
    let last: serde_json::Value = serde_json::from_str(told().lines().last().expect("one")).expect("JSON");
    assert_eq!((&last["outcome"], &last["of"]), (&"gone".into(), &1.into()), "{last}");
}
