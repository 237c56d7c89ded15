//! What the core needs to hear of folders: that a name in one of them came, went or was replaced.

use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stirred {
    /// A name came, went or was replaced.
    Name {
        /// In this folder.
        folder: PathBuf,
        /// Which.
        name: OsString,
    },
    /// The folder itself is gone, and is watched no more.
    Gone(PathBuf),
    /// More happened than could be told: anything may have changed.
    Lost,
}

/// Folders that are watched: their direct entries, not what lies below.
pub trait Folders: Send + 'static {
    /// Watches a folder from now on; one that is watched already stays so.
    fn watch(&mut self, folder: &Path) -> io::Result<()>;
    /// Watches it no more.
    fn forget(&mut self, folder: &Path);
    /// What happened since; waits until something did. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Vec<Stirred>> + Send;
}
