//! Whether the kernel tells of the panes' writes: proven on our own pane, which is made to write; per pane only where its
//! terminal is surely the one that we watch. In a container or over a mounted socket `/dev/pts/4` is somebody else's.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Link, ms};
use crate::domain::server::{Notice, Told};
use crate::domain::session::PaneId;
use crate::ports::lines::{self, Lines};
use crate::tmux::watch::inotify::{Noticed, Watches};
use crate::tmux::watch::outbox::Outbox;
use crate::tmux::watch::schedule::Sight;

/// How long the proof that writes are noticed may take.
const PROOF: Duration = ms(1500);
/// So many reads of notices, each as soon after the one before as [`BURST_GAP`], are a burst: from then on they are
/// read on a common tick only, until a few ticks in a row had nothing. A read costs 10 us and a tick up to 8 ms of waiting:
/// a few hundred reads a second are the better deal, and what fifty agents need who ask and do not spin.
const BURST: u32 = 8;
const BURST_GAP: Duration = ms(3);
const TICK: Duration = ms(8);
const EMPTY_TICKS: u32 = 4;

/// Which file a watch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tty {
    Pane(PaneId),
    Own,
}

#[derive(Debug, PartialEq, Eq)]
enum Proof {
    /// Not begun.
    None,
    /// Our own pane was made to write; by then the notice must have come.
    Awaited(Instant),
    Holds,
    /// It did not come, or was not wanted.
    Fails,
}

/// The watches of one connection.
#[derive(Debug)]
pub(super) struct Sighting {
    watches: Option<Watches<Tty>>,
    noticed: Vec<Noticed<Tty>>,
    proof: Proof,
    reading: Reading,
    /// Ticks are counted from here.
    epoch: Instant,
    /// Of how many panes it was told that they cannot be watched.
    blind: Option<usize>,
}

/// How the kernel's notices are read.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    /// As they come; when the last were read, and how many times in a row there was hardly a pause.
    AsTheyCome(Option<Instant>, u32),
    /// On a tick; the next, and how many in a row had nothing.
    OnTicks(Instant, u32),
}

impl Sighting {
    pub(super) fn new(now: Instant) -> Self {
        let reading = Reading::AsTheyCome(None, 0);
        Self { watches: None, noticed: Vec::new(), proof: Proof::None, reading, epoch: now, blind: None }
    }

    /// Waits until the kernel has told of something, or a tick has come. Cancel-safe.
    pub(super) async fn next(&mut self, now: Instant) -> std::io::Result<()> {
        let Some(watches) = &mut self.watches else {
            return std::future::pending().await;
        };
        match self.reading {
            Reading::AsTheyCome(..) => watches.next(&mut self.noticed).await,
            Reading::OnTicks(at, _) if now >= at => watches.read(&mut self.noticed),
            Reading::OnTicks(..) => std::future::pending().await,
        }
    }

    /// Reads what the kernel has to tell by now.
    pub(super) fn catch_up(&mut self) -> std::io::Result<()> {
        match &mut self.watches {
            Some(watches) => watches.read(&mut self.noticed),
            None => Ok(()),
        }
    }

    /// Notes that notices were read, or that a tick had none.
    fn paced(&mut self, now: Instant) -> std::io::Result<()> {
        let Some(watches) = &mut self.watches else {
            return Ok(());
        };
        let empty = self.noticed.is_empty();
        self.reading = match self.reading {
            Reading::AsTheyCome(..) if empty => return Ok(()),
            Reading::AsTheyCome(last, row) => {
                let close = last.is_some_and(|last| now.saturating_duration_since(last) < BURST_GAP);
                let row = if close { row + 1 } else { 0 };
                if row < BURST {
                    Reading::AsTheyCome(Some(now), row)
                } else {
                    watches.gather();
                    Reading::OnTicks(self.next_tick(now), 0)
                }
            }
            Reading::OnTicks(at, _) if now < at => return Ok(()),
            Reading::OnTicks(_, none) if empty && none + 1 >= EMPTY_TICKS => {
                watches.wait()?;
                Reading::AsTheyCome(None, 0)
            }
            Reading::OnTicks(_, none) => {
                Reading::OnTicks(self.next_tick(now), if empty { none + 1 } else { 0 })
            }
        };
        Ok(())
    }

    fn next_tick(&self, now: Instant) -> Instant {
        let since = now.saturating_duration_since(self.epoch).as_micros() as u64;
        let tick = TICK.as_micros() as u64;
        self.epoch + Duration::from_micros((since / tick + 1) * tick)
    }

    pub(super) fn proof_failed(&self, now: Instant) -> bool {
        matches!(self.proof, Proof::Awaited(by) if now >= by)
    }

    pub(super) fn wake(&self) -> Option<Instant> {
        let by = if let Proof::Awaited(by) = self.proof { Some(by) } else { None };
        let tick = if let Reading::OnTicks(at, _) = self.reading { Some(at) } else { None };
        by.into_iter().chain(tick).min()
    }
}

impl Link {
    /// Begins the proof, if it is wanted: a line to our own pane's program, which repeats it. A server in namespaces of
    /// its own cannot be given one: there `/dev/pts/4` is another terminal, and whoever writes to ours would pass for it.
    pub(super) fn seek_sight(&mut self, tty: &str, outbox: &mut Outbox, now: Instant) {
        if self.notice == Notice::Scan {
            self.sighting.proof = Proof::Fails;
            outbox.push(Told::Noticing(Notice::Scan, None));
            return;
        }
        let watches = Watches::new().and_then(|mut watches| {
            watches.writes(Path::new(tty), Tty::Own)?;
            Ok(watches)
        });
        match watches {
            Ok(watches) => {
                self.sighting.watches = Some(watches);
                self.sighting.proof = Proof::Awaited(now + PROOF);
                if !self.wire.poke() {
                    self.lose_sight("the server runs in namespaces of its own", outbox, now);
                }
            }
            Err(e) => self.lose_sight(&format!("{tty} cannot be watched: {e}"), outbox, now),
        }
    }

    /// From now on all panes are looked at without being told.
    pub(super) fn lose_sight(&mut self, why: &str, outbox: &mut Outbox, now: Instant) {
        self.sighting = Sighting { proof: Proof::Fails, ..Sighting::new(now) };
        outbox.push(Told::Noticing(Notice::Scan, Some(why.to_owned())));
        for pane in self.book.panes() {
            self.schedule.see(pane.identity.id, Sight::Blind, now);
        }
        self.timers.check = Some(now);
    }

    /// Watches a new pane where its terminal is surely the one of that name here.
    pub(super) fn watch_pane(&mut self, pane: PaneId) -> Sight {
        let Some(info) = self.book.panes().iter().find(|p| p.identity.id == pane) else {
            return Sight::Blind;
        };
        // A dead pane writes no more; the sweep suffices.
        if info.dead {
            return Sight::Told;
        }
        let Some(watches) = &mut self.sighting.watches else {
            return Sight::Blind;
        };
        watches.forget(Tty::Pane(pane));
        let tty = Path::new(&info.tty);
        // The start is known only of a child of the server: its pid means the same process to us.
        let same = info.identity.start != 0 && controls(info.identity.pid, tty);
        if same && watches.writes(tty, Tty::Pane(pane)).is_ok() && self.sighting.proof == Proof::Holds {
            Sight::Told
        } else {
            Sight::Blind
        }
    }

    pub(super) fn forget_pane(&mut self, pane: PaneId) {
        if let Some(watches) = &mut self.sighting.watches {
            watches.forget(Tty::Pane(pane));
        }
    }

    pub(super) fn take_notices(&mut self, outbox: &mut Outbox, now: Instant) {
        if let Err(e) = self.sighting.paced(now) {
            self.lose_sight(&format!("inotify failed: {e}"), outbox, now);
        }
        let mut noticed = std::mem::take(&mut self.sighting.noticed);
        for notice in noticed.drain(..) {
            match notice {
                Noticed::Wrote(Tty::Own) => self.gain_sight(outbox, now),
                Noticed::Wrote(Tty::Pane(pane)) => {
                    self.unseen.insert(pane);
                    self.schedule.wrote(pane, now);
                }
                Noticed::Gone(Tty::Pane(_)) => self.list_soon(now),
                Noticed::Gone(Tty::Own) => {}
                Noticed::Overflow => {
                    for pane in self.book.panes() {
                        self.unseen.insert(pane.identity.id);
                        self.schedule.wrote(pane.identity.id, now);
                    }
                }
            }
        }
        self.sighting.noticed = noticed;
    }

    fn gain_sight(&mut self, outbox: &mut Outbox, now: Instant) {
        if !matches!(self.sighting.proof, Proof::Awaited(_)) {
            return;
        }
        self.sighting.proof = Proof::Holds;
        self.timers.check = None;
        let panes: Vec<PaneId> = self.book.panes().iter().map(|p| p.identity.id).collect();
        for pane in panes {
            let sight = self.watch_pane(pane);
            self.schedule.see(pane, sight, now);
        }
        self.tell_sight(outbox);
        if self.schedule.blind() > 0 {
            self.timers.check = Some(now);
        }
    }

    /// Tells how changes are noticed, and of how many panes they cannot be: again whenever that number changes.
    pub(super) fn tell_sight(&mut self, outbox: &mut Outbox) {
        let blind = self.schedule.blind();
        if self.sighting.proof != Proof::Holds || self.sighting.blind == Some(blind) {
            return;
        }
        self.sighting.blind = Some(blind);
        let why = (blind > 0)
            .then(|| format!("{blind} panes' terminals cannot be watched from here and are scanned"));
        outbox.push(Told::Noticing(Notice::Inotify, why));
    }
}

/// When a process started, if it is a child of the server: then its pid means the same process to the server and to us.
pub(super) fn start_of(lines: &Lines, pid: u32, server: u32) -> u64 {
    // Read anew each time, for this stands before every key.
    lines.of(pid, || line_of(pid)).filter(|s| s.ppid == server).map_or(0, |s| s.start)
}

fn line_of(pid: u32) -> PathBuf {
    format!("/proc/{pid}/stat").into()
}

/// True if `tty` is the controlling terminal of the process.
fn controls(pid: u32, tty: &Path) -> bool {
    let (Some(stat), Ok(meta)) = (lines::once(&line_of(pid)), fs::metadata(tty)) else {
        return false;
    };
    let (major, minor) = (rustix::fs::major(meta.rdev()), rustix::fs::minor(meta.rdev()));
    // proc(5): the minor's low byte and its rest stand on both sides of the major.
    stat.tty_nr != 0 && stat.tty_nr == (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
}
