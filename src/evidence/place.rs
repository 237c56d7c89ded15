//! What can be told of a folder without asking git: the work tree around it, the branch that
//! HEAD names.

use std::path::{Path, PathBuf};

use super::plain;
use crate::domain::policy::{Around, Context};

/// The files of a git folder that are read here are not longer.
const SMALL: u64 = 8 * 1024;
/// So many remotes are looked at.
const MOST_REMOTES: usize = 32;

/// The place of a folder. Its work tree is found by an upward search; without one the folder itself counts as one, unless a home
/// lies in it. A home that is a repository is the project of who works right there, not of who works below.
pub fn of(folder: &Path, home: Option<&Path>) -> Context {
    let (tree, root_of_git) = roots(folder);
    let too_wide = folder.parent().is_none() || home.is_some_and(|h| h.starts_with(folder));
    let wide = tree.is_some_and(|tree| tree != folder && (tree.parent().is_none() || home == Some(tree)));
    let root = tree.filter(|_| !wide).or((!too_wide).then_some(folder));
    let around = match root_of_git {
        None => Around::Nothing,
        Some(found) if Some(found) == tree && !wide => Around::Tree,
        Some(_) => Around::Embedded,
    };
    let utf8 = |p: &Path| p.to_str().map(str::to_owned);
    Context {
        cwd: utf8(folder),
        work_tree: root.and_then(utf8),
        home: home.and_then(utf8),
        branch: tree.filter(|_| around == Around::Tree).and_then(branch),
        around,
        ..Context::default()
    }
}

/// The same of a folder that somebody has gone to who works in another one, whose work tree counts; `None`: it is outside of
/// that.
pub fn gone_to(folder: &Path, from: &Path, home: Option<&Path>) -> Option<Context> {
    let folder = folder.canonicalize().ok()?;
    let work_tree = of(from, home).work_tree.filter(|tree| folder.starts_with(tree))?;
    let repository = |folder: &Path| folder.ancestors().find(|d| is_root(d)).map(Path::to_owned);
    let there = of(&folder, home);
    // What is checked out in another repository says nothing here.
    let branch = there.branch.filter(|_| repository(&folder) == repository(from));
    Some(Context { work_tree: Some(work_tree), branch, ..there })
}

/// True if a file lies in the work tree of who works in a folder, and so may be written there.
pub fn holds(folder: &Path, home: Option<&Path>, file: &Path) -> bool {
    of(folder, home).work_tree.is_some_and(|tree| file.starts_with(tree))
}

/// The folder around it that has a `.git`, or itself.
pub(super) fn tree_around(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|d| d.join(".git").exists())
}

/// The same, and where git stops to look: at each folder for `.git` first, then whether it is a repository itself.
fn roots(folder: &Path) -> (Option<&Path>, Option<&Path>) {
    let mut stops = None;
    for d in folder.ancestors() {
        if d.join(".git").exists() {
            return (Some(d), stops.or(Some(d)));
        }
        stops = stops.or_else(|| is_repository(d).then_some(d));
    }
    (None, stops)
}

/// True where git stops to look further up.
pub(super) fn is_root(folder: &Path) -> bool {
    folder.join(".git").exists() || is_repository(folder)
}

/// True for what git takes for a repository: it reads its configuration.
pub(super) fn is_repository(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
    has("HEAD") && (has("objects") && has("refs") || has("commondir"))
}

/// Git's own folder of a work tree: `.git`, or what a file of that name names.
pub(super) fn git_folder(tree: &Path) -> Option<PathBuf> {
    let dot_git = tree.join(".git");
    if dot_git.is_dir() {
        return Some(dot_git);
    }
    // A linked work tree: a file that names the folder.
    Some(tree.join(plain::text(&dot_git, SMALL)?.trim().strip_prefix("gitdir: ")?))
}

/// True for a linked work tree of a repository.
pub(super) fn is_linked(tree: &Path) -> bool {
    let file = tree.join(".git");
    file.is_file()
        && git_folder(tree).is_some_and(|git| git.parent().is_some_and(|at| at.ends_with("worktrees")))
}

/// The folder that all work trees of a repository share.
pub(super) fn common(tree: &Path) -> Option<PathBuf> {
    let git = git_folder(tree)?;
    let file = git.join("commondir");
    if file.symlink_metadata().is_err() {
        return Some(git);
    }
    Some(git.join(plain::text(&file, SMALL)?.trim()))
}

/// The branches that the remotes of a folder's repository begin with, whatever they are called: nobody works on these.
pub fn remotes_begin_with(folder: &Path) -> Vec<String> {
    let remotes =
        tree_around(folder).and_then(common).and_then(|git| std::fs::read_dir(git.join("refs/remotes")).ok());
    let named = remotes.into_iter().flatten().flatten().take(MOST_REMOTES).filter_map(|remote| {
        let head = plain::text(&remote.path().join("HEAD"), SMALL)?;
        let remote = remote.file_name().into_string().ok()?;
        let name = head.trim().strip_prefix("ref: refs/remotes/")?.strip_prefix(&remote)?;
        // What stands for more than itself is no name of a branch.
        name.strip_prefix('/').filter(|name| !name.contains(['*', '?'])).map(str::to_owned)
    });
    named.collect()
}

/// The branch that HEAD names; `None` when it names a commit or cannot be read.
fn branch(tree: &Path) -> Option<String> {
    let head = plain::text(&git_folder(tree)?.join("HEAD"), SMALL)?;
    // Where refs are kept in tables it names `.invalid`: no branch begins like that.
    let name = head.trim().strip_prefix("ref: refs/heads/").filter(|name| !name.starts_with('.'))?;
    // One that stands for another one moves that.
    let itself = common(tree)?.join("refs/heads").join(name);
    let other = itself.is_symlink()
        || plain::text(&itself, SMALL).is_some_and(|text| text.trim_start().starts_with("ref:"));
    (!other).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::sync::mpsc;
    use std::time::Duration;

    use rustix::fs::{CWD, Mode};

    use super::*;

    /// Puts something into a folder.
    type Make<'a> = &'a dyn Fn(&Path);

    /// The place of a folder of the name `tree`, found in time.
    fn found(what: &str, make: impl Fn(&Path)) -> Context {
        let dir = tempfile::tempdir().expect("a folder");
        let tree = dir.path().join("tree");
        std::fs::create_dir(&tree).expect("made");
        make(&tree);
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || drop(tell.send(of(&tree, None))));
        let place = told.recv_timeout(Duration::from_secs(30));
        let place = place.unwrap_or_else(|_| panic!("{what}: it waits for ever"));
        assert!(place.work_tree.as_deref().is_some_and(|t| t.ends_with("/tree")), "{what}: {place:?}");
        place
    }

    fn pipe(at: PathBuf) {
        rustix::fs::mkfifoat(CWD, at, Mode::RWXU).expect("a pipe");
    }

    #[test]
    fn what_an_agent_puts_in_place_of_git_files_makes_nobody_wait() {
        let git = |tree: &Path| std::fs::create_dir(tree.join(".git")).expect("made");
        let points = |tree: &Path, to: &str| std::fs::write(tree.join(".git"), to).expect("written");
        let write = |at: PathBuf, text: &str| std::fs::write(at, text).expect("written");
        let checks: [(&str, Make<'_>); 10] = [
            ("a pipe", &|t| pipe(t.join(".git"))),
            ("a link to a pipe", &|t| {
                pipe(t.join("pipe"));
                symlink("pipe", t.join(".git")).expect("linked");
            }),
            ("HEAD is a pipe", &|t| {
                git(t);
                pipe(t.join(".git/HEAD"));
            }),
            ("it points where HEAD is a pipe", &|t| {
                pipe(t.join("HEAD"));
                points(t, "gitdir: .\n");
            }),
            ("a device", &|t| symlink("/dev/zero", t.join(".git")).expect("linked")),
            ("HEAD is a device", &|t| {
                git(t);
                symlink("/dev/zero", t.join(".git/HEAD")).expect("linked");
            }),
            ("it has no end", &|t| {
                std::fs::File::create(t.join(".git")).and_then(|f| f.set_len(1 << 40)).expect("made");
            }),
            ("HEAD has no end", &|t| {
                git(t);
                write(t.join(".git/HEAD"), &("ref: refs/heads/".to_owned() + &"x".repeat(1 << 20)));
            }),
            ("its refs are in tables", &|t| {
                git(t);
                write(t.join(".git/HEAD"), "ref: refs/heads/.invalid\n");
            }),
            ("HEAD is a folder", &|t| std::fs::create_dir_all(t.join(".git/HEAD")).expect("made")),
        ];
        for (what, make) in checks {
            assert_eq!(found(what, make).branch, None, "{what}");
        }
    }

    #[test]
    fn the_branch_is_told_of_a_repository_and_of_a_linked_work_tree() {
        let head = "ref: refs/heads/feature/x\n";
        let own = found("its own", |t| {
            std::fs::create_dir(t.join(".git")).expect("made");
            std::fs::write(t.join(".git/HEAD"), head).expect("written");
        });
        assert_eq!(own.branch.as_deref(), Some("feature/x"));
        let linked = found("linked", |t| {
            std::fs::create_dir(t.join("far")).expect("made");
            std::fs::write(t.join("far/HEAD"), head).expect("written");
            std::fs::write(t.join(".git"), "gitdir: far\n").expect("written");
        });
        assert_eq!(linked.branch.as_deref(), Some("feature/x"));
        let at_main: [(&str, Make<'_>); 2] = [
            ("it stands for another", &|at| std::fs::write(at, "ref: refs/heads/main\n").expect("written")),
            ("a link", &|at| symlink("main", at).expect("linked")),
        ];
        for (what, make) in at_main {
            let other = found(what, |t| {
                std::fs::create_dir_all(t.join(".git/refs/heads")).expect("made");
                std::fs::write(t.join(".git/HEAD"), "ref: refs/heads/x\n").expect("written");
                make(&t.join(".git/refs/heads/x"));
            });
            assert_eq!(other.branch, None, "{what}: a commit there moves main");
        }
    }

    #[test]
    fn a_home_that_is_a_repository_is_the_work_tree_of_who_works_right_there() {
        let dir = tempfile::tempdir().expect("a folder");
        let home = dir.path().join("home");
        for folder in [".git/refs/heads", ".git/objects", "notes", "app/.git"] {
            std::fs::create_dir_all(home.join(folder)).expect("made");
        }
        for at in [".git/HEAD", "app/.git/HEAD"] {
            std::fs::write(home.join(at), "ref: refs/heads/feature/x\n").expect("written");
        }
        let told = |folder: &str| {
            let place = of(&home.join(folder), Some(&home));
            let tree = place.work_tree.map(|tree| tree[home.to_str().expect("plain").len()..].to_owned());
            (tree, place.branch, place.around)
        };
        let own = |tree: &str| Some(tree.to_owned());
        assert_eq!(told("notes"), (own("/notes"), None, Around::Embedded));
        assert_eq!(told("app"), (own("/app"), Some("feature/x".to_owned()), Around::Tree));
        assert_eq!(told(""), (own("/"), Some("feature/x".to_owned()), Around::Tree));
    }

    #[test]
    fn what_a_remote_begins_with_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        for (remote, head) in [
            ("origin", "ref: refs/remotes/origin/trunk\n"),
            ("up", "ref: refs/remotes/up/release/next\n"),
            ("odd", "ref: refs/remotes/odd/*\n"),
            ("other", "ref: refs/remotes/origin/x\n"),
            ("bare", "0123\n"),
        ] {
            let at = dir.path().join(".git/refs/remotes").join(remote);
            std::fs::create_dir_all(&at).expect("made");
            std::fs::write(at.join("HEAD"), head).expect("written");
        }
        let sub = dir.path().join("a/b");
        std::fs::create_dir_all(&sub).expect("made");
        let mut told = remotes_begin_with(&sub);
        told.sort();
        assert_eq!(told, ["release/next", "trunk"]);
        assert_eq!(remotes_begin_with(Path::new("/")), Vec::<String>::new());
    }
}
