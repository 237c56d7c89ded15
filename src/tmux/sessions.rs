//! Sessions that a person has made and ended, by `archtui up` and `down`, through the tmux program. Not for automation: no
//! worker reaches this file.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{guard, quote};
use crate::domain::session::PaneId;
use crate::domain::text;

/// The option on a session that says whose `up` made it.
const MADE_BY: &str = "@archtui_fleet";
/// The option on a session that says which process in it was told its role.
const TOLD: &str = "@archtui_role";

/// What marks a session of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// tmux's `$N`.
    pub session: u32,
    /// The fleet whose `up` made it.
    pub made_by: Option<String>,
    /// The process that was told its role.
    pub told: Option<u32>,
}

/// A session to be made.
#[derive(Debug, Clone)]
pub struct Making<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its program starts.
    pub folder: &'a Path,
    /// Its environment, beside the server's.
    pub env: &'a [(String, String)],
    /// The program and its arguments; no shell reads them.
    pub argv: &'a [String],
    /// The fleet that makes it.
    pub fleet: &'a str,
    /// Columns and rows, until somebody attaches.
    pub size: (u16, u16),
}

/// A session that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// tmux's `$N`.
    pub session: u32,
    /// Its pane.
    pub pane: PaneId,
    /// The pane's process.
    pub pid: u32,
}

/// The marks of all sessions; none where no server listens.
pub fn marks(socket: &Path) -> Result<Vec<Marks>, String> {
    if !socket.exists() {
        return Ok(Vec::new());
    }
    let format = format!("#{{session_id}} #{{{TOLD}}} #{{{MADE_BY}}}");
    match run(tmux(socket).arg("-N").args(["list-sessions", "-F", &format])) {
        Ok(said) => Ok(said.lines().filter_map(mark).collect()),
        Err(why) if why.contains("no server running") || why.contains("error connecting") => Ok(Vec::new()),
        Err(why) => Err(why),
    }
}

fn mark(line: &str) -> Option<Marks> {
    let mut words = line.splitn(3, ' ');
    let session = words.next()?.strip_prefix('$')?.parse().ok()?;
    let told = words.next().and_then(|w| w.parse().ok());
    let made_by = words.next().filter(|f| !f.is_empty()).map(text::printable);
    Some(Marks { session, made_by, told })
}

/// Makes a session, on a server that is started if there is none. Its pane stays when its program ends: what it said last
/// can be read, and there is no shell into which anything could be typed.
pub fn make(socket: &Path, making: &Making) -> Result<Made, String> {
    let mut command = tmux(socket);
    let (width, height) = making.size;
    // tmux reads names and folders as formats.
    let name = quote::format_text(making.name);
    let folder = quote::format_text(&making.folder.to_string_lossy());
    command.args(["new-session", "-d", "-P", "-F", "#{session_id} #{pane_id} #{pane_pid}"]);
    command.args([
        "-s",
        &arg(&name),
        "-x",
        &width.to_string(),
        "-y",
        &height.to_string(),
        "-c",
        &arg(&folder),
    ]);
    for (key, value) in making.env {
        command.args(["-e", &arg(&format!("{key}={value}"))]);
    }
    command.arg("--");
    // A single word would be given to a shell. And whatever `-e` says, tmux gives its own client's PATH to what it starts.
    command.arg("env");
    for (_, path) in making.env.iter().filter(|(key, _)| key == "PATH") {
        command.arg(arg(&format!("PATH={path}")));
    }
    command.args(making.argv.iter().map(|a| arg(a)));
    // In the same command: a program that ends at once must not take the session with it.
    let target = arg(&format!("={}:", making.name));
    command.args([";", "set-option", "-w", "-t", &target, "remain-on-exit", "on"]);
    command.args([";", "set-option", "-t", &target, MADE_BY, &arg(making.fleet)]);
    let said = run(&mut command)?;
    made(said.trim()).ok_or_else(|| format!("tmux said something unknown: {}", text::printable(&said)))
}

fn made(said: &str) -> Option<Made> {
    let mut words = said.split(' ');
    let session = words.next()?.strip_prefix('$')?.parse().ok()?;
    Some(Made { session, pane: PaneId::parse(words.next()?)?, pid: words.next()?.parse().ok()? })
}

/// Notes on a session which process in it was told its role.
pub fn note_told(socket: &Path, session: u32, pid: u32) -> Result<(), String> {
    let (target, pid) = (format!("${session}:"), pid.to_string());
    run(tmux(socket).arg("-N").args(["set-option", "-t", &target, TOLD, &pid])).map(drop)
}

/// The last line that a pane's program wrote; empty where there is none.
pub fn last_words(socket: &Path, pane: PaneId) -> String {
    // tmux moves the screen up a row when it says that the pane is dead: what stood at the top is history then.
    let said = run(tmux(socket).arg("-N").args(["capture-pane", "-p", "-S", "-9", "-t", &pane.to_string()]));
    let said = said.unwrap_or_default();
    let mut lines =
        said.lines().rev().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("Pane is dead"));
    text::printable(lines.next().unwrap_or_default())
}

/// Which sessions may be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Whatever runs in it.
    Whatever,
    /// Only if it has one pane and that one is dead.
    Dead,
}

/// Ends a session, if it is still that session of that server; the server checks it in the same command. False: it is not.
pub fn end(
    socket: &Path,
    server: u32,
    session: u32,
    pane: (PaneId, u32),
    only: Only,
) -> Result<bool, String> {
    let (id, pid) = pane;
    let mut conditions = vec![
        format!("#{{==:#{{pid}},{server}}}"),
        format!("#{{==:#{{session_id}},${session}}}"),
        format!("#{{==:#{{pane_pid}},{pid}}}"),
    ];
    if only == Only::Dead {
        let alone = ["#{==:#{session_windows},1}", "#{==:#{window_panes},1}", "#{==:#{pane_dead},1}"];
        conditions.extend(alone.map(str::to_owned));
    }
    let guard = guard::all(&conditions);
    // It is said first: the last session takes the server with it.
    let (yes, no) =
        (format!("display-message -p ended ; kill-session -t \\${session}"), "display-message -p kept");
    let said = run(tmux(socket).arg("-N").args(["if-shell", "-F", "-t", &id.to_string(), &guard, &yes, no]))?;
    Ok(said.trim() == "ended")
}

/// A word as an argument: tmux takes a `;` at its end for the end of the command.
fn arg(word: &str) -> String {
    match word.strip_suffix(';') {
        Some(head) => format!("{head}\\;"),
        None => word.to_owned(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a person has sessions made and ended")]
pub(super) fn tmux(socket: &Path) -> Command {
    let mut command = Command::new("tmux");
    // -u: else characters beyond ASCII come as underscores where the locale is not UTF-8.
    command.args(["-u", "-S"]).arg(socket).stdin(Stdio::null());
    // A server that this starts is not one inside another.
    command.env_remove("TMUX").env_remove("TMUX_PANE");
    command
}

pub(super) fn run(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("tmux cannot be run: {e}"))?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&out.stderr);
    Err(text::printable(why.lines().next().unwrap_or("tmux refused")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_strictly() {
        let marks =
            |told, made_by: Option<&str>| Some(Marks { session: 3, made_by: made_by.map(Into::into), told });
        for (line, want) in [
            ("$3  ", marks(None, None)),
            ("$3 4711 my fleet", marks(Some(4711), Some("my fleet"))),
            ("$3 x f\u{202e}", marks(None, Some("f"))),
            ("3 1 f", None),
            ("", None),
        ] {
            assert_eq!(mark(line), want, "{line}");
        }
    }

    #[test]
    fn a_semicolon_at_the_end_of_a_word_stays() {
        assert_eq!(arg("a;b;"), "a;b\\;");
        assert_eq!(arg("a"), "a");
    }
}
