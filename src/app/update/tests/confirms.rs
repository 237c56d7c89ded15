//! The confirmation queue by keys: only the dialog that the panel shows is answered, the mark stays on its dialog, and an
//! observer's switches go out as wishes.

use std::sync::Arc;

use super::*;
use crate::app::event::RuleTold;
use crate::app::state::rules::Shown;
use crate::app::state::{Board, Popup, Post};
use crate::domain::confirm::{Answer, Confirmation, Risk, Since};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::ledger::{Actor, Anchor, Body, Decision, Entry, Outcome, Ruling, Said, Scene, Times};
use crate::domain::policy::{Action, Verdict};
use crate::domain::read::Reading;

fn fleet_of(names: &[&str]) -> State {
    Room::with(names).state
}

fn asked(subject: &str) -> Dialog {
    Dialog { operation: Operation::Bash, subject: Some(subject.into()), complete: true, ..Dialog::default() }
}

/// The open dialogs of some sessions, each in the pane that its session has.
pub(super) fn board(state: &State, post: Post, open: &[(&str, &str)]) -> Event {
    let confirmation = |(name, subject): &(&str, &str)| {
        let session = state.fleet.sessions.iter().find(|s| s.name.as_str() == *name).expect("it is there");
        Confirmation {
            id: (session.pane.as_ref().expect("it has one").identity, (asked(subject).identity(), 1).into()),
            session: SessionName::new(name),
            role: None,
            operation: Operation::Bash,
            asker: None,
            subject: Some((*subject).into()),
            options: vec![],
            since: Duration::ZERO,
            risk: Risk::High,
            verdict: Some(Verdict::hold("no-rule", "nothing allows it")),
            next: "for a person".into(),
            needs_you: true,
            outcome: None,
        }
    };
    let queue = open.iter().map(confirmation).collect();
    Event::Board(Arc::new(Board { post, preset: "sop".into(), queue, ..Board::default() }))
}

fn show(state: &mut State, name: &str, subject: &str) {
    let session = state.fleet.sessions.iter_mut().find(|s| s.name.as_str() == name).expect("it is there");
    let reading = Reading { state: Status::Permission, dialog: Some(asked(subject)), ..Reading::default() };
    session.look(reading, Duration::ZERO);
}

/// A frame that shows that session's screen and no other.
fn drew(state: &mut State, name: &str, ms: u64) {
    let at = state.shown().iter().position(|&i| state.fleet.sessions[i].name.as_str() == name);
    let mut areas = Areas::default();
    areas.tiles.push((at.expect("it is shown"), Area { x: 0, y: 0, w: 80, h: 10 }));
    update(state, Event::Drew(areas), at_ms(ms));
}

pub(super) fn at_ms(ms: u64) -> Now {
    Now { mono: Duration::from_millis(ms), ..Now::ZERO }
}

fn key(state: &mut State, c: char, ms: u64) -> Vec<Effect> {
    update(state, Event::Key(Key::char(c)), at_ms(ms))
}

/// An entry about the dialog of that pane.
fn entry(seq: u64, pane: PaneIdentity, actor: Actor, outcome: Outcome) -> Arc<Entry> {
    let scene = Scene { host: String::new(), session: SessionName::new("a"), pane, agent: None, cwd: None };
    let decision = Decision {
        showing: (asked("one").identity(), 1).into(),
        of: None,
        verdict: Ruling { action: Action::Hold, rule: "delete".into(), reason: String::new() },
        why: String::new(),
        actor,
        channel: None,
        key: None,
        answer: Some(Said::Deny),
        outcome,
        times: Times::default(),
    };
    let body = Body::new(jiff::Timestamp::UNIX_EPOCH, &scene, &asked("one"), decision, &str::to_owned);
    Arc::new(Anchor { seq: seq - 1, ..Anchor::default() }.seal(body))
}

#[test]
fn whoever_answered_here_is_told_once_what_came_of_it() {
    let mut state = fleet_of(&["a"]);
    show(&mut state, "a", "one");
    let Event::Board(open) = board(&state, Post::Acting, &[("a", "one")]) else { unreachable!() };
    let pane = open.queue[0].id.0;
    let me = || Actor::Person("operator".into());
    let old = entry(3, pane, me(), Outcome::Cleared);
    let tell = |state: &mut State, recent: Vec<Arc<Entry>>, ms: u64| {
        update(state, Event::Board(Arc::new(Board { recent, ..(*open).clone() })), at_ms(ms));
    };
    tell(&mut state, vec![Arc::clone(&old)], 0);
    drew(&mut state, "a", 10);
    assert_eq!(key(&mut state, 'd', 500).len(), 1);
    let said = |state: &State| state.toast.as_ref().map_or(String::new(), |toast| toast.text.clone());
    tell(&mut state, vec![entry(4, pane, me(), Outcome::Intended), Arc::clone(&old)], 510);
    assert_eq!(said(&state), "denying in a", "not yet, and not what was before");
    tell(
        &mut state,
        vec![entry(5, pane, me(), Outcome::Cleared), entry(4, pane, me(), Outcome::Intended), old],
        700,
    );
    assert_eq!(said(&state), "a: denied (ledger 5)");
    state.toast = None;
    tell(&mut state, vec![entry(6, pane, me(), Outcome::Stuck)], 800);
    assert_eq!(said(&state), "", "of what he did not do here nothing is said");
}

#[test]
fn a_key_answers_the_marked_dialog_that_is_drawn_and_the_mark_stays_on_it() {
    let mut state = fleet_of(&["a", "b"]);
    show(&mut state, "a", "one");
    show(&mut state, "b", "two");
    let told = board(&state, Post::Acting, &[("a", "one"), ("b", "two")]);
    update(&mut state, told, at_ms(0));
    state.open_panel = Some(PanelId::Confirms);
    key(&mut state, 'j', 10);
    assert_eq!(state.panel_row, 1);
    assert!(key(&mut state, 'y', 20).is_empty(), "it is not drawn yet");
    drew(&mut state, "b", 30);
    let b = state.board.queue[1].id.0;
    match key(&mut state, 'y', 400).as_slice() {
        [Effect::Answer { pane, answer: Answer::Approve, drawn }] => {
            assert_eq!((*pane, drawn.lasted), (b, Duration::from_millis(370)));
        }
        other => panic!("{other:?}"),
    }
    let said = |state: &State| state.toast.as_ref().map_or(String::new(), |toast| toast.text.clone());
    assert_eq!(said(&state), "approving once in b");
    let kept = key(&mut state, 'b', 410);
    assert_eq!(said(&state), "what b asks is kept for a person");
    assert!(matches!(kept.as_slice(), [Effect::Answer { answer: Answer::Hold, .. }]), "{kept:?}");
    // Another one comes first now: the mark goes with its dialog.
    let told = board(&state, Post::Acting, &[("b", "two"), ("a", "one")]);
    update(&mut state, told, at_ms(420));
    assert_eq!(state.panel_row, 0);
    // It is gone: the row is another one's, which is not drawn.
    let told = board(&state, Post::Acting, &[("a", "one")]);
    update(&mut state, told, at_ms(430));
    assert!(key(&mut state, 'y', 900).is_empty());
}

#[test]
fn the_mark_goes_to_what_stands_open_when_its_dialog_has_gone() {
    let mut state = fleet_of(&["a", "b"]);
    let tell = |state: &mut State, open: &[(&str, &str)], done: &[u64]| {
        let Event::Board(told) = board(state, Post::Acting, open) else { panic!("a board") };
        let pane = state.fleet.sessions[0].pane.as_ref().expect("it has one").identity;
        let me = || Actor::Person("operator".to_owned());
        let recent = done.iter().map(|seq| entry(*seq, pane, me(), Outcome::Cleared)).collect();
        let told = Board { recent, ..Board::clone(&told) };
        update(state, Event::Board(Arc::new(told)), at_ms(0));
    };
    state.open_panel = Some(PanelId::Confirms);
    tell(&mut state, &[("a", "one"), ("b", "two")], &[1]);
    key(&mut state, 'j', 10);
    tell(&mut state, &[("a", "one")], &[2, 1]);
    assert_eq!(state.marked_row(), Some(0), "the one that is left");
    tell(&mut state, &[], &[3, 2, 1]);
    tell(&mut state, &[("b", "three")], &[3, 2, 1]);
    assert_eq!(state.marked_row(), Some(0), "and what comes next");
    for _ in 0..2 {
        key(&mut state, 'j', 20);
    }
    tell(&mut state, &[], &[4, 3, 2, 1]);
    assert_eq!(state.marked_row(), Some(2), "what was done keeps its mark");
}

#[test]
fn a_key_that_is_held_down_answers_no_other_dialog() {
    let mut state = fleet_of(&["a"]);
    let ask = |state: &mut State, subject: &str, ms: u64| {
        show(state, "a", subject);
        let told = board(state, Post::Acting, &[("a", subject)]);
        update(state, told, at_ms(ms));
        drew(state, "a", ms);
    };
    ask(&mut state, "one", 0);
    assert_eq!(key(&mut state, 'y', 1000).len(), 1);
    ask(&mut state, "two", 1010);
    // It has been there for long, and nobody has let go: the first repeat of a key comes late.
    for ms in std::iter::once(1660).chain((1700..3000).step_by(40)) {
        assert!(key(&mut state, 'y', ms).is_empty(), "{ms}");
    }
    let said = state.toast.as_ref().map_or("", |toast| toast.text.as_str());
    assert!(said.contains("let go of the key"), "{said}");
    assert_eq!(key(&mut state, 'y', 4100).len(), 1, "looked at, and pressed again");
    assert_eq!(key(&mut state, 'd', 4200).len(), 1, "the same dialog: what comes of it is not ours to say");
}

#[test]
fn nobody_allows_what_stands_on_the_screen_only_in_part() {
    let mut state = fleet_of(&["a"]);
    show(&mut state, "a", "one");
    let told = board(&state, Post::Acting, &[("a", "one")]);
    update(&mut state, told, at_ms(0));
    drew(&mut state, "a", 0);
    let pane = state.board.queue[0].id.0;
    state.areas.partly = vec![pane.id];
    assert!(key(&mut state, 'y', 1000).is_empty());
    let said = state.toast.as_ref().map_or("", |toast| toast.text.as_str());
    assert_eq!(said, "not all of what it asks is on the screen; Enter shows it large");
    assert_eq!(key(&mut state, 'd', 2000).len(), 1, "a no needs no more");
    state.areas.partly = Vec::new();
    assert_eq!(key(&mut state, 'y', 3000).len(), 1);
}

#[test]
fn with_a_filter_a_key_answers_the_row_that_is_shown_and_no_hidden_one() {
    let mut state = fleet_of(&["a", "b", "c"]);
    for (name, subject) in [("a", "make"), ("b", "cargo test"), ("c", "cargo build")] {
        show(&mut state, name, subject);
    }
    let told = board(&state, Post::Acting, &[("a", "make"), ("b", "cargo test"), ("c", "cargo build")]);
    update(&mut state, told, at_ms(0));
    state.open_panel = Some(PanelId::Confirms);
    for c in "/cargo".chars() {
        assert!(key(&mut state, c, 10).is_empty());
    }
    update(&mut state, Event::Key(Key::plain(crate::app::key::Code::Enter)), at_ms(20));
    assert_eq!((state.panel_counts(), state.panel_row), ((2, 3), 0));
    drew(&mut state, "b", 30);
    let pane = |state: &State, name: &str| {
        let c = state.board.queue.iter().find(|c| c.session.as_str() == name).expect("it is open");
        c.id.0
    };
    let b = pane(&state, "b");
    let answered = key(&mut state, 'y', 400);
    assert!(matches!(answered.as_slice(), [Effect::Answer { pane, .. }] if *pane == b), "{answered:?}");
    let page = key(&mut state, 'r', 410);
    assert!(
        matches!(page.as_slice(), [Effect::Rule(crate::app::effect::RuleWish::Page(s, _))] if s.as_str() == "b")
    );
    state.popup = None;
    // Another one that the filter hides comes before it: the mark stays.
    let told = board(&state, Post::Acting, &[("a", "make"), ("c", "cargo build"), ("b", "cargo test")]);
    update(&mut state, told, at_ms(420));
    assert_eq!((state.panel_row, state.marked_row()), (1, Some(2)));
    // Every row is hidden: nothing is marked, and nothing is answered, though `a` is drawn.
    let told = board(&state, Post::Acting, &[("a", "make")]);
    update(&mut state, told, at_ms(430));
    drew(&mut state, "a", 440);
    assert!(key(&mut state, 'y', 900).is_empty(), "{:?}", state.toast);
}

#[test]
fn a_dialog_to_which_the_mark_slid_was_not_read_by_who_pressed() {
    // The time begins anew here.
    let mut state = State { aim: None, ..fleet_of(&["a", "b"]) };
    show(&mut state, "a", "one");
    show(&mut state, "b", "two");
    let told = board(&state, Post::Acting, &[("a", "one"), ("b", "two")]);
    update(&mut state, told, at_ms(0));
    state.open_panel = Some(PanelId::Confirms);
    let mut areas = Areas::default();
    areas.tiles.extend([0, 1].map(|i| (i, Area { x: 0, y: 0, w: 80, h: 10 })));
    update(&mut state, Event::Drew(areas), at_ms(10));
    let drawn = |effects: &[Effect]| match effects {
        [Effect::Answer { drawn, .. }] => drawn.lasted.as_millis(),
        other => panic!("{other:?}"),
    };
    assert_eq!(drawn(&key(&mut state, 'y', 4000)), 3990);
    // Somebody else answers the marked one.
    let told = board(&state, Post::Acting, &[("b", "two")]);
    update(&mut state, told, at_ms(4020));
    assert!(key(&mut state, 'y', 4040).is_empty(), "the same press");
    assert_eq!(drawn(&key(&mut state, 'y', 5100)), 1080, "it is the marked one since then");
    let told = board(&state, Post::Acting, &[("b", "two"), ("a", "one")]);
    update(&mut state, told, at_ms(5200));
    key(&mut state, 'j', 5300);
    assert_eq!(drawn(&key(&mut state, 'y', 6200)), 6190, "turned to by hand");
}

#[test]
fn an_open_question_is_told_by_what_it_asks_and_found_by_it() {
    let mut state = fleet_of(&["a", "b"]);
    let asked =
        Dialog { operation: Operation::Question, question: Some("Which database?".into()), ..asked("") };
    let asked = Dialog { subject: None, ..asked };
    let reading = Reading { state: Status::Question, dialog: Some(asked.clone()), ..Reading::default() };
    state.fleet.sessions[0].look(reading, Duration::ZERO);
    let Event::Board(told) = board(&state, Post::Acting, &[("a", ""), ("b", "two")]) else { unreachable!() };
    let mut told = Board::clone(&told);
    (told.queue[0].subject, told.queue[0].id.1) = (None, (asked.identity(), 1).into());
    update(&mut state, Event::Board(Arc::new(told)), at_ms(0));
    assert_eq!(state.about(&state.board.queue[0]), Some("Which database?"));
    assert_eq!(state.about(&state.board.queue[1]), Some("two"));
    state.open_panel = Some(PanelId::Confirms);
    state.change_filter(state.open_panel, |line| line.insert("database"));
    assert_eq!(state.panel_rows(), [0]);
    // Another dialog stands on its screen by now: nothing is told of the one in the queue.
    show(&mut state, "a", "three");
    assert_eq!(state.about(&state.board.queue[0]), None);
}

#[test]
fn digits_answer_in_a_zoomed_dialog_and_nowhere_else() {
    let mut state = fleet_of(&["a", "b"]);
    show(&mut state, "a", "one");
    let told = board(&state, Post::Acting, &[("a", "one")]);
    update(&mut state, told, at_ms(0));
    update(&mut state, Event::Key(Key::char('1')), at_ms(5));
    drew(&mut state, "a", 10);
    for panel in [PanelId::NeedsYou, PanelId::Confirms] {
        for zoomed in [false, true] {
            (state.open_panel, state.panel_row, state.grid.zoomed) = (Some(panel), 0, zoomed);
            for digit in ['1', '2'] {
                assert!(key(&mut state, digit, 900).is_empty(), "{panel:?} {zoomed} {digit}");
                let said = state.toast.as_ref().map(|t| t.text.as_str()).unwrap_or_default();
                assert!(said.contains("digits answer there"), "{panel:?}: {said}");
            }
            assert!(
                matches!(
                    key(&mut state, 'y', 910).as_slice(),
                    [Effect::Answer { answer: Answer::Approve, .. }]
                ),
                "{panel:?}"
            );
        }
    }
    (state.open_panel, state.grid.zoomed) = (Some(PanelId::Events), true);
    assert!(key(&mut state, '2', 920).is_empty(), "another panel lies over the zoomed tile");
    state.open_panel = None;
    assert!(matches!(
        key(&mut state, '2', 930).as_slice(),
        [Effect::Answer { answer: Answer::Choose(1), .. }]
    ));
}

#[test]
fn an_observer_sees_their_queue_under_his_own_post_and_his_switches_go_out() {
    let mut state = fleet_of(&["a", "b"]);
    let own = board(&state, Post::Observing("process 7".into()), &[]);
    update(&mut state, own, at_ms(0));
    let Event::Board(theirs) = board(&state, Post::None, &[("b", "two")]) else { unreachable!() };
    let paused = Some(Since { who: "operator".into(), at: Now::ZERO.utc });
    let theirs = Arc::new(Board { paused, ..Board::clone(&theirs) });
    update(&mut state, Event::Theirs(Some(theirs)), at_ms(1));
    assert_eq!(state.board.post, Post::Observing("process 7".into()));
    assert_eq!(state.board.queue.len(), 1);
    assert_eq!(key(&mut state, 'p', 2), [Effect::Pause(false)], "he is paused: it goes on");
    assert!(
        matches!(key(&mut state, 'a', 3).as_slice(), [Effect::Turn(name, false)] if name.as_str() == "a")
    );
    // We act now: what he told last does not count any more.
    let own = board(&state, Post::Acting, &[("a", "one")]);
    update(&mut state, own, at_ms(4));
    assert_eq!(state.board.queue[0].session.as_str(), "a");
    let own = board(&state, Post::Observing("process 8".into()), &[]);
    update(&mut state, own, at_ms(5));
    update(&mut state, Event::Theirs(None), at_ms(6));
    assert!(state.board.queue.is_empty() && state.board.paused.is_none());
}

#[test]
fn the_rule_behind_a_verdict_is_asked_for_and_an_answer_that_nobody_waits_for_opens_nothing() {
    let mut state = fleet_of(&["a", "b"]);
    let told = board(&state, Post::Acting, &[("b", "two")]);
    update(&mut state, told, at_ms(0));
    state.open_panel = Some(PanelId::Confirms);
    let asked = key(&mut state, 'r', 1);
    assert!(matches!(asked.as_slice(), [Effect::Rule(_)]), "{asked:?}");
    assert!(matches!(&state.popup, Some(Popup::Rule(Shown { rule, page: None, .. })) if rule == "no-rule"));
    key(&mut state, 'q', 2);
    update(&mut state, Event::Rule(RuleTold::Page(Err("late".into()))), at_ms(3));
    assert_eq!(state.popup, None);
    // A rule is made of what our own screen shows whole.
    assert!(matches!(key(&mut state, 'w', 4).as_slice(), [Effect::Rule(_)]));
}
