//! The machine under a script: time and keys in, pictures and notes out.

use std::time::Duration;

use super::{Agent, End};
use crate::cli::sim_agent::dice::Dice;
use crate::cli::sim_agent::keys::{Input, Reader};
use crate::cli::sim_agent::look;
use crate::cli::sim_agent::note::Note;
use crate::cli::sim_agent::script::Script;
use crate::cli::sim_agent::script::Step;
use crate::cli::sim_agent::stories::{Source, tests::told};
use crate::cli::sim_agent::world::World;
use crate::domain::agent::Agents;
use crate::domain::policy::{self, Action, Context, Policy};
use crate::domain::read::{Facts, Reading, read};
use crate::domain::screen::{Cursor, Row, Screen};
use crate::domain::status::State;

/// A folder in memory: what is done is only counted.
struct Paper;

impl World for Paper {
    fn place(&self) -> String {
        "~/reader/dev_worker1".to_owned()
    }
    fn read(&self, _: &str) -> Option<String> {
        Some("one\ntwo\nthree\nfour\n".to_owned())
    }
    fn branch(&self) -> Option<String> {
        Some("feature/x-0208".to_owned())
    }
    fn edit(&mut self, _: &str, _: &str, _: &str) -> bool {
        true
    }
    fn write(&mut self, _: &str, _: &str) -> bool {
        true
    }
    fn run(&mut self, command: &str) -> Option<String> {
        command.starts_with("git ").then(|| "did it".to_owned())
    }
}

/// An agent on a stage: a script, a clock that starts at 100 s, a terminal of 80x24.
struct Stage {
    agent: Agent,
    reader: Reader,
    now: Duration,
}

impl Stage {
    fn new(steps: &str) -> Self {
        Self::of(Script::parse(&format!("steps = [{steps}]")).expect(steps))
    }

    fn of(script: Script) -> Self {
        let now = Duration::from_secs(100);
        let agent = Agent::new(Source::script(script), Box::new(Paper), Dice::new(1, "t"), now, 10_440);
        Self { agent, reader: Reader::default(), now }
    }

    /// Lets so many milliseconds pass, in small steps.
    fn wait(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.now += Duration::from_millis(10);
            self.agent.advance(self.now);
        }
        self
    }

    /// One read brings these bytes.
    fn read(&mut self, bytes: &str) -> &mut Self {
        for input in self.reader.feed(bytes.as_bytes()) {
            self.agent.input(&input, self.now);
        }
        self
    }

    fn picture(&self, width: u16, height: u16) -> String {
        let frame = look::frame(&self.agent, self.now, width, height);
        assert!(frame.rows.len() <= height.into(), "{} rows", frame.rows.len());
        assert!(frame.rows.iter().all(|r| r.width() <= width.into()), "a row is too wide");
        let rows: Vec<_> = frame.rows.iter().map(|r| r.to_string().trim_end().to_owned()).collect();
        format!("{}\n[cursor {},{}]", rows.join("\n"), frame.cursor.0, frame.cursor.1)
    }

    /// How archtui reads the picture.
    fn reading(&self, width: u16, height: u16) -> Reading {
        let frame = look::frame(&self.agent, self.now, width, height);
        let screen = Screen {
            width,
            height,
            rows: frame.rows.iter().map(|r| Row::plain(&r.to_string())).collect(),
            cursor: Some(Cursor { x: frame.cursor.0, y: frame.cursor.1, visible: false }),
            alternate: Some(true),
        };
        let facts =
            Facts { title: look::TITLE.to_owned(), command: Some("claude".to_owned()), ..Facts::default() };
        read(&screen, &facts, Agents::builtin())
    }

    fn answers(&mut self) -> Vec<String> {
        let notes = self.agent.notes();
        let answer = |n: Note| match n {
            Note::Answered { subject, meaning, .. } => Some(format!("{subject}: {meaning}")),
            Note::Ignored { subject, early, .. } => {
                Some(format!("{subject}: ignored{}", if early { " (early)" } else { "" }))
            }
            Note::Submitted { text } => Some(format!("submitted {text}")),
            Note::Did { what } => Some(format!("did {what}")),
            _ => None,
        };
        notes.into_iter().filter_map(answer).collect()
    }
}

const TEST: &str = r#"{ bash = { command = "npm test", takes = "1s" } }"#;

#[test]
fn keys_at_a_dialog() {
    let check = |ms: u64, reads: &[&str], want: &[&str], shown: &str| {
        let mut stage = Stage::new(&format!("{{ prompt = \"go\" }}, {TEST}"));
        stage.wait(ms);
        for bytes in reads {
            stage.read(bytes).wait(100);
        }
        assert_eq!(stage.wait(2000).answers()[1..], *want, "{ms} ms, {reads:?}");
        assert_eq!(stage.agent.composer.shown(), shown, "{ms} ms, {reads:?}");
    };
    check(500, &["1"], &["npm test: once"], "");
    check(500, &["\r"], &["npm test: once"], "");
    check(500, &["1\r"], &["npm test: once"], "");
    check(500, &["2"], &["npm test: lasting"], "");
    check(500, &["4"], &["npm test: deny"], "");
    check(500, &["\x1b"], &["npm test: deny"], "");
    check(500, &["\x1b[B", "\r"], &["npm test: ignored", "npm test: lasting"], "");
    // Two in one read are a paste; a second one after the first stays in the composer.
    check(500, &["11"], &["npm test: ignored"], "");
    check(500, &["1", "1"], &["npm test: once"], "1");
    check(500, &["y"], &["npm test: ignored"], "");
    check(500, &["\x1b[200~1\x1b[201~"], &["npm test: ignored"], "");
    // Too early: lost.
    check(0, &["1"], &["npm test: ignored (early)"], "");
    check(70, &["1"], &["npm test: ignored (early)"], "");
    check(80, &["1"], &["npm test: once"], "");
}

#[test]
fn a_message_is_typed_pasted_and_submitted() {
    let mut stage = Stage::new("\"await-prompt\"");
    stage.read("fix ").read("\x1b[200~the\ntests\x1b[201~").wait(50);
    assert_eq!(stage.agent.composer.shown(), "fix the\ntests");
    stage.read("\r");
    assert_eq!(stage.answers(), ["submitted fix the\ntests"]);
    assert!(stage.agent.composer.is_empty());
    // Busy: what is submitted now waits for the end of the turn.
    stage.read("next\r");
    assert_eq!(stage.answers(), [""; 0]);
    assert!(stage.picture(80, 24).contains("Queued"));
    stage.wait(3000);
    assert_eq!(stage.answers(), ["submitted next"]);
}

#[test]
fn no_dialog_pops_up_under_typing_hands() {
    let mut stage = Stage::new(&format!("{{ prompt = \"go\" }}, {{ work = \"1s\" }}, {TEST}"));
    stage.wait(900).read("wait").wait(200);
    assert!(stage.agent.ask().is_none());
    stage.wait(700);
    assert!(stage.agent.ask().is_some());
    assert_eq!(stage.agent.composer.shown(), "wait");
}

#[test]
fn a_refusal_ends_the_turn_and_nothing_of_it_happens() {
    let mut stage = Stage::new(
        r#"{ prompt = "go" }, { edit = { path = "a.rs", old = "two", new = "2" } }, { bash = { command = "git push" } }, { idle = "1s" }, { bash = { command = "git log", takes = "100ms" } }"#,
    );
    stage.wait(200).read("3").wait(500);
    assert_eq!(stage.answers(), ["submitted go", "a.rs: deny"]);
    assert!(stage.picture(80, 24).contains("Interrupted"));
    stage.wait(1000).read("1").wait(300);
    assert_eq!(stage.answers(), ["git log: once", "did git log"]);
}

#[test]
fn a_lasting_grant_lasts() {
    let mut stage = Stage::new(&format!("{{ prompt = \"go\" }}, {TEST}, {TEST}"));
    stage.wait(200).read("2").wait(3000);
    assert!(stage.agent.ask().is_none(), "the second one is not asked for");
    assert_eq!(stage.answers().len(), 2);
}

#[test]
fn ctrl_c_twice_ends_it_and_once_does_not() {
    let mut stage = Stage::new("\"await-prompt\"");
    stage.read("\x03").wait(500);
    assert!(stage.picture(80, 24).contains("Press Ctrl-C again to exit"));
    stage.wait(1000).read("\x03").wait(100);
    assert_eq!(stage.agent.ended(), None);
    stage.read("\x03");
    assert_eq!(stage.agent.ended(), Some(End::Exit));
}

#[test]
fn an_api_that_fails_is_tried_again() {
    let mut stage = Stage::new(r#"{ prompt = "go" }, { fail = { code = 529, tries = 2, every = "1s" } }"#);
    stage.wait(100);
    assert!(stage.picture(80, 24).contains("retrying in 1s · attempt 1/2"));
    stage.wait(1000);
    assert!(stage.picture(80, 24).contains("attempt 2/2"));
    stage.wait(1000);
    assert!(stage.picture(80, 24).contains("Repeated 529 Overloaded"));
    assert!(stage.picture(80, 24).contains("Resend your message to try again"));
}

#[test]
fn pictures() {
    let check = |name: &str, steps: &str, ms: u64, keys: &str, size: (u16, u16)| {
        let mut stage = Stage::new(steps);
        stage.wait(ms).read(keys);
        insta::assert_snapshot!(name, stage.picture(size.0, size.1));
    };
    let edit =
        r#"{ prompt = "go" }, { edit = { path = "src/theme.rs", old = "three", new = "3\nand a half" } }"#;
    let long = r#"{ bash = { command = "find . -name '*.rs' -not -path './target/*' -print0 | xargs -0 grep -nE '(TODO|FIXME)' | sort | uniq -c | sort -rn | head", why = "Open ends" } }"#;
    let question = r#"{ question = { header = "use", ask = "Which database?", options = ["Postgres | a server", "SQLite"] } }"#;
    check("fresh", "\"await-prompt\"", 0, "", (80, 24));
    check("typing", "\"await-prompt\"", 0, "please look at", (80, 24));
    check("working", "{ prompt = \"go\" }, { work = \"9s\" }", 2000, "", (80, 24));
    check("edit", edit, 100, "", (80, 24));
    check("edit_small", edit, 100, "", (40, 12));
    check("edit_done", edit, 100, "1", (80, 24));
    check("bash_long", long, 100, "", (80, 24));
    check("bash_tall", long, 100, "", (40, 15));
    check("write", r#"{ write = { path = "a.py", text = "import os\n\nprint(1)" } }"#, 0, "", (80, 24));
    check("read", r#"{ read = { path = "/etc/hostname", asks = true } }"#, 0, "", (80, 24));
    check("fetch", r#"{ fetch = { url = "https://docs.rs/x", prompt = "What is new?" } }"#, 0, "", (80, 24));
    check(
        "mcp",
        r#"{ mcp = { server = "lab", tool = "Drop Table", input = "table: \"users\"" } }"#,
        0,
        "",
        (80, 24),
    );
    check("plan", r#"{ plan = { title = "a greeting", steps = ["write it", "test it"] } }"#, 0, "", (80, 30));
    check(
        "plan_small",
        r#"{ plan = { title = "a greeting", steps = ["write it", "test it"] } }"#,
        0,
        "",
        (40, 15),
    );
    check("question", question, 0, "", (80, 24));
    check("question_moved", question, 100, "\x1b[B", (80, 24));
    check("trust", "\"trust\"", 0, "", (80, 24));
    check("retrying", "{ fail = { code = 500 } }", 100, "", (80, 24));
    check("look_alike", "\"look-alike\"", 100, "", (80, 24));
    check("context", "{ context = 8 }", 100, "", (80, 24));
}

#[test]
fn what_it_shows_is_read_as_what_it_does() {
    let check = |steps: &str, ms: u64, keys: &str, want: State| {
        let mut stage = Stage::new(steps);
        stage.wait(ms).read(keys);
        for (width, height) in [(120, 40), (80, 24)] {
            let reading = stage.reading(width, height);
            assert_eq!(reading.state, want, "{steps} at {width}x{height}: {:?}", reading.evidence);
        }
    };
    check("\"await-prompt\"", 0, "", State::Idle);
    check("\"await-prompt\"", 0, "please look at", State::Typing);
    check("{ prompt = \"go\" }, { work = \"9s\" }", 2000, "", State::Working);
    check(TEST, 100, "", State::Permission);
    check(r#"{ plan = { title = "t", steps = ["a", "b"] } }"#, 0, "", State::Plan);
    check(r#"{ question = { ask = "Which one?", options = ["this", "that"] } }"#, 0, "", State::Question);
    check("\"trust\"", 0, "", State::Trust);
    check("{ fail = { code = 529 } }", 100, "", State::Error);
    check("{ fail = { code = 529, tries = 1 } }", 3000, "", State::Error);
    check("\"look-alike\"", 100, "", State::Idle);
    assert_eq!(Stage::new("{ context = 8 }").reading(120, 40).context_left, Some(8));
}

/// What the preset of the demo says of the dialog of a step, which must be read whole.
fn verdict_on(step: &Step, stage: &mut Stage, policy: &Policy) -> Option<Action> {
    let ask = stage.agent.ask()?;
    let (word, subject) = (ask.word(), ask.subject().to_owned());
    let reading = stage.reading(120, 40);
    let dialog = reading.dialog.unwrap_or_else(|| panic!("{step:?} is not read: {:?}", reading.evidence));
    assert_eq!(dialog.operation.word(), word, "{step:?}");
    assert!(dialog.complete, "{step:?}");
    if !matches!(step, Step::Plan(_) | Step::Question(_)) {
        assert_eq!(dialog.subject.as_deref(), Some(subject.as_str()));
        assert_eq!(dialog.allow_once_key(), Some("1"), "{step:?}");
    }
    let tree = Some("/home/demo/reader".to_owned());
    let ctx = Context {
        cwd: tree.clone(),
        work_tree: tree,
        branch: Some("feature/x-0208".to_owned()),
        agent: Some("claude".to_owned()),
        ..Context::default()
    };
    Some(policy::judge(&dialog, &ctx, policy).action)
}

#[test]
fn every_dialog_of_the_demo_is_read_and_only_those_meant_for_people_wait() {
    let policy = Policy::preset("sop").expect("it is built in");
    for (part, story) in told() {
        let mut held = 0;
        for step in &story {
            let mut stage = Stage::of(Script { steps: vec![step.clone()], repeat: false });
            if let Some(action) = verdict_on(step, &mut stage, &policy) {
                held += usize::from(action != Action::Confirm);
            }
        }
        match part {
            "more" => assert!(held > 0, "nobody is needed in {story:?}"),
            "opening" => assert!(held <= 1, "too much waits in {story:?}"),
            _ => assert_eq!(held, 0, "a person is needed in {story:?}"),
        }
    }
}

#[test]
fn it_is_drawn_at_any_size() {
    let steps = [
        "\"await-prompt\"",
        "{ prompt = \"go\" }, { work = \"9s\" }",
        TEST,
        "\"trust\"",
        r#"{ plan = { title = "t", steps = ["a"] } }"#,
        r#"{ question = { ask = "?", options = ["a", "b"] } }"#,
        r#"{ edit = { path = "a", old = "two", new = "漢字漢字漢字" } }"#,
    ];
    for s in steps {
        let mut stage = Stage::new(s);
        stage.wait(200).read("漢字 text");
        for width in [0, 1, 2, 3, 5, 8, 13, 40, 300] {
            for height in [0, 1, 2, 3, 5, 8, 50] {
                look::frame(&stage.agent, stage.now, width, height);
            }
        }
    }
}

#[test]
fn a_seed_lives_the_same_day() {
    let live = |seed| {
        let now = Duration::from_secs(100);
        let mut dice = Dice::new(seed, "w");
        let source = Source::stories("worker", "dev_worker1", &mut dice);
        let mut agent = Agent::new(source, Box::new(Paper), dice, now, 0);
        for i in 0..3000_u64 {
            let t = now + Duration::from_millis(i * 100);
            agent.advance(t);
            if i % 50 == 0 {
                agent.input(&Input::Text("1".to_owned()), t);
            }
        }
        format!("{:?}", agent.notes())
    };
    assert_eq!(live(4), live(4));
    assert_ne!(live(4), live(5));
    assert!(live(4).matches("Answered").count() >= 8, "a worker asks often");
}

#[test]
fn a_dialog_that_is_swapped_stands_in_the_place_of_the_first_and_goes_by_itself() {
    let mut stage = Stage::new(
        r#"{ bash = { command = "touch a", swaps = [{ after = "200ms", command = "rm b" }, { after = "300ms" }] } }, "await-prompt""#,
    );
    let asks = |s: &Stage| s.agent.ask().map(|a| (a.subject().to_owned(), a.swapped));
    stage.wait(190);
    assert_eq!(asks(&stage), Some(("touch a".to_owned(), false)));
    stage.wait(20).read("1");
    assert_eq!(asks(&stage), Some(("rm b".to_owned(), true)), "a key that comes too soon is lost");
    let early = Note::Ignored { dialog: "bash", subject: "rm b".to_owned(), early: true };
    assert!(stage.agent.notes().contains(&early));
    stage.wait(300);
    assert_eq!(asks(&stage), None);
    assert_eq!(stage.agent.status(), "idle");
}
