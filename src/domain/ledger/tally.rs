//! What the ledger adds up to: counts by rule and by hour, latencies, and what the rules would have done in shadow.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::words::{Actor, Outcome};
use crate::domain::policy::Action;

const HOUR_MS: i64 = 3_600_000;

/// How often a rule decided, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleCount {
    /// Allowed by automation and seen to go.
    pub cleared: u32,
    /// Denied by automation and seen to go.
    #[serde(default)]
    pub denied: u32,
    /// Would have been confirmed, were auto-confirm live.
    pub watched: u32,
    /// Left for a person.
    pub held: u32,
    /// Meant to be answered, and it did not come to that: refused, withdrawn, stuck.
    pub failed: u32,
    /// Answered, or perhaps: nobody knows what came of it.
    #[serde(default)]
    pub unknown: u32,
}

/// Two points of a distribution. `None` where nothing was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    /// Half were as fast.
    pub p50: Option<Duration>,
    /// 99 of 100 were as fast.
    pub p99: Option<Duration>,
    /// How many were measured.
    pub count: usize,
}

/// Sums over a run of entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// By the rule's id.
    pub rules: BTreeMap<String, RuleCount>,
    /// Dialogs that automation answered and that went, by hour since 1970.
    hours: BTreeMap<i64, u32>,
    pressed: Vec<Duration>,
    cleared: Vec<Duration>,
}

impl RuleCount {
    /// How often it decided.
    pub fn all(&self) -> u32 {
        self.cleared + self.denied + self.watched + self.held + self.failed + self.unknown
    }
}

impl Tally {
    /// Of no entry.
    pub const NONE: Self =
        Self { rules: BTreeMap::new(), hours: BTreeMap::new(), pressed: Vec::new(), cleared: Vec::new() };

    /// Adds one entry. The order does not matter.
    pub fn add(&mut self, entry: &Entry) {
        let body = &entry.body;
        let automatic = body.actor == Actor::Automation;
        let rule = self.rules.entry(body.verdict.rule.clone()).or_default();
        match body.outcome {
            Outcome::Cleared if automatic => {
                if body.is_denial() || body.verdict.action == Action::Deny {
                    rule.denied += 1;
                } else {
                    rule.cleared += 1;
                    *self.hours.entry(body.at.as_millisecond().div_euclid(HOUR_MS)).or_default() += 1;
                }
                self.pressed.extend(body.times.pressed);
                self.cleared.extend(body.times.cleared);
            }
            Outcome::Watched => rule.watched += 1,
            Outcome::Held => rule.held += 1,
            Outcome::Stuck | Outcome::Refused | Outcome::Withdrawn if automatic => rule.failed += 1,
            Outcome::Unknown if automatic => rule.unknown += 1,
            _ => {}
        }
    }

    /// Confirmed by automation in each of the last `n` hours, the oldest first, the running one last.
    pub fn hours(&self, now: Timestamp, n: usize) -> Vec<u32> {
        let this = now.as_millisecond().div_euclid(HOUR_MS);
        (0..i64::try_from(n).unwrap_or(i64::MAX))
            .rev()
            .map(|ago| self.hours.get(&(this - ago)).copied().unwrap_or(0))
            .collect()
    }

    /// Confirmed by automation, in all.
    pub fn confirmed(&self) -> u32 {
        self.hours.values().sum()
    }

    /// Denied by automation, in all.
    pub fn denied(&self) -> u32 {
        self.rules.values().map(|r| r.denied).sum()
    }

    /// Would have been confirmed, in all.
    pub fn watched(&self) -> u32 {
        self.rules.values().map(|r| r.watched).sum()
    }

    /// From the dialog's last byte to the answer.
    pub fn pressed(&self) -> Latency {
        Latency::of(&self.pressed)
    }

    /// From the dialog's last byte until it was seen to be gone.
    pub fn cleared(&self) -> Latency {
        Latency::of(&self.cleared)
    }
}

impl Latency {
    /// By nearest rank: a figure that was measured, never one between two.
    pub fn of(measured: &[Duration]) -> Self {
        let mut sorted = measured.to_vec();
        sorted.sort_unstable();
        let rank =
            |p: usize| (sorted.len() * p).div_ceil(100).checked_sub(1).and_then(|i| sorted.get(i).copied());
        Self { p50: rank(50), p99: rank(99), count: sorted.len() }
    }
}
