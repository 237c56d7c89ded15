//! Background work: one file per task. This file is the table: what is spawned, how it is watched, how it stops. A worker
//! owns its resource, hears by a handle, tells by events, stops by token; a failure is an event, and it is started again.

pub mod actor;
mod books;
pub mod branches;
pub mod clerk;
mod clock;
pub mod dispatcher;
pub mod gauges;
pub mod onlooker;
pub mod reload;
pub mod rulebook;
pub mod screens;
pub mod scribe;
pub mod typist;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::Event;

/// Facts on their way to the main loop. Bounded: a worker that is ahead waits.
pub type Facts = mpsc::Sender<Event>;

/// How many facts may wait. The main loop takes all that wait at once, so this is what 200 sessions can say in one frame.
pub const WAITING: usize = 1024;

/// The first pause before a failed worker is started again; it doubles up to [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_mins(1);

/// A background task that can be started again where it failed.
pub trait Worker: Send + 'static {
    /// Its name, for the screen and the log.
    const NAME: &'static str;

    /// Works until there is nothing more to do for ever. What it owns survives a panic.
    fn run(&mut self) -> impl Future<Output = ()> + Send;
}

/// So long the one that ends by itself may take for what it has begun.
const CLOSING: Duration = Duration::from_millis(500);

/// The workers that run, and how to stop them.
pub struct Workers {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    /// The one that first ends what it has begun, while all others still work, and what tells it to.
    last: JoinSet<()>,
    closing: CancellationToken,
    facts: Facts,
}

impl Workers {
    /// No worker yet; failures are told to `facts`.
    pub fn new(facts: Facts) -> Self {
        let (stop, closing) = (CancellationToken::new(), CancellationToken::new());
        Self { tasks: JoinSet::new(), stop, last: JoinSet::new(), closing, facts }
    }

    /// Starts a worker. It ends when it is done, or at its next wait after `stop`.
    pub fn spawn<W: Worker>(&mut self, worker: W) {
        self.tasks.spawn(self.task(worker));
    }

    /// Starts the one that is told before all others, and ends by itself then.
    pub fn spawn_last<W: Worker>(&mut self, worker: W) {
        self.last.spawn(self.task(worker));
    }

    /// What tells that one.
    pub fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    fn task<W: Worker>(&self, worker: W) -> impl Future<Output = ()> + Send + use<W> {
        let (stop, facts) = (self.stop.clone(), self.facts.clone());
        async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = supervise(worker, facts) => {}
            }
        }
    }

    /// Has the last one end what it has begun, but not for ever. What is told meanwhile is for nobody, and must be taken: all work on.
    pub async fn close(&mut self, told: &mut mpsc::Receiver<Event>) {
        self.closing.cancel();
        let nobody = async { while told.recv().await.is_some() {} };
        tokio::select! {
            // What it cannot end in time is told as not ended by who comes next.
            _ = tokio::time::timeout(CLOSING, gone(&mut self.last)) => {}
            () = nobody => {}
        }
    }

    /// Stops all workers and waits until they are gone, but not for ever.
    pub async fn stop(mut self, patience: Duration) {
        self.stop.cancel();
        let all = async {
            gone(&mut self.last).await;
            gone(&mut self.tasks).await;
        };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("a worker did not stop in time and is left behind");
        }
    }
}

async fn gone(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

/// Runs a worker again after a panic, with growing pauses, until it says that it is done.
async fn supervise<W: Worker>(mut worker: W, facts: Facts) {
    let mut pause = PAUSE;
    while AssertUnwindSafe(worker.run()).catch_unwind().await.is_err() {
        tracing::error!(worker = W::NAME, ?pause, "a worker panicked");
        let failed = Event::WorkerFailed { worker: W::NAME.into(), again_in: pause };
        if facts.send(failed).await.is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Clumsy {
        falls: u32,
        done: mpsc::Sender<()>,
    }

    impl Worker for Clumsy {
        const NAME: &'static str = "clumsy";
        async fn run(&mut self) {
            if self.falls > 0 {
                self.falls -= 1;
                panic!("as planned");
            }
            let _ = self.done.send(()).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_panics_is_started_again_and_says_so() {
        let (facts, mut told) = mpsc::channel(8);
        let (done, mut finished) = mpsc::channel(1);
        let mut workers = Workers::new(facts);
        workers.spawn(Clumsy { falls: 2, done });
        finished.recv().await.expect("it gets there in the end");
        for want in [PAUSE, PAUSE * 2] {
            match told.recv().await {
                Some(Event::WorkerFailed { worker, again_in }) => {
                    assert_eq!((&*worker, again_in), ("clumsy", want));
                }
                other => panic!("{other:?}"),
            }
        }
        workers.stop(Duration::from_secs(1)).await;
    }
}
