//! `archtui hooks` as a person or a script runs it, on settings files in scratch folders.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::wait_until;

const SETTINGS: &str =
    "{\n  \"model\": \"opus\",\n  \"big\": 12345678901234567890123,\n  \"z\": 1.0,\n  \"a\": {}\n}\n";

/// A home with settings in it.
struct Home(TempDir);

impl Home {
    fn new(settings: Option<&str>) -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        if let Some(text) = settings {
            fs::create_dir(home.file(""))
                .and_then(|()| fs::write(home.file("settings.json"), text))
                .expect("written");
        }
        home
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(".claude").join(name)
    }

    fn settings(&self) -> String {
        fs::read_to_string(self.file("settings.json")).expect("settings")
    }

    /// Files that a change left beside the settings.
    fn backups(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.file(""))
            .expect("a folder")
            .map(|e| e.expect("entry").file_name().to_string_lossy().into_owned())
            .filter(|n| n != "settings.json")
            .collect();
        names.sort();
        names
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.detached(&[&[env!("CARGO_BIN_EXE_archtui"), "hooks"], args].concat())
    }

    /// Runs a command that has neither a terminal nor, whoever runs these tests, an agent above it.
    #[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
    fn detached(&self, command: &[&str]) -> (i32, String, String) {
        let inner = r#"while read -r _ _ _ p _ </proc/$$/stat; [ "$p" = "$1" ]; do sleep 0.01; done; shift
            "$@" >out 2>err </dev/null; echo $? >code.new; mv code.new code"#;
        let outer = r#"sh -c "$0" sh $$ "$@" </dev/null >/dev/null 2>&1 &"#;
        let at = |name: &str| self.0.path().join(name);
        let _ = fs::remove_file(at("code"));
        let started = Command::new("sh")
            .args(["-c", outer, inner])
            .args(command)
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.0.path())
            .status();
        assert!(started.is_ok_and(|s| s.success()));
        wait_until("the command has ended", || at("code").exists(), || format!("{command:?}"));
        let said = |name: &str| fs::read_to_string(at(name)).expect(name);
        (said("code").trim().parse().expect("a code"), said("out"), said("err"))
    }
}

fn ours(text: &str) -> Vec<Value> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    value["hooks"]["PermissionRequest"].as_array().cloned().unwrap_or_default()
}

#[test]
fn in_and_out_again_with_a_backup_each() {
    let home = Home::new(Some(SETTINGS));
    fs::set_permissions(home.file("settings.json"), fs::Permissions::from_mode(0o640)).expect("set");
    assert_eq!(home.run(&["status"]).0, 3);
    let (code, out, err) = home.run(&["install", "--yes"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let shown = "  {\n    \"model\": \"opus\",";
    assert!(out.contains("+   \"hooks\": {") && !out.contains('\u{1b}') && !out.contains(shown), "{out}");
    let text = home.settings();
    let command = format!("{} hook PermissionRequest", env!("CARGO_BIN_EXE_archtui"));
    assert_eq!(ours(&text)[0]["hooks"][0]["command"], command);
    assert!(text.starts_with(SETTINGS.trim_end_matches("\n}\n")), "{text}");
    let meta = fs::metadata(home.file("settings.json")).expect("there");
    assert_eq!(meta.mode() & 0o777, 0o640);
    let backups = home.backups();
    assert_eq!(backups.len(), 1);
    assert_eq!(fs::read_to_string(home.file(&backups[0])).expect("there"), SETTINGS);
    assert!(out.contains(&backups[0]), "{out}");

    let (code, out, _) = home.run(&["status"]);
    assert_eq!((code, out.contains("runs")), (0, true), "{out}");
    let (code, out, _) = home.run(&["install", "--yes"]);
    assert_eq!((code, home.settings() == text, home.backups().len()), (0, true, 1), "{out}");
    let (code, out, _) = home.run(&["uninstall", "--yes"]);
    assert_eq!((code, home.settings().as_str()), (0, SETTINGS), "{out}");
    assert_eq!(home.backups().len(), 2, "also within one second");
    assert!(out.contains("our hook is taken out; sessions that are started from now on"), "{out}");
    let (code, out, _) = home.run(&["uninstall", "--yes"]);
    assert!(out.contains("our hook is not installed; nothing was changed"), "{out}");
    assert_eq!((code, home.settings().as_str(), home.backups().len()), (0, SETTINGS, 2));
}

#[test]
fn where_there_are_no_settings_they_are_made_for_us_alone() {
    let home = Home::new(None);
    let (code, out, err) = home.run(&["install", "--yes"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(ours(&home.settings()).len(), 1);
    let mode = |name: &str| fs::metadata(home.file(name)).expect("there").mode() & 0o777;
    assert_eq!((mode(""), mode("settings.json"), home.backups().len()), (0o700, 0o600, 0));
    assert_eq!(home.run(&["uninstall", "--yes"]).0, 0);
    assert_eq!(home.settings(), "{}\n");
    let never = Home::new(None);
    assert_eq!(never.run(&["uninstall", "--yes"]).0, 0);
    assert!(!never.file("").exists());
}

#[test]
fn nobody_to_ask_is_no_yes() {
    let home = Home::new(Some(SETTINGS));
    let (code, out, err) = home.run(&["install"]);
    assert_eq!((code, home.settings().as_str(), home.backups().len()), (2, SETTINGS, 0));
    assert!(out.contains("+   \"hooks\"") && err.contains("--yes"), "{out}{err}");
}

#[test]
fn who_says_no_is_told_how_to_say_yes() {
    let home = Home::new(Some("{}"));
    let install = format!("{} hooks install", env!("CARGO_BIN_EXE_archtui"));
    let (code, out, err) = home.detached(&["script", "-qec", &install, "/dev/null"]);
    // Behind the terminal both ways are one; nothing was typed there.
    let said = format!("{out}{err}");
    assert!(code == 1 && said.contains("nothing was changed"), "{code}: {said}");
    assert!(said.contains("answer y, or say --yes"), "{said}");
    assert_eq!(home.settings(), "{}");
}

#[test]
fn what_cannot_be_changed_safely_is_refused() {
    for (text, why) in [
        ("", "not valid JSON"),
        ("{\"a\":1,}", "not valid JSON"),
        ("// a remark\n{}", "not valid JSON"),
        ("[]", "no object"),
        ("{\"hooks\":{\"PermissionRequest\":{}}}", "no list"),
        ("{\"hooks\":{},\"hooks\":{}}", "twice"),
    ] {
        let home = Home::new(Some(text));
        for command in ["install", "uninstall"] {
            let (code, _, err) = home.run(&[command, "--yes"]);
            assert_eq!((code, home.settings().as_str(), home.backups().len()), (1, text, 0), "{text}");
            assert!(err.contains(why), "{text}: {err}");
        }
    }
    let home = Home::new(Some(SETTINGS));
    fs::hard_link(home.file("settings.json"), home.file("other")).expect("linked");
    assert_eq!(home.run(&["install", "--yes"]).0, 1);
    let home = Home::new(None);
    fs::create_dir_all(home.file("settings.json")).expect("made");
    assert_eq!(home.run(&["install", "--yes"]).0, 1);
    let home = Home::new(Some(SETTINGS));
    let (file, link) = (home.file("settings.json"), home.file("dangling"));
    symlink("nowhere", &link).expect("linked");
    assert_eq!(home.run(&["install", "--yes", "--settings", link.to_str().expect("UTF-8")]).0, 1);
    assert_eq!(home.run(&["install", "--yes", "--settings", "/etc/hosts/x"]).0, 1);
    assert_eq!(home.run(&["install", "--yes", "--agent", "codex"]).0, 2);
    assert_eq!(fs::read_to_string(file).expect("there"), SETTINGS);
}

#[test]
fn a_link_to_a_file_of_ours_is_shown_and_its_target_changed() {
    let home = Home::new(Some(SETTINGS));
    let link = home.0.path().join("link.json");
    symlink(home.file("settings.json"), &link).expect("linked");
    let (code, out, _) = home.run(&["install", "--yes", "--settings", link.to_str().expect("UTF-8")]);
    assert_eq!(code, 0);
    assert!(out.contains("link.json is a link to"), "{out}");
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(ours(&home.settings()).len(), 1);
    if !rustix::process::geteuid().is_root() {
        let theirs = home.0.path().join("theirs.json");
        symlink("/etc/hostname", &theirs).expect("linked");
        assert_eq!(home.run(&["install", "--yes", "--settings", theirs.to_str().expect("UTF-8")]).0, 1);
    }
}

#[test]
fn a_hook_that_cannot_work_is_told() {
    let gone = r#"{"hooks":{"PermissionRequest":[{"hooks":[{"type":"command","command":"/nowhere/archtui hook PermissionRequest"}]}]}}"#;
    let home = Home::new(Some(gone));
    let (code, out, _) = home.run(&["status"]);
    assert_eq!(code, 4, "{out}");
    assert_eq!(home.run(&["install", "--yes"]).0, 0);
    assert_eq!((home.run(&["status"]).0, ours(&home.settings()).len()), (0, 1));
    let off = home.settings().replacen('{', "{\"disableAllHooks\": true,", 1);
    fs::write(home.file("settings.json"), off).expect("written");
    let (code, out, _) = home.run(&["status"]);
    assert!(code == 4 && out.contains("disableAllHooks"), "{out}");
}

#[test]
fn an_agent_may_not() {
    let home = Home::new(Some(SETTINGS));
    // Whatever runs under that name counts as that agent.
    let agent = home.0.path().join("claude");
    symlink("/bin/sh", &agent).expect("linked");
    let (agent, own) = (agent.to_str().expect("UTF-8"), env!("CARGO_BIN_EXE_archtui"));
    for command in ["install", "uninstall"] {
        let script = format!("{own} hooks {command} --yes; exit $?");
        let (code, _, err) = home.detached(&[agent, "-c", &script]);
        assert_eq!((code, home.settings().as_str()), (1, SETTINGS), "{err}");
        assert!(err.contains("for people: claude"), "{err}");
    }
    let script = format!("{own} hooks settings; exit $?");
    let (code, out, _) = home.detached(&[agent, "-c", &script]);
    assert_eq!((code, ours(&out).len()), (0, 1), "looking is allowed");
}

#[test]
fn a_program_in_the_path_is_called_by_that_name() {
    let home = Home::new(None);
    let bin = home.0.path().join("a folder");
    fs::create_dir(&bin)
        .and_then(|()| symlink(env!("CARGO_BIN_EXE_archtui"), bin.join("archtui")))
        .expect("linked");
    let script = format!("PATH='{}':$PATH archtui hooks settings", bin.display());
    let (code, out, err) = home.detached(&["sh", "-c", &script]);
    assert_eq!(code, 0, "{err}");
    let want = format!("'{}' hook PermissionRequest", bin.join("archtui").display());
    assert_eq!(ours(&out)[0]["hooks"][0]["command"], want);
    assert!(Path::new(&bin).is_absolute());
}
