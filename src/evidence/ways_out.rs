//! The symbolic links in a folder that a command would change with all that lies in it, and where each leads. Names only, nothing is
//! opened.

use std::path::Path;

use super::place;
use super::walk::{Entry, walk};
use crate::domain::bash::LINKED_TREES;
use crate::domain::policy::{Context, Rewritten, WayOut, WaysOut, fits_any_case};

/// Where more than this lies, nobody looks at all of it.
const MAX_ENTRIES: usize = 20_000;

/// Looks into the folders that are not known yet; tells whether there were any.
pub fn learn(ctx: &mut Context, folders: &[Rewritten]) -> bool {
    let before = ctx.ways_out.len();
    for at in folders {
        if !ctx.ways_out.contains_key(at) {
            ctx.ways_out.insert(at.clone(), of(at, MAX_ENTRIES));
        }
    }
    ctx.ways_out.len() > before
}

fn of(at: &Rewritten, max: usize) -> WaysOut {
    let folder = Path::new(&at.folder);
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    match folder.parent().filter(|_| name.contains(['*', '?'])) {
        Some(above) => through(above, Some(name), &at.leaves, max),
        None => through(folder, None, &at.leaves, max),
    }
}

/// `pattern`: of what lies in the folder itself, only what fits it.
fn through(folder: &Path, pattern: Option<&str>, leaves: &[String], max: usize) -> WaysOut {
    let (mut links, mut trees) = (Vec::new(), Vec::new());
    let spares_trees = leaves.iter().any(|left| left == LINKED_TREES);
    let all = walk(folder, max, |Entry { path, name, told, kind }| {
        if pattern.is_some_and(|pattern| !told.contains('/') && !fits_any_case(pattern, told)) {
            return false;
        }
        if kind.is_symlink() {
            let real = path.canonicalize().ok();
            let folder = real.as_deref().is_some_and(Path::is_dir);
            // A link to nothing may become one to anything: the root is outside every work tree.
            let to = real.and_then(|r| r.to_str().map(str::to_owned)).unwrap_or_else(|| "/".to_owned());
            links.push(WayOut { link: told.clone(), to, folder });
        }
        if spares_trees && kind.is_dir() && told.starts_with('.') && place::is_linked(path) {
            return false;
        }
        let above = told.strip_suffix("/.git").filter(|_| name == ".git");
        trees.extend(above.map(str::to_owned));
        name != ".git" && !leaves.iter().any(|left| name == left.as_str())
    });
    WaysOut { links, trees, whole: all.is_ok() }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_told_at_any_depth_but_not_where_nothing_is_changed() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let root = dir.path().canonicalize().expect("it is there");
        for folder in ["a/b", "node_modules", ".git"] {
            fs::create_dir_all(root.join(folder)).expect("made");
        }
        fs::write(root.join("x.py"), "x").expect("written");
        for (to, from) in [
            ("../../x.py", "a/b/y.py"),
            ("/etc", "node_modules/z"),
            ("/etc", ".git/z"),
            ("none", "a/none"),
            ("a", "c"),
        ] {
            symlink(to, root.join(from)).expect("linked");
        }
        let text = |p: &Path| p.to_str().expect("plain").to_owned();
        let found = |at: &str, leaves: &[&str], max: usize| {
            let at = Rewritten {
                folder: text(&root.join(at)),
                leaves: leaves.iter().map(|l| (*l).to_owned()).collect(),
            };
            let mut found = of(&at, max);
            found.links.sort_by(|a, b| a.link.cmp(&b.link));
            found
        };
        let way = |link: &str, to: String, folder: bool| WayOut { link: link.into(), to, folder };
        let own = [
            way("a/b/y.py", text(&root.join("x.py")), false),
            way("a/none", "/".into(), false),
            way("c", text(&root.join("a")), true),
        ];
        assert_eq!(
            found(".", &["node_modules"], 99),
            WaysOut { links: own.into(), trees: Vec::new(), whole: true }
        );
        let whole = WaysOut { whole: true, ..WaysOut::default() };
        assert_eq!(found(".", &[], 99).links.len(), 4);
        assert!(!found(".", &[], 5).whole);
        assert_eq!(found("node_modules", &["node_modules"], 99).links.len(), 1);
        assert_eq!(found("?", &[], 99).links.len(), 3);
        assert_eq!(found("*.py", &[], 99), whole);
        assert_eq!(found("x.py", &[], 99), whole);
        assert_eq!(found("none", &[], 99), whole);
        fs::create_dir_all(root.join("node_modules/m/.git")).expect("made");
        fs::write(root.join("a/b/.git"), "gitdir: elsewhere").expect("written");
        assert_eq!(found(".", &["node_modules"], 99).trees, ["a/b"], "its own is none of them");
        assert_eq!(found("node_modules", &[], 99).trees, ["m"]);
        for at in ["a/wt", "a/.wt"] {
            fs::create_dir(root.join(at)).expect("made");
            fs::write(root.join(at).join(".git"), "gitdir: /r/.git/worktrees/wt").expect("written");
            symlink("/etc", root.join(at).join("z")).expect("linked");
        }
        let told = |leaves: &[&str]| {
            let mut trees = found("a", leaves, 99).trees;
            trees.sort();
            (trees, found("a", leaves, 99).links.len())
        };
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(told(&[LINKED_TREES]), (names(&["b", "wt"]), 3), "in a hidden folder alone");
        assert_eq!(told(&[]), (names(&[".wt", "b", "wt"]), 4));
    }
}
