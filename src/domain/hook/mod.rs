//! What an agent's hook hands over, as values: who speaks, the call that waits for a word, and how the word is written for
//! the agent. How it gets here is for `ipc`; what becomes of it is for `domain::confirm`.

mod call;
mod decision;

use super::confirm::HookId;
use super::session::{PaneId, PaneIdentity};

pub use call::{HookCall, Payload};
pub use decision::{asks, decision};

/// Who speaks through a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The pane that the caller *says* it is in. Its ancestors prove it or not.
    pub pane: Option<PaneId>,
    /// Its process, as the kernel tells it; 0 = one of another namespace.
    pub pid: u32,
    /// The pids above it up to init, nearest first, found by us. Empty = not known: then it proves nothing.
    pub ancestors: Vec<u32>,
    /// The agent's own name of its session, printable.
    pub session_id: Option<String>,
}

/// One thing that came through the socket.
#[derive(Debug, Clone, PartialEq)]
pub enum HookEvent {
    /// The hooks of an agent work; nobody waits.
    Heard {
        /// Who.
        who: Caller,
    },
    /// A call waits for a word. Told once for each request, and ended by one `Closed`.
    Asks {
        /// Which request.
        id: HookId,
        /// Who.
        who: Caller,
        /// What is to run.
        call: HookCall,
    },
    /// A request does not wait any more: it was told, or gave up.
    Closed {
        /// Which request.
        id: HookId,
    },
    /// A wish lies in the store.
    Wake,
    /// It is said that a person types into a pane, at a control room that only observes.
    Typed {
        /// Who says it.
        who: Caller,
        /// Where.
        pane: PaneIdentity,
    },
    /// Somebody who only looks on wants to be told from now on.
    Watched,
}
