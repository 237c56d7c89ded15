//! Stories about work trees: who is told of to the worker, and what the panel does.

use std::sync::Arc;

use super::*;
use crate::app::event::Looked;
use crate::domain::branch::survey::{Home, Survey};
use crate::domain::read::Reading;
use crate::domain::screen::Screen;

fn looked(id: u32, state: Status, wrote: bool) -> Event {
    let reading = Reading { state, confidence: 0.95, ..Reading::default() };
    let pane = pane(id, "").identity;
    Event::Screen(Arc::new(Looked {
        pane,
        screen: Arc::new(Screen::plain("x")),
        wrote,
        stands: false,
        fresh: true,
        command: None,
        conversation: None,
        reading: reading.into(),
    }))
}

fn posted(effects: &[Effect]) -> Option<Vec<&str>> {
    effects.iter().find_map(|e| match e {
        Effect::Posts(posts) => Some(posts.iter().map(|p| p.worker.name.as_str()).collect()),
        _ => None,
    })
}

#[test]
fn agents_are_told_of_and_bare_shells_are_not() {
    let mut room = Room::new(&["boss"]);
    let effects = room.hear(Event::Panes(vec![pane(0, "boss"), pane(1, "agent"), pane(2, "shell")]));
    assert_eq!(posted(&effects), Some(vec!["boss"]), "of the others nothing is known yet");
    assert_eq!(posted(&room.hear(looked(1, Status::Working, false))), Some(vec!["boss", "agent"]));
    assert_eq!(posted(&room.hear(looked(2, Status::Shell, false))), None);
    assert_eq!(posted(&room.hear(looked(1, Status::Working, false))), None, "no news");
    let effects = room.hear(Event::Panes(vec![pane(0, "boss"), pane(2, "shell")]));
    assert_eq!(posted(&effects), Some(vec!["boss"]));
}

#[test]
fn who_writes_all_the_time_is_told_of_now_and_then() {
    let mut room = Room::new(&["a"]);
    room.hear(Event::Panes(vec![pane(0, "a"), pane(1, "shell")]));
    room.hear(looked(1, Status::Shell, true));
    let stirred = [Effect::Stirred(pane(0, "a").identity)];
    assert_eq!(room.hear(Event::Wrote(PaneId(0))), stirred);
    assert_eq!(room.hear(Event::Wrote(PaneId(1))), [], "nobody works there");
    for _ in 0..49 {
        room.wait(100);
        assert_eq!(room.hear(Event::Wrote(PaneId(0))), []);
    }
    room.wait(100);
    assert_eq!(room.hear(Event::Wrote(PaneId(0))), stirred);
}

#[test]
fn a_row_of_the_panel_leads_to_its_session() {
    let mut room = Room::new(&["a", "b"]);
    room.hear(Event::Panes(vec![pane(0, "a"), pane(1, "b")]));
    let homes = [0, 1].map(|id| (pane(id, "").identity, Home::Outside("/tmp".into())));
    let survey = Survey { homes: homes.into_iter().collect(), complete: true, ..Survey::default() };
    room.hear(Event::Branches(Arc::new(survey)));
    room.drawn(2, 2);
    room.press("panel-branches");
    assert_eq!(room.press("zoom"), [], "the first row is the fleet's");
    assert_eq!(room.state.open_panel, Some(PanelId::Branches));
    for _ in 0..3 {
        room.press("move-down");
    }
    assert_eq!(room.state.panel_row, 2, "the fleet and two sessions");
    room.press("zoom");
    assert_eq!((room.focused(), room.state.open_panel), ("b", None));
}
