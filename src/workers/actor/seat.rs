//! Becoming the actor, and ceasing to be it. In this order: the lock, the records, the word on the server; only then do
//! dialogs get a life.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::desk::Desk;
use super::done::Done;
use super::leave::leave;
use super::{AGAIN, Actor, FOLLOW, LETTING_GO, SOON, clock, monotonic, utc};
use crate::app::state::Post;
use crate::domain::confirm::{Life, ORPHANED, Rates, Switches, Told};
use crate::domain::ledger::{self, Channel, Entry};
use crate::domain::session::PaneId;
use crate::ports::{Hooks, Judge, Ledger, Press, Processes, Records, Seat, Seated, StoreError, TypeError};
use crate::workers::books::{Books, DAY, MOST};
use crate::workers::dispatcher::Chair;
use crate::workers::scribe::Scribe;

/// So long after we began to act it is looked once which processes have ended that lost their terminal before; of one that takes
/// longer who acts next tells.
const DYING: Duration = Duration::from_secs(5);

/// Whether another one who acts is heard of, when that changes; `None`: nobody tells any more.
pub(super) async fn told(other: Option<&mut watch::Receiver<bool>>) -> Option<bool> {
    let Some(other) = other else { return std::future::pending().await };
    other.changed().await.ok().map(|()| *other.borrow_and_update())
}

/// What lies in the records when we begin.
pub(super) struct Opened {
    switches: Switches,
    unsettled: Vec<Entry>,
    younger: Vec<Entry>,
    restarts: crate::domain::restart::Records,
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Asks for the seat, beside.
    pub(super) fn ask_for_seat(&mut self) {
        if !self.server_up {
            return;
        }
        if let Some(why) = &self.fixed.barred {
            self.changed |= self.post == Post::None;
            self.post = Post::Barred(why.clone());
            return;
        }
        let Some(mut seat) = self.seat.take() else { return };
        let asked = tokio::task::spawn_blocking(move || {
            let seated = seat.take(utc());
            Done::Seated(seat, seated)
        });
        // A panic there is one here: the worker is started again, without its seat.
        self.beside(async move { asked.await.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic())) });
    }

    pub(super) fn seated(&mut self, seat: S, seated: Seated<S::Records>) {
        self.seat = Some(seat);
        match seated {
            Seated::Ours(records, told) => {
                self.books.trouble = told;
                match Scribe::start(records) {
                    Ok(scribe) => {
                        let opened = scribe.ask(|records| {
                            let told = Told { done: false, text: ORPHANED.to_owned() };
                            records.orphaned(&told, utc())?;
                            Ok(Box::new(Opened {
                                switches: records.switches()?,
                                restarts: records.restarts()?,
                                unsettled: records.inherit(utc())?,
                                younger: records
                                    .younger(utc().saturating_sub(DAY).unwrap_or_default(), MOST)?,
                            }))
                        });
                        self.write_to(Some(scribe.clone()));
                        self.scribe = Some(scribe);
                        self.beside(async move { Done::Opened(opened.await) });
                    }
                    Err(e) => self.unseat(Post::Barred(format!("no thread for the records: {e}"))),
                }
            }
            Seated::Theirs(who) => {
                let post = Post::Observing(who);
                if self.post != post {
                    self.unseat(post);
                }
                self.again = self.server_up.then(|| clock() + self.follow());
            }
            Seated::Failed(why) => self.unseat(Post::Barred(why)),
        }
    }

    pub(super) fn opened(&mut self, opened: Result<Box<Opened>, StoreError>) {
        let opened = match opened {
            Ok(opened) => *opened,
            Err(e) => return self.unseat(Post::Barred(format!("{e}; {}", e.hint()))),
        };
        self.switches = opened.switches;
        self.rates = Rates::rebuilt(&opened.younger, utc(), monotonic());
        self.unsettled = opened.unsettled;
        self.unsettled.extend(ledger::open(&opened.younger));
        self.restarts.kept = opened.restarts;
        let by_hook = opened.younger.iter().filter(|e| e.body.channel == Some(Channel::Hook));
        self.hooked.extend(by_hook.map(|e| e.body.scene.pane));
        self.books = Books { trouble: self.books.trouble.take(), ..Books::default() };
        opened.younger.into_iter().for_each(|e| self.books.add(e));
        let Some(id) = self.seat.as_ref().map(|s| s.id().to_owned()) else { return };
        let keyboard = Arc::clone(&self.keyboard);
        self.beside(async move { Done::Claimed(keyboard.claim(&id).await) });
    }

    /// What stood in panes that ended while nobody looked, as all do with their server, has an end.
    pub(super) fn end_what_died(&mut self) {
        if self.post != Post::Acting {
            return;
        }
        let (host, processes, desks) = (&self.fixed.host, &self.processes, &self.desks);
        let died = |e: &mut Entry| {
            let scene = &e.body.scene;
            let lives = desks.get(&scene.pane.id).is_some_and(|desk| desk.info.identity == scene.pane);
            scene.host == *host && !lives && processes.has_ended(scene.pane)
        };
        let died: Vec<Entry> = self.unsettled.extract_if(.., died).collect();
        died.iter().filter_map(|e| e.unheard(utc(), "its pane has ended")).for_each(|end| self.close(end));
    }

    pub(super) fn claimed(&mut self, claimed: Result<(), TypeError>) {
        if let Err(e) = claimed {
            return self.unseat(Post::Barred(format!("the tmux server was not claimed: {e}")));
        }
        match (self.open_hooks)() {
            Ok(hooks) => self.hooks = Some(hooks),
            // Without it dialogs come to the screen, and the key channel is there.
            Err(e) => self.books.trouble = Some(format!("hooks cannot be heard: {e}")),
        }
        (self.post, self.seated) = (Post::Acting, monotonic());
        self.give_chair();
        self.beside(async {
            tokio::time::sleep(DYING).await;
            Done::Died
        });
        self.again = Some(clock() + AGAIN);
        self.changed = true;
        let panes: Vec<PaneId> = self.desks.keys().copied().collect();
        for pane in panes {
            self.give_life(pane);
            // What stands there now is read anew.
            let _ = self.looks.try_send(pane);
        }
        // Before the panes are listed nothing is known of them.
        if !self.desks.is_empty() {
            self.restarts_listed();
        }
    }

    /// Tasks are handed out while we act, and nothing is paused.
    pub(super) fn give_chair(&self) {
        let Some(chair) = &self.chair else { return };
        let given = self.scribe.clone().zip(self.seat.as_ref()).map(|(scribe, seat)| Chair {
            scribe,
            actor: seat.id().to_owned(),
            off: match (self.fixed.dispatch, &self.switches.paused) {
                (false, _) => Some("the config says [tasks] dispatch = \"off\""),
                (true, Some(_)) => Some("all automation is paused"),
                (true, None) => None,
            },
            typed: self.desks.iter().filter_map(|(id, d)| Some((*id, d.typed?))).collect(),
            exclude: self.fixed.roster.exclude.clone(),
        });
        chair.send_replace(given);
    }

    /// A pane's dialogs begin to live; what an archtui before us left unsettled there is known.
    pub(super) fn give_life(&mut self, pane: PaneId) {
        if self.post != Post::Acting {
            return;
        }
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let identity = desk.info.identity;
        // Once: a pane that comes back has been told of since.
        let left: Vec<_> = self.unsettled.extract_if(.., |e| e.body.scene.pane == identity).collect();
        desk.life = Some(Life::rebuilt(desk.ways(self.fixed.hook_fallback), &left));
        self.tell_of_hooks(identity);
    }

    /// Until the seat of another one is asked for again: his end is told, or it is not.
    fn follow(&self) -> Duration {
        match (&self.other, self.silent) {
            (Some(other), _) if *other.borrow() => AGAIN,
            (_, Some(since)) if clock().saturating_duration_since(since) < LETTING_GO => SOON,
            _ => FOLLOW,
        }
    }

    /// Whoever acts is heard of now, or no more: then his socket is closed, and his lock is free, or will be in a moment. The
    /// lock alone decides.
    pub(super) fn told_of_other(&mut self, heard: Option<bool>) {
        match heard {
            Some(true) => {}
            Some(false) => {
                self.silent = Some(clock());
                if self.server_up && matches!(self.post, Post::Observing(_)) {
                    self.again = Some(clock());
                }
            }
            // Nobody tells any more.
            None => self.other = None,
        }
    }

    /// The seat is free, and can be asked for again.
    pub(super) fn left(&mut self, seat: S) {
        self.seat = Some(seat);
        // That may have been due meanwhile.
        self.again = self.again.or_else(|| self.server_up.then(clock));
    }

    /// From now on nothing is answered from here.
    pub(super) fn unseat(&mut self, post: Post) {
        for wish in self.desks.values().flat_map(Desk::waits).collect::<Vec<_>>() {
            self.answer_wish(wish, false, "whoever acted stopped acting".to_owned());
        }
        for desk in self.desks.values_mut() {
            desk.life = None;
            desk.owners.clear();
            desk.errand = None;
        }
        self.drop_restarts();
        self.untold.clear();
        self.write_to(None);
        let scribe = self.scribe.take();
        self.give_chair();
        self.hooks = None;
        self.calls.clear();
        match (scribe, self.seat.take()) {
            // The next one reads what we wrote: not before it is written.
            (Some(scribe), Some(seat)) => {
                self.beside(async move { Done::Left(leave(scribe, seat, S::leave).await) });
            }
            (_, Some(mut seat)) => {
                seat.leave();
                self.seat = Some(seat);
            }
            (_, None) => {}
        }
        let next = if matches!(post, Post::Observing(_)) { self.follow() } else { AGAIN };
        self.post = post;
        self.again = self.server_up.then(|| clock() + next);
        self.changed = true;
    }
}
