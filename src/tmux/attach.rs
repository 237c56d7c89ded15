//! Handing a person over to the real session: in our own terminal, or, when we run inside the same server, by moving the
//! person's client there. Attaching changes the window's size; it is put back afterwards, and its size option too.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::address::Address;
use crate::domain::session::PaneIdentity;

/// How a person is handed over.
#[derive(Debug, Clone)]
pub struct Attach {
    address: Address,
    /// We run in a pane of that very server.
    inside: bool,
}

/// A window's size and size option before somebody attached.
#[derive(Debug, PartialEq, Eq)]
struct Before {
    window: String,
    width: u32,
    height: u32,
    /// The window's own `window-size`; empty where it has none of its own.
    option: String,
}

impl Attach {
    /// For the sessions of one server. `tmux` is `$TMUX` of the pane that we run in: socket, pid, session.
    pub fn new(address: Address, tmux: Option<&str>) -> Self {
        let ours = tmux.and_then(|t| t.split(',').next()).map(Path::new);
        let inside = ours.is_some_and(|ours| same_file(ours, &address.socket));
        Self { address, inside }
    }

    /// True if the person's client shows us through the same server: then it is moved, and our terminal stays ours.
    pub fn moves_client(&self) -> bool {
        self.inside
    }

    /// Hands over and waits until the person is back (at once where the client is moved). Tells the tmux command.
    pub async fn run(&self, pane: PaneIdentity) -> Result<String, String> {
        let id = pane.id.to_string();
        let pid = self.ask(&["display-message", "-p", "-t", &id, "#{pane_pid}"]).await?;
        if pid.trim() != pane.pid.to_string() {
            return Err("that pane is gone or has been replaced".to_owned());
        }
        if self.moves_client() {
            self.ask(&["switch-client", "-t", &id]).await?;
            return Ok(format!("switch-client -t {id}"));
        }
        let before = self.before(&id).await?;
        let status = self
            .tmux(["attach-session", "-t", &id])
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .status()
            .await
            .map_err(|e| format!("tmux cannot be run: {e}"))?;
        self.put_back(&before).await;
        if status.success() {
            Ok(format!("attach-session -t {id}"))
        } else {
            Err("tmux could not attach".to_owned())
        }
    }

    async fn before(&self, id: &str) -> Result<Before, String> {
        let said = self
            .ask(&["display-message", "-p", "-t", id, "#{window_id} #{window_width} #{window_height}"])
            .await?;
        let mut words = said.split_whitespace();
        let (Some(window), Some(Ok(width)), Some(Ok(height))) =
            (words.next(), words.next().map(str::parse), words.next().map(str::parse))
        else {
            return Err("tmux does not tell the window's size".to_owned());
        };
        let option = self.ask(&["show-options", "-w", "-v", "-t", window, "window-size"]).await?;
        Ok(Before { window: window.to_owned(), width, height, option: option.trim().to_owned() })
    }

    /// Gives the window its size and option back, unless somebody else looks at it: then the size is theirs.
    async fn put_back(&self, before: &Before) {
        let said = self
            .ask(&[
                "display-message",
                "-p",
                "-t",
                &before.window,
                "#{window_width} #{window_height} #{session_attached}",
            ])
            .await;
        let now = said.unwrap_or_default();
        let same = format!("{} {} ", before.width, before.height);
        if now.is_empty() || now.starts_with(&same) || !now.trim_end().ends_with(" 0") {
            return;
        }
        let (w, h) = (before.width.to_string(), before.height.to_string());
        let window = before.window.as_str();
        let resized = self.ask(&["resize-window", "-t", window, "-x", &w, "-y", &h]).await;
        // Resizing by hand sets the option to `manual`; it was not ours to set.
        let restored = if before.option.is_empty() {
            self.ask(&["set-option", "-w", "-u", "-t", window, "window-size"]).await
        } else {
            self.ask(&["set-option", "-w", "-t", window, "window-size", &before.option]).await
        };
        for failed in [resized, restored].into_iter().filter_map(Result::err) {
            tracing::warn!(window, why = failed, "the window's size could not be put back");
        }
    }

    async fn ask(&self, args: &[&str]) -> Result<String, String> {
        let out = self
            .tmux(args)
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|e| format!("tmux cannot be run: {e}"))?;
        if out.status.success() {
            return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
        }
        let why = String::from_utf8_lossy(&out.stderr);
        Err(crate::domain::text::printable(why.lines().next().unwrap_or("tmux refused")))
    }

    fn tmux<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        #[expect(clippy::disallowed_methods, reason = "a person is handed over to tmux itself")]
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.address.socket).arg("-u").args(args);
        if !self.moves_client() {
            // Inside another server a nested client is what the person asks for.
            command.env_remove("TMUX").env_remove("TMUX_PANE");
        }
        command
    }
}

/// True if both paths lead to one file.
fn same_file(a: &Path, b: &Path) -> bool {
    let id = |p: &Path| std::fs::metadata(p).ok().map(|m| (m.dev(), m.ino()));
    a == b || id(a).is_some_and(|a| Some(a) == id(b))
}
