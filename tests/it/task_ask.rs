//! A wish is granted or refused by the few tasks that it is about, read from the store; here the same wish is put to a queue
//! that knows all tasks, and both must answer alike and leave the same behind.

use std::path::Path;
use std::time::Duration;

use archtui::domain::roster::{Member, Roster, Tier};
use archtui::domain::session::SessionName;
use archtui::domain::task::clock::QueueClock;
use archtui::domain::task::{
    After, Edit, Event, Now, Order, Priority, Queue, Request, Rules, Sender, Sure, Task, TaskId, TaskText,
    Wish, entry,
};
use archtui::store::Store;
use jiff::Timestamp;
use proptest::prelude::*;

fn at(s: u64) -> Now {
    let wall = Timestamp::from_second(1_800_000_000).expect("in range") + Duration::from_secs(s);
    Now { wall, mono: Duration::from_secs(s) }
}

fn roster() -> Roster {
    let member =
        |(name, tier): (&str, Tier)| Member { name: name.into(), tier: Some(tier), ..Member::default() };
    let members = [("boss", Tier::Manager), ("w1", Tier::Worker), ("w2", Tier::Worker)];
    Roster { members: members.into_iter().map(member).collect(), ..Roster::default() }
}

/// One of a few texts, keys, targets and senders, so that they meet.
fn request((text, key, target, after): (u8, u8, u8, u8)) -> Request {
    let boss = Sender::Session(SessionName::new("boss"));
    let sender = if text.is_multiple_of(2) { boss } else { Sender::Operator };
    let order = Order {
        key: (key < 3).then(|| format!("k{key}")),
        target: [None, Some("w1"), Some("w2")][usize::from(target % 3)].map(Into::into),
        after: (after > 0 && after < 8).then_some(After::Task(TaskId(after.into()))).into_iter().collect(),
        again: after == 9,
        priority: Priority::new(key % 4 + 4).expect("0 to 10"),
        ..Order::new(format!("text {}", text % 4))
    };
    entry::check(order, &sender, &roster()).expect("sound")
}

fn wish(what: u8, id: u8, other: u8, r: (u8, u8, u8, u8)) -> Wish {
    let id = TaskId(u32::from(id % 9) + 1);
    match what % 12 {
        0 => Wish::Cancel(id, Sure::Yes),
        1 => Wish::Retry(id, Sure::Yes),
        2 => {
            Wish::Reassign(id, SessionName::new(if other.is_multiple_of(2) { "w1" } else { "w2" }), Sure::Yes)
        }
        3 | 4 => Wish::Close(id),
        5 | 6 => Wish::Before(id, TaskId(u32::from(other % 9) + 1)),
        7 => {
            let text = Some(TaskText::new(&format!("text {}", other % 4)).expect("sound").0);
            Wish::Edit(id, Edit { text, priority: Priority::new(other % 11), timeout: None })
        }
        8 => Wish::Seen(vec![id, TaskId(u32::from(other % 9) + 1)]),
        _ => Wish::Add(vec![request(r)]),
    }
}

fn all(store: &Store) -> Vec<Task> {
    store.tasks(1000).expect("read").0
}

/// The whole queue, as it stands on disk.
fn whole(store: &Store, dir: &Path, rules: Rules) -> Queue {
    let raw = rusqlite::Connection::open(dir.join("archtui.db")).expect("opens");
    let clock: String = raw.query_row("SELECT clock FROM queue_head", [], |r| r.get(0)).expect("a clock");
    let clock: Option<QueueClock> = serde_json::from_str(&clock).expect("a clock");
    let tasks = all(store);
    let last = tasks.last().map_or(0, |t| t.id.0);
    Queue::restore(rules, tasks, last, clock.unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn a_wish_is_answered_as_if_the_whole_queue_had_been_read(
        wishes in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), (0..8u8, 0..6u8, any::<u8>(), 0..12u8)), 1..40),
    ) {
        let keep = tempfile::tempdir().expect("scratch");
        let dir = keep.path().join("state");
        let (mut store, _) = Store::open(&dir, at(0).wall).expect("opens");
        let rules = Rules { per_sender: 5, ..Rules::default() };
        let mut desk = store.desk(rules).expect("read");
        for (n, (what, id, other, r)) in wishes.into_iter().enumerate() {
            let now = at(n as u64 * 200);
            store.tell(&mut desk, vec![Event::Tick], now).expect("told");
            let wish = wish(what, id, other, r);
            let mut queue = whole(&store, &dir, rules);
            let wanted = queue.ask(wish.clone(), now).map(|granted| granted.ids);
            let said = format!("{wish:?}");
            let got = store.ask(rules, wish, now).expect("stored").map(|(granted, _)| granted.ids);
            prop_assert_eq!(got, wanted, "{}", said);
            let tasks: Vec<Task> = queue.tasks().cloned().collect();
            prop_assert_eq!(all(&store), tasks, "{}", said);
        }
    }
}
