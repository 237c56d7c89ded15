//! Which call in the records of an agent a dialog is about. Records are found by the folder or the conversation that an agent
//! names. Whoever may write files as this user may write into them, so a call is judged as it is shown as well; but which rows of
//! that are wrapped is taken from the record where it is surely the agent's own.

use std::path::Path;

use jiff::Timestamp;

use super::back::Back;
use super::{claude, codex, plain};
use crate::domain::calls::{self, Found, Lines, Open, Tail, depends_on_folder};
use crate::domain::dialog::{Dialog, Operation};
use crate::ports::{Asks, Keeper, Keeps};

/// So far back a record is read: calls of now stand at its end.
const MOST: u64 = 4 << 20;

/// What the agent's own records say of a dialog; `None`: it keeps none that tell.
pub(super) fn recorded(asks: &Asks, dialog: &Dialog) -> Option<Found> {
    let keeps = asks.keeps.as_ref().filter(|_| depends_on_folder(dialog.operation))?;
    let tails = tails(keeps, asks.cwd.as_deref())?;
    let mut all = Vec::new();
    for tail in tails {
        match tail.asked(dialog) {
            Found::Missing => {}
            Found::Unsettled => return Some(Found::Unsettled),
            Found::Calls(open) => all.extend(open),
        }
    }
    Some(if all.is_empty() { Found::Missing } else { Found::Calls(all) })
}

/// The ends of its records; `None`: there are none.
fn tails(keeps: &Keeps, cwd: Option<&Path>) -> Option<Vec<Tail>> {
    Some(match keeps.who {
        Keeper::Claude => {
            let records = claude::records(&keeps.own, keeps.conversation.as_deref(), cwd)?;
            records.iter().map(|path| tail(path, calls::Claude::default())).collect()
        }
        Keeper::Codex => {
            let records = codex::records(&keeps.own)?;
            records.iter().map(|path| tail(path, calls::Codex::default())).collect()
        }
    })
}

/// The record is surely the agent's own: what no conversation is known for may be that of others in the same folder, and of Codex
/// the newest of all are read.
pub(super) fn is_own(asks: &Asks) -> bool {
    asks.keeps.as_ref().is_some_and(|keeps| keeps.conversation.is_some() && keeps.who == Keeper::Claude)
}

/// What the agent calls them, in its own record, where what a dialog shows tells which they are.
pub(super) fn names(asks: &Asks, dialog: &Dialog, calls: &[Open]) -> Vec<String> {
    let tells = is_own(asks) && !matches!(dialog.operation, Operation::Grep | Operation::Glob);
    calls.iter().filter(|_| tells).map(|call| call.name.clone()).collect()
}

/// Whether one of these calls has ended since then, and the dialog is about another one of the same record.
pub(super) fn is_over(asks: &Asks, dialog: &Dialog, calls: &[String], since: Timestamp) -> bool {
    let tails =
        asks.keeps.as_ref().filter(|_| is_own(asks)).and_then(|keeps| tails(keeps, asks.cwd.as_deref()));
    tails.into_iter().flatten().any(|tail| tail.is_over(dialog, calls, since))
}

/// What cannot be read has no calls.
fn tail(path: &Path, mut lines: impl Lines) -> Tail {
    let Ok((file, length)) = plain::open(path) else { return Tail::default() };
    let mut back = Back::of(file, length);
    let end = length.saturating_sub(MOST);
    while back.at > end {
        let Ok(piece) = back.lines() else { return Tail::default() };
        if piece.iter().rev().any(|line| lines.line(line)) {
            break;
        }
    }
    lines.tail()
}
