//! The worker over scripted repositories, folders and processes: what it tells of whom, and what it looks at for that.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::*;
use crate::domain::branch::crew::Worker as Person;
use crate::domain::branch::facts::{Commits, Dirty};
use crate::domain::branch::survey::Home;
use crate::domain::branch::{self, CommitId, Head, RuleId, Unknown, WorkTree};
use crate::domain::read::SelfReport;
use crate::domain::session::PaneId;
use crate::ports::{Ask, Cancel, HeadLook, Stirred, WatchList};
use crate::workers::Workers;

/// The world: by top folder the branch and how many files are uncommitted, and who stands in which folder.
#[derive(Debug, Clone, Default)]
struct World {
    trees: BTreeMap<PathBuf, (&'static str, usize)>,
    folders: BTreeMap<PaneIdentity, PathBuf>,
}

impl World {
    fn find(&self, path: &Path) -> Result<(PathBuf, &'static str, usize), GitError> {
        let found = self.trees.iter().find(|(top, _)| path.starts_with(top));
        found.map(|(top, (branch, dirty))| (top.clone(), *branch, *dirty)).ok_or(GitError::NotARepository)
    }
}

/// Repositories that are as the world says; every look is told.
struct Script(watch::Receiver<World>, mpsc::Sender<(PathBuf, bool)>);

impl Git for Script {
    fn look(&mut self, path: &Path, ask: &Ask, _: &Cancel) -> Result<WorkTree, GitError> {
        let (top, branch, files) = self.0.borrow().find(path)?;
        let _ = self.1.try_send((top.clone(), ask.status));
        assert!(branch != "panics", "as planned");
        let nothing = Unknown::new("", "");
        Ok(WorkTree {
            head: Ok(Head::Branch { name: branch.to_owned(), commit: CommitId::parse(&"a".repeat(40)) }),
            dirty: Ok(ask.status.then_some(Dirty { files, ..Dirty::default() })),
            upstream: Ok(None),
            unpushed: Ok(None),
            base: Ok(None),
            own: Ok(Commits::default()),
            lines: Ok(vec![]),
            others: Ok(vec![]),
            ..WorkTree::unreadable(top, &nothing)
        })
    }

    fn head(&self, path: &Path) -> Result<HeadLook, GitError> {
        let (tree, branch, _) = self.0.borrow().find(path)?;
        Ok(HeadLook { tree, head: Ok(Head::Branch { name: branch.to_owned(), commit: None }) })
    }

    fn watch_list(&self, path: &Path) -> Result<WatchList, GitError> {
        let (top, ..) = self.0.borrow().find(path)?;
        let git = top.join(".git");
        Ok(WatchList { folders: vec![git.clone()], common: git.clone(), git })
    }
}

impl Processes for watch::Receiver<World> {
    fn foreground(&self, _: PaneIdentity) -> Option<String> {
        None
    }

    fn folder(&self, pane: PaneIdentity) -> Option<PathBuf> {
        self.borrow().folders.get(&pane).cloned()
    }

    fn report(&self, _: PaneIdentity) -> Option<SelfReport> {
        None
    }
}

/// Folders in which a test says what happens.
struct Told(mpsc::Receiver<Stirred>);

impl Folders for Told {
    fn watch(&mut self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn forget(&mut self, _: &Path) {}

    async fn next(&mut self) -> Vec<Stirred> {
        match self.0.recv().await {
            Some(stirred) => vec![stirred],
            None => std::future::pending().await,
        }
    }
}

/// A worker, and everything a test can do to it.
struct Bench {
    world: watch::Sender<World>,
    mouth: Mouth,
    stir: mpsc::Sender<Stirred>,
    looks: mpsc::Receiver<(PathBuf, bool)>,
    facts: mpsc::Receiver<Event>,
    workers: Workers,
}

fn pane(id: u32) -> PaneIdentity {
    PaneIdentity { id: PaneId(id), pid: 100 + id, start: 1 }
}

fn post(id: u32, name: &str, tier: Option<Tier>) -> Post {
    Post { pane: pane(id), worker: Person { name: name.to_owned(), tier, role: None } }
}

impl Bench {
    fn new(trees: &[(&str, &'static str, usize)]) -> Self {
        let trees =
            trees.iter().map(|(top, branch, dirty)| (PathBuf::from(top), (*branch, *dirty))).collect();
        let (world, seen) = watch::channel(World { trees, ..World::default() });
        let (facts, heard) = mpsc::channel(64);
        let (stir, stirred) = mpsc::channel(8);
        let (look, looks) = mpsc::channel(64);
        let (mouth, ears) = ears();
        let mut workers = Workers::new(facts.clone());
        let git = {
            let seen = seen.clone();
            move || Script(seen.clone(), look.clone())
        };
        let rules = RuleBook::default();
        workers.spawn(Branches::new(git, Told(stirred), seen, rules, ears, facts));
        Self { world, mouth, stir, looks, facts: heard, workers }
    }

    /// These sessions work now, each in a folder.
    fn crew(&self, who: &[(Post, &str)]) {
        self.world.send_modify(|w| {
            w.folders = who.iter().map(|(post, folder)| (post.pane, PathBuf::from(folder))).collect();
        });
        self.mouth.posts.send_replace(who.iter().map(|(post, _)| post.clone()).collect());
    }

    /// What is told once everything has been looked at and the condition holds.
    async fn until(&mut self, holds: impl Fn(&Survey) -> bool) -> Arc<Survey> {
        loop {
            let fact = tokio::time::timeout(Duration::from_secs(3000), self.facts.recv()).await;
            match fact.expect("it tells in time") {
                Some(Event::Branches(survey)) if survey.complete && holds(&survey) => return survey,
                Some(_) => {}
                None => panic!("the worker is gone"),
            }
        }
    }

    fn looked(&mut self) -> Vec<(PathBuf, bool)> {
        std::iter::from_fn(|| self.looks.try_recv().ok()).collect()
    }
}

fn rules(survey: &Survey, tree: &str) -> Vec<RuleId> {
    survey.trees[Path::new(tree)].findings.iter().map(|f| f.rule).collect()
}

#[tokio::test(start_paused = true)]
async fn each_tree_is_looked_at_once_however_many_work_there() {
    let mut bench = Bench::new(&[("/r", "main", 53), ("/w", "feature/x", 0)]);
    let who: Vec<(Post, &str)> = (0..37)
        .map(|i| (post(i, &format!("dev{i}"), Some(Tier::Worker)), "/r/src"))
        .chain([(post(90, "fixer", None), "/w"), (post(91, "lost", None), "/tmp")])
        .collect();
    bench.crew(&who);
    let survey = bench.until(|_| true).await;
    let mut looked = bench.looked();
    looked.sort();
    let twice = |top: &str| [(PathBuf::from(top), false), (PathBuf::from(top), true)];
    assert_eq!(looked, [twice("/r"), twice("/w")].concat());
    assert_eq!(survey.trees[Path::new("/r")].crew.len(), 37);
    assert_eq!(rules(&survey, "/r"), [RuleId::ProtectedBranch, RuleId::DirtyRed, RuleId::SharedTree]);
    assert_eq!(survey.homes[&pane(91)], Home::Outside("/tmp".into()));
    bench.workers.stop(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_told_is_looked_at_and_silence_is_not() {
    let mut bench = Bench::new(&[("/r", "main", 3)]);
    bench.crew(&[(post(1, "a", None), "/r")]);
    bench.until(|_| true).await;
    bench.looked();
    tokio::time::sleep(Duration::from_mins(4)).await;
    assert_eq!(bench.looked(), [], "nothing is polled");

    bench.world.send_modify(|w| {
        w.trees.insert("/r".into(), ("fix/x-0208", 0));
    });
    let told = |name: &str| Stirred::Name { folder: "/r/.git".into(), name: name.into() };
    bench.stir.send(told("index.lock")).await.expect("it listens");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bench.looked(), [], "a lock is no change");
    bench.stir.send(told("HEAD")).await.expect("it listens");
    let survey = bench.until(|s| s.trees[Path::new("/r")].tree.branch() == Some("fix/x-0208")).await;
    assert!(!rules(&survey, "/r").contains(&RuleId::ProtectedBranch));
    assert_eq!(survey.trees[Path::new("/r")].dirty(), Some(0));
    assert!(survey.trees[Path::new("/r")].counted.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_moves_or_writes_is_followed() {
    let mut bench = Bench::new(&[("/r", "main", 0), ("/w", "dev", 0)]);
    bench.crew(&[(post(1, "a", Some(Tier::Worker)), "/r")]);
    bench.until(|_| true).await;
    bench.world.send_modify(|w| {
        w.folders.insert(pane(1), "/w/deep".into());
        w.trees.insert("/w".into(), ("dev", 21));
    });
    bench.mouth.wrote.send(pane(1)).await.expect("it listens");
    let survey = bench.until(|s| s.trees.contains_key(Path::new("/w"))).await;
    assert_eq!(survey.trees.len(), 1, "nobody works in the other any more");
    assert_eq!(survey.folders[&pane(1)], Path::new("/w/deep"), "its folder, not only its tree");
    bench.world.send_modify(|w| drop(w.folders.insert(pane(1), "/w/other".into())));
    bench.mouth.wrote.send(pane(1)).await.expect("it listens");
    bench.until(|s| s.folders[&pane(1)] == Path::new("/w/other")).await;
    assert_eq!(rules(&survey, "/w"), [RuleId::ProtectedBranch, RuleId::DirtyAmber]);
    // Now a manager: the rules are another's, without anything having changed on disk.
    bench.mouth.posts.send_replace(vec![post(1, "a", Some(Tier::Manager))]);
    let worst = |s: &Survey| s.trees[Path::new("/w")].worst();
    bench.until(|s| worst(s) == Some(branch::Severity::Amber)).await;
}

#[tokio::test(start_paused = true)]
async fn a_tree_that_vanishes_or_cannot_be_read_is_told_with_its_reason() {
    let mut bench = Bench::new(&[("/r", "main", 0), ("/p", "panics", 0)]);
    bench.crew(&[(post(1, "a", None), "/r"), (post(2, "b", None), "/p"), (post(3, "c", None), "/r")]);
    bench.world.send_modify(|w| drop(w.folders.remove(&pane(3))));
    let survey = bench.until(|_| true).await;
    let unknown = &survey.trees[Path::new("/p")].findings;
    assert_eq!(unknown.len(), 1);
    assert_eq!((unknown[0].rule, unknown[0].severity), (RuleId::Unknown, branch::Severity::Red));
    assert!(unknown[0].sentence.contains("the log has the report"), "{}", unknown[0].sentence);
    assert!(matches!(survey.homes[&pane(3)], Home::Unknown(_)));

    bench.world.send_modify(|w| {
        w.trees.remove(Path::new("/r"));
    });
    bench.stir.send(Stirred::Gone("/r/.git".into())).await.expect("it listens");
    let survey = bench.until(|s| s.homes[&pane(1)] == Home::Outside("/r".into())).await;
    assert!(!survey.trees.contains_key(Path::new("/r")));
}
