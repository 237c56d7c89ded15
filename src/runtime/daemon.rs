//! The same workers without a screen: it acts until a signal ends it, and tells each change of its standing in a line.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::clock;
use super::hangup::HangUps;
use crate::app::event::Did;
use crate::app::state::Post;
use crate::app::{self, Event, State};
use crate::domain::agent::Agents;
use crate::domain::roster::Roster;
use crate::domain::server::Server;
use crate::domain::task::Rules;
use crate::git::SystemGit;
use crate::git::watch::Inotify;
use crate::ports::{
    Configs, Hands, Hooks, Judge, Panes, Press, Processes, Renewed, Seat, Sessions, TaskBook, View,
};
use crate::workers::actor::{self, Actor, Asked, Doors, Fixed, OpenHooks};
use crate::workers::dispatcher::{self, Dispatcher};
use crate::workers::reload::{self, Reload};
use crate::workers::screens::Screens;
use crate::workers::{self, Workers};

/// A daemon's board has no reader but the one who asks whether it acts.
const BOARDS: Duration = Duration::from_secs(1);
/// A command that attends the workers looks at least so often.
const LOOK: Duration = Duration::from_millis(50);

/// A timer that always stands before those of answers that do not come.
const STANDING: Duration = Duration::from_secs(3);

/// What the daemon is made of.
pub struct Setup<P, K, Q, S, J, H> {
    /// The panes of the server.
    pub panes: P,
    /// Their keyboard.
    pub keyboard: K,
    /// What /proc says.
    pub processes: Q,
    /// The fleet.
    pub roster: Roster,
    /// How agents' screens read.
    pub agents: Agents,
    /// What the actor does not ask anew.
    pub fixed: Fixed,
    /// The numbers by which tasks are handed out.
    pub tasks: Rules,
    /// The actor's seat.
    pub seat: S,
    /// The rules in force.
    pub judge: J,
    /// Opens the door of the agents' hooks.
    pub hooks: OpenHooks<H>,
    /// By what windows are opened and sessions ended; none: nothing of that is done.
    pub sessions: Option<Arc<dyn Sessions>>,
}

/// The workers of a daemon at work.
struct Staff {
    facts: mpsc::Sender<Event>,
    workers: Workers,
    told: mpsc::Receiver<Event>,
    /// Nobody sits here who could ask, and nothing is in view.
    _ears: (mpsc::Sender<Asked>, watch::Sender<View>),
}

/// Starts them; rules that change while they work come by `renewed`, and what panes show is told only where it is `seen`.
fn staff<
    P: Panes,
    K: Press + Hands + Clone,
    Q: Processes + Clone,
    S: Seat<Records: TaskBook>,
    J: Judge,
    H: Hooks,
>(
    setup: Setup<P, K, Q, S, J, H>,
    renewed: Option<mpsc::Receiver<Renewed<J>>>,
    boards: Duration,
    seen: bool,
) -> Staff {
    let Setup { panes, keyboard, processes, roster, agents, fixed, tasks, seat, judge, hooks, sessions } =
        setup;
    let (facts, told) = mpsc::channel(workers::WAITING);
    let (heard_first, heard) = mpsc::channel(workers::WAITING);
    let (looks, wanted) = mpsc::channel(actor::LOOKS);
    let (nobody, asked) = mpsc::channel(1);
    let (no_screen, view) = watch::channel(View::default());
    let mut workers = Workers::new(facts.clone());
    let (tell_dispatcher, to_dispatcher) = mpsc::channel(workers::WAITING);
    let (chair, given) = watch::channel(None);
    let doors =
        dispatcher::Doors { heard: to_dispatcher, chair: given, looks: looks.clone(), facts: facts.clone() };
    let fleet = dispatcher::Fixed::new(fixed.roster.clone(), fixed.quiet);
    let fleet = dispatcher::Fixed { rules: tasks, trees: Some(|| Box::new(SystemGit::new())), ..fleet };
    let folders = Inotify::new().with_writes();
    workers.spawn(Dispatcher::new(fleet, keyboard.clone(), processes.clone(), folders, doors));
    let doors = Doors { hooks, heard, asked, looks, facts: facts.clone() };
    let acting = Actor::new(fixed, seat, keyboard.clone(), processes.clone(), judge, doors);
    let acting = acting.with_closing(workers.closing());
    let acting = acting.with_dispatcher(chair).with_boards_every(boards);
    let acting = match sessions {
        Some(sessions) => acting.with_sessions(sessions),
        None => acting,
    };
    workers.spawn_last(match renewed {
        Some(renewed) => acting.with_reload(renewed),
        None => acting,
    });
    let screens = Screens::new(panes, processes, agents, roster, view, facts.clone());
    let screens = screens.with_actor(heard_first, wanted).with_dispatcher(tell_dispatcher);
    workers.spawn(if seen { screens } else { screens.unseen() });
    Staff { facts, workers, told, _ears: (nobody, no_screen) }
}

/// Runs until a signal ends it; `line` gets each change of who acts.
pub fn run<
    P: Panes,
    K: Press + Hands + Clone,
    Q: Processes + Clone,
    S: Seat<Records: TaskBook>,
    C: Configs,
    H: Hooks,
>(
    setup: Setup<P, K, Q, S, C::Judge, H>,
    configs: C,
    line: impl FnMut(&str) + Send + 'static,
) -> io::Result<()> {
    // Before we listen for signals: that changes what is found.
    let terminal = HangUps::now();
    // One thread for all workers: a fact goes through four of them, and waking a thread costs more than what each does
    // with it. What blocks (the disk, the rules' look at files, git) has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    #[expect(clippy::disallowed_methods, reason = "joined on the spot")]
    let outcome = runtime.block_on(async {
        let (renew, renewed) = mpsc::channel(1);
        let mut staff = staff(setup, Some(renewed), BOARDS, false);
        let (ask_reload, reload_asked) = mpsc::channel(reload::ASKED);
        let watched = Inotify::new().with_writes();
        staff.workers.spawn(Reload::new(watched, configs, reload_asked, renew, staff.facts.clone()));
        // A task like the workers: to wake what the runtime blocks on, and to set a timer in front of all others, goes through
        // the kernel and back, at each key.
        let serving = tokio::spawn(serve(staff, ask_reload, terminal, line));
        let mut standing = tokio::time::interval(STANDING);
        tokio::pin!(serving);
        loop {
            tokio::select! {
                served = &mut serving => break served,
                _ = standing.tick() => {}
            }
        }
    });
    // Rules that lie on a disk that hangs, or a record that waits for one, must not hold the exit up.
    runtime.shutdown_timeout(super::LEFT_BEHIND);
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// Hears signals and the workers until one of them ends it.
async fn serve(
    staff: Staff,
    ask_reload: mpsc::Sender<()>,
    terminal: HangUps,
    mut line: impl FnMut(&str),
) -> io::Result<()> {
    let Staff { facts, mut workers, mut told, _ears } = staff;
    drop(facts);
    let mut signals = super::Signals::listen()?;
    let (mut post, mut server) = (Post::None, Server::Connecting);
    loop {
        tokio::select! {
            heard = signals.next() => match heard {
                super::Heard::End => break,
                super::Heard::HangUp if terminal.closed() => break,
                // One that waits already reads for all.
                super::Heard::HangUp => drop(ask_reload.try_send(())),
                super::Heard::Continue => {}
            },
            event = told.recv() => match event {
                Some(Event::Board(board)) if board.post != post => {
                    post = board.post.clone();
                    // Why there is none is told with the server's own word.
                    if post != Post::None {
                        line(&words(&post));
                    }
                }
                Some(Event::Server(now)) if now != server => {
                    if let Some(why) = missing(&now).filter(|why| Some(*why) != missing(&server)) {
                        line(&format!("no tmux server: {why}"));
                    }
                    server = now;
                }
                Some(Event::Reloaded(Ok(None))) => line("rules and settings are read anew"),
                Some(Event::Reloaded(Ok(Some(later)))) => {
                    line(&format!("rules and settings are read anew; {later}"));
                }
                Some(Event::Reloaded(Err(fault))) => {
                    tracing::warn!("the old rules stay in force: {fault}");
                    line(&format!("the old rules stay in force: {fault}"));
                }
                Some(Event::Did(did)) => log(&did),
                Some(_) => {}
                None => break,
            },
        }
    }
    workers.close(&mut told).await;
    drop(told);
    workers.stop(super::PATIENCE).await;
    Ok(())
}

/// How a time with the workers ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// `look` had seen enough.
    Enough,
    /// A signal, or a worker that is no more, ended it.
    Ended,
}

/// The same for a command's time: what the workers tell is met with a state, and `look` sees it after each batch of facts
/// and at least every 50 ms, until it breaks.
pub fn attend<
    P: Panes,
    K: Press + Hands + Clone,
    Q: Processes + Clone,
    S: Seat<Records: TaskBook>,
    J: Judge,
    H: Hooks,
>(
    setup: Setup<P, K, Q, S, J, H>,
    mut state: State,
    mut look: impl FnMut(&State) -> ControlFlow<()>,
) -> io::Result<Attended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(async {
        // The rules of a command that attends let nothing through, whatever the files say meanwhile.
        let Staff { mut workers, mut told, _ears, .. } = staff(setup, None, LOOK, true);
        let mut signals = super::Signals::listen()?;
        let mut batch = Vec::with_capacity(super::BATCH);
        let ended = loop {
            tokio::select! {
                biased;
                super::Heard::End = signals.next() => break Attended::Ended,
                n = told.recv_many(&mut batch, super::BATCH) => {
                    if n == 0 {
                        break Attended::Ended;
                    }
                }
                () = tokio::time::sleep(LOOK) => batch.push(Event::Woke),
            }
            for fact in batch.drain(..) {
                if let Event::Did(did) = &fact {
                    log(did);
                }
                // What it wishes is for a screen.
                drop(app::update(&mut state, fact, clock::now()));
            }
            if look(&state).is_break() {
                break Attended::Enough;
            }
        };
        workers.close(&mut told).await;
        drop(told);
        workers.stop(super::PATIENCE).await;
        Ok(ended)
    });
    runtime.shutdown_timeout(super::LEFT_BEHIND);
    outcome
}

/// Why there is no server to act on.
fn missing(server: &Server) -> Option<&str> {
    match server {
        Server::Up { .. } | Server::Connecting => None,
        Server::Missing { why } | Server::Lost { why } | Server::Unusable { why } => Some(why),
    }
}

fn log(did: &Did) {
    let why = did.failed.as_deref().unwrap_or("done");
    tracing::info!("{}: {why}", did.what);
}

fn words(post: &Post) -> String {
    match post {
        Post::None => "no tmux server".to_owned(),
        Post::Acting => "acting".to_owned(),
        Post::Observing(who) => format!("observing: {who}"),
        Post::Barred(why) => format!("not acting: {why}"),
    }
}
