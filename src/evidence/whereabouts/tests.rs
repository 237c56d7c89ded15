//! Records as the agents write them, and where a call in them would run.

use std::fs;

use jiff::Timestamp;

use super::super::rules::tests::{asks_about, asks_in, rules};
use super::*;
use crate::ports::{Judge, Keeper, Keeps};

/// A home with a repository `app` in it: `src` has a link out of it, `vendor/inner` is a repository of its own.
struct Ground {
    dir: tempfile::TempDir,
    rules: Rules,
}

impl Ground {
    fn lay() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let ground = Self { rules: rules(&dir.path().canonicalize().expect("it is there")), dir };
        for folder in ["app/.git", "app/src", "app/docs", "app/vendor/inner/.git", "elsewhere"] {
            fs::create_dir_all(ground.at(folder)).expect("made");
        }
        for repository in ["app", "app/vendor/inner"] {
            let head = ground.at(repository).join(".git/HEAD");
            fs::write(head, "ref: refs/heads/feature/x-0101\n").expect("written");
        }
        fs::write(ground.at("app/twin"), "x").expect("written");
        fs::write(ground.at("app/README.md"), "x").expect("written");
        fs::write(ground.at("app/docs/notes"), "x").expect("written");
        fs::write(ground.at("app/.git/config"), "x").expect("written");
        std::os::unix::fs::symlink(ground.at("elsewhere"), ground.at("app/src/twin")).expect("linked");
        ground
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().canonicalize().expect("it is there").join(path)
    }

    fn judge(&self, agent: &str, keeps: Option<Keeps>, dialog: &Dialog, last: bool) -> Option<Judgement> {
        let asks = Asks { agent: Some(agent.to_owned()), keeps, ..asks_in(&self.at("app")) };
        self.rules.by_record(&asks, dialog, None, last)
    }

    fn claude(&self, lines: &[String]) -> Keeps {
        let name: String = self.at("app").to_string_lossy().replace(['/', '.'], "-");
        let folder = self.at(".claude/projects").join(name);
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("0a.jsonl"), lines.join("\n")).expect("written");
        Keeps { who: Keeper::Claude, own: self.at(".claude"), conversation: None }
    }

    fn codex(&self, command: &str, folder: &str) -> Keeps {
        let day = self.at(".codex/sessions/2026/11/30");
        fs::create_dir_all(&day).expect("made");
        let arguments = serde_json::json!({ "cmd": command, "workdir": folder }).to_string();
        let call = serde_json::json!({ "type": "response_item", "payload": {
            "type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": "c" } });
        fs::write(day.join("rollout-1.jsonl"), format!("{call}\n")).expect("written");
        Keeps { who: Keeper::Codex, own: self.at(".codex"), conversation: None }
    }
}

fn bash(command: &str) -> Dialog {
    asks_about(Operation::Bash, command)
}

/// A call as Claude Code writes it down, in a folder.
fn call(id: &str, folder: &Path, command: &str) -> String {
    let block =
        serde_json::json!({ "type": "tool_use", "id": id, "name": "Bash", "input": { "command": command } });
    serde_json::json!({ "type": "assistant", "cwd": folder, "message": { "id": id, "content": [block] } })
        .to_string()
}

fn result(id: &str, folder: &Path) -> String {
    let block = serde_json::json!({ "type": "tool_result", "tool_use_id": id });
    serde_json::json!({ "type": "user", "cwd": folder, "message": { "content": [block] } }).to_string()
}

#[test]
fn a_command_of_claude_is_judged_where_its_shell_has_gone() {
    let ground = Ground::lay();
    let check = |lines: &[String], want: Option<Action>| {
        let judged = ground.judge("claude", Some(ground.claude(lines)), &bash("cat twin"), false);
        assert_eq!(judged.as_ref().map(|j| j.verdict.action), want, "{lines:?}: {judged:?}");
        judged
    };
    let (app, src) = (ground.at("app"), ground.at("app/src"));
    let at_home = check(&[call("1", &app, "cat twin")], Some(Action::Confirm)).expect("judged");
    assert_eq!(at_home.folder, Some(app.clone()));
    // It went to `src`, where `twin` is a link out of the tree.
    let went = [call("1", &app, "cd src"), result("1", &src), call("2", &src, "cat twin")];
    assert_eq!(check(&went, Some(Action::Hold)).expect("judged").folder, Some(src.clone()));
    // That it has gone there is not written down yet.
    check(&[call("1", &app, "cd src"), call("2", &app, "cat twin")], None);
    check(&[call("1", &app, "ls"), call("2", &app, "cat twin")], Some(Action::Confirm));
    // Nor the call itself.
    check(&[], None);
    check(&[call("1", &src, "cat other")], None);
    check(&[call("1", &ground.at("app/vendor/inner"), "cat twin")], Some(Action::Confirm));
    check(&[call("1", &ground.at("elsewhere"), "cat twin")], Some(Action::Hold));
    check(&[call("1", &ground.at("gone"), "cat twin")], Some(Action::Hold));
}

#[test]
fn from_where_it_has_gone_it_may_come_back_and_what_lies_in_another_repository_is_not_its_own() {
    let ground = Ground::lay();
    let app = ground.at("app");
    let check = |folder: &str, command: &str, want: Action| {
        let keeps = ground.claude(&[call("1", &ground.at(folder), command)]);
        let judged = ground.judge("claude", Some(keeps), &bash(command), true).expect("judged");
        assert_eq!(judged.verdict.action, want, "{folder}: {command}: {judged:?}");
    };
    check("app/docs", "cat ../README.md", Action::Confirm);
    check("app/docs", "cat ../../elsewhere/x", Action::Hold);
    check("app/docs", "git commit -m x", Action::Confirm);
    check("app/vendor/inner", "cd ../.. && ls", Action::Confirm);
    check("app/vendor/inner", &format!("cd {} && cat README.md", app.display()), Action::Confirm);
    check("app/vendor/inner", "git log -1", Action::Confirm);
    check("app/vendor/inner", "git commit -m x", Action::Hold);
    check("app/vendor/inner", "git add x", Action::Hold);
    check("app/vendor/inner", "git checkout -b feature/y-0101 && git commit -m x", Action::Hold);
    check("app/vendor/inner", "cd ../.. && git commit -m x", Action::Hold);
}

#[test]
fn which_row_breaks_are_line_ends_is_told_by_the_agents_own_record_alone() {
    let ground = Ground::lay();
    let app = ground.at("app");
    let check = |command: &str, conversation: Option<&str>, want: Action| {
        let keeps = ground.claude(&[call("1", &app, command)]);
        let keeps = Keeps { conversation: conversation.map(str::to_owned), ..keeps };
        let rows = Dialog {
            alternative: Some("echo a b\ncat README.md\necho .env".to_owned()),
            ..bash("echo a b cat README.md echo .env")
        };
        let judged = ground.judge("claude", Some(keeps), &rows, true).expect("judged");
        assert_eq!(judged.verdict.action, want, "{command:?}: {judged:?}");
    };
    for command in ["echo a b cat README.md echo .env", "echo a b\ncat README.md\necho .env"] {
        check(command, Some("0a"), Action::Confirm);
        check(command, None, Action::Hold);
    }
    check("echo a b\ncat README.md echo .env", Some("0a"), Action::Hold);
    check("echo a b cat README.md echo .en", Some("0a"), Action::Hold);
}

#[test]
fn what_is_held_for_where_it_seems_to_run_waits_for_the_record() {
    let ground = Ground::lay();
    let (app, src) = (ground.at("app"), ground.at("app/src"));
    let judged = |lines: &[String], command: &str, last| {
        let judged = ground.judge("claude", Some(ground.claude(lines)), &bash(command), last);
        judged.map(|j| (j.verdict.action, j.verdict.rule))
    };
    let up = "touch ../x";
    assert_eq!(judged(&[], up, false), None, "its shell may have gone below");
    assert_eq!(judged(&[], up, true), Some((Action::Hold, "outside".to_owned())));
    let told = judged(&[call("1", &src, up)], up, false).map(|told| told.0);
    assert_eq!(told, Some(Action::Confirm));
    assert_eq!(judged(&[call("1", &app, up)], up, false), Some((Action::Hold, "outside".to_owned())));
    assert_eq!(judged(&[], "rm x", false), Some((Action::Hold, "delete".to_owned())), "nowhere else either");
}

#[test]
fn who_asks_for_the_last_time_is_told_that_it_is_a_persons() {
    let ground = Ground::lay();
    let nothing = ground.judge("claude", Some(ground.claude(&[])), &bash("cat twin"), true).expect("judged");
    assert_eq!((nothing.verdict.action, nothing.verdict.rule.as_str()), (Action::Hold, "folder"));
    let app = ground.at("app");
    let lines = [call("1", &app, "pushd src"), call("2", &app, "cat twin")];
    let goes = ground.judge("claude", Some(ground.claude(&lines)), &bash("cat twin"), true).expect("judged");
    assert_eq!(goes.verdict.reason, UNSETTLED);
}

#[test]
fn what_no_rule_confirms_and_what_no_record_is_kept_of_waits_for_nothing() {
    let ground = Ground::lay();
    let keeps = ground.claude(&[]);
    let judged = |keeps: Option<Keeps>, command: &str| {
        ground.judge("claude", keeps, &bash(command), false).map(|j| j.verdict.action)
    };
    assert_eq!(judged(Some(keeps), "rm -rf src"), Some(Action::Hold));
    assert_eq!(judged(None, "cat twin"), Some(Action::Confirm));
    let none = Keeps { who: Keeper::Claude, own: ground.at("none"), conversation: None };
    assert_eq!(judged(Some(none), "cat twin"), Some(Action::Confirm));
}

#[test]
fn a_command_of_codex_is_judged_in_its_own_folder_and_by_all_its_bytes() {
    let ground = Ground::lay();
    let check = |shown: &str, written: &str, folder: &str, want: Action| {
        let keeps = Some(ground.codex(written, folder));
        let judged = ground.judge("codex", keeps, &bash(shown), true).expect("judged");
        assert_eq!(judged.verdict.action, want, "{written} in {folder}: {judged:?}");
    };
    check("cat twin", "cat twin", "", Action::Confirm);
    check("cat twin", "cat twin", "docs", Action::Confirm);
    check("cat twin", "cat twin", "src", Action::Hold);
    check("cat twin", "cat twin", "..", Action::Hold);
    check("cat twin", "cat twin", "/etc", Action::Hold);
    check("cat twin", "cat twin", "none", Action::Hold);
    check("git commit -m x", "git commit -m x", "vendor/inner", Action::Hold);
    check("git commit -m x", "git commit -m x", "docs", Action::Confirm);
    check("cat x/etc/passwd", "cat x\t/etc/passwd", "", Action::Hold);
    check("cat twin", "cat other", "", Action::Hold);
}

#[test]
fn who_does_not_show_the_folder_gets_only_what_is_safe_in_all() {
    let ground = Ground::lay();
    let check = |command: &str, want: Action| {
        let judged = ground.judge("gemini", None, &bash(command), false).expect("judged");
        assert_eq!(judged.verdict.action, want, "{command}: {judged:?}");
    };
    check("ls", Action::Confirm);
    check("cargo test", Action::Confirm);
    check("cat README.md", Action::Confirm);
    check("cat docs/notes", Action::Confirm);
    check("cat twin", Action::Hold);
    check("cat config", Action::Hold);
    check("touch x", Action::Hold);
    check("touch docs/x", Action::Confirm);
    check("mkdir -p docs/x/y && touch docs/x/z", Action::Confirm);
    check("touch src/x", Action::Confirm);
    check("touch src/twin/x", Action::Hold);
    fs::create_dir_all(ground.at("app/.claude/docs")).expect("made");
    check("touch docs/x", Action::Hold);
    check("git commit -m x", Action::Hold);
    fs::remove_dir_all(ground.at("app/vendor")).expect("removed");
    check("git commit -m x", Action::Confirm);
}

/// Sessions that share a folder ask the same often enough: of another one's calls none says what became of this one's.
#[test]
fn which_calls_a_dialog_is_about_is_told_by_the_agents_own_record_alone() {
    let ground = Ground::lay();
    let app = ground.at("app");
    let key: Timestamp = "2026-11-30T12:00:00Z".parse().expect("an instant");
    let stamped = |line: String| line.replacen('{', r#"{"timestamp":"2026-11-30T12:00:00.200Z","#, 1);
    let before = [call("1", &app, "ls"), result("1", &app), call("2", &app, "ls")];
    let after = [&before[..], &[stamped(result("2", &app)), call("3", &app, "ls")]].concat();
    for (conversation, own) in [(Some("0a"), true), (Some("other"), false), (None, false)] {
        let asks = |lines: &[String]| {
            let keeps = Keeps { conversation: conversation.map(str::to_owned), ..ground.claude(lines) };
            Asks { agent: Some("claude".to_owned()), keeps: Some(keeps), ..asks_in(&app) }
        };
        let judged = ground.rules.by_record(&asks(&before), &bash("ls"), None, true).expect("judged");
        assert_eq!(judged.calls, if own { vec!["2"] } else { vec![] }, "{conversation:?}");
        let over = |lines: &[String]| {
            Judge::is_over(&ground.rules, &asks(lines), &bash("ls"), &["2".to_owned()], key)
        };
        assert_eq!((over(&before), over(&after)), (false, own), "{conversation:?}");
        // Its end was not seen: the record was cut there.
        assert!(!over(&[call("3", &app, "ls")]), "{conversation:?}");
    }
}
