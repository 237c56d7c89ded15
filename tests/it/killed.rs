//! archtui killed with signal 9 at random moments while tasks flow to simulated agents that log what they are given: none
//! is lost, none is given twice, hardly any is held, the database is sound. It proves the plumbing: the agents are ours.
//!
//! `ARCHTUI_KILLS=200` makes the long one longer, `ARCHTUI_KILL_SEED=7` begins at other moments.

use std::collections::BTreeMap;
use std::time::Duration;

use archtui::domain::task::{Order, State};

use super::dispatch::{PATIENT, Site};

/// What came of one fleet.
#[derive(Debug, Default)]
struct Figures {
    held: usize,
    lost: usize,
    twice: usize,
}

/// So many tasks for so many agents, and so many kills; then a person decides what is held, and the rest is done.
fn fleet(seed: u64, names: &[&str], tasks: usize, kills: u64) -> Figures {
    let site = Site::new(names, PATIENT);
    for n in 0..tasks {
        let target = (n % 3 == 0).then(|| names[n % names.len()].to_owned());
        let text =
            if n % 5 == 0 { format!("piece {n}\nof the work\nin lines") } else { format!("piece {n}") };
        site.send(Order { target, ..Order::new(text) });
    }
    let mut figures = Figures::default();
    for round in 0..kills {
        let mut daemon = site.archtui(&["daemon"]).spawn().expect("it starts");
        // From before it has begun to long after.
        std::thread::sleep(Duration::from_millis(150 + dice(seed * 1000 + round) % 2000));
        daemon.kill().expect("killed");
        daemon.wait().expect("gone");
        figures.held += site.decide();
    }
    let mut daemon = site.archtui(&["daemon"]).spawn().expect("it starts");
    loop {
        site.wait_for("nothing is left to do", |tasks| {
            tasks.iter().all(|t| t.state == State::Done) || tasks.iter().any(|t| t.state == State::Held)
        });
        match site.decide() {
            0 => break,
            n => figures.held += n,
        }
    }
    daemon.kill().expect("killed");
    daemon.wait().expect("gone");
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for text in names.iter().flat_map(|n| site.submitted(n)) {
        *given.entry(text).or_default() += 1;
    }
    let all = site.tasks();
    assert_eq!(all.len(), tasks, "none is forgotten");
    figures.lost = all.iter().filter(|t| !given.contains_key(&t.typed())).count();
    figures.twice = given.values().filter(|n| **n > 1).count();
    assert_eq!(given.len(), tasks, "something else was given to them: {given:#?}");
    let db = rusqlite::Connection::open(site.state_dir().join("archtui.db")).expect("opens");
    let sound: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).expect("an answer");
    assert_eq!(sound, "ok");
    figures
}

/// A number that looks random.
fn dice(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 31)
}

#[expect(clippy::disallowed_methods, reason = "how many is for who runs the test")]
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_daemon_that_is_killed_neither_loses_nor_doubles() {
    let f = fleet(3, &["w1", "w2", "w3"], 10, 8);
    assert!(f.lost == 0 && f.twice == 0 && f.held <= 2, "{f:?}");
}

#[test]
#[ignore = "minutes: scripts/prove.sh runs it"]
fn killed_200_times_while_50_tasks_flow() {
    let names = ["w1", "w2", "w3", "w4", "w5", "w6"];
    let seed = number("ARCHTUI_KILL_SEED", 1);
    for run in 0..number("ARCHTUI_KILLS", 200).div_ceil(20) {
        let f = fleet(seed + run, &names, 50, 20);
        println!("run {run}: {f:?}");
        assert!(f.lost == 0 && f.twice == 0 && f.held <= 2, "{f:?}");
    }
}
