//! Which call in the records of an agent a dialog is about. Records are found by the folder or the conversation that an agent
//! names. Whoever may write files as this user may write into them, so a call is judged as it is shown as well; but which rows of
//! that are wrapped is taken from the record where it is surely the agent's own.

use std::path::Path;

use super::back::Back;
use super::{claude, codex, plain};
use crate::domain::calls::{self, Found, Lines, Open, Tail, depends_on_folder};
use crate::domain::dialog::Dialog;
use crate::ports::{Asks, Keeper};

/// So far back a record is read: calls of now stand at its end.
const MOST: u64 = 4 << 20;

/// What the agent's own records say of a dialog; `None`: it keeps none that tell.
pub(super) fn recorded(asks: &Asks, dialog: &Dialog) -> Option<Found> {
    let keeps = asks.keeps.as_ref().filter(|_| depends_on_folder(dialog.operation))?;
    let cwd = asks.cwd.as_deref();
    let tails: Vec<Tail> = match keeps.who {
        Keeper::Claude => {
            let records = claude::records(&keeps.own, keeps.conversation.as_deref(), cwd)?;
            records.iter().map(|path| tail(path, calls::Claude::default())).collect()
        }
        Keeper::Codex => {
            let records = codex::records(&keeps.own)?;
            records.iter().map(|path| tail(path, calls::Codex::default())).collect()
        }
    };
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

/// The record is surely the agent's own: what no conversation is known for may be that of others in the same folder.
pub(super) fn is_own(asks: &Asks) -> bool {
    asks.keeps.as_ref().is_some_and(|keeps| keeps.conversation.is_some())
}

/// What the agent calls them, in its own record.
pub(super) fn names(asks: &Asks, calls: &[Open]) -> Vec<String> {
    calls.iter().filter(|_| is_own(asks)).map(|call| call.name.clone()).collect()
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
