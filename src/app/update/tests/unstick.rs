//! The unstick menu: who it is for, what is said twice, and that nothing is wished which does not fit.

use std::sync::Arc;

use super::*;
use crate::app::state::{Board, Popup, Post};
use crate::domain::confirm::Ask;
use crate::domain::health::{Ailment, Kind};
use crate::domain::read::{Composer, Reading};
use crate::domain::unstick::Step;

fn room() -> Room {
    let mut room = Room::with(&["a", "b", "c"]);
    room.hear(Event::Board(Arc::new(Board { post: Post::Acting, ..Board::default() })));
    let typed = Composer { text: "fix it".to_owned(), certain: true, ..Composer::default() };
    for (i, state, composer) in [
        (0, Status::Typing, typed),
        (1, Status::Working, Composer::default()),
        (2, Status::Working, Composer::default()),
    ] {
        let reading = Reading { state, confidence: 0.97, composer: Some(composer), ..Reading::default() };
        let at = room.at;
        room.state.fleet.sessions[i].look(reading, at);
    }
    room
}

#[test]
fn a_restart_is_said_twice_and_never_marked_while_the_agent_lives() {
    let mut room = room();
    let at = room.at;
    let idle = Reading { state: Status::Idle, confidence: 0.97, ..Reading::default() };
    room.state.fleet.sessions[2].look(Reading { quiet: Some(Duration::from_secs(9)), ..idle }, at);
    room.press("last");
    room.press("unstick");
    assert!(matches!(&room.state.popup, Some(Popup::Unstick(m)) if m.step() == Step::Look));
    room.press("last");
    assert!(room.key("enter").is_empty());
    let pane = room.state.fleet.sessions[2].pane.as_ref().map(|p| p.identity);
    let want = Ask::Restart { session: SessionName::new("c"), pane };
    assert_eq!(room.key("Y"), [Effect::Order(want)]);
}

fn steps(effects: &[Effect]) -> Vec<(u32, Step)> {
    let step = |e: &Effect| match e {
        Effect::Unstick { pane, step } => Some((pane.id.0, *step)),
        _ => None,
    };
    effects.iter().filter_map(step).collect()
}

#[test]
fn the_gentlest_step_that_fits_is_marked_and_done() {
    let mut room = room();
    room.press("unstick");
    assert_eq!(steps(&room.key("enter")), [(0, Step::Enter)]);
    assert_eq!(room.state.popup, None);
}

#[test]
fn what_interrupts_is_said_twice() {
    let mut room = room();
    room.press("move-right");
    room.press("unstick");
    let marked = |room: &Room| match &room.state.popup {
        Some(Popup::Unstick(menu)) => Some(menu.step()),
        _ => None,
    };
    assert_eq!(marked(&room), Some(Step::Look), "it works, and is not stuck");
    while marked(&room) != Some(Step::Interrupt) {
        room.press("move-down");
    }
    assert!(steps(&room.key("enter")).is_empty());
    assert!(steps(&room.key("y")).is_empty(), "a small letter does not interrupt");
    assert!(matches!(&room.state.popup, Some(Popup::Unstick(m)) if m.sure.is_none()));
    room.key("enter");
    assert_eq!(steps(&room.key("Y")), [(1, Step::Interrupt)]);
}

#[test]
fn all_that_are_stuck_and_only_where_it_fits() {
    let mut room = room();
    for i in [0, 1] {
        let found = vec![Ailment { kind: Kind::Silent, cause: "x".to_owned() }];
        let at = room.at;
        room.state.fleet.sessions[i].ward.chart.see(found, at);
    }
    room.press("unstick");
    room.key("*");
    room.press("last");
    assert!(room.key("enter").is_empty(), "restarting is done one by one");
    room.press("move-up");
    room.key("enter");
    assert_eq!(steps(&room.key("Y")), [(1, Step::Interrupt)], "a is not working, c is not stuck");
}

#[test]
fn nothing_is_wished_where_nothing_fits_or_nobody_acts() {
    let mut room = room();
    room.press("move-right");
    room.press("unstick");
    room.press("first");
    for _ in 0..3 {
        room.press("move-down");
    }
    assert!(room.key("enter").is_empty());
    assert!(room.state.toast.as_ref().is_some_and(|t| t.bad && t.text.contains("composer is empty")));
    room.press("last");
    room.press("move-up");
    let at = room.at;
    let idle = Reading { state: Status::Idle, confidence: 0.97, ..Reading::default() };
    room.state.fleet.sessions[1].look(Reading { quiet: Some(Duration::from_secs(9)), ..idle }, at);
    assert!(room.key("enter").is_empty());
    assert!(
        matches!(&room.state.popup, Some(Popup::Unstick(m)) if m.sure.is_none()),
        "it is not asked twice"
    );
    room.press("back");
    room.hear(Event::Board(Arc::default()));
    room.press("unstick");
    room.press("first");
    assert!(room.key("enter").is_empty());
}
