//! `archtui policy check` as a program: exit codes, JSON, folders, links, wrong arguments.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "the program under test")]
fn check(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_archtui"))
        .args(["policy", "check"])
        .args(args)
        .env_clear()
        .env("HOME", dir)
        .env("TZ", "UTC")
        .current_dir(dir)
        .output()
        .expect("archtui runs")
}

fn json(dir: &Path, args: &[&str]) -> (i32, Value) {
    let out = check(dir, &[args, &["--json"]].concat());
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    let value = serde_json::from_str(text.trim())
        .unwrap_or_else(|e| panic!("{e}: {text} {}", String::from_utf8_lossy(&out.stderr)));
    (out.status.code().expect("it ended by itself"), value)
}

/// A folder with what the program looks at in a repository, on a branch.
fn repository(branch: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let app = dir.path().join("app");
    fs::create_dir_all(app.join(".git")).expect("made");
    fs::create_dir_all(app.join("src")).expect("made");
    fs::write(app.join(".git/HEAD"), format!("ref: refs/heads/{branch}\n")).expect("written");
    dir
}

#[test]
fn the_exit_code_says_whether_it_would_be_confirmed() {
    let dir = repository("feature/x-0208");
    let app = dir.path().join("app");
    let cwd = app.to_str().expect("UTF-8");
    for (args, code, action) in [
        (&["--op", "bash", "--command", "git status"][..], 0, "confirm"),
        (&["--op", "bash", "--command", "git commit -m x"], 0, "confirm"),
        (&["--op", "bash", "--command", "rm -rf build && make"], 4, "hold"),
        (&["--op", "bash", "--command", "git push --force"], 4, "deny"),
        (&["--op", "read", "--path", "src/main.rs"], 0, "confirm"),
        (&["--op", "read", "--path", "/etc/passwd"], 4, "hold"),
        (&["--op", "edit", "--path", "src/main.rs"], 0, "confirm"),
        (&["--op", "edit", "--path", "src/main.rs", "--preset", "careful"], 4, "hold"),
        (&["--op", "edit", "--path", "src/main.rs", "--preset", "watch"], 4, "hold"),
        (&["--op", "grep"], 0, "confirm"),
        (&["--op", "glob", "--path", "src"], 0, "confirm"),
        (&["--op", "fetch", "--url", "https://docs.rs"], 4, "hold"),
        (&["--op", "plan"], 4, "hold"),
        (&["--op", "question"], 4, "hold"),
        (&["--op", "mcp"], 4, "hold"),
        (&["--op", "bash", "--command", "foobar", "--preset", "wide"], 0, "confirm"),
        (&["--op", "read", "--path", "src/x", "--session", "autoconfirm"], 4, "ignore"),
    ] {
        let (got, value) = json(dir.path(), &[args, &["--cwd", cwd]].concat());
        assert_eq!((got, value["action"].as_str()), (code, Some(action)), "{args:?}: {value}");
        assert_eq!(value["schema"], "archtui.policy/1");
        assert!(value["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{value}");
        assert!(value["rule"].as_str().is_some_and(|r| !r.is_empty()), "{value}");
        assert!(value["reason"].is_string() && value["parts"].is_array(), "{value}");
        assert_eq!(value["would"].is_object(), value["rule"] == "preset.watch", "{value}");
    }
}

#[test]
fn the_file_of_the_rule_is_told_and_what_watch_would_have_done() {
    let dir = repository("feature/x-0208");
    let app = dir.path().join("app");
    let (_, value) = json(&app, &["--op", "bash", "--command", "git status; foobar", "--preset", "watch"]);
    assert_eq!((&value["rule"], &value["file"]), (&"not-vouched".into(), &Value::Null));
    assert_eq!(value["parts"][0]["file"], "policies/sop.toml");
    let (_, value) = json(&app, &["--op", "bash", "--command", "git push -f", "--preset", "watch"]);
    assert_eq!((&value["action"], &value["rule"]), (&"hold".into(), &"preset.watch".into()));
    assert_eq!((&value["would"]["action"], &value["would"]["rule"]), (&"deny".into(), &"force-push".into()));
    assert_eq!(value["would"]["file"], "policies/base.toml");
}

#[test]
fn the_users_own_rules_lie_over_the_presets_and_a_session_has_its_own_preset() {
    let dir = repository("feature/x-0208");
    let app = dir.path().join("app");
    let own = dir.path().join(".config/archtui");
    fs::create_dir_all(&own).expect("made");
    let (home, cwd) = (dir.path(), app.to_str().expect("UTF-8"));
    let push = ["--op", "bash", "--cwd", cwd, "--command", "git push origin feature/x-0208"];
    assert_eq!(json(home, &push).1["rule"], "push");
    let allow = "disable = [\"push\"]\n[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"bash\"]\neffect = [\"push\"]";
    fs::write(own.join("policy.toml"), allow).expect("written");
    let (code, value) = json(home, &push);
    assert_eq!((code, &value["rule"], &value["preset"]), (0, &"mine".into(), &"sop".into()));
    assert!(value["file"].as_str().is_some_and(|f| f.ends_with(".config/archtui/policy.toml")), "{value}");
    fs::write(
        own.join("archtui.toml"),
        "[confirm]\npreset = \"sop\"\n[[session]]\nname = \"reader\"\npreset = \"careful\"\n[[session]]\nname = \"dev\"",
    )
    .expect("written");
    let edit = ["--op", "edit", "--path", "src/x", "--cwd", cwd];
    for (session, preset, code) in [("reader", "careful", 4), ("dev", "sop", 0), ("stranger", "watch", 4)] {
        let (got, value) = json(home, &[&edit[..], &["--session", session]].concat());
        assert_eq!((got, &value["preset"]), (code, &preset.into()), "{session}");
    }
    // What lies in a work tree may have been written by an agent.
    let beside = app.join("archtui.toml");
    fs::write(&beside, "[confirm]\npreset = \"sop\"").expect("written");
    let config = ["--config", beside.to_str().expect("UTF-8")];
    fs::write(app.join("policy.toml"), allow).expect("written");
    let out = check(home, &[&push[..], &config].concat());
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{told}");
    assert!(told.contains("policy.toml:"), "{told}");
    let hold = "[[rule]]\nid = \"tight\"\naction = \"hold\"\nreason = \"r\"\nprogram = [\"ls\"]";
    fs::write(app.join("policy.toml"), hold).expect("written");
    assert_eq!(
        json(home, &[&["--op", "bash", "--cwd", cwd, "--command", "ls"][..], &config].concat()).1["rule"],
        "tight"
    );
}

#[test]
fn tools_of_mcp_servers_are_judged_by_name() {
    let dir = repository("feature/x-0208");
    let own = dir.path().join(".config/archtui");
    fs::create_dir_all(&own).expect("made");
    let allow =
        "[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"mcp\"]\ntool = [\"mcp__docs__*\"]";
    fs::write(own.join("policy.toml"), allow).expect("written");
    for (tool, code) in [("mcp__docs__search", 0), ("mcp__db__drop", 4), ("MCP__docs__search", 4)] {
        assert_eq!(check(dir.path(), &["--op", "mcp", "--tool", tool]).status.code(), Some(code), "{tool}");
    }
}

#[test]
fn every_part_of_a_command_has_its_own_verdict() {
    let dir = repository("feature/x-0208");
    let cwd = dir.path().join("app");
    let (_, value) = json(&cwd, &["--op", "bash", "--command", "git status && rm -rf build | wc -l"]);
    let told: Vec<_> = value["parts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| {
            (
                p["command"].as_str().unwrap_or(""),
                p["action"].as_str().unwrap_or(""),
                p["rule"].as_str().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("git status", "confirm", "sop.bash"),
            ("rm -rf build", "hold", "delete"),
            ("wc -l", "confirm", "sop.bash")
        ]
    );
    assert_eq!(value["rule"], "delete");
}

#[test]
fn the_branch_and_the_work_tree_are_found_from_the_folder() {
    let commit = ["--op", "bash", "--command", "git commit -m x"];
    let on_main = repository("main");
    assert_eq!(json(&on_main.path().join("app"), &commit).1["rule"], "protected-branch");
    // From a folder below: the path above it is still inside.
    let below = on_main.path().join("app/src");
    assert_eq!(json(&below, &["--op", "read", "--path", "../README.md"]).0, 0);
    assert_eq!(json(&below, &["--op", "read", "--path", "../../x"]).0, 4);
    // A linked work tree names its folder in a file.
    let linked = on_main.path().join("linked");
    let real = on_main.path().join("app/.git/worktrees/linked");
    fs::create_dir_all(&linked).expect("made");
    fs::create_dir_all(&real).expect("made");
    fs::write(linked.join(".git"), format!("gitdir: {}\n", real.display())).expect("written");
    fs::write(real.join("HEAD"), "ref: refs/heads/feature/y-0209\n").expect("written");
    assert_eq!(json(&linked, &commit).0, 0);
    fs::write(real.join("HEAD"), "0123456789abcdef0123456789abcdef01234567\n").expect("written");
    assert_eq!(json(&linked, &commit).1["rule"], "protected-branch");
    // No repository: the folder itself counts, a home folder does not.
    let plain = tempfile::tempdir().expect("a scratch folder");
    fs::create_dir(plain.path().join("work")).expect("made");
    let read = ["--op", "read", "--path", "x"];
    assert_eq!(json(plain.path(), &[&read[..], &["--cwd", "work"]].concat()).0, 0);
    assert_eq!(json(plain.path(), &[&read[..], &["--cwd", "."]].concat()).0, 4);
}

#[cfg(unix)]
#[test]
fn a_link_is_judged_by_where_it_leads() {
    let dir = repository("feature/x-0208");
    let app = dir.path().join("app");
    std::os::unix::fs::symlink("/etc", app.join("link")).expect("linked");
    for (path, code) in [("link/passwd", 4), ("link", 4), ("src/new/deep.rs", 0)] {
        assert_eq!(json(&app, &["--op", "write", "--path", path]).0, code, "{path}");
    }
}

#[test]
fn wrong_arguments_are_told_in_two_lines() {
    let dir = tempfile::tempdir().expect("a scratch folder");
    for (args, code, part) in [
        (&["--op", "bash"][..], 2, "--command"),
        (&["--op", "read"], 2, "--path"),
        (&["--op", "fetch"], 2, "--url"),
        (&["--op", "bahs", "--command", "ls"], 2, "bash"),
        (&["--op", "read", "--path", "x", "--preset", "spo"], 2, "sop"),
        (&["--op", "read", "--path", "x", "--cwd", "/nowhere/at/all"], 3, "no folder"),
        (&[], 2, "--op"),
    ] {
        let out = check(dir.path(), args);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{args:?}: {told}");
        assert!(told.contains(part), "{args:?}: {told}");
        assert!(out.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn what_is_printed_holds_no_control_character() {
    let dir = repository("feature/x-0208");
    let out =
        check(&dir.path().join("app"), &["--op", "bash", "--command", "ls '\u{1b}[2J\u{202e}' && cat x\ny"]);
    let told = String::from_utf8(out.stdout).expect("UTF-8");
    assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{told:?}");
    assert!(!told.contains('\u{202e}'), "{told:?}");
}
