//! Where Codex keeps what is said in a conversation: `sessions/YEAR/MONTH/DAY/rollout-*.jsonl` in its folder, by the day it
//! began.

use std::path::{Path, PathBuf};

use super::plain;

/// Days that a conversation is looked for in.
const DAYS: usize = 31;
/// Records that are read: which one is an agent's own is not known.
const RECORDS: usize = 16;

/// The newest records; `None`: there are none.
pub(super) fn records(own: &Path) -> Option<Vec<PathBuf>> {
    let mut days = vec![own.join("sessions")];
    for _ in ["year", "month", "day"] {
        days = days.iter().flat_map(|d| below(d)).take(DAYS).collect();
    }
    let found = plain::newest(days, RECORDS);
    (!found.is_empty()).then(|| found.into_iter().map(|(_, path)| path).collect())
}

/// Folders with numbers for names, the highest first.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let number =
        |p: &PathBuf| p.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.parse::<u32>().is_ok());
    let mut folders: Vec<PathBuf> = entries.take(DAYS * 12).filter(number).collect();
    folders.sort_unstable_by(|a, b| b.cmp(a));
    folders
}
