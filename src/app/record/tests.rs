//! Replay equals record; and what a recording does not tell.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;
use proptest::prelude::*;

use super::*;
use crate::app::areas::Areas;
use crate::app::effect::Fixed;
use crate::app::event::{Did, Looked};
use crate::app::key::{Code, Key};
use crate::app::keymap::Keymap;
use crate::app::state::{Board, Fleet, Mode};
use crate::app::update;
use crate::app::update::LEAVE;
use crate::app::update::tests::property::any_event;
use crate::domain::confirm::{Confirmation, Risk};
use crate::domain::dialog::{Dialog, Operation};
use crate::domain::read::{Composer, Reading};
use crate::domain::roster::{Member, Roster};
use crate::domain::screen::Screen;
use crate::domain::server::{PaneInfo, Server};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};

/// Nobody's key, of a known shape.
const SECRET: &str = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";

fn first() -> State {
    let members = vec![Member { name: "a".to_owned(), ..Member::default() }];
    let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
    State::new(fixed, "test", Fleet::new(Roster { members, ..Roster::default() }))
}

/// So many milliseconds after an instant, where the person's clock is ahead by an hour and a half.
fn at(ms: u64) -> Now {
    let utc = Timestamp::from_millisecond(1_800_000_000_000 + ms.cast_signed()).expect("a moment");
    let local: DateTime = Offset::from_seconds(5400).expect("an offset").to_datetime(utc);
    Now { mono: Duration::from_millis(86_400_000 + ms) + Duration::from_nanos(7), utc, local }
}

/// A run that is recorded and replayed at once.
struct Twice {
    state: State,
    recorder: Recorder,
    replay: Replay,
    ms: u64,
    lines: Vec<String>,
}

impl Twice {
    fn new(state: State, whose: &[&str]) -> Self {
        let recorder = Recorder::new(whose.iter().map(|w| (*w).to_owned()).collect());
        let header = recorder.header(Start::of(&state), "dark").expect("can be written");
        let replay = Replay::new(decode_header(&header).expect("reads").start).expect("is known");
        Self { state, recorder, replay, ms: 0, lines: vec![header] }
    }

    fn hear(&mut self, event: Event) {
        let now = at(self.ms);
        let areas = if let Event::Drew(areas) = &event { areas.clone() } else { Areas::default() };
        let line = match &event {
            Event::Drew(_) => Recorder::drew(now, (80, 24)),
            event => self.recorder.fact(now, &untyped(&self.state, event, now)),
        };
        let _ = update(&mut self.state, event, now);
        let decoded = Line::decode(&line).expect("reads");
        assert_eq!(decoded.stamp.now(), now);
        let took = self.replay.take(&decoded, |_, _| areas).expect("can be taken");
        assert!(!matches!(took, Took::Lost(_)), "{line}");
        self.lines.push(line);
    }

    fn states(&self) -> (String, String) {
        (format!("{:#?}", self.state), format!("{:#?}", self.replay.state()))
    }

    /// The first line in which the two states differ: all that is known is told by `Debug`, and frames are drawn of it.
    fn differs(&self) -> Option<(String, String)> {
        let (taken, replayed) = self.states();
        if taken == replayed {
            return None;
        }
        let mut both = taken.lines().zip(replayed.lines());
        let (a, b) = both.find(|(a, b)| a != b).unwrap_or(("it ends", "or the other does"));
        Some((a.to_owned(), b.to_owned()))
    }

    fn file(&self) -> String {
        self.lines.join("\n")
    }
}

proptest! {
    #[test]
    fn replay_equals_record(events in proptest::collection::vec((any_event(), 0u64..700), 1..60)) {
        let mut run = Twice::new(first(), &[]);
        for (event, ms) in events {
            run.ms += ms;
            run.hear(event);
        }
        prop_assert_eq!(run.differs(), None);
    }
}

fn pane() -> PaneIdentity {
    PaneIdentity { id: PaneId(3), pid: 77, start: 5 }
}

fn info(title: &str) -> PaneInfo {
    PaneInfo { width: 60, height: 4, title: title.to_owned(), ..PaneInfo::plain(pane(), "a") }
}

fn looked(text: &str) -> Event {
    let dialog = Dialog {
        operation: Operation::Bash,
        subject: Some(text.to_owned()),
        complete: true,
        rows: (1, 3),
        ..Dialog::default()
    };
    let composer = Composer { text: text.to_owned(), mode: None, certain: true, row: 2, pasted: None };
    let reading = Reading {
        state: crate::domain::status::State::Permission,
        dialog: Some(dialog),
        composer: Some(composer),
        evidence: vec![format!("row 1: {text}")],
        ..Reading::default()
    };
    let screen = Arc::new(Screen { width: 60, height: 4, ..Screen::plain(&format!("$ {text}\n\nx")) });
    Event::Screen(Arc::new(Looked {
        pane: pane(),
        screen,
        wrote: true,
        stands: true,
        fresh: true,
        command: Some("claude".to_owned()),
        conversation: None,
        reading: reading.into(),
    }))
}

fn board(subject: &str, shown: bool) -> Event {
    let dialog =
        Dialog { subject: Some(subject.to_owned()), operation: Operation::Bash, ..Dialog::default() };
    let content = if shown { dialog.identity() } else { crate::domain::dialog::DialogId(99) };
    let open = Confirmation {
        id: (pane(), (content, 0).into()),
        session: SessionName::new("a"),
        role: None,
        operation: Operation::Bash,
        asker: None,
        subject: Some(subject.to_owned()),
        options: vec![],
        since: Duration::from_secs(3),
        risk: Risk::High,
        verdict: None,
        next: "for a person".to_owned(),
        needs_you: true,
        outcome: None,
    };
    Event::Board(Arc::new(Board { queue: vec![open], ..Board::default() }))
}

/// Everything that an agent can influence says this.
fn told(run: &mut Twice, text: &str) {
    run.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: Some(text.to_owned()) }));
    run.hear(Event::Panes(vec![info(text)]));
    run.hear(looked(text));
    run.hear(board(text, true));
    run.hear(Event::Drew(Areas { tiles: vec![(0, crate::app::areas::Area::default())], ..Areas::default() }));
    run.hear(Event::Did(Did { what: text.to_owned(), command: Some(text.to_owned()), failed: None }));
}

#[test]
fn a_secret_is_in_no_line_and_the_run_goes_the_same_way() {
    let mut run = Twice::new(first(), &[]);
    told(&mut run, &format!("export TOKEN={SECRET} && deploy"));
    let file = run.file();
    assert!(!file.contains(&SECRET[4..]), "{file}");
    assert!(file.contains("export TOKEN=••••"), "{file}");
    // The dialog that was drawn is the one that stands open, there as here, though it has another name.
    assert_eq!(run.state.drawn.len(), 1);
    let drawn = |s: &State| s.drawn.values().map(|d| (d.showing.epoch, d.since)).collect::<Vec<_>>();
    assert_eq!(drawn(&run.state), drawn(run.replay.state()));
    assert_ne!(run.state.drawn, run.replay.state().drawn, "its fingerprint tells of the secret");
}

#[test]
fn a_secret_that_wraps_is_in_no_line() {
    let (one, two) = SECRET.split_at(17);
    let mut run = Twice::new(first(), &[]);
    run.hear(Event::Panes(vec![info("")]));
    let Event::Screen(seen) = looked("x") else { unreachable!("it is one") };
    let rows = format!("│ export TOKEN={one} │\n│ {two} │\n│ proceed? │");
    let screen = Arc::new(Screen { width: 60, height: 4, ..Screen::plain(&rows) });
    let mut reading = Reading::clone(&seen.reading);
    reading.evidence = vec![format!("row 2: {two}")];
    run.hear(Event::Screen(Arc::new(Looked { screen, reading: reading.into(), ..Looked::clone(&seen) })));
    let file = run.file();
    assert!(!file.contains(one) && !file.contains(two), "{file}");
}

#[test]
fn what_was_masked_on_a_screen_is_in_no_later_line() {
    let (one, two) = SECRET.split_at(17);
    let mut run = Twice::new(first(), &[]);
    run.hear(Event::Panes(vec![info("")]));
    let Event::Screen(seen) = looked("x") else { unreachable!("it is one") };
    let screen = |rows: &str| {
        let screen = Arc::new(Screen { width: 60, height: 4, ..Screen::plain(rows) });
        Event::Screen(Arc::new(Looked { screen, ..Looked::clone(&seen) }))
    };
    run.hear(screen(&format!("│ export TOKEN={one} │\n│ {two} │\n│ proceed? │")));
    run.hear(screen("done"));
    run.hear(board(&format!("unknown program: {two}"), false));
    run.hear(Event::Did(Did {
        what: two.to_owned(),
        command: Some(format!("run {one}\n{two}")),
        failed: None,
    }));
    run.hear(Event::Panes(vec![info(two)]));
    let file = run.file();
    assert!(!file.contains(&one[4..]) && !file.contains(two), "{file}");
}

#[test]
fn what_was_masked_is_remembered_within_bounds() {
    let mut lately = veil::Lately::default();
    for n in 0..1000_u32 {
        let of = PaneIdentity { id: PaneId(n % 200), pid: 1, start: 1 };
        lately.saw(of, veil::Hidden { torn: vec![format!("torn {n}")], pieces: vec![format!("piece {n}")] });
    }
    let all = &lately.all;
    assert!(all.pieces.contains(&"piece 999".to_owned()) && all.torn.contains(&"torn 999".to_owned()));
    assert!(all.pieces.len() <= 1024 && all.torn.len() <= 1024, "{}", all.pieces.len());
}

#[test]
fn nothing_tells_whose_machine_it_was() {
    let mut state = first();
    state.config_file = Some("/home/alice/.config/archtui/archtui.toml".to_owned());
    let mut run = Twice::new(state, &["/home/alice", "alice", "wonderland"]);
    told(&mut run, "cat /home/alice/notes of alice@wonderland");
    run.hear(board("ls /home/alice", false));
    // As tmux titles a pane where nobody else does.
    run.hear(Event::Panes(vec![info("wonderland")]));
    let file = run.file();
    assert!(!file.contains("alice") && !file.contains("wonderland"), "{file}");
    assert_eq!(run.states().0.lines().count(), run.states().1.lines().count(), "nothing else is gone");
}

#[test]
fn a_user_called_like_a_word_of_ours_spoils_nothing() {
    for word in ["bash", "Screen", "session", "permission", "high", "fact"] {
        let mut run = Twice::new(first(), &[word, "/home/x"]);
        told(&mut run, "make");
        assert_eq!(run.differs(), None, "{word}");
    }
}

#[test]
fn what_is_typed_into_an_agent_is_in_no_line() {
    let mut run = Twice::new(first(), &[]);
    run.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: None }));
    run.hear(Event::Panes(vec![info("")]));
    run.hear(Event::Key(Keymap::builtin().keys_of(crate::app::action::Action::TypeInto)[0]));
    assert!(matches!(run.state.mode, Mode::TypeInto(_)));
    for c in "ÄÖÜ".chars() {
        run.hear(Event::Key(Key::char(c)));
    }
    run.hear(Event::Paste("geheim".to_owned()));
    let command = Some("send-keys -t %3 -l -- 'geheim'".to_owned());
    run.hear(Event::Did(Did { what: "typed into a".to_owned(), command, failed: None }));
    run.hear(Event::Key(LEAVE));
    assert_eq!((&run.state.mode, &run.replay.state().mode), (&Mode::Normal, &Mode::Normal));
    let file = run.file();
    assert!(!["Ä", "Ö", "Ü", "geheim"].iter().any(|w| file.contains(w)), "{file}");
}

#[test]
fn what_is_typed_on_where_nobody_takes_it_is_in_no_line() {
    let mut run = Twice::new(first(), &[]);
    run.state.deaf = Some(at(900).mono);
    run.hear(Event::Key(Key::char('Ä')));
    run.hear(Event::Paste("geheim".to_owned()));
    run.ms = 5000;
    run.hear(Event::Key(Key::char('Ö')));
    let file = run.file();
    assert!(!file.contains('Ä') && !file.contains("geheim"), "{file}");
    assert!(file.contains('Ö'), "behind the pause a key is a key again: {file}");
}

#[test]
fn only_what_changed_of_a_screen_is_written() {
    let mut run = Twice::new(first(), &[]);
    run.hear(Event::Panes(vec![info("")]));
    let screen = |last: &str| {
        let Event::Screen(seen) = looked("x") else { unreachable!("it is one") };
        let rows: Vec<String> = (0..40).map(|n| format!("row {n} of many that stay as they are")).collect();
        let screen = Arc::new(Screen::plain(&format!("{}\n{last}", rows.join("\n"))));
        Event::Screen(Arc::new(Looked { screen, ..Looked::clone(&seen) }))
    };
    run.hear(screen("one"));
    run.hear(screen("two"));
    let sizes: Vec<usize> = run.lines[2..].iter().map(String::len).collect();
    assert!(sizes[0] > 1500 && sizes[1] < 300, "{sizes:?}\n{}", run.lines[3]);
    assert_eq!(run.differs(), None);
}

#[test]
fn what_is_no_recording_says_so() {
    for (line, part) in [
        ("", "no recording"),
        ("garbage", "no recording"),
        ("{\"a\":1}", "no recording"),
        ("{\"archtui_recording\":2,\"version\":\"9.0\\u001b[2J\"}", "archtui 9.0[2J recorded it in form 2"),
        ("{\"archtui_recording\":1,\"version\":\"0.0.9\"}", "archtui 0.0.9 recorded it, and this one"),
    ] {
        let fault = decode_header(line).expect_err(line);
        assert!(fault.contains(part), "{fault}");
    }
    let mut replay = Replay::new(Start::of(&first())).expect("is known");
    let stamp = "\"mono_ns\":1,\"wall\":\"2026-01-01T00:00:00Z\"";
    for what in [
        "\"fact\":\"Danced\"",
        "\"fact\":{\"Drew\":{}}",
        "\"fact\":null",
        "\"change\":[\"Board\",{\"is\":1}]",
        "\"fact\":{\"Key\":{\"code\":{\"Char\":\"ab\"}}}",
    ] {
        let line = Line::decode(&format!("{{{stamp},{what}}}")).expect(what);
        replay.take(&line, |_, _| Areas::default()).expect_err(what);
    }
    assert!(Line::decode(&format!("{{{stamp}}}")).is_err());
}

#[test]
fn nothing_that_may_not_be_drawn_comes_out_of_a_file() {
    let mut replay = Replay::new(Start::of(&first())).expect("is known");
    let stamp = "\"mono_ns\":1,\"wall\":\"2026-01-01T00:00:00Z\"";
    let mut take = |fact: &str| {
        let line = Line::decode(&format!("{{{stamp},\"fact\":{fact}}}")).expect(fact);
        replay.take(&line, |_, _| Areas::default()).expect(fact);
    };
    take(r#"{"Did":{"what":"a\u001b[2Jb\u202ec","command":null,"failed":null}}"#);
    take(r#"{"Key":{"code":{"Char":"\u001b"}}}"#);
    let mut board = serde_json::to_value(Board::default()).expect("json");
    board["held"] = serde_json::json!({ "a\u{1b}[2Jb": "why" });
    take(&serde_json::json!({ "Board": board }).to_string());
    let state = format!("{:?}", replay.state());
    assert!(!state.contains("\\u{1b}") && !state.contains("\\u{202e}"), "{state}");
    assert_eq!(Key::plain(Code::Char('\u{fffd}')).to_string(), "\u{fffd}");
}
