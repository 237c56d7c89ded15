//! What the commands tell of sessions in real repositories on a real tmux server: `status --json`, `watch --jsonl`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use super::findings;
use super::zoo::expand;
use crate::support::repo::Lab;
use crate::support::tmux::PrivateTmux;
use crate::support::wait_until;

/// A server whose sessions stand in folders, and the config that names them.
fn fleet(lab: &Lab, sessions: &[(&str, &Path)]) -> (PrivateTmux, Vec<String>) {
    let tmux = PrivateTmux::new();
    for (name, dir) in sessions {
        tmux.session(name, &format!("cd '{}' && exec cat", dir.display()));
    }
    let commands = || tmux.run(&["list-panes", "-a", "-F", "#{pane_current_command}"]);
    wait_until("all are where they work", || commands().lines().all(|c| c == "cat"), commands);
    let config = lab.path().join("archtui.toml");
    let entry = |(n, _): &(_, _)| format!("[[session]]\nname = \"{n}\"\ntier = \"worker\"\n");
    let roster = sessions.iter().map(entry).collect::<Vec<_>>().concat();
    std::fs::write(&config, roster).expect("a config");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let args = vec!["-S".to_owned(), text(tmux.socket()), "--config".to_owned(), text(&config)];
    (tmux, args)
}

#[test]
fn status_tells_branch_and_findings_of_every_session() {
    let lab = Lab::new();
    let good = lab.build("good", &expand("@flow"));
    let bad = lab.build("bad", &expand("@flow\ngit switch -q dev\nfiles 50 junk/f"));
    let odd = lab.build("odd", &expand("@flow\nfile .git/HEAD nonsense"));
    let none = lab.path().join("none");
    std::fs::create_dir(&none).expect("a folder");
    let sessions: [(&str, &Path); 4] = [("good", &good), ("bad", &bad), ("odd", &odd), ("none", &none)];
    let (_tmux, mut args) = fleet(&lab, &sessions);
    args.extend(["status".to_owned(), "--json".to_owned()]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let out = lab.archtui(&lab.path(), &args);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let status: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let of = |name: &str| {
        let all = status["sessions"].as_array().expect("a list");
        all.iter().find(|s| s["name"] == name).expect("it is told").clone()
    };
    assert_eq!((of("good")["branch"].clone(), findings(&of("good"))), (json!("feature/x-0208"), vec![]));
    assert_eq!(of("bad")["branch"], "dev");
    assert_eq!(findings(&of("bad")), ["dirty-red:red", "protected-branch:red"]);
    assert_eq!(of("odd")["branch"], Value::Null);
    assert_eq!(findings(&of("odd")), ["unknown:red"]);
    assert!(of("odd")["findings"][0]["sentence"].as_str().is_some_and(|s| s.contains("cannot be judged")));
    assert_eq!((of("none")["branch"].clone(), findings(&of("none"))), (Value::Null, vec![]));
}

#[test]
fn watch_tells_when_a_finding_comes_and_when_it_goes() {
    let lab = Lab::new();
    let tree: PathBuf = lab.build("r", &expand("@flow"));
    let (_tmux, mut args) = fleet(&lab, &[("dev", &tree)]);
    args.extend(["watch".to_owned(), "--jsonl".to_owned()]);
    let mut command = lab.command(env!("CARGO_BIN_EXE_archtui"), &lab.path());
    let mut watch = command.args(&args).stdout(Stdio::piped()).spawn().expect("archtui starts");
    let lines = BufReader::new(watch.stdout.take().expect("a pipe")).lines();
    let mut told = lines.map(|l| serde_json::from_str::<Value>(&l.expect("a line")).expect("JSON"));
    let mut finding = || {
        told.find(|v| v["event"] == "finding").map(|v| {
            assert_eq!(v["session"], "dev");
            (v["rule"].as_str().expect("a rule").to_owned(), v["branch"].clone(), v["cleared"] == true)
        })
    };
    // Whatever else is told first: the session works, and its tree is clean.
    wait_until("it is looked at", || tree_is_watched(watch.id(), &tree), String::new);
    assert!(lab.git(&tree, &["switch", "-q", "dev"]).status.success());
    assert_eq!(finding(), Some(("protected-branch".to_owned(), json!("dev"), false)));
    assert!(lab.git(&tree, &["switch", "-q", "feature/x-0208"]).status.success());
    assert_eq!(finding(), Some(("protected-branch".to_owned(), json!("feature/x-0208"), true)));
    watch.kill().expect("it runs");
    watch.wait().expect("it ends");
}

/// True once the process has a watch on the tree's git folder: the kernel lists them by inode.
fn tree_is_watched(pid: u32, tree: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode = std::fs::metadata(tree.join(".git")).expect("it is there").ino();
    let word = format!("ino:{inode:x} ");
    let entries = std::fs::read_dir(format!("/proc/{pid}/fdinfo")).expect("it runs").flatten();
    entries.into_iter().any(|e| std::fs::read_to_string(e.path()).is_ok_and(|info| info.contains(&word)))
}
