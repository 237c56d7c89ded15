//! Files behind a filter (git LFS and others). Filters are programs that the repository names, and never run; so a file
//! that differs from its blob may be unchanged all the same. LFS can be judged without its program: the blob names the
//! file's size and sha256. Of the others it is said that it is not known.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue, Index, Repository};
use sha2::{Digest, Sha256};

use super::find;
use crate::domain::branch::Unknown;

/// Bytes of LFS files that are hashed in one look.
const HASHED: u64 = 64 * 1024 * 1024;

/// What is known of the filtered files of one work tree.
pub struct Filtered<'a> {
    repo: &'a Repository,
    index: &'a Index,
    unknown: usize,
    left: u64,
}

impl<'a> Filtered<'a> {
    /// Nothing seen yet.
    pub fn new(repo: &'a Repository, index: &'a Index) -> Self {
        Self { repo, index, unknown: 0, left: HASHED }
    }

    /// For a file whose bytes differ from its blob: true if a filter explains it, or may.
    pub fn is_clean_or_unknown(&mut self, path: &Path) -> bool {
        let flags = AttrCheckFlags::FILE_THEN_INDEX;
        let Ok(Some(filter)) = self.repo.get_attr_bytes(path, "filter", flags) else { return false };
        match AttrValue::from_bytes(Some(filter)) {
            AttrValue::String("lfs") => match self.is_lfs_clean(path) {
                Some(clean) => clean,
                None => self.not_known(),
            },
            AttrValue::String(_) | AttrValue::Bytes(_) => self.not_known(),
            AttrValue::True | AttrValue::False | AttrValue::Unspecified => false,
        }
    }

    fn not_known(&mut self) -> bool {
        self.unknown += 1;
        true
    }

    /// Compares the file with what its pointer in the index says of it.
    fn is_lfs_clean(&mut self, path: &Path) -> Option<bool> {
        let blob = self.repo.find_blob(self.index.get_path(path, 0)?.id).ok()?;
        let (digest, size) = pointer(blob.content())?;
        let path = self.repo.workdir()?.join(path);
        // A pipe in its place is a change, and must not be waited for.
        if !std::fs::metadata(&path).ok()?.is_file() {
            return Some(false);
        }
        let mut file = find::plain(&path).ok()?;
        if file.metadata().ok()?.len() != size {
            return Some(false);
        }
        self.left = self.left.checked_sub(size)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer).ok()? {
                0 => break,
                n => hash.update(&buffer[..n]),
            }
        }
        let hex = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Some(hex == digest)
    }

    /// What could not be known, in one line.
    pub fn gaps(&self) -> Vec<Unknown> {
        let files = match self.unknown {
            0 => return Vec::new(),
            1 => "whether 1 file is changed: it goes through a filter program, which is not run".to_owned(),
            n => format!("whether {n} files are changed: they go through a filter program, which is not run"),
        };
        vec![Unknown::new(files, "commit these files or look at them by hand")]
    }
}

/// Reads an LFS pointer: digest and size.
fn pointer(blob: &[u8]) -> Option<(&str, u64)> {
    let text = std::str::from_utf8(blob.get(..blob.len().min(1024))?).ok()?;
    if !text.starts_with("version https://git-lfs.github.com/spec/") {
        return None;
    }
    let field = |key: &str| text.lines().find_map(|l| l.strip_prefix(key));
    Some((field("oid sha256:")?, field("size ")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_read_strictly() {
        let good = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab12\nsize 12\n";
        assert_eq!(pointer(good), Some(("ab12", 12)));
        for bad in [
            &b"oid sha256:ab12\nsize 12\n"[..],
            b"",
            b"version https://git-lfs.github.com/spec/v1\nsize 1\n",
            b"\xff",
        ] {
            assert_eq!(pointer(bad), None);
        }
    }
}
