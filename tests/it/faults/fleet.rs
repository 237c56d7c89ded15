//! The fleet: a private server, a runner in each session that starts its agent again when it is told to, and archtui in
//! any number beside it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{PATIENCE, now, wait_until};

/// Starts the agent; when it has ended, whatever is typed there goes to a file until it is to start again.
const RUNNER: &str = "n=$1; cd tree
while :; do
    set -m
    ../claude sim-agent --script ../$n.toml --session $n --log ../$n.log
    set +m
    stty raw -echo min 0 time 1
    printf '\\r\\nended\\r\\n$ '
    until [ -e ../go.$n ]; do IFS= read -r x || :; [ -z \"$x\" ] || printf %s \"$x\" >>../stray.$n; done
    rm ../go.$n
    stty sane
done
";

/// What is safe is confirmed: this goes round and round.
pub const BUSY: &str = "repeat = true\nsteps = [{ work = \"250ms\" }, { bash = { command = \"ls src\", takes = \"60ms\" } }, { work = \"150ms\" }, { edit = { path = \"notes.txt\", new = \"more\" } }]\n";
/// A person's from the first dialog on.
pub const ASKS: &str = "steps = [{ work = \"200ms\" }, { bash = { command = \"rm -rf build\" } }]\n";

/// The sessions and what they do.
pub struct Fleet {
    pub tmux: PrivateTmux,
    pub names: Vec<String>,
    pub dir: PathBuf,
    /// Its agents run alone in their panes, below no shell.
    alone: bool,
    /// How often a person was needed, because it was not known whether a key went out.
    pub helped: Cell<usize>,
}

/// What an agent's log tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Dialogs that it drew.
    pub asked: usize,
    /// Dialogs that were answered.
    pub answered: usize,
    /// What it did last: `asks` or `works`.
    pub now: &'static str,
}

impl Fleet {
    /// Each session with its script, below a shell that has the terminal while no agent runs.
    pub fn new(sessions: &[(&str, &str)]) -> Self {
        Self::with(sessions, false)
    }

    /// The same with agents alone in their panes: one that is stopped hands its terminal to nobody.
    pub fn alone(sessions: &[(&str, &str)]) -> Self {
        Self::with(sessions, true)
    }

    fn with(sessions: &[(&str, &str)], alone: bool) -> Self {
        let tmux = PrivateTmux::new();
        let dir = tmux.dir().canonicalize().expect("it exists");
        for folder in ["home", "run", "tree/.git"] {
            fs::create_dir_all(dir.join(folder)).expect("made");
        }
        fs::set_permissions(dir.join("run"), fs::Permissions::from_mode(0o700)).expect("private");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_archtui"), dir.join("claude")).expect("linked");
        fs::write(dir.join("runner"), RUNNER).expect("written");
        let mut names = Vec::new();
        let mut config = String::new();
        for (name, script) in sessions {
            fs::write(dir.join(format!("{name}.toml")), script).expect("written");
            config += &format!("[[session]]\nname = \"{name}\"\ntier = \"worker\"\nagent = \"claude\"\n");
            names.push((*name).to_owned());
        }
        for fleet in ["test", "other"] {
            let head = format!(
                "[fleet]\nname = \"{fleet}\"\nsocket = \"{}\"\n[confirm]\npreset = \"sop\"\nquiet = \"0s\"\nmax_per_minute = 600\nmax_per_minute_fleet = 6000\n",
                tmux.socket().display()
            );
            fs::write(dir.join(format!("{fleet}.toml")), head + &config).expect("written");
        }
        let fleet = Self { tmux, names, dir, alone, helped: Cell::new(0) };
        for name in &fleet.names {
            fleet.begin(name);
        }
        fleet
    }

    /// A session with its runner.
    pub fn begin(&self, name: &str) {
        let alone = format!(
            "cd tree && exec ../claude sim-agent --script ../{name}.toml --session {name} --log ../{name}.log"
        );
        let line = if self.alone { alone } else { format!("exec sh ./runner {name}") };
        self.tmux.session_of(name, 100, 30, &line);
    }

    /// The agent of a session starts again.
    pub fn again(&self, name: &str) {
        fs::write(self.dir.join(format!("go.{name}")), "").expect("written");
    }

    /// The program, in this fleet's folder.
    pub fn archtui(&self, fleet: &str, args: &[&str]) -> Command {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests start the program, and find tmux as the shell does"
        )]
        let (mut command, path) =
            (Command::new(env!("CARGO_BIN_EXE_archtui")), std::env::var_os("PATH").expect("a PATH"));
        command.arg("--config").arg(self.dir.join(format!("{fleet}.toml"))).args(args);
        command.env_clear().env("PATH", path).env("HOME", self.dir.join("home"));
        command.env("XDG_RUNTIME_DIR", self.dir.join("run")).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command.current_dir(&self.dir).stdin(Stdio::null());
        command
    }

    /// What a command prints.
    pub fn say(&self, args: &[&str]) -> String {
        let out = self.archtui("test", args).output().expect("archtui runs");
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
    }

    fn log(&self, name: &str) -> Vec<Value> {
        let log = fs::read_to_string(self.dir.join(format!("{name}.log"))).unwrap_or_default();
        log.lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
    }

    /// The process of a session's agent, as it says.
    pub fn agent(&self, name: &str) -> u32 {
        let started = self.log(name).into_iter().rfind(|e| e["event"] == "started").expect("it started");
        u32::try_from(started["pid"].as_u64().expect("a pid")).expect("a pid")
    }

    /// What a session's agent did so far; fails at the first byte that no dialog asked for.
    pub fn story(&self, name: &str) -> Story {
        let log = self.log(name);
        let mut story = Story { now: "works", ..Story::default() };
        // Bytes that the open dialog was given.
        let mut given = 0;
        let tell = || log.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        for e in &log {
            match e["event"].as_str().unwrap_or_default() {
                "asked" => {
                    (story.asked, story.now, given) = (story.asked + 1, "asks", 0);
                }
                "read" => {
                    given += 1;
                    assert!(!e["dialog"].is_null(), "{name} was sent {e} without a dialog\n{}", tell());
                    assert_eq!(
                        (e["bytes"].as_str(), given),
                        (Some("1"), 1),
                        "{name} was sent {e}\n{}",
                        tell()
                    );
                }
                "answered" => {
                    (story.answered, story.now) = (story.answered + 1, "works");
                    assert_eq!(e["meaning"], "once", "{name}: {e}");
                }
                "ignored" => panic!("{name} was asked too early: {e}\n{}", tell()),
                "started" => story.now = "works",
                _ => {}
            }
        }
        let stray = fs::read(self.dir.join(format!("stray.{name}"))).unwrap_or_default();
        assert!(stray.is_empty(), "{name}: typed where no agent was: {stray:?}");
        story
    }

    /// What all agents did so far.
    pub fn stories(&self) -> BTreeMap<String, Story> {
        self.names.iter().map(|n| (n.clone(), self.story(n))).collect()
    }

    /// Until so many dialogs more were answered in that session; a person answers where it is not known whether a key went
    /// out, and nowhere else.
    pub fn until_answered(&self, name: &str, more: usize) {
        let want = self.story(name).answered + more;
        let end = now() + PATIENCE;
        let mut looked = now();
        while self.story(name).answered < want {
            let last = || format!("{}\n{}\n{}", self.say(&["status"]), self.say(&["ledger"]), self.show());
            assert!(now() < end, "{name} is not answered again: {}", last());
            std::thread::sleep(Duration::from_millis(10));
            if looked.elapsed() > Duration::from_secs(1) {
                looked = now();
                self.help(name);
            }
        }
    }

    /// What a person does about a dialog that is held because a key may have gone there.
    pub fn help(&self, name: &str) {
        let before = self.story(name);
        let told = self.say(&["ledger"]);
        let word = format!(" {name} ");
        let open = told.lines().rfind(|l| l.contains(&word)).is_some_and(|l| l.contains(" unknown "));
        if open && before.now == "asks" && self.story(name) == before {
            self.say(&["approve", name]);
            self.helped.set(self.helped.get() + 1);
        }
    }

    fn show(&self) -> String {
        let panes = self.tmux.try_run(&[
            "list-panes",
            "-a",
            "-F",
            "#{pane_id} #{session_name} #{pane_current_command}",
        ]);
        let log = fs::read_to_string(self.dir.join("home/.local/state/archtui/test/archtui.log"))
            .unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(12).collect();
        format!("{}\n{}", String::from_utf8_lossy(&panes.stdout), tail.join("\n"))
    }

    /// What is told of the past holds.
    pub fn sound(&self) {
        let told = self.say(&["ledger", "--verify"]);
        assert!(told.contains("the chain holds"), "{told}");
    }
}

/// A daemon that is ours to kill.
pub struct Acting {
    pub child: Child,
    said: std::sync::mpsc::Receiver<String>,
    pub all: Vec<String>,
}

impl Acting {
    pub fn start(fleet: &Fleet, config: &str) -> Self {
        use std::io::BufRead;
        let mut child = fleet.archtui(config, &["daemon"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let out = std::io::BufReader::new(child.stdout.take().expect("piped"));
        let (tell, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, said, all: Vec::new() }
    }

    /// Its last word.
    pub fn last(&mut self) -> &str {
        self.all.extend(self.said.try_iter());
        self.all.last().map_or("", String::as_str)
    }

    pub fn until(&mut self, word: &str) {
        let mut all = String::new();
        wait_until(
            word,
            || {
                let found = self.last().contains(word);
                all = self.all.join("\n");
                found
            },
            String::new,
        );
    }

    pub fn kill(&mut self) {
        signal(self.child.id(), Signal::KILL);
        self.child.wait().expect("gone");
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        signal(self.child.id(), Signal::CONT);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A while that looks random, up to so many milliseconds: where in its round an agent is hit.
pub fn some_time(seed: u64, most: u64) {
    std::thread::sleep(Duration::from_millis(super::dice(seed) % most));
}
