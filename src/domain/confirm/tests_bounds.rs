//! Nothing is without a bound: how long a dialog stays in one stage, and how much one pane may bring at once.

use std::time::Duration;

use super::rig::{Rig, clear, ms};
use super::stage::Stage;
use super::story::Step::*;
use super::story::{asks, check, check_with, closed};
use super::*;
use crate::domain::policy::Action;

/// Whatever is not told to the end, or a person's, goes on by itself some time: by its own time, or by the word of a disk,
/// which is always given. Asked after each fact.
pub fn all_end(life: &Life, now: Duration) {
    // Its word is heard by all.
    let disk_speaks = life.cases.iter().any(|c| matches!(c.stage, Stage::Writing(_)));
    for case in &life.cases {
        let goes = case.can_go() && case.shown.away().is_some();
        let ends = match &case.stage {
            // It was asked for in the same breath.
            Stage::Seen => false,
            Stage::Writing(_) | Stage::Held(_) | Stage::Over => true,
            Stage::Reading if disk_speaks || life.another_in_flight(case.id) => true,
            Stage::Reading
            | Stage::Judging(_)
            | Stage::Guarding(_)
            | Stage::Ready(_)
            | Stage::Rechecking(..)
            | Stage::Sending(..)
            | Stage::Verifying(_) => life.due(case, now).is_some() || goes,
        };
        assert!(ends, "at {now:?} it may stay for ever: {case:?}");
    }
}

#[test]
fn a_verdict_that_does_not_come_holds() {
    check(
        "on the screen",
        &[Judges(false), Show("ls", 1), At(1_999), Judges(true), At(60_000), Gone, At(61_000)],
        &["2000 held", "60150 gone"],
    );
    let rig = check("why", &[Judges(false), Show("ls", 1), At(60_000)], &["2000 held"]);
    let verdict = &rig.book.entries()[0].body.verdict;
    assert_eq!((verdict.rule.as_str(), verdict.action), ("not-judged", Action::Hold));
    assert_eq!(verdict.reason, "judging it took longer than 2 s");
    check(
        "of a hook",
        &[Judges(false), asks(1, "ls"), At(60_000)],
        &["2000 hook released", "2000 held", "5000 gone"],
    );
    check(
        "new rules may say it",
        &[Judges(false), Show("ls", 1), At(3_000), Judges(true), Renewed(Action::Confirm), At(3_500)],
        &["2000 held", "3000 intended", "3000 PRESS 1"],
    );
}

#[test]
fn a_verdict_is_asked_for_once() {
    let mut rig = Rig::new(false);
    rig.judges = false;
    rig.show(Some(("ls", 1)));
    let again = Input::Look(rig::look(rig.screen.clone()));
    assert_eq!(rig.life.hear(again, ms(20)), [], "it is being judged");
    assert!(matches!(rig.life.hear(Input::NewRules, ms(40))[..], [Order::Judge { .. }]), "by other rules");
}

#[test]
fn a_world_that_does_not_answer_holds() {
    let mute = |rig: &mut Rig| rig.says = false;
    let mut rig = Rig::new(false);
    mute(&mut rig);
    rig.show(Some(("ls", 1)));
    rig.until(60_000);
    let why = "held: not sent: the server did not say whether it may be";
    assert_eq!(rig.log, [format!("5120 {why}")], "before the intent");

    let mut rig = Rig::new(false);
    mute(&mut rig);
    rig.hear(Input::Hook(HookSaid::Asks { id: HookId(1), dialog: rig::call("ls") }));
    rig.until(60_000);
    assert_eq!(rig.log, ["5000 hook released".to_owned(), format!("5000 {why}"), "5000 gone".to_owned()]);

    // The intent is on disk, and the world is asked once more.
    let mut rig = Rig::new(false);
    rig.hear(Input::Hook(HookSaid::Heard));
    rig.says = false;
    let asks = HookSaid::Asks { id: HookId(1), dialog: rig::call("ls") };
    rig.hear(Input::Hook(asks));
    rig.now = ms(100);
    let orders = rig.life.hear(Input::World(clear()), rig.now);
    let [Order::Record { case, .. }] = orders[..] else { panic!("{orders:?}") };
    assert_eq!(rig.life.hear(Input::Recorded { case, seq: 1 }, rig.now), [Order::Check]);
    assert_eq!(rig.life.deadline(rig.now), Some(ms(5_100)));
    let orders = rig.life.hear(Input::Tick, ms(5_100));
    let released = |o: &Order| matches!(o, Order::Answer { word: HookWord::Release, .. });
    assert!(orders.iter().any(released), "{orders:?}");
    assert!(!orders.iter().any(|o| matches!(o, Order::Press { .. })), "{orders:?}");
}

#[test]
fn a_world_that_was_mute_before_is_asked_anew() {
    let mut rig = Rig::new(false);
    rig.says = false;
    rig.show(Some(("ls", 1)));
    rig.until(9_000);
    rig.show(None);
    rig.until(20_000);
    rig.says = true;
    rig.log.clear();
    rig.show(Some(("cat", 2)));
    rig.until(20_400);
    assert_eq!(rig.log, ["20120 intended", "20150 PRESS 1"]);
}

/// So many calls that say different things.
fn flood(rig: &mut Rig, calls: std::ops::Range<u64>) {
    for n in calls {
        let dialog = rig::call(&format!("rm {n}"));
        rig.hear(Input::Hook(HookSaid::Asks { id: HookId(n), dialog }));
    }
}

#[test]
fn of_a_flood_of_calls_a_few_are_looked_at_and_the_rest_is_told_at_once() {
    for judges in [true, false] {
        let mut rig = Rig::new(false);
        (rig.judges, rig.verdict.action) = (judges, Action::Hold);
        flood(&mut rig, 1..4_001);
        assert_eq!(rig.life.cases.len(), 16);
        let given_back = rig.log.iter().filter(|l| l.ends_with("given back")).count();
        assert_eq!(given_back, 4_000 - 16);
        rig.log.clear();
        rig.until(60_000);
        let told: Vec<&String> = rig.log.iter().filter(|l| l.contains("overlooked")).collect();
        assert_eq!(told, ["5000 3984 overlooked"]);
        assert_eq!(rig.book.entries().len(), 32, "held and gone, each");
        assert!(rig.life.cases.is_empty());
        assert_eq!(rig.life.deadline(rig.now), None, "nothing keeps it awake");
    }
}

#[test]
fn what_is_allowed_does_not_use_up_the_room() {
    let mut rig = Rig::new(false);
    flood(&mut rig, 1..41);
    assert_eq!(rig.log.iter().filter(|l| l.ends_with("ALLOW")).count(), 40, "{:?}", rig.log);
}

#[test]
fn a_call_that_was_not_looked_at_is_a_persons_when_it_is_drawn() {
    // Not even `hook_fallback = "key"` gives it to the key channel: a hook gave it back.
    for fallback in [false, true] {
        let mut rig = Rig::new(fallback);
        rig.verdict.action = Action::Hold;
        flood(&mut rig, 1..20);
        rig.verdict.action = Action::Confirm;
        rig.log.clear();
        rig.now = ms(300);
        rig.show(Some(("rm 19", 1)));
        rig.until(60_000);
        let held = rig.log.iter().find(|l| l.contains("held"));
        assert_eq!(
            held.map(String::as_str),
            Some("300 held: the agent's hook gave it back"),
            "{:?}",
            rig.log
        );
        assert!(!rig.log.iter().any(|l| l.contains("intended")), "{:?}", rig.log);
        // Later ones are dealt with as ever.
        rig.show(None);
        rig.until(61_000);
        rig.log.clear();
        flood(&mut rig, 20..21);
        assert_eq!(rig.log, ["61000 intended", "61000 ALLOW"]);
    }
}

#[test]
fn a_hook_whose_pane_is_full_may_close() {
    let mut steps = vec![Says(Action::Hold)];
    let names: Vec<String> = (0..17).map(|n| format!("rm {n}")).collect();
    let asked = names
        .iter()
        .enumerate()
        .map(|(n, name)| Hook(HookSaid::Asks { id: HookId(n as u64), dialog: rig::call(name) }));
    steps.extend(asked);
    steps.extend([closed(16), At(4_999)]);
    let mut want: Vec<&str> = [["0 hook released", "0 held"]; 16].concat();
    want.push("0 given back");
    check_with(true, "it closes", &steps, &want);
}

#[test]
fn a_hook_is_told_what_the_rules_say_when_a_persons_answer_was_refused() {
    let mut rig = Rig::new(false);
    rig.says = false;
    rig.hear(Input::Hook(HookSaid::Asks { id: HookId(1), dialog: rig::call("ls") }));
    rig.show(Some(("ls", 1)));
    rig.until(1_000);
    let reply = Reply { who: "operator".to_owned(), wish: None, answer: Answer::Approve, drawn: None };
    rig.hear(Input::Person(reply));
    rig.until(60_000);
    assert_eq!(
        rig.log,
        [
            "5000 refused to the person: not sent: the server did not say whether it may be",
            "10000 hook released",
            "10000 held: not sent: the server did not say whether it may be",
        ]
    );
}

#[test]
fn what_a_person_keeps_is_not_allowed_by_a_hook_that_asks_the_same() {
    let mut rig = Rig::new(false);
    rig.says = false;
    let asks = |id| HookSaid::Asks { id: HookId(id), dialog: rig::call("ls") };
    for said in [asks(1), asks(2), HookSaid::Closed { id: HookId(1) }] {
        rig.hear(Input::Hook(said));
    }
    rig.show(Some(("ls", 1)));
    rig.until(400);
    let reply = Reply { who: "operator".to_owned(), wish: None, answer: Answer::Hold, drawn: None };
    rig.hear(Input::Person(reply));
    rig.says = true;
    rig.hear(Input::World(clear()));
    rig.until(60_000);
    assert!(!rig.log.iter().any(|l| l.contains("ALLOW") || l.contains("PRESS")), "{:?}", rig.log);
    assert!(rig.log.contains(&"400 hook released".to_owned()), "{:?}", rig.log);
}

#[test]
fn what_a_hook_gave_back_while_a_person_types_is_that_call_when_it_is_drawn_later() {
    let active = || World(|f| f.presence = Presence::Active(ms(0)));
    check(
        "drawn when he has done",
        &[active(), asks(1, "ls"), At(20_000), Show("ls", 1), At(30_000), Gone, At(31_000)],
        &["0 hook released", "0 held: a person is active there", "30150 gone"],
    );
    check(
        "asked once more when he has gone: it is judged",
        &[active(), asks(1, "ls"), At(20_000), World(|_| {}), asks(2, "ls"), At(90_000)],
        &[
            "0 hook released",
            "0 held: a person is active there",
            "20000 intended",
            "20000 ALLOW",
            "21000 cleared",
            "60000 gone",
        ],
    );
    check(
        "never drawn",
        &[active(), asks(1, "ls"), At(90_000)],
        &["0 hook released", "0 held: a person is active there", "60000 gone"],
    );
}

#[test]
fn an_answer_is_prepared_within_a_while_so_that_a_fleet_shares_its_wake_ups() {
    let mut rig = Rig::new(false);
    rig.show(Some(("ls", 1)));
    let times = |rig: &Rig| rig.life.prepares(rig.now).collect::<Vec<_>>();
    assert_eq!(times(&rig), [(ms(70), ms(120))]);
    assert_eq!(rig.life.acts_at(rig.now), None, "nothing else is due");
    assert_eq!(rig.life.clone().hear(Input::Tick, ms(69)), []);
    let mut busy = clear();
    busy.computes = true;
    // An agent that computes is asked again when that is known to be over, not at once.
    for (now, again) in [(70, 90), (110, 130)] {
        let mut rig = Rig { now: ms(now), life: rig.life.clone(), ..Rig::new(false) };
        assert_eq!(rig.life.hear(Input::Tick, rig.now), [Order::Look, Order::Check]);
        assert_eq!(rig.life.hear(Input::World(busy.clone()), rig.now), []);
        assert_eq!(times(&rig), [(ms(again), ms(again.max(120)))]);
    }
}
