//! `archtui plan`, `up` and `down` over a real tmux server with simulated agents: what is made and by what, what reaches
//! each agent, letter by letter, what is left alone.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use archtui::domain::session::PaneId;

use super::support::tmux::PrivateTmux;

/// A folder with a config, a home and a server that does not run yet.
pub struct Site {
    pub tmux: PrivateTmux,
}

/// It asks whether its folder is trusted, then waits for messages, works a little at each, answers.
const FRESH: &str = "steps = [\"trust\", \"await-prompt\", { work = \"300ms\" }, { say = \"So it is.\" }]";

impl Site {
    /// `sessions`: names, and what stands in their tables beside name and command.
    pub fn new(sessions: &[(&str, &str)]) -> Self {
        let site = Self { tmux: PrivateTmux::new() };
        let dir = site.dir();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_archtui"), dir.join("claude")).expect("linked");
        fs::write(dir.join("script.toml"), FRESH).expect("written");
        for folder in ["work", "run", "home"] {
            fs::create_dir(dir.join(folder)).expect("made");
        }
        let shown = dir.display();
        let mut config = format!("[fleet]\nname = \"test\"\nsocket = \"{}\"\n", site.tmux.socket().display());
        for (name, more) in sessions {
            let agent = format!(
                "{shown}/claude sim-agent --script {shown}/script.toml --session {name} --log {shown}/{name}.log --scratch {shown}/work"
            );
            let own = |key: &str| more.lines().any(|l| l.starts_with(key));
            config += &format!("[[session]]\nname = \"{name}\"\nenv = {{ HOME = \"/nowhere\" }}\n{more}\n");
            for (key, value) in [("command", agent.as_str()), ("dir", "work"), ("tier", "worker")] {
                if !own(key) {
                    config += &format!("{key} = \"{value}\"\n");
                }
            }
        }
        fs::write(dir.join("archtui.toml"), config).expect("written");
        site
    }

    pub fn dir(&self) -> PathBuf {
        self.tmux.dir().canonicalize().expect("it is there")
    }

    /// The program itself; its exit code and all that it printed.
    #[expect(clippy::disallowed_methods, reason = "tests start archtui, and find programs as the shell does")]
    pub fn archtui(&self, args: &[&str]) -> (Option<i32>, String) {
        let dir = self.dir();
        let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
        command.args(args).env_clear().current_dir(&dir).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").expect("a PATH")).env("HOME", dir.join("home"));
        command.env("XDG_STATE_HOME", dir.join("state")).env("XDG_RUNTIME_DIR", dir.join("run"));
        command.env("TZ", "UTC").env("LC_ALL", "C.UTF-8").env("SHELL", "/bin/sh");
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
    }

    /// Runs it and expects that exit code; what it printed.
    pub fn run(&self, args: &[&str], code: i32) -> String {
        let (got, said) = self.archtui(args);
        let log = fs::read_to_string(self.dir().join("state/archtui/test/archtui.log")).unwrap_or_default();
        assert_eq!(got, Some(code), "archtui {args:?}\n{said}\n{log}");
        said
    }

    /// A daemon of the fleet, in a session of that name; it acts when this returns.
    pub fn daemon(&self, name: &str) -> PaneId {
        let dir = self.dir();
        let command = format!(
            "exec env -i PATH=\"$PATH\" HOME={0}/home XDG_STATE_HOME={0}/state XDG_RUNTIME_DIR={0}/run LC_ALL=C.UTF-8 {1} daemon",
            dir.display(),
            env!("CARGO_BIN_EXE_archtui")
        );
        let pane = self.tmux.session(name, &format!("cd {}; {command}", dir.display()));
        self.tmux.wait_for(pane, "acting");
        pane
    }

    /// What an agent was given, over all its lives.
    pub fn submitted(&self, name: &str) -> Vec<String> {
        let log = fs::read_to_string(self.dir().join(format!("{name}.log"))).unwrap_or_default();
        let lines = log.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok());
        let said = lines.filter(|v| v["event"] == "submitted");
        said.filter_map(|v| v["text"].as_str().map(Into::into)).collect()
    }

    pub fn pid(&self, session: &str) -> String {
        self.tmux.run(&["display-message", "-p", "-t", &format!("={session}:"), "#{session_id} #{pane_pid}"])
    }

    pub fn sessions(&self) -> String {
        self.tmux.run(&["list-sessions", "-F", "#{session_name}"]).replace('\n', " ")
    }
}

pub fn role(name: &str) -> String {
    format!("trust_folder = true\nprompt = \"ROLE: {name}.\"")
}

#[test]
fn from_nothing_to_ready_once_and_again_only_what_is_missing() {
    let roles: Vec<(String, String)> =
        ["one", "two", "kept"].iter().map(|n| ((*n).to_owned(), role(n))).collect();
    let more = |(n, r): &(String, String)| {
        (n.clone(), if n == "kept" { format!("{r}\nprotected = true") } else { r.clone() })
    };
    let all: Vec<(String, String)> = roles.iter().map(more).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(n, r)| (n.as_str(), r.as_str())).collect();
    let site = Site::new(&all);

    let said = site.run(&["plan"], 0);
    assert!(said.contains("up starts it") && said.contains("3 to make"), "{said}");
    let said = site.run(&["up"], 0);
    assert_eq!(said.matches("its folder is trusted").count(), 3, "{said}");
    assert_eq!(said.matches("its role told").count(), 3, "{said}");
    assert_eq!(site.sessions(), "kept one two");
    let ledger = site.run(&["ledger"], 0);
    assert!(ledger.contains("trust_folder") && ledger.contains("Down"), "no key without an entry: {ledger}");

    // Again: nothing, and nobody is touched.
    let before: Vec<String> = ["one", "two", "kept"].map(|n| site.pid(n)).to_vec();
    site.run(&["up"], 3);
    site.run(&["plan"], 3);
    let json = site.run(&["plan", "--json"], 3);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON alone");
    assert_eq!(json["schema"], "archtui.plan/1");
    assert_eq!(json["sessions"][0]["todo"], "ok", "{json}");

    // One dies and one is gone: just these come back, and only they are told again.
    let pid = site.pid("two").split(' ').nth(1).and_then(|p| p.parse().ok()).expect("a pid");
    super::support::tmux::signal(pid, rustix::process::Signal::KILL);
    let dead = || site.tmux.run(&["display-message", "-p", "-t", "=two:", "#{pane_dead}"]) == "1";
    super::support::wait_until("its pane is dead", dead, String::new);
    site.tmux.session("mine", "cat");
    let said = site.run(&["plan"], 0);
    assert!(said.contains("+ two") && said.contains("? mine") && said.contains("= one"), "{said}");
    site.run(&["up"], 0);
    let after: Vec<String> = ["one", "two", "kept"].map(|n| site.pid(n)).to_vec();
    assert_eq!((&before[0], &before[2]), (&after[0], &after[2]));
    assert_ne!(before[1], after[1]);
    for (name, want) in [("one", 1), ("two", 2), ("kept", 1)] {
        assert_eq!(site.submitted(name), vec![format!("ROLE: {name}."); want], "{name}");
    }

    // Down: neither the protected nor what the roster does not name.
    site.run(&["down"], 2);
    site.run(&["down", "mine", "--yes"], 3);
    let said = site.run(&["down", "kept", "--yes"], 4);
    assert!(said.contains("its name was not typed"), "{said}");
    site.run(&["down", "--yes"], 0);
    assert_eq!(site.sessions(), "kept mine");
}

#[test]
fn what_cannot_come_up_is_told_and_holds_nobody_up() {
    let site = Site::new(&[
        ("good", &role("good")),
        ("lost", "command = \"no-such-agent\""),
        ("nowhere", "dir = \"no/such/folder\""),
        ("brief", "command = \"echo it is over; sleep 0.3\""),
        ("mute", "command = \"/bin/sleep 1000\""),
        ("asks", "prompt = \"ROLE: asks.\""),
        ("byhand", "prompt = \"ROLE: byhand.\""),
    ]);
    let shell = site.tmux.session("byhand", "exec sh");
    site.tmux.wait_for(shell, "$");
    let said = site.run(&["up", "--wait", "12s"], 4);
    for want in [
        "its command is not found: no-such-agent is not on the PATH",
        "no/such/folder does not exist",
        "its program has ended: it is over",
        "not ready after 12 s",
        "waits for you",
        "nothing is typed into a shell",
        "up, its role told",
    ] {
        assert!(said.contains(want), "{want}:\n{said}");
    }
    assert_eq!(site.submitted("good"), ["ROLE: good."]);
    assert!(site.submitted("asks").is_empty());
    assert_eq!(site.tmux.text(shell).trim(), "$", "not a letter");
    assert_eq!(site.sessions(), "asks brief byhand good mute");
    // Named, one that is well has nothing to do; a wrong name is near another.
    site.run(&["up", "good"], 3);
    assert!(site.run(&["up", "goood"], 3).contains("did you mean \"good\"?"));
    assert!(site.run(&["-L", "another", "up"], 2).contains("the roster is for the tmux server"));
}

#[test]
fn with_a_daemon_the_keys_are_its_own() {
    let site = Site::new(&[("one", &role("one")), ("two", &role("two"))]);
    let pane = site.tmux.session("base", "cat");
    site.daemon("daemon");
    let said = site.run(&["up"], 0);
    assert_eq!(said.matches("its role told").count(), 2, "{said}");
    assert_eq!(
        (site.submitted("one"), site.submitted("two")),
        (vec!["ROLE: one.".into()], vec!["ROLE: two.".into()])
    );
    assert_eq!(site.tmux.text(pane).trim(), "", "what the roster does not name");
}

#[test]
fn an_agent_may_not_run_them() {
    let site = Site::new(&[("one", "")]);
    // A program called like an agent runs it.
    let link = site.dir().join("codex");
    std::os::unix::fs::symlink("/bin/sh", &link).expect("linked");
    let pane = site.tmux.session("one", "exec sh");
    let run = format!(
        "cd {0}; {0}/codex -c '{1} up; {1} down --yes; true'; echo end",
        site.dir().display(),
        env!("CARGO_BIN_EXE_archtui")
    );
    site.tmux.wait_for(pane, "$");
    site.tmux.run(&["send-keys", "-t", "=one:", &run, "Enter"]);
    site.tmux.wait_for(pane, "\nend");
    let text = site.tmux.text(pane).replace('\n', "");
    assert!(
        text.contains("archtui up is for people") && text.contains("archtui down is for people"),
        "{text}"
    );
    assert_eq!(site.sessions(), "one");
}

#[test]
fn a_session_gets_the_path_that_the_roster_says() {
    let site = Site::new(&[("one", "command = \"probe\"\nagent = \"claude\"")]);
    let dir = site.dir();
    let bin = dir.join("bin");
    fs::create_dir(&bin).expect("made");
    // It says where it looks for programs.
    fs::write(bin.join("probe"), format!("#!/bin/sh\necho \"$PATH\" >{}/said\n", dir.display()))
        .expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(bin.join("probe"), mode).expect("set");
    let config = fs::read_to_string(dir.join("archtui.toml")).expect("there");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let config = config.replace("HOME = \"/nowhere\"", &format!("PATH = \"{path}\""));
    fs::write(dir.join("archtui.toml"), config).expect("written");
    site.run(&["up", "--no-ask", "--wait", "3s"], 4);
    assert_eq!(fs::read_to_string(dir.join("said")).unwrap_or_default().trim(), path);
}

#[test]
fn an_entry_that_cannot_be_meant_so_is_a_row_and_the_rest_goes_on() {
    let site = Site::new(&[("good", &role("good")), ("lost", "dir = \"no/such\"")]);
    let file = site.dir().join("archtui.toml");
    let mut config = fs::read_to_string(&file).expect("read");
    config += "[[session]]\nname = \"twice\"\n[[session]]\nname = \"twice\"\n[[session]]\nname = \"a.b\"\n\
               [[session]]\nname = \"odd\"\ntier = \"wroker\"\n[[session]]\nname = \"ring\"\nreports_to = \"ring\"\n";
    fs::write(&file, config).expect("written");
    let said = site.run(&["plan"], 4);
    for want in [
        "named twice",
        "into underscores",
        "did you mean \"worker\"",
        "reports to itself",
        "does not exist",
        "+ good",
    ] {
        assert!(said.contains(want), "{want}:\n{said}");
    }
    let json = site.run(&["plan", "--json"], 4);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON alone");
    assert_eq!(json["faults"].as_array().map(Vec::len), Some(4), "{json}");
    let said = site.run(&["up"], 4);
    assert!(said.contains("its role told") && said.contains("named twice"), "{said}");
    assert_eq!(site.sessions(), "good");
    let said = site.run(&["doctor"], 4);
    for want in ["named twice", "no/such does not exist", "reports to itself"] {
        assert!(said.contains(want), "{want}:\n{said}");
    }
}

#[test]
fn workers_get_work_trees_of_their_own_once_and_no_hook_runs() {
    let lab = super::support::repo::Lab::new();
    let site = Site::new(&[("dev_worker1", ""), ("boss", "tier = \"manager\"")]);
    let app = site.dir().join("work");
    fs::write(site.dir().join("script.toml"), "steps = [\"await-prompt\"]").expect("written");
    let git = |args: &[&str]| {
        let out = lab.command("git", &app).args(args).output().expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    git(&["init", "-q", "-b", "dev"]);
    fs::write(app.join("file"), "one").expect("written");
    fs::write(app.join(".gitattributes"), "* filter=trap\n").expect("written");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "chore: begin"]);
    let trap = site.dir().join("ran");
    let touch = format!("#!/bin/sh\ntouch {}\ncat\n", trap.display());
    fs::write(app.join(".git/hooks/post-checkout"), &touch).expect("written");
    fs::set_permissions(
        app.join(".git/hooks/post-checkout"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("set");
    git(&["config", "filter.trap.smudge", &format!("touch {}; cat", trap.display())]);
    fs::write(app.join("file"), "mine, not committed").expect("written");

    let said = site.run(&["plan", "--worktrees"], 0);
    assert!(said.contains("work-worktrees/dev_worker1, on feature/dev-worker1-"), "{said}");
    assert!(!said.lines().any(|l| l.contains("boss") && l.contains("work tree")), "{said}");
    let said = site.run(&["up", "--worktrees"], 0);
    assert!(said.contains("its work tree is"), "{said}");
    let tree = site.dir().join("work-worktrees/dev_worker1");
    assert_eq!(fs::read_to_string(tree.join("file")).expect("checked out"), "one");
    assert_eq!(fs::read_to_string(app.join("file")).expect("there"), "mine, not committed", "never touched");
    assert!(!trap.exists(), "neither hook nor filter ran");
    let branch = lab.command("git", &tree).args(["branch", "--show-current"]).output().expect("git runs");
    let branch = String::from_utf8_lossy(&branch.stdout).trim().to_owned();
    assert!(branch.starts_with("feature/dev-worker1-"), "{branch}");
    let works =
        |n: &str| site.tmux.run(&["display-message", "-p", "-t", &format!("={n}:"), "#{pane_current_path}"]);
    assert_eq!(works("dev_worker1"), tree.display().to_string());
    assert_eq!(works("boss"), app.display().to_string());
    // Again, and without the word: it is where it belongs.
    site.run(&["up", "--worktrees"], 3);
    site.run(&["plan"], 3);
    site.tmux.session("kept", "cat");
    site.run(&["down", "dev_worker1", "--yes"], 0);
    fs::write(tree.join("file"), "its own work").expect("written");
    site.run(&["up"], 0);
    assert_eq!(works("dev_worker1"), tree.display().to_string());
    assert_eq!(fs::read_to_string(tree.join("file")).expect("there"), "its own work");
    // Something else in its place is a person's.
    site.run(&["down", "--yes"], 0);
    git(&["worktree", "remove", "--force", &tree.display().to_string()]);
    fs::create_dir_all(&tree).expect("made");
    let said = site.run(&["up", "--worktrees"], 4);
    assert!(said.contains("is no work tree of this repository"), "{said}");
    assert!(!site.sessions().contains("dev_worker1"));
}

#[test]
fn what_is_printed_from_the_tables() {
    let site = Site::new(&[("one", "")]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(site.run(&["completions", shell], 0).contains("restart"), "{shell}");
    }
    assert!(site.run(&["completions", "tcsh"], 2).contains("zsh"));
    let man = site.run(&["man"], 0);
    assert!(man.starts_with(".ie") || man.starts_with(".TH"), "{man}");
    assert!(man.contains("ARCHTUI RESTART") && !man.contains("SIM\\-AGENT"), "{man}");
    assert!(site.run(&["themes"], 0).contains("* dark"));
    let unit = site.run(&["daemon", "--unit"], 0);
    for want in
        ["[Service]", " daemon\n", "--config", "archtui.toml", "KillMode=process", "WantedBy=default.target"]
    {
        assert!(unit.contains(want), "{want}:\n{unit}");
    }
}
