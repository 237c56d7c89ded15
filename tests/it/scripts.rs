//! The scripts on machines that lack something: what they install, when they ask, what they say. The package managers are
//! stand-ins that only write down how they were called.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A machine with the commands that every Unix has, and those given.
struct Machine {
    bin: TempDir,
}

impl Machine {
    fn new(programs: &[(&str, &str)]) -> Self {
        let bin = TempDir::new().expect("a scratch folder");
        let machine = Self { bin };
        for name in ["bash", "sed", "sort", "head", "cut", "cat", "chmod", "dirname", "env"] {
            let found = ["/usr/bin", "/bin"].iter().map(|d| Path::new(d).join(name)).find(|p| p.exists());
            symlink(found.expect(name), machine.path(name)).expect("linked");
        }
        for (name, body) in programs {
            machine.add(name, body);
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.bin.path().join(name)
    }

    fn add(&self, name: &str, body: &str) {
        let text = format!("#!{}\n{body}\n", self.path("bash").display());
        fs::write(self.path(name), text).expect("written");
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).expect("set");
    }

    /// Runs a line after sourcing lib.sh; gives success, what was said, what was called.
    #[expect(clippy::disallowed_methods, reason = "tests drive real programs")]
    fn run(&self, line: &str, ci: bool) -> (bool, String, String) {
        let script = format!("set -euo pipefail; . scripts/lib.sh; {line}");
        let called = self.path("called");
        let out = Command::new(self.path("bash"))
            .args(["-c", &script])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("PATH", self.bin.path())
            .env("HOME", self.bin.path())
            .env("CALLED", &called)
            .env("CI", if ci { "true" } else { "" })
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        (out.status.success(), said, fs::read_to_string(called).unwrap_or_default())
    }
}

const ROOT: (&str, &str) = ("id", "echo 0");
const USER: (&str, &str) = ("id", "echo 1000");
const SUDO: (&str, &str) = ("sudo", "echo sudo >>$CALLED; \"$@\"");

/// A package manager that writes down its call and then brings tmux and a compiler.
fn manager(name: &'static str) -> (&'static str, &'static str) {
    (name, "echo ${0##*/} \"$@\" >>$CALLED; for p in tmux cc; do echo >${0%/*}/$p; chmod +x ${0%/*}/$p; done")
}

#[test]
fn root_installs_without_being_asked_and_says_so() {
    let (done, said, called) = Machine::new(&[ROOT, manager("apt-get")]).run("need tmux cc", false);
    assert!(done, "{said}");
    assert!(said.contains("missing: tmux cc. Installing: apt-get install"), "{said}");
    assert_eq!(
        called,
        "apt-get -o Acquire::Retries=3 -qq update\n\
         apt-get install -y --no-install-recommends tmux gcc libc6-dev\n"
    );
}

#[test]
fn nothing_is_called_where_nothing_is_missing() {
    let machine = Machine::new(&[ROOT, manager("apt-get"), ("tmux", ""), ("cc", "")]);
    assert_eq!(machine.run("need tmux cc", false), (true, String::new(), String::new()));
}

#[test]
fn others_are_asked_before_sudo_and_nobody_there_means_no() {
    let machine = Machine::new(&[USER, SUDO, manager("apt-get")]);
    let (done, said, called) = machine.run("need tmux", false);
    assert!(!done && called.is_empty(), "{called}");
    assert!(said.contains("sudo apt-get install -y --no-install-recommends tmux"), "{said}");
    // A build machine has said yes.
    let (done, said, called) = machine.run("need tmux", true);
    assert!(done, "{said}");
    assert!(called.starts_with("sudo\napt-get "), "{called}");
}

#[test]
fn without_sudo_or_a_known_manager_it_says_what_to_do() {
    let (done, said, _) = Machine::new(&[USER, manager("apt-get")]).run("need tmux", true);
    assert!(!done && said.contains("As root, run: apt-get install"), "{said}");
    let (done, said, _) = Machine::new(&[ROOT]).run("need tmux", true);
    assert!(!done && said.contains("install them and run this again"), "{said}");
}

#[test]
fn other_managers_are_called_in_their_own_words() {
    let check = |name, want: &str| {
        let (done, said, called) = Machine::new(&[ROOT, manager(name)]).run("need tmux cc", false);
        assert!(done, "{name}: {said}");
        assert_eq!(called.trim_end(), want);
    };
    check("dnf", "dnf install -y tmux gcc");
    check("pacman", "pacman -S --noconfirm --needed tmux gcc");
    check("zypper", "zypper --non-interactive install tmux gcc");
    check("apk", "apk add tmux gcc musl-dev");
    check("brew", "brew install tmux gcc");
}

#[test]
fn a_missing_or_old_rust_is_told_with_the_way_to_get_it() {
    let (done, said, _) = Machine::new(&[]).run("need_rust", true);
    assert!(!done && said.contains("https://sh.rustup.rs"), "{said}");
    let (done, said, _) = Machine::new(&[("cargo", "echo cargo 1.63.0")]).run("need_rust", true);
    assert!(!done && said.contains("cargo 1.63.0 is too old") && said.contains("rustup update"), "{said}");
    let (done, said, _) =
        Machine::new(&[("cargo", "echo 'cargo 1.100.0-nightly (abc 2030-01-01)'")]).run("need_rust", true);
    assert!(done, "{said}");
}
