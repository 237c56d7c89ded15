//! A person's word on dialogs and on auto-confirm: what is asked of the actor. Only the dialog that was drawn is answered.

use crate::app::effect::Effect;
use crate::app::state::{Post, State};
use crate::domain::confirm::Answer;

use super::say;

/// Answers the dialog that the focused tile shows.
pub fn answer(state: &mut State, answer: Answer) -> Vec<Effect> {
    match answered(state, answer) {
        Ok(effect) => vec![effect],
        Err(why) => {
            say(state, why, true);
            vec![]
        }
    }
}

fn answered(state: &State, answer: Answer) -> Result<Effect, String> {
    let session = state.focused().ok_or("no session is focused")?;
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
    let seen = state.drawn.get(&pane).ok_or("that dialog has just appeared; look at it first")?;
    let (showing, since) = *seen;
    let drawn = (showing, state.now.mono.saturating_sub(since));
    Ok(Effect::Answer { pane, answer, drawn })
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

/// Switches the focused session's auto-confirm.
pub fn turn(state: &mut State) -> Vec<Effect> {
    let Some(session) = state.focused().map(|s| s.name.clone()) else {
        say(state, "no session is focused", true);
        return vec![];
    };
    let on = state.board.off.contains(&session);
    let line = format!("auto-confirm is {} for {session}", if on { "on" } else { "off" });
    switch(state, Effect::Turn(session, on), &line)
}

fn switch(state: &mut State, effect: Effect, line: &str) -> Vec<Effect> {
    match acting(state) {
        Ok(()) => {
            say(state, line, false);
            vec![effect]
        }
        Err(why) => {
            say(state, why, true);
            vec![]
        }
    }
}

/// Notes which open dialogs stand on our screen, each since when.
pub fn drawn(state: &mut State) {
    let mut now = std::collections::BTreeMap::new();
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
            let since = state
                .drawn
                .get(&pane)
                .filter(|(was, _)| *was == showing)
                .map_or(state.now.mono, |(_, at)| *at);
            now.insert(pane, (showing, since));
        }
    }
    state.drawn = now;
}
