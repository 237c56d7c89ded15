//! What is kept of a task that is over: what git shows of its work tree, the pull request on the screen, and the agent's
//! last words, masked and marked as its own. Looked for beside: nothing waits for it.

use std::path::Path;

use super::{Dispatcher, Done, OpenGit, now};
use crate::domain::branch::{Head, RuleBook};
use crate::domain::redact::Secrets;
use crate::domain::task::record::Sought;
use crate::domain::task::{self, Evidence};
use crate::domain::text;
use crate::ports::{Ask, Cancel, Folders, Hands, Press, Processes, TaskBook};

/// How many last lines of an agent's screen are kept as its words, where it keeps no record.
const LINES: usize = 4;
/// How much of its words.
const WORDS: usize = 600;
/// Commits that are told one by one.
const COMMITS: usize = 10;

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    pub(super) fn gather(&mut self, errand: &task::Errand) {
        let (id, pane) = (errand.id, errand.pane);
        let mut shown = Evidence::Words(String::new());
        let mut evidence = Vec::new();
        if let Some(desk) = self.panes.get(&pane.id).filter(|d| d.info.identity == pane) {
            let reading = desk.tracker.reading();
            evidence.extend(reading.pull_request.map(|n| Evidence::PullRequest(format!("#{n}"))));
            if let (Some(screen), Some(composer)) = (&desk.screen, &reading.composer) {
                let above = screen.rows.iter().take(composer.row.into()).map(|r| r.text().trim());
                let lines: Vec<&str> = above.filter(|l| l.chars().any(char::is_alphanumeric)).collect();
                shown = words(&lines[lines.len().saturating_sub(LINES)..].join("\n"));
            }
        }
        let task = self.book.as_ref().and_then(|d| B::queue(d).get(id));
        let attempt = task.and_then(|t| t.attempts.iter().find(|a| a.number == errand.attempt));
        let sought = task.zip(attempt).and_then(|(t, a)| Some(Sought { text: t.typed(), since: a.typing? }));
        let (processes, open) = (self.processes.clone(), self.fixed.trees);
        let found = tokio::task::spawn_blocking(move || {
            let trace = sought.as_ref().map(|s| processes.trace(pane, s));
            let after = trace.as_ref().and_then(|t| t.after());
            let said = after.and_then(|a| a.words.as_deref()).map(words);
            evidence.extend(after.filter(|a| a.interrupted).map(|_| seen("a person interrupted it")));
            evidence
                .extend(after.filter(|a| a.other).map(|_| seen("the session was given other work since")));
            let folder = processes.folder(pane);
            if let (Some(open), Some(folder), Some(sought)) = (open, folder, &sought) {
                evidence.extend(tree(open, &folder, sought));
            }
            evidence.push(said.unwrap_or(shown));
            evidence.retain(|e| *e != Evidence::Words(String::new()));
            evidence
        });
        self.beside.push(Box::pin(async move { Done::Gathered(id, found.await.unwrap_or_default()) }));
    }
}

fn seen(what: &str) -> Evidence {
    Evidence::Seen(what.to_owned())
}

/// What git shows: read-only, no hook, no filter. Commits are told by the time that they themselves name.
fn tree(open: OpenGit, folder: &Path, sought: &Sought) -> Vec<Evidence> {
    let rules = RuleBook::default().fleet().clone();
    let ask = Ask { rules, now: now().wall, status: true };
    let Ok(tree) = open().look(folder, &ask, &Cancel::default()) else { return Vec::new() };
    let mut out = Vec::new();
    let head = tree.head.ok();
    out.extend(head.as_ref().and_then(Head::branch).map(|b| Evidence::Branch(text::printable(b))));
    // Stamps of commits have whole seconds.
    let since = sought.since.as_second();
    let made = tree.own.iter().flat_map(|own| &own.list).filter(|c| c.time.as_second() >= since);
    out.extend(made.take(COMMITS).map(|c| {
        let subject = text::printable(c.message.lines().next().unwrap_or_default());
        Evidence::Commit(c.id.short().to_owned(), text::fit(&subject, 120))
    }));
    let files = tree.dirty.ok().flatten().map_or(0, |d| d.files);
    out.extend((files > 0).then_some(Evidence::Files(files)));
    out
}

/// An agent's words: masked, printable, the end of them.
fn words(said: &str) -> Evidence {
    let clean = text::printable_lines(&Secrets::builtin().mask(said));
    let clean = clean.trim();
    let from = clean.char_indices().rev().nth(WORDS - 1).map_or(0, |(i, _)| i);
    Evidence::Words(clean[from..].to_owned())
}
