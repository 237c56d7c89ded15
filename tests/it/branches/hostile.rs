//! Repositories made by somebody who wants to run a program, hang or deceive whoever looks at them. Each trap is first
//! proven to work on plain git: then no mark, no lock, no changed byte after our look.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use super::watch::Watch;
use super::zoo::{census, expand};
use super::{findings, look};
use crate::support::repo::Lab;

/// Everything that a configuration, attributes or hooks can name, set to leave a mark.
fn set_traps(lab: &Lab, top: &Path, mark: &Path) {
    let leave = |what: &str| format!("sh -c 'echo {what} >>{}; cat'", mark.display());
    let config = [
        ("core.fsmonitor", leave("fsmonitor")),
        ("core.sshCommand", leave("ssh")),
        ("core.pager", leave("pager")),
        ("pager.status", leave("pager.status")),
        ("pager.log", leave("pager.log")),
        ("core.editor", leave("editor")),
        ("core.askPass", leave("askpass")),
        ("core.gitProxy", leave("proxy")),
        ("core.alternateRefsCommand", leave("alternates")),
        ("core.hooksPath", top.join("hooks").display().to_string()),
        ("diff.external", leave("diff")),
        ("diff.trap.textconv", leave("textconv")),
        ("diff.trap.command", leave("diffdriver")),
        ("filter.trap.clean", leave("clean")),
        ("filter.trap.smudge", leave("smudge")),
        ("filter.proc.process", leave("process")),
        ("filter.a=b.c.clean", leave("oddname")),
        ("filter.trap.required", "true".to_owned()),
        ("merge.trap.driver", leave("merge")),
        ("gpg.program", leave("gpg")),
        ("log.showSignature", "true".to_owned()),
        ("alias.status", format!("!{}", leave("alias"))),
        ("credential.helper", format!("!{}", leave("credential"))),
        ("interactive.diffFilter", leave("difffilter")),
        ("status.submoduleSummary", "true".to_owned()),
        ("submodule.recurse", "true".to_owned()),
        ("remote.origin.url", format!("ext::{}", leave("remote"))),
        ("remote.origin.uploadpack", leave("uploadpack")),
        ("protocol.ext.allow", "always".to_owned()),
        ("gc.auto", "1".to_owned()),
    ];
    for (key, value) in &config {
        assert!(lab.git(top, &["config", key, value]).status.success(), "{key}");
    }
    let hook = format!("#!/bin/sh\necho hook >>{}\n", mark.display());
    for name in
        ["post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"]
    {
        for dir in [top.join("hooks"), top.join(".git/hooks")] {
            fs::create_dir_all(&dir).expect("hooks");
            fs::write(dir.join(name), &hook).expect("hook");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(dir.join(name), mode).expect("mode");
        }
    }
    let attributes = "*.txt filter=trap diff=trap merge=trap\n*.bin filter=proc\n*.odd filter=a=b.c\n";
    for file in [top.join(".gitattributes"), top.join(".git/info/attributes"), top.join("attributes")] {
        fs::create_dir_all(file.parent().expect("a folder")).expect("info");
        fs::write(file, attributes).expect("attributes");
    }
    for name in ["a.txt", "b.bin", "c.odd"] {
        // Touched: whoever wants to know whether they changed has to read them through their filter.
        fs::write(top.join(name), "same").expect("touched");
    }
}

fn files_first(script: &str) -> String {
    format!(
        "{script}\nfile a.txt same\nfile b.bin same\nfile c.odd same\ngit add .\ngit commit -q -m \"feat: files\""
    )
}

fn marks(mark: &Path) -> String {
    fs::read_to_string(mark).unwrap_or_default()
}

/// Looks, and demands that nothing ran and nothing changed.
fn look_unharmed(lab: &Lab, name: &str, path: &Path, mark: &Path) -> serde_json::Value {
    let before = census(&lab.path().join(name));
    let tree = look(lab, path);
    assert_eq!(marks(mark), "", "{name}: a trap went off");
    let after = census(&lab.path().join(name));
    let changed: Vec<&PathBuf> =
        after.keys().chain(before.keys()).filter(|p| before.get(*p) != after.get(*p)).collect();
    assert!(changed.is_empty(), "{name}: changed {changed:?}");
    tree
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let reftable =
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit switch -q -c feature/x-0208";
    let sha256 =
        "in r\ngit init -q --object-format=sha256 .\ncommit chore: init\ngit switch -q -c feature/x-0208";
    let lab = Lab::new();
    for (name, script) in [("plain", "@flow"), ("reftable", reftable), ("sha256", sha256)] {
        if name == "reftable" && !lab.knows_reftable() {
            continue;
        }
        let path = lab.build(name, &files_first(&expand(script)));
        let mark = lab.path().join(format!("mark-{name}"));
        set_traps(&lab, &path, &mark);
        let tree = look_unharmed(&lab, name, &path, &mark);
        assert_eq!(tree["branch"], "feature/x-0208");
        // .gitattributes, attributes and hooks/ are new, the touched files have the bytes of their blobs.
        assert_eq!(tree["dirty"], 7, "{name}: {tree}");
        assert!(!findings(&tree).iter().any(|f| f.starts_with("unknown")), "{name}: {tree}");
        lab.git(&path, &["status"]);
        let sprung = marks(&mark);
        assert!(
            sprung.contains("fsmonitor") && sprung.contains("clean"),
            "{name}: the traps do not work: {sprung}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_runs_nothing_and_changes_nothing() {
    let lab = Lab::new();
    let reftable =
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit switch -q -c feature/x-0208";
    let mut shapes = vec![("plain", expand("@flow"))];
    if lab.knows_reftable() {
        shapes.push(("reftable", reftable.to_owned()));
    }
    for (name, script) in shapes {
        let path = lab.build(name, &files_first(&script));
        let mark = lab.path().join(format!("mark-{name}"));
        set_traps(&lab, &path, &mark);
        let before = census(&lab.path().join(name));
        let mut watch = Watch::begin(std::slice::from_ref(&path)).await;
        assert_eq!(watch.tree(&path).tree.branch(), Some("feature/x-0208"));
        let told = watch.told;
        // A new file, and somebody who wrote: it is looked at again.
        fs::write(path.join("new"), "x").expect("a file");
        let pane = *watch.last.homes.keys().next().expect("one session");
        watch.mouth.wrote.send(pane).await.expect("it listens");
        let counted = watch.tree(&path).dirty();
        watch.until("the new file is counted", |s| s.trees[&path].dirty() != counted).await;
        assert!(watch.told > told);
        watch.end().await;
        fs::remove_file(path.join("new")).expect("removed");
        assert_eq!(marks(&mark), "", "{name}: a trap went off");
        let after = census(&lab.path().join(name));
        // The top folder's own time is ours: a file was made and removed in it.
        let changed: Vec<&PathBuf> = after
            .keys()
            .chain(before.keys())
            .filter(|p| **p != path && before.get(*p) != after.get(*p))
            .collect();
        assert!(changed.is_empty(), "{name}: changed {changed:?}");
    }
}

#[test]
fn nothing_that_a_submodule_names_is_run() {
    let add = "in s\ngit init -q .\nfile a.txt same\nfile b.bin same\nfile c.odd same\ngit add .\ngit commit -q -m \"chore: s\"\n\
               in r\ngit -c protocol.file.allow=always submodule --quiet add ../s sub\ngit commit -q -m \"feat: sub\"";
    let reftable =
        "in r\ngit init -q --ref-format=reftable .\ncommit chore: init\ngit switch -q -c feature/x-0208";
    let lab = Lab::new();
    for (name, script) in [("plain", "@flow"), ("reftable", reftable)] {
        if name == "reftable" && !lab.knows_reftable() {
            continue;
        }
        let path = lab.build(name, &format!("{}\n{add}\nlook r", expand(script)));
        let mark = lab.path().join(format!("mark-{name}"));
        let sub = path.join("sub");
        let inner = PathBuf::from(lab.ask(&sub, &["rev-parse", "--absolute-git-dir"]).expect("a git folder"));
        set_traps_in_submodule(&lab, &sub, &inner, &mark);
        look_unharmed(&lab, name, &path, &mark);
        look_unharmed(&lab, name, &sub, &mark);
        lab.git(&path, &["status"]);
        assert!(marks(&mark).contains("fsmonitor"), "{name}: the traps do not work");
    }
}

fn set_traps_in_submodule(lab: &Lab, sub: &Path, inner: &Path, mark: &Path) {
    let leave = |what: &str| format!("sh -c 'echo {what} >>{}; cat'", mark.display());
    for (key, value) in [("core.fsmonitor", leave("fsmonitor")), ("filter.trap.clean", leave("clean"))] {
        assert!(lab.git(sub, &["config", key, &value]).status.success());
    }
    fs::create_dir_all(inner.join("info")).expect("info");
    fs::write(inner.join("info/attributes"), "*.txt filter=trap\n").expect("attributes");
    fs::write(sub.join("a.txt"), "same").expect("touched");
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let lab = Lab::new();
    let script = expand(
        "@flow\ngit config uploadpack.allowFilter true\nfile a.txt one\ngit add .\ngit commit -q -m \"feat: a\"",
    );
    lab.build("p", &script);
    let url = format!("file://{}/p/r", lab.path().display());
    let out = lab.git(
        &lab.path().join("p"),
        &["clone", "-q", "--no-checkout", "--filter=blob:none", "--no-local", &url, "c"],
    );
    assert!(out.status.success());
    let clone = lab.path().join("p/c");
    let mark = lab.path().join("mark");
    let trap = format!("sh -c 'echo fetched >>{}'", mark.display());
    lab.git(&clone, &["config", "remote.origin.uploadpack", &trap]);
    lab.git(&clone, &["reset", "-q"]);
    fs::remove_file(&mark).ok();
    fs::write(clone.join("a.txt"), "two").expect("a change");
    let tree = look_unharmed(&lab, "p", &clone, &mark);
    assert_eq!(tree["branch"], "feature/x-0208");
    lab.git(&clone, &["diff"]);
    assert!(marks(&mark).contains("fetched"), "the trap does not work");
}

#[test]
fn pipes_in_place_of_files_are_waited_for_within_bounds() {
    let lab = Lab::new();
    for (name, pipe) in [("ref", ".git/refs/heads/zzz"), ("include", "pipe"), ("nested", "d/.gitignore")] {
        let path = lab.build(name, &expand(&format!("@flow\nmkdir d\nfifo {pipe}")));
        if name == "include" {
            let config = fs::read_to_string(path.join(".git/config")).expect("config");
            fs::write(path.join(".git/config"), format!("{config}[include]\n\tpath = ../pipe\n"))
                .expect("config");
        }
        let unknown = findings(&look(&lab, &path)).iter().any(|f| f.starts_with("unknown:"));
        assert_eq!(unknown, name != "ref", "{name}"); // what is no file is no reference
    }
}

#[test]
fn names_and_subjects_reach_the_terminal_as_letters_only() {
    let lab = Lab::new();
    let script = expand(
        "@flow\ngit branch -m feature/a\u{202e}b\u{9b}31m-0208\ncommit \\e]0;owned\\e[2J \u{9b}31m\nfile \\e[31mred\\nnew x",
    );
    let odd = lab.build("odd\n\u{1b}[31mpath\u{9b}", &script);
    for args in [&["branches"][..], &["branches", "--json"]] {
        let out = lab.archtui(&odd, args);
        let text = String::from_utf8([out.stdout, out.stderr].concat()).expect("UTF-8");
        assert!(text.contains("feature/ab31m-0208"), "{text:?}");
        let bad = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
        assert_eq!(text.chars().find(|&c| bad(c)), None, "{text:?}");
    }
}

#[test]
fn a_repository_that_vanishes_while_it_is_read_is_told_in_a_line() {
    let lab = Lab::new();
    for round in 0..12 {
        let name = format!("r{round}");
        let path = lab.build(&name, &expand("@flow\nfiles 300 d/f"));
        let gone = path.clone();
        let remover = thread::spawn(move || fs::remove_dir_all(gone));
        let out = lab.archtui(&lab.path(), &["branches", path.to_str().expect("UTF-8")]);
        let _ = remover.join().expect("no panic");
        let complaint = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(matches!(out.status.code(), Some(0 | 3 | 4)), "{:?} {complaint}", out.status);
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
}

#[test]
fn what_is_no_repository_is_told_in_two_lines() {
    let lab = Lab::new();
    let plain = lab.path().join("plain\u{1b}[31m");
    fs::create_dir_all(&plain).expect("a folder");
    fs::write(plain.join("file"), "").expect("a file");
    for path in [plain.clone(), plain.join("file"), plain.join("nothing")] {
        let out = lab.archtui(&lab.path(), &["branches", path.to_str().expect("UTF-8")]);
        let complaint = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(3), "{complaint}");
        assert_eq!(complaint.lines().count(), 2, "{complaint}");
        assert!(!complaint.contains('\u{1b}'), "{complaint:?}");
    }
}

#[test]
fn another_users_repository_is_held() {
    if !rustix::process::geteuid().is_root() {
        return; // only root can give a repository away
    }
    let lab = Lab::new();
    let path = lab.build("r", &expand("@flow"));
    let other = rustix::process::Uid::from_raw(12345);
    for file in [path.clone(), path.join(".git"), path.join(".git/config"), path.join(".git/HEAD")] {
        rustix::fs::chown(&file, Some(other), None).expect("given away");
    }
    let tree = look(&lab, &path);
    assert_eq!(findings(&tree), ["unknown:red"], "{tree}");
    let sentence = tree["findings"][0]["sentence"].as_str().expect("a sentence");
    assert!(sentence.contains("safe.directory"), "{sentence}");
    let top = path.to_str().expect("UTF-8");
    assert!(lab.git(&path, &["config", "--global", "--add", "safe.directory", top]).status.success());
    assert_eq!(findings(&look(&lab, &path)), Vec::<String>::new());
}
