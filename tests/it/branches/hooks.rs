//! The hooks: installed into real repositories, and what git does with them then.

use std::fs;
use std::path::Path;

use super::zoo::expand;
use crate::support::repo::Lab;

fn install(lab: &Lab, path: &Path) -> String {
    let out = lab.archtui(path, &["branches", "--install-hook", "--yes"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn commits(lab: &Lab, path: &Path, message: &str) -> bool {
    lab.git(path, &["commit", "-q", "--allow-empty", "-m", message]).status.success()
}

#[test]
fn a_bad_message_is_refused_and_a_good_one_taken() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow"));
    install(&lab, &path);
    assert!(commits(&lab, &path, "feat: good"));
    assert!(!commits(&lab, &path, "bad"));
    assert!(commits(&lab, &path, "fixup! feat: good"));
    assert!(lab.git(&path, &["commit", "-q", "--allow-empty", "--no-verify", "-m", "bad"]).status.success());
    assert!(install(&lab, &path).contains("already"));
}

#[test]
fn a_push_to_a_protected_branch_is_refused() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow\n@remote\ngit switch -q dev\ncommit feat: direct"));
    install(&lab, &path);
    assert!(!lab.git(&path, &["push", "-q", "origin", "dev"]).status.success());
    assert!(lab.git(&path, &["push", "-q", "origin", "feature/x-0208"]).status.success());
    assert!(!lab.git(&path, &["push", "-q", "origin", "dev:wip"]).status.success());
    assert!(
        lab.git(&path, &["push", "-q", "origin", "main:qa"]).status.success(),
        "somebody makes the branch"
    );
    assert!(lab.git(&path, &["push", "-q", "--no-verify", "origin", "dev"]).status.success());
}

#[test]
fn a_hook_that_is_there_is_kept_and_runs_first() {
    let lab = Lab::new();
    let script = "@flow\n@remote\nexec .git/hooks/commit-msg #!/bin/sh\\necho old >>ran; grep -q feat \"$1\"\nexec .git/hooks/pre-push #!/bin/sh\\ncat >>pushed";
    let path = lab.build("r", &expand(script));
    install(&lab, &path);
    assert!(commits(&lab, &path, "feat: good"));
    assert!(!commits(&lab, &path, "fix: what the old hook refuses"));
    assert!(!commits(&lab, &path, "feat without a colon"));
    assert_eq!(fs::read_to_string(path.join("ran")).expect("it ran"), "old\nold\nold\n");
    assert!(lab.git(&path, &["push", "-q", "origin", "feature/x-0208"]).status.success());
    let pushed = fs::read_to_string(path.join("pushed")).expect("it ran");
    assert!(pushed.starts_with("refs/heads/feature/x-0208 "), "{pushed}");
    assert!(install(&lab, &path).contains("already"));
}

#[test]
fn hooks_path_is_respected() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow\ngit config core.hooksPath .githooks"));
    install(&lab, &path);
    assert!(path.join(".githooks/commit-msg").is_file() && !path.join(".git/hooks/commit-msg").exists());
    assert!(!commits(&lab, &path, "bad"));

    let other = lab.path().join("shared");
    lab.git(&path, &["config", "core.hooksPath", other.to_str().expect("UTF-8")]);
    assert!(install(&lab, &path).contains("leads out of this repository"));
    assert!(other.join("pre-push").is_file());
}

#[test]
fn a_linked_tree_and_a_reftable_have_their_hooks_too() {
    let lab = Lab::new();
    let linked = lab.build("l", &expand("@flow\ngit worktree add -q ../w -b fix/y-0208 dev\nlook w"));
    install(&lab, &linked);
    assert!(!commits(&lab, &linked, "bad"));
    if lab.knows_reftable() {
        let path = lab.build("t", "in r\ngit init -q --ref-format=reftable -b fix/y-0208 .");
        install(&lab, &path);
        assert!(!commits(&lab, &path, "bad"));
    }
}

#[test]
fn without_a_person_nothing_is_written() {
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow"));
    let out = lab.archtui(&path, &["branches", "--install-hook"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(!path.join(".git/hooks/commit-msg").exists());
    let shown = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(shown.contains("commit-msg would be:") && shown.contains("pre-push would be:"), "{shown}");
    let out = lab.archtui(&lab.path(), &["branches", "--install-hook", "--yes"]);
    assert_eq!(out.status.code(), Some(3));
}
