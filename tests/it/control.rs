//! The control room itself, in a pane of one tmux server, over the fleet of another: what a person sees and does.

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;

use archtui::domain::ansi;
use archtui::domain::screen::{Attrs, Color, Screen, Style};
use archtui::domain::session::PaneId;
use archtui::domain::text;

use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;

/// A control room on a screen of its own over a fleet.
struct Desk {
    screen: Rc<PrivateTmux>,
    pane: PaneId,
}

impl Desk {
    /// Opens it at a size; `more` are further arguments.
    fn open(fleet: &PrivateTmux, size: (u16, u16), more: &str) -> Self {
        Self::with(fleet, size, more, "")
    }

    /// The same; `roster` is what the config says more.
    fn with(fleet: &PrivateTmux, size: (u16, u16), more: &str, roster: &str) -> Self {
        let screen = PrivateTmux::new();
        let dir = screen.dir();
        let config = format!("[fleet]\nname = \"test\"\nnotice = \"scan\"\n{roster}");
        std::fs::write(dir.join("archtui.toml"), config).expect("written");
        let pane = screen.session_of("desk", size.0, size.1, &line(dir, fleet, more));
        screen.run(&["set-option", "-s", "-a", "terminal-features", ",*:RGB"]);
        screen.run(&["set-option", "-g", "status", "off"]);
        Self { screen: Rc::new(screen), pane }
    }

    /// Another one over the same fleet and the same state.
    fn beside(&self, fleet: &PrivateTmux) -> Self {
        let pane = self.screen.session_of("beside", 120, 40, &line(self.screen.dir(), fleet, ""));
        Self { screen: Rc::clone(&self.screen), pane }
    }

    fn shows(&self, what: &str) {
        self.screen.wait_for(self.pane, what);
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        wait_until(what, || holds(&self.screen.text(self.pane)), || self.screen.text(self.pane));
    }

    /// Answers a question, after the time for which it must have been there.
    fn say_yes(&self, question: &str) {
        self.shows(question);
        std::thread::sleep(std::time::Duration::from_millis(350));
        self.press(&["y"]);
    }

    fn press(&self, keys: &[&str]) {
        let pane = self.pane.to_string();
        let mut args = vec!["send-keys", "-t", &pane];
        args.extend(keys);
        self.screen.run(&args);
    }

    fn resize(&self, w: u16, h: u16) {
        self.screen.run(&["resize-window", "-t", "desk", "-x", &w.to_string(), "-y", &h.to_string()]);
    }

    /// What it shows, as cells.
    fn cells(&self, w: u16, h: u16) -> Screen {
        ansi::parse(&self.screen.capture(self.pane), w, h)
    }
}

/// The program, and what came of it.
fn line(home: &Path, fleet: &PrivateTmux, more: &str) -> String {
    let program = command(home, fleet);
    format!("{program} {more}; echo LEFT $?; stty -a | grep -o '[-]*echo\\b' | head -1; cat")
}

/// The program over a fleet, with nothing of the user's environment.
fn command(home: &Path, fleet: &PrivateTmux) -> String {
    let mut line = String::from("env -i");
    let home = home.display();
    #[expect(clippy::disallowed_methods, reason = "tmux has to be found on the PATH")]
    let path = std::env::var("PATH").unwrap_or_default();
    for (name, value) in [
        ("PATH", path.as_str()),
        ("HOME", &home.to_string()),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
    ] {
        let _ = write!(line, " {name}='{value}'");
    }
    let _ = write!(
        line,
        " {} -S {} --config {home}/archtui.toml",
        env!("CARGO_BIN_EXE_archtui"),
        fleet.socket().display()
    );
    line
}

/// The cells of a row: symbol and style of each column, blanks to the width.
fn row_cells(screen: &Screen, y: usize, from: usize, width: usize) -> Vec<(String, Style)> {
    let mut cells: Vec<(String, Style)> = Vec::new();
    if let Some(row) = screen.rows.get(y) {
        for (run, style) in row.runs() {
            for c in run.chars() {
                match text::char_width(c) {
                    0 => {
                        if let Some((last, _)) = cells.iter_mut().rev().find(|(s, _)| !s.is_empty()) {
                            last.push(c);
                        }
                    }
                    w => {
                        cells.push((c.to_string(), style));
                        cells.extend((1..w).map(|_| (String::new(), style)));
                    }
                }
            }
        }
    }
    cells.resize(cells.len().max(from + width), (" ".to_owned(), Style::default()));
    cells.into_iter().skip(from).take(width).collect()
}

/// A style as it is told apart here: what the theme gives to default colours is no difference.
fn essence(style: Style, theme: (Color, Color)) -> (Color, Color, Attrs) {
    let or = |c: Color, own: Color| if c == own { Color::Default } else { c };
    (or(style.fg, theme.0), or(style.bg, theme.1), style.attrs)
}

const COLOURFUL: &str = "printf '\\033[31mred\\033[0m \\033[1;38;5;208mbold208\\033[0m \\033[38;2;1;200;3mrgb\\033[48;5;17mon17\\033[0m\\n\
 \\033[3mitalic\\033[23m \\033[4munder\\033[24m \\033[7mreverse\\033[27m \\033[9mstrike\\033[29m \\033[2mdim\\033[0m\\n\
 wide: \\346\\274\\242\\345\\255\\227 comb: e\\314\\201 nbsp:\\302\\240x\\n\\033[44m   painted   \\033[0m plain'; exec cat";

#[test]
fn the_grid_equals_the_pane_cell_by_cell() {
    let fleet = PrivateTmux::new();
    let pane = fleet.session_of("colours", 60, 12, COLOURFUL);
    fleet.wait_for(pane, "painted");
    let desk = Desk::open(&fleet, (80, 24), "");
    desk.shows("painted");
    desk.until("the state is told", |t| t.contains("shell"));
    let theirs = ansi::parse(&fleet.capture(pane), 60, 12);
    let ours = desk.cells(80, 24);
    // The tile's inner corner: below its top border, right of its left one.
    let top = ours.rows.iter().position(|r| r.text().contains("colours")).expect("the tile's name") + 1;
    let left = 1;
    // A cell that the pane left alone shows what the theme makes of default colours.
    let plain = row_cells(&ours, top + 6, left, 1)[0].1;
    for y in 0..4 {
        let want = row_cells(&theirs, y, 0, 58);
        let got = row_cells(&ours, top + y, left, 58);
        for (x, (want, got)) in want.iter().zip(&got).enumerate() {
            assert_eq!(got.0, want.0, "symbol at {x},{y}");
            let same = essence(got.1, (plain.fg, plain.bg)) == essence(want.1, (plain.fg, plain.bg));
            let blank = want.0.trim().is_empty() && !want.1.paints_blanks();
            // The cursor is drawn where the pane has it: in no capture.
            let cursor = (x, y) == (0, 0) || y == 3 && x >= 19;
            assert!(same || blank || cursor, "style at {x},{y}: {:?} is not {:?}", got.1, want.1);
        }
    }
}

#[test]
fn a_change_shows_and_nobodys_window_is_resized() {
    let fleet = PrivateTmux::new();
    let a = fleet.session_of("alpha", 100, 30, "exec cat");
    let b = fleet.session_of("beta", 70, 20, "exec cat");
    let desk = Desk::open(&fleet, (120, 40), "");
    desk.shows("beta");
    fleet.run(&["send-keys", "-t", &b.to_string(), "-l", "a new line"]);
    desk.shows("a new line");
    for size in [(60, 20), (20, 5), (200, 50), (1, 1), (120, 40)] {
        desk.resize(size.0, size.1);
    }
    desk.shows("alpha");
    assert_eq!(fleet.fact(a, "#{window_width}x#{window_height}"), "100x30");
    assert_eq!(fleet.fact(b, "#{window_width}x#{window_height}"), "70x20");
}

#[test]
fn typing_reaches_the_focused_pane_only_and_leaves_by_its_key() {
    let fleet = PrivateTmux::new();
    let a = fleet.session("alpha", "exec cat");
    let b = fleet.session("beta", "exec cat");
    let desk = Desk::open(&fleet, (120, 40), "");
    desk.shows("beta");
    desk.press(&["2", "i"]);
    desk.shows("TYPING INTO beta");
    desk.press(&["-l", "q;'$x é #{pane_id}"]);
    fleet.wait_for(b, "q;'$x é #{pane_id}");
    desk.press(&["C-]"]);
    desk.until("typing is over", |t| !t.contains("TYPING INTO"));
    desk.press(&["q"]);
    desk.shows("LEFT 0");
    assert_eq!(fleet.text(a).trim(), "");
    assert!(!fleet.text(b).contains("qq"), "the q that quits is ours");
}

#[test]
fn a_killed_server_is_said_and_a_new_one_is_found() {
    let fleet = PrivateTmux::new();
    fleet.session("alpha", "echo first life; exec cat");
    let desk = Desk::open(&fleet, (100, 30), "");
    desk.shows("first life");
    fleet.crash();
    desk.until("the loss is told", |t| t.contains("NO TMUX SERVER") || t.contains("LOST"));
    fleet.session("alpha", "echo second life; exec cat");
    desk.shows("second life");
    desk.until("the old one is gone", |t| !t.contains("first life"));
}

#[test]
fn attaching_hands_the_terminal_over_and_takes_it_back() {
    let fleet = PrivateTmux::new();
    let a = fleet.session_of("alpha", 77, 19, "exec cat");
    let desk = Desk::open(&fleet, (100, 30), "");
    desk.shows("alpha");
    desk.press(&["o"]);
    wait_until("the person is attached", || fleet.fact(a, "#{session_attached}") == "1", String::new);
    desk.press(&["-l", "by hand"]);
    fleet.wait_for(a, "by hand");
    desk.press(&["C-b"]);
    desk.press(&["d"]);
    desk.shows("next waiting");
    desk.until("the grid shows what was typed", |t| t.contains("by hand") && t.contains("alpha"));
    assert_eq!(fleet.fact(a, "#{window_width}x#{window_height}"), "77x19", "the window has its size again");
    assert_eq!(fleet.run(&["show-options", "-w", "-t", "alpha", "window-size"]), "", "and no option of ours");
    desk.press(&["q"]);
    desk.shows("LEFT 0");
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    let fleet = PrivateTmux::new();
    fleet.session("alpha", "exec cat");
    for leave in ["q", "C-c"] {
        let desk = Desk::open(&fleet, (80, 24), "");
        desk.shows("alpha");
        desk.press(&[leave]);
        desk.shows("LEFT 0");
        assert_eq!(
            desk.screen.fact(desk.pane, "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"),
            "0 1 0",
            "{leave}"
        );
        desk.until("the terminal echoes again", |t| t.contains("\necho"));
    }
    let desk = Desk::open(&fleet, (80, 24), "");
    desk.shows("alpha");
    let shell: u32 = desk.screen.fact(desk.pane, "#{pane_pid}").parse().expect("a pid");
    let child = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).expect("it runs");
    let child = child.split_whitespace().next().and_then(|p| p.parse().ok()).expect("archtui");
    crate::support::tmux::signal(child, rustix::process::Signal::TERM);
    desk.shows("LEFT 0");
    assert_eq!(desk.screen.fact(desk.pane, "#{alternate_on} #{cursor_flag}"), "0 1");
}

#[test]
fn bad_beginnings_are_one_clear_line_each() {
    let fleet = PrivateTmux::new();
    fleet.session("alpha", "exec cat");
    let home = PrivateTmux::new();
    let run = |config: &str, more: &str, env: &str| {
        std::fs::write(home.dir().join("archtui.toml"), config).expect("written");
        let mut line = command(home.dir(), &fleet).replacen("env -i", &format!("env -i {env}"), 1);
        if more.contains("--config") {
            line = line.split(" --config").next().expect("a first part").to_owned();
        }
        #[expect(clippy::disallowed_methods, reason = "tests run the program itself")]
        let out = std::process::Command::new("sh")
            .args(["-c", &format!("{line} {more}")])
            .output()
            .expect("sh runs");
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    for (config, more, env, code, part) in [
        ("", "", "", 2, "needs a terminal"),
        ("[fleet]\nnmae = \"x\"\n", "status", "", 2, "did you mean \"name\""),
        ("", "--theme drak status", "", 0, ""),
        ("", "--theme drak snapshot --svg /dev/null", "", 2, "did you mean \"dark\""),
        ("", "--config /nonexistent/x.toml status", "", 2, "no such file"),
        ("[view]\ntheme = 3\n", "keys", "", 2, "archtui.toml:2"),
        ("", "statsu", "", 2, "status"),
    ] {
        let (got, said) = run(config, more, env);
        assert_eq!(got, Some(code), "{config:?} {more}: {said}");
        assert!(said.contains(part), "{config:?} {more}: {said}");
        assert!(said.lines().count() <= 8, "{said}");
    }
}

/// Tells on its own screen what is typed into it, as an agent would take it.
const WORKER: &str = "exec cat";

#[test]
fn a_task_is_written_looked_at_and_taken_back_by_keys() {
    let fleet = PrivateTmux::new();
    fleet.session("w1", WORKER);
    fleet.session("w2", WORKER);
    let roster =
        "[[session]]\nname = \"w1\"\ntier = \"worker\"\n[[session]]\nname = \"w2\"\ntier = \"worker\"\n";
    let desk = Desk::with(&fleet, (120, 40), "", roster);
    desk.shows("w2");
    desk.press(&["t"]);
    desk.shows("NEW TASK");
    desk.press(&["-l", "Fix the quick labels"]);
    desk.press(&["Enter"]);
    desk.press(&["-l", "and test them"]);
    desk.press(&["Tab", "C-u"]);
    desk.press(&["-l", "w3"]);
    desk.shows("no session of the roster is called \"w3\": did you mean");
    desk.press(&["C-s"]);
    desk.until("nothing is queued", |t| t.contains("NEW TASK") && t.contains("did you mean"));
    desk.press(&["Escape"]);
    desk.shows("kept: the same key opens it again");
    desk.press(&["t"]);
    desk.until("the text is there again", |t| t.contains("NEW TASK") && t.contains("and test them"));
    desk.press(&["BSpace"]);
    desk.press(&["-l", "2"]);
    desk.press(&["C-s"]);
    desk.shows("task #1 is queued for w2");
    // The same once more is refused with the number of the first.
    desk.press(&["F2"]);
    desk.until("the panel has it", |t| t.contains("#1") && t.contains("queued") && t.contains("→ w2"));
    desk.press(&["Enter"]);
    desk.until("its page", |t| {
        t.contains("TASK 1: QUEUED") && t.contains("and test them") && t.contains("history")
    });
    desk.press(&["Escape"]);
    desk.until("the page is closed", |t| !t.contains("TASK 1: QUEUED"));
    desk.press(&["e"]);
    desk.shows("CHANGE TASK 1");
    desk.press(&["-l", ", all"]);
    desk.press(&["C-s"]);
    desk.shows("task 1 is changed");
    desk.press(&["T"]);
    desk.shows("GIVE TASK 1 TO");
    desk.press(&["Enter"]);
    desk.shows("task 1 is for w1 now");
    desk.until("the list says so", |t| t.contains("→ w1"));
    desk.press(&["X"]);
    desk.say_yes("Take task 1 back?");
    desk.until("it is taken back", |t| t.contains("⊘ cancelled"));
    desk.press(&["q"]);
    desk.shows("LEFT 0");
}

#[test]
fn who_only_looks_on_sees_the_queue_and_wishes_too() {
    let fleet = PrivateTmux::new();
    fleet.session("w1", WORKER);
    let roster = "[[session]]\nname = \"w1\"\ntier = \"worker\"\n";
    let first = Desk::with(&fleet, (120, 40), "", roster);
    first.shows("auto-confirm watch");
    let second = first.beside(&fleet);
    second.shows("observer");
    second.press(&["t"]);
    second.press(&["-l", "from the observer"]);
    second.press(&["C-s"]);
    second.shows("task #1 is queued");
    first.press(&["F2"]);
    first.shows("from the observer");
    first.press(&["X"]);
    first.say_yes("Take task 1 back?");
    second.press(&["F2"]);
    let both = || format!("{}\n{}", first.screen.text(first.pane), second.screen.text(second.pane));
    wait_until("it is taken back", || second.screen.text(second.pane).contains("⊘ cancelled"), both);
}

/// Where nothing can be recorded nothing may act; looking needs no folder.
#[test]
fn without_a_folder_for_state_it_opens_and_only_looks() {
    let fleet = PrivateTmux::new();
    fleet.session("w1", WORKER);
    let screen = PrivateTmux::new();
    let home = screen.dir().to_owned();
    std::fs::write(home.join("archtui.toml"), "[[session]]\nname = \"w1\"\n").expect("written");
    std::fs::create_dir(home.join(".local")).expect("made");
    std::fs::write(home.join(".local/state"), "a file").expect("written");
    let pane = screen.session_of("desk", 120, 40, &line(&home, &fleet, ""));
    let desk = Desk { screen: Rc::new(screen), pane };
    desk.shows("off: no state is kept, set XDG_STATE_HOME: ");
    desk.shows("w1");
    desk.press(&["p"]);
    desk.until("it pauses nothing", |text| {
        text.lines().last().is_some_and(|l| l.contains("✖ no state is kept"))
    });
    desk.press(&["q"]);
    desk.shows("LEFT 0");
    let daemon = format!("{} daemon", command(&home, &fleet));
    #[expect(clippy::disallowed_methods, reason = "tests run the program itself")]
    let out = std::process::Command::new("sh").args(["-c", &daemon]).output().expect("sh runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!((out.status.code(), said.lines().count()), (Some(1), 2), "{said}");
    assert!(said.contains("cannot be used") && said.contains("XDG_STATE_HOME"), "{said}");
}
