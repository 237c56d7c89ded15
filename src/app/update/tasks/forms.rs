//! Forms of tasks: opened, filled in, queued, put aside. A text is thrown away by nothing but a person's second word.

use std::time::Duration;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::panel::PanelId;
use crate::app::state::branches::Place;
use crate::app::state::form::{Form, Kind, Pressed, choices, draft, said};
use crate::app::state::tasks::Pending;
use crate::app::state::{Popup, Session, State};
use crate::domain::branch::Severity;
use crate::domain::task::Page;
use crate::domain::text;

use super::say;

/// Opens the form of a kind: the one that was put aside, else a new one.
fn open(state: &mut State, kind: &Kind, make: impl FnOnce() -> Form) {
    let kept = state.tasks.drafts.iter().position(|f| f.kind == *kind);
    let form = kept.map_or_else(make, |at| state.tasks.drafts.remove(at));
    if kept.is_some() {
        say(state, "this text was kept", false);
    }
    super::show(state, Popup::Form(Box::new(form)));
}

/// A new task; for the session that is meant, where that takes tasks.
pub fn new(state: &mut State) -> Vec<Effect> {
    let takes = |s: &&Session| s.member.as_ref().is_some_and(|m| !m.protected);
    let to = state
        .meant()
        .ok()
        .filter(|_| state.open_panel != Some(PanelId::Tasks))
        .filter(takes)
        .map(|s| s.name.to_string());
    open(state, &Kind::New, || {
        Form::new(Kind::New, to.as_deref().unwrap_or(crate::app::state::form::ANYONE))
    });
    vec![]
}

/// A message to the session that is meant.
pub fn message(state: &mut State) -> Vec<Effect> {
    let session = match state.meant() {
        Ok(session) => session,
        Err(why) => {
            say(state, why, true);
            return vec![];
        }
    };
    if session.member.is_none() {
        let why = format!("{} is not in the roster: nothing is told to it", session.label);
        say(state, why, true);
        return vec![];
    }
    let name = session.name.clone();
    let kind = Kind::Message(name.clone());
    open(state, &kind, || Form::new(kind.clone(), name.as_str()));
    vec![]
}

/// Findings whose hints are written down; more would not be read.
const HINTS: usize = 5;

/// What the branch rules found where the marked session works, and what to do, as a task for it.
pub fn hint(state: &mut State) -> Vec<Effect> {
    let session = match state.meant() {
        Ok(session) => session,
        Err(why) => {
            say(state, why, true);
            return vec![];
        }
    };
    let Some(words) = hints(state, session) else {
        let why = format!("nothing is to be mended where {} works", session.label);
        say(state, why, false);
        return vec![];
    };
    if session.member.is_none() {
        let why = format!("{} is not in the roster: it takes no tasks", session.label);
        say(state, why, true);
        return vec![];
    }
    let name = session.name.clone();
    let kind = Kind::Hint(name.clone());
    open(state, &kind, || Form::new(kind.clone(), name.as_str()).with_words(&words));
    vec![]
}

fn hints(state: &State, session: &Session) -> Option<String> {
    let Place::Tree(seen) = state.place_of(session) else { return None };
    let found = seen.findings.iter().filter(|f| f.severity > Severity::Note).take(HINTS);
    let lines: Vec<String> =
        found.map(|f| format!("- {}: {} → {}", f.rule.word(), f.sentence, f.hint)).collect();
    if lines.is_empty() {
        return None;
    }
    let path = text::printable(&seen.tree.path.to_string_lossy());
    Some(format!("The branch rules found this in {path}; please mend it:\n{}", lines.join("\n")))
}

/// The page of a task that is to be changed has come.
pub fn edit(state: &mut State, page: &Page) {
    let task = &page.task;
    if !task.state.is_waiting() {
        let why = format!("task {} is {}: only one that waits can be changed", task.id, task.state.word());
        say(state, why, true);
        return;
    }
    open(state, &Kind::Edit(task.id), || Form::of(task));
}

/// A key while a form is open.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(Popup::Form(mut form)) = state.popup.take() else { return vec![] };
    match form.press(key, || choices(state)) {
        Pressed::Edited => {}
        Pressed::Queue => {
            let effect = queue(state, &mut form);
            state.popup = Some(Popup::Form(form));
            return effect.into_iter().collect();
        }
        Pressed::Close => {
            put_aside(state, *form);
            return vec![];
        }
        Pressed::Discard => {
            say(state, "thrown away", false);
            return vec![];
        }
    }
    state.popup = Some(Popup::Form(form));
    vec![]
}

/// Nothing is lost by closing a form.
pub fn put_aside(state: &mut State, form: Form) {
    if form.is_blank() {
        return;
    }
    say(state, "kept: the same key opens it again", false);
    state.tasks.drafts.retain(|f| f.kind != form.kind);
    state.tasks.drafts.push(form);
}

/// A text that is not queued is on disk so long after its last change at the latest.
const KEPT: Duration = Duration::from_millis(300);

/// Has the texts kept that are not queued, a moment after one of them was touched.
pub fn keep(state: &mut State, touched: bool, effects: &mut Vec<Effect>) {
    let now = state.now.mono;
    if touched {
        state.tasks.unkept.get_or_insert(now + KEPT);
    }
    let leaves = effects.contains(&Effect::Quit);
    if state.tasks.unkept.take_if(|at| leaves || *at <= now).is_some() {
        effects.insert(0, Effect::KeepDrafts(draft::written(state)));
    }
}

fn queue(state: &mut State, form: &mut Form) -> Option<Effect> {
    if form.asked.is_some() {
        return None;
    }
    match form.wish(state) {
        Ok(wish) => {
            let effect = state.tasks.ask(wish, Pending::Form(form.kind.clone()));
            (form.asked, form.fault) = (Some(state.tasks.last_asked()), None);
            Some(effect)
        }
        Err(refusal) => {
            form.fault = Some(said(&refusal));
            None
        }
    }
}
