//! Starting an agent that has ended anew: when automation may ([`Record::judge`]), how one restart goes on ([`Course`]), and
//! how the agent takes its conversation up again ([`Resume`]). Nothing that lives is ever ended here by itself.

mod course;
mod resume;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::session::{PaneId, SessionName};

pub use course::{Course, Heard, Order, PATIENCE};
pub use resume::{Resume, Taken};

/// Before the first restart, and after it is doubled with each one of the last hour.
const FIRST: Duration = Duration::from_secs(10);
/// The longest time between two.
const LONGEST: Duration = Duration::from_mins(5);
/// So many within `WITHIN`, then it is held for a person.
pub const MOST: usize = 3;
/// The time in which they are counted.
const WITHIN: Duration = Duration::from_hours(1);

/// What is known of a session that may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The roster says `restart = "ended"` for it.
    pub wanted: bool,
    /// The roster protects it, or automation is to leave it alone.
    pub protected: bool,
    /// All automation is paused, or switched off there.
    pub paused: bool,
    /// Panes in it whose program lives, whatever it is.
    pub living: usize,
    /// Since when all of its panes have been dead; `None`: it has none, or they are not.
    pub ended: Option<Timestamp>,
}

/// Whether it is restarted now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not by automation.
    Leave,
    /// Not before then.
    At(Timestamp),
    /// Now.
    Start,
    /// Never again without a person; why.
    Hold(String),
}

/// The restarts of one session. It is kept in the store: who acts next knows what was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// When automation tried, the oldest first; only the last hour's count.
    tries: Vec<Timestamp>,
    /// Why a person is needed.
    pub held: Option<String>,
    /// One that is under way.
    pub open: Option<Open>,
}

/// A restart under way, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The panes that are to go when the new agent is ready.
    pub old: Vec<(PaneId, u32)>,
    /// The new one, with its process.
    pub new: (PaneId, u32),
    /// Who ordered it; `None`: automation.
    pub who: Option<String>,
    /// The intent's entry in the ledger.
    pub intent: u64,
}

/// Those of all sessions.
pub type Records = BTreeMap<SessionName, Record>;

impl Record {
    /// Whether automation may start it anew at this moment.
    pub fn judge(&self, known: &Known, now: Timestamp) -> Verdict {
        let Some(ended) = known.ended.filter(|_| known.living == 0) else { return Verdict::Leave };
        if !known.wanted || known.protected || known.paused || self.open.is_some() {
            return Verdict::Leave;
        }
        if let Some(why) = &self.held {
            return Verdict::Hold(why.clone());
        }
        let recent = self.recent(now);
        if recent >= MOST {
            return Verdict::Hold(format!("it ended again after {MOST} restarts within an hour"));
        }
        // A clock that was set back does not bring anything forward.
        let last = self.tries.last().copied().map_or(ended, |t| t.max(ended));
        let due = last.min(now).saturating_add(pause(recent)).unwrap_or(Timestamp::MAX);
        if now < due { Verdict::At(due) } else { Verdict::Start }
    }

    /// Automation tries: this is on disk before it does.
    pub fn tried(&mut self, now: Timestamp) {
        let old = now.saturating_sub(WITHIN).unwrap_or(Timestamp::MIN);
        self.tries.retain(|t| *t > old);
        self.tries.push(now);
        let over = self.tries.len().saturating_sub(MOST);
        self.tries.drain(..over);
    }

    /// A person ordered one: what was held is not any more. The tries of automation still count.
    pub fn ordered(&mut self) {
        self.held = None;
    }

    /// Those of the last hour. What seems to lie ahead was before the clock was set back: it counts.
    fn recent(&self, now: Timestamp) -> usize {
        let old = now.saturating_sub(WITHIN).unwrap_or(Timestamp::MIN);
        self.tries.iter().filter(|t| **t > old).count()
    }

    /// True if nothing of it needs to be kept.
    pub fn is_empty(&self, now: Timestamp) -> bool {
        self.held.is_none() && self.open.is_none() && self.recent(now) == 0
    }
}

/// How long to wait after so many within the last hour.
fn pause(recent: usize) -> Duration {
    let doubled = u32::try_from(recent).ok().and_then(|n| 2_u32.checked_pow(n));
    doubled.and_then(|n| FIRST.checked_mul(n)).map_or(LONGEST, |d| d.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + s).expect("a time")
    }

    fn ended(s: i64) -> Known {
        Known { wanted: true, protected: false, paused: false, living: 0, ended: Some(at(s)) }
    }

    #[test]
    fn three_with_growing_pauses_then_a_person() {
        let mut record = Record::default();
        let mut end = 0;
        for wait in [10, 20, 40] {
            let known = ended(end);
            assert_eq!(record.judge(&known, at(end + wait - 1)), Verdict::At(at(end + wait)));
            assert_eq!(record.judge(&known, at(end + wait)), Verdict::Start);
            record.tried(at(end + wait));
            end += wait;
        }
        let held = record.judge(&ended(end), at(end + 1000));
        assert!(matches!(&held, Verdict::Hold(why) if why.contains("3 restarts")), "{held:?}");
        // As it comes back after our own restart.
        let stored = serde_json::to_string(&record).expect("json");
        let mut back: Record = serde_json::from_str(&stored).expect("reads");
        assert_eq!(back, record);
        assert_eq!(back.judge(&ended(end), at(end + 1000)), held);
        // What was held stays so, however long; a person's order ends that.
        back.held = Some("why".to_owned());
        assert_eq!(back.judge(&ended(end), at(end + 1_000_000)), Verdict::Hold("why".to_owned()));
        back.ordered();
        assert_eq!(back.judge(&ended(end), at(end + 1_000_000)), Verdict::Start);
        assert!(back.is_empty(at(end + 1_000_000)));
    }

    #[test]
    fn the_pause_doubles_up_to_five_minutes() {
        let pauses: Vec<u64> = [0, 1, 2, 3, 4, 5, 40, usize::MAX].map(|n| pause(n).as_secs()).to_vec();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 300, 300, 300]);
    }

    #[test]
    fn only_what_has_ended_and_only_where_it_is_wanted() {
        let record = Record::default();
        let later = at(5000);
        let check = |change: &dyn Fn(&mut Known), want: Verdict| {
            let mut known = ended(0);
            change(&mut known);
            assert_eq!(record.judge(&known, later), want, "{known:?}");
        };
        check(&|_| {}, Verdict::Start);
        check(&|f| f.wanted = false, Verdict::Leave);
        check(&|f| f.protected = true, Verdict::Leave);
        check(&|f| f.paused = true, Verdict::Leave);
        check(&|f| f.living = 1, Verdict::Leave);
        check(&|f| f.ended = None, Verdict::Leave);
        let new = (PaneId(4), 7);
        let open = Open { old: vec![], new, who: None, intent: 1 };
        let under_way = Record { open: Some(open), ..Record::default() };
        assert_eq!(under_way.judge(&ended(0), later), Verdict::Leave);
    }

    #[test]
    fn a_clock_that_was_set_back_brings_nothing_forward() {
        let mut record = Record::default();
        record.tried(at(7200));
        record.tried(at(7300));
        assert_eq!(record.judge(&ended(0), at(100)), Verdict::At(at(140)), "both count");
        record.tried(at(7400));
        assert!(matches!(record.judge(&ended(0), at(1000)), Verdict::Hold(_)));
    }

    /// What may happen to a session between two looks.
    #[derive(Debug, Clone)]
    enum Step {
        /// Its agent ends, if it runs.
        Ends,
        /// Seconds go by.
        Passes(i64),
        /// archtui is started again.
        Reborn,
        /// A person orders a restart.
        Ordered,
        Paused(bool),
        /// Another pane lives in it.
        Company(bool),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => Just(Step::Ends),
            8 => (1..400_i64).prop_map(Step::Passes),
            1 => Just(Step::Reborn),
            1 => Just(Step::Ordered),
            1 => any::<bool>().prop_map(Step::Paused),
            1 => any::<bool>().prop_map(Step::Company),
        ]
    }

    proptest! {
        #[test]
        fn never_more_than_three_an_hour_and_never_what_lives(
            steps in prop::collection::vec(step(), 1..200),
            wanted in any::<bool>(),
            protected in any::<bool>(),
        ) {
            let (mut now, mut ended, mut record) = (0, None, Record::default());
            let (mut paused, mut company) = (false, 0);
            let mut tries: Vec<i64> = Vec::new();
            for step in steps {
                match step {
                    Step::Ends => ended = ended.or(Some(now)),
                    Step::Passes(s) => now += s,
                    Step::Reborn => {
                        let stored = serde_json::to_string(&record).expect("json");
                        record = serde_json::from_str(&stored).expect("reads");
                        // Who starts anew does not know since when it has been dead.
                        ended = ended.map(|_| now);
                    }
                    Step::Ordered => {
                        record.ordered();
                        ended = None;
                    }
                    Step::Paused(on) => paused = on,
                    Step::Company(on) => company = usize::from(on),
                }
                let living = company + usize::from(ended.is_none());
                let known = Known { wanted, protected, paused, living, ended: ended.map(at) };
                match record.judge(&known, at(now)) {
                    Verdict::Start => {
                        prop_assert!(wanted && !protected && !paused && living == 0);
                        record.tried(at(now));
                        tries.push(now);
                        ended = None;
                    }
                    Verdict::Hold(why) => record.held = Some(why),
                    Verdict::At(then) => prop_assert!(then > at(now)),
                    Verdict::Leave => {}
                }
                prop_assert!(record.tries.len() <= MOST, "bounded");
            }
            for (i, first) in tries.iter().enumerate() {
                let within = tries[i..].iter().filter(|t| **t < first + 3600).count();
                prop_assert!(within <= MOST, "{tries:?}");
            }
        }
    }
}
