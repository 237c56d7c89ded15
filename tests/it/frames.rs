//! Frames as snapshots: what stands on the screen, and in a second map how it looks, for every view at four sizes.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use archtui::app::State;
use archtui::app::panel::{PANELS, PanelId};
use archtui::app::state::form::{Field, Kind};
use archtui::app::state::popup::{Doomed, Question, Then};
use archtui::app::state::unstick::Menu;
use archtui::app::state::wall::Night;
use archtui::app::state::writing::Writing;
use archtui::app::state::{Editor, Form, Input, Mode, Order, Popup, Toast};
use archtui::domain::confirm::DrawnSince;
use archtui::domain::dialog::Opens;
use archtui::domain::fleet::adopt::{self, Seen};
use archtui::domain::free_text::Way;
use archtui::domain::server::Server;
use archtui::domain::session::SessionName;
use archtui::domain::task::{Page, TaskId};
use archtui::domain::unstick::Step;
use archtui::theme::{BUILTIN, Depth, Role, Theme};
use archtui::view;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::boards;
use crate::fleets::{self, NOW};
use crate::{queues, surveys};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (240, 67), (20, 5)];

/// Hangs the wall, with news of a second ago.
pub fn hang(s: &mut State) {
    s.heard = Some(NOW.mono.saturating_sub(Duration::from_secs(1)));
    s.size = (240, 67);
    s.hang_only();
    s.turn_wall();
}

/// Every view by name.
fn views() -> Vec<(String, State)> {
    let with = |change: fn(&mut State)| {
        let mut state = fleets::nine();
        change(&mut state);
        state
    };
    let mut views: Vec<(&str, State)> = vec![
        ("grid", fleets::nine()),
        ("grid-urgency", with(|s| s.grid.order = Order::Urgency)),
        ("grid-of-fifty", {
            let mut s = fleets::many(50);
            fleets::focus(&mut s, "dev_worker4");
            s
        }),
        ("grid-every-state", fleets::every_state()),
        ("zoom", with(|s| s.grid.zoomed = true)),
        (
            "filter-typed",
            with(|s| {
                s.mode = Mode::Filter;
                s.grid.filter.insert("manager");
            }),
        ),
        ("filter-hides-all", with(|s| s.grid.filter.insert("nobody"))),
        (
            "frozen",
            with(|s| {
                s.grid.frozen = true;
                for session in &mut s.fleet.sessions {
                    session.held.clone_from(&session.screen);
                }
            }),
        ),
        (
            "typing",
            with(|s| {
                fleets::focus(s, "dev_worker1");
                let pane = s.focused().and_then(|f| f.pane.as_ref()).expect("it has a pane").identity;
                s.mode = Mode::TypeInto(pane);
            }),
        ),
        (
            "toast",
            with(|s| {
                let text = "save-frame: no space left on device".to_owned();
                s.toast = Some(Toast { text, bad: true, until: NOW.mono + Duration::from_secs(1) });
            }),
        ),
        (
            "tmux-lost",
            with(|s| {
                s.server = Server::Lost { why: "server exited unexpectedly".into() };
                s.server_since = NOW.mono.saturating_sub(Duration::from_secs(12));
            }),
        ),
        ("tmux-missing", {
            let mut s = fleets::state(vec![]);
            s.server = Server::Missing { why: "no server listens there".into() };
            s.server_since = NOW.mono.saturating_sub(Duration::from_secs(75));
            s
        }),
        ("tmux-unusable", {
            let mut s = fleets::state(vec![]);
            s.server = Server::Unusable { why: "tmux 2.1 is too old: 3.2 or newer is needed".into() };
            s
        }),
        ("nothing-to-watch", fleets::state(vec![])),
        ("help", with(|s| s.popup = Some(Popup::Help { row: 0 }))),
        ("help-scrolled", with(|s| s.popup = Some(Popup::Help { row: 9 }))),
        ("explain", with(|s| s.popup = s.grid.focus.clone().map(|key| Popup::Explain { key, row: 0 }))),
        ("palette", with(|s| s.popup = Some(Popup::Palette { input: Input::default(), row: 2 }))),
        (
            "palette-typed",
            with(|s| {
                let mut input = Input::default();
                input.insert("panel");
                s.popup = Some(Popup::Palette { input, row: 1 });
            }),
        ),
        ("grid-with-branches", with(surveys::survey)),
        (
            "panel-branches-signs",
            with(|s| {
                surveys::survey(s);
                s.open_panel = Some(PanelId::Branches);
            }),
        ),
        (
            "work-tree",
            with(|s| {
                surveys::survey(s);
                s.open_panel = Some(PanelId::Branches);
                let worker = s.fleet.sessions.iter().find(|s| s.label == "dev_worker1").expect("it is there");
                s.popup = Some(Popup::Tree { key: worker.key(), row: 0 });
            }),
        ),
        (
            "panel-branches-not-looked",
            with(|s| {
                s.open_panel = Some(PanelId::Branches);
            }),
        ),
        ("wall", with(hang)),
        ("wall-every-state", {
            let mut s = fleets::every_state();
            hang(&mut s);
            s
        }),
        ("wall-of-fifty", {
            let mut s = fleets::many(50);
            hang(&mut s);
            s
        }),
        (
            "wall-stale-at-night",
            with(|s| {
                hang(s);
                s.server = Server::Lost { why: "server exited unexpectedly".into() };
                s.heard = Some(NOW.mono.saturating_sub(Duration::from_secs(754)));
                s.wall.settings.night = Night::parse("14:00-15:00");
            }),
        ),
        ("grid-with-tasks", with(|s| queues::lay(s, &queues::plights()))),
        (
            "panel-needs-you-tasks",
            with(|s| {
                queues::lay(s, &queues::plights());
                s.open_panel = Some(PanelId::NeedsYou);
            }),
        ),
        (
            "panel-tasks-empty",
            with(|s| {
                queues::lay(s, &[]);
                s.open_panel = Some(PanelId::Tasks);
            }),
        ),
        (
            "panel-tasks-fault",
            with(|s| {
                s.tasks.fault = Some("the database is broken: a task cannot be read; start archtui".into());
                s.open_panel = Some(PanelId::Tasks);
            }),
        ),
        (
            "panel-tasks-filter",
            with(|s| {
                queues::lay(s, &queues::plights());
                s.open_panel = Some(PanelId::Tasks);
                s.mode = Mode::FilterPanel;
                s.change_filter(Some(PanelId::Tasks), |line| line.insert("inbox"));
            }),
        ),
        (
            "panel-needs-you-filter",
            with(|s| {
                s.open_panel = Some(PanelId::NeedsYou);
                s.mode = Mode::FilterPanel;
                s.change_filter(s.open_panel, |line| line.insert("worker"));
            }),
        ),
        (
            "panel-branches-filter",
            with(|s| {
                surveys::survey(s);
                s.open_panel = Some(PanelId::Branches);
                s.change_filter(s.open_panel, |line| line.insert("!red"));
            }),
        ),
        (
            "panel-health-filter-hides-all",
            with(|s| {
                s.open_panel = Some(PanelId::Health);
                s.change_filter(s.open_panel, |line| line.insert("no such row"));
            }),
        ),
        (
            "task-page",
            with(|s| {
                queues::lay(s, &queues::plights());
                s.open_panel = Some(PanelId::Tasks);
                s.popup = Some(Popup::Task { id: TaskId(7), page: Some(Arc::new(queues::page())), row: 0 });
            }),
        ),
        (
            "task-hand",
            with(|s| {
                queues::lay(s, &queues::plights());
                s.fleet.roster.members[0].protected = true;
                s.fleet.sessions[0].member.as_mut().expect("it is in the roster").protected = true;
                let task = queues::plights().into_iter().find(|t| t.id == TaskId(9)).expect("it is there");
                s.popup = Some(Popup::Hand { page: Arc::new(Page { task, log: vec![] }), row: 2 });
            }),
        ),
        (
            "task-form",
            with(|s| {
                queues::lay(s, &queues::plights());
                let mut form = Form::new(Kind::New, "dev_worker1");
                form.paste("Fix the labels of the piano in the reading app:\n- they overlap 漢字\n- and a line that is much longer than the window is wide, so that it has to go on in the row below it\n");
                s.popup = Some(Popup::Form(Box::new(form)));
            }),
        ),
        (
            "task-form-fault",
            with(|s| {
                let mut form = Form::new(Kind::New, "dev_wroker2");
                form.paste("Run the tests");
                form.field = Field::To;
                s.popup = Some(Popup::Form(Box::new(form)));
            }),
        ),
        (
            "task-message",
            with(|s| {
                let form = Form::new(Kind::Message(SessionName::new("wrapper_claude")), "wrapper_claude");
                s.popup = Some(Popup::Form(Box::new(form)));
            }),
        ),
        (
            "task-question",
            with(|s| {
                let means = "task 5 is working in dev_worker1; cancelling it sends nothing there".into();
                let question = Question {
                    what: "Take task 5 back?".into(),
                    means,
                    then: Then::Quit,
                    since: Duration::ZERO,
                };
                s.popup = Some(Popup::Ask(Box::new(question)));
            }),
        ),
        ("stuck", fleets::ailing()),
        ("unstick", {
            let mut s = fleets::nine();
            s.popup = s.focused().map(Menu::of).map(Popup::Unstick);
            s
        }),
        ("unstick-sure", {
            let mut s = fleets::ailing();
            let menu = s.focused().map(Menu::of).expect("somebody is focused");
            s.popup = Some(Popup::Unstick(Menu { all: true, row: 5, sure: Some(Step::Interrupt), ..menu }));
            s
        }),
        ("kill", {
            let mut s = fleets::nine();
            let mut typed = Input::default();
            typed.insert("claude_orch");
            if let Some(member) = s.fleet.sessions[1].member.as_mut() {
                member.protected = true;
            }
            let key = s.fleet.sessions[1].key();
            s.popup = Some(Popup::Kill(Doomed { key, typed }));
            s
        }),
        ("answer-text", {
            let mut s = fleets::nine();
            let way = |option, label: &str, opens| Way { option, label: label.into(), opens, key: None };
            let session = &s.fleet.sessions[1];
            let content = session.dialog().expect("it asks").identity();
            let writing = Writing {
                key: session.key(),
                pane: session.pane.as_ref().expect("it has one").identity,
                session: session.name.clone(),
                label: session.label.clone(),
                drawn: DrawnSince { showing: (content, 1).into(), since: Duration::ZERO },
                about: "bash: rm -rf build && make".into(),
                ways: vec![way(2, "No", Opens::Tab), way(1, "Tell Claude what to change", Opens::Key)],
                at: 0,
                line: Editor::new(
                    "keep build/cache, and say why the rest has to go before you remove anything at all",
                ),
            };
            s.popup = Some(Popup::Write(Box::new(writing)));
            s
        }),
        ("adopt", {
            let mut s = fleets::nine();
            let seen = Seen { agent: Some("claude"), dir: Some(Path::new("/home/dev/src/wrapper")) };
            let entry = adopt::entry("wrapper_claude", seen);
            let question = Question {
                what: "Take wrapper_claude into the roster?".into(),
                means: format!(
                    "{entry}y adds this at the end of archtui.toml.\nIt takes effect when archtui is restarted."
                ),
                then: Then::Adopt(SessionName::new("wrapper_claude"), entry),
                since: Duration::ZERO,
            };
            s.popup = Some(Popup::Ask(Box::new(question)));
            s
        }),
        ("unstick-restart", {
            let mut s = fleets::nine();
            s.fleet.sessions[8].state = archtui::domain::status::State::Exited;
            fleets::focus(&mut s, "fixer");
            let menu = s.focused().map(Menu::of).expect("somebody is focused");
            s.popup = Some(Popup::Unstick(Menu { sure: Some(Step::Restart), ..menu }));
            s
        }),
        ("panel-health-stuck", {
            let mut s = fleets::ailing();
            s.open_panel = Some(PanelId::Health);
            s
        }),
        ("panel-needs-you-nobody", {
            let mut s = fleets::state(vec![]);
            s.open_panel = Some(PanelId::NeedsYou);
            s
        }),
    ];
    let panels: Vec<(String, State)> = PANELS
        .iter()
        .map(|p| {
            let mut s = fleets::nine();
            if p.id == PanelId::Branches {
                surveys::survey(&mut s);
            }
            if p.id == PanelId::Tasks {
                queues::lay(&mut s, &queues::plights());
            }
            s.open_panel = Some(p.id);
            s.panel_row = 1;
            (format!("panel-{}", p.word), s)
        })
        .collect();
    let mut all: Vec<(String, State)> = views.drain(..).map(|(n, s)| (n.to_owned(), s)).collect();
    all.extend(panels);
    all.extend(boards::views().into_iter().map(|(n, s)| (n.to_owned(), s)));
    all
}

fn frame(state: &State, theme: &Theme, (w, h): (u16, u16)) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
    let mut state = state.clone();
    state.size = (w, h);
    view::paint(&state, theme, &mut buf);
    buf
}

#[test]
fn every_view_at_every_size() {
    let theme = Theme::dark(Depth::True);
    for (name, state) in views() {
        for size in SIZES {
            check(&sized(&name, size), &frame(&state, &theme, size), &theme);
        }
    }
}

/// A rule is saved only when all of it was seen: where it does not fit, that is told before somebody tries.
#[test]
fn a_new_rule_that_does_not_fit_says_so() {
    let theme = Theme::dark(Depth::True);
    let view = boards::views().into_iter().find(|(name, _)| *name == "rule-made").expect("it is there").1;
    let text = |h: u16| {
        let buf = frame(&view, &theme, (80, h));
        buf.content.iter().map(Cell::symbol).collect::<String>()
    };
    assert!(text(24).contains("command = [") && !text(24).contains("more rows"), "{}", text(24));
    for h in [14, 16] {
        assert!(!text(h).contains("command = ["), "it would fit: {}", text(h));
        assert!(text(h).contains("more rows: it is saved only when all are seen"), "{h}: {}", text(h));
    }
}

#[test]
fn the_grid_in_every_theme_and_with_few_colours() {
    let state = fleets::nine();
    for theme in themes() {
        check(&themed(&theme), &frame(&state, &theme, SIZES[0]), &theme);
    }
}

#[test]
fn no_snapshot_is_left_over() {
    let mut names: Vec<String> = themes().iter().map(themed).collect();
    names.extend(views().iter().flat_map(|(name, _)| SIZES.map(|size| sized(name, size))));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/snapshots");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let file = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let name = file.trim_end_matches(".snap");
        assert!(!name.contains('@') || names.iter().any(|n| n == name), "{file} belongs to no view");
    }
}

fn sized(name: &str, (w, h): (u16, u16)) -> String {
    format!("{name}@{w}x{h}")
}

fn themed(theme: &Theme) -> String {
    sized(&format!("theme-{}-{:?}", theme.name(), theme.depth()).to_lowercase(), SIZES[0])
}

/// Every theme on terminals of true colour, of sixteen colours and of none.
fn themes() -> Vec<Theme> {
    let theme = |name: &str, depth| Theme::builtin(name, depth).expect(name);
    let coloured = BUILTIN.iter().filter(|(name, _)| *name != "mono");
    let mut all: Vec<Theme> =
        coloured.flat_map(|(name, _)| [theme(name, Depth::True), theme(name, Depth::Sixteen)]).collect();
    all.push(theme("mono", Depth::Mono));
    all
}

fn check(name: &str, buf: &Buffer, theme: &Theme) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, maps(buf, theme)));
}

/// The text map, the style map (a letter and how many cells it goes on, equal rows counted), and its legend.
fn maps(buf: &Buffer, theme: &Theme) -> String {
    let mut legend: Vec<String> = vec![];
    let (mut text, mut styles) = (String::new(), Vec::<String>::new());
    for row in buf.content.chunks(buf.area.width.into()) {
        let line: String = symbols(row).collect();
        writeln!(text, "{}", line.trim_end()).expect("strings can be written");
        let letters: String = row
            .iter()
            .map(|c| {
                let told = tell(c, theme);
                let at = legend.iter().position(|l| *l == told).unwrap_or_else(|| {
                    legend.push(told);
                    legend.len() - 1
                });
                char::from_u32('a' as u32 + at as u32)
                    .filter(char::is_ascii_lowercase)
                    .unwrap_or_else(|| char::from_u32('A' as u32 + at as u32 - 26).unwrap_or('?'))
            })
            .collect();
        styles.push(letters.trim_end().to_owned());
    }
    let mut out = format!("{text}\n-- styles --\n");
    let mut rows = styles.iter().peekable();
    while let Some(row) = rows.next() {
        let mut same = 1;
        while rows.next_if(|r| *r == row).is_some() {
            same += 1;
        }
        let times = if same > 1 { format!(" x{same}") } else { String::new() };
        writeln!(out, "{}{times}", runs(row)).expect("strings can be written");
    }
    out.push('\n');
    for (letter, told) in ('a'..='z').chain('A'..).zip(&legend) {
        writeln!(out, "{letter} {told}").expect("strings can be written");
    }
    out
}

/// `aaaabbb` as `a4 b3`.
fn runs(letters: &str) -> String {
    let mut out: Vec<(char, usize)> = vec![];
    for c in letters.chars() {
        match out.last_mut() {
            Some((last, n)) if *last == c => *n += 1,
            _ => out.push((c, 1)),
        }
    }
    out.iter().map(|(c, n)| format!("{c}{n}")).collect::<Vec<_>>().join(" ")
}

/// The symbols of a row as a terminal shows them: the cell behind a wide glyph is covered by it.
fn symbols(row: &[Cell]) -> impl Iterator<Item = &str> {
    let mut covered = 0;
    row.iter().filter_map(move |c| {
        if covered > 0 {
            covered -= 1;
            return None;
        }
        covered = archtui::domain::text::width(c.symbol()).saturating_sub(1);
        Some(c.symbol())
    })
}

/// The look of a cell, colours of the theme by their meaning, so that a theme can be tuned without touching snapshots.
fn tell(c: &Cell, theme: &Theme) -> String {
    let paper = theme.style(Role::Base);
    let front = |color: Color| {
        let of = |(r, _): &&(Role, &str)| *r != Role::Base && theme.style(*r).fg == Some(color);
        Role::ALL.iter().find(of).map_or_else(|| named(color), |(_, w)| (*w).to_owned())
    };
    let back = |color: Color| {
        let of = |(r, _): &&(Role, &str)| theme.style(*r).bg == Some(color);
        Role::ALL.iter().find(of).map_or_else(|| named(color), |(_, w)| (*w).to_owned())
    };
    let mut out = front(c.fg);
    if Some(c.bg) != paper.bg {
        write!(out, " on {}", back(c.bg)).expect("strings can be written");
    }
    for (name, _) in c.modifier.iter_names() {
        write!(out, " {}", name.to_lowercase()).expect("strings can be written");
    }
    out
}

fn named(color: Color) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// Frames for looking at: `ARCHTUI_LOOK=DIR cargo test --test it -- --ignored frames_to_look_at` writes ANSI and SVG files.
#[test]
#[ignore = "writes pictures where ARCHTUI_LOOK says"]
#[expect(clippy::disallowed_methods, reason = "only this helper of people who look at frames reads it")]
fn frames_to_look_at() {
    let dir = PathBuf::from(std::env::var("ARCHTUI_LOOK").expect("ARCHTUI_LOOK names a folder"));
    for (name, state) in views() {
        for size in [(80, 24), (120, 40), (190, 54), (240, 67), (20, 5)] {
            for theme in BUILTIN.map(|(n, _)| Theme::builtin(n, Depth::True).expect(n)) {
                let buf = frame(&state, &theme, size);
                let file = dir.join(format!("{name}-{}x{}-{}", size.0, size.1, theme.name()));
                std::fs::write(file.with_extension("ansi"), ansi(&buf)).expect("the folder can be written");
                std::fs::write(file.with_extension("svg"), view::svg(&buf, &theme))
                    .expect("the folder can be written");
            }
        }
    }
}

fn ansi(buf: &Buffer) -> String {
    let mut out = String::new();
    for row in buf.content.chunks(buf.area.width.into()) {
        let mut covered = 0;
        for c in row {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = archtui::domain::text::width(c.symbol()).saturating_sub(1);
            let color = |c: Color, base: u8| match c {
                Color::Rgb(r, g, b) => format!(";{base};2;{r};{g};{b}"),
                Color::Indexed(n) => format!(";{base};5;{n}"),
                _ => String::new(),
            };
            let attrs = [
                (Modifier::BOLD, ";1"),
                (Modifier::DIM, ";2"),
                (Modifier::ITALIC, ";3"),
                (Modifier::UNDERLINED, ";4"),
                (Modifier::REVERSED, ";7"),
                (Modifier::CROSSED_OUT, ";9"),
            ];
            let attrs: String =
                attrs.iter().filter(|(m, _)| c.modifier.contains(*m)).map(|(_, s)| *s).collect();
            write!(out, "\x1b[0{}{}{attrs}m{}", color(c.fg, 38), color(c.bg, 48), c.symbol())
                .expect("strings can be written");
        }
        out.push_str("\x1b[0m\n");
    }
    out
}
