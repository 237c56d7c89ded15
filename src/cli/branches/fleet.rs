//! Which work trees the roster's sessions are in: tmux tells the panes, /proc their folders. Not for looking at the trees.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::{Fail, setup, status};
use crate::domain::branch::crew::Worker;
use crate::evidence::proc::Proc;
use crate::ports::{Git, Processes};

/// A folder to look at, and who works in its tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Any folder of the tree.
    pub folder: PathBuf,
    /// Sorted as the roster is.
    pub workers: Vec<Worker>,
}

/// The trees of the roster's sessions, each once. Empty without a roster, a server, or any session in a repository.
pub fn places(ground: &setup::Ground, git: &impl Git) -> Result<Vec<Place>, Fail> {
    if ground.loaded.config.session.is_empty() {
        return Ok(Vec::new());
    }
    let state = status::look_once(ground, status::Trees::Not)?;
    let processes = Proc::new(None);
    let mut trees: BTreeMap<PathBuf, Place> = BTreeMap::new();
    for session in &state.fleet.sessions {
        let (Some(member), Some(pane)) = (&session.member, &session.pane) else { continue };
        let Some(folder) = processes.folder(pane.identity) else { continue };
        let Ok(head) = git.head(&folder) else { continue };
        let place = trees.entry(head.tree).or_insert_with(|| Place { folder, workers: Vec::new() });
        place.workers.push(Worker {
            name: session.name.as_str().to_owned(),
            tier: member.tier,
            role: member.role.clone(),
        });
    }
    Ok(trees.into_values().collect())
}
