//! The ledger as the commands over rules read it: from a time on, for the fleet that the config names.

use jiff::Timestamp;

use crate::cli::setup::{self, Ground};
use crate::cli::{Fail, desk};
use crate::config::Span;
use crate::domain::ledger::{Entry, Pasts};
use crate::ports::{Ledger, StoreError};
use crate::store::Store;

/// Entries that are read at a time.
const BATCH: usize = 512;

/// How far back.
#[derive(Debug, clap::Args)]
pub struct Since {
    /// Only what is younger than this, for example 8h, 7d [default: everything]
    #[arg(long, value_name = "SPAN", value_parser = Span::parse)]
    since: Option<Span>,
}

impl Since {
    /// The instant from which on.
    pub fn from(&self) -> Option<Timestamp> {
        self.since.map(|Span(span)| now().checked_sub(span).unwrap_or(Timestamp::MIN))
    }
}

/// This instant.
#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Every dialog whose life began in that time; none is nothing to do.
pub fn pasts(ground: &Ground, since: &Since) -> Result<Pasts, Fail> {
    let mut pasts = Pasts::default();
    each(ground, since, |entry| pasts.add(entry))?;
    if pasts.is_empty() {
        return Err(Fail::not_found(
            "the ledger holds no dialog of that time",
            "`archtui ledger` prints what it holds",
        ));
    }
    Ok(pasts)
}

/// Every entry of that time, in order.
pub fn each(ground: &Ground, since: &Since, mut told: impl FnMut(Entry)) -> Result<(), Fail> {
    let dir = setup::state_to_read(&ground.env, &ground.loaded.config.fleet.name)?;
    let store = match Store::read_only(&dir) {
        Err(StoreError::Missing) => return Ok(()),
        store => store.map_err(desk::broken)?,
    };
    let mut at = since.from().map_or(Ok(0), |from| store.before(from)).map_err(desk::broken)?;
    loop {
        let batch = store.since(at, BATCH).map_err(desk::broken)?;
        let Some(last) = batch.last().map(|e| e.seq) else { return Ok(()) };
        at = last;
        batch.into_iter().for_each(&mut told);
    }
}
