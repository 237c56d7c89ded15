//! A watcher of a private server and all that it told so far, with waiting for named conditions.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use archtui::domain::screen::Screen;
use archtui::domain::server::{Notice, PaneInfo, Server, Told};
use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::ports::{Panes, View};
use archtui::tmux::keys::Keys;
use archtui::tmux::watch::Watcher;

use super::tmux::PrivateTmux;
use super::{PATIENCE, now};

/// A watcher and all that it told so far.
pub struct Room {
    watcher: Watcher,
    pub keys: Keys,
    pub server: Option<Server>,
    pub notice: Option<(Notice, Option<String>)>,
    pub panes: Vec<PaneInfo>,
    pub screens: HashMap<PaneId, Arc<Screen>>,
    pub wrote: HashMap<PaneId, u32>,
    /// How often each screen was told.
    looks: HashMap<PaneId, u32>,
    pub told: u32,
    /// How often it told that the server is there, and nothing else.
    pub heard: u32,
}

impl Room {
    /// A watcher that has told nothing yet.
    pub fn new(tmux: &PrivateTmux, notice: Notice) -> Self {
        let (watcher, keys) = Watcher::new(tmux.address(), notice);
        Self {
            watcher,
            keys,
            server: None,
            notice: None,
            panes: Vec::new(),
            screens: HashMap::new(),
            wrote: HashMap::new(),
            looks: HashMap::new(),
            told: 0,
            heard: 0,
        }
    }

    /// Says what is in view.
    pub fn look_at(&mut self, front: &[PaneId]) {
        self.watcher.look_at(View { front: front.to_vec(), paused: false });
    }

    /// Asks for a look now.
    pub fn look_again(&mut self, pane: PaneId) {
        self.watcher.look_again(pane);
    }

    /// How often a pane's screen was told.
    pub fn shown(&self, pane: PaneId) -> u32 {
        self.looks.get(&pane).copied().unwrap_or_default()
    }

    fn take(&mut self, told: Told) {
        self.told += u32::from(!matches!(told, Told::Heard));
        match told {
            Told::Server(server) => self.server = Some(server),
            Told::Noticing(notice, why) => self.notice = Some((notice, why)),
            Told::Panes(panes) => {
                self.screens.retain(|id, _| panes.iter().any(|p| p.identity.id == *id));
                self.panes = panes;
            }
            Told::Screen { pane, screen, wrote } => {
                if wrote.is_some() {
                    *self.wrote.entry(pane.id).or_default() += 1;
                }
                *self.looks.entry(pane.id).or_default() += 1;
                self.screens.insert(pane.id, screen);
            }
            Told::Heard => self.heard += 1,
            Told::Wrote(pane) => *self.wrote.entry(pane).or_default() += 1,
        }
    }

    /// Takes what is told until the condition holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = now() + PATIENCE;
        while !holds(self) {
            let told = tokio::time::timeout_at(end.into(), self.watcher.next()).await;
            assert!(
                told.is_ok(),
                "waited in vain until {what}
{self:?}"
            );
            if let Ok(told) = told {
                self.take(told);
            }
        }
    }

    /// Takes what is told for a while.
    pub async fn pass(&mut self, time: Duration) {
        let end = now() + time;
        while let Ok(told) = tokio::time::timeout_at(end.into(), self.watcher.next()).await {
            self.take(told);
        }
    }

    /// Until the pane's screen holds the text.
    pub async fn until_shown(&mut self, pane: PaneId, text: &str) {
        self.until(&format!("{pane} shows {text:?}"), |r| r.text(pane).contains(text)).await;
    }

    /// Until every pane listed has a screen and it is known how changes are noticed.
    pub async fn until_settled(&mut self) {
        let all =
            |r: &Self| !r.panes.is_empty() && r.panes.iter().all(|p| r.screens.contains_key(&p.identity.id));
        self.until("all panes have screens", |r| all(r) && r.notice.is_some()).await;
    }

    /// The pane's text, as told.
    pub fn text(&self, pane: PaneId) -> String {
        self.screens.get(&pane).map_or_else(String::new, |s| s.to_text())
    }

    /// The pane of a session, as told.
    pub fn pane(&self, session: &str) -> Option<&PaneInfo> {
        self.panes.iter().find(|p| p.session.as_str() == session)
    }

    /// True where the proof of inotify holds; else says on stderr what failed, for a test that is then skipped.
    pub async fn inotify_holds(&mut self) -> bool {
        self.until("the notice is known", |r| r.notice.is_some()).await;
        let holds = self.notice == Some((Notice::Inotify, None));
        if !holds {
            #[expect(clippy::print_stderr, reason = "a skipped test says so")]
            {
                eprintln!("skipped: inotify is not proven here: {:?}", self.notice);
            }
        }
        holds
    }

    /// Serves the watcher while something else is awaited.
    pub async fn during<T>(&mut self, other: impl Future<Output = T>) -> T {
        tokio::pin!(other);
        loop {
            tokio::select! {
                done = &mut other => return done,
                told = self.watcher.next() => self.take(told),
            }
        }
    }

    /// Who a pane is, as told.
    pub fn identity(&self, pane: PaneId) -> PaneIdentity {
        self.panes.iter().find(|p| p.identity.id == pane).expect("it is listed").identity
    }
}

impl Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "server {:?}\nnotice {:?}\ntold {}", self.server, self.notice, self.told)?;
        for p in &self.panes {
            writeln!(f, "{p:?}\n{}", self.text(p.identity.id))?;
        }
        Ok(())
    }
}
