//! Wall mode: for a monitor in the room, read from metres away by people who do not touch it. What hangs there now, and
//! whether it can be trusted. Which sessions a page shows is in `pages`, where they stand in `cut`, what spares the monitor
//! in `rest`; how it looks is for `view::wall`.

pub mod cut;
pub mod pages;
pub mod rest;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::State;
use crate::domain::server::Server;

pub use pages::Page;
pub use rest::Night;

/// How a wall hangs: `[wall]` of the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How long a page stays.
    pub page: Duration,
    /// Without news from tmux for longer the whole screen says that it is stale.
    pub stale_after: Duration,
    /// Everything moves by one cell so often; `None` = it stands still.
    pub drift: Option<Duration>,
    /// Between these hours it is dimmed.
    pub night: Option<Night>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page: Duration::from_secs(12),
            stale_after: Duration::from_secs(10),
            drift: Some(Duration::from_secs(180)),
            night: None,
        }
    }
}

/// Wall mode.
#[derive(Debug, Clone, Default)]
pub struct Wall {
    /// How it hangs.
    pub settings: Settings,
    /// It was started as a wall and is nothing else: there is no way from it into a room that acts.
    pub only: bool,
    /// The page that hangs there; `None` = the control room is shown.
    pub page: Option<Page>,
}

impl Wall {
    /// True if the wall is what is shown.
    pub const fn is_up(&self) -> bool {
        self.page.is_some()
    }
}

/// Why what is shown must not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// When the last news came, on the monotonic clock; `None` = nothing was ever heard.
    pub heard: Option<Duration>,
    /// For how long there has been none.
    pub lasts: Duration,
}

/// A lost connection is often back within a moment.
const BLINK: Duration = Duration::from_secs(2);

impl State {
    /// Hangs the wall before anything was seen; the control room is behind it.
    pub fn hang_first(&mut self) {
        self.wall.page = Some(Page::default());
    }

    /// Hangs the wall for good: there is no control room behind it, and the mouse is not listened to.
    pub fn hang_only(&mut self) {
        self.wall.only = true;
        self.wall.page = Some(Page::default());
        self.fixed.mouse = false;
    }

    /// How old the news is; `None` before the first.
    pub fn news_age(&self) -> Option<Duration> {
        self.heard.map(|at| self.now.mono.saturating_sub(at))
    }

    /// Whether what is shown is stale: tmux is gone or silent, or we were asleep ourselves.
    pub fn stale(&self) -> Option<Stale> {
        let lasts = self.news_age().unwrap_or_else(|| self.now.mono.saturating_sub(self.server_since));
        let gone = !self.connected() && (lasts >= BLINK || self.heard.is_none());
        let settled = !matches!(self.server, Server::Connecting) || lasts >= BLINK;
        (gone && settled || lasts > self.wall.settings.stale_after)
            .then_some(Stale { heard: self.heard, lasts })
    }
}
