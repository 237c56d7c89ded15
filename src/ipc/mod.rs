//! The actor's door: a Unix socket per tmux server, through which agents' hooks ask and the command line rings. The server
//! is for the actor, who holds the lock; the client is what `archtui hook` runs. What is asked means is for
//! `domain::hook`, what is answered for whoever acts.

pub mod client;
mod connection;
pub mod gallery;
mod peer;
pub mod place;
pub mod server;
mod wire;

pub use gallery::HookGallery;
pub use server::HookServer;

use std::time::Duration;

/// How long a hook waits for a word, all in all. The actor answers within it or not at all.
pub const HOOK_LIMIT: Duration = Duration::from_secs(1);
