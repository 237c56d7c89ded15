//! The actor: the one worker that answers dialogs by itself, for the screen and for the daemon alike. It hears what the
//! panes show, keeps a life for each pane's dialogs (`domain::confirm`) and carries its orders out. What may be answered is
//! the rules' word; whether the moment is right is the life's; here both meet the world.

mod board;
mod carry;
mod deed;
mod deferred;
mod desk;
mod done;
mod due;
mod errand;
mod free_text;
mod hooks;
mod judging;
mod kill;
mod leave;
mod observer;
mod outbox;
mod recall;
mod recorded;
mod renew;
mod restart;
mod seat;
mod tidy;
mod unstick;
mod wishes;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use super::clock::boot;
use super::clock::{clock, monotonic};
use super::dispatcher::Chair;
use super::scribe::Scribe;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::state::Post;
use crate::domain::agent::Agents;
use crate::domain::confirm::{HookId, Limits, Rates, Switches, Told};
use crate::domain::ledger::Entry;
use crate::domain::roster::Roster;
use crate::domain::server::{Notice, Server};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::alarm::Alarm;
use crate::ports::{Hooks, Judge, Press, Processes, Renewed, Seat};

use board::Books;
use deferred::Deferred;
use desk::Desk;
use done::Done;
use hooks::{Call, Stray};
use leave::Farewell;
use outbox::Outbox;

pub use observer::Wishing;
pub use wishes::Asked;

/// How many questions of people may wait.
pub const ASKED: usize = 256;
/// How many looks may be wanted at once.
pub const LOOKS: usize = 512;
/// Between two tries to get the seat, and between two looks for wishes that nobody told of.
const AGAIN: Duration = Duration::from_secs(2);
/// Between two boards: a frame's time. Who acts is told at once.
const BOARD_GAP: Duration = Duration::from_millis(33);
/// Between two tries while somebody else has the seat and nobody tells when he is gone: whoever acts may be killed, and an
/// observer follows within a second.
const FOLLOW: Duration = Duration::from_millis(400);

/// The same right after he was told to be gone: his lock goes a moment after his socket, …
const SOON: Duration = Duration::from_millis(40);
/// … within this.
const LETTING_GO: Duration = Duration::from_secs(1);

/// What does not change while the program runs.
pub struct Fixed {
    /// Why the rules are not those that were meant, in one line.
    pub fault: Option<String>,
    /// Why it does not act, in one line: it was started by an agent.
    pub barred: Option<String>,
    /// This machine's name.
    pub host: String,
    /// The fleet.
    pub roster: Roster,
    /// How agents' screens read.
    pub agents: Agents,
    /// Hands off for so long after a person was active.
    pub quiet: Duration,
    /// Answers a minute.
    pub limits: Limits,
    /// A dialog whose hook is silent may be answered by key.
    pub hook_fallback: bool,
    /// Live only for so long after a person said so.
    pub lease: Option<Duration>,
    /// Entries of the ledger are kept so long.
    pub keep: Option<Duration>,
    /// Tasks are handed out while we act.
    pub dispatch: bool,
}

/// The worker. Facts come in on `heard`, people's answers on `asked`; `looks` are asked of the panes' worker.
pub struct Actor<S: Seat, K, Q, J, H> {
    fixed: Fixed,
    keyboard: Arc<K>,
    processes: Q,
    judge: Arc<J>,
    /// How often the rules have changed: a verdict of older ones does not count.
    version: u64,
    renewed: Option<mpsc::Receiver<Renewed<J>>>,
    heard: mpsc::Receiver<Event>,
    asked: mpsc::Receiver<Asked>,
    looks: mpsc::Sender<PaneId>,
    facts: Facts,
    open_hooks: OpenHooks<H>,
    /// How an observer asks who acts.
    wishing: Option<Wishing>,
    /// Whether another one who acts is heard of: then his end is told.
    other: Option<watch::Receiver<bool>>,
    /// Since when he is not heard of any more.
    silent: Option<Instant>,
    /// Only while we act.
    hooks: Option<H>,
    /// Who waits for a word, and where it will run.
    calls: BTreeMap<HookId, Call>,
    /// Panes whose agents' hooks were heard, also by an archtui before us: their dialogs come by the hook.
    hooked: BTreeSet<PaneIdentity>,
    /// Calls of late that nobody here could answer.
    strays: Vec<Stray>,
    /// When the seat, or a wish, is to be looked for again.
    again: Option<Instant>,
    server_up: bool,
    /// Writes are told of as they come: it is known when a dialog's last byte was.
    notices: bool,
    post: Post,
    /// Since when we act, if we do.
    seated: Duration,
    scribe: Option<Scribe<S::Records>>,
    /// Entries on their way to the disk.
    outbox: Outbox<S::Records>,
    /// The dispatcher works while we act.
    chair: Option<watch::Sender<Option<Chair<S::Records>>>>,
    desks: BTreeMap<PaneId, Desk>,
    /// How many orders were begun.
    errands: u64,
    /// When time alone changes something at a desk.
    alarms: BTreeMap<PaneId, Duration>,
    switches: Switches,
    rates: Rates,
    unsettled: Vec<Entry>,
    restarts: restart::Restarts,
    /// What became of wishes and could not be written.
    untold: Vec<(u64, Told)>,
    /// When old entries are to be let go.
    tidy: Option<Duration>,
    books: Books,
    farewell: Farewell,
    /// What is being done beside.
    beside: FuturesUnordered<Pin<Box<dyn Future<Output = Done<S>> + Send>>>,
    /// The same, where it need not wake us.
    deferred: Deferred<Done<S>>,
    /// Away while somebody asks for it. Behind the records: they are closed before the next one sits down.
    seat: Option<S>,
    /// Rings for what is due.
    alarm: Alarm,
    /// Something that the board shows has changed.
    changed: bool,
    /// An instant, and what the monotonic clock showed then: what is due by the one rings by the other.
    zero: (Instant, Duration),
    /// The next board is not told before that; the post that was last told.
    board_due: Instant,
    board_gap: Duration,
    post_told: Post,
}

/// Opens the door of the agents' hooks.
pub type OpenHooks<H> = Box<dyn FnMut() -> std::io::Result<H> + Send>;

/// The ways in and out of an actor.
pub struct Doors<H> {
    /// Opens the door of the agents' hooks, as soon as we act.
    pub hooks: OpenHooks<H>,
    /// What the panes' worker tells.
    pub heard: mpsc::Receiver<Event>,
    /// What people ask.
    pub asked: mpsc::Receiver<Asked>,
    /// Looks that are wanted.
    pub looks: mpsc::Sender<PaneId>,
    /// Facts for the main loop.
    pub facts: Facts,
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// The same where nobody sees the board: it is told that rarely.
    #[must_use]
    pub fn with_boards_every(self, gap: Duration) -> Self {
        Self { board_gap: gap, ..self }
    }

    /// The same with a dispatcher, whose chair is given and taken with the seat.
    #[must_use]
    pub fn with_dispatcher(self, chair: watch::Sender<Option<Chair<S::Records>>>) -> Self {
        Self { chair: Some(chair), ..self }
    }

    /// The same that asks who acts while it only observes.
    #[must_use]
    pub fn with_wishing(self, wishing: Wishing) -> Self {
        Self { wishing: Some(wishing), ..self }
    }

    /// The same that is told by an onlooker whether another one acts.
    #[must_use]
    pub fn with_onlooker(self, other: watch::Receiver<bool>) -> Self {
        Self { other: Some(other), ..self }
    }

    /// The same that is told before the program ends: then it ends what it has begun, and itself.
    #[must_use]
    pub fn with_closing(self, closing: CancellationToken) -> Self {
        Self { farewell: Farewell::told_by(closing), ..self }
    }

    /// The same with rules that may change while it runs.
    #[must_use]
    pub fn with_reload(self, renewed: mpsc::Receiver<Renewed<J>>) -> Self {
        Self { renewed: Some(renewed), ..self }
    }

    /// An actor that has not asked for its seat yet.
    pub fn new(fixed: Fixed, seat: S, keyboard: K, processes: Q, judge: J, doors: Doors<H>) -> Self {
        let Doors { hooks, heard, asked, looks, facts } = doors;
        Self {
            fixed,
            keyboard: Arc::new(keyboard),
            processes,
            judge: Arc::new(judge),
            version: 0,
            renewed: None,
            heard,
            asked,
            looks,
            facts,
            open_hooks: hooks,
            wishing: None,
            other: None,
            silent: None,
            hooks: None,
            calls: BTreeMap::new(),
            hooked: BTreeSet::new(),
            strays: Vec::new(),
            seat: Some(seat),
            again: None,
            server_up: false,
            notices: false,
            post: Post::None,
            seated: Duration::ZERO,
            scribe: None,
            outbox: Outbox::default(),
            chair: None,
            desks: BTreeMap::new(),
            errands: 0,
            alarms: BTreeMap::new(),
            switches: Switches::default(),
            rates: Rates::default(),
            unsettled: Vec::new(),
            restarts: restart::Restarts::default(),
            untold: Vec::new(),
            tidy: None,
            books: Books::default(),
            farewell: Farewell::default(),
            beside: FuturesUnordered::new(),
            deferred: Deferred::default(),
            alarm: Alarm::new(),
            changed: true,
            zero: (clock(), monotonic()),
            board_due: clock(),
            board_gap: BOARD_GAP,
            post_told: Post::None,
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Server(Server::Up { .. }) => {
                self.server_up = true;
                self.again = Some(clock());
            }
            Event::Server(_) => {
                self.server_up = false;
                self.unseat(Post::None);
            }
            Event::Noticing(notice, _) => self.notices = notice == Notice::Inotify,
            Event::Panes(panes) => self.list(panes),
            Event::Screen(looked) => self.looked(&looked),
            _ => {}
        }
    }

    /// Tells what the board shows, where that has changed and the last time is a while ago; false if nobody listens.
    async fn tell_board(&mut self) -> bool {
        let now = clock();
        if !self.changed || (now < self.board_due && self.post == self.post_told) {
            return true;
        }
        self.changed = false;
        // Those who look on see it as soon as a screen of ours would.
        let watched = self.hooks.as_ref().is_some_and(Hooks::is_watched);
        self.board_due = now + if watched { BOARD_GAP } else { self.board_gap };
        self.post_told = self.post.clone();
        let board = self.board();
        self.show(&board);
        self.facts.send(Event::Board(board)).await.is_ok()
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Worker for Actor<S, K, Q, J, H> {
    const NAME: &'static str = "actor";

    async fn run(&mut self) {
        loop {
            let wake = self.wake();
            let hurried = self.outbox.hurried();
            tokio::select! {
                biased;
                Some(done) = self.beside.next(), if !self.beside.is_empty() => self.done(done),
                event = self.heard.recv() => match event {
                    Some(event) => self.hear(event),
                    None => return,
                },
                Some(asked) = self.asked.recv() => self.asked(asked),
                renewed = renew::next(self.renewed.as_mut()) => self.renew(renewed),
                heard = seat::told(self.other.as_mut()) => self.told_of_other(heard),
                () = self.alarm.until(wake) => self.tick(),
                // When all that is there was heard: whoever intends something at the same time goes to the disk together.
                () = std::future::ready(()), if hurried.is_some() => self.write_out(hurried.unwrap_or_default()),
                () = self.farewell.heard() => self.farewell.said = true,
                // Last: whoever may reach the socket can speak without end.
                said = hooks::next(self.hooks.as_mut()), if !self.farewell.said => self.hook_said(said),
            }
            self.reap();
            if self.has_ended() {
                return;
            }
            if !self.tell_board().await {
                return;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the stamp of records")]
fn utc() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
