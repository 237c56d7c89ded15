//! When which tree is looked at, and how: pure bookkeeping over instants that the worker hands in. What is new is shown by a
//! quick look at once; counting files is the part whose cost grows with the tree, so it has a purse and waits its turn.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::ports::Cancel;

/// What one git command does to several files is one change.
const SETTLE: Duration = Duration::from_millis(40);
/// A change in another work tree of the repository can wait so long.
const SIBLING: Duration = Duration::from_secs(3);
/// An agent that writes may change files: they are counted again after this time, or [`SHARE`] times what it costs.
const WROTE: Duration = Duration::from_secs(10);
/// A look at files takes at most one part in so many of a core, per tree and for all of them together.
const SHARE: u32 = 100;
/// A quick look takes at most one part in so many of a core, per tree.
const GLANCES: u32 = 10;
/// What may be spent at once.
const PURSE: Duration = Duration::from_secs(5);
/// A whole look though nothing told of a change.
const SLOW: Duration = Duration::from_mins(5);
/// After a look that failed: the first pause, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(10), SLOW);
/// A tree this quick is counted at once.
const CHEAP: Duration = Duration::from_millis(15);
/// A tree this slow has to wait for others that are.
const HUGE: Duration = Duration::from_millis(500);
/// Looks at once: quick ones, whole ones (huge trees not counted), all.
const AT_ONCE: (usize, usize, usize) = (2, 2, 6);
/// A whole look is ended by changes so many times in a row; then it may end and be a little old.
const SUPERSEDED: u8 = 3;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All but the files.
    Quick,
    /// All.
    Whole,
}

/// Why a tree should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Somebody wrote who works there.
    Wrote,
    /// Something changed in another work tree of the repository.
    Sibling,
    /// Something changed in it.
    Own,
}

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With an answer.
    Well,
    /// With a reason why there is none.
    Failed,
    /// By wish.
    Cancelled,
}

#[derive(Debug, Default)]
struct Desk {
    quick: Option<Instant>,
    whole: Option<Instant>,
    running: Option<(Depth, Instant, Cancel)>,
    /// What the last whole look took, and when it ended.
    cost: Option<(Duration, Instant)>,
    /// The same of the last quick look.
    glance: Option<(Duration, Instant)>,
    /// The last look was a quick one.
    glanced: bool,
    superseded: u8,
    failures: u32,
}

/// A look that is to begin now.
#[derive(Debug)]
pub struct Begin {
    /// At which tree.
    pub tree: PathBuf,
    /// How much.
    pub depth: Depth,
    /// Ends it early.
    pub cancel: Cancel,
}

/// The plan for all trees.
#[derive(Debug)]
pub struct Plan {
    desks: BTreeMap<PathBuf, Desk>,
    /// When the purse is full again; what was spent beyond lies further ahead.
    full_at: Option<Instant>,
}

impl Plan {
    /// No tree yet.
    pub fn new() -> Self {
        Self { desks: BTreeMap::new(), full_at: None }
    }

    /// A tree that is to be looked at, as a whole and soon.
    pub fn add(&mut self, tree: &Path, now: Instant) {
        let desk = self.desks.entry(tree.to_owned()).or_default();
        desk.quick = Some(now);
        desk.whole = Some(now);
    }

    /// Nobody works there any more.
    pub fn remove(&mut self, tree: &Path) {
        if let Some(Desk { running: Some((_, _, cancel)), .. }) = self.desks.remove(tree) {
            cancel.cancel();
        }
    }

    /// Something happened.
    pub fn stir(&mut self, tree: &Path, reason: Reason, now: Instant) {
        let Some(desk) = self.desks.get_mut(tree) else { return };
        match reason {
            Reason::Own => {
                let glanced = desk.glance.map_or(now, |(cost, ended)| ended + cost * GLANCES);
                soonest(&mut desk.quick, (now + SETTLE).max(glanced));
                let rested = desk.cost.map_or(now, |(cost, ended)| ended + cost * (SHARE / 5));
                soonest(&mut desk.whole, (now + SETTLE).max(rested));
                if let Some((Depth::Whole, _, cancel)) = &desk.running
                    && desk.superseded < SUPERSEDED
                {
                    desk.superseded += 1;
                    cancel.cancel();
                }
            }
            Reason::Sibling => {
                let glanced = desk.glance.map_or(now, |(cost, ended)| ended + cost * SHARE);
                soonest(&mut desk.quick, (now + SIBLING).max(glanced));
            }
            Reason::Wrote => {
                let rested = desk.cost.map_or(now, |(cost, ended)| ended + WROTE.max(cost * SHARE));
                soonest(&mut desk.whole, (now + SETTLE).max(rested));
            }
        }
    }

    /// The next look, if one may begin now.
    pub fn begin(&mut self, now: Instant) -> Option<Begin> {
        let running = |which: &dyn Fn(Depth, Duration) -> bool| {
            let all = self.desks.values().filter_map(|d| d.running.as_ref());
            all.filter(|(depth, since, _)| which(*depth, now.saturating_duration_since(*since))).count()
        };
        if running(&|_, _| true) >= AT_ONCE.2 {
            return None;
        }
        let quick = running(&|depth, _| depth == Depth::Quick) < AT_ONCE.0;
        let whole = running(&|depth, took| depth == Depth::Whole && took < HUGE) < AT_ONCE.1;
        let huge = running(&|depth, took| depth == Depth::Whole && took >= HUGE) == 0;
        let paid = self.full_at.is_none_or(|at| at <= now + PURSE * SHARE);
        let free = self.desks.iter().filter(|(_, d)| d.running.is_none());
        let ready = free.filter_map(|(tree, d)| {
            let due = |at: Option<Instant>| at.filter(|at| *at <= now);
            let may = whole && (paid || d.cost.is_none()) && (huge || !d.is_huge());
            let counted = due(d.whole).filter(|_| may).map(|at| (at, Depth::Whole));
            // Two looks at a small tree would cost more than one; and glances alone would never count a busy one.
            let cheap = d.cost.is_some_and(|(cost, _)| cost <= CHEAP);
            let (at, depth) = match (due(d.quick), counted) {
                (Some(_), Some(counted)) if cheap || d.glanced => counted,
                (Some(at), _) => (at, Depth::Quick),
                (None, counted) => counted?,
            };
            if depth == Depth::Quick && !quick {
                return None;
            }
            Some((depth == Depth::Whole, at, tree))
        });
        let (is_whole, _, tree) = ready.min()?;
        let tree = tree.clone();
        let depth = if is_whole { Depth::Whole } else { Depth::Quick };
        let desk = self.desks.get_mut(&tree)?;
        desk.quick = None;
        desk.glanced = !is_whole;
        if is_whole {
            desk.whole = None;
        }
        let cancel = Cancel::default();
        desk.running = Some((depth, now, cancel.clone()));
        Some(Begin { tree, depth, cancel })
    }

    /// A look ended. False if nobody waits for its answer any more.
    pub fn done(&mut self, tree: &Path, end: End, now: Instant) -> bool {
        let Some(desk) = self.desks.get_mut(tree) else { return false };
        let Some((depth, since, _)) = desk.running.take() else { return false };
        let took = now.saturating_duration_since(since);
        if depth == Depth::Whole {
            // The first look at a tree is free: a fleet that starts is seen at once.
            if desk.cost.is_some() {
                let spent = took * SHARE;
                self.full_at = Some(self.full_at.map_or(now, |at| at.max(now)) + spent);
            }
            if end != End::Cancelled {
                desk.cost = Some((took, now));
            }
        } else {
            desk.glance = Some((took, now));
        }
        match end {
            End::Cancelled => {
                // Whoever ended it wants it again.
                desk.whole.get_or_insert(now);
            }
            End::Failed => {
                desk.failures = (desk.failures + 1).min(16);
                let pause = PAUSE.0.saturating_mul(1 << (desk.failures - 1)).min(PAUSE.1);
                soonest(&mut desk.whole, now + pause);
            }
            End::Well => {
                desk.failures = 0;
                if depth == Depth::Whole {
                    desk.superseded = 0;
                    soonest(&mut desk.whole, now + SLOW);
                }
            }
        }
        true
    }

    /// When [`Self::begin`] may have something to say that it has not now; the end of a look is heard of anyway.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let free = self.desks.values().filter(|d| d.running.is_none());
        let (due, later): (Vec<Instant>, Vec<Instant>) =
            free.flat_map(|d| [d.quick, d.whole]).flatten().partition(|at| *at <= now);
        // Due and not begun: for lack of money, or because others run, of which one may turn out to be huge.
        let paid = self.full_at.map(|at| at - PURSE * SHARE);
        let running = self.desks.values().filter_map(|d| d.running.as_ref());
        let huge = running.map(|(_, since, _)| *since + HUGE);
        let freed = huge.chain(paid).filter(|at| !due.is_empty() && *at > now);
        later.into_iter().chain(freed).min()
    }

    /// Every tree has been looked at as a whole at least once, or could not be.
    pub fn complete(&self) -> bool {
        self.desks.values().all(|d| d.cost.is_some())
    }

    /// Ends everything that runs.
    pub fn stop(&self) {
        for (_, _, cancel) in self.desks.values().filter_map(|d| d.running.as_ref()) {
            cancel.cancel();
        }
    }
}

impl Desk {
    fn is_huge(&self) -> bool {
        self.cost.is_some_and(|(cost, _)| cost >= HUGE)
    }
}

fn soonest(due: &mut Option<Instant>, at: Instant) {
    *due = Some(due.map_or(at, |due| due.min(at)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// A plan with these trees, and the instant zero.
    fn plan(trees: &[&str]) -> (Plan, Instant) {
        let start = super::super::clock();
        let mut plan = Plan::new();
        for tree in trees {
            plan.add(Path::new(tree), start);
        }
        (plan, start)
    }

    /// What may begin now, as `tree:q` or `tree:w`.
    fn begun(plan: &mut Plan, now: Instant) -> Vec<String> {
        let mut out = Vec::new();
        while let Some(b) = plan.begin(now) {
            let depth = if b.depth == Depth::Whole { 'w' } else { 'q' };
            out.push(format!("{}:{depth}", b.tree.display()));
        }
        out
    }

    /// Both looks at each tree of a new plan, the whole one taking so long; the instant after the last.
    fn seen(plan: &mut Plan, trees: &[(&str, Duration)], start: Instant) -> Instant {
        let mut now = start;
        for _ in 0..trees.len() * 2 {
            let Some(b) = plan.begin(now) else { break };
            let takes = trees.iter().find(|(t, _)| Path::new(t) == b.tree).expect("known").1;
            now += if b.depth == Depth::Whole { takes } else { ms(1) };
            plan.done(&b.tree, End::Well, now);
        }
        assert!(plan.complete());
        now
    }

    #[test]
    fn every_new_tree_is_glanced_at_before_files_are_counted() {
        let (mut plan, now) = plan(&["a", "b", "c"]);
        assert_eq!(begun(&mut plan, now), ["a:q", "b:q"]);
        assert!(plan.done(Path::new("a"), End::Well, now));
        assert_eq!(begun(&mut plan, now), ["c:q", "a:w"]);
        assert!(!plan.complete());
        for tree in ["b", "c", "a"] {
            plan.done(Path::new(tree), End::Well, now);
        }
        assert_eq!(begun(&mut plan, now), ["b:w", "c:w"]);
    }

    #[test]
    fn a_quiet_tree_is_left_alone_but_for_the_slow_look() {
        let (mut plan, start) = plan(&["a"]);
        let now = seen(&mut plan, &[("a", ms(5))], start);
        assert_eq!(plan.due(now), Some(now + SLOW));
        assert!(begun(&mut plan, now + SLOW - ms(1)).is_empty());
        assert_eq!(begun(&mut plan, now + SLOW), ["a:w"]);
    }

    #[test]
    fn one_commit_is_one_look_at_a_small_tree_and_two_at_a_large_one() {
        for (cost, want) in [(ms(5), &["a:w"][..]), (ms(100), &["a:q"])] {
            let (mut plan, start) = plan(&["a"]);
            let now = seen(&mut plan, &[("a", cost)], start) + ms(60_000);
            for after in [0, 5, 9] {
                plan.stir(Path::new("a"), Reason::Own, now + ms(after));
            }
            assert_eq!(plan.due(now), Some(now + SETTLE), "the first change counts, not the last");
            assert!(begun(&mut plan, now).is_empty());
            assert_eq!(begun(&mut plan, now + SETTLE), want);
        }
    }

    #[test]
    fn slow_trees_are_looked_at_in_proportion_to_what_it_costs() {
        let (mut plan, start) = plan(&["a"]);
        let now = seen(&mut plan, &[("a", ms(2000))], start);
        plan.stir(Path::new("a"), Reason::Wrote, now + ms(1));
        assert!(begun(&mut plan, now + ms(199_000)).is_empty());
        assert_eq!(begun(&mut plan, now + ms(200_000)), ["a:w"]);
    }

    #[test]
    fn huge_trees_wait_for_each_other_and_nobody_waits_for_them() {
        let (mut plan, start) = plan(&["huge1", "huge2", "small"]);
        let now = seen(&mut plan, &[("huge1", ms(900)), ("huge2", ms(900)), ("small", ms(3))], start);
        let later = now + SLOW;
        for tree in ["huge1", "huge2"] {
            plan.stir(Path::new(tree), Reason::Wrote, later);
        }
        assert_eq!(begun(&mut plan, later + ms(50)), ["huge1:w", "huge2:w"], "not yet known to be slow now");
        plan.stir(Path::new("small"), Reason::Own, later + ms(60));
        assert_eq!(begun(&mut plan, later + ms(110)), ["small:q"], "both places for whole looks are taken");
        plan.done(Path::new("small"), End::Well, later + ms(111));
        assert_eq!(plan.due(later + ms(111)), Some(later + ms(50) + HUGE), "until one turns out to be huge");
        assert_eq!(begun(&mut plan, later + ms(50) + HUGE), ["small:w"]);
        plan.done(Path::new("huge1"), End::Well, later + ms(900));
        plan.stir(Path::new("huge1"), Reason::Wrote, later + ms(100_000));
        assert!(begun(&mut plan, later + ms(200_000)).is_empty(), "the other one still runs");
    }

    #[test]
    fn all_of_them_together_keep_within_the_purse() {
        let names: Vec<String> = (0..20).map(|i| format!("t{i:02}")).collect();
        let trees: Vec<&str> = names.iter().map(String::as_str).collect();
        let costs: Vec<(&str, Duration)> = trees.iter().map(|t| (*t, ms(100))).collect();
        let (mut plan, start) = plan(&trees);
        let mut now = seen(&mut plan, &costs, start);
        // Everybody commits once a second for 20 minutes.
        let (begin, mut spent) = (now, Duration::ZERO);
        let mut running: Vec<(PathBuf, Depth)> = Vec::new();
        while now < begin + Duration::from_mins(20) {
            for tree in &trees {
                plan.stir(Path::new(tree), Reason::Own, now);
            }
            for (tree, depth) in running.drain(..) {
                plan.done(&tree, End::Well, now);
                spent += if depth == Depth::Whole { ms(100) } else { ms(0) };
            }
            now += SETTLE;
            while let Some(b) = plan.begin(now) {
                running.push((b.tree, b.depth));
            }
            now += ms(100);
        }
        let most = PURSE + Duration::from_mins(20) / SHARE;
        assert!(spent <= most + ms(500), "{spent:?}");
        assert!(spent >= most / 2, "{spent:?}: the purse is used");
    }

    #[test]
    fn a_look_is_ended_by_a_change_a_few_times_only() {
        let (mut plan, start) = plan(&["a"]);
        let mut now = seen(&mut plan, &[("a", ms(100))], start) + SLOW;
        let mut ended = 0;
        for _ in 0..10 {
            let mut looks = Vec::new();
            while let Some(b) = plan.begin(now) {
                looks.push(b.cancel.clone());
                if b.depth == Depth::Quick {
                    plan.done(&b.tree, End::Well, now);
                }
            }
            now += ms(100);
            plan.stir(Path::new("a"), Reason::Own, now);
            if looks.iter().any(Cancel::is_cancelled) {
                ended += 1;
                plan.done(Path::new("a"), End::Cancelled, now);
            }
            now += SETTLE;
        }
        assert_eq!(ended, usize::from(SUPERSEDED));
    }

    #[test]
    fn failures_are_tried_again_with_growing_pauses() {
        let (mut plan, mut now) = plan(&["a"]);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            while let Some(b) = plan.begin(now) {
                plan.done(&b.tree, End::Failed, now);
            }
            let due = plan.due(now).expect("it is tried again");
            pauses.push((due - now).as_secs());
            now = due;
        }
        assert!(pauses.is_sorted() && pauses[0] >= 10, "{pauses:?}");
        assert_eq!(pauses.last(), Some(&SLOW.as_secs()));
    }

    #[test]
    fn a_tree_that_nobody_works_in_is_left_at_once() {
        let (mut plan, now) = plan(&["a"]);
        let b = plan.begin(now).expect("it is looked at");
        plan.remove(Path::new("a"));
        assert!(b.cancel.is_cancelled());
        assert!(!plan.done(Path::new("a"), End::Cancelled, now));
        assert_eq!(plan.due(now), None);
    }
}
