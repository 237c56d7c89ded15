//! The wall: no secret is ever to be seen on it, at any size; and as a program, over a private tmux server: no key acts, it
//! never takes the seat, and it comes through whatever befalls tmux and its own terminal.

use std::sync::Arc;

use archtui::app::State;
use archtui::domain::ansi;
use archtui::domain::server::Server;
use archtui::domain::session::PaneId;
use archtui::theme::{Depth, Theme};
use archtui::view;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::actor::{Daemon, Stage};
use crate::frames::hang;
use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;
use crate::{fleets, queues};

/// Nobody's key, of a known shape.
const SECRET: &str = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";

/// A fleet in which everything that an agent can influence holds the secret.
fn leaky(before: usize) -> State {
    let mut s = fleets::nine();
    queues::lay(&mut s, &queues::plights());
    let line = format!("{} {SECRET} tail", "x".repeat(before));
    let rows = vec![format!("\x1b[31m{line}\x1b[0m"); 30].join("\r\n");
    let screen = Arc::new(ansi::parse(rows.as_bytes(), 80, 24));
    for session in &mut s.fleet.sessions {
        session.screen = Some(Arc::clone(&screen));
        session.label.clone_from(&line);
        session.why = vec![line.clone()];
        let mut reading = session.tracker.reading().clone();
        if let Some(dialog) = &mut reading.dialog {
            dialog.subject = Some(line.clone());
            dialog.question = Some(line.clone());
        }
        let (state, since) = (session.state, session.since);
        session.look(reading, fleets::NOW.mono);
        (session.state, session.since) = (state, since);
        for task in &mut session.tasks {
            Arc::make_mut(task).text.clone_from(&line);
            Arc::make_mut(task).reason = Some(line.clone());
        }
    }
    s.fleet_name.clone_from(&line);
    hang(&mut s);
    s
}

/// A fleet whose dialogs break the secret over two framed rows; what was read of them may have a gap there.
fn torn(at: usize, frame: (&str, &str), gap: &str) -> State {
    let mut s = fleets::nine();
    let (one, two) = SECRET.split_at(at);
    let row = |text: &str| format!("{}{text:<60}{}", frame.0, frame.1);
    let rows = ["$ deploy", &format!("export TOKEN={one}"), two, "", "Do you want to proceed?"].map(row);
    let screen = Arc::new(ansi::parse(rows.join("\r\n").as_bytes(), 80, 24));
    for session in &mut s.fleet.sessions {
        session.screen = Some(Arc::clone(&screen));
        let mut reading = session.tracker.reading().clone();
        if let Some(dialog) = &mut reading.dialog {
            dialog.subject = Some(format!("export TOKEN={one}{gap}{two}"));
            dialog.rows = (0, 5);
        }
        let (state, since) = (session.state, session.since);
        session.look(reading, fleets::NOW.mono);
        (session.state, session.since) = (state, since);
    }
    hang(&mut s);
    s
}

fn leaks(state: &State, (w, h): (u16, u16)) -> Option<String> {
    let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
    view::paint(state, &Theme::dark(Depth::True), &mut buf);
    let rows = buf.content.chunks(usize::from(w).max(1));
    let rows = rows.map(|row| row.iter().map(Cell::symbol).collect::<String>());
    // Eight characters of it in a row are too many; what it begins with tells only what it is.
    let parts: Vec<&str> = (4..SECRET.len() - 8).map(|at| &SECRET[at..at + 8]).collect();
    rows.into_iter().find(|row| parts.iter().any(|part| row.contains(part)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_seen_at_any_size(before in 0usize..60, w in 0u16..=260, h in 0u16..=80, gone in any::<bool>()) {
        let mut state = leaky(before);
        state.size = (w, h);
        state.turn_wall();
        if gone {
            state.server = Server::Lost { why: format!("password={SECRET}") };
            state.heard = None;
        }
        prop_assert_eq!(leaks(&state, (w, h)), None);
    }

    #[test]
    fn no_half_of_a_secret_that_a_dialog_breaks_is_seen(
        at in 1usize..SECRET.len(), frame in 0usize..3, gap in 0usize..3, w in 40u16..=260, h in 12u16..=80,
    ) {
        let frame = [("  ", ""), ("│ ", " │"), ("  │ ", "│")][frame];
        let mut state = torn(at, frame, ["", " ", "\n"][gap]);
        state.size = (w, h);
        state.turn_wall();
        prop_assert_eq!(leaks(&state, (w, h)), None);
    }
}

#[test]
fn the_control_room_would_show_it() {
    let mut state = leaky(3);
    state.wall = archtui::app::state::Wall::default();
    assert!(leaks(&state, (120, 40)).is_some(), "what is looked for above could be found");
}

#[test]
fn every_session_has_its_place_at_every_size_and_number() {
    for n in [0, 1, 9, 50, 200] {
        for size in [(80, 24), (120, 40), (240, 67), (40, 12), (20, 5), (1, 1), (0, 0), (300, 3), (3, 300)] {
            let mut state = fleets::many(n);
            hang(&mut state);
            state.size = size;
            state.turn_wall();
            let mut buf = Buffer::empty(Rect::new(0, 0, size.0, size.1));
            let areas = view::paint(&state, &Theme::dark(Depth::True), &mut buf);
            let page = state.wall.page.as_ref().expect("it hangs");
            assert_eq!(areas.tiles.len(), page.sessions.len(), "{n} at {size:?}: all of the page is drawn");
            let text: String = buf.content.iter().map(Cell::symbol).collect();
            if size.0 >= 40 && size.1 >= 12 {
                assert!(text.contains("1s old"), "{n} at {size:?}: how old the news is");
            }
        }
    }
}

/// A wall, or the control room, in a pane of a terminal of its own.
struct Hung {
    screen: PrivateTmux,
    pane: PaneId,
}

impl Hung {
    fn over(stage: &Stage, more: &str) -> Self {
        let screen = PrivateTmux::new();
        let root = stage.root.display();
        #[expect(clippy::disallowed_methods, reason = "tmux has to be found on the PATH")]
        let path = std::env::var("PATH").unwrap_or_default();
        let line = format!(
            "env -i PATH='{path}' HOME={root}/home XDG_RUNTIME_DIR={root}/run TERM=xterm-256color COLORTERM=truecolor \
             LC_ALL=C.UTF-8 TZ=UTC {} -S {} --config {root}/archtui.toml {more}; echo LEFT $?; exec cat",
            env!("CARGO_BIN_EXE_archtui"),
            stage.tmux.socket().display(),
        );
        let pane = screen.session_of("wall", 120, 40, &line);
        screen.run(&["set-option", "-g", "status", "off"]);
        Self { screen, pane }
    }

    fn shows(&self, what: &str) {
        self.screen.wait_for(self.pane, what);
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        wait_until(what, || holds(&self.screen.text(self.pane)), || self.screen.text(self.pane));
    }

    fn press(&self, keys: &[&str]) {
        let pane = self.pane.to_string();
        let args: Vec<&str> = ["send-keys", "-t", &pane].into_iter().chain(keys.iter().copied()).collect();
        self.screen.run(&args);
    }

    fn resize(&self, w: u16, h: u16) {
        self.screen.run(&["resize-window", "-t", "wall", "-x", &w.to_string(), "-y", &h.to_string()]);
    }
}

/// Everything that acts, ends or asks in the control room.
const KEYS: [&str; 24] = [
    "y", "d", "1", "2", "3", "i", "x", "Enter", "a", "p", "u", "K", "w", "t", "m", "T", "X", "o", "E", ":",
    "/", "?", "Tab", "F3",
];

#[test]
fn no_key_acts_on_a_wall() {
    let stage = Stage::new(&["permission--write-new--120x40.ansi"]);
    let config = stage.root.join("archtui.toml");
    let text = std::fs::read_to_string(&config).expect("there");
    std::fs::write(&config, text.replace("sop", "watch")).expect("written");
    let room = Hung::over(&stage, "");
    room.shows("auto-confirm watch");
    room.shows("● 1 need you");
    room.press(&["z"]);
    room.shows("z leaves");
    room.press(&KEYS);
    room.press(&["z"]);
    // The keys were read in their order: what stood before the last one had its chance.
    room.shows("approve once");
    assert_eq!(stage.keys(), "", "nothing reached the agent");
    let ledger = stage.ledger();
    assert!(!ledger.contains("operator") && !ledger.contains("pressed"), "{ledger}");
    // In the room that is behind it the same key acts, on what is drawn for long enough.
    let answered = || {
        room.press(&["y"]);
        stage.keys() == "1"
    };
    wait_until("y answers in the control room", answered, || room.screen.text(room.pane));
}

#[test]
fn a_wall_never_takes_the_seat_and_has_no_way_into_a_room() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let wall = Hung::over(&stage, "--wall");
    wall.shows("off: nobody acts");
    wall.shows("● 1 need you");
    wall.press(&KEYS);
    wall.press(&["z", "Escape", "z"]);
    wall.resize(100, 40);
    wall.shows("q quits");
    assert_eq!(stage.keys(), "", "what the rules confirm is not confirmed by a wall");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wall.shows("auto-confirm LIVE sop");
    wait_until("the daemon confirms", || stage.keys() == "1", || stage.ledger());
    wall.press(&["q"]);
    wall.shows("LEFT 0");
}

#[test]
fn a_wall_comes_through_the_end_of_tmux_and_any_size_of_its_terminal() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi"]);
    let wall = Hung::over(&stage, "--wall");
    wall.shows("● 1 need you");
    for (w, h) in [(20, 5), (240, 67), (2, 1), (40, 12)] {
        wall.resize(w, h);
    }
    wall.shows("worker");
    wall.resize(120, 40);
    wall.shows("● 1 need you");
    stage.tmux.crash();
    wall.shows("it is tried again by itself");
    wall.until("it says since when", |t| t.contains(" old") && t.contains("was bash for"));
    stage.tmux.session_of("worker", 80, 24, "exec cat");
    wall.until("it lives again by itself", |t| t.contains("needs eyes") && !t.contains("tried again"));
    wall.press(&["q"]);
    wall.shows("LEFT 0");
}
