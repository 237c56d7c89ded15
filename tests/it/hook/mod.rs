//! The hook channel: real payloads, a real socket, the real program.

mod client;
mod daemon;
mod fell;
mod flood;
mod gallery;
mod install;
mod pane;
mod payloads;
mod server;
mod swap;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use archtui::domain::hook::HookEvent;
use archtui::ipc::{HookServer, place};
use archtui::ports::Hooks;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::support::PATIENCE;

/// What was recorded of a version: one payload a line.
fn recorded(version: &str) -> Vec<String> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hooks").join(format!("claude-{version}.jsonl"));
    fs::read_to_string(file).expect("recorded").lines().map(str::to_owned).collect()
}

/// A `PermissionRequest` for a command.
fn request(command: &str) -> String {
    serde_json::json!({
        "session_id": "s-1", "cwd": "/home/me/work/demo", "permission_mode": "default",
        "hook_event_name": "PermissionRequest", "tool_name": "Bash", "tool_input": {"command": command},
    })
    .to_string()
}

/// An actor's door in a scratch folder, and the tmux server that it belongs to.
struct Door {
    _dir: TempDir,
    /// `$XDG_RUNTIME_DIR`.
    runtime: PathBuf,
    /// Stands for the tmux server's socket.
    tmux: PathBuf,
    path: PathBuf,
    rt: Runtime,
    server: HookServer,
}

impl Door {
    fn open() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let (runtime, tmux) = (dir.path().join("run"), dir.path().join("tmux"));
        fs::create_dir(&runtime).and_then(|()| fs::write(&tmux, "")).expect("made");
        let path = place::make(&[runtime.join("archtui")], &tmux).expect("a place");
        let rt = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = rt.block_on(async { HookServer::listen(&path) }).expect("it listens");
        Self { _dir: dir, runtime, tmux, path, rt, server }
    }

    /// The next event; fails if none comes.
    fn next(&mut self) -> HookEvent {
        let Self { rt, server, .. } = self;
        rt.block_on(async { tokio::time::timeout(PATIENCE, server.next()).await }).expect("an event")
    }

    /// What comes within so long, if anything.
    fn within(&mut self, time: Duration) -> Option<HookEvent> {
        let Self { rt, server, .. } = self;
        rt.block_on(async { tokio::time::timeout(time, server.next()).await }).ok()
    }
}
