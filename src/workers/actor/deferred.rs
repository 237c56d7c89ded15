//! What is done beside, and when we hear of its end. Most of it wakes us; what may be *deferred* does not: whoever wakes for
//! something else finds it done, and only by its time it is waited for like all else. A wake-up costs more than most of what
//! is done in it. Deferred are a verdict for a key, until that is prepared (`Life::prepared_from`); an intent ahead of its key, until that is due
//! (`Life::defers_until`); and the ends of dialogs, which lie in the `outbox` before.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::done::Done;
use super::{Actor, monotonic};
use crate::ports::{Hooks, Judge, Press, Processes, Seat};

type Work<D> = Pin<Box<dyn Future<Output = D> + Send>>;

/// Work with the time by which it is waited for.
pub(super) struct Deferred<D> {
    waiting: Vec<(Duration, Work<D>)>,
}

impl<D> Default for Deferred<D> {
    fn default() -> Self {
        Self { waiting: Vec::new() }
    }
}

impl<D> Deferred<D> {
    /// One more.
    pub fn push(&mut self, by: Duration, work: Work<D>) {
        self.waiting.push((by, work));
    }

    /// When the first of them is to be waited for.
    pub fn due(&self) -> Option<Duration> {
        self.waiting.iter().map(|(by, _)| *by).min()
    }

    /// Takes out the first that is done. One at a time: whoever fails over it still finds the others.
    pub fn pop(&mut self) -> Option<D> {
        let mut nobody = Context::from_waker(Waker::noop());
        for (i, (_, work)) in self.waiting.iter_mut().enumerate() {
            if let Poll::Ready(done) = work.as_mut().poll(&mut nobody) {
                drop(self.waiting.remove(i));
                return Some(done);
            }
        }
        None
    }

    /// Takes out what is to be waited for from now on.
    pub fn late(&mut self, now: Duration) -> impl Iterator<Item = Work<D>> {
        self.waiting.extract_if(.., move |(by, _)| *by <= now).map(|(_, work)| work)
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Does something beside; what comes of it is taken as it comes.
    pub(super) fn beside(&self, work: impl Future<Output = Done<S>> + Send + 'static) {
        self.beside.push(Box::pin(work));
    }

    /// The same, where it is enough to hear of it by that time.
    pub(super) fn defer(&mut self, by: Duration, work: impl Future<Output = Done<S>> + Send + 'static) {
        if by <= monotonic() {
            return self.beside(work);
        }
        self.deferred.push(by, Box::pin(work));
    }

    /// Takes what has been done meanwhile.
    pub(super) fn reap(&mut self) {
        while let Some(done) = self.deferred.pop() {
            self.done(done);
        }
        self.beside.extend(self.deferred.late(monotonic()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_is_done_is_found_and_what_is_late_is_waited_for() {
        let ms = Duration::from_millis;
        let mut deferred = Deferred::default();
        let (soon, told_soon) = oneshot::channel::<u8>();
        let (late, told_late) = oneshot::channel::<u8>();
        deferred.push(ms(50), Box::pin(told_late));
        deferred.push(ms(80), Box::pin(told_soon));
        assert_eq!(deferred.due(), Some(ms(50)));
        assert!(deferred.pop().is_none() && deferred.late(ms(10)).next().is_none());
        soon.send(1).expect("it waits");
        assert_eq!((deferred.pop(), deferred.pop().is_none()), (Some(Ok(1)), true));
        let mut waits: Vec<_> = deferred.late(ms(50)).collect();
        assert_eq!((waits.len(), deferred.due()), (1, None));
        let send = async { late.send(2).expect("it waits") };
        let (told, ()) = tokio::join!(waits.remove(0), send);
        assert_eq!(told, Ok(2), "whoever waits from now on is woken");
    }
}
