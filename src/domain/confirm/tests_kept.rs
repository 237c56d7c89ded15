//! Stories of what nothing may answer any more: what a person keeps or denies, and what was answered once. Whatever comes
//! between, it stays so.

use super::story::Step::*;
use super::story::{Step, asks, check};
use super::{Answer, Sent};
use crate::domain::confirm::rig::{Rig, ms};
use crate::domain::ledger::Outcome;
use crate::domain::policy::Action;

/// What the ledger tells of each dialog's life: the entry that opened it, and how far it came by its newest one.
fn lives(rig: &Rig) -> Vec<(u64, Outcome)> {
    let lives = rig.book.entries().iter().map(|e| (e.life(), e.body.outcome));
    lives.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
}

/// A person answers, and the pane is in copy mode when that is on disk.
fn in_vain(answer: Answer, subject: &'static str, epoch: u64) -> [Step; 4] {
    [Slow, Person(answer, subject, epoch, 400), Then(|w| w.in_mode = true), Written(true)]
}

fn story(name: &str, parts: &[&[Step]], want: &[&str]) -> Rig {
    check(name, &parts.concat(), want)
}

fn kept() -> [Step; 4] {
    [Says(Action::Hold), Show("ls", 1), At(1_000), Person(Answer::Hold, "ls", 1, 400)]
}

const KEPT: [&str; 2] = ["150 held", "1000 held by a person: kept by operator"];

#[test]
fn a_screen_that_shows_part_of_what_was_left_is_no_proof_that_it_went() {
    let small =
        [Part("2. Yes, and don't ask again"), At(9_000), Part("2. Yes, and don't ask again"), At(20_000)];
    let again = [Says(Action::Confirm), Show("ls", 7), At(30_000)];
    let want = [KEPT[0], KEPT[1], "20150 held by a person: kept by operator"];
    story("seen before", &[&kept(), &small, &again], &want);
    story("of an archtui before", &[&kept(), &[Crash], &small, &again], &want);
    let want = ["120 intended", "150 PRESS 1", "6000 unknown: it was not seen to go"];
    let once = [Show("ls", 1), At(1_000)];
    story(
        "answered once",
        &[&once, &small, &again],
        &[want[0], want[1], want[2], "20150 unknown: it was answered once already"],
    );
}

#[test]
fn what_was_answered_once_is_not_answered_again_after_a_person_answered_in_vain() {
    let once =
        ["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"];
    story(
        "by a hook that speaks late",
        &[&[Show("ls", 1), At(6_000)], &in_vain(Answer::Approve, "ls", 1), &[asks(1, "ls"), At(7_000)]],
        &[
            once[0],
            once[1],
            once[2],
            "6000 intended by a person",
            "6000 refused to the person: the pane is in copy mode",
            "6000 withdrawn by a person: the pane is in copy mode",
            "6000 hook released",
        ],
    );
    story(
        "by other rules, after it was not seen for a while",
        &[
            &[Show("ls", 1), At(6_000), Blurred, At(12_000), Show("ls", 2), At(13_000)],
            &in_vain(Answer::Approve, "ls", 2),
            &[Renewed(Action::Confirm), World(|_| {}), At(20_000)],
        ],
        &[
            once[0],
            once[1],
            once[2],
            "12150 stuck: answered, and it or its like is still there after 5 s",
            "13000 intended by a person",
            "13000 refused to the person: the pane is in copy mode",
            "13000 withdrawn by a person: the pane is in copy mode",
            "13150 stuck: answered, and it or its like is still there after 5 s",
        ],
    );
}

#[test]
fn what_a_person_denied_in_vain_is_his_also_where_a_rule_holds_it() {
    let begin = [Says(Action::Hold), Show("rm", 1), At(1_000)];
    let want = [
        "150 held",
        "1000 intended by a person",
        "1000 refused to the person: the pane is in copy mode",
        "1000 withdrawn by a person: the pane is in copy mode",
        "1150 held by a person: kept by operator",
    ];
    let vain = in_vain(Answer::Deny, "rm", 1);
    let after = [World(|_| {}), At(2_000)];
    story("by other rules", &[&begin, &vain, &after, &[Renewed(Action::Confirm), At(3_000)]], &want);
    story(
        "by who comes next",
        &[&begin, &vain, &after, &[Crash, Says(Action::Confirm), Show("rm", 9), At(3_000)]],
        &[&want[..], &["2150 held by a person: kept by operator"]].concat(),
    );
}

#[test]
fn what_cannot_be_read_for_a_while_is_not_told_as_gone_whatever_holds_it() {
    let rig = check(
        "copy mode",
        &[
            World(|w| w.in_mode = true),
            Show("ls", 1),
            At(1_000),
            Blurred,
            At(20_000),
            Show("ls", 2),
            At(30_000),
            World(|_| {}),
            At(30_200),
            Gone,
            At(31_000),
        ],
        &["120 held: the pane is in copy mode", "30120 intended", "30150 PRESS 1", "30350 cleared"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Cleared)]);
}

#[test]
fn what_was_left_has_an_end_when_its_pane_ends() {
    let ended = "the pane has ended";
    let rig = story(
        "kept",
        &[&kept(), &[Crash, Ends, At(9_000)]],
        &[KEPT[0], KEPT[1], &format!("1000 gone: {ended}")],
    );
    assert_eq!((lives(&rig), rig.book.unsettled()), (vec![(1, Outcome::Gone)], vec![]));
}

#[test]
fn a_dialog_that_a_key_may_have_met_has_one_life() {
    let rig = check(
        "its entry is on its way",
        &[
            Sends(None),
            Show("ls", 1),
            At(160),
            Says(Action::Hold),
            Show("rm", 2),
            Slow,
            At(400),
            Answered,
            Written(true),
            At(3_000),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "400 held",
            "400 held",
            "400 unknown: it had gone before the key went out",
        ],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Unknown), (2, Outcome::Held)]);
}

#[test]
fn what_was_left_goes_on_as_the_dialog_that_says_the_same() {
    let rig = check(
        "a hook's answer of which nobody knows is another one",
        &[
            Sends(None),
            asks(1, "rm"),
            Says(Action::Hold),
            Show("ls", 1),
            At(1_000),
            Person(Answer::Hold, "ls", 1, 400),
            Crash,
            Says(Action::Confirm),
            Sends(Some(Sent::Done(ms(0)))),
            Show("ls", 7),
            At(1_400),
        ],
        &["0 intended", "0 ALLOW", "150 held", KEPT[1], "1150 held by a person: kept by operator"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Intended), (2, Outcome::Held)]);
}

#[test]
fn another_of_the_same_words_right_behind_an_answer_is_answered_as_well() {
    check(
        "no look between shows that the first went",
        &[Show("edit a", 1), At(200), Another("edit a", 2), At(2_000), Gone, At(3_000)],
        &["120 intended", "150 PRESS 1", "320 intended", "350 cleared", "350 PRESS 1", "2150 cleared"],
    );
    check(
        "what says the same and shows the same may be the same",
        &[Show("edit a", 1), At(200), Show("edit a", 1), At(6_000)],
        &["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"],
    );
}

#[test]
fn what_became_of_an_answer_is_not_known_where_its_agent_has_ended() {
    check(
        "a shell stands there",
        &[Show("ls", 1), At(200), Shell, At(2_000)],
        &["120 intended", "150 PRESS 1", "350 unknown: its agent has ended"],
    );
    check(
        "it went before that",
        &[Show("ls", 1), At(200), Gone, At(1_500), Shell, At(2_000)],
        &["120 intended", "150 PRESS 1", "350 cleared"],
    );
}
