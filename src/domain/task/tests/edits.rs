//! Changes of tasks that still wait, and their order.

use super::*;
use crate::domain::task::refusal::Class;

fn line(q: &Queue, s: u64) -> Vec<u32> {
    q.order(QueueTime(Duration::from_secs(s))).iter().map(|t| t.id.0).collect()
}

fn three() -> (Queue, [TaskId; 3]) {
    let mut q = queue();
    let ids = add(&mut q, ["a", "b", "c"].map(|t| order(t, "w1")).to_vec(), at(0)).expect("queued");
    (q, [ids[0], ids[1], ids[2]])
}

#[test]
fn a_waiting_task_can_be_changed() {
    let (mut q, [_, id, _]) = three();
    let (text, _) = TaskText::new("other words").expect("sound");
    let edit =
        Edit { text: Some(text.clone()), priority: Priority::new(9), timeout: Some(Duration::from_secs(60)) };
    q.ask(Wish::Edit(id, edit.clone()), at(5)).expect("changed");
    let t = q.get(id).expect("there");
    assert_eq!(
        (&t.text, t.hash, t.priority.get(), t.timeout),
        (&text, text.hash(), 9, Duration::from_secs(60))
    );
    assert_eq!(line(&q, 5), [2, 1, 3]);
    assert!(q.take_changes().log.iter().any(|l| l.reason.as_deref() == Some("a person changed it")));
    let again = q.ask(Wish::Edit(id, edit), at(6));
    assert!(matches!(again, Err(Refusal::NothingToDo { .. })), "{again:?}");
    let never = Edit { timeout: Some(Duration::ZERO), ..Edit::default() };
    assert_eq!(q.ask(Wish::Edit(id, never), at(6)), Err(Refusal::BadTimeout));
}

#[test]
fn what_was_handed_over_cannot_be_changed() {
    use State::{Delivered, Done, Held, Leased, Typed, Typing, Working};
    for (from, want) in [
        (Leased, Class::Rule),
        (Typing, Class::Rule),
        (Typed, Class::Rule),
        (Delivered, Class::NotFound),
        (Working, Class::NotFound),
        (Held, Class::NotFound),
        (Done, Class::NotFound),
    ] {
        let mut q = queue();
        let id = one(&mut q);
        let other = add(&mut q, vec![order("b", "w2")], at(0)).expect("queued")[0];
        bring(&mut q, id, from);
        let (kept, edit) = (q.get(id).cloned(), Edit { priority: Priority::new(1), ..Edit::default() });
        for wish in [Wish::Edit(id, edit), Wish::Before(id, other), Wish::Before(other, id)] {
            let got = q.ask(wish.clone(), at(70)).map_err(|r| r.class());
            assert_eq!(got.err(), Some(want), "{from:?} {wish:?}");
        }
        assert_eq!(q.get(id), kept.as_ref());
    }
}

#[test]
fn a_person_says_which_comes_first() {
    let (mut q, [a, b, c]) = three();
    q.ask(Wish::Before(c, a), at(1)).expect("moved");
    assert_eq!(line(&q, 1), [3, 1, 2]);
    q.ask(Wish::Before(b, a), at(1)).expect("moved");
    assert_eq!(line(&q, 1), [3, 2, 1]);
    // Before a more urgent one means as urgent as that one, now and after having waited.
    let urgent = Order { priority: Priority::new(8).expect("0 to 10"), ..order("d", "w1") };
    let fourth = add(&mut q, vec![urgent], at(2)).expect("queued")[0];
    q.ask(Wish::Before(a, fourth), at(3)).expect("moved");
    assert_eq!(line(&q, 3), [1, 4, 3, 2]);
    assert_eq!(line(&q, 9000), [3, 2, 1, 4], "all have waited long enough, the oldest is first");
    assert!(matches!(q.ask(Wish::Before(a, a), at(3)), Err(Refusal::NothingToDo { .. })));
    assert_eq!(q.ask(Wish::Before(a, TaskId(99)), at(3)), Err(Refusal::NoTask(TaskId(99))));
    // There is an end to squeezing in between the same two; it is said, and nothing is moved.
    let (mut q, [a, b, c]) = three();
    let mut squeeze = || (0..100).find_map(|i| q.ask(Wish::Before([a, b][i % 2], c), at(3)).err());
    let end = squeeze().expect("a gap is finite");
    assert!(matches!(&end, Refusal::NothingToDo { why, .. } if why.contains("priority")), "{end:?}");
    assert_eq!(line(&q, 3).last(), Some(&c.0));
}
