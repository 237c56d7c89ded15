//! What is known of the panes: the last list, the last capture of each. Says what a new list or capture changes.
//! No I/O: start times come from the caller.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::ansi;
use crate::domain::screen::Screen;
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::text;
use crate::tmux::capture::Capture;
use crate::tmux::list::{self, Vitals};

/// What is remembered of one pane.
#[derive(Debug)]
struct Entry {
    identity: PaneIdentity,
    vitals: Vitals,
    /// The last capture as it came, to see quickly that nothing changed.
    raw: Option<Vec<u8>>,
    /// What it showed.
    screen: Option<Arc<Screen>>,
    /// Somebody waits for the next capture, whatever it shows.
    wanted: bool,
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
pub enum Captured {
    /// Another screen than before, and how many of the same rows and columns now show something else.
    New(PaneIdentity, Arc<Screen>, usize),
    /// The same.
    Same,
    /// The same, and somebody waits for it.
    Again(PaneIdentity, Arc<Screen>),
    /// The answer cannot be trusted or belongs to another pane: list and look again.
    Stale,
}

/// The panes of one server.
#[derive(Debug, Default)]
pub struct Book {
    /// How screens are fetched.
    pub capture: Capture,
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

    /// The next capture is told, whatever it shows.
    pub fn want_look(&mut self, pane: PaneId) {
        if let Some(entry) = self.entries.get_mut(&pane) {
            entry.wanted = true;
        }
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
                    let (identity, size) = (info.identity, (0, 0));
                    let entry = Entry { identity, vitals, raw: None, screen: None, wanted: false, size };
                    self.entries.insert(id, entry);
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

    /// Takes the answer to a look: the facts and what was printed.
    /// The second value is true if the list of panes changed by it (a title, a mode).
    pub fn captured(&mut self, pane: PaneId, facts: &str, body: &[u8]) -> (Captured, bool) {
        let (vitals, title) = facts.split_once('\t').unwrap_or((facts, ""));
        let (Some(vitals), Some(entry)) = (list::vitals(vitals), self.entries.get_mut(&pane)) else {
            return (Captured::Stale, false);
        };
        let rows = memchr::memchr_iter(b'\n', body).count();
        if vitals.id != pane || vitals.pid != entry.identity.pid || rows != usize::from(vitals.height) {
            return (Captured::Stale, false);
        }
        let changed =
            self.panes.iter_mut().find(|p| p.identity.id == pane).is_some_and(|p| refresh(p, &vitals, title));
        let same = entry.raw.as_deref() == Some(body) && shows_the_same(&entry.vitals, &vitals);
        entry.vitals = vitals;
        let wanted = std::mem::take(&mut entry.wanted);
        if same {
            let again = entry.screen.as_ref().filter(|_| wanted);
            return (
                again.map_or(Captured::Same, |s| Captured::Again(entry.identity, Arc::clone(s))),
                changed,
            );
        }
        let before = entry.raw.as_deref().filter(|_| entry.size == (vitals.width, vitals.height));
        // The cursor alone counts as a row.
        let stirred = before.map_or(0, |raw| differing(raw, body).max(1));
        entry.size = (vitals.width, vitals.height);
        let raw = entry.raw.get_or_insert_default();
        raw.clear();
        raw.extend_from_slice(body);
        let mut screen = ansi::parse(&self.capture.bytes(body), vitals.width, vitals.height);
        screen.cursor = Some(vitals.cursor);
        screen.alternate = Some(vitals.alternate);
        let screen = Arc::new(screen);
        entry.screen = Some(Arc::clone(&screen));
        (Captured::New(entry.identity, screen, stirred), changed)
    }
}

/// How many rows differ.
fn differing(a: &[u8], b: &[u8]) -> usize {
    ansi::raw_rows(a).zip(ansi::raw_rows(b)).filter(|(a, b)| a != b).count()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u32, pid: u32, cursor: u32, session: &str) -> String {
        format!("%{id} {pid} 20 2 {cursor} 0 1 0 0 0 5 $1 @{id} 1 1 0 0 /dev/pts/{id}\t{session}\ttitle\n")
    }

    fn book(list: &str) -> Book {
        let mut book = Book::default();
        book.listed(list, None, |pid| u64::from(pid) * 10);
        book
    }

    fn facts(id: u32, pid: u32, cursor: u32) -> String {
        format!("%{id} {pid} 20 2 {cursor} 0 1 0 0 0 5\ttitle")
    }

    fn ids(list: &[PaneId]) -> Vec<u32> {
        list.iter().map(|p| p.0).collect()
    }

    #[test]
    fn a_list_tells_what_is_new_and_gone() {
        let mut book = book(&(line(1, 100, 0, "a") + &line(2, 200, 0, "b")));
        assert_eq!(book.identity(PaneId(2)).map(|i| i.start), Some(2000));
        let changes = book.listed(&(line(2, 200, 0, "b") + &line(3, 300, 0, "c")), None, |_| 1);
        assert_eq!((ids(&changes.new), ids(&changes.gone), changes.told), (vec![3], vec![1], true));
        assert_eq!(book.identity(PaneId(2)).map(|i| i.start), Some(2000), "known starts are kept");
        let changes = book.listed(&(line(2, 200, 0, "b") + &line(3, 300, 0, "c")), None, |_| 1);
        assert_eq!(changes, Changes::default());
    }

    #[test]
    fn another_process_under_the_same_id_is_another_pane() {
        let mut book = book(&line(1, 100, 0, "a"));
        let changes = book.listed(&line(1, 101, 0, "a"), None, |_| 7);
        assert_eq!(ids(&changes.new), [1]);
        assert_eq!(book.identity(PaneId(1)), Some(PaneIdentity { id: PaneId(1), pid: 101, start: 7 }));
        let (look, _) = book.captured(PaneId(1), &facts(1, 100, 0), b"x\n\n");
        assert_eq!(look, Captured::Stale, "an answer about the old one");
    }

    #[test]
    fn our_own_are_left_out() {
        let mut book = Book::default();
        let list = line(1, 100, 0, "_archtui_77_1") + &line(2, 200, 0, "a") + &line(3, 300, 0, "a");
        let changes = book.listed(&list, Some(PaneId(2)), |_| 1);
        assert_eq!(book.panes().iter().map(|p| p.identity.id.0).collect::<Vec<_>>(), [3]);
        assert!(!changes.empty);
        let changes = book.listed(&line(1, 100, 0, "_archtui_77_1"), None, |_| 1);
        assert!(changes.empty, "nobody but us");
    }

    #[test]
    fn a_window_in_two_sessions_is_one_pane_where_it_is_in_front() {
        let behind = line(1, 100, 0, "a").replace("@1 1 1", "@1 0 1");
        for list in [behind.clone() + &line(1, 100, 0, "b"), line(1, 100, 0, "b") + &behind] {
            let book = book(&list);
            assert_eq!(book.panes().len(), 1);
            assert_eq!((book.panes()[0].session.as_str(), book.panes()[0].front), ("b", true));
            assert_eq!(book.panes()[0].identity.start, 1000);
        }
    }

    #[test]
    fn a_capture_is_new_once() {
        let mut book = book(&line(1, 100, 0, "a"));
        let (look, _) = book.captured(
            PaneId(1),
            &facts(1, 100, 3),
            br"\033[31mred
",
        );
        let Captured::Stale = look else { panic!("one row of two: {look:?}") };
        let body = b"\\033[31mred\nplain\n";
        let (look, _) = book.captured(PaneId(1), &facts(1, 100, 3), body);
        let Captured::New(identity, screen, stirred) = look else { panic!("{look:?}") };
        assert_eq!((identity.pid, screen.to_text().as_str(), stirred), (100, "red\nplain\n", 0));
        assert_eq!(screen.cursor.map(|c| c.x), Some(3));
        assert_eq!(book.captured(PaneId(1), &facts(1, 100, 3), body), (Captured::Same, false));
        // The cursor alone is a change; so is the text; the size is one, but nobody wrote for it.
        for (facts, body, want) in [
            (facts(1, 100, 4), &body[..], 1),
            (facts(1, 100, 4), b"other\ntext\n", 2),
            (facts(1, 100, 4).replace(" 20 2 ", " 20 3 "), b"other\ntext\n\n", 0),
        ] {
            let (look, _) = book.captured(PaneId(1), &facts, body);
            assert!(matches!(look, Captured::New(_, _, stirred) if stirred == want), "{look:?}");
        }
    }

    #[test]
    fn titles_and_modes_come_with_the_look() {
        let mut book = book(&line(1, 100, 0, "a"));
        let (_, listed) = book.captured(PaneId(1), &facts(1, 100, 0).replace("title", "new\ttitle"), b"\n\n");
        assert!(listed);
        assert_eq!(book.panes()[0].title, "newtitle");
        let mode = facts(1, 100, 0).replace(" 1 0 0 0 5", " 1 0 1 0 5");
        assert!(book.captured(PaneId(1), &mode, b"\n\n").1);
        assert!(book.panes()[0].in_mode);
    }

    #[test]
    fn the_cheap_check_finds_what_moved() {
        let mut book = book(&(line(1, 100, 0, "a") + &line(2, 200, 0, "b")));
        for id in [1, 2] {
            book.captured(PaneId(id), &facts(id, id * 100, 0), b"\n\n");
        }
        let check =
            |a: &str, b: &str| format!("%1 {a} 0 1 0 0 0 5\n%2 {b} 0 1 0 0 0 5\n%9 1 1 1 1 1 1 1 1 1 1\n");
        assert_eq!(book.checked(&check("100 20 2 0", "200 20 2 0")), Some(vec![]));
        assert_eq!(book.checked(&check("100 20 2 0", "200 20 2 7")), Some(vec![PaneId(2)]));
        assert_eq!(book.checked(&check("101 20 2 0", "200 20 2 0")), None, "the list is no longer true");
    }
}
