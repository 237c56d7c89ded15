//! The dispatcher: hands the queue's tasks to sessions, one at a time each, and watches what becomes of them. It works only
//! while it has a [`Chair`], which the actor gives and takes. Who gets what and what follows from what is seen is
//! `domain::task`'s word; each hand-over is led by a [`Hand`](crate::domain::task::hand::Hand). Here they meet the store,
//! the panes and the keyboard. A change is on disk before anything that follows from it is done. Nothing is asked at
//! intervals: it wakes when a pane, a person, another program says something, or at a deadline of its own (`wake`).

mod errands;
mod gather;
mod panes;
mod queue;
mod records;
mod wake;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};

use super::clock::{at, monotonic};
use super::scribe::Scribe;
use super::{Facts, Worker};
use crate::app::Event;
use crate::domain::roster::Roster;
use crate::domain::session::PaneId;
use crate::domain::task::hand::Aim;
use crate::domain::task::record::Trace;
use crate::domain::task::{self, Evidence, Now, Rules, TaskId};
use crate::ports::{Folders, Git, Hands, PaneFacts, Press, Processes, TaskBook, TypeError};

use errands::Errand;
use panes::Desk;

/// What does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// The fleet; folders without `~`. Whom automation leaves alone is the chair's word.
    pub roster: Roster,
    /// Hands off for so long after a person was active.
    pub quiet: Duration,
    /// The numbers by which the queue goes.
    pub rules: Rules,
    /// Opens git, to see what became of a task's work tree.
    pub trees: Option<OpenGit>,
}

/// Opens git.
pub type OpenGit = fn() -> Box<dyn Git>;

impl Fixed {
    /// For that fleet, with the usual numbers.
    pub fn new(roster: Roster, quiet: Duration) -> Self {
        Self { roster, quiet, rules: Rules::default(), trees: None }
    }
}

/// The right to dispatch, while it lasts.
pub struct Chair<B> {
    /// Reaches the store.
    pub scribe: Scribe<B>,
    /// Whose word counts on the tmux server.
    pub actor: String,
    /// Why nothing is handed out: the config says so, or all automation is paused.
    pub off: Option<&'static str>,
    /// When a person last typed into a pane through the control room.
    pub typed: BTreeMap<PaneId, Duration>,
    /// Patterns of sessions that automation leaves alone; a person may change them meanwhile.
    pub exclude: Vec<String>,
}

impl<B> Clone for Chair<B> {
    fn clone(&self) -> Self {
        Self {
            scribe: self.scribe.clone(),
            actor: self.actor.clone(),
            off: self.off,
            typed: self.typed.clone(),
            exclude: self.exclude.clone(),
        }
    }
}

/// The ways in and out of a dispatcher.
pub struct Doors<B> {
    /// What the panes' worker tells.
    pub heard: mpsc::Receiver<Event>,
    /// The actor's word.
    pub chair: watch::Receiver<Option<Chair<B>>>,
    /// Looks that are wanted.
    pub looks: mpsc::Sender<PaneId>,
    /// Facts for the main loop.
    pub facts: Facts,
}

/// The worker.
pub struct Dispatcher<B: TaskBook, K, Q, F> {
    fixed: Fixed,
    keyboard: Arc<K>,
    processes: Q,
    /// Tells when somebody wrote into the queue.
    folders: F,
    /// The folder that is watched.
    folder: Option<PathBuf>,
    doors: Doors<B>,
    chair: Option<Chair<B>>,
    /// The queue as last read or written; only with a chair.
    book: Option<B::Desk>,
    panes: BTreeMap<PaneId, Desk>,
    /// The panes have been told at least once: who is missing is gone.
    listed: bool,
    errands: BTreeMap<TaskId, Errand>,
    /// Where the last errand of a task's attempt left off.
    aims: BTreeMap<TaskId, (u32, Option<Aim>)>,
    /// When an agent's record was last asked whether there was work, and how often.
    sought: BTreeMap<TaskId, (Duration, u32)>,
    /// Facts for the queue that were not told yet.
    news: Vec<task::Event>,
    /// What is being done beside.
    beside: FuturesUnordered<Pin<Box<dyn Future<Output = Done> + Send>>>,
    /// Another program may have written into the queue.
    stirred: bool,
    /// Who gets what is to be asked anew: something that it depends on has changed.
    asks: bool,
    /// When what waits says why.
    why: Option<Duration>,
    /// When time alone changes something in the queue, as it was last read.
    due: wake::Due,
}

/// What was done beside.
enum Done {
    Put(TaskId, u32, Result<String, TypeError>),
    Checked(TaskId, u32, Result<PaneFacts, TypeError>),
    Traced(TaskId, u32, Trace),
    Gathered(TaskId, Vec<Evidence>),
}

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// A dispatcher that waits for its chair.
    pub fn new(fixed: Fixed, keyboard: K, processes: Q, folders: F, doors: Doors<B>) -> Self {
        Self {
            fixed,
            keyboard: Arc::new(keyboard),
            processes,
            folders,
            folder: None,
            doors,
            chair: None,
            book: None,
            panes: BTreeMap::new(),
            listed: false,
            errands: BTreeMap::new(),
            aims: BTreeMap::new(),
            sought: BTreeMap::new(),
            news: Vec::new(),
            beside: FuturesUnordered::new(),
            stirred: false,
            asks: false,
            why: None,
            due: wake::Due::default(),
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Panes(panes) => self.list(panes),
            Event::Screen(looked) => self.looked(&looked),
            _ => {}
        }
    }

    /// The chair was given, taken or switched.
    async fn seat(&mut self) {
        let chair = self.doors.chair.borrow_and_update().clone();
        let same = |(a, b): (&Chair<B>, &Chair<B>)| a.actor == b.actor;
        let goes_on = self.chair.as_ref().zip(chair.as_ref()).is_some_and(same) && self.book.is_some();
        let off = chair.as_ref().is_none_or(|c| c.off.is_some());
        for (pane, at) in chair.iter().flat_map(|c| &c.typed) {
            if let Some(desk) = self.panes.get_mut(pane) {
                desk.person = desk.person.max(Some(*at + self.fixed.quiet));
            }
        }
        if let Some(chair) = &chair {
            self.fixed.roster.exclude.clone_from(&chair.exclude);
        }
        self.chair = chair;
        if !goes_on {
            self.errands.clear();
            self.aims.clear();
            self.news.clear();
            self.book = None;
            self.open().await;
        } else if off {
            self.stop_errands("dispatch was switched off");
        }
        // Told too when somebody wrote into the queue.
        (self.stirred, self.asks) = (true, true);
    }

    /// True if new tasks may be handed out.
    fn is_on(&self) -> bool {
        self.book.is_some() && self.chair.as_ref().is_some_and(|c| c.off.is_none())
    }
}

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Worker for Dispatcher<B, K, Q, F> {
    const NAME: &'static str = "dispatcher";

    async fn run(&mut self) {
        loop {
            let wake = self.wake();
            tokio::select! {
                biased;
                changed = self.doors.chair.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.seat().await;
                }
                Some(done) = self.beside.next(), if !self.beside.is_empty() => self.done(done),
                event = self.doors.heard.recv() => match event {
                    Some(event) => self.hear(event),
                    None => return,
                },
                stirred = self.folders.next(), if self.folder.is_some() => self.stirred(&stirred),
                () = at(wake) => self.time_passed(),
            }
            // All that came together is told in one transaction.
            while let Ok(event) = self.doors.heard.try_recv() {
                self.hear(event);
            }
            self.work().await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the stamp of records")]
fn now() -> Now {
    Now { wall: jiff::Timestamp::now(), mono: monotonic() }
}
