//! A settings file of somebody else's program: read with care, kept beside, replaced in one step. Not for what is in it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::Fail;

/// Settings are not larger.
const MAX: u64 = 1 << 20;

/// A settings file as it was read.
#[derive(Debug)]
pub struct Settings {
    /// Where it really lies: a link is followed to a file of ours.
    pub path: PathBuf,
    /// The link that was named, if it is one.
    pub link: Option<PathBuf>,
    /// Its text; `None` = there is none yet.
    pub text: Option<String>,
    mode: u32,
}

impl Settings {
    /// Reads it. What is not a plain file of ours is refused.
    pub fn read(named: &Path) -> Result<Self, Fail> {
        let shown = named.display();
        let refuse = |why: &str, hint: &str| Err(Fail::failed(format!("{shown} {why}"), hint));
        let is_link = fs::symlink_metadata(named).is_ok_and(|m| m.is_symlink());
        let path = if is_link {
            match fs::canonicalize(named) {
                Ok(path) => path,
                Err(e) => return refuse(&format!("is a link to nothing: {e}"), "mend or remove the link"),
            }
        } else {
            named.to_owned()
        };
        let link = is_link.then(|| named.to_owned());
        let meta = match fs::symlink_metadata(&path) {
            Ok(meta) => meta,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(Self { path, link, text: None, mode: 0o600 });
            }
            Err(e) => return refuse(&format!("cannot be read: {e}"), "name another with --settings FILE"),
        };
        if !meta.is_file() {
            return refuse("is not a file", "name another with --settings FILE");
        }
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return refuse("belongs to another user", "name one of yours with --settings FILE");
        }
        if meta.nlink() > 1 {
            return refuse("has a second name somewhere else (a hard link)", "make it a file of its own");
        }
        if meta.len() > MAX {
            return refuse("is larger than settings can be (1 MiB)", "check the path");
        }
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, link, text: Some(text), mode: meta.mode() & 0o777 }),
            Err(e) => refuse(&format!("cannot be read: {e}"), "make it readable, UTF-8 text"),
        }
    }

    /// Replaces it by a new text; tells where the old one is kept. Whoever reads meanwhile sees the one or the other.
    pub fn replace(&self, new: &str, now: Timestamp) -> Result<Option<PathBuf>, Fail> {
        let failed = |what: &str, e: &io::Error| {
            Fail::failed(
                format!("{}: {what}: {e}", self.path.display()),
                "nothing was changed; make its folder writable",
            )
        };
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| failed("its folder", &e))?;
        let backup = match &self.text {
            None => None,
            Some(old) => Some(self.keep(old, now).map_err(|e| failed("the backup", &e))?),
        };
        let beside = self.beside(&format!("archtui-{}", std::process::id()));
        let written = self.written(&beside, new.as_bytes()).and_then(|()| {
            if self.as_it_was() {
                Ok(())
            } else {
                Err(io::Error::other("somebody changed it meanwhile; try again"))
            }
        });
        if let Err(e) = written.and_then(|()| fs::rename(&beside, &self.path)) {
            let _ = fs::remove_file(&beside);
            return Err(failed("it cannot be replaced", &e));
        }
        let _ = File::open(folder).and_then(|f| f.sync_all());
        Ok(backup)
    }

    fn keep(&self, old: &str, now: Timestamp) -> io::Result<PathBuf> {
        let stamp = now.strftime("%Y%m%dT%H%M%SZ");
        for n in 1..100 {
            let more = if n == 1 { String::new() } else { format!("-{n}") };
            let path = self.beside(&format!("archtui-backup-{stamp}{more}"));
            match self.written(&path, old.as_bytes()) {
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
                Ok(()) => return Ok(path),
            }
        }
        Err(io::Error::other("there are too many of them"))
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{end}"));
        self.path.with_file_name(name)
    }

    /// A new file with the mode of the old one, on disk when this returns.
    fn written(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.set_permissions(Permissions::from_mode(self.mode))?;
        file.write_all(text)?;
        file.sync_all()
    }

    fn as_it_was(&self) -> bool {
        let mut text = Vec::new();
        match File::open(&self.path).and_then(|f| f.take(MAX + 1).read_to_end(&mut text)) {
            Ok(_) => self.text.as_ref().is_some_and(|old| old.as_bytes() == text),
            Err(e) => e.kind() == ErrorKind::NotFound && self.text.is_none(),
        }
    }
}
