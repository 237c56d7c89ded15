//! The only clock of the main loop.

use std::time::Duration;

use jiff::Zoned;
use rustix::time::{ClockId, clock_gettime};

use crate::app::state::Now;

/// This instant, in all three forms. `mono` is the system's `CLOCK_MONOTONIC`, so that figures of different programs on
/// one machine can be compared.
#[expect(clippy::disallowed_methods, reason = "the one clock of the main loop")]
pub fn now() -> Now {
    let zoned = Zoned::now();
    Now { mono: monotonic(), utc: zoned.timestamp(), local: zoned.datetime() }
}

/// `CLOCK_MONOTONIC`.
pub fn monotonic() -> Duration {
    let t = clock_gettime(ClockId::Monotonic);
    Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0))
}
