//! Stories about forms of tasks: what is wrong is said before anything is queued, and no text is lost.

use super::tasks::{room, wished};
use super::*;
use crate::app::state::form::{Field, Says};
use crate::domain::task::{Kind, Now as QueueNow, Queue, Refusal, State as Stage, TaskId, Wish};

#[test]
fn a_task_is_written_and_queued() {
    let mut room = room();
    room.press("new-task");
    assert_eq!((room.form().to.text(), room.form().field), ("w1", Field::Text), "for the focused session");
    room.types("fix it");
    room.key("enter");
    room.types("all of it, q and t too");
    for _ in 0..2 {
        room.key("tab");
    }
    room.key("up");
    let effects = room.key("ctrl-s");
    let (n, wish) = wished(&effects);
    let Wish::Add(requests) = wish else { panic!("{wish:?}") };
    assert_eq!(requests[0].text().as_str(), "fix it\nall of it, q and t too");
    assert_eq!(
        (requests[0].target().map(SessionName::as_str), requests[0].priority().get()),
        (Some("w1"), 6)
    );
    assert_eq!(room.key("ctrl-s"), [], "the queue has not answered yet");
    room.hear(Event::TaskAnswer(n, Ok(Ok(vec![TaskId(7)]))));
    assert_eq!((room.state.popup.is_none(), room.toast()), (true, "task #7 is queued for w1"));
    room.press("new-task");
    assert!(room.form().is_blank(), "nothing is left of it");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_queued() {
    for (to, priority, after, part) in [
        ("w3", "5", "", "did you mean \"w1\"?"),
        ("w", "5", "", "name one of w1, w2"),
        ("rusty", "5", "", "did you mean \"rust\"?"),
        ("kept", "5", "", "is protected"),
        ("stranger", "5", "", "no session of the roster is called \"stranger\""),
        ("anyone", "11", "", "they go from 0 to 10"),
        ("anyone", "", "", "is not a priority"),
        ("", "5", "first", "write numbers"),
    ] {
        let mut room = room();
        room.press("panel-tasks");
        room.press("new-task");
        room.types("x");
        for line in [to, priority, after] {
            room.key("tab");
            room.key("ctrl-u");
            room.types(line);
        }
        let Says::Bad(said) = room.form().says(&room.state) else { panic!("{to}: it is not wrong") };
        assert!(said.contains(part), "{to}: {said}");
        assert_eq!(room.key("ctrl-s"), [], "{to}");
        assert!(room.form().fault.is_some() && room.form().text.text() == "x", "{to}");
    }
}

#[test]
fn whom_it_is_for_is_chosen_by_arrows() {
    let mut room = room();
    room.press("panel-tasks");
    room.press("new-task");
    room.key("tab");
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(room.form().to.text().to_owned());
        room.key("down");
    }
    assert_eq!(seen, ["anyone", "w1", "w2", "rust", "anyone"], "who takes none is no choice");
    room.key("ctrl-u");
    room.types("w");
    room.key("down");
    assert_eq!(room.form().to.text(), "w1", "the first that begins so");
}

#[test]
fn a_text_is_never_lost_by_closing() {
    let mut room = room();
    room.press("new-task");
    room.types("a long text");
    room.key("esc");
    assert!(room.state.popup.is_none() && room.toast().contains("kept"), "{}", room.toast());
    assert_eq!(room.press("quit"), [], "it is asked first");
    assert_eq!(room.question(), "Leave?");
    room.key("n");
    room.press("new-task");
    assert_eq!(room.form().text.text(), "a long text");
    // Thrown away by the second word only.
    room.key("ctrl-x");
    room.types("!");
    room.key("ctrl-x");
    assert_eq!(room.form().text.text(), "a long text!");
    room.key("ctrl-x");
    assert!(room.state.popup.is_none() && room.state.tasks.drafts.is_empty());
    // It is gone from the disk, too.
    assert_eq!(room.press("quit"), [Effect::KeepDrafts(None), Effect::Quit]);
    room.press("new-task");
    room.key("esc");
    let quit = [Effect::KeepDrafts(None), Effect::Quit];
    assert_eq!(room.press("quit"), quit, "an empty form is nothing to lose");
}

#[test]
fn a_form_that_was_closed_before_the_answer_keeps_what_was_refused() {
    let mut room = room();
    room.press("new-task");
    room.types("x");
    let effects = room.key("ctrl-s");
    let (n, _) = wished(&effects);
    room.key("esc");
    room.hear(Event::TaskAnswer(
        n,
        Ok(Err(Refusal::Duplicate { of: TaskId(3), state: Stage::Working, key: None })),
    ));
    room.press("new-task");
    assert_eq!(room.form().text.text(), "x");
    let Says::Bad(said) = room.form().says(&room.state) else { panic!("it was refused") };
    assert!(said.contains("task 3") && said.contains("once more"), "{said}");
    // The second time it is meant.
    let effects = room.key("ctrl-s");
    let (n, _) = wished(&effects);
    room.key("esc");
    room.hear(Event::TaskAnswer(n, Ok(Ok(vec![TaskId(4)]))));
    assert!(room.state.tasks.drafts.is_empty(), "it is queued: nothing is kept");
}

#[test]
fn a_queue_that_cannot_be_asked_leaves_the_form_open() {
    let mut room = room();
    room.press("new-task");
    room.types("x");
    let effects = room.key("ctrl-s");
    let (n, _) = wished(&effects);
    room.hear(Event::TaskAnswer(n, Err("the disk is full; make room".into())));
    let Says::Bad(said) = room.form().says(&room.state) else { panic!("it failed") };
    assert!(said.contains("the disk is full"), "{said}");
    assert_eq!(room.key("ctrl-s").len(), 1, "it can be tried again");
}

#[test]
fn a_message_is_for_the_focused_session_when_it_is_idle() {
    let mut room = room();
    room.press("message");
    room.types("stand by");
    let effects = room.key("ctrl-s");
    let (_, wish) = wished(&effects);
    let mut queue = Queue::default();
    let now = QueueNow { wall: Now::ZERO.utc, mono: Duration::ZERO };
    let id = queue.ask(wish.clone(), now).expect("queued").ids[0];
    let task = queue.get(id).expect("there");
    assert_eq!((task.kind, task.priority.get(), task.typed().as_str()), (Kind::Message, 10, "stand by"));
    assert_eq!(task.target.as_ref().map(SessionName::as_str), Some("w1"));
    room.key("esc");
    room.press("last");
    room.press("message");
    assert!(room.state.popup.is_none() && room.toast().contains("not in the roster"), "{}", room.toast());
}

/// What is written and not queued is on its way to disk a moment later, and with the last key.
#[test]
fn a_text_is_kept_while_it_is_written() {
    let kept = |effects: &[Effect]| match effects {
        [Effect::KeepDrafts(text), ..] => Some(text.clone().unwrap_or_default()),
        _ => None,
    };
    let mut room = room();
    room.press("new-task");
    room.types("half a th");
    assert_eq!(kept(&room.key("o")), None, "not with every key");
    room.wait(300);
    assert!(kept(&room.hear(Event::Woke)).is_some_and(|text| text.contains("half a tho")));
    assert_eq!(kept(&room.hear(Event::Woke)), None, "nothing has changed");
    room.key("esc");
    room.wait(300);
    assert!(kept(&room.hear(Event::Woke)).is_some_and(|text| text.contains("half a tho")));
    room.press("new-task");
    room.key("ctrl-x");
    room.key("ctrl-x");
    room.wait(300);
    assert_eq!(kept(&room.hear(Event::Woke)), Some(String::new()), "thrown away it is gone there too");
}

#[test]
fn what_was_said_before_does_not_stand_where_a_windows_keys_do() {
    let mut room = room();
    room.press("reassign");
    assert!(room.toast().contains("no task"), "{}", room.toast());
    room.press("new-task");
    assert!(room.state.toast.is_none(), "Ctrl-s and Esc are told there");
}
