//! How sessions are, told once: what begins, what ends, who needs a person because of it.

use std::sync::Arc;

use super::*;
use crate::app::event::Looked;
use crate::app::state::{Board, Post};
use crate::domain::confirm::{Confirmation, Risk};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::health::Kind;
use crate::domain::ledger::{Outcome, Showing};
use crate::domain::policy::{Action as Ruled, Verdict};
use crate::domain::read::Reading;
use crate::domain::screen::Screen;

impl Room {
    fn looks(&mut self, id: u32, name: &str, reading: Reading) {
        let looked = Looked {
            pane: pane(id, name).identity,
            screen: Arc::new(Screen::plain("x")),
            wrote: false,
            stands: false,
            fresh: true,
            command: None,
            conversation: None,
            reading: reading.into(),
        };
        self.hear(Event::Screen(Arc::new(looked)));
    }

    fn log(&self) -> Vec<&str> {
        let mut lines: Vec<_> = self.state.log.newest_first().map(|e| e.did.what.as_str()).collect();
        lines.reverse();
        lines
    }
}

fn reading(state: Status) -> Reading {
    Reading { state, confidence: 0.97, ..Reading::default() }
}

fn asks() -> Reading {
    let dialog = Dialog { operation: Operation::Bash, complete: true, ..Dialog::default() };
    Reading { dialog: Some(dialog), ..reading(Status::Permission) }
}

fn board(action: Ruled, since: Duration, change: impl Fn(&mut Confirmation)) -> Event {
    let dialog = asks().dialog.expect("it asks");
    let showing = Showing { content: dialog.identity(), epoch: 0 };
    let mut open = Confirmation {
        id: (pane(0, "a").identity, showing),
        session: SessionName::new("a"),
        role: None,
        operation: Operation::Bash,
        asker: None,
        subject: None,
        options: vec![],
        since,
        risk: Risk::Low,
        verdict: Some(Verdict { action, ..Verdict::unjudged("for the test") }),
        next: "is read a second time".to_owned(),
        needs_you: false,
        outcome: None,
    };
    change(&mut open);
    Event::Board(Arc::new(Board { queue: vec![open], ..Board::default() }))
}

#[test]
fn work_without_output_is_stuck_once_and_over_once() {
    let mut room = Room::with(&["a"]);
    room.looks(0, "a", reading(Status::Working));
    room.hear(Event::Wrote(PaneId(0)));
    for _ in 0..299 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert!(room.state.needs().is_empty() && room.log().is_empty());
    for _ in 0..100 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert_eq!(room.state.needs(), [0]);
    assert_eq!(room.state.fleet.count(super::super::super::state::Session::is_problem), 1);
    assert_eq!(room.log(), ["a: stuck, silent: works, and nothing has come out of it for 5 min"]);
    assert!(room.state.fleet.sessions[0].reasons()[0].starts_with("stuck: works"));
    room.hear(Event::Wrote(PaneId(0)));
    for _ in 0..10 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert_eq!(room.log()[1..], ["a: over after 100 s: stuck, silent"]);
    assert!(room.state.needs().is_empty());
}

#[test]
fn what_its_screen_was_told_to_be_silent_for_counts() {
    let mut room = Room::with(&["a"]);
    room.looks(0, "a", Reading { quiet: Some(Duration::from_secs(90)), ..reading(Status::Working) });
    room.wait(1000);
    assert_eq!(room.state.fleet.sessions[0].silent(room.at), Some(Duration::from_secs(91)));
}

/// Between the dialog on the screen and the first word of who acts, and between his last word and the screen without it, lie a few
/// milliseconds in which nobody waits for anybody.
#[test]
fn a_dialog_that_who_acts_has_not_come_to_yet_does_not_need_you() {
    let mut room = Room::with(&["a"]);
    let acting = |queue: Vec<Confirmation>| {
        Event::Board(Arc::new(Board { post: Post::Acting, queue, ..Board::default() }))
    };
    room.hear(acting(vec![]));
    room.looks(0, "a", asks());
    assert!(room.state.needs().is_empty(), "he has not come to it yet");
    let since = room.at;
    room.hear(board(Ruled::Confirm, since, |c| c.verdict = None));
    assert!(room.state.needs().is_empty(), "it is being judged");
    room.hear(board(Ruled::Hold, since, |c| c.needs_you = true));
    assert_eq!(room.state.needs(), [0], "a rule holds it: at once");
    room.hear(acting(vec![]));
    assert!(room.state.needs().is_empty(), "it is answered, and about to go");
    for _ in 0..2 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert_eq!(room.state.needs(), [0], "nobody says a word on it");
    room.hear(board(Ruled::Confirm, since, |c| c.verdict = None));
    assert_eq!(room.state.needs(), [0], "nor comes to an end with it");
}

#[test]
fn no_age_is_told_of_who_was_gone_before_anybody_looked() {
    let mut room = Room::new(&["a", "b"]);
    room.hear(Event::Panes(vec![pane(0, "a")]));
    room.wait(5000);
    room.hear(Event::Panes(vec![]));
    let undated: Vec<bool> = room.state.fleet.sessions.iter().map(|s| s.undated).collect();
    assert_eq!(undated, [false, true], "a went under our eyes, b was not there");
    room.hear(Event::Panes(vec![pane(1, "b")]));
    room.hear(Event::Panes(vec![]));
    assert!(room.state.fleet.sessions.iter().all(|s| !s.undated), "and now b did too");
}

#[test]
fn who_is_just_being_confirmed_does_not_need_you() {
    let mut room = Room::with(&["a"]);
    room.looks(0, "a", asks());
    assert_eq!(room.state.needs(), [0], "nobody knows of a confirmation");
    let since = room.at;
    room.hear(board(Ruled::Confirm, since, |_| {}));
    assert!(room.state.needs().is_empty());
    room.hear(board(Ruled::Hold, since, |_| {}));
    assert_eq!(room.state.needs(), [0], "a rule holds it");
    room.hear(board(Ruled::Confirm, since, |c| c.needs_you = true));
    assert_eq!(room.state.needs(), [0], "it is a person's now");
    room.hear(board(Ruled::Confirm, since, |_| {}));
    for _ in 0..31 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert_eq!(room.state.needs(), [0], "it takes too long");
}

#[test]
fn what_was_answered_and_stays_is_stuck() {
    let mut room = Room::with(&["a"]);
    room.looks(0, "a", asks());
    let since = room.at;
    room.hear(board(Ruled::Confirm, since, |c| c.outcome = Some(Outcome::Stuck)));
    assert_eq!(room.state.fleet.sessions[0].stuck(), Some(Kind::NotCleared));
    room.looks(0, "a", reading(Status::Working));
    assert_eq!(room.state.fleet.sessions[0].stuck(), None);
}

#[test]
fn a_server_that_is_lost_ails_nobody_anew() {
    let mut room = Room::with(&["a"]);
    room.looks(0, "a", reading(Status::Working));
    room.hear(Event::Server(Server::Lost { why: "gone".into() }));
    for _ in 0..1000 {
        room.wait(1000);
        room.hear(Event::Woke);
    }
    assert!(room.log().is_empty());
}

#[test]
fn the_health_panel_leads_to_its_session() {
    let mut room = Room::with(&["a", "b"]);
    room.looks(1, "b", reading(Status::Exited));
    room.wait(1000);
    room.hear(Event::Woke);
    room.press("panel-health");
    room.press("zoom");
    assert_eq!(room.focused(), "b");
}
