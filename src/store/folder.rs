//! A folder and files that only we can read: made so, checked so, never followed through a link.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::ports::StoreError;

/// Makes the folder (and those above it) for us alone, or checks that it is, and gives its real path.
pub fn private_folder(path: &Path) -> Result<PathBuf, StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| io(path, &e))?;
    let meta = fs::symlink_metadata(path).map_err(|e| io(path, &e))?;
    if !meta.is_dir() {
        return Err(unsafe_to_use(path, "is not a folder (links are not followed)"));
    }
    owned(path, &meta)?;
    if meta.mode() & 0o022 != 0 {
        return Err(unsafe_to_use(path, "others can write there (chmod 700 it, and look what is in it)"));
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(|e| io(path, &e))?;
    }
    fs::canonicalize(path).map_err(|e| io(path, &e))
}

/// Opens a file of ours for reading and writing, made if it is not there, for us alone.
pub fn private_file(path: &Path) -> Result<File, StoreError> {
    let mut how = OpenOptions::new();
    how.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(NO_FOLLOW);
    let file = how.open(path).map_err(|e| io(path, &e))?;
    let meta = file.metadata().map_err(|e| io(path, &e))?;
    ours_alone(path, &meta)?;
    if meta.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600)).map_err(|e| io(path, &e))?;
    }
    Ok(file)
}

/// The same of a database: made if it is not there, else looked at and never opened here. Closing any handle of a file gives
/// up every POSIX lock that this process has on it, SQLite's too; then the next program that leaves takes itself for the
/// last one and removes the log from under us, with all that is committed behind it.
pub fn private_database(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
        Err(e) => return Err(io(path, &e)),
    }
    let meta = fs::symlink_metadata(path).map_err(|e| io(path, &e))?;
    if meta.is_symlink() {
        return Err(unsafe_to_use(path, "is a link; links are not followed"));
    }
    ours_alone(path, &meta)?;
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(|e| io(path, &e))?;
    }
    Ok(())
}

fn ours_alone(path: &Path, meta: &fs::Metadata) -> Result<(), StoreError> {
    if !meta.is_file() {
        return Err(unsafe_to_use(path, "is not a file"));
    }
    owned(path, meta)?;
    if meta.nlink() > 1 {
        return Err(unsafe_to_use(path, "has a second name somewhere else (a hard link)"));
    }
    if meta.mode() & 0o022 != 0 {
        return Err(unsafe_to_use(path, "others can write to it (chmod 600 it, and look what is in it)"));
    }
    Ok(())
}

/// `O_NOFOLLOW | O_NONBLOCK`: a link is refused, a pipe does not hang us.
const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.union(rustix::fs::OFlags::NONBLOCK).bits().cast_signed();

fn owned(path: &Path, meta: &fs::Metadata) -> Result<(), StoreError> {
    if meta.uid() == rustix::process::geteuid().as_raw() {
        Ok(())
    } else {
        Err(unsafe_to_use(path, "belongs to another user"))
    }
}

fn unsafe_to_use(path: &Path, why: &str) -> StoreError {
    StoreError::Unsafe { path: path.display().to_string(), why: why.to_owned() }
}

/// A fault of a file.
pub fn io(path: &Path, e: &io::Error) -> StoreError {
    if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return unsafe_to_use(path, "is a link; links are not followed");
    }
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => unsafe_to_use(path, &e.to_string()),
    }
}
