//! The simulated agent as a pure machine: steps, time and keys in; what it shows and what it did out. The screen is
//! made by `look`, the terminal is held by `terminal`; what keys do is in `input`.

mod input;
mod past;
mod swap;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use super::composer::Composer;
use super::dialog::Ask;
use super::dialog::diff::Diff;
use super::dice::Dice;
use super::note::Note;
use super::output;
use super::script::{Fail, Mode, Step};
use super::stories::Source;
use super::transcript::{Entry, Outcome, Stand, Transcript};
use super::world::World;

/// A dialog waits until a typing person has paused this long.
const TYPING: Duration = Duration::from_millis(800);
/// A second Ctrl-C within this time ends the agent.
const TWICE: Duration = Duration::from_secs(1);
/// What the model says comes at this pace.
const WORD: Duration = Duration::from_millis(70);

/// What the agent does now.
#[derive(Debug, Clone)]
pub enum Doing {
    /// Nothing, until then or (with `None`) until a message comes.
    Idle(Option<Duration>),
    /// A spinner turns.
    Work(Duration),
    /// Works and writes nothing.
    Silent(Duration),
    /// The model speaks: the whole text, since when, until when.
    Say(String, Duration, Duration),
    /// A tool runs.
    Run(Step, Duration),
    /// A dialog is open for a step.
    Asking(Box<Ask>, Step),
    /// The API failed: which try, next one when.
    Retry(Fail, u32, Duration),
    /// It is over.
    Ended(End),
}

/// How an agent ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In good order.
    Exit,
    /// With a stack trace.
    Crash,
}

/// One simulated agent.
pub struct Agent {
    pub(super) transcript: Transcript,
    pub(super) doing: Doing,
    pub(super) composer: Composer,
    pub(super) queued: VecDeque<String>,
    pub(super) mode: Mode,
    pub(super) context_left: u8,
    pub(super) placeholder: Option<&'static str>,
    /// A first Ctrl-C was pressed then.
    pub(super) warned: Option<Duration>,
    /// The turn began then, under that verb.
    pub(super) turn: Option<(Duration, &'static str)>,
    pub(super) began: Duration,
    /// Seconds of the day, UTC, at `began`.
    pub(super) clock: u64,
    /// The spinner's own pace.
    pub(super) pace: Duration,
    source: Source,
    todo: VecDeque<Step>,
    typed: Option<Duration>,
    granted: Vec<String>,
    world: Box<dyn World>,
    dice: Dice,
    notes: Vec<Note>,
}

impl Agent {
    /// An agent that begins now; `clock` is the time of day in seconds.
    pub fn new(source: Source, world: Box<dyn World>, mut dice: Dice, now: Duration, clock: u64) -> Self {
        let mut transcript = Transcript::default();
        transcript.push(Entry::Banner(world.place()));
        let pace = Duration::from_millis(dice.between(150, 400));
        let mut agent = Self {
            transcript,
            doing: Doing::Idle(Some(now)),
            composer: Composer::default(),
            queued: VecDeque::new(),
            mode: Mode::default(),
            context_left: 100,
            placeholder: None,
            warned: None,
            turn: None,
            began: now,
            clock,
            pace,
            source,
            todo: VecDeque::new(),
            typed: None,
            granted: Vec::new(),
            world,
            dice,
            notes: Vec::new(),
        };
        let past = agent.source.past(&mut agent.dice);
        agent.remember(past);
        agent.advance(now);
        agent
    }

    /// The same with commands that it need not ask for.
    pub fn granted(mut self, commands: Vec<String>, edits: bool) -> Self {
        self.granted = commands;
        if edits {
            self.mode = Mode::AcceptEdits;
        }
        self
    }

    /// What happened since the last call.
    pub fn notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// How long it has been running.
    pub(super) fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.began)
    }

    /// What it does, as its own file says.
    pub fn status(&self) -> &'static str {
        match self.doing {
            Doing::Idle(_) | Doing::Ended(_) => "idle",
            Doing::Asking(..) => "waiting",
            _ => "busy",
        }
    }

    /// How it ended, if it did.
    pub fn ended(&self) -> Option<End> {
        match self.doing {
            Doing::Ended(how) => Some(how),
            _ => None,
        }
    }

    /// The open dialog.
    pub fn ask(&self) -> Option<&Ask> {
        match &self.doing {
            Doing::Asking(ask, _) => Some(ask),
            _ => None,
        }
    }

    /// When the agent does something by itself next (changes of the picture left out).
    pub fn deadline(&self) -> Option<Duration> {
        match &self.doing {
            Doing::Idle(until) => *until,
            Doing::Work(t)
            | Doing::Silent(t)
            | Doing::Say(_, _, t)
            | Doing::Run(_, t)
            | Doing::Retry(_, _, t) => Some(*t),
            Doing::Asking(ask, step) => swap::due(ask, step),
            Doing::Ended(_) => None,
        }
    }

    /// Lets time pass: everything that is due happens.
    pub fn advance(&mut self, now: Duration) {
        if self.warned.is_some_and(|t| now >= t + TWICE) {
            self.warned = None;
        }
        while self.deadline().is_some_and(|t| t <= now) {
            self.finish(now);
        }
    }

    fn finish(&mut self, now: Duration) {
        match std::mem::replace(&mut self.doing, Doing::Idle(None)) {
            Doing::Say(text, ..) => self.transcript.push(Entry::Said(text)),
            Doing::Run(step, _) => self.carry_out(&step),
            Doing::Asking(_, step) => return self.swap(step, now),
            Doing::Retry(fail, attempt, _) if attempt < fail.tries => {
                self.doing = Doing::Retry(fail.clone(), attempt + 1, now + fail.every.0);
                return;
            }
            Doing::Retry(fail, ..) if !fail.recovers => {
                self.transcript.push(Entry::Failed(output::gave_up(fail.code).to_owned()));
                self.placeholder = Some("Resend your message to try again");
                self.turn = None;
                self.skip_turn();
            }
            _ => {}
        }
        self.next_step(now);
    }

    /// Begins the next step that takes time; the others are done on the way.
    fn next_step(&mut self, now: Duration) {
        while let Some(step) = self.next_todo() {
            self.notes.push(Note::Step { step: format!("{step:?}") });
            if self.begin(step, now) {
                return;
            }
        }
        self.rest(now, None);
    }

    /// Begins a step; false if it is already over.
    fn begin(&mut self, step: Step, now: Duration) -> bool {
        match step {
            Step::Prompt(text) => {
                self.submit(&text, now);
                return false;
            }
            Step::Context(percent) => {
                self.context_left = percent;
                return false;
            }
            Step::Mode(mode) => {
                self.mode = mode;
                return false;
            }
            Step::LookAlike => {
                self.transcript.push(Entry::Said(output::LOOK_ALIKE.to_owned()));
                return false;
            }
            Step::Typed(text) => {
                self.composer.push(&text);
                return false;
            }
            Step::Work(span) => self.doing = Doing::Work(now + span.0),
            Step::Silent(span) => self.doing = Doing::Silent(now + span.0),
            Step::Say(text) => {
                let words = text.split(' ').count() as u32;
                self.notes.push(Note::Said { text: text.clone() });
                self.doing = Doing::Say(text, now, now + WORD * words);
            }
            Step::Idle(span) => self.rest(now, Some(now + span.0)),
            Step::AwaitPrompt => self.rest(now, None),
            Step::Fail(fail) => {
                let next = now + fail.every.0;
                self.doing = Doing::Retry(fail, 1, next);
            }
            Step::Exit => self.end(End::Exit),
            Step::Crash => self.end(End::Crash),
            tool => self.call(tool, now),
        }
        true
    }

    fn next_todo(&mut self) -> Option<Step> {
        if self.todo.is_empty() {
            self.todo.extend(self.source.more(&mut self.dice));
        }
        self.todo.pop_front()
    }

    /// The turn is over, if there was one; messages that waited are taken first.
    fn rest(&mut self, now: Duration, until: Option<Duration>) {
        if let Some((since, _)) = self.turn.take() {
            let took = output::took(now.saturating_sub(since).as_secs());
            let verb = self.dice.pick(&output::DONE_VERBS);
            let at = output::time_of_day(self.clock + self.age(now).as_secs());
            self.transcript.push(Entry::Turn(format!("{verb} for {took} · done {at}")));
        }
        self.doing = Doing::Idle(until);
        if let Some(text) = self.queued.pop_front() {
            self.take_message(&text, now);
        }
    }

    fn end(&mut self, how: End) {
        self.notes.push(Note::Ended { how: format!("{how:?}") });
        self.doing = Doing::Ended(how);
    }

    /// A message begins a turn.
    fn submit(&mut self, text: &str, now: Duration) {
        self.notes.push(Note::Submitted { text: text.to_owned() });
        self.transcript.push(Entry::Prompt(text.to_owned()));
        self.placeholder = None;
        self.turn = Some((now, self.dice.pick(&output::VERBS)));
    }

    /// A person's message: what follows from it is done before what was planned.
    fn take_message(&mut self, text: &str, now: Duration) {
        self.submit(text, now);
        let planned = !self.todo.is_empty();
        for step in self.source.answer(text, planned, &mut self.dice).into_iter().rev() {
            self.todo.push_front(step);
        }
        self.next_step(now);
    }

    /// A tool call: shown, then asked for or run. While a person types no dialog pops up (so from 2.1.34 on).
    fn call(&mut self, mut step: Step, now: Duration) {
        if let Step::Bash(b) = &mut step {
            let branch = self.world.branch().unwrap_or_else(|| "main".to_owned());
            b.command = b.command.replace("{branch}", &branch);
        }
        let (place, world) = (self.world.place(), &self.world);
        let ask = Ask::of(&step, now, &place, &|path| world.read(path)).filter(|_| !self.is_granted(&step));
        if let Some(typed) = self.typed.filter(|t| ask.is_some() && now < *t + TYPING) {
            self.todo.push_front(step);
            self.doing = Doing::Work(typed + TYPING);
            return;
        }
        if let Some((name, input)) = output::call(&step) {
            self.transcript.push(Entry::Call { name, input, stand: Stand::Open, outcome: Outcome::None });
        }
        let Some(ask) = ask else {
            return self.run(step, now);
        };
        self.notes.push(Note::Asked { dialog: ask.word(), subject: ask.subject().to_owned() });
        self.doing = Doing::Asking(Box::new(ask), step);
    }

    fn is_granted(&self, step: &Step) -> bool {
        match step {
            Step::Edit(_) | Step::Write(_) => self.mode == Mode::AcceptEdits,
            Step::Bash(b) => self.granted.iter().any(|g| b.command.starts_with(g)),
            _ => false,
        }
    }

    fn run(&mut self, step: Step, now: Duration) {
        let takes = match &step {
            Step::Bash(b) => b.takes.0,
            Step::Fetch(_) | Step::Mcp(_) => Duration::from_secs(2),
            _ => Duration::from_millis(300),
        };
        self.doing = Doing::Run(step, now + takes);
    }

    /// The step was allowed and its time is over: now it happens.
    fn carry_out(&mut self, step: &Step) {
        let mut stand = Stand::Done;
        let outcome = match step {
            Step::Bash(b) => {
                let did = self.world.run(&b.command);
                if did.is_some() {
                    self.notes.push(Note::Did { what: b.command.clone() });
                }
                let told = b.output.clone().or(did);
                Outcome::Text(told.unwrap_or_else(|| output::printed(&b.command).to_owned()))
            }
            Step::Edit(e) => {
                let before = self.world.read(&e.path);
                if self.world.edit(&e.path, &e.old, &e.new) {
                    self.notes.push(Note::Did { what: format!("edit {}", e.path) });
                }
                Outcome::Changed(Diff::new(before.as_deref(), &e.old, &e.new))
            }
            Step::Write(w) => {
                if self.world.write(&w.path, &w.text) {
                    self.notes.push(Note::Did { what: format!("write {}", w.path) });
                }
                Outcome::Text(format!("Wrote {} lines to {}", w.text.lines().count(), w.path))
            }
            Step::Read(r) => {
                let lines = self.world.read(&r.path).map_or(42, |t| t.lines().count());
                Outcome::Text(format!("Read {lines} lines"))
            }
            Step::Fetch(_) => Outcome::Text("Received 31.4KB (200 OK)".to_owned()),
            Step::Mcp(_) => {
                stand = Stand::Failed;
                Outcome::Text("Error: the simulated server has no such tool".to_owned())
            }
            _ => return,
        };
        self.transcript.close(stand, outcome);
    }
}
