//! The loop: the only `select!` of the screen, the only clock, the only draw. Facts come in, `app::update` turns them into
//! state and effects, a frame is drawn when one is due; nothing here is awaited that could block a person's key.

pub mod clock;
pub mod daemon;
mod effects;
mod hangup;
pub mod headless;
mod input;
mod pace;
mod reader;
pub mod record;
pub mod replay;
mod signals;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::EventStream;
use futures_util::StreamExt;
use tokio::sync::{mpsc, watch};

use crate::app::effect::Effect;
use crate::app::record::{Start, untyped};
use crate::app::state::Now;
use crate::app::{self, Event, State, schedule};
use crate::domain::agent::Agents;
use crate::domain::branch::RuleBook;
use crate::git::SystemGit;
use crate::git::watch::Inotify;
use crate::ipc::HookGallery;
use crate::ports::{
    Configs, Counter, Hands, Hooks, Keyboard, Meter, Panes, Press, Processes, RuleDesk, Seat, Sessions,
    TaskBook, View,
};
use crate::store::annals::LedgerReader;
use crate::terminal::Terminal;
use crate::theme::Theme;
use crate::tmux::attach::Attach;
use crate::view;
use crate::workers::actor::{self, Actor, Doors, Fixed, OpenHooks};
use crate::workers::branches::{self, Branches, Ears};
use crate::workers::clerk::{self, Clerk};
use crate::workers::dispatcher::{self, Dispatcher};
use crate::workers::gauges::{Measure, Wanted};
use crate::workers::onlooker::Onlooker;
use crate::workers::reload::{self, Reload};
use crate::workers::rulebook::{self, Rulebook};
use crate::workers::screens::Screens;
use crate::workers::typist::{self, Typist, Wish};
use crate::workers::{self, Facts, Workers};

use pace::Pace;
use record::{Recording, Tape};
use signals::{Heard, Signals};

/// Facts taken in one go: more than a frame's worth from 200 sessions.
const BATCH: usize = 512;
/// How long workers may take to stop: with what follows, all is over within two seconds.
const PATIENCE: Duration = Duration::from_millis(1500);
/// What still sits in a blocking call by then (a read of the terminal, a file on a disk that hangs) is left behind.
const LEFT_BEHIND: Duration = Duration::from_millis(100);

/// What the control room is made of.
pub struct Setup<P, K, Q, S, C: Configs, H, N, R> {
    /// The state before the first event.
    pub state: State,
    /// How it looks.
    pub theme: Theme,
    /// The panes of the server.
    pub panes: P,
    /// Their keyboard.
    pub keyboard: K,
    /// What /proc says.
    pub processes: Q,
    /// What the actor does not ask anew.
    pub fixed: Fixed,
    /// The actor's seat.
    pub seat: S,
    /// Where the task queue is seen and asked.
    pub counter: N,
    /// The rules in force.
    pub judge: C::Judge,
    /// Where they stand, for reading them anew.
    pub configs: C,
    /// Where rules are shown and made.
    pub desk: R,
    /// Opens the door of the agents' hooks.
    pub hooks: OpenHooks<H>,
    /// By what windows are opened and sessions ended.
    pub sessions: Arc<dyn Sessions>,
    /// How an observer asks who acts.
    pub wishing: actor::Wishing,
    /// How who acts hears that a person types here.
    pub telling: typist::Telling,
    /// Where an observer sees and reads what who acts does.
    pub onlook: (HookGallery, LedgerReader),
    /// How agents' screens read.
    pub agents: Agents,
    /// What is asked of work trees.
    pub rules: RuleBook,
    /// How a person is handed over to a real session.
    pub attach: Attach,
    /// The config file in force.
    pub config: Option<PathBuf>,
    /// Where saved frames go; `None` = nowhere to write.
    pub frames: Option<PathBuf>,
    /// Words that tell whose machine this is (home, user): taken out of saved frames.
    pub whose: Vec<String>,
    /// Where the run is written down.
    pub record: Option<Tape>,
    /// Why nothing is answered, typed or switched from this screen: it was opened in an agent's session.
    pub barred: Option<String>,
    /// Ends by itself after this time.
    pub ends_after: Option<Duration>,
}

/// Runs the control room until a person leaves or a signal ends it. The terminal is as it was when this returns.
pub fn run<
    P: Panes,
    K: Keyboard + Press + Hands + Clone,
    Q: Processes + Meter + Clone,
    S: Seat<Records: TaskBook>,
    C: Configs,
    H: Hooks,
    N: Counter,
    R: RuleDesk,
>(
    setup: Setup<P, K, Q, S, C, H, N, R>,
) -> io::Result<()> {
    // Two threads beside the main one: workers go on while a slow terminal takes a frame.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(control(setup));
    runtime.shutdown_timeout(LEFT_BEHIND);
    outcome
}

async fn control<
    P: Panes,
    K: Keyboard + Press + Hands + Clone,
    Q: Processes + Meter + Clone,
    S: Seat<Records: TaskBook>,
    C: Configs,
    H: Hooks,
    N: Counter,
    R: RuleDesk,
>(
    setup: Setup<P, K, Q, S, C, H, N, R>,
) -> io::Result<()> {
    let Setup {
        state,
        theme,
        panes,
        keyboard,
        processes,
        fixed,
        seat,
        judge,
        counter,
        configs,
        desk,
        hooks,
        sessions,
        wishing,
        telling,
        onlook,
        agents,
        rules,
        attach,
        config,
        frames,
        whose,
        record,
        barred,
        ends_after,
    } = setup;
    let begin = |tape| {
        // The host is in no screen that is saved; it is in what an actor says of itself.
        let whose = whose.iter().cloned().chain([fixed.host.clone()]).collect();
        Recording::begin(tape, Start::of(&state), theme.name(), whose)
    };
    let recording = record.map(begin).transpose()?;
    let (facts, mut told) = mpsc::channel(workers::WAITING);
    let (look_at, view) = watch::channel(View::default());
    let (wishes, wished) = mpsc::channel::<Wish>(typist::WAITING);
    let mut workers = Workers::new(facts.clone());
    let roster = state.fleet.roster.clone();
    let (actor, asked) = mpsc::channel(actor::ASKED);
    let (heard_first, heard) = mpsc::channel(workers::WAITING);
    let (looks, wanted) = mpsc::channel(actor::LOOKS);
    let (tell_dispatcher, to_dispatcher) = mpsc::channel(workers::WAITING);
    let (chair, given) = watch::channel(None);
    let tasks =
        dispatcher::Doors { heard: to_dispatcher, chair: given, looks: looks.clone(), facts: facts.clone() };
    let mut fleet = dispatcher::Fixed::new(fixed.roster.clone(), fixed.quiet);
    fleet.trees = Some(|| Box::new(SystemGit::new()));
    let folders = Inotify::new().with_writes();
    workers.spawn(Dispatcher::new(fleet, keyboard.clone(), processes.clone(), folders, tasks));
    let doors = Doors { hooks, heard, asked, looks, facts: facts.clone() };
    let acting = Actor::new(fixed, seat, keyboard.clone(), processes.clone(), judge, doors);
    let acting = acting.with_closing(workers.closing());
    let (renew, renewed) = mpsc::channel(1);
    let acting =
        acting.with_dispatcher(chair).with_reload(renewed).with_wishing(wishing).with_sessions(sessions);
    let (heir, acts) = watch::channel(false);
    workers.spawn_last(acting.with_onlooker(acts));
    let (ask_reload, reload_asked) = mpsc::channel(reload::ASKED);
    let watched = Inotify::new().with_writes();
    workers.spawn(Reload::new(watched, configs, reload_asked, renew, facts.clone()));
    let screens = Screens::new(panes, processes.clone(), agents, roster, view, facts.clone());
    workers.spawn(screens.with_actor(heard_first, wanted).with_dispatcher(tell_dispatcher));
    let (rules_asked, rule_wishes) = mpsc::channel(rulebook::ASKED);
    workers.spawn(Rulebook::new(desk, rule_wishes, facts.clone())?);
    let (branches, ears) = branches::ears();
    let (measure, wanted) = watch::channel(Wanted::default());
    workers.spawn(Measure::new(processes.clone(), wanted, facts.clone()));
    workers.spawn(trees(processes, rules, ears, facts.clone()));
    let (clerk, asked) = mpsc::channel(clerk::ASKED);
    workers.spawn(Clerk::new(counter, Inotify::new().with_writes(), asked, facts.clone())?);
    workers.spawn(Onlooker::new(onlook.0, onlook.1, Inotify::new(), facts.clone())?.with_heir(heir));
    workers.spawn(Typist { keyboard, wishes: wished, facts, telling, told: BTreeMap::default() });

    let mut signals = Signals::listen()?;
    let mut room = Room {
        terminal: Terminal::take(state.fixed.mouse)?,
        input: Some(EventStream::new()),
        pace: Pace::default(),
        recording,
        drawn: (0, 0),
        state,
        theme,
        hands: effects::Hands {
            look_at,
            wishes,
            actor,
            reload: ask_reload,
            rules: rules_asked,
            branches,
            clerk,
            measure,
            attach,
            config,
            frames,
            whose,
            barred,
        },
    };
    let ends = ends_after.map(|after| clock::monotonic() + after);
    let size = room.terminal.size()?;
    room.take(Event::Resized(size.0, size.1)).await?;

    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let now = clock::monotonic();
        if ends.is_some_and(|end| now >= end) {
            break;
        }
        if room.pace.is_due(now) && room.draw().await? {
            break;
        }
        let deadline = schedule::next_deadline(&room.state);
        let wake = [Some(deadline), room.pace.due(), ends].into_iter().flatten().min().unwrap_or(deadline);
        let sleep = wake.saturating_sub(clock::monotonic());
        let leave = tokio::select! {
            // In this order: an end is an end; a person's key comes before what the panes say; then the clock.
            biased;
            last = signals.next() => match last {
                Heard::End | Heard::HangUp => true,
                Heard::Continue => {
                    room.terminal.forget()?;
                    room.take(Event::Woke).await?
                }
            },
            report = next_report(room.input.as_mut()) => match report {
                Some(Ok(report)) => match input::fact(report) {
                    Some(fact) => room.take(fact).await?,
                    None => false,
                },
                // The terminal is gone: nobody can see or press anything any more.
                Some(Err(_)) | None => true,
            },
            n = told.recv_many(&mut batch, BATCH) => {
                let mut leave = n == 0;
                for fact in batch.drain(..) {
                    leave |= room.take(fact).await?;
                }
                leave
            },
            () = tokio::time::sleep(sleep) => room.take(Event::Woke).await?,
        };
        if leave {
            break;
        }
    }
    // First the workers end what they hold, then the terminal is given back.
    workers.close(&mut told).await;
    drop(told);
    room.recording.as_mut().map(Recording::close);
    workers.stop(PATIENCE).await;
    drop(room);
    Ok(())
}

/// The worker over the work trees of this machine. Made where tokio runs.
fn trees<Q: Processes>(
    processes: Q,
    rules: RuleBook,
    ears: Ears,
    facts: Facts,
) -> Branches<SystemGit, Inotify, Q> {
    Branches::new(SystemGit::new, Inotify::new(), processes, rules, ears, facts)
}

/// What the loop holds between two events.
struct Room {
    terminal: Terminal,
    /// `None` while a person is handed over to a real session.
    input: Option<EventStream>,
    pace: Pace,
    recording: Option<Recording>,
    /// Columns and rows of the last frame.
    drawn: (u16, u16),
    state: State,
    theme: Theme,
    hands: effects::Hands,
}

impl Room {
    /// Takes one fact; true if the program is to end.
    async fn take(&mut self, event: Event) -> io::Result<bool> {
        let wishes = self.hear(event);
        self.carry_out(wishes).await
    }

    /// The one way of a fact into the state: it is written down and taken.
    fn hear(&mut self, event: Event) -> Vec<Effect> {
        let now = clock::now();
        self.pace.happened(&event, now.mono);
        self.write_down(&event, now);
        let wishes = app::update(&mut self.state, event, now);
        self.pace.hang(self.state.wall.is_up());
        wishes
    }

    /// Hands a fact to the recording. One that has ended is told once, and is over.
    fn write_down(&mut self, event: &Event, now: Now) {
        let Some(recording) = &mut self.recording else { return };
        let ended = match event {
            Event::Drew(_) => recording.drew(now, self.drawn),
            event => recording.fact(now, untyped(&self.state, event, now)),
        };
        if let Some(did) = ended {
            self.recording = None;
            app::update(&mut self.state, Event::Did(did), now);
        }
    }

    /// Draws a frame and feeds back what it showed where; true if the program is to end.
    async fn draw(&mut self) -> io::Result<bool> {
        let (state, theme) = (&self.state, &self.theme);
        let (mut areas, mut drawn) = (None, self.drawn);
        self.terminal.draw(|frame| {
            drawn = (frame.area().width, frame.area().height);
            areas = Some(view::draw(state, theme, frame));
        })?;
        self.drawn = drawn;
        self.pace.drew(clock::monotonic());
        match areas {
            Some(areas) => self.take(Event::Drew(areas)).await,
            None => Ok(false),
        }
    }
}

/// The next report of the terminal; for ever where nobody listens to it now.
async fn next_report(input: Option<&mut EventStream>) -> Option<io::Result<crossterm::event::Event>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}
