//! The filter of the panels: it hides rows of the open panel, leads where the row that is shown leads, and goes with Esc.

use std::sync::Arc;

use super::*;
use crate::app::event::Did;
use crate::app::state::Mode;
use crate::domain::branch::survey::{Home, Survey};

fn room() -> Room {
    let mut room = Room::with(&["dev_worker1", "dev_worker2", "reviewer"]);
    for (name, since) in [("dev_worker1", 10), ("dev_worker2", 20), ("reviewer", 30)] {
        room.set(name, Status::Question, since);
    }
    room
}

fn typed(room: &mut Room, words: &str) {
    room.press("filter");
    assert_eq!(room.state.mode, Mode::FilterPanel);
    for c in words.chars() {
        room.hear(Event::Key(Key::char(c)));
    }
}

#[test]
fn each_panel_filters_its_own_rows_and_stays_open() {
    let mut room = room();
    let homes = [0, 1, 2].map(|id| (pane(id, "").identity, Home::Outside("/tmp".into())));
    let survey = Survey { homes: homes.into_iter().collect(), complete: true, ..Survey::default() };
    room.hear(Event::Branches(Arc::new(survey)));
    for (what, failed) in [("saved a frame", None), ("attached reviewer", Some("no terminal".to_owned()))] {
        room.hear(Event::Did(Did { what: what.into(), command: None, failed }));
    }
    for s in &mut room.state.fleet.sessions {
        s.screen = Some(Arc::new(crate::domain::screen::Screen::plain("x")));
    }
    // The words, how many rows have them, of how many.
    for (panel, id, words, shown, all) in [
        ("panel-needs-you", PanelId::NeedsYou, "worker2 question", 1, 3),
        ("panel-branches", PanelId::Branches, "DEV repository", 2, 3),
        ("panel-events", PanelId::Events, "failed", 1, 2),
        ("panel-health", PanelId::Health, "!worker", 1, 3),
        ("panel-hierarchy", PanelId::Hierarchy, "reviewer", 1, 3),
    ] {
        room.press(panel);
        typed(&mut room, words);
        assert_eq!(room.state.open_panel, Some(id), "{panel}: it stays open");
        assert_eq!(room.state.panel_counts(), (shown, all), "{panel}: {words}");
        assert_eq!(room.shown().len(), 3, "{panel}: the grid is another thing");
        room.key("enter");
        assert_eq!((&room.state.mode, room.state.panel_filter()), (&Mode::Normal, words));
        room.press("back");
        assert_eq!((room.state.open_panel, room.state.panel_filter()), (Some(id), ""), "one layer a time");
        typed(&mut room, "no such row");
        assert_eq!(room.state.panel_counts(), (0, all), "{panel}");
        assert_eq!(room.press("zoom"), [], "{panel}: keys are words while they are typed");
        room.key("esc");
        assert_eq!((room.state.panel_filter(), room.state.panel_counts()), ("", (all, all)), "{panel}");
        room.press("back");
    }
    room.press("panel-routine");
    room.press("filter");
    assert_eq!((room.state.open_panel, &room.state.mode), (Some(PanelId::Routine), &Mode::Normal));
}

#[test]
fn a_row_that_the_filter_left_leads_to_its_own_session() {
    for panel in ["panel-needs-you", "panel-health", "panel-hierarchy", "panel-branches"] {
        let mut room = room();
        room.drawn(2, 4);
        for s in &mut room.state.fleet.sessions {
            s.screen = Some(Arc::new(crate::domain::screen::Screen::plain("x")));
        }
        room.press(panel);
        room.press("last");
        typed(&mut room, "worker2");
        room.key("enter");
        room.press("last");
        room.press("zoom");
        assert_eq!(room.focused(), "dev_worker2", "{panel}");
    }
}

#[test]
fn the_mark_stays_with_its_row_as_words_come_and_go() {
    let mut room = room();
    room.press("panel-needs-you");
    room.press("move-down");
    assert_eq!(room.state.panel_row, 1);
    typed(&mut room, "worker2");
    assert_eq!((room.state.panel_row, room.state.marked_row()), (0, Some(1)));
    room.key("esc");
    assert_eq!((room.state.panel_row, room.state.marked_row()), (1, Some(1)));
    room.press("filter");
    room.hear(Event::Paste("reviewer".into()));
    assert_eq!(room.state.marked_row(), Some(2), "its row is hidden: the one that is left");
    room.key("enter");
    room.press("move-down");
    assert_eq!(room.state.panel_row, 0, "there is no other row");
}
