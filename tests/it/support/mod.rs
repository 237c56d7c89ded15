//! What several parts of the tests need: a private tmux server, test repositories, and waiting for a named condition.

pub mod repo;
pub mod room;
pub mod tmux;

use std::time::{Duration, Instant};

/// The time, in tests.
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "tests of the real world measure it")]
    Instant::now()
}

/// How long a condition may take before the test fails. Long, because the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the condition holds; on failure says what was waited for and what `last` tells.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool, last: impl FnOnce() -> String) {
    let end = now() + PATIENCE;
    while !holds() {
        assert!(now() < end, "waited in vain until {what}; last: {}", last());
        std::thread::sleep(Duration::from_millis(5));
    }
}
