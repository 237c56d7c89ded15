//! What /proc says of processes in real panes: the one in the foreground, through shells and interpreters.

use archtui::domain::session::PaneIdentity;
use archtui::evidence::proc::Proc;
use archtui::ports::Processes;

use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;

fn wait_for_name(pane: PaneIdentity, want: &str) {
    let proc = Proc::new(None);
    let name = || proc.foreground(pane);
    wait_until(
        &format!("the foreground is {want}"),
        || name().as_deref() == Some(want),
        || format!("{:?}", proc.describe(pane)),
    );
    assert_eq!(proc.describe(pane).map(|f| f.name).as_deref(), Some(want));
}

#[test]
fn the_foreground_is_found_through_shells_and_back() {
    let tmux = PrivateTmux::new();
    let script = tmux.dir().join("agent.sh");
    // Without job control the program shares the group of the script that runs it.
    std::fs::write(&script, "cat\n:\n").expect("a script");
    let pane = tmux.session("one", "exec bash --norc -i");
    let identity = tmux.identity(pane);
    let type_in = |keys: &str| tmux.run(&["send-keys", "-t", &pane.to_string(), keys, "Enter"]);
    wait_for_name(identity, "bash");
    type_in("cat");
    wait_for_name(identity, "cat");
    tmux.run(&["send-keys", "-t", &pane.to_string(), "C-c"]);
    wait_for_name(identity, "bash");
    type_in(&format!("sh {}", script.display()));
    wait_for_name(identity, "cat");
    let shown = Proc::new(None).describe(identity).expect("it runs");
    assert_eq!(shown.cwd.as_deref(), Some(tmux.dir()));
    assert_eq!(shown.argv, ["cat"]);
    // The same process becomes another program: the answer follows.
    tmux.run(&["send-keys", "-t", &pane.to_string(), "C-c"]);
    wait_for_name(identity, "bash");
    type_in("exec sleep 1000");
    wait_for_name(identity, "sleep");
}

#[test]
fn a_pane_is_known_by_its_terminal_and_its_ancestors() {
    let tmux = PrivateTmux::new();
    let (a, b) = (tmux.session("one", "exec cat"), tmux.session("two", "exec cat"));
    let (a, b) = (tmux.identity(a), tmux.identity(b));
    let proc = Proc::new(None);
    assert!(proc.controlling_terminal(a.pid).is_some());
    assert_ne!(proc.controlling_terminal(a.pid), proc.controlling_terminal(b.pid));
    assert_eq!(proc.ancestry(a.pid).get(1).map(|s| s.pid), tmux.pid());
    assert_eq!(proc.describe(PaneIdentity { start: 1, ..a }), None);
}
