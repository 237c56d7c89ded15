//! Branch compliance: what the worker told of the work trees, and which sessions it was told to watch. The one definition
//! of the panel's rows. How a tree is judged is for `domain::branch`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::fleet::Session;
use super::{State, needs};
use crate::domain::branch::crew::{Post, Worker};
use crate::domain::branch::signs::{Beside, Sign, signs};
use crate::domain::branch::survey::{Home, Seen};
use crate::domain::branch::{Severity, Survey};
use crate::domain::ledger::RuleCount;
use crate::domain::session::PaneIdentity;
use crate::domain::status::State as Status;

/// A session that writes all the time is told of so often.
const STIRRED: Duration = Duration::from_secs(5);

/// Who waits for a person this long is stuck, as the procedure means it.
const STUCK: Duration = Duration::from_mins(10);

/// Branch compliance.
#[derive(Debug, Clone, Default)]
pub struct Branches {
    /// What is known; `None` before the first word.
    pub survey: Option<Arc<Survey>>,
    /// The sessions that the worker was told of.
    posts: Vec<Post>,
    /// When it was last told that they wrote.
    stirred: BTreeMap<PaneIdentity, Duration>,
}

/// Where a session works, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place<'a> {
    /// In this tree.
    Tree(&'a Seen),
    /// Elsewhere, or nobody knows.
    Home(&'a Home),
    /// Not looked for yet, or its tree not looked at yet.
    Pending,
}

impl Place<'_> {
    /// The worst that is found there.
    pub fn worst(&self) -> Option<Severity> {
        match self {
            Self::Tree(seen) => seen.worst(),
            Self::Home(_) | Self::Pending => None,
        }
    }
}

/// True if it is an agent's place: named by the roster, or anything that is not a bare shell.
pub fn works(s: &Session) -> bool {
    s.pane.is_some() && (s.member.is_some() || (s.screen.is_some() && s.state != Status::Shell))
}

impl State {
    /// The sessions that work, if they are others than the worker was told of.
    pub fn new_posts(&mut self) -> Option<Vec<Post>> {
        let post = |s: &Session| {
            let member = s.member.as_ref();
            let worker = Worker {
                name: s.name.to_string(),
                tier: member.and_then(|m| m.tier),
                role: member.and_then(|m| m.role.clone()),
            };
            s.pane.as_ref().map(|p| Post { pane: p.identity, worker })
        };
        let posts: Vec<Post> = self.fleet.sessions.iter().filter(|s| works(s)).filter_map(post).collect();
        if posts == self.branches.posts {
            return None;
        }
        self.branches.stirred.retain(|pane, _| posts.iter().any(|p| p.pane == *pane));
        self.branches.posts.clone_from(&posts);
        Some(posts)
    }

    /// A pane wrote. True if the worker is to hear of it: not each time.
    pub fn stirs(&mut self, pane: PaneIdentity) -> bool {
        let now = self.now.mono;
        let rested = self.branches.stirred.get(&pane).is_none_or(|at| now >= *at + STIRRED);
        if rested && self.branches.posts.iter().any(|p| p.pane == pane) {
            self.branches.stirred.insert(pane, now);
            return true;
        }
        false
    }

    /// Where a session works.
    pub fn place_of(&self, s: &Session) -> Place<'_> {
        let known = self.branches.survey.as_deref().zip(s.pane.as_ref());
        match known.and_then(|(survey, pane)| Some((survey, pane, survey.homes.get(&pane.identity)?))) {
            Some((survey, pane, Home::Tree(_))) => {
                survey.tree_of(pane.identity).map_or(Place::Pending, Place::Tree)
            }
            Some((_, _, home)) => Place::Home(home),
            None => Place::Pending,
        }
    }

    /// The folder in which its agent works, if that is known.
    pub fn folder_of(&self, s: &Session) -> Option<&Path> {
        let pane = s.pane.as_ref()?.identity;
        self.branches.survey.as_deref()?.folders.get(&pane).map(PathBuf::as_path)
    }

    /// Everybody who works has been looked for, and every tree looked at as a whole.
    pub fn trees_known(&self) -> bool {
        let posts = &self.branches.posts;
        let known =
            |survey: &Survey| survey.complete && posts.iter().all(|p| survey.homes.contains_key(&p.pane));
        posts.is_empty() || self.branches.survey.as_deref().is_some_and(known)
    }

    /// The rows of the branches panel: working sessions as indices into the fleet, the worst place first.
    pub fn branch_rows(&self) -> Vec<usize> {
        let sessions = &self.fleet.sessions;
        let mut rows: Vec<usize> = (0..sessions.len()).filter(|&i| works(&sessions[i])).collect();
        rows.sort_by_key(|&i| {
            let place = self.place_of(&sessions[i]);
            let found = match place {
                Place::Tree(seen) => seen.findings.len(),
                Place::Home(_) | Place::Pending => 0,
            };
            Reverse((place.worst(), matches!(place, Place::Tree(_)), found))
        });
        rows
    }

    /// The procedure's good signs and red flags, as they stand now.
    pub fn signs(&self) -> Vec<Sign> {
        let waits = |s: &Session| needs::needs_you(s, self.now.mono) && s.age(self.now.mono) >= STUCK;
        let rules = &self.board.tally.rules;
        let sum = |of: fn(&RuleCount) -> u32| rules.values().map(|r| of(r) as usize).sum();
        let beside = Beside {
            sessions: self.fleet.count(works),
            waiting: self.fleet.count(waits),
            minutes: STUCK.as_secs() / 60,
            prompts: sum(RuleCount::all),
            confirmed: sum(|r| r.cleared),
        };
        self.branches.survey.as_deref().map(|survey| signs(survey, beside)).unwrap_or_default()
    }

    /// How many trees have a finding of that severity as their worst.
    pub fn trees_with(&self, worst: Severity) -> usize {
        let survey = self.branches.survey.as_deref();
        survey.map_or(0, |s| s.trees.values().filter(|t| t.worst() == Some(worst)).count())
    }
}
