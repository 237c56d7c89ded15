//! The queue's behaviour as tables. The seeded simulation of whole fleets is among the integration tests.

mod dispatching;
mod dues;
mod edits;
mod ends;
mod hands;
mod life;
mod lists;
mod wishes;

use std::time::Duration;

use jiff::Timestamp;

use super::clock::QueueClock;
use super::entry::{self, Order};
use super::*;
use crate::domain::roster::{Member, Roster};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::status;

/// An instant: seconds on both clocks.
fn at(s: u64) -> Now {
    let wall = Timestamp::from_second(1_800_000_000).expect("in range") + Duration::from_secs(s);
    Now { wall, mono: Duration::from_secs(s) }
}

fn name(s: &str) -> SessionName {
    SessionName::new(s)
}

fn pane(n: u32) -> PaneIdentity {
    PaneIdentity { id: PaneId(n), pid: 1000 + n, start: 1 }
}

fn member(name: &str, tier: Tier, boss: &str) -> Member {
    Member {
        name: name.into(),
        tier: Some(tier),
        reports_to: (!boss.is_empty()).then(|| boss.into()),
        ..Member::default()
    }
}

/// architect; boss; w1, w2, w3 (w3 knows rust); kept is a protected worker.
fn roster() -> Roster {
    let mut w3 = member("w3", Tier::Worker, "boss");
    w3.skills = vec!["Rust".into()];
    let mut kept = member("kept", Tier::Worker, "boss");
    kept.protected = true;
    Roster {
        members: vec![
            member("architect", Tier::HighLevel, ""),
            member("boss", Tier::Manager, "architect"),
            member("w1", Tier::Worker, "boss"),
            member("w2", Tier::Worker, "boss"),
            w3,
            kept,
        ],
        ..Roster::default()
    }
}

fn queue() -> Queue {
    Queue::restore(Rules::default(), [], 0, QueueClock::default())
}

fn order(text: &str, target: &str) -> Order {
    Order { target: (!target.is_empty()).then(|| target.into()), ..Order::new(text) }
}

fn request(order: Order) -> Request {
    entry::check(order, &Sender::Operator, &roster()).expect("a sound order")
}

/// Queues orders of the operator.
fn add(q: &mut Queue, orders: Vec<Order>, now: Now) -> Result<Vec<TaskId>, Refusal> {
    q.ask(Wish::Add(orders.into_iter().map(request).collect()), now).map(|g| g.ids)
}

/// Queues one for `w1` and tells its number.
fn one(q: &mut Queue) -> TaskId {
    add(q, vec![order("fix the labels", "w1")], at(0)).expect("queued")[0]
}

fn step(q: &mut Queue, id: TaskId, step: Step, s: u64) -> Vec<Effect> {
    let attempt = q.get(id).and_then(|t| t.attempts.last()).map_or(0, |a| a.number);
    q.apply(Event::Stepped { id, attempt, step }, at(s))
}

fn lease(q: &mut Queue, id: TaskId, session: &str, n: u32, s: u64) -> Vec<Effect> {
    q.apply(Event::Leased { id, session: name(session), pane: pane(n) }, at(s))
}

/// Brings a task for pane 1 to a state on the way to done; each step takes a second.
fn bring(q: &mut Queue, id: TaskId, to: State) {
    let path = [State::Leased, State::Typing, State::Typed, State::Delivered, State::Working];
    for (i, next) in path.iter().enumerate() {
        let stop = if to == State::Held { State::Typed } else { to };
        if state(q, id) == stop {
            break;
        }
        let s = 1 + i as u64;
        match next {
            State::Leased => lease(q, id, "w1", 1, s),
            State::Typing => step(q, id, Step::Ready, s),
            State::Typed => step(q, id, Step::Shown, s),
            State::Delivered => step(q, id, Step::Taken, s),
            _ => q.apply(Event::Saw { pane: pane(1), sight: Sight::Working }, at(s)),
        };
    }
    match to {
        State::Held => {
            drop(q.apply(Event::Stepped { id, attempt: 1, step: Step::Doubt("odd".into()) }, at(7)));
        }
        State::Done => {
            drop(q.apply(Event::Saw { pane: pane(1), sight: Sight::Idle(Duration::from_secs(5)) }, at(60)));
        }
        _ => {}
    }
}

fn state(q: &Queue, id: TaskId) -> State {
    q.get(id).map(|t| t.state).expect("it is there")
}

fn candidate(session: &str, n: u32) -> Candidate {
    Candidate {
        session: name(session),
        pane: pane(n),
        member: roster().member(&name(session)).cloned(),
        state: status::State::Idle,
        lasts: Duration::from_secs(60),
        composer_empty: true,
        attended: false,
        context_left: None,
        tree: None,
    }
}
