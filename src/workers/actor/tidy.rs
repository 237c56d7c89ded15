//! Entries of the ledger that are older than they are to be kept go, a few at a time, while nothing is wrong with the disk;
//! and wishes that nobody waits for any more.

use std::time::Duration;

use super::done::Done;
use super::{Actor, monotonic, utc};
use crate::ports::{Hooks, Judge, Press, Processes, Records, Seat, StoreError};

/// So many at a time: an intent does not wait for long behind them.
pub(super) const AT_ONCE: u32 = 2_000;
/// How often it is looked for more.
const EVERY: Duration = Duration::from_hours(1);
/// A wish is over within seconds; whoever looks for what went wrong finds it for so long.
const WISHES: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn tidy(&mut self) {
        let now = monotonic();
        let Some(scribe) = &self.scribe else { return };
        if self.tidy.is_some_and(|due| now < due) || self.books.trouble.is_some() {
            return;
        }
        self.tidy = Some(now + EVERY);
        let keep = self.fixed.keep;
        let gone = scribe.ask(move |records| {
            let now = utc();
            if let Ok(before) = now.checked_sub(WISHES) {
                records.forget_wishes(before)?;
            }
            let Some(keep) = keep else { return Ok(0) };
            let keep = jiff::SignedDuration::try_from(keep).unwrap_or(jiff::SignedDuration::MAX);
            now.checked_sub(keep).map_or(Ok(0), |before| records.let_go(before, AT_ONCE, now))
        });
        self.beside(async move { Done::LetGo(gone.await) });
    }

    /// More may be as old.
    pub(super) fn let_go(&mut self, gone: Result<u64, StoreError>) {
        match gone {
            Ok(gone) if gone >= u64::from(AT_ONCE) => self.tidy = None,
            Ok(_) => {}
            Err(e) => tracing::warn!("old entries of the ledger stay: {e}"),
        }
    }
}
