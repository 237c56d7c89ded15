//! The sessions: roster entries met with the panes that exist. Who is shown first is for `grid`.

use std::sync::Arc;
use std::time::Duration;

use super::ward::Ward;
use crate::domain::dialog::Dialog;
use crate::domain::read::Reading;
use crate::domain::roster::{Member, Roster};
use crate::domain::screen::Screen;
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::status::State;
use crate::domain::task::Brief;
use crate::domain::track::Tracker;

/// What a tile, a row of a panel and the focus hold on to, whatever the order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionKey {
    /// A pane that exists.
    Pane(PaneIdentity),
    /// A roster session that does not exist now.
    Missing(SessionName),
}

/// One agent's place: a pane, or a roster session without one.
#[derive(Debug, Clone)]
pub struct Session {
    /// The tmux session's name.
    pub name: SessionName,
    /// `name`, or `name:2` for further panes of the same session.
    pub label: String,
    /// Its roster entry; `None` = unmanaged.
    pub member: Option<Member>,
    /// Its pane, if it exists.
    pub pane: Option<PaneInfo>,
    /// What the pane shows, as last looked at.
    pub screen: Option<Arc<Screen>>,
    /// The screen held while everything is frozen.
    pub held: Option<Arc<Screen>>,
    /// What its screens told over time.
    pub tracker: Tracker,
    /// What it is doing, as the tracker says.
    pub state: State,
    /// Since when, on the monotonic clock.
    pub since: Duration,
    /// It was found so, and nothing tells since when: no age of it is told.
    pub undated: bool,
    /// Why we think so, strongest first.
    pub why: Vec<String>,
    /// Name of the foreground process.
    pub command: Option<String>,
    /// When its program last wrote.
    pub wrote: Option<Duration>,
    /// The tasks that it has, the one at work first: see [`Tasks`](super::Tasks).
    pub tasks: Vec<Arc<Brief>>,
    /// Since when one of them needs a person, on the monotonic clock.
    pub owes: Option<Duration>,
    /// When its screen was last looked at.
    pub looked: Option<Duration>,
    /// How it is.
    pub ward: Ward,
}

impl Session {
    /// What the focus holds on to.
    pub fn key(&self) -> SessionKey {
        self.pane
            .as_ref()
            .map_or_else(|| SessionKey::Missing(self.name.clone()), |p| SessionKey::Pane(p.identity))
    }

    /// The screen to draw: the held one while frozen, else the newest.
    pub fn visible_screen(&self) -> Option<&Arc<Screen>> {
        self.held.as_ref().or(self.screen.as_ref())
    }

    /// The dialog that is open, if one is.
    pub fn dialog(&self) -> Option<&Dialog> {
        self.tracker.dialog().map(|seen| &seen.dialog)
    }

    /// Which agent runs here, as far as it is known.
    pub fn agent(&self) -> Option<&str> {
        self.tracker.reading().agent.as_deref()
    }

    /// A look at its screen.
    pub fn look(&mut self, reading: impl Into<Arc<Reading>>, now: Duration) {
        self.tracker.look(reading, now);
        self.follow();
    }

    /// Time passed; what was pending may have lasted long enough. True if something changed.
    pub fn tick(&mut self, now: Duration) -> bool {
        let changed = self.tracker.tick(now).any();
        if changed {
            self.follow();
        }
        changed
    }

    /// What its screen says has not lasted long enough to be believed: it may rest for an instant only.
    pub fn is_settling(&self) -> bool {
        self.tracker.due().is_some()
    }

    fn follow(&mut self) {
        self.state = self.tracker.state();
        self.since = self.tracker.since();
        self.why.clone_from(&self.tracker.reading().evidence);
    }

    /// How long it has been in its state, as far as that was seen: with `undated` at least so long.
    pub fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.since)
    }

    /// `undated`: nobody saw it go.
    fn missing(member: &Member, now: Duration, undated: bool) -> Self {
        let name = SessionName::new(&member.name);
        Self {
            label: name.to_string(),
            name,
            member: Some(member.clone()),
            pane: None,
            screen: None,
            held: None,
            tracker: Tracker::new(State::Gone, now),
            state: State::Gone,
            since: now,
            undated,
            why: vec!["no tmux session has this name".into()],
            command: None,
            wrote: None,
            tasks: Vec::new(),
            owes: None,
            looked: None,
            ward: Ward::default(),
        }
    }

    fn found(pane: &PaneInfo, member: Option<Member>, now: Duration) -> Self {
        Self {
            name: pane.session.clone(),
            label: pane.session.to_string(),
            member,
            pane: Some(pane.clone()),
            screen: None,
            held: None,
            tracker: Tracker::new(State::Unknown, now),
            state: State::Unknown,
            since: now,
            undated: false,
            why: vec!["not looked at yet".into()],
            command: None,
            wrote: None,
            tasks: Vec::new(),
            owes: None,
            looked: None,
            ward: Ward::default(),
        }
    }
}

/// All sessions, and the roster they were met with.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    /// The config's sessions.
    pub roster: Roster,
    /// Roster order first, then the unmanaged ones in the server's order.
    pub sessions: Vec<Session>,
}

impl Fleet {
    /// A fleet of which nothing has been seen yet.
    pub fn new(roster: Roster) -> Self {
        Self { roster, sessions: Vec::new() }
    }

    /// The session of a pane.
    pub fn by_pane(&mut self, pane: PaneIdentity) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|s| s.pane.as_ref().is_some_and(|p| p.identity == pane))
    }

    /// Meets the roster with the panes that exist now. What was known of a pane stays with it.
    pub fn meet(&mut self, panes: &[PaneInfo], now: Duration) {
        let mut old = std::mem::take(&mut self.sessions);
        // Whoever is not there at the first meeting went before it.
        let first = old.is_empty();
        let mut placed: Vec<(usize, usize, Session)> = Vec::new();
        for (i, pane) in panes.iter().enumerate() {
            let place = self.roster.place(&pane.session);
            let known = old.iter().position(|s| s.pane.as_ref().is_some_and(|p| p.identity == pane.identity));
            let mut session = match known {
                Some(at) => old.swap_remove(at),
                None => Session::found(pane, None, now),
            };
            session.pane = Some(pane.clone());
            session.name = pane.session.clone();
            session.member = self.roster.entry(&pane.session);
            placed.push((place.unwrap_or(usize::MAX), i, session));
        }
        for (place, member) in self.roster.members.iter().enumerate() {
            let name = SessionName::new(&member.name);
            if member.is_pattern() || panes.iter().any(|p| p.session == name) {
                continue;
            }
            let known = old.iter().position(|s| s.pane.is_none() && s.name == name);
            let session =
                known.map_or_else(|| Session::missing(member, now, first), |at| old.swap_remove(at));
            placed.push((place, 0, session));
        }
        // Of one session's panes those that live come first: a new agent beside a dead one has the session's name.
        let dead = |s: &Session| s.pane.as_ref().is_some_and(|p| p.dead);
        let first = |s: &Session, i: usize| {
            let its = s.pane.as_ref().map(|p| p.session_id);
            panes.iter().position(|p| Some(p.session_id) == its).unwrap_or(i)
        };
        placed.sort_by_cached_key(|(place, i, s)| (*place, first(s, *i), dead(s), *i));
        self.sessions = placed.into_iter().map(|(_, _, s)| s).collect();
        self.name_panes();
    }

    /// Further panes of one session are told apart by a number.
    fn name_panes(&mut self) {
        for i in 0..self.sessions.len() {
            let id = self.sessions[i].pane.as_ref().map(|p| p.session_id);
            let before = self.sessions[..i]
                .iter()
                .filter(|s| id.is_some() && s.pane.as_ref().map(|p| p.session_id) == id)
                .count();
            let s = &mut self.sessions[i];
            s.label = if before == 0 { s.name.to_string() } else { format!("{}:{}", s.name, before + 1) };
        }
    }

    /// How many sessions are in a state that satisfies.
    pub fn count(&self, which: impl Fn(&Session) -> bool) -> usize {
        self.sessions.iter().filter(|s| which(s)).count()
    }
}
