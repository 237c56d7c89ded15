//! What is known of all work trees at once: each tree with its findings and who works there, and where each session is.
//! Not for finding out (`workers`), not for judging (`check`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::crew::Worker;
use super::{Finding, Rules, Severity, Unknown, WorkTree, tell_once};
use crate::domain::session::PaneIdentity;

/// A work tree with what is said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What was found.
    pub tree: Arc<WorkTree>,
    /// The worst first.
    pub findings: Vec<Finding>,
    /// What is asked of it. Nothing that is shown needs it: it is not written down.
    #[serde(skip)]
    pub rules: Arc<Rules>,
    /// Who works there.
    pub crew: Vec<Worker>,
    /// When its uncommitted files were counted; none before the first time.
    pub counted: Option<Timestamp>,
}

impl Seen {
    /// The severity of the worst finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|f| f.severity).max()
    }

    /// How many files are uncommitted, if that is known.
    pub fn dirty(&self) -> Option<usize> {
        self.tree.dirty.as_ref().ok().and_then(Option::as_ref).map(|d| d.files)
    }

    /// Commits that the branch has and its upstream has not, and the other way round, if that is known.
    pub fn apart(&self) -> Option<(usize, usize)> {
        self.tree.upstream.as_ref().ok().and_then(Option::as_ref).and_then(|u| u.apart)
    }
}

/// Where a session works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Home {
    /// In the tree with this top folder.
    Tree(PathBuf),
    /// In a folder that belongs to no repository.
    Outside(PathBuf),
    /// Nobody knows.
    Unknown(Unknown),
}

/// What is known of all work trees.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Survey {
    /// By top folder.
    pub trees: BTreeMap<PathBuf, Seen>,
    /// Where each session is; one that is not listed has not been looked for yet.
    #[serde(with = "crate::domain::pairs")]
    pub homes: BTreeMap<PaneIdentity, Home>,
    /// The folder in which each works, as far as it is known: in its tree, or below.
    #[serde(default, with = "crate::domain::pairs")]
    pub folders: BTreeMap<PaneIdentity, PathBuf>,
    /// Every listed session has been looked for, and every tree looked at as a whole.
    pub complete: bool,
}

impl Survey {
    /// The tree that a session works in.
    pub fn tree_of(&self, pane: PaneIdentity) -> Option<&Seen> {
        match self.homes.get(&pane)? {
            Home::Tree(path) => self.trees.get(path),
            Home::Outside(_) | Home::Unknown(_) => None,
        }
    }

    /// True if nothing that a person could see differs: a look that found the same is no news.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let alike = |(a, b): (&Seen, &Seen)| {
            (Arc::ptr_eq(&a.tree, &b.tree) || a.tree == b.tree)
                && (&a.findings, &a.crew) == (&b.findings, &b.crew)
                && match (a.counted, b.counted) {
                    (Some(a), Some(b)) => b.as_second().abs_diff(a.as_second()) < 60,
                    (a, b) => a.is_none() && b.is_none(),
                }
        };
        self.complete == other.complete
            && self.homes == other.homes
            && self.folders == other.folders
            && self.trees.keys().eq(other.trees.keys())
            && self.trees.values().zip(other.trees.values()).all(alike)
    }

    /// Leaves findings that several trees of a repository share at one of them.
    pub fn tell_once(&mut self) {
        tell_once(self.trees.values_mut().map(|seen| (&*seen.tree, &mut seen.findings)));
    }
}
