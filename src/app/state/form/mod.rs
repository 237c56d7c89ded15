//! The form of a task: a new one, a message, a change. It says what it would wish and what would become of it; nothing is
//! queued before a person says so, and a text that was not queued is kept.

pub mod draft;
mod whom;

use serde::{Deserialize, Serialize};

use super::State;
use super::editor::Editor;
use super::input::Input;
use crate::app::key::{Code, Key};
use crate::domain::session::SessionName;
use crate::domain::task::text::BadText;
use crate::domain::task::{self, Edit, Order, Priority, Refusal, Request, TaskId, TaskText, Wish, entry};
use crate::domain::text;

pub use whom::{ANYONE, Fit, Says, choices, said};
use whom::{after, foresee, turn, whom};

/// What a form is for. Of each kind one is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A new task.
    New,
    /// The hints of the branch rules, for the session that works there.
    Hint(SessionName),
    /// A message, told when the session is idle.
    Message(SessionName),
    /// Other words or another urgency for a task that waits.
    Edit(TaskId),
}

impl Kind {
    /// What is to be written.
    pub const fn wants(&self) -> &'static str {
        match self {
            Self::Message(_) => "the message",
            Self::New | Self::Hint(_) | Self::Edit(_) => "what is to be done",
        }
    }
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What is to be done.
    Text,
    /// For whom.
    To,
    /// How urgent.
    Priority,
    /// What must be done first.
    After,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What for.
    pub kind: Kind,
    /// The words.
    pub text: Editor,
    /// For whom.
    pub to: Input,
    /// How urgent.
    pub priority: Input,
    /// What must be done first.
    pub after: Input,
    /// Where the next key goes.
    pub field: Field,
    /// Why it was not queued, and what to do.
    pub fault: Option<(String, String)>,
    /// The number under which the queue was asked, until it answers.
    pub asked: Option<u64>,
    /// The person was told that the same is there already.
    again: bool,
    /// The person was asked whether to throw the text away.
    discards: bool,
    /// As it was before it was changed.
    was: Option<(String, Priority)>,
}

/// What a key did to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// It was edited, or the key means nothing here.
    Edited,
    /// It is to be queued.
    Queue,
    /// It is to be put aside.
    Close,
    /// It is to be thrown away: the person was asked.
    Discard,
}

impl Form {
    /// An empty form for a session, a role, or anyone.
    pub fn new(kind: Kind, to: &str) -> Self {
        let line = |s: &str| {
            let mut input = Input::default();
            input.insert(s);
            input
        };
        Self {
            kind,
            text: Editor::default(),
            to: line(to),
            priority: line(&Priority::default().to_string()),
            after: Input::default(),
            field: Field::Text,
            fault: None,
            asked: None,
            again: false,
            discards: false,
            was: None,
        }
    }

    /// A form with words that can be had again: as they are they are nothing to lose.
    #[must_use]
    pub fn with_words(mut self, words: &str) -> Self {
        self.text = Editor::new(words);
        self.was = Some((self.text.text().to_owned(), Priority::default()));
        self
    }

    /// The form of a task that waits.
    pub fn of(task: &task::Task) -> Self {
        let mut form = Self::new(Kind::Edit(task.id), "");
        form.text = Editor::new(task.text.as_str());
        form.priority.clear();
        form.priority.insert(&task.priority.to_string());
        form.was = Some((task.text.as_str().to_owned(), task.priority));
        form
    }

    /// The fields that it has, in order.
    pub const fn fields(&self) -> &'static [Field] {
        match self.kind {
            Kind::New | Kind::Hint(_) => &[Field::Text, Field::To, Field::Priority, Field::After],
            Kind::Message(_) => &[Field::Text],
            Kind::Edit(_) => &[Field::Text, Field::Priority],
        }
    }

    /// True if there is nothing in it that would be lost.
    pub fn is_blank(&self) -> bool {
        let same =
            |was: &(String, Priority)| was.0 == self.text.text() && was.1.to_string() == self.priority.text();
        self.was.as_ref().map_or(self.text.is_blank(), same)
    }

    /// The line of a field.
    pub fn line(&self, field: Field) -> Option<&Input> {
        match field {
            Field::Text => None,
            Field::To => Some(&self.to),
            Field::Priority => Some(&self.priority),
            Field::After => Some(&self.after),
        }
    }

    fn line_mut(&mut self) -> Option<&mut Input> {
        match self.field {
            Field::Text => None,
            Field::To => Some(&mut self.to),
            Field::Priority => Some(&mut self.priority),
            Field::After => Some(&mut self.after),
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        match self.line_mut() {
            None => self.text.insert(text),
            Some(line) => line.insert(text.trim()),
        }
        self.touched();
    }

    /// Takes a key. `choices` are whom it may be for.
    pub fn press(&mut self, key: Key, choices: impl FnOnce() -> Vec<String>) -> Pressed {
        let discards = std::mem::take(&mut self.discards);
        match (key.code, key.ctrl) {
            (Code::Char('s'), true) => return Pressed::Queue,
            (Code::Esc, _) | (Code::Char('c'), true) => return Pressed::Close,
            (Code::Char('x'), true) if discards || self.is_blank() => return Pressed::Discard,
            (Code::Char('x'), true) => {
                self.discards = true;
                self.fault = Some((
                    "throw this text away?".into(),
                    "Ctrl-x once more does; any other key keeps it".into(),
                ));
                return Pressed::Edited;
            }
            (Code::Tab, _) => self.step(false),
            (Code::BackTab, _) => self.step(true),
            (Code::Enter, _) if self.field != Field::Text => self.step(false),
            (Code::Up | Code::Down, _) if self.field == Field::To => {
                turn(&mut self.to, &choices(), key.code == Code::Up);
            }
            (Code::Up | Code::Down, _) if self.field == Field::Priority => {
                let to = self.priority.text().parse().unwrap_or(Priority::default().get());
                let to = if key.code == Code::Up { to.saturating_add(1) } else { to.saturating_sub(1) };
                self.priority.clear();
                self.priority.insert(&to.min(Priority::MAX.get()).to_string());
            }
            _ => {
                match self.line_mut() {
                    None => self.text.press(key),
                    Some(line) => line.press(key),
                };
            }
        }
        if !matches!(key.code, Code::Tab | Code::BackTab) {
            self.touched();
        }
        Pressed::Edited
    }

    /// What was said of it counts no more.
    fn touched(&mut self) {
        (self.fault, self.again) = (None, false);
        if self.text.full {
            let most = TaskText::MAX / 1024;
            let what = format!("what was pasted did not fit: a task has {most} KiB at most");
            self.fault = Some((what, "put it into a file and name the file".into()));
        }
    }

    fn step(&mut self, back: bool) {
        let fields = self.fields();
        let at = fields.iter().position(|f| *f == self.field).unwrap_or(0);
        let to = if back { at + fields.len() - 1 } else { at + 1 };
        self.field = fields[to % fields.len()];
    }

    /// Takes what the queue said. A second time the same is queued nevertheless.
    pub fn refused(&mut self, refusal: &Refusal) {
        self.asked = None;
        self.again = matches!(refusal, Refusal::Duplicate { .. });
        self.fault = Some(said(refusal));
    }

    /// What it wishes, or why it cannot.
    pub fn wish(&self, state: &State) -> Result<Wish, Refusal> {
        match &self.kind {
            Kind::Edit(id) => {
                let (text, _) = TaskText::new(self.text.text()).map_err(Refusal::Text)?;
                let priority = self.urgency()?;
                let was = self.was.as_ref();
                let text = Some(text).filter(|t| was.is_none_or(|w| w.0 != t.as_str()));
                let priority = Some(priority).filter(|p| was.is_none_or(|w| w.1 != *p));
                Ok(Wish::Edit(*id, Edit { text, priority, timeout: None }))
            }
            _ => self.request(state).map(|r| Wish::Add(vec![r])),
        }
    }

    fn request(&self, state: &State) -> Result<Request, Refusal> {
        let roster = &state.fleet.roster;
        let mut order = Order { again: self.again, ..Order::new(self.text.text()) };
        // An empty text is what there is to say first.
        TaskText::new(&order.text).map_err(Refusal::Text)?;
        if let Kind::Message(to) = &self.kind {
            order.kind = task::Kind::Message;
            order.target = Some(to.to_string());
            order.priority = Priority::MAX;
        } else {
            order.priority = self.urgency()?;
            order.after = after(self.after.text())?;
            (order.target, order.role) = whom(self.to.text(), roster)?;
        }
        let (sender, origin) = match &state.tasks.sender.0 {
            Ok((sender, origin)) => (sender, origin),
            Err(why) => return Err(Refusal::Nobody(why.clone())),
        };
        order.origin = Some(origin.clone());
        entry::check(order, sender, roster)
    }

    fn urgency(&self) -> Result<Priority, Refusal> {
        let written = self.priority.text().trim();
        let number = written.parse().ok().and_then(Priority::new);
        number.ok_or_else(|| Refusal::Priority(text::printable(written)))
    }

    /// What would become of it if it were queued now, or what is wrong.
    pub fn says(&self, state: &State) -> Says {
        if let Some((what, hint)) = &self.fault {
            return Says::Bad(format!("{what}: {hint}"));
        }
        if self.asked.is_some() {
            return Says::Note("asking the queue …".into());
        }
        match (self.wish(state), &self.kind) {
            (Err(refusal), _) => {
                let (what, hint) = said(&refusal);
                match refusal {
                    Refusal::Text(BadText::Empty) => Says::Note(format!("write {}", self.kind.wants())),
                    _ => Says::Bad(format!("{what}: {hint}")),
                }
            }
            (Ok(_), Kind::Edit(id)) if self.is_blank() => Says::Note(format!("task {id} is so already")),
            (Ok(_), Kind::Edit(id)) => Says::Good(format!("changes task {id}")),
            (Ok(_), Kind::Message(to)) => foresee(state, Some(to.as_str()), None),
            (Ok(_), _) => match whom(self.to.text(), &state.fleet.roster) {
                Ok((target, role)) => foresee(state, target.as_deref(), role.as_deref()),
                Err(_) => Says::Note(String::new()),
            },
        }
    }
}
