//! The one function that changes the state. It never waits, fails, or reads a clock, a file or the environment.

mod acts;
mod adopt;
mod answers;
mod facts;
mod health;
mod keys;
mod kill;
mod moves;
mod pointer;
mod popups;
mod rules;
mod tasks;
mod unstick;
mod wall;
mod writing;

use std::mem::discriminant;
use std::time::Duration;

pub use keys::LEAVE;

use super::effect::Effect;
use super::event::Event;
use super::state::{Entry, Now, Popup, State, Toast};

/// How long an answer to a key stays.
const TOAST: Duration = Duration::from_secs(4);

/// Takes one fact at an instant, changes the state and tells what is to be done.
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    state.now = now;
    if state.toast.as_ref().is_some_and(|t| t.until <= now.mono) {
        state.toast = None;
    }
    for session in &mut state.fleet.sessions {
        if session.tracker.due().is_some_and(|due| due <= now.mono) {
            session.tick(now.mono);
        }
    }
    let edits = matches!(event, Event::Key(_) | Event::Paste(_) | Event::Mouse(_) | Event::TaskAnswer(..));
    let was_form = matches!(state.popup, Some(Popup::Form(_)));
    let tells = !matches!(event, Event::Wrote(_) | Event::Drew(_));
    let by_hand = matches!(event, Event::Key(_) | Event::Mouse(_));
    let before = (state.popup.as_ref().map(discriminant), state.toast.as_ref().map(|t| t.until));
    let mut effects = take(state, event);
    state.grid.touched |= by_hand;
    moves::rest_on_first(state);
    moves::keep_place(state);
    // A window's keys stand where the answer to the key before it stood.
    let opened = state.popup.as_ref().map(discriminant);
    if opened.is_some() && opened != before.0 && state.toast.as_ref().map(|t| t.until) == before.1 {
        state.toast = None;
    }
    answers::aim(state, by_hand);
    if tells {
        state.turn_wall();
    }
    let is_form = matches!(state.popup, Some(Popup::Form(_)));
    tasks::forms::keep(state, edits && (was_form || is_form), &mut effects);
    effects
}

fn take(state: &mut State, event: Event) -> Vec<Effect> {
    let now = state.now;
    let news = match &event {
        Event::Heard | Event::Panes(_) | Event::Wrote(_) => true,
        Event::Screen(looked) => looked.fresh,
        _ => false,
    };
    if news {
        state.heard = Some(now.mono);
    }
    match event {
        Event::Key(key) if state.wall.is_up() => wall::key(state, key),
        Event::Paste(_) | Event::Mouse(_) if state.wall.is_up() => vec![],
        Event::Heard => vec![],
        Event::Woke => {
            health::round(state);
            vec![]
        }
        Event::Key(key) => keys::key(state, key),
        Event::Paste(text) => keys::paste(state, &text),
        Event::Mouse(mouse) => pointer::mouse(state, mouse),
        Event::Resized(w, h) => {
            state.size = (w, h);
            // What was seen whole may not be any more.
            state.areas.rule = None;
            vec![Effect::Repaint]
        }
        Event::Drew(areas) => facts::drew(state, areas),
        Event::Server(server) => facts::server(state, server),
        Event::Noticing(notice, why) => {
            state.noticing = Some((notice, why));
            vec![]
        }
        Event::Panes(panes) => facts::panes(state, panes),
        Event::Screen(looked) => facts::screen(state, &looked),
        Event::Wrote(pane) => facts::wrote(state, pane),
        Event::Branches(survey) => {
            state.branches.survey = Some(survey);
            vec![]
        }
        Event::Board(board) => {
            state.boards.own = Some(board);
            answers::board(state);
            vec![]
        }
        Event::Theirs(board) => {
            state.boards.theirs = board;
            answers::board(state);
            vec![]
        }
        Event::Rule(told) => rules::told(state, told),
        Event::Reloaded(outcome) => {
            facts::reloaded(state, outcome);
            vec![]
        }
        Event::Gauges(gauges) => {
            state.gauges = Some(gauges);
            vec![]
        }
        Event::Tasks(told) => {
            state.take_tasks(told);
            tasks::again(state)
        }
        Event::TaskPage(id, page) => {
            tasks::answers::page(state, id, page);
            vec![]
        }
        Event::TaskAnswer(number, answer) => {
            tasks::answers::answer(state, number, answer);
            vec![]
        }
        Event::Said(did) => {
            // His *done* is news as much as his *no*: it was not done here.
            if did.failed.is_none() {
                say(state, did.what.clone(), false);
            }
            update(state, Event::Did(did), now)
        }
        Event::Did(did) => {
            if let Some(why) = &did.failed {
                let line = format!("{}: {why}", did.what);
                say(state, line, true);
            }
            let entry = Entry { at: now.utc, local: now.local, did, health: None };
            state.log.push(entry);
            vec![]
        }
        Event::WorkerFailed { worker, again_in } => {
            let secs = again_in.as_secs_f32();
            say(
                state,
                format!("worker {worker} failed; again in {secs:.1} s (the log has the report)"),
                true,
            );
            vec![]
        }
    }
}

#[cfg(test)]
pub(super) mod tests;

/// Tells the person one line.
fn say(state: &mut State, text: impl Into<String>, bad: bool) {
    state.toast = Some(Toast { text: text.into(), bad, until: state.now.mono + TOAST });
}
