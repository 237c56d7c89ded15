//! One life of a connection: from the start of the client to its end. Asks, hears, and keeps the timetable.

mod answers;
mod sight;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use self::sight::Sighting;
use super::book::Book;
use super::glimpse::{Glimpses, Question};
use super::outbox::Outbox;
use super::schedule::Schedule;
use super::{Wire, clock};
use crate::domain::server::{Notice, Server, Told};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::lines::Lines;
use crate::ports::{Alarm, TypeError, View, alarm};
use crate::tmux::address::{Address, SocketId};
use crate::tmux::exchange::Heard;
use crate::tmux::keys::{Typing, What};
use crate::tmux::list;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// The slow sweep: a list, a few of the oldest looks again, the socket's file: that it is gone is told within two seconds.
const SWEEP: Duration = ms(1800);
/// The same while the socket is gone.
const GONE: Duration = ms(500);
/// Looks that a sweep repeats although nothing told of a change …
const SWEEP_LOOKS: usize = 6;
/// … at panes in view that were not looked at for so long, and at the others.
const SWEEP_AGE: (Duration, Duration) = (ms(4000), ms(10_000));
/// Between two cheap checks where writes are not noticed: while something moves, and when nothing did for a while.
const CHECK: (Duration, Duration) = (ms(100), ms(500));
/// A notice of the server is followed by a list after this, to take several together.
const LIST_SOON: Duration = ms(4);
/// Lists are not asked more often than this.
const LIST_GAP: Duration = ms(100);
/// Titles alone change the told list this often at most: some agents animate them.
const TITLES_GAP: Duration = ms(250);
/// A server that does not answer for so long is told of.
const SILENCE: Duration = ms(5000);

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Tag {
    Hello,
    /// Sessions that an archtui left behind.
    Leftovers,
    List,
    Check,
    Glimpse(Question),
    Screen(PaneId),
    /// The answer says nothing that anybody wants to know.
    Nothing,
    Typed(PaneIdentity, What, oneshot::Sender<Result<String, TypeError>>),
}

/// What the server said of itself.
#[derive(Debug)]
struct Up {
    version: String,
    pid: u32,
    warning: Option<String>,
}

/// A connection with all that is known through it.
#[derive(Debug)]
pub(super) struct Link {
    wire: Wire,
    heard: Vec<Heard<Tag>>,
    /// The paste buffer through which screens are fetched, if they are, for the length of one command line.
    buffer: String,
    address: Address,
    id: SocketId,
    /// The server's process as our kernel numbers it.
    peer: Option<u32>,
    notice: Notice,
    attached: bool,
    up: Option<Up>,
    book: Book,
    schedule: Schedule,
    glimpses: Glimpses,
    view: View,
    sighting: Sighting,
    /// The kernel's lines about the panes' processes.
    lines: Lines,
    /// Panes that wrote since their screen was told.
    unseen: HashSet<PaneId>,
    asked_any: bool,
    timers: Timers,
    alarm: Alarm,
    silent: bool,
}

/// When the next of each thing is due.
#[derive(Debug)]
struct Timers {
    list: Option<Instant>,
    list_flying: bool,
    listed: Option<Instant>,
    check: Option<Instant>,
    check_pace: Duration,
    sweep: Instant,
    titles: Option<Instant>,
    /// Since when an answer is awaited.
    waiting: Instant,
}

impl Link {
    pub(super) fn new(
        wire: Wire,
        session: String,
        address: &Address,
        (id, peer): (SocketId, Option<u32>),
        notice: Notice,
        view: View,
        now: Instant,
    ) -> Self {
        Self {
            wire,
            heard: Vec::new(),
            // Nobody else on this server has it.
            buffer: session,
            address: address.clone(),
            id,
            peer,
            notice,
            attached: false,
            up: None,
            book: Book::default(),
            schedule: Schedule::new(alarm::zero()),
            glimpses: Glimpses::new(now),
            view,
            sighting: Sighting::new(now),
            lines: Lines::default(),
            unseen: HashSet::new(),
            asked_any: false,
            timers: Timers {
                list: None,
                list_flying: false,
                listed: None,
                check: None,
                check_pace: CHECK.0,
                sweep: now + SWEEP,
                titles: None,
                waiting: now,
            },
            alarm: Alarm::new(),
            silent: false,
        }
    }

    /// True once the server had answered.
    pub(super) fn was_up(&self) -> bool {
        self.up.is_some()
    }

    pub(super) fn look_at(&mut self, view: &View, now: Instant) {
        self.schedule.view(&view.front, view.paused, now);
        self.view = view.clone();
    }

    /// Looks at a pane at once, and tells its screen also if it is the same.
    pub(super) fn look_again(&mut self, pane: PaneId, now: Instant) {
        self.book.want_look(pane);
        self.schedule.ask(pane, now);
    }

    /// The look that makes sure of what was told may wait.
    pub(super) fn stands(&mut self, pane: PaneId) {
        self.schedule.stands(pane);
    }

    /// Does what is due, waits for the next thing, takes it in. Cancel-safe. An error is the end, as it is to be told.
    pub(super) async fn turn(
        &mut self,
        keys: &mut mpsc::Receiver<Typing>,
        keys_open: &mut bool,
        outbox: &mut Outbox,
    ) -> Result<(), Server> {
        let before = clock();
        self.do_due(before, outbox)?;
        if !outbox.is_empty() {
            return Ok(());
        }
        let wake = self.wake(before);
        // What comes is stamped when it has come: a look that counts as asked before its time is asked for twice.
        tokio::select! {
            moved = self.wire.turn(&mut self.heard) => moved.map_err(|why| self.ended(why))?,
            read = self.sighting.next(before) => if let Err(e) = read {
                self.lose_sight(&format!("inotify failed: {e}"), outbox, clock());
            },
            wish = keys.recv(), if *keys_open && self.up.is_some() => match wish {
                Some(wish) => self.type_in(wish, clock()),
                None => *keys_open = false,
            },
            () = self.alarm.until(Some(wake)) => {}
        }
        let now = clock();
        let mut heard = std::mem::take(&mut self.heard);
        // What was written before the server answered is noticed before the answer is taken in.
        let looked = |h: &Heard<Tag>| matches!(h, Heard::Reply(r) if matches!(r.tag, Tag::Screen(_)));
        if heard.iter().any(looked)
            && let Err(e) = self.sighting.catch_up()
        {
            self.lose_sight(&format!("inotify failed: {e}"), outbox, now);
        }
        self.take_notices(outbox, now);
        for heard in heard.drain(..) {
            self.hear(heard, outbox, now)?;
        }
        self.heard = heard;
        Ok(())
    }

    fn ask(&mut self, asked: Tag, facts: Option<(&str, &str)>, commands: &str, now: Instant) {
        if !self.wire.is_waiting() {
            self.timers.waiting = now;
        }
        self.wire.ask(asked, facts, commands);
        self.asked_any = true;
    }

    fn close_batch(&mut self) {
        if std::mem::take(&mut self.asked_any) {
            self.wire.close_batch();
        }
    }

    fn do_due(&mut self, now: Instant, outbox: &mut Outbox) -> Result<(), Server> {
        let awaited = !self.attached || self.wire.is_waiting();
        if awaited && !self.silent && now >= self.timers.waiting + SILENCE {
            self.silent = true;
            let why = format!("tmux has not answered for {} s", SILENCE.as_secs());
            outbox.push(Told::Server(Server::Lost { why }));
        }
        if self.up.is_none() {
            self.close_batch();
            return Ok(());
        }
        if self.sighting.proof_failed(now) {
            self.lose_sight("a write to our own pane was not noticed", outbox, now);
        }
        if now >= self.timers.sweep {
            // One that is gone may be back at any moment.
            let gone = self.look_at_socket(outbox)?;
            self.timers.sweep = now + if gone { GONE } else { SWEEP };
            self.timers.list = Some(now);
            if !self.view.paused {
                for pane in self.schedule.oldest(SWEEP_LOOKS, SWEEP_AGE, now) {
                    self.schedule.nudge(pane, now);
                }
            }
        }
        if self.timers.list.is_some_and(|at| now >= at) && !self.timers.list_flying {
            self.timers.list = None;
            self.timers.list_flying = true;
            self.ask(Tag::List, None, &list::command(), now);
        }
        if self.timers.check.is_some_and(|at| now >= at) {
            self.timers.check = None;
            self.ask(Tag::Check, None, &list::check_command(), now);
        }
        if self.glimpses.next().is_some_and(|at| now >= at) && self.schedule.wants_glimpse(now) {
            let question = self.glimpses.begin(now);
            self.glimpse(question, now);
        }
        if self.timers.titles.is_some_and(|at| now >= at) {
            self.timers.titles = None;
            outbox.push(Told::Panes(self.book.panes().to_vec()));
        }
        self.look_at_due(now);
        self.close_batch();
        Ok(())
    }

    fn glimpse(&mut self, question: Question, now: Instant) {
        let command = match &question {
            Question::Places => list::PLACES.to_owned(),
            Question::Moved(panes) => list::rows_command(Some(panes)),
            Question::All => list::rows_command(None),
        };
        self.ask(Tag::Glimpse(question), None, &command, now);
    }

    /// Asks for every look that is due.
    fn look_at_due(&mut self, now: Instant) {
        for pane in self.schedule.take_due(now) {
            let look = self.book.capture.command(pane, &self.buffer);
            self.ask(Tag::Screen(pane), Some((&pane.to_string(), &list::facts())), &look, now);
        }
    }

    fn wake(&mut self, now: Instant) -> Instant {
        let looks = self.schedule.next_wake(now);
        let timers = &self.timers;
        let mut wake = timers.sweep;
        let mut by = |at: Option<Instant>| wake = at.map_or(wake, |at| wake.min(at));
        by((!self.silent && (!self.attached || self.wire.is_waiting())).then_some(timers.waiting + SILENCE));
        if self.up.is_none() {
            return wake.max(now + ms(1));
        }
        by(timers.list.filter(|_| !timers.list_flying));
        by(timers.check);
        by(self.glimpses.next().filter(|_| self.schedule.wants_glimpse(now)).map(|at| at.max(now)));
        by(timers.titles);
        by(looks);
        by(self.sighting.wake());
        wake
    }

    fn hear(&mut self, heard: Heard<Tag>, outbox: &mut Outbox, now: Instant) -> Result<(), Server> {
        match heard {
            Heard::Reply(reply) => {
                self.timers.waiting = now;
                if std::mem::take(&mut self.silent) {
                    self.tell_up(outbox);
                }
                self.take_reply(reply, outbox, now)
            }
            Heard::Notification(name, _) => {
                self.take_notification(&name, now);
                Ok(())
            }
            // A pane may have forged it; the end of the stream is the end.
            Heard::Exit(_) => Ok(()),
        }
    }

    fn take_notification(&mut self, name: &str, now: Instant) {
        match name {
            "session-changed" if !self.attached => {
                self.attached = true;
                self.ask(Tag::Hello, None, "display-message -p '#{version} #{pid} #{pane_tty}'", now);
                self.ask(Tag::Leftovers, None, list::LEFTOVERS, now);
                self.timers.list_flying = true;
                self.ask(Tag::List, None, &list::command(), now);
                self.close_batch();
            }
            "sessions-changed"
            | "session-renamed"
            | "session-window-changed"
            | "window-add"
            | "window-close"
            | "unlinked-window-add"
            | "unlinked-window-close"
            | "layout-change"
            | "window-pane-changed"
            | "pane-mode-changed"
            | "client-session-changed"
            | "client-detached" => self.list_soon(now),
            _ => {}
        }
    }

    fn list_soon(&mut self, now: Instant) {
        let soon = now + LIST_SOON;
        let at = self.timers.listed.map_or(soon, |listed| soon.max(listed + LIST_GAP));
        self.timers.list = Some(self.timers.list.map_or(at, |due| due.min(at)));
    }
}
