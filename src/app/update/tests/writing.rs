//! Answering by text: the prompt, what goes out, and what does not.

use std::sync::Arc;

use super::*;
use crate::app::state::{Board, Popup, Post};
use crate::domain::confirm::{Answered, Confirmation, DrawnFor, Risk};
use crate::domain::dialog::{Dialog, DialogOption, Meaning, Opens, Operation, TextOption};
use crate::domain::read::Reading;

fn asks(subject: &str, takes: &[usize]) -> Dialog {
    let option =
        |label: &str| DialogOption { label: label.into(), meaning: Meaning::Deny, key: Some("2".into()) };
    Dialog {
        operation: Operation::Bash,
        subject: Some(subject.into()),
        options: vec![option("No"), option("Tell it what to change")],
        texts: takes.iter().map(|&option| TextOption { option, opens: Opens::Key }).collect(),
        complete: true,
        ..Dialog::default()
    }
}

/// One session whose dialog is drawn.
fn room(dialog: &Dialog) -> Room {
    let mut room = Room::with(&["a"]);
    show(&mut room, dialog);
    let pane = room.state.fleet.sessions[0].pane.as_ref().expect("it has one").identity;
    let open = Confirmation {
        id: (pane, (dialog.identity(), 1).into()),
        session: SessionName::new("a"),
        role: None,
        operation: Operation::Bash,
        asker: None,
        subject: dialog.subject.clone(),
        options: vec![],
        since: Duration::ZERO,
        risk: Risk::High,
        verdict: None,
        next: String::new(),
        needs_you: true,
        outcome: None,
    };
    room.hear(Event::Board(Arc::new(Board { post: Post::Acting, queue: vec![open], ..Board::default() })));
    room.drawn(1, 9);
    room.wait(400);
    room
}

fn show(room: &mut Room, dialog: &Dialog) {
    let reading = Reading { state: Status::Permission, dialog: Some(dialog.clone()), ..Reading::default() };
    room.state.fleet.sessions[0].look(reading, Duration::ZERO);
}

fn write(room: &mut Room, text: &str) {
    for c in text.chars() {
        room.hear(Event::Key(Key::char(c)));
    }
}

fn said(room: &Room) -> &str {
    room.state.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn a_text_goes_to_the_option_that_is_shown_in_the_dialog_that_was_drawn() {
    let dialog = asks("rm", &[0, 1]);
    let mut room = room(&dialog);
    assert!(room.press("answer-text").is_empty());
    write(&mut room, "jq2?");
    room.key("tab");
    room.hear(Event::Paste(" two\nlines".into()));
    room.wait(100);
    match room.key("enter").as_slice() {
        [Effect::Write { session, text: Answered { option, deny: false, words }, drawn, .. }] => {
            assert_eq!((session.as_str(), words.as_str()), ("a", "jq2? two lines"));
            assert_eq!(option.as_deref(), Some("Tell it what to change"));
            let showing = (dialog.identity(), 1).into();
            assert_eq!(*drawn, DrawnFor { showing, lasted: Duration::from_millis(500) });
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(room.state.popup, None);
    // It did not get there, and the dialog stands: the text is not lost.
    room.press("answer-text");
    assert!(matches!(&room.state.popup, Some(Popup::Write(w)) if w.line.text() == "jq2? two lines"));
    room.key("esc");
    assert_eq!((said(&room), &room.state.popup), ("nothing was sent", &None));
}

#[test]
fn nothing_goes_out_into_another_dialog_or_without_words() {
    let mut room = room(&asks("rm", &[0]));
    room.press("answer-text");
    assert!(room.key("enter").is_empty() && said(&room).contains("nothing to write"));
    write(&mut room, "1");
    assert!(room.key("enter").is_empty() && said(&room).contains("single character"));
    write(&mut room, " no");
    show(&mut room, &asks("git push", &[0]));
    assert!(room.key("enter").is_empty() && said(&room).contains("another one now"), "{}", said(&room));
    assert!(matches!(&room.state.popup, Some(Popup::Write(w)) if w.line.text() == "1 no"), "it is kept");
}

#[test]
fn where_no_option_takes_a_text_there_is_no_prompt() {
    let mut room = room(&asks("rm", &[]));
    room.press("answer-text");
    assert_eq!(room.state.popup, None);
    assert!(said(&room).contains("takes a text"), "{}", said(&room));
    // Typed on in good faith: `o` would attach, `y` and Enter would answer.
    for _ in 0..3 {
        room.wait(500);
        for key in ["o", "y", "enter"] {
            assert!(room.key(key).is_empty(), "{key}");
        }
        assert_eq!(room.state.popup, None);
    }
    room.key("esc");
    room.key("?");
    assert!(matches!(room.state.popup, Some(Popup::Help { .. })), "keys act again: {:?}", room.state.popup);
}
