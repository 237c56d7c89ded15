//! What is asked of a work tree: names, patterns and thresholds, the procedure's values as default, changed per fleet
//! and per role. Not for how a rule is checked (`table`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::{self, Pattern};
use super::table::RuleId;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be put right soon.
    Amber,
    /// A person must act.
    Red,
}

impl Severity {
    /// The word used in JSON, config and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

/// A rule's severity as a config sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is not checked.
    Off,
    /// Every finding is a note.
    Note,
    /// Every finding is amber.
    Amber,
    /// Every finding is red.
    Red,
}

/// What is asked of trailers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trailers {
    /// Nothing.
    Off,
    /// A commit without them is noted.
    Warn,
    /// A commit without them is amber, and the commit-msg hook refuses it.
    Require,
}

/// The settings of `[branches]`, and of `[branches.role.NAME]` (a tier such as `worker`, or a role): what is not
/// written stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Branches that nobody works on; `*` stands for anything.
    pub protected: Option<Vec<String>>,
    /// Of these, the branches of environments.
    pub environments: Option<Vec<String>>,
    /// How a branch is named: `type`, `description`, `MMDD`, `YYYYMMDD` stand for themselves.
    pub pattern: Option<String>,
    /// The types of branches.
    pub types: Option<Vec<String>>,
    /// Branches that need not keep the pattern.
    pub exempt: Option<Vec<String>>,
    /// Where work goes back to: the first one that exists.
    pub base: Option<Vec<String>>,
    /// The types of commits.
    pub commit_types: Option<Vec<String>>,
    /// Columns of a commit's subject.
    pub subject_max: Option<usize>,
    /// What is asked of trailers.
    pub trailers: Option<Trailers>,
    /// Which trailers.
    pub trailer_keys: Option<Vec<String>>,
    /// Uncommitted files from which on a tree is amber.
    pub dirty_amber: Option<usize>,
    /// Uncommitted files from which on a tree is red.
    pub dirty_red: Option<usize>,
    /// Hours after which unpushed work is amber.
    pub unpushed_hours: Option<u32>,
    /// Commits that the base may be ahead before it is noted.
    pub behind_base: Option<usize>,
    /// Days of a protected branch's history that are looked at.
    pub history_days: Option<u32>,
    /// Days after which a branch is stale.
    pub stale_days: Option<u32>,
    /// Hours after which uncommitted work is old.
    pub old_hours: Option<u32>,
    /// Days after which a clean branch without a commit is noted.
    pub old_days: Option<u32>,
    /// Sessions that may work in one tree.
    pub sessions_max: Option<usize>,
    /// The severity of single rules.
    pub severity: BTreeMap<RuleId, Level>,
    /// What differs for a tier or role; tier first, then role.
    pub role: BTreeMap<String, Settings>,
}

/// What is asked of one work tree, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Branches that nobody works on.
    pub protected: Vec<String>,
    /// Of these, the branches of environments.
    pub environments: Vec<String>,
    /// How a branch is named.
    pub pattern: Pattern,
    /// The types of branches.
    pub types: Vec<String>,
    /// Branches that need not keep the pattern.
    pub exempt: Vec<String>,
    /// Where work goes back to.
    pub base: Vec<String>,
    /// The types of commits.
    pub commit_types: Vec<String>,
    /// Columns of a commit's subject.
    pub subject_max: usize,
    /// What is asked of trailers.
    pub trailers: Trailers,
    /// Which trailers.
    pub trailer_keys: Vec<String>,
    /// Uncommitted files: amber from here.
    pub dirty_amber: usize,
    /// Uncommitted files: red from here.
    pub dirty_red: usize,
    /// Hours after which unpushed work is amber.
    pub unpushed_hours: u32,
    /// Commits that the base may be ahead.
    pub behind_base: usize,
    /// Days of history that are looked at.
    pub history_days: u32,
    /// Days after which a branch is stale.
    pub stale_days: u32,
    /// Hours after which uncommitted work is old.
    pub old_hours: u32,
    /// Days after which a clean branch without a commit is noted.
    pub old_days: u32,
    /// Sessions that may work in one tree.
    pub sessions_max: usize,
    /// The severity of single rules.
    pub severity: BTreeMap<RuleId, Level>,
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&w| w.to_owned()).collect()
}

impl Default for Rules {
    /// The procedure's values.
    fn default() -> Self {
        Self {
            protected: words(&["main", "master", "dev", "qa", "prod", "env/*"]),
            environments: words(&["env/*"]),
            pattern: Pattern::parse("type/description-MMDD").expect("the default pattern is sound"),
            types: words(&["feature", "fix", "refactor", "docs", "test", "chore", "hotfix"]),
            exempt: Vec::new(),
            base: words(&["dev", "main", "master"]),
            commit_types: words(&["feat", "fix", "refactor", "docs", "test", "chore"]),
            subject_max: 72,
            trailers: Trailers::Off,
            trailer_keys: words(&["Co-Authored-By"]),
            dirty_amber: 20,
            dirty_red: 50,
            unpushed_hours: 24,
            behind_base: 50,
            history_days: 14,
            stale_days: 30,
            old_hours: 24,
            old_days: 7,
            sessions_max: 1,
            severity: BTreeMap::new(),
        }
    }
}

impl Rules {
    /// True if nobody should work on the branch.
    pub fn is_protected(&self, branch: &str) -> bool {
        name::is_one_of(&self.protected, branch) || self.is_environment(branch)
    }

    /// True if the branch belongs to an environment.
    pub fn is_environment(&self, branch: &str) -> bool {
        name::is_one_of(&self.environments, branch)
    }

    fn with(mut self, s: &Settings) -> Result<Self, String> {
        macro_rules! take {
            ($($field:ident),*) => { $(if let Some(value) = &s.$field { self.$field.clone_from(value); })* };
        }
        take!(
            protected,
            environments,
            types,
            exempt,
            base,
            commit_types,
            subject_max,
            trailers,
            trailer_keys,
            dirty_amber,
            dirty_red,
            unpushed_hours,
            behind_base,
            history_days,
            stale_days,
            old_hours,
            old_days,
            sessions_max
        );
        if let Some(pattern) = &s.pattern {
            self.pattern = Pattern::parse(pattern)?;
        }
        self.severity.extend(&s.severity);
        if self.dirty_amber > self.dirty_red {
            return Err(format!(
                "dirty_amber ({}) is larger than dirty_red ({})",
                self.dirty_amber, self.dirty_red
            ));
        }
        Ok(self)
    }
}

/// The rules of a fleet: one set for all, and what differs per tier or role.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleBook {
    fleet: Rules,
    settings: Settings,
}

impl Default for RuleBook {
    fn default() -> Self {
        Self::new(Settings::default()).expect("the procedure's values are sound")
    }
}

impl RuleBook {
    /// Reads the settings of a fleet; the error says which of them cannot be.
    pub fn new(mut settings: Settings) -> Result<Self, String> {
        for tier in ["manager", "high-level"] {
            // Who reviews and merges has to stand on those branches at times.
            let role = settings.role.entry(tier.to_owned()).or_default();
            role.severity.entry(RuleId::ProtectedBranch).or_insert(Level::Amber);
        }
        let fleet = Rules::default().with(&settings)?;
        for (role, own) in &settings.role {
            if !own.role.is_empty() {
                return Err(format!("role.{role} cannot hold roles of its own"));
            }
            fleet.clone().with(own).map_err(|e| format!("role.{role}: {e}"))?;
        }
        Ok(Self { fleet, settings })
    }

    /// The rules where no session is known.
    pub fn fleet(&self) -> &Rules {
        &self.fleet
    }

    /// The rules for a session, by its tier and its role, the role having the last word.
    pub fn of(&self, tier: Option<&str>, role: Option<&str>) -> Rules {
        [tier, role].into_iter().flatten().filter_map(|name| self.settings.role.get(name)).fold(
            self.fleet.clone(),
            |rules, own| {
                let before = rules.clone();
                rules.with(own).unwrap_or(before)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(toml: &str) -> Result<RuleBook, String> {
        RuleBook::new(toml::from_str(toml).map_err(|e| e.to_string())?)
    }

    #[test]
    fn the_settings_of_the_contract_are_read() {
        let book = book(
            r#"
            protected = ["main", "env/*"]
            pattern = "type/description"
            severity = { branch-name = "red", trailer = "off" }
            [role.worker]
            dirty_amber = 5
            [role.architect]
            severity = { protected-branch = "off" }
            "#,
        )
        .unwrap();
        assert!(!book.fleet().is_protected("dev"));
        assert_eq!(book.fleet().dirty_amber, 20);
        assert_eq!(book.of(Some("worker"), None).dirty_amber, 5);
        assert_eq!(book.of(Some("worker"), None).pattern.as_str(), "type/description");
        let level = |tier, role| book.of(tier, role).severity.get(&RuleId::ProtectedBranch).copied();
        assert_eq!(level(None, None), None);
        assert_eq!(level(Some("manager"), None), Some(Level::Amber));
        assert_eq!(level(Some("high-level"), Some("architect")), Some(Level::Off));
        assert_eq!(book.fleet().severity[&RuleId::BranchName], Level::Red);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason() {
        for (toml, why) in [
            ("dirty_amber = 60", "larger than dirty_red"),
            ("[role.x]\ndirty_red = 1", "role.x"),
            ("[role.x.role.y]\ndirty_red = 1", "of its own"),
            ("pattern = \"MMDD\"", "description"),
            ("protectd = []", "protected"),
            ("severity = { nonsense = \"red\" }", "nonsense"),
        ] {
            let error = book(toml).unwrap_err();
            assert!(error.contains(why), "{toml}: {error}");
        }
    }
}
