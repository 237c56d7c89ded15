//! Where each session works: the folder of its process, and the tree that folder belongs to. Not for looking at trees.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::domain::branch::Unknown;
use crate::domain::branch::crew::{Post, Worker};
use crate::domain::branch::survey::Home;
use crate::domain::session::PaneIdentity;
use crate::ports::{GitError, Processes};

/// One session's whereabouts.
struct Resident {
    worker: Worker,
    /// The folder asked for last, and whether its tree is being looked for.
    folder: Option<PathBuf>,
    asking: bool,
    home: Option<Home>,
    /// The folder for which that was found.
    at: Option<PathBuf>,
}

/// What is to be done when a tree was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The session is elsewhere by now: this folder is to be looked for.
    Find(PathBuf),
    /// It is not where it was.
    News,
    /// It is where it was.
    Same,
}

/// The whereabouts of all.
pub struct Homes<Q> {
    processes: Q,
    residents: BTreeMap<PaneIdentity, Resident>,
}

impl<Q: Processes> Homes<Q> {
    /// Nobody yet.
    pub fn new(processes: Q) -> Self {
        Self { processes, residents: BTreeMap::new() }
    }

    /// The sessions that there are now.
    pub fn meet(&mut self, posts: Vec<Post>) {
        let mut old = std::mem::take(&mut self.residents);
        for Post { pane, worker } in posts {
            let resident = match old.remove(&pane) {
                Some(known) => Resident { worker, ..known },
                None => Resident { worker, folder: None, asking: false, home: None, at: None },
            };
            self.residents.insert(pane, resident);
        }
    }

    /// Asks all for their folder; gives those whose tree is to be looked for. `anew`: also if the folder is the same.
    pub fn ask_all(&mut self, anew: bool) -> Vec<(PaneIdentity, PathBuf)> {
        let panes: Vec<PaneIdentity> = self.residents.keys().copied().collect();
        panes.into_iter().filter_map(|pane| Some((pane, self.ask(pane, anew)?))).collect()
    }

    /// Asks one for its folder; gives it if its tree is to be looked for.
    pub fn ask(&mut self, pane: PaneIdentity, anew: bool) -> Option<PathBuf> {
        let resident = self.residents.get_mut(&pane)?;
        let folder = self.processes.folder(pane);
        let Some(folder) = folder else {
            (resident.folder, resident.at) = (None, None);
            let why = "the folder of its process cannot be read";
            let hint = "it belongs to another user or namespace, or ended just now";
            resident.home = Some(Home::Unknown(Unknown::new(why, hint)));
            return None;
        };
        let same = resident.folder.as_ref() == Some(&folder);
        resident.folder = Some(folder.clone());
        if resident.asking || same && !anew {
            return None;
        }
        resident.asking = true;
        Some(folder)
    }

    /// The tree of a folder was found, or not.
    pub fn found(&mut self, pane: PaneIdentity, folder: PathBuf, tree: Result<PathBuf, GitError>) -> Next {
        let Some(resident) = self.residents.get_mut(&pane) else { return Next::Same };
        resident.asking = false;
        let Some(now) = resident.folder.clone() else { return Next::Same };
        if now != folder {
            resident.asking = true;
            return Next::Find(now);
        }
        let moved = resident.at.replace(folder.clone()).as_ref() != Some(&folder);
        let home = Some(match tree {
            Ok(top) => Home::Tree(top),
            Err(GitError::NotARepository) => Home::Outside(folder),
            Err(e @ GitError::Vanished) => Home::Unknown(e.unknown()),
            // A repository that cannot be read: it is told at the folder, by the look that fails.
            Err(_) => Home::Tree(folder),
        });
        if resident.home == home && !moved {
            return Next::Same;
        }
        resident.home = home;
        Next::News
    }

    /// The tree that a session works in.
    pub fn tree_of(&self, pane: PaneIdentity) -> Option<&Path> {
        match self.residents.get(&pane)?.home.as_ref()? {
            Home::Tree(tree) => Some(tree),
            Home::Outside(_) | Home::Unknown(_) => None,
        }
    }

    /// Every tree with who works there.
    pub fn crews(&self) -> BTreeMap<PathBuf, Vec<Worker>> {
        let mut crews: BTreeMap<PathBuf, Vec<Worker>> = BTreeMap::new();
        for resident in self.residents.values() {
            if let Some(Home::Tree(tree)) = &resident.home {
                crews.entry(tree.clone()).or_default().push(resident.worker.clone());
            }
        }
        crews
    }

    /// Where each one is, as far as it is known.
    pub fn known(&self) -> BTreeMap<PaneIdentity, Home> {
        self.residents.iter().filter_map(|(pane, r)| Some((*pane, r.home.clone()?))).collect()
    }

    /// The folder of each one, as far as it is known.
    pub fn folders(&self) -> BTreeMap<PaneIdentity, PathBuf> {
        let there = |r: &&Resident| matches!(r.home, Some(Home::Tree(_) | Home::Outside(_)));
        let known = |(pane, r): (&PaneIdentity, &Resident)| Some((*pane, Some(r).filter(there)?.at.clone()?));
        self.residents.iter().filter_map(known).collect()
    }

    /// Everybody has been looked for.
    pub fn all_known(&self) -> bool {
        self.residents.values().all(|r| r.home.is_some() && !r.asking)
    }
}
