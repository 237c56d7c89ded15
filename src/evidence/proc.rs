//! What `/proc` says of the processes in a pane. Known lies: names are chosen by the programs; a pid means another
//! process in another namespace or after it was used again, so a start time is compared wherever it is known; a process
//! that is just starting still has the name of its parent.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::names::{is_launcher, name_of};
use super::own::Own;
use super::{claude, times};
use crate::domain::proc::ProcStat;
use crate::domain::read::SelfReport;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::task::record::{Sought, Trace};
use crate::domain::text;
use crate::ports::lines::{self, Lines};
use crate::ports::{Glance, Keeper, Keeps, Processes, Works};

/// A launcher in a launcher in a launcher … ends here.
const DEPTH: usize = 6;
/// Of a command line so much is read.
const MAX_ARGV: usize = 8 * 1024;
/// The same of an environment.
const MAX_ENVIRONMENT: u64 = 256 * 1024;
/// An agent that keeps no file about itself is asked for it again after this, …
const ABSENT: Duration = Duration::from_secs(1);
/// … if it has been running for so long: a younger one may be about to write it.
const GROWN: Duration = Duration::from_secs(20);

/// A process in the foreground of a pane's terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreground {
    /// The process.
    pub pid: u32,
    /// What it is called: the program, or the script or package that an interpreter runs. Printable.
    pub name: String,
    /// Its command line, printable.
    pub argv: Vec<String>,
    /// Its current folder, raw.
    pub cwd: Option<PathBuf>,
}

/// The processes of this machine.
#[derive(Debug, Clone)]
pub struct Proc {
    root: PathBuf,
    /// Where agents keep their own files, if their environment does not say it.
    home: Option<PathBuf>,
    /// The last answer for each pane.
    known: RefCell<HashMap<PaneId, Known>>,
    /// The lines of those that are asked for again and again.
    lines: Lines,
}

/// What was found out about a pane.
#[derive(Debug, Clone)]
struct Known {
    /// The process that it was found from, as if it waited.
    leader: ProcStat,
    /// What the one that counts is called.
    name: String,
    /// That one is the leader itself.
    alone: bool,
    /// Where it would keep files of its own.
    own: Own,
    /// When, since the machine was started, it kept no file about itself.
    missed: Option<Duration>,
}

impl Known {
    /// It was found from this process.
    fn is_of(&self, leader: &ProcStat) -> bool {
        (self.leader.pid, self.leader.start) == (leader.pid, leader.start)
    }
}

impl Processes for Proc {
    fn foreground(&self, pane: PaneIdentity) -> Option<String> {
        Some(self.name(pane, &self.leader(pane)?))
    }

    fn front(&self, pane: PaneIdentity) -> (Option<String>, bool) {
        let Some(leader) = self.leader(pane) else { return (None, false) };
        let name = self.name(pane, &leader);
        (Some(name), self.worker(pane, leader).runs)
    }

    fn glance(&self, pane: PaneIdentity) -> Glance {
        let Some(leader) = self.leader(pane) else { return Glance::default() };
        let command = Some(self.name(pane, &leader));
        let up = self.uptime();
        let age = up.and_then(|up| times::age(up, leader.start));
        let said = self.said_of_late(pane, &leader, up, age).unwrap_or_default();
        Glance { report: said.report, conversation: said.conversation, age, command }
    }

    fn folder(&self, pane: PaneIdentity) -> Option<PathBuf> {
        self.works(pane).folder
    }

    fn works(&self, pane: PaneIdentity) -> Works {
        let Some(leader) = self.leader(pane) else { return Works::default() };
        let agent = self.worker(pane, leader.clone());
        let folder = fs::read_link(self.file(agent.pid, "cwd")).ok();
        let own = self.own(pane, &leader);
        let keeps = match self.name(pane, &leader).as_str() {
            "claude" => own.claude.map(|own| (Keeper::Claude, own)),
            "codex" => own.codex.map(|own| (Keeper::Codex, own)),
            _ => None,
        };
        let keeps = keeps.map(|(who, own)| Keeps { who, own, conversation: None });
        // Read anew: what was started in place of another one has the environment that this one gave it.
        let its = |pid| self.own_of(pid).surroundings;
        let surroundings = its(agent.pid);
        if agent.pid == leader.pid {
            return Works { folder, keeps, surroundings };
        }
        Works { folder, keeps, surroundings: its(leader.pid).or(surroundings) }
    }

    fn report(&self, pane: PaneIdentity) -> Option<SelfReport> {
        self.said(pane, &self.leader(pane)?)?.report
    }

    fn conversation(&self, pane: PaneIdentity) -> Option<String> {
        self.said(pane, &self.leader(pane)?)?.conversation
    }

    fn trace(&self, pane: PaneIdentity, sought: &Sought) -> Trace {
        let found =
            self.leader(pane).and_then(|leader| self.own(pane, &leader).claude).zip(self.describe(pane));
        let Some((own, agent)) = found else {
            return Trace::Unread("its process is not known".to_owned());
        };
        let conversation = self.conversation(pane);
        if conversation.is_none() && agent.name != "claude" {
            return Trace::Unread("its agent keeps no record that is known".to_owned());
        }
        claude::trace(&own, conversation.as_deref(), agent.cwd.as_deref(), sought)
    }

    fn has_ended(&self, pane: PaneIdentity) -> bool {
        let gone = || {
            let folder = fs::symlink_metadata(self.root.join(pane.pid.to_string()));
            folder.is_err_and(|e| e.kind() == io::ErrorKind::NotFound) && self.root.join("self").exists()
        };
        pane.start != 0 && self.stat_again(pane.pid).map_or_else(gone, |stat| stat.start != pane.start)
    }

    fn age(&self, pane: PaneIdentity) -> Option<Duration> {
        self.age_of(&self.leader(pane)?)
    }

    fn written(&self, pane: PaneIdentity) -> Option<SystemTime> {
        let leader = self.leader(pane)?;
        ["fd/1", "fd/0", "fd/2"].iter().find_map(|fd| {
            let file = fs::metadata(self.file(leader.pid, fd)).ok()?;
            times::is_terminal(&file, leader.tty_nr).then(|| times::written(&file))
        })?
    }
}

impl Proc {
    /// The processes of this machine; their agents keep files of their own in `home`.
    pub fn new(home: Option<&Path>) -> Self {
        Self::at(Path::new("/proc"), home)
    }

    /// The processes below a folder that looks like `/proc`.
    pub fn at(root: &Path, home: Option<&Path>) -> Self {
        Self {
            root: root.to_owned(),
            home: home.map(Path::to_owned),
            known: RefCell::default(),
            lines: Lines::default(),
        }
    }

    /// What the process of a pane's foreground is called: found anew only where it is another one, or has changed itself.
    fn name(&self, pane: PaneIdentity, leader: &ProcStat) -> String {
        let mut known = self.known.borrow_mut();
        if let Some(known) = known.get(&pane.id).filter(|known| known.leader.same(leader)) {
            return known.name.clone();
        }
        let leader = ProcStat { runs: false, ..leader.clone() };
        let (found, name) = self.effective(leader.clone());
        // A launcher may start something else without changing itself, so its answer is not kept.
        if is_launcher(&String::from_utf8_lossy(&leader.comm)) {
            known.remove(&pane.id);
        } else {
            let alone = found.pid == leader.pid;
            let own = self.own_of(leader.pid);
            known.insert(pane.id, Known { leader, name: name.clone(), alone, own, missed: None });
        }
        name
    }

    /// What the agent that leads a pane's foreground says of itself.
    fn said(&self, pane: PaneIdentity, leader: &ProcStat) -> Option<claude::Said> {
        claude::said(&self.own(pane, leader).claude?, leader.pid).ok()
    }

    /// The same; where there was no file a moment ago, there is none now.
    fn said_of_late(
        &self,
        pane: PaneIdentity,
        leader: &ProcStat,
        up: Option<Duration>,
        age: Option<Duration>,
    ) -> Option<claude::Said> {
        let mut known = self.known.borrow_mut();
        let Some(known) = known.get_mut(&pane.id).filter(|known| known.is_of(leader)) else {
            return claude::said(&self.own_of(leader.pid).claude?, leader.pid).ok();
        };
        let grown = age.is_some_and(|age| age >= GROWN);
        let rests = |missed: Duration| up.is_some_and(|up| up < missed + ABSENT);
        if grown && known.missed.is_some_and(rests) {
            return None;
        }
        let said = claude::said(known.own.claude.as_deref()?, leader.pid);
        known.missed = up.filter(|_| said.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::NotFound));
        said.ok()
    }

    /// Where it would keep files of its own. Its environment is asked for once.
    fn own(&self, pane: PaneIdentity, leader: &ProcStat) -> Own {
        match self.known.borrow().get(&pane.id).filter(|known| known.is_of(leader)) {
            Some(known) => known.own.clone(),
            None => self.own_of(leader.pid),
        }
    }

    fn own_of(&self, pid: u32) -> Own {
        let mut environment = Vec::new();
        let file = fs::File::open(self.file(pid, "environ"));
        let read = file.and_then(|file| file.take(MAX_ENVIRONMENT).read_to_end(&mut environment));
        // Of the agents' folders what cannot be read whole says what it says.
        let mut own = Own::of(&environment, self.home.as_deref());
        own.surroundings.unread = read.map_or(true, |n| n as u64 == MAX_ENVIRONMENT);
        own
    }

    fn age_of(&self, leader: &ProcStat) -> Option<Duration> {
        times::age(self.uptime()?, leader.start)
    }

    /// Time since the machine was started. The kernel's own folder and its clock tell the same; the clock costs less.
    fn uptime(&self) -> Option<Duration> {
        if self.root == Path::new("/proc") {
            let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
            return Some(Duration::new(u64::try_from(now.tv_sec).ok()?, u32::try_from(now.tv_nsec).ok()?));
        }
        times::uptime(&fs::read_to_string(self.root.join("uptime")).ok()?)
    }

    /// Where the files are.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Everything about the process in the foreground of a pane.
    pub fn describe(&self, pane: PaneIdentity) -> Option<Foreground> {
        let (stat, name) = self.effective(self.leader(pane)?);
        Some(Foreground {
            pid: stat.pid,
            name,
            argv: self.argv(stat.pid).iter().map(|a| text::printable(a)).collect(),
            cwd: fs::read_link(self.file(stat.pid, "cwd")).ok(),
        })
    }

    /// The device number of a process's controlling terminal.
    pub fn controlling_terminal(&self, pid: u32) -> Option<u32> {
        self.stat(pid).map(|s| s.tty_nr).filter(|&n| n != 0)
    }

    /// A process and its ancestors, nearest first.
    pub fn ancestry(&self, pid: u32) -> Vec<ProcStat> {
        let mut line: Vec<ProcStat> = Vec::new();
        let mut next = Some(pid);
        while let Some(found) = next.filter(|&p| p != 0 && line.len() < 64).and_then(|p| self.stat(p)) {
            next = (!line.iter().any(|s| s.pid == found.ppid)).then_some(found.ppid);
            line.push(found);
        }
        line
    }

    /// What a process is called: the program, or the script or package that an interpreter runs. Printable.
    pub fn called(&self, stat: &ProcStat) -> String {
        let exe = fs::read_link(self.file(stat.pid, "exe")).unwrap_or_default();
        name_of(&stat.comm, &self.argv(stat.pid), &exe.to_string_lossy())
    }

    /// The leader of the group in the foreground of the pane's terminal, if the pane is still the one meant. Where the
    /// start of its process is not known, its pid may be another namespace's: then nothing is said.
    fn leader(&self, pane: PaneIdentity) -> Option<ProcStat> {
        let first = self.stat_again(pane.pid).filter(|s| pane.start != 0 && s.start == pane.start)?;
        let group = first.tpgid?;
        if group == first.pid {
            return Some(first);
        }
        let leader = self.stat_again(group).filter(|s| s.tty_nr == first.tty_nr);
        // A leader that has ended leaves its group to its children.
        leader.or_else(|| self.children(first.pid).into_iter().find(|c| c.pgrp == group)).or(Some(first))
    }

    /// Who really works in the group of this process, and its name: launchers and interpreters are looked through.
    fn effective(&self, leader: ProcStat) -> (ProcStat, String) {
        let mut at = leader;
        for _ in 0..DEPTH {
            let exe = fs::read_link(self.file(at.pid, "exe")).unwrap_or_default();
            let name = name_of(&at.comm, &self.argv(at.pid), &exe.to_string_lossy());
            let launches = is_launcher(&name);
            let below = launches.then(|| self.children(at.pid).into_iter().find(|c| c.pgrp == at.pgrp));
            match below.flatten() {
                Some(child) => at = child,
                None => return (at, name),
            }
        }
        let name = text::printable(&String::from_utf8_lossy(&at.comm));
        (at, name)
    }

    fn file(&self, pid: u32, name: &str) -> PathBuf {
        let mut path = OsString::with_capacity(self.root.as_os_str().len() + 32);
        path.push(&self.root);
        for part in ["/", &pid.to_string(), "/", name] {
            path.push(part);
        }
        path.into()
    }

    fn stat(&self, pid: u32) -> Option<ProcStat> {
        lines::once(&self.file(pid, "stat"))
    }

    /// The same of one that is asked for again and again.
    fn stat_again(&self, pid: u32) -> Option<ProcStat> {
        self.lines.of(pid, || self.file(pid, "stat"))
    }

    /// Who really works in the foreground of a pane, where the leader of its group is known.
    fn worker(&self, pane: PaneIdentity, leader: ProcStat) -> ProcStat {
        let alone = |known: &Known| known.alone && known.leader.same(&leader);
        let alone = self.known.borrow().get(&pane.id).is_some_and(alone);
        if alone { leader } else { self.effective(leader).0 }
    }

    fn children(&self, pid: u32) -> Vec<ProcStat> {
        let list = fs::read_to_string(self.file(pid, &format!("task/{pid}/children"))).unwrap_or_default();
        list.split_ascii_whitespace().filter_map(|p| self.stat(p.parse().ok()?)).collect()
    }

    fn argv(&self, pid: u32) -> Vec<String> {
        let raw = fs::read(self.file(pid, "cmdline")).unwrap_or_default();
        let raw = &raw[..raw.len().min(MAX_ARGV)];
        let raw = raw.strip_suffix(b"\0").unwrap_or(raw);
        raw.split(|&b| b == 0).map(|a| String::from_utf8_lossy(a).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_find_ourselves_and_our_line() {
        let (me, proc) = (std::process::id(), Proc::new(None));
        let line = proc.ancestry(me);
        assert_eq!(line.first().map(|s| s.pid), Some(me));
        assert!(line.windows(2).all(|w| w[0].ppid == w[1].pid));
        assert!(proc.argv(me)[0].contains("archtui"));
        assert_eq!(proc.stat(0), None);
    }

    /// A /proc of our own: pid, parent, name, foreground group, own group, command line.
    fn proc_with(entries: &[(u32, u32, &str, u32, u32, &str)]) -> (tempfile::TempDir, Proc) {
        let dir = tempfile::tempdir().expect("a folder");
        for (pid, ppid, comm, tpgid, pgrp, cmdline) in entries {
            let folder = dir.path().join(pid.to_string()).join(format!("task/{pid}"));
            fs::create_dir_all(&folder).expect("a folder");
            let kids: String =
                entries.iter().filter(|e| e.1 == *pid).map(|e| e.0.to_string()).collect::<Vec<_>>().join(" ");
            fs::write(folder.join("children"), kids).expect("written");
            let folder = dir.path().join(pid.to_string());
            let stat =
                format!("{pid} ({comm}) S {ppid} {pgrp} 10 34817 {tpgid} 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0\n");
            fs::write(folder.join("stat"), stat).expect("written");
            fs::write(folder.join("cmdline"), cmdline.replace(' ', "\0")).expect("written");
        }
        let proc = Proc::at(dir.path(), None);
        (dir, proc)
    }

    fn pane(start: u64) -> PaneIdentity {
        PaneIdentity { id: PaneId(0), pid: 10, start }
    }

    #[test]
    fn the_foreground_process_is_the_terminals_not_the_panes() {
        let (_dir, proc) =
            proc_with(&[(10, 1, "bash", 20, 10, "-bash"), (20, 10, "claude", 20, 20, "claude")]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("claude"));
        assert_eq!(proc.foreground(pane(8)), None, "another process has that pid by now");
        assert_eq!(proc.foreground(pane(0)), None, "the pid may be another namespace's");
    }

    #[test]
    fn launchers_are_looked_through_within_their_group() {
        let (_dir, proc) = proc_with(&[
            (10, 1, "bash", 20, 10, "-bash"),
            (20, 10, "npm exec codex", 20, 20, "npx codex"),
            (21, 20, "sh", 20, 20, "sh -c codex"),
            (22, 21, "node", 20, 20, "node /usr/bin/codex"),
            (23, 22, "git", 20, 20, "git status"),
        ]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("codex"));
        let (_dir, proc) = proc_with(&[
            (10, 1, "sh", 10, 10, "sh start.sh"),
            (22, 10, "node", 10, 10, "node /usr/bin/codex"),
            (23, 22, "git", 10, 10, "git status"),
        ]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("codex"));
        assert_eq!(proc.describe(pane(7)).map(|f| f.pid), Some(22));
    }

    #[test]
    fn an_agents_own_word_is_where_its_environment_says() {
        let (dir, mut proc) = proc_with(&[(10, 1, "claude", 10, 10, "claude")]);
        let word = |home: &str, id: &str| {
            let folder = dir.path().join(home).join("sessions");
            fs::create_dir_all(&folder).expect("a folder");
            let word = format!(r#"{{"pid":10,"status":"idle","sessionId":"{id}"}}"#);
            fs::write(folder.join("10.json"), word).expect("written");
        };
        word("ours/.claude", "in-our-home");
        word("theirs/.claude", "in-its-home");
        word("config", "in-its-folder");
        proc.home = Some(dir.path().join("ours"));
        let said = |environment: &str| {
            let environment = environment.replace('@', &dir.path().to_string_lossy());
            fs::write(dir.path().join("10/environ"), environment).expect("written");
            proc.known.borrow_mut().clear();
            (proc.conversation(pane(7)), proc.glance(pane(7)).conversation)
        };
        for (environment, want) in [
            ("A=b\0", "in-our-home"),
            ("A=b\0HOME=@/theirs\0", "in-its-home"),
            ("HOME=@/theirs\0CLAUDE_CONFIG_DIR=@/config\0", "in-its-folder"),
        ] {
            let want = Some(want.to_owned());
            assert_eq!(said(environment), (want.clone(), want), "{environment:?}");
        }
    }

    #[test]
    fn a_file_that_was_missing_is_looked_for_again_soon_and_of_a_young_agent_at_once() {
        let (dir, mut proc) = proc_with(&[(10, 1, "claude", 10, 10, "claude")]);
        proc.home = Some(dir.path().to_owned());
        let own = dir.path().join(".claude/sessions");
        fs::create_dir_all(&own).expect("a folder");
        let glance = |up: f64, word: Option<&str>| {
            let file = own.join("10.json");
            match word {
                Some(word) => fs::write(file, word).expect("written"),
                None => drop(fs::remove_file(file)),
            }
            fs::write(dir.path().join("uptime"), format!("{up} 0\n")).expect("written");
            proc.glance(pane(7)).report.is_some()
        };
        let idle = Some(r#"{"pid":10,"status":"idle"}"#);
        for (up, word, want) in [
            (10.0, None, false),
            (10.1, idle, true),
            (50.0, None, false),
            (50.9, idle, false),
            (51.0, idle, true),
            (60.0, None, false),
            (61.1, None, false),
            (61.2, idle, false),
            (62.1, idle, true),
            // What is there and cannot be read is read again at once.
            (70.0, Some("{"), false),
            (70.1, idle, true),
        ] {
            assert_eq!(glance(up, word), want, "{up}");
        }
        assert_eq!((glance(80.0, None), glance(80.1, idle)), (false, false));
        assert!(proc.report(pane(7)).is_some(), "who asks for it alone is told as it is");
    }

    #[test]
    fn a_shell_with_jobs_in_the_background_is_a_shell() {
        let (_dir, proc) =
            proc_with(&[(10, 1, "bash", 10, 10, "-bash"), (20, 10, "claude", 10, 20, "claude")]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("bash"));
    }

    #[test]
    fn a_leader_that_ended_leaves_its_group_to_its_children() {
        let (_dir, proc) = proc_with(&[(10, 1, "bash", 20, 10, "-bash"), (21, 10, "cat", 20, 20, "cat")]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("cat"));
    }

    #[test]
    fn a_name_that_lies_is_data() {
        let (_dir, proc) = proc_with(&[(10, 1, "a) S 1 (b\n\x1b[31m", 10, 10, "x")]);
        assert_eq!(proc.foreground(pane(7)).as_deref(), Some("a) S 1 (b[31m"));
    }
}
