//! Windows that lie over everything: help, the explanation of a state, the command palette.

use std::sync::Arc;
use std::time::Duration;

use super::fleet::SessionKey;
use super::form::Form;
use super::input::Input;
use super::rules::{Making, Shown};
use super::unstick::Menu;
use super::writing::Writing;
use crate::app::action::{ACTIONS, ActionRow, Group};
use crate::domain::session::SessionName;
use crate::domain::task::{Page, TaskId, Wish};

/// The open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Popup {
    /// What the keys do; `row` is the first one shown.
    Help {
        /// First line shown.
        row: usize,
    },
    /// Why a session is in its state.
    Explain {
        /// Which session.
        key: SessionKey,
        /// First line shown.
        row: usize,
    },
    /// Everything about a session's work tree.
    Tree {
        /// Which session.
        key: SessionKey,
        /// First line shown.
        row: usize,
    },
    /// Everything known of a task; none before it was told.
    Task {
        /// Which task.
        id: TaskId,
        /// What is known.
        page: Option<Arc<Page>>,
        /// First line shown.
        row: usize,
    },
    /// To which session a task is to be given.
    Hand {
        /// The task.
        page: Arc<Page>,
        /// The marked session, by its place in the roster's order.
        row: usize,
    },
    /// A task that is written or changed.
    Form(Box<Form>),
    /// A question before something is done.
    Ask(Box<Question>),
    /// The rule behind a verdict.
    Rule(Shown),
    /// A rule that is made from a dialog.
    Making(Box<Making>),
    /// The steps that get a session going.
    Unstick(Menu),
    /// A text that is written as the answer to a dialog.
    Write(Box<Writing>),
    /// A session that is to be ended, and its name as far as it was typed.
    Kill(Doomed),
    /// Find an action by name.
    Palette {
        /// What was typed.
        input: Input,
        /// The marked row among the matches.
        row: usize,
    },
}

/// A session that a person is about to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// Which.
    pub key: SessionKey,
    /// What was typed of its name.
    pub typed: Input,
}

/// A question: what it means, and what is done if the person says yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What would be done.
    pub what: String,
    /// What that means.
    pub means: String,
    /// What is done.
    pub then: Then,
    /// Since when it is asked, on the monotonic clock.
    pub since: Duration,
}

/// A question must have been there for this long before a *yes* counts: it may come while a person presses `y` for a dialog.
pub const READ: Duration = Duration::from_millis(300);

/// What is done if the person says yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// The queue is asked.
    Wish(Wish),
    /// The program is left.
    Quit,
    /// The session is taken into the user's archtui.toml, by this entry.
    Adopt(SessionName, String),
}

/// The actions whose name or help has all words of `typed`: those whose name has them first, then what acts on a session
/// before what only moves.
pub fn palette_matches(typed: &str) -> Vec<&'static ActionRow> {
    let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let has = |hay: &str| words.iter().all(|w| hay.contains(w.as_str()));
    let mut found: Vec<&ActionRow> = ACTIONS
        .iter()
        .filter(|r| has(r.name) || has(&format!("{} {}", r.name, r.help.to_lowercase())))
        .collect();
    let last = |group: Group| {
        [Group::Session, Group::Tasks, Group::Panels, Group::View, Group::Program, Group::Move]
            .iter()
            .position(|g| *g == group)
    };
    found.sort_by_key(|r| (!has(r.name), last(r.group)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_names_before_help() {
        assert_eq!(palette_matches("").len(), ACTIONS.len());
        assert_eq!(palette_matches("zoom")[0].name, "zoom");
        let groups: Vec<Group> = palette_matches("").iter().map(|r| r.group).collect();
        assert_eq!((groups.first(), groups.last()), (Some(&Group::Session), Some(&Group::Move)));
        assert_eq!(palette_matches("")[0].name, "approve");
        assert!(palette_matches("agents keep").iter().any(|r| r.name == "quit"));
        assert!(palette_matches("no such thing").is_empty());
    }
}
