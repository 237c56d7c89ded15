//! The side panels: one table of them, in the order in which they stand and are stepped through.

/// A side panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PanelId {
    /// Sessions that need a person, oldest first.
    NeedsYou,
    /// The task queue.
    Tasks,
    /// Auto-confirm activity.
    Confirms,
    /// Branch compliance.
    Branches,
    /// What archtui itself did, with the exact tmux commands, and what befell the sessions.
    Events,
    /// How well screens are read.
    Detector,
    /// What ails the sessions.
    Health,
    /// The chain of command.
    Hierarchy,
    /// The procedure's daily and weekly checks.
    Routine,
}

/// A row of the panel table.
#[derive(Debug, Clone, Copy)]
pub struct PanelRow {
    /// Which panel.
    pub id: PanelId,
    /// The word used in config and in action names.
    pub word: &'static str,
    /// The title on the screen.
    pub title: &'static str,
    /// What it shows, for help and docs.
    pub help: &'static str,
}

/// Every panel. The order is that of the column, of Tab and of F1 to F9.
pub const PANELS: [PanelRow; 9] = [
    PanelRow {
        id: PanelId::NeedsYou,
        word: "needs-you",
        title: "NEEDS YOU",
        help: "sessions that wait for a person, the longest wait first",
    },
    PanelRow { id: PanelId::Tasks, word: "tasks", title: "TASKS", help: "the task queue" },
    PanelRow {
        id: PanelId::Confirms,
        word: "confirms",
        title: "CONFIRMS",
        help: "what auto-confirm saw and decided",
    },
    PanelRow {
        id: PanelId::Branches,
        word: "branches",
        title: "BRANCHES",
        help: "branch compliance of the work trees",
    },
    PanelRow {
        id: PanelId::Events,
        word: "events",
        title: "EVENTS",
        help: "what archtui itself did, with the exact tmux commands, and what befell the sessions",
    },
    PanelRow {
        id: PanelId::Detector,
        word: "detector",
        title: "DETECTOR",
        help: "how well screens are read, and which could not be",
    },
    PanelRow {
        id: PanelId::Health,
        word: "health",
        title: "HEALTH",
        help: "what ails the sessions, the worst first",
    },
    PanelRow {
        id: PanelId::Hierarchy,
        word: "hierarchy",
        title: "HIERARCHY",
        help: "the chain of command as a tree, and who waits",
    },
    PanelRow {
        id: PanelId::Routine,
        word: "routine",
        title: "ROUTINE",
        help: "the procedure's daily and weekly checks, as far as they are known",
    },
];

impl PanelId {
    /// This panel's row of the table.
    pub fn row(self) -> &'static PanelRow {
        PANELS.iter().find(|r| r.id == self).expect("every panel has a row: a test proves it")
    }

    /// Its place in the table.
    pub fn index(self) -> usize {
        PANELS.iter().position(|r| r.id == self).expect("every panel has a row: a test proves it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_panel_has_one_row() {
        for (i, row) in PANELS.iter().enumerate() {
            assert_eq!(row.id.index(), i);
            // An exhaustive match: a new variant does not compile until somebody comes here.
            match row.id {
                PanelId::NeedsYou
                | PanelId::Tasks
                | PanelId::Confirms
                | PanelId::Branches
                | PanelId::Events
                | PanelId::Detector
                | PanelId::Health
                | PanelId::Hierarchy
                | PanelId::Routine => {}
            }
        }
    }
}
