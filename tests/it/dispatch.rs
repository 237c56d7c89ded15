//! The dispatcher over real tmux panes with simulated agents and a real store: what reaches the agents, letter by letter;
//! where nothing is put; and what is left when archtui ends in the middle, again and again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use archtui::app::Event as Fact;
use archtui::domain::agent::Agents;
use archtui::domain::roster::{Member, Roster, Tier};
use archtui::domain::server::Notice;
use archtui::domain::session::PaneId;
use archtui::domain::task::{
    After, Now, Order, Priority, Rules, Sender, State, Sure, Task, TaskId, Wish, entry,
};
use archtui::evidence::proc::Proc;
use archtui::git::watch::Inotify;
use archtui::ports::{Press, View};
use archtui::store::Store;
use archtui::tmux::watch::Watcher;
use archtui::workers::dispatcher::{Chair, Dispatcher, Doors, Fixed};
use archtui::workers::screens::Screens;
use archtui::workers::scribe::Scribe;
use archtui::workers::{WAITING, Workers};
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use super::support::tmux::PrivateTmux;
use super::support::{PATIENCE, now};

/// A fleet of simulated agents on a private server, with a state folder.
pub struct Site {
    pub tmux: PrivateTmux,
    pub roster: Roster,
    pub panes: Vec<PaneId>,
}

/// archtui beside it, as far as tasks go.
struct Running {
    runtime: Option<Runtime>,
    chair: watch::Sender<Option<Chair<Store>>>,
    did: std::sync::mpsc::Receiver<String>,
}

/// An agent that waits for a message, works for a while, answers.
pub const PATIENT: &str =
    "repeat = true\nsteps = [\"await-prompt\", { work = \"300ms\" }, { say = \"So it is.\" }]";

impl Site {
    pub fn new(names: &[&str], script: &str) -> Self {
        let tmux = PrivateTmux::new();
        let link = tmux.dir().join("claude");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_archtui"), &link).expect("linked");
        fs::write(tmux.dir().join("script.toml"), script).expect("written");
        let mut site = Self { tmux, roster: Roster::default(), panes: Vec::new() };
        for name in names {
            site.roster.members.push(Member {
                name: (*name).into(),
                tier: Some(Tier::Worker),
                ..Member::default()
            });
            let command = format!(
                "exec ./claude sim-agent --script script.toml --session {name} --log {name}.log --record"
            );
            let pane = site.tmux.session_of(name, 100, 30, &command);
            site.panes.push(pane);
        }
        for pane in &site.panes {
            site.tmux.wait_for(*pane, "❯");
        }
        fs::create_dir_all(site.tmux.dir().join("xdg/archtui")).expect("made");
        fs::create_dir_all(site.tmux.dir().join("run")).expect("made");
        let session = |n: &&str| format!("[[session]]\nname = \"{n}\"\ntier = \"worker\"\n");
        let socket = site.tmux.socket().display();
        let config = format!("[fleet]\nname = \"test\"\nsocket = \"{socket}\"\n");
        let sessions: String = names.iter().map(session).collect();
        fs::write(site.tmux.dir().join("archtui.toml"), config + &sessions).expect("written");
        site
    }

    pub fn state_dir(&self) -> PathBuf {
        self.tmux.dir().join("xdg/archtui/test")
    }

    pub fn store(&self) -> Store {
        Store::visit(&self.state_dir()).expect("the store")
    }

    pub fn send(&self, order: Order) -> TaskId {
        let request = entry::check(order, &Sender::Operator, &self.roster).expect("a sound order");
        let wish = Wish::Add(vec![request]);
        let answer = self.store().ask(Rules::default(), wish, instant());
        answer.expect("stored").expect("granted").0.ids[0]
    }

    pub fn task(&self, id: TaskId) -> Task {
        self.store().task(id).expect("read").expect("it is there")
    }

    pub fn tasks(&self) -> Vec<Task> {
        self.store().tasks(10_000).expect("read").0
    }

    pub fn wait_for(&self, what: &str, holds: impl Fn(&[Task]) -> bool) {
        let last = || {
            let tasks: Vec<_> =
                self.tasks().iter().map(|t| format!("#{} {} {:?}", t.id, t.state.word(), t.reason)).collect();
            let screens: Vec<_> = self.panes.iter().map(|p| self.tmux.text(*p)).collect();
            format!("{}\n{}", tasks.join("\n"), screens.join("\n=====\n"))
        };
        // Several times the usual patience: whole fleets work here.
        let end = now() + 4 * PATIENCE;
        while !holds(&self.tasks()) {
            assert!(now() < end, "waited in vain until {what}: {}", last());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What an agent was given, in order.
    pub fn submitted(&self, name: &str) -> Vec<String> {
        let log = fs::read_to_string(self.tmux.dir().join(format!("{name}.log"))).unwrap_or_default();
        let lines = log.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok());
        lines
            .filter(|v| v["event"] == "submitted")
            .filter_map(|v| v["text"].as_str().map(Into::into))
            .collect()
    }

    /// All bytes that an agent was sent.
    fn bytes(&self, name: &str) -> String {
        let log = fs::read_to_string(self.tmux.dir().join(format!("{name}.log"))).unwrap_or_default();
        let lines = log.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok());
        lines
            .filter(|v| v["event"] == "read")
            .filter_map(|v| v["bytes"].as_str().map(str::to_owned))
            .collect()
    }

    /// A person looks at what is held: what the agent has is left to it, what stands in the composer is taken away.
    pub fn decide(&self) -> usize {
        let held: Vec<Task> = self.tasks().into_iter().filter(|t| t.state == State::Held).collect();
        if !held.is_empty() {
            // What was pressed last is on its way still; no person is quicker than that.
            std::thread::sleep(Duration::from_millis(500));
        }
        for task in &held {
            assert!(task.reason.as_ref().is_some_and(|r| r.len() > 20), "held without a word: {task:#?}");
            let name = task.session().expect("somebody has it").to_string();
            let wish = if self.submitted(&name).contains(&task.typed()) {
                Wish::Close(task.id)
            } else {
                self.tmux.run(&["send-keys", "-t", &name, "C-u"]);
                Wish::Retry(task.id, Sure::Yes)
            };
            self.store().ask(Rules::default(), wish, instant()).expect("stored").expect("granted");
        }
        held.len()
    }

    /// The program itself, in this fleet's folder.
    #[expect(clippy::disallowed_methods, reason = "tests start archtui, and find programs as the shell does")]
    pub fn archtui(&self, args: &[&str]) -> Command {
        let dir = self.tmux.dir();
        let mut command = Command::new(env!("CARGO_BIN_EXE_archtui"));
        command.args(args).env_clear().current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(fs::File::create(dir.join("stderr")).expect("made"));
        command.env("PATH", std::env::var_os("PATH").expect("a PATH")).env("HOME", dir);
        command.env("XDG_STATE_HOME", dir.join("xdg")).env("XDG_RUNTIME_DIR", dir.join("run"));
        command.env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command
    }

    fn run(&self) -> Running {
        Running::start(self, &self.state_dir())
    }
}

impl Running {
    fn start(site: &Site, dir: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let (chair, given) = watch::channel(None);
        let (say, did) = std::sync::mpsc::channel();
        let (store, _) = Store::open(dir, Timestamp::UNIX_EPOCH).expect("opens");
        let scribe = Scribe::start(store).expect("a thread");
        let fixed = Fixed {
            roster: site.roster.clone(),
            quiet: Duration::from_secs(10),
            rules: Rules::default(),
            trees: Some(|| Box::new(archtui::git::SystemGit::new())),
        };
        let (address, roster) = (site.tmux.address(), site.roster.clone());
        let (give, home) = (chair.clone(), site.tmux.dir().to_owned());
        runtime.spawn(async move {
            let (watcher, keys) = Watcher::new(address, Notice::Auto);
            let (facts, mut told) = mpsc::channel(WAITING);
            let (tell, heard) = mpsc::channel(WAITING);
            let (looks, wanted) = mpsc::channel(512);
            let (_view, view) = watch::channel(View::default());
            let mut workers = Workers::new(facts.clone());
            let agents = Agents::builtin().clone();
            let screens = Screens::new(watcher, Proc::new(Some(&home)), agents, roster, view, facts.clone());
            workers.spawn(screens.with_actor(tell, wanted));
            let doors = Doors { heard, chair: given, looks, facts };
            let folders = Inotify::new().with_writes();
            let processes = Proc::new(Some(&home));
            workers.spawn(Dispatcher::new(fixed, keys.clone(), processes, folders, doors));
            while keys.claim("me").await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let (actor, typed) = ("me".to_owned(), BTreeMap::new());
            give.send_replace(Some(Chair { scribe, actor, off: None, typed, exclude: Vec::new() }));
            while let Some(fact) = told.recv().await {
                if let Fact::Did(did) = fact {
                    let _ = say.send(format!("{did:?}"));
                }
            }
        });
        Self { runtime: Some(runtime), chair, did }
    }

    /// Ends wherever it stands, as if it had been killed.
    fn kill(mut self) -> Vec<String> {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
        self.chair.send_replace(None);
        self.did.try_iter().collect()
    }

    fn switch(&self, on: bool) {
        self.chair.send_modify(|c| {
            if let Some(c) = c {
                c.off = (!on).then_some("dispatch is switched off");
            }
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "tests stamp what they queue")]
fn instant() -> Now {
    Now { wall: Timestamp::now(), mono: Duration::ZERO }
}

fn to(target: &str, text: &str) -> Order {
    Order { target: Some(target.into()), ..Order::new(text) }
}

/// What people write.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "x",
        "fix the label; then `cargo test`",
        "it's \"quoted\" and 'quoted', $HOME, ${x}, #{pane_id}, #(touch mark)",
        "-L is an option; --help too",
        "/src/app.py is broken",
        "two\nlines",
        "a list:\n1. Yes\n2. No\n❯ 3. Maybe\n\nand the end",
        "emoji 🦀 and 漢字 and é, \u{201c}quotes\u{201d} …",
        "\\n is no line end; nor is \\ at the end \\",
        "tab\there, trailing blanks   \n  indented\n\tmore",
    ]
    .map(Into::into)
    .to_vec();
    texts.push("word ".repeat(150));
    texts.push(
        (1..=12)
            .map(|n| format!("{n}. step of a long plan, {}\n", "why ".repeat(60)))
            .collect::<Vec<_>>()
            .concat(),
    );
    texts
}

#[test]
fn tasks_reach_their_sessions_letter_by_letter() {
    let names = ["w1", "w2", "w3"];
    let site = Site::new(&names, PATIENT);
    let running = site.run();
    let mut ids: Vec<TaskId> = Vec::new();
    for (i, text) in texts().iter().enumerate() {
        let mut order = Order::new(text);
        order.priority = Priority::new((i % 11) as u8).expect("0 to 10");
        if i % 3 == 1 {
            order.target = Some(names[i % 3].into());
        }
        if i % 4 == 3 {
            order.after = vec![After::Task(ids[i - 2])];
        }
        ids.push(site.send(order));
    }
    // What is known of a done task is gathered behind its end.
    let told = |t: &Task| t.evidence.iter().any(|e| e.sentence().contains("So it is."));
    site.wait_for("all are done, and their words known", |tasks| {
        tasks.iter().all(|t| t.state == State::Done && told(t))
    });
    let did = running.kill();
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        for text in site.submitted(name) {
            *given.entry(text).or_default() += 1;
        }
    }
    let wanted: BTreeMap<String, usize> = site.tasks().iter().map(|t| (t.typed(), 1)).collect();
    assert_eq!(given, wanted, "{did:#?}");
    for task in site.tasks() {
        assert_eq!(task.attempts.len(), 1, "{task:#?}");
    }
}

#[test]
fn killed_again_and_again_it_neither_loses_nor_doubles() {
    let names = ["w1", "w2", "w3"];
    let site = Site::new(&names, PATIENT);
    for n in 0..15 {
        let target = (n % 2 == 0).then(|| names[n % 3].to_owned());
        site.send(Order { target, ..Order::new(format!("piece {n} of the work")) });
    }
    // A different moment each time, from before the first key to after the last; and a person who looks at what is held.
    let mut held = 0;
    for round in 0_u64..30 {
        let running = site.run();
        std::thread::sleep(Duration::from_millis(400 + round * 397 % 1300));
        running.kill();
        held += site.decide();
    }
    let running = site.run();
    // What the last kill left half done is held by now, and keeps the rest: that person looks at it, too.
    let late = Cell::new(0);
    site.wait_for("nothing is left to do", |tasks| {
        if tasks.iter().any(|t| t.state == State::Held) {
            late.set(late.get() + site.decide());
        }
        tasks.iter().all(|t| t.state == State::Done)
    });
    running.kill();
    held += late.get();
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for text in names.iter().flat_map(|n| site.submitted(n)) {
        *given.entry(text).or_default() += 1;
    }
    let wanted: BTreeMap<String, usize> = site.tasks().iter().map(|t| (t.typed(), 1)).collect();
    assert_eq!(given, wanted, "{:#?}", site.tasks());
    assert!(held <= 12, "{held} of 15 tasks in 30 runs were held");
}

#[test]
fn a_text_of_64_kib_is_whole() {
    let site = Site::new(&["w1"], PATIENT);
    let line = "All work and no play: $x `y` \"z\" 'q' #{a} ; \\ 漢 🦀\n";
    let mut text = line.repeat(64 * 1024 / line.len());
    text.truncate(text.trim_end().len());
    let id = site.send(to("w1", &text));
    // The number in front of it.
    let running = site.run();
    site.wait_for("it is done", |tasks| tasks.iter().all(|t| t.state == State::Done));
    running.kill();
    let typed = site.task(id).typed();
    assert!(typed.len() > 65_000);
    assert!(site.submitted("w1") == [typed], "it is not what was sent");
}

#[test]
fn an_agents_own_command_is_typed() {
    let site = Site::new(&["w1"], PATIENT);
    let id = site.send(to("w1", "/compact now"));
    let running = site.run();
    site.wait_for("it is done", |tasks| tasks.iter().all(|t| t.state == State::Done));
    running.kill();
    assert_eq!(site.submitted("w1"), ["/compact now"]);
    assert!(!site.bytes("w1").contains("[200~"), "it was pasted: {}", site.bytes("w1"));
    assert_eq!(site.task(id).attempts.len(), 1);
}

#[test]
fn nothing_is_put_where_it_does_not_belong() {
    let site = Site::new(&["asks", "typed", "copy", "plain", "off"], PATIENT);
    let tmux = &site.tmux;
    let [asks, typed, copy, plain, _] = site.panes[..] else { panic!("five panes") };
    // A dialog; a half sentence; copy mode; a shell where the agent was.
    let script = "steps = [{ bash = { command = \"rm -rf x\" } }, \"await-prompt\"]";
    fs::write(tmux.dir().join("asks.toml"), script).expect("written");
    let again = "exec ./claude sim-agent --script asks.toml --session asks --log asks.log";
    tmux.run(&["respawn-window", "-k", "-t", &asks.to_string(), again]);
    tmux.wait_for(asks, "Do you want");
    tmux.run(&["send-keys", "-t", &typed.to_string(), "-l", "half a sen"]);
    tmux.wait_for(typed, "half a sen");
    tmux.run(&["copy-mode", "-t", &copy.to_string()]);
    tmux.run(&["respawn-window", "-k", "-t", &plain.to_string(), "exec sh"]);
    tmux.wait_for(plain, "$");
    let before: Vec<String> = ["asks", "typed", "copy", "off"].map(|n| site.bytes(n)).to_vec();
    let mut ids: Vec<TaskId> =
        ["asks", "typed", "copy", "plain"].iter().map(|n| site.send(to(n, "do something else"))).collect();
    let running = site.run();
    let why = |t: &Task| t.state == State::Queued && t.reason.is_some();
    site.wait_for("each says why it waits", |tasks| tasks.iter().all(why));
    running.switch(false);
    ids.push(site.send(to("off", "switched off")));
    site.wait_for("the last one says so", |tasks| {
        tasks.iter().all(|t| t.reason.as_deref() == Some("dispatch is switched off"))
    });
    running.switch(true);
    site.wait_for("it is done after all", |tasks| tasks.last().is_some_and(|t| t.state == State::Done));
    running.kill();
    for (name, before) in ["asks", "typed", "copy"].iter().zip(before) {
        assert_eq!(site.bytes(name), before, "something reached {name}");
    }
    assert!(!tmux.text(plain).contains("something"), "it reached a shell");
    assert!(tmux.text(typed).contains("half a sen"));
    for id in &ids[..4] {
        assert_eq!(site.task(*id).state, State::Queued);
    }
}

#[test]
fn what_is_known_of_a_done_task_is_told() {
    let slow =
        PATIENT.replace("300ms", "3s").replace("So it is.", "My key is AKIAIOSFODNN7EXAMPLE. So it is.");
    let site = Site::new(&["w1"], &slow);
    let id = site.send(to("w1", "make it so"));
    let running = site.run();
    site.wait_for("it is at work", |tasks| tasks.iter().all(|t| t.state == State::Working));
    let commit = "git -c init.defaultBranch=feature/x-0208 init -q . && \
        git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m 'feat: it is so'; exec sleep 1000";
    site.tmux.session_of("git", 80, 24, commit);
    site.wait_for("it is done and told", |tasks| {
        tasks
            .iter()
            .all(|t| t.state == State::Done && t.evidence.iter().any(|e| e.sentence().contains("it says")))
    });
    running.kill();
    let all: Vec<String> =
        site.task(id).evidence.iter().map(archtui::domain::task::Evidence::sentence).collect();
    let all = all.join("\n");
    for wanted in ["on branch feature/x-0208", "feat: it is so", "files not committed", "So it is."] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
    assert!(!all.contains("AKIAIOSFODNN7EXAMPLE"), "{all}");
}

#[test]
fn a_task_whose_conversation_was_cleared_is_told_so() {
    let site = Site::new(&["w1"], &PATIENT.replace("300ms", "30s"));
    let id = site.send(to("w1", "a long piece"));
    let running = site.run();
    let dir = site.tmux.dir().join(".claude/sessions");
    site.wait_for("it is at work, in a known conversation", |tasks| {
        tasks.iter().all(|t| t.state == State::Working && t.attempts[0].conversation.is_some())
    });
    // As after /clear: the agent has another name for its conversation.
    for file in fs::read_dir(dir).expect("a folder").flatten().map(|e| e.path()) {
        let text = fs::read_to_string(&file).expect("a session file");
        fs::write(&file, text.replace("-0000-4000-", "-0000-4999-")).expect("written");
    }
    site.wait_for("it is held", |tasks| tasks.iter().all(|t| t.state == State::Held));
    running.kill();
    let why = site.task(id).reason.expect("a word");
    assert!(why.contains("was cleared"), "{why}");
}

#[test]
fn work_that_was_done_while_nobody_looked_is_found_in_the_record() {
    let site = Site::new(&["w1"], PATIENT);
    let id = site.send(to("w1", "a quick piece"));
    // Delivered by an archtui that ended the moment after, as it stands on disk.
    let running = site.run();
    site.wait_for("it is done", |tasks| tasks.iter().all(|t| t.state == State::Done));
    running.kill();
    let db = rusqlite::Connection::open(site.state_dir().join("archtui.db")).expect("opens");
    let sql = "UPDATE tasks SET live = 1, finished = NULL, state = 'delivered', rev = rev + 1, task = json_remove(
        json_set(task, '$.state', 'delivered', '$.evidence', json('[]')), '$.finished', '$.finished_at', '$.attempts[0].end')";
    assert_eq!(db.execute(sql, []), Ok(1));
    drop(db);
    let running = site.run();
    site.wait_for("it is done again", |tasks| tasks.iter().all(|t| t.state == State::Done));
    running.kill();
    assert_eq!(site.submitted("w1"), [site.task(id).typed()]);
}
