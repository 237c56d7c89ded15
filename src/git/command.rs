//! Starts the git program so that nothing of a repository runs with it: every program that configuration, attributes or
//! hooks can name is switched off, no lock is taken, nothing is fetched, time and output are bounded. Not for what is
//! asked (`program`).

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::domain::text;
use crate::ports::{Cancel, GitError};

/// How long the commands of one look may take together.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a wish to cancel is looked at.
const SLICE: Duration = Duration::from_millis(20);
/// Bytes of output that are read.
const OUTPUT: u64 = 64 * 1024 * 1024;

/// What of the configuration could run a program, or write, and is overruled.
const OVERRULED: [(&str, &str); 18] = [
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("core.sshCommand", "false"),
    ("core.gitProxy", "false"),
    ("core.askPass", "false"),
    ("core.editor", "false"),
    ("core.pager", "cat"),
    ("core.alternateRefsCommand", "false"),
    ("core.splitIndex", "false"),
    ("credential.helper", ""),
    ("gpg.program", "false"),
    ("log.showSignature", "false"),
    ("protocol.allow", "never"),
    ("submodule.recurse", "false"),
    ("status.submoduleSummary", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
];

/// What of our own environment would reach into the command; a hook's environment is full of it.
const REMOVED: [&str; 34] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_QUARANTINE_PATH",
    "GIT_DEFAULT_HASH",
    "GIT_REF_STORAGE",
    "GIT_DEFAULT_REF_FORMAT",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_PROXY_COMMAND",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_EXEC_PATH",
    "GIT_TEMPLATE_DIR",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_TRACE_SETUP",
];

/// The empty tree: attributes are read from there, so that no `.gitattributes` names a filter. In both hash functions.
const NO_ATTRIBUTES: [(bool, &str); 2] = [
    (false, "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    (true, "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"),
];

/// The git program, aimed at one folder.
#[derive(Debug, Clone)]
pub struct GitProgram {
    folder: PathBuf,
    cancel: Cancel,
    overruled: Vec<(String, String)>,
    sha256: bool,
    /// Slices of time that are left for this look.
    left: Cell<u128>,
}

impl GitProgram {
    /// Aims at a folder.
    pub fn new(folder: &Path, sha256: bool, cancel: &Cancel) -> Self {
        let overruled = OVERRULED.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        let left = Cell::new(LIMIT.as_millis() / SLICE.as_millis());
        Self { folder: folder.to_owned(), cancel: cancel.clone(), overruled, sha256, left }
    }

    /// Takes back the overruling of a key, to ask for its value.
    pub fn keep(&mut self, key: &str) {
        self.overruled.retain(|(overruled, _)| overruled != key);
    }

    /// Gives it so much time from now on.
    pub fn allow(&self, limit: Duration) {
        self.left.set(limit.as_millis() / SLICE.as_millis());
    }

    /// Overrules one more key, whatever characters it has.
    pub fn overrule(&mut self, key: String, value: &str) {
        self.overruled.push((key, value.to_owned()));
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the git program is started")]
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        for name in REMOVED {
            command.env_remove(name);
        }
        let (_, tree) = NO_ATTRIBUTES[usize::from(self.sha256)];
        command
            .env("GIT_CONFIG_COUNT", self.overruled.len().to_string())
            .env("GIT_ATTR_SOURCE", tree)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_PAGER", "cat")
            .env("GIT_EDITOR", "false")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("LC_ALL", "C");
        for (i, (key, value)) in self.overruled.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{i}"), key).env(format!("GIT_CONFIG_VALUE_{i}"), value);
        }
        command
            .args(["--no-pager", "-C"])
            .arg(&self.folder)
            .args(args)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it; the output if it succeeded, nothing if it ended with 1 (git's *no*), else what it complained of.
    pub fn run(&self, args: &[&str], input: String) -> Result<Option<Vec<u8>>, GitError> {
        let mut child = self.command(args).spawn().map_err(|e| {
            GitError::Command(format!(
                "the git program is needed for this repository and does not start: {e}"
            ))
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            // On a thread: a git that does not read must not block us. It ends with the pipe.
            thread::spawn(move || stdin.write_all(input.as_bytes()));
        }
        let out = read_on_thread(child.stdout.take(), OUTPUT);
        let complaint = read_on_thread(child.stderr.take(), 4096);
        let bytes = match self.wait(&out) {
            Ok(bytes) => bytes,
            Err(e) => {
                end(&mut child);
                return Err(e);
            }
        };
        if bytes.len() as u64 >= OUTPUT {
            end(&mut child);
            return Err(GitError::Command("git had too much to say about it".to_owned()));
        }
        let complaint = self.wait(&complaint).unwrap_or_default();
        let status = child.wait().map_err(|e| GitError::Command(e.to_string()))?;
        match status.code() {
            Some(0) => Ok(Some(bytes)),
            Some(1) => Ok(None),
            _ => Err(complained(&complaint)),
        }
    }

    /// Runs it; a *no* is a failure too.
    pub fn output(&self, args: &[&str], input: String) -> Result<String, GitError> {
        let bytes =
            self.run(args, input)?.ok_or_else(|| GitError::Command("git gave no answer".to_owned()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn wait(&self, from: &Receiver<Vec<u8>>) -> Result<Vec<u8>, GitError> {
        while self.left.get() > 0 {
            match from.recv_timeout(SLICE) {
                Ok(bytes) => return Ok(bytes),
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) if self.cancel.is_cancelled() => {
                    return Err(GitError::Cancelled);
                }
                Err(RecvTimeoutError::Timeout) => self.left.set(self.left.get() - 1),
            }
        }
        Err(GitError::TooSlow(LIMIT))
    }
}

fn read_on_thread(from: Option<impl Read + Send + 'static>, max: u64) -> Receiver<Vec<u8>> {
    let (tell, told) = sync_channel(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            let _ = from.take(max).read_to_end(&mut bytes);
        }
        let _ = tell.send(bytes);
    });
    told
}

/// Ends the command and what it started: it has a process group of its own.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.wait();
}

fn complained(bytes: &[u8]) -> GitError {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().next().unwrap_or("git failed without a word").trim_start_matches("fatal: ");
    if line.contains("dubious ownership") {
        GitError::NotOwned
    } else if line.contains("ermission denied") {
        GitError::Denied
    } else {
        GitError::Command(format!("git says: {}", text::fit(&text::printable(line), 160)))
    }
}
