//! What lies in a folder that a command would read through, at any depth, or what fits a pattern there: names only, nothing is opened but
//! the configurations of git (`logins`), no link followed but to see whether it leads to a file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::ignored::Ignored;
use super::logins;
use super::place;
use super::walk::{Entry, walk};
use crate::domain::policy::{Below, Context, SHOWN, fits_any_case};

/// Where more than this lies, nobody looks through it: the verdict must not be waited for. To judge a name takes longer than to
/// see it: how many are judged is for the rules to say.
const MAX_ENTRIES: usize = 20_000;

/// Looks into the folders that are not known yet; tells whether there were any.
pub fn learn(ctx: &mut Context, folders: &[String]) -> bool {
    let before = ctx.below.len();
    for folder in folders {
        if !ctx.below.contains_key(folder) {
            let home = ctx.agents_home.clone().or_else(|| ctx.home.clone());
            let below = match folder.strip_suffix(SHOWN) {
                Some(folder) => shown(Path::new(folder), MAX_ENTRIES),
                None if folder.ends_with("/.git") => {
                    addresses(Path::new(folder), home.as_deref().map(Path::new))
                }
                None => of(Path::new(folder), MAX_ENTRIES),
            };
            ctx.below.insert(folder.clone(), below);
        }
    }
    ctx.below.len() > before
}

fn of(folder: &Path, max: usize) -> Below {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    match folder.parent().filter(|_| name.contains(['*', '?'])) {
        Some(above) => beside(above, name, max),
        None => through(folder, max),
    }
}

/// What a shell puts in the place of a pattern, or more.
fn beside(folder: &Path, pattern: &str, max: usize) -> Below {
    let mut below = Below { whole: true, ..Below::default() };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) => return Below { whole: e.kind() == ErrorKind::NotFound, ..below },
    };
    for (seen, entry) in entries.enumerate() {
        let named = entry.and_then(|e| Ok((e.file_name().into_string(), e.file_type()?)));
        match named {
            Ok((Ok(name), kind)) if seen < max => {
                // A shell that was told so puts hidden names in its place as well: of a folder nothing is read by that.
                let hidden_folder = kind.is_dir() && name.starts_with('.');
                if fits_any_case(pattern, &name) && !hidden_folder {
                    below.linked |= kind.is_symlink();
                    below.files.push(name);
                }
            }
            _ => return Below { whole: false, ..below },
        }
    }
    below
}

/// What lies there at any depth, but what is hidden or ignored.
fn shown(folder: &Path, max: usize) -> Below {
    let mut below = Below::default();
    let mut readable = true;
    let mut ignored = Ignored::default();
    let all = walk(folder, max, |Entry { path, name, told, kind }| {
        let Some(name) = name.to_str() else {
            readable = false;
            return false;
        };
        // What a line brings back is searched though it is hidden.
        let brought_back = name.starts_with('.') && ignored.brings_back(path, name);
        below.back.extend(brought_back.then(|| told.clone()));
        let hidden = name.starts_with('.') && !brought_back;
        if hidden || ignored.holds(path, name, kind.is_dir()) {
            return false;
        }
        if !kind.is_dir() {
            below.files.push(told.clone());
        }
        true
    });
    Below { whole: all.is_ok() && readable, ..below }
}

/// The configurations that are in force where git's folder is looked for, of which an address may let somebody in, and its logs.
fn addresses(git: &Path, home: Option<&Path>) -> Below {
    let tree = git.parent().and_then(place::tree_around);
    let common = tree.map(place::common);
    // A linked work tree has settings and logs of its own.
    let alone = tree.map(place::git_folder).filter(|git| Some(git) != common.as_ref());
    let folders: Vec<_> = common.into_iter().chain(alone).collect();
    let own = |told: fn(&Path, Option<&Path>) -> bool| {
        folders.iter().any(|git| git.as_deref().is_none_or(|git| told(git, home)))
    };
    let of_home = |file: &str| home.is_some_and(|home| logins::in_addresses(&home.join(file), Some(home)));
    let told = [
        ("config", own(|git, home| logins::in_addresses(&git.join("config"), home))),
        ("config.worktree", own(|git, home| logins::in_addresses(&git.join("config.worktree"), home))),
        ("logs", own(|git, _| logins::in_logs(git, MAX_ENTRIES))),
        (".gitconfig", of_home(".gitconfig")),
        (".config/git/config", of_home(".config/git/config")),
        ("/etc/gitconfig", logins::in_addresses(Path::new("/etc/gitconfig"), home)),
    ];
    let logins = told.into_iter().filter(|(_, lets_in)| *lets_in).map(|(file, _)| file.to_owned()).collect();
    Below { logins, whole: true, ..Below::default() }
}

fn through(folder: &Path, max: usize) -> Below {
    let mut below = Below::default();
    let mut readable = true;
    let mut ignored = Ignored::default();
    let all = walk(folder, max, |Entry { path, name, told, kind }| {
        readable &= name.to_str().is_some();
        if let Some(hidden) = name.to_str().filter(|name| name.starts_with('.'))
            && ignored.brings_back(path, hidden)
        {
            below.back.push(told.clone());
        }
        if name == ".git" {
            below
                .logins
                .extend(logins::within(path, max).into_iter().map(|config| format!("{told}/{config}")));
            return false;
        }
        if !kind.is_dir() {
            below.linked |= kind.is_symlink();
            // A link that leads to no file is no program for whoever would start it: it is told as a folder is.
            let file = !kind.is_symlink() || fs::metadata(path).is_ok_and(|m| m.is_file());
            below.files.push(if file { told.clone() } else { format!("{told}/") });
        }
        true
    });
    Below { whole: all.is_ok() && readable, ..below }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_and_brought_back_is_searched() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let root = dir.path();
        fs::create_dir_all(root.join("a/.aws")).expect("made");
        for (file, text) in [
            (".ignore", "!.env\n"),
            ("a/.rgignore", "!.aws/\n"),
            (".env", "x"),
            ("a/.env", "x"),
            ("a/.envrc", "x"),
            ("a/.aws/k", "x"),
            ("a/b", "x"),
        ] {
            fs::write(root.join(file), text).expect("written");
        }
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        assert_eq!(sorted(shown(root, 20).files), [".env", "a/.aws/k", "a/.env", "a/b"]);
        assert_eq!(sorted(shown(root, 20).back), [".env", "a/.aws", "a/.env"]);
        assert_eq!(sorted(through(root, 20).back), [".env", "a/.aws", "a/.env"]);
        assert_eq!(sorted(through(&root.join("a"), 20).back), [".aws", ".env"]);
    }

    #[test]
    fn a_linked_work_tree_has_logs_and_settings_of_its_own() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let (tree, own) = (dir.path().join("tree"), dir.path().join("far/worktrees/a"));
        fs::create_dir_all(own.join("logs")).expect("made");
        fs::create_dir_all(&tree).expect("made");
        fs::write(tree.join(".git"), format!("gitdir: {}\n", own.display())).expect("written");
        fs::write(own.join("commondir"), "../..\n").expect("written");
        let told = || addresses(&tree.join(".git"), None).logins;
        let before = told();
        let lets_in = "https://x:ghp_0@host.example/a";
        for (file, text, name) in [
            ("logs/HEAD", format!("0 1 d <d@x> 1 +0000\tpull {lets_in}: Fast-forward\n"), "logs"),
            ("config.worktree", format!("[url \"{lets_in}\"]\n\tinsteadOf = y\n"), "config.worktree"),
        ] {
            assert!(!told().contains(&name.to_owned()));
            fs::write(own.join(file), text).expect("written");
            assert!(told().contains(&name.to_owned()), "{file}");
        }
        assert_eq!(told().len(), before.len() + 2);
    }

    #[test]
    fn names_are_told_at_any_depth_and_git_is_left_out() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let root = dir.path();
        fs::create_dir_all(root.join("a/b")).expect("made");
        fs::create_dir_all(root.join("a/.git")).expect("made");
        for file in ["x", "a/b/.env", "a/.git/config"] {
            fs::write(root.join(file), "x").expect("written");
        }
        let mut seen = of(root, 5);
        seen.files.sort();
        let files = vec!["a/b/.env".into(), "x".into()];
        assert_eq!(seen, Below { files, whole: true, ..Below::default() });
        assert!(!of(root, 4).whole, "five entries lie there");
        fs::write(root.join("a/.git/config"), "[credential]\n\thelper = store\n").expect("written");
        assert_eq!(of(root, 5).logins, ["a/.git/config"]);
        std::os::unix::fs::symlink("/etc", root.join("a/out")).expect("linked");
        let seen = of(root, 6);
        assert!(seen.linked && seen.whole && seen.files.contains(&"a/out/".to_owned()), "{seen:?}");
        std::os::unix::fs::symlink("nowhere", root.join("a/dangling")).expect("linked");
        let seen = of(root, 7);
        assert!(seen.whole && seen.files.contains(&"a/dangling/".to_owned()), "{seen:?}");
        fs::write(root.join("a/y.MD"), "x").expect("written");
        assert_eq!(of(&root.join("a/?.md"), 9).files, ["y.MD"]);
        assert!(of(&root.join("a/*"), 9).linked && !of(&root.join("a/*"), 2).whole);
        assert!(of(&root.join("none/*"), 1).whole);
        assert_eq!(of(&root.join("x"), 5), Below { whole: true, ..Below::default() });
        assert_eq!(of(&root.join("none"), 5), Below { whole: true, ..Below::default() });
    }
}
