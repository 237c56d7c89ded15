//! What people do with tasks: each wish goes to the queue by the clerk, and what it says comes back as a fact. Forms are in
//! `forms`, answers in `answers`.

pub mod answers;
pub mod forms;

use std::sync::Arc;

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::panel::PanelId;
use crate::app::state::popup::{Question, Then};
use crate::app::state::rows::INBOX;
use crate::app::state::tasks::{Pending, Purpose};
use crate::app::state::{Input, Popup, State};
use crate::domain::task::{Brief, Sender, State as Stage, Sure, TaskId, Wish};
use crate::domain::text;

use super::say;

/// Carries out a wish about tasks.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::NewTask => forms::new(state),
        Action::Message => forms::message(state),
        Action::SendHint => forms::hint(state),
        Action::Inbox => {
            inbox(state);
            vec![]
        }
        Action::SeenAll => seen_all(state),
        _ => one(state, action),
    }
}

/// A wish about one task: that of the open page, the marked one, or that of the focused session.
fn one(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(task) = subject(state) else {
        say(state, "no task is marked, and the focused session has none", true);
        return vec![];
    };
    if let Err(why) = a_person(state) {
        say(state, why, true);
        return vec![];
    }
    let id = task.id;
    match action {
        Action::Reassign => want(state, id, Purpose::Hand),
        Action::EditTask => want(state, id, Purpose::Edit),
        Action::CancelTask => cancel(state, &task),
        Action::RetryTask => wish(state, Wish::Retry(id, Sure::Ask)),
        Action::CloseTask => {
            let means = "archtui has not seen that it is done; its copy is left alone";
            ask(state, format!("Call task {id} done?"), means, Then::Wish(Wish::Close(id)));
            vec![]
        }
        Action::TaskEarlier | Action::TaskLater => reorder(state, &task, action == Action::TaskEarlier),
        _ => vec![],
    }
}

/// The task that is meant.
fn subject(state: &State) -> Option<Arc<Brief>> {
    if let Some(Popup::Task { id, .. }) = &state.popup {
        return state.tasks.rows().iter().find(|b| b.id == *id).cloned();
    }
    match state.open_panel {
        Some(PanelId::Tasks) => state.marked_task().cloned(),
        _ => state.meant().ok().and_then(|s| s.tasks.first()).cloned(),
    }
}

/// Agents may send; the rest is for people.
pub(super) fn a_person(state: &State) -> Result<(), String> {
    match &state.tasks.sender.0 {
        Ok((Sender::Session(name), _)) => Err(format!("this runs in {name}: agents may send, list and show")),
        Ok(_) => Ok(()),
        Err(why) => Err(why.clone()),
    }
}

/// Opens the marked task's page; what it tells is looked at from now on.
pub fn open(state: &mut State) -> Vec<Effect> {
    let Some(task) = state.marked_task().cloned() else { return vec![] };
    state.popup = Some(Popup::Task { id: task.id, page: None, row: 0 });
    let mut effects = want(state, task.id, Purpose::Show);
    if task.is_news() {
        effects.push(state.tasks.ask(Wish::Seen(vec![task.id]), Pending::Quiet));
    }
    effects
}

/// Asks for a task's page.
fn want(state: &mut State, id: TaskId, what_for: Purpose) -> Vec<Effect> {
    state.tasks.wanted = Some((id, what_for));
    vec![Effect::ReadTask(id)]
}

/// The queue was told anew: the open page is asked for again.
pub fn again(state: &State) -> Vec<Effect> {
    match &state.popup {
        Some(Popup::Task { id, .. }) => vec![Effect::ReadTask(*id)],
        Some(Popup::Hand { page, .. }) => vec![Effect::ReadTask(page.task.id)],
        _ => vec![],
    }
}

/// Wishes something of one task.
pub fn wish(state: &mut State, wish: Wish) -> Vec<Effect> {
    vec![state.tasks.ask(wish.clone(), Pending::Act(wish))]
}

/// Asks the person before something is done.
pub fn ask(state: &mut State, what: String, means: &str, then: Then) {
    let question = Question { what, means: means.to_owned(), then, since: state.now.mono };
    show(state, Popup::Ask(Box::new(question)));
}

/// Opens a window. A form that is open is put aside, not lost.
pub fn show(state: &mut State, popup: Popup) {
    if let Some(Popup::Form(form)) = state.popup.replace(popup) {
        forms::put_aside(state, *form);
    }
}

fn cancel(state: &mut State, task: &Brief) -> Vec<Effect> {
    let wish = Wish::Cancel(task.id, Sure::Ask);
    // Where an agent may have it, the queue itself asks, and says what it means.
    if task.state.is_waiting() {
        let means = format!("{}: {}", task.state.word(), text::fit(&task.text, 120));
        ask(state, format!("Take task {} back?", task.id), &means, Then::Wish(wish));
        return vec![];
    }
    self::wish(state, wish)
}

/// Among those that wait for a session, one place up or down.
fn reorder(state: &mut State, task: &Brief, up: bool) -> Vec<Effect> {
    let line: Vec<TaskId> =
        state.tasks.rows().iter().filter(|b| b.state == Stage::Queued).map(|b| b.id).collect();
    let Some(at) = line.iter().position(|id| *id == task.id) else {
        say(state, "only a task that waits for a session has a place in the line", true);
        return vec![];
    };
    let (above, below, after) = (at.checked_sub(1).map(|i| line[i]), line.get(at + 1), line.get(at + 2));
    let moved = match (up, above, below, after) {
        (true, Some(above), ..) => Wish::Before(task.id, above),
        (false, _, Some(_), Some(after)) => Wish::Before(task.id, *after),
        // Behind the last there is nobody: the last one goes before it.
        (false, _, Some(below), None) => Wish::Before(*below, task.id),
        _ => {
            say(state, if up { "it is the first in the line" } else { "it is the last in the line" }, false);
            return vec![];
        }
    };
    wish(state, moved)
}

/// The tasks panel with what is new in it; again: with all of it.
fn inbox(state: &mut State) {
    let open = state.open_panel == Some(PanelId::Tasks);
    let again = open && state.shows_inbox();
    state.open_panel = Some(PanelId::Tasks);
    state.panel_row = 0;
    state.change_filter(state.open_panel, |line| {
        line.clear();
        line.insert(if again { "" } else { INBOX });
    });
}

fn seen_all(state: &mut State) -> Vec<Effect> {
    let news: Vec<TaskId> = state.tasks.rows().iter().filter(|b| b.is_news()).map(|b| b.id).collect();
    if news.is_empty() {
        say(state, "nothing is new", false);
        return vec![];
    }
    if state.shows_inbox() {
        state.change_filter(Some(PanelId::Tasks), Input::clear);
    }
    say(state, format!("{} looked at", text::count(news.len(), "task")), false);
    vec![state.tasks.ask(Wish::Seen(news), Pending::Quiet)]
}
