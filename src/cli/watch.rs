//! `archtui watch`: every change as it happens, one line each.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Fail, Global, actor, confirms, out, setup};
use crate::app::State;
use crate::app::state::SessionKey;
use crate::app::state::branches::Place;
use crate::domain::branch::{CommitId, Finding, RuleId, Severity, Survey};
use crate::domain::dialog::DialogId;
use crate::domain::ledger::Showing;
use crate::domain::server::Server;
use crate::domain::session::PaneIdentity;
use crate::domain::status::State as Status;
use crate::domain::task::{Brief, TaskId};
use crate::domain::text;
use crate::domain::track::Seen;
use crate::evidence::proc::Proc;
use crate::runtime::headless;
use crate::store::counter::Counter;
use crate::tmux::watch::Watcher;

/// Options of `archtui watch`.
#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// One JSON event a line (the only form there is)
    #[arg(long, required = true)]
    jsonl: bool,
}

/// Follows the fleet until it is ended.
pub fn run(global: &Global, _args: &WatchArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let (panes, _keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    let mut told = ToldBefore::default();
    headless::run(
        ground.state(),
        panes,
        Proc::new(ground.env.home.as_deref()),
        ground.agents()?,
        headless::Beside {
            rules: Some(ground.rules()?),
            counter: Some(Counter::new(ground.state_dir()?)),
            onlook: Some(actor::onlook(&ground, &ground.state_dir()?)),
            veil: None,
            reader: true,
        },
        None,
        |state| {
            for line in told.news(state) {
                out::json(&line);
            }
            ControlFlow::Continue(())
        },
    )
    .map(drop)
    .map_err(|e| Fail::failed(format!("the watch failed: {e}"), "`archtui doctor` tells more"))
}

/// What was told last, so that only changes are told.
#[derive(Default)]
struct ToldBefore {
    server: Option<Server>,
    sessions: BTreeMap<SessionKey, Last>,
    /// Of each session the findings that stand.
    standing: BTreeMap<SessionKey, BTreeMap<Kept, Finding>>,
    survey: Option<Arc<Survey>>,
    /// Whether somebody acts whom we hear, and whether he is paused.
    actor: Option<(bool, bool)>,
    /// The queue as it was told.
    queue: BTreeMap<(PaneIdentity, Showing), Value>,
    /// When this began, and the newest entry of the ledger that was told.
    began: Option<jiff::Timestamp>,
    entry: u64,
    /// The tasks as they were told.
    tasks: BTreeMap<TaskId, Arc<Brief>>,
}

/// What makes a finding the same one: not its sentence, in which numbers change.
type Kept = (RuleId, Severity, Option<CommitId>);

/// What was told last of one session.
#[derive(Clone, Copy, Default, PartialEq)]
struct Last {
    state: Option<Status>,
    /// Which dialog, and whether it was whole: half of one may be drawn first.
    dialog: Option<(DialogId, u64, bool)>,
}

impl ToldBefore {
    fn news(&mut self, state: &State) -> Vec<Value> {
        let mono_ns = u64::try_from(state.now.mono.as_nanos()).unwrap_or(u64::MAX);
        let mut news = Vec::new();
        if self.server.as_ref() != Some(&state.server) {
            self.server = Some(state.server.clone());
            news.push(json!({
                "event": "server", "session": null, "pane": null, "mono_ns": mono_ns, "server": state.server,
            }));
        }
        let mut seen = BTreeMap::new();
        for s in &state.fleet.sessions {
            let key = s.key();
            let before = self.sessions.get(&key).copied().unwrap_or_default();
            let now = Last { state: Some(s.state), dialog: s.tracker.dialog().map(which) };
            let pane = s.pane.as_ref().map(|p| p.identity.id.to_string());
            if before.dialog != now.dialog {
                news.push(json!({
                    "event": "dialog", "session": s.name, "pane": pane, "mono_ns": mono_ns, "dialog": s.dialog(),
                }));
            }
            if before.state != now.state {
                news.push(json!({
                    "event": "state", "session": s.name, "pane": pane, "mono_ns": mono_ns,
                    "state": s.state, "before": before.state, "why": s.why.join("; "),
                }));
            }
            seen.insert(key, now);
        }
        for (key, before) in &self.sessions {
            if let (SessionKey::Pane(pane), false) = (key, seen.contains_key(key)) {
                news.push(json!({
                    "event": "state", "session": null, "pane": pane.id.to_string(), "mono_ns": mono_ns,
                    "state": Status::Gone, "before": before.state, "why": "the pane is gone",
                }));
            }
        }
        self.sessions = seen;
        news.extend(self.findings(state, mono_ns));
        news.extend(self.tasks(state, mono_ns));
        news.extend(self.confirms(state, mono_ns));
        news
    }

    /// What who acts has before him: each open dialog when something about it changed, each answer, himself.
    fn confirms(&mut self, state: &State, mono_ns: u64) -> Vec<Value> {
        let (mut news, board) = (Vec::new(), &state.board);
        let actor = (state.boards.theirs.is_some(), board.paused.is_some());
        if self.actor.replace(actor) != Some(actor) {
            news.push(json!({
                "event": "actor", "session": null, "pane": null, "mono_ns": mono_ns, "acts": actor.0,
                "paused": actor.0.then_some(actor.1), "preset": Some(&board.preset).filter(|_| actor.0),
            }));
        }
        let mut queue = BTreeMap::new();
        for c in &board.queue {
            let mut told = confirms::confirmation(c);
            if self.queue.get(&c.id) != Some(&told) {
                let before = told.clone();
                told["event"] = "confirm".into();
                told["mono_ns"] = mono_ns.into();
                news.push(std::mem::replace(&mut told, before));
            }
            queue.insert(c.id, told);
        }
        self.queue = queue;
        // What was done before this began is in the ledger.
        let began = *self.began.get_or_insert(state.now.utc);
        let before = board.recent.iter().filter(|e| e.body.at < began).map(|e| e.seq).max().unwrap_or(0);
        let known = self.entry.max(before);
        let new = board.recent.iter().rev().filter(|e| e.seq > known);
        news.extend(new.filter_map(|e| confirms::pressed(e, mono_ns)));
        self.entry = board.recent.iter().map(|e| e.seq).max().unwrap_or(0).max(known);
        news
    }

    /// Tasks that stand elsewhere than before; at first all that are not over.
    fn tasks(&mut self, state: &State, mono_ns: u64) -> Vec<Value> {
        let (mut news, first) = (Vec::new(), self.tasks.is_empty());
        for task in state.tasks.rows() {
            let before = self.tasks.get(&task.id);
            if before.is_some_and(|b| Arc::ptr_eq(b, task)) {
                continue;
            }
            let stands = |b: &Brief| (b.state, b.overdue, b.session.clone(), b.reason.clone());
            let same = before.map_or(first && task.state.is_finished(), |b| stands(b) == stands(task));
            if !same {
                let holder = state.fleet.sessions.iter().find(|s| s.tasks.iter().any(|t| t.id == task.id));
                let pane = holder.and_then(|s| s.pane.as_ref()).map(|p| p.identity.id.to_string());
                news.push(json!({
                    "event": "task", "session": task.session, "pane": pane, "mono_ns": mono_ns, "id": task.id,
                    "state": task.state, "overdue": task.overdue, "priority": task.priority,
                    "target": task.target, "reason": task.reason,
                }));
            }
            self.tasks.insert(task.id, Arc::clone(task));
        }
        news
    }

    /// Findings that came or went since the last word on the work trees.
    fn findings(&mut self, state: &State, mono_ns: u64) -> Vec<Value> {
        let survey = &state.branches.survey;
        if survey.as_ref().map(Arc::as_ptr) == self.survey.as_ref().map(Arc::as_ptr) {
            return Vec::new();
        }
        self.survey.clone_from(survey);
        let (mut news, mut standing) = (Vec::new(), BTreeMap::new());
        for s in &state.fleet.sessions {
            let before = self.standing.remove(&s.key()).unwrap_or_default();
            let (tree, now) = match state.place_of(s) {
                // Before its files are counted only half of it is known.
                Place::Tree(tree) if tree.counted.is_some() || tree.tree.head.is_err() => {
                    let key = |f: &Finding| (f.rule, f.severity, f.commit.clone());
                    (Some(tree), tree.findings.iter().map(|f| (key(f), f.clone())).collect())
                }
                Place::Tree(_) | Place::Pending => {
                    standing.insert(s.key(), before);
                    continue;
                }
                Place::Home(_) => (None, BTreeMap::new()),
            };
            let line = |f: &Finding, cleared: bool| {
                json!({
                    "event": "finding", "session": s.name, "mono_ns": mono_ns,
                    "pane": s.pane.as_ref().map(|p| p.identity.id.to_string()),
                    "path": tree.map(|t| text::printable(&t.tree.path.to_string_lossy())),
                    "branch": tree.and_then(|t| t.tree.branch()).map(text::printable),
                    "rule": f.rule, "severity": f.severity, "sentence": f.sentence, "hint": f.hint,
                    "commit": f.commit, "cleared": cleared,
                })
            };
            news.extend(before.iter().filter(|(k, _)| !now.contains_key(k)).map(|(_, f)| line(f, true)));
            news.extend(now.iter().filter(|(k, _)| !before.contains_key(k)).map(|(_, f)| line(f, false)));
            standing.insert(s.key(), now);
        }
        self.standing = standing;
        news
    }
}

/// What makes a dialog worth another line.
fn which(seen: &Seen) -> (DialogId, u64, bool) {
    let (id, epoch) = seen.key();
    (id, epoch, seen.dialog.complete)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::app::effect::Fixed;
    use crate::app::keymap::Keymap;
    use crate::app::state::{Fleet, Now};
    use crate::domain::dialog::Dialog;
    use crate::domain::read::Reading;
    use crate::domain::roster::{Member, Roster};

    #[test]
    fn a_dialog_that_became_whole_is_told_again_and_one_that_stays_is_not() {
        let members = vec![Member { name: "a".to_owned(), ..Member::default() }];
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let mut state = State::new(fixed, "test", Fleet::new(Roster { members, ..Roster::default() }));
        crate::app::update(&mut state, crate::app::Event::Panes(vec![]), Now::ZERO);
        let mut told = ToldBefore::default();
        told.news(&state);
        let mut wholes = Vec::new();
        for (ms, complete) in [(0, false), (20, true), (40, true), (60, true)] {
            let dialog = Dialog { subject: Some("ls".to_owned()), complete, ..Dialog::default() };
            let reading = Reading { state: Status::Permission, dialog: Some(dialog), ..Reading::default() };
            state.fleet.sessions[0].look(reading, Duration::from_millis(ms));
            wholes.extend(
                told.news(&state)
                    .iter()
                    .filter(|line| line["event"] == "dialog")
                    .map(|line| line["dialog"]["complete"] == true),
            );
        }
        assert_eq!(wholes, [false, true]);
    }

    #[test]
    fn a_task_is_told_when_it_stands_elsewhere() {
        use crate::domain::task::clock::QueueTime;
        use crate::domain::task::{Listing, Now as At, Order, Queue, Rules, Sender, State, Wish, entry};
        let roster = Roster {
            members: vec![Member { name: "a".to_owned(), ..Member::default() }],
            ..Roster::default()
        };
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let mut state = crate::app::State::new(fixed, "test", Fleet::new(roster.clone()));
        let mut queue = Queue::default();
        let ask = |text: &str| entry::check(Order::new(text), &Sender::Operator, &roster).expect("sound");
        let now = At { wall: Now::ZERO.utc, mono: Duration::ZERO };
        queue.ask(Wish::Add(vec![ask("one"), ask("two")]), now).expect("queued");
        let mut tasks: Vec<_> = queue.tasks().cloned().collect();
        let (mut told, mut news) = (ToldBefore::default(), Vec::new());
        let steps: [fn(&mut crate::domain::task::Task); 4] =
            [|_| (), |t| t.evidence.clear(), |t| t.state = State::Blocked, |t| t.overdue = true];
        for step in steps {
            step(&mut tasks[0]);
            let briefs = tasks.iter().map(|t| Arc::new(Brief::of(t)));
            let listing = Listing::of(briefs, 0, &Rules::default(), QueueTime::default());
            crate::app::update(&mut state, crate::app::Event::Tasks(Ok(Arc::new(listing))), Now::ZERO);
            let lines = told.news(&state).into_iter().filter(|l| l["event"] == "task");
            news.push(
                lines.map(|l| format!("{} {} {}", l["id"], l["state"], l["overdue"])).collect::<Vec<_>>(),
            );
        }
        let want: [&[&str]; 4] = [
            &["1 \"queued\" false", "2 \"queued\" false"],
            &[],
            &["1 \"blocked\" false"],
            &["1 \"blocked\" true"],
        ];
        assert_eq!(news, want);
    }
}
