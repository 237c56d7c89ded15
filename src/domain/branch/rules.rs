//! What is asked of a work tree: names, patterns and thresholds, with the procedure's values as default. How a config
//! changes them is in `settings`, how a rule is checked in `table`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::{self, Pattern};
use super::rule_id::RuleId;

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
    /// Every key of the config with the value in force, in the config's order; the severities last, one line each.
    pub fn told(&self) -> Vec<(String, String)> {
        let list = |words: &[String]| if words.is_empty() { "none".to_owned() } else { words.join(", ") };
        let trailers = match self.trailers {
            Trailers::Off => "off",
            Trailers::Warn => "warn",
            Trailers::Require => "require",
        };
        let told = [
            ("protected", list(&self.protected)),
            ("environments", list(&self.environments)),
            ("pattern", self.pattern.as_str().to_owned()),
            ("types", list(&self.types)),
            ("exempt", list(&self.exempt)),
            ("base", list(&self.base)),
            ("commit_types", list(&self.commit_types)),
            ("subject_max", self.subject_max.to_string()),
            ("trailers", trailers.to_owned()),
            ("trailer_keys", list(&self.trailer_keys)),
            ("dirty_amber", self.dirty_amber.to_string()),
            ("dirty_red", self.dirty_red.to_string()),
            ("unpushed_hours", self.unpushed_hours.to_string()),
            ("behind_base", self.behind_base.to_string()),
            ("history_days", self.history_days.to_string()),
            ("stale_days", self.stale_days.to_string()),
            ("old_hours", self.old_hours.to_string()),
            ("old_days", self.old_days.to_string()),
            ("sessions_max", self.sessions_max.to_string()),
        ];
        let severity = self.severity.iter().map(|(rule, level)| {
            let level = match level {
                Level::Off => "off",
                Level::Note => "note",
                Level::Amber => "amber",
                Level::Red => "red",
            };
            (format!("severity.{}", rule.word()), level.to_owned())
        });
        told.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(severity).collect()
    }

    /// True if nobody should work on the branch.
    pub fn is_protected(&self, branch: &str) -> bool {
        name::is_one_of(&self.protected, branch) || self.is_environment(branch)
    }

    /// True if the branch belongs to an environment.
    pub fn is_environment(&self, branch: &str) -> bool {
        name::is_one_of(&self.environments, branch)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RuleBook, Settings};
    use super::*;

    #[test]
    fn what_is_told_is_what_the_config_can_say() {
        let book = RuleBook::new(toml::from_str("severity = { trailer = \"off\" }").unwrap()).unwrap();
        let told = book.fleet().told();
        assert_eq!(told.last().unwrap(), &("severity.trailer".to_owned(), "off".to_owned()));
        let settings = toml::Value::try_from(Settings {
            protected: Some(vec![]),
            environments: Some(vec![]),
            pattern: Some(String::new()),
            types: Some(vec![]),
            exempt: Some(vec![]),
            base: Some(vec![]),
            commit_types: Some(vec![]),
            subject_max: Some(1),
            trailers: Some(Trailers::Off),
            trailer_keys: Some(vec![]),
            dirty_amber: Some(1),
            dirty_red: Some(1),
            unpushed_hours: Some(1),
            behind_base: Some(1),
            history_days: Some(1),
            stale_days: Some(1),
            old_hours: Some(1),
            old_days: Some(1),
            sessions_max: Some(1),
            severity: BTreeMap::new(),
            role: BTreeMap::new(),
        });
        let settings = settings.unwrap();
        let keys = settings.as_table().unwrap().keys().filter(|k| !matches!(k.as_str(), "severity" | "role"));
        for key in keys {
            assert!(told.iter().any(|(k, _)| k == key), "{key} is not told");
        }
    }
}
