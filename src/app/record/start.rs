//! What the first state is made of: what the config, the flags and the pane in which it was opened say, as far as the state
//! depends on it. The rest of the first state is the same each time.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::effect::Fixed;
use crate::app::key::Key;
use crate::app::keymap::Keymap;
use crate::app::state::form::draft;
use crate::app::state::tasks::Sends;
use crate::app::state::{Fleet, Order, State, wall};
use crate::domain::health::Limits;
use crate::domain::roster::Roster;

/// What is fixed before the first fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    keymap: Vec<(Key, String)>,
    mouse: bool,
    fleet_name: String,
    roster: Roster,
    socket: String,
    config_file: Option<String>,
    limits: Limits,
    wall: wall::Settings,
    /// It is a wall and nothing else.
    hung: bool,
    order: Order,
    sender: Sends,
    /// Texts that were not queued the last time.
    drafts: Value,
}

impl Start {
    /// Of a state that no fact has reached.
    pub fn of(state: &State) -> Self {
        let drafts = draft::written(state).and_then(|text| serde_json::from_str(&text).ok());
        Self {
            keymap: state.fixed.keymap.pairs().map(|(key, name)| (key, name.to_owned())).collect(),
            mouse: state.fixed.mouse,
            fleet_name: state.fleet_name.clone(),
            roster: state.fleet.roster.clone(),
            socket: state.socket.clone(),
            config_file: state.config_file.clone(),
            limits: state.limits,
            wall: state.wall.settings,
            hung: state.wall.only,
            order: state.grid.order,
            sender: state.tasks.sender.clone(),
            drafts: drafts.unwrap_or_default(),
        }
    }

    /// That state again. The error says what this version does not know.
    pub fn state(self) -> Result<State, String> {
        let fixed = Fixed { keymap: Keymap::of(self.keymap)?, mouse: self.mouse };
        let mut state = State::new(fixed, self.fleet_name, Fleet::new(self.roster));
        state.socket = self.socket;
        state.config_file = self.config_file;
        state.limits = self.limits;
        state.wall.settings = self.wall;
        state.grid.order = self.order;
        state.tasks.sender = self.sender;
        if self.hung {
            state.hang_only();
        }
        state.tasks.drafts = draft::read(&self.drafts.to_string());
        Ok(state)
    }
}
