//! Everything that is known: one value, a file per part. Changed by `update` only; `view` reads it.

pub mod branches;
pub mod confirms;
pub mod detector;
pub mod editor;
pub mod explain;
pub mod fleet;
pub mod form;
pub mod grid;
pub mod health;
pub mod hierarchy;
pub mod input;
pub mod log;
pub mod needs;
pub mod popup;
pub mod routine;
pub mod rows;
pub mod rules;
pub mod tasks;
pub mod unstick;
pub mod wall;
pub mod ward;
pub mod writing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::areas::Areas;
use super::effect::Fixed;
use super::panel::PanelId;
use crate::domain::confirm::DrawnSince;
use crate::domain::health::Limits;
use crate::domain::host::Gauges;
use crate::domain::ledger::Showing;
use crate::domain::server::{Notice, Server};
use crate::domain::session::{PaneId, PaneIdentity};

pub use branches::Branches;
pub use confirms::{Board, Boards, Face, Post};
pub use detector::Detector;
pub use editor::Editor;
pub use fleet::{Fleet, Session, SessionKey};
pub use form::Form;
pub use grid::{Grid, Order};
pub use input::Input;
pub use log::{Entry, Log};
pub use popup::Popup;
pub use rows::Filters;
pub use tasks::Tasks;
pub use wall::Wall;

/// One instant, told by the runtime with every event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Now {
    /// The system's monotonic clock; never goes back. Ages are measured with it.
    pub mono: Duration,
    /// The instant in UTC, for records.
    pub utc: Timestamp,
    /// The same in the person's time zone, for the clock on the screen.
    pub local: DateTime,
}

impl Now {
    /// The instant zero: before anything happened.
    pub const ZERO: Self = Self {
        mono: Duration::ZERO,
        utc: Timestamp::UNIX_EPOCH,
        local: DateTime::constant(1970, 1, 1, 0, 0, 0, 0),
    };
}

/// Where the next key goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mode {
    /// Through the keymap.
    #[default]
    Normal,
    /// To the agent of this pane.
    TypeInto(PaneIdentity),
    /// Into the filter line.
    Filter,
    /// Into the filter line of the open panel.
    FilterPanel,
}

/// One line that tells what came of a key, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The line.
    pub text: String,
    /// It tells of something that did not work.
    pub bad: bool,
    /// When it goes, on the monotonic clock.
    pub until: Duration,
}

/// Everything that is known.
#[derive(Debug, Clone)]
pub struct State {
    /// What was fixed at start.
    pub fixed: Fixed,
    /// Name of the fleet.
    pub fleet_name: String,
    /// The terminal's columns and rows.
    pub size: (u16, u16),
    /// The instant of the last event.
    pub now: Now,
    /// The tmux server's socket, as it is shown.
    pub socket: String,
    /// The config file in force, as it is shown.
    pub config_file: Option<String>,
    /// The tmux server.
    pub server: Server,
    /// Since when it is in that state, monotonic.
    pub server_since: Duration,
    /// How changes on the panes are noticed, and why if not as wished; `None` before the first connection.
    pub noticing: Option<(Notice, Option<String>)>,
    /// The server has listed its panes at least once.
    pub listed: bool,
    /// The sessions, roster first.
    pub fleet: Fleet,
    /// The grid of tiles.
    pub grid: Grid,
    /// The panel that is open at full size.
    pub open_panel: Option<PanelId>,
    /// What the confirms panel shows at full size.
    pub face: Face,
    /// The row marked in it.
    pub panel_row: usize,
    /// What the panels' rows must have, a line a panel.
    pub filters: Filters,
    /// The window that lies over everything.
    pub popup: Option<Popup>,
    /// Where keys go.
    pub mode: Mode,
    /// What archtui itself did, and what befell the sessions.
    pub log: Log,
    /// How busy the machine and the agents' processes are; `None` before the first word.
    pub gauges: Option<Arc<Gauges>>,
    /// What was last asked to be measured: seen or not, and which panes.
    pub measured: (bool, Vec<PaneIdentity>),
    /// From when on something ails a session.
    pub limits: Limits,
    /// Auto-confirm as it is shown: our own, or that of whoever acts.
    pub board: Arc<Board>,
    /// Where it comes from.
    pub boards: Boards,
    /// Why the rules in force are older than their files.
    pub old_rules: Option<String>,
    /// Which open dialog stands on our screen, and since when.
    pub drawn: BTreeMap<PaneIdentity, DrawnSince>,
    /// Whose dialog the answering keys are for, and since when without a person's doing.
    pub aim: Option<(PaneIdentity, Duration)>,
    /// When an answering key was last pressed here, and which dialog was answered with it before it was let go.
    pub pressed: Option<(Duration, Showing)>,
    /// The pane whose dialog was answered from here last, until it is told what came of it.
    pub answering: Option<PaneIdentity>,
    /// When tiles last changed their places by themselves: whoever turns to one by its place may mean what stood there before.
    pub placed: Duration,
    /// A text that was written as an answer, for which dialog: it comes back if that still stands there.
    pub unsent: Option<(Showing, String)>,
    /// Somebody who wanted to write was refused: keys are words without a place until then, and act on nothing.
    pub deaf: Option<Duration>,
    /// How well screens are read.
    pub detector: Detector,
    /// What is known of the work trees.
    pub branches: Branches,
    /// The task queue.
    pub tasks: Tasks,
    /// The last answer to a key.
    pub toast: Option<Toast>,
    /// What the last frame showed where.
    pub areas: Areas,
    /// The tile pressed last and when, for double clicks.
    pub last_press: Option<(SessionKey, Duration)>,
    /// The panes that the last frame showed.
    pub front: Vec<PaneId>,
    /// When tmux last let us hear anything, on the monotonic clock.
    pub heard: Option<Duration>,
    /// The wall that may hang over the control room.
    pub wall: Wall,
}

impl State {
    /// The state before the first event.
    pub fn new(fixed: Fixed, fleet_name: impl Into<String>, fleet: Fleet) -> Self {
        Self {
            fixed,
            fleet_name: fleet_name.into(),
            size: (80, 24),
            now: Now::ZERO,
            socket: String::new(),
            config_file: None,
            server: Server::Connecting,
            server_since: Duration::ZERO,
            noticing: None,
            listed: false,
            fleet,
            grid: Grid::default(),
            open_panel: None,
            face: Face::default(),
            panel_row: 0,
            filters: Filters::default(),
            popup: None,
            mode: Mode::Normal,
            log: Log::default(),
            gauges: None,
            measured: (false, Vec::new()),
            limits: Limits::default(),
            board: Arc::default(),
            boards: Boards::default(),
            old_rules: None,
            drawn: BTreeMap::new(),
            aim: None,
            pressed: None,
            answering: None,
            placed: Duration::ZERO,
            unsent: None,
            deaf: None,
            detector: Detector::default(),
            branches: Branches::default(),
            tasks: Tasks::default(),
            toast: None,
            areas: Areas::default(),
            last_press: None,
            front: Vec::new(),
            heard: None,
            wall: Wall::default(),
        }
    }

    /// The sessions shown, as indices into the fleet, in the order of the last frame: filtered, by roster or by urgency. A
    /// wall leaves nobody out.
    pub fn shown(&self) -> Vec<usize> {
        self.arranged(self.areas.paged)
    }

    /// The same for a frame that is being drawn, which alone knows whether they fit on one page.
    pub fn arranged(&self, paged: bool) -> Vec<usize> {
        if self.wall.is_up() {
            return (0..self.fleet.sessions.len()).collect();
        }
        self.grid.arrange(&self.fleet.sessions, self.now.mono, paged)
    }

    /// The focused session, if any is shown.
    pub fn focused(&self) -> Option<&Session> {
        let key = self.grid.focus.as_ref()?;
        self.fleet.sessions.iter().find(|s| s.key() == *key)
    }

    /// An instant in the person's time zone.
    pub fn local(&self, at: Timestamp) -> DateTime {
        let ago = self.now.utc.duration_since(at);
        self.now.local.checked_sub(ago).unwrap_or(self.now.local)
    }

    /// The tmux server is there and its panes are what we show.
    pub fn connected(&self) -> bool {
        matches!(self.server, Server::Up { .. })
    }

    /// As of when it is known what panes do: now, or when their server was lost.
    pub fn as_of(&self) -> Duration {
        if self.connected() { self.now.mono } else { self.server_since.min(self.now.mono) }
    }
}
