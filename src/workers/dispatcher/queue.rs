//! The queue's side: facts are told to the store, what it answers is begun, and free sessions get their next task.

use super::panes::Desk;
use super::{Dispatcher, monotonic, now};
use crate::app::Event as Fact;
use crate::app::event::Did;
use crate::domain::task::{Effect, Event, News, TaskId};
use crate::ports::{Hands, Press, Processes, StoreError, TaskBook};

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone> Dispatcher<B, K, Q> {
    /// Reads the queue and looks after what an archtui before us left half done.
    pub(super) async fn open(&mut self) {
        let Some(chair) = &self.chair else { return };
        let rules = self.fixed.rules;
        let asked = chair.scribe.ask(move |store: &mut B| {
            let mut desk = store.desk(rules)?;
            let effects = store.tell(&mut desk, vec![Event::Started], now())?;
            Ok((desk, effects))
        });
        match asked.await {
            Ok((desk, effects)) => {
                self.book = Some(desk);
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
    pub(super) async fn work(&mut self, ticked: bool) {
        if self.book.is_none() {
            self.news.clear();
            if ticked && self.chair.is_some() {
                self.open().await;
            }
            return;
        }
        if ticked {
            self.seek_work();
            self.news.push(Event::Tick);
        }
        // Who is free is found anew after each hand-out; nothing follows from nothing.
        for _ in 0..=self.panes.len() {
            if !self.tell().await || !self.hand_out() {
                break;
            }
        }
        if ticked {
            self.say_why();
        }
    }

    /// Tells the store what is new; false if that did not work, and then nothing more is done.
    async fn tell(&mut self) -> bool {
        let facts = std::mem::take(&mut self.news);
        let (Some(chair), Some(mut desk)) = (&self.chair, self.book.take()) else { return false };
        let facts: Vec<Event> = facts.into_iter().filter(|e| B::queue(&desk).concerns(e)).collect();
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
                self.book = Some(desk);
                self.begin(effects);
                true
            }
            // What was read is lost with the job: it is read anew at the next tick, as after a start. Errands under way
            // belong to attempts that are then looked up.
            Err(e) => {
                self.errands.clear();
                self.trouble(&e);
                false
            }
        }
    }

    /// Chooses the next hand-out; true if there is one to tell.
    fn hand_out(&mut self) -> bool {
        let Some(desk) = self.book.as_ref().filter(|_| self.is_on()) else { return !self.news.is_empty() };
        // Who is free costs a look at every agent's process: it is not asked for nothing.
        if !B::queue(desk).is_waiting(now()) {
            return !self.news.is_empty();
        }
        let candidates = self.candidates(Desk::is_idle);
        let chosen = B::queue(desk).dispatch(&self.fixed.roster, &candidates, now());
        let leased = chosen.map(|(id, c)| Event::Leased { id, session: c.session.clone(), pane: c.pane });
        self.news.extend(leased);
        !self.news.is_empty()
    }

    /// Waiting tasks say what they wait for.
    fn say_why(&mut self) {
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
