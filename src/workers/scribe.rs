//! The one thread that works with the records: blocking calls do not belong between the workers. A [`Scribe`] is the
//! handle by which jobs reach it, in order; the records close when the last handle is gone.

use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::sync::oneshot;

use crate::ports::StoreError;

/// How many jobs may wait.
const WAITING: usize = 512;

type Job<R> = Box<dyn FnOnce(&mut R) + Send>;

/// Hands jobs to the thread that owns the records.
#[derive(Debug)]
pub struct Scribe<R> {
    jobs: SyncSender<Job<R>>,
}

impl<R> Clone for Scribe<R> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone() }
    }
}

impl<R: Send + 'static> Scribe<R> {
    /// Starts the thread.
    pub fn start(mut records: R) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job<R>>(WAITING);
        std::thread::Builder::new().name("scribe".to_owned()).spawn(move || {
            while let Ok(job) = waiting.recv() {
                job(&mut records);
            }
        })?;
        Ok(Self { jobs })
    }

    /// Has a job done and gives what came of it. Jobs are done in the order of these calls.
    pub fn ask<T, J>(&self, job: J) -> impl Future<Output = Result<T, StoreError>> + Send + use<R, T, J>
    where
        T: Send + 'static,
        J: FnOnce(&mut R) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Job<R> = Box::new(move |records| drop(answer.send(job(records))));
        let taken = self.jobs.try_send(work).is_ok();
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
