//! What the core needs of the world, as traits with their errors. Few methods, domain types; the adapters in `tmux`,
//! `git` and `store` implement them, the workers use them, tests script them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::screen::Screen;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::stroke::Stroke;

/// One pane as the server lists it. Everything an agent can influence is sanitised text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneInfo {
    /// Which pane, unmistakably.
    pub identity: PaneIdentity,
    /// The session it belongs to.
    pub session: SessionName,
    /// tmux's `$N` of that session.
    pub session_id: u32,
    /// tmux's `@N` of its window.
    pub window_id: u32,
    /// True for the pane that a person would see on attaching: active pane of the session's current window.
    pub front: bool,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// The title the program set, printable.
    pub title: String,
    /// The pane's terminal device, as in `/dev/pts/4`.
    pub tty: String,
    /// Its process has ended and tmux keeps the pane.
    pub dead: bool,
    /// Copy mode or another mode is open: keys would not reach the program.
    pub in_mode: bool,
    /// Keys to it are copied to other panes of the window.
    pub synchronized: bool,
    /// How many clients look at its session.
    pub attached: u32,
}

/// What is known of the tmux server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Server {
    /// Being looked for.
    Connecting,
    /// Connected.
    Up {
        /// As `tmux -V` and the server say, e.g. `3.3a`.
        version: String,
        /// The server's process.
        pid: u32,
    },
    /// No server listens on that socket.
    Missing,
    /// The server is there but the connection ended; `why` is one line.
    Lost {
        /// What happened: killed, hung up, replaced, the socket was unlinked.
        why: String,
    },
    /// The program `tmux` cannot be used at all; `why` says what to do.
    Unusable {
        /// No tmux, too old, no permission.
        why: String,
    },
}

/// How changes on the panes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notice {
    /// inotify where it is proven to work, else scan.
    #[default]
    Auto,
    /// The kernel tells of every write to a pane's terminal.
    Inotify,
    /// Batched checks on the server.
    Scan,
}

/// One thing the tmux side tells. Screens are superseded, never queued: a newer one of the same pane replaces an older.
#[derive(Debug, Clone)]
pub enum Told {
    /// The server's state changed.
    Server(Server),
    /// How changes are noticed on this connection, and why if it is not what was asked for.
    Noticing(Notice, Option<String>),
    /// The panes that exist now, complete and in the server's order, ours left out.
    Panes(Vec<PaneInfo>),
    /// A pane's screen as it is now. Sent when it differs from the one told before, and once for each new pane.
    Screen {
        /// Which pane.
        pane: PaneIdentity,
        /// What it shows.
        screen: Arc<Screen>,
        /// True if the program wrote something since the screen told before (a sweep that found nothing new tells nothing).
        wrote: bool,
    },
    /// A pane wrote bytes but its screen is the same as before.
    Wrote(PaneId),
}

/// What the tmux side should care for most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Panes that are on our own screen now: kept fresh at the frame rate. The others are looked at more lazily.
    pub front: Vec<PaneId>,
    /// Pause all looking (nobody can see the screen, or the view is frozen).
    pub paused: bool,
}

/// The watched panes of one tmux server. It finds the server, loses it, finds it again, by itself.
pub trait Panes: Send + 'static {
    /// The next thing to tell; waits until there is one. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Told> + Send;
    /// Says what is on our screen.
    fn look_at(&mut self, view: View);
}

/// Why something could not be typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// No connection to the server.
    #[error("tmux is not connected")]
    NotConnected,
    /// The pane is another one by now, or gone, or dead.
    #[error("that pane is gone or has been replaced")]
    Gone,
    /// Copy mode or another mode would swallow the keys.
    #[error("the pane is in copy mode; leave it first")]
    InMode,
    /// synchronize-panes would copy the keys to others.
    #[error("synchronize-panes is on in that window; keys would reach other panes too")]
    Synchronized,
    /// tmux refused, in its own words.
    #[error("tmux: {0}")]
    Refused(String),
    /// No answer in time: it is not known whether the keys arrived.
    #[error("tmux did not answer within {0:?}; look before typing again")]
    Timeout(Duration),
}

/// The keyboard of the panes. Every call checks on the server, in the same command, that the pane is still the one meant.
pub trait Keyboard: Send + Sync + 'static {
    /// Types the strokes in order into one pane, if it is still that pane and takes keys. Tells the exact tmux command.
    fn type_into(
        &self,
        pane: PaneIdentity,
        strokes: Vec<Stroke>,
    ) -> impl Future<Output = Result<String, TypeError>> + Send;
}
