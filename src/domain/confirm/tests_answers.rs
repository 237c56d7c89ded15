//! Stories of a dialog that an agent's hook or a person answers, and of the queue.

use super::rig::{self, Rig, clear, ms, verdict};
use super::story::Step::*;
use super::story::{asks, check, check_with, closed};
use super::*;
use crate::domain::ledger::Said;
use crate::domain::policy::Action;

#[test]
fn an_answer_that_was_intended_is_not_held_for_being_one_more() {
    check(
        "the limit is reached by the intent itself",
        &[Show("ls", 1), At(120), World(|f| f.rate = Some(ms(50_000))), At(200), Gone, At(400)],
        &["120 intended", "150 PRESS 1", "350 cleared"],
    );
}

#[test]
fn a_hook_is_answered_at_once_and_owns_the_pane() {
    check(
        "allow",
        &[asks(1, "ls"), At(20), Show("ls", 1), At(60), Gone, closed(1), At(3_000)],
        &["0 intended", "0 ALLOW", "210 cleared"],
    );
    check(
        "two equal calls, the second while the first is drawn",
        &[
            asks(1, "ls"),
            At(20),
            Show("ls", 1),
            At(60),
            closed(1),
            asks(2, "ls"),
            At(80),
            Gone,
            closed(2),
            At(3_000),
        ],
        &["0 intended", "0 ALLOW", "60 intended", "60 ALLOW", "230 cleared", "1060 cleared"],
    );
    check("allow, never drawn", &[asks(1, "ls"), At(3_000)], &["0 intended", "0 ALLOW", "1000 cleared"]);
    check(
        "hold is released at once, and the key channel does not judge it again",
        &[
            Says(Action::Hold),
            asks(1, "rm"),
            At(20),
            Says(Action::Confirm),
            Show("rm", 1),
            At(8_000),
            Gone,
            At(9_000),
        ],
        &["0 hook released", "0 held", "8150 gone"],
    );
    let rig = check(
        "a hook can say no",
        &[Says(Action::Deny), asks(1, "rm"), At(2_000)],
        &["0 intended", "0 DENY", "1000 cleared"],
    );
    assert!(rig.book.entries().iter().all(|e| e.body.answer == Some(Said::Deny)), "{:?}", rig.book.entries());
    check(
        "paused: the agent asks as usual",
        &[
            World(|f| {
                f.standing = Standing::Paused(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH });
            }),
            asks(1, "ls"),
            Show("ls", 1),
            At(1_000),
            World(|_| {}),
            At(3_000),
        ],
        &["0 hook released", "0 held: paused by me"],
    );
    check(
        "copy mode does not matter to a hook",
        &[World(|f| (f.in_mode, f.agent_in_front) = (true, false)), asks(1, "ls")],
        &["0 intended", "0 ALLOW"],
    );
    check(
        "another dialog right after an allow",
        &[asks(1, "ls"), At(100), Show("cat", 1), At(7_000)],
        &[
            "0 intended",
            "0 ALLOW",
            "250 held: the agent's hook has the word",
            "1000 cleared",
            "5150 held: the agent's hook did not tell of it",
        ],
    );
    check_with(
        true,
        "the same where keys may fall back",
        &[asks(1, "ls"), At(100), Show("cat", 1), At(7_000)],
        &[
            "0 intended",
            "0 ALLOW",
            "250 held: the agent's hook has the word",
            "1000 cleared",
            "5120 intended",
            "5150 PRESS 1",
        ],
    );
}

#[test]
fn a_dialog_whose_hook_is_silent_waits_and_is_held() {
    check(
        "silent",
        &[Hook(HookSaid::Heard), Show("ls", 1), At(5_000)],
        &["1000 held: the agent's hook did not tell of it"],
    );
    check_with(
        true,
        "fallback",
        &[Hook(HookSaid::Heard), Show("ls", 1), At(500)],
        &["120 intended", "150 PRESS 1"],
    );
    check(
        "late",
        &[Hook(HookSaid::Heard), Show("ls", 1), At(300), asks(1, "ls"), At(400), Gone, At(1_000)],
        &["300 intended", "300 ALLOW", "550 cleared"],
    );
    check(
        "later than that",
        &[Hook(HookSaid::Heard), Show("ls", 1), At(3_000), asks(1, "ls"), At(3_100), Gone, At(4_000)],
        &["1000 held: the agent's hook did not tell of it", "3000 intended", "3000 ALLOW", "3250 cleared"],
    );
    check(
        "it gives up before the policy spoke; two equal calls are two answers",
        &[asks(1, "ls"), asks(2, "ls"), closed(1), closed(2), At(2_000)],
        &["0 intended", "0 ALLOW", "0 intended", "0 ALLOW", "1000 cleared", "1000 cleared"],
    );
    check(
        "a key is on its way when the hook speaks",
        &[Sends(None), Show("ls", 1), At(160), asks(1, "ls"), At(170), Answered, Gone, At(900)],
        &[
            "120 intended",
            "150 PRESS 1",
            "160 hook released",
            "320 unknown: it had gone before the key went out",
        ],
    );
}

#[test]
fn a_persons_text_is_written_into_the_dialog_that_he_saw_and_automation_keeps_off() {
    use Answer::Write;
    check(
        "held for good: it is a person's already",
        &[
            Says(Action::Hold),
            Show("rm", 1),
            At(1_000),
            Person(Write, "rm", 1, 400),
            At(1_100),
            Gone,
            At(2_000),
        ],
        &["150 held", "1000 WRITE", "1250 gone"],
    );
    check(
        "what would be confirmed as soon as nobody is active there",
        &[
            World(|f| f.presence = Presence::Active(ms(0))),
            Show("ls", 1),
            At(1_000),
            Person(Write, "ls", 1, 400),
            World(|_| {}),
            At(60_000),
        ],
        &["120 held: a person is active there", "1000 WRITE", "1000 held by a person: kept by operator"],
    );
    check(
        "not while a key is on its way, nor into another dialog, nor too soon",
        &[
            Sends(None),
            Show("ls", 1),
            At(160),
            Person(Write, "ls", 1, 400),
            Person(Write, "rm", 1, 400),
            Person(Write, "ls", 1, 299),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "160 refused to the person: it is being answered right now",
            "160 refused to the person: another dialog is there now; look at it first",
            "160 refused to the person: that dialog has just appeared; look at it first",
        ],
    );
}

#[test]
fn a_person_answers_the_dialog_that_he_saw() {
    use Answer::*;
    let says = Says(Action::Hold);
    let story = |answer, said: Option<Said>, want: &[&str]| {
        let mut all = vec!["150 held"];
        all.extend(want);
        let rig = check(
            "a person",
            &[
                says.clone(),
                Show("rm", 1),
                At(1_000),
                Person(answer, "rm", 1, 400),
                At(1_100),
                Gone,
                At(2_000),
            ],
            &all,
        );
        assert_eq!(rig.book.entries().last().and_then(|e| e.body.answer), said, "{answer:?}");
    };
    story(
        Approve,
        Some(Said::Allow),
        &["1000 intended by a person", "1000 PRESS 1", "1250 cleared by a person"],
    );
    story(Deny, Some(Said::Deny), &["1000 intended by a person", "1000 PRESS 3", "1250 cleared by a person"]);
    story(
        Choose(1),
        Some(Said::Grant),
        &["1000 intended by a person", "1000 PRESS 2", "1250 cleared by a person"],
    );
    story(Choose(7), None, &["1000 refused to the person: that dialog has no such option", "1250 gone"]);
    check(
        "too soon",
        &[says.clone(), Show("rm", 1), At(1_000), Person(Approve, "rm", 1, 299)],
        &["150 held", "1000 refused to the person: that dialog has just appeared; look at it first"],
    );
    check(
        "swapped",
        &[says.clone(), Show("rm", 1), At(1_000), Person(Approve, "ls", 1, 900)],
        &["150 held", "1000 refused to the person: another dialog is there now; look at it first"],
    );
    check("none", &[Person(Approve, "ls", 1, 900)], &["0 refused to the person: no dialog is open there"]);
    check(
        "in copy mode",
        &[says.clone(), Show("rm", 1), At(1_000), World(|f| f.in_mode = true), Person(Approve, "rm", 1, 900)],
        &["150 held", "1000 refused to the person: the pane is in copy mode"],
    );
    check(
        "paused and unmanaged do not stop a person",
        &[
            says.clone(),
            World(|f| f.managed = false),
            Show("rm", 1),
            At(1_000),
            Person(Approve, "rm", 1, 900),
        ],
        &["150 held", "1000 intended by a person", "1000 PRESS 1"],
    );
    check(
        "right after the key of automation, and a second later",
        &[
            Show("ls", 1),
            At(300),
            Person(Approve, "ls", 1, 300),
            At(1_200),
            Person(Approve, "ls", 1, 900),
            At(1_300),
            Gone,
            At(2_000),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "300 refused to the person: it was answered just now; wait a second",
            "1200 intended by a person",
            "1200 PRESS 1",
            "1450 cleared by a person",
        ],
    );
    check(
        "a person keeps it",
        &[Show("ls", 1), At(90), Person(Hold, "ls", 1, 400), At(3_000), World(|_| {}), At(4_000)],
        &["90 held by a person: kept by operator"],
    );
    check(
        "a person keeps it at the last moment",
        &[Show("ls", 1), At(149), Person(Hold, "ls", 1, 400), At(3_000), World(|_| {}), At(4_000)],
        &["120 intended", "149 withdrawn by a person: kept by operator"],
    );
    check(
        "while the hook waits, the hook is answered",
        &[Judges(false), Show("rm", 1), At(900), asks(1, "rm"), Person(Deny, "rm", 1, 400), Gone, At(2_000)],
        &["900 intended by a person", "900 DENY", "1050 cleared by a person"],
    );
    check(
        "not while another call's hook waits",
        &[Judges(false), Show("rm", 1), At(900), asks(1, "ls"), Person(Deny, "rm", 1, 400)],
        &["900 refused to the person: the agent's hook has the word; try again in a second"],
    );
    check(
        "an agent that gave up cannot be answered",
        &[
            Judges(false),
            Show("rm", 1),
            At(900),
            asks(1, "rm"),
            closed(1),
            Person(Approve, "rm", 1, 400),
            At(950),
        ],
        &["900 held: the agent's hook gave it back", "900 intended by a person", "900 PRESS 1"],
    );
}

#[test]
fn the_queue_tells_what_comes_next_and_puts_the_worst_first() {
    let mut rig = Rig::new(false);
    let pane = rig::scene().pane;
    let open = |rig: &Rig| rig.life.open_dialogs(pane, &rig::scene().session, Some("Tasks"), rig.now);
    rig.show(Some(("ls", 1)));
    let first = open(&rig);
    assert_eq!(first[0].next, "is read a second time");
    assert!(!first[0].needs_you);
    assert_eq!(first[0].subject.as_deref(), Some("ls"));
    rig.until(1_000);
    assert_eq!(open(&rig)[0].next, "is answered; must be seen to go");
    rig.until(1_150);
    let late = open(&rig).remove(0);
    assert_eq!((late.next.as_str(), late.needs_you), ("answered, and it or its like is still there", true));
    rig.until(6_000);
    assert_eq!(open(&rig)[0].next, "answered, and it or its like is still there after 5 s");

    // What a person paused or switched off waits for a person, whatever the rules would do.
    for (standing, needs_you) in [
        (Standing::Paused(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH }), true),
        (Standing::Off(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH }), true),
        (clear().standing, false),
    ] {
        let mut rig = Rig::new(false);
        rig.world.standing = standing.clone();
        rig.show(Some(("ls", 1)));
        rig.until(900);
        assert_eq!(open(&rig)[0].needs_you, needs_you, "{standing:?}");
    }

    let at = |since: u64, risk, needs_you| Confirmation { since: ms(since), risk, needs_you, ..late.clone() };
    let mut queue =
        [at(1, Risk::Low, true), at(5, Risk::High, true), at(3, Risk::High, true), at(0, Risk::High, false)];
    in_order(&mut queue);
    let order: Vec<u128> = queue.iter().map(|c| c.since.as_millis()).collect();
    assert_eq!(order, [3, 5, 1, 0]);
}

#[test]
fn a_dialog_that_moved_down_is_pressed_where_it_stands() {
    let mut life = Life::new(Ways::of_agent("claude", false));
    let shown = |row: u16| {
        let dialog = std::sync::Arc::new(crate::domain::dialog::Dialog {
            rows: (row, row + 9),
            ..super::rig::dialog("ls")
        });
        let showing = crate::domain::ledger::Showing { content: dialog.identity(), epoch: 1 };
        Input::Look(super::rig::look(Some((showing, dialog))))
    };
    let mut orders: std::collections::VecDeque<Order> = life.hear(shown(5), ms(0)).into();
    let mut pressed = None;
    let mut now = 0;
    while let Some(order) = orders.pop_front() {
        now += 1;
        let answer = match order {
            Order::Judge { case, dialog } => {
                Input::Judged { case, dialog, verdict: verdict(Action::Confirm) }
            }
            Order::Look => shown(7),
            Order::Check => Input::World(clear()),
            Order::Record { case, .. } => Input::Recorded { case, seq: 1 },
            Order::Press { dialog, .. } => {
                pressed = Some(dialog.rows);
                continue;
            }
            other => panic!("{other:?}"),
        };
        let judged = matches!(answer, Input::Judged { .. });
        orders.extend(life.hear(answer, ms(now)));
        if judged {
            now = 150;
            orders.extend(life.hear(Input::Tick, ms(now)));
        }
    }
    assert_eq!(pressed, Some((7, 16)));
}
