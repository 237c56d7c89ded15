//! The workers' own clock: when they look again. Facts that reach the core are stamped by the main loop, not here.

use std::time::Duration;

use tokio::time::Instant;

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one place where workers ask")]
pub(super) fn clock() -> Instant {
    Instant::now()
}

/// Waits until then; for ever if there is no such instant.
pub(super) async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// The system's monotonic clock, as the main loop has it.
pub(super) fn monotonic() -> Duration {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0))
}

/// Which start of the machine its monotonic clock counts from; empty where the system does not tell.
pub fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}
