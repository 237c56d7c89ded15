//! The worker over real repositories: what git does in a tree is told without anybody asking, and nothing is touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use archtui::app::Event;
use archtui::domain::branch::RuleBook;
use archtui::domain::branch::crew::{Post, Worker};
use archtui::domain::branch::survey::{Seen, Survey};
use archtui::domain::read::SelfReport;
use archtui::domain::session::{PaneId, PaneIdentity};
use archtui::git::SystemGit;
use archtui::git::watch::Inotify;
use archtui::ports::Processes;
use archtui::workers::branches::{Branches, Mouth, ears};
use archtui::workers::{WAITING, Workers};
use tokio::sync::mpsc;

use super::zoo::expand;
use crate::support::repo::Lab;
use crate::support::{PATIENCE, now};

/// Sessions that stand in folders.
#[derive(Clone)]
pub struct Standing(BTreeMap<PaneIdentity, PathBuf>);

impl Processes for Standing {
    fn foreground(&self, _: PaneIdentity) -> Option<String> {
        None
    }

    fn folder(&self, pane: PaneIdentity) -> Option<PathBuf> {
        self.0.get(&pane).cloned()
    }

    fn report(&self, _: PaneIdentity) -> Option<SelfReport> {
        None
    }
}

/// A worker over folders, one session in each, and the last thing it told.
pub struct Watch {
    pub mouth: Mouth,
    facts: mpsc::Receiver<Event>,
    pub last: Arc<Survey>,
    pub told: usize,
    workers: Workers,
}

impl Watch {
    /// Begins, and waits until every tree has been looked at.
    pub async fn begin(folders: &[PathBuf]) -> Self {
        let pane = |i: usize| PaneIdentity { id: PaneId(i as u32), pid: 1, start: 1 };
        let standing = Standing(folders.iter().enumerate().map(|(i, f)| (pane(i), f.clone())).collect());
        let post = |i: usize| Post {
            pane: pane(i),
            worker: Worker { name: format!("dev{i}"), tier: None, role: None },
        };
        let (sender, facts) = mpsc::channel(WAITING);
        let (mouth, ears) = ears();
        let mut workers = Workers::new(sender.clone());
        let book = RuleBook::default();
        workers.spawn(Branches::new(SystemGit::new, Inotify::new(), standing, book, ears, sender));
        mouth.posts.send_replace((0..folders.len()).map(post).collect());
        let mut watch = Self { mouth, facts, last: Arc::default(), told: 0, workers };
        watch.until("every tree has been looked at", |s| s.complete).await;
        watch
    }

    /// Takes what is told until the condition holds; how long that took.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Survey) -> bool) -> Duration {
        let start = now();
        while !holds(&self.last) {
            match tokio::time::timeout(PATIENCE, self.facts.recv()).await {
                Ok(Some(Event::Branches(survey))) => {
                    self.told += 1;
                    self.last = survey;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => panic!("waited in vain until {what}; last: {:#?}", self.last),
            }
        }
        now() - start
    }

    /// Takes what is told for a while.
    pub async fn pass(&mut self, time: Duration) {
        let end = now() + time;
        while let Ok(Some(fact)) = tokio::time::timeout_at(end.into(), self.facts.recv()).await {
            if let Event::Branches(survey) = fact {
                self.told += 1;
                self.last = survey;
            }
        }
    }

    /// What is known of a tree.
    pub fn tree(&self, path: &Path) -> &Seen {
        self.last.trees.get(path).unwrap_or_else(|| panic!("{} is known: {:?}", path.display(), self.last))
    }

    pub async fn end(self) {
        drop(self.facts);
        self.workers.stop(Duration::from_secs(2)).await;
    }
}

fn must(out: Output) {
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_git_does_is_told_without_anybody_asking() {
    let lab = Lab::new();
    let main = lab.build("r", &expand("@flow\ngit worktree add -q ../w -b fix/y-0208 dev"));
    let linked = lab.path().join("r/w");
    let mut watch = Watch::begin(&[main.clone(), linked.clone()]).await;
    for (tree, branch) in [(&main, "feature/x-0208"), (&linked, "fix/y-0208")] {
        assert_eq!(watch.tree(tree).tree.branch(), Some(branch));
        let own = |w: &Watch| w.tree(tree).tree.own.as_ref().expect("known").list.len();
        let before = own(&watch);
        must(lab.git(tree, &["commit", "-q", "--allow-empty", "-m", "feat: one more"]));
        let more = |s: &Survey| s.trees[tree].tree.own.as_ref().is_ok_and(|o| o.list.len() == before + 1);
        watch.until("the commit is told", more).await;
        must(lab.git(tree, &["switch", "-q", "-c", &format!("{branch}9")]));
        let there = format!("{branch}9");
        watch.until("the switch is told", |s| s.trees[tree].tree.branch() == Some(&there)).await;
        std::fs::write(tree.join("new"), "x").expect("a file");
        must(lab.git(tree, &["add", "new"]));
        watch.until("what is staged is told", |s| s.trees[tree].dirty() == Some(1)).await;
        must(lab.git(tree, &["pack-refs", "--all"]));
        must(lab.git(tree, &["checkout", "-q", "--detach"]));
        watch.until("a detached HEAD is told", |s| s.trees[tree].tree.branch().is_none()).await;
        must(lab.git(tree, &["switch", "-q", "-c", &format!("deep/{branch}")]));
        let there = format!("deep/{branch}");
        watch.until("the new branch is told", |s| s.trees[tree].tree.branch() == Some(&there)).await;
        must(lab.git(tree, &["commit", "-q", "-m", "feat: in a new folder of refs"]));
        watch.until("its commit is told", |s| s.trees[tree].dirty() == Some(0)).await;
    }
    must(lab.git(&main, &["worktree", "remove", "--force", linked.to_str().expect("UTF-8")]));
    watch.until("it is gone", |s| !s.trees.contains_key(&linked)).await;
    watch.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_writes_has_its_files_counted_again() {
    let lab = Lab::new();
    let tree = lab.build("r", &expand("@flow"));
    let mut watch = Watch::begin(std::slice::from_ref(&tree)).await;
    std::fs::write(tree.join("new"), "x").expect("a file");
    let pane = *watch.last.homes.keys().next().expect("one session");
    watch.mouth.wrote.send(pane).await.expect("it listens");
    watch.until("the new file is counted", |s| s.trees[&tree].dirty() == Some(1)).await;
    watch.end().await;
}
