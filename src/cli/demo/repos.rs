//! The scratch repositories: an origin, and a clone for each session on the branch it works on, with the faults that the
//! branch rules are there to find. Real repositories, made with libgit2; no identity of the user's is needed or used.

use std::fs;
use std::path::{Path, PathBuf};

use git2::build::RepoBuilder;
use git2::{
    BranchType, Commit, IndexAddOption, Repository, RepositoryInitOptions, Signature, Time,
    WorktreeAddOptions,
};
use jiff::Timestamp;
use serde::Deserialize;

/// The project's files.
const PROJECT: &str = include_str!("../../../assets/demo/project.toml");
const HOUR: i64 = 3600;

#[derive(Deserialize)]
struct Project {
    file: Vec<ProjectFile>,
}

#[derive(Deserialize)]
struct ProjectFile {
    path: String,
    text: String,
}

/// How a session's tree is found when the demo begins. `{date}` in names stands for today's month and day.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tree {
    /// The folder's name; two sessions may share one.
    pub dir: &'static str,
    /// The branch.
    pub branch: &'static str,
    /// Subjects of commits that only this branch has, oldest first.
    pub commits: &'static [&'static str],
    /// Number of files that are changed and not committed.
    pub dirty: usize,
    /// The branch and its commits are on origin, too.
    pub pushed: bool,
    /// A linked work tree of one common clone instead of a clone of its own: a tenth of the files, for large fleets.
    pub linked: bool,
}

/// The repositories of one demo.
pub struct Repos {
    root: PathBuf,
    origin: PathBuf,
    now: i64,
    date: String,
}

impl Repos {
    /// Makes the origin, with main, dev, qa and prod.
    pub fn create(root: &Path, now: Timestamp) -> Result<Self, git2::Error> {
        let origin = root.join("origin.git");
        let date = now.strftime("%m%d").to_string();
        let repos = Self { root: root.to_owned(), origin, now: now.as_second(), date };
        let mut options = RepositoryInitOptions::new();
        options.bare(true).initial_head("main").mkpath(true);
        Repository::init_opts(&repos.origin, &options)?;
        repos.seed()?;
        Ok(repos)
    }

    /// The first commits, pushed to every branch that the procedure promotes.
    fn seed(&self) -> Result<(), git2::Error> {
        let dir = self.root.join("seed");
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").mkpath(true);
        let repo = Repository::init_opts(&dir, &options)?;
        let project: Project = toml::from_str(PROJECT).expect("a test reads the built-in project");
        for file in &project.file {
            write(&dir.join(&file.path), file.text.trim_start())?;
        }
        self.commit(&repo, "architect", "feat: pages, words and a theme", 240)?;
        write(&dir.join(".gitignore"), "/target\n/build\n")?;
        self.commit(&repo, "wrapper_claude", "chore: ignore what is built", 96)?;
        let mut remote = repo.remote("origin", &self.origin.display().to_string())?;
        let to: Vec<String> =
            ["main", "dev", "qa", "prod"].iter().map(|b| format!("refs/heads/main:refs/heads/{b}")).collect();
        remote.push(&to, None)?;
        fs::remove_dir_all(&dir).map_err(io)
    }

    /// The clone for a session, as its tree says. A tree that exists already is shared.
    pub fn tree(&self, session: &str, tree: &Tree) -> Result<PathBuf, git2::Error> {
        let dir = self.root.join(tree.dir.replace("{session}", session));
        if dir.exists() {
            return Ok(dir);
        }
        let branch =
            tree.branch.replace("{date}", &self.date).replace("{session}", &session.replace('_', "-"));
        let from = if branch == "main" { "main" } else { "dev" };
        let repo = if tree.linked {
            self.link(session, &dir, &branch)?
        } else {
            self.clone(session, &dir, from, &branch)?
        };
        for (i, (subject, hours)) in
            tree.commits.iter().zip((1..=tree.commits.len() as u32).rev()).enumerate()
        {
            write(&dir.join(format!("notes/{session}-{i}.md")), &format!("{subject}\n"))?;
            self.commit(&repo, session, subject, hours)?;
        }
        if tree.pushed {
            repo.find_remote("origin")?.push(&[format!("refs/heads/{branch}:refs/heads/{branch}")], None)?;
            repo.find_branch(&branch, BranchType::Local)?.set_upstream(Some(&format!("origin/{branch}")))?;
        }
        for i in 0..tree.dirty {
            write(&dir.join(format!("notes/draft-{i:02}.md")), "not committed\n")?;
        }
        write(&dir.join("build/reader"), "built\n")?;
        Ok(dir)
    }

    fn clone(&self, who: &str, dir: &Path, from: &str, branch: &str) -> Result<Repository, git2::Error> {
        let repo = RepoBuilder::new().branch(from).clone(&self.origin.display().to_string(), dir)?;
        let mut config = repo.config()?;
        config.set_str("user.name", who)?;
        config.set_str("user.email", &format!("{who}@demo.invalid"))?;
        if branch != from {
            let head = repo.head()?.peel_to_commit()?;
            repo.branch(branch, &head, false)?;
            repo.set_head(&format!("refs/heads/{branch}"))?;
        }
        Ok(repo)
    }

    /// A linked work tree on a branch of its own.
    fn link(&self, name: &str, dir: &Path, branch: &str) -> Result<Repository, git2::Error> {
        let common = self.root.join("common");
        let repo = match Repository::open(&common) {
            Ok(repo) => repo,
            Err(_) => self.clone("worker", &common, "dev", "dev")?,
        };
        let start = repo.head()?.peel_to_commit()?;
        let reference = repo.branch(branch, &start, false)?.into_reference();
        let mut options = WorktreeAddOptions::new();
        options.reference(Some(&reference));
        repo.worktree(name, dir, Some(&options))?;
        Repository::open(dir)
    }

    /// Commits all that is there, as if it had been done `hours` ago.
    fn commit(&self, repo: &Repository, who: &str, subject: &str, hours: u32) -> Result<(), git2::Error> {
        let mut index = repo.index()?;
        index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
        index.write()?;
        let tree = repo.find_tree(index.write_tree()?)?;
        let at = Time::new(self.now - i64::from(hours) * HOUR, 0);
        let who = Signature::new(who, &format!("{who}@demo.invalid"), &at)?;
        let parent = repo.head().and_then(|h| h.peel_to_commit()).ok();
        let parents: Vec<&Commit> = parent.iter().collect();
        repo.commit(Some("HEAD"), &who, &who, subject, &tree, &parents).map(drop)
    }
}

fn write(path: &Path, text: &str) -> Result<(), git2::Error> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(io)?;
    }
    fs::write(path, text).map_err(io)
}

fn io(e: std::io::Error) -> git2::Error {
    git2::Error::from_str(&e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_as_the_table_says() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let now: Timestamp = "2026-02-08T10:00:00Z".parse().expect("a time");
        let repos = Repos::create(dir.path(), now).expect("made");
        let tree = Tree {
            dir: "{session}",
            branch: "feature/{session}-{date}",
            commits: &["feat: one", "wip"],
            dirty: 3,
            pushed: true,
            linked: false,
        };
        let path = repos.tree("dev_worker1", &tree).expect("made");
        let repo = Repository::open(&path).expect("a repository");
        let head = repo.head().expect("a head");
        assert_eq!(head.shorthand(), Ok("feature/dev-worker1-0208"));
        let commit = head.peel_to_commit().expect("a commit");
        assert_eq!(commit.message(), Ok("wip"));
        assert_eq!(commit.author().name(), Ok("dev_worker1"));
        assert_eq!(commit.time().seconds(), now.as_second() - HOUR);
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        assert_eq!(repo.statuses(Some(&mut options)).expect("status").len(), 3);
        let local = commit.id();
        let there = repo.refname_to_id("refs/remotes/origin/feature/dev-worker1-0208").expect("pushed");
        assert_eq!(repo.graph_ahead_behind(local, there), Ok((0, 0)));
        for session in ["dev_worker4", "dev_worker5"] {
            let linked = Tree { linked: true, pushed: false, commits: &[], ..tree };
            let repo = Repository::open(repos.tree(session, &linked).expect("made")).expect("a work tree");
            assert!(repo.is_worktree());
            let branch = format!("feature/{}-0208", session.replace('_', "-"));
            assert_eq!(repo.head().expect("a head").shorthand(), Ok(branch.as_str()));
        }
        // Shared: the same folder, untouched.
        assert_eq!(repos.tree("dev_worker1", &Tree { branch: "other", ..tree }).expect("shared"), path);
    }
}
