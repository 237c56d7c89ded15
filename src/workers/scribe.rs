//! The one thread that works with the records: blocking calls do not belong between the workers. A [`Scribe`] is the
//! handle by which jobs reach it, in order; the records close when the last handle is gone, and whoever drops that one waits a
//! moment for what is still to be written.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::ports::StoreError;

/// How many jobs may wait.
const WAITING: usize = 512;
/// How long the end waits for the last jobs: a disk that hangs must not keep us.
const PATIENCE: Duration = Duration::from_millis(500);

type Job<R> = Box<dyn FnOnce(&mut R) + Send>;

/// Hands jobs to the thread that owns the records.
#[derive(Debug)]
pub struct Scribe<R> {
    thread: Arc<Thread<R>>,
}

#[derive(Debug)]
struct Thread<R> {
    /// Away at the end: that ends the thread.
    jobs: Option<SyncSender<Job<R>>>,
    /// Hangs up when the thread has ended. Never locked: whoever drops the last handle has it alone.
    ended: std::sync::Mutex<Receiver<()>>,
}

impl<R> Clone for Scribe<R> {
    fn clone(&self) -> Self {
        Self { thread: Arc::clone(&self.thread) }
    }
}

impl<R> Drop for Thread<R> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Ok(ended) = self.ended.get_mut() {
            // Nothing is ever sent: it hangs up, or the time is over.
            let _ = ended.recv_timeout(PATIENCE);
        }
    }
}

impl<R: Send + 'static> Scribe<R> {
    /// Starts the thread.
    pub fn start(records: R) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job<R>>(WAITING);
        let (ends, ended) = sync_channel::<()>(0);
        std::thread::Builder::new().name("scribe".to_owned()).spawn(move || {
            // Dropped in the other order: the records are closed when it is told.
            let _ends = ends;
            let mut records = records;
            while let Ok(job) = waiting.recv() {
                job(&mut records);
            }
        })?;
        Ok(Self { thread: Arc::new(Thread { jobs: Some(jobs), ended: std::sync::Mutex::new(ended) }) })
    }

    /// Has a job done and gives what came of it. Jobs are done in the order of these calls.
    pub fn ask<T, J>(&self, job: J) -> impl Future<Output = Result<T, StoreError>> + Send + use<R, T, J>
    where
        T: Send + 'static,
        J: FnOnce(&mut R) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Job<R> = Box::new(move |records| drop(answer.send(job(records))));
        let taken = self.thread.jobs.as_ref().is_some_and(|jobs| jobs.try_send(work).is_ok());
        async move {
            if !taken {
                return Err(StoreError::Busy);
            }
            answered
                .await
                .map_err(|_| StoreError::Failed("the thread of the records has ended".to_owned()))?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn jobs_are_done_in_order_and_a_full_desk_says_so() {
        let scribe = Scribe::start(Vec::new()).expect("a thread");
        let asked: Vec<_> = (0..10)
            .map(|n| {
                scribe.ask(move |v: &mut Vec<i32>| {
                    v.push(n);
                    Ok(v.clone())
                })
            })
            .collect();
        let mut last = Vec::new();
        for answer in asked {
            last = answer.await.expect("done");
        }
        assert_eq!(last, (0..10).collect::<Vec<_>>());
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let slow = scribe.ask(move |_| {
            let _ = held.recv();
            Ok(())
        });
        let more: Vec<_> = (0..WAITING + 2).map(|_| scribe.ask(|_| Ok(()))).collect();
        drop(hold);
        slow.await.expect("done in the end");
        let mut busy = 0;
        for answer in more {
            busy += u32::from(answer.await == Err(StoreError::Busy));
        }
        assert!(busy >= 1);
    }
}
