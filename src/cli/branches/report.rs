//! Findings as JSON and as lines, the worst tree first. Colour says nothing that a word does not say too.

use std::io::IsTerminal;

use jiff::Timestamp;
use serde::Serialize;

use super::{Told, out, shown, stamp};
use crate::config::Env;
use crate::domain::branch::facts::Kind;
use crate::domain::branch::{CommitId, Finding, Head, Severity, WorkTree};
use crate::domain::text;

#[derive(Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    at: String,
    trees: Vec<Tree<'a>>,
}

#[derive(Serialize)]
struct Tree<'a> {
    path: String,
    branch: Option<String>,
    head: Option<&'a CommitId>,
    dirty: Option<usize>,
    ahead: Option<usize>,
    behind: Option<usize>,
    sessions: &'a [String],
    findings: &'a [Finding],
}

/// The JSON of the contract.
pub(super) fn json(told: &[Told], at: Timestamp) -> Report<'_> {
    Report { schema: "archtui.branches/1", at: stamp(at), trees: told.iter().map(tree).collect() }
}

fn tree(told: &Told) -> Tree<'_> {
    let tree = &told.tree;
    let apart = tree.upstream.as_ref().ok().and_then(Option::as_ref).and_then(|u| u.apart);
    Tree {
        path: shown(&tree.path),
        branch: tree.branch().map(text::printable),
        head: tree.head.as_ref().ok().and_then(Head::commit),
        dirty: files(tree),
        ahead: apart.map(|(ahead, _)| ahead),
        behind: apart.map(|(_, behind)| behind),
        sessions: &told.sessions,
        findings: &told.findings,
    }
}

fn files(tree: &WorkTree) -> Option<usize> {
    tree.dirty.as_ref().ok().and_then(Option::as_ref).map(|d| d.files)
}

/// The worst first; among equals the one with more findings, then by path.
pub(super) fn sort(told: &mut [Told]) {
    let weight = |t: &Told| (worst(&t.findings), t.findings.len());
    told.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.tree.path.cmp(&b.tree.path)));
}

fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.iter().map(|f| f.severity).max()
}

/// True if stdout is a terminal that may be coloured.
pub(super) fn colour(env: &Env) -> bool {
    !env.no_color && env.term.as_deref() != Some("dumb") && std::io::stdout().is_terminal()
}

fn mark(severity: Option<Severity>) -> (&'static str, &'static str) {
    match severity {
        Some(Severity::Red) => ("✖", "31"),
        Some(Severity::Amber) => ("▲", "33"),
        Some(Severity::Note) => ("·", "36"),
        None => ("✔", "32"),
    }
}

fn paint(text: &str, code: &str, colour: bool) -> String {
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// One line per tree, two per finding.
pub(super) fn print(told: &[Told], colour: bool) {
    let widest = told.iter().flat_map(|t| &t.findings).map(|f| f.rule.word().len()).max().unwrap_or(0);
    for Told { tree, findings, sessions } in told {
        let (shape, code) = mark(worst(findings));
        let path = paint(&shown(&tree.path), "1", colour);
        let who = if sessions.is_empty() { String::new() } else { format!(" · {}", sessions.join(", ")) };
        out::line(&format!("{} {path}  {}{who}", paint(shape, code, colour), state(tree)));
        for f in findings {
            let (_, code) = mark(Some(f.severity));
            let word = paint(&format!("{:5}", f.severity.word()), code, colour);
            out::line(&format!("    {word}  {:widest$}  {}", f.rule.word(), f.sentence));
            out::line(&format!(
                "           {:widest$}  {}",
                "",
                paint(&format!("→ {}", f.hint), "2", colour)
            ));
        }
    }
}

/// A tree's state in a few words.
fn state(tree: &WorkTree) -> String {
    let place = match &tree.head {
        Ok(Head::Branch { name, .. }) => text::fit(&text::printable(name), 60),
        Ok(Head::Detached { commit }) => format!("detached at {}", commit.short()),
        Err(_) => "unknown".to_owned(),
    };
    let files = match (&tree.dirty, tree.kind) {
        (Ok(Some(dirty)), _) if dirty.files == 0 => "clean".to_owned(),
        (Ok(Some(dirty)), _) => format!("{} uncommitted", dirty.files),
        (_, Kind::Bare) => "bare".to_owned(),
        _ => "files unknown".to_owned(),
    };
    let apart = tree.upstream.as_ref().ok().and_then(Option::as_ref).and_then(|u| u.apart);
    let apart = apart.map(|(a, b)| format!(" · {a} ahead, {b} behind")).unwrap_or_default();
    format!("{place} · {files}{apart}")
}
