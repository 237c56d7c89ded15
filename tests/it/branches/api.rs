//! What the workers use of the adapter: the cheap look at HEAD, what to watch, how a look is ended; and the command over
//! a real tmux server.

use std::fs;
use std::path::Path;

use archtui::config::Config;
use archtui::domain::branch::{Head, RuleBook, Rules};
use archtui::git::SystemGit;
use archtui::ports::{Ask, Cancel, Git, GitError};
use jiff::Timestamp;
use serde_json::Value;

use super::findings;
use super::zoo::expand;
use crate::support::repo::Lab;
use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;

fn ask() -> Ask {
    Ask { rules: Rules::default(), now: Timestamp::UNIX_EPOCH, status: true }
}

#[test]
fn the_cheap_look_says_what_git_says_of_head() {
    let lab = Lab::new();
    for (name, script) in [
        ("branch", "@flow"),
        ("subfolder", "@flow\nmkdir a/b\nlook r/a/b"),
        ("linked", "@flow\ngit worktree add -q ../w -b fix/y-0208 dev\nlook w"),
        ("unborn", "in r\ngit init -q -b fix/y-0208 ."),
        ("detached", "@flow\ngit checkout -q --detach"),
    ] {
        let path = lab.build(name, &expand(script));
        let look = SystemGit::new().head(&path).expect("a repository");
        let top = lab.ask(&path, &["rev-parse", "--show-toplevel"]).expect("a top");
        assert_eq!(look.tree, Path::new(&top), "{name}");
        let head = look.head.expect("known");
        assert_eq!(
            head.branch(),
            lab.ask(&path, &["symbolic-ref", "--short", "-q", "HEAD"]).as_deref(),
            "{name}"
        );
        if let Head::Detached { commit } = head {
            assert_eq!(Some(commit.as_str()), lab.ask(&path, &["rev-parse", "HEAD"]).as_deref());
        }
    }
    if lab.knows_reftable() {
        let path = lab.build("reftable", "in r\ngit init -q --ref-format=reftable .");
        assert!(SystemGit::new().head(&path).expect("a repository").head.is_err(), "its HEAD file is a stub");
    }
}

/// Names and times of everything in the watched folders, as a watcher without recursion would see it.
fn watched(git: &SystemGit, path: &Path) -> Vec<String> {
    let folders = git.watch_list(path).expect("a repository").folders;
    assert!(folders.len() <= 48, "{} folders", folders.len());
    let mut out: Vec<String> = folders
        .iter()
        .flat_map(|dir| fs::read_dir(dir).expect("a folder").flatten())
        .map(|e| format!("{} {:?}", e.path().display(), e.metadata().and_then(|m| m.modified()).ok()))
        .collect();
    out.sort();
    out
}

#[test]
fn every_change_that_matters_shows_in_what_is_watched() {
    let lab = Lab::new();
    let flow = expand("@flow\n@remote\ngit worktree add -q ../w -b fix/y-0208 dev");
    let reftable = "in r\ngit init -q --ref-format=reftable -b fix/y-0208 .\ncommit chore: init";
    let steps: [&[&str]; 6] = [
        &["commit", "-q", "--allow-empty", "-m", "feat: x"],
        &["switch", "-q", "-c", "docs/a-0208"],
        &["add", "-N", "new"],
        &["branch", "test/b-0208"],
        &["pack-refs", "--all"],
        &["checkout", "-q", "--detach"],
    ];
    for (name, script, tree) in
        [("main", flow.as_str(), "r"), ("linked", &flow, "w"), ("reftable", reftable, "r")]
    {
        if name == "reftable" && !lab.knows_reftable() {
            continue;
        }
        lab.build(name, script);
        let path = lab.path().join(name).join(tree);
        fs::write(path.join("new"), "x").expect("a file");
        let git = SystemGit::new();
        for step in steps {
            let before = watched(&git, &path);
            assert!(lab.git(&path, step).status.success(), "{name}: {step:?}");
            assert_ne!(watched(&git, &path), before, "{name}: {step:?} was not noticed");
        }
    }
}

#[test]
fn the_watch_list_stays_bounded() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow"));
    for i in 0..200 {
        assert!(lab.git(&path, &["update-ref", &format!("refs/heads/d{i}/x"), "HEAD"]).status.success());
    }
    assert!(SystemGit::new().watch_list(&path).expect("a repository").folders.len() <= 48);
}

#[test]
fn a_cancelled_look_ends_without_an_answer() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow\nmkdir d\nfifo d/.gitignore"));
    let cancel = Cancel::default();
    let wish = cancel.clone();
    let looker = std::thread::spawn(move || SystemGit::new().look(&path, &ask(), &wish));
    cancel.cancel();
    assert_eq!(looker.join().expect("no panic"), Err(GitError::Cancelled));
}

#[test]
fn one_that_hangs_does_not_keep_others_waiting() {
    let lab = Lab::new();
    let hangs = lab.build("hangs", &expand("@flow\nmkdir d\nfifo d/.gitignore"));
    let sound = lab.build("sound", &expand("@flow"));
    let mut git = SystemGit::new();
    let tree = git.look(&hangs, &ask(), &Cancel::default()).expect("all but the files is known");
    assert!(tree.dirty.is_err() && tree.branch() == Some("feature/x-0208"));
    let tree = git.look(&sound, &ask(), &Cancel::default()).expect("a sound repository");
    assert_eq!(tree.dirty.expect("known").expect("a work tree").files, 0);
    // The thread that was left behind ends when somebody opens the pipe's other end.
    drop(fs::OpenOptions::new().write(true).open(hangs.join("d/.gitignore")));
}

#[test]
fn the_config_in_assets_is_the_procedure() {
    let book = RuleBook::new(Config::builtin().branches).expect("sound");
    assert_eq!(book.fleet(), &Rules::default());
    assert_eq!(book, RuleBook::new(Config::builtin().branches).expect("sound"));
}

#[test]
fn sessions_of_the_roster_are_told_at_their_tree() {
    let lab = Lab::new();
    let tmux = PrivateTmux::new();
    let shared = lab.build("shared", &expand("@flow"));
    let alone = lab.build("alone", &expand("@flow\ngit switch -q dev"));
    for (name, dir) in
        [("dev_worker1", &shared), ("dev_worker2", &shared), ("boss", &alone), ("stranger", &shared)]
    {
        tmux.session(name, &format!("cd '{}' && exec cat", dir.display()));
    }
    let commands = || tmux.run(&["list-panes", "-a", "-F", "#{pane_current_command}"]);
    wait_until("all four are where they work", || commands() == "cat\ncat\ncat\ncat", commands);
    let config = lab.path().join("archtui.toml");
    let roster = "[[session]]\nmatch = \"dev_*\"\ntier = \"worker\"\n[[session]]\nname = \"boss\"\ntier = \"manager\"\n";
    fs::write(&config, roster).expect("a config");
    let socket = tmux.socket().to_str().expect("UTF-8").to_owned();
    let args = ["-S", &socket, "--config", config.to_str().expect("UTF-8"), "branches", "--json"];
    let out = lab.archtui(&lab.path(), &args);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let report: Value = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{e}: {text}{}", String::from_utf8_lossy(&out.stderr)));
    assert_eq!(out.status.code(), Some(4), "{text}");
    let trees = report["trees"].as_array().expect("trees");
    assert_eq!(trees.len(), 2, "{text}");
    assert_eq!(trees[0]["sessions"], serde_json::json!(["dev_worker1", "dev_worker2"]));
    assert_eq!(findings(&trees[0]), ["shared-tree:red"]);
    assert_eq!(trees[1]["sessions"], serde_json::json!(["boss"]));
    assert_eq!(findings(&trees[1]), ["protected-branch:amber"], "a manager merges there");
}

#[test]
fn the_rules_in_force_are_explained() {
    let lab = Lab::new();
    let config = lab.path().join("archtui.toml");
    let toml = "[branches]\ntrailers = \"require\"\nseverity = { behind = \"off\" }\n[branches.role.worker]\ndirty_red = 30\n";
    fs::write(&config, toml).expect("a config");
    let out = lab.archtui(&lab.path(), &["branches", "--explain"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{text}");
    let has = |line: &str| text.lines().any(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") == line);
    for line in
        ["trailers require", "dirty_red 50", "[branches.role.worker]", "dirty_red 30", "severity.behind off"]
    {
        assert!(has(line), "{line}: {text}");
    }
    assert!(text.contains("(off) The upstream has commits"), "{text}");
    assert!(has("severity.protected-branch amber"), "managers merge there: {text}");
}
