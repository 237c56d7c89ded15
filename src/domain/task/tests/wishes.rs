//! What may be wished, by whom, and what is refused with which word.

use super::*;
use crate::domain::task::refusal::Class;

fn class<T>(r: Result<T, Refusal>) -> Option<Class> {
    r.err().map(|r| {
        assert!(!r.what().is_empty() && !r.hint().is_empty(), "{r:?}");
        r.class()
    })
}

#[test]
fn bad_orders_are_refused_at_entry() {
    let long_key = "k".repeat(101);
    let orders = |o: Order| entry::check(o, &Sender::Operator, &roster());
    for (o, what, hint) in [
        (order("", "w1"), "empty", "stdin"),
        (order(&"x".repeat(TaskText::MAX + 1), "w1"), "65537 bytes", "file"),
        (order("x", "w4"), "\"w4\"", "did you mean"),
        (order("x", "codex"), "\"codex\"", "archtui.toml"),
        (order("x", "W1"), "\"W1\"", "\"w1\""),
        (order("x", "w"), "several", "w1, w2, w3"),
        (order("x", "w*"), "several", "w1, w2, w3"),
        (order("x", "w1\u{1b}"), "\"w1\"", ""),
        (order("x", "kept"), "protected", "another"),
        (Order { role: Some("rusty".into()), ..order("x", "") }, "\"rusty\"", "\"Rust\""),
        (Order { role: Some("rust".into()), ..order("x", "w1") }, "w1 has not", ""),
        (Order { key: Some(" ".into()), ..order("x", "w1") }, "key", "name"),
        (Order { key: Some(long_key), ..order("x", "w1") }, "key", "name"),
        (Order { timeout: Some(Duration::ZERO), ..order("x", "w1") }, "time limit", "30m"),
        (Order { timeout: Some(Duration::from_secs(9999 * 3600)), ..order("x", "w1") }, "time limit", "30m"),
    ] {
        let r = orders(o.clone()).expect_err(&o.text);
        assert!(r.what().contains(what) && r.hint().contains(hint), "{o:?}: {} / {}", r.what(), r.hint());
    }
    let empty = entry::check(order("x", ""), &Sender::Operator, &Roster::default());
    assert_eq!(class(empty), Some(Class::Usage));
    let no_worker = Roster { members: vec![member("boss", Tier::Manager, "")], ..Roster::default() };
    assert!(
        entry::check(order("x", ""), &Sender::Operator, &no_worker)
            .is_err_and(|r| r.what().contains("no worker"))
    );
}

#[test]
fn an_agent_is_bound_to_the_chain_the_operator_is_not() {
    let by = |from: &str, to: &str| {
        let from = if from.is_empty() { Sender::Operator } else { Sender::Session(name(from)) };
        class(entry::check(order("x", to), &from, &roster()))
    };
    for (from, to, refused) in [
        ("", "architect", false),
        ("", "boss", false),
        ("", "w1", false),
        ("architect", "boss", false),
        ("architect", "w1", true),
        ("architect", "", false),
        ("boss", "w1", false),
        ("boss", "", false),
        ("boss", "architect", true),
        ("w1", "w2", true),
        ("w1", "", true),
    ] {
        assert_eq!(by(from, to), refused.then_some(Class::Rule), "{from} → {to}");
    }
}

#[test]
fn duplicates() {
    // First order, what became of it, seconds until the second, second order, refused?
    let keyed = |text: &str, key: &str| Order { key: Some(key.into()), ..order(text, "w1") };
    for (first, fate, pause, second, refused) in [
        (order("fix it", "w1"), State::Queued, 1, order("fix it", "w1"), true),
        (order("fix it", "w1"), State::Queued, 999_999, order(" fix\n it ", "w1"), true),
        (order("fix it", "w1"), State::Queued, 1, order("fix it", "w2"), false),
        (order("fix it", "w1"), State::Queued, 1, order("fix it", ""), false),
        (order("fix it", "w1"), State::Queued, 1, order("fix that", "w1"), false),
        (order("fix it", "w1"), State::Queued, 1, Order { again: true, ..order("fix it", "w1") }, false),
        (order("fix it", "w1"), State::Working, 500, order("fix it", "w1"), true),
        (order("fix it", "w1"), State::Held, 500, order("fix it", "w1"), true),
        (order("fix it", "w1"), State::Done, 599, order("fix it", "w1"), true),
        (order("fix it", "w1"), State::Done, 601, order("fix it", "w1"), false),
        (order("fix it", "w1"), State::Cancelled, 1, order("fix it", "w1"), false),
        (keyed("fix it", "k"), State::Queued, 1, keyed("other", "k"), true),
        (keyed("fix it", "k"), State::Queued, 1, keyed("fix it", "l"), false),
        (keyed("fix it", "k"), State::Queued, 1, order("fix it", "w1"), false),
        (keyed("fix it", "k"), State::Done, 599, keyed("other", "k"), true),
        (keyed("fix it", "k"), State::Done, 601, keyed("other", "k"), false),
    ] {
        let mut q = queue();
        let id = add(&mut q, vec![first.clone()], at(0)).expect("the first")[0];
        match fate {
            State::Cancelled => drop(q.ask(Wish::Cancel(id, Sure::Yes), at(0)).expect("cancelled")),
            fate => bring(&mut q, id, fate),
        }
        assert_eq!(state(&q, id), fate);
        let begin = if fate == State::Done { 60 } else { 0 };
        let got = add(&mut q, vec![second.clone()], at(begin + pause));
        match got {
            Ok(_) => assert!(!refused, "{first:?} {fate:?} {pause} {second:?}"),
            Err(r) => {
                assert!(refused, "{first:?} {fate:?} {pause} {second:?}: {r:?}");
                assert!(matches!(r, Refusal::Duplicate { of, .. } if of == id), "{r:?}");
                assert!(r.what().contains("task 1"), "{}", r.what());
            }
        }
    }
}

#[test]
fn a_plan_is_queued_as_a_whole_or_not_at_all() {
    let entry = |text: &str, after: Vec<After>| Order { after, ..order(text, "w1") };
    use After::{Entry, Task};
    let five = TaskId(5);
    for (orders, want) in [
        (vec![entry("a", vec![Entry(1)]), entry("b", vec![Entry(0)])], Refusal::Cycle(vec![1, 2, 1])),
        (vec![entry("a", vec![Entry(0)])], Refusal::Cycle(vec![1, 1])),
        (
            vec![
                entry("a", vec![]),
                entry("b", vec![Entry(0), Entry(3)]),
                entry("c", vec![Entry(1)]),
                entry("d", vec![Entry(2)]),
            ],
            Refusal::Cycle(vec![2, 4, 3, 2]),
        ),
        (vec![entry("a", vec![]), entry("b", vec![Task(five)])], Refusal::NoTask(five)),
        (vec![entry("a", vec![]), entry(" a", vec![])], Refusal::DuplicateInPlan(1, 2)),
    ] {
        let mut q = queue();
        assert_eq!(add(&mut q, orders, at(0)), Err(want));
        assert_eq!(q.tasks().count(), 0);
        assert_eq!(q.take_changes(), queue::Changes::default(), "nothing half done");
    }
    // A deep chain is no trouble.
    let chain: Vec<Order> = (0..1000)
        .map(|i| entry(&format!("t{i}"), if i == 999 { vec![] } else { vec![Entry(i + 1)] }))
        .collect();
    let mut q = queue();
    assert_eq!(add(&mut q, chain, at(0)).map(|ids| ids.len()), Ok(1000));
    assert_eq!(q.tasks().filter(|t| t.state == State::Queued).count(), 1);
}

#[test]
fn a_task_waits_for_those_before_it() {
    let mut q = queue();
    let first = one(&mut q);
    let second = add(&mut q, vec![Order { after: vec![After::Task(first)], ..order("b", "w2") }], at(1))
        .expect("b")[0];
    let third = add(
        &mut q,
        vec![Order { after: vec![After::Task(first), After::Task(second)], ..order("c", "w3") }],
        at(1),
    )
    .expect("c")[0];
    assert_eq!([state(&q, second), state(&q, third)], [State::Blocked, State::Blocked]);
    bring(&mut q, first, State::Done);
    assert_eq!([state(&q, second), state(&q, third)], [State::Queued, State::Blocked]);
    assert_eq!(q.get(third).and_then(|t| t.reason.clone()).as_deref(), Some("waits for #2"));
    q.ask(Wish::Cancel(second, Sure::Ask), at(99)).expect("cancelled");
    assert_eq!(state(&q, third), State::Blocked, "not run without what it needs");
    assert_eq!(
        q.get(third).and_then(|t| t.reason.clone()).as_deref(),
        Some("waits for #2, which is cancelled")
    );
    let fourth = add(&mut q, vec![Order { after: vec![After::Task(second)], ..order("d", "w3") }], at(99));
    assert!(matches!(fourth, Err(Refusal::DeadDependency { .. })), "{fourth:?}");
    q.ask(Wish::Retry(second, Sure::Ask), at(100)).expect("revived");
    assert_eq!(q.get(third).and_then(|t| t.reason.clone()).as_deref(), Some("waits for #2"));
    q.ask(Wish::Close(second), at(101)).expect("a person says so");
    assert_eq!(state(&q, third), State::Queued);
}

#[test]
fn every_wish_in_every_state() {
    use State::{Cancelled, Delivered, Done, Held, Leased, Queued, Typed, Typing, Working};
    // From, then cancel, retry, reassign: the new state, or the class of the refusal (u usage, r rule, n nothing to do).
    for (from, cancel, retry, reassign, close) in [
        (Queued, "cancelled", "queued", "queued", "done"),
        (Leased, "cancelled", "n", "queued", "done"),
        (Typing, "r", "n", "r", "r"),
        (Typed, "r", "n", "r", "r"),
        (Delivered, "ask", "n", "ask", "done"),
        (Working, "ask", "n", "ask", "done"),
        (Held, "ask", "ask", "ask", "done"),
        (Done, "n", "n", "n", "n"),
        (Cancelled, "n", "queued", "queued", "n"),
    ] {
        for (word, want) in [("cancel", cancel), ("retry", retry), ("reassign", reassign), ("close", close)] {
            let mut q = queue();
            let id = one(&mut q);
            match from {
                Cancelled => drop(q.ask(Wish::Cancel(id, Sure::Ask), at(0)).expect("cancelled")),
                from => bring(&mut q, id, from),
            }
            let wish = |sure| match word {
                "cancel" => Wish::Cancel(id, sure),
                "retry" => Wish::Retry(id, sure),
                "reassign" => Wish::Reassign(id, name("w2"), sure),
                _ => Wish::Close(id),
            };
            let mut got = q.ask(wish(Sure::Ask), at(70));
            let asked = matches!(got, Err(Refusal::AskFirst { .. }));
            assert_eq!(asked, want == "ask", "{from:?} {word}: {got:?}");
            if asked {
                assert_eq!(state(&q, id), from, "asked first, nothing done");
                got = q.ask(wish(Sure::Yes), at(71));
                assert!(
                    q.holder(&name("w1")).is_some_and(|t| t.id == id),
                    "the copy is still there: {from:?} {word}"
                );
                assert!(got.as_ref().is_ok_and(|g| g.effects.is_empty()), "nothing is sent");
            }
            match got {
                Ok(_) if want == "ask" => assert!(matches!(state(&q, id), Queued | Cancelled)),
                Ok(_) => assert_eq!(state(&q, id).word(), want, "{from:?} {word}"),
                Err(r) => {
                    let letter = match r.class() {
                        Class::Usage => "u",
                        Class::Rule => "r",
                        Class::NotFound => "n",
                    };
                    assert_eq!(letter, want, "{from:?} {word}: {r:?}");
                    assert_eq!(state(&q, id), from);
                }
            }
        }
    }
    let mut q = queue();
    let none = TaskId(7);
    for wish in [
        Wish::Cancel(none, Sure::Yes),
        Wish::Retry(none, Sure::Yes),
        Wish::Close(none),
        Wish::Reassign(none, name("w1"), Sure::Yes),
    ] {
        assert_eq!(q.ask(wish, at(0)), Err(Refusal::NoTask(none)));
    }
}

#[test]
fn an_abandoned_copy_keeps_its_session_until_that_is_idle() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    q.ask(Wish::Reassign(id, name("w2"), Sure::Yes), at(10)).expect("reassigned");
    // Late words of the old attempt are of no account.
    q.apply(Event::Stepped { id, attempt: 1, step: Step::Taken }, at(11));
    assert_eq!(state(&q, id), State::Queued);
    let other = add(&mut q, vec![order("other", "w1")], at(12)).expect("queued")[0];
    assert_eq!(lease(&mut q, other, "w1", 1, 13), []);
    // It is handed to the new one meanwhile, and the old one's quiet does not finish it.
    lease(&mut q, id, "w2", 2, 13);
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(1)) }, at(14));
    assert_eq!(lease(&mut q, other, "w1", 1, 14), [], "idle for a moment only");
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(3)) }, at(16));
    assert_eq!(state(&q, id), State::Leased);
    assert_eq!(lease(&mut q, other, "w1", 1, 17).len(), 1);
    assert_eq!(q.get(id).and_then(Task::session), Some(&name("w2")));
}

#[test]
fn a_flood_from_one_session_is_stopped() {
    let mut q = queue();
    let from = Sender::Session(name("boss"));
    let make = |i: usize| entry::check(order(&format!("t{i}"), "w1"), &from, &roster()).expect("sound");
    q.ask(Wish::Add((0..1000).map(make).collect()), at(0)).expect("as many as may be");
    assert_eq!(q.ask(Wish::Add(vec![make(1000)]), at(1)), Err(Refusal::TooMany(1000)));
    add(&mut q, vec![order("the operator's own", "w1")], at(2)).expect("not bound");
}
