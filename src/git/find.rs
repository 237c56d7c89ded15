//! Finds the repository that a folder belongs to, and reads HEAD, by plain file reads: no library, no process, nothing
//! that a repository's configuration could influence. Also says which folders to watch. Not for status or history.

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::domain::branch::{CommitId, Fact, Head, Unknown};
use crate::domain::text;
use crate::ports::{GitError, HeadLook, WatchList};

/// Files of a git folder that we read are this long at most; a longer one is no such file.
const SMALL: u64 = 8 * 1024;

/// Folders that are watched per work tree, at most.
const WATCHED: usize = 48;

/// Where a repository lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The folder that holds `.git`, without links in its path; none for a folder that is itself a git folder.
    pub top: Option<PathBuf>,
    /// The git folder of this work tree.
    pub git: PathBuf,
    /// The git folder that all its work trees share.
    pub common: PathBuf,
    /// `.git` was a file that names another folder.
    pub pointed: bool,
}

impl Found {
    /// A work tree made by `git worktree add`.
    pub fn is_linked(&self) -> bool {
        self.git != self.common
    }

    /// References are kept in a form that only git itself reads.
    pub fn is_reftable(&self) -> bool {
        self.common.join("reftable").is_dir()
    }

    /// HEAD is a link, as git made them long ago: libgit2 would read the branch's commit through it.
    fn is_linked_head(&self) -> bool {
        fs::symlink_metadata(self.git.join("HEAD")).is_ok_and(|meta| meta.is_symlink())
    }

    /// libgit2 cannot read it, or would read it wrongly.
    pub fn only_git_reads_it(&self) -> bool {
        self.is_reftable() || self.is_linked_head()
    }

    /// What the person sees as its place.
    pub fn shown(&self) -> &Path {
        self.top.as_deref().unwrap_or(&self.git)
    }
}

/// Walks up from a folder to the repository it belongs to. Stops, as git does, where another file system begins.
pub fn find(path: &Path) -> Result<Found, GitError> {
    let start = path.canonicalize().map_err(|e| from_io(&e))?;
    let meta = fs::metadata(&start).map_err(|e| from_io(&e))?;
    if !meta.is_dir() {
        return Err(GitError::NotARepository);
    }
    for dir in start.ancestors() {
        if fs::metadata(dir).map_err(|e| from_io(&e))?.dev() != meta.dev() {
            break;
        }
        if let Some(found) = at(dir)? {
            return Ok(found);
        }
    }
    Err(GitError::NotARepository)
}

fn at(dir: &Path) -> Result<Option<Found>, GitError> {
    let dot = dir.join(".git");
    match fs::metadata(&dot) {
        Ok(meta) if meta.is_dir() => return whole(Some(dir), dot, false).map(Some),
        Ok(meta) if meta.is_file() => {
            let text = small(&dot)?;
            let target = text
                .strip_prefix("gitdir:")
                .ok_or_else(|| GitError::Broken("`.git` is a file that names no git folder".to_owned()))?;
            return whole(Some(dir), dir.join(target.trim_matches(['\n', '\r', ' '])), true).map(Some);
        }
        Ok(_) => return Err(GitError::Broken("`.git` is neither a folder nor a file".to_owned())),
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => return Err(from_io(&e)),
        Err(_) => {}
    }
    let looks = dir.join("HEAD").is_file() && dir.join("objects").is_dir() && dir.join("refs").is_dir();
    match dir.file_name() {
        Some(name) if looks && name == ".git" => whole(dir.parent(), dir.to_owned(), false).map(Some),
        _ if looks => whole(None, dir.to_owned(), false).map(Some),
        _ => Ok(None),
    }
}

/// Checks that the git folder is complete and that what will be read of it are files: a pipe would block the reader.
fn whole(top: Option<&Path>, git: PathBuf, pointed: bool) -> Result<Found, GitError> {
    let git = git.canonicalize().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            GitError::Broken("`.git` names a folder that does not exist".to_owned())
        }
        _ => from_io(&e),
    })?;
    let common = match small(&git.join("commondir")) {
        Ok(text) => git.join(text.trim_end()).canonicalize().map_err(|e| from_io(&e))?,
        Err(GitError::Vanished) => git.clone(),
        Err(e) => return Err(e),
    };
    for name in ["objects", "refs"] {
        fs::metadata(common.join(name)).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => GitError::Broken(format!("its git folder has no `{name}`")),
            _ => from_io(&e),
        })?;
    }
    let mut read = vec![git.join("HEAD"), git.join("index")];
    read.extend(
        ["config", "packed-refs", "shallow", "info/exclude", "info/attributes"].map(|n| common.join(n)),
    );
    read.extend(
        top.into_iter().flat_map(|t| [".gitignore", ".gitattributes", ".gitmodules"].map(|n| t.join(n))),
    );
    for path in read {
        if let Ok(meta) = fs::metadata(&path)
            && !meta.is_file()
        {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return Err(GitError::Broken(format!("`{}` is not a file", text::printable(&name))));
        }
    }
    // libgit2 takes a configuration that it may not read for an empty one.
    match plain(&common.join("config")) {
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => return Err(GitError::Denied),
        _ => {}
    }
    if fs::symlink_metadata(git.join("HEAD")).is_err() {
        return Err(GitError::Broken("its git folder has no `HEAD`".to_owned()));
    }
    Ok(Found { top: top.map(Path::to_owned), git, common, pointed })
}

/// Where HEAD points, as its file says: microseconds. A branch's commit is not looked up.
pub fn head(found: &Found) -> HeadLook {
    HeadLook { tree: found.shown().to_owned(), head: read_head(found) }
}

fn read_head(found: &Found) -> Fact<Head> {
    let unknown = |why: &str| Unknown::new(why, "a full look tells more");
    if found.is_reftable() {
        return Err(unknown("references are kept as a reftable"));
    }
    head_file(&found.git).ok_or_else(|| unknown("HEAD names neither a branch nor a commit"))
}

/// What the HEAD of a git folder says.
pub fn head_file(git: &Path) -> Option<Head> {
    let file = git.join("HEAD");
    let text = match fs::read_link(&file) {
        Ok(target) => format!("ref: {}", target.to_str()?),
        Err(_) => small(&file).ok()?,
    };
    let text = text.trim_end_matches(['\n', '\r', ' ']);
    match text.strip_prefix("ref:") {
        Some(name) => {
            let name = name.trim_start();
            let name = name.strip_prefix("refs/heads/").unwrap_or(name);
            (!name.is_empty()).then(|| Head::Branch { name: name.to_owned(), commit: None })
        }
        None => CommitId::parse(text).map(|commit| Head::Detached { commit }),
    }
}

/// The folders whose direct entries change when HEAD, the index or a reference of this work tree changes. Files in
/// them are replaced by renaming, so the folder is what to watch; names that end in `.lock` tell nothing.
pub fn watch_list(found: &Found) -> WatchList {
    let mut out = vec![found.git.clone(), found.common.clone(), found.git.join("logs")];
    out.push(found.common.join("reftable"));
    let mut queue = vec![found.common.join("refs/heads"), found.common.join("refs/remotes")];
    while let Some(dir) = queue.pop() {
        if out.len() >= WATCHED {
            break;
        }
        if let Ok(entries) = fs::read_dir(&dir) {
            let folders = entries.flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
            queue.extend(folders.take(WATCHED).map(|e| e.path()));
            out.push(dir);
        }
    }
    out.retain(|dir| dir.is_dir());
    out.dedup();
    WatchList { git: found.git.clone(), common: found.common.clone(), folders: out }
}

/// Opens a file, wherever links lead. What is no plain file by the time it is opened is not one, whatever it was before,
/// and nobody waits for the other end of a pipe.
pub fn plain(path: &Path) -> std::io::Result<fs::File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = fs::File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(std::io::ErrorKind::InvalidInput.into()) }
}

/// A small file as text; a larger one is not what it should be.
pub fn small(path: &Path) -> Result<String, GitError> {
    let file = plain(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::InvalidInput => {
            GitError::Broken("a file of its git folder is not a file".to_owned())
        }
        _ => from_io(&e),
    })?;
    let mut bytes = Vec::new();
    file.take(SMALL).read_to_end(&mut bytes).map_err(|e| from_io(&e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The error of a plain file operation in our words.
pub fn from_io(e: &std::io::Error) -> GitError {
    match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => GitError::Vanished,
        std::io::ErrorKind::PermissionDenied => GitError::Denied,
        _ => GitError::Broken(text::printable(&e.to_string())),
    }
}
