//! How long a process has been running and a terminal silent, from what the kernel keeps. Known lies: a terminal's time
//! lags up to 8 s behind, so that nobody can time another's keys; a suspended machine ages nobody.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// Clock ticks a second in `/proc`: the same on every architecture since Linux 2.6.
const TICKS: u64 = 100;

/// Of a terminal's time only the bits above these are kept up to date.
const LAG: u64 = 7;

/// The time since boot by the text of `/proc/uptime`.
pub(super) fn uptime(text: &str) -> Option<Duration> {
    let up: f64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(up).ok()
}

/// The age of a process that started so many ticks after boot, so long after boot.
pub(super) fn age(up: Duration, start: u64) -> Option<Duration> {
    up.checked_sub(Duration::from_millis(start.checked_mul(1000 / TICKS)?))
}

/// True if the file is the terminal with that device number, as `/proc/PID/stat` writes it.
pub(super) fn is_terminal(file: &Metadata, tty: u32) -> bool {
    tty != 0 && file.rdev() == u64::from(tty)
}

/// When it was written to last: then or earlier.
pub(super) fn written(file: &Metadata) -> Option<SystemTime> {
    let seconds = u64::try_from(file.mtime()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs((seconds | LAG) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_as_old_as_the_ticks_since_it_started() {
        for (uptime, start, want) in [
            ("12749.68 7206.49\n", 1_270_000, Some(49_680)),
            ("10.00 1.00", 1000, Some(0)),
            ("10.00 1.00", 1001, None),
            ("inf", 1, None),
            ("-1", 1, None),
            ("", 1, None),
            ("10.00", u64::MAX, None),
        ] {
            let told = super::uptime(uptime).and_then(|up| age(up, start));
            assert_eq!(told, want.map(Duration::from_millis), "{uptime} {start}");
        }
    }

    #[test]
    fn a_file_is_no_terminal_and_its_time_is_rounded_up() {
        let file = tempfile::tempfile().expect("a file");
        let second = |s: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(s);
        for (at, want) in [(16, 24), (23, 24), (24, 32)] {
            file.set_modified(second(at)).expect("set");
            let meta = file.metadata().expect("there");
            assert_eq!(written(&meta), Some(second(want)));
            assert!(!is_terminal(&meta, 0) && !is_terminal(&meta, 34816));
        }
    }
}
