//! The roster: the sessions that the config names, with tier, role and chain of command. How they are doing is for
//! `status`; what tmux knows of them is for `server`.

use serde::{Deserialize, Serialize};

use super::policy::fits_any_case;
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Roster {
    /// In the order of the config.
    pub members: Vec<Member>,
    /// Patterns of sessions that automation never touches: `*` is any run of characters, `?` any one.
    pub exclude: Vec<String>,
}

impl Roster {
    /// The entry for a session: its own name before any pattern, then the first pattern that covers it.
    pub fn place(&self, session: &SessionName) -> Option<usize> {
        let own = self.members.iter().position(|m| !m.is_pattern() && m.covers(session));
        own.or_else(|| self.members.iter().position(|m| m.covers(session)))
    }

    /// True if automation never touches the session of that name, whichever entry covers it.
    pub fn is_excluded(&self, session: &SessionName) -> bool {
        self.exclude.iter().any(|p| fits_any_case(p, session.as_str()))
    }

    /// True if nothing is handed to the session of that name by itself, and it is not started anew.
    pub fn is_kept_back(&self, session: &SessionName) -> bool {
        self.is_excluded(session) || self.member(session).is_some_and(|m| m.protected)
    }

    /// True if that holds for every session of an entry.
    pub fn keeps_back(&self, member: &Member) -> bool {
        // A pattern that covers another one's text covers all its names, but for a `?`, which is no star.
        let covers = |p: &&String| !member.is_pattern() || !p.contains('?');
        member.protected || self.exclude.iter().filter(covers).any(|p| fits_any_case(p, &member.name))
    }

    /// The entry as it holds for that session: one that is excluded is protected.
    pub fn entry(&self, session: &SessionName) -> Option<Member> {
        let member = self.member(session)?;
        Some(Member { protected: self.is_kept_back(session), ..member.clone() })
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
        let roster = Roster { members: vec![m("dev_*"), m("dev_worker2")], ..Roster::default() };
        assert_eq!(roster.place(&SessionName::new("dev_worker2")), Some(1));
        assert_eq!(roster.place(&SessionName::new("dev_worker3")), Some(0));
        assert_eq!(roster.place(&SessionName::new("other")), None);
    }

    #[test]
    fn who_is_excluded_is_so_by_its_own_name_whatever_entry_covers_it() {
        let m = |n: &str| Member { name: n.into(), ..Member::default() };
        let members = vec![m("dev_*"), m("other"), m("qa_*"), Member { protected: true, ..m("boss") }];
        let exclude = ["dev_2", "oth*", "qa*", "dev_1?"].map(str::to_owned).to_vec();
        let roster = Roster { members, exclude };
        for (name, excluded, kept_back) in [
            ("dev_1", false, false),
            ("dev_2", true, true),
            ("DEV_2", true, true),
            ("dev_21", false, false),
            ("dev_11", true, true),
            ("other", true, true),
            ("qa_1", true, true),
            ("boss", false, true),
            ("nobody", false, false),
        ] {
            let name = SessionName::new(name);
            assert_eq!(
                (roster.is_excluded(&name), roster.is_kept_back(&name)),
                (excluded, kept_back),
                "{name}"
            );
            assert!(roster.entry(&name).is_none_or(|m| m.protected == kept_back), "{name}");
        }
        let whole: Vec<bool> = roster.members.iter().map(|m| roster.keeps_back(m)).collect();
        assert_eq!(whole, [false, true, true, true], "one of a family is not the family");
    }
}
