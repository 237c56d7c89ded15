//! What recorded screens say is wrong.

use archtui::domain::agent::Agents;
use archtui::domain::ansi;
use archtui::domain::health::Trouble;
use archtui::domain::read::{Facts, read};
use archtui::domain::status::State;

fn check(file: &str, agent: &str, want: Option<Trouble>) {
    let path = format!("{}/tests/screens/{file}.ansi", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("a recorded screen");
    let size = file.rsplit("--").next().and_then(|s| s.split_once('x')).expect("its size");
    let (w, h) = (size.0.parse().expect("columns"), size.1.parse().expect("rows"));
    let facts = Facts { agent: Some(agent.to_owned()), ..Facts::default() };
    let reading = read(&ansi::parse(&bytes, w, h), &facts, Agents::builtin());
    assert_eq!((reading.state, reading.trouble), (State::Error, want), "{file}: {:?}", reading.evidence);
}

#[test]
fn errors_say_whether_they_pass_by_themselves() {
    check("claude-1.0.44/error--429--60x20", "claude", Some(Trouble::Retrying));
    check("claude-2.1.150/error--500--60x20", "claude", Some(Trouble::Retrying));
    check("claude-2.1.330/error--500--80x24", "claude", Some(Trouble::Retrying));
    check("claude-2.1.330/error--529--80x24", "claude", None);
    check("claude-2.1.34/error--401--80x24", "claude", Some(Trouble::Retrying));
    check("codex-0.169.0/error--429--80x24", "codex", Some(Trouble::Retrying));
    check("codex-0.169.0/error--500--80x24", "codex", None);
    check("gemini-0.61.0/error--401--80x24", "gemini", Some(Trouble::Login));
    check("opencode-1.18.33/error--500--80x24", "opencode", Some(Trouble::Retrying));
    check("opencode-1.18.33/error--401--80x24", "opencode", None);
}
