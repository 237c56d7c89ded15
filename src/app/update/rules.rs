//! The rule behind a verdict, and a new one from a dialog: opened by a key of the person at the screen, changed step by
//! step, checked after each, written at a second key.

use crate::app::action::Action;
use crate::app::effect::{Effect, RuleWish};
use crate::app::event::RuleTold;
use crate::app::key::{Code, Key};
use crate::app::state::rules::{Field, Making, Shown};
use crate::app::state::{Popup, State};
use crate::domain::policy::RuleAction;

use super::say;

/// The key that saves.
pub const SAVE: Key = Key::ctrl('s');

/// Opens the rule behind the marked row.
pub fn open(state: &mut State) -> Vec<Effect> {
    let Some((session, rule)) = state.rule_behind() else {
        say(state, "no verdict is known there: F3 lists those that are", true);
        return vec![];
    };
    state.popup = Some(Popup::Rule(Shown { rule: rule.clone(), page: None, row: 0 }));
    vec![Effect::Rule(RuleWish::Page(session, rule))]
}

/// Begins a rule from the marked dialog.
pub fn make(state: &mut State) -> Vec<Effect> {
    match state.cause() {
        Ok(cause) => {
            let making = Making {
                cause: cause.clone(),
                draft: None,
                checked: None,
                field: Field::Action,
                saving: false,
            };
            state.popup = Some(Popup::Making(Box::new(making)));
            vec![Effect::Rule(RuleWish::Draft(cause))]
        }
        Err(why) => {
            say(state, why, true);
            vec![]
        }
    }
}

/// What came of a wish.
pub fn told(state: &mut State, told: RuleTold) -> Vec<Effect> {
    match (told, &mut state.popup) {
        (RuleTold::Page(page), Some(Popup::Rule(shown))) => shown.page = Some(page),
        (RuleTold::Draft(Ok(draft)), Some(Popup::Making(making))) => {
            making.draft = Some(*draft);
            return check(making);
        }
        (RuleTold::Draft(Err(why)), Some(Popup::Making(making))) => {
            making.checked = Some((String::new(), Err(why)));
        }
        (RuleTold::Checked(text, says), Some(Popup::Making(making))) => making.checked = Some((text, says)),
        (RuleTold::Saved(Ok(line)), popup) => {
            if matches!(popup, Some(Popup::Making(_))) {
                state.popup = None;
            }
            say(state, line, false);
        }
        (RuleTold::Saved(Err(why)), Some(Popup::Making(making))) => {
            making.saving = false;
            let text = making.draft.as_ref().map(crate::domain::policy::Draft::to_toml).unwrap_or_default();
            making.checked = Some((text, Err(why)));
        }
        // It was closed meanwhile: what failed is told all the same.
        (RuleTold::Saved(Err(why)), _) => say(state, why, true),
        (RuleTold::Page(_) | RuleTold::Draft(_) | RuleTold::Checked(..), _) => {}
    }
    vec![]
}

fn check(making: &Making) -> Vec<Effect> {
    let draft = making.draft.clone().map(Box::new);
    draft.map(|draft| Effect::Rule(RuleWish::Check(making.cause.clone(), draft))).into_iter().collect()
}

/// A key while a rule is made.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let action = state.fixed.keymap.action(key);
    let Some(Popup::Making(making)) = &mut state.popup else { return vec![] };
    if making.saving {
        return vec![];
    }
    if key.code == Code::Esc || action == Some(Action::Back) {
        state.popup = None;
        return vec![];
    }
    let says_yes = matches!(making.says(), Some(Ok(_)));
    let Some(draft) = &mut making.draft else { return vec![] };
    if key == SAVE {
        if state.areas.rule != Some(draft.to_toml()) {
            let why = "not all of the rule is on the screen: make the terminal larger, then save it";
            say(state, why, true);
            return vec![];
        }
        if !says_yes {
            say(state, "a rule that does not count is not saved", true);
            return vec![];
        }
        let wish = RuleWish::Save(making.cause.clone(), Box::new(draft.clone()));
        making.saving = true;
        return vec![Effect::Rule(wish)];
    }
    let at = Field::ALL.iter().position(|f| *f == making.field).unwrap_or(0);
    let wider = match (key.code, action) {
        (Code::Down | Code::Tab, _) | (_, Some(Action::MoveDown | Action::PanelNext)) => {
            making.field = Field::ALL[(at + 1) % Field::ALL.len()];
            return vec![];
        }
        (Code::Up, _) | (_, Some(Action::MoveUp | Action::PanelPrevious)) => {
            making.field = Field::ALL[(at + Field::ALL.len() - 1) % Field::ALL.len()];
            return vec![];
        }
        (Code::Right, _) | (_, Some(Action::MoveRight)) => true,
        (Code::Left, _) | (_, Some(Action::MoveLeft)) => false,
        _ => return vec![],
    };
    match making.field {
        Field::Action => draft.action = turned(draft.action, wider),
        Field::Who => draft.widen_who(wider),
        Field::What => draft.widen_what(wider),
    }
    check(making)
}

/// Allow, hold, deny, and from the beginning.
fn turned(action: RuleAction, on: bool) -> RuleAction {
    match (action, on) {
        (RuleAction::Allow, true) | (RuleAction::Deny, false) => RuleAction::Hold,
        (RuleAction::Hold, true) | (RuleAction::Allow, false) => RuleAction::Deny,
        (RuleAction::Deny, true) | (RuleAction::Hold, false) => RuleAction::Allow,
    }
}
