//! The clerk at the counter of the task queue: tells the main loop what lies in it, and takes people's wishes to it, in a
//! control room that acts and in one that only looks on. Nothing is asked for while nothing was written: the kernel tells.
//! Who hands the tasks out is the dispatcher.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::clock::{at, clock};
use super::scribe::Scribe;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::task::{Now, TaskId, Wish};
use crate::ports::{Counter, Folders, Stirred, StoreError};

/// How many wishes may wait.
pub const ASKED: usize = 64;
/// Between two looks at least: what one change brings along is seen in one.
const REST: Duration = Duration::from_millis(50);
/// Between two looks where the kernel tells nothing, and after a look that failed.
const AGAIN: Duration = Duration::from_secs(2);

/// What is asked of the clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Everything known of a task.
    Page(TaskId),
    /// Keep texts that were not queued.
    Keep(Option<String>),
    /// Something of the queue, under a number by which its answer is known.
    Wish(u64, Wish),
}

/// The worker.
pub struct Clerk<C, F> {
    counter: Scribe<C>,
    folder: PathBuf,
    folders: F,
    watched: bool,
    asked: mpsc::Receiver<Asked>,
    facts: Facts,
    /// When to look, if there is a reason.
    look: Option<Instant>,
    looked: Option<Instant>,
    fault: Option<String>,
}

impl<C: Counter, F: Folders> Clerk<C, F> {
    /// Looks at the queue first thing. Fails where no thread can be had.
    pub fn new(counter: C, folders: F, asked: mpsc::Receiver<Asked>, facts: Facts) -> std::io::Result<Self> {
        let folder = counter.folder().to_owned();
        Ok(Self {
            counter: Scribe::start(counter)?,
            folder,
            folders,
            watched: false,
            asked,
            facts,
            look: Some(clock()),
            looked: None,
            fault: None,
        })
    }

    /// Looks and tells what is new.
    async fn look(&mut self) {
        // Watched before it is looked at: what is written in between is told.
        if !self.watched {
            self.watched = self.folders.watch(&self.folder).is_ok();
        }
        let looked = self.counter.ask(|counter: &mut C| counter.look(now())).await;
        self.looked = Some(clock());
        self.look = (!self.watched || looked.is_err()).then(|| clock() + AGAIN);
        match looked {
            Ok(Some(listing)) => {
                self.fault = None;
                self.tell(Event::Tasks(Ok(Arc::new(listing)))).await;
            }
            Ok(None) if self.fault.take().is_some() => {
                tracing::info!("the task queue can be read again");
            }
            Ok(None) => {}
            Err(e) => {
                let said = said(&e);
                if self.fault.as_ref() != Some(&said) {
                    tracing::warn!(error = %e, "the task queue cannot be read");
                    self.fault = Some(said.clone());
                    self.tell(Event::Tasks(Err(said))).await;
                }
            }
        }
    }

    async fn asked(&mut self, asked: Asked) {
        match asked {
            Asked::Page(id) => {
                let page = self.counter.ask(move |counter: &mut C| counter.page(id)).await;
                let page = page
                    .map_err(|e| said(&e))
                    .and_then(|page| page.map(Arc::new).ok_or_else(|| format!("there is no task {id}")));
                self.tell(Event::TaskPage(id, page)).await;
            }
            Asked::Keep(drafts) => {
                let kept = self.counter.ask(move |counter: &mut C| counter.keep_drafts(drafts.as_deref()));
                if let Err(e) = kept.await {
                    let what = "what was written and not queued is not kept on disk".to_owned();
                    self.tell(Event::Did(Did { what, command: None, failed: Some(said(&e)) })).await;
                }
            }
            Asked::Wish(number, wish) => {
                let answer = self.counter.ask(move |counter: &mut C| counter.ask(wish, now())).await;
                let answer = answer.map(|a| a.map(|granted| granted.ids)).map_err(|e| said(&e));
                self.tell(Event::TaskAnswer(number, answer)).await;
                self.stirred();
            }
        }
    }

    /// Something was written: a look is due, but not two at once.
    fn stirred(&mut self) {
        let at = self.looked.map_or_else(clock, |looked| looked + REST);
        self.look = Some(self.look.map_or(at, |due| due.min(at)));
    }

    fn heard(&mut self, stirred: &[Stirred]) {
        for one in stirred {
            match one {
                Stirred::Name { name, .. } if C::tells(name) => self.stirred(),
                Stirred::Name { .. } => {}
                // Watched anew before the next look, where that can be done.
                Stirred::Gone(_) | Stirred::Lost => {
                    self.folders.forget(&self.folder);
                    self.watched = false;
                    self.stirred();
                }
            }
        }
    }

    /// Where nobody listens any more, the workers are about to be stopped.
    async fn tell(&mut self, event: Event) {
        let _ = self.facts.send(event).await;
    }
}

impl<C: Counter, F: Folders> Worker for Clerk<C, F> {
    const NAME: &'static str = "clerk";

    async fn run(&mut self) {
        loop {
            tokio::select! {
                biased;
                asked = self.asked.recv() => match asked {
                    Some(asked) => self.asked(asked).await,
                    None => return,
                },
                () = at(self.look) => self.look().await,
                stirred = self.folders.next() => self.heard(&stirred),
            }
        }
    }
}

fn said(e: &StoreError) -> String {
    format!("{e}; {}", e.hint())
}

#[expect(clippy::disallowed_methods, reason = "the stamp of records")]
fn now() -> Now {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let mono = Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0));
    Now { wall: jiff::Timestamp::now(), mono }
}
