//! One who follows by `archtui watch --jsonl`, and what he was told last.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::fleet::Fleet;
use crate::support::now;
use crate::support::tmux::signal;

/// The follower.
pub struct Watch {
    pub child: Child,
    lines: Receiver<String>,
    /// Of each session its state.
    pub states: BTreeMap<String, String>,
    /// The server's.
    pub server: Value,
}

impl Watch {
    pub fn start(fleet: &Fleet) -> Self {
        let mut child =
            fleet.archtui("test", &["watch", "--jsonl"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (tell, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines, states: BTreeMap::new(), server: Value::Null }
    }

    /// Takes what was told.
    pub fn take(&mut self) {
        for line in self.lines.try_iter() {
            let e: Value = serde_json::from_str(&line).expect("JSON");
            match e["event"].as_str() {
                Some("server") => self.server = e["server"].clone(),
                Some("state") => {
                    if let (Some(name), Some(state)) = (e["session"].as_str(), e["state"].as_str()) {
                        self.states.insert(name.to_owned(), state.to_owned());
                    }
                }
                _ => {}
            }
        }
    }

    /// What is said of a session.
    pub fn state(&self, name: &str) -> &str {
        self.states.get(name).map_or("", String::as_str)
    }

    /// True while the server is said to be there.
    pub fn is_up(&self) -> bool {
        self.server["state"] == "up"
    }

    /// Until it says so, which must be within so long since then. How long it took.
    pub fn until(
        &mut self,
        what: &str,
        since: Instant,
        within: Duration,
        holds: impl Fn(&Self) -> bool,
    ) -> Duration {
        loop {
            self.take();
            if holds(self) {
                return now() - since;
            }
            assert!(
                now() < since + within,
                "not told within {within:?} that {what}: {:?}, {:?}",
                self.server,
                self.states
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        signal(self.child.id(), Signal::CONT);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
