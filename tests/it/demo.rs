//! The demo on a real tmux: it comes, it answers to keys as an agent does, and it goes without a trace, however it ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_archtui");
/// No condition takes this long, not even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

#[expect(clippy::disallowed_methods, reason = "tests drive real programs")]
fn command(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for (key, value) in [("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "screen-256color")] {
        command.env(key, value);
    }
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for key in ["HOME", "TMPDIR", "XDG_RUNTIME_DIR", "TMUX_TMPDIR"] {
        command.env(key, home);
    }
    command
}

#[expect(clippy::disallowed_methods, reason = "tests wait by the clock")]
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn tmux(socket: &Path, args: &[&str]) -> Option<String> {
    let home = socket.parent().expect("a socket lies in a folder");
    let out =
        command("tmux", home).arg("-u").arg("-S").arg(socket).args(args).output().expect("tmux is installed");
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// A process by number and start time, so that a number used again does not count.
fn start_of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = stat[stat.rfind(')')? + 1..].split_whitespace().collect::<Vec<_>>();
    // A zombie is no process any more.
    (fields[0] != "Z").then(|| fields[19].to_owned())
}

/// A demo without a control room. Whatever happens to the test, its server and its process end.
struct Demo {
    child: Child,
    socket: PathBuf,
}

impl Demo {
    fn start(home: &Path, more: &[&str]) -> Self {
        let mut child = command(PROGRAM, home)
            .args(["demo", "--headless"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(home.join("stderr")).expect("a file"))
            .spawn()
            .expect("archtui starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = lines.next().and_then(Result::ok).unwrap_or_default();
        let Some(socket) = line.strip_prefix("socket ") else {
            let _ = child.kill();
            panic!("no socket: {line:?}, {}", fs::read_to_string(home.join("stderr")).unwrap_or_default());
        };
        Self { child, socket: PathBuf::from(socket) }
    }

    fn folder(&self) -> PathBuf {
        self.socket.parent().expect("a folder").to_owned()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a pid")).expect("not 0");
        kill_process(pid, signal).expect("our own child");
    }

    /// Every process of the fleet: the server, the shells, the agents.
    fn processes(&self) -> Vec<(u32, String)> {
        let server = tmux(&self.socket, &["display-message", "-p", "#{pid}"]).expect("it runs");
        let panes = tmux(&self.socket, &["list-panes", "-a", "-F", "#{pane_pid}"]).expect("it runs");
        let agents = fs::read_dir(self.folder().join("logs")).expect("logs").flatten().filter_map(|log| {
            let first = fs::read_to_string(log.path()).ok()?.lines().next()?.to_owned();
            serde_json::from_str::<Value>(&first).ok()?["pid"].as_u64()
        });
        let pids = server.lines().chain(panes.lines()).map(|l| l.parse().expect("a number"));
        pids.chain(agents.map(|n| n as u32)).filter_map(|pid| Some((pid, start_of(pid)?))).collect()
    }

    fn all_began(&self, count: usize) {
        eventually("all agents run", || (self.processes().len() == 2 * count + 1).then_some(()));
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.socket.exists() {
            tmux(&self.socket, &["kill-server"]);
        }
    }
}

fn nothing_is_left(home: &Path, processes: &[(u32, String)]) {
    eventually("every process of the fleet ends", || {
        processes.iter().all(|(pid, start)| start_of(*pid).as_ref() != Some(start)).then_some(())
    });
    let left: Vec<_> = fs::read_dir(home)
        .expect("readable")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| n.contains("archtui"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn nine_sessions_ask_and_go_without_a_trace() {
    let home = TempDir::new().expect("a scratch folder");
    let mut demo = Demo::start(home.path(), &["--seed", "1"]);
    demo.all_began(9);
    let list =
        ["list-panes", "-a", "-F", "#{session_name} #{pane_current_command} #{pane_width}x#{pane_height}"];
    let wanted = "architect claude_orchestrator dev_worker1 dev_worker2 dev_worker3 documentation_manager \
                  efficiency_manager fixer wrapper_claude";
    let wanted: Vec<String> = wanted.split_whitespace().map(|n| format!("{n} claude 120x40")).collect();
    eventually("the agents are in front", || {
        (tmux(&demo.socket, &list)?.lines().collect::<Vec<_>>() == wanted).then_some(())
    });
    // A worker asks; one key approves, once, and the edit is real.
    let pane = "=dev_worker1:";
    eventually("a dialog", || {
        tmux(&demo.socket, &["capture-pane", "-p", "-t", pane])?
            .contains("Do you want to make this edit")
            .then_some(())
    });
    let theme = demo.folder().join("home/reader/dev_worker1/src/theme.rs");
    assert!(fs::read_to_string(&theme).expect("there").contains("#ffffff"));
    let said = |event: &str| -> Vec<Value> {
        let log = fs::read_to_string(demo.folder().join("logs/dev_worker1.jsonl")).unwrap_or_default();
        log.lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .filter(|v: &Value| v["event"] == event)
            .collect()
    };
    // The agent is deaf for a moment; a key is sent again only if it was too early.
    eventually("the key is taken", || {
        let early = said("ignored").len();
        tmux(&demo.socket, &["send-keys", "-t", pane, "1"]);
        eventually("the key has an effect", || {
            (!said("answered").is_empty() || said("ignored").len() > early).then_some(())
        });
        (!said("answered").is_empty()).then_some(())
    });
    assert_eq!(said("answered")[0]["meaning"], "once");
    eventually("the edit is done", || fs::read_to_string(&theme).ok()?.contains("--paper").then_some(()));

    let processes = demo.processes();
    demo.signal(Signal::TERM);
    assert!(demo.child.wait().expect("it ends").success());
    nothing_is_left(home.path(), &processes);
}

#[test]
fn a_killed_demo_is_cleared_by_the_next_one() {
    let home = TempDir::new().expect("a scratch folder");
    let mut first = Demo::start(home.path(), &["--sessions", "2"]);
    first.all_began(2);
    let (folder, processes) = (first.folder(), first.processes());
    first.signal(Signal::KILL);
    first.child.wait().expect("it ends");
    assert!(folder.exists() && tmux(&first.socket, &["list-sessions"]).is_some(), "kill -9 leaves them");

    let mut second = Demo::start(home.path(), &["--sessions", "1"]);
    assert!(!folder.exists());
    let told = fs::read_to_string(home.path().join("stderr")).expect("stderr");
    assert!(told.contains(&folder.display().to_string()), "{told}");
    assert!(tmux(&second.socket, &["list-sessions"]).is_some(), "a living demo is left alone");
    second.signal(Signal::INT);
    assert!(second.child.wait().expect("it ends").success());
    nothing_is_left(home.path(), &processes);
}

#[test]
fn a_living_demo_is_left_alone() {
    let home = TempDir::new().expect("a scratch folder");
    let first = Demo::start(home.path(), &["--sessions", "1"]);
    let second = Demo::start(home.path(), &["--sessions", "1"]);
    assert_ne!(first.socket, second.socket);
    for demo in [&first, &second] {
        assert!(tmux(&demo.socket, &["list-sessions"]).is_some());
    }
    first.signal(Signal::TERM);
    second.signal(Signal::TERM);
}

/// A tmux server of a test's own, ended with it.
struct Server(PathBuf);

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let shown = tmux(&self.0, &["capture-pane", "-p"]).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "the screen at the end:\n{shown}");
        }
        tmux(&self.0, &["kill-server"]);
    }
}

/// A person's terminal: the demo with its control room in a pane.
#[test]
fn the_control_room_leaves_without_a_trace() {
    let check = |leave: &[&str], said: Option<&str>| {
        let home = TempDir::new().expect("a scratch folder");
        let socket = home.path().join("person");
        let shell = format!("{PROGRAM} demo --sessions 2; echo ended with $?; exec sh");
        let size =
            ["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "--", "sh", "-c", &shell];
        tmux(&socket, &size).expect("a terminal");
        let person = Server(socket);
        let shown = || tmux(&person.0, &["capture-pane", "-p"]);
        eventually("both sessions are on the screen", || {
            let wanted = ["architect", "claude_orch", "accept edits"];
            shown().filter(|s| wanted.iter().all(|w| s.contains(w)))
        });
        tmux(&person.0, leave).expect("sent");
        if let Some(said) = said {
            eventually("the shell is back", || shown().filter(|s| s.contains(said)));
        }
        eventually("the folder is gone", || {
            let mut names = fs::read_dir(home.path()).ok()?.flatten().map(|e| e.file_name());
            (!names.any(|n| n.to_string_lossy().contains("archtui-demo"))).then_some(())
        });
    };
    check(&["send-keys", "q"], Some("ended with 0"));
    check(&["send-keys", "C-c"], Some("ended with 0"));
    check(&["kill-server"], None);
}

#[test]
fn a_wall_hangs_over_the_demo_and_the_control_room_is_behind_it() {
    let home = TempDir::new().expect("a scratch folder");
    let socket = home.path().join("person");
    let shell = format!("{PROGRAM} demo --wall --sessions 2; exec sh");
    let size = ["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "--", "sh", "-c", &shell];
    tmux(&socket, &size).expect("a terminal");
    let person = Server(socket);
    let shown = || tmux(&person.0, &["capture-pane", "-p"]);
    // The actor of the demo is behind it: the fleet goes on.
    eventually("the wall hangs, and auto-confirm is live", || {
        shown().filter(|s| ["architect", "z leaves", "LIVE sop"].iter().all(|w| s.contains(w)))
    });
    tmux(&person.0, &["send-keys", "z"]).expect("sent");
    eventually("the control room is behind it", || {
        shown().filter(|s| s.contains("approve once") && !s.contains("z leaves"))
    });
}

/// One agent under a script, in a tmux of its own.
struct Stage {
    // In this order: the server ends before its folder goes.
    server: Server,
    home: TempDir,
}

impl Stage {
    fn new(script: &str) -> Self {
        let home = TempDir::new().expect("a scratch folder");
        let path = |name: &str| home.path().join(name);
        let socket = path("tmux");
        fs::write(path("script.toml"), script).expect("written");
        std::os::unix::fs::symlink(PROGRAM, path("claude")).expect("linked");
        let words = [
            path("claude"),
            "sim-agent".into(),
            "--script".into(),
            path("script.toml"),
            "--log".into(),
            path("log"),
        ];
        let words: Vec<_> = words.iter().map(|p| p.to_str().expect("UTF-8")).collect();
        let size = [
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "80",
            "-y",
            "24",
            "--",
            "sh",
            "-c",
            "set -m; \"$@\"; exec sh",
            "sh",
        ];
        tmux(&socket, &[&size[..], &words].concat()).expect("a session");
        Self { server: Server(socket), home }
    }

    fn events(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
        log.lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
    }
}

#[test]
fn a_key_that_comes_too_early_is_lost() {
    let stage = Stage::new(
        "repeat = true\nsteps = [{ work = \"300ms\" }, { bash = { command = \"make\", takes = \"10ms\" } }]",
    );
    let mut lost = 0;
    let mut taken = 0;
    for round in 0..40 {
        let asked = |e: &Value| e["event"] == "drawn";
        let n = taken;
        eventually("a dialog is drawn", || {
            (stage.events().iter().filter(|e| asked(e)).count() > n).then_some(())
        });
        // Some at once, some when the agent surely listens.
        if round % 4 == 3 {
            std::thread::sleep(Duration::from_millis(150));
        }
        let before = stage.events().len();
        tmux(&stage.server.0, &["send-keys", "1"]).expect("sent");
        let effect = eventually("an effect", || {
            stage
                .events()
                .into_iter()
                .skip(before)
                .find(|e| e["event"] == "answered" || e["event"] == "ignored")
        });
        let events = stage.events();
        let time = |e: &Value| e["mono_ns"].as_u64().expect("a time");
        let drawn =
            events.iter().rev().find(|e| asked(e) && time(e) <= time(&effect)).map(time).expect("drawn");
        let read = events
            .iter()
            .rev()
            .find(|e| e["event"] == "read" && time(e) <= time(&effect))
            .map(time)
            .expect("read");
        let age = Duration::from_nanos(read - drawn);
        if effect["event"] == "ignored" {
            lost += 1;
            assert!(age < Duration::from_millis(80) && effect["early"] == true, "lost after {age:?}");
        } else {
            taken += 1;
            // `drawn` is logged a moment after the dialog began.
            assert!(age > Duration::from_millis(60), "taken after {age:?}");
        }
        if lost > 0 && taken > 0 {
            return;
        }
    }
    panic!("{lost} lost, {taken} taken");
}

#[test]
fn an_agent_that_ends_leaves_a_shell() {
    let stage = Stage::new("steps = [{ idle = \"100ms\" }, \"exit\"]");
    eventually("the agent ends", || stage.events().iter().any(|e| e["event"] == "ended").then_some(()));
    let shown = eventually("the shell is in front", || {
        let front =
            tmux(&stage.server.0, &["display-message", "-p", "#{pane_current_command} #{alternate_on}"])?;
        (front.trim() == "sh 0").then(|| tmux(&stage.server.0, &["capture-pane", "-p"]))?
    });
    assert!(shown.contains("claude --resume"), "{shown}");
}
