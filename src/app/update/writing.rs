//! Answering a dialog by a text: the prompt in which it is written, and what is asked of the actor. The dialog is the one
//! that was drawn when the prompt was opened; another one there by then is not written into.

use std::time::Duration;

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::state::writing::Writing;
use crate::app::state::{Editor, Popup, State};
use crate::domain::confirm::Answered;
use crate::domain::free_text;
use crate::domain::text;

use super::{answers, say};

/// Whoever types on makes no longer pause than this.
const TYPED_ON: Duration = Duration::from_millis(900);

/// The key that turns to another option that takes a text.
pub const TURN: Key = Key::plain(Code::Tab);

/// Opens the prompt for the dialog that the focused tile shows, or the open panel.
pub fn open(state: &mut State) {
    match prompt(state) {
        Ok(writing) => state.popup = Some(Popup::Write(Box::new(writing))),
        Err(why) => refuse(state, &why),
    }
}

/// Says why nothing can be written. What is typed on in good faith must not act: keys do nothing until there is a pause.
pub fn refuse(state: &mut State, why: &str) {
    say(state, format!("{why} (keys rest until you pause, or Esc)"), true);
    state.deaf = Some(state.now.mono + TYPED_ON);
}

/// True if the key is one of those.
pub fn typed_on(state: &mut State, key: Key) -> bool {
    let deaf = state.deaf.take().is_some_and(|until| state.now.mono < until);
    if deaf && key.code != Code::Esc {
        state.deaf = Some(state.now.mono + TYPED_ON);
    }
    deaf
}

fn prompt(state: &State) -> Result<Writing, String> {
    let (session, pane, drawn) = answers::drawn_dialog(state)?;
    let dialog = session.dialog().ok_or("that dialog is gone")?;
    let ways = free_text::ways(dialog);
    if ways.is_empty() {
        let (attach, into) =
            (state.fixed.keymap.shown(Action::Attach), state.fixed.keymap.shown(Action::TypeInto));
        return Err(format!(
            "no option of that dialog takes a text; {into} types into it, {attach} attaches"
        ));
    }
    if let Some(field) = dialog.field.as_ref().filter(|f| !f.text.is_empty()) {
        let held = text::fit(&text::printable(&field.text), 40);
        return Err(format!("its text field holds \"{held}\" already; attach and look"));
    }
    let about = dialog.subject.as_ref().or(dialog.question.as_ref()).map_or("", String::as_str);
    // What was written for this very dialog and did not get there.
    let kept = state.unsent.as_ref().filter(|(was, _)| *was == drawn.showing);
    Ok(Writing {
        key: session.key(),
        pane,
        session: session.name.clone(),
        label: session.label.clone(),
        drawn,
        about: format!("{}: {}", dialog.operation.word(), text::printable(about)),
        ways,
        at: 0,
        line: kept.map_or_else(Editor::default, |(_, text)| Editor::new(text)),
    })
}

/// A key while the prompt is open.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(Popup::Write(writing)) = &mut state.popup else { return vec![] };
    match key.code {
        Code::Enter => return send(state),
        Code::Esc => leave(state),
        _ if key == Key::ctrl('c') => leave(state),
        _ if key == TURN => writing.turn(),
        // One line.
        Code::Up | Code::Down => {}
        _ => {
            writing.line.press(key);
        }
    }
    vec![]
}

/// Text pasted into it.
pub fn paste(writing: &mut Writing, text: &str) {
    writing.insert(text);
}

fn leave(state: &mut State) {
    let Some(Popup::Write(writing)) = state.popup.take() else { return };
    if !writing.line.is_blank() {
        state.unsent = Some((writing.drawn.showing, writing.line.text().to_owned()));
    }
    say(state, "nothing was sent", false);
}

fn send(state: &mut State) -> Vec<Effect> {
    let Some(Popup::Write(writing)) = &state.popup else { return vec![] };
    let words = match writing.words() {
        Ok(words) => words,
        Err(why) => {
            say(state, why, true);
            return vec![];
        }
    };
    let writing = (**writing).clone();
    let there = state.fleet.sessions.iter().find(|s| s.key() == writing.key).and_then(|s| s.dialog());
    if there.is_none_or(|d| d.identity() != writing.drawn.showing.content) {
        // It stays open: the text is not lost, and Esc leaves it.
        say(state, "that dialog is gone, or is another one now; nothing was sent", true);
        return vec![];
    }
    state.popup = None;
    state.unsent = Some((writing.drawn.showing, writing.line.text().to_owned()));
    say(state, format!("writing into {}", writing.label), false);
    let option = Some(writing.way().label.clone());
    let drawn = writing.drawn.until(state.now.mono);
    let text = Answered { option, deny: false, words };
    vec![Effect::Write { pane: writing.pane, session: writing.session, text, drawn }]
}
