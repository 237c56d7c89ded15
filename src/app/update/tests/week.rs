//! A week of fleet life in seconds: screens, dialogs, crashes, new panes, a server that comes and goes. What is known at its
//! end is no larger than what was known after a day.

use std::sync::Arc;

use super::*;
use crate::app::event::{Did, Looked};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::read::{Composer, Reading};
use crate::domain::screen::Screen;

/// Numbers that look like chance, the same ones each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
/// Between two things that happen.
const STEP: u64 = 20;

/// What an agent shows now.
fn scene(dice: &mut Dice, step: u64) -> (Screen, Reading) {
    let state = [
        Status::Working,
        Status::Working,
        Status::Working,
        Status::Idle,
        Status::Permission,
        Status::Error,
        Status::Unknown,
        Status::Typing,
        Status::Exited,
    ][dice.roll(9) as usize];
    let rows: Vec<String> = (0..6).map(|i| format!("● step {} of {step}", i * dice.roll(4))).collect();
    let screen = Screen::plain(&format!("{}\n\n✻ Working…\n", rows.join("\n")));
    let dialog = Dialog {
        operation: Operation::Bash,
        subject: Some(format!("command {step}")),
        complete: true,
        ..Dialog::default()
    };
    let reading = Reading {
        state,
        confidence: 0.97,
        agent: Some("claude".to_owned()),
        evidence: vec!["because the test says so".to_owned()],
        dialog: state.asks().then_some(dialog),
        composer: (!state.asks()).then(Composer::default),
        context_left: Some(dice.roll(101) as u8),
        ..Reading::default()
    };
    (screen, reading)
}

/// How much is known: everything, written out.
fn known(room: &Room) -> usize {
    format!("{:?}", room.state).len()
}

#[test]
fn a_week_leaves_no_more_behind_than_a_day() {
    let mut room = Room::with(&NAMES);
    room.drawn(3, 9);
    let mut dice = Dice(7);
    let mut ids: Vec<u32> = (0..9).collect();
    let mut next = 9;
    let mut sizes = Vec::new();
    let (mut most, mut told) = (0, 0_u64);
    for step in 0..7 * 86_400 / STEP {
        room.wait(STEP * 1000);
        let who = dice.roll(9) as usize;
        match dice.roll(400) {
            // A crash: another pane has the name from now on.
            0 => {
                ids[who] = next;
                next += 1;
                let panes = ids.iter().zip(NAMES).map(|(id, name)| pane(*id, name)).collect();
                room.hear(Event::Panes(panes));
            }
            1 => {
                room.hear(Event::Server(Server::Lost { why: format!("for the {step}th time") }));
                room.wait(60_000);
                room.hear(Event::Server(Server::Up {
                    version: "3.3a".into(),
                    pid: step as u32,
                    warning: None,
                }));
            }
            2 => {
                room.hear(Event::Did(Did { what: format!("typed {step}"), command: None, failed: None }));
            }
            3..=9 => drop(room.drawn(3, 9)),
            10..=19 => drop(
                room.press(["panel-health", "zoom", "back", "explain", "help", "back"][step as usize % 6]),
            ),
            20..=99 => {
                let (screen, reading) = scene(&mut dice, step);
                room.hear(Event::Screen(Arc::new(Looked {
                    pane: pane(ids[who], NAMES[who]).identity,
                    screen: Arc::new(screen),
                    wrote: true,
                    stands: false,
                    fresh: true,
                    command: Some("claude".to_owned()),
                    conversation: None,
                    reading: reading.into(),
                })));
            }
            _ => drop(room.hear(Event::Woke)),
        }
        most = most.max(room.state.log.len());
        told += u64::from(!room.state.log.is_empty());
        if (step + 1) % (86_400 / STEP) == 0 {
            room.press("back");
            room.press("back");
            sizes.push(known(&room));
        }
    }
    let (day, week) = (sizes[0], sizes.iter().skip(1).copied().max().unwrap_or_default());
    assert!(week < day * 3 / 2, "after each day, in bytes: {sizes:?}");
    assert_eq!(room.state.fleet.sessions.len(), 9);
    assert_eq!(most, 500, "the log was filled, and is kept short");
    assert!(told > 0 && next > 40, "it was a life worth the name: {next} panes");
}
