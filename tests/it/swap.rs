//! Dialogs that are swapped around the moment of the press: is a key ever sent while the server shows another dialog than
//! the one that was judged? The agents are simulated and ask the terminal, in one write with what they draw, whether it has
//! read that: its answer stands among the keys, so the order tells. `ARCHTUI_SWAPS=1000` makes more trials.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{now, wait_until};

/// Panes that ask side by side.
const PANES: usize = 8;
/// A dialog is swapped at most so long before or after the key was to come.
const AROUND: u64 = 50;
/// No key of ours comes sooner after a dialog was drawn.
const SOONEST: Duration = Duration::from_millis(120);

/// A fleet of simulated agents, a daemon that acts.
struct Site {
    tmux: PrivateTmux,
    daemon: Option<Child>,
}

/// What one trial swaps: the command that is judged and the one in its place.
struct Trial {
    first: String,
    second: String,
    dangerous: bool,
}

impl Trial {
    /// Longer, shorter, as long, and told apart by a mark only; as harmless as the first, and not.
    fn new(n: usize) -> Self {
        let (first, second, dangerous) = match n % 7 {
            0 => (format!("touch t{n}.txt"), format!("rm -rf t{n}.txt"), true),
            1 => (format!("touch t{n}.txt"), format!("touch u{n}.txt"), false),
            2 => (format!("touch t{n},txt"), format!("touch t{n};txt"), true),
            3 => (
                format!("mkdir t{n}"),
                format!("sudo mkdir -p t{n} && curl -fsSL http://127.0.0.1/ | sh"),
                true,
            ),
            4 => (format!("touch t{n}.txt"), format!("touch t{n}|txt"), true),
            5 => (format!("echo 'touch t{n}'"), format!("echo `touch t{n}`"), true),
            _ => (format!("mkdir -p t{n}/a/b/c"), format!("mkdir u{n}"), false),
        };
        Self { first, second, dangerous }
    }
}

impl Site {
    fn new() -> Self {
        let tmux = PrivateTmux::new();
        tmux.session("other", "sleep 10000");
        let at = |name: &str| tmux.dir().join(name);
        for folder in ["home", "run", "tree/.git"] {
            fs::create_dir_all(at(folder)).expect("made");
        }
        fs::set_permissions(at("run"), fs::Permissions::from_mode(0o700)).expect("private");
        let config = format!(
            "[fleet]\nname = \"test\"\nsocket = \"{}\"\n[confirm]\npreset = \"sop\"\nquiet = \"0s\"\nmax_per_minute = 10000\nmax_per_minute_fleet = 10000\n[[session]]\nmatch = \"w*\"\ntier = \"worker\"\n",
            tmux.socket().display()
        );
        fs::write(at("archtui.toml"), config).expect("written");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_archtui"), at("claude")).expect("linked");
        Self { tmux, daemon: None }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test starts the program itself, and finds tmux as the shell does"
    )]
    fn archtui(&self, args: &[&str]) -> Command {
        let dir = self.tmux.dir();
        let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
        command.args(["--config", "archtui.toml"]).args(args).current_dir(dir).env_clear();
        command.env("PATH", std::env::var_os("PATH").expect("a PATH")).env("HOME", dir.join("home"));
        command.env("XDG_RUNTIME_DIR", dir.join("run")).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    fn act(&mut self) {
        let out = self.tmux.dir().join("daemon.out");
        let file = fs::File::create(&out).expect("made");
        self.daemon = Some(self.archtui(&["daemon"]).stdout(file).spawn().expect("it starts"));
        let said = || fs::read_to_string(&out).unwrap_or_default();
        wait_until("the daemon acts", || said().contains("acting"), said);
    }

    fn ledger(&self) -> Vec<Value> {
        let out = self.archtui(&["ledger", "--json"]).output().expect("it runs").stdout;
        String::from_utf8_lossy(&out).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
    }

    /// Agents that go through their steps; their logs, when all are through.
    fn play(&self, name: &str, steps: &[String]) -> Vec<Vec<Value>> {
        let log = |n: usize| self.tmux.dir().join(format!("w{name}{n}.log"));
        for (n, steps) in steps.iter().enumerate() {
            let script = self.tmux.dir().join(format!("w{name}{n}.toml"));
            let steps = format!("steps = [\"await-prompt\",\n{steps}\n{{ say = \"through\" }}]\n");
            fs::write(script, steps).expect("written");
            let run = format!(
                "cd tree && exec ../claude sim-agent --script ../w{name}{n}.toml --session w{name}{n} --log ../w{name}{n}.log"
            );
            let pane = self.tmux.session_of(&format!("w{name}{n}"), 100, 30, &run);
            self.tmux.wait_for(pane, "❯");
        }
        for n in 0..steps.len() {
            let target = format!("=w{name}{n}:");
            self.tmux.run(&["send-keys", "-t", &target, "-l", "go"]);
            std::thread::sleep(Duration::from_millis(50));
            self.tmux.run(&["send-keys", "-t", &target, "Enter"]);
        }
        let read = |n: usize| fs::read_to_string(log(n)).unwrap_or_default();
        let (mut last, mut since) = (0, now());
        loop {
            let told: Vec<String> = (0..steps.len()).map(read).collect();
            if told.iter().all(|t| t.contains("\"said\"")) {
                return told
                    .iter()
                    .map(|t| t.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect())
                    .collect();
            }
            let lines = told.iter().map(String::len).sum();
            if lines != last {
                (last, since) = (lines, now());
            }
            let tail = || told.iter().filter_map(|t| t.lines().last()).collect::<Vec<_>>().join("\n");
            assert!(since.elapsed() < crate::support::PATIENCE, "nothing happens any more: {}", tail());
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            signal(daemon.id(), rustix::process::Signal::TERM);
            let _ = daemon.wait();
        }
    }
}

/// What the agents were given.
#[derive(Debug, Default)]
struct Figures {
    /// Keys for the first dialog while it stood.
    in_time: usize,
    /// Dialogs that were swapped before a key came.
    swapped: usize,
    /// Keys that were sent while the server still showed the first one, and read after the swap.
    unread: usize,
    /// Of these, those that a dangerous dialog stood in for.
    unread_dangerous: usize,
    /// Of these, those that the agent took.
    taken: usize,
    /// Keys for the second one, in its own right.
    second: usize,
    /// Keys that were sent while the server showed another dialog, or none.
    astray: Vec<String>,
}

/// Reads of the terminal: keys and the answers to what the agent asked it.
fn pieces(bytes: &str) -> Vec<char> {
    let text = bytes.replace("\\x1b[", "\u{1b}");
    let mut out = Vec::new();
    let mut answer = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => answer = true,
            'R' if answer => {
                out.push('R');
                answer = false;
            }
            _ if answer => {}
            c => out.push(c),
        }
    }
    out
}

fn time(event: &Value) -> Duration {
    Duration::from_nanos(event["mono_ns"].as_u64().expect("a time"))
}

/// Goes through what an agent wrote down.
fn judge(log: &[Value], trials: &BTreeMap<String, (bool, bool)>, figures: &mut Figures) {
    let mut open: Option<(String, Duration)> = None;
    // The terminal has not told yet that it read the swap; whether the key before it was counted.
    let (mut unanswered, mut begun) = (false, false);
    for event in log {
        let subject = event["subject"].as_str().unwrap_or_default();
        match event["event"].as_str().unwrap_or_default() {
            "submitted" => begun = true,
            "asked" => {
                let second = trials.get(subject).is_some_and(|(second, _)| *second);
                unanswered = second;
                figures.swapped += usize::from(second);
                open = Some((subject.to_owned(), time(event)));
            }
            "answered" => {
                if let (Some((_, true)), true) = (trials.get(subject), unanswered) {
                    figures.taken += 1;
                }
                open = None;
            }
            // It went by itself: the terminal is asked about that, too.
            "step" => unanswered |= open.take().is_some(),
            "read" if begun => {
                for piece in pieces(event["bytes"].as_str().expect("bytes")) {
                    match (piece, &open) {
                        ('R', _) => unanswered = false,
                        ('1', Some((subject, since))) => {
                            let (second, dangerous) = trials.get(subject).copied().unwrap_or_default();
                            let soon = time(event).saturating_sub(*since) < SOONEST;
                            match () {
                                () if !second => figures.in_time += 1,
                                () if unanswered => {
                                    figures.unread += 1;
                                    figures.unread_dangerous += usize::from(dangerous);
                                }
                                () if dangerous || soon => figures.astray.push(event.to_string()),
                                () => figures.second += 1,
                            }
                        }
                        ('1', None) if unanswered => figures.unread += 1,
                        _ => figures.astray.push(format!("{open:?}: {event}")),
                    }
                }
            }
            _ => {}
        }
    }
}

/// How long after a dialog was drawn its key comes, in this run: the middle, ms.
fn usual(logs: &[Vec<Value>]) -> u64 {
    let mut all = Vec::new();
    for log in logs {
        let mut drawn = None;
        for event in log {
            match event["event"].as_str() {
                Some("asked") => drawn = Some(time(event)),
                Some("answered") => all.extend(drawn.take().map(|at| time(event).saturating_sub(at))),
                _ => {}
            }
        }
    }
    all.sort();
    u64::try_from(all[all.len() / 2].as_millis()).expect("not that long")
}

/// A number that looks random.
fn dice(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 31)
}

#[expect(clippy::print_stdout, reason = "figures are for whoever asked for them")]
fn swapped(trials: usize) -> Figures {
    let mut site = Site::new();
    site.act();
    // When do keys come, with so many panes on this machine as it is now?
    let step = |n: usize, k: usize| {
        format!(
            "{{ bash = {{ command = \"touch c{n}-{k}\", takes = \"30ms\" }} }}, {{ work = \"300ms\" }},\n"
        )
    };
    let plain = |n: usize| (0..6).map(|k| step(n, k)).collect::<Vec<_>>().concat();
    let usual = usual(&site.play("c", &(0..PANES).map(plain).collect::<Vec<_>>()));
    let mut kinds = BTreeMap::new();
    let mut steps = vec![String::new(); PANES];
    for n in 0..trials {
        let trial = Trial::new(n);
        let after = usual + dice(n as u64) % (2 * AROUND + 1) - AROUND;
        steps[n % PANES] += &format!(
            "{{ bash = {{ command = {:?}, takes = \"30ms\", swaps = [{{ after = \"{after}ms\", command = {:?} }}, {{ after = \"600ms\" }}] }} }}, {{ work = \"250ms\" }},\n",
            trial.first, trial.second
        );
        kinds.insert(trial.first, (false, false));
        kinds.insert(trial.second, (true, trial.dangerous));
    }
    let logs = site.play("s", &steps);
    let mut figures = Figures::default();
    for log in &logs {
        judge(log, &kinds, &mut figures);
    }
    let entries = site.ledger();
    let end = |e: &Value| e["of"].as_u64().unwrap_or_else(|| e["seq"].as_u64().expect("a number"));
    let mut lives: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for e in &entries {
        lives.entry(end(e)).or_default().push(e["outcome"].as_str().expect("a word"));
    }
    for (seq, life) in &lives {
        let intended = life.iter().filter(|o| **o == "intended").count();
        assert!(intended <= 1, "entry {seq}: {life:?}");
        assert!(life.last() != Some(&"intended"), "entry {seq} has no end: {life:?}");
    }
    let wrong = |e: &&Value| {
        let (_, dangerous) = e["subject"].as_str().and_then(|s| kinds.get(s)).copied().unwrap_or_default();
        dangerous && e["outcome"] == "intended"
    };
    assert_eq!(entries.iter().find(wrong), None, "nothing dangerous is meant to be pressed");
    assert!(site.archtui(&["ledger", "--verify"]).output().expect("it runs").status.success());
    println!("{trials} trials, swapped {usual} ms ± {AROUND} ms after the first was drawn: {figures:?}");
    figures
}

#[expect(clippy::disallowed_methods, reason = "how many is for who runs the test")]
fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn no_key_is_sent_while_the_server_shows_another_dialog() {
    let figures = swapped(24);
    assert_eq!(figures.astray, Vec::<String>::new());
    assert!(figures.swapped > 0, "{figures:?}");
}

#[test]
#[ignore = "minutes: scripts/prove.sh runs it"]
fn a_thousand_dialogs_swapped_around_the_press() {
    let trials = number("ARCHTUI_SWAPS", 1000);
    let figures = swapped(trials);
    assert_eq!(figures.astray, Vec::<String>::new());
    assert!(figures.in_time > trials / 5 && figures.swapped > trials / 5, "{figures:?}");
}
