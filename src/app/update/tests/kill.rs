//! Ending a session and taking one into the roster: what must be typed, what is shown first, who may.

use std::sync::Arc;

use super::*;
use crate::app::state::popup::Then;
use crate::app::state::{Board, Mode, Popup, Post, Session, SessionKey};
use crate::domain::branch::Survey;
use crate::domain::confirm::Ask;
use crate::domain::read::Reading;
use crate::domain::task::Sender;

fn room(post: Post) -> Room {
    let mut room = Room::with(&["dev_worker1", "dev_worker2"]);
    room.hear(Event::Board(Arc::new(Board { post, ..Board::default() })));
    room
}

fn types(room: &mut Room, text: &str) {
    for c in text.chars() {
        assert!(room.hear(Event::Key(Key::char(c))).is_empty(), "a letter is a letter");
    }
}

fn killed(effects: &[Effect]) -> Vec<(String, u32)> {
    let kill = |e: &Effect| match e {
        Effect::Order(Ask::Kill { session, pane }) => Some((session.to_string(), pane.id.0)),
        _ => None,
    };
    effects.iter().filter_map(kill).collect()
}

#[test]
fn only_the_whole_name_ends_a_session() {
    let mut room = room(Post::Acting);
    room.press("kill");
    assert!(killed(&room.key("enter")).is_empty(), "nothing is typed");
    types(&mut room, "dev_worker");
    assert!(killed(&room.key("enter")).is_empty(), "a part of it");
    assert!(room.state.popup.is_some(), "it can be typed on");
    // Letters that mean something elsewhere are letters here.
    types(&mut room, "qy?");
    assert!(killed(&room.key("enter")).is_empty());
    room.key("ctrl-u");
    types(&mut room, "dev_worker1");
    assert_eq!(killed(&room.key("enter")), [("dev_worker1".to_owned(), 0)]);
    assert_eq!(room.state.popup, None);
    room.press("kill");
    room.key("esc");
    assert_eq!(room.state.popup, None);
}

#[test]
fn it_goes_to_whoever_acts_and_to_the_session_that_was_named() {
    let mut seen = room(Post::Observing("process 7".to_owned()));
    seen.press("kill");
    types(&mut seen, "dev_worker1");
    assert_eq!(killed(&seen.key("enter")).len(), 1, "as a wish");
    let mut nobody = room(Post::Barred("the disk is full".to_owned()));
    nobody.press("kill");
    types(&mut nobody, "dev_worker1");
    assert!(killed(&nobody.key("enter")).is_empty(), "what cannot be written down is not done");
    let mut gone = room(Post::Acting);
    gone.press("kill");
    types(&mut gone, "dev_worker1");
    // The same name, another session.
    gone.hear(Event::Panes(vec![pane(7, "dev_worker1")]));
    assert!(killed(&gone.key("enter")).is_empty());
    assert!(gone.state.toast.as_ref().is_some_and(|t| t.text.contains("gone")));
    let mut agent = room(Post::Acting);
    agent.state.tasks.sender.0 = Ok((Sender::Session(SessionName::new("dev_worker2")), "its pane".into()));
    agent.press("kill");
    assert_eq!(agent.state.popup, None, "agents end nobody");
}

/// The worker tells in which folder the agent works.
fn at(folder: &str) -> Event {
    let pane = pane(0, "dev_worker1").identity;
    let folders = [(pane, folder.into())].into_iter().collect();
    Event::Branches(Arc::new(Survey { folders, ..Survey::default() }))
}

#[test]
fn an_entry_is_shown_before_it_is_saved() {
    let mut room = room(Post::Acting);
    let reading = Reading { agent: Some("claude".to_owned()), state: Status::Idle, ..Reading::default() };
    room.state.fleet.sessions[0].look(reading, Duration::ZERO);
    room.hear(at("/home/dev/app"));
    room.press("adopt");
    assert!(room.state.popup.is_none(), "there is no file to save it in");
    room.state.config_file = Some("archtui.toml".to_owned());
    room.press("adopt");
    let Some(Popup::Ask(question)) = &room.state.popup else { panic!("it asks") };
    assert!(question.means.contains("name = \"dev_worker1\"") && question.means.contains("archtui.toml"));
    let Then::Adopt(_, shown) = question.then.clone() else { panic!("{question:?}") };
    assert!(question.means.starts_with(shown.trim_end()));
    for line in ["dir = \"/home/dev/app\"", "command = \"claude\""] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    room.wait(400);
    assert_eq!(room.key("n"), []);
    room.press("adopt");
    room.wait(400);
    // Where it works now is another folder: what was shown is saved.
    room.hear(at("/home/dev/elsewhere"));
    assert_eq!(room.key("y"), [Effect::Adopt(SessionName::new("dev_worker1"), shown)]);
    room.state.fleet.sessions[0].member = Some(Member::default());
    room.press("adopt");
    assert!(room.state.popup.is_none(), "the roster names it already");
}

/// Whom a window or a mode that a key opened is about.
fn about(room: &Room) -> Option<String> {
    let named = |key: &SessionKey| {
        room.state.fleet.sessions.iter().find(|s| s.key() == *key).map(|s| s.label.clone())
    };
    match (&room.state.popup, &room.state.mode) {
        (Some(Popup::Kill(doomed)), _) => named(&doomed.key),
        (Some(Popup::Unstick(menu)), _) => named(&menu.key),
        (Some(Popup::Explain { key, .. }), _) => named(key),
        (_, Mode::TypeInto(pane)) => {
            let its = |s: &&Session| s.pane.as_ref().is_some_and(|p| p.identity == *pane);
            room.state.fleet.sessions.iter().find(its).map(|s| s.label.clone())
        }
        _ => None,
    }
}

#[test]
fn a_key_means_the_marked_row_and_never_a_covered_tile() {
    for (panel, marked) in [
        ("panel-health", Some("dev_worker2")),
        ("panel-hierarchy", Some("dev_worker2")),
        ("panel-events", None),
        ("panel-detector", None),
        ("panel-routine", None),
        ("panel-confirms", None),
        ("panel-needs-you", None),
    ] {
        for key in ["kill", "unstick", "explain", "type-into"] {
            let mut room = room(Post::Acting);
            assert_eq!(room.focused(), "dev_worker1");
            room.press(panel);
            room.press("last");
            room.press(key);
            assert_eq!(about(&room).as_deref(), marked, "{key} in {panel}");
            if key == "type-into" && marked.is_some() {
                assert_eq!(room.focused(), "dev_worker2", "what is typed is seen");
            }
        }
    }
}
