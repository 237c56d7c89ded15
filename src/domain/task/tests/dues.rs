//! When time alone changes something: at that moment it does, and not before.

use super::*;

/// The next moment, in seconds of the queue's clock.
fn due(q: &Queue) -> Option<u64> {
    q.ticks_at().map(|at| at.0.as_secs())
}

#[test]
fn each_state_has_its_moment() {
    for (to, want) in [
        (State::Queued, None),
        (State::Leased, Some(1 + 30)),
        (State::Typing, Some(2 + 30)),
        (State::Typed, Some(3 + 30)),
        (State::Delivered, Some(4 + 60)),
        (State::Working, Some(4 + 1800)),
        (State::Held, None),
        // What is found beside the work is waited for.
        (State::Done, Some(60 + 10)),
    ] {
        let mut q = queue();
        q.apply(Event::Tick, at(0));
        let id = one(&mut q);
        bring(&mut q, id, to);
        assert_eq!((state(&q, id), due(&q)), (to, want));
        let Some(then) = want else { continue };
        q.take_changes();
        q.apply(Event::Tick, at(then - 1));
        assert!(q.take_changes().tasks.is_empty(), "{to:?} too early");
        q.apply(Event::Tick, at(then));
        assert!(q.take_changes().tasks.contains(&id), "{to:?} not at its moment");
        assert!(due(&q).is_none_or(|next| next > then), "{to:?} again and again: {:?}", due(&q));
    }
}

#[test]
fn what_pauses_is_ready_at_a_moment() {
    let mut q = queue();
    q.apply(Event::Tick, at(0));
    let id = one(&mut q);
    bring(&mut q, id, State::Leased);
    step(&mut q, id, Step::Declined("busy".into()), 5);
    let ready = |s: u64| q.ready_at(q.clock().read(at(s))).map(|at| at.0.as_secs());
    assert_eq!((ready(5), q.is_waiting(at(6))), (Some(7), false));
    assert_eq!((ready(7), q.is_waiting(at(7))), (None, true), "no moment is told twice");
}

#[test]
fn a_message_and_a_pause_have_theirs() {
    let mut q = queue();
    q.apply(Event::Tick, at(0));
    add(&mut q, vec![Order { kind: Kind::Message, ..order("hi", "w1") }], at(3)).expect("queued");
    assert_eq!(due(&q), Some(3 + 1800));
}
