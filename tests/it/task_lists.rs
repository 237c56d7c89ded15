//! What `archtui tasks` lists and what it leaves out, what an inbox tells as new, and what a dry run promises.

use std::fs;

use serde_json::Value;

use super::support::tmux::PrivateTmux;
use super::task_cli::Place;

/// Three tasks, of which one is blocked and one cancelled.
fn some() -> Place {
    let place = Place::new();
    place.ok(&["send", "one", "--target", "dev_worker1"]);
    place.ok(&["send", "two", "--role", "rust", "--priority", "9"]);
    place.ok(&["send", "three", "--after", "1"]);
    place.ok(&["send", "four", "--target", "dev_worker2"]);
    place.ok(&["task", "cancel", "4"]);
    place
}

fn ids(place: &Place, args: &[&str]) -> Vec<u64> {
    let said: Value =
        serde_json::from_str(&place.ok(&[args, &["--json"]].concat())).expect("one line of JSON");
    said["tasks"].as_array().expect("a list").iter().filter_map(|t| t["id"].as_u64()).collect()
}

#[test]
fn tasks_are_picked_by_state_session_and_role() {
    let place = some();
    for (args, want) in [
        (&["tasks"][..], &[1, 2, 3, 4][..]),
        (&["tasks", "--state", "queued"], &[1, 2]),
        (&["tasks", "--state", "blocked", "--state", "cancelled"], &[3, 4]),
        (&["tasks", "--session", "dev_worker1"], &[1]),
        (&["tasks", "--session", "dev_worker2"], &[4]),
        (&["tasks", "--role", "rust"], &[1, 2]),
        (&["tasks", "--role", "worker", "--state", "queued"], &[1]),
        (&["tasks", "--limit", "1"], &[2, 4]),
        (&["tasks", "--session", "nobody"], &[]),
    ] {
        assert_eq!(ids(&place, args), want, "{args:?}");
    }
    let lines = place.ok(&["tasks", "--limit", "1"]);
    let lines: Vec<&str> = lines.lines().collect();
    assert!(lines[0].starts_with("#2 ") && lines[1].starts_with("#4 "), "{lines:?}");
    assert!(lines[2].starts_with("and 2 more that are not finished"), "{lines:?}");
    place.fails(&["tasks", "--state", "blockd"], 2, "\"blockd\"", "\"blocked\"");
    place.fails(&["tasks", "--role", "rusty"], 2, "\"rusty\"", "\"rust\"");
}

fn inbox(place: &Place, args: &[&str]) -> Vec<(u64, bool)> {
    let said = place.ok(&[&["tasks", "--inbox", "--json"], args].concat());
    let said: Value = serde_json::from_str(&said).expect("one line of JSON");
    let entry =
        |e: &Value| (e["task"].as_u64().expect("a number"), e["unread"].as_bool().expect("yes or no"));
    said["entries"].as_array().expect("a list").iter().map(entry).collect()
}

#[test]
fn an_inbox_tells_what_is_new_once() {
    let place = Place::new();
    assert_eq!(inbox(&place, &["--unread"]), []);
    for (n, from) in [("1", ""), ("2", "boss")] {
        let send = ["send", n, "--target", "dev_worker1", "--from", from];
        place.ok(if from.is_empty() { &send[..4] } else { &send });
        place.ok(&["task", "done", n]);
    }
    // The operator reads what everybody was told; read is what was listed.
    assert_eq!(inbox(&place, &[]), [(1, true), (2, true)]);
    assert_eq!(inbox(&place, &["--unread"]), []);
    assert_eq!(inbox(&place, &[]), [(1, false), (2, false)]);
    let third = place.ok(&["send", "3", "--target", "dev_worker1"]);
    let third = third.trim();
    place.ok(&["task", "done", third]);
    let said = place.ok(&["tasks", "--inbox", "--unread"]);
    assert!(said.contains(&format!("task #{third} is done")), "{said}");
    assert_eq!(place.ok(&["tasks", "--inbox", "--unread"]), "nothing new\n");
    // What the person has read there is no news in the control room.
    let seen = |id: &str| {
        let db = rusqlite::Connection::open(place.path("state/archtui/test/archtui.db")).expect("opens");
        db.query_row("SELECT task ->> '$.seen' FROM tasks WHERE id = ?1", [id], |r| {
            r.get::<_, Option<bool>>(0)
        })
    };
    assert_eq!([seen("1"), seen("2"), seen(third)], [Ok(Some(true)), Ok(None), Ok(Some(true))]);
}

#[test]
fn a_dry_run_queues_nothing_and_tells_what_would_be_refused() {
    let place = Place::new();
    fs::write(place.path("plan.md"), "- [ ] a {id=x}\n- [ ] b {after=x}\n").expect("written");
    let ran = place.run(&["send", "--plan", "plan.md", "--dry-run"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("2. p5  b  after 1") && ran.err.contains("nothing is queued"), "{}", ran.err);
    assert_eq!(place.tasks(), Vec::<Value>::new());
    place.ok(&["send", "--plan", "plan.md", "--yes"]);
    place.fails(&["send", "--plan", "plan.md", "--dry-run"], 1, "task 1", "--again");
    fs::write(place.path("circle.md"), "- [ ] c {id=x after=y}\n- [ ] d {id=y after=x}\n").expect("written");
    place.fails(&["send", "--plan", "circle.md", "--dry-run"], 2, "circle", "remove");
    assert_eq!(place.run(&["send", "e", "--dry-run"]).code, 0);
    assert_eq!(place.tasks().len(), 2);
}

#[test]
fn of_the_names_that_a_pattern_covers_only_those_that_run_are_sessions() {
    let tmux = PrivateTmux::new();
    tmux.session("extra_1", "sleep 600");
    let place = Place::over(tmux.socket());
    let config = place.path("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, text + "[[session]]\nmatch = \"extra_*\"\ntier = \"worker\"\nreports_to = \"boss\"\n")
        .expect("written");
    place.fails(
        &["send", "x", "--from", "boss", "--target", "extra_2"],
        3,
        "no session is called \"extra_2\"",
        "extra_1",
    );
    assert_eq!(place.ok(&["send", "x", "--from", "boss", "--target", "extra_1"]), "1\n");
    // What has an entry of its own may come later.
    assert_eq!(place.ok(&["send", "y", "--from", "boss", "--target", "dev_worker1"]), "2\n");
}
