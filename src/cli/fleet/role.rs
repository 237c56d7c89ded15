//! A role prompt on its way into the queue.

use crate::cli::{Fail, desk, setup};
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::task::{Kind, Order, Priority, Sender, Wish, entry};

/// Queues it, once for this very process: its key says so, whoever asks. `by`: what asks.
pub fn queue(
    ground: &setup::Ground,
    session: &SessionName,
    prompt: &str,
    process: PaneIdentity,
    by: &str,
) -> Result<(), Fail> {
    let order = Order {
        kind: Kind::Role,
        target: Some(session.to_string()),
        priority: Priority::new(10).unwrap_or_default(),
        key: Some(format!("role {session} {}-{}", process.pid, process.start)),
        origin: Some(format!("{by} ({})", std::process::id())),
        ..Order::new(prompt.trim())
    };
    let roster = ground.loaded.config.roster();
    let request = entry::check(order, &Sender::Operator, &roster).map_err(|r| desk::refused(&r))?;
    // A refusal as a duplicate says that somebody else has asked for it: then the queue has it.
    desk::ask(ground, Wish::Add(vec![request])).map(drop)
}
