//! One task from its hand-out to its end: every step from every state.

use std::collections::BTreeSet;

use super::*;

/// A short word for each effect.
fn words(effects: &[Effect]) -> Vec<&'static str> {
    effects
        .iter()
        .map(|e| match e {
            Effect::Check(_) => "check",
            Effect::Paste(..) => "paste",
            Effect::Enter(..) => "enter",
            Effect::LookUp(..) => "look-up",
            Effect::Gather(_) => "gather",
            Effect::Tell(_, News::Delivered) => "delivered!",
            Effect::Tell(_, News::Done) => "done!",
            Effect::Tell(_, News::Held) => "held!",
            Effect::Tell(_, News::Failed) => "failed!",
            Effect::Tell(_, News::Overdue) => "overdue!",
        })
        .collect()
}

#[test]
fn every_step_from_every_state() {
    use State::{Delivered, Done, Held, Leased, Queued, Typed, Typing, Working};
    let composer = || Step::Found(Sighting::Composer);
    let taken = || Step::Found(Sighting::Taken);
    let absent = || Step::Found(Sighting::Absent);
    let odd = || Step::Found(Sighting::Unknown("odd".into()));
    let no = || Step::Declined("no".into());
    let doubt = || Step::Doubt("odd".into());
    // What does not follow from the state changes nothing: it is late, or told twice.
    for (from, what, to, effects) in [
        (Leased, Step::Ready, Typing, vec!["paste"]),
        (Leased, no(), Queued, vec![]),
        (Leased, doubt(), Held, vec!["held!"]),
        (Leased, Step::Shown, Leased, vec![]),
        (Leased, Step::Taken, Leased, vec![]),
        (Leased, absent(), Leased, vec![]),
        (Typing, Step::Ready, Typing, vec![]),
        (Typing, Step::Shown, Typed, vec!["enter"]),
        (Typing, composer(), Typed, vec!["enter"]),
        (Typing, no(), Queued, vec![]),
        (Typing, Step::Taken, Delivered, vec!["delivered!"]),
        (Typing, taken(), Delivered, vec!["delivered!"]),
        (Typing, doubt(), Held, vec!["held!"]),
        (Typing, absent(), Held, vec!["held!"]),
        (Typing, odd(), Held, vec!["held!"]),
        (Typed, Step::Ready, Typed, vec![]),
        (Typed, Step::Shown, Typed, vec![]),
        (Typed, Step::Taken, Delivered, vec!["delivered!"]),
        (Typed, taken(), Delivered, vec!["delivered!"]),
        (Typed, composer(), Held, vec!["held!"]),
        (Typed, absent(), Held, vec!["held!"]),
        (Typed, odd(), Held, vec!["held!"]),
        (Typed, no(), Held, vec!["held!"]),
        (Typed, doubt(), Held, vec!["held!"]),
        (Held, Step::Taken, Delivered, vec!["delivered!"]),
        (Held, taken(), Delivered, vec!["delivered!"]),
        (Held, Step::Ready, Held, vec![]),
        (Held, Step::Shown, Held, vec![]),
        (Held, composer(), Held, vec![]),
        (Held, no(), Held, vec![]),
        (Delivered, Step::Ready, Delivered, vec![]),
        (Delivered, Step::Taken, Delivered, vec![]),
        (Delivered, no(), Delivered, vec![]),
        (Delivered, doubt(), Delivered, vec![]),
        (Working, Step::Ready, Working, vec![]),
        (Working, Step::Shown, Working, vec![]),
        (Working, doubt(), Working, vec![]),
        (Done, Step::Ready, Done, vec![]),
        (Done, Step::Taken, Done, vec![]),
        (Done, doubt(), Done, vec![]),
    ] {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, from);
        assert_eq!(state(&q, id), from);
        let got = step(&mut q, id, what.clone(), 61);
        assert_eq!((state(&q, id), words(&got)), (to, effects), "{from:?} {what:?}");
        // A step of another attempt is of no account.
        let before = q.get(id).cloned();
        q.apply(Event::Stepped { id, attempt: 77, step: what }, at(62));
        assert_eq!(q.get(id).cloned(), before);
    }
}

#[test]
fn every_sight_in_every_state() {
    use State::{Delivered, Done, Held, Leased, Queued, Typed, Typing, Working};
    let idle = Sight::Idle(Duration::from_secs(3));
    let fresh = Sight::Idle(Duration::from_secs(1));
    for (from, sight, to) in [
        (Leased, Sight::Working, Leased),
        (Leased, Sight::Ended, Queued),
        (Leased, Sight::Cleared, Leased),
        (Typing, Sight::Working, Typing),
        (Typing, idle, Typing),
        (Typing, Sight::Ended, Held),
        (Typing, Sight::Cleared, Held),
        (Typed, Sight::Working, Typed),
        (Typed, idle, Typed),
        (Typed, Sight::Ended, Held),
        (Typed, Sight::Cleared, Held),
        (Delivered, Sight::Working, Working),
        (Delivered, idle, Delivered),
        (Delivered, Sight::Other, Delivered),
        (Delivered, Sight::Ended, Held),
        (Delivered, Sight::Cleared, Held),
        (Working, Sight::Working, Working),
        (Working, Sight::Other, Working),
        (Working, fresh, Working),
        (Working, idle, Done),
        (Working, Sight::Ended, Queued),
        (Working, Sight::Cleared, Held),
        (Held, Sight::Working, Held),
        (Held, idle, Held),
        (Held, Sight::Ended, Held),
        (Held, Sight::Cleared, Held),
    ] {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, from);
        // Another pane's doings are not ours.
        q.apply(Event::Saw { pane: pane(2), sight }, at(10));
        assert_eq!(state(&q, id), from, "{sight:?} elsewhere");
        q.apply(Event::Saw { pane: pane(1), sight }, at(10));
        assert_eq!(state(&q, id), to, "{from:?} {sight:?}");
        let gone = matches!(sight, Sight::Ended | Sight::Cleared) && from != Leased;
        if gone || matches!(to, Queued | Done) {
            assert!(
                q.holder(&name("w1")).is_none(),
                "{from:?} {sight:?}: the copy is gone, the session is free"
            );
        } else {
            assert_eq!(q.holder(&name("w1")).map(|t| t.id), Some(id));
        }
    }
}

#[test]
fn a_pane_that_vanishes_takes_its_copy_along() {
    for (from, to) in [
        (State::Leased, State::Queued),
        (State::Typing, State::Held),
        (State::Typed, State::Held),
        (State::Delivered, State::Held),
        (State::Working, State::Queued),
        (State::Held, State::Held),
    ] {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, from);
        q.apply(Event::Panes(BTreeSet::from([pane(1), pane(2)])), at(10));
        assert_eq!(state(&q, id), from, "it is still there");
        // The same id with another process is another pane.
        let other = PaneIdentity { pid: 1, ..pane(1) };
        q.apply(Event::Panes(BTreeSet::from([other])), at(11));
        assert_eq!(state(&q, id), to, "{from:?}");
        assert!(q.holder(&name("w1")).is_none());
    }
}

#[test]
fn a_restart_types_nothing_again() {
    for (from, to, effects) in [
        (State::Leased, State::Queued, vec![]),
        (State::Typing, State::Typing, vec!["look-up"]),
        (State::Typed, State::Typed, vec!["look-up"]),
        (State::Delivered, State::Delivered, vec![]),
        (State::Working, State::Working, vec![]),
    ] {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, from);
        let tasks: Vec<Task> = q.tasks().cloned().collect();
        let mut q = Queue::restore(*q.rules(), tasks, q.last(), q.clock());
        // Away for hours: the wait for the answer starts anew, nothing runs out at once.
        assert_eq!(words(&q.apply(Event::Started, at(9000))), effects, "{from:?}");
        assert!(!words(&q.apply(Event::Tick, at(9001))).contains(&"held!"), "{from:?}");
        assert_eq!(state(&q, id), to);
        // Nobody answers: then a person decides.
        q.apply(Event::Tick, at(9060));
        if !effects.is_empty() {
            assert_eq!(state(&q, id), State::Held);
        }
    }
}

#[test]
fn what_is_not_heard_of_in_time_is_let_go_or_held() {
    for (from, to) in
        [(State::Leased, State::Queued), (State::Typing, State::Held), (State::Typed, State::Held)]
    {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, from);
        q.apply(Event::Tick, at(30));
        assert_eq!(state(&q, id), from);
        q.apply(Event::Tick, at(40));
        assert_eq!(state(&q, id), to);
        assert!(q.get(id).is_some_and(|t| t.reason.is_some()));
    }
}

#[test]
fn overdue_is_watched_not_failed() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    assert_eq!(words(&q.apply(Event::Tick, at(4 + 1799))), Vec::<&str>::new());
    assert_eq!(words(&q.apply(Event::Tick, at(4 + 1800))), ["overdue!"]);
    assert_eq!(words(&q.apply(Event::Tick, at(4 + 1801))), Vec::<&str>::new(), "told once");
    assert!(q.get(id).is_some_and(|t| t.overdue && t.state == State::Working));
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(3)) }, at(4000));
    assert!(q.get(id).is_some_and(|t| !t.overdue && t.state == State::Done));
}

#[test]
fn the_wall_clock_makes_nothing_overdue() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    for jump in [-400_000_000_i64, 400_000_000] {
        let wall = at(7).wall.as_second() + jump;
        q.apply(
            Event::Tick,
            Now { wall: Timestamp::from_second(wall).expect("in range"), mono: Duration::from_secs(7) },
        );
        assert!(q.get(id).is_some_and(|t| !t.overdue && t.state == State::Working));
    }
}

#[test]
fn done_needs_work_then_quiet() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Delivered);
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(90)) }, at(100));
    assert_eq!(state(&q, id), State::Delivered, "no work was seen");
    assert!(q.get(id).and_then(|t| t.reason.clone()).is_some_and(|r| r.contains("no work")));
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Working }, at(110));
    assert_eq!(q.get(id).and_then(|t| t.reason.clone()), None);
    let effects = q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(4)) }, at(204));
    assert_eq!(words(&effects), ["gather", "done!"]);
    let got: Vec<String> =
        q.get(id).map(|t| t.evidence.iter().map(Evidence::sentence).collect()).unwrap_or_default();
    assert_eq!(got, ["worked for 3 min 16 s", "then idle for 4 s"]);
    let found = vec![Evidence::Commit("1a2b".into(), "fix: \u{1b}[31mlabels".into())];
    q.apply(Event::Gathered { id, evidence: found.clone() }, at(206));
    q.apply(Event::Gathered { id, evidence: found }, at(207));
    let got = q.get(id).map(|t| t.evidence.iter().skip(2).map(Evidence::sentence).collect::<Vec<_>>());
    assert_eq!(got, Some(vec!["commit 1a2b: fix: [31mlabels".into()]));
}

#[test]
fn hand_outs_that_come_to_nothing_wait_longer_each_time() {
    let mut q = queue();
    let id = one(&mut q);
    let mut now = 10;
    let mut pauses = Vec::new();
    for _ in 0..10 {
        lease(&mut q, id, "w1", 1, now);
        assert_eq!(state(&q, id), State::Leased);
        step(&mut q, id, Step::Declined("somebody types there".into()), now);
        let pause = q.get(id).map(|t| t.not_before.since(q.clock().read(at(now)))).unwrap_or_default();
        pauses.push(pause.as_secs());
        lease(&mut q, id, "w1", 1, now);
        assert_eq!(state(&q, id), State::Queued, "not before its time");
        now += pause.as_secs();
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
}

#[test]
fn a_session_gets_one_task_at_a_time() {
    let mut q = queue();
    let ids = add(&mut q, vec![order("a", "w1"), order("b", "w1")], at(0)).expect("queued");
    bring(&mut q, ids[0], State::Working);
    assert_eq!(lease(&mut q, ids[1], "w1", 1, 20), []);
    assert_eq!(lease(&mut q, ids[1], "w1", 9, 20), [], "another pane of it changes nothing");
    assert_eq!(state(&q, ids[1]), State::Queued);
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(5)) }, at(30));
    assert_eq!(words(&lease(&mut q, ids[1], "w1", 1, 31)), ["check"]);
}

#[test]
fn who_asked_is_told_when_it_is_over() {
    let mut q = queue();
    let from = Sender::Session(name("boss"));
    let r = entry::check(order("fix it", "w1"), &from, &roster()).expect("a manager may");
    let id = q.ask(Wish::Add(vec![r]), at(0)).expect("queued").ids[0];
    bring(&mut q, id, State::Done);
    // What git and the agent's record say is waited for, but not for ever.
    assert_eq!(q.tasks().count(), 1);
    q.take_changes();
    q.apply(Event::Gathered { id, evidence: Vec::new() }, at(60));
    let inbox = q.take_changes().inbox;
    assert_eq!(
        inbox.iter().map(|n| (n.to.clone(), n.line.as_str())).collect::<Vec<_>>(),
        [(Some(name("boss")), "task #1 is done by w1.")]
    );
    let message = q.tasks().last().cloned().expect("a message");
    assert_eq!((message.kind, message.target.clone()), (Kind::Message, Some(name("boss"))));
    assert_eq!(
        message.typed(),
        "archtui: task #1 is done by w1. `archtui task show 1` tells what was seen of it."
    );
    // A message is told, not watched, and not answered by another one.
    lease(&mut q, message.id, "boss", 5, 61);
    step(&mut q, message.id, Step::Ready, 62);
    step(&mut q, message.id, Step::Shown, 63);
    step(&mut q, message.id, Step::Taken, 64);
    assert_eq!(state(&q, message.id), State::Done);
    assert!(q.holder(&name("boss")).is_none());
    assert_eq!(q.tasks().count(), 2);
}

#[test]
fn a_message_nobody_can_be_told_is_given_up() {
    let mut q = queue();
    q.apply(Event::Tick, at(0));
    let id = add(&mut q, vec![Order { kind: Kind::Message, ..order("hi", "w1") }], at(0)).expect("queued")[0];
    q.apply(Event::Tick, at(1799));
    assert_eq!(state(&q, id), State::Queued);
    q.apply(Event::Tick, at(1800));
    assert_eq!(state(&q, id), State::Cancelled);
}

#[test]
fn what_is_typed_carries_its_number_and_cannot_be_a_command() {
    let check = |text: &str, from: Sender, want: &str| {
        let mut q = queue();
        let r = entry::check(order(text, "w1"), &from, &roster()).expect("sound");
        let id = q.ask(Wish::Add(vec![r]), at(0)).expect("queued").ids[0];
        assert_eq!(q.get(id).map(Task::typed).as_deref(), Some(want));
    };
    check("fix it", Sender::Operator, "Task #1: fix it");
    check("/clear", Sender::Operator, "/clear");
    // Enter behind a backslash is a line end to Claude Code.
    check("keep the \\", Sender::Operator, "Task #1: keep the \\ ");
    check("!rm -rf build", Sender::Session(name("boss")), "Task #1 from boss: !rm -rf build");
    check("/clear", Sender::Session(name("boss")), "Task #1 from boss: /clear");
    check("# remember", Sender::Session(name("boss")), "Task #1 from boss: # remember");
}
