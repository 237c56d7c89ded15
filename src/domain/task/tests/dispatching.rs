//! Who gets what, and why not.

use proptest::prelude::*;

use super::*;
use crate::domain::task::misfit::Misfit;

fn given(q: &Queue, sessions: &[Candidate], s: u64) -> Option<(u32, String)> {
    q.dispatch(&roster(), sessions, at(s)).map(|(id, c)| (id.0, c.session.to_string()))
}

fn p(priority: u8, text: &str, target: &str) -> Order {
    Order { priority: Priority::new(priority).expect("0 to 10"), ..order(text, target) }
}

#[test]
fn the_oldest_of_the_highest_priority_goes_first() {
    let mut q = queue();
    add(&mut q, vec![p(5, "a", ""), p(8, "b", ""), p(8, "c", ""), p(0, "d", "")], at(0)).expect("queued");
    let w = [candidate("w1", 1)];
    let mut got = Vec::new();
    for i in 0..4_u64 {
        let (id, _) = q.dispatch(&roster(), &w, at(i * 100)).expect("one more");
        got.push(id.0);
        q.ask(Wish::Cancel(id, Sure::Ask), at(i * 100)).expect("out of the way");
    }
    assert_eq!(got, [2, 3, 1, 4]);
}

#[test]
fn waiting_makes_urgent() {
    let mut q = queue();
    add(&mut q, vec![p(3, "old", "")], at(0)).expect("queued");
    q.apply(Event::Tick, at(0));
    let half_hours = |n: u64| n * 1800;
    // A fresh one of priority 6 goes before it until it has waited for three steps.
    add(&mut q, vec![p(6, "new", "")], at(half_hours(2))).expect("queued");
    assert_eq!(given(&q, &[candidate("w1", 1)], half_hours(2)), Some((2, "w1".into())));
    let mut q = queue();
    add(&mut q, vec![p(3, "old", "")], at(0)).expect("queued");
    q.apply(Event::Tick, at(0));
    add(&mut q, vec![p(6, "new", "")], at(half_hours(3))).expect("queued");
    assert_eq!(given(&q, &[candidate("w1", 1)], half_hours(3)), Some((1, "w1".into())), "level, and older");
}

#[test]
fn why_a_session_does_not_fit() {
    let in_dir = |dir: &str| {
        let mut c = candidate("w1", 1);
        if let Some(m) = &mut c.member {
            m.dir = Some(dir.into());
        }
        c.tree = Some("/src/app/sub".into());
        c
    };
    let task = |o: Order| {
        let mut q = queue();
        let id = add(&mut q, vec![o], at(0)).expect("queued")[0];
        (q, id)
    };
    let with = |f: fn(&mut Candidate)| {
        let mut c = candidate("w1", 1);
        f(&mut c);
        c
    };
    let rust = || Order { role: Some("rust".into()), ..order("x", "") };
    for (o, c, want) in [
        (order("x", ""), candidate("w1", 1), None),
        (order("x", "w1"), candidate("w1", 1), None),
        (rust(), candidate("w3", 1), None),
        (order("x", ""), with(|c| c.member = None), Some(Misfit::Unmanaged)),
        (order("x", ""), candidate("kept", 1), Some(Misfit::Protected)),
        (order("x", "w2"), candidate("w1", 1), Some(Misfit::NotTarget(name("w2")))),
        (order("x", ""), candidate("boss", 1), Some(Misfit::WrongTier("worker"))),
        (rust(), candidate("w1", 1), Some(Misfit::NotRole("rust".into()))),
        (
            order("x", ""),
            with(|c| c.state = status::State::Permission),
            Some(Misfit::State(status::State::Permission)),
        ),
        (
            order("x", ""),
            with(|c| c.state = status::State::Unknown),
            Some(Misfit::State(status::State::Unknown)),
        ),
        (order("x", ""), with(|c| c.composer_empty = false), Some(Misfit::Composer)),
        (order("x", ""), with(|c| c.attended = true), Some(Misfit::Attended)),
        (
            order("x", ""),
            with(|c| c.lasts = Duration::from_millis(200)),
            Some(Misfit::Fresh(Duration::from_millis(200))),
        ),
        (order("x", ""), with(|c| c.context_left = Some(9)), Some(Misfit::Context(9))),
        (order("x", ""), with(|c| c.context_left = Some(10)), None),
        (order("x", ""), in_dir("/src/app/"), None),
        (
            order("x", ""),
            in_dir("/src/ap"),
            Some(Misfit::WrongTree { want: "/src/ap".into(), is: Some("/src/app/sub".into()) }),
        ),
        (
            Order { dir: Some("/y".into()), ..order("x", "") },
            candidate("w1", 1),
            Some(Misfit::WrongTree { want: "/y".into(), is: None }),
        ),
    ] {
        let (q, id) = task(o.clone());
        let t = q.get(id).expect("there");
        assert_eq!(q.fits(&roster(), t, &c).err(), want, "{o:?}");
        // The dispatcher goes by nothing else.
        assert_eq!(q.dispatch(&roster(), std::slice::from_ref(&c), at(1)).is_some(), want.is_none(), "{o:?}");
        let said = want.map(|m| m.to_string());
        assert!(said.is_none_or(|s| s.starts_with("is ") || s.starts_with("ha") || s.starts_with("waits")));
    }
}

#[test]
fn the_roster_in_force_has_the_last_word_on_who_may_hand_work_to_whom() {
    let mut q = queue();
    let from = Sender::Session(name("boss"));
    let r = entry::check(order("x", "w1"), &from, &roster()).expect("a manager may");
    q.ask(Wish::Add(vec![r]), at(0)).expect("queued");
    let w = [candidate("w1", 1)];
    assert!(q.dispatch(&roster(), &w, at(1)).is_some());
    // A sender whose own config called it a manager, and the fleet's does not.
    let mut other = roster();
    other.members[1].tier = Some(Tier::Worker);
    assert!(q.dispatch(&other, &w, at(1)).is_none());
    let why = q.get(TaskId(1)).and_then(|t| q.why(&other, t, &w, at(1)));
    assert!(why.as_ref().is_some_and(|w| w.contains("boss is a worker")), "{why:?}");
}

#[test]
fn only_idle_sessions_get_work() {
    let mut q = queue();
    one(&mut q);
    for state in status::State::ALL {
        let c = Candidate { state, ..candidate("w1", 1) };
        assert_eq!(q.dispatch(&roster(), &[c], at(1)).is_some(), state == status::State::Idle, "{state:?}");
    }
}

#[test]
fn a_target_is_strict_and_stands_in_nobodys_way() {
    let mut q = queue();
    add(&mut q, vec![p(10, "a", "w2"), p(1, "b", "")], at(0)).expect("queued");
    let busy = Candidate { state: status::State::Working, ..candidate("w2", 2) };
    let sessions = [candidate("w1", 1), busy];
    assert_eq!(given(&q, &sessions, 1), Some((2, "w1".into())));
    let why = |id: u32, sessions: &[Candidate]| {
        q.get(TaskId(id)).and_then(|t| q.why(&roster(), t, sessions, at(1)))
    };
    assert_eq!(why(1, &sessions).as_deref(), Some("w2 is working"));
    assert_eq!(why(1, &sessions[..1]).as_deref(), Some("w2 does not exist now"));
    assert_eq!(why(2, &sessions), None);
    let asks = Candidate { state: status::State::Permission, ..candidate("w1", 1) };
    let all = [asks, sessions[1].clone(), candidate("boss", 3), candidate("kept", 4)];
    assert_eq!(
        why(2, &all).as_deref(),
        Some("no session is free: 1 is working, 1 waits for an answer (permission)")
    );
    assert_eq!(why(2, &[]).as_deref(), Some("no session that may take it exists now"));
}

#[test]
fn another_session_is_tried_first_then_the_one_idle_longest() {
    let mut q = queue();
    let id = add(&mut q, vec![order("a", "")], at(0)).expect("queued")[0];
    let mut sessions = [candidate("w1", 1), candidate("w2", 2), candidate("w3", 3)];
    sessions[1].lasts = Duration::from_secs(90);
    assert_eq!(given(&q, &sessions, 1), Some((1, "w2".into())));
    lease(&mut q, id, "w2", 2, 1);
    step(&mut q, id, Step::Declined("no".into()), 2);
    assert_eq!(given(&q, &sessions, 2), None, "after a pause");
    assert!(
        q.get(id)
            .and_then(|t| q.why(&roster(), t, &sessions, at(2)))
            .is_some_and(|w| w.contains("again in 2 s (no)"))
    );
    assert_eq!(given(&q, &sessions, 5), Some((1, "w1".into())));
    assert_eq!(given(&q, &sessions[1..2], 5), Some((1, "w2".into())), "rather there than nowhere");
}

proptest! {
    /// Nobody starves: under a stream of the most urgent tasks, the least urgent one gets its turn as soon as it has
    /// waited for ten steps of ageing.
    #[test]
    fn the_least_urgent_gets_its_turn(priority in 0_u8..=10, gap in 300_u64..3000, burst in 1_usize..4) {
        let mut q = queue();
        add(&mut q, vec![p(priority, "patient", "")], at(0)).expect("queued");
        q.apply(Event::Tick, at(0));
        let w = [candidate("w1", 1)];
        let mut now = 0;
        let mut n = 0;
        let bound = (10 - u64::from(priority)) * 1800;
        loop {
            for _ in 0..burst {
                n += 1;
                add(&mut q, vec![p(10, &format!("urgent {n}"), "")], at(now)).expect("queued");
            }
            let (id, _) = q.dispatch(&roster(), &w, at(now)).expect("there is work");
            if id.0 == 1 {
                break;
            }
            prop_assert!(now < bound, "it waits since {} s", now);
            q.ask(Wish::Close(id), at(now)).expect("done at once");
            now += gap;
        }
    }
}

#[test]
fn a_role_is_told_to_the_protected_too_and_wherever_they_are() {
    let role = || Order { kind: Kind::Role, ..order("ROLE: keeper", "kept") };
    let mut q = queue();
    let id = add(&mut q, vec![role()], at(0)).expect("queued")[0];
    let mut kept = candidate("kept", 1);
    if let Some(m) = &mut kept.member {
        m.dir = Some("/elsewhere".into());
    }
    assert_eq!(given(&q, &[candidate("w1", 2)], 1), None, "to nobody else");
    assert_eq!(given(&q, &[kept], 1), Some((id.0, "kept".into())));
    assert_eq!(q.get(id).map(Task::typed).as_deref(), Some("ROLE: keeper"), "as it was written");
    let work = entry::check(order("x", "kept"), &Sender::Operator, &roster());
    assert_eq!(work, Err(Refusal::Protected("kept".into())), "work still is not");
}

#[test]
fn the_excluded_get_neither_work_nor_a_role_by_whatever_entry_they_are_covered() {
    let all = roster();
    let family = Member { name: "w*".into(), ..member("w", Tier::Worker, "boss") };
    let members = all.members.into_iter().filter(|m| !m.name.starts_with('w')).chain([family]).collect();
    let roster = Roster { members, exclude: vec!["w2".into(), "bos*".into()] };
    let mut q = queue();
    add(&mut q, vec![Order::new("anybody")], at(0)).expect("queued");
    let session = |s: &str, n| Candidate { member: roster.member(&name(s)).cloned(), ..candidate(s, n) };
    let given =
        |q: &Queue, s: &[Candidate]| q.dispatch(&roster, s, at(1)).map(|(_, s)| s.session.to_string());
    assert_eq!(given(&q, &[session("w2", 2)]), None, "work");
    assert_eq!(given(&q, &[session("w2", 2), session("w1", 1)]).as_deref(), Some("w1"));
    let mut q = queue();
    let role = Order { kind: Kind::Role, ..order("ROLE: worker", "w2") };
    add(&mut q, vec![role], at(0)).expect("queued");
    assert_eq!(given(&q, &[session("w2", 2)]), None, "a role");
    for target in ["w2", "boss"] {
        let work = entry::check(order("x", target), &Sender::Operator, &roster);
        assert_eq!(work, Err(Refusal::Protected(target.into())));
    }
    let told = |from: &str| {
        let from = Sender::Session(name(from));
        entry::check(order("x", "w1"), &from, &roster).map(|r| r.reply)
    };
    assert_eq!(told("boss"), Ok(false), "nothing is typed into its composer");
}

#[test]
fn a_dispatcher_for_roles_hands_out_nothing_else() {
    let mut q =
        Queue::restore(Rules { only: Some(Kind::Role), ..Rules::default() }, [], 0, QueueClock::default());
    add(&mut q, vec![p(10, "work", "w1")], at(0)).expect("queued");
    assert_eq!(given(&q, &[candidate("w1", 1)], 1), None);
    let role = Order { kind: Kind::Role, ..p(0, "ROLE: worker", "w1") };
    let id = add(&mut q, vec![role], at(2)).expect("queued")[0];
    assert_eq!(given(&q, &[candidate("w1", 1)], 3), Some((id.0, "w1".into())));
}

/// A manager's task that a person gives to somebody whom the manager may hand nothing to: the person may.
#[test]
fn a_person_hands_over_whatever_the_chain_says() {
    let mut q = queue();
    let boss = Sender::Session(name("boss"));
    let request = entry::check(order("x", "w1"), &boss, &roster()).expect("sound");
    let id = q.ask(Wish::Add(vec![request]), at(0)).expect("queued").ids[0];
    let sessions = [candidate("architect", 1)];
    let next = |q: &Queue| q.dispatch(&roster(), &sessions, at(10)).map(|(id, c)| (id, c.session.clone()));
    assert_eq!(next(&q), None);
    q.ask(Wish::Reassign(id, name("architect"), Sure::Yes), at(1)).expect("granted");
    assert_eq!(next(&q), Some((id, name("architect"))));
}
