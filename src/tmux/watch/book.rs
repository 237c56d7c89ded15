//! What is known of the panes: the last list, the last capture of each. Says what a new list or capture changes.
//! No I/O: start times come from the caller.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::ansi;
use crate::domain::screen::Screen;
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::text;
use crate::tmux::list::{self, Vitals};
use crate::tmux::vis;

/// What is remembered of one pane.
#[derive(Debug)]
struct Entry {
    identity: PaneIdentity,
    vitals: Vitals,
    /// The last capture as it came, to see quickly that nothing changed.
    raw: Option<Vec<u8>>,
    /// Its columns and rows.
    size: (u16, u16),
}

/// What a new list changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Panes that are new, or other than before under the same id.
    pub new: Vec<PaneId>,
    /// Panes that are no more.
    pub gone: Vec<PaneId>,
    /// Panes whose cursor, size, history or the like moved since they were last looked at.
    pub moved: Vec<PaneId>,
    /// Whether the list is to be told.
    pub told: bool,
    /// No session but those of control rooms is left.
    pub empty: bool,
}

/// What a capture showed.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// Another screen than before; the flag tells that the same rows and columns now show something else.
    New(PaneIdentity, Arc<Screen>, bool),
    /// The same.
    Same,
    /// The answer cannot be trusted or belongs to another pane: list and look again.
    Stale,
}

/// The panes of one server.
#[derive(Debug, Default)]
pub struct Book {
    panes: Vec<PaneInfo>,
    entries: HashMap<PaneId, Entry>,
}

impl Book {
    /// The panes as last listed.
    pub fn panes(&self) -> &[PaneInfo] {
        &self.panes
    }

    /// Who a pane is.
    pub fn identity(&self, pane: PaneId) -> Option<PaneIdentity> {
        self.entries.get(&pane).map(|e| e.identity)
    }

    /// Takes a whole list. `start` tells when a process started; `own` is the pane in which we run.
    pub fn listed(&mut self, body: &str, own: Option<PaneId>, start: impl Fn(u32) -> u64) -> Changes {
        let mut changes = Changes { empty: true, ..Changes::default() };
        let mut panes: Vec<PaneInfo> = Vec::new();
        let mut index: HashMap<PaneId, usize> = HashMap::new();
        for (mut info, vitals) in body.lines().filter_map(list::line) {
            if list::is_own_session(info.session.as_str()) {
                continue;
            }
            changes.empty = false;
            let id = vitals.id;
            if Some(id) == own {
                continue;
            }
            // A window that is linked to several sessions is listed for each: the one where it is in front counts.
            if let Some(&at) = index.get(&id) {
                if info.front && !panes[at].front {
                    info.identity = panes[at].identity;
                    panes[at] = info;
                }
                continue;
            }
            info.identity.start = match self.entries.get(&id) {
                Some(known) if known.identity.pid == vitals.pid && known.identity.start != 0 => {
                    known.identity.start
                }
                _ => start(vitals.pid),
            };
            match self.entries.get_mut(&id) {
                Some(known) if known.identity == info.identity => {
                    if known.vitals != vitals && known.raw.is_some() {
                        changes.moved.push(id);
                    }
                }
                _ => {
                    changes.new.push(id);
                    self.entries
                        .insert(id, Entry { identity: info.identity, vitals, raw: None, size: (0, 0) });
                }
            }
            index.insert(id, panes.len());
            panes.push(info);
        }
        self.entries.retain(|id, _| {
            let stays = index.contains_key(id);
            if !stays {
                changes.gone.push(*id);
            }
            stays
        });
        changes.told = panes != self.panes;
        self.panes = panes;
        changes
    }

    /// Takes the cheap check: the panes that moved. `None` if the list itself is no longer true.
    pub fn checked(&self, body: &str) -> Option<Vec<PaneId>> {
        let mut moved = Vec::new();
        for vitals in body.lines().filter_map(list::vitals) {
            if let Some(entry) = self.entries.get(&vitals.id) {
                if entry.identity.pid != vitals.pid {
                    return None;
                }
                if entry.vitals != vitals && entry.raw.is_some() && !moved.contains(&vitals.id) {
                    moved.push(vitals.id);
                }
            }
        }
        Some(moved)
    }

    /// Takes the answer to a look: the facts and the buffer as `show-buffer` printed it.
    /// The second value is true if the list of panes changed by it (a title, a mode).
    pub fn captured(&mut self, pane: PaneId, facts: &str, body: &[u8]) -> (Look, bool) {
        let (vitals, title) = facts.split_once('\t').unwrap_or((facts, ""));
        let (Some(vitals), Some(entry)) = (list::vitals(vitals), self.entries.get_mut(&pane)) else {
            return (Look::Stale, false);
        };
        let rows = body.split(|&b| b == b'\n').count() - 1;
        if vitals.id != pane || vitals.pid != entry.identity.pid || rows != usize::from(vitals.height) {
            return (Look::Stale, false);
        }
        let changed =
            self.panes.iter_mut().find(|p| p.identity.id == pane).is_some_and(|p| refresh(p, &vitals, title));
        let same = entry.raw.as_deref() == Some(body) && shows_the_same(&entry.vitals, &vitals);
        entry.vitals = vitals;
        if same {
            return (Look::Same, changed);
        }
        let stirred = entry.raw.is_some() && entry.size == (vitals.width, vitals.height);
        entry.size = (vitals.width, vitals.height);
        let raw = entry.raw.get_or_insert_default();
        raw.clear();
        raw.extend_from_slice(body);
        let mut screen = ansi::parse(&vis::unescape(body), vitals.width, vitals.height);
        screen.cursor = Some(vitals.cursor);
        screen.alternate = Some(vitals.alternate);
        (Look::New(entry.identity, Arc::new(screen), stirred), changed)
    }
}

fn shows_the_same(a: &Vitals, b: &Vitals) -> bool {
    (a.width, a.height, a.cursor, a.alternate) == (b.width, b.height, b.cursor, b.alternate)
}

/// Brings a listed pane up to date; true if that changed anything.
fn refresh(info: &mut PaneInfo, vitals: &Vitals, title: &str) -> bool {
    let title = text::printable(title);
    let new = (vitals.width, vitals.height, vitals.in_mode, vitals.dead);
    if (info.width, info.height, info.in_mode, info.dead) == new && info.title == title {
        return false;
    }
    (info.width, info.height, info.in_mode, info.dead) = new;
    info.title = title;
    true
}
