//! What lies in a folder that a command would read through, at any depth: names only, nothing is opened, no link followed.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::domain::policy::{Below, Context};

/// Where more than this lies, nobody looks through it: the verdict must not be waited for.
const MAX_ENTRIES: usize = 2_000;

/// Looks into the folders that are not known yet; tells whether there were any.
pub fn learn(ctx: &mut Context, folders: &[String]) -> bool {
    let before = ctx.below.len();
    for folder in folders {
        if !ctx.below.contains_key(folder) {
            ctx.below.insert(folder.clone(), of(Path::new(folder), MAX_ENTRIES));
        }
    }
    ctx.below.len() > before
}

fn of(folder: &Path, max: usize) -> Below {
    let mut below = Below { whole: true, ..Below::default() };
    let mut seen = 0;
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((at, prefix)) = open.pop() {
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(_) => return Below { whole: false, ..below },
        };
        for entry in entries {
            seen += 1;
            let named = entry.and_then(|e| Ok((e.file_name().into_string(), e.file_type()?)));
            let Ok((Ok(name), kind)) = named else { return Below { whole: false, ..below } };
            if seen > max {
                return Below { whole: false, ..below };
            }
            if name == ".git" {
                continue;
            }
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                open.push((at.join(&name), format!("{path}/")));
                continue;
            }
            below.linked |= kind.is_symlink();
            below.files.push(path);
        }
    }
    below
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

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
        assert_eq!(seen, Below { files: vec!["a/b/.env".into(), "x".into()], linked: false, whole: true });
        assert!(!of(root, 4).whole, "five entries lie there");
        std::os::unix::fs::symlink("/etc", root.join("a/out")).expect("linked");
        let seen = of(root, 6);
        assert!(seen.linked && seen.whole && seen.files.contains(&"a/out".to_owned()), "{seen:?}");
        assert_eq!(of(&root.join("x"), 5), Below { whole: true, ..Below::default() });
        assert_eq!(of(&root.join("none"), 5), Below { whole: true, ..Below::default() });
    }
}
