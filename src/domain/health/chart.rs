//! What ails one session, followed over time: each trouble is told once when it begins and once when it is over, and what
//! flickers is one trouble. Bounded by the kinds there are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Ailment, Kind, Level};

/// What is not seen for this long is over. A trouble that comes back sooner never went.
pub const SETTLED: Duration = Duration::from_secs(5);

/// A trouble that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Since when, on the monotonic clock.
    pub since: Duration,
    /// What was seen.
    pub cause: String,
    /// Not seen since then.
    absent: Option<Duration>,
}

/// Something to tell: a trouble began, or is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which kind.
    pub kind: Kind,
    /// What was seen when it began.
    pub cause: String,
    /// How long it had lasted, if it is over.
    pub over: Option<Duration>,
}

/// What ails one session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart {
    standing: BTreeMap<Kind, Standing>,
}

impl Chart {
    /// Takes in what is found now; tells what began and what is over.
    pub fn see(&mut self, found: Vec<Ailment>, now: Duration) -> Vec<Note> {
        let mut notes = Vec::new();
        self.standing.retain(|kind, s| {
            if found.iter().any(|a| a.kind == *kind) {
                s.absent = None;
                return true;
            }
            let gone = *s.absent.get_or_insert(now);
            let over = now.saturating_sub(gone) >= SETTLED;
            if over {
                let lasted = gone.saturating_sub(s.since);
                notes.push(Note { kind: *kind, cause: std::mem::take(&mut s.cause), over: Some(lasted) });
            }
            !over
        });
        for Ailment { kind, cause } in found {
            if let Some(known) = self.standing.get_mut(&kind) {
                known.cause = cause;
                continue;
            }
            notes.push(Note { kind, cause: cause.clone(), over: None });
            self.standing.insert(kind, Standing { since: now, cause, absent: None });
        }
        notes
    }

    /// What is seen now, the worst first.
    pub fn now(&self) -> impl Iterator<Item = (Kind, &Standing)> {
        self.standing.iter().filter(|(_, s)| s.absent.is_none()).map(|(k, s)| (*k, s))
    }

    /// The worst that is seen now.
    pub fn worst(&self) -> Option<(Kind, &Standing)> {
        self.now().next()
    }

    /// The kind in which it is stuck, if it is.
    pub fn stuck(&self) -> Option<(Kind, &Standing)> {
        self.worst().filter(|(kind, _)| kind.level() == Level::Stuck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn found(kinds: &[Kind]) -> Vec<Ailment> {
        kinds.iter().map(|&kind| Ailment { kind, cause: kind.word().to_owned() }).collect()
    }

    /// A second, what is found then, and what is told: the kind, and how long it had lasted.
    type Step<'a> = (u64, &'a [Kind], &'a [(Kind, Option<u64>)]);

    /// At each second what is found, and what is told: the kind, and how long it had lasted where it is over.
    fn check(steps: &[Step<'_>]) -> Chart {
        let mut chart = Chart::default();
        for (at, kinds, want) in steps {
            let notes = chart.see(found(kinds), s(*at));
            let got: Vec<_> = notes.iter().map(|n| (n.kind, n.over.map(|d| d.as_secs()))).collect();
            assert_eq!(got, *want, "at {at}");
        }
        chart
    }

    #[test]
    fn each_trouble_is_told_once_and_resolved_once() {
        use Kind::{ContextLow, Silent};
        let chart = check(&[
            (0, &[], &[]),
            (10, &[Silent], &[(Silent, None)]),
            (11, &[Silent], &[]),
            (300, &[Silent, ContextLow], &[(ContextLow, None)]),
            (310, &[ContextLow], &[]),
            (315, &[ContextLow], &[(Silent, Some(300))]),
            (400, &[Silent, ContextLow], &[(Silent, None)]),
        ]);
        assert_eq!(chart.stuck().map(|(k, s)| (k, s.since)), Some((Silent, s(400))));
    }

    #[test]
    fn what_flickers_is_one_trouble() {
        use Kind::Error;
        let chart = check(&[
            (0, &[Error], &[(Error, None)]),
            (2, &[], &[]),
            (4, &[Error], &[]),
            (5, &[], &[]),
            (9, &[], &[]),
            (10, &[], &[(Error, Some(5))]),
        ]);
        assert_eq!(chart.worst(), None);
    }

    #[test]
    fn what_is_absent_is_not_shown() {
        let chart = check(&[(0, &[Kind::Silent], &[(Kind::Silent, None)]), (1, &[], &[])]);
        assert_eq!((chart.stuck(), chart.standing.len()), (None, 1));
    }
}
