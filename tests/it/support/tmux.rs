//! A tmux server of one test's own: a socket in a scratch folder, no config, ended with the value.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use archtui::domain::proc::ProcStat;
use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::tmux::address::Address;

use super::wait_until;

/// A private server. It starts with its first session.
pub struct PrivateTmux {
    dir: tempfile::TempDir,
    socket: PathBuf,
    /// The first process of its namespaces, where it has some of its own.
    init: Option<Child>,
}

impl PrivateTmux {
    /// A socket on which nobody listens yet.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("archtui-test.").tempdir().expect("a scratch folder");
        let socket = dir.path().join("socket");
        Self { dir, socket, init: None }
    }

    /// A server that runs in namespaces of its own, as in a container; `None` where that is not allowed here. `flags` are
    /// those of unshare(1), `before` a shell command that prepares them, `command` what its one session runs.
    pub fn contained(flags: &[&str], before: &str, command: &str) -> Option<Self> {
        let mut tmux = Self::new();
        let start = format!(
            "{before} tmux -S '{}' -u -f /dev/null new-session -d -s one -x 120 -y 40 '{command}'; exec sleep 1000",
            tmux.socket.display()
        );
        #[expect(clippy::disallowed_methods, reason = "tests start their own tmux")]
        let mut unshare = Command::new("unshare");
        unshare.args(["--fork", "--kill-child"]).args(flags).args(["sh", "-c", &start]);
        unshare.env("LC_ALL", "C.UTF-8").env("TERM", "xterm-256color").env("HOME", tmux.dir.path());
        unshare.env_remove("TMUX").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut init = unshare.spawn().ok()?;
        let mut ended = false;
        wait_until(
            "the contained server runs",
            || {
                ended = init.try_wait().is_ok_and(|status| status.is_some());
                ended || tmux.pid().is_some()
            },
            String::new,
        );
        tmux.init = Some(init);
        (!ended && tmux.pid().is_some()).then_some(tmux)
    }

    /// The scratch folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Where a watcher finds this server.
    pub fn address(&self) -> Address {
        Address { socket: self.socket.clone(), own_pane: None }
    }

    /// Runs a tmux command, whatever comes of it.
    pub fn try_run(&self, args: &[&str]) -> Output {
        #[expect(clippy::disallowed_methods, reason = "tests start their own tmux")]
        Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .args(["-u", "-f", "/dev/null"])
            .args(args)
            .current_dir(self.dir.path())
            .env_remove("TMUX")
            .env_remove("TMUX_PANE")
            .env("HOME", self.dir.path())
            .env("SHELL", "/bin/sh")
            .env("PS1", "$ ")
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .output()
            .expect("tmux runs")
    }

    /// Runs a tmux command that must succeed; what it printed, without the last newline.
    pub fn run(&self, args: &[&str]) -> String {
        let out = self.try_run(args);
        assert!(out.status.success(), "tmux {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        let text = String::from_utf8(out.stdout).expect("UTF-8");
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// A detached session of 120x40 that runs a shell command; its pane.
    pub fn session(&self, name: &str, command: &str) -> PaneId {
        self.session_of(name, 120, 40, command)
    }

    /// A detached session of a size.
    pub fn session_of(&self, name: &str, width: u16, height: u16, command: &str) -> PaneId {
        let (w, h) = (width.to_string(), height.to_string());
        let pane = self.run(&[
            "new-session",
            "-d",
            "-P",
            "-F",
            "#{pane_id}",
            "-s",
            name,
            "-x",
            &w,
            "-y",
            &h,
            command,
        ]);
        PaneId::parse(&pane).expect("tmux prints the new pane's id")
    }

    /// A fact about a pane, as a format.
    pub fn fact(&self, pane: PaneId, format: &str) -> String {
        self.run(&["display-message", "-p", "-t", &pane.to_string(), format])
    }

    /// Who a pane is.
    pub fn identity(&self, pane: PaneId) -> PaneIdentity {
        let pid = self.fact(pane, "#{pane_pid}").parse().expect("a pid");
        let stat = std::fs::read(format!("/proc/{pid}/stat")).ok();
        let start = stat.and_then(|stat| ProcStat::parse(&stat)).map_or(0, |stat| stat.start);
        PaneIdentity { id: pane, pid, start }
    }

    /// The bytes that `tmux capture-pane -p -e -N` prints, by a process of its own.
    pub fn capture(&self, pane: PaneId) -> Vec<u8> {
        self.try_run(&["capture-pane", "-p", "-e", "-N", "-t", &pane.to_string()]).stdout
    }

    /// The pane's text.
    pub fn text(&self, pane: PaneId) -> String {
        self.run(&["capture-pane", "-p", "-t", &pane.to_string()])
    }

    /// Waits until the pane shows a text.
    pub fn wait_for(&self, pane: PaneId, text: &str) {
        wait_until(&format!("{pane} shows {text:?}"), || self.text(pane).contains(text), || self.text(pane));
    }

    /// The server's process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        let out = self.try_run(&["-N", "display-message", "-p", "#{pid}"]);
        String::from_utf8_lossy(&out.stdout).trim().parse().ok()
    }

    /// Kills the server as a crash would: no goodbye, the socket stays.
    pub fn crash(&self) {
        if let Some(pid) = self.pid() {
            signal(pid, rustix::process::Signal::KILL);
        }
    }
}

/// Sends a signal to a process that this test started.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
    // It may be gone already.
    let _ = rustix::process::kill_process(pid, signal);
}

impl Drop for PrivateTmux {
    fn drop(&mut self) {
        // Its server's pid means another process here.
        if let Some(mut init) = self.init.take() {
            self.try_run(&["kill-server"]);
            let _ = init.kill();
            let _ = init.wait();
            return;
        }
        // Not politely: while a control client of a killed archtui has unread output a server that is asked to go stays.
        if let Some(pid) = self.pid() {
            signal(pid, rustix::process::Signal::KILL);
        }
    }
}
