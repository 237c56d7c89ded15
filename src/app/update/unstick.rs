//! The unstick menu: keys while it is open, and what is wished of the actor. What may end or discard something is said twice,
//! the second time by a capital letter.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::state::unstick::Menu;
use crate::app::state::{Popup, Post, State};
use crate::domain::confirm::{Answer, Ask};
use crate::domain::unstick::{Step, fits};

use super::{answers, say, tasks};

/// The key of the second yes.
pub const SURE: Key = Key::char('Y');
/// The key that turns from one session to all that are stuck, and back.
pub const ALL: Key = Key::char('*');

/// Opens the menu for the session that is meant.
pub fn open(state: &mut State) {
    match state.meant().map(Menu::of) {
        Ok(menu) => state.popup = Some(Popup::Unstick(menu)),
        Err(why) => say(state, why, true),
    }
}

/// A key while the menu is open.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let action = state.fixed.keymap.action(key);
    // What does not fit is not asked twice about.
    if let (Some(Popup::Unstick(menu)), Code::Enter) = (&state.popup, key.code)
        && menu.sure.is_none()
        && let Some(Err(why)) = menu.offers(state).into_iter().nth(menu.row).map(|o| o.seen)
    {
        let line = format!("{} does not fit: {why}", menu.step().word());
        say(state, line, true);
        return vec![];
    }
    let Some(Popup::Unstick(menu)) = &mut state.popup else { return vec![] };
    if let Some(step) = menu.sure {
        if key == SURE {
            return order(state, step);
        }
        menu.sure = None;
        return vec![];
    }
    match (key, action) {
        (Key { code: Code::Enter, .. }, _) => {
            let step = menu.step();
            if step.needs_sure() {
                menu.sure = Some(step);
            } else {
                return order(state, step);
            }
        }
        (ALL, _) => menu.all = !menu.all,
        (_, Some(Action::MoveDown)) => menu.row = (menu.row + 1).min(Step::ALL.len() - 1),
        (_, Some(Action::MoveUp)) => menu.row = menu.row.saturating_sub(1),
        (_, Some(Action::First)) => menu.row = 0,
        (_, Some(Action::Last)) => menu.row = Step::ALL.len() - 1,
        (_, Some(Action::Back | Action::Unstick | Action::Quit)) => state.popup = None,
        _ => {}
    }
    vec![]
}

/// Wishes the step for each session that is meant and that it fits.
fn order(state: &mut State, step: Step) -> Vec<Effect> {
    let Some(Popup::Unstick(menu)) = state.popup.take() else { return vec![] };
    if step == Step::Restart
        && let Err(why) = tasks::a_person(state)
    {
        say(state, why, true);
        return vec![];
    }
    let observes = matches!(state.board.post, Post::Observing(_)) && step == Step::Restart;
    if !observes && let Err(why) = answers::acting(state) {
        say(state, why, true);
        return vec![];
    }
    let targets = menu.targets(&state.fleet);
    if let (false, Step::Approve | Step::Deny) = (menu.all, step) {
        let answer = if step == Step::Approve { Answer::Approve } else { Answer::Deny };
        return answers::answer(state, answer);
    }
    let mut why = if menu.all { "no session is stuck".to_owned() } else { "that session is gone".to_owned() };
    let mut effects = Vec::new();
    for session in targets {
        match (fits(step, &session.sight()), &session.pane) {
            (Ok(_), Some(pane)) if step == Step::Restart && !menu.all => {
                let pane = Some(pane.identity);
                effects.push(Effect::Order(Ask::Restart { session: session.name.clone(), pane }));
            }
            (Ok(_), Some(pane)) if !menu.all || !step.is_single() => {
                effects.push(Effect::Unstick { pane: pane.identity, step });
            }
            (Ok(_), _) => "that is done one by one".clone_into(&mut why),
            (Err(not), _) => why = format!("{}: {}: {not}", session.label, step.word()),
        }
    }
    if effects.is_empty() {
        say(state, why, true);
    }
    effects
}
