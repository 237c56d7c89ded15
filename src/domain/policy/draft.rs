//! A rule that is made from a dialog: the narrowest that says something of it, and the steps by which a person may widen or
//! narrow it. Only a person's key in the control room makes one; what an agent wrote is quoted, never taken for TOML.

use std::fmt::Write;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml_edit::{Array, Table, Value, value};

use super::path::Located;
use super::{Action, Context, RuleAction, Verdict, url};
use crate::domain::bash;
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::redact::Secrets;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::text;

/// A text longer than this is not made a rule of: nobody would read it.
const LONGEST: usize = 1000;

/// The dialog that a rule is made from, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// In which pane.
    pub pane: PaneIdentity,
    /// Its session.
    pub session: SessionName,
    /// The agent.
    pub agent: Option<String>,
    /// What it asks.
    pub dialog: Arc<Dialog>,
}

/// Whose dialogs the rule is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Who {
    Session(String),
    Role(String),
    Tier(String),
    Everyone,
}

/// What it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum What {
    Parts(Vec<String>),
    Program(String),
    File(String),
    Folder(String),
    Tree,
    Host(String),
    Tool(String),
}

/// A rule as it would be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it does.
    pub action: RuleAction,
    id: String,
    reason: String,
    operation: Operation,
    who: usize,
    whos: Vec<Who>,
    what: usize,
    whats: Vec<What>,
}

impl Draft {
    /// The narrowest rule that says something of a dialog, and how it was judged so far. `taken` tells which ids are. The
    /// error says why none can be made.
    pub fn of(
        dialog: &Dialog,
        verdict: &Verdict,
        ctx: &Context,
        taken: impl Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let verdict = verdict.would.as_deref().unwrap_or(verdict);
        if !dialog.complete {
            return Err("part of the dialog is hidden: look at the whole first".to_owned());
        }
        let subject = dialog.subject.as_deref().unwrap_or_default();
        if subject.chars().count() > LONGEST {
            return Err("it is too long for a rule that anybody would read".to_owned());
        }
        let whats = match dialog.operation {
            Operation::Bash => of_command(subject, verdict)?,
            Operation::Read | Operation::Grep | Operation::Glob | Operation::Edit | Operation::Write => {
                of_path(subject, ctx)?
            }
            Operation::Fetch => {
                vec![What::Host(url::host(subject).ok_or("the host of the address cannot be told")?)]
            }
            Operation::Mcp => vec![What::Tool(plain(dialog.tool.as_deref(), "the tool")?)],
            Operation::Plan | Operation::Question | Operation::Trust | Operation::Other => {
                let word = dialog.operation.word();
                return Err(format!("a {word} dialog is for a person each time: no rule is made from it"));
            }
        };
        let named = |name: Option<&str>| plain(name, "").ok();
        let whos = [
            named(Some(&ctx.session)).map(Who::Session),
            named(ctx.role.as_deref()).map(Who::Role),
            named(ctx.tier.as_deref()).map(Who::Tier),
            Some(Who::Everyone),
        ];
        // What is confirmed already can only be tightened.
        let action = if verdict.action == Action::Confirm { RuleAction::Hold } else { RuleAction::Allow };
        Ok(Self {
            action,
            id: free_id(dialog.operation, &whats[0], taken),
            reason: format!("made from a dialog of {}", text::printable(&ctx.session)),
            operation: dialog.operation,
            who: 0,
            whos: whos.into_iter().flatten().collect(),
            what: 0,
            whats,
        })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whose dialogs it is for, in words; and which step of how many that is.
    pub fn who(&self) -> (String, usize, usize) {
        let who = match &self.whos[self.who] {
            Who::Session(name) => format!("session {name}"),
            Who::Role(role) => format!("role {role}"),
            Who::Tier(tier) => format!("tier {tier}"),
            Who::Everyone => "every session".to_owned(),
        };
        (who, self.who, self.whos.len())
    }

    /// What it is for, in words; and which step of how many that is.
    pub fn what(&self) -> (String, usize, usize) {
        let what = match &self.whats[self.what] {
            What::Parts(parts) if parts.len() == 1 => {
                format!("exactly `{}`", text::fit(&text::printable(&parts[0]), 40))
            }
            What::Parts(parts) => format!("exactly these {} commands", parts.len()),
            What::Program(words) => format!("`{words}` with any arguments"),
            What::File(_) => "exactly this file".to_owned(),
            What::Folder(_) => "everything in its folder".to_owned(),
            What::Tree => "everything in the work tree".to_owned(),
            What::Host(host) => format!("everything on {host}"),
            What::Tool(_) => "every call of this tool".to_owned(),
        };
        (what, self.what, self.whats.len())
    }

    /// One step wider, or narrower, as far as there is one.
    pub fn widen_who(&mut self, wider: bool) {
        self.who = step(self.who, self.whos.len(), wider);
    }

    /// The same for what it is for.
    pub fn widen_what(&mut self, wider: bool) {
        self.what = step(self.what, self.whats.len(), wider);
    }

    /// As it is written: a `[[rule]]` of its own.
    pub fn to_toml(&self) -> String {
        let mut t = Table::new();
        let list = |items: &[&str]| value(Value::Array(items.iter().copied().collect::<Array>()));
        t["id"] = value(self.id.as_str());
        t["action"] = value(self.action.word());
        t["reason"] = value(self.reason.as_str());
        t["operation"] = list(&[self.operation.word()]);
        match &self.whos[self.who] {
            Who::Session(name) => t["session"] = list(&[name]),
            Who::Role(role) => t["role"] = list(&[role]),
            Who::Tier(tier) => t["tier"] = list(&[tier]),
            Who::Everyone => {}
        }
        match &self.whats[self.what] {
            What::Parts(parts) => {
                t["command"] = list(&parts.iter().map(String::as_str).collect::<Vec<_>>());
            }
            What::Program(words) => {
                t["program"] = list(&[words]);
                // Rules that deny or hold ask no arguments.
                if self.action == RuleAction::Allow {
                    t["all_args"] = list(&["*"]);
                }
            }
            What::File(path) => t["file"] = list(&[path]),
            What::Folder(path) => t["path"] = list(&[path]),
            What::Tree => t["where"] = value("inside"),
            What::Host(host) => t["host"] = list(&[host]),
            What::Tool(tool) => t["tool"] = list(&[tool]),
        }
        format!("[[rule]]\n{t}")
    }

    /// A policy's text with this rule at its end; every byte that stood there stays. The error says why that cannot be.
    pub fn added_to(&self, old: &str) -> Result<String, String> {
        let mut new = old.to_owned();
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        let blank = if new.is_empty() { "" } else { "\n" };
        let _ = write!(new, "{blank}{}", self.to_toml());
        let doc: toml_edit::DocumentMut = new
            .parse()
            .map_err(|e: toml_edit::TomlError| e.message().lines().collect::<Vec<_>>().join(" "))?;
        let rules = doc.get("rule").and_then(toml_edit::Item::as_array_of_tables);
        let last = rules.and_then(|rules| rules.iter().last()).and_then(|rule| rule.get("id")?.as_str());
        if last == Some(&self.id) { Ok(new) } else { Err("its rules are not written as [[rule]]".to_owned()) }
    }
}

fn step(at: usize, len: usize, wider: bool) -> usize {
    if wider { (at + 1).min(len.saturating_sub(1)) } else { at.saturating_sub(1) }
}

/// A name that stands for itself alone where patterns are read.
fn plain(name: Option<&str>, what: &str) -> Result<String, String> {
    let sound = |n: &&str| !n.is_empty() && !n.contains(['*', '?']) && n.chars().count() <= LONGEST;
    name.filter(sound).map(str::to_owned).ok_or_else(|| format!("{what} has no name that a rule can say"))
}

/// The parts that nothing allows so far, else all of them; then the program of a single one.
fn of_command(command: &str, verdict: &Verdict) -> Result<Vec<What>, String> {
    let reading = bash::read(command);
    if let Some(fault) = reading.fault {
        return Err(format!("the command cannot be read to its end: {fault}"));
    }
    let held = |text: &str| verdict.parts.iter().any(|p| p.command == text && p.action != Action::Confirm);
    let mut parts: Vec<&bash::Part> = reading.parts.iter().filter(|p| held(&p.text)).collect();
    if parts.is_empty() {
        parts = reading.parts.iter().collect();
    }
    let mut texts: Vec<String> = Vec::new();
    for part in &parts {
        super::WholePart::try_from(part.text.clone())?;
        if !texts.contains(&part.text) {
            texts.push(part.text.clone());
        }
    }
    let mut whats = vec![What::Parts(texts)];
    if let [one] = parts.as_slice()
        && one.redirects.is_empty()
        && one.sets.is_empty()
    {
        let names = |w: &&bash::Word| {
            !w.quoted && !w.status && !w.text.contains(['*', '?']) && !w.text.contains(char::is_whitespace)
        };
        let sub = |w: &&bash::Word| names(w) && !w.text.starts_with('-');
        if let Some(program) = one.words.first().filter(names) {
            let sub = one.words.get(1).filter(sub).map(|sub| format!("{} {}", program.text, sub.text));
            whats.extend(sub.map(What::Program));
            whats.push(What::Program(program.text.clone()));
        }
    }
    Ok(whats)
}

/// The file, its folder, the tree around it.
fn of_path(path: &str, ctx: &Context) -> Result<Vec<What>, String> {
    let located = Located::new(path, ctx.cwd.as_deref(), ctx)?;
    let whole = located.absolute();
    let mut whats = vec![What::File(whole.clone())];
    let folder = whole.rsplit_once('/').map(|(folder, _)| folder).filter(|f| !f.is_empty());
    let sound = |f: &&str| !f.contains(['*', '?', '[', ']', '{', '}', '~']);
    whats.extend(folder.filter(sound).map(|f| What::Folder(f.to_owned())));
    if located.is_inside() {
        whats.push(What::Tree);
    }
    Ok(whats)
}

/// A short name that no other rule has.
fn free_id(operation: Operation, what: &What, taken: impl Fn(&str) -> bool) -> String {
    let about = match what {
        What::Parts(parts) => parts.first().map_or("", String::as_str),
        What::Program(text) | What::File(text) | What::Folder(text) | What::Host(text) | What::Tool(text) => {
            text
        }
        What::Tree => "",
    };
    // An id is shown, counted and written down everywhere: it quotes no secret.
    let about = Secrets::builtin().mask(about);
    let slug: String =
        about.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let words: Vec<&str> = match what {
        What::File(_) => {
            slug.split_whitespace().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect()
        }
        _ => slug.split_whitespace().take(3).collect(),
    };
    let mut id = format!("my-{}", operation.word());
    for word in words {
        let _ = write!(id, "-{}", word.chars().take(16).collect::<String>());
    }
    let mut numbered = (2..).map(|n| format!("{id}-{n}"));
    if taken(&id) { numbered.find(|id| !taken(id)).unwrap_or(id) } else { id }
}
