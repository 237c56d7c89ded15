//! What a person has switched: pause everywhere, single sessions off, and the lease under which auto-confirm is live. They
//! survive a restart: `store` keeps them as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stamp;
use crate::domain::session::SessionName;

/// A clock that was set back by more than this since the lease was granted ends it: nobody knows how long it has run.
const SLACK: Duration = Duration::from_mins(5);

/// Who switched something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Who.
    pub who: String,
    /// When.
    #[serde(with = "stamp")]
    pub at: Timestamp,
}

/// Auto-confirm is live for a while, then only watches until a person says so again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who said so, and when.
    pub from: Since,
    /// The end.
    #[serde(with = "stamp")]
    pub until: Timestamp,
}

impl Lease {
    /// How long one lasts unless said otherwise.
    pub const LENGTH: Duration = Duration::from_hours(8);

    fn covers(&self, now: Timestamp) -> bool {
        now < self.until && now.saturating_add(SLACK).is_ok_and(|n| n >= self.from.at)
    }
}

/// All switches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// Nothing is confirmed anywhere.
    pub paused: Option<Since>,
    /// Until when auto-confirm is live; none was given = only watch.
    pub lease: Option<Lease>,
    /// Sessions in which nothing is confirmed.
    pub off: BTreeMap<SessionName, Since>,
}

/// Whether automation may answer in a session, as far as switches go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It may, until then.
    Live(Timestamp),
    /// Paused everywhere.
    Paused(Since),
    /// Switched off for this session.
    Off(Since),
    /// Its time is over: it watches.
    Lapsed(Timestamp),
    /// Nobody switched it on: it watches.
    Watching,
}

impl Switches {
    /// Whether automation may answer in that session now. The nearest to *no* wins. `leased`: only under a lease.
    pub fn standing(&self, session: &SessionName, leased: bool, now: Timestamp) -> Standing {
        if let Some(since) = &self.paused {
            return Standing::Paused(since.clone());
        }
        if let Some(since) = self.off.get(session) {
            return Standing::Off(since.clone());
        }
        match &self.lease {
            Some(lease) if lease.covers(now) => Standing::Live(lease.until),
            Some(lease) => Standing::Lapsed(lease.until),
            None if leased => Standing::Watching,
            None => Standing::Live(Timestamp::MAX),
        }
    }

    /// Pauses everywhere, or goes on.
    pub fn pause(&mut self, on: bool, who: &str, now: Timestamp) {
        self.paused = on.then(|| Since { who: who.to_owned(), at: now });
    }

    /// Makes auto-confirm live from now on for a while; a lease that runs is renewed.
    pub fn grant(&mut self, length: Duration, who: &str, now: Timestamp) {
        let until = now.saturating_add(length).unwrap_or(now);
        self.lease = Some(Lease { from: Since { who: who.to_owned(), at: now }, until });
    }

    /// Switches a session on or off.
    pub fn turn(&mut self, session: &SessionName, on: bool, who: &str, now: Timestamp) {
        if on {
            self.off.remove(session);
        } else {
            self.off.insert(session.clone(), Since { who: who.to_owned(), at: now });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> Timestamp {
        s.parse().expect("a time")
    }

    #[test]
    fn the_nearest_to_no_wins_and_a_lease_ends() {
        let start = at("2026-11-23T22:00:00Z");
        let name = SessionName::new("dev_worker1");
        let mut s = Switches::default();
        let mut check = |change: &dyn Fn(&mut Switches), now: &str, want: Standing| {
            change(&mut s);
            assert_eq!(s.standing(&name, true, at(now)), want, "{now}");
            // As it comes back after a restart.
            let stored = serde_json::to_string(&s).expect("json");
            assert_eq!(serde_json::from_str::<Switches>(&stored).expect("reads"), s);
        };
        let me = || Since { who: "me".to_owned(), at: start };
        let end = at("2026-11-24T06:00:00Z");
        check(&|_| {}, "2026-11-23T22:00:00Z", Standing::Watching);
        check(&|s| s.grant(Lease::LENGTH, "me", start), "2026-11-23T22:00:00Z", Standing::Live(end));
        check(&|_| {}, "2026-11-24T05:59:59Z", Standing::Live(end));
        check(&|_| {}, "2026-11-24T06:00:00Z", Standing::Lapsed(end));
        check(&|_| {}, "2026-11-23T21:58:00Z", Standing::Live(end));
        check(&|_| {}, "2026-11-23T21:00:00Z", Standing::Lapsed(end));
        check(&|s| s.turn(&name, false, "me", start), "2026-11-23T22:00:00Z", Standing::Off(me()));
        check(&|s| s.pause(true, "me", start), "2026-11-23T22:00:00Z", Standing::Paused(me()));
        check(&|s| s.pause(false, "me", start), "2026-11-23T22:00:00Z", Standing::Off(me()));
        check(&|s| s.turn(&name, true, "me", start), "2026-11-23T22:00:00Z", Standing::Live(end));
    }

    #[test]
    fn without_a_need_for_a_lease_it_is_live_until_one_ends() {
        let start = at("2026-11-23T22:00:00Z");
        let name = SessionName::new("dev_worker1");
        let mut s = Switches::default();
        assert_eq!(s.standing(&name, false, start), Standing::Live(Timestamp::MAX));
        s.grant(Duration::from_hours(1), "me", start);
        let end = at("2026-11-23T23:00:00Z");
        assert_eq!(s.standing(&name, false, end), Standing::Lapsed(end));
    }

    #[test]
    fn what_an_older_version_stored_can_be_read() {
        assert_eq!(serde_json::from_str::<Switches>("{}").expect("reads"), Switches::default());
    }
}
