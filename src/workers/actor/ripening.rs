//! What is done beside and need not wake us when it is done: whoever wakes for something else finds it ripe. A wake-up costs
//! more than most of what is done in it. By its time it is waited for like all else.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

type Work<D> = Pin<Box<dyn Future<Output = D> + Send>>;

/// Work with the time by which it is waited for.
pub(super) struct Ripening<D> {
    waiting: Vec<(Duration, Work<D>)>,
}

impl<D> Default for Ripening<D> {
    fn default() -> Self {
        Self { waiting: Vec::new() }
    }
}

impl<D> Ripening<D> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_is_done_is_found_and_what_is_late_is_waited_for() {
        let ms = Duration::from_millis;
        let mut ripening = Ripening::default();
        let (soon, told_soon) = oneshot::channel::<u8>();
        let (late, told_late) = oneshot::channel::<u8>();
        ripening.push(ms(50), Box::pin(told_late));
        ripening.push(ms(80), Box::pin(told_soon));
        assert_eq!(ripening.due(), Some(ms(50)));
        assert!(ripening.pop().is_none() && ripening.late(ms(10)).next().is_none());
        soon.send(1).expect("it waits");
        assert_eq!((ripening.pop(), ripening.pop().is_none()), (Some(Ok(1)), true));
        let mut waits: Vec<_> = ripening.late(ms(50)).collect();
        assert_eq!((waits.len(), ripening.due()), (1, None));
        let send = async { late.send(2).expect("it waits") };
        let (told, ()) = tokio::join!(waits.remove(0), send);
        assert_eq!(told, Ok(2), "whoever waits from now on is woken");
    }
}
