//! Which folders are watched for which trees, and what a name in one of them means: a tree's own matter, the matter of
//! another work tree of its repository, or nothing. A folder that several trees share is watched once.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::plan::Reason;
use crate::ports::{Folders, Stirred, WatchList};

/// Folders watched at most, for all trees together. Trees beyond are looked at now and then.
const MOST: usize = 4096;

/// Files in a git folder that no answer depends on.
const NOISE: [&str; 8] = [
    "COMMIT_EDITMSG",
    "FETCH_HEAD",
    "ORIG_HEAD",
    "AUTO_MERGE",
    "MERGE_MSG",
    "MERGE_MODE",
    "SQUASH_MSG",
    "gc.pid",
];
/// Files in the shared git folder that matter to every work tree.
const SHARED: [&str; 3] = ["packed-refs", "config", "shallow"];

struct Tree {
    list: WatchList,
    branch: Option<String>,
}

/// The watched folders of all trees.
pub struct Watches<F> {
    folders: F,
    trees: BTreeMap<PathBuf, Tree>,
    /// How many trees need a folder.
    used: HashMap<PathBuf, usize>,
}

impl<F: Folders> Watches<F> {
    /// None yet.
    pub fn new(folders: F) -> Self {
        Self { folders, trees: BTreeMap::new(), used: HashMap::new() }
    }

    /// Watches what a tree needs now. True if there are folders that were not watched before: what happened in them
    /// meanwhile was not told.
    pub fn set(&mut self, tree: &Path, list: WatchList, branch: Option<&str>) -> bool {
        let old = self.trees.remove(tree).map(|t| t.list.folders).unwrap_or_default();
        let mut fresh = false;
        let mut kept = Vec::with_capacity(list.folders.len());
        for folder in &list.folders {
            if old.contains(folder) {
                kept.push(folder.clone());
                continue;
            }
            let there = self.used.contains_key(folder);
            if !there && (self.used.len() >= MOST || self.folders.watch(folder).is_err()) {
                continue;
            }
            *self.used.entry(folder.clone()).or_default() += 1;
            fresh |= !there;
            kept.push(folder.clone());
        }
        for folder in old.iter().filter(|f| !kept.contains(f)) {
            self.leave(folder);
        }
        let list = WatchList { folders: kept, ..list };
        self.trees.insert(tree.to_owned(), Tree { list, branch: branch.map(str::to_owned) });
        fresh
    }

    /// A tree is watched no more.
    pub fn remove(&mut self, tree: &Path) {
        for folder in self.trees.remove(tree).map(|t| t.list.folders).unwrap_or_default() {
            self.leave(&folder);
        }
    }

    fn leave(&mut self, folder: &Path) {
        let Some(count) = self.used.get_mut(folder) else { return };
        *count -= 1;
        if *count == 0 {
            self.used.remove(folder);
            self.folders.forget(folder);
        }
    }

    /// The next change, as the trees that it concerns. Cancel-safe.
    pub async fn next(&mut self) -> Vec<(PathBuf, Reason)> {
        let mut concerned: BTreeMap<PathBuf, Reason> = BTreeMap::new();
        for stirred in self.folders.next().await {
            for (tree, reason) in self.concerned(&stirred) {
                let known = concerned.entry(tree).or_insert(reason);
                *known = (*known).max(reason);
            }
        }
        concerned.into_iter().collect()
    }

    fn concerned(&mut self, stirred: &Stirred) -> Vec<(PathBuf, Reason)> {
        let of_all = |meant: &dyn Fn(&Tree) -> Option<Reason>| {
            self.trees.iter().filter_map(|(path, t)| Some((path.clone(), meant(t)?))).collect()
        };
        match stirred {
            Stirred::Lost => of_all(&|_| Some(Reason::Sibling)),
            Stirred::Name { folder, name } => {
                let name = name.to_string_lossy();
                of_all(&|t| t.list.folders.contains(folder).then(|| t.meaning(folder, &name)).flatten())
            }
            Stirred::Gone(folder) => {
                self.used.remove(folder);
                let mut concerned = Vec::new();
                for (path, tree) in &mut self.trees {
                    if tree.list.folders.contains(folder) {
                        tree.list.folders.retain(|f| f != folder);
                        concerned.push((path.clone(), Reason::Own));
                    }
                }
                concerned
            }
        }
    }
}

impl Tree {
    /// What a name in one of its folders means to it.
    fn meaning(&self, folder: &Path, name: &str) -> Option<Reason> {
        let lock = Path::new(name).extension().is_some_and(|e| e == "lock");
        if lock || name.starts_with("tmp_") || NOISE.contains(&name) {
            return None;
        }
        let WatchList { git, common, .. } = &self.list;
        if folder.starts_with(git) && (git != common || !folder.starts_with(common.join("refs"))) {
            return Some(Reason::Own);
        }
        if folder == common {
            return SHARED.contains(&name).then_some(Reason::Sibling);
        }
        let Ok(inner) = folder.strip_prefix(common.join("refs")) else {
            return Some(Reason::Sibling);
        };
        let reference = inner.join(name);
        // refs/heads/BRANCH, refs/remotes/REMOTE/BRANCH, or a new folder on the way there.
        let mut parts = reference.components();
        let kind = parts.next().map(|c| c.as_os_str() == "remotes");
        if kind == Some(true) {
            parts.next();
        }
        let own = self.branch.as_deref().is_some_and(|b| Path::new(b).starts_with(parts.as_path()));
        Some(if own { Reason::Own } else { Reason::Sibling })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::io;

    /// Folders that say what a test told them, and remember what is watched.
    #[derive(Default)]
    struct Script {
        watched: Vec<PathBuf>,
        next: Vec<Stirred>,
    }

    impl Folders for Script {
        fn watch(&mut self, folder: &Path) -> io::Result<()> {
            self.watched.push(folder.to_owned());
            Ok(())
        }

        fn forget(&mut self, folder: &Path) {
            self.watched.retain(|f| f != folder);
        }

        async fn next(&mut self) -> Vec<Stirred> {
            std::mem::take(&mut self.next)
        }
    }

    fn list(git: &str, common: &str) -> WatchList {
        let mut folders: Vec<PathBuf> = vec![git.into(), common.into(), format!("{git}/logs").into()];
        folders.extend(["heads", "heads/fix", "remotes/origin"].map(|r| format!("{common}/refs/{r}").into()));
        folders.dedup();
        WatchList { git: git.into(), common: common.into(), folders }
    }

    /// The main tree on `dev` and a linked one on `fix/y`.
    fn two() -> Watches<Script> {
        let mut watches = Watches::new(Script::default());
        assert!(watches.set(Path::new("/r"), list("/r/.git", "/r/.git"), Some("dev")));
        let linked = list("/r/.git/worktrees/w", "/r/.git");
        assert!(watches.set(Path::new("/w"), linked.clone(), Some("fix/y")));
        assert!(!watches.set(Path::new("/w"), linked, Some("fix/y")), "nothing new");
        watches
    }

    #[tokio::test]
    async fn a_name_means_a_look_only_where_an_answer_depends_on_it() {
        use Reason::{Own, Sibling};
        let mut watches = two();
        let cases: [(&str, &str, Option<Reason>, Option<Reason>); 13] = [
            ("", "HEAD", Some(Own), None),
            ("", "index", Some(Own), None),
            ("", "index.lock", None, None),
            ("", "COMMIT_EDITMSG", None, None),
            ("", "packed-refs", Some(Own), Some(Sibling)),
            ("", "MERGE_HEAD", Some(Own), None),
            ("logs", "HEAD", Some(Own), None),
            ("worktrees/w", "index", None, Some(Own)),
            ("worktrees/w/logs", "HEAD", None, Some(Own)),
            ("refs/heads", "dev", Some(Own), Some(Sibling)),
            ("refs/heads", "fix", Some(Sibling), Some(Own)),
            ("refs/heads/fix", "y", Some(Sibling), Some(Own)),
            ("refs/remotes/origin", "dev", Some(Own), Some(Sibling)),
        ];
        for (folder, name, main, linked) in cases {
            let folder = if folder.is_empty() { "/r/.git".into() } else { Path::new("/r/.git").join(folder) };
            watches.folders.next = vec![Stirred::Name { folder: folder.clone(), name: OsString::from(name) }];
            let got = watches.next().await;
            let of = |tree: &str| got.iter().find(|(t, _)| t == Path::new(tree)).map(|(_, r)| *r);
            assert_eq!((of("/r"), of("/w")), (main, linked), "{} {name}", folder.display());
        }
    }

    #[tokio::test]
    async fn folders_are_shared_and_let_go() {
        let mut watches = two();
        let all = watches.folders.watched.clone();
        assert_eq!(all.iter().filter(|f| f.ends_with("refs/heads")).count(), 1, "{all:?}");
        watches.remove(Path::new("/r"));
        assert!(watches.folders.watched.contains(&"/r/.git/refs/heads".into()), "the other one needs it");
        assert!(!watches.folders.watched.contains(&"/r/.git/logs".into()));
        watches.folders.next = vec![Stirred::Gone("/r/.git/refs/heads/fix".into())];
        assert_eq!(watches.next().await, [("/w".into(), Reason::Own)]);
        assert!(watches.set(Path::new("/w"), list("/r/.git/worktrees/w", "/r/.git"), None), "it is back");
        watches.remove(Path::new("/w"));
        assert!(watches.used.is_empty(), "{:?}", watches.used);
    }
}
