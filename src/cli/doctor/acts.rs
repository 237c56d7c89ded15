//! Doctor on who acts: the kernel's lock and the socket that hooks and observers find.

use super::Finding;
use crate::cli::{actor, setup};
use crate::ipc::place;
use crate::store::lock::Held;

/// Who holds the lock, and whether his door is open.
pub(super) fn who(ground: &setup::Ground) -> [(&'static str, Finding); 2] {
    let held = actor::held(ground);
    [("actor", lock(&held)), ("hooks", door(ground, &held))]
}

fn lock(held: &Held) -> Finding {
    match held {
        Held::Nobody => Finding::Note(
            "nobody acts on this server: nothing is confirmed, no task is handed out (`archtui` or `archtui daemon` does)"
                .to_owned(),
        ),
        // The kernel lets go of it when a process ends: whoever holds it lives.
        Held::Unnamed => Finding::Note("the lock is held by a process that has not said who it is".to_owned()),
        Held::By(h) => {
            Finding::Good(format!("process {} on {} acts since {}, and is alive", h.pid, h.host, h.since))
        }
    }
}

fn door(ground: &setup::Ground, held: &Held) -> Finding {
    let sockets = place::find(&ground.env.runtime_folders(), &ground.address.socket);
    match (actor::gallery(ground).look(), sockets.first(), held) {
        (Some(word), Some(socket), _) => {
            let state = if word.paused.is_some() { ", paused" } else { "" };
            let (n, at) = (word.queue.len(), socket.display());
            Finding::Good(format!("{at} answers: rules `{}`{state}, {n} open dialogs", word.preset))
        }
        (_, _, Held::Nobody) => Finding::Note(
            "no socket of whoever acts: agents' hooks get no answer, agents ask as usual".to_owned(),
        ),
        (None, Some(socket), _) => Finding::Fault(
            format!("{} does not answer, although somebody acts", socket.display()),
            "he may be of another version or hang: end that process and start archtui again".to_owned(),
        ),
        (_, None, _) => Finding::Fault(
            "somebody acts and has no socket: agents' hooks and observers do not reach him".to_owned(),
            "XDG_RUNTIME_DIR must be the same for both, short, and yours alone (0700)".to_owned(),
        ),
    }
}
