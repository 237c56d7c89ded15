//! What lists show of tasks, and in which order.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::text;

fn listed(q: &Queue, s: u64) -> Vec<u32> {
    let briefs = q.tasks().map(|t| Arc::new(Brief::of(t)));
    let listing = Listing::of(briefs, 0, q.rules(), q.clock().read(at(s)));
    listing.rows.iter().map(|b| b.id.0).collect()
}

#[test]
fn who_needs_a_person_stands_first_and_what_is_over_last() {
    let mut q = queue();
    let texts = ["held", "working", "waits", "urgent", "blocked", "done", "failed", "looked at", "cancelled"];
    for text in texts {
        add(&mut q, vec![Order { again: true, ..order(text, "") }], at(0)).expect("queued");
    }
    let set = |q: &mut Queue, id: u32, f: fn(&mut Task)| q.change(TaskId(id), f);
    set(&mut q, 1, |t| t.state = State::Held);
    set(&mut q, 2, |t| t.state = State::Working);
    set(&mut q, 4, |t| t.priority = Priority::MAX);
    set(&mut q, 5, |t| t.state = State::Blocked);
    set(&mut q, 6, |t| t.state = State::Done);
    set(&mut q, 7, |t| t.state = State::Failed);
    set(&mut q, 8, |t| (t.state, t.seen) = (State::Done, true));
    set(&mut q, 9, |t| t.state = State::Cancelled);
    assert_eq!(listed(&q, 1), [1, 7, 6, 2, 4, 3, 5, 8, 9]);
    set(&mut q, 2, |t| t.overdue = true);
    assert_eq!(listed(&q, 1)[..2], [1, 2], "overdue needs a person too");
}

#[test]
fn a_filter_finds_words_of_every_kind() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    q.change(id, |t| t.overdue = true);
    let b = Brief::of(q.get(id).expect("there"));
    for (filter, want) in [
        ("", true),
        ("  ", true),
        ("#1", true),
        ("labels", true),
        ("LABELS w1", true),
        ("overdue", true),
        ("working operator", true),
        ("p5", true),
        ("w2", false),
        ("!w2", true),
        ("!labels", false),
        ("labels queued", false),
    ] {
        assert_eq!(b.matches(filter), want, "{filter}");
    }
}

#[test]
fn what_ended_is_news_to_the_person_who_asked_until_it_is_looked_at() {
    let mut q = queue();
    let id = one(&mut q);
    bring(&mut q, id, State::Working);
    let news = |q: &Queue| Brief::of(q.get(id).expect("there")).is_news();
    assert!(!news(&q));
    assert_eq!(q.ask(Wish::Seen(vec![id]), at(8)).map(|g| g.ids), Ok(vec![]), "it is not over");
    bring(&mut q, id, State::Done);
    assert!(news(&q));
    assert_eq!(q.ask(Wish::Seen(vec![id, TaskId(99)]), at(61)).map(|g| g.ids), Ok(vec![id]));
    assert!(!news(&q));
    q.take_changes();
    assert_eq!(q.ask(Wish::Seen(vec![id]), at(62)).map(|g| g.ids), Ok(vec![]), "once is enough");
    assert!(q.take_changes().tasks.is_empty());
    q.change(id, |t| t.state = State::Failed);
    q.ask(Wish::Retry(id, Sure::Yes), at(63)).expect("again");
    q.change(id, |t| t.state = State::Failed);
    assert!(news(&q), "it failed anew");
}

#[test]
fn a_session_that_asked_has_no_news_here() {
    let mut q = queue();
    let request = entry::check(order("x", "w1"), &Sender::Session(name("boss")), &roster()).expect("sound");
    let id = q.ask(Wish::Add(vec![request]), at(0)).expect("queued").ids[0];
    bring(&mut q, id, State::Done);
    assert!(!Brief::of(q.get(id).expect("there")).is_news());
}

proptest! {
    /// The list has waiting tasks in the order in which they are handed out.
    #[test]
    fn waiting_tasks_stand_in_the_order_of_the_hand_out(
        tasks in proptest::collection::vec((0u8..=10, 0u64..20_000, proptest::option::of(-50i64..50)), 1..30),
        later in 0u64..40_000,
    ) {
        let mut q = queue();
        q.apply(Event::Tick, at(0));
        for (n, (priority, since, rank)) in tasks.iter().enumerate() {
            let order = Order { priority: Priority::new(*priority).expect("0 to 10"), ..order(&format!("t{n}"), "") };
            let id = add(&mut q, vec![order], at(*since)).expect("queued")[0];
            q.change(id, |t| t.rank = *rank);
        }
        let now = at(20_000 + later);
        let want: Vec<u32> = q.order(q.clock().read(now)).iter().map(|t| t.id.0).collect();
        prop_assert_eq!(listed(&q, 20_000 + later), want);
    }

    /// Whatever a task says, what a list shows of it is one printable line of bounded length.
    #[test]
    fn hostile_words_stay_in_their_line(words in "\\PC{0,300}", why in "(\\PC|[\\x00-\\x1f\u{202e}\u{9b}\n]){0,600}") {
        let mut q = queue();
        let Ok(ids) = add(&mut q, vec![order(&format!("x\n{words}"), "")], at(0)) else { return Ok(()) };
        q.change(ids[0], |t| t.reason = Some(why.clone()));
        let b = Brief::of(q.get(ids[0]).expect("there"));
        for (said, most) in [(b.text.as_str(), 200), (b.reason.as_deref().unwrap_or_default(), 300)] {
            prop_assert!(said.chars().all(text::is_printable) && text::width(said) <= most, "{:?}", said);
        }
    }
}
