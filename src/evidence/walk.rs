//! One way through a folder with everything in it, at any depth; no link is followed.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What lies there.
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) name: OsString,
    /// The same as a path from the folder on.
    pub(super) told: String,
    pub(super) kind: FileType,
}

/// Shows each entry to `goes_on`, which says whether to go into it where it is a folder. An error where not all can be seen: a folder
/// cannot be read, or more than `max` entries lie there; it tells which folder, with a `/` behind, or nothing for the first one.
pub(super) fn walk(folder: &Path, max: usize, mut goes_on: impl FnMut(&Entry) -> bool) -> Result<(), String> {
    let mut seen = 0;
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((at, prefix)) = open.pop() {
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(_) => return Err(prefix),
        };
        for entry in entries {
            seen += 1;
            let Ok((name, kind)) = entry.and_then(|e| Ok((e.file_name(), e.file_type()?))) else {
                return Err(prefix);
            };
            if seen > max {
                return Err(prefix);
            }
            let told = format!("{prefix}{}", name.to_string_lossy());
            let entry = Entry { path: at.join(&name), name, told, kind };
            if goes_on(&entry) && kind.is_dir() {
                open.push((entry.path, entry.told + "/"));
            }
        }
    }
    Ok(())
}
