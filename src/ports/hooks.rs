//! The port of agents' hooks: what comes through their socket, and the words that go back. The adapter is in `ipc`.

use std::future::Future;
use std::sync::Arc;

use crate::domain::confirm::{Bulletin, HookId, HookWord};
use crate::domain::hook::HookEvent;

/// The hooks of the agents of one tmux server.
pub trait Hooks: Send + 'static {
    /// The next event; waits until there is one. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = HookEvent> + Send;
    /// Tells a request its word. False if it did not go out: that request does not wait any more.
    fn answer(&mut self, id: HookId, word: &HookWord) -> bool;
    /// True while somebody looks on and wants to be told.
    fn is_watched(&self) -> bool;
    /// Tells everybody who looks on; who is slow gets the newest word only.
    fn show(&mut self, word: Arc<Bulletin>);
}
