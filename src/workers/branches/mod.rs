//! The worker that watches the work trees: finds them from the folders of the sessions' processes, hears of changes from the
//! file system, looks at each tree once however many work there, and tells what it found as one fact. Every look runs
//! on a thread of its own and can be ended; what is looked at when is in `plan`, what a changed name means in `watches`.

mod homes;
mod known;
mod looks;
mod plan;
mod watches;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::clock::{at, clock};
use super::{Facts, Worker};
use crate::app::Event;
use crate::domain::branch::crew::{self, Post};
use crate::domain::branch::{RuleBook, Rules, Survey};
use crate::domain::roster::Tier;
use crate::domain::session::PaneIdentity;
use crate::ports::{Folders, Git, GitError, Processes};

use homes::{Homes, Next};
use known::Known;
use looks::{Ended, Found, Job, Looks, Saw};
use plan::{End, Plan, Reason};
use watches::Watches;

/// How many panes that wrote may wait; of more, some are heard of at their next write.
pub const WAITING: usize = 256;

/// The folders of the processes are asked for again after this time: nothing tells of a change.
const SWEEP: Duration = Duration::from_mins(1);

/// All trees are judged to tell of one, so not more often than a screen is drawn.
const BREATH: Duration = Duration::from_millis(30);

/// What the worker hears.
pub struct Ears {
    /// Who works where, complete.
    pub posts: watch::Receiver<Vec<Post>>,
    /// Panes that wrote, now and then.
    pub wrote: mpsc::Receiver<PaneIdentity>,
}

/// The hands that hold the other ends.
pub struct Mouth {
    /// Who works where.
    pub posts: watch::Sender<Vec<Post>>,
    /// Panes that wrote.
    pub wrote: mpsc::Sender<PaneIdentity>,
}

/// Both ends of what the worker hears.
pub fn ears() -> (Mouth, Ears) {
    let (posts, heard) = watch::channel(Vec::new());
    let (wrote, stirred) = mpsc::channel(WAITING);
    (Mouth { posts, wrote }, Ears { posts: heard, wrote: stirred })
}

/// Watches the work trees of the sessions.
pub struct Branches<G, F, Q> {
    book: RuleBook,
    ears: Ears,
    facts: Facts,
    homes: Homes<Q>,
    watches: Watches<F>,
    plan: Plan,
    looks: Looks<G>,
    trees: BTreeMap<PathBuf, Known>,
    told: Option<Arc<Survey>>,
    /// When something was told last, and when there is something to tell next.
    told_at: Option<Instant>,
    tell_at: Option<Instant>,
    sweep: Option<Instant>,
}

impl<G: Git, F: Folders, Q: Processes> Branches<G, F, Q> {
    /// A worker over these sources, with an adapter for each look; facts go to `facts`.
    pub fn new(
        git: impl Fn() -> G + Send + Sync + 'static,
        folders: F,
        processes: Q,
        book: RuleBook,
        ears: Ears,
        facts: Facts,
    ) -> Self {
        Self {
            book,
            ears,
            facts,
            homes: Homes::new(processes),
            watches: Watches::new(folders),
            plan: Plan::new(),
            looks: Looks::new(git),
            trees: BTreeMap::new(),
            told: None,
            told_at: None,
            tell_at: None,
            sweep: None,
        }
    }

    /// Asks where everybody is; those whose folder changed are looked for.
    fn ask_all(&mut self, anew: bool) {
        for (pane, folder) in self.homes.ask_all(anew) {
            self.looks.find(pane, folder);
        }
    }

    /// Who works in which tree has changed: new trees are looked at, trees without anybody are left.
    fn settle(&mut self) {
        let now = clock();
        let crews = self.homes.crews();
        let gone: Vec<PathBuf> = self.trees.keys().filter(|t| !crews.contains_key(*t)).cloned().collect();
        for tree in gone {
            self.trees.remove(&tree);
            self.plan.remove(&tree);
            self.watches.remove(&tree);
        }
        for (tree, crew) in crews {
            let (tier, role) = crew::tier_and_role(&crew);
            let rules = Arc::new(self.book.of(tier.map(Tier::word), role));
            match self.trees.get_mut(&tree) {
                Some(known) if *known.rules == *rules => {}
                Some(known) => {
                    known.follow(rules);
                    self.plan.stir(&tree, Reason::Own, now);
                }
                None => {
                    self.trees.insert(tree.clone(), Known::new(rules));
                    self.plan.add(&tree, now);
                }
            }
        }
    }

    /// A pane wrote: its process may be elsewhere by now, its tree may have changed.
    fn wrote(&mut self, pane: PaneIdentity) {
        if let Some(folder) = self.homes.ask(pane, false) {
            self.looks.find(pane, folder);
        }
        if let Some(tree) = self.homes.tree_of(pane) {
            self.plan.stir(tree, Reason::Wrote, clock());
        }
    }

    /// It is known where a folder belongs. True if that is news.
    fn found(&mut self, Found { pane, folder, tree }: Found) -> bool {
        match self.homes.found(pane, folder, tree) {
            Next::Find(folder) => self.looks.find(pane, folder),
            Next::News => self.settle(),
            // The last one of those that were asked may complete the whole.
            Next::Same => return !self.told.as_ref().is_some_and(|t| t.complete) && self.homes.all_known(),
        }
        true
    }

    /// A look ended.
    fn looked(&mut self, saw: Saw) {
        let now = clock();
        let end = match &saw.tree {
            Ok(_) => End::Well,
            Err(GitError::Cancelled) => End::Cancelled,
            Err(_) => End::Failed,
        };
        if !self.plan.done(&saw.path, end, now) {
            return;
        }
        if matches!(saw.tree, Err(GitError::NotARepository | GitError::Vanished)) {
            self.ask_all(true);
        }
        let Some(known) = self.trees.get_mut(&saw.path) else { return };
        known.take(saw.tree, &saw.path, saw.whole, wall().timestamp());
        if let Some(list) = saw.list {
            let branch = known.tree.as_ref().and_then(|tree| tree.branch());
            if self.watches.set(&saw.path, list, branch) {
                // What happened there before it was watched was not told.
                self.plan.stir(&saw.path, Reason::Own, now);
            }
        }
    }

    fn begin(&mut self) {
        while let Some(begin) = self.plan.begin(clock()) {
            let Some(known) = self.trees.get(&begin.tree) else { continue };
            self.looks.look(Job { begin, rules: Rules::clone(&known.rules), now: wall().timestamp() });
        }
    }

    /// Everything that is known now, judged.
    fn survey(&mut self) -> Survey {
        let now = wall();
        let crews = self.homes.crews();
        let mut survey = Survey {
            homes: self.homes.known(),
            folders: self.homes.folders(),
            complete: self.homes.all_known() && self.plan.complete(),
            ..Survey::default()
        };
        for (path, known) in &mut self.trees {
            let seen = crews.get(path).and_then(|crew| known.judged(crew, &now));
            survey.trees.extend(seen.map(|seen| (path.clone(), seen)));
        }
        survey.tell_once();
        survey
    }

    /// Tells what is known if it is news; false if nobody listens any more.
    async fn tell(&mut self) -> bool {
        self.tell_at = None;
        self.told_at = Some(clock());
        let survey = self.survey();
        if self.told.as_deref().is_some_and(|told| told.says_the_same(&survey)) {
            return true;
        }
        let survey = Arc::new(survey);
        self.told = Some(Arc::clone(&survey));
        self.facts.send(Event::Branches(survey)).await.is_ok()
    }
}

impl<G: Git, F: Folders, Q: Processes> Worker for Branches<G, F, Q> {
    const NAME: &'static str = "branches";

    async fn run(&mut self) {
        loop {
            self.begin();
            let wake = [self.plan.due(clock()), self.sweep, self.tell_at].into_iter().flatten().min();
            let news = tokio::select! {
                changed = self.ears.posts.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let posts = self.ears.posts.borrow_and_update().clone();
                    self.homes.meet(posts);
                    self.ask_all(false);
                    self.settle();
                    self.sweep = Some(clock() + SWEEP);
                    true
                }
                Some(pane) = self.ears.wrote.recv() => {
                    self.wrote(pane);
                    false
                }
                concerned = self.watches.next() => {
                    for (tree, reason) in concerned {
                        self.plan.stir(&tree, reason, clock());
                    }
                    false
                }
                ended = self.looks.next() => {
                    match ended {
                        Ended::Found(found) => self.found(found),
                        Ended::Saw(saw) => {
                            self.looked(*saw);
                            true
                        }
                    }
                }
                () = at(wake) => {
                    if self.sweep.is_some_and(|at| at <= clock()) {
                        self.ask_all(true);
                        self.sweep = Some(clock() + SWEEP);
                    }
                    false
                }
            };
            if news && self.tell_at.is_none() {
                self.tell_at = Some(self.told_at.map_or(clock(), |at| at + BREATH));
            }
            if self.tell_at.is_some_and(|at| at <= clock()) && !self.tell().await {
                return;
            }
        }
    }
}

impl<G, F, Q> Drop for Branches<G, F, Q> {
    fn drop(&mut self) {
        self.plan.stop();
    }
}

/// Sleeps until an instant; for ever if there is none.
#[expect(
    clippy::disallowed_methods,
    reason = "ages and dates of findings are counted from the moment of the look"
)]
fn wall() -> Zoned {
    Zoned::now()
}

#[cfg(test)]
mod tests;
