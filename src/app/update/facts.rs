//! What the world tells: the server, its panes, their screens.

use std::sync::Arc;

use crate::app::areas::Areas;
use crate::app::effect::Effect;
use crate::app::event::{Did, Looked};
use crate::app::state::branches::works;
use crate::app::state::{Entry, Mode, SessionKey, State};
use crate::domain::server::{PaneInfo, Server};
use crate::domain::session::PaneId;
use crate::domain::status::State as Status;

use super::{answers, health, say, writing};

/// A frame was drawn: the panes on it are looked at first from now on.
pub fn drew(state: &mut State, areas: Areas) -> Vec<Effect> {
    let shown = state.arranged(areas.paged);
    let front = |areas: &Areas| -> Vec<PaneId> {
        areas
            .tiles
            .iter()
            .filter_map(|(i, _)| shown.get(*i))
            .filter_map(|&s| state.fleet.sessions[s].pane.as_ref().map(|p| p.identity.id))
            .collect()
    };
    let now_front = front(&areas);
    let same = now_front == state.front;
    let first = |areas: &Areas| areas.tiles.first().map(|(i, _)| *i);
    if !same && areas.paged && first(&areas) == first(&state.areas) {
        state.placed = state.now.mono;
    }
    state.areas = areas;
    state.front.clone_from(&now_front);
    answers::drawn(state);
    let looks = (!same).then_some(Effect::LookAt(now_front));
    looks.into_iter().chain(health::measure(state)).collect()
}

/// The server's state changed.
pub fn server(state: &mut State, server: Server) -> Vec<Effect> {
    if state.server == server {
        return vec![];
    }
    state.server = server;
    state.server_since = state.now.mono;
    if !state.connected() && matches!(state.mode, Mode::TypeInto(_)) {
        state.mode = Mode::Normal;
        writing::refuse(state, "typing stopped: tmux is not connected");
    }
    vec![]
}

/// Rules and settings were read anew.
pub fn reloaded(state: &mut State, outcome: Result<Option<String>, String>) {
    let (what, failed) = match &outcome {
        Ok(None) => ("rules and settings are read anew".to_owned(), None),
        Ok(Some(later)) => (format!("rules and settings are read anew; {later}"), None),
        Err(fault) => ("the old rules stay in force".to_owned(), Some(fault.clone())),
    };
    let line = failed.as_ref().map_or_else(|| what.clone(), |fault| format!("{what}: {fault}"));
    say(state, line, failed.is_some());
    let did = Did { what, command: None, failed };
    let entry = Entry { at: state.now.utc, local: state.now.local, did, health: None };
    state.log.push(entry);
    state.old_rules = outcome.err();
}

/// The panes that exist now.
pub fn panes(state: &mut State, panes: Vec<PaneInfo>) -> Vec<Effect> {
    let before = state.focused().map(|s| s.name.clone());
    state.fleet.meet(&panes, state.now.mono);
    state.listed = true;
    state.share_tasks();
    if let Mode::TypeInto(pane) = state.mode
        && state.fleet.by_pane(pane).is_none()
    {
        state.mode = Mode::Normal;
        writing::refuse(state, "typing stopped: that pane is gone");
    }
    // The focus stays with its session: a pane that was replaced hands it to the one that has the name now.
    if state.focused().is_none() {
        let heir = before
            .and_then(|name| state.fleet.sessions.iter().find(|s| s.name == name))
            .map(super::super::state::fleet::Session::key);
        state.grid.focus = heir.or_else(|| first_shown(state));
    }
    health::round(state);
    state.new_posts().map(Effect::Posts).into_iter().collect()
}

fn first_shown(state: &State) -> Option<SessionKey> {
    state.shown().first().map(|&i| state.fleet.sessions[i].key())
}

/// A pane's screen was looked at.
pub fn screen(state: &mut State, looked: &Looked) -> Vec<Effect> {
    let now = state.now.mono;
    let frozen = state.grid.frozen;
    let Some(session) = state.fleet.by_pane(looked.pane) else {
        return vec![];
    };
    if frozen && session.held.is_none() {
        session.held.clone_from(&session.screen);
    }
    if looked.wrote {
        session.wrote = Some(now);
    }
    session.command.clone_from(&looked.command);
    let before = (session.state, session.since);
    let worked = works(session);
    let name = session.name.clone();
    state.detector.saw(&name, &looked.screen, &looked.reading, state.now.local);
    session.screen = Some(Arc::clone(&looked.screen));
    session.looked = Some(now);
    session.look(Arc::clone(&looked.reading), now);
    session.ward.rounds.look(&looked.screen, &looked.reading, now);
    let works_now = works(session);
    if before.0 == Status::Unknown && session.state != Status::Unknown {
        state.detector.left_unknown(now.saturating_sub(before.1));
    }
    health::looked(state, looked.pane);
    let mut effects = Vec::new();
    if works_now != worked {
        effects.extend(state.new_posts().map(Effect::Posts));
    }
    if looked.wrote && state.stirs(looked.pane) {
        effects.push(Effect::Stirred(looked.pane));
    }
    effects
}

/// A pane wrote something that changed nothing on its screen.
pub fn wrote(state: &mut State, pane: PaneId) -> Vec<Effect> {
    let now = state.now.mono;
    let sessions = &mut state.fleet.sessions;
    let session = sessions.iter_mut().find(|s| s.pane.as_ref().is_some_and(|p| p.identity.id == pane));
    let Some(session) = session else { return vec![] };
    session.wrote = Some(now);
    let identity = session.pane.as_ref().map(|p| p.identity);
    identity.filter(|pane| state.stirs(*pane)).map(Effect::Stirred).into_iter().collect()
}
