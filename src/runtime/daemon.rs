//! The same workers without a screen: it acts until a signal ends it, and tells each change of its standing in a line.

use std::io;

use tokio::sync::{mpsc, watch};

use crate::app::Event;
use crate::app::state::Post;
use crate::domain::agent::Agents;
use crate::domain::roster::Roster;
use crate::git::SystemGit;
use crate::git::watch::Inotify;
use crate::ports::{Configs, Hands, Hooks, Panes, Press, Processes, Seat, TaskBook, View};
use crate::workers::actor::{self, Actor, Doors, Fixed, OpenHooks};
use crate::workers::dispatcher::{self, Dispatcher};
use crate::workers::reload::{self, Reload};
use crate::workers::screens::Screens;
use crate::workers::{self, Workers};

/// What the daemon is made of.
pub struct Setup<P, K, Q, S, C: Configs, H> {
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
    /// The actor's seat.
    pub seat: S,
    /// The rules in force.
    pub judge: C::Judge,
    /// Where they stand, for reading them anew.
    pub configs: C,
    /// Opens the door of the agents' hooks.
    pub hooks: OpenHooks<H>,
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
    setup: Setup<P, K, Q, S, C, H>,
    mut line: impl FnMut(&str),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let Setup { panes, keyboard, processes, roster, agents, fixed, seat, judge, configs, hooks } = setup;
        let (facts, mut told) = mpsc::channel(workers::WAITING);
        let (heard_first, heard) = mpsc::channel(workers::WAITING);
        let (looks, wanted) = mpsc::channel(actor::LOOKS);
        // Nobody sits here who could ask, and nothing is in view.
        let (_nobody, asked) = mpsc::channel(1);
        let (_no_screen, view) = watch::channel(View::default());
        let mut workers = Workers::new(facts.clone());
        let (tell_dispatcher, to_dispatcher) = mpsc::channel(workers::WAITING);
        let (chair, given) = watch::channel(None);
        let tasks = dispatcher::Doors {
            heard: to_dispatcher,
            chair: given,
            looks: looks.clone(),
            facts: facts.clone(),
        };
        let mut fleet = dispatcher::Fixed::new(fixed.roster.clone(), fixed.quiet);
        fleet.trees = Some(|| Box::new(SystemGit::new()));
        workers.spawn(Dispatcher::new(fleet, keyboard.clone(), processes.clone(), tasks));
        let doors = Doors { hooks, heard, asked, looks, facts: facts.clone() };
        let acting = Actor::new(fixed, seat, keyboard.clone(), processes.clone(), judge, doors);
        let (renew, renewed) = mpsc::channel(1);
        workers.spawn(acting.with_dispatcher(chair).with_reload(renewed));
        let (ask_reload, reload_asked) = mpsc::channel(reload::ASKED);
        let watched = Inotify::new().with_writes();
        workers.spawn(Reload::new(watched, configs, reload_asked, renew, facts.clone()));
        let screens = Screens::new(panes, processes, agents, roster, view, facts);
        workers.spawn(screens.with_actor(heard_first, wanted).with_dispatcher(tell_dispatcher));
        let mut signals = super::Signals::listen()?;
        let mut post = Post::None;
        loop {
            tokio::select! {
                heard = signals.next() => match heard {
                    super::Heard::End => break,
                    // One that waits already reads for all.
                    super::Heard::HangUp => drop(ask_reload.try_send(())),
                    super::Heard::Continue => {}
                },
                event = told.recv() => match event {
                    Some(Event::Board(board)) if board.post != post => {
                        post = board.post.clone();
                        line(&words(&post));
                    }
                    Some(Event::Reloaded(Ok(None))) => line("rules and settings are read anew"),
                    Some(Event::Reloaded(Ok(Some(later)))) => {
                        line(&format!("rules and settings are read anew; {later}"));
                    }
                    Some(Event::Reloaded(Err(fault))) => {
                        tracing::warn!("the old rules stay in force: {fault}");
                        line(&format!("the old rules stay in force: {fault}"));
                    }
                    Some(Event::Did(did)) => {
                        let why = did.failed.as_deref().unwrap_or("done");
                        tracing::info!("{}: {why}", did.what);
                    }
                    Some(_) => {}
                    None => break,
                },
            }
        }
        drop(told);
        workers.stop(super::PATIENCE).await;
        Ok(())
    })
}

fn words(post: &Post) -> String {
    match post {
        Post::None => "no tmux server".to_owned(),
        Post::Acting => "acting".to_owned(),
        Post::Observing(who) => format!("observing: {who}"),
        Post::Barred(why) => format!("not acting: {why}"),
    }
}
