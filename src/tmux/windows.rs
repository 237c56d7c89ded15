//! Windows that whoever acts opens beside others, and panes that he takes away. Never by `respawn-pane -k`: with a busy pane
//! and a control client it ends tmux 3.3a with every agent in it. The server compares everything in the same command.

use std::path::Path;

use super::sessions::{Making, run, tmux};
use super::{guard, quote};
use crate::domain::session::PaneId;
use crate::domain::text;

/// What must be true of a pane on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Still<'a> {
    /// Which pane, and its process.
    pub pane: (PaneId, u32),
    /// tmux's `$N` of its session, where that matters.
    pub session: Option<u32>,
    /// Its program has ended.
    pub dead: bool,
    /// Who acts.
    pub actor: &'a str,
}

impl Still<'_> {
    /// As a format. `None` if the actor's id could be read as anything else.
    fn guard(&self) -> Option<String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if self.actor.is_empty() || !self.actor.bytes().all(plain) {
            return None;
        }
        let mut all = vec![
            format!("#{{==:#{{pane_pid}},{}}}", self.pane.1),
            format!("#{{==:#{{@archtui_actor}},{}}}", self.actor),
        ];
        all.extend(self.session.map(|id| format!("#{{==:#{{session_id}},${id}}}")));
        if self.dead {
            all.push("#{==:#{pane_dead},1}".to_owned());
        }
        Some(guard::all(&all))
    }
}

/// Opens a window behind that of a pane, without showing it to anybody. Its pane stays when its program ends. Gives the new
/// pane and its process.
pub fn open(socket: &Path, still: &Still<'_>, making: &Making<'_>) -> Result<(PaneId, u32), String> {
    let Some(session) = still.session else { return Err("its session is not known".to_owned()) };
    let id = still.pane.0.to_string();
    // Where the window stands: the one behind it is new, and it is named by its place in the same command.
    let at = run(tmux(socket).arg("-N").args(["display-message", "-p", "-t", &id, "#{window_index}"]))?;
    let at: u32 = at.trim().parse().map_err(|_| "that pane is gone".to_owned())?;
    let guard = still.guard().ok_or("it is not known who acts")?;
    let guard = guard::all(&[format!("#{{==:#{{window_index}},{at}}}"), guard]);
    let word = |w: &str| quote::word(w).map_err(|e| e.to_string());
    let (here, new) = (word(&format!("${session}:{at}"))?, word(&format!("${session}:{}", at + 1))?);
    let folder = word(&quote::format_text(&making.folder.to_string_lossy()))?;
    let mut yes = format!("new-window -d -a -P -F '#{{pane_id}} #{{pane_pid}}' -t {here} -c {folder}");
    for (key, value) in making.env {
        yes += &format!(" -e {}", word(&format!("{key}={value}"))?);
    }
    yes += " --";
    // A single word would be given to a shell.
    if let [_] = making.argv {
        yes += " env";
    }
    for argument in making.argv {
        yes += &format!(" {}", word(argument)?);
    }
    yes += &format!(" ; set-option -w -t {new} remain-on-exit on");
    let said = run(tmux(socket).arg("-N").args([
        "if-shell",
        "-F",
        "-t",
        &id,
        &guard,
        &yes,
        "display-message -p kept",
    ]))?;
    let said = said.trim();
    if said == "kept" {
        return Err("that pane is another one by now".to_owned());
    }
    let pane = said.split_once(' ').and_then(|(id, pid)| Some((PaneId::parse(id)?, pid.parse().ok()?)));
    pane.ok_or_else(|| format!("tmux said something unknown: {}", text::printable(said)))
}

/// Takes a pane away. False: it is not as it must be, and stays.
pub fn remove(socket: &Path, still: &Still<'_>) -> Result<bool, String> {
    act(socket, still, |pane| format!("kill-pane -t {pane}"))
}

/// Ends the session of a pane. False: it is not as it must be, and stays.
pub fn end(socket: &Path, still: &Still<'_>) -> Result<bool, String> {
    let Some(session) = still.session else { return Err("its session is not known".to_owned()) };
    act(socket, still, |_| format!("kill-session -t '${session}'"))
}

fn act(socket: &Path, still: &Still<'_>, command: impl Fn(PaneId) -> String) -> Result<bool, String> {
    let guard = still.guard().ok_or("it is not known who acts")?;
    // It is said first: the last session takes the server with it.
    let yes = format!("display-message -p done ; {}", command(still.pane.0));
    let id = still.pane.0.to_string();
    let asked = ["if-shell", "-F", "-t", &id, &guard, &yes, "display-message -p kept"];
    Ok(run(tmux(socket).arg("-N").args(asked))?.trim() == "done")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_must_be_true_is_compared() {
        let still = Still { pane: (PaneId(3), 40), session: Some(2), dead: true, actor: "7-ab" };
        assert_eq!(
            still.guard().as_deref(),
            Some(
                "#{&&:#{&&:#{&&:#{==:#{pane_pid},40},#{==:#{@archtui_actor},7-ab}},\
                 #{&&:#{==:#{session_id},$2},#{==:#{pane_dead},1}}},1}"
            )
        );
        assert_eq!(Still { actor: "", ..still }.guard(), None, "an empty word is equal to none");
        assert_eq!(Still { actor: "a}#(x)", ..still }.guard(), None);
    }
}
