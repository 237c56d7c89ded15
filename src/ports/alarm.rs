//! An alarm clock to the microsecond. The runtime's own timers are a millisecond or two late: as much as the whole way from
//! a dialog's last byte to its being read. Not for what may wait.

use std::os::fd::OwnedFd;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// Between two common ticks: what need not be exact waits for one, and shares the wake-up with the rest of the fleet. A
/// wake-up costs more than most of what is done in it.
pub const TICK: Duration = Duration::from_millis(50);

/// From where ticks are counted: the same instant for everybody in this process.
pub fn zero() -> Instant {
    static ZERO: LazyLock<Instant> = LazyLock::new(clock);
    *ZERO
}

/// The common tick at that instant, or the next one behind it.
pub fn tick(at: Instant) -> Instant {
    // Half a million years of microseconds fit.
    let ticks = (at.saturating_duration_since(zero()).as_micros() as u64).div_ceil(TICK.as_micros() as u64);
    zero() + TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// One alarm clock. Made within a runtime.
#[derive(Debug)]
pub struct Alarm {
    /// Without one (the system gives none) the runtime's timers serve.
    timer: Option<AsyncFd<OwnedFd>>,
    /// What it is set to. Whoever waits for several things asks again after each of them, mostly for the same instant.
    set: Option<Instant>,
}

impl Alarm {
    /// A clock that is not set.
    pub fn new() -> Self {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags).ok();
        #[expect(deprecated, reason = "its successor is unsafe; an owned descriptor is what both ask for")]
        let timer = timer.and_then(|fd| AsyncFd::new(fd).ok());
        Self { timer, set: None }
    }

    /// Waits until then; for ever if there is no such instant. Cancel-safe.
    pub async fn until(&mut self, at: Option<Instant>) {
        let Some(at) = at else { return std::future::pending().await };
        let left = at.saturating_duration_since(clock());
        if left.is_zero() {
            return;
        }
        let known = self.set == Some(at);
        let Some(timer) = self.timer.as_ref().filter(|fd| known || set(fd.get_ref(), left)) else {
            self.set = None;
            return tokio::time::sleep_until(at.into()).await;
        };
        self.set = Some(at);
        while clock() < at {
            // Setting it again takes away what it rang before, so a ring means this one.
            match timer.readable().await {
                Ok(mut rang) => {
                    // It rings once: whether it had or not, nothing more is to be read.
                    let _ = rustix::io::read(timer.get_ref(), &mut [0; 8]);
                    rang.clear_ready();
                }
                Err(_) => return tokio::time::sleep_until(at.into()).await,
            }
        }
    }
}

impl Default for Alarm {
    fn default() -> Self {
        Self::new()
    }
}

fn set(timer: &OwnedFd, left: Duration) -> bool {
    let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
    let Ok(it_value) = Timespec::try_from(left) else { return false };
    let once = Itimerspec { it_interval: zero, it_value };
    timerfd_settime(timer, TimerfdTimerFlags::empty(), &once).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "how long is left until the alarm")]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_tick_is_never_before_what_waits_for_it() {
        for us in [0, 1, 49_999, 50_000, 50_001, 1_234_567] {
            let at = zero() + Duration::from_micros(us);
            let tick = tick(at);
            assert!(tick >= at && tick < at + TICK, "{us}");
            assert_eq!((tick - zero()).as_micros() % TICK.as_micros(), 0, "{us}");
        }
    }

    #[tokio::test]
    async fn it_rings_when_it_should_however_often_it_is_set() {
        let mut alarm = Alarm::new();
        assert!(alarm.timer.is_some());
        let start = clock();
        for n in 1..=5 {
            let at = start + Duration::from_millis(10 * n);
            // Given up, set to something later, and set again.
            tokio::select! {
                biased;
                () = alarm.until(Some(at + Duration::from_secs(60))) => panic!("much too early"),
                () = std::future::ready(()) => {}
            }
            alarm.until(Some(at)).await;
            assert!(clock() >= at);
        }
        alarm.until(Some(start)).await;
        let never = tokio::time::timeout(Duration::from_millis(20), alarm.until(None)).await;
        assert!(never.is_err(), "not set is not rung");
    }
}
