//! `archtui hook EVENT`: what an agent's hook runs. Prints the actor's decision or nothing; whatever fails, the agent asks
//! as usual: exit code 0, not a word on stderr, never longer than its limit. What the agent wrote is kept nowhere.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::panic;
use std::path::PathBuf;
use std::process::{ExitCode, exit};
use std::thread;
use std::time::Duration;

use crate::config::Env;
use crate::domain::hook::{asks, decision};
use crate::ipc::{HOOK_LIMIT, client, place};

/// Where no actor listens, and where nobody waits for a word.
const NOBODY: Duration = Duration::from_millis(100);
/// Starting and ending takes some of the limit.
const OURSELVES: Duration = Duration::from_millis(30);
/// An event is not longer.
const EVENT: u64 = 1 << 20;

/// Options of `archtui hook`, for its help.
#[derive(Debug, clap::Args)]
pub struct HookArgs {
    /// The event, as the agent calls it
    #[arg(value_name = "EVENT")]
    event: String,
}

/// The same once the command line has been read.
pub fn run(args: &HookArgs) {
    quietly(&args.event);
}

/// If the program was started as a hook: before anything else is set up, since an agent waits for it.
pub fn started_as(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args.into_iter().skip(1);
    if args.next()? != "hook" {
        return None;
    }
    let event = args.next().unwrap_or_default();
    if ["-h", "--help"].iter().any(|h| event == OsStr::new(h)) {
        return None;
    }
    quietly(&event.to_string_lossy());
    Some(ExitCode::SUCCESS)
}

/// Whatever happens in there ends without a word.
fn quietly(event: &str) {
    panic::set_hook(Box::new(|_| {}));
    let _ = panic::catch_unwind(|| ask(event));
}

fn ask(event: &str) {
    let env = Env::read();
    let sockets = sockets(&env);
    let limit =
        if asks(event) && !sockets.is_empty() { HOOK_LIMIT.saturating_sub(OURSELVES) } else { NOBODY };
    thread::spawn(move || {
        thread::sleep(limit);
        exit(0);
    });
    let mut payload = Vec::new();
    // Read also where nobody listens: an agent may take a pipe that closes early for a fault.
    if std::io::stdin().lock().take(EVENT).read_to_end(&mut payload).is_err() || sockets.is_empty() {
        return;
    }
    let word = client::tell(&sockets, event, env.tmux_pane, &payload);
    if let Some(line) = word.and_then(|word| decision(event, &word)) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    }
}

/// Where the actor of our tmux server may listen.
fn sockets(env: &Env) -> Vec<PathBuf> {
    // Path, pid and session, with commas between; the path may hold some too.
    let tmux = env.tmux.as_deref().and_then(|t| t.rsplitn(3, ',').nth(2));
    tmux.map_or_else(Vec::new, |socket| place::find(&env.runtime_folders(), socket.as_ref()))
}
