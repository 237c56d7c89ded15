//! A plan as TOML: one `[[task]]` each.

use serde::Deserialize;

use super::{Entry, PlanError};
use crate::domain::misread::Misread;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(default)]
    task: Vec<toml::Spanned<Row>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    text: String,
    id: Option<String>,
    target: Option<String>,
    role: Option<String>,
    priority: Option<i64>,
    #[serde(default)]
    after: Vec<Name>,
    key: Option<String>,
    timeout: Option<String>,
    dir: Option<String>,
    #[serde(default)]
    done: bool,
}

/// An id or `"#14"`, or an entry's number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Name {
    Word(String),
    Number(u32),
}

pub fn entries(source: &str) -> Result<Vec<Entry>, PlanError> {
    let read: Source = toml::from_str(source).map_err(|e| fault(source, &e))?;
    if read.task.is_empty() {
        let hint = "write one [[task]] with text = \"…\" for each".into();
        return Err(PlanError { line: None, what: "the plan has no tasks".into(), hint });
    }
    let entry = |row: toml::Spanned<Row>| {
        let line = Some(line_of(source, row.span().start));
        let row = row.into_inner();
        let after = row.after.into_iter().map(|n| match n {
            Name::Word(w) => w,
            Name::Number(n) => n.to_string(),
        });
        Entry {
            line,
            text: row.text,
            ticked: row.done,
            waits: Vec::new(),
            id: row.id,
            target: row.target,
            role: row.role,
            priority: row.priority,
            after: after.collect(),
            key: row.key,
            timeout: row.timeout,
            dir: row.dir,
        }
    };
    Ok(read.task.into_iter().map(entry).collect())
}

fn fault(source: &str, e: &toml::de::Error) -> PlanError {
    let misread = Misread::of(e.message());
    let hint = misread.hint.unwrap_or_else(|| {
        "an entry has text, and may have id, target, role, priority, after, key, timeout, dir, done".into()
    });
    PlanError { line: e.span().map(|s| line_of(source, s.start)), what: misread.what, hint }
}

fn line_of(source: &str, at: usize) -> usize {
    source.get(..at).map_or(1, |head| head.matches('\n').count() + 1)
}
