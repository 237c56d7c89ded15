//! What git has begun in a work tree and not ended, told by the files it leaves: rebase, am, merge, cherry-pick, revert,
//! bisect. Not for reftable's pseudo references, which only git reads.

use super::find::{self, Found};
use crate::domain::branch::facts::Operation;

/// What is under way; of several the outermost.
pub fn operation(found: &Found) -> Option<Operation> {
    let has = |name: &str| found.git.join(name).exists();
    if has("rebase-apply/applying") {
        Some(Operation::Am)
    } else if has("rebase-merge") || has("rebase-apply") {
        Some(Operation::Rebase)
    } else if has("MERGE_HEAD") {
        Some(Operation::Merge)
    } else if has("CHERRY_PICK_HEAD") {
        Some(Operation::CherryPick)
    } else if has("REVERT_HEAD") {
        Some(Operation::Revert)
    } else if has("sequencer/todo") {
        // Between two commits of a series there is no *_HEAD.
        let todo = find::small(&found.git.join("sequencer/todo")).unwrap_or_default();
        let reverting = todo.starts_with("revert");
        Some(if reverting { Operation::Revert } else { Operation::CherryPick })
    } else if has("BISECT_LOG") {
        Some(Operation::Bisect)
    } else {
        None
    }
}
