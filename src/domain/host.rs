//! How busy a machine and a process are, from the kernel's own texts (proc(5)): parsing and arithmetic. What is not there or
//! cannot be read is unknown, never 0. Reading the files is for the adapters.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::session::PaneIdentity;

/// Clock ticks a second in `/proc`: the same on every architecture since Linux 2.6.
const TICKS: f64 = 100.0;

/// How good or bad a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strain {
    /// Nothing to see.
    Easy,
    /// Things are slow.
    Amber,
    /// Things fail.
    Red,
}

/// The machine at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Host {
    /// Processes that ran or waited for the disk, over the last minute.
    pub load: Option<f32>,
    /// Processors.
    pub cores: Option<u32>,
    /// Bytes of memory, and of them bytes that programs could still have.
    pub memory: Option<(u64, u64)>,
}

impl Host {
    /// From `/proc/loadavg`, `/proc/meminfo` and the number of processors.
    pub fn parse(loadavg: &str, meminfo: &str, cores: Option<u32>) -> Self {
        let load = loadavg.split_ascii_whitespace().next().and_then(|w| w.parse::<f32>().ok());
        let kib = |name: &str| {
            let line = meminfo.lines().find_map(|l| l.strip_prefix(name))?;
            line.strip_prefix(':')?.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
        };
        let memory =
            kib("MemTotal").filter(|t| *t > 0).zip(kib("MemAvailable")).filter(|(all, free)| free <= all);
        Self { load: load.filter(|l| l.is_finite() && *l >= 0.0), cores: cores.filter(|c| *c > 0), memory }
    }

    /// The load by the number of processors: from one on somebody waits.
    pub fn load_strain(&self) -> Option<Strain> {
        let each = self.load? / self.cores? as f32;
        Some(match each {
            e if e >= 3.0 => Strain::Red,
            e if e >= 1.5 => Strain::Amber,
            _ => Strain::Easy,
        })
    }

    /// Percent of the memory that is in use.
    pub fn memory_used(&self) -> Option<u8> {
        let (all, free) = self.memory?;
        u8::try_from((all - free).saturating_mul(100) / all).ok()
    }

    /// By how much memory is left.
    pub fn memory_strain(&self) -> Option<Strain> {
        Some(match self.memory_used()? {
            95.. => Strain::Red,
            85.. => Strain::Amber,
            _ => Strain::Easy,
        })
    }
}

/// A process at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Which process …
    pub pid: u32,
    /// … and when it started: another one may have the number by now.
    pub start: u64,
    /// Clock ticks that it has run.
    pub ticks: u64,
    /// Pages of memory that it holds.
    pub pages: u64,
}

impl Sample {
    /// From `/proc/PID/stat`. The name in it ends at the *last* `)`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let open = bytes.iter().position(|&b| b == b'(')?;
        let close = bytes.iter().rposition(|&b| b == b')')?;
        let pid = std::str::from_utf8(&bytes[..open]).ok()?.trim().parse().ok()?;
        let rest = std::str::from_utf8(bytes.get(close + 1..)?).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // Field 3 (state) of proc(5) is fields[0].
        let number = |n: usize| fields.get(n - 3)?.parse::<u64>().ok();
        Some(Self {
            pid,
            start: number(22)?,
            ticks: number(14)?.checked_add(number(15)?)?,
            pages: number(24)?,
        })
    }

    /// Percent of one processor that it used since an earlier sample of the very same process.
    pub fn busy_since(&self, before: &Self, time: Duration) -> Option<f32> {
        let same = self.pid == before.pid && self.start == before.start;
        let ticks = self.ticks.checked_sub(before.ticks).filter(|_| same && !time.is_zero())?;
        Some((ticks as f64 / TICKS / time.as_secs_f64() * 100.0) as f32)
    }
}

/// What an agent's process costs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Percent of one processor, over the time since the sample before.
    pub cpu: Option<f32>,
    /// Bytes of memory.
    pub memory: Option<u64>,
}

/// All figures at one instant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Gauges {
    /// The machine.
    pub host: Host,
    /// The process in the foreground of each pane, itself, without what it started.
    #[serde(with = "super::pairs")]
    pub panes: BTreeMap<PaneIdentity, Usage>,
}

/// Bytes in few characters: `812M`, `1.4G`.
pub fn bytes(n: u64) -> String {
    const G: f64 = (1u64 << 30) as f64;
    match n {
        0..0x10_0000 => format!("{}K", n >> 10),
        0x10_0000..0x3e80_0000 => format!("{}M", n >> 20),
        _ if (n as f64) < 99.5 * G => format!("{:.1}G", n as f64 / G),
        _ => format!("{:.0}G", n as f64 / G),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str =
        "MemTotal:       16000000 kB\nMemFree:         1000 kB\nMemAvailable:    2000000 kB\n";

    #[test]
    fn what_cannot_be_read_is_unknown() {
        let host = Host::parse("3.00 2.1 1.0 3/400 99\n", MEMINFO, Some(2));
        assert_eq!((host.load, host.memory_used()), (Some(3.0), Some(87)));
        assert_eq!((host.load_strain(), host.memory_strain()), (Some(Strain::Amber), Some(Strain::Amber)));
        for (load, memory, cores) in [
            ("", "", None),
            ("x", "MemTotal: x kB\n", Some(0)),
            ("-1", "MemTotal: 5 kB\n", None),
            ("nan", "MemTotal: 0 kB\nMemAvailable: 0 kB\n", None),
            ("inf", "MemTotal: 5 kB\nMemAvailable: 6 kB\n", None),
        ] {
            assert_eq!(Host::parse(load, memory, cores), Host::default(), "{load} {memory}");
        }
        assert_eq!(Host::parse("9.0", "", None).load_strain(), None, "nobody knows how many processors");
    }

    fn sample(pid: u32, start: u64, ticks: u64) -> Sample {
        let line = format!(
            "{pid} (a) b) S 1 1 1 0 -1 0 0 0 0 0 {} {} 0 0 20 0 1 0 {start} 9999 512 0\n",
            ticks - 1,
            1
        );
        Sample::parse(line.as_bytes()).expect("a line of proc")
    }

    #[test]
    fn a_process_is_compared_with_itself_only() {
        let before = sample(7, 100, 50);
        assert_eq!((before.ticks, before.pages), (50, 512));
        let s = Duration::from_secs;
        assert_eq!(sample(7, 100, 150).busy_since(&before, s(2)), Some(50.0));
        assert_eq!(sample(7, 101, 150).busy_since(&before, s(2)), None, "another one has its number");
        assert_eq!(sample(8, 100, 150).busy_since(&before, s(2)), None);
        assert_eq!(sample(7, 100, 40).busy_since(&before, s(2)), None, "time does not run back");
        assert_eq!(sample(7, 100, 150).busy_since(&before, s(0)), None);
        for bad in [&b""[..], b"1 (x)", b"1 (x", b")(", b"1 (x) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 5 0"]
        {
            assert_eq!(Sample::parse(bad), None);
        }
    }

    #[test]
    fn sizes_are_short() {
        for (n, want) in
            [(0, "0K"), (5 << 20, "5M"), (999 << 20, "999M"), (3 << 29, "1.5G"), (200 << 30, "200G")]
        {
            assert_eq!(bytes(n), want);
        }
    }
}
