//! Task queues for tests of the view and of what is told: one task in every plight, hostile words, ten thousand at once.

use std::sync::Arc;
use std::time::Duration;

use archtui::app::key::Key;
use archtui::app::{Event, State, update};
use archtui::domain::roster::{Member, Roster};
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::task::clock::QueueTime;
use archtui::domain::task::{
    Attempt, Brief, Evidence, Listing, Logged, Now, Order, Page, Priority, Queue, Rules, Sender,
    State as Stage, Task, TaskId, Wish, entry,
};
use archtui::theme::{Depth, Theme};
use archtui::view;
use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::fleets::NOW;
use crate::support::now;

/// A task as it was queued.
fn task(text: &str, from: &Sender) -> Task {
    let roster =
        Roster { members: vec![Member { name: "*".into(), ..Member::default() }], ..Roster::default() };
    let request = entry::check(Order::new(text), from, &roster).expect("a sound order");
    let mut queue = Queue::default();
    queue.ask(Wish::Add(vec![request]), Now { wall: NOW.utc, mono: NOW.mono }).expect("queued");
    queue.tasks().next().expect("it is there").clone()
}

fn before(seconds: u64) -> Timestamp {
    NOW.utc - Duration::from_secs(seconds)
}

/// One hand-out to the session of that pane's number in [`fleets::nine`](crate::fleets::nine).
fn attempt(session: &str, pane: u32, ago: u64) -> Attempt {
    Attempt {
        number: 1,
        session: SessionName::new(session),
        pane: PaneIdentity { id: PaneId(pane), pid: 1000 + pane, start: 1 },
        leased: before(ago + 3),
        typing: Some(before(ago + 2)),
        typed: Some(before(ago + 1)),
        delivered: Some(before(ago)),
        working: None,
        conversation: None,
        rested: false,
        step_at: QueueTime::default(),
        delivered_at: None,
        end: None,
    }
}

/// One task in every plight, for the nine sessions.
pub fn plights() -> Vec<Task> {
    let boss = Sender::Session(SessionName::new("claude_orchestrator"));
    let mut all = Vec::new();
    let mut add = |id: u32, text: &str, change: &dyn Fn(&mut Task)| {
        let mut t = task(text, &Sender::Operator);
        (t.id, t.created) = (TaskId(id), before(4000 - u64::from(id)));
        change(&mut t);
        all.push(t);
    };
    let set = |t: &mut Task, state: Stage, session: &str, pane: u32, ago: u64| {
        t.state = state;
        t.attempts = vec![attempt(session, pane, ago)];
    };
    add(3, "Add tests for the recording of mastered words", &|t| {
        set(t, Stage::Held, "dev_worker2", 7, 95);
        t.reason =
            Some("nothing was seen of it within 30 s after Enter; 2 lines stand in the composer".into());
    });
    add(5, "Fix the piano labels in the reading app", &|t| {
        set(t, Stage::Working, "dev_worker1", 6, 2400);
        t.overdue = true;
    });
    add(6, "Promote dev to qa", &|t| {
        t.state = Stage::Failed;
        t.attempts = vec![attempt("fixer", 9, 700)];
        t.finished = Some(before(600));
        t.reason = Some("three agents ended with it".into());
    });
    add(7, "Review PR 412 and test it in dev", &|t| {
        t.state = Stage::Done;
        t.attempts = vec![attempt("wrapper_claude", 3, 1300)];
        t.finished = Some(before(61));
        t.evidence = vec![Evidence::Worked(Duration::from_secs(700)), Evidence::PullRequest("#412".into())];
    });
    add(8, "Break the dark mode down into subtasks", &|t| {
        set(t, Stage::Working, "claude_orchestrator", 2, 41);
    });
    add(9, "Order the deployment test", &|t| {
        (t.from, t.priority) = (boss.clone(), Priority::new(8).expect("0 to 10"));
        t.target = Some(SessionName::new("dev_worker1"));
        t.reason = Some("dev_worker1 has task #5".into());
    });
    add(10, "Find repeated grep patterns in the history\nand write a script for each", &|t| {
        t.role = Some("Process Optimization".into());
        t.reason = Some("no session is free: 1 is working".into());
    });
    add(11, "Merge to qa", &|t| {
        t.state = Stage::Blocked;
        t.after = vec![TaskId(9)];
        t.reason = Some("waits for #9".into());
    });
    add(12, "Write \u{202e}the \u{1b}[31mdocs 漢字 of everything that there is", &|t| {
        t.state = Stage::Cancelled;
        t.finished = Some(before(3000));
        t.reason = Some("a person took it back".into());
    });
    all
}

/// Puts these tasks on the screen.
pub fn lay(state: &mut State, tasks: &[Task]) {
    let briefs = tasks.iter().map(|t| Arc::new(Brief::of(t)));
    let listing = Listing::of(briefs, 31, &Rules::default(), QueueTime::default());
    update(state, Event::Tasks(Ok(Arc::new(listing))), NOW);
}

/// The page of the task that is done.
pub fn page() -> Page {
    let task = plights().into_iter().find(|t| t.id == TaskId(7)).expect("it is there");
    let line = |ago: u64, attempt: u32, state: &str, reason: Option<&str>| Logged {
        at: before(ago),
        attempt,
        state: state.into(),
        session: (attempt > 0).then(|| "wrapper_claude".into()),
        reason: reason.map(Into::into),
    };
    let log = vec![
        line(3990, 0, "queued", None),
        line(1303, 1, "leased", Some("\u{1b}[2Jodd")),
        line(1302, 1, "typing", None),
        line(1301, 1, "typed", None),
        line(1300, 1, "delivered", None),
        line(1290, 1, "working", None),
        line(61, 1, "done", None),
    ];
    Page { task, log }
}

/// Ten thousand tasks of one sender.
pub fn ten_thousand() -> Vec<Task> {
    let first = task(
        "Fix the piano labels in the reading app, and what else there is to be mended",
        &Sender::Operator,
    );
    let numbered = |n: u32| Task {
        id: TaskId(n),
        target: n.is_multiple_of(7).then(|| SessionName::new("dev_worker1")),
        ..first.clone()
    };
    (1..=10_000).map(numbered).collect()
}

/// What a person does to a list of ten thousand is answered within 50 ms, frame and all.
#[test]
fn ten_thousand_tasks_answer_at_once() {
    let mut state = crate::fleets::nine();
    let listed = now();
    lay(&mut state, &ten_thousand());
    let listed = listed.elapsed();
    let theme = Theme::dark(Depth::True);
    let mut buf = Buffer::empty(Rect::new(0, 0, 240, 67));
    let mut slowest = Duration::ZERO;
    for key in
        ["f2", "j", "pagedown", "G", "{", "k", "/", "d", "e", "v", "enter", "esc", "I", "I", "f2", "f2"]
    {
        let begun = now();
        update(&mut state, Event::Key(Key::parse(key).expect("a key")), NOW);
        view::paint(&state, &theme, &mut buf);
        slowest = slowest.max(begun.elapsed());
    }
    // This build is not optimised; what is promised is for one that is, and that is five times faster at least.
    assert!(slowest < Duration::from_millis(50), "{slowest:?} for a key, {listed:?} for the list");
}
