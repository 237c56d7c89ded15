//! Fleets for tests of the view: states made of recorded and of plain screens, at a fixed instant.

use std::sync::Arc;
use std::time::Duration;

use archtui::app::State;
use archtui::app::effect::Fixed;
use archtui::app::event::Did;
use archtui::app::keymap::Keymap;
use archtui::app::state::{Entry, Fleet, Now};
use archtui::domain::agent::Agents;
use archtui::domain::ansi;
use archtui::domain::health::{Limits, Signs, Trouble, judge};
use archtui::domain::host::{Gauges, Host, Usage};
use archtui::domain::read::{Facts, read};
use archtui::domain::roster::{Member, Roster, Tier};
use archtui::domain::screen::{Cursor, Screen};
use archtui::domain::server::{Notice, PaneInfo, Server};
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::status::State as Status;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// The instant of every frame: an hour after the start.
pub const NOW: Now = Now {
    mono: Duration::from_hours(1),
    utc: Timestamp::UNIX_EPOCH,
    local: DateTime::constant(2026, 2, 8, 14, 32, 7, 0),
};

/// A recorded screen by name, and its size.
pub fn recorded(name: &str) -> Screen {
    let (bytes, w, h): (&[u8], u16, u16) = match name {
        "working" => (include_bytes!("../screens/look/working.ansi"), 80, 24),
        "permission" => (include_bytes!("../screens/look/permission.ansi"), 80, 24),
        "idle" => (include_bytes!("../screens/look/idle.ansi"), 80, 24),
        "todo" => (include_bytes!("../screens/look/todo.ansi"), 80, 24),
        "answer" => (include_bytes!("../screens/look/answer.ansi"), 80, 24),
        "tool" => (include_bytes!("../screens/look/tool.ansi"), 80, 24),
        "streaming" => (include_bytes!("../screens/look/streaming.ansi"), 80, 24),
        "question" => (include_bytes!("../screens/look/question.ansi"), 80, 24),
        "error" => (include_bytes!("../screens/look/error.ansi"), 80, 24),
        "codex" => (include_bytes!("../screens/look/codex.ansi"), 120, 40),
        "plan" => (include_bytes!("../screens/look/plan.ansi"), 120, 40),
        "edit" => (include_bytes!("../screens/look/edit.ansi"), 120, 40),
        other => panic!("no screen is called {other}"),
    };
    ansi::parse(bytes, w, h)
}

/// What a test says of one session.
pub struct Place {
    pub name: &'static str,
    pub member: Option<(Tier, &'static str)>,
    pub state: Status,
    pub age: u64,
    pub screen: Option<Screen>,
    pub why: &'static str,
}

fn place(
    name: &'static str,
    tier: Tier,
    role: &'static str,
    state: Status,
    age: u64,
    screen: &str,
    why: &'static str,
) -> Place {
    Place { name, member: Some((tier, role)), state, age, screen: Some(recorded(screen)), why }
}

/// A state of these sessions on a connected server.
pub fn state(places: Vec<Place>) -> State {
    let member = |p: &Place| {
        p.member.map(|(tier, role)| Member {
            name: p.name.into(),
            tier: Some(tier),
            role: (!role.is_empty()).then(|| role.into()),
            ..Member::default()
        })
    };
    let roster = Roster { members: places.iter().filter_map(member).collect(), ..Roster::default() };
    let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
    let mut state = State::new(fixed, "architect-dashboard", Fleet::new(roster));
    state.now = NOW;
    state.server = Server::Up { version: "3.3a".into(), pid: 4711, warning: None };
    state.noticing = Some((Notice::Inotify, None));
    state.socket = "/tmp/tmux-1000/default".into();
    let panes: Vec<PaneInfo> = (1..)
        .zip(&places)
        .filter(|(_, p)| p.state != Status::Gone)
        .map(|(i, p)| pane(i, p.name, p.screen.as_ref().map_or((80, 24), |s| (s.width, s.height))))
        .collect();
    state.fleet.meet(&panes, NOW.mono);
    for place in places {
        let name = SessionName::new(place.name);
        let session = state.fleet.sessions.iter_mut().find(|s| s.name == name).expect("it was met");
        if let Some(screen) = &place.screen {
            session.look(read(screen, &Facts::default(), Agents::builtin()), NOW.mono);
        }
        session.state = place.state;
        session.since = NOW.mono.saturating_sub(Duration::from_secs(place.age));
        session.why = vec![place.why.into()];
        session.screen = place.screen.map(Arc::new);
    }
    state.listed = true;
    state.grid.focus = state.fleet.sessions.first().map(archtui::app::state::Session::key);
    state
}

fn pane(i: u32, name: &str, (width, height): (u16, u16)) -> PaneInfo {
    PaneInfo {
        identity: PaneIdentity { id: PaneId(i), pid: 1000 + i, start: 1 },
        session: SessionName::new(name),
        session_id: i,
        window_id: i,
        front: true,
        width,
        height,
        title: String::new(),
        tty: format!("/dev/pts/{i}"),
        dead: false,
        in_mode: false,
        synchronized: false,
        attached: 0,
    }
}

/// The nine sessions of the procedure, all at work.
pub fn nine() -> State {
    use Tier::{HighLevel, Manager, Worker};
    let mut state = state(vec![
        place(
            "architect",
            HighLevel,
            "System Architect",
            Status::Working,
            124,
            "working",
            "a spinner turns above the composer",
        ),
        place(
            "claude_orchestrator",
            Manager,
            "Task Coordination",
            Status::Permission,
            41,
            "permission",
            "a dialog with 3 options stands at the live end: rm -rf build",
        ),
        place(
            "wrapper_claude",
            Manager,
            "Wrapper",
            Status::Idle,
            190,
            "idle",
            "the composer is empty and nothing runs",
        ),
        place(
            "efficiency_manager",
            Manager,
            "Efficiency",
            Status::Working,
            18,
            "todo",
            "a spinner turns above the composer",
        ),
        place(
            "documentation_manager",
            Manager,
            "Documentation",
            Status::Idle,
            700,
            "answer",
            "the composer is empty and nothing runs",
        ),
        place("dev_worker1", Worker, "", Status::Working, 6, "tool", "a spinner turns above the composer"),
        place(
            "dev_worker2",
            Worker,
            "",
            Status::Working,
            61,
            "streaming",
            "text came within the last second",
        ),
        place(
            "dev_worker3",
            Worker,
            "",
            Status::Question,
            6,
            "question",
            "a dialog with 5 options stands at the live end",
        ),
        place("fixer", Worker, "", Status::Error, 245, "error", "API Error: 529 Overloaded"),
    ]);
    for (at, what, command, failed) in [
        ((14, 29, 50), "attached architect", Some("switch-client -t '%1'"), None),
        ((14, 31, 2), "typed into dev_worker1", Some("send-keys -t %6 -l -- 'go on'"), None),
        (
            (14, 31, 58),
            "typed into fixer",
            Some("send-keys -t %9 Enter"),
            Some("the pane is in copy mode; leave it first"),
        ),
    ] {
        let local = DateTime::constant(2026, 2, 8, at.0, at.1, at.2, 0);
        let did = Did { what: what.into(), command: command.map(Into::into), failed: failed.map(Into::into) };
        state.log.push(Entry { at: Timestamp::UNIX_EPOCH, local, did, health: None });
    }
    for session in &mut state.fleet.sessions {
        let Some(member) = &mut session.member else { continue };
        member.reports_to = match member.tier {
            Some(Manager) => Some("architect".to_owned()),
            Some(Worker) => Some("claude_orchestrator".to_owned()),
            _ => None,
        };
    }
    focus(&mut state, "claude_orchestrator");
    state
}

/// The nine, of which three are not well.
pub fn ailing() -> State {
    let mut state = nine();
    let minutes = |n| NOW.mono.saturating_sub(Duration::from_mins(n));
    for (name, ago, change) in [
        ("dev_worker1", 7, (|s| s.silent = Some(Duration::from_mins(12))) as fn(&mut Signs)),
        ("dev_worker2", 1, |s| s.context_left = Some(6)),
        ("fixer", 3, |s| s.trouble = Some(Trouble::Retrying)),
    ] {
        let session = state.fleet.sessions.iter_mut().find(|s| s.label == name).expect("it is of the nine");
        let mut signs = Signs::of(session.state, Duration::from_mins(5));
        change(&mut signs);
        session.ward.chart.see(judge(&signs, &Limits::default()), minutes(ago));
    }
    let host = Host { load: Some(7.25), cores: Some(2), memory: Some((16 << 30, 2 << 30)) };
    let usage = |i: u8| Usage {
        cpu: (i != 3).then_some(f32::from(i) * 7.5),
        memory: Some(u64::from(i) * (150 << 20)),
    };
    let panes = state.fleet.sessions.iter().filter_map(|s| s.pane.as_ref()).map(|p| p.identity);
    let panes = panes.zip(1_u8..).filter(|(_, i)| *i != 5).map(|(p, i)| (p, usage(i))).collect();
    state.gauges = Some(Arc::new(Gauges { host, panes }));
    state
}

/// Every state there is, a session each, and one that the config does not know.
pub fn every_state() -> State {
    let mut places: Vec<Place> = Status::ALL
        .iter()
        .zip(11..)
        .map(|(s, age)| Place {
            name: s.word(),
            member: Some((Tier::Worker, "")),
            state: *s,
            age,
            screen: (*s != Status::Gone).then(|| Screen::plain(&format!("a pane that is {}\n$ ", s.word()))),
            why: "because the test says so",
        })
        .collect();
    places.push(Place {
        name: "stranger",
        member: None,
        state: Status::Shell,
        age: 5000,
        screen: Some(cells()),
        why: "",
    });
    state(places)
}

/// So many sessions, every fifth of which waits.
pub fn many(n: usize) -> State {
    let screens = ["working", "permission", "idle", "todo", "answer", "tool", "streaming", "question"];
    let mut state = state(vec![]);
    let names: Vec<String> = (0..n).map(|i| format!("dev_worker{}", i + 1)).collect();
    let panes: Vec<PaneInfo> = (1..).zip(&names).map(|(i, name)| pane(i, name, (80, 24))).collect();
    state.fleet.meet(&panes, NOW.mono);
    for (i, s) in state.fleet.sessions.iter_mut().enumerate() {
        s.state = if i % 5 == 3 { Status::Permission } else { Status::Working };
        s.since = NOW.mono.saturating_sub(Duration::from_secs(7 * i as u64));
        s.why = vec!["because the test says so".into()];
        let screen = recorded(if i % 5 == 3 { "permission" } else { screens[i % 8] });
        s.tracker.look(read(&screen, &Facts::default(), Agents::builtin()), NOW.mono);
        s.screen = Some(Arc::new(screen));
    }
    state.grid.focus = state.fleet.sessions.first().map(archtui::app::state::Session::key);
    state
}

/// Every kind of cell a pane can have.
pub fn cells() -> Screen {
    let text = "\x1b[1mbold\x1b[0m \x1b[2mdim\x1b[0m \x1b[3mitalic\x1b[0m \x1b[4munder\x1b[0m \x1b[7mreverse\x1b[0m \x1b[9mstrike\x1b[0m \x1b[5mblink\x1b[0m \x1b[8mhidden\x1b[0m|\n\
        \x1b[31mred\x1b[0m \x1b[92mgreen\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[38;2;100;200;255mtrue\x1b[0m \x1b[44mon blue\x1b[0m \x1b[48;2;60;20;60mon plum\x1b[0m\n\
        漢字かな 🦀 e\u{301}a\u{30a} ｶﾞ ❤\u{fe0f} 👩\u{200d}👧|\n\
        $ ";
    let mut screen = ansi::parse(text.as_bytes(), 80, 24);
    screen.cursor = Some(Cursor { x: 2, y: 3, visible: true });
    screen
}

/// Moves the focus to a session.
pub fn focus(state: &mut State, name: &str) {
    let key = state.fleet.sessions.iter().find(|s| s.label == name).map(archtui::app::state::Session::key);
    assert!(key.is_some(), "no session is called {name}");
    state.grid.focus = key;
}
