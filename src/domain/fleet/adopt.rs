//! A session that runs, as an entry of the roster: its name, and what the name tells of tier and role.

use crate::domain::roster::Tier;

/// The entry as text of TOML.
pub fn entry(name: &str) -> String {
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
    text
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

/// A TOML string of any text.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_tiers() {
        assert_eq!(guess("architect").0, Tier::HighLevel);
        assert_eq!(guess("efficiency_manager").0, Tier::Manager);
        assert_eq!(guess("dev_worker1").0, Tier::Worker);
        assert_eq!(guess("fixer").0, Tier::Worker);
        assert!(entry("a\"b").contains("'a\"b'"), "{}", entry("a\"b"));
    }
}
