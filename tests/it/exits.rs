//! How commands fail: one line what, one line what to do, and the same exit code for the same thing everywhere.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Exit code, stdout and stderr.
#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn run(home: &Path, args: &[&str]) -> (i32, String, String) {
    let path = std::env::var_os("PATH").expect("a PATH");
    let out = Command::new(env!("CARGO_BIN_EXE_archtui"))
        .args(args)
        .current_dir(home)
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("TZ", "UTC")
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().expect("an exit code"), text(&out.stdout), text(&out.stderr))
}

#[test]
fn a_file_that_is_not_there_is_not_found_whoever_asks_for_it() {
    let home = TempDir::new().expect("a folder");
    for args in [
        &["replay", "none"][..],
        &["replay", "none", "--frame"],
        &["explain", "--file", "none"],
        &["agents", "check", "none"],
        &["branches", "none"],
        &["send", "--file", "none"],
        &["send", "--plan", "none"],
    ] {
        let (code, out, err) = run(home.path(), args);
        assert_eq!((code, out.as_str(), err.lines().count()), (3, "", 2), "{args:?}: {err}");
    }
    // What is there and is no recording is wrong, not missing.
    std::fs::write(home.path().join("text"), "no recording\n").expect("written");
    assert_eq!(run(home.path(), &["replay", "text", "--frame"]).0, 2);
    assert_eq!(run(home.path(), &["replay", "."]).0, 2);
}

#[test]
fn a_command_that_is_left_out_is_named_as_what_is_missing() {
    let home = TempDir::new().expect("a folder");
    for args in [&["hooks"][..], &["task"], &["policy"], &["agents"]] {
        let (code, out, err) = run(home.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.contains("Usage:") && err.contains("archtui: a command is missing"), "{args:?}: {err}");
    }
    let (code, out, err) = run(home.path(), &["hooks", "--help"]);
    assert!(code == 0 && out.contains("Usage:") && err.is_empty(), "asked for, it is no error: {err}");
}

#[test]
fn a_theme_that_is_not_there_is_told_before_anything_else() {
    let home = TempDir::new().expect("a folder");
    let (code, out, err) = run(home.path(), &["themes", "--theme", "nosuch"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 2), "{err}");
    assert!(err.contains("no theme is called \"nosuch\""), "{err}");
    let (code, out, _) = run(home.path(), &["themes"]);
    assert!(code == 0 && out.lines().filter(|l| l.starts_with('*')).count() == 1, "{out}");
}
