//! A session that runs, as an entry of the roster: its name, what the name tells of tier and role, the folder in which its
//! agent works and the program that the agent is. Of a process's own command line nothing is taken: it may hold secrets.

use std::path::Path;

use crate::domain::agent::Agents;
use crate::domain::roster::Tier;
use crate::domain::text;

/// What is seen of a session beside its name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen<'a> {
    /// The agent that was recognised, by the name of its manifest.
    pub agent: Option<&'a str>,
    /// The folder in which it works.
    pub dir: Option<&'a Path>,
}

/// The entry as text of TOML.
pub fn entry(name: &str, seen: Seen<'_>) -> String {
    let (tier, role, boss) = guess(name);
    let mut text = format!(
        "[[session]]\nname = {}\ntier = \"{}\"            # guessed from the name\n",
        quoted(name),
        tier.word()
    );
    if let Some(role) = role {
        text.push_str(&format!("role = \"{role}\"\n"));
    }
    if let Some(boss) = boss {
        text.push_str(&format!("# reports_to = \"{boss}\"\n"));
    }
    // `up` takes no other folder than one in plain text.
    let dir = seen.dir.filter(|d| d.is_absolute()).and_then(Path::to_str);
    match dir.filter(|d| !d.contains(char::is_control)) {
        Some(dir) => text.push_str(&format!("dir = {}   # where its agent works now\n", quoted(dir))),
        None => text.push_str("# dir = \"\"   # the folder of its agent is not known\n"),
    }
    match seen.agent.and_then(program) {
        Some(program) => text.push_str(&format!(
            "command = {}   # the agent seen there, without its options\n",
            quoted(&program)
        )),
        None => text.push_str("# command = \"\"   # no agent was recognised there; `archtui up` needs one\n"),
    }
    text
}

/// The program of an agent by the name of its manifest: a word of ours, never one of a process.
fn program(agent: &str) -> Option<String> {
    Agents::builtin().get(agent).and_then(|m| m.processes.first().cloned())
}

/// The procedure's own names are known; of others only the kind of word in them.
fn guess(name: &str) -> (Tier, Option<&'static str>, Option<&'static str>) {
    match name {
        "architect" => (Tier::HighLevel, Some("Strategic Oversight"), None),
        "claude_orchestrator" => (Tier::Manager, Some("Task Coordination"), Some("architect")),
        "wrapper_claude" => (Tier::Manager, Some("Quality Gate"), Some("architect")),
        "efficiency_manager" => (Tier::Manager, Some("Process Optimization"), Some("architect")),
        "documentation_manager" => (Tier::Manager, Some("Documentation"), Some("architect")),
        _ => {
            let lower = name.to_lowercase();
            let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
            if has(&["architect", "lead", "boss"]) {
                (Tier::HighLevel, None, None)
            } else if has(&["manager", "orchestrator", "coordinator", "reviewer"]) {
                (Tier::Manager, None, None)
            } else {
                (Tier::Worker, None, None)
            }
        }
    }
}

/// A TOML string of any text, on one line: what does not show as it is stands there by its number.
pub fn quoted(written: &str) -> String {
    let mut quoted = String::from('"');
    for c in written.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if text::is_printable(c) => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_tiers() {
        assert_eq!(guess("architect").0, Tier::HighLevel);
        assert_eq!(guess("efficiency_manager").0, Tier::Manager);
        assert_eq!(guess("dev_worker1").0, Tier::Worker);
        assert_eq!(guess("fixer").0, Tier::Worker);
    }

    fn read(entry: &str) -> toml::Table {
        let mut table: toml::Table = toml::from_str(entry).unwrap_or_else(|e| panic!("{e}: {entry}"));
        let sessions = table["session"].as_array_mut().expect("a list");
        assert_eq!(sessions.len(), 1, "{entry}");
        sessions.remove(0).as_table().expect("a table").clone()
    }

    #[test]
    fn folder_and_program_are_those_that_up_needs() {
        let seen = |agent, dir| Seen { agent, dir: Some(Path::new(dir)) };
        for (seen, dir, command) in [
            (seen(Some("claude"), "/home/dev/app"), Some("/home/dev/app"), Some("claude")),
            (seen(Some("opencode"), "/"), Some("/"), Some("opencode")),
            // What is no agent of ours names no program, whatever it is called.
            (seen(Some("generic"), "/x"), Some("/x"), None),
            (seen(Some("sh -c 'rm -rf ~'"), "/x"), Some("/x"), None),
            (seen(None, "relative"), None, None),
            (seen(None, "/two\nlines"), None, None),
            (Seen::default(), None, None),
        ] {
            let entry = entry("dev_worker1", seen);
            let table = read(&entry);
            let value = |key| table.get(key).and_then(toml::Value::as_str);
            assert_eq!((value("dir"), value("command")), (dir, command), "{entry}");
            assert_eq!(value("name"), Some("dev_worker1"));
        }
    }

    proptest! {
        #[test]
        fn any_name_and_folder_is_sound_and_nothing_but_itself(name in "\\PC{0,20}|(?s).{0,20}", below in "(?s).{0,40}") {
            let dir = format!("/{below}");
            let entry = entry(&name, Seen { agent: Some("codex"), dir: Some(Path::new(&dir)) });
            let table = read(&entry);
            prop_assert_eq!(table["name"].as_str(), Some(name.as_str()));
            let plain = !dir.contains(char::is_control);
            prop_assert_eq!(table.get("dir").and_then(toml::Value::as_str), plain.then_some(dir.as_str()));
            prop_assert_eq!(table["command"].as_str(), Some("codex"));
            prop_assert!(entry.chars().all(|c| c == '\n' || text::is_printable(c)));
            let known = ["name", "tier", "role", "dir", "command"];
            prop_assert!(table.keys().all(|k| known.contains(&k.as_str())), "{}", entry);
        }
    }
}
