//! Stories of what may still stand when an archtui ends or a pane cannot be read: whose it is, and that the ledger is told its end.

use super::hold::World;
use super::rig::{Rig, ms};
use super::story::Step::*;
use super::story::{Step, asks, check};
use super::{Answer, Sent, Standing};
use crate::domain::ledger::{Actor, Outcome};
use crate::domain::metrics::Metrics;
use crate::domain::policy::Action;

/// What the ledger tells of each dialog's life: the entry that opened it, and how far it came by its newest one.
fn lives(rig: &Rig) -> Vec<(u64, Outcome)> {
    let mut lives = std::collections::BTreeMap::new();
    for e in rig.book.entries() {
        lives.insert(e.body.of.unwrap_or(e.seq), e.body.outcome);
    }
    lives.into_iter().collect()
}

/// Held by a rule, then kept by a person.
fn kept() -> [Step; 4] {
    [Says(Action::Hold), Show("ls", 1), At(1_000), Person(Answer::Hold, "ls", 1, 400)]
}

const KEPT: [&str; 2] = ["150 held", "1000 held by a person: kept by operator"];

fn story(name: &str, begin: &[Step], steps: &[Step], want: &[&str]) -> Rig {
    let steps: Vec<Step> = begin.iter().chain(steps).cloned().collect();
    check(name, &steps, want)
}

#[test]
fn what_was_left_and_is_not_seen_any_more_is_told_as_gone_and_binds_nobody_again() {
    let gone = "6000 gone: not seen any more";
    let rig = story(
        "it went while nobody looked",
        &kept(),
        &[Crash, Gone, At(9_000), Crash, Says(Action::Confirm), Show("ls", 7), At(9_400)],
        &[KEPT[0], KEPT[1], gone, "9120 intended", "9150 PRESS 1"],
    );
    assert_eq!(lives(&rig)[0], (1, Outcome::Gone));
    story(
        "another dialog stands there",
        &kept(),
        &[Crash, Show("rm", 5), At(9_000)],
        &[KEPT[0], KEPT[1], "1150 held", gone],
    );
    let rig = check(
        "an answer of which nobody knows",
        &[Sends(None), Show("ls", 1), At(200), Crash, Sends(Some(Sent::Done(ms(0)))), Gone, At(9_000)],
        &["120 intended", "150 PRESS 1", "5200 gone: not seen any more"],
    );
    assert_eq!(rig.book.unsettled(), []);
    assert_eq!(rig.life.deadline(rig.now), None, "nothing keeps it awake");
}

#[test]
fn a_restart_while_it_cannot_be_seen_loses_nothing() {
    story(
        "what a person keeps",
        &kept(),
        &[Blurred, At(9_000), Crash, Says(Action::Confirm), Show("ls", 7), At(20_000)],
        &[KEPT[0], KEPT[1], "9150 held by a person: kept by operator"],
    );
    check(
        "a key that was not taken",
        &[Show("ls", 1), At(6_000), Blurred, At(20_000), Crash, Show("ls", 2), At(30_000)],
        &[
            "120 intended",
            "150 PRESS 1",
            "5150 stuck: answered, and it or its like is still there after 5 s",
            "20150 unknown: an answer was on its way to this pane, and its end was not written",
        ],
    );
    let rig = story(
        "kept, not seen for a while, then surely gone",
        &kept(),
        &[Blurred, At(9_000), Gone, At(20_000), Crash, Says(Action::Confirm), Show("ls", 7), At(20_400)],
        &[KEPT[0], KEPT[1], "14000 gone: not seen any more", "20120 intended", "20150 PRESS 1"],
    );
    assert_eq!(lives(&rig)[0], (1, Outcome::Gone));
}

#[test]
fn what_was_answered_once_is_not_answered_by_who_comes_next_however_it_was_held() {
    let once = |name: &str, steps: &[Step]| {
        let (mut rig, mut left) = (Rig::new(false), 0);
        for end in 0..=steps.len() {
            // archtui ends after any step, and the dialog stands there still.
            let again = [Crash, Show("ls", 9), At(40_000)];
            let steps: Vec<Step> = steps[..end].iter().chain(&again).cloned().collect();
            rig = super::story::run(false, &steps);
            let pressed = rig.log.iter().filter(|l| l.contains("PRESS")).count();
            assert!(pressed <= 1, "{name}, {end}: {:?}", rig.log);
            left += usize::from(pressed == 1);
        }
        assert!(left > 0, "{name}: {:?}", rig.log);
    };
    once(
        "stuck, not seen, back",
        &[Show("ls", 1), At(6_000), Blurred, At(20_000), Show("ls", 2), At(30_000)],
    );
    once("not seen to go, back", &[Show("ls", 1), At(1_000), Blurred, At(9_000), Show("ls", 2), At(10_000)]);
    once(
        "nobody knows where it went",
        &[Sends(Some(Sent::Unknown("mute".to_owned()))), Show("ls", 1), At(1_000), Again, At(2_000)],
    );
}

#[test]
fn a_look_of_the_same_instant_is_no_proof_that_a_dialog_went() {
    check(
        "kept, and not readable in the very instant in which it came",
        &[Show("ls", 1), Person(Answer::Hold, "ls", 1, 400), Blurred, At(200), Show("ls", 2), At(2_000)],
        &["0 held by a person: kept by operator"],
    );
}

#[test]
fn a_hooks_call_that_is_drawn_spends_what_was_left() {
    let rig = story(
        "the very one, and then another that says the same",
        &kept(),
        &[
            Crash,
            Says(Action::Confirm),
            asks(1, "ls"),
            Show("ls", 9),
            At(2_000),
            Gone,
            At(2_400),
            asks(2, "ls"),
        ],
        &[
            KEPT[0],
            KEPT[1],
            "1000 hook released",
            "1000 held by a person: kept by operator",
            "1000 gone: it goes on as another entry",
            "2150 gone",
            "2400 intended",
            "2400 ALLOW",
        ],
    );
    assert_eq!(lives(&rig)[..2], [(1, Outcome::Gone), (3, Outcome::Gone)]);
    // Held by a rule it is his all the same, also for who comes next.
    let rig = story(
        "held by a rule",
        &kept(),
        &[Crash, asks(1, "ls"), Show("ls", 9), At(2_000)],
        &[
            KEPT[0],
            KEPT[1],
            "1000 hook released",
            "1000 held",
            "1000 held by a person: kept by operator",
            "1000 gone: it goes on as another entry",
        ],
    );
    let left = rig.book.unsettled();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].body.actor, Actor::Person("operator".to_owned()));
}

#[test]
fn a_dialog_that_stands_over_restarts_is_one_and_is_counted_once() {
    let sums = |rig: &Rig| {
        let mut metrics = Metrics::default();
        rig.book.entries().iter().for_each(|e| metrics.add(e));
        (
            metrics.all.seen,
            metrics.all.held(),
            metrics.all.watched(),
            metrics.all.failed() + metrics.all.unknown(),
        )
    };
    let again = [Crash, Show("rm", 1), At(2_000), Crash, Show("rm", 4), At(3_000), Gone, At(4_000)];
    let rig = story(
        "held by a rule",
        &[Says(Action::Hold), Show("rm", 1), At(1_000)],
        &again,
        &["150 held", "1150 held", "2150 held", "3150 gone"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Gone)]);
    assert_eq!(sums(&rig), (1, 1, 0, 0));
    let watched: fn(&mut World) = |w| w.standing = Standing::Watching;
    let rig = story(
        "only watched",
        &[World(watched), Show("rm", 1), At(1_000)],
        &again,
        &["120 watched: auto-confirm only watches here", "3150 gone"],
    );
    assert_eq!((lives(&rig).len(), sums(&rig)), (1, (1, 0, 1, 0)));
    let rig = story(
        "kept by a person",
        &kept(),
        &[Crash, Show("ls", 1), At(2_000), Crash, Show("ls", 4), At(3_000)],
        &[
            KEPT[0],
            KEPT[1],
            "1150 held by a person: kept by operator",
            "2150 held by a person: kept by operator",
        ],
    );
    assert_eq!((lives(&rig).len(), sums(&rig)), (1, (1, 1, 0, 0)));
    let rig = check(
        "an answer of which nobody knows",
        &[
            Sends(None),
            Show("ls", 1),
            At(200),
            Crash,
            Show("ls", 1),
            At(1_000),
            Crash,
            Show("ls", 2),
            At(2_000),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "350 unknown: an answer was on its way to this pane, and its end was not written",
            "1150 unknown: an answer was on its way to this pane, and its end was not written",
        ],
    );
    assert_eq!((lives(&rig).len(), sums(&rig)), (1, (1, 0, 0, 1)));
    // What went while nobody looked has an end, too, and one that says the same later is another one.
    let rig = story(
        "it went meanwhile",
        &[Says(Action::Hold), Show("rm", 1), At(1_000)],
        &[Crash, Gone, At(9_000), Show("rm", 3), At(10_000)],
        &["150 held", "6000 gone: not seen any more", "9150 held"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Gone), (3, Outcome::Held)]);
    assert_eq!(sums(&rig).0, 2);
}

#[test]
fn what_was_not_answered_by_automation_before_may_be_answered_by_todays_rules() {
    let rig = story(
        "other rules since",
        &[Says(Action::Hold), Show("ls", 1), At(1_000)],
        &[Crash, Says(Action::Confirm), Show("ls", 1), At(1_200), Gone, At(2_000)],
        &["150 held", "1120 intended", "1150 PRESS 1", "1350 cleared"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Cleared)]);
    let rig = story(
        "a hook asks anew",
        &[Says(Action::Hold), Show("ls", 1), At(1_000)],
        &[Crash, Says(Action::Confirm), Show("ls", 1), At(1_050), asks(1, "ls"), At(1_200), Gone, At(2_000)],
        &["150 held", "1050 intended", "1050 ALLOW", "1350 cleared"],
    );
    assert_eq!(lives(&rig), [(1, Outcome::Cleared)]);
}

#[test]
fn second_unknown_says_which_dialog_it_was() {
    check(
        "another one is not held for it",
        &[
            Sends(None),
            Show("ls", 1),
            At(200),
            Crash,
            Sends(Some(Sent::Done(ms(0)))),
            Show("ls", 1),
            At(1_000),
            Crash,
            Show("pwd", 2),
            At(1_200),
            Gone,
            At(1_400),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "350 unknown: an answer was on its way to this pane, and its end was not written",
            "1120 intended",
            "1150 PRESS 1",
            "1350 cleared",
        ],
    );
}

#[test]
fn an_entry_that_is_on_its_way_when_its_pane_ends_has_an_end_in_this_life() {
    let told = |name: &str, steps: &[Step], want: &[&str], last: Outcome| {
        let rig = check(name, steps, want);
        let newest = rig.book.entries().last().map(|e| (e.body.of, e.body.outcome));
        assert_eq!(newest, Some((Some(1), last)), "{name}");
    };
    told(
        "an intent: nothing was sent",
        &[Slow, Show("ls", 1), At(125), Ends, Written(true), At(9_000)],
        &["125 intended", "125 withdrawn: the pane has ended"],
        Outcome::Withdrawn,
    );
    told(
        "a hold",
        &[Says(Action::Hold), Slow, Show("ls", 1), At(200), Ends, Written(true), At(9_000)],
        &["200 held", "200 gone: the pane has ended"],
        Outcome::Gone,
    );
    told(
        "of a life that was opened before",
        &[
            Says(Action::Hold),
            Show("ls", 1),
            At(1_000),
            Slow,
            Person(Answer::Approve, "ls", 1, 400),
            Ends,
            Written(true),
        ],
        &["150 held", "1000 intended by a person", "1000 withdrawn by a person: the pane has ended"],
        Outcome::Withdrawn,
    );
    check("what could not be written", &[Slow, Show("ls", 1), At(125), Ends, Written(false), At(9_000)], &[]);
}

#[test]
fn a_clear_look_is_wanted_while_something_is_away_and_not_known_to_have_gone() {
    let begin = [Says(Action::Hold), Show("rm", 1), At(1_000)];
    let misses = |steps: &[Step], want: &[&str]| story("missed", &begin, steps, want).life.misses();
    assert!(!misses(&[], &["150 held"]), "it stands");
    assert!(misses(&[Blurred, At(1_600)], &["150 held"]));
    assert!(misses(&[Crash, Blurred, At(3_000)], &["150 held"]), "left by the one before");
    assert!(!misses(&[Blurred, At(1_600), Gone, At(2_000)], &["150 held", "1750 gone"]));
}
