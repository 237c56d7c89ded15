//! Branch compliance: facts of a work tree in, findings out. `facts` is what was seen, `rules` what is asked, `settings`
//! what a config says of it, `table` has one row per rule, `name` and `message` read names and subjects. Pure: today's
//! date is an input.

pub mod crew;
pub mod facts;
pub mod history;
pub mod message;
pub mod name;
pub mod place;
pub mod rule_id;
pub mod rules;
pub mod settings;
pub mod signs;
pub mod survey;
pub mod table;
pub mod work;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text;
pub use facts::{CommitId, Fact, Head, Unknown, WorkTree};
pub use rule_id::RuleId;
pub use rules::{Rules, Severity};
pub use settings::{RuleBook, Settings};
pub use survey::Survey;
pub use table::{RULES, Rule};

use rules::Level;

/// What is known beside the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The tier or role of who works there, for the sentences; the rules are already those of that role.
    pub role: Option<String>,
    /// Now.
    pub now: Timestamp,
    /// Today where the person sits.
    pub today: Date,
    /// The sessions whose panes are in this tree.
    pub sessions: Vec<String>,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// What is the matter, printable, one line.
    pub sentence: String,
    /// What to do, printable, one line.
    pub hint: String,
    /// The commit it is about.
    pub commit: Option<CommitId>,
}

impl Finding {
    /// Something could not be found out, for a reason that is no fault of a rule's.
    pub fn unknown(severity: Severity, why: &str, hint: &str) -> Self {
        Self {
            rule: RuleId::Unknown,
            severity,
            sentence: format!("not known: {}", text::printable(why)),
            hint: text::printable(hint),
            commit: None,
        }
    }
}

/// What a row of the table found, before the config has its word on the severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    severity: Severity,
    sentence: String,
    hint: String,
    commit: Option<CommitId>,
}

impl Hit {
    fn new(severity: Severity, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { severity, sentence: sentence.into(), hint: hint.into(), commit: None }
    }

    fn at(mut self, commit: &CommitId) -> Self {
        self.commit = Some(commit.clone());
        self
    }
}

/// Everything a row of the table may look at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What was seen.
    pub tree: &'a WorkTree,
    /// What is asked.
    pub rules: &'a Rules,
    /// What is known beside.
    pub context: &'a Context,
}

impl Case<'_> {
    /// Whole hours since a time; none before it (a clock that went back is no age).
    fn hours_since(&self, time: Timestamp) -> i64 {
        ((self.context.now.as_second() - time.as_second()) / 3600).max(0)
    }

    fn days_since(&self, time: Timestamp) -> i64 {
        self.hours_since(time) / 24
    }
}

/// Judges a work tree: every finding, the worst first, in the table's order among equals.
pub fn check(tree: &WorkTree, rules: &Rules, context: &Context) -> Vec<Finding> {
    let case = Case { tree, rules, context };
    let mut findings: Vec<Finding> = RULES
        .iter()
        .filter(|rule| rules.severity.get(&rule.id) != Some(&Level::Off))
        .flat_map(|rule| (rule.check)(&case).into_iter().map(|hit| written(rule.id, hit, rules)))
        .collect();
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    findings
}

fn written(rule: RuleId, hit: Hit, rules: &Rules) -> Finding {
    Finding {
        rule,
        severity: match rules.severity.get(&rule) {
            Some(Level::Red) => Severity::Red,
            Some(Level::Amber) => Severity::Amber,
            Some(Level::Note) => Severity::Note,
            Some(Level::Off) | None => hit.severity,
        },
        sentence: text::printable(&hit.sentence),
        hint: text::printable(&hit.hint),
        commit: hit.commit,
    }
}

/// Several work trees of one repository see the same branches: what is the repository's matter is told once, at its own
/// work tree if that is among them, else at the first.
pub fn tell_once<'a>(trees: impl Iterator<Item = (&'a WorkTree, &'a mut Vec<Finding>)>) {
    let mut trees: Vec<_> = trees.collect();
    trees.sort_by_key(|(tree, _)| tree.kind == facts::Kind::Linked);
    let mut told = BTreeSet::new();
    for (tree, findings) in trees {
        findings.retain(|f| {
            !f.rule.is_of_the_repository()
                || told.insert((&tree.repository, f.rule, f.commit.clone(), f.sentence.clone()))
        });
    }
}

/// A name of an agent's making as it may stand in a sentence: printable and short.
fn shown(name: &str) -> String {
    text::fit(&text::printable(name), 60)
}

/// A name that may stand in a command that somebody types; anything else is told as `BRANCH`.
fn typed(name: &str) -> &str {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    if !name.is_empty() && name.len() <= 100 && !name.starts_with('-') && name.bytes().all(safe) {
        name
    } else {
        "BRANCH"
    }
}

fn plural(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

#[cfg(test)]
mod tests;
