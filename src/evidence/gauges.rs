//! How busy the machine and the agents' processes are, from /proc. Known lies: load counts processes that wait for the disk;
//! in a container both are the whole machine's; a process's memory includes what it shares with others.

use std::fs;

use super::proc::Proc;
use crate::domain::host::{Host, Sample};
use crate::domain::session::PaneIdentity;
use crate::ports::Meter;

impl Meter for Proc {
    fn host(&self) -> Host {
        let text = |name: &str| fs::read_to_string(self.root().join(name)).unwrap_or_default();
        let cores = std::thread::available_parallelism().ok().and_then(|n| u32::try_from(n.get()).ok());
        Host::parse(&text("loadavg"), &text("meminfo"), cores)
    }

    fn sample(&self, pane: PaneIdentity) -> Option<Sample> {
        let pid = self.describe(pane)?.pid;
        let sample = Sample::parse(&fs::read(self.root().join(pid.to_string()).join("stat")).ok()?)?;
        (sample.pid == pid).then_some(sample)
    }

    fn page(&self) -> u64 {
        u64::try_from(rustix::param::page_size()).unwrap_or(4096)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn this_machine_tells_and_one_without_proc_does_not() {
        let host = Proc::new(None).host();
        assert!(host.load.is_some() && host.memory.is_some() && host.cores.is_some());
        let nowhere = Proc::at(Path::new("/nonexistent"), None).host();
        assert_eq!((nowhere.load, nowhere.memory), (None, None));
    }
}
