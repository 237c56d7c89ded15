//! Follows how the sessions are: with each look, each word of the actor, and as time goes on. What begins or ends goes into
//! the log, once.

use crate::app::effect::Effect;
use crate::app::event::Did;
use crate::app::panel::PanelId;
use crate::app::state::{Entry, Post, Session, State, health};
use crate::domain::health::{Level, judge};
use crate::domain::session::PaneIdentity;

/// What is to be measured, if that changed with this frame.
pub fn measure(state: &mut State) -> Option<Effect> {
    let seen = state.open_panel == Some(PanelId::Health);
    let panes = state.fleet.sessions.iter().filter_map(|s| s.pane.as_ref().map(|p| p.identity)).collect();
    let wanted = (seen, panes);
    if state.measured == wanted {
        return None;
    }
    state.measured.clone_from(&wanted);
    Some(Effect::Measure { seen: wanted.0, panes: wanted.1 })
}

/// All sessions, as time goes on.
pub fn round(state: &mut State) {
    for at in 0..state.fleet.sessions.len() {
        see(state, at);
    }
}

/// One session, after a look at it.
pub fn looked(state: &mut State, pane: PaneIdentity) {
    let holds = |s: &Session| s.pane.as_ref().is_some_and(|p| p.identity == pane);
    if let Some(at) = state.fleet.sessions.iter().position(holds) {
        see(state, at);
    }
}

fn see(state: &mut State, at: usize) {
    let now = state.now;
    let connected = state.connected();
    let session = &mut state.fleet.sessions[at];
    let open = session.pane.as_ref().and_then(|p| state.board.of(p.identity));
    let acts = state.board.post == Post::Acting || state.boards.theirs.is_some();
    let asks = acts.then(|| session.age(now.mono));
    session.ward.hear(open, asks, now.mono);
    let held = state.board.held.get(&session.name).filter(|_| session.state.is_problem());
    session.ward.held = held.cloned();
    // Of a server that does not answer nothing is known; what ailed its sessions stands.
    if !connected {
        return;
    }
    let found = judge(&session.signs(now.mono), &state.limits);
    let notes = session.ward.chart.see(found, now.mono);
    let entries: Vec<Entry> = notes
        .iter()
        .map(|note| {
            let bad = note.over.is_none() && note.kind.level() >= Level::Problem;
            let what = health::sentence(&session.label, note);
            let did = Did { what, command: None, failed: None };
            Entry { at: now.utc, local: now.local, did, health: Some(bad) }
        })
        .collect();
    for entry in entries {
        state.log.push(entry);
    }
}
