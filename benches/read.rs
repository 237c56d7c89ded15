//! What one changed screen costs: a capture of 200x50 parsed and read. The aim is 150 µs; a looser figure for a pane whose
//! agent is not known, where every manifest is tried.

use archtui::domain::agent::Agents;
use archtui::domain::ansi;
use archtui::domain::read::{Facts, Reading, read};
use archtui::domain::screen::Screen;
use divan::{Bencher, black_box};

/// Real screens of 200x50: a dialog, work, and an answer that fills the screen.
const SCREENS: [(&str, &[u8]); 3] = [
    ("dialog", include_bytes!("../tests/screens/claude-2.1.150/permission--bash-compound--200x50.ansi")),
    ("working", include_bytes!("../tests/screens/claude-2.1.150/working--subagent--200x50.ansi")),
    ("idle", include_bytes!("../tests/screens/claude-2.1.150/idle--after-long-answer--200x50.ansi")),
];

fn main() {
    divan::main();
}

fn bytes(name: &str) -> &'static [u8] {
    SCREENS.iter().find(|(n, _)| *n == name).expect("one of the table").1
}

fn parsed(name: &str) -> Screen {
    ansi::parse(bytes(name), 200, 50)
}

fn facts(agent: Option<&str>) -> Facts {
    Facts { agent: agent.map(str::to_owned), ..Facts::default() }
}

#[divan::bench(args = ["dialog", "working", "idle"])]
fn parse_only(bencher: Bencher<'_, '_>, name: &str) {
    let bytes = bytes(name);
    bencher.bench(|| ansi::parse(black_box(bytes), 200, 50));
}

#[divan::bench(args = ["dialog", "working", "idle"])]
fn read_only(bencher: Bencher<'_, '_>, name: &str) {
    let (screen, facts, agents) = (parsed(name), facts(Some("claude")), Agents::builtin());
    bencher.bench(|| read(black_box(&screen), &facts, agents));
}

#[divan::bench(args = ["dialog", "working", "idle"])]
fn parse_and_read(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, facts, agents) = (bytes(name), facts(Some("claude")), Agents::builtin());
    bencher.bench(|| -> Reading { read(&ansi::parse(black_box(bytes), 200, 50), &facts, agents) });
}

#[divan::bench(args = ["dialog", "working", "idle"])]
fn parse_and_read_an_unknown_agent(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, facts, agents) = (bytes(name), facts(None), Agents::builtin());
    bencher.bench(|| -> Reading { read(&ansi::parse(black_box(bytes), 200, 50), &facts, agents) });
}
