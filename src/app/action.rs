//! What a person can wish: ONE table, from which keys, help, footer, palette, docs and `archtui keys` are made. A new
//! action is a variant, a row here, an arm in `update`, and a row in assets/keymap.toml.

use super::panel::PanelId;

/// A wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Focus the tile to the left.
    MoveLeft,
    /// Focus the tile below.
    MoveDown,
    /// Focus the tile above.
    MoveUp,
    /// Focus the tile to the right.
    MoveRight,
    /// Focus the n-th tile of the page, from 1.
    Focus(u8),
    /// Next page of tiles, or of the open list.
    PageNext,
    /// Page before.
    PagePrevious,
    /// First tile or row.
    First,
    /// Last tile or row.
    Last,
    /// Next session that needs a person.
    NextWaiting,
    /// The one before.
    PreviousWaiting,
    /// Focused tile over the whole grid; again: back.
    Zoom,
    /// Close what is open, one layer a time.
    Back,
    /// Hand the terminal to the real session.
    Attach,
    /// Allow once what the focused session's dialog asks.
    Approve,
    /// Choose the agent's own *No*.
    Deny,
    /// Keep automation off the drawn dialog.
    Hold,
    /// Answer the drawn dialog by a text.
    AnswerText,
    /// The steps that get the focused session going.
    Unstick,
    /// End the focused session, after its name was typed.
    Kill,
    /// Take the focused session into the roster.
    Adopt,
    /// Confirm nothing anywhere, or go on.
    Pause,
    /// Confirm nothing in the focused session, or do again.
    Turn,
    /// What auto-confirm did, or what stands open.
    Activity,
    /// The rule behind a verdict.
    Rule,
    /// Make a rule from a dialog.
    NewRule,
    /// Read rules and settings anew.
    Reload,
    /// Type into the focused session.
    TypeInto,
    /// Write a task.
    NewTask,
    /// Tell the focused session something when it is idle.
    Message,
    /// Give a task to another session.
    Reassign,
    /// Other words or another urgency for a task that waits.
    EditTask,
    /// Take a task back.
    CancelTask,
    /// Hand a task out again.
    RetryTask,
    /// Say that a task is done.
    CloseTask,
    /// Put a waiting task before the one above it.
    TaskEarlier,
    /// Put a waiting task behind the one below it.
    TaskLater,
    /// What is done or failed and was not looked at.
    Inbox,
    /// All of that has been looked at.
    SeenAll,
    /// The branch rules' hints as a task for the session that works there.
    SendHint,
    /// Hold all screens still.
    Freeze,
    /// Save the focused pane's frame to a file.
    SaveFrame,
    /// Why the focused session is in its state.
    Explain,
    /// Big words for the room; no key acts there.
    Wall,
    /// Order of tiles: roster or urgency.
    Order,
    /// Choose which tiles or rows are shown.
    Filter,
    /// Step to the next panel, full size.
    PanelNext,
    /// Step to the panel before.
    PanelPrevious,
    /// A panel at full size; again: back.
    Panel(PanelId),
    /// Find an action by name.
    Palette,
    /// What the keys do.
    Help,
    /// Leave; agents keep running.
    Quit,
}

/// Which heading of the help an action stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Getting around.
    Move,
    /// Doing something with a session.
    Session,
    /// The task queue.
    Tasks,
    /// What is shown and how.
    View,
    /// Side panels.
    Panels,
    /// The program itself.
    Program,
}

impl Group {
    /// Every group, in the order of the help.
    pub const ALL: [Self; 6] =
        [Self::Move, Self::Session, Self::Tasks, Self::View, Self::Panels, Self::Program];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Getting around",
            Self::Session => "The focused session",
            Self::Tasks => "Tasks",
            Self::View => "What is shown",
            Self::Panels => "Panels",
            Self::Program => "Program",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct ActionRow {
    /// The wish.
    pub action: Action,
    /// Its name in the keymap file and in the palette.
    pub name: &'static str,
    /// Its heading.
    pub group: Group,
    /// One line: what it does.
    pub help: &'static str,
    /// The word in the footer; empty = not there. Rows stand in the footer in the order of this table's `hint_rank`.
    pub hint: &'static str,
    /// Place in the footer, 0 first.
    pub hint_rank: u8,
}

const fn row(action: Action, name: &'static str, group: Group, help: &'static str) -> ActionRow {
    ActionRow { action, name, group, help, hint: "", hint_rank: u8::MAX }
}

const fn hinted(
    action: Action,
    name: &'static str,
    group: Group,
    help: &'static str,
    hint: &'static str,
    rank: u8,
) -> ActionRow {
    ActionRow { action, name, group, help, hint, hint_rank: rank }
}

/// Every action.
pub const ACTIONS: [ActionRow; 68] = [
    row(Action::MoveLeft, "move-left", Group::Move, "focus the tile to the left"),
    row(Action::MoveDown, "move-down", Group::Move, "focus the tile below, or the next row of a list"),
    row(Action::MoveUp, "move-up", Group::Move, "focus the tile above, or the row before"),
    row(Action::MoveRight, "move-right", Group::Move, "focus the tile to the right"),
    row(Action::Focus(1), "focus-1", Group::Move, "focus tile 1 of the page"),
    row(Action::Focus(2), "focus-2", Group::Move, "focus tile 2 of the page"),
    row(Action::Focus(3), "focus-3", Group::Move, "focus tile 3 of the page"),
    row(Action::Focus(4), "focus-4", Group::Move, "focus tile 4 of the page"),
    row(Action::Focus(5), "focus-5", Group::Move, "focus tile 5 of the page"),
    row(Action::Focus(6), "focus-6", Group::Move, "focus tile 6 of the page"),
    row(Action::Focus(7), "focus-7", Group::Move, "focus tile 7 of the page"),
    row(Action::Focus(8), "focus-8", Group::Move, "focus tile 8 of the page"),
    row(Action::Focus(9), "focus-9", Group::Move, "focus tile 9 of the page"),
    row(Action::PageNext, "page-next", Group::Move, "next page of tiles, or of the open list"),
    row(Action::PagePrevious, "page-previous", Group::Move, "page before"),
    row(Action::First, "first", Group::Move, "first tile or row"),
    row(Action::Last, "last", Group::Move, "last tile or row"),
    hinted(
        Action::NextWaiting,
        "next-waiting",
        Group::Move,
        "next session that needs you, the longest wait first",
        "next waiting",
        0,
    ),
    row(Action::PreviousWaiting, "previous-waiting", Group::Move, "the session that needs you before that"),
    hinted(
        Action::Approve,
        "approve",
        Group::Session,
        "allow once what the drawn dialog asks; in a zoomed dialog a digit answers it",
        "approve once",
        1,
    ),
    hinted(Action::Deny, "deny", Group::Session, "choose the agent's own No in the drawn dialog", "deny", 2),
    row(
        Action::Hold,
        "hold",
        Group::Session,
        "keep the drawn dialog for yourself: no rule answers it any more",
    ),
    row(
        Action::AnswerText,
        "answer-text",
        Group::Session,
        "answer the drawn dialog in your own words, where an option takes a text",
    ),
    hinted(
        Action::Unstick,
        "unstick",
        Group::Session,
        "get a stuck session going: a menu of steps, each with what it will do",
        "unstick",
        6,
    ),
    row(Action::Kill, "kill", Group::Session, "end the session: its name is typed to confirm"),
    row(
        Action::Adopt,
        "adopt",
        Group::Session,
        "take the session into archtui.toml: the entry is shown before it is saved",
    ),
    row(Action::Turn, "auto-confirm", Group::Session, "auto-confirm of this session: off, or on again"),
    row(
        Action::Rule,
        "rule",
        Group::Session,
        "the rule behind the verdict: its text, its file and line, what it decided so far",
    ),
    row(
        Action::NewRule,
        "new-rule",
        Group::Session,
        "make a rule from the dialog: the narrowest one, shown and checked before it is saved",
    ),
    row(Action::Pause, "pause", Group::Program, "pause all auto-confirm; again: go on"),
    hinted(Action::Zoom, "zoom", Group::Session, "focused tile over the whole grid; again: back", "zoom", 3),
    hinted(
        Action::Attach,
        "attach",
        Group::Session,
        "attach the real session; detach comes back here",
        "attach",
        4,
    ),
    hinted(
        Action::TypeInto,
        "type-into",
        Group::Session,
        "type into the session: every key goes to the agent, Ctrl-] leaves",
        "type",
        5,
    ),
    hinted(
        Action::NewTask,
        "new-task",
        Group::Tasks,
        "write a task: for the focused session, a role or anyone; shown before it is queued",
        "task",
        5,
    ),
    row(Action::Message, "message", Group::Tasks, "write a message that the session is told when it is idle"),
    row(
        Action::Reassign,
        "reassign",
        Group::Tasks,
        "give the marked task, or the session's, to another session",
    ),
    row(Action::EditTask, "edit-task", Group::Tasks, "change a task that waits: its words, its priority"),
    row(Action::CancelTask, "cancel-task", Group::Tasks, "take a task back, after a question"),
    row(Action::RetryTask, "retry-task", Group::Tasks, "hand out again a task that failed or is held"),
    row(Action::CloseTask, "close-task", Group::Tasks, "say that a task is done, where no evidence was seen"),
    row(Action::TaskEarlier, "task-earlier", Group::Tasks, "put a waiting task before the one above it"),
    row(Action::TaskLater, "task-later", Group::Tasks, "put a waiting task behind the one below it"),
    row(
        Action::Inbox,
        "inbox",
        Group::Tasks,
        "tasks that are done or failed and were not looked at; again: all",
    ),
    row(Action::SeenAll, "seen-all", Group::Tasks, "everything in the inbox has been looked at"),
    row(
        Action::SendHint,
        "send-hint",
        Group::Tasks,
        "write the branch rules' hints as a task for the session that works there",
    ),
    row(
        Action::Explain,
        "explain",
        Group::Session,
        "why it is in its state: what was matched where, and what it asks",
    ),
    row(Action::SaveFrame, "save-frame", Group::Session, "save the pane's screen to a file, secrets masked"),
    hinted(Action::Freeze, "freeze", Group::View, "hold all screens still; again: go on", "freeze", 8),
    row(
        Action::Wall,
        "wall",
        Group::View,
        "wall mode: big words for the room, secrets masked, no key acts; again: back",
    ),
    row(Action::Order, "order", Group::View, "order of tiles: roster, urgency or tier"),
    hinted(
        Action::Filter,
        "filter",
        Group::View,
        "show the tiles, or the panel's rows, with the words; ! inverts",
        "filter",
        6,
    ),
    hinted(Action::PanelNext, "panel-next", Group::Panels, "step through the panels, full size", "panels", 7),
    row(Action::PanelPrevious, "panel-previous", Group::Panels, "step back through the panels"),
    row(
        Action::Panel(PanelId::NeedsYou),
        "panel-needs-you",
        Group::Panels,
        "who needs you, full size; again: back",
    ),
    row(Action::Panel(PanelId::Tasks), "panel-tasks", Group::Panels, "the task queue, full size"),
    row(
        Action::Panel(PanelId::Confirms),
        "panel-confirms",
        Group::Panels,
        "auto-confirm activity, full size",
    ),
    row(
        Action::Activity,
        "activity",
        Group::Panels,
        "what auto-confirm did: by hour, by rule, how fast; again: what stands open",
    ),
    row(Action::Panel(PanelId::Branches), "panel-branches", Group::Panels, "branch compliance, full size"),
    row(
        Action::Panel(PanelId::Events),
        "panel-events",
        Group::Panels,
        "what archtui did and what befell the sessions, full size",
    ),
    row(
        Action::Panel(PanelId::Detector),
        "panel-detector",
        Group::Panels,
        "how well screens are read, full size",
    ),
    row(Action::Panel(PanelId::Health), "panel-health", Group::Panels, "what ails the sessions, full size"),
    row(
        Action::Panel(PanelId::Hierarchy),
        "panel-hierarchy",
        Group::Panels,
        "the chain of command as a tree, full size",
    ),
    row(
        Action::Panel(PanelId::Routine),
        "panel-routine",
        Group::Panels,
        "the procedure's daily and weekly checks, full size",
    ),
    row(Action::Reload, "reload", Group::Program, "read archtui.toml and policy.toml anew"),
    hinted(Action::Palette, "palette", Group::Program, "find an action by name", "commands", 7),
    row(Action::Back, "back", Group::Program, "close what is open, one layer a time"),
    hinted(Action::Help, "help", Group::Program, "what the keys do", "help", 8),
    hinted(Action::Quit, "quit", Group::Program, "leave; agents keep running", "quit", 9),
];

impl Action {
    /// The action of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|r| r.name == name).map(|r| r.action)
    }

    /// This action's row.
    pub fn row(self) -> &'static ActionRow {
        ACTIONS.iter().find(|r| r.action == self).expect("every action has a row: a test proves it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::panel::PANELS;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_actions_are_unique() {
        let names: BTreeSet<_> = ACTIONS.iter().map(|r| r.name).collect();
        assert_eq!(names.len(), ACTIONS.len());
        for r in &ACTIONS {
            assert_eq!(r.action.row().name, r.name);
            assert!(!r.help.is_empty() && !r.help.ends_with('.'));
        }
    }

    #[test]
    fn every_panel_can_be_brought_full() {
        for p in &PANELS {
            assert_eq!(Action::by_name(&format!("panel-{}", p.word)), Some(Action::Panel(p.id)));
        }
    }
}
