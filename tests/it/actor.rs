//! The actor as a program, over a private tmux server: what is safe gets one key, what is not waits for a person, and
//! whoever dies is followed by the next one. The agent is a script that shows recorded screens: this proves the plumbing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use archtui::domain::confirm::{Answer, Ask, Fate, Switches, Told, Wish};
use archtui::domain::dialog::{Dialog, DialogId};
use archtui::domain::ledger::{Actor as Who, Body, Decision, Outcome, Ruling, Scene, Showing, Times};
use archtui::domain::policy::Action;
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::ports::Ledger;
use archtui::store::Store;
use rustix::process::Signal;

use crate::support::tmux::{PrivateTmux, signal};
use crate::support::wait_until;

/// Shows each screen in turn; a key, or as many bytes as are named behind its name, is written down and answers it.
const AGENT: &str = "#!/bin/sh
stty raw -echo
for screen in \"$@\"; do
    printf '\\033[2J\\033[H\\033[?25l'
    cat \"${screen%:*}\"
    dd bs=1 count=\"${screen##*:}\" 2>/dev/null >>keys
    printf '\\033[2J\\033[H'
    sleep 1
done
printf over
exec cat -v
";

/// A fleet of one, and everything that archtui sees of the machine.
pub struct Stage {
    pub tmux: PrivateTmux,
    pub root: PathBuf,
}

impl Stage {
    pub fn new(screens: &[&str]) -> Self {
        let tmux = PrivateTmux::new();
        let root = tmux.dir().canonicalize().expect("it exists");
        for folder in ["home", "run", "tree/.git"] {
            fs::create_dir_all(root.join(folder)).expect("made");
        }
        fs::set_permissions(root.join("run"), fs::Permissions::from_mode(0o700)).expect("private");
        let config = "[confirm]\npreset = \"sop\"\nquiet = \"0s\"\n[[session]]\nname = \"worker\"\nagent = \"claude\"\n";
        fs::write(root.join("archtui.toml"), config).expect("a config");
        fs::write(root.join("claude"), AGENT).expect("an agent");
        fs::set_permissions(root.join("claude"), fs::Permissions::from_mode(0o755)).expect("executable");
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/claude-2.1.330");
        let mut shown = String::new();
        for (n, name) in screens.iter().enumerate() {
            let (name, bytes) = name.split_once(':').unwrap_or((name, "1"));
            let text = fs::read_to_string(recorded.join(name)).expect("a recorded screen");
            let rows: Vec<&str> = text.lines().collect();
            fs::write(root.join(format!("{n}.ansi")), rows.join("\r\n")).expect("written");
            shown += &format!(" '{}/{n}.ansi:{bytes}'", root.display());
        }
        let run = format!("cd '{}/tree' && exec ../claude{shown}", root.display());
        tmux.session_of("worker", 120, 40, &run);
        Self { tmux, root }
    }

    pub fn archtui(&self, args: &[&str]) -> Command {
        self.archtui_over(self.tmux.socket(), args)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test starts the program itself, and finds tmux as the shell does"
    )]
    pub fn archtui_over(&self, socket: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
        command.arg("-S").arg(socket).arg("--config").arg(self.root.join("archtui.toml")).args(args);
        let path = std::env::var_os("PATH").expect("a PATH");
        command.env_clear().env("PATH", path).env("HOME", self.root.join("home"));
        command.env("XDG_RUNTIME_DIR", self.root.join("run")).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    /// What a command prints, both ways, and whether it went well.
    pub fn say(&self, args: &[&str]) -> (bool, String) {
        let out = self.archtui(args).output().expect("archtui runs");
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.success(), text)
    }

    pub fn keys(&self) -> String {
        fs::read_to_string(self.root.join("tree/keys")).unwrap_or_default()
    }

    pub fn ledger(&self) -> String {
        self.say(&["ledger"]).1
    }
}

/// A daemon, and what it said so far.
pub struct Daemon {
    pub child: Child,
    said: std::sync::mpsc::Receiver<String>,
}

impl Daemon {
    pub fn start(stage: &Stage) -> Self {
        Self::start_over(stage, stage.tmux.socket())
    }

    /// The same over another tmux server.
    pub fn start_over(stage: &Stage, socket: &Path) -> Self {
        let mut child =
            stage.archtui_over(socket, &["daemon"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (tell, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, said }
    }

    pub fn until(&self, word: &str) {
        let mut last = String::new();
        wait_until(
            word,
            || {
                last = self.said.try_recv().unwrap_or(last.clone());
                last.contains(word)
            },
            String::new,
        );
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_is_safe_gets_one_key_and_the_rest_waits_for_a_person() {
    let screens = [
        "permission--edit--80x24.ansi",
        "permission--bash-subst--80x24.ansi",
        "permission--write-new--120x40.ansi",
    ];
    let stage = Stage::new(&screens);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    wait_until("the command is held", || stage.ledger().contains("held"), || stage.ledger());
    let (_, twice) = stage.say(&["approve", "nobody"]);
    assert!(twice.contains("no session is called \"nobody\""), "{twice}");
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()));
    let (done, told) = stage.say(&["deny", "worker"]);
    assert!(done && told.starts_with("denied"), "{told}");
    assert_eq!(stage.keys(), "13", "the key of No");
    wait_until("the file is held by the pause", || stage.ledger().contains("paused by"), || stage.ledger());
    assert_eq!(stage.keys(), "13");
    assert_eq!(stage.say(&["resume"]), (true, "goes on\n".to_owned()));
    wait_until("the file is confirmed", || stage.keys() == "131", || stage.ledger());
    wait_until("it is seen to go", || stage.ledger().matches("cleared").count() == 2, || stage.ledger());
    let (sound, told) = stage.say(&["ledger", "--verify"]);
    assert!(sound && told.contains("the chain holds"), "{told}");
    let all = stage.ledger();
    assert_eq!(all.matches(" intended ").count(), 3, "{all}");
}

#[test]
fn one_acts_and_the_next_one_follows_when_it_dies() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    assert!(!stage.say(&["pause"]).0, "nobody acts yet, so nobody hears");
    let first = Daemon::start(&stage);
    first.until("acting");
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    let second = Daemon::start(&stage);
    second.until("observing: process");
    signal(first.child.id(), Signal::KILL);
    second.until("acting");
    assert_eq!(stage.say(&["pause"]), (true, "paused\n".to_owned()));
    drop(first);
}

#[test]
fn an_observers_answer_reaches_the_dialog_that_he_saw_and_no_other() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--bash-subst--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    let told = stage.say(&["ledger", "--json"]).1;
    let entry: serde_json::Value =
        serde_json::from_str(told.lines().next().expect("an entry")).expect("JSON");
    let content = Showing::parse(entry["dialog"].as_str().expect("an id")).expect("an id").content;
    let state = stage.root.join("home/.local/state/archtui/fleet");
    let mut store = Store::visit(&state).expect("opens");
    let pane = store.since(0, 1).expect("read")[0].body.scene.pane;
    let mono = || {
        let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        t.tv_sec.unsigned_abs() * 1000 + t.tv_nsec.unsigned_abs() / 1_000_000
    };
    let this = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("an id").trim().to_owned();
    let mut ask_in = |boot: &str, content, since_ms, drawn_ms| {
        let boot = boot.to_owned();
        let ask = Ask::Answer { pane, content, boot, since_ms, drawn_ms, answer: Answer::Deny };
        let told = answer_to(&mut store, &ask);
        (told.done, told.text)
    };
    let drawn = mono();
    for boot in ["", "0b5c6e5e-0000-4000-8000-000000000000"] {
        let (done, told) = ask_in(boot, content, drawn, 900);
        assert!(!done && told.contains("started anew"), "its clock means nothing here: {told}");
    }
    let mut ask = |content, since_ms, drawn_ms| ask_in(&this, content, since_ms, drawn_ms);
    for (content, since, on_screen, why) in [
        (DialogId(7), drawn, 900, "another dialog is there now"),
        (content, 1, 900, "another dialog is there now"),
        (content, drawn, 299, "just appeared"),
    ] {
        let (done, told) = ask(content, since, on_screen);
        assert!(!done && told.contains(why), "{told}");
    }
    assert_eq!(stage.keys(), "");
    let (done, told) = ask(content, drawn, 900);
    assert!(done && told.starts_with("denied"), "{told}");
    assert_eq!(stage.keys(), "3", "the key of No");
    // The next one says the same, and is another one.
    let held = || stage.ledger().matches(" held ").count() >= 2;
    wait_until("the next one is held", held, || stage.ledger());
    let (done, told) = ask(content, drawn, 5_000);
    assert!(!done && told.contains("another dialog is there now"), "{told}");
    assert_eq!(stage.keys(), "3", "the key of No");
}

#[test]
fn a_session_outside_the_roster_is_answered_by_a_persons_own_key_only() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--bash-subst--80x24.ansi"]);
    let config = fs::read_to_string(stage.root.join("archtui.toml")).expect("there");
    let config = config.replace("name = \"worker\"", "name = \"another\"");
    fs::write(stage.root.join("archtui.toml"), config).expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    for args in [
        &["approve", "worker"][..],
        &["deny", "worker"],
        &["deny", "worker", "--text", "not that one"],
        &["answer", "worker", "--option", "1"],
        &["unstick", "worker", "--step", "approve", "--yes"],
        &["unstick", "worker", "--step", "escape", "--yes"],
    ] {
        let (done, told) = stage.say(args);
        assert!(!done && told.contains("not in the roster") && told.contains("--adopt"), "{args:?}: {told}");
    }
    assert_eq!(stage.keys(), "");
    // A person at the control room of one who observes: his own key.
    let state = stage.root.join("home/.local/state/archtui/fleet");
    let mut store = Store::visit(&state).expect("opens");
    let entry = store.since(0, 1).expect("read").remove(0);
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let ask = Ask::Answer {
        pane: entry.body.scene.pane,
        content: entry.body.showing.content,
        boot: fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("an id").trim().to_owned(),
        since_ms: t.tv_sec.unsigned_abs() * 1000 + t.tv_nsec.unsigned_abs() / 1_000_000,
        drawn_ms: 900,
        answer: Answer::Deny,
    };
    let id = store.wish(&ask, "operator via 1", now(), Wish::PATIENCE).expect("left");
    wait_until("the key of No", || stage.keys() == "3", || format!("{:?}", store.fate(id, now())));
}

/// What whoever acts makes of a wish.
fn answer_to(store: &mut Store, ask: &Ask) -> Told {
    let id = store.wish(ask, "operator via 1", now(), Wish::PATIENCE).expect("left");
    let mut told = None;
    let answered = || {
        told = match store.fate(id, now()).expect("read") {
            Some(Fate::Answered(answer)) => Some(answer),
            _ => None,
        };
        told.is_some()
    };
    wait_until("the wish is answered", answered, String::new);
    told.expect("it is answered")
}

#[expect(clippy::disallowed_methods, reason = "a wish of a test carries the time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[test]
fn entries_older_than_they_are_kept_go_and_the_chain_of_the_rest_holds() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let state = stage.root.join("home/.local/state/archtui/fleet");
    let long_ago = jiff::Timestamp::from_second(1_700_000_000).expect("a time");
    let wish = {
        let mut store = Store::open(&state, long_ago).expect("opens").0;
        for _ in 0..3 {
            store.append(old_entry(long_ago)).expect("written");
        }
        store.wish(&Ask::Pause, "operator via 1", long_ago, Wish::PATIENCE).expect("left")
    };
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, format!("[ledger]\nkeep = \"30d\"\n{text}")).expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the old ones are gone", || !stage.ledger().contains("2023-11"), || stage.ledger());
    let visitor = Store::visit(&state).expect("opens");
    assert_eq!(visitor.fate(wish, now()).expect("read"), None, "nor does an old wish stay");
    wait_until("the edit is confirmed", || stage.ledger().contains("cleared"), || stage.ledger());
    let (sound, told) = stage.say(&["ledger", "--verify"]);
    assert!(sound && told.contains("2 entries") && told.contains("up to 3: the chain goes on"), "{told}");
}

fn old_entry(at: jiff::Timestamp) -> Body {
    let scene = Scene {
        host: "box".into(),
        session: SessionName::new("worker"),
        pane: PaneIdentity { id: PaneId(9), pid: 9, start: 9 },
        agent: None,
        cwd: None,
    };
    let dialog = Dialog::default();
    let decision = Decision {
        showing: Showing { content: dialog.identity(), epoch: 1 },
        of: None,
        verdict: Ruling { action: Action::Hold, rule: "x".into(), reason: String::new() },
        why: String::new(),
        actor: Who::Automation,
        channel: None,
        key: None,
        answer: None,
        outcome: Outcome::Held,
        times: Times::default(),
    };
    Body::new(at, &scene, &dialog, decision, &str::to_owned)
}

#[test]
fn with_rules_that_cannot_be_read_it_only_watches() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let own = stage.root.join("home/.config/archtui");
    fs::create_dir_all(&own).expect("made");
    fs::write(own.join("policy.toml"), "[[rule]]\nacton = \"allow\"\n").expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("it is watched", || stage.ledger().contains("watched"), || stage.ledger());
    assert_eq!(stage.keys(), "");
}

#[test]
fn rules_in_a_folder_that_comes_later_count_at_once() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--edit--80x24.ansi"]);
    let own = stage.root.join("home/.config/archtui");
    assert!(!own.exists());
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains("held"), || stage.ledger());
    fs::create_dir_all(&own).expect("made");
    let mine = "[[rule]]\nid = \"mine\"\naction = \"hold\"\nreason = \"not now\"\noperation = [\"edit\"]\n";
    fs::write(own.join("policy.toml"), mine).expect("written");
    daemon.until("read anew");
    assert!(stage.say(&["deny", "worker"]).0);
    wait_until("the edit is held by it", || stage.ledger().contains("(mine: not now)"), || stage.ledger());
}

#[test]
fn rules_that_change_while_it_runs_count_at_once_and_broken_ones_do_not() {
    let stage = Stage::new(&["permission--edit--80x24.ansi", "permission--write-new--120x40.ansi"]);
    let own = stage.root.join("home/.config/archtui");
    fs::create_dir_all(&own).expect("made");
    let rules = own.join("policy.toml");
    let hold = "[[rule]]\nid = \"mine\"\naction = \"hold\"\nreason = \"not now\"\noperation = [\"edit\"]\n";
    fs::write(&rules, hold).expect("written");
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the edit is held", || stage.ledger().contains("(mine: not now)"), || stage.ledger());
    fs::write(&rules, hold.replace("action", "acton")).expect("written");
    daemon.until("the old rules stay in force");
    assert_eq!(stage.keys(), "");
    // As editors do: another file takes its name.
    fs::write(own.join("new"), "").expect("written");
    fs::rename(own.join("new"), &rules).expect("renamed");
    daemon.until("read anew");
    wait_until("the edit is confirmed", || stage.keys() == "1", || stage.ledger());
    // A signal asks as well.
    let config = stage.root.join("archtui.toml");
    let text = fs::read_to_string(&config).expect("there");
    fs::write(&config, text.replace("preset = \"sop\"", "preset = \"watch\"\nmax_per_minute = 7"))
        .expect("written");
    daemon.until("read anew");
    wait_until("the file is watched", || stage.ledger().contains("watched"), || stage.ledger());
    signal(daemon.child.id(), Signal::HUP);
    daemon.until("read anew");
    assert_eq!(stage.keys(), "1");
    fs::write(&config, text.replace("quiet", "quit")).expect("written");
    daemon.until("archtui.toml:3: no key is called \"quit\" here");
    // The brake works with it, and what lets go of it does not.
    let (well, said) = stage.say(&["pause"]);
    assert!(well && said.contains("paused") && said.contains("the config is broken"), "{said}");
    let (well, said) = stage.say(&["resume"]);
    assert!(!well && said.contains("no key is called"), "{said}");
    fs::write(&config, text).expect("written");
    assert!(stage.say(&["status", "--json"]).1.contains("\"paused\":true"), "it is kept");
}

/// Long: `scripts/prove.sh` runs it.
#[test]
#[ignore = "takes minutes; scripts/prove.sh runs it"]
fn killed_at_any_moment_it_presses_once_at_most() {
    let mut pressed = 0;
    for trial in 0..100u64 {
        let stage = Stage::new(&["permission--edit--80x24.ansi"]);
        let first = Daemon::start(&stage);
        first.until("acting");
        // Around the moment of the key: it comes some 170 ms after the dialog was seen.
        std::thread::sleep(Duration::from_millis(trial * 7 % 350));
        signal(first.child.id(), Signal::KILL);
        let second = Daemon::start(&stage);
        second.until("acting");
        let settled = || stage.keys() == "1" || stage.ledger().contains("unknown");
        wait_until("it is pressed, or for a person", settled, || stage.ledger());
        let told = || {
            let all = stage.ledger();
            let ends = ["cleared", "unknown", "held", "refused", "withdrawn"]
                .map(|word| all.matches(&format!(" {word} ")).count());
            all.matches(" intended ").count() <= ends.iter().sum()
        };
        wait_until("what was intended has an end", told, || stage.ledger());
        std::thread::sleep(Duration::from_millis(700));
        assert!(stage.keys().len() <= 1, "trial {trial}: {}\n{}", stage.keys(), stage.ledger());
        assert!(stage.say(&["ledger", "--verify"]).0, "trial {trial}");
        assert_eq!(stage.tmux.text(PaneId(0)).matches("over1").count(), 0, "trial {trial}");
        pressed += stage.keys().len();
    }
    assert!(pressed > 20, "it does press: {pressed}");
}

/// What commands said that were given at the same time.
fn at_once(stage: &Stage, commands: &[&[&str]]) -> Vec<(bool, String)> {
    let started: Vec<Child> = commands
        .iter()
        .map(|args| {
            let mut command = stage.archtui(args);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
        })
        .collect();
    let told = |child: Child| {
        let out = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.success(), text)
    };
    started.into_iter().map(told).collect()
}

#[test]
fn of_two_wishes_for_one_dialog_the_first_is_told_how_it_ended() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    let told = at_once(&stage, &[&["deny", "worker"], &["deny", "worker"]]);
    let done = told.iter().filter(|(done, said)| *done && said.starts_with("denied")).count();
    assert_eq!(done, 1, "one of them did it, and hears so: {told:?}\n{}", stage.ledger());
    assert!(told.iter().all(|(_, said)| !said.contains("meanwhile")), "{told:?}");
    assert_eq!(stage.keys(), "3", "one key: {told:?}");
}

#[test]
fn what_a_person_keeps_is_kept_by_who_acts_next() {
    // The rules would confirm it: it is kept while all is paused, and the pause ends.
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let (mut store, _) =
        Store::open(&stage.root.join("home/.local/state/archtui/fleet"), now()).expect("new");
    let mut paused = Switches::default();
    paused.pause(true, "operator", now());
    store.keep_switches(&paused, "operator", now()).expect("kept");
    let mut daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("it is held", || stage.ledger().contains(" held "), || stage.ledger());
    let told = stage.archtui(&["hold", "worker"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&told.stdout) + String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && said.contains("held"), "{said}");
    daemon.child.kill().expect("killed");
    daemon.child.wait().expect("it ends");
    let next = Daemon::start(&stage);
    next.until("acting");
    assert!(answer_to(&mut store, &Ask::Resume).done);
    let kept = || stage.ledger().matches("kept by operator").count();
    wait_until("it is kept again", || kept() >= 2, || stage.ledger());
    let entries = Ledger::since(&store, 0, 100).expect("read");
    let (first, last) = (&entries[0], entries.last().expect("some"));
    assert!(last.body.of == Some(first.seq) && last.body.times == Times::default(), "{last:?}");
    assert_eq!(stage.keys(), "", "nothing was pressed: {}", stage.ledger());
}

#[test]
fn whoever_asked_one_that_was_killed_hears_that_nobody_knows() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi"]);
    let db = stage.root.join("home/.local/state/archtui/fleet/archtui.db");
    for followed in [false, true] {
        let mut daemon = Daemon::start(&stage);
        daemon.until("acting");
        signal(daemon.child.id(), Signal::STOP);
        let mut command = stage.archtui(&["pause"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let records = rusqlite::Connection::open(&db).expect("opens");
        records.busy_timeout(Duration::from_secs(5)).expect("patient");
        // As he takes it before he does what it asks.
        let take = || records.execute("UPDATE wishes SET taken_ms = 1 WHERE taken_ms IS NULL", []) == Ok(1);
        wait_until("it is taken", take, String::new);
        daemon.child.kill().expect("killed");
        daemon.child.wait().expect("it ends");
        let next = followed.then(|| Daemon::start(&stage));
        let out = command.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(said.contains("ended before he answered"), "followed: {followed}: {said}");
        drop(next);
    }
}

#[test]
fn an_answer_by_a_sessions_name_is_for_the_dialog_that_stood_there_when_it_was_given() {
    let stage = Stage::new(&["permission--bash-subst--80x24.ansi", "permission--bash-subst--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    wait_until("the command is held", || stage.ledger().contains(" held "), || stage.ledger());
    // Whoever acts is slow to hear of it.
    signal(daemon.child.id(), Signal::STOP);
    let mut command = stage.archtui(&["deny", "worker"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let state = stage.root.join("home/.local/state/archtui/fleet");
    let reader = rusqlite::Connection::open(state.join("archtui.db")).expect("opens");
    let mut left = String::new();
    let mut wished = || {
        let sql = "SELECT act FROM wishes WHERE taken_ms IS NULL";
        left = reader.query_row(sql, [], |r| r.get(0)).unwrap_or_default();
        !left.is_empty()
    };
    wait_until("it is wished", &mut wished, String::new);
    signal(daemon.child.id(), Signal::CONT);
    let out = command.wait_with_output().expect("it ends");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(stage.keys(), "3", "the one that stood there");
    let held = || stage.ledger().matches(" held ").count() >= 2;
    wait_until("the next one is held", held, || stage.ledger());
    // The same words come late, and the dialog that stands there says the same.
    let ask: Ask = serde_json::from_str(&left).expect("a wish");
    let mut store = Store::visit(&state).expect("opens");
    let told = answer_to(&mut store, &ask);
    assert!(!told.done && told.text.contains("another dialog is there now"), "{told:?}");
    assert_eq!(stage.keys(), "3", "it is another one");
}

#[test]
fn who_answers_where_nothing_is_asked_has_nothing_to_do() {
    let stage = Stage::new(&["idle--fresh--80x24.ansi"]);
    let daemon = Daemon::start(&stage);
    daemon.until("acting");
    for args in [
        &["approve", "worker"][..],
        &["deny", "worker"],
        &["deny", "worker", "--text", "no"],
        &["answer", "worker", "--option", "1"],
        &["answer", "worker", "--text", "no"],
        &["unstick", "worker", "--step", "approve"],
    ] {
        let out = stage.archtui(args).output().expect("archtui runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!((out.status.code(), said.lines().count()), (Some(3), 2), "{args:?}: {said}");
        assert!(said.contains("worker asks nothing"), "{args:?}: {said}");
    }
}
