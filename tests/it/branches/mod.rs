//! Branch compliance against the real git: a zoo of repositories, hostile and broken ones, the hooks.

mod api;
mod figures;
mod hooks;
mod hostile;
mod told;
mod watch;
mod zoo;
mod zoo_rules;
mod zoo_shapes;

use std::path::Path;

use serde_json::Value;

use super::support::repo::Lab;

/// The one tree that archtui tells of a folder.
fn look(lab: &Lab, path: &Path) -> Value {
    let out = lab.archtui(&lab.path(), &["branches", "--json", path.to_str().expect("UTF-8")]);
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    let mut report: Value = serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!("{}: {e}: {text}{}", path.display(), String::from_utf8_lossy(&out.stderr))
    });
    assert_eq!(report["schema"], "archtui.branches/1");
    let red = text.contains("\"severity\":\"red\"");
    assert_eq!(out.status.code(), Some(if red { 4 } else { 0 }), "{text}");
    report["trees"][0].take()
}

/// `rule:severity` of each finding, sorted.
fn findings(tree: &Value) -> Vec<String> {
    let word = |f: &Value, key: &str| f[key].as_str().expect("a word").to_owned();
    let list = tree["findings"].as_array().expect("a list");
    let mut out: Vec<String> =
        list.iter().map(|f| format!("{}:{}", word(f, "rule"), word(f, "severity"))).collect();
    out.sort();
    out
}
