//! The confirmation queue as the commands tell it: each open dialog as an object, and what was done about dialogs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::state::Board;
use crate::domain::confirm::Confirmation;
use crate::domain::ledger::Entry;

/// An open dialog. Its age is not in it: it changes by itself.
pub fn confirmation(c: &Confirmation) -> Value {
    let verdict = c.verdict.as_ref();
    json!({
        "id": c.id.1.to_string(),
        "session": c.session,
        "pane": c.id.0.id.to_string(),
        "role": c.role,
        "operation": c.operation,
        "asker": c.asker,
        "subject": c.subject,
        "options": c.options,
        "risk": c.risk,
        "verdict": verdict.map(|v| v.action),
        "rule": verdict.map(|v| &v.rule),
        "reason": verdict.map(|v| &v.reason),
        "next": c.next,
        "needs_you": c.needs_you,
        "outcome": c.outcome,
    })
}

/// The queue at one instant, with ages.
pub fn queue(board: &Board, now: Duration) -> Vec<Value> {
    let aged = |c: &Confirmation| {
        let mut told = confirmation(c);
        told["age_s"] = now.saturating_sub(c.since).as_secs().into();
        told
    };
    board.queue.iter().map(aged).collect()
}

/// What came of a dialog, as an event; for entries that tell of an answer on its way or at its end.
pub fn pressed(entry: &Entry, mono_ns: u64) -> Option<Value> {
    let b = &entry.body;
    // What was not answered is told by the queue itself.
    b.channel.filter(|_| b.key.is_some() || b.times.pressed.is_some() || b.times.cleared.is_some())?;
    let ms = |d: Option<Duration>| d.map(|d| d.as_secs_f64() * 1000.0);
    Some(json!({
        "event": "pressed", "session": b.scene.session, "pane": b.scene.pane.id.to_string(), "mono_ns": mono_ns,
        "entry": entry.seq, "dialog": b.showing.to_string(), "operation": b.operation,
        "subject": b.subject.as_ref().map(crate::domain::ledger::Masked::as_str), "rule": b.verdict.rule,
        "by": b.actor.to_string(), "channel": b.channel, "key": b.key.as_ref().map(crate::domain::stroke::KeyName::as_str),
        "outcome": b.outcome, "pressed_ms": ms(b.times.pressed), "cleared_ms": ms(b.times.cleared),
    }))
}
