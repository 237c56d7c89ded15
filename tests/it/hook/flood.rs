//! One pane calls without end: its calls are given back, and nobody else waits for that.

use std::fs;

use crate::actor::{Daemon, Stage};
use crate::support::{now, wait_until};

const EDIT: &str = "permission--edit--80x24.ansi";
/// So many calls, as fast as this machine can start them.
const CALLS: usize = 120;

#[test]
fn a_pane_that_calls_without_end_is_not_looked_at_and_the_others_are() {
    let stage = Stage::new(&[EDIT]);
    stage.tmux.run(&["kill-session", "-t", "=worker:"]);
    let root = stage.root.display();
    let program = env!("CARGO_BIN_EXE_archtui");
    let payload = super::request("rm -r NUMBER");
    fs::write(stage.root.join("call"), payload).expect("written");
    let script = format!(
        "cd '{root}'; export XDG_RUNTIME_DIR='{root}/run' HOME='{root}/home'
until [ -e go ]; do sleep 0.02; done
n=0; while [ $n -lt {CALLS} ]; do n=$((n+1))
sed s/NUMBER/$n/ call | '{program}' hook PermissionRequest >>said &
done; wait; touch flooded; sleep 1000\n"
    );
    fs::write(stage.root.join("flood.sh"), script).expect("written");
    stage.tmux.session("mine", &format!("sh '{root}/flood.sh'"));
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("its pane is known", || stage.say(&["status"]).1.contains("mine"), || stage.ledger());
    let began = now();
    fs::write(stage.root.join("go"), "").expect("written");
    wait_until("the first are told of", || stage.ledger().contains(" mine "), || stage.ledger());
    // Another agent asks meanwhile.
    let run = format!("cd '{root}/tree' && exec ../claude '{root}/0.ansi:1'");
    stage.tmux.session_of("worker", 120, 40, &run);
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    let log = || {
        fs::read_to_string(stage.root.join("home/.local/state/archtui/fleet/archtui.log")).unwrap_or_default()
    };
    wait_until("people are told", || log().contains("calls of hooks in mine were not looked at"), log);
    let flooded = stage.root.join("flooded");
    wait_until("all have ended", || flooded.exists(), || stage.ledger());
    assert_eq!(fs::read_to_string(stage.root.join("said")).expect("printed"), "", "the agent asks as usual");
    let rows = stage.say(&["ledger", "--json"]).1.matches("\"session\":\"mine\"").count();
    // Two of each that is looked at: sixteen in five seconds.
    let spans = began.elapsed().as_secs() / 5 + 1;
    assert!(rows > 0 && rows as u64 <= 32 * spans, "{rows} in {spans} spans\n{}", stage.ledger());
}
