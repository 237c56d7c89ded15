//! Stories of a dialog on a screen: what happens when, told to the ledger in which words.

use super::hold::World;
use super::rig::{self, Rig, clear, ms, verdict};
use super::story::Step::*;
use super::story::{asks, check};
use super::*;
use crate::domain::policy::{Action, Verdict};

#[test]
fn what_is_allowed_is_pressed_once_and_seen_to_go() {
    let rig = check(
        "the way it should be",
        &[Show("ls", 1), At(149), At(200), Gone, At(1000)],
        &["120 intended", "150 PRESS 1", "350 cleared"],
    );
    let cleared = &rig.book.entries()[1].body;
    assert_eq!(cleared.of, Some(1));
    assert_eq!(cleared.times.seen, Some(ms(0)));
    assert_eq!(cleared.times.pressed, Some(ms(150)));
    assert_eq!(cleared.times.cleared, Some(ms(200)), "when it was seen to go, not when that was believed");
    check(
        "it does not go",
        &[Show("ls", 1), At(60_000)],
        &["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"],
    );
    check(
        "it blinks after the press, and a person's key is refused: still no second one",
        &[
            Show("ls", 1),
            At(200),
            Gone,
            At(250),
            Show("ls", 2),
            At(2_000),
            World(|f| f.in_mode = true),
            Person(Answer::Approve, "ls", 2, 900),
            World(|_| {}),
            At(4_000),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "2000 refused to the person: the pane is in copy mode",
            "2000 unknown: it was answered once already",
        ],
    );
    check(
        "a person helps it",
        &[Show("ls", 1), At(9_000), Gone, At(10_000)],
        &[
            "120 intended",
            "150 PRESS 1",
            "5150 stuck: answered, and it or its like is still there after 5 s",
            "9150 gone",
        ],
    );
}

#[test]
fn a_settle_time_lies_between_two_equal_readings() {
    check(
        "it goes before anything is written: nothing is told",
        &[Show("ls", 1), At(99), Gone, At(9000)],
        &[],
    );
    check(
        "it goes before it is read twice",
        &[Show("ls", 1), At(149), Gone, At(9000)],
        &["120 intended", "299 withdrawn: the dialog went away", "299 gone"],
    );
    check(
        "another one takes its place before it is read twice",
        &[Show("ls", 1), At(149), Show("cat", 2), At(300)],
        &["120 intended", "299 withdrawn: the dialog went away", "299 gone", "299 intended", "299 PRESS 1"],
    );
    check(
        "it blinks: the time begins anew",
        &[Show("ls", 1), At(100), Gone, At(120), Show("ls", 2), At(400)],
        &["240 intended", "270 PRESS 1"],
    );
    check(
        "swapped",
        &[Show("ls", 1), At(120), Show("rm", 2), At(249), Gone, At(900)],
        &["120 intended", "270 withdrawn: the dialog went away", "270 gone"],
    );
    for (agent, settle) in [("claude", 150), ("codex", 150), ("gemini", 250), ("else", 250)] {
        let ways = Ways::of_agent(agent, false);
        assert_eq!(ways.settle, ms(settle));
        assert_eq!(ways.reporting().settle, ms(settle.max(200)));
    }
    let hasty = Life::new(Ways { settle: ms(0), hook_fallback: false });
    let mut rig = Rig::new(false);
    rig.life = hasty;
    rig.show(Some(("ls", 1)));
    rig.until(119);
    assert_eq!(rig.log, ["90 intended"], "the floor holds");
    rig.until(120);
    assert_eq!(rig.log, ["90 intended", "120 PRESS 1"]);
}

#[test]
fn equal_calls_in_a_row_are_told_apart_by_a_gap_that_is_no_blink() {
    check(
        "parallel calls",
        &[Show("ls", 1), At(200), Gone, At(500), Show("ls", 2), At(700), Gone, At(1000)],
        &["120 intended", "150 PRESS 1", "350 cleared", "620 intended", "650 PRESS 1", "850 cleared"],
    );
    check(
        "half a frame after the press is no second dialog",
        &[Show("ls", 1), At(200), Gone, At(230), Show("ls", 2), At(9_000)],
        &["120 intended", "150 PRESS 1", "5150 stuck: answered, and it or its like is still there after 5 s"],
    );
    check(
        "the same showing, back after it was gone",
        &[Show("ls", 1), At(200), Gone, At(900), Show("ls", 1), At(2_000)],
        &["120 intended", "150 PRESS 1", "350 cleared", "1050 unknown: it was answered once already"],
    );
}

#[test]
fn rules_hold_and_the_screen_is_not_pressed() {
    check(
        "hold",
        &[Says(Action::Hold), Show("rm", 1), At(5_000), Gone, At(6_000)],
        &["150 held", "5150 gone"],
    );
    check("deny has no key", &[Says(Action::Deny), Show("rm", 1), At(5_000)], &["150 held"]);
    check("ignore", &[Says(Action::Ignore), Show("rm", 1), At(5_000)], &["150 ignored: not for automation"]);
    let mut rig = Rig::new(false);
    rig.verdict = Verdict { would: Some(Box::new(verdict(Action::Confirm))), ..verdict(Action::Hold) };
    rig.show(Some(("ls", 1)));
    rig.until(900);
    assert_eq!(rig.log, ["150 watched: auto-confirm only watches here"]);
}

#[test]
fn an_incomplete_or_doubtful_dialog_is_held() {
    let press = |change: fn(&mut crate::domain::dialog::Dialog), asks: bool| {
        let mut rig = Rig::new(false);
        let mut d = rig::dialog("ls");
        change(&mut d);
        let dialog = std::sync::Arc::new(d);
        let showing = (dialog.identity(), 1).into();
        rig.asks = asks;
        for at in [0, 200, 400, 600] {
            rig.until(at);
            rig.screen = Some((showing, dialog.clone()));
            rig.look();
        }
        rig.log.join("; ")
    };
    assert!(press(|_| {}, true).contains("PRESS 1"));
    assert!(press(|d| d.complete = false, true).contains("held: no single option"));
    assert!(
        press(|d| d.options[1].meaning = crate::domain::dialog::Meaning::AllowOnce, true).contains("held")
    );
    assert!(press(|d| d.options[0].key = None, true).contains("held"));
    assert!(press(|d| d.options[0].key = Some("Entr".to_owned()), true).contains("held"));
    assert_eq!(press(|_| {}, false), "150 held: the session does not look as if it asked");
}

#[test]
fn the_world_can_forbid_it_and_what_passes_is_asked_again() {
    let later = |world: fn(&mut World), why: &str| {
        let held = format!("120 held: {why}");
        let watched = format!("120 watched: {why}");
        let mut rig = Rig::new(false);
        world(&mut rig.world);
        rig.show(Some(("ls", 1)));
        rig.until(3_000);
        assert_eq!(rig.log.len(), 1, "{why}: {:?}", rig.log);
        assert!(rig.log[0] == held || rig.log[0] == watched, "{why}: {:?}", rig.log);
        rig.world = clear();
        let world = rig.world.clone();
        rig.hear(Input::World(world));
        rig.until(4_000);
        rig.log.len() > 1
    };
    // What passes by itself or by a switch …
    for (world, why) in [
        ((|f| f.standing = Standing::Watching) as fn(&mut World), "auto-confirm only watches here"),
        (|f| f.standing = Standing::Lapsed(jiff::Timestamp::UNIX_EPOCH), "auto-confirm only watches here"),
        (
            |f| f.standing = Standing::Paused(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH }),
            "paused by me",
        ),
        (
            |f| f.standing = Standing::Off(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH }),
            "switched off for this session by me",
        ),
        (|f| f.in_mode = true, "the pane is in copy mode"),
        (|f| f.synchronized = true, "synchronize-panes is on"),
        (|f| f.agent_in_front = false, "the agent is not in the foreground"),
        (|f| f.presence = Presence::Unknown, "tmux did not say whether a person is active there"),
        (|f| f.presence = Presence::Active(ms(4_000)), "a person is active there"),
        (|f| f.rate = Some(ms(50_000)), "too many answers in a minute"),
    ] {
        assert!(later(world, why), "{why} passes");
    }
    // … and what does not.
    for (world, why) in [
        ((|f| f.actor = false) as fn(&mut World), "another instance acts"),
        (|f| f.managed = false, "the session is not of the roster"),
        (|f| f.excluded = true, "the session is excluded"),
        (|f| f.dead = true, "the pane is dead"),
    ] {
        assert!(!later(world, why), "{why} stays");
    }
    check(
        "quiet passes by itself",
        &[
            World(|f| f.presence = Presence::Active(ms(4_000))),
            Show("ls", 1),
            At(6_149),
            World(|_| {}),
            At(6_500),
        ],
        &["120 held: a person is active there", "6269 intended", "6299 PRESS 1"],
    );
}

#[test]
fn what_was_held_is_judged_anew_when_that_has_passed() {
    let mut rig = Rig::new(false);
    rig.world.standing = Standing::Paused(Since { who: "me".into(), at: jiff::Timestamp::UNIX_EPOCH });
    rig.show(Some(("ls", 1)));
    rig.until(60_000);
    // The folder is another one now, or the session's name, or the rules.
    rig.verdict = verdict(Action::Hold);
    rig.world = clear();
    let world = rig.world.clone();
    rig.hear(Input::World(world));
    rig.until(65_000);
    assert_eq!(rig.log, ["120 held: paused by me", "60150 held"]);
}

#[test]
fn without_an_entry_there_is_no_key() {
    check(
        "a full disk, then room",
        &[Disk(false), Show("ls", 1), At(3_000), Disk(true), World(|_| {}), At(4_000)],
        &["3120 intended", "3150 PRESS 1"],
    );
}

#[test]
fn what_did_not_arrive_is_never_sent_again() {
    check(
        "the keyboard refused",
        &[
            Sends(Some(Sent::Refused("another screen".into()))),
            Show("ls", 1),
            At(500),
            World(|_| {}),
            At(9_000),
        ],
        &["120 intended", "150 PRESS 1", "150 refused: another screen"],
    );
    check(
        "nobody knows",
        &[
            Sends(Some(Sent::Unknown("no answer".into()))),
            Show("ls", 1),
            At(500),
            Show("cat", 2),
            At(9_000),
            Gone,
            At(9_500),
        ],
        &[
            "120 intended",
            "150 PRESS 1",
            "150 unknown: no answer",
            "650 gone",
            "650 unknown: not known where the last key went: wait for a person",
            "9150 gone",
        ],
    );
    check(
        "no answer at all, and a late one",
        &[Sends(None), Show("ls", 1), At(6_000), Answered, At(9_000)],
        &["120 intended", "150 PRESS 1", "5150 unknown: no answer from the other side"],
    );
    check(
        "it went out after the dialog had gone, and its double is there",
        &[Sends(None), Show("ls", 1), At(160), Gone, At(400), Show("ls", 2), At(410), Answered, At(3_000)],
        &[
            "120 intended",
            "150 PRESS 1",
            "410 unknown: not known where the last key went: it may have met this one",
            "410 unknown: it had gone before the key went out",
        ],
    );
}

#[test]
fn after_a_crash_the_first_that_says_the_same_is_for_a_person() {
    check(
        "killed between the key and its end",
        &[Show("ls", 1), At(200), Crash, Show("ls", 0), At(900), Gone, At(1_200), Show("ls", 1), At(1_500)],
        &[
            "120 intended",
            "150 PRESS 1",
            "350 unknown: an answer was on its way to this pane, and its end was not written",
            "1050 gone",
            "1320 intended",
            "1350 PRESS 1",
        ],
    );
    check(
        "another one is not in doubt",
        &[Show("ls", 1), At(200), Crash, Show("cat", 0), At(400)],
        &["120 intended", "150 PRESS 1", "320 intended", "350 PRESS 1"],
    );
    check(
        "what was told to the end is not in doubt",
        &[Show("ls", 1), At(200), Gone, At(500), Crash, Show("ls", 0), At(700)],
        &["120 intended", "150 PRESS 1", "350 cleared", "620 intended", "650 PRESS 1"],
    );
    check(
        "a hook's word may have met any dialog",
        &[asks(1, "ls"), Crash, Show("cat", 0), At(2_000)],
        &[
            "0 intended",
            "0 ALLOW",
            "150 unknown: an answer was on its way to this pane, and its end was not written",
        ],
    );
}

#[test]
fn other_rules_judge_what_was_not_answered_yet() {
    check(
        "what was held is confirmed by the new ones",
        &[
            Says(Action::Hold),
            Show("make x", 1),
            At(1_000),
            Renewed(Action::Confirm),
            At(1_010),
            Gone,
            At(2_000),
        ],
        &["150 held", "1000 intended", "1000 PRESS 1", "1160 cleared"],
    );
    check(
        "what was about to be answered is held by the new ones",
        &[Show("ls", 1), At(120), Renewed(Action::Hold), At(2_000)],
        &["120 intended", "120 withdrawn: the rules changed", "150 held"],
    );
    check(
        "what was judged and not written down yet",
        &[Show("ls", 1), At(50), Renewed(Action::Hold), At(2_000)],
        &["150 held"],
    );
    check(
        "what was sent stays sent, and what a person keeps is kept",
        &[
            Show("ls", 1),
            At(200),
            Renewed(Action::Hold),
            Gone,
            At(400),
            Show("cat", 2),
            Says(Action::Hold),
            Person(Answer::Hold, "cat", 2, 500),
            At(900),
            Renewed(Action::Confirm),
            At(2_000),
        ],
        &["120 intended", "150 PRESS 1", "350 cleared", "400 held by a person: kept by operator"],
    );
    check(
        "a person who is active there still keeps hands off",
        &[
            Says(Action::Hold),
            World(|f| f.presence = Presence::Active(ms(0))),
            Show("ls", 1),
            At(300),
            Renewed(Action::Confirm),
            At(400),
        ],
        &["150 held"],
    );
}

#[test]
fn a_dialog_over_a_half_written_text_is_given_more_time() {
    check(
        "over text",
        &[Unsent(true), Show("ls", 1), At(1_100), Gone, At(3_000)],
        &["970 intended", "1000 PRESS 1", "1250 cleared"],
    );
    check(
        "the next one comes over an empty composer",
        &[Unsent(true), Show("ls", 1), At(1_100), Gone, At(2_000), Unsent(false), Show("cat", 2), At(2_160)],
        &["970 intended", "1000 PRESS 1", "1250 cleared", "2120 intended", "2150 PRESS 1"],
    );
}
