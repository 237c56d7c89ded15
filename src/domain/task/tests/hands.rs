//! The hand at a pane: tables of single looks, and runs in which people type, dialogs open, agents end, answers get lost and
//! archtui is killed between any two steps. Whatever happens: a text is put once an attempt at most, Enter once, never
//! into anything but an empty composer or the text alone; and no task is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::dialog::Dialog;
use crate::domain::read::{Composer, Pasted, Reading};
use crate::domain::screen::{Cursor, Screen};
use crate::domain::task::hand::{Aim, Do, Failed, Hand, Heard, Put};
use crate::domain::task::look::{Look, Spot};
use crate::domain::task::record::{After, Trace};

const LONG: &str = "look at `this`;\n$HOME and #{pane_id}\nthen that\nand 'those'\n\nand the rest";

/// One pane with an agent, as the server has it.
#[derive(Debug, Clone)]
struct Pane {
    conversation: Vec<String>,
    /// What stands in the composer.
    composer: String,
    /// So much of it is a paste that the agent shows as a word of its own.
    folded: usize,
    dialog: bool,
    shell: bool,
    working: bool,
    /// What became of the next put: done and told, done and not told, neither, refused.
    fate: u8,
    person: bool,
}

impl Pane {
    fn new() -> Self {
        Self {
            conversation: vec!["hello".into()],
            composer: String::new(),
            folded: 0,
            dialog: false,
            shell: false,
            working: false,
            fate: 0,
            person: false,
        }
    }

    fn shown(&self) -> String {
        match self.composer.split_at(self.folded) {
            ("", all) => all.to_owned(),
            (folded, rest) => format!("[Pasted text #1 +{} lines]{rest}", folded.lines().count() - 1),
        }
    }

    fn screen(&self) -> Screen {
        let mut rows = self.conversation.clone();
        if self.shell {
            rows.push("$".into());
        } else if self.dialog {
            rows.extend(["Do you want to proceed?", " 1. Yes", " 2. No"].map(Into::into));
        } else {
            let work = if self.working { "Thinking" } else { "Ready" };
            rows.extend([
                "----".to_owned(),
                format!("> {}", self.shown().replace('\n', "\n  ")),
                work.into(),
            ]);
        }
        let mut screen = Screen::plain(&rows.join("\n"));
        screen.cursor = Some(Cursor { x: self.shown().len() as u16, y: screen.height - 2, visible: false });
        screen
    }

    fn look(&self) -> Look {
        let state = match self {
            Pane { shell: true, .. } => status::State::Exited,
            Pane { dialog: true, .. } => status::State::Permission,
            Pane { working: true, .. } => status::State::Working,
            Pane { composer, .. } if !composer.is_empty() => status::State::Typing,
            _ => status::State::Idle,
        };
        let lines = self.composer.lines().count().wrapping_sub(1);
        let whole = self.folded > 0 && self.folded == self.composer.len();
        let composer = Composer {
            mode: None,
            text: self.shown(),
            certain: true,
            row: self.conversation.len() as u16,
            pasted: whole.then_some(Pasted { lines: Some(lines), chars: None }),
        };
        let reading = Reading {
            agent: (!self.shell).then(|| "claude".into()),
            state,
            dialog: self
                .dialog
                .then(|| Dialog { rows: (self.conversation.len() as u16, 99), ..Dialog::default() }),
            composer: (!self.shell && !self.dialog).then_some(composer),
            ..Reading::default()
        };
        Look::new(Arc::new(self.screen()), &reading, self.person)
    }

    /// What the server does with a put: nothing, if the rows or the cursor are not what they were.
    fn put(&mut self, what: &Put, spot: &Spot, text: &str, count: &mut Keys) -> Result<(), Failed> {
        let now = self.screen();
        let rows = |s: &Screen| {
            s.rows.iter().skip(spot.from.into()).map(|r| r.text().to_owned()).collect::<Vec<_>>()
        };
        if rows(&now) != rows(&spot.screen) || now.cursor != spot.screen.cursor {
            return Err(Failed::Changed);
        }
        // What only Enter can suffer waits for it.
        let fate = if self.fate == 4 && *what != Put::Enter { 0 } else { std::mem::take(&mut self.fate) };
        match fate {
            2 => return Err(Failed::Perhaps("tmux did not answer".into())),
            3 => return Err(Failed::Surely("copy mode".into())),
            _ => {}
        }
        assert!(!self.dialog && !self.shell, "{what:?} put into something else");
        match what {
            Put::Paste(t) | Put::Type(t) => {
                assert_eq!(self.composer, "", "put beside a person's text");
                assert_eq!(t, text);
                count.texts += 1;
                self.composer.clone_from(t);
                self.folded = if t.lines().count() > 3 { t.len() } else { 0 };
            }
            Put::Enter => {
                assert_eq!(self.composer, text, "Enter on something else");
                count.enters += 1;
                // Some agents swallow it.
                if fate != 4 {
                    self.conversation.push(std::mem::take(&mut self.composer).replace('\n', " "));
                    self.folded = 0;
                    self.working = true;
                    count.taken += 1;
                }
            }
        }
        if fate == 1 { Err(Failed::Perhaps("tmux did not answer".into())) } else { Ok(()) }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Keys {
    texts: u32,
    enters: u32,
    taken: u32,
    cleared: bool,
}

/// archtui beside that pane.
struct Room {
    queue: Queue,
    pane: Pane,
    identity: u32,
    now: Duration,
    /// The errand under way, whose it is, and what is typed.
    hand: Option<(Hand, Errand, String)>,
    effects: Vec<Effect>,
    /// Where the errand before left off.
    aim: Option<Aim>,
    /// The record was asked.
    asked: bool,
    /// Looks on their way: what was seen may be old when it arrives.
    looks: Vec<Look>,
    keys: BTreeMap<(TaskId, u32), Keys>,
    idle_since: Duration,
}

impl Room {
    fn new() -> Self {
        let mut queue = queue();
        add(
            &mut queue,
            vec![order("fix the labels", "w1"), order(LONG, "w1"), order("/compact", "w1")],
            at(0),
        )
        .expect("queued");
        Self {
            queue,
            pane: Pane::new(),
            identity: 1,
            now: Duration::ZERO,
            hand: None,
            aim: None,
            asked: false,
            effects: Vec::new(),
            looks: Vec::new(),
            keys: BTreeMap::new(),
            idle_since: Duration::ZERO,
        }
    }

    fn instant(&self) -> Now {
        let wall = Timestamp::from_second(1_800_000_000).expect("in range") + self.now;
        Now { wall, mono: self.now }
    }

    fn tell(&mut self, event: Event) {
        let now = self.instant();
        let effects = self.queue.apply(event, now);
        self.effects.extend(effects);
    }

    fn crash(&mut self) {
        let tasks: Vec<Task> = self.queue.tasks().cloned().collect();
        self.queue = Queue::restore(*self.queue.rules(), tasks, self.queue.last(), self.queue.clock());
        (self.hand, self.effects, self.looks) = (None, Vec::new(), Vec::new());
        (self.aim, self.asked) = (None, false);
        self.tell(Event::Started);
    }

    /// What follows from the looks, then one errand or one hand-out.
    fn turn(&mut self) {
        let sight = match &self.pane {
            Pane { shell: true, .. } => Sight::Ended,
            Pane { dialog: true, .. } => Sight::Other,
            Pane { working: true, .. } => Sight::Working,
            Pane { composer, .. } if composer.is_empty() => {
                Sight::Idle(self.now.saturating_sub(self.idle_since))
            }
            _ => Sight::Other,
        };
        if !matches!(sight, Sight::Idle(_)) {
            self.idle_since = self.now;
        }
        self.tell(Event::Panes([pane(self.identity)].into()));
        self.tell(Event::Saw { pane: pane(self.identity), sight });
        self.tell(Event::Tick);
        if self.hand.is_none() {
            self.begin();
        }
        let candidate = Candidate {
            pane: pane(self.identity),
            state: if matches!(sight, Sight::Idle(_)) { status::State::Idle } else { status::State::Working },
            composer_empty: self.pane.composer.is_empty(),
            ..candidate("w1", self.identity)
        };
        let chosen = self.queue.dispatch(&roster(), &[candidate], self.instant()).map(|(id, _)| id);
        if let Some(id) = chosen {
            self.tell(Event::Leased { id, session: name("w1"), pane: pane(self.identity) });
        }
    }

    fn begin(&mut self) {
        while self.hand.is_none() && !self.effects.is_empty() {
            let (hand, errand, text) = match self.effects.remove(0) {
                Effect::Check(e) => (Hand::check(self.now), e, String::new()),
                Effect::Paste(e, text) => (Hand::paste(text.clone(), self.aim.take(), self.now), e, text),
                Effect::Enter(e, text) => (Hand::enter(text.clone(), self.aim.take(), self.now), e, text),
                Effect::LookUp(e, text) => (Hand::look_up(text.clone(), self.now), e, text),
                Effect::Gather(_) | Effect::Tell(..) => continue,
            };
            let (hand, first) = hand;
            self.hand = Some((hand, errand, text));
            self.carry(first);
        }
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.now;
        if let Some(next) = self.hand.as_mut().map(|(hand, ..)| hand.hear(heard, now)) {
            self.carry(next);
        }
    }

    fn carry(&mut self, next: Do) {
        match next {
            Do::Wait => {}
            Do::Look => self.looks.push(self.pane.look()),
            Do::Put(what, spot) => {
                let Some((_, e, text)) = &self.hand else { return };
                let keys = self.keys.entry((e.id, e.attempt)).or_default();
                let there = e.pane == pane(self.identity);
                let answer = if there {
                    self.pane.put(&what, &spot, text, keys)
                } else {
                    Err(Failed::Surely("that pane is gone".into()))
                };
                self.hear(Heard::Answer(answer));
            }
            Do::Ask => self.asked = true,
            Do::Tell(step) => {
                let Some((mut hand, e, _)) = self.hand.take() else { return };
                (self.aim, self.asked) = (hand.aim(), false);
                self.tell(Event::Stepped { id: e.id, attempt: e.attempt, step });
            }
        }
    }

    fn happen(&mut self, what: u8) {
        match what % 16 {
            0..4 => {
                if self.asked {
                    self.recall(!(what / 16).is_multiple_of(4));
                } else if !self.looks.is_empty() {
                    let look = self.looks.remove(0);
                    self.hear(Heard::Look(look));
                }
            }
            4 | 5 => self.pass(Duration::from_millis(100)),
            6 => self.pass(Duration::from_millis(600)),
            7 => self.pass(Duration::from_secs(4)),
            8 if !self.pane.shell && !self.pane.dialog => self.pane.composer.push_str("pers"),
            9 => {
                // What stood there when Enter was swallowed or never came: from here on it looks as if it had been taken.
                for (_, keys) in self.keys.iter_mut().filter(|(_, k)| k.texts == 1) {
                    keys.cleared |= !self.pane.composer.is_empty();
                }
                self.pane.composer.clear();
            }
            10 => self.pane.dialog = !self.pane.dialog && !self.pane.shell,
            11 => {
                self.pane.working = false;
                self.pane.person = !self.pane.person;
            }
            12 if self.pane.shell => {
                self.identity += 1;
                self.pane = Pane { conversation: self.pane.conversation.clone(), ..Pane::new() };
            }
            12 => {
                (self.pane.shell, self.pane.dialog) = (true, false);
                self.pane.composer.clear();
            }
            13 => self.crash(),
            14 if what > 127 => self.crash(),
            _ => self.pane.fate = what / 16 % 5,
        }
        if self.pane.composer.is_empty() {
            self.pane.folded = 0;
        }
        self.turn();
    }

    /// The agent's record answers: it is true, or it cannot be read.
    fn recall(&mut self, readable: bool) {
        let Some((_, e, _)) = &self.hand else { return };
        self.asked = false;
        let taken = self.keys.get(&(e.id, e.attempt)).is_some_and(|k| k.taken > 0);
        let trace = match (readable, taken) {
            (false, _) => Trace::Unread("no file".into()),
            (true, true) => Trace::Has(After::default()),
            (true, false) => Trace::HasNot,
        };
        self.hear(Heard::Record(trace));
    }

    fn pass(&mut self, d: Duration) {
        self.now += d;
        self.hear(Heard::Time);
    }

    fn check(&self) {
        for t in self.queue.tasks() {
            for a in &t.attempts {
                let keys = self.keys.get(&(t.id, a.number)).copied().unwrap_or_default();
                assert!(keys.texts <= 1 && keys.enters <= 1, "twice: {keys:?} {t:#?}");
                assert!(a.end != Some(End::Declined) || keys.texts == 0, "typed and declined: {t:#?}");
                let delivered = a.delivered.is_none() || keys.taken == 1 || keys.cleared;
                assert!(delivered, "delivered, they say: {keys:?} {t:#?}");
            }
        }
        assert_eq!(self.queue.tasks().filter(|t| t.kind == Kind::Work).count(), 3, "a task was lost");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_put_twice_nor_anywhere_else(steps in prop::collection::vec(any::<u8>(), 1..120)) {
        let mut room = Room::new();
        for step in steps {
            room.happen(step);
            room.check();
        }
    }
}

#[test]
fn left_alone_every_task_is_delivered_and_done() {
    let mut room = Room::new();
    for i in 0..2000 {
        // Looks and time; now and then the work ends.
        room.happen(if i % 3 == 0 { 5 } else { 0 });
        if i % 90 == 0 {
            room.pane.working = false;
        }
        room.check();
    }
    let states: Vec<_> = room.queue.tasks().map(|t| (t.id.0, t.state, t.attempts.len())).collect();
    assert_eq!(states, [(1, State::Done, 1), (2, State::Done, 1), (3, State::Done, 1)]);
    assert!(room.keys.values().all(|k| (k.texts, k.enters, k.taken) == (1, 1, 1)), "{:?}", room.keys);
}
