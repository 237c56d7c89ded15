//! The chain of command as a tree: who reports to whom, as the roster says, with the sessions that there are.

use super::State;
use super::fleet::Session;
use super::needs;
use crate::domain::roster::Tier;

/// A session's place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Which session, as an index into the fleet.
    pub session: usize,
    /// For each step down from the root: it is the last one there.
    pub last: Vec<bool>,
    /// How many below it need a person.
    pub needs_below: usize,
}

/// The place of a session among the tiers: those who delegate first, whom the config does not know last.
pub fn rank(s: &Session) -> u8 {
    match s.member.as_ref().map(|m| m.tier) {
        Some(Some(Tier::HighLevel)) => 0,
        Some(Some(Tier::Manager)) => 1,
        Some(Some(Tier::Worker)) => 2,
        Some(None) => 3,
        None => 4,
    }
}

impl State {
    /// The tree, row by row. Who reports to nobody that is there is a root.
    pub fn hierarchy(&self) -> Vec<Node> {
        let sessions = &self.fleet.sessions;
        let boss = |i: usize| {
            let to = sessions[i].member.as_ref()?.reports_to.as_deref()?;
            sessions.iter().position(|s| s.member.is_some() && s.label == to).filter(|&b| b != i)
        };
        let bosses: Vec<Option<usize>> = (0..sessions.len()).map(boss).collect();
        let mut roots: Vec<usize> = (0..sessions.len()).filter(|&i| bosses[i].is_none()).collect();
        roots.sort_by_key(|&i| rank(&sessions[i]));
        let mut rows = Vec::new();
        let mut placed = vec![false; sessions.len()];
        for (n, &root) in roots.iter().enumerate() {
            self.place(root, &bosses, vec![n + 1 == roots.len()], &mut placed, &mut rows);
        }
        // Who reports in a circle stands by himself: the config refuses that, a pattern can still bring it about.
        let left = placed.iter().enumerate().filter(|(_, placed)| !**placed);
        rows.extend(left.map(|(session, _)| Node { session, last: vec![true], needs_below: 0 }));
        rows
    }

    /// Places a session and all below it; tells how many of them need a person.
    fn place(
        &self,
        at: usize,
        bosses: &[Option<usize>],
        last: Vec<bool>,
        placed: &mut [bool],
        rows: &mut Vec<Node>,
    ) -> usize {
        placed[at] = true;
        let row = rows.len();
        rows.push(Node { session: at, last: last.clone(), needs_below: 0 });
        let mut below: Vec<usize> =
            (0..bosses.len()).filter(|&i| bosses[i] == Some(at) && !placed[i]).collect();
        below.sort_by_key(|&i| rank(&self.fleet.sessions[i]));
        let mut needs_below = 0;
        for (n, &i) in below.iter().enumerate() {
            let mut steps = last.clone();
            steps.push(n + 1 == below.len());
            needs_below += self.place(i, bosses, steps, placed, rows);
        }
        rows[row].needs_below = needs_below;
        needs_below + usize::from(needs::needs_you(&self.fleet.sessions[at], self.as_of()))
    }
}
