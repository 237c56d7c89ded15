//! Who works in a work tree: sessions with their place in the chain of command, from which the rules for the tree are
//! taken. Not for finding the tree of a session.

use serde::{Deserialize, Serialize};

use crate::domain::roster::Tier;
use crate::domain::session::PaneIdentity;

/// A session that works somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// The session's name.
    pub name: String,
    /// Its tier.
    pub tier: Option<Tier>,
    /// Its role in words.
    pub role: Option<String>,
}

/// A worker in its pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub pane: PaneIdentity,
    /// Who.
    pub worker: Worker,
}

/// The tier and role that a tree's rules are taken from: those of everybody there, if they agree.
pub fn tier_and_role(crew: &[Worker]) -> (Option<Tier>, Option<&str>) {
    let Some(first) = crew.first() else { return (None, None) };
    let tier = first.tier.filter(|t| crew.iter().all(|w| w.tier == Some(*t)));
    let role = first.role.as_deref().filter(|r| crew.iter().all(|w| w.role.as_deref() == Some(r)));
    (tier, role)
}

/// The names, each once: further panes of a session are no further session.
pub fn names(crew: &[Worker]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(crew.len());
    for worker in crew {
        if !names.contains(&worker.name) {
            names.push(worker.name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_everybody_there_or_of_the_fleet() {
        let worker = |tier, role: &str| Worker { name: "a".to_owned(), tier, role: Some(role.to_owned()) };
        let (manager, own) = (Some(Tier::Manager), Some(Tier::Worker));
        for (crew, want) in [
            (vec![], (None, None)),
            (vec![worker(manager, "x")], (manager, Some("x"))),
            (vec![worker(manager, "x"), worker(own, "x")], (None, Some("x"))),
            (vec![worker(own, "x"), worker(own, "y")], (own, None)),
        ] {
            assert_eq!(tier_and_role(&crew), want, "{crew:?}");
        }
        assert_eq!(names(&[worker(own, "x"), worker(own, "y")]), ["a"]);
    }
}
