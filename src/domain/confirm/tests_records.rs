//! Stories of entries that are long on their way to the disk, or do not get there, and of what happens meanwhile.

use std::sync::Arc;

use super::hold::World;
use super::rig::{self, Rig, clear, ms, verdict};
use super::story::Step::*;
use super::story::{Step, asks, check, closed};
use super::*;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::Outcome;
use crate::domain::policy::Action;

#[test]
fn what_a_person_keeps_while_the_intent_fails_stays_kept() {
    check(
        "automation's intent",
        &[
            Slow,
            Show("ls", 1),
            At(125),
            Person(Answer::Hold, "ls", 1, 400),
            Written(false),
            At(2_000),
            World(|_| {}),
            At(9_000),
        ],
        &["125 held by a person: kept by operator"],
    );
    for answer in [Answer::Deny, Answer::Choose(1)] {
        check(
            "his own no, which could not be written",
            &[
                World(|f| f.presence = Presence::Active(ms(8_000))),
                Show("ls", 1),
                At(1_000),
                Disk(false),
                Person(answer, "ls", 1, 400),
                Disk(true),
                World(|_| {}),
                At(9_000),
            ],
            &[
                "120 held: a person is active there",
                "1000 refused to the person: the ledger could not be written: the disk is full",
            ],
        );
    }
}

#[test]
fn a_no_that_cannot_be_sent_is_no_yes_later() {
    let quiet: fn(&mut World) = |f| f.presence = Presence::Active(ms(8_000));
    check(
        "refused by the world",
        &[
            World(quiet),
            Show("ls", 1),
            At(1_000),
            World(|f| f.in_mode = true),
            Person(Answer::Deny, "ls", 1, 400),
            World(|_| {}),
            At(9_000),
        ],
        &[
            "120 held: a person is active there",
            "1000 refused to the person: the pane is in copy mode",
            "1000 held by a person: kept by operator",
        ],
    );
    check(
        "withdrawn at the last moment, and other rules come",
        &[
            World(quiet),
            Show("ls", 1),
            At(1_000),
            World(quiet),
            Slow,
            Person(Answer::Deny, "ls", 1, 400),
            Then(|f| f.in_mode = true),
            Written(true),
            World(|_| {}),
            At(3_000),
            Renewed(Action::Confirm),
            At(9_000),
        ],
        &[
            "120 held: a person is active there",
            "1000 intended by a person",
            "1000 refused to the person: the pane is in copy mode",
            "1000 withdrawn by a person: the pane is in copy mode",
            "1150 held by a person: kept by operator",
        ],
    );
}

#[test]
fn rules_that_change_while_an_entry_is_written_count() {
    check(
        "the intent fails",
        &[
            Slow,
            Show("ls", 1),
            At(125),
            Renewed(Action::Deny),
            Written(false),
            At(2_000),
            World(|_| {}),
            At(9_000),
        ],
        &["2150 held"],
    );
    check(
        "the intent is withdrawn for something that passes",
        &[
            Slow,
            Show("ls", 1),
            At(125),
            Renewed(Action::Deny),
            World(|f| f.in_mode = true),
            Written(true),
            At(1_000),
            World(|_| {}),
            At(9_000),
        ],
        &["125 intended", "125 withdrawn: the pane is in copy mode", "1150 held"],
    );
    check(
        "what was held by the rules of before",
        &[Says(Action::Hold), Slow, Show("ls", 1), At(200), Renewed(Action::Confirm), Written(true), At(900)],
        &["200 held", "200 intended", "200 PRESS 1"],
    );
    check(
        "a hook's answer",
        &[Slow, asks(1, "ls"), Renewed(Action::Hold), Written(true), At(900)],
        &["0 intended", "0 withdrawn: the rules changed", "0 hook released", "0 held"],
    );
}

#[test]
fn a_look_stands_before_the_key_where_the_server_cannot_tell_every_row() {
    let coarse: fn(&mut World) = |f| f.coarse = true;
    check(
        "the look comes late",
        &[World(coarse), Show("ls", 1), At(125), Looks(false), At(400), Again, At(900)],
        &["120 intended", "400 PRESS 1"],
    );
    check(
        "a person types there meanwhile, and nothing comes of it",
        &[World(coarse), Show("ls", 1), At(125), Looks(false), At(400), Unclear, Again, Again, At(900)],
        &["120 intended", "400 PRESS 1"],
    );
}

#[test]
fn what_passes_unheard_is_asked_about_again() {
    for world in [
        |f: &mut World| f.in_mode = true,
        |f: &mut World| f.synchronized = true,
        |f: &mut World| f.agent_in_front = false,
        |f: &mut World| f.presence = Presence::Unknown,
    ] {
        let mut rig = Rig::new(false);
        world(&mut rig.world);
        rig.show(Some(("ls", 1)));
        rig.until(1_000);
        rig.world = clear();
        rig.until(4_000);
        assert!(rig.log.iter().any(|l| l.contains("PRESS 1")), "{:?}", rig.log);
    }
}

#[test]
fn another_form_of_a_held_dialog_is_judged_anew() {
    let mut rig = Rig::new(false);
    rig.world.in_mode = true;
    rig.show(Some(("ls", 1)));
    rig.until(1_000);
    // It wraps otherwise now, and may be two commands.
    let (showing, dialog) = rig.screen.clone().expect("shown");
    let other = Dialog { alternative: Some("l\ns".to_owned()), ..(*dialog).clone() };
    rig.screen = Some((showing, Arc::new(other)));
    rig.verdict = verdict(Action::Hold);
    rig.look();
    rig.world = clear();
    rig.until(9_000);
    assert!(!rig.log.iter().any(|l| l.contains("PRESS")), "{:?}", rig.log);
}

#[test]
fn whose_answer_goes_nowhere_is_told() {
    let mut rig = Rig::new(false);
    rig.verdict = verdict(Action::Hold);
    rig.show(Some(("rm", 1)));
    rig.until(1_000);
    let reply = Reply { who: "me".to_owned(), wish: None, answer: Answer::Approve, drawn: None };
    let orders = rig.life.hear(Input::Person(reply), rig.now);
    assert_eq!(orders, [Order::Check]);
    let gone = Input::Look(rig::look(None));
    assert_eq!(rig.life.hear(gone, rig.now), []);
    let orders = rig.life.hear(Input::Tick, ms(2_000));
    assert!(orders.iter().any(|o| matches!(o, Order::Refuse { .. })), "{orders:?}");
}

#[test]
fn what_a_hook_gave_back_needs_a_person_also_when_that_has_passed() {
    let rig = check(
        "a person was active there",
        &[
            World(|f| f.presence = Presence::Active(ms(8_000))),
            asks(1, "ls"),
            closed(1),
            Show("ls", 1),
            At(4_000),
        ],
        &["0 hook released", "0 held: a person is active there"],
    );
    let open = rig.life.open_dialogs(rig::scene().pane, &rig::scene().session, None, rig.now);
    assert!(open[0].needs_you, "{open:?}");
}

#[test]
fn what_passes_while_a_dialog_blinks_has_passed() {
    check(
        "told between two frames",
        &[
            World(|f| f.standing = Standing::Watching),
            Show("ls", 1),
            At(1_000),
            Gone,
            World(|_| {}),
            At(1_050),
            Show("ls", 1),
            At(1_300),
            Gone,
            At(2_000),
        ],
        &["120 watched: auto-confirm only watches here", "1170 intended", "1200 PRESS 1", "1450 cleared"],
    );
}

#[test]
fn what_stood_in_a_pane_that_ends_has_an_end_in_the_ledger() {
    let told = |steps: &[Step], want: &[&str]| {
        let steps: Vec<_> = steps.iter().cloned().chain([Ends, At(9_000)]).collect();
        let rig = check("the pane ends", &steps, want);
        assert!(rig.book.unsettled().iter().all(|e| e.body.outcome == Outcome::Unknown), "{:?}", rig.log);
    };
    told(&[Says(Action::Hold), Show("ls", 1), At(1_000)], &["150 held", "1000 gone: the pane has ended"]);
    told(&[Show("ls", 1), At(125)], &["120 intended", "125 withdrawn: the pane has ended"]);
    told(&[Show("ls", 1), At(200)], &["120 intended", "150 PRESS 1", "200 unknown: the pane has ended"]);
    told(
        &[Sends(None), Show("ls", 1), At(200)],
        &["120 intended", "150 PRESS 1", "200 unknown: the pane has ended"],
    );
    told(&[Show("ls", 1), At(50)], &[]);
    told(
        &[Says(Action::Hold), Show("ls", 1), At(1_000), Person(Answer::Hold, "ls", 1, 400)],
        &["150 held", "1000 held by a person: kept by operator", "1000 gone: the pane has ended"],
    );
}

#[test]
fn what_cannot_be_read_for_a_while_is_not_gone() {
    check(
        "a key that was not taken, and a window too small for a while",
        &[Show("ls", 1), At(6_000), Blurred, At(7_500), Show("ls", 2), At(20_000)],
        &["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"],
    );
    check(
        "the same for long",
        &[Show("ls", 1), At(6_000), Blurred, At(60_000), Show("ls", 2), At(80_000), Gone, At(90_000)],
        &[
            "120 intended",
            "150 PRESS 1",
            "5150 stuck: answered, and it or its like is still there after 5 s",
            "60150 stuck: answered, and it or its like is still there after 5 s",
            "80150 gone",
        ],
    );
    check(
        "before it was seen to go",
        &[Show("ls", 1), At(1_000), Blurred, At(1_400), Show("ls", 2), At(20_000)],
        &["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"],
    );
    check(
        "and it is not told as cleared",
        &[Show("ls", 1), At(1_000), Blurred, At(9_000), Show("ls", 2), At(20_000)],
        &[
            "120 intended",
            "150 PRESS 1",
            "6000 unknown: it was not seen to go",
            "9150 unknown: it was answered once already",
        ],
    );
    check(
        "what a person keeps",
        &[
            Says(Action::Hold),
            Show("ls", 1),
            At(1_000),
            Person(Answer::Hold, "ls", 1, 400),
            Blurred,
            Says(Action::Confirm),
            At(9_000),
            Show("ls", 2),
            At(20_000),
        ],
        &["150 held", "1000 held by a person: kept by operator", "9150 held by a person: kept by operator"],
    );
    check(
        "one that surely went, and the same again",
        &[Show("ls", 1), At(300), Gone, At(800), Show("ls", 2), At(1_000), Gone, At(2_000)],
        &["120 intended", "150 PRESS 1", "450 cleared", "920 intended", "950 PRESS 1", "1150 cleared"],
    );
}

#[test]
fn a_person_keeps_what_waits_for_the_last_word_before_its_key() {
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    rig.until(125);
    // The last look does not come in time: it is asked for once more, and so is the world.
    (rig.looks, rig.says) = (false, false);
    rig.hear(Input::Unclear);
    rig.until(500);
    let reply = Reply { who: "operator".to_owned(), wish: None, answer: Answer::Hold, drawn: None };
    rig.hear(Input::Person(reply));
    (rig.looks, rig.says) = (true, true);
    rig.until(9_000);
    assert_eq!(rig.log, ["120 intended", "500 withdrawn by a person: kept by operator"]);
}
