//! A control room that hears facts and keys, for the stories and the property beside this file. Keys are asked for by the
//! action's name, so that another keymap does not break them.

mod branches;
mod confirms;
mod filters;
mod forms;
mod health;
mod hierarchy;
mod kill;
mod mark;
mod pages;
pub(in crate::app) mod property;
mod routine;
mod stories;
mod tasks;
mod unstick;
mod wall;
mod week;
mod writing;

use std::time::Duration;

use super::*;
use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::effect::Fixed;
use crate::app::key::Key;
use crate::app::keymap::Keymap;
use crate::app::panel::PanelId;
use crate::app::state::Fleet;
use crate::domain::roster::{Member, Roster};
use crate::domain::server::{PaneInfo, Server};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::status::State as Status;

/// A control room that hears facts and keys, at instants of its own.
struct Room {
    state: State,
    at: Duration,
}

impl Room {
    fn new(roster: &[&str]) -> Self {
        let members = roster.iter().map(|n| Member { name: (*n).to_owned(), ..Member::default() }).collect();
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let state = State::new(fixed, "test", Fleet::new(Roster { members, ..Roster::default() }));
        Self { state, at: Duration::from_secs(100) }
    }

    /// Connected, with one pane for each name, ids from 0.
    fn with(names: &[&str]) -> Self {
        let mut room = Self::new(&[]);
        room.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: None }));
        room.hear(Event::Panes(names.iter().enumerate().map(|(i, n)| pane(i as u32, n)).collect()));
        room
    }

    fn hear(&mut self, event: Event) -> Vec<Effect> {
        let now = Now { mono: self.at, ..Now::ZERO };
        update(&mut self.state, event, now)
    }

    fn wait(&mut self, ms: u64) {
        self.at += Duration::from_millis(ms);
    }

    fn press(&mut self, action: &str) -> Vec<Effect> {
        let action = Action::by_name(action).expect("an action of that name");
        let key = self.state.fixed.keymap.keys_of(action)[0];
        self.hear(Event::Key(key))
    }

    fn key(&mut self, word: &str) -> Vec<Effect> {
        self.hear(Event::Key(Key::parse(word).expect("a key")))
    }

    fn shown(&self) -> Vec<&str> {
        self.state.shown().into_iter().map(|i| self.state.fleet.sessions[i].label.as_str()).collect()
    }

    fn focused(&self) -> &str {
        self.state.focused().map_or("", |s| s.label.as_str())
    }

    fn set(&mut self, name: &str, status: Status, since_s: u64) {
        let s = self.state.fleet.sessions.iter_mut().find(|s| s.label == name).expect("a session");
        s.state = status;
        s.since = Duration::from_secs(since_s);
    }

    fn drawn(&mut self, columns: usize, per_page: usize) -> Vec<Effect> {
        let n = self.state.shown().len();
        let first = self.state.grid.page * per_page;
        let tiles = (first..n.min(first + per_page))
            .map(|i| (i, Area { x: (i as u16) * 10, y: 1, w: 10, h: 5 }))
            .collect();
        self.hear(Event::Drew(Areas {
            tiles,
            columns,
            per_page,
            paged: n > per_page,
            panels: vec![(PanelId::Events, Area { x: 0, y: 20, w: 9, h: 3 })],
            partly: Vec::new(),
            popup_rows: 5,
            popup_last: None,
            rule: None,
        }))
    }
}

fn pane(id: u32, session: &str) -> PaneInfo {
    PaneInfo::plain(PaneIdentity { id: PaneId(id), pid: 1000 + id, start: 1 }, session)
}
