//! What each action does: one arm each.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::panel::{PANELS, PanelId};
use crate::app::state::popup::Then;
use crate::app::state::wall::Page;
use crate::app::state::{Face, Input, Mode, Order, Popup, Session, State};
use crate::domain::confirm::Answer;
use crate::domain::server::PaneInfo;
use crate::domain::text;

use super::{adopt, answers, kill, moves, rules, say, tasks, unstick, writing};

/// Carries out a wish.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        // A digit picks the second Yes as easily as the first: only where the dialog fills the screen.
        Action::Focus(_) if answers::panel_answers(state) => answers::no_digits(state),
        Action::Focus(n) if answers::zoomed_dialog(state) => {
            return answers::answer(state, Answer::Choose(usize::from(n) - 1));
        }
        Action::MoveLeft
        | Action::MoveDown
        | Action::MoveUp
        | Action::MoveRight
        | Action::Focus(_)
        | Action::PageNext
        | Action::PagePrevious
        | Action::First
        | Action::Last => moves::go(state, action),
        Action::NextWaiting | Action::PreviousWaiting => {
            state.open_panel = None;
            if !moves::waiting(state, action == Action::PreviousWaiting) {
                say(state, "nobody needs you", false);
            }
        }
        Action::Zoom if state.open_panel == Some(PanelId::Tasks) => return tasks::open(state),
        Action::Zoom => zoom(state),
        Action::Back => back(state),
        Action::Attach => {
            return with_pane(state, |p, s| Effect::Attach { pane: p.identity, session: s.name.clone() });
        }
        Action::SaveFrame => {
            return with_pane(state, |p, s| Effect::SaveFrame { pane: p.identity, session: s.name.clone() });
        }
        Action::Explain if state.open_panel == Some(PanelId::Branches) => {
            state.popup = state.marked_key().map(|key| Popup::Tree { key, row: 0 });
            if state.popup.is_none() {
                say(state, "mark a session first", false);
            }
        }
        Action::Explain => match state.meant().map(Session::key) {
            Ok(key) => state.popup = Some(Popup::Explain { key, row: 0 }),
            Err(why) => say(state, why, true),
        },
        Action::Approve => return answers::answer(state, Answer::Approve),
        Action::Deny => return answers::answer(state, Answer::Deny),
        Action::Hold => return answers::answer(state, Answer::Hold),
        Action::AnswerText => writing::open(state),
        Action::Unstick => unstick::open(state),
        Action::Kill => kill::open(state),
        Action::Adopt => adopt::open(state),
        Action::Pause => return answers::pause(state),
        Action::Reload => return vec![Effect::Reload],
        Action::Activity => {
            let open = state.open_panel == Some(PanelId::Confirms);
            state.face = if open && state.face == Face::Activity { Face::Queue } else { Face::Activity };
            open_panel(state, Some(PanelId::Confirms));
        }
        Action::Rule => return rules::open(state),
        Action::NewRule => return rules::make(state),
        Action::Turn => return answers::turn(state),
        Action::TypeInto => type_into(state),
        Action::Freeze => freeze(state),
        Action::Wall => hang(state),
        Action::Order => {
            let (order, told) = match state.grid.order {
                Order::Roster => (Order::Urgency, "who needs you stands first"),
                Order::Urgency => (Order::Tier, "tiles stand by tier"),
                Order::Tier => (Order::Roster, "tiles stand as in the roster"),
            };
            state.grid.order = order;
            say(state, told, false);
            moves::turn_to_focus(state);
        }
        Action::Filter => match state.open_panel {
            None => state.mode = Mode::Filter,
            Some(PanelId::Routine) => say(state, "this panel has no rows to filter", false),
            Some(_) => state.mode = Mode::FilterPanel,
        },
        Action::PanelNext => step_panel(state, false),
        Action::PanelPrevious => step_panel(state, true),
        Action::Panel(id) => open_panel(state, if state.open_panel == Some(id) { None } else { Some(id) }),
        Action::Palette => {
            state.popup = Some(Popup::Palette { input: Input::default(), row: 0 });
        }
        Action::Help => state.popup = Some(Popup::Help { row: 0 }),
        Action::NewTask
        | Action::Message
        | Action::Reassign
        | Action::EditTask
        | Action::CancelTask
        | Action::RetryTask
        | Action::CloseTask
        | Action::TaskEarlier
        | Action::TaskLater
        | Action::Inbox
        | Action::SeenAll
        | Action::SendHint => return tasks::act(state, action),
        Action::Quit if !state.tasks.drafts.is_empty() => {
            let means =
                format!("{} that was not queued is lost", text::count(state.tasks.drafts.len(), "text"));
            tasks::ask(state, "Leave?".into(), &means, Then::Quit);
        }
        Action::Quit => return vec![Effect::Quit],
    }
    vec![]
}

fn open_panel(state: &mut State, id: Option<PanelId>) {
    state.open_panel = id;
    state.panel_row = 0;
}

fn step_panel(state: &mut State, back: bool) {
    // The grid is one stop on the way round.
    let stops = PANELS.len() + 1;
    let at = state.open_panel.map_or(0, |p| p.index() + 1);
    let to = if back { (at + stops - 1) % stops } else { (at + 1) % stops };
    open_panel(state, to.checked_sub(1).map(|i| PANELS[i].id));
}

fn zoom(state: &mut State) {
    if let Some(key) = state.marked_key() {
        state.open_panel = None;
        moves::focus_session(state, key);
    } else if state.open_panel.is_none() && state.focused().is_some() {
        state.grid.zoomed = !state.grid.zoomed;
    }
}

fn back(state: &mut State) {
    if state.open_panel.is_some_and(|id| !state.filters.of(id).is_empty()) {
        state.change_filter(state.open_panel, Input::clear);
    } else if state.open_panel.is_some() {
        state.open_panel = None;
    } else if state.grid.zoomed {
        state.grid.zoomed = false;
    } else if !state.grid.filter.text().is_empty() {
        state.grid.filter.clear();
        moves::keep_focus_shown(state);
    } else if state.grid.frozen {
        freeze(state);
    }
}

fn freeze(state: &mut State) {
    state.grid.frozen = !state.grid.frozen;
    for s in &mut state.fleet.sessions {
        s.held = None;
        if state.grid.frozen {
            s.held.clone_from(&s.screen);
        }
    }
}

/// Hangs the wall over the control room. What a person opened stays behind it; nothing on it stands still.
fn hang(state: &mut State) {
    if state.grid.frozen {
        freeze(state);
    }
    (state.popup, state.mode, state.toast) = (None, Mode::Normal, None);
    state.wall.page = Some(Page::default());
    state.turn_wall();
}

fn type_into(state: &mut State) {
    if !state.connected() {
        writing::refuse(state, "tmux is not connected; there is nobody to type to");
        return;
    }
    match state.meant().map(|s| (s.key(), s.pane.clone())) {
        Ok((key, Some(pane))) => {
            state.open_panel = None;
            moves::focus_session(state, key);
            state.mode = Mode::TypeInto(pane.identity);
        }
        Ok((_, None)) => {
            writing::refuse(state, "this session does not exist now; there is nothing to type into");
        }
        Err(why) => writing::refuse(state, why),
    }
}

fn with_pane(state: &mut State, effect: impl Fn(&PaneInfo, &Session) -> Effect) -> Vec<Effect> {
    let made = state.meant().map(|s| s.pane.as_ref().map(|p| effect(p, s)));
    match made {
        Ok(Some(effect)) => return vec![effect],
        Ok(None) => say(state, "this session does not exist now", true),
        Err(why) => say(state, why, true),
    }
    vec![]
}
