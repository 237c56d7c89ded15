//! The chain of command as a tree, and tiles by tier.

use super::*;
use crate::domain::roster::Tier;

fn room(chain: &[(&str, Tier, Option<&str>)]) -> Room {
    let mut room = Room::new(&[]);
    room.state.fleet.roster.members = chain
        .iter()
        .map(|(name, tier, boss)| Member {
            name: (*name).to_owned(),
            tier: Some(*tier),
            reports_to: boss.map(str::to_owned),
            ..Member::default()
        })
        .collect();
    let names = chain.iter().map(|(n, ..)| *n).chain(["stranger"]);
    room.hear(Event::Panes(names.enumerate().map(|(i, n)| pane(i as u32, n)).collect()));
    room
}

fn tree(room: &Room) -> Vec<(usize, &str, usize)> {
    let label = |i: usize| room.state.fleet.sessions[i].label.as_str();
    room.state.hierarchy().iter().map(|n| (n.last.len() - 1, label(n.session), n.needs_below)).collect()
}

#[test]
fn who_reports_to_whom() {
    use Tier::{HighLevel, Manager, Worker};
    let mut room = room(&[
        ("w1", Worker, Some("m1")),
        ("w2", Worker, Some("m2")),
        ("m1", Manager, Some("a")),
        ("m2", Manager, Some("a")),
        ("a", HighLevel, None),
        ("w3", Worker, Some("nobody")),
    ]);
    room.set("w2", Status::Question, 100);
    room.set("m2", Status::Plan, 100);
    let want = [
        (0, "a", 2),
        (1, "m1", 0),
        (2, "w1", 0),
        (1, "m2", 1),
        (2, "w2", 0),
        (0, "w3", 0),
        (0, "stranger", 0),
    ];
    assert_eq!(tree(&room), want);
    room.press("panel-hierarchy");
    for _ in 0..4 {
        room.press("move-down");
    }
    room.press("zoom");
    assert_eq!(room.focused(), "w2");
}

#[test]
fn a_circle_loses_nobody() {
    use Tier::Manager;
    let room = room(&[("x", Manager, Some("y")), ("y", Manager, Some("x")), ("z", Manager, Some("z"))]);
    assert_eq!(tree(&room).len(), 4);
}

#[test]
fn tiles_by_tier() {
    use Tier::{HighLevel, Manager, Worker};
    let mut room = room(&[("w1", Worker, None), ("a", HighLevel, None), ("m1", Manager, None)]);
    room.press("order");
    room.press("order");
    assert_eq!(room.shown(), ["a", "m1", "w1", "stranger"]);
    room.press("order");
    assert_eq!(room.shown(), ["w1", "a", "m1", "stranger"]);
}
