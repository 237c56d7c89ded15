//! Where the socket lies: one per tmux server, in a folder that is ours alone. Hooks find it by `$TMUX` of their pane and
//! need no config; a server that was made anew has another one.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The kernel takes no longer path of a socket: `sun_path` with its closing zero.
const PATH: usize = 107;

/// The socket of a tmux server, in the best of the folders that can be used. Made if it is missing.
pub fn make(folders: &[PathBuf], tmux: &Path) -> io::Result<PathBuf> {
    let mut why = io::Error::new(io::ErrorKind::NotFound, "neither XDG_RUNTIME_DIR nor HOME is set");
    for folder in folders {
        let made = private_folder(folder).and_then(|()| name(tmux)).and_then(|n| short(folder.join(n)));
        match made {
            Ok(path) => return Ok(path),
            Err(e) => why = io::Error::new(e.kind(), format!("{}: {e}", folder.display())),
        }
    }
    Err(why)
}

/// The sockets that may be meant and are there: ours, in a folder that nobody else can write to. Nobody else can have put
/// one there that answers.
pub fn find(folders: &[PathBuf], tmux: &Path) -> Vec<PathBuf> {
    let Ok(name) = name(tmux) else { return Vec::new() };
    let sound = |folder: &&PathBuf| fs::symlink_metadata(folder).is_ok_and(|m| check(&m).is_ok());
    let ours = |path: &PathBuf| {
        fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket() && m.uid() == own_uid())
    };
    folders.iter().filter(sound).map(|f| f.join(&name)).filter(ours).collect()
}

/// The socket's name, from who the tmux server's own socket is.
pub(super) fn name(tmux: &Path) -> io::Result<String> {
    let meta = fs::metadata(tmux)?;
    Ok(format!("hook-{:x}-{}.sock", meta.dev(), meta.ino()))
}

fn short(path: PathBuf) -> io::Result<PathBuf> {
    if path.as_os_str().len() > PATH {
        let why = "the path is too long for a socket; set XDG_RUNTIME_DIR to a short one";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(path)
}

/// Makes the folder for us alone, or checks that it is.
fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let meta = fs::symlink_metadata(path)?;
    check(&meta).map_err(|why| io::Error::new(io::ErrorKind::PermissionDenied, why))?;
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn check(meta: &fs::Metadata) -> Result<(), &'static str> {
    if !meta.is_dir() {
        Err("is not a folder (links are not followed)")
    } else if meta.uid() != own_uid() {
        Err("belongs to another user")
    } else if meta.mode() & 0o022 != 0 {
        Err("others can write there (chmod 700 it, and look what is in it)")
    } else {
        Ok(())
    }
}

fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}
