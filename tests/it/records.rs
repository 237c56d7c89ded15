//! Records that cannot be read: doctor says so and how to mend it, and the figures over them tell nothing that was not observed.

use std::fs;

use super::roster::Site;

#[test]
fn doctor_tells_of_a_database_that_is_none() {
    let site = Site::new(&[("one", "")]);
    let db = site.dir().join("state/archtui/test/archtui.db");
    assert!(!site.archtui(&["doctor"]).1.contains("records"), "none yet is no fault");
    fs::create_dir_all(&db).expect("made");
    let (code, said) = site.archtui(&["doctor"]);
    assert!(code == Some(4) && said.contains("records") && said.contains("is not a file"), "{said}");
    fs::remove_dir(&db).expect("empty");
    fs::write(&db, "no database at all, and long enough to be looked at. ".repeat(40)).expect("written");
    let (code, said) = site.archtui(&["doctor"]);
    assert!(code == Some(4) && said.contains("records") && said.contains("mend:"), "{said}");
}

#[test]
fn figures_of_nothing_are_null() {
    let site = Site::new(&[("one", "")]);
    let json: serde_json::Value =
        serde_json::from_str(&site.run(&["metrics", "--json"], 0)).expect("JSON alone");
    assert_eq!(json["schema"], "archtui.metrics/1");
    for null in ["prompts", "waiting", "tasks", "from"] {
        assert!(json[null].is_null(), "{null}: {json}");
    }
    assert!(
        json["latency_ms"]["pressed"]["p50"].is_null() && json["hours"][23]["prompts"].is_null(),
        "{json}"
    );
    site.run(&["send", "a", "--target", "one"], 0);
    let json: serde_json::Value =
        serde_json::from_str(&site.run(&["metrics", "--json"], 0)).expect("JSON alone");
    assert_eq!(json["tasks"]["states"]["queued"], 1, "{json}");
    assert!(json["tasks"]["wait_s"]["p50"].is_null() && json["prompts"].is_null(), "{json}");
    assert!(site.run(&["metrics"], 0).contains("queued 1"));
}
