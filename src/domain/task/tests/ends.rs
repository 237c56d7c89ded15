//! Agents that end with a task in hand: what is tried again, and what a person has to decide.

use std::collections::BTreeSet;

use super::*;

#[test]
fn an_agent_that_ends_is_replaced_three_times_at_most() {
    let mut q = queue();
    let id = add(&mut q, vec![order("x", "")], at(0)).expect("queued")[0];
    for (n, want) in [(1_u32, State::Queued), (2, State::Queued), (3, State::Failed)] {
        let s = u64::from(n) * 1000;
        let session = format!("w{n}");
        lease(&mut q, id, &session, n, s);
        step(&mut q, id, Step::Ready, s);
        step(&mut q, id, Step::Shown, s);
        step(&mut q, id, Step::Taken, s);
        q.apply(Event::Saw { pane: pane(n), sight: Sight::Working }, at(s + 1));
        // A dialog in the middle of work is still work.
        q.apply(Event::Saw { pane: pane(n), sight: Sight::Other }, at(s + 2));
        q.apply(Event::Saw { pane: pane(n), sight: Sight::Ended }, at(s + 5));
        assert_eq!(state(&q, id), want);
        let pause = q.get(id).map(|t| t.not_before.since(q.clock().read(at(s + 5))));
        if want == State::Queued {
            assert!(pause.is_some_and(|p| p >= Duration::from_secs(8)), "{pause:?}");
            assert!(q.get(id).is_some_and(|t| t.typed().contains("again")));
        }
    }
    assert!(q.get(id).and_then(|t| t.reason.clone()).is_some_and(|r| r.contains("w3")));
}

#[test]
fn an_agent_that_ended_unseen_may_have_done_it() {
    // It was idle for a moment before.
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(1)) }, at(10));
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Ended }, at(11));
    assert_eq!(state(&q, id), State::Held);
    // It came to rest for a moment, and what it works at since may be a person's own.
    for brought in [State::Working, State::Held] {
        let mut q = queue();
        let id = one(&mut q);
        bring(&mut q, id, brought);
        for (s, sight) in [(9, Sight::Working), (10, Sight::Idle(Duration::from_secs(1)))] {
            q.apply(Event::Saw { pane: pane(1), sight }, at(s));
        }
        if brought == State::Held {
            step(&mut q, id, Step::Found(Sighting::Taken), 11);
        }
        q.apply(Event::Saw { pane: pane(1), sight: Sight::Working }, at(12));
        q.apply(Event::Saw { pane: pane(1), sight: Sight::Ended }, at(13));
        assert_eq!(state(&q, id), State::Held, "{brought:?}");
    }
    // Nobody looked between the start of the program and its end.
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    let tasks: Vec<Task> = q.tasks().cloned().collect();
    let mut q = Queue::restore(*q.rules(), tasks, q.last(), q.clock());
    q.apply(Event::Started, at(900));
    q.apply(Event::Panes(BTreeSet::new()), at(901));
    assert_eq!(state(&q, id), State::Held);
    assert!(q.holder(&name("w1")).is_none(), "the session is free");
}

#[test]
fn commits_of_an_agent_that_ended_make_it_a_persons_question() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    q.apply(Event::Gathered { id, evidence: vec![Evidence::Commit("1".into(), "s".into())] }, at(7));
    q.apply(Event::Saw { pane: pane(1), sight: Sight::Ended }, at(8));
    assert_eq!(state(&q, id), State::Held);
}
