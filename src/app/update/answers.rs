//! A person's word on dialogs and on auto-confirm: what is asked of the actor. Only the dialog that was drawn is answered.

use std::sync::Arc;
use std::time::Duration;

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::panel::PanelId;
use crate::app::state::{Board, Face, Post, Session, State};
use crate::domain::confirm::{Answer, Confirmation, DrawnSince};
use crate::domain::dialog::Meaning;
use crate::domain::ledger::{Actor, Entry, Outcome};
use crate::domain::session::PaneIdentity;

use super::say;

/// The open panel shows the dialog of its marked row, which keys answer there.
pub(super) fn panel_answers(state: &State) -> bool {
    matches!(state.open_panel, Some(PanelId::Confirms | PanelId::NeedsYou))
}

/// The focused tile is zoomed, nothing lies over it, and it asks something: digits answer there.
pub(super) fn zoomed_dialog(state: &State) -> bool {
    state.grid.zoomed && state.open_panel.is_none() && state.focused().is_some_and(|s| s.dialog().is_some())
}

/// A digit beside a dialog that is drawn small chooses nothing.
pub(super) fn no_digits(state: &mut State) {
    let key = state.fixed.keymap.shown(Action::Zoom);
    say(state, format!("{key} goes to its tile; digits answer there, zoomed"), false);
}

/// Keys pressed closer than this are one press: it is held down (the first repeat comes after up to 0.7 s), or goes on before
/// the next dialog can have been read.
const ONE_PRESS: Duration = Duration::from_secs(1);

/// Answers the dialog that the focused tile shows, or the open panel.
pub fn answer(state: &mut State, answer: Answer) -> Vec<Effect> {
    let (mut answered, now) = (answered(state, answer), state.now.mono);
    let showing = match &answered {
        Ok((Effect::Answer { drawn, .. }, _)) => Some(drawn.showing),
        _ => None,
    };
    let last = state.pressed.filter(|(at, _)| now.saturating_sub(*at) < ONE_PRESS).map(|(_, last)| last);
    if showing.zip(last).is_some_and(|(showing, last)| showing != last) {
        answered = Err("another dialog is there now; let go of the key, and look at it first".to_owned());
    }
    state.pressed = last.or(showing).map(|showing| (now, showing));
    match answered {
        Ok((effect, told)) => {
            say(state, told, false);
            // Where another one acts he says himself what came of it.
            if let (Effect::Answer { pane, .. }, Post::Acting) = (&effect, &state.board.post)
                && !matches!(answer, Answer::Hold | Answer::Write)
            {
                state.answering = Some(*pane);
            }
            vec![effect]
        }
        Err(why) => {
            say(state, why, true);
            vec![]
        }
    }
}

/// What is asked, and the same in words: how it ends is told by the screen, and by whoever refuses it.
fn answered(state: &State, answer: Answer) -> Result<(Effect, String), String> {
    let (session, pane, drawn) = drawn_dialog(state)?;
    if may_allow(answer, session) && state.areas.partly.contains(&pane.id) {
        let key = |action| state.fixed.keymap.shown(action);
        let (zoom, queue) = (key(Action::Zoom), key(Action::Panel(PanelId::Confirms)));
        let how = match state.open_panel {
            None if state.grid.zoomed => format!("{queue} tells all of it, or attach"),
            None => format!("{zoom} shows it large"),
            Some(PanelId::Confirms) => format!("{zoom} shows it large, or attach"),
            Some(_) => format!("{queue} tells all of it, or attach"),
        };
        return Err(format!("not all of what it asks is on the screen; {how}"));
    }
    let told = match answer {
        Answer::Hold => format!("what {} asks is kept for a person", session.label),
        Answer::Approve => format!("approving once in {}", session.label),
        Answer::Deny => format!("denying in {}", session.label),
        Answer::Choose(n) => format!("choosing {} in {}", n + 1, session.label),
        Answer::Write => format!("answering in {}", session.label),
    };
    Ok((Effect::Answer { pane, answer, drawn: drawn.until(state.now.mono) }, told))
}

/// Whether that answer may let something happen. A no needs no more than to be meant.
fn may_allow(answer: Answer, session: &Session) -> bool {
    let option = |n: usize| session.dialog().and_then(|d| d.options.get(n)).map(|o| o.meaning);
    match answer {
        Answer::Approve => true,
        Answer::Choose(n) => !matches!(option(n), Some(Meaning::Deny | Meaning::DenyWithText)),
        Answer::Deny | Answer::Hold | Answer::Write => false,
    }
}

/// The dialog that a key answers: whose it is, where, and since when it is drawn.
pub(super) fn drawn_dialog(state: &State) -> Result<(&Session, PaneIdentity, DrawnSince), String> {
    let nobody = |why| if panel_answers(state) { "mark an open dialog first" } else { why };
    let session = state.meant().map_err(nobody)?;
    let pane = session.pane.as_ref().ok_or("that session does not exist now")?.identity;
    if !matches!(state.board.post, Post::Observing(_)) {
        acting(state)?;
    }
    if state.grid.frozen {
        return Err("the screens are frozen; go on first, then look".to_owned());
    }
    if session.dialog().is_none() {
        return Err(format!("{} asks nothing", session.label));
    }
    if state.open_panel.is_some() && !(panel_answers(state) && state.front.contains(&pane.id)) {
        let key = state.fixed.keymap.shown(Action::Zoom);
        return Err(format!("its dialog is not drawn here; {key} goes to its tile"));
    }
    let DrawnSince { showing, since } =
        *state.drawn.get(&pane).ok_or("that dialog has just appeared; look at it first")?;
    let aimed = state.aim.filter(|(at, _)| *at == pane).map_or(state.now.mono, |(_, since)| since);
    Ok((session, pane, DrawnSince { showing, since: since.max(aimed) }))
}

/// Notes whose dialog the answering keys are for, and since when: where the one before it went and nobody turned to this one by
/// hand, its reader may still mean the other; and where tiles changed their places, whoever turns to one by its place.
pub fn aim(state: &mut State, by_hand: bool) {
    let pane = state.meant().ok().and_then(|s| s.pane.as_ref()).map(|p| p.identity);
    if state.aim.map(|(at, _)| at) != pane {
        let since = if by_hand { state.placed } else { state.now.mono };
        state.aim = pane.map(|pane| (pane, since));
    }
}

/// Why nothing can be asked of the actor from here.
pub(super) fn acting(state: &State) -> Result<(), String> {
    match &state.board.post {
        Post::Acting => Ok(()),
        Post::Observing(who) => Err(format!("this is an observer: {who}")),
        Post::Barred(why) => Err(why.clone()),
        Post::None => Err("tmux is not connected".to_owned()),
    }
}

/// Pauses all auto-confirm, or goes on.
pub fn pause(state: &mut State) -> Vec<Effect> {
    let on = state.board.paused.is_none();
    switch(
        state,
        Effect::Pause(on),
        if on { "auto-confirm is paused everywhere" } else { "auto-confirm goes on" },
    )
}

/// Switches the auto-confirm of the session that is meant.
pub fn turn(state: &mut State) -> Vec<Effect> {
    let session = match state.meant() {
        Ok(session) => session.name.clone(),
        Err(why) => {
            say(state, why, true);
            return vec![];
        }
    };
    let on = state.board.off.contains(&session);
    let line = format!("auto-confirm is {} for {session}", if on { "on" } else { "off" });
    switch(state, Effect::Turn(session, on), &line)
}

fn switch(state: &mut State, effect: Effect, line: &str) -> Vec<Effect> {
    // Who only observes asks who acts; what he says to it is told when he has said it.
    let asked = matches!(state.board.post, Post::Observing(_));
    match if asked { Ok(()) } else { acting(state) } {
        Ok(()) => {
            say(state, if asked { "asking who acts".to_owned() } else { line.to_owned() }, false);
            vec![effect]
        }
        Err(why) => {
            say(state, why, true);
            vec![]
        }
    }
}

/// Another board is told: the mark stays on the dialog, or the entry, on which it was.
pub fn board(state: &mut State) {
    let (before, marked) = (state.board.clone(), state.marked_row());
    state.board = state.boards.shown();
    tell_answered(state, before.recent.iter().map(|e| e.seq).max().unwrap_or_default());
    super::health::round(state);
    if state.open_panel != Some(PanelId::Confirms) {
        return;
    }
    let queue = |b: &Board| if state.face == Face::Queue { b.queue.len() } else { 0 };
    let (was, now) = (queue(&before), queue(&state.board));
    // At the top, where nothing stood open: the top it stays, for what comes next.
    if was == 0 && state.panel_row == 0 {
        return;
    }
    let found = marked.and_then(|row| match row.checked_sub(was) {
        None => mark_in_queue(&before.queue, row, state),
        Some(at) => before.recent.get(at).and_then(|entry| {
            let life = |e: &Entry| e.body.of.unwrap_or(e.seq);
            state.board.recent.iter().position(|e| life(e) == life(entry)).map(|at| now + at)
        }),
    });
    state.mark_row(found);
    // It stands open no more: the next that does, or the top, and not what was done with it.
    if found.is_none() && marked.is_some_and(|row| row < was) {
        let open = state.panel_rows().iter().filter(|row| **row < now).count();
        state.panel_row = state.panel_row.min(open.saturating_sub(1));
    }
}

/// Where the mark goes that was on a row of the queue: it stays on its dialog, but goes on to the next that needs somebody where that
/// one is gone, or is answered now by who sits here.
fn mark_in_queue(before: &[Confirmation], row: usize, state: &State) -> Option<usize> {
    let now = &state.board.queue;
    let at = |c: &Confirmation| now.iter().position(|other| other.id == c.id);
    let itself = at(&before[row]);
    let waits = |i: &usize| now[*i].needs_you;
    // An observer counts his looks himself: what it says is the same.
    let own = state.pressed.is_some_and(|(_, answered)| answered.content == before[row].id.1.content);
    let stays = |i: usize| waits(&i) || !before[row].needs_you || !own;
    if itself.is_some_and(stays) {
        return itself;
    }
    let shown = state.panel_rows();
    let beside = before[row + 1..].iter().chain(before[..row].iter().rev()).filter_map(at);
    beside.into_iter().find(|i| waits(i) && shown.contains(i)).or(itself)
}

/// Tells whoever answered here what came of it, as soon as an entry behind that number says so.
fn tell_answered(state: &mut State, told: u64) {
    let Some(pane) = state.answering else { return };
    let its = |e: &&Arc<Entry>| {
        let body = &e.body;
        let ends = body.outcome != Outcome::Intended && matches!(body.actor, Actor::Person(_));
        e.seq > told && ends && body.scene.pane == pane
    };
    let Some(entry) = state.board.recent.iter().find(its) else { return };
    let body = &entry.body;
    let well = body.outcome == Outcome::Cleared;
    let line = format!("{}: {} (ledger {})", body.scene.session, body.word(), entry.seq);
    state.answering = None;
    say(state, line, !well);
}

/// Notes which open dialogs stand on our screen, each since when.
pub fn drawn(state: &mut State) {
    let mut now = std::collections::BTreeMap::new();
    if state.wall.is_up() {
        // Nothing is answered there, and what hung there was not read here.
        state.drawn = now;
        return;
    }
    for session in &state.fleet.sessions {
        let Some(pane) = session.pane.as_ref().map(|p| p.identity).filter(|p| state.front.contains(&p.id))
        else {
            continue;
        };
        let shown = session.dialog().map(crate::domain::dialog::Dialog::identity);
        let showing = if matches!(state.board.post, Post::Observing(_)) {
            // The queue is with who acts: what is drawn here is counted here.
            let seen = session.tracker.dialog().map(crate::domain::track::Seen::key);
            seen.filter(|key| Some(key.0) == shown).map(Into::into)
        } else {
            let open = state.board.queue.iter().find(|c| c.id.0 == pane && Some(c.id.1.content) == shown);
            open.map(|c| c.id.1)
        };
        if let Some(showing) = showing {
            let before = state.drawn.get(&pane).filter(|drawn| drawn.showing == showing);
            now.insert(pane, *before.unwrap_or(&DrawnSince { showing, since: state.now.mono }));
        }
    }
    state.drawn = now;
}
