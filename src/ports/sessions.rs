//! What whoever acts may do with windows and sessions themselves: start an agent anew beside the pane in which it ended, take
//! a pane away, end a session by a person's word. Each call looks once more, on the server, in the same command.

use crate::domain::restart::Taken;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};

/// A pane with its process: one that cannot be mistaken while its server lives.
pub type PaneProcess = (PaneId, u32);

/// An agent that is to be started anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The session.
    pub session: SessionName,
    /// tmux's `$N` of it.
    pub session_id: u32,
    /// The pane beside which it is started.
    pub pane: PaneProcess,
    /// Only if that pane is dead.
    pub only_dead: bool,
    /// The conversation that the agent had there, where it is known.
    pub conversation: Option<String>,
    /// Whose word counts on the server.
    pub actor: String,
}

/// Sessions and windows, for whoever acts. Blocking.
pub trait Sessions: Send + Sync + 'static {
    /// Starts the session's agent in a new window beside. Gives its pane, and what of its conversation goes on.
    fn start(&self, beside: &Beside) -> Result<(PaneProcess, Taken), String>;

    /// Takes a pane away, if it is still that one; `only_dead`: only if its program has ended. False: it was left.
    fn remove(&self, pane: PaneProcess, only_dead: bool, actor: &str) -> Result<bool, String>;

    /// Queues the role prompt for the process in that pane. False: it has none.
    fn tell_role(&self, session: &SessionName, pane: PaneIdentity) -> Result<bool, String>;

    /// Ends a session, if the pane is still in it. False: it was left.
    fn end(&self, session_id: u32, pane: PaneProcess, actor: &str) -> Result<bool, String>;
}
