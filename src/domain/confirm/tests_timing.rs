//! What happens in the last moments before a key, and when it does not go out.

use super::rig::{self, Rig, clear, ms};
use super::story::Step::{self, *};
use super::story::{asks, check};
use super::*;
use crate::domain::policy::Action;

#[test]
fn between_the_intent_and_the_key_the_world_is_asked_once_more() {
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    // By hand: both questions, the intent, and both again where the disk took too long.
    rig.now = ms(120);
    assert_eq!(rig.life.hear(Input::Tick, rig.now), [Order::Look, Order::Check]);
    let orders = rig.life.hear(Input::World(clear()), rig.now);
    let [Order::Record { case, .. }] = orders[..] else { panic!("{orders:?}") };
    assert_eq!(rig.life.hear(Input::Recorded { case, seq: 1 }, rig.now), []);
    assert_eq!(rig.life.deadline(rig.now), Some(ms(150)));
    let look = || Input::Look(rig::look(rig.screen.clone()));
    let pressed = |orders: &[Order]| matches!(orders, [Order::Press { stirred: Some(7), .. }]);
    let mut prompt = rig.life.clone();
    assert_eq!(prompt.hear(look(), ms(121)), [], "it has not stood long enough");
    assert!(pressed(&prompt.hear(Input::Tick, ms(150))));
    let mut slow = rig.life.clone();
    assert_eq!(slow.hear(look(), ms(121)), []);
    assert_eq!(slow.hear(Input::Tick, ms(230)), [Order::Look, Order::Check], "the world's word is old");
    rig.now = ms(150);
    assert_eq!(rig.life.hear(Input::Tick, rig.now), [Order::Look, Order::Check]);
    assert_eq!(rig.life.hear(Input::World(clear()), rig.now), [], "not before it is read twice");
    let mut read = rig.life.clone();
    assert!(pressed(&read.hear(look(), rig.now)));
    let mut world = clear();
    world.presence = Presence::Active(ms(0));
    let orders = rig.life.hear(Input::World(world), rig.now);
    let [Order::Record { decision, .. }] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!((decision.outcome.word(), decision.of), ("withdrawn", Some(1)));
}

#[test]
fn a_dialog_has_stood_since_its_last_byte_where_nothing_came_behind_that() {
    for (stands, due) in [(true, 127), (false, 130)] {
        let mut rig = Rig::new(false);
        rig.show(Some(("ls", 1)));
        let dialog = rig.screen.clone();
        let mut rig = Rig { now: ms(10), ..Rig::new(false) };
        let look = Look { wrote: Some(ms(7)), stands, ..rig::look(dialog) };
        rig.hear(Input::Look(look));
        assert_eq!(rig.life.deadline(rig.now), Some(ms(due)), "{stands}");
    }
}

#[test]
fn an_intent_is_heard_of_when_its_own_key_is_due_and_a_hook_s_at_once() {
    let intended = |orders: &[Order]| match orders {
        [Order::Record { case, .. }] => *case,
        other => panic!("{other:?}"),
    };
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    rig.life.hear(Input::Tick, ms(120));
    let case = intended(&rig.life.hear(Input::World(clear()), ms(121)));
    assert_eq!(rig.life.defers_until(case, ms(121)), Some(ms(150)));
    assert_eq!(rig.life.defers_until(case, ms(150)), None, "it is late");

    let mut life = Rig::new(false).life;
    for id in 1..=2 {
        let now = ms(id * 100);
        let asks = HookSaid::Asks { id: HookId(id), dialog: rig::call(&format!("ls {id}")) };
        let orders = life.hear(Input::Hook(asks), now);
        let [Order::Judge { case, dialog }] = &orders[..] else { panic!("{orders:?}") };
        let judged =
            Input::Judged { case: *case, dialog: dialog.clone(), verdict: rig::verdict(Action::Confirm) };
        let orders = life.hear(judged, now);
        assert!(orders.contains(&Order::Check), "{orders:?}");
        let case = intended(&life.hear(Input::World(clear()), now));
        assert_eq!(life.defers_until(case, now), None, "its agent waits");
    }
}

#[test]
fn an_agent_that_computes_is_not_ready_for_a_key() {
    check(
        "it rests after a while",
        &[World(|f| f.computes = true), Show("ls", 1), At(190), World(|_| {}), At(900)],
        &["200 intended", "230 PRESS 1"],
    );
    check(
        "it never does",
        &[World(|f| f.computes = true), Show("ls", 1), At(1_900)],
        &["1000 intended", "1030 PRESS 1"],
    );
    check(
        "a person's own key is his",
        &[World(|f| f.computes = true), Show("ls", 1), At(20), Person(Answer::Approve, "ls", 1, 400), At(60)],
        &["20 intended by a person", "20 PRESS 1"],
    );
}

#[test]
fn what_changes_while_the_intent_is_written_stops_the_key() {
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    rig.now = ms(120);
    rig.life.hear(Input::Tick, rig.now);
    let look = || Input::Look(rig::look(rig.screen.clone()));
    rig.life.hear(look(), ms(121));
    let orders = rig.life.hear(Input::World(clear()), ms(121));
    let [Order::Record { case, .. }] = orders[..] else { panic!("{orders:?}") };
    let recorded = || Input::Recorded { case, seq: 1 };
    let outcome = |orders: &[Order]| match orders {
        [Order::Record { decision, .. }] => format!("{}: {}", decision.outcome.word(), decision.why),
        other => format!("{other:?}"),
    };

    let mut paused = rig.life.clone();
    let mut world = clear();
    world.presence = Presence::Active(ms(0));
    assert_eq!(paused.hear(Input::World(world), ms(125)), []);
    let orders = paused.hear(recorded(), ms(140));
    assert_eq!(outcome(&orders), "withdrawn: a person is active there");

    let mut stopped = rig.life.clone();
    let hold = Reply { who: "me".to_owned(), wish: None, answer: Answer::Hold, drawn: None };
    assert_eq!(stopped.hear(Input::Person(hold), ms(125)), []);
    let mut world = clear();
    world.presence = Presence::Active(ms(0));
    assert_eq!(stopped.hear(Input::World(world), ms(130)), [], "what passes does not take its place");
    assert_eq!(outcome(&stopped.hear(recorded(), ms(140))), "withdrawn: kept by me");

    // A switch was turned, or somebody typed: the world is asked again, whenever that was.
    for before in [true, false] {
        let mut life = rig.life.clone();
        if before {
            life.hear(Input::Unclear, ms(125));
        }
        assert_eq!(life.hear(recorded(), ms(140)), []);
        if !before {
            life.hear(Input::Unclear, ms(145));
        }
        assert_eq!(life.hear(Input::Tick, ms(150)), [Order::Look, Order::Check], "{before}");
    }

    let mut hooked = rig.life.clone();
    assert_eq!(hooked.hear(recorded(), ms(140)), []);
    hooked.hear(Input::Hook(HookSaid::Asks { id: HookId(1), dialog: rig::call("ls") }), ms(145));
    assert_eq!(outcome(&hooked.hear(Input::Tick, ms(150))), "withdrawn: the agent's hook gave it back");
}

#[test]
fn who_comes_in_the_last_moment_has_his_quiet_time_and_then_it_begins_anew() {
    let withdrawn = "150 withdrawn: a person was active there just before the key";
    // The world says at once that nobody is attached: the quiet time counts all the same.
    check(
        "one key, after the quiet time and a settle time",
        &[
            Show("ls", 1),
            At(120),
            Sends(Some(Sent::Withheld(Hold::PersonCame))),
            At(151),
            Sends(Some(Sent::Done(ms(0)))),
            World(|_| {}),
            At(10_400),
        ],
        &["120 intended", "150 PRESS 1", withdrawn, "10270 intended", "10300 PRESS 1"],
    );
    check(
        "he is still there then",
        &[
            Show("ls", 1),
            At(120),
            Sends(Some(Sent::Withheld(Hold::PersonCame))),
            At(151),
            Sends(Some(Sent::Done(ms(0)))),
            World(|f| f.presence = Presence::Active(ms(0))),
            At(19_000),
        ],
        &["120 intended", "150 PRESS 1", withdrawn],
    );
    check(
        "another dialog there by then is another one, and this one is not answered twice",
        &[
            Show("ls", 1),
            At(120),
            Sends(Some(Sent::Withheld(Hold::PersonCame))),
            At(151),
            Sends(Some(Sent::Done(ms(0)))),
            Gone,
            At(10_400),
            Show("ls", 2),
            At(10_600),
        ],
        &["120 intended", "150 PRESS 1", withdrawn, "301 gone", "10520 intended", "10550 PRESS 1"],
    );
    check(
        "what was refused for another reason stays a person's",
        &[
            Show("ls", 1),
            At(120),
            Sends(Some(Sent::Refused("x".to_owned()))),
            At(151),
            Sends(Some(Sent::Done(ms(0)))),
            At(30_000),
        ],
        &["120 intended", "150 PRESS 1", "150 refused: x"],
    );
}

#[test]
fn nothing_shortens_the_quiet_time_of_who_came_in_the_last_moment() {
    let withdrawn = "150 withdrawn: a person was active there just before the key";
    let tried_and_again = ["120 intended", "150 PRESS 1", withdrawn, "10270 intended", "10300 PRESS 1"];
    let stirred = |during: &[Step], after: &[Step]| {
        let mut steps = vec![Show("ls", 1), At(120), Sends(None), At(150)];
        steps.extend_from_slice(during);
        steps.extend([AnsweredSo(Sent::Withheld(Hold::PersonCame)), At(151), Sends(Some(Sent::Done(ms(0))))]);
        steps.extend_from_slice(after);
        steps.push(At(10_400));
        steps
    };
    let came = |name: &str, during: &[Step], after: &[Step]| {
        check(name, &stirred(during, after), &tried_and_again);
    };
    came("a switch was turned while the key was under way", &[Unclear], &[World(|_| {})]);
    came("other rules", &[], &[At(2_000), Renewed(Action::Confirm)]);
    came(
        "other rules, twice, and the world speaks",
        &[],
        &[
            Renewed(Action::Confirm),
            World(|_| {}),
            At(9_000),
            Unclear,
            Renewed(Action::Confirm),
            World(|_| {}),
        ],
    );
    check(
        "another dialog waits for it too",
        &stirred(&[], &[Gone, At(400), Show("ls", 2)]),
        &[
            "120 intended",
            "150 PRESS 1",
            withdrawn,
            "301 gone",
            "520 held: a person is active there",
            "10270 intended",
            "10300 PRESS 1",
        ],
    );
    check(
        "and a hook, which the agent then asks without",
        &stirred(&[], &[asks(1, "ls")]),
        &["120 intended", "150 PRESS 1", withdrawn, "151 hook released"],
    );
    check(
        "the quiet time that counts now counts",
        &stirred(&[], &[At(2_000), World(|f| f.quiet = ms(5_000)), At(5_400)]),
        &[
            "120 intended",
            "150 PRESS 1",
            withdrawn,
            "5270 intended",
            "5300 PRESS 1",
            "10300 stuck: answered, and it or its like is still there after 5 s",
        ],
    );
    check(
        "a person's own key is his",
        &stirred(&[], &[At(1_000), Person(Answer::Approve, "ls", 1, 900), At(1_050), Gone, At(1_500)]),
        &[
            "120 intended",
            "150 PRESS 1",
            withdrawn,
            "1000 intended by a person",
            "1000 PRESS 1",
            "1200 cleared by a person",
        ],
    );
}

#[test]
fn what_is_switched_off_in_the_last_moment_and_on_again_is_judged_and_read_anew() {
    let by = |why: Hold| [Show("ls", 1), At(120), Sends(Some(Sent::Withheld(why))), At(151)];
    let off = Hold::Off("me".to_owned());
    let withdrawn = "150 withdrawn: switched off for this session by me";
    let since = || Since { who: "me".to_owned(), at: jiff::Timestamp::UNIX_EPOCH };
    let before = |why: Hold, then: &[Step]| [by(why).as_slice(), then].concat();
    let on_again = [Sends(Some(Sent::Done(ms(0)))), World(|_| {}), At(1_000), Gone, At(2_000)];
    let pressed = ["120 intended", "150 PRESS 1", withdrawn, "270 intended", "300 PRESS 1", "1150 cleared"];
    check("on again at once", &before(off.clone(), &on_again), &pressed);
    let mut rig = Rig::new(false);
    rig.sends = Some(Sent::Withheld(off.clone()));
    rig.show(Some(("ls", 1)));
    rig.until(149);
    rig.world.standing = Standing::Off(since());
    rig.until(60_000);
    assert_eq!(rig.log, ["120 intended", "150 PRESS 1", withdrawn], "it stays off");
    rig.world = clear();
    // In an hour the files that its rules look at may be others.
    rig.verdict.action = Action::Hold;
    let world = rig.world.clone();
    let mut other_rules =
        Rig { life: rig.life.clone(), log: vec![], book: rig.book.clone(), ..Rig::new(false) };
    (other_rules.now, other_rules.screen) = (rig.now, rig.screen.clone());
    other_rules.verdict.action = Action::Hold;
    other_rules.hear(Input::World(world.clone()));
    other_rules.until(61_000);
    assert_eq!(other_rules.log, ["60150 held"]);
    (rig.verdict.action, rig.sends) = (Action::Confirm, Some(Sent::Done(ms(0))));
    rig.world.rate = Some(ms(62_000));
    let world = rig.world.clone();
    rig.hear(Input::World(world));
    rig.until(61_990);
    assert_eq!(rig.log.len(), 3, "the rate counts: {:?}", rig.log);
    rig.until(80_000);
    assert_eq!(
        rig.log[3..],
        [
            "62120 intended",
            "62150 PRESS 1",
            "67150 stuck: answered, and it or its like is still there after 5 s"
        ]
    );
    check(
        "a lease that ran out",
        &before(Hold::Watching, &on_again),
        &[
            "120 intended",
            "150 PRESS 1",
            "150 withdrawn: auto-confirm only watches here",
            "270 intended",
            "300 PRESS 1",
            "1150 cleared",
        ],
    );
    check(
        "who lost his seat does not get it back by a look",
        &before(Hold::NotActor, &on_again),
        &["120 intended", "150 PRESS 1", "150 withdrawn: another instance acts", "1150 gone"],
    );
}

#[test]
fn what_passes_while_its_hold_is_written_down_is_not_held_for_good() {
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    rig.now = ms(120);
    rig.life.hear(Input::Tick, rig.now);
    let mut world = clear();
    world.in_mode = true;
    let orders = rig.life.hear(Input::World(world), rig.now);
    let [Order::Record { case, decision, .. }] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(decision.outcome.word(), "held");
    assert_eq!(rig.life.hear(Input::World(clear()), ms(125)), []);
    assert_eq!(rig.life.hear(Input::Recorded { case: *case, seq: 1 }, ms(130)), [Order::Check]);
}

#[test]
fn where_the_server_cannot_tell_all_rows_a_look_stands_right_before_the_key() {
    let mut rig = Rig::new(false);
    rig.world.coarse = true;
    rig.show(Some(("ls", 1)));
    rig.until(149);
    assert_eq!(rig.log, ["120 intended"]);
    let mut life = rig.life.clone();
    assert_eq!(life.hear(Input::Tick, ms(150)), [Order::Look, Order::Check]);
    rig.until(150);
    assert_eq!(rig.log, ["120 intended", "150 PRESS 1"]);
}

#[test]
fn a_dialog_that_had_gone_before_the_key_is_not_told_as_answered_by_it() {
    check(
        "the key met something else",
        &[Show("ls", 1), At(120), Sends(None), At(151), Show("cat", 2), At(170), Answered, At(900)],
        &[
            "120 intended",
            "150 PRESS 1",
            "170 unknown: not known where the last key went: it may have met this one",
            "301 unknown: it had gone before the key went out",
        ],
    );
}
