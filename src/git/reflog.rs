//! Reflogs, read from the end of their files and within bounds. libgit2 is not asked: it creates a reflog that is not
//! there. Not for reftable.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;

use super::find;
use crate::domain::branch::CommitId;

/// Bytes that are read from the end of a reflog.
const TAIL: u64 = 128 * 1024;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where the reference pointed before; none where it was made.
    pub old: Option<CommitId>,
    /// Where it points since.
    pub new: CommitId,
    /// When.
    pub time: Timestamp,
    /// Why, in git's words.
    pub message: String,
}

/// The newest entries of a reference's log, newest first; empty where there is none.
pub fn read(logs: &Path, reference: &str) -> Vec<Entry> {
    let text = tail(&logs.join("logs").join(reference)).unwrap_or_default();
    let mut entries: Vec<Entry> = text.lines().filter_map(parse).collect();
    entries.reverse();
    entries
}

fn tail(path: &Path) -> std::io::Result<String> {
    let mut file = find::plain(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads `OLD NEW Name <mail> SECONDS ZONE\tMESSAGE`; a line that was cut is no entry.
fn parse(line: &str) -> Option<Entry> {
    let (head, message) = line.split_once('\t').unwrap_or((line, ""));
    let (old, rest) = head.split_once(' ')?;
    let (new, rest) = rest.split_once(' ')?;
    let (_, when) = rest.rsplit_once("> ")?;
    let seconds = when.split(' ').next()?.parse().ok()?;
    Some(Entry {
        old: CommitId::parse(old).filter(|id| id.as_str().bytes().any(|b| b != b'0')),
        new: CommitId::parse(new)?,
        time: Timestamp::from_second(seconds).ok()?,
        message: message.to_owned(),
    })
}

/// The branch that a local `git merge` brought by only moving this one forward; none for any other entry.
pub fn fast_forward(entry: &Entry) -> Option<&str> {
    entry.message.strip_prefix("merge ")?.strip_suffix(": Fast-forward")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const Z: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn entries_are_read_and_damage_is_skipped() {
        let entry =
            parse(&format!("{Z} {A} A U <a@b.c> 1770500000 +0100\tcommit (initial): feat: x")).unwrap();
        assert_eq!(entry.old, None);
        assert_eq!(entry.time.as_second(), 1_770_500_000);
        assert_eq!(entry.message, "commit (initial): feat: x");
        let odd = parse(&format!("{A} {A} A > B <a@b.c> 1 +0000")).unwrap();
        assert_eq!((odd.time.as_second(), odd.message.as_str()), (1, ""));
        for bad in ["", "x", A, &format!("{A} {A} A <a> x +0\tm"), &format!("{A} 12 A <a@b.c> 1 +0000\tm")] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_local_merge_that_moved_forward_counts() {
        for (message, from) in [
            ("merge feature/x-0208: Fast-forward", Some("feature/x-0208")),
            ("merge feature/x: Merge made by the 'ort' strategy.", None),
            ("pull: Fast-forward", None),
            ("commit: merge x: Fast-forward", None),
        ] {
            let entry = parse(&format!("{A} {A} A <a@b.c> 1 +0000\t{message}")).unwrap();
            assert_eq!(fast_forward(&entry), from, "{message}");
        }
    }
}
