//! The comparison before a key, on a real server: true exactly if the rows are there, whatever stands in them; nothing is
//! started by it. And the key itself: sent once, or not at all.

use std::path::Path;

use archtui::domain::ansi;
use archtui::domain::screen::{Row, Screen};
use archtui::domain::server::Notice;
use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::domain::stroke::KeyName;
use archtui::ports::{Expected, Press, TypeError};
use archtui::tmux::guard;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::room::Room;
use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;

const SIZE: (u16, u16) = (60, 14);

/// A pane that shows whatever file is named to it.
struct Board {
    tmux: PrivateTmux,
    pane: PaneId,
    shows: u32,
}

impl Board {
    fn new() -> Self {
        let tmux = PrivateTmux::new();
        let command = "mkfifo names; stty raw -echo; printf ready; while read -r f; do printf '\\033[H\\033[2J'; cat \"$f\"; done <>names";
        let pane = tmux.session_of("board", SIZE.0, SIZE.1, command);
        tmux.wait_for(pane, "ready");
        Self { tmux, pane, shows: 0 }
    }

    /// Shows rows of text, as a program in raw mode prints them, and gives what tmux made of them.
    fn show(&mut self, rows: &[String]) -> Screen {
        self.shows += 1;
        let mark = format!("end{}", self.shows);
        let file = self.tmux.dir().join("text");
        std::fs::write(&file, format!("{}\r\n\r\n{mark}", rows.join("\r\n"))).expect("written");
        std::fs::OpenOptions::new()
            .write(true)
            .open(self.tmux.dir().join("names"))
            .and_then(|mut names| std::io::Write::write_all(&mut names, b"text\n"))
            .expect("named");
        let mut screen = Screen::default();
        wait_until(
            "it is shown",
            || {
                screen = ansi::parse(&self.tmux.capture(self.pane), SIZE.0, SIZE.1);
                screen.rows.iter().any(|r| r.trimmed() == mark)
            },
            || self.tmux.text(self.pane),
        );
        screen
    }

    /// What the server makes of a guard.
    fn holds(&self, conditions: &[String]) -> bool {
        match self.tmux.fact(self.pane, &guard::all(conditions)).as_str() {
            "1" => true,
            "0" => false,
            other => panic!("a guard gave {other:?}"),
        }
    }
}

/// Text that would act if it were not made harmless, and text that looks like the next one.
fn row() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "#(touch mark)",
        "#{pane_id}",
        "}",
        "#{?1,a,b}",
        "#[fg=red]",
        ",",
        "'; touch mark; '",
        "\\1",
        "(a)*",
        "$(touch mark)",
        "`touch mark`",
        "❯ 1. Yes",
        "  2. No",
        "漢字",
        "é",
        "e\u{301}",
        "\u{a0}",
        "%H",
        "%%",
        "~",
        ".*",
        "^a$",
        "[[:alpha:]]",
        "|",
        "",
        "Do you want to proceed?",
        "●",
        "👍",
        "│ rm -rf x │",
        "│ ls          │",
        "│ ls           │",
        "      ",
        "       ",
        " {6#}",
        "│ ls     x  │",
        "echo 'id'",
        "echo `id`",
        "echo \\x #y",
        "##",
        "#[",
        "\\",
        "\t",
        "git\tpush",
        "│ ls\tx\t│",
        "\\033[1m",
        "\\n\\t\\\\",
        "#{C/r:^x$}",
        "$HOME ${X}",
    ]);
    prop::collection::vec(
        prop_oneof![3 => nasty.prop_map(str::to_owned), 2 => "[ -~]{0,9}", 1 => "[a-c ]{0,3}"],
        0..4,
    )
    .prop_map(|parts| parts.concat().trim_end().to_owned())
}

#[test]
fn a_guard_is_true_exactly_if_the_rows_are_there() {
    let mut board = Board::new();
    let dir = board.tmux.dir().to_owned();
    let text = prop::collection::vec(row(), 1..7);
    // What is shown afterwards: something else, the same, the same with one row another, the same lower down.
    let change = (0usize..6, 0usize..7, row());
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let (mut yes, mut no) = (0, 0);
    let board_cell = std::cell::RefCell::new(&mut board);
    let counts = std::cell::RefCell::new((&mut yes, &mut no));
    runner
        .run(&(text, change), |(rows, (how, at, other))| {
            let board = &mut **board_cell.borrow_mut();
            let before = board.show(&rows);
            let block = (0, u16::try_from(rows.len() - 1).expect("few"));
            let Some(conditions) = guard::rows(&before, block) else { return Ok(()) };
            prop_assert!(board.holds(&conditions), "its own screen: {rows:?} {conditions:?}");
            let mut next = rows.clone();
            match how {
                0 => next = vec![other],
                1 => {}
                2 => next[at % rows.len()] = other,
                3 => next.insert(0, "moved down".to_owned()),
                4 => next.iter_mut().for_each(|row| *row = row.replace("     ", "      ")),
                _ => next.swap(0, at % rows.len()),
            }
            let after = board.show(&next);
            let want = guard::rows(&after, block).is_some_and(|now| now == conditions);
            let is = board.holds(&conditions);
            // Equal conditions are equal rows. The other way a sign may stand for another, never for a letter or a mark that
            // makes another command.
            let letters = |s: &Screen| -> Vec<String> {
                let told = |c: char| c.is_ascii_alphanumeric() || ";|&<>()$*?!=+\".'`~\\#".contains(c);
                // Where the frame at the end of a row stands says nothing of its text.
                let text = |t: &str| match t.strip_suffix('│').map(|t| (t, t.trim_end_matches(' '))) {
                    Some((framed, text)) if framed.len() > text.len() + 1 => format!("{text}  │"),
                    _ => t.to_owned(),
                };
                let shape = |t: &str| text(t).chars().map(|c| if told(c) { c } else { '~' }).collect();
                let says = |r: &Row| r.trimmed().chars().any(char::is_alphanumeric);
                // Of equal rows the first one is compared.
                let first = |i: usize| {
                    !before.rows[..i].iter().any(|r| shape(r.trimmed()) == shape(before.rows[i].trimmed()))
                };
                let block = (0..rows.len()).filter(|&i| says(&before.rows[i]) && first(i));
                block.map(|i| shape(s.rows[i].trimmed())).collect()
            };
            prop_assert!(!want || is, "{rows:?} then {next:?}");
            prop_assert!(!is || letters(&before) == letters(&after), "{rows:?} then {next:?}");
            let mut counts = counts.borrow_mut();
            if is {
                *counts.0 += 1;
            } else {
                *counts.1 += 1;
            }
            Ok(())
        })
        .expect("for any text");
    assert!(yes > 5 && no > 5, "both happen: {yes} {no}");
    assert!(!dir.join("mark").exists() && !Path::new("mark").exists(), "nothing was run");
}

/// tmux 3.7 reads a format for a tenth of a second; what it has not read by then is empty, and empty is equal to empty.
#[test]
fn a_guard_that_takes_the_server_too_long_is_never_true() {
    let tmux = PrivateTmux::new();
    let pane = tmux.session_of("slow", 60, 14, "exec sleep 1000");
    // Older ones know no limit, and of more than two alternatives they read two.
    if tmux.fact(pane, "#{||:0,0,0}") != "0" {
        return;
    }
    let false_ones = vec!["#{==:#{pane_pid},7}"; 50_000].join(",");
    let guard = guard::all(&[format!("#{{||:{false_ones}}}")]);
    let file = tmux.dir().join("ask");
    std::fs::write(&file, format!("display-message -p '{guard}'\n")).expect("written");
    for _ in 0..12 {
        assert_eq!(tmux.run(&["source-file", &file.display().to_string()]), "0");
    }
}

/// A pane with a dialog and a program that shows each byte it reads; what was expected of its screen.
async fn dialog(tmux: &PrivateTmux, actor: &str) -> (Room, PaneIdentity, Expected) {
    let script = "stty raw -echo; printf 'Bash command\\r\\n  rm \\047x\\047 ~#\\140\\r\\n❯ 1. Yes\\r\\n  2. No\\r\\n\\r\\n'; exec cat -v";
    let pane = tmux.session_of("asks", 60, 14, script);
    tmux.wait_for(pane, "2. No");
    let mut room = Room::new(tmux, Notice::Scan);
    room.until_shown(pane, "2. No").await;
    let expected = Expected {
        cursor: false,
        screen: room.screens[&pane].clone(),
        rows: (0, 3),
        command: Some(tmux.fact(pane, "#{pane_current_command}")),
        actor: actor.to_owned(),
        stirred: None,
    };
    let identity = room.identity(pane);
    (room, identity, expected)
}

#[tokio::test]
async fn the_key_goes_once_and_only_to_what_was_expected() {
    let tmux = PrivateTmux::new();
    let (mut room, pane, expected) = dialog(&tmux, "a-1").await;
    let keys = room.keys.clone();
    let one = KeyName::new("1").expect("a key");
    let shown = || tmux.text(pane.id).lines().skip(5).collect::<Vec<_>>().join("").trim().to_owned();

    let pressed = room.during(keys.press(pane, &expected, &one)).await;
    assert_eq!(pressed, Err(TypeError::Changed), "nobody has claimed the server");
    room.during(keys.claim("a-1")).await.expect("claimed");
    let facts = room.during(keys.check(pane, false)).await.expect("it answers");
    assert_eq!((facts.actor.as_deref(), facts.active, facts.dead), (Some("a-1"), None, false));
    let command = room.during(keys.press(pane, &expected, &one)).await.expect("it is sent");
    assert!(command.contains("rm ["), "{command}");
    wait_until("the key is read", || shown() == "1", shown);

    for (what, wrong) in [
        (
            "another row",
            Expected {
                screen: Screen::plain("Bash command\n  rm 'y' ~#`\n❯ 1. Yes\n  2. No").into(),
                ..expected.clone()
            },
        ),
        (
            "another command by one sign",
            Expected {
                screen: Screen::plain("Bash command\n  rm `x` ~#`\n❯ 1. Yes\n  2. No").into(),
                ..expected.clone()
            },
        ),
        (
            "the mark elsewhere",
            Expected {
                screen: Screen::plain("Bash command\n  rm 'x' ~#`\n  1. Yes\n❯ 2. No").into(),
                ..expected.clone()
            },
        ),
        ("another actor", Expected { actor: "b-2".to_owned(), ..expected.clone() }),
        ("another program", Expected { command: Some("bash".to_owned()), ..expected.clone() }),
    ] {
        assert_eq!(room.during(keys.press(pane, &wrong, &one)).await, Err(TypeError::Changed), "{what}");
    }
    let stirred = Expected { stirred: Some(facts.stirred + 1), ..expected.clone() };
    assert_eq!(room.during(keys.press(pane, &stirred, &one)).await, Err(TypeError::Stirred));
    let both = Expected { actor: "b-2".to_owned(), stirred: Some(facts.stirred), ..expected.clone() };
    assert_eq!(
        room.during(keys.press(pane, &both, &one)).await,
        Err(TypeError::Changed),
        "nobody was active"
    );
    let replaced = PaneIdentity { pid: pane.pid + 1, start: 0, ..pane };
    assert_eq!(room.during(keys.press(replaced, &expected, &one)).await, Err(TypeError::Gone));
    tmux.run(&["copy-mode", "-t", &pane.id.to_string()]);
    assert_eq!(room.during(keys.press(pane, &expected, &one)).await, Err(TypeError::InMode));
    tmux.run(&["send-keys", "-X", "-t", &pane.id.to_string(), "cancel"]);
    assert_eq!(shown(), "1", "one key in all");
}

#[tokio::test]
async fn a_look_that_was_asked_for_is_told_though_nothing_changed() {
    let tmux = PrivateTmux::new();
    let (mut room, pane, _) = dialog(&tmux, "a").await;
    room.pass(std::time::Duration::from_millis(300)).await;
    let shown = room.shown(pane.id);
    room.look_again(pane.id);
    room.until("it is told again", |r| r.shown(pane.id) > shown).await;
}

/// Sessions of a group share their windows: whoever types in one of them is at the agent, though nobody is attached to its own.
#[tokio::test]
async fn a_person_in_a_session_of_the_same_group_is_there() {
    let tmux = PrivateTmux::new();
    let (mut room, pane, expected) = dialog(&tmux, "a-1").await;
    let keys = room.keys.clone();
    room.during(keys.claim("a-1")).await.expect("claimed");
    let alone = room.during(keys.check(pane, false)).await.expect("it answers");
    assert_eq!(alone.active, None);
    tmux.run(&["new-session", "-d", "-t", "asks", "-s", "mate"]);
    let attach = format!("env -u TMUX tmux -S {} attach -t mate", tmux.socket().display());
    tmux.run(&["new-session", "-d", "-s", "person", &attach]);
    let attached = || tmux.fact(pane.id, "#{window_active_clients}");
    wait_until("the person looks", || attached() == "1", attached);
    let there = room.during(keys.check(pane, false)).await.expect("it answers");
    assert!(there.active.is_some(), "{there:?}");
    // What the person does after that keeps the key off, also between the question and the key.
    let one = KeyName::new("1").expect("a key");
    let pressed = Expected { stirred: Some(there.stirred.saturating_sub(1)), ..expected };
    assert_eq!(room.during(keys.press(pane, &pressed, &one)).await, Err(TypeError::Stirred));
}
