//! What a search passes over because a file of git, or one of its own, says so. Read narrowly: only plain lines count, and not where
//! any line brings back what may have that name. A doubt is *it is searched*.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::plain;
use crate::domain::policy::{fits, fits_any_case};

/// A longer file may say anything.
const LONGEST: u64 = 64 * 1024;

/// The lines that count in one folder.
#[derive(Debug, Default)]
struct Lines {
    /// What is passed over.
    ignored: Vec<String>,
    /// What is brought back, by the last step of its name.
    back: Vec<String>,
}

impl Lines {
    fn brings_back(&self, name: &str) -> bool {
        self.back.iter().any(|back| fits_any_case(back, name))
    }
}

/// The files of the folders that were met so far.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// Git's own lines, and those of the search; and does a repository begin there.
    folders: HashMap<PathBuf, (Lines, Lines, bool)>,
}

impl Ignored {
    /// True if a line may bring the entry back. To a search such a line counts for more than that a name is hidden.
    pub(super) fn brings_back(&mut self, path: &Path, name: &str) -> bool {
        path.ancestors().skip(1).any(|folder| {
            let (of_git, of_search, _) =
                self.folders.entry(folder.to_owned()).or_insert_with(|| read(folder));
            of_git.brings_back(name) || of_search.brings_back(name)
        })
    }

    /// True if the entry is surely passed over. Lines of git count up to the folder in which its repository begins, and in one alone.
    pub(super) fn holds(&mut self, path: &Path, name: &str, is_dir: bool) -> bool {
        let mut in_git = true;
        let (mut git, mut own) = (false, false);
        for folder in path.ancestors().skip(1) {
            let (of_git, of_search, begins) =
                self.folders.entry(folder.to_owned()).or_insert_with(|| read(folder));
            let Some(told) = path.strip_prefix(folder).ok().and_then(Path::to_str) else { return false };
            if in_git && of_git.brings_back(name) || of_search.brings_back(name) {
                return false;
            }
            let ignores = |lines: &Lines| lines.ignored.iter().any(|line| means(line, told, name, is_dir));
            own |= ignores(of_search);
            git |= in_git && ignores(of_git);
            in_git &= !*begins;
        }
        // Without a repository around git's own lines say nothing.
        own || git && !in_git
    }
}

fn read(folder: &Path) -> (Lines, Lines, bool) {
    let (mut git, mut own) = (Lines::default(), Lines::default());
    add(&mut git, &folder.join(".gitignore"));
    add(&mut own, &folder.join(".ignore"));
    add(&mut own, &folder.join(".rgignore"));
    (git, own, folder.join(".git").exists())
}

fn add(lines: &mut Lines, file: &Path) {
    let Some(text) = plain::text(file, LONGEST) else {
        // What is there and cannot be read may bring back anything.
        lines.back.extend(file.symlink_metadata().is_ok().then(|| "*".to_owned()));
        return;
    };
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some(back) = line.strip_prefix('!') else {
            if !line.contains(['\\', '[', '{']) {
                lines.ignored.push(line.to_owned());
            }
            continue;
        };
        let last = back.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        lines.back.push(if last.contains(['\\', '[', '{']) { "*" } else { last }.to_owned());
    }
}

/// Does a line of a file mean what lies at `told` from its folder on.
fn means(line: &str, told: &str, name: &str, is_dir: bool) -> bool {
    let plain = line.strip_suffix('/');
    if plain.is_some() && !is_dir {
        return false;
    }
    let line = plain.unwrap_or(line);
    let anywhere = line.strip_prefix("**/").unwrap_or(line);
    if anywhere.contains("**") {
        return false;
    }
    if !anywhere.contains('/') {
        return fits(anywhere, name);
    }
    let line = line.strip_prefix('/').unwrap_or(line);
    let steps = || line.split('/').zip(told.split('/'));
    line.split('/').count() == told.split('/').count() && steps().all(|(line, step)| fits(line, step))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_plain_lines_count_and_what_may_be_brought_back_is_searched() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let root = dir.path();
        fs::create_dir_all(root.join("a/.git")).expect("made");
        fs::create_dir_all(root.join("a/sub/.git")).expect("made");
        let write = |at: &str, text: &str| fs::write(root.join(at), text).expect("written");
        write(".gitignore", "above.env\n");
        write(
            "a/.gitignore",
            "# x\nnode_modules/\n*.env\r\n/top.pem\nconf/*.key\n**/deep.pem\nw[a].pem\nx/**\nback.txt\n!back.*\n",
        );
        write("a/.ignore", "own.pem\n!kept.env\n");
        let ignored = |path: &str, is_dir: bool| {
            let path = root.join(path);
            let name = path.file_name().and_then(|n| n.to_str()).expect("plain").to_owned();
            Ignored::default().holds(&path, &name, is_dir)
        };
        for (path, is_dir, expected) in [
            ("a/node_modules", true, true),
            ("a/b/node_modules", true, true),
            ("a/node_modules", false, false),
            ("a/Node_Modules", true, false),
            ("a/prod.env", false, true),
            ("a/b/c/prod.env", false, true),
            ("a/kept.env", false, false),
            ("a/KEPT.env", false, false),
            ("a/top.pem", false, true),
            ("a/b/top.pem", false, false),
            ("a/conf/x.key", false, true),
            ("a/b/conf/x.key", false, false),
            ("a/conf/b/x.key", false, false),
            ("a/b/deep.pem", false, true),
            ("a/wa.pem", false, false),
            ("a/x/y.pem", false, false),
            ("a/back.txt", false, false),
            ("a/own.pem", false, true),
            ("a/above.env.x", false, false),
            ("above.env", false, false),
            // Another repository begins there.
            ("a/sub/prod.env", false, false),
            ("a/sub/own.pem", false, true),
            ("a/sub/node_modules", true, false),
        ] {
            assert_eq!(ignored(path, is_dir), expected, "{path}");
        }
        std::os::unix::fs::symlink("x", root.join("a/.rgignore")).expect("linked");
        assert!(!ignored("a/prod.env", false), "what cannot be read may bring it back");
    }
}
