//! How well screens are read: what the detector panel shows. Counts since the start, and the last screens that nothing
//! could read, kept with their secrets masked, few and small.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;

use crate::domain::read::Reading;
use crate::domain::redact::Secrets;
use crate::domain::screen::Screen;
use crate::domain::session::SessionName;
use crate::domain::status::State;

/// How many unread screens are kept …
const KEPT: usize = 20;
/// … and how many bytes they have in all, as text. A larger one is counted only.
const KEPT_BYTES: usize = 512 * 1024;

/// A screen that nothing could read.
#[derive(Debug, Clone)]
pub struct Unread {
    /// When, local time.
    pub local: DateTime,
    /// Whose.
    pub session: SessionName,
    /// What it showed, secrets masked.
    pub screen: Arc<Screen>,
}

/// What was seen of one agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentSeen {
    /// Screens read.
    pub frames: u64,
    /// Of them unknown.
    pub unknown: u64,
    /// Versions that its screens named.
    pub versions: BTreeSet<String>,
}

/// The counts.
#[derive(Debug, Clone, Default)]
pub struct Detector {
    /// Screens read since the start.
    pub frames: u64,
    /// Of them unknown.
    pub unknown: u64,
    /// Time that sessions spent unknown, all together, as far as it is over.
    pub dwell: Duration,
    /// The longest of these times.
    pub longest: Duration,
    /// By agent; the empty name stands for screens of no known agent.
    pub agents: BTreeMap<String, AgentSeen>,
    /// The last screens that nothing could read, newest last.
    pub unread: VecDeque<Unread>,
}

impl Detector {
    /// A screen was read.
    pub fn saw(&mut self, session: &SessionName, screen: &Arc<Screen>, reading: &Reading, local: DateTime) {
        self.frames += 1;
        let agent = self.agents.entry(reading.agent.clone().unwrap_or_default()).or_default();
        agent.frames += 1;
        if let Some(version) = &reading.version
            && !agent.versions.contains(version)
        {
            agent.versions.insert(version.clone());
        }
        if reading.state != State::Unknown {
            return;
        }
        self.unknown += 1;
        agent.unknown += 1;
        // A spinner under something unknown must not push the others out: one screen a session in a row.
        if self.unread.back().is_some_and(|u| u.session == *session) {
            self.unread.pop_back();
        }
        let room = KEPT_BYTES.saturating_sub(bytes(screen));
        if room == 0 {
            return;
        }
        while self.unread.len() >= KEPT || self.unread.iter().map(|u| bytes(&u.screen)).sum::<usize>() > room
        {
            self.unread.pop_front();
        }
        let screen = Arc::new(Secrets::builtin().veiled(screen));
        self.unread.push_back(Unread { local, session: session.clone(), screen });
    }

    /// How long sessions were unknown in all and at the longest, with those that still are, for so long each.
    pub fn dwelt(&self, still: impl Iterator<Item = Duration>) -> (Duration, Duration) {
        still.fold((self.dwell, self.longest), |(all, longest), age| (all + age, longest.max(age)))
    }

    /// A session left the unknown after so long.
    pub fn left_unknown(&mut self, after: Duration) {
        self.dwell += after;
        self.longest = self.longest.max(after);
    }
}

fn bytes(screen: &Screen) -> usize {
    screen.rows.iter().map(|r| r.text().len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown() -> Reading {
        Reading { state: State::Unknown, ..Reading::default() }
    }

    #[test]
    fn unread_screens_are_kept_masked_and_few_in_bytes() {
        let mut d = Detector::default();
        let at = DateTime::constant(2026, 1, 1, 0, 0, 0, 0);
        let key = format!("sk-ant-{}", "x".repeat(24));
        let saw = |d: &mut Detector, name: &str, text: &str| {
            d.saw(&SessionName::new(name), &Arc::new(Screen::plain(text)), &unknown(), at);
        };
        saw(&mut d, "a", &format!("token {key}"));
        let kept = d.unread[0].screen.to_text();
        assert!(kept.starts_with("token •••") && !kept.contains(&key), "{kept}");
        let large = "x".repeat(KEPT_BYTES / 4);
        for name in ["b", "c", "d", "e", "f"] {
            saw(&mut d, name, &large);
        }
        let names: Vec<_> = d.unread.iter().map(|u| u.session.to_string()).collect();
        assert_eq!(names, ["c", "d", "e", "f"]);
        saw(&mut d, "g", &"x".repeat(KEPT_BYTES));
        assert_eq!((d.unread.len(), d.unknown), (4, 7), "too large to be kept is still counted");
    }

    #[test]
    fn what_is_unknown_still_counts() {
        let mut d = Detector::default();
        let s = Duration::from_secs;
        d.left_unknown(s(3));
        d.left_unknown(s(2));
        assert_eq!(d.dwelt([].into_iter()), (s(5), s(3)));
        assert_eq!(d.dwelt([s(1), s(20)].into_iter()), (s(26), s(20)));
    }

    #[test]
    fn unread_screens_are_kept_bounded_one_a_session_in_a_row() {
        let mut d = Detector::default();
        let screen = Arc::new(Screen::plain("?"));
        let at = DateTime::constant(2026, 1, 1, 0, 0, 0, 0);
        let unknown = Reading { state: State::Unknown, ..Reading::default() };
        for i in 0..50 {
            for _ in 0..3 {
                d.saw(&SessionName::new(&format!("s{i}")), &screen, &unknown, at);
            }
        }
        assert_eq!((d.frames, d.unknown, d.unread.len()), (150, 150, KEPT));
        let read = Reading {
            state: State::Idle,
            agent: Some("claude".into()),
            version: Some("2.1.330".into()),
            ..Reading::default()
        };
        d.saw(&SessionName::new("a"), &screen, &read, at);
        assert_eq!(d.agents["claude"].versions.len(), 1);
        assert_eq!(d.unread.len(), KEPT);
    }
}
