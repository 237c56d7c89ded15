//! Files that lie where agents may write: only plain ones are read, and no more of them than what they are for needs. A
//! pipe in the place of one must not make us wait, a device must not fill the memory, a link must not lead elsewhere.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{Mode, OFlags};

/// Entries of folders that are looked at.
const ENTRIES: usize = 5000;

/// Opens a plain file and tells its length.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let about = file.metadata()?;
    if about.is_file() { Ok((file, about.len())) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// The text of a plain file; one that is longer than `most` is not the one that is meant.
pub(super) fn text(path: &Path, most: u64) -> Option<String> {
    read(path, most).ok()
}

/// The same, with what was in the way.
pub(super) fn read(path: &Path, most: u64) -> io::Result<String> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    // It may have grown since it was measured, or have no length at all.
    file.take(most + 1).read_to_end(&mut bytes)?;
    let whole = (bytes.len() as u64 <= most).then(|| String::from_utf8(bytes).ok()).flatten();
    whole.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The records in these folders, the newest first, at most so many.
pub(super) fn newest(folders: impl IntoIterator<Item = PathBuf>, most: usize) -> Vec<(SystemTime, PathBuf)> {
    let entries = folders.into_iter().filter_map(|d| std::fs::read_dir(d).ok()).flatten().flatten();
    let mut newest: Vec<_> = entries
        .take(ENTRIES)
        .filter(|e| e.path().extension().is_some_and(|x| x == "jsonl"))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.truncate(most);
    newest
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_plain_files_of_their_length_are_read_and_at_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("fits"), "12345678").expect("written");
        std::fs::write(at("long"), "123456789").expect("written");
        std::fs::write(at("bytes"), b"\xff\xfe").expect("written");
        std::os::unix::fs::symlink("fits", at("link")).expect("linked");
        std::os::unix::fs::symlink("/dev/zero", at("zero")).expect("linked");
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), Mode::RWXU).expect("a pipe");
        let names = ["fits", "long", "bytes", "link", "zero", "pipe", ".", "none"].map(at);
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let read: Vec<bool> = names.iter().map(|name| text(name, 8).is_some()).collect();
            let devices = ["/dev/zero", "/dev/tty", "/proc/self/mem"].map(|d| text(Path::new(d), 8));
            tell.send((read, devices.iter().all(Option::is_none)))
        });
        let read = told.recv_timeout(Duration::from_secs(30)).expect("nothing made it wait");
        assert_eq!(read, ([true, false, false, false, false, false, false, false].to_vec(), true));
    }
}
