//! Recordings: facts of every kind come back as they were and draw the same frames; and as a program: what `archtui --record`
//! wrote of a run in tmux, `archtui replay --frame` shows as it stood there.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use archtui::app::event::{Did, Event, Looked, RuleTold};
use archtui::app::key::Key;
use archtui::app::record::{Line, Recorder, Replay, Start, decode_header};
use archtui::app::state::{Now, Post};
use archtui::app::{State, update};
use archtui::domain::agent::Agents;
use archtui::domain::host::{Gauges, Host, Usage};
use archtui::domain::read::{Facts, read};
use archtui::domain::server::Server;
use archtui::domain::session::PaneId;
use archtui::domain::task::id::TaskId;
use archtui::domain::task::queue::Rules;
use archtui::domain::task::{Brief, Listing, QueueTime, Refusal};
use archtui::theme::{Depth, Theme};
use archtui::view;
use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;
use crate::{boards, fleets, queues, surveys};

/// Facts of every kind, as a busy fleet tells them.
fn busy(state: &State) -> Vec<Event> {
    let panes: Vec<_> = state.fleet.sessions.iter().filter_map(|s| s.pane.clone()).collect();
    let mut facts = vec![
        Event::Server(Server::Up { version: "3.3a".into(), pid: 4711, warning: None }),
        Event::Panes(panes.clone()),
    ];
    for session in &state.fleet.sessions {
        let (Some(pane), Some(screen)) = (&session.pane, &session.screen) else { continue };
        facts.push(Event::Screen(Arc::new(Looked {
            pane: pane.identity,
            screen: Arc::clone(screen),
            wrote: true,
            stands: false,
            fresh: true,
            command: Some("claude".into()),
            conversation: Some("f00".into()),
            reading: read(screen, &Facts::default(), Agents::builtin()).into(),
        })));
    }
    let board = boards::board(Post::Acting).board;
    let mut surveyed = state.clone();
    surveys::survey(&mut surveyed);
    let briefs = queues::plights().iter().map(|t| Arc::new(Brief::of(t))).collect::<Vec<_>>();
    let listing = Listing::of(briefs.into_iter(), 31, &Rules::default(), QueueTime::default());
    let usage = Usage { cpu: Some(12.3), memory: Some(1 << 30) };
    let gauges = Gauges {
        host: Host { load: Some(1.7), cores: Some(2), memory: Some((1 << 34, 1 << 32)) },
        panes: panes.iter().map(|p| (p.identity, usage)).collect(),
    };
    facts.extend([
        Event::Board(Arc::clone(&board)),
        Event::Branches(surveyed.branches.survey.expect("it was made")),
        Event::Tasks(Ok(Arc::new(listing))),
        Event::Gauges(Arc::new(gauges)),
        Event::Theirs(Some(board)),
        Event::Theirs(None),
        Event::TaskPage(TaskId(7), Ok(Arc::new(queues::page()))),
        Event::TaskAnswer(1, Ok(Err(Refusal::NoTask(TaskId(3))))),
        Event::Rule(RuleTold::Saved(Err("no".into()))),
        Event::Reloaded(Ok(Some("a restart".into()))),
        Event::Wrote(PaneId(3)),
        Event::Heard,
        Event::Woke,
        Event::Did(Did { what: "saved".into(), command: Some("list-panes".into()), failed: None }),
        Event::WorkerFailed { worker: "clerk".into(), again_in: Duration::from_millis(100) },
    ]);
    let keys = ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "?", "esc"];
    facts.extend(keys.map(|key| Event::Key(Key::parse(key).expect("a key"))));
    facts
}

fn picture(state: &State, (width, height): (u16, u16)) -> (Buffer, archtui::app::areas::Areas) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let areas = view::paint(state, &Theme::dark(Depth::True), &mut buffer);
    (buffer, areas)
}

#[test]
fn facts_of_every_kind_draw_the_same_frames_again() {
    for size in [(80, 24), (240, 67)] {
        let fleet = fleets::nine();
        let facts = busy(&fleet);
        let mut state = State::new(fleet.fixed, "test", archtui::app::state::Fleet::new(fleet.fleet.roster));
        let mut recorder = Recorder::new(vec![]);
        let header = recorder.header(Start::of(&state), "dark").expect("can be written");
        let mut replay = Replay::new(decode_header(&header).expect("reads").start).expect("is known");
        for (n, fact) in (0..).zip(facts) {
            let utc = Timestamp::from_second(1_800_000_000 + n).expect("a moment");
            let mono = Duration::from_secs(4000 + n.unsigned_abs());
            let now = Now { mono, utc, local: jiff::tz::Offset::UTC.to_datetime(utc) };
            let line = recorder.fact(now, &fact);
            let name = format!("{fact:?}").chars().take(40).collect::<String>();
            let _ = update(&mut state, fact, now);
            let took = replay.take(&Line::decode(&line).expect("reads"), |_, _| unreachable!("no mark"));
            took.unwrap_or_else(|why| panic!("{name}: {why}"));
            let (frame, areas) = picture(&state, size);
            let _ = update(&mut state, Event::Drew(areas), now);
            let mut again = None;
            let mark = Line::decode(&Recorder::drew(now, size)).expect("reads");
            replay
                .take(&mark, |state, size| {
                    let (frame, areas) = picture(state, size);
                    again = Some(frame);
                    areas
                })
                .expect("a mark");
            assert_eq!(again.as_ref(), Some(&frame), "after {name} at {size:?}");
        }
    }
}

/// The program in a folder of its own, with nothing of the user's environment.
fn archtui(home: &Path, args: &[&str]) -> Output {
    #[expect(clippy::disallowed_methods, reason = "a test runs the program")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
    command.args(args).env_clear().env("HOME", home).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.output().expect("it runs")
}

fn frame(home: &Path, file: &str, at: Option<&str>) -> Vec<String> {
    let mut args = vec!["replay", file, "--frame"];
    args.extend(at.iter().flat_map(|at| ["--at", at]));
    let out = archtui(home, &args);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect()
}

/// The instants at which frames were drawn, as `--at` takes them.
fn frames_drawn(text: &str) -> Vec<String> {
    let mono = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("json");
        (value["mono_ns"].as_u64().expect("an instant"), value.get("drew").is_some())
    };
    let all: Vec<(u64, bool)> = text.lines().skip(1).map(mono).collect();
    let first = all.first().expect("a fact").0;
    let at = |ns: u64| format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000);
    all.iter().filter(|(_, drew)| *drew).map(|(mono, _)| at(mono - first)).collect()
}

#[test]
fn a_run_in_tmux_is_shown_again_as_it_stood_there() {
    const SECRET: &str = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";
    let fleet = PrivateTmux::new();
    fleet.session("dev_worker1", &format!("printf 'first\\nTOKEN={SECRET}\\n'; exec cat"));
    fleet.session("dev_worker2", "printf '\\033[31mred\\033[0m 漢字\\n'; exec cat");
    let screen = PrivateTmux::new();
    let home = screen.dir().to_owned();
    std::fs::write(home.join("archtui.toml"), "[fleet]\nname = \"test\"\nnotice = \"scan\"\n")
        .expect("written");
    let program = env!("CARGO_BIN_EXE_archtui");
    let (socket, config) = (fleet.socket().display(), home.join("archtui.toml"));
    let line = format!(
        "env -i HOME='{0}' PATH=\"$PATH\" TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC {program} -S {socket} --config {1} --record {0}/run; echo LEFT $?; exec cat",
        home.display(),
        config.display()
    );
    let pane = screen.session_of("desk", 120, 40, &line);
    screen.run(&["set-option", "-g", "status", "off"]);
    let keys = |keys: &[&str]| {
        let pane = pane.to_string();
        let mut args = vec!["send-keys", "-t", &pane];
        args.extend(keys);
        screen.run(&args);
    };
    screen.wait_for(pane, "first");
    screen.wait_for(pane, "漢字");
    keys(&["l", "Enter"]);
    wait_until(
        "only the second one is shown",
        || {
            let text = screen.text(pane);
            text.contains("漢字") && !text.contains("first")
        },
        || screen.text(pane),
    );
    let rows = || -> Vec<String> { screen.text(pane).lines().map(|l| l.trim_end().to_owned()).collect() };
    // Two looks alike: none of them was half a frame.
    let mut stood = Vec::new();
    wait_until(
        "the screen stands",
        || {
            let was = std::mem::replace(&mut stood, rows());
            was == stood
        },
        String::new,
    );
    keys(&["q"]);
    screen.wait_for(pane, "LEFT 0");

    let file = home.join("run");
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert!(!text.contains(&SECRET[4..]), "a secret is in the recording");
    assert!(!text.contains(&home.display().to_string()), "the home folder is in the recording");
    let mode = std::fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let run = file.to_str().expect("a path");
    let drawn = frames_drawn(&text);
    let mut last = drawn.iter().rev().take(6).map(|at| frame(&home, run, Some(at)));
    let blank = |rows: &[String]| rows.iter().rposition(|r| !r.is_empty()).map_or(0, |i| i + 1);
    let stood = &stood[..blank(&stood)];
    assert!(last.any(|f| f[..blank(&f)] == *stood), "none of the last frames is\n{}", stood.join("\n"));
    assert_eq!(frame(&home, run, None).len(), 40, "all rows of it");
    let early = frame(&home, run, drawn.first().map(String::as_str));
    assert!(!early.iter().any(|r| r.contains("漢字")), "at first nothing was known");

    // Never over what is there.
    let args = ["-S", &fleet.socket().display().to_string(), "--record", run, "status"];
    let other = archtui(&home, &args);
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("--record is the control room's own option"));
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), text);

    // Cut off in its last line: shown up to there, and said.
    let cut = home.join("cut");
    std::fs::write(&cut, &text[..text.trim_end().len() - 5]).expect("written");
    let out = archtui(&home, &["replay", cut.to_str().expect("a path"), "--frame"]);
    assert_eq!(out.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&out.stderr).contains("is cut off"));
    // Damaged before: what stands before it is shown, and it is an error.
    let damaged = home.join("damaged");
    std::fs::write(&damaged, format!("{text}garbage\n{}", text.lines().last().expect("one")))
        .expect("written");
    let out = archtui(&home, &["replay", damaged.to_str().expect("a path"), "--frame"]);
    assert_eq!((out.status.code(), out.stdout.is_empty()), (Some(1), false));
    let newer = home.join("newer");
    std::fs::write(&newer, text.replacen("\"archtui_recording\":1", "\"archtui_recording\":9", 1))
        .expect("written");
    let none = home.join("none");
    for (file, code, says) in [(&newer, 2, "in form 9"), (&home, 2, "is no file"), (&none, 3, "No such file")]
    {
        let out = archtui(&home, &["replay", file.to_str().expect("a path"), "--frame"]);
        let err = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(code) && err.contains(says) && err.lines().count() == 2, "{err}");
    }
}
