//! Looks at how busy the machine and the agents' processes are: often while a person looks at the figures, else seldom.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::clock::clock;
use super::{Facts, Worker};
use crate::app::Event;
use crate::domain::host::{Gauges, Sample, Usage};
use crate::domain::session::PaneIdentity;
use crate::ports::Meter;

/// Between two looks while the figures are on the screen.
const SEEN: Duration = Duration::from_secs(2);
/// Between two looks at the machine otherwise.
const UNSEEN: Duration = Duration::from_secs(10);
/// The processes are looked at every so many looks at the machine, while nobody sees them.
const EVERY: u32 = 6;

/// What is to be measured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The figures are on the screen.
    pub seen: bool,
    /// The panes whose agents are measured.
    pub panes: Vec<PaneIdentity>,
}

/// The worker.
pub struct Measure<M> {
    meter: M,
    wanted: watch::Receiver<Wanted>,
    facts: Facts,
    samples: BTreeMap<PaneIdentity, (Sample, Instant)>,
    usage: BTreeMap<PaneIdentity, Usage>,
    looks: u32,
}

impl<M: Meter> Measure<M> {
    /// A worker that has looked at nothing yet.
    pub fn new(meter: M, wanted: watch::Receiver<Wanted>, facts: Facts) -> Self {
        Self { meter, wanted, facts, samples: BTreeMap::new(), usage: BTreeMap::new(), looks: 0 }
    }

    fn look(&mut self) -> Gauges {
        let wanted = self.wanted.borrow_and_update().clone();
        self.samples.retain(|pane, _| wanted.panes.contains(pane));
        self.usage.retain(|pane, _| wanted.panes.contains(pane));
        if wanted.seen || self.looks.is_multiple_of(EVERY) {
            for pane in wanted.panes {
                self.measure(pane);
            }
        }
        self.looks = self.looks.wrapping_add(1);
        Gauges { host: self.meter.host(), panes: self.usage.clone() }
    }

    fn measure(&mut self, pane: PaneIdentity) {
        let Some(sample) = self.meter.sample(pane) else {
            self.samples.remove(&pane);
            self.usage.remove(&pane);
            return;
        };
        let now = clock();
        let before = self.samples.insert(pane, (sample, now));
        let cpu = before.and_then(|(s, at)| sample.busy_since(&s, now.saturating_duration_since(at)));
        let memory = sample.pages.checked_mul(self.meter.page());
        self.usage.insert(pane, Usage { cpu, memory });
    }
}

impl<M: Meter> Worker for Measure<M> {
    const NAME: &'static str = "gauges";

    async fn run(&mut self) {
        loop {
            let gauges = self.look();
            if self.facts.send(Event::Gauges(Arc::new(gauges))).await.is_err() {
                return;
            }
            let pause = if self.wanted.borrow().seen { SEEN } else { UNSEEN };
            // Who opens the figures sees them at once; who closes them is not waited for.
            tokio::select! {
                changed = self.wanted.wait_for(|w| w.seen && pause == UNSEEN) => match changed {
                    Ok(_) => {}
                    Err(_) => return,
                },
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::host::Host;
    use crate::domain::session::PaneId;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::sync::mpsc;

    /// Each look at a process finds it 50 ticks further on; the machine tells nothing.
    struct Scripted(Arc<AtomicU64>);

    impl Meter for Scripted {
        fn host(&self) -> Host {
            Host::default()
        }
        fn sample(&self, pane: PaneIdentity) -> Option<Sample> {
            let looks = self.0.fetch_add(1, Ordering::Relaxed);
            (pane.pid != 0).then_some(Sample { pid: pane.pid, start: 1, ticks: looks * 50, pages: 2 })
        }
        fn page(&self) -> u64 {
            4096
        }
    }

    fn pane(pid: u32) -> PaneIdentity {
        PaneIdentity { id: PaneId(pid), pid, start: 1 }
    }

    #[tokio::test(start_paused = true)]
    async fn it_looks_seldom_unless_somebody_sees() {
        let (facts, mut told) = mpsc::channel(8);
        let (want, wanted) = watch::channel(Wanted { seen: false, panes: vec![pane(7), pane(0)] });
        let looks = Arc::new(AtomicU64::new(0));
        let mut workers = super::super::Workers::new(facts.clone());
        workers.spawn(Measure::new(Scripted(Arc::clone(&looks)), wanted, facts));
        let mut next = async || match told.recv().await {
            Some(Event::Gauges(g)) => g,
            other => panic!("{other:?}"),
        };
        let first = next().await;
        assert_eq!(first.panes.get(&pane(7)), Some(&Usage { cpu: None, memory: Some(8192) }));
        assert_eq!(first.panes.get(&pane(0)), None, "nobody knows whose that is");
        for _ in 0..5 {
            next().await;
        }
        assert_eq!(looks.load(Ordering::Relaxed), 2, "only the machine was looked at");
        want.send_replace(Wanted { seen: true, panes: vec![pane(7)] });
        next().await;
        let after = next().await;
        assert_eq!(after.panes[&pane(7)].cpu, Some(25.0), "50 ticks in two seconds");
    }
}
