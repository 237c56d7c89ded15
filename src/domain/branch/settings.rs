//! What a config says of the rules: for the fleet, for a tier, for a role; each layer changes only what it names. What is
//! not named has the procedure's value (`rules`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::Pattern;
use super::rule_id::RuleId;
use super::rules::{Level, Rules, Trailers};

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

    /// The tiers and roles that something differs for.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.settings.role.keys().map(String::as_str)
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

impl Rules {
    /// These rules with what the settings change.
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
