//! Why a wish is refused: one sentence what, one what to do. Nothing of a refused wish is done.

use serde::{Deserialize, Serialize};

use super::chain::Breach;
use super::text::{BadText, TaskText};
use super::{Priority, State, TaskId};

/// A refused wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The text cannot be a task.
    Text(BadText),
    /// Not a number from 0 to 10.
    Priority(String),
    /// Not a task's number.
    BadId(String),
    /// The name given to `--key` is empty or too long.
    BadKey,
    /// The time given is nothing, or longer than anyone waits.
    BadTimeout,
    /// No session belongs to the fleet.
    EmptyRoster,
    /// No session of the roster has that name.
    UnknownTarget {
        /// As given.
        name: String,
        /// The nearest name of the roster.
        near: Option<String>,
    },
    /// A pattern, or a name that stands for several.
    AmbiguousTarget {
        /// As given.
        name: String,
        /// Those it could mean.
        several: Vec<String>,
    },
    /// The session takes no tasks.
    Protected(String),
    /// Nobody in the roster has that role, skill or tier.
    UnknownRole {
        /// As given.
        role: String,
        /// The nearest known word.
        near: Option<String>,
    },
    /// There is nobody who may take it.
    Nobody(String),
    /// Against the chain of command.
    Chain(Breach),
    /// The same is in the queue already, or was done just now.
    Duplicate {
        /// The first.
        of: TaskId,
        /// Where that stands.
        state: State,
        /// The key that both have, if it was the key that told.
        key: Option<String>,
    },
    /// Two entries of one plan are the same.
    DuplicateInPlan(usize, usize),
    /// No such task.
    NoTask(TaskId),
    /// It would wait for something that will not be done.
    DeadDependency {
        /// What it would wait for.
        on: TaskId,
        /// Where that stands.
        state: State,
    },
    /// Entries of a plan wait for each other in a circle: their places in the plan, counted from 1.
    Cycle(Vec<usize>),
    /// An entry of a plan waits for one that the plan does not have.
    NoEntry(String),
    /// The sender has too many unfinished tasks.
    TooMany(usize),
    /// It is being typed this moment.
    AtKeyboard(TaskId),
    /// Possible, but a person has to know what it means.
    AskFirst {
        /// Which task.
        id: TaskId,
        /// What it means.
        why: String,
    },
    /// It is over.
    Finished {
        /// Which task.
        id: TaskId,
        /// How.
        state: State,
    },
    /// A session works at it: it can be given to another one.
    AtWork(TaskId),
    /// There is nothing to change.
    NothingToDo {
        /// Which task.
        id: TaskId,
        /// Why.
        why: String,
    },
}

/// How bad a refusal is, for exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The wish cannot be understood or carried out as it stands.
    Usage,
    /// A rule says no.
    Rule,
    /// What it names does not exist, or there is nothing to do.
    NotFound,
}

impl Refusal {
    /// What is wrong.
    pub fn what(&self) -> String {
        match self {
            Self::Text(BadText::Empty) => "the text is empty".into(),
            Self::Text(BadText::Huge(n)) => {
                format!("the text has {n} bytes; a task has {} at most", TaskText::MAX)
            }
            Self::Priority(p) => format!("{p} is not a priority: they go from 0 to {}", Priority::MAX),
            Self::BadId(s) => format!("\"{s}\" is not a task's number"),
            Self::BadKey => "a key has 1 to 100 printable characters".into(),
            Self::BadTimeout => "the time limit must be more than nothing and at most 30 days".into(),
            Self::EmptyRoster => "no session is in the roster, so nobody may take a task".into(),
            Self::UnknownTarget { name, .. } => format!("no session of the roster is called \"{name}\""),
            Self::AmbiguousTarget { name, .. } => format!("\"{name}\" stands for several sessions"),
            Self::Protected(name) => format!("{name} is protected: no tasks are handed to it"),
            Self::UnknownRole { role, .. } => format!("nobody in the roster has the role \"{role}\""),
            Self::Chain(breach) => breach.rule.clone(),
            Self::Duplicate { of, state, key: None } => {
                format!("the same text for the same target is task {of} ({})", state.word())
            }
            Self::Duplicate { of, state, key: Some(k) } => {
                format!("the key \"{k}\" belongs to task {of} ({})", state.word())
            }
            Self::DuplicateInPlan(a, b) => format!("entries {a} and {b} of the plan are the same"),
            Self::NoTask(id) => format!("there is no task {id}"),
            Self::DeadDependency { on, state } => {
                format!("it would wait for ever: task {on} is {}", state.word())
            }
            Self::Cycle(places) => {
                let list: Vec<String> = places.iter().map(ToString::to_string).collect();
                format!("entries wait for each other in a circle: {}", list.join(" → "))
            }
            Self::NoEntry(name) => format!("the plan has no entry \"{name}\" to wait for"),
            Self::TooMany(n) => format!("this sender has {n} unfinished tasks in the queue"),
            Self::AtKeyboard(id) => format!("task {id} is being typed this moment"),
            Self::Nobody(why) | Self::AskFirst { why, .. } => why.clone(),
            Self::Finished { id, state } => format!("task {id} is {} already", state.word()),
            Self::AtWork(id) => format!("task {id} is at work"),
            Self::NothingToDo { id, why } => format!("task {id} {why}"),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Text(BadText::Empty) => "say what is to be done, or `-` to read it from stdin".into(),
            Self::Text(BadText::Huge(_)) => "put it into a file and send the file's path".into(),
            Self::Priority(_) => "10 is the most urgent, 5 the default".into(),
            Self::BadId(_) | Self::NoTask(_) => "`archtui tasks` lists them".into(),
            Self::BadKey => "choose a short name, like \"nightly-tests\"".into(),
            Self::BadTimeout => "write it like 30m, 2h".into(),
            Self::EmptyRoster => "`archtui init --adopt` takes the running sessions into it".into(),
            Self::UnknownTarget { near, .. } | Self::UnknownRole { near, .. } => match near {
                Some(n) => format!("did you mean \"{n}\"?"),
                None => "archtui.toml names the sessions with their roles and skills".into(),
            },
            Self::AmbiguousTarget { several, .. } if several.is_empty() => "name one session".into(),
            Self::AmbiguousTarget { several, .. } => format!("name one of {}", several.join(", ")),
            Self::Protected(_) => "name another session, or remove `protected` from its entry, or its name from [confirm] exclude".into(),
            Self::Nobody(_) => "name a target, or give sessions a tier in archtui.toml".into(),
            Self::Chain(breach) => breach.hint(),
            Self::Duplicate { .. } => "`--again` queues it nevertheless".into(),
            Self::DuplicateInPlan(..) => "remove one, or give them keys of their own".into(),
            Self::DeadDependency { on, .. } => {
                format!("`archtui task retry {on}` first, or leave --after out")
            }
            Self::Cycle(_) => "remove one of these dependencies".into(),
            Self::NoEntry(_) => "use an entry's id, or the number of a task in the queue".into(),
            Self::TooMany(_) => "let some of them finish first".into(),
            Self::AtKeyboard(_) => "try again in a few seconds".into(),
            Self::AskFirst { .. } => "say yes, or give --yes".into(),
            Self::Finished { id, state: State::Done } => {
                format!("`archtui task show {id}` tells how it went; `archtui send --again` queues its text anew")
            }
            Self::Finished { id, .. } => format!("`archtui task show {id}` tells how it went"),
            Self::AtWork(id) => format!("`archtui task reassign {id}` gives it to another session"),
            Self::NothingToDo { id, .. } => format!("`archtui task show {id}` tells where it stands"),
        }
    }

    /// How bad it is.
    pub fn class(&self) -> Class {
        match self {
            Self::NoTask(_) | Self::Finished { .. } | Self::AtWork(_) | Self::NothingToDo { .. } => {
                Class::NotFound
            }
            Self::Chain(_)
            | Self::Duplicate { .. }
            | Self::Protected(_)
            | Self::TooMany(_)
            | Self::AtKeyboard(_)
            | Self::AskFirst { .. } => Class::Rule,
            _ => Class::Usage,
        }
    }
}
