//! Sessions on their way up, met with the store: what each wishes (`domain::fleet::rise`) is left there for whoever acts,
//! and what became of it is read back.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;

use super::FINISHED;
use super::question::Question;
use crate::app::State;
use crate::app::state::{Post, Session};
use crate::cli::{Fail, desk, out, setup};
use crate::domain::confirm::{Ask, Fate, Wish as Wanted};
use crate::domain::dialog::DialogId;
use crate::domain::fleet::rise::{Fact, Rights, Rise, Stage, Why, Wish};
use crate::domain::fleet::{Told, told};
use crate::domain::session::{PaneId, SessionName};
use crate::domain::task::{Kind, Task};
use crate::domain::text;
use crate::ipc::{client, place};
use crate::store::Store;
use crate::tmux::sessions;

/// A dialog must have stood for so long before anything is wished for about it: whoever acts has read it too by then.
const STOOD: Duration = Duration::from_millis(400);
/// Between two looks into the queue.
const AGAIN: Duration = Duration::from_millis(200);

/// One session on its way.
pub struct Climber {
    pub name: SessionName,
    pane: (PaneId, u32),
    pub rise: Rise,
    prompt: Option<String>,
    /// The answer that was wished for.
    wish: Option<u64>,
    trusted: bool,
}

impl Climber {
    /// One that was started just now, or is seen through now.
    pub fn new(name: SessionName, pane: (PaneId, u32), rights: Rights, prompt: Option<String>) -> Self {
        let now = crate::runtime::clock::monotonic();
        Self { name, pane, rise: Rise::new(rights, now), prompt, wish: None, trusted: false }
    }
}

/// All of them.
pub struct Climb<'a> {
    ground: &'a setup::Ground,
    store: Store,
    pub climbers: Vec<Climber>,
    tasks: Vec<Task>,
    looked: Duration,
    question: Question,
    /// Why nobody acts, told once.
    barred: Option<String>,
}

impl<'a> Climb<'a> {
    /// `asks`: a person may be asked on this terminal.
    pub fn new(ground: &'a setup::Ground, climbers: Vec<Climber>, asks: bool) -> Result<Self, Fail> {
        let store = Store::visit(&ground.state_dir()?).map_err(desk::broken)?;
        let looked = Duration::ZERO;
        let question = Question::new(asks);
        Ok(Self { ground, store, climbers, tasks: Vec::new(), looked, question, barred: None })
    }

    /// True if each of them is as it should be.
    pub fn all_up(&self) -> bool {
        self.climbers.iter().all(|c| *c.rise.stage() == Stage::Up)
    }

    /// One look at everything.
    pub fn look(&mut self, state: &State) -> ControlFlow<()> {
        let now = state.now.mono;
        self.tell_if_barred(state);
        if now.saturating_sub(self.looked) >= AGAIN {
            self.looked = now;
            match self.store.tasks(FINISHED) {
                Ok((tasks, _)) => self.tasks = tasks,
                Err(e) => tracing::warn!(error = %e, "the queue cannot be read now"),
            }
        }
        for at in 0..self.climbers.len() {
            if let Some(fact) = self.fate(at).or_else(|| self.fact(at, state)) {
                self.hear(at, fact, state);
            }
        }
        let rising: Vec<_> = self.climbers.iter().map(|c| (c.name.as_str(), &c.rise)).collect();
        for (at, fact) in self.question.turn(&rising, now) {
            self.hear(at, fact, state);
        }
        if self.climbers.iter().all(|c| c.rise.is_over()) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn hear(&mut self, at: usize, fact: Fact, state: &State) {
        let climber = &mut self.climbers[at];
        let before = climber.rise.stage().clone();
        let wish = climber.rise.hear(fact, state.now.mono);
        let name = climber.name.clone();
        match wish {
            Wish::None => {}
            Wish::Answer(content, label, why) => self.answer(at, content, label, why, state),
            Wish::Tell => self.tell(at, state),
        }
        let climber = &self.climbers[at];
        if *climber.rise.stage() != before {
            match climber.rise.stage() {
                Stage::Up => {
                    out::complain(&format!("{name}: up"));
                    self.note(at, state);
                }
                Stage::Failed(why) => out::complain(&format!("{name}: {}", text::printable(why))),
                _ => {}
            }
        }
    }

    /// What is seen of a session now, if anything.
    fn fact(&self, at: usize, state: &State) -> Option<Fact> {
        let climber = &self.climbers[at];
        if !state.connected() || !state.listed {
            return None;
        }
        let Some(session) = session(state, climber.pane) else {
            return Some(Fact::Ended("its session is gone".to_owned()));
        };
        let pane = session.pane.as_ref()?;
        if pane.dead {
            let words = sessions::last_words(&self.ground.address.socket, climber.pane.0);
            return Some(Fact::Ended(text::fit(&words, 80)));
        }
        session.screen.as_ref()?;
        let dialog = match session.tracker.dialog() {
            Some(seen) if !is_known(session, seen.id, state, seen.first) => return None,
            seen => seen.map(|seen| seen.dialog.clone()),
        };
        let told = told(&self.tasks, &climber.name, pane.identity);
        // Not read since it was queued.
        let told = if told == Told::Not && self.looked.is_zero() { return None } else { told };
        Some(Fact::Look { state: session.state, dialog: dialog.map(Box::new), told })
    }

    /// What became of an answer that was wished for.
    fn fate(&mut self, at: usize) -> Option<Fact> {
        let wish = self.climbers[at].wish?;
        let answered = match self.store.fate(wish, now()) {
            Ok(Some(Fate::Waiting | Fate::Taken)) => return None,
            Ok(Some(Fate::Answered(told))) if told.done => {
                let what = if self.climbers[at].trusted { "its folder is trusted" } else { "answered" };
                out::complain(&format!(
                    "{}: {what}, {}",
                    self.climbers[at].name,
                    text::printable(&told.text)
                ));
                Ok(())
            }
            Ok(Some(Fate::Answered(told))) => Err(told.text),
            Ok(Some(Fate::Expired) | None) => Err("nobody acts on this fleet now".to_owned()),
            Err(e) => Err(e.to_string()),
        };
        self.climbers[at].wish = None;
        Some(Fact::Answered(answered))
    }

    fn answer(&mut self, at: usize, content: DialogId, option: String, why: Why, state: &State) {
        let climber = &mut self.climbers[at];
        climber.trusted = why == Why::TrustFolder;
        let why = if climber.trusted { "trust_folder" } else { "up" };
        let who = format!("operator via {} ({why})", std::process::id());
        let ask = Ask::Choose { session: climber.name.clone(), content, option, seen: None };
        match self.store.wish(&ask, &who, now(), Wanted::PATIENCE) {
            Ok(id) => {
                climber.wish = Some(id);
                client::wake(&place::find(&self.ground.env.runtime_folders(), &self.ground.address.socket));
            }
            Err(e) => self.hear(at, Fact::Answered(Err(e.to_string())), state),
        }
    }

    /// Puts the role prompt into the queue, once for this very process: its key says so, whoever asks.
    fn tell(&mut self, at: usize, state: &State) {
        let climber = &self.climbers[at];
        let Some((prompt, session)) = climber.prompt.as_ref().zip(session(state, climber.pane)) else {
            return;
        };
        let Some(identity) = session.pane.as_ref().map(|p| p.identity) else { return };
        if let Err(fail) = super::role::queue(self.ground, &climber.name, prompt, identity, "archtui up") {
            tracing::warn!(session = %climber.name, why = fail.what(), "its role was not queued");
            out::complain(&format!("{}: its role was not queued: {}", climber.name, fail.what()));
        }
        self.looked = Duration::ZERO;
    }

    /// Marks a session whose role was told, beside the queue's record.
    fn note(&self, at: usize, state: &State) {
        let climber = &self.climbers[at];
        let Some(pane) = session(state, climber.pane).and_then(|s| s.pane.as_ref()) else { return };
        let done = matches!(told(&self.tasks, &climber.name, pane.identity), Told::Done(_));
        if done
            && let Err(why) =
                sessions::note_told(&self.ground.address.socket, pane.session_id, pane.identity.pid)
        {
            tracing::warn!(session = %climber.name, why, "its mark could not be set");
        }
    }

    fn tell_if_barred(&mut self, state: &State) {
        if let Post::Barred(why) = &state.board.post
            && self.barred.as_ref() != Some(why)
        {
            out::complain(&format!("archtui: no key can be sent: {}", text::printable(why)));
            self.barred = Some(why.clone());
        }
    }

    /// What came of a session: a sign and a sentence.
    pub fn said(&self, name: &SessionName) -> Option<(&'static str, String)> {
        let climber = self.climbers.iter().find(|c| c.name == *name)?;
        Some(match climber.rise.stage() {
            Stage::Up => ("✓", self.up(climber)),
            Stage::Failed(why) => ("!", why.clone()),
            Stage::Asks(dialog) => {
                let what =
                    dialog.question.as_deref().or(dialog.tool.as_deref()).unwrap_or("a start-up dialog");
                ("!", format!("waits for you: {} (tmux attach -t {name})", text::fit(what, 60)))
            }
            Stage::Starting | Stage::Answering(_) => ("!", "not ready yet".to_owned()),
            Stage::Telling(Some(id)) => ("!", format!("its role prompt is in the queue (task {id})")),
            Stage::Telling(None) => ("!", "its role was not told".to_owned()),
        })
    }

    fn up(&self, climber: &Climber) -> String {
        let role = self.tasks.iter().rev().find(|t| {
            let here = |a: &crate::domain::task::Attempt| (a.pane.id, a.pane.pid) == climber.pane;
            t.kind == Kind::Role && t.attempts.iter().any(here)
        });
        match role {
            Some(task) => format!("up, its role told (task {})", task.id),
            None => "up".to_owned(),
        }
    }
}

fn session(state: &State, (id, pid): (PaneId, u32)) -> Option<&Session> {
    let its = |s: &&Session| s.pane.as_ref().is_some_and(|p| (p.identity.id, p.identity.pid) == (id, pid));
    state.fleet.sessions.iter().find(its)
}

#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A dialog has stood long enough, and where we act it is on our own books.
fn is_known(session: &Session, id: DialogId, state: &State, first: Duration) -> bool {
    let stood = state.now.mono.saturating_sub(first) >= STOOD;
    let identity = session.pane.as_ref().map(|p| p.identity);
    match &state.board.post {
        Post::Acting => {
            let own =
                |c: &crate::domain::confirm::Confirmation| Some(c.id.0) == identity && c.id.1.content == id;
            stood && state.board.queue.iter().any(own)
        }
        Post::Observing(_) | Post::Barred(_) => stood,
        Post::None => false,
    }
}
