//! The queue's side: facts are told to the store, what it answers is begun, and free sessions get their next task.

use std::collections::BTreeSet;
use std::time::Duration;

use super::panes::Desk;
use super::{Dispatcher, monotonic, now};
use crate::app::Event as Fact;
use crate::app::event::Did;
use crate::domain::session::PaneId;
use crate::domain::task::{Effect, Event, News, TaskId};
use crate::ports::{Folders, Hands, Press, Processes, StoreError, TaskBook};

/// So long after something changed, what waits says why: for what passes at once, nothing is written down.
const SAID: Duration = Duration::from_millis(500);

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone, F: Folders> Dispatcher<B, K, Q, F> {
    /// Reads the queue and looks after what an archtui before us left half done.
    pub(super) async fn open(&mut self) {
        let Some(chair) = &self.chair else { return };
        let rules = self.fixed.rules;
        let folder = chair.scribe.ask(|store: &mut B| Ok(store.folder())).await.unwrap_or_default();
        // Watched before it is read: what is written in between is told.
        self.watch(folder);
        let Some(chair) = &self.chair else { return };
        let asked = chair.scribe.ask(move |store: &mut B| {
            let mut desk = store.desk(rules)?;
            let effects = store.tell(&mut desk, vec![Event::Started], now())?;
            Ok((desk, effects))
        });
        self.due.tried(monotonic());
        match asked.await {
            Ok((desk, effects)) => {
                self.due.read(B::queue(&desk), now());
                (self.book, self.asks) = (Some(desk), true);
                if self.listed {
                    let panes = self.panes.values().map(|d| d.info.identity).collect();
                    self.news.push(Event::Panes(panes));
                }
                self.begin(effects);
            }
            Err(e) => self.trouble(&e),
        }
    }

    /// Tells what is new and hands out what can be handed out, until nothing follows any more.
    pub(super) async fn work(&mut self) {
        if self.book.is_none() {
            self.news.clear();
            if self.chair.is_some() && self.due.again(monotonic()) {
                self.open().await;
            }
            return;
        }
        if std::mem::take(&mut self.stirred) && self.is_behind().await {
            // Told nothing, the queue takes in what others wrote.
            self.news.push(Event::Tick);
            // While nothing was to be done nobody looked.
            self.states_last(monotonic());
        }
        self.seek_work();
        // Who is free is found anew after each hand-out; nothing follows from nothing.
        for _ in 0..=self.panes.len() {
            self.see();
            if !self.tell().await || !self.hand_out() {
                break;
            }
        }
    }

    /// Whether other programs have written into the queue.
    async fn is_behind(&mut self) -> bool {
        let (Some(chair), Some(desk)) = (&self.chair, self.book.take()) else { return false };
        let asked = chair.scribe.ask(move |store: &mut B| {
            let behind = store.is_behind(&desk);
            Ok((desk, behind))
        });
        match asked.await {
            Ok((desk, behind)) => {
                self.book = Some(desk);
                // What cannot be read is told of when it is written.
                behind.unwrap_or(true)
            }
            Err(e) => {
                self.lost(&e);
                false
            }
        }
    }

    /// What was read is lost with the job: it is read anew a moment later, as after a start. Errands under way belong to
    /// attempts that are then looked up.
    fn lost(&mut self, e: &StoreError) {
        self.due.tried(monotonic());
        self.errands.clear();
        self.trouble(e);
    }

    /// What the panes of tasks show now, where that says something new of them: something else was said of the task since
    /// the pane was looked at last, or what it shows has lasted long enough.
    fn see(&mut self) {
        let Some(desk) = &self.book else { return };
        let (queue, now) = (B::queue(desk), monotonic());
        let panes: BTreeSet<PaneId> = queue.out().flat_map(|t| t.occupied().map(|a| a.pane.id)).collect();
        let desks = panes.iter().filter_map(|id| self.panes.get(id));
        let saw = desks.map(|d| Event::Saw { pane: d.info.identity, sight: d.sight(now) });
        self.news.extend(saw.filter(|e| queue.concerns(e)));
    }

    /// Tells the store what is new; false if that did not work, and then nothing more is done.
    async fn tell(&mut self) -> bool {
        let facts = std::mem::take(&mut self.news);
        let (Some(chair), Some(mut desk)) = (&self.chair, self.book.take()) else { return false };
        // As the store does it; here so that most looks at most panes do not even reach its thread.
        let facts: Vec<Event> = facts.into_iter().skip_while(|e| !B::queue(&desk).concerns(e)).collect();
        if facts.is_empty() {
            self.book = Some(desk);
            return true;
        }
        let asked = chair.scribe.ask(move |store: &mut B| {
            let effects = store.tell(&mut desk, facts, now())?;
            Ok((desk, effects))
        });
        match asked.await {
            Ok((desk, effects)) => {
                self.due.read(B::queue(&desk), now());
                (self.book, self.asks) = (Some(desk), true);
                self.begin(effects);
                true
            }
            Err(e) => {
                self.lost(&e);
                false
            }
        }
    }

    /// Chooses the next hand-out; true if there is one to tell.
    fn hand_out(&mut self) -> bool {
        let Some(desk) = &self.book else { return false };
        // Who is free costs a look at every agent's process: it is not asked for nothing.
        if !std::mem::take(&mut self.asks) || !B::queue(desk).is_waiting(now()) {
            return !self.news.is_empty();
        }
        self.why.get_or_insert(monotonic() + SAID);
        if !self.is_on() {
            return !self.news.is_empty();
        }
        let candidates = self.candidates(Desk::is_idle);
        let chosen = B::queue(desk).dispatch(&self.fixed.roster, &candidates, now());
        let leased = chosen.map(|(id, c)| Event::Leased { id, session: c.session.clone(), pane: c.pane });
        self.news.extend(leased);
        !self.news.is_empty()
    }

    /// Waiting tasks say what they wait for.
    pub(super) fn say_why(&mut self) {
        let Some(desk) = &self.book else { return };
        let queue = B::queue(desk);
        if !queue.is_waiting(now()) {
            return;
        }
        let candidates = self.candidates(|_| true);
        let off = self.chair.as_ref().and_then(|c| c.off).map(str::to_owned);
        // The next ones in line: nobody reads the reasons of ten thousand.
        for task in queue.order(queue.clock().read(now())).into_iter().take(200) {
            let why = queue.why(&self.fixed.roster, task, &candidates, now());
            if let Some(why) = off.clone().or(why) {
                self.news.push(Event::Waits { id: task.id, why });
            }
        }
    }

    fn begin(&mut self, effects: Vec<Effect>) {
        let at = monotonic();
        for effect in effects {
            match effect {
                Effect::Check(e) => self.check(e, at),
                Effect::Paste(e, text) => self.paste(e, text, at),
                Effect::Enter(e, text) => self.enter(e, text, at),
                Effect::LookUp(e, text) => self.look_up(e, text, at),
                Effect::Gather(e) => self.gather(&e),
                Effect::Tell(id, news) => self.told(id, news),
            }
        }
    }

    fn told(&self, id: TaskId, news: News) {
        let task = self.book.as_ref().and_then(|d| B::queue(d).get(id));
        let session = task.and_then(|t| t.session()).map(|s| format!(", {s}")).unwrap_or_default();
        let (word, failed) = match news {
            News::Delivered => ("delivered", None),
            News::Done => ("done", None),
            News::Held => ("held: it needs you", task.and_then(|t| t.reason.clone())),
            News::Failed => ("failed", task.and_then(|t| t.reason.clone())),
            News::Overdue => ("overdue", None),
        };
        self.tell_fact(Did { what: format!("task {id} {word}{session}"), command: None, failed });
    }

    fn trouble(&self, e: &StoreError) {
        tracing::warn!(error = %e, "the task queue cannot be kept");
        let failed = Some(format!("{e}; {}", e.hint()));
        self.tell_fact(Did { what: "no task is handed out".into(), command: None, failed });
    }

    /// The main loop is told; where it is far behind, this line is lost, not the time.
    pub(super) fn tell_fact(&self, did: Did) {
        let _ = self.doors.facts.try_send(Fact::Did(did));
    }
}
