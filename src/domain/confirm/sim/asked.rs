//! What agents ask in the simulation, and what their panes show of it.

use std::sync::Arc;

use crate::domain::confirm::rig::dialog;
use crate::domain::dialog::Dialog;
use crate::domain::policy::Action;
use crate::domain::screen::Screen;

/// What agents ask here: two that the rules confirm, one that they hold, one that they deny.
pub const ASKED: [(&str, Action); 4] =
    [("ls", Action::Confirm), ("cat x", Action::Confirm), ("rm x", Action::Hold), ("sudo", Action::Deny)];

/// A dialog as the agent knows it.
pub struct Truth {
    pub uid: u64,
    pub what: usize,
}

/// What can be seen of any dialog in a window that is too small.
pub fn part() -> Screen {
    Screen::plain("Yes, and don't ask again")
}

pub fn shown(what: usize) -> Arc<Dialog> {
    Arc::new(dialog(ASKED[what].0))
}
