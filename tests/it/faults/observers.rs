//! Five who look on and one who acts, and he is killed twice: somebody follows within a second, no dialog gets two keys, and
//! in the end all say the same. Fleets of two names on one server have one actor between them.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use archtui::domain::session::PaneId;
use archtui::store::lock::{Lock, LockName};
use rustix::process::Signal;

use super::fleet::{Acting, Fleet};
use super::watch::Watch;
use super::{Trial, number, say};
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{PATIENCE, now, wait_until};

/// Whoever follows acts within this.
const TAKEOVER: Duration = Duration::from_secs(1);

/// So many rounds of an agent, then a dialog that is a person's.
fn rounds(n: u64) -> String {
    let mut script = String::from("steps = [\n");
    for _ in 0..n {
        script += "{ work = \"300ms\" }, { bash = { command = \"ls src\", takes = \"60ms\" } },\n";
    }
    script + "{ work = \"100ms\" }, { bash = { command = \"rm -rf build\" } }]\n"
}

/// Who holds the lock.
fn holder(fleet: &Fleet) -> Option<u32> {
    let folder: &Path = &fleet.dir.join("run/archtui");
    Lock::holder(folder, &LockName::of(fleet.tmux.socket())).map(|h| h.pid)
}

/// Whose word counts on the server.
fn claimed(fleet: &Fleet) -> String {
    let out = fleet.tmux.try_run(&["show-options", "-sqv", "@archtui_actor"]);
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// A control room in a pane of a screen of its own.
fn room(fleet: &Fleet, screen: &PrivateTmux, name: &str) -> PaneId {
    let command = fleet.archtui("test", &[]);
    let mut line = String::from("exec env -i TERM=xterm-256color");
    for (name, value) in command.get_envs() {
        let _ = write!(line, " {}='{}'", name.to_string_lossy(), value.unwrap_or_default().to_string_lossy());
    }
    for word in std::iter::once(command.get_program()).chain(command.get_args()) {
        let _ = write!(line, " '{}'", word.to_string_lossy());
    }
    screen.session_of(name, 120, 40, &line)
}

/// The line that a room has at its top, up to what is its own affair.
fn counts(screen: &PrivateTmux, pane: PaneId) -> String {
    let text = screen.text(pane);
    let line = text.lines().next().unwrap_or_default();
    let from = line.find('●').unwrap_or(0);
    let to = line.find("problem").map_or(line.len(), |i| i + "problem".len());
    line.get(from..to).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn observe(trial: Trial, cycles: u64, between: Duration) {
    let script = rounds(cycles);
    let fleet = Fleet::new(&[("one", &script), ("two", &script), ("three", &script)]);
    let mut first = Acting::start(&fleet, "test");
    first.until("acting");
    let screen = PrivateTmux::new();
    let mut rooms: Vec<PaneId> = ["r1", "r2", "r3"].map(|n| room(&fleet, &screen, n)).to_vec();
    let mut watches = [Watch::start(&fleet), Watch::start(&fleet)];
    for room in &rooms {
        screen.wait_for(*room, "observer");
    }
    for _ in 0..2 {
        std::thread::sleep(between);
        let before = claimed(&fleet);
        let acts = holder(&fleet).expect("somebody acts");
        // If it is one of the rooms, its pane goes with it, when tmux comes to that.
        let pid =
            |room: &PaneId| screen.run(&["display-message", "-p", "-t", &room.to_string(), "#{pane_pid}"]);
        rooms.retain(|room| pid(room) != acts.to_string());
        signal(acts, Signal::KILL);
        let since = now();
        let other = || {
            let id = claimed(&fleet);
            id != before && !id.is_empty()
        };
        while !other() || holder(&fleet).is_none_or(|pid| pid == acts) {
            let late = trial.within(TAKEOVER);
            assert!(now() < since + late, "nobody follows {before} within {late:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
        say(&format!("the next one acts after {:?}", now() - since));
    }
    let _ = first.child.try_wait();
    assert!(rooms.len() >= 2, "those who looked on live");
    // Whatever is not known to have been answered is a person's.
    let asked = usize::try_from(cycles).expect("small") + 1;
    let end = now() + PATIENCE + Duration::from_secs(cycles * 2);
    loop {
        let stories = fleet.stories();
        if stories.values().all(|s| s.asked == asked) {
            break;
        }
        assert!(now() < end, "they go on: {stories:?}\n{}", fleet.say(&["ledger"]));
        std::thread::sleep(Duration::from_millis(500));
        for (name, story) in stories {
            if story.asked < asked {
                fleet.help(&name);
            }
        }
    }
    let helped = fleet.helped.get();
    assert!(helped <= 2 * fleet.names.len(), "a person was needed {helped} times");
    // One set of presses, and everybody says the same.
    for (name, story) in fleet.stories() {
        assert_eq!((story.asked, story.answered), (asked, asked - 1), "{name}");
    }
    for watch in &mut watches {
        watch.until("all wait", now(), PATIENCE, |w| fleet.names.iter().all(|n| w.state(n) == "permission"));
    }
    let status: serde_json::Value =
        serde_json::from_str(fleet.say(&["status", "--json"]).lines().next().expect("a line")).expect("JSON");
    assert!(status["sessions"].as_array().expect("sessions").iter().all(|s| s["state"] == "permission"));
    let last = || rooms.iter().map(|r| screen.text(*r)).collect::<String>();
    let agree = || rooms.iter().all(|r| counts(&screen, *r).starts_with("● 3 need you ▶ 0 working"));
    wait_until("all rooms say so", agree, last);
    fleet.sound();
    say(&format!("{} dialogs, a person was needed {helped} times", asked * fleet.names.len()));
}

#[test]
fn five_look_on_and_the_one_who_acts_is_killed_twice() {
    observe(Trial { rounds: 1, strict: false }, 12, Duration::from_secs(3));
}

/// `ARCHTUI_MINUTES=2` for other lengths.
#[test]
#[ignore = "ten minutes: scripts/prove.sh runs it"]
fn five_look_on_for_long() {
    let minutes = number("ARCHTUI_MINUTES", 10);
    observe(Trial { rounds: 1, strict: true }, minutes * 85, Duration::from_secs(minutes * 20));
}

#[test]
fn two_fleets_on_one_server_have_one_actor() {
    let fleet = Fleet::new(&[("one", super::fleet::BUSY)]);
    let mut test = Acting::start(&fleet, "test");
    test.until("acting");
    let mut other = Acting::start(&fleet, "other");
    other.until(&format!("observing: process {}", test.child.id()));
    fleet.until_answered("one", 3);
    assert_eq!(holder(&fleet), Some(test.child.id()));
    test.kill();
    other.until("acting");
    assert_eq!(holder(&fleet), Some(other.child.id()));
    let mut again = Acting::start(&fleet, "test");
    again.until(&format!("observing: process {}", other.child.id()));
    let told = fleet.archtui("other", &["ledger"]).output().expect("it runs").stdout;
    drop(told);
    fleet.story("one");
}
