//! `archtui status`: one look at the fleet, as a table or as `archtui.status/1`.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Fail, Global, actor, confirms, out, setup};
use crate::app::record::Veil;
use crate::app::state::branches::{self, Place};
use crate::app::state::{Board, Post, Session, needs};
use crate::app::{Event, State};
use crate::domain::branch::survey::Home;
use crate::domain::branch::{Finding, Severity};
use crate::domain::confirm::{Confirmation, Switches};
use crate::domain::dialog::Dialog;
use crate::domain::health::judge;
use crate::domain::ledger::{Entry, Outcome};
use crate::domain::server::Server;
use crate::domain::session::SessionName;
use crate::domain::status::State as Status;
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::ports::{Ledger, StoreError};
use crate::runtime::headless;
use crate::store::Store;
use crate::store::counter::Counter;
use crate::store::lock::Held;
use crate::tmux::watch::Watcher;
use crate::view::words;

/// How long a look may take before what is known is told.
const PATIENCE: Duration = Duration::from_secs(3);

/// Options of `archtui status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// As one line of JSON, schema archtui.status/1
    #[arg(long)]
    json: bool,
}

/// Looks once and prints.
pub fn run(global: &Global, args: &StatusArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let mut state = look_once(&ground, Trees::Too)?;
    if matches!(state.server, Server::Missing { .. }) {
        none_there(&mut state);
    }
    let kept = remember(&ground, &mut state);
    let held = actor::held(&ground);
    look_on(&ground, &mut state);
    if args.json {
        out::json(&json(&state, kept.as_ref(), &held));
    }
    match &state.server {
        Server::Up { .. } => {}
        Server::Missing { .. } if args.json => return Err(Fail::not_found("", "")),
        _ if args.json => return Err(Fail::failed("", "")),
        server => return Err(no_server(&ground, server)),
    }
    if !args.json {
        for line in table(&state) {
            out::line(&line);
        }
    }
    Ok(())
}

/// Without a server there is no session: those of the roster are gone.
fn none_there(state: &mut State) {
    let now = state.now;
    crate::app::update(state, Event::Panes(vec![]), now);
}

/// What the records know beside the screens: switches, and dialogs that were answered and did not go. `None` where there
/// are none, or none that can be read.
fn remember(ground: &setup::Ground, state: &mut State) -> Option<Switches> {
    let store = match Store::read_only(&ground.state_dir().ok()?) {
        Ok(store) => store,
        // Nothing was ever switched.
        Err(StoreError::Missing) => return Some(Switches::default()),
        Err(_) => return None,
    };
    let unsettled = Ledger::unsettled(&store).ok()?;
    let restarts = store.restarts().ok()?;
    for s in state.fleet.sessions.iter_mut().filter(|s| s.state.is_problem()) {
        s.ward.held = restarts.get(&s.name).and_then(|r| r.held.clone());
        let found = judge(&s.signs(state.now.mono), &state.limits);
        s.ward.chart.see(found, state.now.mono);
    }
    for s in &mut state.fleet.sessions {
        let (Some(pane), Some(dialog)) = (s.pane.as_ref().map(|p| p.identity), s.dialog()) else { continue };
        let content = dialog.identity();
        let its = |e: &&Entry| e.body.scene.pane == pane && e.body.showing.content == content;
        let stuck = unsettled.iter().filter(its).any(|e| e.body.outcome == Outcome::Stuck);
        s.ward.not_cleared = stuck.then(|| "answered, and it or its like is still there".to_owned());
        let found = judge(&s.signs(state.now.mono), &state.limits);
        s.ward.chart.see(found, state.now.mono);
    }
    store.switches().ok()
}

/// What who acts has before him.
fn look_on(ground: &setup::Ground, state: &mut State) {
    let Some(word) = actor::gallery(ground).look() else { return };
    let board = Board {
        post: Post::None,
        paused: word.paused,
        off: word.off,
        preset: word.preset,
        trouble: word.trouble,
        queue: word.queue,
        ..Board::default()
    };
    let now = state.now;
    crate::app::update(state, Event::Theirs(Some(Arc::new(board))), now);
}

/// Whether a look is at the sessions' work trees too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trees {
    /// Yes.
    Too,
    /// No.
    Not,
}

/// The same where nothing can be said without a server.
pub fn look_at_server(ground: &setup::Ground) -> Result<State, Fail> {
    let state = look_once(ground, Trees::Not)?;
    match &state.server {
        Server::Up { .. } => Ok(state),
        server => Err(no_server(ground, server)),
    }
}

/// The fleet as one look finds it: every pane's screen read once.
pub fn look_once(ground: &setup::Ground, trees: Trees) -> Result<State, Fail> {
    look_whole(ground, trees, None)
}

/// The same for others to see: secrets are masked before anything is made of them.
pub fn look_veiled(ground: &setup::Ground, trees: Trees) -> Result<State, Fail> {
    look_whole(ground, trees, Some(Veil::new(Vec::new())))
}

fn look_whole(ground: &setup::Ground, trees: Trees, veil: Option<Veil>) -> Result<State, Fail> {
    let rules = if trees == Trees::Too { Some(ground.rules()?) } else { None };
    let counter = Some(Counter::new(ground.state_dir()?));
    look(ground, headless::Beside { rules, counter, onlook: None, veil, reader: false }, |state| {
        state.fleet.sessions.iter().all(is_read)
            && (trees == Trees::Not || state.trees_known())
            && (state.tasks.is_known() || state.tasks.fault.is_some())
    })
}

/// One session as one look finds it, whatever the others do.
pub fn look_at_session(ground: &setup::Ground, name: &SessionName) -> Result<State, Fail> {
    let nothing = headless::Beside { rules: None, counter: None, onlook: None, veil: None, reader: false };
    let state = look(ground, nothing, |state| {
        state.fleet.sessions.iter().filter(|s| s.name == *name).all(|s| is_read(s) || s.dialog().is_some())
    })?;
    match &state.server {
        Server::Up { .. } => Ok(state),
        server => Err(no_server(ground, server)),
    }
}

fn is_read(session: &Session) -> bool {
    session.pane.is_none() || (session.screen.is_some() && !session.is_settling())
}

fn look(
    ground: &setup::Ground,
    beside: headless::Beside<Counter>,
    enough: impl Fn(&State) -> bool,
) -> Result<State, Fail> {
    let (panes, _keyboard) = Watcher::new(ground.address.clone(), ground.loaded.config.fleet.notice);
    headless::run(
        ground.state(),
        panes,
        Proc::new(ground.env.home.as_deref()),
        ground.agents()?,
        beside,
        Some(PATIENCE),
        |state| {
            let seen = match state.server {
                Server::Connecting => false,
                Server::Up { .. } => state.listed && enough(state),
                _ => true,
            };
            if seen { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )
    .map_err(|e| Fail::failed(format!("the look failed: {e}"), "try again; `archtui doctor` tells more"))
}

/// Why there is nothing to tell, and what to do.
pub fn no_server(ground: &setup::Ground, server: &Server) -> Fail {
    let socket = ground.address.socket.display();
    match server {
        Server::Unusable { why } => {
            Fail::failed(why.clone(), "`archtui doctor` checks everything that is needed")
        }
        Server::Lost { why } => {
            Fail::failed(format!("the tmux server on {socket} was lost: {why}"), "try again")
        }
        // Somebody listens there, or it would be known by now.
        Server::Connecting => Fail::failed(
            format!("the tmux server on {socket} does not answer"),
            "is it hung? `tmux ls` should answer",
        ),
        _ => Fail::not_found(
            format!("no tmux server on {socket}"),
            "start your sessions, or name their server with -L NAME or -S PATH; `archtui demo` shows a fleet without any",
        ),
    }
}

fn table(state: &State) -> Vec<String> {
    let label = state.fleet.sessions.iter().map(|s| text::width(&s.label)).max().unwrap_or(0).clamp(7, 30);
    let mut lines = Vec::new();
    for s in &state.fleet.sessions {
        let name = text::fit(&s.label, label);
        let pad = " ".repeat(label - text::width(&name));
        let eyes = if needs::needs_you(s, state.now.mono) { "needs you" } else { "" };
        let member = s.member.as_ref();
        let tier = member.map_or("unmanaged", |m| m.tier.map_or("", crate::domain::roster::Tier::word));
        let why = s
            .dialog()
            .map_or_else(|| s.reasons().first().cloned().unwrap_or_default(), |d| asked(state, s, d));
        lines.push(
            format!("{name}{pad}  {:<10}  {eyes:<9}  {tier:<10}  {why}", s.state.word())
                .trim_end()
                .to_owned(),
        );
    }
    lines
}

/// The fleet as `archtui.status/1`. What is not known is null.
pub fn json(state: &State, kept: Option<&Switches>, held: &Held) -> Value {
    let server = match &state.server {
        Server::Up { version, .. } => ("up", Some(version.as_str())),
        Server::Connecting => ("connecting", None),
        Server::Missing { .. } => ("missing", None),
        Server::Lost { .. } => ("lost", None),
        Server::Unusable { .. } => ("unusable", None),
    };
    json!({
        "schema": "archtui.status/1",
        "at": state.now.utc.to_string(),
        "server": { "socket": state.socket, "version": server.1, "state": server.0 },
        "actor": match held {
            Held::By(h) => json!({ "pid": h.pid, "host": h.host, "since": h.since }),
            Held::Nobody | Held::Unnamed => Value::Null,
        },
        "paused": kept.map(|switches| switches.paused.is_some()),
        // Null where nobody tells: that nobody asks is another thing.
        "queue": state.boards.theirs.as_ref().map(|board| confirms::queue(board, state.now.mono)),
        "sessions": state.fleet.sessions.iter().map(|s| session(state, s)).collect::<Vec<_>>(),
    })
}

fn session(state: &State, s: &Session) -> Value {
    let member = s.member.as_ref();
    let (branch, findings) = branch(state, s);
    json!({
        "name": s.name,
        "pane": s.pane.as_ref().map(|p| p.identity.id.to_string()),
        "pid": s.pane.as_ref().map(|p| p.identity.pid),
        "role": member.and_then(|m| m.role.as_deref()),
        "tier": member.and_then(|m| m.tier),
        "managed": member.is_some(),
        "agent": s.agent(),
        "state": s.state,
        "since": null,
        "needs_you": needs::needs_you(s, state.now.mono),
        "why": s.reasons().join("; "),
        "stuck": stuck(s, state.now.mono),
        "health": s.ward.chart.now().map(|(kind, standing)| json!({
            "kind": kind, "cause": standing.cause,
        })).collect::<Vec<_>>(),
        "mode": s.tracker.reading().mode,
        "waiting": s.dialog().map(|d| waiting(state, s, d)),
        "task": s.tasks.first().map(|t| t.id),
        "branch": branch,
        "findings": findings,
        "context_left": s.tracker.reading().context_left,
    })
}

/// What an open dialog asks and for how long, as a person wants to read it; `archtui explain` tells what was matched where.
fn asked(state: &State, s: &Session, d: &Dialog) -> String {
    let about = d.subject.as_ref().or(d.question.as_ref()).map_or_else(String::new, |t| words::one_line(t));
    let age = waits(state, s, d).map_or_else(|| "?".to_owned(), words::age);
    format!("{age}  {}: {about}", d.operation.word())
}

/// For how long it asks; `None` = one look alone cannot tell.
fn waits(state: &State, s: &Session, d: &Dialog) -> Option<Duration> {
    let reading = s.tracker.reading();
    let found = reading.quiet.or(reading.waits).map(|_| s.age(state.now.mono));
    told_of(state, s, d).map(|c| words::asked_for(state, c)).or(found)
}

/// What who acts says of a dialog.
fn told_of<'a>(state: &'a State, s: &Session, d: &Dialog) -> Option<&'a Confirmation> {
    let pane = s.pane.as_ref().map(|p| p.identity);
    state.board.queue.iter().find(|c| Some(c.id.0) == pane && c.id.1.content == d.identity())
}

/// The open dialog; what the rules say of it is known to who acts.
fn waiting(state: &State, s: &Session, d: &Dialog) -> Value {
    let verdict = told_of(state, s, d).and_then(|c| c.verdict.as_ref());
    json!({
        "operation": d.operation, "subject": d.subject, "age_s": waits(state, s, d).map(|a| a.as_secs()),
        "verdict": verdict.map(|v| v.action), "rule": verdict.map(|v| &v.rule),
    })
}

/// Whether what should pass does not; null where one look cannot tell.
fn stuck(s: &Session, now: Duration) -> Option<bool> {
    let seen = s.screen.is_some() || s.pane.is_none();
    let tells = s.state != Status::Working || s.silent(now).is_some();
    (seen && tells).then_some(s.stuck().is_some())
}

/// The branch that a session works on, and what is found there; none where nobody is expected to work. What could not be
/// found out is a finding with its reason.
pub fn branch(state: &State, s: &Session) -> (Option<String>, Option<Vec<Finding>>) {
    let unknown = |why: &str, hint: &str| (None, Some(vec![Finding::unknown(Severity::Note, why, hint)]));
    match state.place_of(s) {
        Place::Tree(seen) => (seen.tree.branch().map(text::printable), Some(seen.findings.clone())),
        Place::Home(Home::Outside(_)) => (None, Some(vec![])),
        Place::Home(Home::Unknown(why)) => unknown(&why.why, &why.hint),
        Place::Home(Home::Tree(_)) | Place::Pending if branches::works(s) => unknown(
            "its work tree could not be looked at in time",
            "look again, or run archtui branches there",
        ),
        Place::Home(Home::Tree(_)) | Place::Pending => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::effect::Fixed;
    use crate::app::keymap::Keymap;
    use crate::app::state::{Fleet, Now};
    use crate::domain::roster::{Member, Roster};
    use crate::domain::session::{PaneId, PaneIdentity, SessionName};
    use crate::domain::task::clock::QueueTime;
    use crate::domain::task::{self, Brief, Listing, Order, Queue, Rules, Sender, Wish, entry};

    #[test]
    fn a_session_tells_the_task_that_it_has() {
        let roster = Roster {
            members: vec![Member { name: "a".to_owned(), ..Member::default() }],
            ..Roster::default()
        };
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let mut state = State::new(fixed, "test", Fleet::new(roster.clone()));
        crate::app::update(&mut state, Event::Panes(vec![]), Now::ZERO);
        let mut queue = Queue::default();
        let now = task::Now { wall: Now::ZERO.utc, mono: Duration::ZERO };
        let request = entry::check(Order::new("one"), &Sender::Operator, &roster).expect("sound");
        let id = queue.ask(Wish::Add(vec![request]), now).expect("queued").ids[0];
        let mut told = |queue: &Queue| {
            let briefs = queue.tasks().map(|t| Arc::new(Brief::of(t)));
            let listing = Listing::of(briefs, 0, &Rules::default(), QueueTime::default());
            crate::app::update(&mut state, Event::Tasks(Ok(Arc::new(listing))), Now::ZERO);
            json(&state, None, &Held::Nobody)["sessions"][0]["task"].clone()
        };
        assert_eq!(told(&queue), Value::Null, "it waits");
        let pane = PaneIdentity { id: PaneId(1), pid: 11, start: 1 };
        queue.apply(task::Event::Leased { id, session: SessionName::new("a"), pane }, now);
        assert_eq!(told(&queue), json!(1));
        queue.ask(Wish::Cancel(id, task::Sure::Yes), now).expect("taken back");
        assert_eq!(told(&queue), Value::Null);
    }

    #[test]
    fn without_a_server_the_sessions_of_the_roster_are_gone() {
        let member = |name: &str| Member { name: name.to_owned(), ..Member::default() };
        let roster = Roster { members: vec![member("a"), member("dev_*"), member("b")], ..Roster::default() };
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let mut state = State::new(fixed, "test", Fleet::new(roster));
        state.server = Server::Missing { why: String::new() };
        none_there(&mut state);
        let told = json(&state, None, &Held::Nobody);
        let told: Vec<_> = told["sessions"].as_array().into_iter().flatten().collect();
        let short: Vec<_> =
            told.iter().map(|s| (s["name"].as_str(), s["state"].as_str(), s["managed"].as_bool())).collect();
        assert_eq!(short, [(Some("a"), Some("gone"), Some(true)), (Some("b"), Some("gone"), Some(true))]);
        assert!(told.iter().all(|s| s["pid"].is_null() && s["waiting"].is_null()));
    }

    #[test]
    fn what_is_asked_stands_in_the_table_and_for_how_long() {
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let member = Member { name: "a".into(), ..Member::default() };
        let roster = Roster { members: vec![member], ..Roster::default() };
        let mut state = State::new(fixed, "test", Fleet::new(roster));
        crate::app::update(&mut state, Event::Panes(vec![]), Now::ZERO);
        let row = |state: &mut State, quiet: Option<u64>| {
            let dialog = Dialog {
                operation: crate::domain::dialog::Operation::Bash,
                subject: Some("rm -rf build\n&& make".into()),
                ..Dialog::default()
            };
            let reading = crate::domain::read::Reading {
                state: Status::Permission,
                quiet: quiet.map(Duration::from_secs),
                dialog: Some(dialog),
                ..Default::default()
            };
            state.now.mono = Duration::from_secs(500);
            let session = &mut state.fleet.sessions[0];
            session.tracker = crate::domain::track::Tracker::new(Status::Unknown, state.now.mono);
            session.look(reading, state.now.mono);
            let json = json(state, None, &Held::Nobody)["sessions"][0]["waiting"]["age_s"].clone();
            (table(state)[0].clone(), json)
        };
        let (line, age) = row(&mut state, Some(67));
        assert!(line.ends_with("1m 07s  bash: rm -rf build ⏎ && make"), "{line}");
        assert_eq!(age, json!(67));
        let (line, age) = row(&mut state, None);
        assert!(line.ends_with("?  bash: rm -rf build ⏎ && make"), "since when is not known: {line}");
        assert_eq!(age, Value::Null);
    }
}
