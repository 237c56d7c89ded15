//! The demo's sessions: the roster of the procedure, cut or grown to the number asked for, with the tree each one works in
//! and the tasks that wait for them.

use std::path::Path;

use super::repos::Tree;
use crate::cli::hooks::words;
use crate::config::values::TierWord;
use crate::config::{Config, SessionConfig};
use crate::domain::roster::Tier;

/// The nine sessions, as `archtui init --roster sop` writes them.
const ROSTER: &str = include_str!("../../../assets/rosters/sop.toml");

/// Which tree each session of the roster begins with.
const TREES: [(&str, Tree); 9] = [
    ("architect", tree("overview", "docs/overview-{date}", &["docs: how the parts fit"], 0, true)),
    (
        "claude_orchestrator",
        tree("release", "chore/release-checks-{date}", &["chore: list what a release needs"], 2, true),
    ),
    ("wrapper_claude", tree("review", "test/review-notes-{date}", &[], 1, false)),
    ("efficiency_manager", tree("docs", "docs/timeline-{date}", &["docs: open a timeline"], 4, true)),
    ("documentation_manager", tree("docs", "docs/timeline-{date}", &[], 0, true)),
    (
        "dev_worker1",
        tree(
            "dev_worker1",
            "feature/dark-mode-{date}",
            &["feat: name the colours", "test: colours have names"],
            3,
            false,
        ),
    ),
    (
        "dev_worker2",
        tree(
            "dev_worker2",
            "feature/theme-toggle-{date}",
            &["feat: place for the toggle\n\nCo-Authored-By: Claude <noreply@anthropic.com>"],
            23,
            true,
        ),
    ),
    ("dev_worker3", tree("dev_worker3", "wip-settings", &["fixed it"], 6, false)),
    ("fixer", tree("fixer", "main", &["fix: words twice"], 53, false)),
];

/// What a worker beyond the nine begins with.
const MORE: Tree = Tree { linked: true, ..tree("{session}", "feature/{session}-{date}", &[], 2, false) };

const fn tree(
    dir: &'static str,
    branch: &'static str,
    commits: &'static [&'static str],
    dirty: usize,
    pushed: bool,
) -> Tree {
    Tree { dir, branch, commits, dirty, pushed, linked: false }
}

/// One session of the demo.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Its entry of the roster.
    pub entry: SessionConfig,
    /// The tree it works in.
    pub tree: Tree,
    /// The word of its tier for the simulated agent.
    pub role: &'static str,
}

impl Seat {
    /// The session's name.
    pub fn name(&self) -> &str {
        self.entry.name.as_deref().unwrap_or_default()
    }
}

/// The sessions of a fleet of that size: the first of the roster, then more workers.
pub fn seats(count: usize) -> Vec<Seat> {
    let roster = Config::layered(ROSTER, "assets/rosters/sop.toml").expect("a test reads the roster").session;
    let like = roster.iter().find(|s| s.name.as_deref() == Some("dev_worker1")).cloned().unwrap_or_default();
    let known = roster.into_iter().map(|entry| {
        let tree = TREES.iter().find(|(n, _)| entry.name.as_deref() == Some(*n)).map_or(MORE, |(_, t)| *t);
        (entry, tree)
    });
    let more = (4..).map(|n| {
        let entry = SessionConfig { name: Some(format!("dev_worker{n}")), ..like.clone() };
        (entry, MORE)
    });
    known
        .chain(more)
        .take(count)
        .map(|(entry, tree)| {
            let role = match entry.tier.as_ref().and_then(TierWord::known) {
                Some(Tier::HighLevel) => "architect",
                Some(Tier::Manager) => "manager",
                _ => "worker",
            };
            Seat { entry, tree, role }
        })
        .collect()
}

/// A command as the config has it: read back, it is the same words.
fn command_line(argv: &[String]) -> String {
    argv.iter().map(|w| words::quoted(w)).collect::<Vec<_>>().join(" ")
}

/// The demo's archtui.toml: the roster with these commands and folders, under the preset `sop`.
pub fn config_text(socket: &Path, seats: &[(Seat, Vec<String>, String)]) -> String {
    let text = |s: &str| toml::Value::String(s.to_owned());
    let mut lines = vec![
        "# Written by `archtui demo`; removed at its end.".to_owned(),
        "[fleet]".to_owned(),
        "name = \"demo\"".to_owned(),
        format!("socket = {}", text(&socket.display().to_string())),
        "\n[confirm]\npreset = \"sop\"".to_owned(),
    ];
    for (seat, argv, dir) in seats {
        let e = &seat.entry;
        lines.push("\n[[session]]".to_owned());
        let values = [
            ("name", e.name.as_deref()),
            ("tier", e.tier.as_ref().and_then(TierWord::known).map(Tier::word)),
            ("role", e.role.as_deref()),
            ("reports_to", e.reports_to.as_deref()),
            ("agent", Some("claude")),
            ("command", Some(&command_line(argv))),
            ("dir", Some(dir)),
            ("prompt", e.prompt.as_deref()),
        ];
        lines.extend(values.iter().filter_map(|(key, v)| Some(format!("{key} = {}", text((*v)?)))));
        if e.protected {
            lines.push("protected = true".to_owned());
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_config_starts_is_what_the_demo_started() {
        let argv = ["claude", "--granted", "git log", "it's"].map(str::to_owned).to_vec();
        assert_eq!(words::split(&command_line(&argv)), Some(argv));
    }

    #[test]
    fn the_procedures_nine_and_as_many_workers_as_asked_for() {
        let names = |n| seats(n).iter().map(|s| s.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(
            names(9),
            [
                "architect",
                "claude_orchestrator",
                "wrapper_claude",
                "efficiency_manager",
                "documentation_manager",
                "dev_worker1",
                "dev_worker2",
                "dev_worker3",
                "fixer"
            ]
        );
        assert_eq!(names(11)[9..], ["dev_worker4", "dev_worker5"]);
        assert_eq!(names(2).len(), 2);
        let tiers: Vec<_> = seats(9).iter().map(|s| s.role).collect();
        assert_eq!(tiers.iter().filter(|r| **r == "manager").count(), 4);
        assert_eq!(tiers.iter().filter(|r| **r == "worker").count(), 4);
    }

    #[test]
    fn the_config_written_is_read_back() {
        let seats: Vec<_> = seats(10)
            .into_iter()
            .map(|s| {
                (s, vec!["/d/claude".to_owned(), "sim-agent".to_owned()], "/d/with \"quotes\"".to_owned())
            })
            .collect();
        let text = config_text(Path::new("/run/user/0/archtui-demo-1-0/tmux"), &seats);
        let config = Config::layered(&text, "demo").expect("sound");
        assert_eq!(config.session.len(), 10);
        assert_eq!(config.fleet.socket, "/run/user/0/archtui-demo-1-0/tmux");
        assert_eq!(config.session[9].dir.as_deref(), Some("/d/with \"quotes\""));
        assert!(config.session[0].protected);
    }
}
