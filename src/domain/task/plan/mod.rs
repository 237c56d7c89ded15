//! A plan becomes tasks: a Markdown checklist or a TOML list, read into orders that wait for each other. Nothing is queued
//! here: a plan is shown first.

mod list;
mod markdown;

use std::collections::BTreeMap;
use std::time::Duration;

use super::entry::{After, Order};
use super::{Priority, TaskId};
use crate::domain::text;

/// A plan, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its tasks, in the order of the file.
    pub orders: Vec<Order>,
    /// Entries that are ticked off already, and so left out.
    pub ticked: usize,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// The line, counted from 1, where one can be named.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// How spans of time are written (`30m`): the config's own reader is handed in.
pub type ReadSpan = fn(&str) -> Result<Duration, String>;

/// The largest number of tasks in one plan.
const MOST: usize = 1000;

/// Reads a plan; the file's name tells how it is written, and where it does not, its content. What an entry does not say
/// itself is as in `base`; those that wait for nothing in the plan wait for what `base` waits for.
pub fn read(name: &str, source: &str, base: &Order, span: ReadSpan) -> Result<Plan, PlanError> {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    let toml = match ending.as_str() {
        "toml" => true,
        "md" | "markdown" | "txt" => false,
        _ => source.contains("[[task]]"),
    };
    let entries = if toml { list::entries(source)? } else { markdown::entries(source)? };
    resolve(&entries, base, span)
}

/// One entry as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    line: Option<usize>,
    text: String,
    ticked: bool,
    /// Places of entries it waits for by where it stands (children, numbered lists).
    waits: Vec<usize>,
    id: Option<String>,
    target: Option<String>,
    role: Option<String>,
    priority: Option<i64>,
    /// `name`, `2` (the second entry) or `#14` (a task of the queue).
    after: Vec<String>,
    key: Option<String>,
    timeout: Option<String>,
    dir: Option<String>,
}

impl Entry {
    fn fault(&self, what: impl Into<String>, hint: impl Into<String>) -> PlanError {
        PlanError {
            line: self.line,
            what: text::printable(&what.into()),
            hint: text::printable(&hint.into()),
        }
    }
}

/// Names become places; ticked entries drop out, and nobody waits for them.
fn resolve(entries: &[Entry], base: &Order, span: ReadSpan) -> Result<Plan, PlanError> {
    let open: Vec<usize> = (0..entries.len()).filter(|&i| !entries[i].ticked).collect();
    if open.len() > MOST {
        let what = format!("the plan has {} open entries; {MOST} are the most", open.len());
        return Err(PlanError { line: None, what, hint: "split it".into() });
    }
    let place: BTreeMap<usize, usize> = open.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, e) in entries.iter().enumerate() {
        let Some(id) = e.id.as_deref() else { continue };
        if id.is_empty() || id.starts_with('#') || id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(e.fault(
                format!("\"{id}\" cannot be an entry's id"),
                "use a word: numbers count the entries",
            ));
        }
        if names.insert(id, i).is_some() {
            return Err(e.fault(format!("two entries have the id \"{id}\""), "rename one"));
        }
    }
    let mut orders = Vec::new();
    for &i in &open {
        let e = &entries[i];
        let mut after: Vec<After> = Vec::new();
        let mut wait = |a: After| {
            if !after.contains(&a) {
                after.push(a);
            }
        };
        for old in &e.waits {
            if let Some(new) = place.get(old) {
                wait(After::Entry(*new));
            }
        }
        for name in &e.after {
            match reference(name, e, &names, &open)? {
                Reference::Task(id) => wait(After::Task(id)),
                Reference::Entry(old) => {
                    if let Some(new) = place.get(&old) {
                        wait(After::Entry(*new));
                    }
                }
            }
        }
        if after.is_empty() {
            after.clone_from(&base.after);
        }
        let timeout = e.timeout.as_deref().map(span).transpose();
        orders.push(Order {
            text: e.text.clone(),
            target: e.target.clone().or_else(|| base.target.clone()),
            role: e.role.clone().or_else(|| base.role.clone()),
            priority: priority(e, base.priority)?,
            after,
            key: e.key.clone(),
            timeout: timeout.map_err(|why| e.fault(why, "like timeout=30m"))?.or(base.timeout),
            dir: e.dir.clone().or_else(|| base.dir.clone()),
            ..base.clone()
        });
    }
    Ok(Plan { orders, ticked: entries.len() - open.len() })
}

enum Reference {
    Task(TaskId),
    Entry(usize),
}

fn reference(
    name: &str,
    e: &Entry,
    names: &BTreeMap<&str, usize>,
    open: &[usize],
) -> Result<Reference, PlanError> {
    if name.starts_with('#') {
        let id = TaskId::parse(name);
        return id
            .map(Reference::Task)
            .ok_or_else(|| e.fault(format!("\"{name}\" is no task's number"), "like #14"));
    }
    if let Some(i) = names.get(name) {
        return Ok(Reference::Entry(*i));
    }
    let nth = name.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|n| open.get(n));
    nth.map(|i| Reference::Entry(*i)).ok_or_else(|| {
        let hint = match text::nearest(name, names.keys().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "name an entry's id, its number in the plan, or #14 for a task in the queue".into(),
        };
        e.fault(format!("there is no entry \"{name}\" to wait for"), hint)
    })
}

fn priority(e: &Entry, default: Priority) -> Result<Priority, PlanError> {
    match e.priority {
        None => Ok(default),
        Some(n) => u8::try_from(n)
            .ok()
            .and_then(Priority::new)
            .ok_or_else(|| e.fault(format!("{n} is not a priority"), "they go from 0 to 10")),
    }
}

#[cfg(test)]
mod tests;
