//! A confirmation queue and an activity of auto-confirm for tests of the view: one dialog of every risk, an entry of every
//! outcome, and the windows of the rules.

use std::sync::Arc;
use std::time::Duration;

use archtui::app::State;
use archtui::app::panel::PanelId;
use archtui::app::state::rules::{Field, Making, Shown};
use archtui::app::state::{Board, Face, Popup, Post};
use archtui::domain::confirm::{Confirmation, Risk, Since, in_order};
use archtui::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
use archtui::domain::ledger::{
    Actor, Body, Book, Channel, Decision, Entry, Outcome, Ruling, Scene, Showing, Tally, Times,
};
use archtui::domain::policy::{
    Action, Cause, Context, Draft, Policy, RuleAction, RulePage, Verdict, judge, preset_text, written,
};
use archtui::domain::read::Reading;
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::domain::status::State as Status;
use archtui::domain::stroke::KeyName;
use archtui::theme::{Depth, Theme};
use archtui::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::fleets::{self, NOW};

/// A dialog as agents draw them.
fn dialog(operation: Operation, subject: &str) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.into(),
        meaning,
        key: Some(key.into()),
    };
    Dialog {
        operation,
        subject: Some(subject.into()),
        options: vec![
            option("Yes", Meaning::AllowOnce, "1"),
            option("Yes, and don't ask again", Meaning::AllowAlways, "2"),
            option("No, and tell Claude what to do differently", Meaning::DenyWithText, "3"),
        ],
        selected: Some(0),
        complete: true,
        ..Dialog::default()
    }
}

fn context(session: &str) -> Context {
    Context {
        session: session.into(),
        role: Some("Development".into()),
        tier: Some("worker".into()),
        cwd: Some("/home/dev/app".into()),
        work_tree: Some("/home/dev/app".into()),
        home: Some("/home/dev".into()),
        branch: Some("feature/labels-1128".into()),
        ..Context::default()
    }
}

fn said(session: &str, d: &Dialog) -> Verdict {
    judge(d, &context(session), &Policy::preset("sop").expect("ships"))
}

fn open(state: &State, session: &str, d: &Dialog, age: u64, next: &str, needs_you: bool) -> Confirmation {
    let its = |s: &&archtui::app::state::Session| s.name.as_str() == session;
    let pane = state.fleet.sessions.iter().find(its).and_then(|s| s.pane.as_ref()).expect("it is there");
    let verdict = said(session, d);
    Confirmation {
        id: (pane.identity, Showing { content: d.identity(), epoch: 1 }),
        session: SessionName::new(session),
        role: Some("Development".into()),
        operation: d.operation,
        asker: d.asker.clone(),
        subject: d.subject.clone(),
        options: d.options.clone(),
        since: NOW.mono.saturating_sub(Duration::from_secs(age)),
        risk: Risk::of(d.operation, Some(&verdict)),
        verdict: Some(verdict),
        next: next.into(),
        needs_you,
        outcome: None,
    }
}

/// An entry for every outcome, the newest first, and their sums.
fn done() -> (Vec<Arc<Entry>>, Tally) {
    let mut book = Book::default();
    let ms = Duration::from_millis;
    for (n, outcome) in (0u64..).zip(Outcome::ALL.iter().cycle().take(24)) {
        let session = ["dev_worker1", "dev_worker2", "fixer"][n as usize % 3];
        let (operation, subject) = [
            (Operation::Bash, "git status && cargo test --workspace"),
            (Operation::Edit, "src/view/漢字.rs"),
            (Operation::Bash, "rm -rf build\nmake [x]"),
            (Operation::Fetch, "https://docs.rs/toml"),
        ][n as usize % 4];
        let d = dialog(operation, subject);
        let verdict = said(session, &d);
        let sent = !matches!(outcome, Outcome::Held | Outcome::Watched | Outcome::Ignored | Outcome::Gone);
        let scene = Scene {
            host: "box".into(),
            session: SessionName::new(session),
            pane: PaneIdentity { id: PaneId(3), pid: 1003, start: 1 },
            agent: Some("claude".into()),
            cwd: Some("/home/dev/app".into()),
        };
        let decision = Decision {
            showing: Showing { content: d.identity(), epoch: n },
            of: None,
            verdict: Ruling::from(&verdict),
            why: if *outcome == Outcome::Held { "for a person, by rule".into() } else { String::new() },
            actor: if n % 5 == 3 { Actor::Person("operator".into()) } else { Actor::Automation },
            channel: sent.then_some(if n % 2 == 0 { Channel::Key } else { Channel::Hook }),
            key: sent.then(|| KeyName::new("1")).flatten(),
            answer: None,
            outcome: *outcome,
            times: Times {
                seen: Some(ms(2)),
                pressed: sent.then(|| ms(160 + 7 * n)),
                cleared: (*outcome == Outcome::Cleared).then(|| ms(210 + 9 * n)),
            },
        };
        let at = NOW.utc - Duration::from_secs(60 * 37 * (24 - n));
        book.append(Body::new(at, &scene, &d, decision, &str::to_owned));
    }
    let mut tally = Tally::default();
    book.entries().iter().for_each(|e| tally.add(e));
    (book.entries().iter().rev().cloned().map(Arc::new).collect(), tally)
}

/// The nine sessions, of which four ask.
pub fn board(post: Post) -> State {
    let mut state = fleets::nine();
    let mut queue = vec![
        open(
            &state,
            "dev_worker1",
            &Dialog { asker: Some("Explore".into()), ..dialog(Operation::Bash, "rm -rf build && make") },
            41,
            "for a person, by rule",
            true,
        ),
        open(
            &state,
            "dev_worker2",
            &dialog(Operation::Bash, "frobnicate --all 'a b'"),
            660,
            "for a person, by rule",
            true,
        ),
        open(&state, "fixer", &dialog(Operation::Edit, "src/app.rs"), 1, "is read a second time", false),
        open(
            &state,
            "wrapper_claude",
            &dialog(Operation::Fetch, "https://docs.rs/toml_edit"),
            7,
            "a person is active there",
            true,
        ),
    ];
    in_order(&mut queue);
    // The first in the queue is drawn on its own screen too: that is what a person answers.
    let asked = Dialog { asker: Some("Explore".into()), ..dialog(Operation::Bash, "rm -rf build && make") };
    let reading = Reading { state: Status::Permission, dialog: Some(asked), ..Reading::default() };
    let its = |s: &&mut archtui::app::state::Session| s.name.as_str() == "dev_worker1";
    state.fleet.sessions.iter_mut().find(its).expect("it is there").look(reading, NOW.mono);
    let (recent, tally) = done();
    state.board = Arc::new(Board {
        post,
        preset: "sop".into(),
        queue,
        recent,
        tally: tally.into(),
        ..Board::default()
    });
    state
}

/// A rule that is being made of the dialog of an unknown program.
fn making(action: RuleAction, says: Result<String, String>) -> Popup {
    made_of("frobnicate --all 'a \"b\" [c]'", action, says)
}

/// The same of a dialog of another command.
pub fn made_of(command: &str, action: RuleAction, says: Result<String, String>) -> Popup {
    let d = dialog(Operation::Bash, command);
    let ctx = context("dev_worker2");
    let mut draft = Draft::of(&d, &said("dev_worker2", &d), &ctx, |_| false).expect("it can be made");
    draft.action = action;
    let cause = Cause {
        pane: PaneIdentity { id: PaneId(5), pid: 1005, start: 1 },
        session: SessionName::new("dev_worker2"),
        agent: Some("claude".into()),
        dialog: Arc::new(d),
    };
    let checked = Some((draft.to_toml(), says));
    Popup::Making(Box::new(Making { cause, draft: Some(draft), checked, field: Field::Who, saving: false }))
}

fn filter(s: &mut State, words: &str) {
    s.change_filter(s.open_panel, |line| line.insert(words));
}

/// Every view of auto-confirm.
pub fn views() -> Vec<(&'static str, State)> {
    let with = |post: Post, change: &dyn Fn(&mut State)| {
        let mut state = board(post);
        state.open_panel = Some(PanelId::Confirms);
        change(&mut state);
        state
    };
    let observer = || Post::Observing("process 4711 acts since 2026-11-23T08:00:00Z".into());
    let page = || {
        let (line, text) = written(preset_text("base").expect("ships"), "secrets").expect("there");
        RulePage {
            id: "secrets".into(),
            action: Some(RuleAction::Hold),
            reason: "a file that usually holds secrets".into(),
            place: Some(("policies/base.toml".into(), line)),
            text,
            fixed: false,
            session: SessionName::new("dev_worker1"),
            preset: "sop".into(),
        }
    };
    vec![
        ("confirms-queue", with(Post::Acting, &|_| ())),
        ("confirms-queue-done", with(Post::Acting, &|s| s.panel_row = 6)),
        ("confirms-queue-filter", with(Post::Acting, &|s| filter(s, "!read"))),
        (
            "confirms-observer-paused",
            with(observer(), &|s| {
                let paused = Some(Since { who: "operator".into(), at: NOW.utc });
                s.board = Arc::new(Board { paused, ..Board::clone(&s.board) });
            }),
        ),
        ("confirms-activity", with(Post::Acting, &|s| (s.face, s.panel_row) = (Face::Activity, 2))),
        (
            "confirms-activity-filter",
            with(Post::Acting, &|s| {
                s.face = Face::Activity;
                filter(s, "held");
            }),
        ),
        (
            "rule-behind",
            with(Post::Acting, &|s| {
                let page = Some(Ok(Arc::new(page())));
                s.popup = Some(Popup::Rule(Shown { rule: "secrets".into(), page, row: 0 }));
            }),
        ),
        (
            "rule-made",
            with(Post::Acting, &|s| {
                let says = Ok("bash would be: confirm (my-bash-frobnicate-all-a: made from a dialog)".into());
                s.popup = Some(making(RuleAction::Allow, says));
            }),
        ),
        (
            "rule-refused",
            with(Post::Acting, &|s| {
                let why =
                    "it would stay hold (own-files: archtui's own); rules that deny and hold come first";
                s.popup = Some(making(RuleAction::Deny, Err(why.into())));
            }),
        ),
    ]
}

#[test]
fn the_queue_is_the_riskiest_and_oldest_first() {
    let state = board(Post::Acting);
    let told: Vec<(&str, &str)> =
        state.board.queue.iter().map(|c| (c.session.as_str(), c.risk.word())).collect();
    assert_eq!(
        told,
        [("dev_worker1", "high"), ("dev_worker2", "medium"), ("wrapper_claude", "medium"), ("fixer", "low")]
    );
    assert_eq!(state.board.queue[0].verdict.as_ref().map(|v| v.action), Some(Action::Hold));
}

/// The header of the room in one line.
fn header(state: &State) -> String {
    let area = Rect::new(0, 0, 160, 48);
    let mut buffer = Buffer::empty(area);
    let _ = view::paint(state, &Theme::dark(Depth::True), &mut buffer);
    (0..area.width).map(|x| buffer[(x, 0)].symbol()).collect()
}

#[test]
fn the_header_counts_who_is_only_watched_beside_what_is_live() {
    let mut state = board(Post::Acting);
    assert!(header(&state).contains("auto-confirm LIVE sop "), "{}", header(&state));
    let mut watched = Board::clone(&state.board);
    watched.queue[1].outcome = Some(Outcome::Watched);
    state.board = Arc::new(watched);
    assert!(header(&state).contains("auto-confirm LIVE sop, 1 only watched "), "{}", header(&state));
    let some = Board { preset: "watch".into(), live_alone: 3, ..Board::clone(&state.board) };
    state.board = Arc::new(some);
    assert!(header(&state).contains("auto-confirm LIVE in 3, watch elsewhere "), "{}", header(&state));
}

#[test]
fn a_session_that_is_switched_off_says_so_on_its_tile() {
    let mut state = fleets::nine();
    let drawn = |state: &State| {
        let area = Rect::new(0, 0, 240, 67);
        let mut buffer = Buffer::empty(area);
        let _ = view::paint(state, &Theme::dark(Depth::True), &mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        text.matches(" auto-confirm off ").count()
    };
    assert_eq!(drawn(&state), 0);
    let off = [SessionName::new("fixer"), SessionName::new("dev_worker2")].into();
    state.board = Arc::new(Board { off, ..Board::clone(&state.board) });
    assert_eq!(drawn(&state), 2);
}

/// The last row of the room in one line.
fn footer(state: &State) -> String {
    let area = Rect::new(0, 0, 240, 48);
    let mut buffer = Buffer::empty(area);
    let _ = view::paint(state, &Theme::dark(Depth::True), &mut buffer);
    (0..area.width).map(|x| buffer[(x, area.height - 1)].symbol()).collect()
}

/// A key that does nothing on a row is not offered there.
#[test]
fn the_queue_offers_the_keys_that_work_on_the_marked_row() {
    let mut state = board(Post::Acting);
    state.open_panel = Some(PanelId::Confirms);
    let answers = ["y approve once", "d deny", "w make a rule", "Enter go there"];
    let shown = footer(&state);
    assert!(answers.iter().chain(&["r its rule"]).all(|key| shown.contains(key)), "{shown}");
    state.panel_row = state.board.queue.len();
    let shown = footer(&state);
    assert!(shown.contains("r its rule") && shown.contains("v activity"), "what is done has a rule: {shown}");
    assert!(!answers.iter().any(|key| shown.contains(key)), "and nothing to answer: {shown}");
    // An open dialog of a session whose screen shows none now.
    state.panel_row = 1;
    let shown = footer(&state);
    assert!(shown.contains("Enter go there") && !shown.contains("approve"), "{shown}");
    state.face = Face::Activity;
    let shown = footer(&state);
    assert!(shown.contains("v queue") && !shown.contains("deny"), "{shown}");
}
