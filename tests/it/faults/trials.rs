//! One fault at a time, again and again, at any moment of the agents' rounds. After each: what is said is true within two
//! seconds, nothing was typed wrongly, and all goes on by itself or waits for a person.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;

use super::fleet::{ASKS, Acting, BUSY, Fleet, some_time};
use super::watch::Watch;
use super::{TRUE_WITHIN, Trial, say};
use crate::support::tmux::signal;
use crate::support::{now, wait_until};

const SESSIONS: &[(&str, &str)] = &[("busy", BUSY), ("third", BUSY), ("asks", ASKS)];

/// The fleet, one who acts and one who follows.
struct Scene {
    fleet: Fleet,
    acting: Acting,
    watch: Watch,
}

impl Scene {
    fn new() -> Self {
        Self::over(Fleet::new(SESSIONS))
    }

    fn over(fleet: Fleet) -> Self {
        let acting = Acting::start(&fleet, "test");
        let watch = Watch::start(&fleet);
        let mut scene = Self { fleet, acting, watch };
        scene.acting.until("acting");
        scene.runs();
        scene
    }

    /// All goes on: who is busy is answered, what is a person's waits for him.
    fn runs(&mut self) {
        self.fleet.until_answered("busy", 1);
        self.fleet.until_answered("third", 1);
        let asks = self.fleet.story("asks");
        assert_eq!(asks.answered, 0);
        self.waits();
    }

    /// What is a person's is said to wait for him.
    fn waits(&mut self) {
        self.watch
            .until("a dialog waits", now(), crate::support::PATIENCE, |w| w.state("asks") == "permission");
    }

    /// What is said of the sessions is what their agents do, all at the same moment.
    fn is_true(&mut self, since: std::time::Instant, within: Duration) -> Duration {
        loop {
            self.watch.take();
            let stories = self.fleet.stories();
            let same = stories.iter().all(|(name, story)| {
                let want = if story.now == "asks" { "permission" } else { "working" };
                self.watch.state(name) == want
            });
            // They go on while it is compared: at some moment both must agree.
            self.watch.take();
            if same && self.watch.is_up() {
                return now() - since;
            }
            assert!(
                now() < since + within,
                "not true within {within:?}: {:?} {:?} {stories:?}",
                self.watch.server,
                self.watch.states
            );
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn end(self) {
        self.fleet.stories();
        self.fleet.sound();
    }
}

/// Reports the slowest truth of a trial.
fn report(what: &str, fleet: &Fleet, took: &[Duration]) {
    let most = took.iter().max().copied().unwrap_or_default();
    let mut sorted = took.to_vec();
    sorted.sort();
    let mid = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let (n, helped) = (took.len(), fleet.helped.get());
    say(&format!(
        "{what}: true {n} times, after {mid:?} as a rule, {most:?} at most; a person was needed {helped} times"
    ));
}

fn agent_exits(trial: Trial) {
    let mut scene = Scene::new();
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        // By itself it ends with a goodbye; killed it leaves its picture, an open dialog too.
        let how = if round % 2 == 0 { Signal::KILL } else { Signal::TERM };
        let name = if round % 3 == 2 { "asks" } else { "busy" };
        some_time(round, 1200);
        signal(scene.fleet.agent(name), how);
        let since = now();
        let ended = |w: &Watch| matches!(w.state(name), "exited" | "shell");
        took.push(scene.watch.until("the agent ended", since, trial.within(TRUE_WITHIN), ended));
        // Long enough for a key that should not come.
        std::thread::sleep(Duration::from_millis(400));
        scene.fleet.stories();
        scene.fleet.again(name);
        scene.runs();
    }
    report("agent exits", &scene.fleet, &took);
    scene.end();
}

fn agent_hangs(trial: Trial) {
    let mut scene = Scene::over(Fleet::alone(SESSIONS));
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        some_time(round, 900);
        let agent = scene.fleet.agent("busy");
        signal(agent, Signal::STOP);
        // Now and then until it is held to be stuck.
        std::thread::sleep(Duration::from_millis(if round % 10 == 9 { 6500 } else { 1300 }));
        scene.fleet.until_answered("third", 1);
        signal(agent, Signal::CONT);
        took.push(scene.is_true(now(), trial.within(TRUE_WITHIN)));
        scene.runs();
    }
    report("agent hangs", &scene.fleet, &took);
    scene.end();
}

fn pane_killed(trial: Trial) {
    let mut scene = Scene::new();
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        let name = if round % 3 == 2 { "asks" } else { "busy" };
        some_time(round, 1200);
        scene.fleet.tmux.run(&["kill-pane", "-t", &format!("={name}:")]);
        let since = now();
        let gone = |w: &Watch| w.state(name) == "gone";
        took.push(scene.watch.until("the session is gone", since, trial.within(TRUE_WITHIN), gone));
        scene.fleet.begin(name);
        scene.runs();
    }
    report("pane killed", &scene.fleet, &took);
    scene.end();
}

fn server_killed(trial: Trial) {
    let mut scene = Scene::new();
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        some_time(round, 1200);
        if round % 2 == 0 {
            scene.fleet.tmux.crash();
        } else {
            scene.fleet.tmux.try_run(&["kill-server"]);
        }
        let since = now();
        took.push(scene.watch.until("it is lost", since, trial.within(TRUE_WITHIN), |w| !w.is_up()));
        wait_until("it is gone", || scene.fleet.tmux.pid().is_none(), String::new);
        // Not always at once: whoever looks for it rests longer and longer.
        some_time(round + 7, 2500);
        for name in scene.fleet.names.clone() {
            scene.fleet.begin(&name);
        }
        let since = now();
        took.push(scene.watch.until("it is back", since, trial.within(TRUE_WITHIN), Watch::is_up));
        scene.runs();
        assert_eq!(scene.acting.last(), "acting");
    }
    report("server killed", &scene.fleet, &took);
    scene.end();
}

fn archtui_killed(trial: Trial) {
    let mut scene = Scene::new();
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        let mut next = Acting::start(&scene.fleet, "test");
        next.until("observing");
        some_time(round, 900);
        scene.acting.kill();
        signal(scene.watch.child.id(), Signal::KILL);
        let since = now();
        while next.last() != "acting" {
            let late = trial.within(Duration::from_secs(1));
            assert!(now() < since + late, "nobody follows within {late:?}: {:?}", next.all);
            std::thread::sleep(Duration::from_millis(2));
        }
        took.push(now() - since);
        scene.acting = next;
        scene.watch = Watch::start(&scene.fleet);
        scene.runs();
    }
    report("archtui killed, the next one acts", &scene.fleet, &took);
    scene.end();
}

fn host_suspended(trial: Trial) {
    let mut scene = Scene::over(Fleet::alone(SESSIONS));
    let mut took = Vec::new();
    for round in 0..trial.rounds {
        some_time(round, 900);
        let server = scene.fleet.tmux.pid().expect("it runs");
        let mut all = vec![scene.acting.child.id(), scene.watch.child.id(), server];
        // Sometimes the agents too, as when the whole machine sleeps; else they go on unseen.
        if round % 2 == 0 {
            all.extend(scene.fleet.names.iter().map(|n| scene.fleet.agent(n)));
        }
        for pid in &all {
            signal(*pid, Signal::STOP);
        }
        some_time(round + 3, 3000);
        for pid in all.iter().rev() {
            signal(*pid, Signal::CONT);
        }
        took.push(scene.is_true(now(), trial.within(TRUE_WITHIN)));
        scene.runs();
    }
    report("host suspended", &scene.fleet, &took);
    scene.end();
}

fn socket_removed(trial: Trial) {
    let mut scene = Scene::new();
    let mut took = Vec::new();
    let socket = scene.fleet.tmux.socket().to_owned();
    for round in 0..trial.rounds {
        // Every kind of dialog: none is held for the doubt that the last connection's end left.
        scene.fleet.until_answered("busy", 3);
        scene.fleet.until_answered("third", 3);
        some_time(round, 900);
        let server = scene.fleet.tmux.pid().expect("it runs");
        fs::remove_file(&socket).expect("removed");
        let since = now();
        let warned = |w: &Watch| w.server["warning"].as_str().is_some_and(|s| s.contains("is gone"));
        took.push(scene.watch.until("its socket is gone", since, trial.within(TRUE_WITHIN), warned));
        // Who is connected goes on; what is held meanwhile waits until a command can reach the server again.
        let answered = || scene.fleet.stories().values().map(|s| s.answered).sum::<usize>();
        let before = answered();
        wait_until("somebody is answered", || answered() > before, || scene.fleet.say(&["ledger"]));
        signal(server, Signal::USR1);
        wait_until("the socket is there again", || socket.exists(), String::new);
        let since = now();
        let well = |w: &Watch| w.is_up() && w.server["warning"].is_null();
        took.push(scene.watch.until("its socket is back", since, trial.within(TRUE_WITHIN), well));
        scene.runs();
        wait_until("it acts", || scene.acting.last() == "acting", String::new);
    }
    report("socket removed", &scene.fleet, &took);
    scene.end();
}

macro_rules! trials {
    ($($few:ident $many:ident = $trial:ident;)*) => { $(
        #[test]
        fn $few() {
            $trial(Trial::FEW);
        }

        #[test]
        #[ignore = "minutes: scripts/prove.sh runs it"]
        fn $many() {
            $trial(Trial::many());
        }
    )* };
}

trials! {
    an_agent_that_exits many_agents_that_exit = agent_exits;
    an_agent_that_hangs many_agents_that_hang = agent_hangs;
    a_pane_that_is_killed many_panes_that_are_killed = pane_killed;
    a_server_that_is_killed many_servers_that_are_killed = server_killed;
    an_archtui_that_is_killed many_archtuis_that_are_killed = archtui_killed;
    a_host_that_is_suspended many_hosts_that_are_suspended = host_suspended;
    a_socket_that_is_removed many_sockets_that_are_removed = socket_removed;
}
