//! The same core without a screen: facts go through `app::update`, somebody looks at the state after each batch. For
//! one-shot commands and for followers.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::clock;
use super::reader::Reader;
use crate::app::effect::Effect;
use crate::app::record::Veil;
use crate::app::{self, Event, State, schedule};
use crate::domain::agent::Agents;
use crate::domain::branch::RuleBook;
use crate::git::watch::Inotify;
use crate::ipc::HookGallery;
use crate::ports::{Counter, Panes, Processes, View};
use crate::store::annals;
use crate::workers::branches;
use crate::workers::clerk::Clerk;
use crate::workers::onlooker::Onlooker;
use crate::workers::screens::Screens;
use crate::workers::{self, Workers};

/// What is looked at beside the panes.
pub struct Beside<C> {
    /// Work trees, where there are rules for them.
    pub rules: Option<RuleBook>,
    /// The task queue.
    pub counter: Option<C>,
    /// What who acts has before him.
    pub onlook: Option<(HookGallery, annals::LedgerReader)>,
    /// Facts go through it, where what is made of them is shown to others.
    pub veil: Option<Veil>,
    /// It ends with who reads stdout.
    pub reader: bool,
}

/// Runs the core until `look` breaks, a deadline passes or a signal ends it. `look` sees the state after each batch of
/// facts and after each deadline.
pub fn run<P: Panes, Q: Processes + Clone, C: Counter>(
    mut state: State,
    panes: P,
    processes: Q,
    agents: Agents,
    mut beside: Beside<C>,
    patience: Option<Duration>,
    mut look: impl FnMut(&State) -> ControlFlow<()>,
) -> io::Result<State> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let outcome = runtime.block_on(async {
        let (facts, mut told) = mpsc::channel(workers::WAITING);
        let (look_at, view) = watch::channel(View::default());
        let mut workers = Workers::new(facts.clone());
        let roster = state.fleet.roster.clone();
        let (mouth, ears) = branches::ears();
        if let Some(rules) = beside.rules {
            workers.spawn(super::trees(processes.clone(), rules, ears, facts.clone()));
        }
        // Nobody sits here who could wish for anything.
        let (_nobody, asked) = mpsc::channel(1);
        if let Some(counter) = beside.counter {
            let folders = Inotify::new().with_writes();
            workers.spawn(Clerk::new(counter, folders, asked, facts.clone())?);
        }
        if let Some((gallery, annals)) = beside.onlook {
            workers.spawn(Onlooker::new(gallery, annals, Inotify::new(), facts.clone())?);
        }
        workers.spawn(Screens::new(panes, processes, agents, roster, view, facts));
        let mut signals = super::Signals::listen()?;
        let reader = if beside.reader { Reader::of_stdout() } else { Reader::default() };
        let end = patience.map(|p| clock::monotonic() + p);
        let mut batch = Vec::with_capacity(super::BATCH);
        loop {
            let now = clock::monotonic();
            if end.is_some_and(|end| now >= end) {
                break;
            }
            let wake =
                end.map_or(schedule::next_deadline(&state), |end| end.min(schedule::next_deadline(&state)));
            tokio::select! {
                biased;
                super::Heard::End | super::Heard::HangUp = signals.next() => break,
                () = reader.gone() => break,
                n = told.recv_many(&mut batch, super::BATCH) => {
                    if n == 0 {
                        break;
                    }
                }
                () = tokio::time::sleep(wake.saturating_sub(now)) => batch.push(Event::Woke),
            }
            for fact in batch.drain(..) {
                let listed = matches!(fact, Event::Panes(_));
                let fact = match beside.veil.as_mut().map(|veil| veil.shown(&fact)) {
                    None => fact,
                    Some(Ok(masked)) => masked,
                    Some(Err(why)) => {
                        tracing::warn!("a fact cannot be masked, it is left out: {why}");
                        continue;
                    }
                };
                for effect in app::update(&mut state, fact, clock::now()) {
                    match effect {
                        Effect::Posts(posts) => drop(mouth.posts.send_replace(posts)),
                        // One that is not heard of now writes again.
                        Effect::Stirred(pane) => drop(mouth.wrote.try_send(pane)),
                        _ => {}
                    }
                }
                if listed {
                    // Without a screen every pane is looked at lazily; that is enough and costs least.
                    look_at.send_replace(View::default());
                }
            }
            if look(&state).is_break() {
                break;
            }
        }
        drop(told);
        workers.stop(super::PATIENCE).await;
        Ok(state)
    });
    // A look at a work tree that hangs must not hold the exit up.
    runtime.shutdown_timeout(super::LEFT_BEHIND);
    outcome
}
