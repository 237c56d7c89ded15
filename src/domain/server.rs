//! What a tmux server tells of itself and of its panes: facts as plain values. How they are learned is for `tmux`.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::screen::Screen;
use super::session::{PaneId, PaneIdentity, SessionName};

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

#[cfg(test)]
impl PaneInfo {
    /// A pane of 80 columns and 24 rows that does nothing special; session, window and pane have the same number.
    pub fn plain(identity: PaneIdentity, session: &str) -> Self {
        let n = identity.id.0;
        Self {
            identity,
            session: SessionName::new(session),
            session_id: n,
            window_id: n,
            front: true,
            width: 80,
            height: 24,
            title: String::new(),
            tty: String::new(),
            dead: false,
            in_mode: false,
            synchronized: false,
            attached: 0,
        }
    }
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
        /// What a person should know although all works, as one line: the socket file was unlinked.
        warning: Option<String>,
    },
    /// No server listens on that socket; `why` is one line.
    Missing {
        /// What was found in its place: no socket, a stale one, a server without sessions.
        why: String,
    },
    /// The connection ended or gives no answer; `why` is one line.
    Lost {
        /// What happened: killed, hung up, replaced, silent.
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
    /// The server answered, and there is nothing new: it is there.
    Heard,
    /// A pane's screen as it is now. Sent when it differs from the one told before, and once for each new pane.
    Screen {
        /// Which pane.
        pane: PaneIdentity,
        /// What it shows.
        screen: Arc<Screen>,
        /// If the program wrote something since the screen told before (a sweep that found nothing new tells nothing).
        wrote: Option<Wrote>,
    },
    /// A pane wrote bytes but its screen is the same as before.
    Wrote(PaneId),
}

/// The last write that a screen can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrote {
    /// How long ago it was noticed, as well as that is known.
    pub ago: Duration,
    /// Surely nothing was written behind it: what is shown has stood since.
    pub stands: bool,
}

impl Wrote {
    /// It was noticed with the screen, and more may have come.
    pub const NOW: Self = Self { ago: Duration::ZERO, stands: false };
}
