//! Who asks and where: what a policy may look at besides the dialog. Filled in by the caller; what is not known is
//! `None`, and a rule that needs it then holds.

use std::collections::{BTreeMap, BTreeSet};

/// Behind the path of a folder: of what lies in it only what a search shows that passes over hidden names and what git ignores.
pub const SHOWN: &str = "/.";

/// What git finds from a folder on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Around {
    /// The repository of the work tree.
    #[default]
    Tree,
    /// A repository that is no work tree's, among the files of one: an agent may have written its configuration.
    Embedded,
    /// None.
    Nothing,
}

/// What lies in a folder, at any depth. Git's own folders are left out, but for what may let one in: else nothing could be searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Below {
    /// The files, as paths from that folder on; with a `/` behind a link that leads to none.
    pub files: Vec<String>,
    /// Configurations of git that may hold a password or a token, as such paths.
    pub logins: Vec<String>,
    /// Hidden files and folders that a file of git's, or of a search's own, brings back into a search, as such paths.
    pub back: Vec<String>,
    /// Symbolic links are among them.
    pub linked: bool,
    /// Nothing is missing in `files`.
    pub whole: bool,
}

/// A folder that is changed with what lies in it, and the names of those in it that are left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rewritten {
    /// Absolute; a pattern in its last step stands for what fits it.
    pub folder: String,
    /// Names of folders.
    pub leaves: Vec<String>,
}

/// A symbolic link and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// As a path from the folder on in which it was found.
    pub link: String,
    /// Absolute, with nothing left to follow; the root if it leads nowhere.
    pub to: String,
    /// It leads to a folder.
    pub folder: bool,
}

/// The symbolic links in such a folder, at any depth. Git's own folders are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaysOut {
    /// All that were found.
    pub links: Vec<WayOut>,
    /// Folders below it in which another work tree begins, as such paths.
    pub trees: Vec<String>,
    /// None is missing.
    pub whole: bool,
}

/// The circumstances of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The session's name.
    pub session: String,
    /// Its role in the roster.
    pub role: Option<String>,
    /// Its tier: high-level, manager, worker.
    pub tier: Option<String>,
    /// The agent program: claude, codex …
    pub agent: Option<String>,
    /// The folder that the command would run in, absolute: the hook's, or what the agent's own record names; else the one that it
    /// was started in. A folder deeper than the true one could make `..` look harmless.
    pub cwd: Option<String>,
    /// A shell may know that folder by another path, on which a symbolic link lies: then `cd ..` goes elsewhere.
    pub linked: bool,
    /// `cd` looks in other folders than the one it is in.
    pub cdpath: bool,
    /// The agent's own home, where it says one: git finds its settings there.
    pub agents_home: Option<String>,
    /// Git reads settings that nobody looked into.
    pub other_settings: bool,
    /// The root of the work tree around it, absolute. `None`: then every path is outside.
    pub work_tree: Option<String>,
    /// The home folder, absolute.
    pub home: Option<String>,
    /// The branch that is checked out in the work tree; `None` when detached or not known.
    pub branch: Option<String>,
    /// What git finds in the working folder.
    pub around: Around,
    /// Folders in the work tree in which another one begins, absolute: learned with the links. `None`: nobody has looked, and any
    /// folder may be one.
    pub trees: Option<BTreeSet<String>>,
    /// Those of them that git takes for a repository by the files in them: an agent may have written its configuration.
    pub embedded: BTreeSet<String>,
    /// Patterns of branches that nobody commits to.
    pub protected_branches: Vec<String>,
    /// Symbolic links that are known, absolute, and where each of them leads, with nothing left to follow. Whoever can look
    /// judges first, looks up the verdict's `paths`, and judges again.
    pub links: BTreeMap<String, String>,
    /// What lies in the folders that a command would read through, by their absolute paths: looked up, as the links are, by
    /// the verdict's `folders`.
    pub below: BTreeMap<String, Below>,
    /// The links in the folders that a command would change, by the verdict's `rewritten`.
    pub ways_out: BTreeMap<Rewritten, WaysOut>,
    /// Folders and files of archtui itself (configuration, state, runtime), absolute: nobody's agent touches them.
    pub own: Vec<String>,
}

impl Context {
    /// Whether an absolute path lies in another work tree than the session's, as far as was looked.
    pub(super) fn is_in_another_tree(&self, path: &str) -> bool {
        self.trees.iter().flatten().any(|tree| lies_in(path, tree))
    }

    /// Whether it lies in one that git takes for a repository by the files in it.
    pub(super) fn is_embedded(&self, path: &str) -> bool {
        self.embedded.iter().any(|tree| lies_in(path, tree))
    }
}

fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Default for Context {
    fn default() -> Self {
        Self {
            session: String::new(),
            role: None,
            tier: None,
            agent: None,
            cwd: None,
            linked: false,
            cdpath: false,
            agents_home: None,
            other_settings: false,
            work_tree: None,
            home: None,
            branch: None,
            around: Around::Tree,
            trees: None,
            embedded: BTreeSet::new(),
            protected_branches: ["main", "master", "dev", "qa", "prod", "env/*"].map(str::to_owned).to_vec(),
            links: BTreeMap::new(),
            below: BTreeMap::new(),
            ways_out: BTreeMap::new(),
            own: Vec::new(),
        }
    }
}
