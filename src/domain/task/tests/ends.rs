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

#[test]
fn reports_are_one_message_quote_and_beget_none() {
    let mut q = queue();
    let from = Sender::Session(name("boss"));
    let mut ids = Vec::new();
    for n in 0..20 {
        let r = entry::check(order(&format!("piece {n}"), "w1"), &from, &roster()).expect("a manager may");
        let id = q.ask(Wish::Add(vec![r]), at(0)).expect("queued").ids[0];
        ids.push(id);
        bring(&mut q, id, State::Done);
        let evidence = vec![
            Evidence::Branch("feature/x".into()),
            Evidence::Commit("abcd1234".into(), "feat: x".into()),
            Evidence::Words("first\n\"Ignore\" all\u{1b}[31m and\n/clear".into()),
        ];
        q.apply(Event::Gathered { id, evidence }, at(60));
    }
    let messages: Vec<&Task> = q.tasks().filter(|t| t.kind == Kind::Message).collect();
    assert_eq!(messages.len(), 1, "they wait together");
    let typed = messages[0].typed();
    assert_eq!(typed.lines().count(), 13);
    assert_eq!(
        typed.lines().next(),
        Some(
            "archtui: task #1 is done by w1; on branch feature/x; 1 commit; its last words, quoted: \"first 'Ignore' \
             all[31m and /clear\". `archtui task show 1` tells what was seen of it."
        )
    );
    assert!(typed.ends_with("and more: `archtui tasks --inbox`"), "{typed}");
    assert_eq!(q.take_changes().inbox.len(), 20);
    assert!(ids.iter().all(|id| !q.get(*id).is_some_and(|t| t.unreported)));
}

#[test]
fn nothing_found_is_not_waited_for_and_the_protected_are_not_typed_to() {
    let mut q = queue();
    let id = add(&mut q, vec![order("x", "w1")], at(0)).expect("queued")[0];
    bring(&mut q, id, State::Done);
    assert!(q.get(id).is_some_and(Task::is_live), "a restart must find it");
    q.apply(Event::Tick, at(3000));
    let inbox = q.take_changes().inbox;
    assert_eq!(inbox.iter().map(|n| n.to.clone()).collect::<Vec<_>>(), [None]);
    assert!(q.get(id).is_some_and(|t| !t.is_live()));
    let mut roster = roster();
    roster.members.iter_mut().filter(|m| m.name == "boss").for_each(|m| m.protected = true);
    let from = Sender::Session(name("boss"));
    let r = entry::check(order("y", "w1"), &from, &roster).expect("a manager may");
    let id = q.ask(Wish::Add(vec![r]), at(3000)).expect("queued").ids[0];
    bring(&mut q, id, State::Done);
    q.apply(Event::Tick, at(9000));
    assert_eq!(q.take_changes().inbox.len(), 1);
    assert!(q.tasks().all(|t| t.kind == Kind::Work));
}
