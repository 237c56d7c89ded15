//! `archtui explain --file` and `archtui agents check` as a person or a script runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(name)
}

#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn run(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_archtui"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("TZ", "UTC")
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn several_files_give_a_line_of_json_each() {
    let home = TempDir::new().expect("a folder");
    let files = [
        recorded("claude-2.1.330/permission--bash-subst--80x24.ansi"),
        recorded("codex-0.169.0/idle--after-answer--80x24.ansi"),
        recorded("gemini-0.61.0/working--thinking--80x24.ansi"),
    ];
    let files: Vec<&str> = files.iter().map(|f| f.to_str().expect("UTF-8")).collect();
    let out = run(home.path(), &[&["explain", "--json", "--file"], &files[..]].concat());
    let lines: Vec<Value> =
        text(&out.stdout).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let told: Vec<(&str, &str)> = lines
        .iter()
        .map(|v| (v["agent"].as_str().unwrap_or("-"), v["state"].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(told, [("claude", "permission"), ("codex", "idle"), ("gemini", "working")]);
    let dialog = &lines[0]["dialog"];
    assert_eq!(lines[0]["schema"], "archtui.explain/1");
    assert_eq!(dialog["operation"], "bash");
    assert_eq!(dialog["subject"], "echo $(cat /etc/passwd | head -1) > out.txt");
    assert_eq!(dialog["options"][0]["meaning"], "allow-once");
    assert_eq!(dialog["options"][0]["key"], "1");
    assert_eq!(dialog["selected"], 0);
    assert_eq!(dialog["complete"], true);
    assert_eq!(lines[1]["composer"]["text"], "");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn a_screen_is_read_from_standard_input_too() {
    let file = fs::File::open(recorded("gemini-0.61.0/working--thinking--80x24.ansi")).expect("it is there");
    let out = Command::new(env!("CARGO_BIN_EXE_archtui"))
        .args(["explain", "--json", "--file", "-"])
        .stdin(file)
        .output()
        .expect("the program starts");
    let told: Value = serde_json::from_str(&text(&out.stdout)).expect("JSON");
    assert_eq!((told["state"].as_str(), told["file"].as_str()), (Some("working"), Some("-")));
}

#[test]
fn bad_input_is_read_or_refused_never_a_crash() {
    let home = TempDir::new().expect("a folder");
    let file = home.path().join("screen");
    let path = file.to_str().expect("UTF-8");
    let zeros = vec![0u8; 1 << 20];
    let noise: Vec<u8> = (0..1u32 << 20).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let breaks = vec![b'\n'; 1 << 20];
    for (what, bytes) in [("empty", &[][..]), ("zeros", &zeros), ("noise", &noise), ("breaks", &breaks)] {
        fs::write(&file, bytes).expect("written");
        let out = run(home.path(), &["explain", "--json", "--file", path]);
        let told: Value = serde_json::from_str(&text(&out.stdout)).expect("JSON");
        assert_eq!(told["state"], "unknown", "{what}");
        assert_eq!(out.status.code(), Some(0), "{what}");
    }
    for (args, code, word) in [
        (vec!["explain", "--file", "/does/not/exist"], 3, "exist"),
        (vec!["explain", "--agent", "nobody", "--file", path], 2, "nobody"),
        (vec!["explain", "--size", "80", "--file", path], 2, "80x24"),
    ] {
        let out = run(home.path(), &args);
        assert_eq!(out.status.code(), Some(code), "{args:?}");
        assert!(text(&out.stderr).contains(word), "{args:?}: {}", text(&out.stderr));
    }
}

#[test]
fn a_manifest_is_checked_with_its_line() {
    let home = TempDir::new().expect("a folder");
    let file = home.path().join("mine.toml");
    let path = file.to_str().expect("UTF-8");
    fs::write(&file, "name = \"mine\"\nprocess = [\"mine\"]\n").expect("written");
    assert_eq!(run(home.path(), &["agents", "check", path]).status.code(), Some(0));
    fs::write(&file, "name = \"mine\"\n\nsign = ['(']\n").expect("written");
    let out = run(home.path(), &["agents", "check", path]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("mine.toml:3:9: unclosed group"), "{}", text(&out.stderr));
}

#[test]
fn a_users_manifest_wins_and_a_broken_one_leaves_the_built_in_one_in_force() {
    let home = TempDir::new().expect("a folder");
    let folder = home.path().join("config/archtui/agents");
    fs::create_dir_all(&folder).expect("made");
    let own = folder.join("own.toml");
    fs::write(
        &own,
        "name = \"own\"\nsign = ['^OWN AGENT$']\n[composer]\nframe = [\"rules\"]\nprompt = [\"%\"]\n",
    )
    .expect("written");
    let screen = home.path().join("screen");
    fs::write(&screen, "OWN AGENT\n────────────────────\n%\n────────────────────\n").expect("written");
    let path = screen.to_str().expect("UTF-8");
    let told = |args: &[&str]| -> (Value, String) {
        let out = run(home.path(), args);
        (serde_json::from_str(&text(&out.stdout)).expect("JSON"), text(&out.stderr))
    };
    let (mine, _) = told(&["explain", "--json", "--file", path]);
    assert_eq!((mine["agent"].as_str(), mine["state"].as_str()), (Some("own"), Some("idle")));
    fs::write(folder.join("claude.toml"), "name = \"claude\"\n[[cue]]\n").expect("written");
    let claude = recorded("claude-2.1.330/permission--bash-subst--80x24.ansi");
    let (still, said) = told(&["explain", "--json", "--file", claude.to_str().expect("UTF-8")]);
    assert_eq!(still["state"], "permission");
    assert!(said.contains("claude.toml:2") && said.contains("stays in force"), "{said}");
}
