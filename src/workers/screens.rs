//! The worker that watches the panes: takes what tmux tells, adds what the system and the agent say of themselves, reads
//! what it means, and passes it on as facts. It owns the connection; it hears which panes are in view over a channel that
//! keeps only the newest word.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::clock::clock;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::event::Looked;
use crate::domain::agent::Agents;
use crate::domain::read::{self, Reading};
use crate::domain::roster::Roster;
use crate::domain::screen::Screen;
use crate::domain::server::{PaneInfo, Wrote};
use crate::domain::session::PaneId;
use crate::ports::alarm::{self, Alarm};
use crate::ports::{Glance, Panes, Processes, Told, View};

/// After a write a screen is read again so much later, though it did not change: the process may have ended meanwhile, and
/// a sign of work that nothing follows counts for less after a while of silence.
const AGAIN: [Duration; 2] = [Duration::from_millis(600), Duration::from_millis(5_200)];
/// The same while the agent's own word, which it may write late, says otherwise than its screen.
const BEHIND: Duration = Duration::from_millis(300);

/// Watches the panes of one server.
pub struct Screens<P, Q> {
    panes: P,
    processes: Q,
    agents: Agents,
    roster: Roster,
    view: watch::Receiver<View>,
    facts: Facts,
    /// Nobody looks: what panes show is for the workers beside alone.
    unseen: bool,
    /// The actor hears the same facts, and asks for looks.
    actor: Option<(Facts, mpsc::Receiver<PaneId>)>,
    /// The dispatcher hears them, too.
    dispatcher: Option<Facts>,
    known: BTreeMap<PaneId, Known>,
    /// Which of [`AGAIN`] comes next for a pane, and when.
    again: BTreeMap<PaneId, (usize, Instant)>,
    /// Rings for what is to be read again.
    alarm: Alarm,
}

/// What was last seen of a pane.
struct Known {
    info: PaneInfo,
    screen: Option<Arc<Screen>>,
    told: Option<Last>,
    wrote: Option<Instant>,
}

/// What was last told of a pane, and what it was read from.
struct Last {
    screen: Arc<Screen>,
    facts: read::Facts,
    reading: Arc<Reading>,
}

impl<P: Panes, Q: Processes> Screens<P, Q> {
    /// A worker over these sources; facts go to `facts`.
    pub fn new(
        panes: P,
        processes: Q,
        agents: Agents,
        roster: Roster,
        view: watch::Receiver<View>,
        facts: Facts,
    ) -> Self {
        Self {
            panes,
            processes,
            agents,
            roster,
            view,
            facts,
            unseen: false,
            actor: None,
            dispatcher: None,
            known: BTreeMap::new(),
            again: BTreeMap::new(),
            alarm: Alarm::new(),
        }
    }

    /// The same with an actor beside the screen: it hears every fact first, and its looks are taken at once.
    #[must_use]
    pub fn with_actor(self, facts: Facts, looks: mpsc::Receiver<PaneId>) -> Self {
        Self { actor: Some((facts, looks)), ..self }
    }

    /// The same with a dispatcher beside the actor.
    #[must_use]
    pub fn with_dispatcher(self, facts: Facts) -> Self {
        Self { dispatcher: Some(facts), ..self }
    }

    /// The same where no screen shows what panes do.
    #[must_use]
    pub fn unseen(self) -> Self {
        Self { unseen: true, ..self }
    }

    /// Passes a fact on; false if nobody listens any more.
    async fn tell(&mut self, event: Event) -> bool {
        if let Some((actor, _)) = &self.actor
            && actor.send(event.clone()).await.is_err()
        {
            self.actor = None;
        }
        if let Some(dispatcher) = &self.dispatcher {
            // It writes to disk between two facts: where it is far behind it loses screens, which are told again, and
            // nobody waits for it.
            let gone = match &event {
                Event::Panes(_) | Event::Server(_) => dispatcher.send(event.clone()).await.is_err(),
                Event::Screen(_) => {
                    let told = dispatcher.try_send(event.clone());
                    matches!(told, Err(mpsc::error::TrySendError::Closed(_)))
                }
                _ => false,
            };
            if gone {
                self.dispatcher = None;
            }
        }
        let of_a_pane = matches!(event, Event::Screen(_) | Event::Wrote(_));
        (self.unseen && of_a_pane) || self.facts.send(event).await.is_ok()
    }

    /// Takes what tmux told; false if nobody listens any more.
    async fn take(&mut self, told: Told) -> bool {
        match told {
            Told::Server(server) => self.tell(Event::Server(server)).await,
            Told::Noticing(notice, why) => self.tell(Event::Noticing(notice, why)).await,
            Told::Panes(panes) => {
                let renamed = self.list(&panes);
                let mut heard = self.tell(Event::Panes(panes)).await;
                for pane in renamed {
                    heard &= self.read(pane, None, true).await;
                }
                heard
            }
            // For the screen alone.
            Told::Heard => self.facts.send(Event::Heard).await.is_ok(),
            Told::Wrote(pane) => {
                self.wrote(pane, Duration::ZERO);
                self.tell(Event::Wrote(pane)).await
            }
            Told::Screen { pane, screen, wrote } => {
                let Some(known) = self.known.get_mut(&pane.id).filter(|k| k.info.identity == pane) else {
                    return true;
                };
                known.screen = Some(screen);
                if let Some(wrote) = wrote {
                    self.wrote(pane.id, wrote.ago);
                }
                self.read(pane.id, wrote, false).await
            }
        }
    }

    /// Keeps the panes that exist; gives those whose title says something else now.
    fn list(&mut self, panes: &[PaneInfo]) -> Vec<PaneId> {
        let mut old = std::mem::take(&mut self.known);
        let mut renamed = Vec::new();
        for info in panes {
            let id = info.identity.id;
            let known = match old.remove(&id).filter(|k| k.info.identity == info.identity) {
                Some(mut known) => {
                    if (&known.info.title, known.info.dead) != (&info.title, info.dead) {
                        renamed.push(id);
                    }
                    known.info = info.clone();
                    known
                }
                None => Known { info: info.clone(), screen: None, told: None, wrote: None },
            };
            self.known.insert(id, known);
        }
        renamed
    }

    fn wrote(&mut self, pane: PaneId, ago: Duration) {
        if let Some(known) = self.known.get_mut(&pane) {
            let now = clock();
            known.wrote = now.checked_sub(ago).or(Some(now));
            self.again.insert(pane, (0, now + AGAIN[0]));
        }
    }

    /// Reads a pane's screen and tells it; a screen that was told before is told again only if it means something else now.
    async fn read(&mut self, pane: PaneId, wrote: Option<Wrote>, again: bool) -> bool {
        let Some(known) = self.known.get_mut(&pane) else { return true };
        let Some(screen) = known.screen.clone() else { return true };
        let identity = known.info.identity;
        let Glance { command, report, conversation, age } = self.processes.glance(identity);
        let waits = report.as_ref().and_then(waits);
        let facts = read::Facts {
            title: known.info.title.clone(),
            command: command.clone(),
            agent: self.roster.place(&known.info.session).and_then(|i| self.roster.members[i].agent.clone()),
            report,
            quiet: match known.wrote {
                Some(at) => Some(clock().saturating_duration_since(at)),
                None => self.processes.written(identity).and_then(silence),
            },
            waits,
            age,
            dead: known.info.dead,
        };
        let last = known.told.as_ref().filter(|l| Arc::ptr_eq(&l.screen, &screen) || l.screen == screen);
        let reading = Arc::new(match last {
            Some(l) => read::read_again(&screen, &facts, &self.agents, (&l.facts, &l.reading)),
            None => read::read(&screen, &facts, &self.agents),
        });
        let same = |l: &Last| {
            let (a, b) = (&l.reading, &reading);
            a.state == b.state && a.agent == b.agent && a.dialog == b.dialog && l.facts.command == command
        };
        if again && known.told.as_ref().is_some_and(same) {
            return true;
        }
        known.told = Some(Last { screen: Arc::clone(&screen), facts, reading: Arc::clone(&reading) });
        if wrote.is_some() && reading.dialog.as_ref().is_some_and(|d| d.complete) {
            self.panes.stands(pane);
        }
        self.tell(Event::Screen(Arc::new(Looked {
            pane: identity,
            screen,
            wrote: wrote.is_some(),
            stands: wrote.is_some_and(|wrote| wrote.stands),
            fresh: !again,
            command,
            conversation,
            reading,
        })))
        .await
    }

    /// Reads again what is due; false if nobody listens any more.
    async fn read_again(&mut self) -> bool {
        let now = clock();
        let due: Vec<(PaneId, usize)> =
            self.again.iter().filter(|(_, (_, at))| *at <= now).map(|(id, (n, _))| (*id, *n)).collect();
        for (pane, n) in due {
            if !self.read(pane, None, true).await {
                return false;
            }
            let known = self.known.get(&pane);
            let behind =
                known.and_then(|k| k.told.as_ref()).is_some_and(|l| read::is_behind(&l.facts, &l.reading));
            match known.and_then(|k| next(n, k.wrote?, now, behind)) {
                Some(again) => self.again.insert(pane, again),
                None => self.again.remove(&pane),
            };
        }
        true
    }
}

impl<P: Panes, Q: Processes> Worker for Screens<P, Q> {
    const NAME: &'static str = "screens";

    async fn run(&mut self) {
        loop {
            let again = self.again.values().map(|(_, at)| *at).min();
            let again = again.map(|at| alarm::tick(at.into_std()));
            let heard = tokio::select! {
                changed = self.view.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let newest = self.view.borrow_and_update().clone();
                    self.panes.look_at(newest);
                    continue;
                }
                told = self.panes.next() => self.take(told).await,
                pane = look(self.actor.as_mut()) => {
                    match pane {
                        Some(pane) => self.panes.look_again(pane),
                        None => self.actor = None,
                    }
                    continue;
                }
                () = self.alarm.until(again) => self.read_again().await,
            };
            if !heard {
                return;
            }
        }
    }
}

/// Which of [`AGAIN`] comes next and when, behind the `n`th of them, for a pane that wrote then.
fn next(n: usize, wrote: Instant, now: Instant, behind: bool) -> Option<(usize, Instant)> {
    let at = wrote + *AGAIN.get(n + 1)?;
    if behind && now + BEHIND < at { Some((n, now + BEHIND)) } else { Some((n + 1, at)) }
}

/// The next look that the actor asks for; for ever where there is none.
async fn look(actor: Option<&mut (Facts, mpsc::Receiver<PaneId>)>) -> Option<PaneId> {
    match actor {
        Some((_, looks)) => looks.recv().await,
        None => std::future::pending().await,
    }
}

/// For how long an agent says that it waits. What it wrote is data: a time to come is none.
fn waits(report: &read::SelfReport) -> Option<Duration> {
    let since = report.since_ms.filter(|_| report.status == read::SelfStatus::Waiting)?;
    silence(SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(since))?)
}

/// How long nothing was written, where it was written last at `written` or earlier.
#[expect(clippy::disallowed_methods, reason = "terminals keep the time of the day")]
fn silence(written: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::PaneIdentity;
    use crate::domain::status::State;

    /// Panes that tell what a test says.
    struct Script(mpsc::Receiver<Told>);

    impl Panes for Script {
        async fn next(&mut self) -> Told {
            match self.0.recv().await {
                Some(told) => told,
                None => std::future::pending().await,
            }
        }

        fn look_at(&mut self, _: View) {}

        fn look_again(&mut self, _: PaneId) {}
    }

    /// A process table that a test can change.
    struct Table(watch::Receiver<&'static str>);

    impl Processes for Table {
        fn foreground(&self, _: PaneIdentity) -> Option<String> {
            Some((*self.0.borrow()).to_owned())
        }

        fn folder(&self, _: PaneIdentity) -> Option<std::path::PathBuf> {
            None
        }

        fn report(&self, _: PaneIdentity) -> Option<read::SelfReport> {
            None
        }
    }

    #[test]
    fn while_the_agents_word_is_behind_its_screen_both_are_read_again_and_again() {
        let wrote = clock();
        let ms = Duration::from_millis;
        assert_eq!(next(0, wrote, wrote + AGAIN[0], false), Some((1, wrote + AGAIN[1])));
        assert_eq!(next(1, wrote, wrote + AGAIN[1], true), None, "not for ever");
        let (mut at, mut n, mut reads) = (wrote + AGAIN[0], 0, 0);
        while let Some((which, then)) = next(n, wrote, at, true) {
            assert!(then - at <= BEHIND && then > at);
            (n, at, reads) = (which, then, reads + 1);
        }
        assert_eq!((at, reads > 10), (wrote + AGAIN[1], true));
        assert_eq!(next(0, wrote, wrote + ms(700), false), Some((1, wrote + AGAIN[1])), "it has caught up");
    }

    #[tokio::test]
    async fn an_agent_that_ended_is_seen_though_its_screen_stays() {
        let (tell, told) = mpsc::channel(8);
        let (process, table) = watch::channel("claude");
        let (_look, view) = watch::channel(View::default());
        let (facts, mut heard) = mpsc::channel(8);
        let agents = Agents::builtin().clone();
        let mut workers = crate::workers::Workers::new(facts.clone());
        workers.spawn(Screens::new(Script(told), Table(table), agents, Roster::default(), view, facts));

        let info = PaneInfo::plain(PaneIdentity { id: PaneId(1), pid: 5, start: 1 }, "a");
        let pane = info.identity;
        tell.send(Told::Panes(vec![info])).await.expect("it listens");
        let screen = Arc::new(Screen::plain("Resume this session with:\n$ "));
        tell.send(Told::Screen { pane, screen, wrote: Some(Wrote::NOW) }).await.expect("it listens");
        assert!(matches!(heard.recv().await, Some(Event::Panes(_))));
        let Some(Event::Screen(first)) = heard.recv().await else { panic!("a screen was told") };
        process.send_replace("bash");
        let Some(Event::Screen(second)) = heard.recv().await else { panic!("it is read again") };
        assert_eq!(second.command.as_deref(), Some("bash"));
        assert_eq!(second.screen, first.screen);
        assert!(matches!(second.reading.state, State::Exited | State::Shell), "{:?}", second.reading);
    }
}
