//! Builds test repositories with the real git, from small scripts: own HOME, no user or system configuration, fixed
//! identity, dates counted back from one moment. Not for judging them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

/// A scratch folder in which git and archtui see nothing of the machine but their programs.
pub struct Lab {
    root: TempDir,
    /// Seconds since the epoch at which the next commit is made.
    clock: AtomicI64,
    /// The moment that ages are counted back from.
    now: i64,
}

impl Lab {
    #[expect(
        clippy::disallowed_methods,
        reason = "archtui reads the real clock, so must the dates of its test data"
    )]
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a scratch folder");
        fs::create_dir(root.path().join("home")).expect("a home");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs().cast_signed();
        Self { root, clock: AtomicI64::new(now - 7200), now }
    }

    pub fn path(&self) -> PathBuf {
        self.root.path().canonicalize().expect("it exists")
    }

    /// A program that sees only the lab.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests start git and archtui, and find them as the shell does"
    )]
    pub fn command(&self, program: &str, cwd: &Path) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").expect("a PATH");
        let home = self.root.path().join("home");
        let date = format!("{} +0000", self.clock.load(Ordering::Relaxed));
        command
            .current_dir(cwd)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A Worker")
            .env("GIT_AUTHOR_EMAIL", "worker@example.org")
            .env("GIT_COMMITTER_NAME", "A Worker")
            .env("GIT_COMMITTER_EMAIL", "worker@example.org")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_EDITOR", "true")
            .env("GIT_SEQUENCE_EDITOR", "true")
            .env("GIT_ALLOW_PROTOCOL", "file");
        command
    }

    pub fn git(&self, cwd: &Path, args: &[&str]) -> Output {
        let defaults =
            ["-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false", "-c", "gc.auto=0"];
        self.command("git", cwd).args(defaults).args(args).output().expect("git starts")
    }

    /// What git prints, without the last line end; `None` if it fails.
    pub fn ask(&self, cwd: &Path, args: &[&str]) -> Option<String> {
        let out = self.git(cwd, args);
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim_end_matches('\n').to_owned())
    }

    /// True if the machine's git can make reftable repositories (2.45).
    pub fn knows_reftable(&self) -> bool {
        self.git(&self.path(), &["init", "-q", "--ref-format=reftable", "probe"]).status.success()
    }

    /// archtui itself, with the clock, the arguments and the folder given.
    pub fn archtui(&self, cwd: &Path, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_archtui"), cwd).args(args).output().expect("archtui starts")
    }

    /// Runs a script, a step a line, in a folder of its own; tells the folder that it says to look at.
    ///
    /// `git …`, `try git …` (may fail), `in DIR`, `look DIR`, `age 40d|3h` (the clock for what follows), `commit SUBJECT`
    /// (`\n` breaks lines), `file PATH TEXT`, `files N PREFIX`, `rm PATH`, `mkdir PATH`, `fifo PATH`, `link TARGET PATH`, `exec PATH TEXT`.
    pub fn build(&self, name: &str, script: &str) -> PathBuf {
        let top = self.path().join(name);
        fs::create_dir_all(&top).expect("a folder of its own");
        self.clock.store(self.now - 7200, Ordering::Relaxed);
        let (mut cwd, mut look) = (top.clone(), None);
        for step in script.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
            match word {
                "in" => {
                    cwd = top.join(rest);
                    fs::create_dir_all(&cwd).expect("a folder");
                    look.get_or_insert_with(|| cwd.clone());
                }
                "look" => look = Some(top.join(rest)),
                _ => self.step(name, &cwd, word, rest),
            }
        }
        look.unwrap_or(cwd)
    }

    fn step(&self, name: &str, cwd: &Path, word: &str, rest: &str) {
        let (first, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let text = text.replace("\\n", "\n").replace("\\e", "\x1b");
        match word {
            "git" => {
                let out = self.git(cwd, &words(rest));
                assert!(out.status.success(), "{name}: git {rest}: {}", String::from_utf8_lossy(&out.stderr));
            }
            "try" => {
                let args = words(rest.strip_prefix("git ").expect("try git"));
                let _ = self.git(cwd, &args);
            }
            "commit" => {
                self.tick(60);
                let file = cwd.join("work.txt");
                let before = fs::read_to_string(&file).unwrap_or_default();
                fs::write(file, format!("{before}{}\n", self.clock.load(Ordering::Relaxed)))
                    .expect("a change");
                let message = rest.replace("\\n", "\n").replace("\\e", "\x1b");
                let done = self.git(cwd, &["add", "work.txt"]).status.success()
                    && self
                        .git(cwd, &["commit", "-q", "--cleanup=verbatim", "-m", &message])
                        .status
                        .success();
                assert!(done, "{name}: commit {rest}");
            }
            "age" => {
                let (number, unit) = rest.split_at(rest.len() - 1);
                let hours: i64 = number.parse().expect("a number");
                let seconds = hours * if unit == "d" { 86400 } else { 3600 };
                self.clock.store(self.now - seconds, Ordering::Relaxed);
            }
            "file" => write(&cwd.join(first.replace("\\n", "\n").replace("\\e", "\x1b")), text.as_bytes()),
            "exec" => {
                write(&cwd.join(first), text.as_bytes());
                fs::set_permissions(cwd.join(first), fs::Permissions::from_mode(0o755)).expect("mode");
            }
            "files" => {
                for i in 0..first.parse::<usize>().expect("a number") {
                    write(&cwd.join(format!("{text}{i}")), b"x\n");
                }
            }
            "rm" => {
                let path = cwd.join(rest);
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
                    .expect("removed");
            }
            "fifo" => {
                let mode = rustix::fs::Mode::from_raw_mode(0o600);
                rustix::fs::mknodat(rustix::fs::CWD, cwd.join(rest), rustix::fs::FileType::Fifo, mode, 0)
                    .expect("a pipe");
            }
            "mkdir" => fs::create_dir_all(cwd.join(rest)).expect("a folder"),
            "link" => std::os::unix::fs::symlink(first, cwd.join(text)).expect("a link"),
            other => panic!("{name}: no step is called {other}"),
        }
    }

    fn tick(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
    fs::write(path, bytes).expect("written");
}

/// Splits at blanks; double quotes hold together.
fn words(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, tail) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').expect("a closing quote"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        out.push(word);
        rest = tail.trim_start();
    }
    out
}
