//! Which sessions hang on a page, and when it turns: who needs a person is on every page, or on most of them, the longest
//! wait always; in the places that remain come the others, whoever was not seen for longest first. So everybody comes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cut;
use crate::app::state::fleet::{Session, SessionKey};
use crate::app::state::{State, needs};

/// Somebody who begins to need a person while another page hangs there comes after so long, not when it is over.
const SOON: Duration = Duration::from_secs(3);

/// A page as it hangs.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its sessions, the most urgent first; where all fit, all of them in the fleet's order.
    pub sessions: Vec<SessionKey>,
    /// Since when, on the monotonic clock.
    pub since: Duration,
    /// How many there were before it.
    turns: u64,
    /// Whoever is called in is no reason for the next page to be cut short, too: or nobody else would ever come.
    called: bool,
    /// On which page everybody was seen last.
    seen: BTreeMap<SessionKey, u64>,
    /// Who needed a person when it was hung: whoever does now and is not among them began, however long ago that was.
    needed: BTreeSet<SessionKey>,
}

impl State {
    /// When the page turns, on the monotonic clock; `None` = all sessions hang there, or no wall does.
    pub fn wall_turns_at(&self) -> Option<Duration> {
        let page = self.wall.page.as_ref()?;
        let all = &self.fleet.sessions;
        if page.sessions.len() >= all.len() {
            return None;
        }
        let regular = page.since + self.wall.settings.page;
        let now = self.now.mono;
        let waits = |s: &Session| {
            let key = s.key();
            needs::needs_you(s, now) && !page.needed.contains(&key) && !page.sessions.contains(&key)
        };
        let called = !page.called && all.iter().any(waits);
        Some(if called { regular.min(page.since + SOON) } else { regular })
    }

    /// Turns the page if that is due, or if it does not fit any more: sessions came or went, the terminal has another size.
    pub fn turn_wall(&mut self) {
        let Some(page) = &self.wall.page else { return };
        let all = &self.fleet.sessions;
        let room = cut::places(self.size, all.len()).min(all.len());
        let now = self.now.mono;
        // Where all fit they stand in the fleet's order, whatever is urgent: nobody has to look for anybody.
        let fits = page.sessions.len() == room
            && if room == all.len() {
                all.iter().map(Session::key).eq(page.sessions.iter().cloned())
            } else {
                page.sessions.iter().all(|key| all.iter().any(|s| s.key() == *key))
            };
        let due = self.wall_turns_at().filter(|at| *at <= now);
        if fits && due.is_none() {
            return;
        }
        let called = fits && due.is_some_and(|_| now < page.since + self.wall.settings.page);
        let turns = page.turns + 1;
        let sessions = self.choose(page, room);
        let needed = self.needs().into_iter().map(|i| all[i].key()).collect();
        let Some(page) = &mut self.wall.page else { return };
        page.seen.retain(|key, _| all_has(&self.fleet.sessions, key));
        page.seen.extend(sessions.iter().map(|key| (key.clone(), turns)));
        (page.sessions, page.since, page.turns, page.called) = (sessions, now, turns, called);
        page.needed = needed;
    }

    /// The sessions of the next page.
    fn choose(&self, page: &Page, room: usize) -> Vec<SessionKey> {
        let all = &self.fleet.sessions;
        if room >= all.len() {
            return all.iter().map(Session::key).collect();
        }
        let now = self.now.mono;
        let seen = |i: usize| page.seen.get(&all[i].key()).copied().unwrap_or(0);
        let urgent = self.needs();
        let mut others: Vec<usize> = (0..all.len()).filter(|i| !urgent.contains(i)).collect();
        others.sort_by_key(|&i| (seen(i), needs::urgency(&all[i], now), i));
        let share = share(room, urgent.len(), others.len(), page.turns);
        let mut chosen = rotate(&urgent, share, seen);
        chosen.extend(others.into_iter().take(room - share));
        let rank = |i: usize| urgent.iter().position(|&u| u == i).unwrap_or(urgent.len());
        chosen.sort_by_key(|&i| (rank(i), needs::urgency(&all[i], now), i));
        chosen.into_iter().map(|i| all[i].key()).collect()
    }
}

fn all_has(all: &[Session], key: &SessionKey) -> bool {
    all.iter().any(|s| s.key() == *key)
}

/// How many of a page's places belong to those who need a person: at most three of four, of a single place two pages of
/// three; and what the others do not fill.
fn share(room: usize, urgent: usize, others: usize, turns: u64) -> usize {
    let most = match room {
        0 => 0,
        1 => usize::from(turns % 3 != 2),
        _ => (room * 3 / 4).max(1),
    };
    urgent.min(most).max(room.saturating_sub(others))
}

/// So many of those who need a person: the longest wait always, then whoever was not seen for longest.
fn rotate(urgent: &[usize], share: usize, seen: impl Fn(usize) -> u64) -> Vec<usize> {
    let pinned = usize::from(share >= 2);
    let (first, rest) = urgent.split_at(pinned.min(urgent.len()));
    let mut rest = rest.to_vec();
    rest.sort_by_key(|&i| seen(i));
    first.iter().copied().chain(rest).take(share).collect()
}
