//! `archtui send`, `tasks`, `task` as a person, a script and an agent run them: what they print, how they fail, and that
//! nothing is half done.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::support::tmux::PrivateTmux;
use super::support::wait_until;

const ROSTER: &str = r#"
[fleet]
name = "test"
socket = "SOCKET"
[[session]]
name = "architect"
tier = "high-level"
[[session]]
name = "boss"
tier = "manager"
reports_to = "architect"
[[session]]
name = "dev_worker1"
tier = "worker"
reports_to = "boss"
skills = ["rust"]
[[session]]
name = "dev_worker2"
tier = "worker"
reports_to = "boss"
[[session]]
name = "kept"
tier = "worker"
protected = true
"#;

/// A folder with a config, a home and a state folder of its own.
pub struct Place {
    dir: tempfile::TempDir,
}

/// What a command did.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self::over(Path::new("/nonexistent/socket"))
    }

    /// A fleet on that tmux server.
    pub fn over(socket: &Path) -> Self {
        let dir = tempfile::Builder::new().prefix("archtui-test.").tempdir().expect("a scratch folder");
        let config = ROSTER.replace("SOCKET", &socket.display().to_string());
        fs::write(dir.path().join("archtui.toml"), config).expect("written");
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    /// Runs archtui in a line of processes of its own: who runs the tests may be an agent in a tmux pane.
    #[expect(clippy::disallowed_methods, reason = "tests start archtui, and find programs as the shell does")]
    fn run_with(&self, args: &[&str], stdin: &[u8]) -> Ran {
        fs::write(self.path("in"), stdin).expect("written");
        let code = self.path("code");
        let _ = fs::remove_file(&code);
        let script = "\"$0\" \"$@\" <in >out 2>err; echo $? >code.new; mv code.new code";
        let started = Command::new("setsid")
            .args(["-f", "sh", "-c", script, env!("CARGO_BIN_EXE_archtui")])
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a PATH"))
            .env("HOME", self.dir.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .status();
        assert!(started.expect("setsid starts").success());
        wait_until("archtui ends", || code.exists(), || format!("{args:?}"));
        let read = |name: &str| fs::read_to_string(self.path(name)).expect("UTF-8");
        Ran { code: read("code").trim().parse().expect("a number"), out: read("out"), err: read("err") }
    }

    /// Runs what must succeed; what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    pub fn tasks(&self) -> Vec<Value> {
        let said: Value = serde_json::from_str(&self.ok(&["tasks", "--json"])).expect("one line of JSON");
        assert_eq!(said["schema"], "archtui.tasks/1");
        assert!(said["at"].as_str().is_some_and(|at| at.ends_with('Z')));
        said["tasks"].as_array().expect("a list").clone()
    }

    fn task(&self, id: &str) -> Value {
        let said = self.ok(&["task", "show", id, "--json"]);
        serde_json::from_str::<Value>(&said).expect("one line of JSON")["task"].clone()
    }

    /// Runs what must fail with that exit code: two lines, what and what to do, nothing on stdout.
    pub fn fails(&self, args: &[&str], code: i32, what: &str, hint: &str) {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{args:?}");
        let lines: Vec<&str> = ran.err.lines().collect();
        assert!(lines.len() <= 2, "{args:?}: {lines:?}");
        assert!(lines[0].contains(what), "{args:?}: {lines:?}");
        assert!(lines.get(1).copied().unwrap_or_default().contains(hint), "{args:?}: {lines:?}");
    }
}

#[test]
fn sending_prints_the_number_and_lists_the_task() {
    let place = Place::new();
    assert!(place.ok(&["tasks"]).contains("empty"));
    assert_eq!(place.tasks(), Vec::<Value>::new());
    assert_eq!(
        place.ok(&["send", "Fix mastered words", "--target", "dev_worker1", "--priority", "8"]),
        "1\n"
    );
    assert_eq!(
        place.ok(&["send", "then test", "--role", "rust", "--after", "1", "--timeout", "2h", "--key", "k"]),
        "2\n"
    );
    let tasks = place.tasks();
    let t = &tasks[0];
    assert_eq!((&t["id"], &t["state"], &t["priority"]), (&1.into(), &"queued".into(), &8.into()));
    assert_eq!((&t["text"], &t["target"]), (&"Fix mastered words".into(), &"dev_worker1".into()));
    for unknown in ["session", "from", "after", "delivered", "done", "reason"] {
        assert_eq!(t[unknown], Value::Null, "{unknown}");
    }
    assert_eq!(t["evidence"], Value::Array(Vec::new()));
    assert!(t["created"].as_str().is_some_and(|c| c.ends_with('Z')));
    let t = &tasks[1];
    assert_eq!(
        (&t["state"], &t["after"], &t["reason"]),
        (&"blocked".into(), &1.into(), &"waits for #1".into())
    );
    assert_eq!((&t["target"], &t["role"], &t["timeout_s"]), (&Value::Null, &"rust".into(), &7200.into()));
    let table = place.ok(&["tasks"]);
    assert!(table.contains("#1") && table.contains("p8") && table.contains("→ dev_worker1"), "{table}");
    assert!(place.ok(&["task", "show", "#1"]).contains("Fix mastered words"));
    assert_eq!(place.ok(&["send", "x", "--json"]).matches("\"ids\":[3]").count(), 1);
}

#[test]
fn texts_come_from_stdin_and_files() {
    let place = Place::new();
    let ran = place.run_with(&["send", "-"], b"\nfirst line\r\n\tsecond\n\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n"), "{}", ran.err);
    assert_eq!(place.task("1")["text"], "first line\n    second");
    fs::write(place.path("t.txt"), "from a file\n").expect("written");
    place.ok(&["send", "--file", "t.txt"]);
    assert_eq!(place.task("2")["text"], "from a file");
    // What could move a cursor or end a paste is left out, and that is said.
    let ran = place.run_with(&["send", "-"], b"a\x1b[201~b\x07");
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("2 characters were left out"), "{}", ran.err);
    assert_eq!(place.task("3")["text"], "a[201~b");
    let huge = vec![b'x'; 200_000];
    for (stdin, what) in [(&b" \n"[..], "empty"), (b"\xff\xfe", "UTF-8"), (&huge, "bytes")] {
        let ran = place.run_with(&["send", "-"], stdin);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(what), "{}", ran.err);
    }
    assert_eq!(place.tasks().len(), 3);
}

#[test]
fn bad_input_is_refused_with_what_to_do_and_queues_nothing() {
    let place = Place::new();
    fs::write(place.path("bin"), b"\xff\x00").expect("written");
    fs::write(place.path("plan.md"), "- [ ] a {id=x after=y}\n- [ ] b {id=y after=x}\n").expect("written");
    fs::write(place.path("bad.md"), "- [ ] a\n- [ ] b {target=dev_worker9}\n").expect("written");
    fs::write(place.path("ticked.md"), "- [x] a\n").expect("written");
    for (args, code, what, hint) in [
        (&["send"][..], 2, "nothing to send", "--file"),
        (&["send", ""], 2, "empty", "stdin"),
        (&["send", " \n"], 2, "empty", "stdin"),
        (&["send", "x", "--target", "dev_worker3"], 2, "dev_worker3", "did you mean \"dev_worker"),
        (&["send", "x", "--target", "dev_worker"], 2, "several", "dev_worker1, dev_worker2"),
        (&["send", "x", "--target", "codex"], 2, "codex", "archtui.toml"),
        (&["send", "x", "--target", ""], 2, "no session", ""),
        (&["send", "x", "--target", "kept"], 1, "protected", ""),
        (&["send", "x", "--role", "rusty"], 2, "rusty", "did you mean \"rust\"?"),
        (&["send", "x", "--priority", "11"], 2, "11", "10 is the most urgent"),
        (&["send", "x", "--priority", "-1"], 2, "-1", "10 is the most urgent"),
        (&["send", "x", "--priority", "high"], 2, "high", "10 is the most urgent"),
        (&["send", "x", "--after", "7"], 3, "no task 7", "archtui tasks"),
        (&["send", "x", "--after", "seven"], 2, "\"seven\"", "archtui tasks"),
        (&["send", "x", "--timeout", "soon"], 2, "soon", ""),
        (&["send", "x", "--timeout", "0s"], 2, "time limit", "30m"),
        (&["send", "x", "--key", ""], 2, "key", ""),
        (&["send", "x", "--from", "bos"], 2, "bos", "did you mean \"boss\"?"),
        (&["send", "--file", "none"], 3, "none: no such file", ""),
        (&["send", "--file", "."], 2, "is not a file", ""),
        (&["send", "--file", "bin"], 2, "UTF-8", ""),
        (&["send", "--plan", "plan.md"], 2, "circle: 1 → 2 → 1", "remove"),
        (&["send", "--plan", "bad.md"], 2, "entry 2 of the plan", "did you mean"),
        (&["send", "--plan", "ticked.md"], 3, "ticked off", ""),
        (&["task", "show", "1"], 3, "no task 1", "archtui tasks"),
        (&["task", "show", "x"], 2, "\"x\"", ""),
        (&["task", "cancel", "1"], 3, "no task 1", ""),
        (&["task", "retry", "1"], 3, "no task 1", ""),
        (&["task", "done", "1"], 3, "no task 1", ""),
        (&["task", "reassign", "1", "--to", "dev_worker2"], 3, "no task 1", ""),
        (&["task", "reassign", "1", "--to", "dev_worker9"], 2, "dev_worker9", "did you mean"),
    ] {
        let ran = place.run(args);
        let lines: Vec<&str> =
            ran.err.lines().filter(|l| !l.starts_with(' ') || l.starts_with("         ")).collect();
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{args:?}: {}", ran.err);
        let at = lines
            .iter()
            .position(|l| l.starts_with("archtui: "))
            .unwrap_or_else(|| panic!("{args:?}: {}", ran.err));
        assert!(lines[at].contains(what), "{args:?}: {lines:?}");
        assert!(lines.get(at + 1).copied().unwrap_or_default().contains(hint), "{args:?}: {lines:?}");
        assert!(lines.len() <= at + 2, "{args:?}: {lines:?}");
    }
    assert_eq!(place.run(&["send", "x", "--file", "y"]).code, 2);
    assert_eq!(place.run(&["send", "--bogus"]).code, 2);
    assert_eq!(place.tasks(), Vec::<Value>::new());
}

#[test]
fn the_chain_of_command_holds_for_those_who_send_in_a_sessions_name() {
    let place = Place::new();
    place.ok(&["send", "a", "--from", "architect", "--target", "boss"]);
    place.ok(&["send", "b", "--from", "boss", "--target", "dev_worker1"]);
    assert_eq!(place.task("2")["from"], "boss");
    place.fails(
        &["send", "c", "--from", "architect", "--target", "dev_worker1"],
        1,
        "delegates to managers, never directly to workers",
        "the right addressee is boss",
    );
    place.fails(
        &["send", "c", "--from", "dev_worker1", "--target", "dev_worker2"],
        1,
        "workers hand work to nobody",
        "boss",
    );
    place.fails(
        &["send", "c", "--from", "boss", "--target", "architect"],
        1,
        "not up to architect",
        "dev_worker1, dev_worker2",
    );
    assert_eq!(place.tasks().len(), 2);
}

#[test]
fn the_same_again_is_refused_with_the_number_of_the_first() {
    let place = Place::new();
    place.ok(&["send", "fix it", "--target", "dev_worker1"]);
    place.fails(&["send", " fix  it", "--target", "dev_worker1"], 1, "is task 1 (queued)", "--again");
    assert_eq!(place.ok(&["send", "fix it", "--target", "dev_worker2"]), "2\n");
    assert_eq!(place.ok(&["send", "fix it", "--target", "dev_worker1", "--again"]), "3\n");
    assert_eq!(place.ok(&["send", "nightly", "--key", "n"]), "4\n");
    place.fails(&["send", "other words", "--key", "n"], 1, "\"n\" belongs to task 4", "--again");
}

#[test]
fn a_task_is_taken_back_tried_again_given_to_another_closed() {
    let place = Place::new();
    place.ok(&["send", "one", "--target", "dev_worker1"]);
    assert_eq!(
        place.ok(&["task", "reassign", "1", "--to", "dev_worker2"]),
        "task 1 is queued, for dev_worker2\n"
    );
    assert_eq!(place.task("1")["target"], "dev_worker2");
    place.fails(&["task", "reassign", "1", "--to", "dev_worker2"], 3, "with dev_worker2 already", "");
    assert_eq!(place.ok(&["task", "cancel", "#1"]), "task 1 is cancelled\n");
    place.fails(&["task", "cancel", "1"], 3, "cancelled already", "show 1");
    assert_eq!(place.ok(&["task", "retry", "1"]), "task 1 is queued, for dev_worker2\n");
    let said: Value = serde_json::from_str(&place.ok(&["task", "done", "1", "--json"])).expect("JSON");
    assert_eq!((&said["schema"], &said["task"]["state"]), (&"archtui.task/1".into(), &"done".into()));
    assert!(said["task"]["done"].is_string());
    let log: Value = serde_json::from_str(&place.ok(&["task", "show", "1", "--json"])).expect("JSON");
    let states: Vec<&str> =
        log["log"].as_array().expect("a list").iter().filter_map(|l| l["state"].as_str()).collect();
    assert_eq!(states, ["queued", "queued", "cancelled", "queued", "done"]);
}

#[test]
fn a_waiting_task_is_changed_and_put_before_another() {
    let place = Place::new();
    place.ok(&["send", "one", "--target", "dev_worker1"]);
    place.ok(&["send", "two", "--target", "dev_worker1"]);
    assert_eq!(place.ok(&["task", "reorder", "2", "--before", "1"]), "task 2 is queued, for dev_worker1\n");
    place.ok(&["task", "edit", "2", "--text", "two, but other words", "--priority", "9", "--timeout", "2h"]);
    let t = place.task("2");
    assert_eq!((&t["text"], &t["priority"]), (&"two, but other words".into(), &9.into()));
    assert_eq!(t["timeout_s"], 7200);
    assert_eq!(place.run_with(&["task", "edit", "2", "--text", "-"], b"from a pipe").code, 0);
    assert_eq!(place.task("2")["text"], "from a pipe");
    place.fails(&["task", "edit", "2"], 2, "nothing to change", "--priority");
    place.fails(&["task", "edit", "2", "--priority", "11"], 2, "11", "10");
    place.fails(&["task", "edit", "2", "--text", " "], 2, "empty", "");
    place.fails(&["task", "edit", "9", "--priority", "1"], 3, "9", "archtui tasks");
    place.fails(&["task", "reorder", "1", "--before", "1"], 3, "before itself", "");
}

#[test]
fn a_plan_is_shown_and_queued_as_a_whole() {
    let place = Place::new();
    let plan = "# Dark mode\n\n1. [x] decide\n2. [ ] CSS variables {target=dev_worker1 id=css}\n3. [ ] Toggle button {priority=8}\n   - [ ] icon\n\n- [ ] Persistence {after=css}\n";
    fs::write(place.path("plan.md"), plan).expect("written");
    let ran = place.run(&["send", "--plan", "plan.md", "--timeout", "1h"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n2\n3\n4\n"), "{}", ran.err);
    for shown in [
        "1 entries are ticked off",
        "  1. p5  CSS variables  → dev_worker1",
        "2. p8  Toggle button  after 1, 3",
    ] {
        assert!(ran.err.contains(shown), "{shown}: {}", ran.err);
    }
    let tasks = place.tasks();
    let after = |i: usize| tasks[i]["after_all"].to_string();
    assert_eq!([after(0), after(1), after(2), after(3)], ["[]", "[1,3]", "[1]", "[1]"]);
    assert!(tasks.iter().all(|t| t["timeout_s"] == 3600));
    // Once more, all of it or nothing.
    place.fails_after_plan(&["send", "--plan", "plan.md"], "task 1");
    assert_eq!(place.tasks().len(), 4);
}

impl Place {
    fn fails_after_plan(&self, args: &[&str], what: &str) {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains(what), "{}", ran.err);
    }
}

#[test]
fn a_database_of_another_version_is_left_alone() {
    let place = Place::new();
    place.ok(&["send", "x"]);
    let db = place.path("state/archtui/test/archtui.db");
    let raw = rusqlite::Connection::open(&db).expect("opens");
    raw.pragma_update(None, "user_version", 99).expect("set");
    drop(raw);
    let before = fs::read(&db).expect("read");
    for args in [&["send", "y"][..], &["tasks"], &["task", "cancel", "1"]] {
        place.fails(args, 1, "newer archtui", "update");
    }
    assert_eq!(fs::read(&db).expect("read"), before);
}

#[test]
fn without_a_roster_nobody_can_take_a_task() {
    let place = Place::new();
    fs::write(place.path("archtui.toml"), "[fleet]\nname = \"test\"\n").expect("written");
    place.fails(&["send", "x"], 2, "no session is in the roster", "init --adopt");
}

/// What a command prints that is run inside a pane of the fleet.
fn inside(tmux: &PrivateTmux, place: &Place, session: &str, command: &str) -> (String, String) {
    let done = place.path(&format!("done-{session}"));
    let (out, err) = (place.path("out"), place.path("err"));
    let exe = env!("CARGO_BIN_EXE_archtui");
    let script = format!(
        "cd {dir} && export XDG_STATE_HOME={dir}/state HOME={dir} && A={exe}; {command} >{out} 2>{err}; echo $? >{done}; sleep 60",
        dir = place.dir.path().display(),
        out = out.display(),
        err = err.display(),
        done = done.display(),
    );
    let _ = fs::remove_file(&done);
    let pane = tmux.session(session, &script);
    wait_until("the command in the pane ends", || done.exists(), || tmux.text(pane));
    tmux.run(&["kill-session", "-t", &format!("={session}")]);
    (fs::read_to_string(out).expect("out"), fs::read_to_string(err).expect("err"))
}

#[test]
fn an_agent_in_a_pane_sends_in_its_own_name_and_cannot_pose_as_another() {
    let tmux = PrivateTmux::new();
    tmux.session("keep", "sleep 600");
    let place = Place::over(tmux.socket());
    let ask = |session: &str, command: &str| inside(&tmux, &place, session, command);
    assert_eq!(ask("boss", "$A send first --target dev_worker1").0, "1\n");
    assert_eq!(place.task("1")["from"], "boss");
    assert!(place.task("1")["origin"].as_str().is_some_and(|o| o.contains("pane")));
    // Wiping the environment out or leaving the terminal changes nothing.
    for (n, trick) in
        ["env -u TMUX -u TMUX_PANE $A", "setsid -w $A", "env -u TMUX -u TMUX_PANE setsid -w $A </dev/null"]
            .iter()
            .enumerate()
    {
        let (out, err) = ask("boss", &format!("{trick} send trick{n} --target dev_worker1"));
        assert_eq!(out, format!("{}\n", n + 2), "{trick}: {err}");
        assert_eq!(place.task(&(n + 2).to_string())["from"], "boss", "{trick}");
    }
    let (out, err) = ask("dev_worker1", "$A send x --target dev_worker2");
    assert!(out.is_empty() && err.contains("workers hand work to nobody"), "{err}");
    let (out, err) = ask("dev_worker1", "$A send x --target dev_worker2 --from boss");
    assert!(out.is_empty() && err.contains("this runs in dev_worker1"), "{err}");
    for act in ["cancel 1", "retry 1", "reassign 1 --to dev_worker2", "done 1"] {
        let (out, err) = ask("boss", &format!("$A task {act}"));
        assert!(out.is_empty() && err.contains("not for agents"), "{act}: {err}");
    }
    assert!(ask("dev_worker1", "$A tasks").0.contains("first"));
    assert!(ask("dev_worker1", "$A task show 1").0.contains("first"));
    assert_eq!(place.task("1")["state"], "queued");
    // A pane outside of the roster is a person's own.
    assert_eq!(ask("mine", "$A send own --target dev_worker2").0, "5\n");
    assert_eq!(place.task("5")["from"], Value::Null);
}
