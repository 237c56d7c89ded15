//! What the kernel's `/proc/PID/stat` says, as a value. The name in it is chosen by the program and may hold anything,
//! `)` and newlines included. Reading the file is for the adapters.

/// The fields of `/proc/PID/stat` that tell who a process is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcStat {
    /// The process.
    pub pid: u32,
    /// The name the program gave itself, raw: at most 15 bytes of anything.
    pub comm: Vec<u8>,
    /// Its parent.
    pub ppid: u32,
    /// Its process group.
    pub pgrp: u32,
    /// Its session.
    pub session: u32,
    /// Device number of its controlling terminal; 0 = none.
    pub tty_nr: u32,
    /// The foreground process group of that terminal, where there is one.
    pub tpgid: Option<u32>,
    /// When it started, in clock ticks since boot.
    pub start: u64,
    /// It computes, or would if the machine let it.
    pub runs: bool,
}

impl ProcStat {
    /// Reads the one line of the file. The name ends at the *last* `)`, since it may hold others.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let open = bytes.iter().position(|&b| b == b'(')?;
        let close = memchr::memrchr(b')', bytes)?;
        let comm = bytes.get(open + 1..close)?.to_vec();
        // Behind the name stand the state, which is field 3 of proc(5), and numbers.
        let mut numbers = bytes[close + 1..].trim_ascii().split(|&b| b == b' ');
        let state = numbers.next()?;
        Some(Self {
            pid: number(bytes[..open].trim_ascii())?,
            comm,
            ppid: number(numbers.next()?)?,
            pgrp: number(numbers.next()?)?,
            session: number(numbers.next()?)?,
            tty_nr: number::<i64>(numbers.next()?)? as u32,
            tpgid: number(numbers.next()?).filter(|&g| g > 0),
            start: number(numbers.nth(22 - 9)?)?,
            runs: state == b"R",
        })
    }

    /// True if nothing has changed since but whether it computes.
    pub fn same(&self, now: &Self) -> bool {
        let Self { pid, comm, ppid, pgrp, session, tty_nr, tpgid, start, runs: _ } = self;
        (pid, comm, ppid, pgrp) == (&now.pid, &now.comm, &now.ppid, &now.pgrp)
            && (session, tty_nr, tpgid, start) == (&now.session, &now.tty_nr, &now.tpgid, &now.start)
    }
}

fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(comm: &str) -> Vec<u8> {
        format!("4711 ({comm}) S 1 4711 4712 34816 4713 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 9 9\n")
            .into_bytes()
    }

    fn check(comm: &str) {
        let got = ProcStat::parse(&line(comm)).unwrap_or_else(|| panic!("{comm:?} is read"));
        let want = ProcStat {
            pid: 4711,
            comm: comm.as_bytes().to_vec(),
            ppid: 1,
            pgrp: 4711,
            session: 4712,
            tty_nr: 34816,
            tpgid: Some(4713),
            start: 123_456,
            runs: false,
        };
        assert_eq!(got, want);
    }

    #[test]
    fn names_may_hold_anything() {
        for comm in ["claude", "", ")", "a) S 1 (b", "x\ny", "(((", "tmux: server", ") R 9 9 9 9 9"] {
            check(comm);
        }
    }

    #[test]
    fn no_terminal_is_none_and_rubbish_is_refused() {
        let none = b"1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0";
        assert_eq!(ProcStat::parse(none).and_then(|s| s.tpgid), None);
        assert_eq!(ProcStat::parse(none).map(|s| s.start), Some(5));
        let far = b"1 (init) S 0 1 1 -2147483648 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 18446744073709551615\n";
        let far = ProcStat::parse(far).map(|s| (s.tty_nr, s.start));
        assert_eq!(far, Some((1 << 31, u64::MAX)), "the kernel prints the terminal with a sign");
        for bad in
            [&b""[..], b"1", b"1 (x", b"1 (x) S 1", b"x (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 1 0 5", b")("]
        {
            assert_eq!(ProcStat::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn who_computes_is_told_by_the_state_behind_the_name() {
        for (comm, state, want) in [
            ("claude", "R", true),
            ("claude", "S", false),
            ("a) R 1 (b", "S", false),
            ("a) S 1 (b", "R", true),
        ] {
            let line = line(comm);
            let at = line.len() - line.iter().rev().position(|&b| b == b')').expect("a name");
            let mut line = line;
            line[at + 1] = state.as_bytes()[0];
            assert_eq!(ProcStat::parse(&line).map(|s| s.runs), Some(want), "{comm} {state}");
        }
    }
}
