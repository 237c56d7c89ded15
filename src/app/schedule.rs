//! When the next frame is due though nothing happens: a pure function, so that the process sleeps otherwise.

use std::time::Duration;

use super::state::{State, needs};

/// The next instant on the monotonic clock at which the screen says something else by itself.
pub fn next_deadline(state: &State) -> Duration {
    let now = state.now;
    // The clock of the header and the ages change with the second.
    let into_second = Duration::from_nanos(now.local.subsec_nanosecond().unsigned_abs().into());
    let tick = now.mono + Duration::from_secs(1).saturating_sub(into_second);
    let toast = state.toast.as_ref().map(|t| t.until);
    let needs = state.fleet.sessions.iter().filter_map(needs::will_need_at).filter(|at| *at > now.mono).min();
    let settles = state.fleet.sessions.iter().filter_map(|s| s.tracker.due()).min();
    let drafts = state.tasks.unkept;
    [Some(tick), toast, needs, settles, drafts, state.wall_turns_at()]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(tick)
}
