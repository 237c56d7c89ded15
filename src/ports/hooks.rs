//! The port of agents' hooks: what comes through their socket, and the words that go back. The adapter is in `ipc`.

use std::future::Future;

use crate::domain::confirm::{HookId, HookWord};
use crate::domain::hook::HookEvent;

/// The hooks of the agents of one tmux server.
pub trait Hooks: Send + 'static {
    /// The next event; waits until there is one. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = HookEvent> + Send;
    /// Tells a request its word. False if it did not go out: that request does not wait any more.
    fn answer(&mut self, id: HookId, word: &HookWord) -> bool;
}
