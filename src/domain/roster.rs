//! The roster: the sessions that the config names, with tier, role and chain of command. How they are doing is for
//! `status`; what tmux knows of them is for `server`.

use serde::{Deserialize, Serialize};

use super::session::SessionName;

/// Where a session stands in the chain of command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Talks to people, delegates to managers, never to workers.
    HighLevel,
    /// Breaks work down and hands it to workers.
    Manager,
    /// Does the work.
    Worker,
}

impl Tier {
    /// The word used in config and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HighLevel => "high-level",
            Self::Manager => "manager",
            Self::Worker => "worker",
        }
    }
}

/// One entry of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// The tmux session's name, or a pattern with `*` that names many.
    pub name: String,
    /// Its tier, if the config says one.
    pub tier: Option<Tier>,
    /// Its role in words.
    pub role: Option<String>,
    /// Whom it reports to.
    pub reports_to: Option<String>,
    /// The agent that runs there, if the config says.
    pub agent: Option<String>,
    /// Never restarted, no tasks dispatched.
    pub protected: bool,
    /// What it is good at.
    pub skills: Vec<String>,
    /// The folder it belongs in.
    pub dir: Option<String>,
    /// Its agent is started anew when it has ended.
    pub restart: bool,
}

impl Member {
    /// True if this entry means a whole family of sessions.
    pub fn is_pattern(&self) -> bool {
        self.name.contains('*')
    }

    /// True if the session of that name belongs to this entry.
    pub fn covers(&self, session: &SessionName) -> bool {
        glob(&self.name, session.as_str())
    }

    /// True if it is meant by a word for its tier, its role or one of its skills, letters compared without case.
    pub fn answers_to(&self, word: &str) -> bool {
        let same = |s: &str| s.to_lowercase() == word.to_lowercase();
        self.tier.is_some_and(|t| same(t.word()))
            || self.role.as_deref().is_some_and(same)
            || self.skills.iter().any(|s| same(s))
    }
}

/// The sessions that the config names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// In the order of the config.
    pub members: Vec<Member>,
}

impl Roster {
    /// The entry for a session: its own name before any pattern, then the first pattern that covers it.
    pub fn place(&self, session: &SessionName) -> Option<usize> {
        let own = self.members.iter().position(|m| !m.is_pattern() && m.covers(session));
        own.or_else(|| self.members.iter().position(|m| m.covers(session)))
    }

    /// The entry itself.
    pub fn member(&self, session: &SessionName) -> Option<&Member> {
        self.place(session).and_then(|i| self.members.get(i))
    }
}

/// Whether a name matches a pattern in which `*` stands for any run of characters.
fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_names() {
        for (pattern, name, want) in [
            ("dev_worker1", "dev_worker1", true),
            ("dev_worker1", "dev_worker10", false),
            ("dev_*", "dev_worker1", true),
            ("dev_*", "dev", false),
            ("*_manager", "efficiency_manager", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxcyyb", false),
            ("*", "anything", true),
        ] {
            assert_eq!(glob(pattern, name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn an_own_entry_beats_a_pattern() {
        let m = |n: &str| Member { name: n.into(), ..Member::default() };
        let roster = Roster { members: vec![m("dev_*"), m("dev_worker2")] };
        assert_eq!(roster.place(&SessionName::new("dev_worker2")), Some(1));
        assert_eq!(roster.place(&SessionName::new("dev_worker3")), Some(0));
        assert_eq!(roster.place(&SessionName::new("other")), None);
    }
}
