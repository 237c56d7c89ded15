//! What the queue says: to a form, to a wish about one task, and with a task's page.

use std::sync::Arc;

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::state::form::{Kind, said};
use crate::app::state::popup::{Question, READ, Then};
use crate::app::state::tasks::{Pending, Purpose};
use crate::app::state::{Form, Popup, State};
use crate::domain::task::{Misfit, Page, Refusal, Sure, TaskId, Wish};

use super::{ask, forms, say, show, wish};

/// Everything known of a task has come.
pub fn page(state: &mut State, id: TaskId, told: Result<Arc<Page>, String>) {
    let wanted = state.tasks.wanted.take_if(|(wanted, _)| *wanted == id).map(|(_, what_for)| what_for);
    let told = match told {
        Ok(told) => told,
        Err(why) => {
            if wanted.is_some() {
                state.popup.take_if(|p| matches!(p, Popup::Task { page: None, .. }));
                say(state, why, true);
            }
            return;
        }
    };
    match (wanted, &mut state.popup) {
        (Some(Purpose::Edit), _) => forms::edit(state, &told),
        (Some(Purpose::Hand), _) if told.task.state.is_finished() => {
            let key = state.fixed.keymap.shown(Action::RetryTask);
            let why = format!("task {id} is {}: {key} hands it out again", told.task.state.word());
            say(state, why, true);
        }
        (Some(Purpose::Hand), _) => {
            let row = first_choice(state, &told);
            show(state, Popup::Hand { page: told, row });
        }
        (_, Some(Popup::Task { id: open, page, .. })) if *open == id => *page = Some(told),
        (_, Some(Popup::Hand { page, .. })) if page.task.id == id => *page = told,
        _ => {}
    }
}

/// Whom a task may be given to, to begin with: who takes it now, else who may take it later.
fn first_choice(state: &State, page: &Page) -> usize {
    let has = page.task.session().filter(|_| page.task.state.has_session());
    let fits = state.fits(Some(&page.task));
    let first = |may: &dyn Fn(&Result<(), Misfit>) -> bool| {
        fits.iter().position(|f| has != Some(&f.name) && may(&f.fit))
    };
    let now = first(&|fit| fit.is_ok());
    now.or_else(|| first(&|fit| fit.as_ref().is_err_and(|why| !why.forbids()))).unwrap_or(0)
}

/// The queue answered a wish.
pub fn answer(state: &mut State, number: u64, answer: Result<Result<Vec<TaskId>, Refusal>, String>) {
    let Some(pending) = state.tasks.pending.remove(&number) else { return };
    match (pending, answer) {
        (Pending::Quiet, _) => {}
        (Pending::Form(kind), Ok(Ok(ids))) => queued(state, &kind, number, &ids),
        (Pending::Form(kind), Ok(Err(refusal))) => {
            let (what, hint) = said(&refusal);
            match form(state, &kind, number) {
                Some(form) => form.refused(&refusal),
                None => say(state, format!("{what}: {hint}"), true),
            }
        }
        (Pending::Form(kind), Err(why)) => match form(state, &kind, number) {
            Some(form) => (form.asked, form.fault) = (None, Some(("not queued".into(), why))),
            None => say(state, format!("not queued: {why}"), true),
        },
        (Pending::Act(_), Err(why)) => say(state, why, true),
        (Pending::Act(asked), Ok(Err(Refusal::AskFirst { why, .. }))) => {
            let (what, sure) = surely(asked);
            ask(state, what, &why, Then::Wish(sure));
        }
        (Pending::Act(_), Ok(Err(at_work @ Refusal::AtWork(_)))) => {
            let key = state.fixed.keymap.shown(Action::Reassign);
            say(state, format!("{}: {key} gives it to another session", at_work.what()), true);
        }
        (Pending::Act(_), Ok(Err(refusal))) => {
            let (what, hint) = said(&refusal);
            say(state, format!("{what}: {hint}"), true);
        }
        (Pending::Act(asked), Ok(Ok(_))) => {
            let done = done(&asked);
            if matches!(&state.popup, Some(Popup::Hand { .. })) {
                state.popup = None;
            }
            say(state, done, false);
        }
    }
}

/// The open or kept form that asked.
fn form<'a>(state: &'a mut State, kind: &Kind, number: u64) -> Option<&'a mut Form> {
    let open = match &mut state.popup {
        Some(Popup::Form(form)) => Some(&mut **form),
        _ => None,
    };
    open.into_iter().chain(&mut state.tasks.drafts).find(|f| f.kind == *kind && f.asked == Some(number))
}

/// What a form says is in the queue: nothing of it is to be kept.
fn queued(state: &mut State, kind: &Kind, number: u64, ids: &[TaskId]) {
    let its = |f: &Form| f.kind == *kind && f.asked == Some(number);
    let whom = form(state, kind, number).map(|f| f.to.text().to_owned()).unwrap_or_default();
    state.popup.take_if(|p| matches!(p, Popup::Form(f) if its(f)));
    state.tasks.drafts.retain(|f| !its(f));
    let ids: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
    let ids = ids.join(", ");
    let line = match kind {
        Kind::Edit(id) => format!("task {id} is changed"),
        Kind::Message(to) => format!("message {ids}: {to} is told when it is idle"),
        Kind::New | Kind::Hint(_) => format!("task {ids} is queued for {whom}"),
    };
    say(state, line, false);
}

/// The same wish of a person who knows what it means, and the question for it.
fn surely(asked: Wish) -> (String, Wish) {
    match asked {
        Wish::Cancel(id, _) => (format!("Take task {id} back?"), Wish::Cancel(id, Sure::Yes)),
        Wish::Retry(id, _) => (format!("Hand task {id} out again?"), Wish::Retry(id, Sure::Yes)),
        Wish::Reassign(id, to, _) => {
            (format!("Give task {id} to {to}?"), Wish::Reassign(id, to.clone(), Sure::Yes))
        }
        other => ("Go on?".into(), other),
    }
}

fn done(asked: &Wish) -> String {
    match asked {
        Wish::Cancel(id, _) => format!("task {id} is taken back"),
        Wish::Retry(id, _) => format!("task {id} is handed out again"),
        Wish::Reassign(id, to, _) => format!("task {id} is for {to} now"),
        Wish::Close(id) => format!("task {id} is done"),
        Wish::Before(id, other) => format!("task {id} goes before {other}"),
        Wish::Edit(id, _) => format!("task {id} is changed"),
        Wish::Add(_) | Wish::Seen(_) => "done".into(),
    }
}

/// A key while a question is open: `y` says yes, anything that usually closes a window says no.
pub fn question_key(state: &mut State, key: Key) -> Vec<Effect> {
    if key == Key::char('y') {
        let asked = |p: &Popup| matches!(p, Popup::Ask(q) if state.now.mono < q.since + READ);
        if state.popup.as_ref().is_some_and(asked) {
            say(state, "this has just been asked: read it first", false);
            return vec![];
        }
        let Some(Popup::Ask(question)) = state.popup.take() else { return vec![] };
        let Question { then, .. } = *question;
        return match then {
            Then::Quit => vec![Effect::Quit],
            Then::Adopt(session, entry) => vec![Effect::Adopt(session, entry)],
            Then::Wish(sure) => wish(state, sure),
        };
    }
    let leaves = matches!(state.fixed.keymap.action(key), Some(Action::Back | Action::Quit));
    if leaves || matches!(key.code, Code::Esc | Code::Char('n')) {
        state.popup = None;
        say(state, "not done", false);
    }
    vec![]
}

/// The marked session is to have the task.
pub fn hand(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Hand { page, row }) = &state.popup else { return vec![] };
    let (id, fits) = (page.task.id, state.fits(Some(&page.task)));
    let Some(fit) = fits.into_iter().nth(*row) else { return vec![] };
    match fit.fit {
        Err(why @ (Misfit::Protected | Misfit::Unmanaged | Misfit::Chain(_))) => {
            say(state, format!("{} {why}", fit.name), true);
            vec![]
        }
        _ => wish(state, Wish::Reassign(id, fit.name, Sure::Ask)),
    }
}
