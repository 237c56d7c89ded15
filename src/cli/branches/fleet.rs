//! Which work trees the roster's sessions are in: tmux tells the panes, /proc their folders. Not for looking at the trees.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::{Fail, setup, status};
use crate::domain::roster::Tier;
use crate::evidence::proc::Proc;
use crate::ports::{Git, Processes};

/// A session that works somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// The session's name.
    pub name: String,
    /// Its tier.
    pub tier: Option<Tier>,
    /// Its role in words.
    pub role: Option<String>,
}

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
    let state = status::look_once(ground)?;
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

impl Place {
    /// The tier and role that the rules are taken from: those of everybody there, if they agree.
    pub fn tier_and_role(&self) -> (Option<Tier>, Option<&str>) {
        let Some(first) = self.workers.first() else { return (None, None) };
        let tier = first.tier.filter(|t| self.workers.iter().all(|w| w.tier == Some(*t)));
        let role =
            first.role.as_deref().filter(|r| self.workers.iter().all(|w| w.role.as_deref() == Some(r)));
        (tier, role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_everybody_there_or_of_the_fleet() {
        let worker = |tier, role: &str| Worker { name: "a".to_owned(), tier, role: Some(role.to_owned()) };
        let place = |workers| Place { folder: PathBuf::new(), workers };
        let (manager, own) = (Some(Tier::Manager), Some(Tier::Worker));
        assert_eq!(place(vec![]).tier_and_role(), (None, None));
        assert_eq!(place(vec![worker(manager, "x")]).tier_and_role(), (manager, Some("x")));
        assert_eq!(place(vec![worker(manager, "x"), worker(own, "x")]).tier_and_role(), (None, Some("x")));
        assert_eq!(place(vec![worker(own, "x"), worker(own, "y")]).tier_and_role(), (own, None));
    }
}
