//! Coming to an end: of the whole program, where what was begun is ended first and nothing new is; and giving the seat back. Whoever sits down next reads the records: what was handed to their thread before stands there first,
//! however slow the disk is. Not for the end of the program: there the order of the actor's fields says the same.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Actor;
use crate::domain::confirm::Life;
use crate::ports::{Hooks, Judge, Press, Processes, Seat, StoreError};
use crate::workers::scribe::Scribe;

/// Between two tries to hand the thread one more job, when its desk is full.
const AGAIN: Duration = Duration::from_millis(10);

/// Whether the program ends.
#[derive(Default)]
pub(super) struct Farewell {
    told_by: Option<CancellationToken>,
    pub said: bool,
}

impl Farewell {
    /// The one that is told by that.
    pub fn told_by(token: CancellationToken) -> Self {
        Self { told_by: Some(token), said: false }
    }

    /// Waits until it ends; for ever where that is known, or nobody tells.
    pub async fn heard(&self) {
        match &self.told_by {
            Some(token) if !self.said => token.cancelled().await,
            _ => std::future::pending().await,
        }
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// The program ends, and nothing that was begun is without its end. What rests goes to the disk when we are gone.
    pub(super) fn has_ended(&self) -> bool {
        let under_way = || self.desks.values().filter_map(|d| d.life.as_ref()).any(Life::is_under_way);
        self.farewell.said && !under_way()
    }
}

/// Dropped in this order, too, where nobody waits for the end.
struct Leaving<R, S> {
    scribe: Scribe<R>,
    seat: S,
}

/// Waits until everything that was asked of the records is done, lets go of them, then has the seat left.
pub(super) async fn leave<R: Send + 'static, S>(scribe: Scribe<R>, seat: S, go: impl FnOnce(&mut S)) -> S {
    let leaving = Leaving { scribe, seat };
    // Jobs are done in order: when this one is done, so are all before it. If the thread has ended, nothing is done any more.
    while leaving.scribe.ask(|_| Ok(())).await == Err(StoreError::Busy) {
        tokio::time::sleep(AGAIN).await;
    }
    let Leaving { scribe, mut seat } = leaving;
    drop(scribe);
    go(&mut seat);
    seat
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn the_seat_is_left_when_the_last_entry_is_written_however_long_that_takes() {
        let (hold, held) = channel::<()>();
        let (tell, told) = channel::<&str>();
        let scribe = Scribe::start(Vec::<u32>::new()).expect("a thread");
        // A dispatcher still has a handle: the end of the thread is not what is waited for.
        let another = scribe.clone();
        let slow = tell.clone();
        drop(scribe.ask(move |book: &mut Vec<u32>| {
            let _ = held.recv();
            book.push(1);
            let _ = slow.send("written");
            Ok(())
        }));
        // As many more as wait: the desk is full, and the seat is not left for that.
        let more: Vec<_> = (0..600).map(|_| another.ask(|_| Ok(()))).collect();
        let mut leaving = pin!(leave(scribe, 4711, move |_| tell.send("left").expect("heard")));
        let early = tokio::time::timeout(AGAIN * 3, &mut leaving).await;
        assert!(early.is_err() && told.try_recv().is_err(), "nothing is on disk, and it was left");
        drop(hold);
        assert_eq!(leaving.await, 4711);
        assert_eq!(told.iter().collect::<Vec<_>>(), ["written", "left"]);
        drop(more);
    }
}
