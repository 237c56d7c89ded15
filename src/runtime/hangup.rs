//! What a hang-up signal means to a daemon: its terminal has closed and it is to end, or somebody wants the files read anew.
//! Both come as the same signal; whether there is still a terminal tells them apart.

use std::fs::File;

/// What could hang up, as it was when we started.
#[derive(Debug, Clone, Copy)]
pub struct HangUps {
    /// We were started at a terminal, and not so as to outlive it.
    ends_with_terminal: bool,
}

impl HangUps {
    /// Asked before the program listens for signals: from then on nothing is ignored any more.
    pub fn now() -> Self {
        // nohup(1) ignores the signal for whom it starts.
        let outlives = std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores(&status));
        Self { ends_with_terminal: !outlives && terminal() }
    }

    /// After the signal: true if it came because our terminal closed.
    pub fn closed(self) -> bool {
        self.ends_with_terminal && !terminal()
    }
}

/// True while we have a controlling terminal: the kernel takes it away before it sends the signal.
fn terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

/// Whether the hang-up signal is ignored, by what `/proc/PID/status` says.
fn ignores(status: &str) -> bool {
    let mask = status.lines().find_map(|l| l.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok()).unwrap_or(0);
    let hup = rustix::process::Signal::HUP.as_raw();
    mask & (1 << (hup - 1)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignored_hang_up_is_found_in_the_mask() {
        for (mask, want) in [
            ("0000000000000001", true),
            ("0000000000001005", true),
            ("0000000000001004", false),
            ("x", false),
        ] {
            assert_eq!(ignores(&format!("Name:\tx\nSigIgn:\t{mask}\n")), want, "{mask}");
        }
        assert!(!ignores(""));
    }
}
