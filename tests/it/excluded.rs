//! Sessions that `[confirm] exclude` names, over a real tmux server with simulated agents: never started anew and given no task,
//! and a change of the list counts at once.

use std::fs;

use rustix::process::Signal;

use super::roster::{Site, role};
use super::support::tmux::signal;
use super::support::wait_until;

const PLAIN: &str = "steps = [\"await-prompt\", { work = \"300ms\" }, { say = \"So it is.\" }]";

/// The pid of a session's only pane, and whether it is dead.
fn pane(site: &Site, session: &str) -> (u32, bool) {
    let format = "#{pane_pid} #{pane_dead}";
    let all = site.tmux.run(&["list-panes", "-s", "-t", &format!("={session}:"), "-F", format]);
    let (pid, dead) = all.lines().last().and_then(|l| l.split_once(' ')).expect("a pane");
    (pid.parse().expect("a pid"), dead == "1")
}

/// Ends an agent as a crash would; the pane stays, dead.
fn crash(site: &Site, session: &str) {
    signal(pane(site, session).0, Signal::KILL);
    wait_until("its pane is dead", || pane(site, session).1, String::new);
}

/// The tasks that reached an agent, beside its role.
fn theirs(site: &Site, session: &str) -> usize {
    site.submitted(session).into_iter().filter(|t| !t.starts_with("ROLE")).count()
}

#[test]
fn who_is_excluded_gets_no_task_and_no_restart_from_the_moment_it_is_written() {
    let entry = format!("{}\nrestart = \"ended\"", role("x"));
    let site = Site::new(&[("one", &entry), ("two", &entry)]);
    fs::write(site.dir().join("script.toml"), PLAIN).expect("written");
    let file = site.dir().join("archtui.toml");
    let config = fs::read_to_string(&file).expect("there");
    let exclude = |who: &str| format!("{config}[confirm]\nexclude = [\"{who}\"]\n");
    site.tmux.session("base", "cat");
    site.run(&["up"], 0);
    fs::write(&file, exclude("tw*")).expect("written");
    site.daemon("daemon");
    // A target that is excluded is refused, and what anybody may do goes to the other one.
    assert!(site.run(&["send", "a", "--target", "two"], 1).contains("two"));
    for text in ["first", "second"] {
        site.run(&["send", text], 0);
    }
    wait_until("both are there", || theirs(&site, "one") == 2, || site.run(&["tasks"], 0));
    assert_eq!(theirs(&site, "two"), 0);

    // Whose turn it is is the list's word while everything runs.
    fs::write(&file, exclude("on*")).expect("written");
    let ledger = || site.archtui(&["ledger"]).1;
    crash(&site, "two");
    let (old, _) = pane(&site, "one");
    crash(&site, "one");
    wait_until("two is back", || !pane(&site, "two").1, ledger);
    assert_eq!(pane(&site, "one"), (old, true), "{}", ledger());
    site.run(&["send", "third"], 0);
    wait_until("it is there", || theirs(&site, "two") == 1, || site.run(&["tasks"], 0));
    assert_eq!(theirs(&site, "one"), 2);
    assert_eq!(pane(&site, "one"), (old, true), "{}", ledger());
    assert!(site.run(&["ledger", "--verify"], 0).contains("the chain holds"));
}
