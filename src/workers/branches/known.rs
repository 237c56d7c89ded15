//! What is known of one tree: the last look, the files as they were last counted, and what the rules say of it. A judgement
//! is kept until something changes that it was made of. Not for looking.

use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, Zoned};

use crate::domain::branch::crew::{self, Worker};
use crate::domain::branch::facts::Dirty;
use crate::domain::branch::survey::Seen;
use crate::domain::branch::{self, Context, Fact, Finding, Rules, Unknown, WorkTree};
use crate::ports::GitError;

/// Ages in findings are told in hours: a judgement is good for this many seconds.
const GOOD: i64 = 60;

/// What is known of one tree.
pub struct Known {
    /// What is asked of it.
    pub rules: Arc<Rules>,
    /// The last look, with the files as they were last counted.
    pub tree: Option<Arc<WorkTree>>,
    counted: Option<Counted>,
    judged: Option<Judged>,
}

/// The uncommitted files as they were last counted.
struct Counted {
    at: Timestamp,
    dirty: Fact<Option<Dirty>>,
    gaps: Vec<Unknown>,
}

/// What the rules said, when, and of whom.
struct Judged {
    at: Timestamp,
    crew: Vec<Worker>,
    findings: Vec<Finding>,
}

impl Known {
    /// Nothing but what is asked.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules, tree: None, counted: None, judged: None }
    }

    /// Something else is asked from now on.
    pub fn follow(&mut self, rules: Arc<Rules>) {
        self.rules = rules;
        self.judged = None;
    }

    /// Takes a look's answer. A quick one leaves the files as they were last counted.
    pub fn take(&mut self, answer: Result<WorkTree, GitError>, path: &Path, whole: bool, at: Timestamp) {
        let tree = match answer {
            Ok(mut tree) => {
                if whole {
                    self.counted = Some(Counted { at, dirty: tree.dirty.clone(), gaps: tree.gaps.clone() });
                } else if let Some(counted) = &self.counted {
                    tree.dirty.clone_from(&counted.dirty);
                    let more = counted.gaps.iter().filter(|g| !tree.gaps.contains(g)).cloned();
                    tree.gaps.extend(more.collect::<Vec<_>>());
                }
                tree
            }
            Err(GitError::Cancelled) => return,
            Err(e) => {
                self.counted = None;
                WorkTree::unreadable(path.to_owned(), &e.unknown())
            }
        };
        self.judged = None;
        self.tree = Some(Arc::new(tree));
    }

    /// The tree with what is found there now; none before the first look.
    pub fn judged(&mut self, crew: &[Worker], now: &Zoned) -> Option<Seen> {
        let tree = self.tree.as_ref()?;
        let at = now.timestamp();
        let good =
            |j: &Judged| j.crew == crew && at.as_second().abs_diff(j.at.as_second()) < GOOD.unsigned_abs();
        if !self.judged.as_ref().is_some_and(good) {
            let context = Context {
                role: crew::tier_and_role(crew).0.map(|t| t.word().to_owned()),
                now: at,
                today: now.date(),
                sessions: crew::names(crew),
            };
            let findings = branch::check(tree, &self.rules, &context);
            self.judged = Some(Judged { at, crew: crew.to_vec(), findings });
        }
        let judged = self.judged.as_ref()?;
        Some(Seen {
            tree: Arc::clone(tree),
            findings: judged.findings.clone(),
            rules: Arc::clone(&self.rules),
            crew: judged.crew.clone(),
            counted: self.counted.as_ref().map(|c| c.at),
        })
    }
}
