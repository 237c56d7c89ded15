//! A policy as written: the shape of its TOML, and errors that say where and what was meant. What it comes to is in
//! `compile`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::exact::WholePart;
use crate::domain::bash::{Effect, Group, Kind, Table};
use crate::domain::dialog::Operation;
use crate::domain::misread::Misread;

/// What a rule and a program's table look like, for whoever wrote something else.
pub(super) const RULE: &str = r#"[[rule]]
id = "no-rm"
action = "hold"
operation = ["bash"]
program = ["rm"]"#;
pub(super) const PROGRAM: &str = r#"[program.mytool]
effect = "read"
flags = "-a --all"
operands = "read""#;

/// An example on a hint's one line.
pub(super) fn for_example(text: &str) -> String {
    format!("for example: {}", text.replace('\n', " ⏎ "))
}

/// What can be wrong with a policy's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// Which text: a file's name, or a preset's.
    pub origin: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.origin, self.line, self.column, self.message)
    }
}

/// A policy's text, read but not yet checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFile {
    /// What it is for, for a person.
    pub description: String,
    /// The preset that it stands on.
    pub extends: Option<Spanned<String>>,
    /// False: everything is judged and nothing is pressed.
    pub press: Option<bool>,
    /// Sessions that are left alone, as patterns.
    pub exclude: Vec<String>,
    /// Ids of shipped rules that do not apply.
    pub disable: Vec<Spanned<String>>,
    /// How often an unanswered dialog is looked at again where no notice comes, in milliseconds.
    pub interval_ms: Option<u64>,
    /// The rules, in order.
    pub rule: Vec<Spanned<RuleSpec>>,
    /// Option lists for `program`.
    pub group: BTreeMap<String, Group>,
    /// What may be set for one program (`RUST_LOG=debug`), and to which values.
    pub environment: BTreeMap<String, Kind>,
    /// Option tables of further programs.
    pub program: BTreeMap<String, Table>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleAction {
    /// No.
    Deny,
    /// A person decides.
    Hold,
    /// Yes, once.
    Allow,
}

impl RuleAction {
    /// The word in a policy's text.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Hold => "hold",
            Self::Allow => "allow",
        }
    }
}

/// Inside or outside the work tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Where {
    /// In the work tree.
    Inside,
    /// Not in the work tree, or not known to be.
    Outside,
}

/// One rule as written. Every condition given must hold; a list holds if one of its entries does. `*` and `?` are
/// patterns in all texts. Deny and hold rules match generously (any case, options in any place), allow rules exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleSpec {
    /// Its name, shown with every verdict. A rule with the id of a shipped one replaces it.
    pub id: String,
    /// deny, hold or allow.
    pub action: Option<RuleAction>,
    /// Why, for a person.
    pub reason: String,
    /// Operations; none given is any.
    pub operation: Vec<Operation>,
    /// The agent's names for tools.
    pub tool: Vec<String>,
    /// Session names.
    pub session: Vec<String>,
    /// Roles.
    pub role: Vec<String>,
    /// Tiers.
    pub tier: Vec<String>,
    /// Agent programs.
    pub agent: Vec<String>,
    /// Whole parts of a command, word for word: no patterns.
    pub command: Vec<WholePart>,
    /// Programs, with subcommands: `git push`.
    pub program: Vec<String>,
    /// Programs that are meant by `program` and still not concerned.
    pub not_program: Vec<String>,
    /// Option letters and names, one of which is given: `r` for `-r` in any cluster, `recursive` for `--recursive`.
    pub flag: Vec<String>,
    /// One of the arguments fits one of these.
    pub any_arg: Vec<String>,
    /// Every argument fits one of these.
    pub all_args: Option<Vec<String>>,
    /// What kind of thing the option tables say that the part does.
    pub effect: Vec<Effect>,
    /// It commits to, or goes to, such a branch: `protected`, `unknown`, or a pattern.
    pub branch: Vec<String>,
    /// It commits to, or changes, the branch of a repository that may be another than the session's.
    pub elsewhere: bool,
    /// A redirection to a file stands in the part.
    pub redirect: bool,
    /// It reads a pipe that one of these programs fills.
    pub fed_by: Vec<String>,
    /// No option table has the program.
    pub unknown_program: bool,
    /// Whole paths from the root on, exactly: no patterns, nothing below.
    pub file: Vec<String>,
    /// Names and paths, at any depth unless they start with `/` or `~/`, and everything below.
    pub path: Vec<String>,
    /// Names and paths that are meant by `path` and still not concerned.
    pub except: Vec<String>,
    /// Inside or outside the work tree.
    #[serde(rename = "where")]
    pub place: Option<Where>,
    /// Something of archtui's own: configuration, state, sockets.
    pub own: bool,
    /// Hosts of a URL.
    pub host: Vec<String>,
    /// Shipped rules only: cannot be replaced or disabled.
    pub fixed: bool,
    /// The file in which it stands; filled in when it is read.
    #[serde(skip)]
    pub origin: String,
}

/// Reads a policy's text.
pub(super) fn read(text: &str, origin: &str) -> Result<PolicyFile, PolicyError> {
    toml::from_str(text).map_err(|e| {
        let misread = Misread::of(e.message());
        let hint = misread.hint.unwrap_or_else(|| for_example(RULE));
        error(text, origin, e.span().map_or(0, |s| s.start), misread.what, hint)
    })
}

/// An error at a byte of the text.
pub(super) fn error(
    text: &str,
    origin: &str,
    at: usize,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> PolicyError {
    let before = text.get(..at).unwrap_or(text);
    PolicyError {
        origin: origin.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.chars().rev().take_while(|&c| c != '\n').count() + 1,
        message: message.into(),
        hint: hint.into(),
    }
}
