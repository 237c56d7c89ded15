//! Properties of drawing: any state at any size gives a frame, every cell of it printable, and nothing stands where the
//! frame does not say it does.

use std::sync::Arc;
use std::time::Duration;

use archtui::app::State;
use archtui::app::panel::{PANELS, PanelId};
use archtui::app::state::form::{Field, Form, Kind};
use archtui::app::state::popup::{Question, Then};
use archtui::app::state::wall::Night;
use archtui::app::state::{Input, Mode, Order, Popup};
use archtui::domain::dialog::Dialog;
use archtui::domain::read::Reading;
use archtui::domain::server::Server;
use archtui::domain::status::State as Status;
use archtui::domain::task::{Page, TaskText};
use archtui::domain::track::Tracker;
use archtui::domain::{ansi, text};
use archtui::theme::{BUILTIN, Depth, Theme};
use archtui::view;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::{fleets, queues};

/// What a state is made of; short to read when a property fails.
#[derive(Debug, Clone)]
struct Recipe {
    bytes: Vec<String>,
    name: String,
    view: usize,
    zoomed: bool,
    frozen: bool,
    urgency: bool,
    row: usize,
    sessions: usize,
    wall: bool,
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let bytes = proptest::collection::vec(
        prop_oneof![
            Just("\x1b[31;44;1;3;4;7;9m".to_owned()),
            Just("\x1b[8m".to_owned()),
            Just("\x1b[38;2;1;2;3m".to_owned()),
            Just("\x1b]0;t\x07".to_owned()),
            Just("\n".to_owned()),
            Just("漢字".to_owned()),
            Just("e\u{301}\u{301}".to_owned()),
            Just("👩\u{200d}👧\u{fe0f}".to_owned()),
            Just("ｶﾞ".to_owned()),
            Just("\u{1f1e9}\u{1f1ea}".to_owned()),
            "[ -~]{0,12}",
            "\\PC{0,4}",
        ],
        0..60,
    );
    let name = prop_oneof!["[a-z_]{1,40}", "\\PC{1,12}"];
    let shape =
        (0usize..21, any::<bool>(), any::<bool>(), any::<bool>(), 0usize..400, 0usize..60, any::<bool>());
    (bytes, name, shape).prop_map(|(bytes, name, (view, zoomed, frozen, urgency, row, sessions, wall))| {
        Recipe { bytes, name, view, zoomed, frozen, urgency, row, sessions, wall }
    })
}

/// A state with hostile panes and names in it, in any of the shapes that a frame can have.
fn cook(r: &Recipe) -> State {
    let mut s = match r.sessions {
        0 => fleets::nine(),
        1 => fleets::every_state(),
        n => fleets::many(n - 2),
    };
    let wild = Arc::new(ansi::parse(r.bytes.concat().as_bytes(), 80, 24));
    for session in s.fleet.sessions.iter_mut().take(7) {
        session.screen = Some(wild.clone());
        session.label = text::printable(&r.name);
        session.why = vec![r.name.clone()];
    }
    s.grid.zoomed = r.zoomed;
    s.grid.frozen = r.frozen;
    s.grid.page = r.row;
    s.grid.order = if r.urgency { Order::Urgency } else { Order::Roster };
    s.panel_row = r.row;
    let mut input = Input::default();
    input.insert(&r.name);
    let why = r.name.clone();
    let focus = s.grid.focus.clone();
    match r.view {
        0 => s.popup = Some(Popup::Help { row: r.row }),
        1 => s.popup = Some(Popup::Palette { input, row: r.row }),
        2 => s.popup = focus.map(|key| Popup::Explain { key, row: r.row }),
        3 => s.server = Server::Lost { why },
        4 => s.server = Server::Missing { why },
        5 => s.server = Server::Unusable { why },
        6 => {
            s.mode = Mode::Filter;
            s.grid.filter = input;
        }
        7 => {
            if let Some(pane) = s.focused().and_then(|f| f.pane.clone()) {
                s.mode = Mode::TypeInto(pane.identity);
            }
        }
        8 => s.server_since = Duration::ZERO,
        n @ 9..=15 => s.open_panel = PANELS.get(n - 9).map(|p| p.id),
        n => {
            let mut tasks = queues::plights();
            if let Ok((words, _)) = TaskText::new(&(r.bytes.concat() + &r.name)) {
                tasks[0].text = words;
            }
            tasks[0].reason = Some(r.bytes.concat());
            queues::lay(&mut s, &tasks);
            let page = Arc::new(Page { task: tasks[0].clone(), log: queues::page().log });
            let mut form = Form::new(Kind::New, &r.name);
            form.paste(&r.bytes.concat());
            form.field = if r.zoomed { Field::To } else { Field::Text };
            let question = Question {
                what: why.clone(),
                means: r.bytes.concat(),
                then: Then::Quit,
                since: Duration::ZERO,
            };
            match n {
                16 => s.popup = Some(Popup::Task { id: page.task.id, page: Some(page), row: r.row }),
                17 => s.popup = Some(Popup::Hand { page, row: r.row }),
                18 => s.popup = Some(Popup::Form(Box::new(form))),
                19 => s.popup = Some(Popup::Ask(Box::new(question))),
                _ => {
                    s.open_panel = Some(PanelId::Tasks);
                    s.change_filter(Some(PanelId::Tasks), |line| {
                        line.insert(if r.frozen { "inbox" } else { "" });
                    });
                }
            }
        }
    }
    if r.wall {
        let short = |n: usize| (n % 250) as u16;
        s.size = (short(r.row), short(r.row / 3));
        s.hang_only();
        s.turn_wall();
        s.heard = r.zoomed.then_some(Duration::from_secs(r.row as u64));
        s.wall.settings.night = Night::parse(if r.frozen { "14:00-15:00" } else { "1:00-2:00" });
        s.wall.settings.drift = Some(Duration::from_secs(1 + r.row as u64));
    }
    s
}

fn size() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![(0u16..=300, 0u16..=300), (0u16..=40, 0u16..=12), (150u16..=240, 1u16..=70)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_state_at_any_size_gives_a_whole_frame(recipe in recipes(), (w, h) in size(), theme in 0usize..BUILTIN.len(), depth in 0usize..4) {
        let depth = [Depth::Mono, Depth::Sixteen, Depth::Indexed256, Depth::True][depth];
        let theme = Theme::builtin(BUILTIN[theme].0, depth).expect("built in");
        let state = cook(&recipe);
        let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
        let areas = view::paint(&state, &theme, &mut buf);
        prop_assert_eq!(buf.content.len(), usize::from(w) * usize::from(h));
        for (i, row) in buf.content.chunks(usize::from(w).max(1)).enumerate() {
            let mut at = 0;
            while at < row.len() {
                let symbol = row[at].symbol();
                prop_assert!(!symbol.is_empty() && symbol.chars().all(text::is_printable), "row {} {:?}", i, symbol);
                let wide = ratatui::buffer::CellWidth::cell_width(&row[at]);
                prop_assert!(wide == 1 || wide == 2, "row {} {:?} takes {} columns", i, symbol, wide);
                prop_assert!(at + usize::from(wide) <= row.len(), "row {} {:?} stands over the edge", i, symbol);
                if wide == 2 {
                    prop_assert_eq!(row[at + 1].symbol(), " ", "row {}: behind {:?}", i, symbol);
                }
                at += usize::from(wide);
            }
        }
        for (_, a) in &areas.tiles {
            prop_assert!(a.x + a.w <= w && a.y + a.h <= h, "{a:?} in {w}x{h}");
        }
        for (_, a) in &areas.panels {
            prop_assert!(a.x + a.w <= w && a.y + a.h <= h, "{a:?} in {w}x{h}");
        }
        let shown = state.arranged(areas.paged);
        for (n, (i, a)) in areas.tiles.iter().enumerate() {
            prop_assert!(*i < shown.len());
            for (_, b) in areas.tiles.iter().skip(n + 1) {
                let apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                prop_assert!(apart, "{a:?} lies over {b:?}");
            }
        }
        if depth == Depth::Mono {
            prop_assert!(buf.content.iter().all(|c| c.fg == Color::Reset && c.bg == Color::Reset));
        }
    }

    #[test]
    fn drawing_is_a_function_of_the_state(recipe in recipes(), (w, h) in (0u16..=120, 0u16..=40)) {
        let state = cook(&recipe);
        let theme = Theme::dark(Depth::True);
        let frame = || {
            let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
            let areas = view::paint(&state, &theme, &mut buf);
            (buf, areas)
        };
        prop_assert_eq!(frame(), frame());
    }
}

#[test]
fn the_focused_session_is_on_the_page_whatever_the_size() {
    let theme = Theme::dark(Depth::True);
    for n in [1, 9, 50, 200] {
        let mut state = fleets::many(n);
        for at in [0, n / 2, n - 1] {
            state.grid.focus = Some(state.fleet.sessions[at].key());
            for (w, h) in [(80, 24), (120, 40), (240, 67), (20, 5), (24, 7), (1, 3)] {
                let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
                let areas = view::paint(&state, &theme, &mut buf);
                assert!(
                    areas.tiles.iter().any(|(i, _)| state.arranged(areas.paged)[*i] == at),
                    "{at} of {n} at {w}x{h}"
                );
                assert!(areas.per_page >= 1 && areas.columns >= 1);
            }
        }
    }
}

#[test]
fn hidden_text_and_motion_never_reach_the_screen() {
    let mut state = fleets::nine();
    let screen = ansi::parse(b"\x1b[8msecret\x1b[0m|\x1b[5mblink", 80, 24);
    for s in &mut state.fleet.sessions {
        s.screen = Some(Arc::new(screen.clone()));
    }
    let mut buf = Buffer::empty(Rect::new(0, 0, 120, 40));
    view::paint(&state, &Theme::dark(Depth::True), &mut buf);
    let text: String = buf.content.iter().map(Cell::symbol).collect();
    assert!(!text.contains("secret") && text.contains("      |blink"));
    let motion = ratatui::style::Modifier::SLOW_BLINK
        | ratatui::style::Modifier::RAPID_BLINK
        | ratatui::style::Modifier::HIDDEN;
    assert!(buf.content.iter().all(|c| !c.modifier.intersects(motion)));
}

#[test]
fn a_pane_is_drawn_inside_its_own_tile_only() {
    let theme = Theme::dark(Depth::True);
    for (w, h) in [(20, 5), (24, 7), (80, 24), (120, 40), (163, 31), (240, 67)] {
        for zoomed in [false, true] {
            let mut state = fleets::many(9);
            state.grid.zoomed = zoomed;
            for (session, mark) in state.fleet.sessions.iter_mut().zip('\u{2801}'..) {
                let rows = vec![format!("\x1b[41m{}", mark.to_string().repeat(300)); 100].join("\n");
                session.screen = Some(Arc::new(ansi::parse(rows.as_bytes(), 300, 100)));
                session.tracker = Tracker::new(session.state, session.since);
            }
            let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
            let areas = view::paint(&state, &theme, &mut buf);
            for (i, mark) in ('\u{2801}'..).take(9).enumerate() {
                let own = areas
                    .tiles
                    .iter()
                    .find(|(tile, _)| state.arranged(areas.paged)[*tile] == i)
                    .map(|(_, a)| *a);
                let mut seen = 0;
                for (at, cell) in buf.content.iter().enumerate().filter(|(_, c)| c.symbol().starts_with(mark))
                {
                    let (x, y) = buf.pos_of(at);
                    assert!(own.is_some_and(|a| a.has(x, y)), "{w}x{h}: pane {i} at {x},{y}: {cell:?}");
                    seen += 1;
                }
                // A tile is full of its pane but for its frame; without room for a frame, but for its first line.
                let frame = if w < 24 { (0, 1) } else { (2, 2) };
                let want = own.map_or(0, |a| usize::from(a.w - frame.0) * usize::from(a.h - frame.1));
                assert_eq!(seen, want, "{w}x{h}: pane {i}");
            }
        }
    }
}

#[test]
fn what_a_dialog_is_about_is_told_to_stand_there_whole_or_in_part() {
    let about = "git commit -m '⚠\u{fe0f} fix: a row that is wider than a small tile' && rm -f \\\n  src/the_last_one";
    let text = format!("\n────\n Bash command\n   {about}\n Do you want to proceed?\n ❯ 1. Yes\n   2. No");
    let mut state = fleets::nine();
    fleets::focus(&mut state, "claude_orchestrator");
    let session = state.fleet.sessions.iter_mut().find(|s| s.label == "claude_orchestrator").expect("there");
    let pane = session.pane.as_ref().expect("it has one").identity.id;
    let screen = ansi::parse(text.replace('\n', "\r\n").as_bytes(), 120, 40);
    let dialog = Dialog { subject: Some(about.to_owned()), rows: (1, 7), ..Dialog::default() };
    session.look(
        Reading { state: Status::Permission, dialog: Some(dialog), ..Reading::default() },
        fleets::NOW.mono,
    );
    session.screen = Some(Arc::new(screen));
    let partly = |state: &State, w, h| {
        let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
        view::paint(state, &Theme::dark(Depth::True), &mut buf).partly.contains(&pane)
    };
    assert!(partly(&state, 120, 40), "cut at the right");
    state.grid.zoomed = true;
    assert!(!partly(&state, 120, 40), "whole, over two rows, with a sign that joins");
    assert!(partly(&state, 60, 40), "cut in a narrow terminal");
    assert!(!partly(&state, 120, 8), "its head is cut off, and it is told in its place");
    assert!(partly(&state, 60, 8), "what is told there is cut, too");
}
