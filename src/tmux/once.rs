//! One look at a server's panes by the tmux program, for commands that need no more than that. The control room's own
//! connection is in `client`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::address::{self, Found};
use super::list;
use crate::domain::server::PaneInfo;
use crate::domain::text;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it may take to say anything at all.
const ANSWER: Duration = Duration::from_millis(1500);

/// What the look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The server's process and its panes.
    Panes(u32, Vec<PaneInfo>),
    /// No server listens there.
    Nothing,
    /// It could not be asked; one line.
    Failed(String),
}

/// Asks the server on that socket; never starts one.
pub fn look(socket: &Path) -> Look {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(look_at(socket)),
        Err(e) => Look::Failed(e.to_string()),
    }
}

async fn look_at(socket: &Path) -> Look {
    match address::probe(socket).await {
        Found::Listening(..) => {}
        Found::Nothing | Found::Stale => return Look::Nothing,
        Found::Barred(why) => return Look::Failed(why),
        Found::Silent => return Look::Failed("the tmux server does not answer".to_owned()),
    }
    match ask(socket)
        .await
        .and_then(|said| read(&said).ok_or_else(|| "tmux gave no list of panes".to_owned()))
    {
        Ok((pid, panes)) => Look::Panes(pid, panes),
        Err(why) => Look::Failed(text::printable(&why)),
    }
}

/// What a server says to a plain client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It takes one in and says nothing.
    Nothing,
    /// It has no session, or not yet: what came into it now would be all that it has.
    NoSession,
    /// Its version, as far as it says one.
    Version(String),
}

/// Asks a server who it is, by a plain client before one of ours knocks: what two control clients left at the door of a server
/// that was stopped, tmux before 3.7 crashes on when it goes on, with every agent in it (3.3a: each time). A plain client that
/// gave up harms nobody.
pub async fn who(socket: &Path) -> Said {
    #[expect(clippy::disallowed_methods, reason = "asks the tmux server once")]
    let mut command = tokio::process::Command::new("tmux");
    command.args(["-N", "-u", "-S"]).arg(socket);
    command.args(["display-message", "-p", "#{version} #{session_id}"]);
    command.env_remove("TMUX").env_remove("TMUX_PANE");
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    // A group of its own: Ctrl-C at our terminal must not look like an answer.
    command.process_group(0);
    let out = match tokio::time::timeout(ANSWER, command.output()).await {
        Ok(Ok(out)) => out,
        // Why it cannot be started is found out by whoever knocks.
        Ok(Err(_)) => return Said::Version(String::new()),
        Err(_) => return Said::Nothing,
    };
    match (out.status.code(), String::from_utf8_lossy(&out.stdout).trim().split_once(' ')) {
        // One that was killed has heard nothing.
        (None, _) => Said::Nothing,
        (Some(0), None) => Said::NoSession,
        (Some(_), None) => Said::Version(String::new()),
        (Some(_), Some((version, _))) => Said::Version(version.to_owned()),
    }
}

async fn ask(socket: &Path) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "asks the tmux server once")]
    let mut command = tokio::process::Command::new("tmux");
    // -u: else tabs come as underscores where the locale is not UTF-8.
    command.args(["-N", "-u", "-S"]).arg(socket).args(["display-message", "-p", "#{pid}", ";"]);
    command.args(["list-panes", "-a", "-F", &list::format()]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(PATIENCE, command.output()).await {
        Err(_) => Err(format!("tmux did not answer within {PATIENCE:?}")),
        Ok(Err(e)) => Err(format!("tmux cannot be run: {e}")),
        Ok(Ok(out)) if !out.status.success() => Err(String::from_utf8_lossy(&out.stderr).trim().to_owned()),
        Ok(Ok(out)) => Ok(String::from_utf8_lossy(&out.stdout).into_owned()),
    }
}

fn read(said: &str) -> Option<(u32, Vec<PaneInfo>)> {
    let (pid, panes) = said.split_once('\n')?;
    let panes: Option<Vec<PaneInfo>> = panes.lines().map(|l| list::line(l).map(|(info, _)| info)).collect();
    Some((pid.trim().parse().ok()?, panes?))
}
