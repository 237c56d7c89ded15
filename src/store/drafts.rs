//! Texts that a person wrote and did not queue, in a file of their own: for us alone, replaced as a whole, bounded.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use super::folder::{io, private_file, private_folder};
use crate::ports::StoreError;

const FILE: &str = "drafts.json";
/// Written beside it and put in its place.
const NEXT: &str = "drafts.json.new";
/// A larger one was not written by us.
const LARGE: u64 = 4 << 20;

/// Reads what was kept; nothing if there is nothing.
pub fn read(dir: &Path) -> Result<Option<String>, StoreError> {
    if fs::symlink_metadata(dir.join(FILE)).is_err() {
        return Ok(None);
    }
    let path = private_folder(dir)?.join(FILE);
    let mut text = String::new();
    private_file(&path)?.take(LARGE).read_to_string(&mut text).map_err(|e| io(&path, &e))?;
    Ok(Some(text))
}

/// Keeps this from now on; nothing leaves no file.
pub fn keep(dir: &Path, text: Option<&str>) -> Result<(), StoreError> {
    let dir = private_folder(dir)?;
    let (path, next) = (dir.join(FILE), dir.join(NEXT));
    let Some(text) = text else {
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(&path, &e)),
            _ => Ok(()),
        };
    };
    let mut file = private_file(&next)?;
    let written =
        file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).and_then(|()| file.sync_data());
    written.and_then(|()| fs::rename(&next, &path)).map_err(|e| io(&path, &e))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_kept_is_ours_alone_and_whole() {
        let keep_dir = tempfile::tempdir().expect("scratch");
        let dir = keep_dir.path().join("state");
        assert_eq!(read(&dir), Ok(None));
        for text in ["a long text", "short"] {
            keep(&dir, Some(text)).expect("kept");
            assert_eq!(read(&dir), Ok(Some(text.to_owned())));
        }
        let mode = fs::metadata(dir.join(FILE)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // A link put in its place is not followed.
        fs::remove_file(dir.join(FILE)).expect("gone");
        std::os::unix::fs::symlink("/etc/hostname", dir.join(FILE)).expect("linked");
        assert!(matches!(read(&dir), Err(StoreError::Unsafe { .. })));
        keep(&dir, None).expect("forgotten");
        assert_eq!(read(&dir), Ok(None));
    }
}
