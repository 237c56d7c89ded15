//! The whole way: an agent's hook in a pane, the actor of a daemon, the rules, the ledger, and back.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::request;
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

const PROGRAM: &str = env!("CARGO_BIN_EXE_archtui");

/// A fleet of two panes in one work tree: one is in the roster.
struct Fleet {
    tmux: PrivateTmux,
    daemon: Child,
}

impl Fleet {
    fn start() -> Self {
        let tmux = PrivateTmux::new();
        tmux.session("other", "sleep 1000");
        let at = |name: &str| tmux.dir().join(name);
        fs::create_dir_all(at("home")).and_then(|()| fs::create_dir(at("tree"))).expect("made");
        // Whatever runs under that name counts as that agent.
        std::os::unix::fs::symlink("/bin/sh", at("claude")).expect("linked");
        let config = format!(
            "[fleet]\nname = \"test\"\nsocket = \"{}\"\n[confirm]\npreset = \"sop\"\nquiet = \"0s\"\n[[session]]\nname = \"worker\"\ntier = \"worker\"\n",
            tmux.socket().display()
        );
        fs::write(at("archtui.toml"), config).expect("written");
        let daemon = program(tmux.dir())
            .arg("daemon")
            .stdout(fs::File::create(at("daemon.out")).expect("made"))
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        Self { tmux, daemon }
    }

    /// A session with an agent that asks by its hook, one command after the other. The first is asked again and again until
    /// it is allowed: a pane is not known from its first instant on. What each printed is in `SESSION N.out`.
    fn agent(&self, session: &str, commands: &[&str]) {
        let at = |name: &str| self.tmux.dir().join(name);
        let tree = at("tree").display().to_string();
        let mut script = format!("cd '{tree}'; git init -q . 2>/dev/null; exec 2>/dev/null\n");
        for (n, command) in commands.iter().enumerate() {
            let request = request(command).replace("/home/me/work/demo", &tree);
            let name = format!("{session}{n}");
            fs::write(at("tree").join(format!("{name}.in")), request).expect("written");
            let ask = format!("{PROGRAM} hook PermissionRequest <{name}.in >>{name}.new");
            script += &match n {
                0 => format!(
                    "until grep -q allow {name}.new; do {ask}; sleep 0.05; done; mv {name}.new {name}.out\n"
                ),
                _ => format!("{ask}; mv {name}.new {name}.out\n"),
            };
        }
        fs::write(at(&format!("{session}.sh")), script + "sleep 1000\n").expect("written");
        let run = format!(
            "env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME='{}' '{}' '{}'",
            at("home").display(),
            at("claude").display(),
            at(&format!("{session}.sh")).display()
        );
        self.tmux.session(session, &run);
    }

    /// What a hook printed, once it has ended.
    fn printed(&self, name: &str) -> String {
        let file = self.tmux.dir().join("tree").join(name);
        wait_until(name, || file.exists(), || self.status());
        fs::read_to_string(file).expect("printed")
    }

    fn ask(&self, args: &[&str]) -> Output {
        program(self.tmux.dir()).args(args).output().expect("it runs")
    }

    fn status(&self) -> String {
        String::from_utf8_lossy(&self.ask(&["status"]).stdout).into_owned()
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        signal(self.daemon.id(), rustix::process::Signal::TERM);
        let _ = self.daemon.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn program(dir: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["--config", "archtui.toml"]).current_dir(dir).env_clear();
    command
        .env("HOME", dir.join("home"))
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC");
    command.stdin(Stdio::null());
    command
}

#[test]
fn rules_answer_hooks_of_the_roster_and_nobody_elses() {
    let fleet = Fleet::start();
    let out = || fs::read_to_string(fleet.tmux.dir().join("daemon.out")).unwrap_or_default();
    wait_until("the daemon acts", || out().contains("acting"), out);
    fleet.agent("worker", &["ls src", "python3 -c 1", "rm -rf /"]);
    fleet.agent("mine", &["ls src"]);
    assert!(fleet.printed("worker0.out").contains("\"behavior\":\"allow\""));
    assert_eq!(fleet.printed("worker1.out"), "", "held: the agent asks as usual");
    let denied = fleet.printed("worker2.out");
    assert!(denied.contains("\"behavior\":\"deny\"") && denied.contains("message"), "{denied}");

    let ledger = || String::from_utf8_lossy(&fleet.ask(&["ledger", "--json"]).stdout).into_owned();
    let entry = |session: &str, command: &str, outcome: &str| {
        ledger().lines().any(|l| {
            let e: serde_json::Value = serde_json::from_str(l).expect("JSON");
            e["session"] == session
                && e["subject"] == command
                && e["outcome"] == outcome
                && e["channel"] == "hook"
        })
    };
    for (session, command, outcome) in [
        ("worker", "ls src", "cleared"),
        ("worker", "python3 -c 1", "held"),
        ("worker", "rm -rf /", "cleared"),
        ("mine", "ls src", "watched"),
    ] {
        wait_until(command, || entry(session, command, outcome), ledger);
    }
    assert_eq!(fleet.printed("mine0.new"), "", "seen, and not in the roster: nobody answers");
    assert!(fleet.ask(&["ledger", "--verify"]).status.success());
}
